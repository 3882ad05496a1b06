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

# zeroed DISK OFFSET BYTES
zeroed() {
	dd if=/dev/zero of="$1" bs=512 seek=$(($2 / 512)) count=$(($3 / 512)) \
		conv=notrunc status=none
}

# places NAME: where the volumes lie.
places() {
	tests/golden/query.py "$scratch/$1" \
		'[(v["dynamic"]["name"], v["extents"]) for v in d["volumes"] if v["dynamic"]]'
}

# Where the table, or the header behind it, does not tell the size of sectors,
# the private headers that are left do.
old=("$scratch"/ldm-2003r2-*.4096)
changed=$scratch/ldm-2003r2-striped-2.4096
cp --sparse=always "$changed" "$scratch/sound"
for what in header table type; do
	cp --sparse=always "$scratch/sound" "$changed"
	case $what in
	header) zeroed "$changed" 24576 4096 ;;
	table) zeroed "$changed" 0 4096 ;;
	type) printf '\007' |
		dd of="$changed" bs=1 seek=450 conv=notrunc status=none ;;
	esac
	"$COLDMOUNT" -q --json "${old[@]}" > "$scratch/$what"
	is "without the $what: the volumes lie where they did" \
		"$(places $what)" "$(places 2003r2-4096)"
	is "without the $what: and are read" \
		"$(tests/golden/query.py "$scratch/$what" '[(v["dynamic"]["state"], v["label"]) for v in d["volumes"] if v["dynamic"]]')" \
		"$(tests/golden/query.py "$scratch/2003r2-4096" '[(v["dynamic"]["state"], v["label"]) for v in d["volumes"]]')"
done
is "the header's sectors are told" "$(tests/golden/query.py "$scratch/table" \
	'[f["message"] for f in d["findings"] if f["code"] == "CM0202"]')" \
	'["disk9: The private header of the dynamic disk says that sectors have 4096 bytes; it lies where it does only if that is so, and the dynamic disk is read by that, although the disk is taken to have 512."]'
for disk in "${old[@]}"; do
	zeroed "$disk" 0 4096
done
"$COLDMOUNT" -q --json --recover "${old[@]}" > "$scratch/tables"
is "without any table: the volumes lie where they did" "$(places tables)" \
	"$(places 2003r2-4096)"

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
