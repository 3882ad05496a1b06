#!/bin/bash
# known_states - a disk that the registry remembers is told to be in the hive as
# it lies there, in its logs, or in both

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

# state NAME DEVICE...: a SYSTEM hive that knows these sticks.
state() {
	local name=$1 device

	shift
	{
		printf '%s\n' "sequence $sequence" 'key Select' \
			'dword Current 1' 'key State' \
			"sz Name $name" 'key MountedDevices'
		for device; do
			printf 'key "%s\\%s"\nsz ClassGUID %s\nsz Service disk\n' \
				'ControlSet001\Enum\USBSTOR\Disk&Ven_A&Prod_B' \
				"STICK$device&0" \
				'{4d36e967-e325-11ce-bfc1-08002be10318}'
			printf 'key "%s\\%s"\n' \
				'ControlSet001\Enum\STORAGE\Volume' \
				"{0000000$device-0000-0000-0000-000000000000}#0000000000100000"
		done
	} | "$SAMPLE_BIN/hivebuild" "$scratch/$name"
}

sequence='77 76'
state one 1 2
state two 1 2 3
state three 2 3
state four 2 3
sequence='77 77'
state clean 2 3
cp "$scratch/one" "$scratch/SYSTEM"
if ! "$SAMPLE_BIN/hivelog" "$scratch/SYSTEM.LOG1" "$scratch/SYSTEM.LOG2" 77 \
		"$scratch/SYSTEM" "$scratch/two" "$scratch/three" \
		"$scratch/four" 2> "$scratch/log"; then
	fail "the logs are made" "$(cat "$scratch/log")"
	finish
fi
report=$scratch/report
# known: what is told of each disk, and of each volume.
known() {
	"$COLDMOUNT" -q --json --hive "$scratch/SYSTEM" > "$report"
	tests/golden/query.py "$report" '[sorted([k["serial"][-1:], k["present"]]
			for k in d["knownDisks"] if k["serial"]),
		sorted([v["instance"][23:24], v["present"]]
			for k in d["knownDisks"] + [{"volumes": d["volumeTraces"]}]
			for v in k["volumes"])]'
}
is "all that a clean hive has is both" "$(mkdir "$scratch/alone" &&
	cp "$scratch/clean" "$scratch/alone/SYSTEM" &&
	"$COLDMOUNT" -q --json --hive "$scratch/alone/SYSTEM" > "$report"
	tests/golden/query.py "$report" \
		'sorted({k["present"] for k in d["knownDisks"]})')" '["both"]'
is "what the logs add and take away" "$(known)" \
	'[[["1", "before-replay"], ["2", "both"], ["3", "after-replay"]], [["1", "before-replay"], ["2", "both"], ["3", "after-replay"]]]'
ok "the report satisfies the schema" tests/golden/validate.py "$report"

# A flush that was cut off: the bins are written, some behind those that the base
# block counts.  Lists lie in there, so what the file has was told to be from the
# logs.
sequence='77 76'
mapfile -t many < <(seq 10 30)
state four 2 3 "${many[@]}"
"$SAMPLE_BIN/hivelog" "$scratch/SYSTEM.LOG1" "$scratch/SYSTEM.LOG2" 77 \
	"$scratch/one" "$scratch/two" "$scratch/three" "$scratch/four" \
	2> "$scratch/log"
{
	head -c 4096 "$scratch/one"
	tail -c +4097 "$scratch/four"
} > "$scratch/SYSTEM"
is "a flush that was cut off: the file is longer than its base block says" \
	"$(($(od -An -tu4 -j40 -N4 "$scratch/SYSTEM") + 4096 < \
		$(stat -c %s "$scratch/SYSTEM")))" 1
known > /dev/null
is "a flush that was cut off: all is in the file, too" \
	"$(tests/golden/query.py "$report" '[len([k for k in d["knownDisks"]
			if k["serial"]]),
		sorted({r["present"] for k in d["knownDisks"] +
			[{"present": "both", "volumes": d["volumeTraces"]}]
			for r in [k] + k["volumes"]})]')" '[23, ["both"]]'

# One that was cut off before the list of values was written.  What the logs do
# not have, only the file can.
names() {
	{
		printf '%s\n' "sequence $sequence" 'key Select' \
			'dword Current 1' 'key MountedDevices'
		seq "$2" | awk '{ printf "mbr \\??\\Volume{%08d-0000-11eb-" \
			"8a01-525400c01d01} 12345678 %d\n", $1, $1 * 512 }'
	} | "$SAMPLE_BIN/hivebuild" "$scratch/$1"
}
names more 121
names two 120
names four 120
"$SAMPLE_BIN/hivelog" "$scratch/SYSTEM.LOG1" "$scratch/SYSTEM.LOG2" 77 \
	"$scratch/more" "$scratch/two" "$scratch/more" "$scratch/four" \
	2> "$scratch/log"
python3 - "$scratch/more" "$scratch/SYSTEM" <<-'END'
	import sys
	b = bytearray(open(sys.argv[1], "rb").read())
	nk = b.index(b"MountedDevices") - 76
	cell = 4096 + int.from_bytes(b[nk + 40:nk + 44], "little")
	b[cell:cell + 4] = bytes(4)
	open(sys.argv[2], "wb").write(b)
END
"$COLDMOUNT" -q --json --hive "$scratch/SYSTEM" > "$report"
is "a list that is not written yet: what is in no log is in the file, too" \
	"$(tests/golden/query.py "$report" '(lambda names: [len(names),
		sorted({(n["present"], c["file"]) for n in names
			for c in n["citations"][:1]})])(
		[n for n in d["names"] if n["present"] != "deleted"])')" \
	'[120, [["after-replay", "SYSTEM.LOG2"], ["both", "SYSTEM"]]]'
cp "$scratch/one" "$scratch/SYSTEM"
rm "$scratch"/SYSTEM.LOG?
is "a dirty hive without its logs" "$(known)" \
	'[[["1", "before-replay"], ["2", "before-replay"]], [["1", "before-replay"], ["2", "before-replay"]]]'
finish
