#!/bin/bash
# dynamic_4096 - dynamic disks with sectors of 4096 bytes: the real ones of two
# machines, laid out anew, give the same volumes as they do with 512

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if ! archive=$(real mdbooth__libldm/test/data/ldm-data.tar.xz); then
	skip "dynamic disks" "../shared/data is not here"
	finish
fi
tar -xf "$archive" -C "$scratch"

# analyse NAME DISK...
analyse() {
	local name=$1 status=0

	shift
	"$COLDMOUNT" -q --json --scan full "$@" > "$scratch/$name" \
		2> "$scratch/errors" || status=$?
	is "$name: exit status" "$status" 0
	ok "$name: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/$name"
}

# volumes NAME: all that is said of them but where they lie.
volumes() {
	python3 - "$scratch/$1" <<-'END'
	import json, sys

	WHERE = "extents", "citations", "firstSector"

	def what(x):
	    if isinstance(x, list):
	        return [what(y) for y in x]
	    if isinstance(x, dict):
	        return {k: what(y) for k, y in x.items() if k not in WHERE}
	    return x

	for v in json.load(open(sys.argv[1], encoding="utf-8"))["volumes"]:
	    print(json.dumps(what(v)), *((e["disk"], e["length"])
	                                 for e in v["extents"]))
	END
}

for set in 2003r2 2008r2; do
	small=("$scratch/ldm-$set"-*.img) big=()
	for disk in "${small[@]}"; do
		big+=("${disk%.img}.4096")
		tests/golden/big_sectors.py "$disk" "${disk%.img}.4096" \
			$((${#big[@]} % 2)) || fail "$disk is laid out anew"
	done
	analyse "$set-512" "${small[@]}"
	analyse "$set-4096" "${big[@]}"
	is "$set: the sectors are seen" \
		"$(tests/golden/query.py "$scratch/$set-4096" '{x["sectorSize"] for x in d["disks"]} == {4096}')" true
	is "$set: the volumes are those of the disks of 512" \
		"$(volumes "$set-4096")" "$(volumes "$set-512")"
	is "$set: and nothing is odd about them" \
		"$(tests/golden/query.py "$scratch/$set-4096" '{f["code"] for f in d["findings"]} <= {"CM0239", "CM0612"}')" true
	tests/golden/check_citations.py "$scratch/$set-4096" "${big[@]}" ||
		tap_failed=1
done
is "eleven volumes are compared" \
	"$(($(tests/golden/query.py "$scratch/2003r2-512" 'len(d["volumes"])') + $(tests/golden/query.py "$scratch/2008r2-512" 'len(d["volumes"])')))" 11

# Every table of contents gone: the database is found all the same.
python3 - "${big[0]}" <<'END'
import sys
with open(sys.argv[1], "r+b") as file:
    data = file.read()
    at = data.find(b"TOCBLOCK")
    while at >= 0:
        file.seek(at)
        file.write(b"tocblock")
        at = data.find(b"TOCBLOCK", at + 1)
END
"$COLDMOUNT" -q --json --scan full "${big[@]}" > "$scratch/no-toc"
is "without tables of contents: the volumes" "$(volumes no-toc)" \
	"$(volumes 2008r2-512)"
is "and a finding" "$(tests/golden/query.py "$scratch/no-toc" \
	'[f["message"][:53] for f in d["findings"] if f["code"] == "CM0231"]')" \
	'["disk0: No table of contents of the dynamic disk can b"]'
finish
