#!/bin/bash
# storage_api - the classes of the Storage Management API, over the sample
# machine

# Paths of Windows end with a backslash.
# shellcheck disable=SC1003
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

sample_machine
disks=("$machine/disk0.raw" "$machine/disk1.raw")

# ask QUERY OPTION...: the answer, and on standard error why there is none.
ask() {
	local query=$1

	shift
	"$COLDMOUNT" query -q --partial-ok "$@" "$query" "${disks[@]}"
}

mkdir "$scratch/answers"
for class in MSFT_Partition MSFT_Volume MSFT_Disk MSFT_PartitionToVolume \
	MSFT_DiskToPartition Win32_Volume; do
	ask "SELECT * FROM $class" -f json > "$scratch/answers/$class.json"
done
tap tests/golden/storage_api.py "$scratch/answers" "$machine/expected.tsv"

# Arrays and characters in every shape.
paths="SELECT DriveLetter, AccessPaths FROM MSFT_Partition
	WHERE DriveLetter = 'd'"
is "list" "$(ask "$paths")" "$(cat <<'END'
DriveLetter : D
AccessPaths : {D:\, C:\Mount\Work\, D:\Mount\Conflict\, \\?\Volume{d1500001-7a2b-4c3d-8e4f-0123456789ab}\}
END
)"
is "csv" "$(ask "$paths" -f csv | tr -d '\r')" "$(cat <<'END'
"DriveLetter","AccessPaths"
"D","D:\|C:\Mount\Work\|D:\Mount\Conflict\|\\?\Volume{d1500001-7a2b-4c3d-8e4f-0123456789ab}\"
END
)"
is "only paths from a letter" "$("$COLDMOUNT" query -q --partial-ok -f csv \
	'SELECT Name FROM Win32_Volume WHERE NOT Name LIKE "%}\\"' \
	"$machine/disk1.raw")$("$COLDMOUNT" query -q --partial-ok -f csv \
	'SELECT AccessPaths FROM MSFT_Partition' "$machine/disk1.raw" |
	grep -c '|')" 0
# What a GPT hides the mount manager does not see.
cp --sparse=always "$machine/disk1.raw" "$scratch/hidden.raw"
sgdisk -A 5:set:62 "$scratch/hidden.raw" > /dev/null
for class in Win32_Volume MSFT_Volume Win32_MountPoint Win32_LogicalDisk; do
	is "a hidden volume is none of $class" "$("$COLDMOUNT" query -q -f csv \
		--partial-ok "SELECT * FROM $class" "$machine/disk0.raw" \
		"$scratch/hidden.raw" | grep -c da7a0002)" 0
done
"$COLDMOUNT" -q --json "$machine/disk0.raw" "$scratch/hidden.raw" \
	> "$scratch/hidden.json"
is "the report says so, and what leads there" "$(tests/golden/query.py \
	"$scratch/hidden.json" '[f["message"][-34:] for f in d["findings"]
		if f["code"] == "CM0676"]')" \
	'["ry that lead there: 1, folders: 2."]'
is "its partition is there" "$("$COLDMOUNT" query -q -f csv --partial-ok \
	'SELECT IsHidden FROM MSFT_Partition WHERE PartitionNumber = 4 AND
	DiskNumber = 1' "$machine/disk0.raw" "$scratch/hidden.raw" |
	tr -d '\r' | tail -n 1)" '"True"'
is "nothing is reached through it" "$("$COLDMOUNT" query -q -f csv \
	--partial-ok 'SELECT AccessPaths FROM MSFT_Partition WHERE DiskNumber =
	0 AND PartitionNumber = 4' "$machine/disk0.raw" "$scratch/hidden.raw" |
	tr -d '\r' | tail -n 1)" \
	'"C:\Mount\Work\Mount\Archive\|D:\Mount\Archive\|\\?\Volume{5ca1ab1e-0000-0000-0000-200300000000}\"'
for target in 'C:\Mount\Data' 'C:\Mount\Data\Nested'; do
	is "resolve: $target is not live" "$("$COLDMOUNT" resolve -q \
		--partial-ok "$target" "$machine/disk0.raw" \
		"$scratch/hidden.raw" | grep -c -F \
		-e 'C:\Mount\Data  of the map, not live' \
		-e '\Mount\Archive  live' \
		-e '{da7a0002-5b6c-4d7e-9f80-a1b2c3d4e5f6}\Nested  of the map, not' \
		-e 'volume7 is hidden from the mount manager')" \
		"$([ "$target" = 'C:\Mount\Data' ] && echo 2 || echo 4)"
