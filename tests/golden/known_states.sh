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
rm "$scratch"/SYSTEM.LOG?
is "a dirty hive without its logs" "$(known)" \
	'[[["1", "before-replay"], ["2", "before-replay"]], [["1", "before-replay"], ["2", "before-replay"]]]'
finish
