#!/bin/bash
# lost_entries - directories lost the entries of hives, of profiles or of
# directories above them, while the records of these are whole: these are found by
# their records, and nothing that is deleted is

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if ! guest=$(real libguestfs__libguestfs/tests/guests/guest-aux); then
	skip "lost entries of directories" "../shared/data is not here"
	finish
fi
system=$guest/windows-system
config=Windows/System32/config
points='Software\Microsoft\Windows\CurrentVersion\Explorer\MountPoints2'
list='Microsoft\Windows NT\CurrentVersion\ProfileList'

printf 'key "%s\\##server#ann"\n' "$points" |
	"$SAMPLE_BIN/hivebuild" "$scratch/ann"
{
	printf 'key "Microsoft\\Windows NT\\CurrentVersion"\n'
	printf 'sz SystemRoot C:\\Windows\nsz ProductName Lost\n'
	printf 'key "%s\\S-1-5-21-1-2-3-1001"\n' "$list"
	printf 'sz ProfileImagePath C:\\Users\\ann\n'
} | "$SAMPLE_BIN/hivebuild" "$scratch/software"
head -c 8192 /dev/zero > "$scratch/zeros"
no_head=$(printf '%032d' 0)

query() {
	tests/golden/query.py "$scratch/report" "$@"
}

# machine NAME LINE...: what ntfsbuild does to the volume that C: leads to.
machine() {
	local name=$1

	shift
	rm -rf "${scratch:?}/disks"
	mkdir "$scratch/disks"
	if ! tests/golden/compose.py "$system" "$scratch/disks" \
			"$config/SYSTEM" both \
			"$config/SOFTWARE=$scratch/software" \
			"Users/ann/NTUSER.DAT=$scratch/ann" \
			"+file /Users/ann/NTUSER.INI" \
			"${many[@]}" "${@/#/^}" > "$scratch/log" 2>&1; then
		fail "$name: the machine is composed" "$(cat "$scratch/log")"
		return
	fi
	status=0
	"$COLDMOUNT" -q --json "$scratch"/disks/disk*.raw > "$scratch/report" ||
		status=$?
	ok "$name: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/report"
	tests/golden/check_citations.py "$scratch/report" \
		"$scratch"/disks/disk*.raw || tap_failed=1
	facts > "$scratch/facts"
}

# facts: what is told, but where it was read.
facts() {
	query 'dict(
		roots=[(i["systemRoot"], i["productName"],
			i["hive"] and i["hive"]["path"])
			for i in d["installations"]],
		users=[(u["name"], u["profile"], [a["sid"] for a in u["accounts"]],
			u["hive"] and u["hive"]["path"]) for u in d["users"]],
		shares=[v["share"] for v in d["userVolumes"]],
		names=[(n["name"], n["volume"], n["tier"], n["certainty"])
			for n in d["names"]],
		mounts=[(m["directory"], m["volume"], m["certainty"])
			for m in d["mountPoints"]])'
}

# said: the findings, but what every one of these machines has.
said() {
	query '{c: len([f for f in d["findings"] if f["code"] == c])
		for c in ("CM0310", "CM0326", "CM0328", "CM0329", "CM0610",
		"CM0685", "CM0688")
		if c in [f["code"] for f in d["findings"]]}'
}

listed() {
	query '[i["hive"] and i["hive"]["listed"] for i in d["installations"]]' \
		'[i["softwareHive"] and i["softwareHive"]["listed"]
			for i in d["installations"]]' \
		'[u["hive"] and u["hive"]["listed"] for u in d["users"]]' |
		tr '\n' ' '
}

same() {
	ok "$1: the facts are those of the sound machine" \
		diff "$scratch/want" "$scratch/facts"
}

# The Sleuth Kit on the volume of C:, of which disk0 is the disk.
place() {
	query 'next(str(p["offset"] // 512) for p in d["partitions"]
		if p["disk"] == "disk0" and p["id"] in [v["partition"]
		for v in d["volumes"]
		if v["id"] == d["installations"][0]["volume"]])'
}