done
for verb in device-number extents; do
	is "$verb says that no name leads there" "$("$COLDMOUNT" $verb -q \
		--partial-ok 'C:\Mount\Data' "$machine/disk0.raw" \
		"$scratch/hidden.raw" | grep -c 'hides its volume from')" 1
done
is "diskpart tells it without folders" "$("$COLDMOUNT" -q -f diskpart \
	"$machine/disk0.raw" "$scratch/hidden.raw" |
	grep -A 1 'Data .*Hidden' | sed 's/.* //')" "Hidden"
# What JSON has is what the fields can be split into, whatever folders are called.
ask "SELECT * FROM MSFT_Partition" -f csv > "$scratch/partitions.csv"
is "csv: arrays" "$(python3 - "$scratch/answers/MSFT_Partition.json" \
	"$scratch/partitions.csv" <<'END'
import csv, json, re, sys
odd = r"[\x00-\x1f\x7f-\x9f\u202e|]"
def visible(s):
    return re.sub(odd, lambda m: "<U+%04X>" % ord(m[0]), s)
rows = list(csv.DictReader(open(sys.argv[2], newline="")))
n = 0
for wanted, row in zip(json.load(open(sys.argv[1])), rows):
    for name, value in wanted.items():
        if isinstance(value, list) and value:
            n += len(value)
            got = row[name].split("|")
            if got != [visible(str(x)) for x in value]:
                print(name, got)
print("compared" if n > 20 else n)
END
)" compared
is "mof" "$(ask "$paths" -f mof)" "$(printf '%s\n' \
	'instance of MSFT_Partition' '{' "	DriveLetter = 'D';" \
	'	AccessPaths = {"D:\\", "C:\\Mount\\Work\\", "D:\\Mount\\Conflict\\", "\\\\?\\Volume{d1500001-7a2b-4c3d-8e4f-0123456789ab}\\"};' \
	'};')"
is "json" "$(ask "$paths" -f json | python3 -c 'import json, sys
print(json.load(sys.stdin))')" "[{'DriveLetter': 'D', 'AccessPaths': ['D:\\\\', 'C:\\\\Mount\\\\Work\\\\', 'D:\\\\Mount\\\\Conflict\\\\', '\\\\\\\\?\\\\Volume{d1500001-7a2b-4c3d-8e4f-0123456789ab}\\\\']}]"
ask "$paths" -f cimxml > "$scratch/xml"
is "cimxml: a character" "$(xmllint --xpath \
	'string(//PROPERTY[@NAME="DriveLetter" and @TYPE="char16"]/VALUE)' \
	"$scratch/xml")" D
is "cimxml: an array" "$(xmllint --xpath \
	'count(//PROPERTY.ARRAY[@NAME="AccessPaths"]/VALUE.ARRAY/VALUE)' \
	"$scratch/xml")" 4
is "cimxml: its last value" "$(xmllint --xpath \
	'string(//PROPERTY.ARRAY[@NAME="AccessPaths"]/VALUE.ARRAY/VALUE[last()])' \
	"$scratch/xml")" '\\?\Volume{d1500001-7a2b-4c3d-8e4f-0123456789ab}\'
is "cimxml: a key that is a number" "$(ask \
	"SELECT Disk FROM MSFT_DiskToPartition" -f cimxml | xmllint --xpath \
	'string((//INSTANCENAME[@CLASSNAME="MSFT_Disk"]//KEYVALUE[
	@VALUETYPE="numeric"])[last()])' -)" 1

# letters CONDITION: the letters of the volumes that meet it.
letters() {
	ask "SELECT DriveLetter FROM MSFT_Volume WHERE $1" -f csv |
		tr -d '"\r' | sed 1d | sort | paste -s -d ''
}
is "a letter is a character" "$(letters "DriveLetter = 'c'")" C
is "or its number" "$(letters "DriveLetter = 67")" C
is "which has an order" "$(letters "DriveLetter > 'C' AND DriveLetter < 'F'")" \
	DE
is "there may be none" "$(ask "SELECT Path FROM MSFT_Volume
	WHERE DriveLetter IS NULL" -f csv | wc -l)" 5
