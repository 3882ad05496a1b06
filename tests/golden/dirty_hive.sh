#!/bin/bash
# dirty_hive - a machine that was not shut down: the report has the names as the
# logs of its SYSTEM hive complete them, and those that they take away

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

DIRTY_HIVE=1 sample_machine
disks=("$machine/disk0.raw" "$machine/disk1.raw")
report=$scratch/report

status=0
"$COLDMOUNT" -q --json --scan full "${disks[@]}" > "$report" || status=$?
is "exit status: a disk is missing on purpose" "$status" 4
ok "the report satisfies the schema" tests/golden/validate.py "$report"
tap tests/golden/expected.py "$report" "$machine/expected.tsv"
tap tests/golden/check_citations.py "$report" "${disks[@]}"
is "the logs that were applied" "$(tests/golden/query.py "$report" \
	'd["installations"][0]["hive"]["logsApplied"]')" \
	'["\\Windows\\System32\\config\\SYSTEM.LOG1", "\\Windows\\System32\\config\\SYSTEM.LOG2"]'
is "what is said of the hive" "$(tests/golden/query.py "$report" \
	'" ".join(f["code"] for f in d["findings"] if f["code"] < "CM05"
		and f["code"] > "CM04" and "SYSTEM" in f["message"])')" \
	'CM0415 CM0416'
is "SOFTWARE is as its logs complete it" "$(tests/golden/query.py "$report" \
	'(lambda i: [i["build"], i["softwareHive"]["dirty"],
		i["softwareHive"]["logsApplied"]])(d["installations"][0])')" \
	'["19042", true, ["\\Windows\\System32\\config\\SOFTWARE.LOG1", "\\Windows\\System32\\config\\SOFTWARE.LOG2"]]'
is "what a user met last is in the logs of NTUSER.DAT" \
	"$(tests/golden/query.py "$report" '[v["citations"][0]["file"]
		for v in d["userVolumes"] if v["present"] == "after-replay"]')" \
	'["\\Users\\Ada Lovelace\\ntuser.dat.LOG2"]'
is "a letter that only the log has is cited there" "$(tests/golden/query.py \
	"$report" '[n["citations"][0]["file"] for n in d["names"]
		if n["name"].endswith("S:")][0]')" \
	'\Windows\System32\config\SYSTEM.LOG2'
is "a letter that the log takes away gives no mount point" \
	"$(tests/golden/query.py "$report" \
		'[m for m in d["mountPoints"] if m["directory"] == "T:\\"]')" '[]'
"$COLDMOUNT" -q "${disks[@]}" > "$scratch/tree"
is "the tree tells it apart from the names that are there" \
	"$(sed -n '/^  Names that the logs/,/T: →/p' "$scratch/tree" |
		grep -E 'Names|T: ')" \
	"  Names that the logs of the hive removed or changed:
    T: → GUID {da7a0002-5b6c-4d7e-9f80-a1b2c3d4e5f6}: disk 1, partition 4"

# The directories have lost the logs, whose records are whole.  One of them, or
# both, must be there; they complete the hives as ever.
read -r offset length < <(tests/golden/query.py "$report" 'next(
	"%d %d" % (p["offset"], p["length"]) for p in d["partitions"]
	if p["id"] == next(v["partition"] for v in d["volumes"]
	if v["id"] == d["installations"][0]["volume"]))')
names='[(n["name"], n["present"], n["volume"], n["certainty"])
	for n in d["names"]] + [(v["key"], v["present"])
	for v in d["userVolumes"]]'