# unlisted NAME PATH: The Sleuth Kit finds no such entry in use, and the record
# that the finding names is in use, and has that name.
unlisted() {
	local name=$1 path=$2 record o

	o=$(place)
	record=$(query 'next(f["message"] for f in d["findings"]
		if f["code"] == "CM0328" and "'"${path##*/}"'" in f["message"])' |
		grep -o 'MFT record [0-9]*' | grep -o '[0-9]*$' | tail -n 1)
	is "$name: fls finds no entry in use" "$(fls -u -r -p -o "$o" \
		"$scratch/disks/disk0.raw" | grep -c "^[dr]/.*	$path$")" 0
	istat -o "$o" "$scratch/disks/disk0.raw" "$record" > "$scratch/istat"
	ok "$name: istat has it in use" \
		grep -q '^Allocated \(File\|Directory\)' "$scratch/istat"
	is "$name: and by its name" "$(sed -n 's/^Name: //p' "$scratch/istat")" \
		"${path##*/}"
	is "$name: the finding cites its name" "$(query \
		'{c["structure"] for f in d["findings"]
		if f["code"] == "CM0328" for c in f["citations"]} == {"file name"}')" \
		true
}

many=()
machine sound
facts > "$scratch/want"
is "sound: roots" "$(query '[(i["systemRoot"], i["productName"])
	for i in d["installations"]]')" '[["\\Windows", "Lost"]]'
is "sound: users" "$(query '[v["share"] for v in d["userVolumes"]]')" \
	'["\\\\server\\ann"]'
is "sound: all is listed" "$(listed)" '[true] [true] [true] '
sound=$status
is "sound: nothing is said" "$(said)" '{}'

machine system "unlist /$config/SYSTEM"
same system
unlisted system "$config/SYSTEM"
is "system: what is said" "$status $(said)" "$sound"' {"CM0328": 1}'
is "system: the report tells it by the hive, too" "$(listed)" \
	'[false] [true] [true] '

machine software "file /$config/SAM" "unlist /$config/SOFTWARE"
same software
unlisted software "$config/SOFTWARE"
is "software: the report tells it by the hive, too" "$(listed)" \
	'[true] [false] [true] '

machine ntuser "unlist /Users/ann/NTUSER.DAT"
same ntuser
unlisted ntuser Users/ann/NTUSER.DAT
is "ntuser: the report tells it by the hive, too" "$(listed)" \
	'[true] [true] [false] '

# One profile of several, of which the directory is sound.
machine profile 'mkdir /Users/joe' "unlist /Users/ann"
same profile
unlisted profile Users/ann
is "profile: the list and the look-up are said" "$status $(said)" \
	"$sound"' {"CM0328": 2}'
machine "profile deleted" 'mkdir /Users/joe' "delete /Users/ann/NTUSER.DAT" \
	"delete /Users/ann/NTUSER.INI" "delete /Users/ann"
is "profile deleted: it is not there" "$(said) $(query \
	'[(u["name"], u["hive"]) for u in d["users"]]' \
	'len([f for f in d["findings"] if f["code"] == "CM0672"])' |
	tr '\n' ' ')" '{} [["ann", null]] 1 '

# One that no account has, either: nothing but a full scan asks for it.
bob() {
	machine "$1" 'mkdir /Users/bob' \
		"copy /Users/bob/NTUSER.DAT $scratch/ann" "${@:2}" \
		> "$scratch/machine"
	"$COLDMOUNT" -q --json --scan full "$scratch"/disks/disk*.raw \
		> "$scratch/report"
	query '[(u["name"], u["hive"]["listed"]) for u in d["users"]]'
}
is "a profile that nothing names" "$(bob unnamed "unlist /Users/bob")" \
	'[["ann", true], ["bob", true]]'
bob unnamed "unlist /Users/bob" > "$scratch/list"
unlisted "a profile that nothing names" Users/bob
is "a profile that nothing names, in a lost directory" \
	"$(bob unnamed "unlist /Users")" '[["ann", true], ["bob", true]]'
is "a profile that nothing names, deleted" "$(bob unnamed \
	"delete /Users/bob/NTUSER.DAT" "delete /Users/bob")" '[["ann", true]]'

for directory in Windows Windows/System32 "$config" Users; do
	machine "$directory" 'mkdir "/Program Files"' 'mkdir /Users/joe' \
		"unlist /$directory"
	same "$directory"
	unlisted "$directory" "$directory"
done

# What is left of a directory whose record is gone, or was taken by another
# file, is what the records of its files say.
for directory in Windows Windows/System32 "$config" Users Users/ann; do
	machine "the record of $directory" "damage-record /$directory 0 $no_head"
	same "the record of $directory"
	is "the record of $directory: what is said" "$status $(query \
		'sorted({f["code"] for f in d["findings"]
		if f["code"] in ("CM0303", "CM0328", "CM0610", "CM0685")})')" \
		'4 ["CM0303", "CM0328"]'
done
machine "a record of another" "damage-record /$config 0x10 07" \
	"damage-record /$config 0x16 00"