none="SELECT DriveLetter FROM MSFT_Partition WHERE DriveLetter = 0"
is "of a partition without one it is the character 0, as scripts ask for it" \
	"$(ask "$none" -f csv | sed 1d | sort | uniq -c | tr -d ' \r')" '5""'
is "which is not NULL" "$(ask "SELECT DriveLetter FROM MSFT_Partition
	WHERE DriveLetter IS NULL" -f csv | wc -l)" 0
is "and not C" "$(ask "SELECT DriveLetter FROM MSFT_Partition
	WHERE NOT DriveLetter = 'C' AND DriveLetter <> 'C'" -f csv |
	grep -c '""')" 5
is "in JSON, as a live host prints it" "$(ask "$none" -f json |
	grep -c '"DriveLetter": "\\u0000"')" 5
is "in MOF" "$(ask "$none" -f mof | grep -c "DriveLetter = '\\\\x0000';")" 5
is "in XML, which cannot have it" "$(ask "$none" -f cimxml | xmllint --xpath \
	'count(//PROPERTY[@NAME="DriveLetter" and not(VALUE)])' -)" 5
is "a longer text is none" "$(letters "DriveLetter = 'CC'" 2>&1 | head -n 1)" \
	"coldmount: query, character 57: DriveLetter is of type char16, which this is not"

# As hosts printed other volumes: Get-WmiObject | fl and | ft, and what scripts
# read of ConvertTo-Json, in one line.
mount="SELECT Directory, Volume FROM Win32_MountPoint"
is "references, as Get-WmiObject has them" "$(ask "$mount" | sed -n 1,2p)" \
	"$(cat <<'END'
Directory : Win32_Directory.Name="C:\\"
Volume    : Win32_Volume.DeviceID="\\\\?\\Volume{5ca1ab1e-0000-0000-0000-900000000000}\\"
END
)"
is "and as Get-CimInstance has them" "$(ask "$mount" -f json | python3 -c '
import json, sys
print(json.dumps(json.load(sys.stdin)[:1], separators=(",", ":")))')" "$(
	cat <<'END'
[{"Directory":{"Name":"C:\\"},"Volume":{"DeviceID":"\\\\?\\Volume{5ca1ab1e-0000-0000-0000-900000000000}\\"}}]
END
)"
is "numbers stand at the right, lines end without blanks" "$(ask "SELECT
	DriveLetter, Capacity, FileSystem, FreeSpace FROM Win32_Volume
	WHERE FileSystem <> 'NTFS' OR DriveLetter = 'C:'" -f table |
	sed -E 's/[0-9]{8}$/12345678/; s/ [0-9]{7}$/ 1234567/')" "$(cat <<'END'
DriveLetter Capacity FileSystem FreeSpace
----------- -------- ---------- ---------
C:          33550336 NTFS        12345678
F:          16726016 FAT         12345678
E:           6291456 exFAT        1234567
END
)"

# From a partition to its volume, and to its disk.
is "associators of a partition" "$(ask "ASSOCIATORS OF
	{MSFT_Partition.DiskNumber=1,PartitionNumber=4}" -f json |
	python3 -c 'import json, sys
print([o.get("FileSystemLabel", o.get("Size")) for o in json.load(sys.stdin)])')" \
	"[67108864, 'Data']"
is "of a disk" "$(ask "ASSOCIATORS OF {MSFT_Disk.Number=1}" -f json |
	python3 -c 'import json, sys
print([o["PartitionNumber"] for o in json.load(sys.stdin)])')" "[1, 2, 3, 4]"
volume='\\\\?\\Volume{da7a0002-5b6c-4d7e-9f80-a1b2c3d4e5f6}\\'
is "of a volume" "$(ask "ASSOCIATORS OF {MSFT_Volume.UniqueId='$volume'}" |
	grep -E 'DiskNumber|PartitionNumber' | tr -d ' ' | paste -s -d ' ')" \
	"DiskNumber:1 PartitionNumber:4"
is "the path of a partition" "$(ask "SELECT __PATH, __NAMESPACE
	FROM MSFT_Partition WHERE DriveLetter='C'" -f csv | tr -d '\r' |
	sed 1d)" '"\\SAMPLE-PC\root\Microsoft\Windows\Storage:MSFT_Partition.DiskNumber=0,PartitionNumber=2","root\Microsoft\Windows\Storage"'

