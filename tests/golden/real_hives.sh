#!/bin/bash
# real_hives - hives of real machines, and the disks that they speak of: a
# report leads each name to the volume that is there, numbers it, and cites its
# bytes

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if ! regipy=$(real mkorman90__regipy/regipy_tests/data) ||
	! libguestfs=$(real libguestfs__libguestfs/tests/guests/guest-aux) ||
	! yarp=$(real msuhanov__yarp/hives_for_tests); then
	skip "real hives" "../shared/data is not here"
	finish
fi
xz -dc "$regipy/SYSTEM.xz" > "$scratch/win7"
xz -dc "$regipy/SYSTEM_2.xz" > "$scratch/win8"
xz -dc "$regipy/SYSTEM_B.xz" > "$scratch/win10"
ln "$scratch/win10" "$scratch/replayed"
xz -dc "$regipy/SYSTEM_B.LOG1.xz" > "$scratch/log1"
xz -dc "$regipy/SYSTEM_B.LOG2.xz" > "$scratch/log2"
cp "$libguestfs/windows-system" "$scratch/phony"
cp "$yarp/System_Delta" "$scratch/layered"

# analyse DIR [OPTION]...: the report on the disks of DIR, as DIR/report.
analyse() {
	local dir=$1 status=0

	shift
	"$COLDMOUNT" -q --json "$@" "$dir"/disk*.raw > "$dir/report" \
		2> "$dir/errors" || status=$?
	echo $status
}

# machine NAME PATH PRESENT STATUS [MORE]...: one whose SYSTEM hive is NAME, at
# PATH; more is for compose.py.
machine() {
	local dir=$scratch/$1.disks

	mkdir "$dir"
	if ! tests/golden/compose.py "$scratch/$1" "$dir" "$2" "$3" "${@:5}" \
			> "$scratch/log" 2>&1; then
		fail "$1: the machine is composed" "$(cat "$scratch/log")"
		return
	fi
	is "$1: exit status" "$(analyse "$dir")" "$4"
	ok "$1: the report satisfies the schema" \
		tests/golden/validate.py "$dir/report"
	tap tests/golden/expected.py "$dir/report" "$dir/expected.tsv"
	tap tests/golden/check_citations.py "$dir/report" "$dir"/disk*.raw
	# the others are too small to remember a disk
	case $1 in win*)
		tap tests/golden/known_disks.py "$dir/report" "$scratch/$1" ;;
	esac
	is "$1: the hive's path is spelled as on the volume" \
		"$(tests/golden/query.py "$dir/report" \
			'd["installations"][0]["hive"]["path"]')" \
		"\\${2//\//\\}"
}

machine phony Windows/System32/config/SYSTEM both 0
machine layered winnt/SYSTEM32/Config/system both 0
# A mount point leads to a device that is not there, or logs are missing.
machine win7 WINNT/system32/CONFIG/System both 4
machine win8 Windows.old/WINDOWS/System32/config/SYSTEM before-replay 4
machine win10 Windows/System32/config/SYSTEM before-replay 4

# The same hive with its logs: a name more, which its owner's tools find there
# (../shared/data/README.md), and another time for all of them.
machine replayed Windows/System32/config/SYSTEM both 4 \
	"Windows/System32/config/SYSTEM.LOG1=$scratch/log1" \
	"Windows/System32/config/SYSTEM.LOG2=$scratch/log2" \
	'@\DosDevices\F:=8159d4760000100000000000'

# The second log without its hive: what it has of the key is all of it.
is "a log whose hive is lost: exit status" "$("$COLDMOUNT" -q --json \
	--hive "$scratch/log2" > "$scratch/alone"; echo $?)" 4
is "a log whose hive is lost: its names are those of the recovered hive" \
	"$(tests/golden/query.py "$scratch/alone" 'sorted((n["name"],
		n["uniqueId"]["hex"], n["recovered"]["place"])
		for n in d["names"])')" \
	"$(tests/golden/query.py "$scratch/replayed.disks/report" 'sorted(
		(n["name"], n["uniqueId"]["hex"], "log-page")
		for n in d["names"] if n["recovered"] is None)')"
tap tests/golden/check_citations.py "$scratch/alone" "$scratch/log2"

config='\\Windows\\System32\\config\\SYSTEM'
# hive MACHINE EXPRESSION: of its report.
hive() {
	tests/golden/query.py "$scratch/$1.disks/report" "$2"
}
# written MACHINE FRACTION: the second in which its names were written, and if it
# is to a microsecond that FRACTION of it: those tools round.
written() {
	hive "$1" "sorted({(n['lastWritten'][:19],
		abs(int(n['lastWritten'][20:27]) - $2) <= 10) for n in d['names']})"
}
is "replayed: the logs that were applied" \
	"$(hive replayed 'd["installations"][0]["hive"]["logsApplied"]')" \
	"[\"$config.LOG1\", \"$config.LOG2\"]"