same "a record of another"

# The first entry of the directory leads to a record that is not there.
for directory in Users Windows Windows/System32; do
	machine "the reference in $directory" \
		"damage-root /$directory 0x20 ffffffff"
	same "the reference in $directory"
	is "the reference in $directory: what is said" "$(query '"CM0328" in [
		f["code"] for f in d["findings"]]')" true
done

# A name that is longer than its entry, or too short; a directory that is said
# to be a file; a reference to the $MFT: 0x20 is the entry of System32, and that
# of Windows is found by its name in the only block of the root.
machine "a long name" "damage-root /Windows 0x70 ff"
same "a long name"
at=$(LC_ALL=C grep -obUaP 'W\x00i\x00n\x00d\x00o\x00w\x00s\x00' \
	"$scratch/disks/disk0.raw" | cut -d: -f1 | while read -r at; do
	magic=$(dd if="$scratch/disks/disk0.raw" bs=1 count=4 status=none \
		skip=$((at / 4096 * 4096)))
	[ "$magic" = INDX ] && echo $((at % 4096))
done | tail -n 1)
for change in "-2 ff" "-2 01" "-7 00" "-82 000000000000" "-76 ffff"; do
	machine "Windows in the root, $change" \
		"damage-block / $((at + ${change% *})) ${change#* }"
	same "Windows in the root, $change"
done

# A directory that a volume is mounted on.
machine "mount point" "unlist /by/name/0"
same "mount point"
is "mount point: what is said" "$(said)" '{"CM0326": 1}'
is "mount point: a path leads through it" "$("$COLDMOUNT" resolve \
	'C:\by\name\0\Users' "$scratch"/disks/disk*.raw 2>&1 |
	grep -c '^  path *.Users$')" 1

# A second file of the same name and place, which is a hive or is none.
machine rivals "unlist /$config/SYSTEM" \
	"copy /$config/SYSTEM $scratch/zeros" "unlist /$config/SYSTEM"
same rivals
is "rivals: what is said" "$status $(said)" \
	'4 {"CM0328": 2, "CM0329": 1, "CM0688": 1}'
is "rivals: both are cited" "$(query 'len([c for f in d["findings"]
	if f["code"] == "CM0329" for c in f["citations"]])')" 2
machine "two hives" "unlist /$config/SYSTEM" \
	"copy /$config/SYSTEM $scratch/software" "unlist /$config/SYSTEM"
same "two hives"
is "two hives: it is said that both are" "$(query '[f["message"]
	for f in d["findings"] if f["code"] == "CM0688"]' |
	grep -c 'of which 2 begin as a hive')" 1

# What is deleted says the same of itself as ever; it is no file any more.
machine deleted "delete /$config/SYSTEM"
is "deleted: it is not there" "$(said) $(listed)" \
	'{"CM0685": 1} [null] [true] [true] '
machine "its directory deleted" "unlist /$config/SYSTEM" \
	"copy /$config/a $system" "delete /$config/a"
is "its directory deleted: that of another name is not taken" \
	"$(said) $(listed)" '{"CM0328": 1} [false] [true] [true] '

# Directories of which the names fill blocks.  The blocks are zeros, or torn;
# the first entry of the root leads nowhere.
for i in {10..99}; do
	many+=("+file /$config/a-file-that-makes-the-directory-large-$i")
	many+=("+file /Users/ann/a-file-that-makes-the-directory-large-$i")
	many+=("+mkdir /a-directory-that-makes-the-root-large-$i")
done
machine large
same large
# in_blocks DIRECTORY OFFSET HEX: the same in each of its blocks.
in_blocks() {
	for block in {0..9}; do
		echo "damage-block /$1 $((block * 4096 + $2)) $3"
	done
}

zeros=$(printf '%0512d' 0)
for directory in "$config" Users/ann ""; do
	mapfile -t lines < <(in_blocks "$directory" 0 "$zeros")
	machine "blocks of /$directory" "${lines[@]}"
	same "blocks of /$directory"
	is "blocks of /$directory: that is said" \
		"$status $(said | grep -c "CM0310.*CM0328")" "4 1"
	machine "the first block of /$directory" "${lines[0]}"
	same "the first block of /$directory"
	machine "the root of /$directory" "damage-root /$directory 0 $no_head"
	same "the root of /$directory"
	mapfile -t lines < <(in_blocks "$directory" 510 eeee)
	machine "torn blocks of /$directory" "${lines[@]}"
	same "torn blocks of /$directory"
done
finish