# Of several installations the first answers, and says so.
cp "$machine/SYSTEM" "$scratch/SYSTEM.other"
several() {
	"$COLDMOUNT" query "$@" -f csv "SELECT DeviceID FROM Win32_DiskDrive" \
		--hive "$machine/SYSTEM" --hive "$scratch/SYSTEM.other" \
		"${disks[1]}" \
		2>&1 > /dev/null | grep windows
}
is "which of several installations answers is told" "$(several)" "coldmount: \
the answer is for windows0 of the report, the first of 2 installations; \
--installation selects another"
is "not to who chose" "$(several --installation 0)" ""
is "nor to who wants quiet" "$(several -q)" ""
is "nor of one" "$("$COLDMOUNT" query "SELECT DeviceID FROM Win32_DiskDrive" \
	"${disks[@]}" 2>&1 | grep -c 'selects another')" 0

# The Windows of the sample on a GPT, beside an EFI system partition; with a
# BIOS it is the firmware that decides.
esp=c12a7328-f81f-11d2-ba4b-00a0c93ec93b
basic=ebd0a0a2-b9e5-4433-87c0-68b6b72699c7
# gpt IMAGE MIB LINE...: a disk with these partitions.
gpt() {
	truncate -s "$2M" "$1"
	printf '%s\n' 'label: gpt' 'unit: sectors' "${@:3}" |
		sfdisk -q --no-reread --no-tell-kernel "$1"
}
# starts_from OPTION...: what the disks have.
starts_from() {
	"$COLDMOUNT" query -q --partial-ok -f csv "SELECT Number, BootFromDisk
		FROM MSFT_Disk" "$@" | tr -d '"\r' | sed 1d | paste -s -d ' '
}
gpt "$scratch/efi.raw" 48 "start=2048, size=8192, type=$esp" \
	"start=$((9 * 2048)), size=$((32 * 2048)), type=$basic"
dd if="${disks[0]}" of="$scratch/efi.raw" bs=1M skip=9 seek=9 count=32 \
	conv=notrunc,sparse status=none
gpt "$scratch/esp.raw" 8 "start=2048, size=8192, type=$esp"
is "with a BIOS" "$(starts_from "${disks[@]}")" "0, 1,"
is "with EFI, the disk with the system partition" \
	"$(starts_from "$scratch/efi.raw" "${disks[1]}")" "0,True 1,False"
is "of two, none" "$(starts_from "$scratch/efi.raw" "$scratch/esp.raw")" \
	"0, 1,"
is "Windows is not there" "$(starts_from "$scratch/esp.raw" --hive \
	"$machine/SYSTEM")" "0,"
# A disk that is missing has the other one.
python3 - "$machine/SYSTEM" "$scratch/SYSTEM" $esp <<'P'
import sys, uuid
hive = bytearray(open(sys.argv[1], "rb").read())
of = hive.find(uuid.UUID("55d00001-1d2c-4e3b-8f4a-c01dd15c0de1").bytes_le)
hive[of - 16:of] = uuid.UUID(sys.argv[3]).bytes_le
open(sys.argv[2], "wb").write(hive)
P
echo "delete /Windows/System32/config/SYSTEM
copy /Windows/System32/config/SYSTEM $scratch/SYSTEM" |
	"$SAMPLE_BIN/ntfsbuild" "$scratch/efi.raw" $((9 << 20)) $((32 << 20))
is "nor where one was on a disk that is missing" \
	"$(starts_from "$scratch/efi.raw" "${disks[1]}")" "0, 1,"

# Windows 10 and later put a GUID of the running system into it.
is "ObjectId is not made up" \
	"$(ask "SELECT ObjectId FROM MSFT_Volume WHERE ObjectId IS NOT NULL")" ""
printf '%s\n' 'Windows Registry Editor Version 5.00' '' \
	'[HKEY_LOCAL_MACHINE\SYSTEM\MountedDevices]' '' \
	'[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion]' \
	'"CurrentBuildNumber"="9600"' > "$scratch/8.1.reg"
is "but that of Windows 8.1 is the name" "$("$COLDMOUNT" query -q --partial-ok \
	-f csv "SELECT ObjectId FROM MSFT_Volume WHERE FileSystemLabel = 'Data'" \
	--reg "$scratch/8.1.reg" "${disks[1]}" | tr -d '"\r' | sed 1d)" \
	'\\?\Volume{da7a0002-5b6c-4d7e-9f80-a1b2c3d4e5f6}\'
finish