is "replayed: the hive is dirty, as it was found" "$(hive replayed \
	'(lambda h: [h["dirty"], h["primarySequence"], h["secondarySequence"]])(
		d["installations"][0]["hive"])')" '[true, 1622, 1621]'
is "replayed: the names are of April" "$(written replayed 6857900)" \
	'[["2018-04-06T12:35:08", true]]'
is "without logs: the names are of March" "$(written win10 9808500)" \
	'[["2018-03-27T09:22:21", true]]'
is "replayed: F: is cited in a log" "$(hive replayed \
	'sorted({c["file"] for n in d["names"] if n["name"].endswith("F:")
		for c in n["citations"] if c["structure"] == "vk"})')" \
	"[\"$config.LOG2\"]"
is "replayed: what is said of the hive" "$(hive replayed \
	'" ".join(f["code"] for f in d["findings"] if "CM04" < f["code"] < "CM05")')" \
	CM0415

# Two machines' disks in one report: neither namespace has the other's letters,
# and numbers that are given move no answer.
both=$scratch/both
mkdir "$both"
"$COLDMOUNT" -q --json --disk 7="$scratch/win7.disks/disk0.raw" \
	"$scratch/phony.disks/disk0.raw" > "$both/report" 2> "$both/errors"
place='{v["id"]: v["partition"] for v in d["volumes"]}'
is "two installations: each has its own C:" "$(tests/golden/query.py \
	"$both/report" "[(m['installation'], m['directory'], ${place}[m['volume']])
		for m in d['mountPoints'] if m['kind'] == 'drive-root']")" \
	'[["windows0", "C:\\", "disk0/p1"], ["windows1", "C:\\", "disk1/p1"]]'
is "two installations: their disks' numbers" "$(tests/golden/query.py \
	"$both/report" "[(k['number'], k['numberBasis']) for k in d['disks']]")" \
	'[[7, "given"], [0, "assumed"]]'

# A disk and its clone: nothing tells which of the two a name meant.
clone=$scratch/clone
mkdir "$clone"
cp "$scratch/phony.disks/disk0.raw" "$clone/disk0.raw"
cp "$clone/disk0.raw" "$clone/disk1.raw"
is "a clone: exit status" "$(analyse "$clone")" 0
is "a clone: each name and each mount point is ambiguous" \
	"$(tests/golden/query.py "$clone/report" "sorted({(n['certainty'],
		n['volume']) for n in d['names'] + d['mountPoints']})")" \
	'[["ambiguous", null]]'
tap tests/golden/check_citations.py "$clone/report" "$clone"/disk*.raw

# Where the record of a directory is empty, that is said: before, each name in
# it was merely not there, and the report knew of no installation and of no
# damage.
# empty_record PATH: of the MFT of C: in $lost; mkntfs puts it into cluster 4.
empty_record() {
	local at number

	number=$(ifind -o $((at_c / 512)) -n "$1" "$lost/disk0.raw")
	at=$((at_c + 4 * 4096 + ${number%%-*} * 1024))
	is "the record of $1 is where it is sought" \
		"$(dd if="$lost/disk0.raw" bs=1 skip=$at count=4 status=none)" FILE
	dd if=/dev/zero of="$lost/disk0.raw" bs=512 seek=$((at / 512)) count=2 \
		conv=notrunc status=none
}

# without PATH CODE...: these findings come where the record of PATH is empty.
without() {
	local path=$1 codes

	shift
	lost=$scratch/lost
	rm -rf "$lost"
	cp -r "$scratch/phony.disks" "$lost"
	at_c=$(tests/golden/query.py "$lost/report" 'd["partitions"][0]["offset"]')
	empty_record "$path"
	is "exit status where the record of $path is empty" "$(analyse "$lost")" 4
	codes=$(tests/golden/query.py "$lost/report" \
		'" ".join(f["code"] for f in d["findings"] if f["partial"])')
	is "what is said where the record of $path is empty" "$codes" "$*"
}

# found PATH CODE...: the same, and all names are told that were told before,
# since the files in PATH say themselves where they are.
found() {
	local names='sorted((n["name"], n["uniqueId"]["hex"], n["volume"])
		for n in d["names"])'

	without "$@"
	is "the names where the record of $1 is empty" \
		"$(tests/golden/query.py "$lost/report" "$names")" \
		"$(tests/golden/query.py "$scratch/phony.disks/report" "$names")"
}

found /Windows CM0324
found /Windows/System32/config CM0324
found "/System Volume Information" CM0324 CM0614
without "/System Volume Information/MountPointManagerRemoteDatabase" \
	CM0614 CM0640
finish