for lost in 1 "1 2"; do
	cp --sparse=always "${disks[0]}" "$scratch/lost"
	for n in $lost; do
		echo "unlist /Windows/System32/config/SYSTEM.LOG$n"
		echo "unlist /Windows/System32/config/SOFTWARE.LOG$n"
		echo "unlist \"/Users/Ada Lovelace/ntuser.dat.LOG$n\""
	done | "$SAMPLE_BIN/ntfsbuild" "$scratch/lost" "$offset" "$length" ||
		fail "the logs are taken out of their directories"
	"$COLDMOUNT" -q --json --scan full "$scratch/lost" "${disks[1]}" \
		> "$scratch/report.lost"
	is "lost logs ($lost): the names are those of the whole machine" \
		"$(tests/golden/query.py "$scratch/report.lost" "$names")" \
		"$(tests/golden/query.py "$report" "$names")"
	is "lost logs ($lost): each is told" "$(tests/golden/query.py \
		"$scratch/report.lost" '[f["message"] for f in d["findings"]
			if f["code"] == "CM0328"]' | grep -o 'list [A-Za-z.]*LOG' |
		sort | uniq -c | tr -s ' \n' ' ')" " ${lost##* } list$(
		) SOFTWARE.LOG ${lost##* } list SYSTEM.LOG$(
		) ${lost##* } list ntuser.dat.LOG "
done

# The same hive, closed: its second sequence number is that of its first, and
# the sum over both as before.  Windows does not look at its logs, which have
# newer entries.
base=$(tests/golden/query.py "$report" '[f["citations"][0]["offset"]
	for f in d["findings"] if f["code"] == "CM0415"
		and "SYSTEM:" in f["message"]][0]')
cp --sparse=always "${disks[0]}" "$scratch/closed"
for at in 8 508; do
	byte=$(xxd -p -s $((base + at)) -l 1 "$scratch/closed")
	printf "%08x: %02x\n" $((base + at)) $((16#$byte ^ 1)) |
		xxd -r - "$scratch/closed"
done
"$COLDMOUNT" -q --json "$scratch/closed" "${disks[1]}" > "$report"
is "a clean hive is taken without its logs" "$(tests/golden/query.py "$report" \
	'(lambda h: [h["dirty"], h["logsApplied"]])(
		d["installations"][0]["hive"])')" '[false, []]'
is "a clean hive: T: is there, S: is not" "$(tests/golden/query.py "$report" \
	'[(n["name"][-2:], n["present"]) for n in d["names"]
		if n["name"][-2:] in ("S:", "T:")
			and n["present"] != "deleted"]')" '[["T:", "both"]]'
is "what its logs have newer is said" "$(tests/golden/query.py "$report" \
	'" ".join(f["code"] for f in d["findings"] if f["code"] < "CM05"
		and f["code"] > "CM04" and "SYSTEM" in f["message"])')" \
	'CM0421 CM0421'
rm "$scratch/closed"

# The same hive once Windows had written it back: its logs are of no use to it,
# but hold what it was.
mkdir "$scratch/clean"
cp "$machine/SYSTEM.replayed" "$scratch/clean/SYSTEM"
cp "$machine"/SYSTEM.LOG[12] "$scratch/clean"
python3 - "$scratch/clean/SYSTEM" <<-'END'
	import struct, sys
	from functools import reduce
	with open(sys.argv[1], "r+b") as f:
	    words = list(struct.unpack("<128I", f.read(512)))
	    words[2] = words[1]
	    words[127] = reduce(lambda a, b: a ^ b, words[:127])
	    f.seek(0)
	    f.write(struct.pack("<128I", *words))
END
"$COLDMOUNT" -q --json --hive "$scratch/clean/SYSTEM" > "$report"
is "the logs of a clean hive: the letter that was deleted since" \
	"$(tests/golden/query.py "$report" '[(n["name"], n["recovered"],
		n["lastWritten"], n["citations"][0]["file"])
		for n in d["names"] if n["present"] == "deleted"]')" \
	'[["\\DosDevices\\T:", {"place": "log-page", "data": "intact"}, "2024-05-06T07:08:09.0000000Z", "SYSTEM.LOG1"]]'
is "what only a log page has is not called deleted in the timeline" \
	"$("$COLDMOUNT" -q -f timeline --hive "$scratch/clean/SYSTEM" |
		grep ' T: \|DosDevices.T: ' | grep -c \
		'only in a page of a log that was not applied (Mounted')" 1

# Without its logs the same machine has the old letter, and says that this may
# not be all.
for log in 'SYSTEM.LOG1' 'SYSTEM.LOG2'; do
	LC_ALL=C sed -i "s/$(printf %s "$log" | sed 's/./&\\x00/g;s/\.\\x00/[.]\\x00/')/$(
		printf %s "${log/SYSTEM/SYSTEX}" | sed 's/./&\\x00/g')/g" \
		"${disks[0]}"
done
"$COLDMOUNT" -q --json "${disks[@]}" > "$report"
is "without logs: T: is there, S: is not" "$(tests/golden/query.py "$report" \
	'[m["directory"] for m in d["mountPoints"]
		if m["directory"] in ("S:\\", "T:\\")]')" '["T:\\"]'
is "without logs: each name says so" "$(tests/golden/query.py "$report" \
	'sorted({n["present"] for n in d["names"]})')" '["before-replay"]'
is "without logs: what is said of the hive" "$(tests/golden/query.py "$report" \
	'" ".join(f["code"] for f in d["findings"] if f["code"] < "CM05"
		and f["code"] > "CM04" and "SYSTEM" in f["message"])')" 'CM0401'
finish
