#!/bin/bash
# old_logs - machines of before Windows 8.1 that crashed: their SYSTEM hives are
# as the logs of that time complete them, whatever these are called

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

# state FILE LINE...: a SYSTEM hive with more LINEs than C: in MountedDevices.
state() {
	local file=$1

	shift
	printf '%s\n' 'name SYSTEM' 'time 2008-01-02T03:04:05Z' 'key Select' \
		'dword Current 1' \
		'key ControlSet001\Control\ComputerName\ComputerName' \
		'sz ComputerName CRASHED' 'key MountedDevices' \
		'mbr \DosDevices\C: 34333231 1048576' "$@" |
		"$SAMPLE_BIN/hivebuild" "$scratch/$file"
}

# More than a page comes, so that the hive becomes longer.
state before
state after 'mbr \DosDevices\F: 34333231 134217728' 'key Grown' \
	"$(printf 'hex data%d %01600d\n' 1 1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 9 9)"

# machine NAME TYPE DIRECTORY LOG...: one whose logs are the LOGs: full, or
# empty=NAME.
machine() {
	local name=$1 dir=$scratch/${1// /} config=$3 log status=0 more=() logs=

	mkdir "$dir"
	tests/golden/old_log.py "$scratch/before" "$scratch/after" \
		"$dir/hive" "$dir/log" "$2"
	: > "$dir/empty"
	shift 3
	for log; do
		case $log in
		empty=*) more+=("$config/${log#empty=}=$dir/empty") ;;
		*) more+=("$config/$log=$dir/log")
			logs="\"\\\\${config//\//\\\\}\\\\$log\"" ;;
		esac
	done
	if ! tests/golden/compose.py "$dir/hive" "$dir" "$config/${log%%.*}" both \
			"${more[@]}" '@\DosDevices\F:=313233340000000800000000' \
			> "$dir/out" 2>&1; then
		fail "$name: the machine is composed" "$(cat "$dir/out")"
		return
	fi
	"$COLDMOUNT" -q --json "$dir/disk0.raw" > "$dir/report" || status=$?
	is "$name: exit status" $status 0
	tap tests/golden/expected.py "$dir/report" "$dir/expected.tsv"
	tap tests/golden/check_citations.py "$dir/report" "$dir/disk0.raw"
	is "$name: the log that was applied" "$(tests/golden/query.py \
		"$dir/report" 'd["installations"][0]["hive"]["logsApplied"]')" \
		"[$logs]"
}

machine "Windows 2000" 2 WINNT/system32/config system.LOG
machine "Windows XP" 1 WINDOWS/system32/config system.LOG
machine "Windows Vista" 1 Windows/System32/config empty=SYSTEM.LOG2 SYSTEM.LOG1
machine "Windows 7" 1 Windows/System32/config empty=SYSTEM.LOG1 SYSTEM.LOG2

# A copy can be dirty, too. Nothing said that its own logs take D: from it, and
# give E: to another disk; its hive alone has both.
state dirty 'mbr \DosDevices\D: 34333231 2097152' \
	'mbr \DosDevices\E: 34333231 3145728'
state later 'mbr \DosDevices\E: 0badcafe 3145728'
tests/golden/old_log.py "$scratch/dirty" "$scratch/later" "$scratch/hive" \
	"$scratch/log" 1
mkdir "$scratch/copy"
backup=Windows/System32/config/RegBack
if tests/golden/compose.py "$scratch/before" "$scratch/copy" \
		Windows/System32/config/SYSTEM both \
		"$backup/SYSTEM=$scratch/hive" \
		"$backup/SYSTEM.LOG1=$scratch/log" > "$scratch/out" 2>&1; then
	"$COLDMOUNT" -q "$scratch/copy/disk0.raw" > "$scratch/tree"
	is "a dirty copy: the tree tells what its logs took away" \
		"$(sed -n 's/^      \([DE]: → [^;]*\); now not there/\1/p' \
			"$scratch/tree" | sort)" \
'D: → MBR signature 34333231, offset 2097152; taken away or changed by its logs
E: → MBR signature 0badcafe, offset 3145728
E: → MBR signature 34333231, offset 3145728; taken away or changed by its logs'
else
	fail "a dirty copy: the machine is composed" "$(cat "$scratch/out")"
fi
finish
