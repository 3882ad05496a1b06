#!/bin/bash
# wmi - queries over the sample machine, in every shape

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
for class in Win32_MountPoint Win32_Volume Win32_DiskDrive \
	Win32_DiskPartition Win32_LogicalDiskToPartition \
	Coldmount_MountPointLocation; do
	ask "SELECT * FROM $class" -f json > "$scratch/answers/$class.json"
done
tap tests/golden/wmi.py "$scratch/answers" "$machine/expected.tsv"

created="CreationDate = '20210304050607.000000+000'"
is "a time is an instant" \
	"$(ask "SELECT Name FROM Win32_Directory WHERE \
		CreationDate = '20210304013607.000000-210'")" \
	"$(ask "SELECT Name FROM Win32_Directory WHERE $created")"
is "that some have" "$(ask "SELECT Name FROM Win32_Directory WHERE $created \
	AND Name = 'C:\\\\'" | grep -c '^Name : C:')" 1
is "a time in JSON is one of ISO 8601" "$(ask "SELECT CreationDate \
	FROM Win32_Directory WHERE Name = 'C:\\\\'" -f json | python3 -c '
import datetime, json, sys
print(datetime.datetime.fromisoformat(json.load(sys.stdin)[0]["CreationDate"]))')" \
	"2021-03-04 05:06:07+00:00"
for date in 20210304 2021-03-04 2021/3/04; do
	is "a date, $date, is when it begins" "$(ask "SELECT Name FROM \
		Win32_Directory WHERE CreationDate > '$date' AND \
		Name = 'C:\\\\'" | grep -c '^Name : C:')" 1
done
is "after which a day is" "$(ask "SELECT Name FROM Win32_Directory WHERE \
	CreationDate > '20210305' AND Name = 'C:\\\\'" | grep -c C:)" 0
is "a text that is no time" "$(ask "SELECT * FROM Win32_Directory WHERE \
	CreationDate > '2021'" 2>&1 | grep -c 'CreationDate is of type datetime')" 1

# The free clusters of C: as ntfs-3g counts them.
dd if="$machine/disk0.raw" of="$scratch/c.ntfs" bs=1M skip=9 count=32 \
	status=none
clusters=$(ntfsinfo -m "$scratch/c.ntfs" |
	sed -n 's/.*Free Clusters: \([0-9]*\).*/\1/p')
is "free space is that of ntfsinfo" \
	"$(ask "SELECT FreeSpace FROM Win32_LogicalDisk WHERE DeviceID='C:'" \
		-f csv | tr -d '"\r' | sed -n 2p)" "$((clusters * 4096))"

# No tool sets quotas: the entry of the defaults in $Q of C:, whose flags, -1 and
# -1 mkntfs writes, gets others.
cp --sparse=always "$machine/disk0.raw" "$scratch/quota.raw"
python3 - "$scratch/quota.raw" <<'P'
import struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
entry = struct.pack("<II", 1, 2)
at = data.index(entry, 9 << 20)
while data[at + 4 + 0x18:at + 4 + 0x28] != b"\xff" * 16:
    at = data.index(entry, at + 1)
data[at + 8:at + 12] = struct.pack("<I", 0x10 | 0x80 | 0x200)
data[at + 4 + 0x18:at + 4 + 0x28] = struct.pack("<qq", 5 << 30, -1)
open(sys.argv[1], "wb").write(data)
P
is "quotas: what was put into \$Q" "$("$COLDMOUNT" query -q --partial-ok -f csv \
	"SELECT State, DefaultLimit, DefaultWarningLimit, ExceededNotification,
	 WarningExceededNotification FROM Win32_QuotaSetting
	 WHERE VolumePath = 'C:\\\\'" "$scratch/quota.raw" "${disks[1]}" |
	tr -d '"\r' | sed -n 2p)" 1,-1,5368709120,False,True
is "and on its volume" "$("$COLDMOUNT" query -q --partial-ok -f csv \
	"SELECT QuotasEnabled, QuotasIncomplete, QuotasRebuilding
	 FROM Win32_Volume WHERE DriveLetter = 'C:'" "$scratch/quota.raw" |
	tr -d '"\r' | sed -n 2p)" True,True,False
is "and on its letter, in the words of that class" \
	"$("$COLDMOUNT" query -q --partial-ok -f csv \
	"SELECT DeviceID, Compressed, QuotasDisabled, QuotasIncomplete,
	 QuotasRebuilding FROM Win32_LogicalDisk
	 WHERE DeviceID = 'C:' OR DeviceID = 'D:' OR DeviceID = 'F:'" \
	"$scratch/quota.raw" "${disks[1]}" | tr -d '"\r' | sed 1d)" \
	"C:,False,False,True,False
D:,False,True,False,False
F:,False,,,"
is "a setting leads to its volume" "$("$COLDMOUNT" query -q --partial-ok \
	-f csv "ASSOCIATORS OF {Win32_QuotaSetting.VolumePath='C:\\\\'} WHERE
	ClassDefsOnly" "${disks[@]}" | tr -d '"\r' | sed -n 2p)" Win32_Volume

# References as hosts had them whose owners published what WMI said: of these
# three classes with the computer and the namespace, of mount points without.
is "a reference of a letter's partition" "$(ask "SELECT __PATH, Antecedent
	FROM Win32_LogicalDiskToPartition WHERE Dependent =
	'Win32_LogicalDisk=\"F:\"'")" \
	'__PATH     : \\SAMPLE-PC\root\cimv2:Win32_LogicalDiskToPartition.Antecedent="\\\\SAMPLE-PC\\root\\cimv2:Win32_DiskPartition.DeviceID=\"Disk #0, Partition #3\"",Dependent="\\\\SAMPLE-PC\\root\\cimv2:Win32_LogicalDisk.DeviceID=\"F:\""
Antecedent : \\SAMPLE-PC\root\cimv2:Win32_DiskPartition.DeviceID="Disk #0, Partition #3"'
# As owners of live hosts report: logical drives have the same partition.
is "logical drives are on the extended partition" "$(ask "ASSOCIATORS OF {\
Win32_DiskPartition.DeviceID='Disk #0, Partition #3'} WHERE
	ResultClass=Win32_Volume" -f json | python3 -c 'import json, sys
print([v["Label"] for v in json.load(sys.stdin)])')" "['Archive', 'SHARED']"
is "and have their numbers" "$(ask "SELECT PartitionNumber FROM
	Coldmount_MountPointLocation WHERE Partition =
	'Win32_DiskPartition=\"Disk #0, Partition #3\"'" | sed -n 's/.*: //p' |
	sort -u | paste -s)" "4	5"
is "of a disk's partition, and of a letter's root" \
	"$(ask "SELECT Antecedent FROM Win32_DiskDriveToDiskPartition WHERE
		Dependent = 'Win32_DiskPartition=\"Disk #1, Partition #2\"'"
	ask "SELECT PartComponent FROM Win32_LogicalDiskRootDirectory WHERE
		GroupComponent = 'Win32_LogicalDisk=\"C:\"'")" \
	'Antecedent : \\SAMPLE-PC\root\cimv2:Win32_DiskDrive.DeviceID="\\\\.\\PHYSICALDRIVE1"
PartComponent : \\SAMPLE-PC\root\cimv2:Win32_Directory.Name="C:\\"'
is "of a mount point's directory" "$(ask "SELECT Directory FROM
	Win32_MountPoint WHERE Directory = 'Win32_Directory=\"C:\\\\\\\\\"'")" \
	'Directory : Win32_Directory.Name="C:\\"'

is "however a condition has the path" "$(ask "SELECT StartingAddress FROM
	Win32_LogicalDiskToPartition WHERE Dependent =
	'//./ROOT/cimv2:Win32_LogicalDisk.DeviceID=\"C:\"'" | grep -c 9437184)" 1
is "another namespace has no letters" "$(ask "REFERENCES OF
	{root\\default:Win32_LogicalDisk='C:'}" 2>&1 |
	grep -c 'there is no such object')" 1

# \\HOST\ in front of a path is the computer that is asked.
# host HOST [IMAGE]: how many references C: or a disk has there.
host() {
	ask "REFERENCES OF {\\\\$1\\root\\cimv2:Win32_LogicalDisk='C:'}" \
		-f csv 2>&1 | sed 1d | wc -l
}
for name in SAMPLE-PC sample-pc.corp.example . localhost; do
	is "the computer, as $name" "$(host $name)" 2
done
is "another one" "$(host OTHER)$(host SAMPLE-PCS)" 00
is "is an error" "$(ask "ASSOCIATORS OF {//OTHER/root/cimv2:\
Win32_LogicalDisk='C:'}" 2>&1 | head -n 1)" \
	"coldmount: query, character 17: the path is that of an object on another \
computer"
is "where nothing has a name, any is right" "$("$COLDMOUNT" query -q -f list \
	"ASSOCIATORS OF {//OTHER/root/cimv2:Win32_DiskPartition='\
Disk #0, Partition #0'} WHERE ResultClass=Win32_DiskDrive" \
	"${disks[1]}" | grep -c '^DeviceID')" 1

# The hive of Windows' disk says where both disks hang, as live hives do.
cp --sparse=always "$machine/disk0.raw" "$scratch/located.raw"
cp "$machine/SYSTEM" "$scratch/SYSTEM"
scsi='\ControlSet001\Enum\SCSI\Disk&Ven_QEMU&Prod_HARDDISK\4&2617aeae&0&'
cat > "$scratch/located.reg" <<R
Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SYSTEM${scsi}000000]
"LocationInformation"="Bus Number 1, Target Id 12, LUN 3"
"Mfg"="@disk.inf,%genmanufacturer%;(Standard disk drives)"
"Capabilities"=dword:00000066
"ContainerID"="{00000000-0000-0000-FFFF-FFFFFFFFFFFF}"

[HKEY_LOCAL_MACHINE\SYSTEM${scsi}000100]
"LocationInformation"="Channel 1, Target 0, Lun 256"
"Mfg"="(Standardlaufwerke)"
"Capabilities"=dword:00000062
"ContainerID"="{656b1712-ecf6-11df-92e6-806e6f6e6963}"
R
hivexregedit --merge --prefix 'HKEY_LOCAL_MACHINE\SYSTEM' "$scratch/SYSTEM" \
	"$scratch/located.reg"
echo "delete /Windows/System32/config/SYSTEM
copy /Windows/System32/config/SYSTEM $scratch/SYSTEM" |
	"$SAMPLE_BIN/ntfsbuild" "$scratch/located.raw" $((9 << 20)) $((32 << 20))
is "a disk's id in capitals, its address, and who is said to make it" \
	"$("$COLDMOUNT" query -q --partial-ok -f csv "SELECT PNPDeviceID,
	SCSIBus, SCSITargetId, SCSILogicalUnit, SCSIPort, Manufacturer
	FROM Win32_DiskDrive" \
	"$scratch/located.raw" "${disks[1]}" | tr -d '"\r' | sed 1d)" \
	'SCSI\DISK&VEN_QEMU&PROD_HARDDISK\4&2617AEAE&0&000000,1,12,3,,(Standard disk drives)
SCSI\DISK&VEN_QEMU&PROD_HARDDISK\4&2617AEAE&0&000100,,,,,(Standardlaufwerke)'
# Of a fixed disk in a container of its own it is not known.
is "what is built into the computer" "$("$COLDMOUNT" query -q --partial-ok \
	-f csv "SELECT Index, MediaType FROM Win32_DiskDrive" \
	"$scratch/located.raw" "${disks[1]}" | tr -d '"\r' | sed 1d)" \
	'0,Fixed hard disk media
1,'

# Dirty: bit 0 at 25 of FAT16 boot sectors, bit 1 at 6a of exFAT's, as the
# specifications have them; fsck.fat and dump.exfat see what was set here.
cp --sparse=always "$machine/disk0.raw" "$scratch/dirty0.raw"
cp --sparse=always "$machine/disk1.raw" "$scratch/dirty1.raw"
# set_bits IMAGE OFFSET BYTE: written there.
set_bits() {
	printf '%b' "\\x$3" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
fat=70254592 exfat=35651584
dirt() {
	"$COLDMOUNT" query -q --partial-ok -f csv "SELECT DeviceID, VolumeDirty
		FROM Win32_LogicalDisk WHERE FileSystem <> 'NTFS'" \
		"$scratch/dirty0.raw" "$scratch/dirty1.raw" | tr -d '"\r' |
		sed 1d | paste -s -d ' '
}
is "FAT and exFAT are clean" "$(dirt)" "E:,False F:,False G:,False"
set_bits "$scratch/dirty0.raw" $((fat + 0x25)) 01
is "FAT is dirty" "$(dirt)" "E:,False F:,True G:,True"
dd if="$scratch/dirty0.raw" of="$scratch/f.fat" bs=4096 \
	skip=$((fat / 4096)) count=4096 status=none
is "as fsck.fat sees it" \
	"$(fsck.fat -n "$scratch/f.fat" | grep -c '^Dirty bit is set')" 1
set_bits "$scratch/dirty1.raw" $((exfat + 0x6a)) 02
is "exFAT is dirty" "$(dirt)" "E:,True F:,True G:,True"
is "and on their volumes" "$("$COLDMOUNT" query -q --partial-ok -f csv \
	"SELECT FileSystem, DirtyBitSet FROM Win32_Volume WHERE
	FileSystem <> 'NTFS'" "$scratch/dirty0.raw" "$scratch/dirty1.raw" |
	tr -d '"\r' | sed 1d | sort -u | paste -s -d ' ')" \
	"FAT,True exFAT,True"
# The FAT16 begins behind the reserved sectors.
reserved=$(od -An -tu2 -j $((fat + 0x0e)) -N 2 "$scratch/dirty0.raw")
state() {
	"$COLDMOUNT" -q --partial-ok --json "$scratch/dirty0.raw" |
		python3 -c 'import json, sys
print(*[(f["message"].split(": ")[1][:24],
    f["citations"][0]["offset"]) for f in
    json.load(sys.stdin)["findings"] if f["code"] == "CM0276"])'
}
entry=$((fat + reserved * 512))
is "the FAT says that it is clean" "$(state)" "('According to its boot se', $entry)"
set_bits "$scratch/dirty0.raw" $((entry + 3)) 7f
is "both say that it is dirty" "$(state)" ""
set_bits "$scratch/dirty0.raw" $((fat + 0x25)) 00
is "Windows goes by the boot sector" "$(dirt)" "E:,True F:,False G:,False"
is "which the FAT contradicts" "$(state)" "('According to its FAT the', $entry)"
set_bits "$scratch/dirty0.raw" $((entry + 3)) bf
is "the FAT tells of errors" "$(state)" "('The FAT records that the', $entry)"

# Each of Microsoft's operators, and the answer that they give.
# letters CONDITION: the letters that meet it.
letters() {
	ask "SELECT DeviceID FROM Win32_LogicalDisk WHERE $1" -f csv |
		tr -d '"\r' | sed 1d | tr -d ':\n'
}
is "=" "$(letters "FileSystem = 'ntfs'")" CD
is "<>" "$(letters "FileSystem <> 'NTFS'")" EFG
is "<" "$(letters "Size < 16773120")" EFG
is "<=" "$(letters "Size <= 16773120")" DEFG
is ">" "$(letters "Size > 16773120")" C
is ">=, the number on the left" "$(letters "16773120 <= Size")" CD
is "LIKE" "$(letters "VolumeName LIKE '[a-m]%' OR VolumeName LIKE '_ork'")" DE
is "IS NULL" "$(letters "QuotasDisabled IS NULL")" EFG
is "IS NOT NULL" "$(letters "NOT QuotasDisabled IS NULL")" CD
is "AND binds closer than OR" \
	"$(letters "DeviceID='C:' OR DeviceID='D:' AND FileSystem='FAT'")" C
is "parentheses" \
	"$(letters "(DeviceID='C:' OR DeviceID='D:') AND NOT Size < 20000000")" C
is "NULL is neither equal nor unequal" "$(letters "QuotasDisabled = TRUE OR QuotasDisabled <> TRUE")" CD

# The way that WMI has no query for: from a mount point to its disk.
volume=$(ask "SELECT * FROM Win32_MountPoint" -f json | python3 -c '
import json, sys
for m in json.load(sys.stdin):
    if m["Directory"]["Name"] == "C:\\Mount\\Data":
        print(m["Volume"]["DeviceID"].replace("\\", "\\\\"))')
is "associators of a volume are its partition" \
	"$(ask "ASSOCIATORS OF {Win32_Volume.DeviceID=\"$volume\"} WHERE ResultClass=Win32_DiskPartition" \
		-f json | python3 -c 'import json, sys
print([p["DeviceID"] for p in json.load(sys.stdin)])')" \
	"['Disk #1, Partition #2']"
is "and of that its disk" \
	"$(ask "ASSOCIATORS OF {Win32_DiskPartition='Disk #1, Partition #2'} WHERE AssocClass=Win32_DiskDriveToDiskPartition ResultRole=Antecedent" \
		-f json | python3 -c 'import json, sys
print([d["DeviceID"] for d in json.load(sys.stdin)])')" \
	"['\\\\\\\\.\\\\PHYSICALDRIVE1']"
# As scripts of many write it, from Microsoft's own example on.
for quote in "'" '"'; do
	is "a key as the property has it, in $quote" "$(ask "ASSOCIATORS OF {\
Win32_DiskDrive.DeviceID=$quote\\\\.\\PHYSICALDRIVE1$quote} WHERE AssocClass = \
Win32_DiskDriveToDiskPartition" -f json | python3 -c 'import json, sys
print(len(json.load(sys.stdin)))')" 3
done
is "and a folder" "$(ask "ASSOCIATORS OF {Win32_Directory.Name='C:\\Mount\\Data'\
} WHERE ResultClass=Win32_Volume" -f json | python3 -c 'import json, sys
print([v["DriveLetter"] for v in json.load(sys.stdin)])')" "[None]"
is "a value that ends with a backslash" "$(ask "ASSOCIATORS OF {\
Win32_Volume.DeviceID='${volume//\\\\/\\}'} WHERE ResultClass=Win32_DiskPartition" \
	-f json | python3 -c 'import json, sys
print([p["DeviceID"] for p in json.load(sys.stdin)])')" \
	"['Disk #1, Partition #2']"
is "references of a letter" \
	"$(ask "REFERENCES OF {Win32_LogicalDisk='C:'} WHERE ClassDefsOnly" \
		-f table | sed 1,2d | sort | paste -s -d ' ')" \
	"Win32_LogicalDiskRootDirectory Win32_LogicalDiskToPartition"

# The examples of Microsoft's documentation of ASSOCIATORS OF, and its rules.
# ends QUERY: the objects, in one line.
ends() {
	ask "$1" -f mof 2>&1 | sed -n -e 's/^instance of //p' \
		-e 's/^coldmount: query, character //p' | sort | paste -s -d ' '
}
for where in "RequiredAssocQualifier = Association" \
	"RequiredQualifier = Locale" "requiredqualifier=provider"; do
	is "documented: $where" \
		"$(ends "ASSOCIATORS OF {Win32_LogicalDisk.DeviceID=\"C:\"}
		WHERE $where")" "Win32_Directory Win32_DiskPartition"
done
is "a valid query, by the documentation" \
	"$(ends "ASSOCIATORS OF {win32_LogicalDisk=\"C:\"} WHERE resultClass = \
Win32_Directory requiredQualifier = Dynamic")" Win32_Directory
is "directories are no associations" "$(ends "ASSOCIATORS OF {\
Win32_LogicalDisk='C:'} WHERE RequiredQualifier = Association")" ""
is "references are" "$(ends "REFERENCES OF {Win32_LogicalDisk='C:'} WHERE \
ResultClass = CIM_Component RequiredQualifier = Association")" \
	Win32_LogicalDiskRootDirectory
is "a qualifier of which nothing is known" "$(ends "ASSOCIATORS OF {\
Win32_LogicalDisk='C:'} WHERE RequiredQualifier = Tag")" \
	"67: which classes have the qualifier Tag is not known here"
is "of other classes than the documentation's" "$(ends "ASSOCIATORS OF {\
Win32_Directory='C:\'} WHERE ResultClass = Win32_Volume \
RequiredQualifier = Locale")" \
	"93: whether Win32_Volume has the qualifier Locale is not known here"
is "mutually exclusive, by the documentation" "$(ends "ASSOCIATORS OF {\
Win32_LogicalDisk='C:'} WHERE ResultClass = Win32_Directory ClassDefsOnly")" \
	"61: ResultClass and ClassDefsOnly exclude each other"

# What Microsoft's documentation has and live objects have not (of 34
# properties, by what was published) can be named only.
is "a documented property that no object has" \
	"$(ask "SELECT Index, AdditionalAvailability, IdentifyingDescriptions,
		MaxQuiesceTime, OtherIdentifyingInfo, PowerOnHours,
		TotalPowerOnHours, __PROPERTY_COUNT FROM Win32_DiskPartition
		WHERE DiskIndex = 1 AND Index = 0 AND PowerOnHours IS NULL" \
		-f csv | tr -d '"\r' | sed 1d)" 0,,,,,,,34
is "is in none" "$(ask "SELECT * FROM Win32_DiskPartition" -f list |
	grep -c 'PowerOnHours\|MaxQuiesceTime')" 0
# The shapes, each read by somebody else.
for shape in list table csv csv-safe json mof cimxml; do
	ask "SELECT * FROM Win32_MountPoint" -f $shape > "$scratch/m.$shape"
	ok "$shape is UTF-8" iconv -f utf-8 -t utf-8 -o /dev/null \
		"$scratch/m.$shape"
	is "$shape has nothing that a terminal obeys" \
		"$(tr -d '\n\t\r' < "$scratch/m.$shape" |
		LC_ALL=C.UTF-8 grep -cP '[\x00-\x1f\x7f\x{202e}]')" 0
done
ok "cimxml is well-formed" xmllint --noout "$scratch/m.cimxml"
# DSP0203 2.4 wants the type of each key beside its kind.
is "with the types of keys" "$(xmllint --xpath 'count(//KEYVALUE[
	@VALUETYPE="string" and @TYPE="string"])' "$scratch/m.cimxml")" \
	"$(xmllint --xpath 'count(//KEYVALUE)' "$scratch/m.cimxml")"
is "that are numbers" "$(ask "SELECT * FROM MSFT_DiskToPartition" -f cimxml |
	xmllint --xpath 'count(//KEYVALUE[@VALUETYPE="numeric" and
	@TYPE="uint32"]) = count(//KEYVALUE)' -)" true
# A folder's name that a spreadsheet would compute, and numbers.
formula() {
	ask "SELECT FileName FROM Win32_Directory WHERE FileName LIKE '=%'" \
		-f "$1" | tr -d '\r' | sed 1d
	ask "SELECT DefaultLimit FROM Win32_QuotaSetting WHERE
		DefaultLimit = -1" -f "$1" | tr -d '\r' | sed 1d | sort -u
}
is "csv has it as it is" "$(formula csv)" "\"=cmd|' /C calc'!A0\"
\"-1\""
is "csv-safe has it as a text" "$(formula csv-safe)" \
	"\"'=cmd|' /C calc'!A0\"
\"-1\""
n=$(python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))))' \
	"$scratch/m.json")
is "csv has a row for each" "$(python3 -c '
import csv, sys
print(len(list(csv.DictReader(open(sys.argv[1], newline="")))))' \
	"$scratch/m.csv")" "$n"
is "cimxml has an instance for each" \
	"$(xmllint --xpath 'count(//INSTANCE)' "$scratch/m.cimxml")" "$n"
is "mof has an instance for each" \
	"$(grep -c '^instance of Win32_MountPoint$' "$scratch/m.mof")" "$n"
is "a name in MOF and CSV is the one in JSON" "$(python3 - "$scratch" <<'P'
import csv, json, re, sys
folder = sys.argv[1]
want = [m["Directory"]["Name"] for m in json.load(open(folder + "/m.json"))]
mof = re.findall(r'Directory = (".*");', open(folder + "/m.mof",
                                            newline="\n").read())
step = lambda s: re.sub(r'\\(x([0-9a-f]{4})|(.))',
    lambda m: chr(int(m[2], 16)) if m[2] else m[3], s[1:-1])
name = lambda s: step(s[s.index("=") + 1:])
print([name(step(s)) for s in mof] == want)
P
)" True

# As ConvertTo-Csv has it (PowerShell issue 24699): NULL has no quotes.
is "csv tells NULL from an empty text" "$(ask "SELECT Drive, Extension,
	InUseCount FROM Win32_Directory WHERE Name = 'D:\\\\'" -f csv |
	tr -d '\r' | sed 1d)" '"D:","",'
is "but has no line without a field" "$(ask "SELECT InUseCount FROM
	Win32_Directory" -f csv | tr -d '\r' | sed 1d | sort -u)" '""'

is "a string may hold a number with a point" \
	"$(ask "SELECT Label FROM Win32_Volume WHERE Capacity > '16777216.5'" \
		-f csv | tr -d '"\r' | sed 1d)" Windows

# Short names of two directories; others have none, or are short.
cp --sparse=always "$machine/disk0.raw" "$scratch/short.raw"
printf '%s\n' 'mkdir "/Long Folder Name"' \
	'dosname "/Long Folder Name" LONGFO~1' \
	'mount "/Long Folder Name/Mounted Here" d1500001-7a2b-4c3d-8e4f-0123456789ab' \
	'dosname "/Long Folder Name/Mounted Here" MOUNTE~1' |
	"$SAMPLE_BIN/ntfsbuild" "$scratch/short.raw" $((9 << 20)) $((32 << 20))
is "short names" "$("$COLDMOUNT" query -q --partial-ok -f csv "SELECT
	EightDotThreeFileName FROM Win32_Directory
	WHERE Name LIKE '%Mounted Here' OR Name = 'C:\\\\' OR
	Name = 'C:\\\\Mount\\\\Data' OR Name LIKE '%}_Nested'" \
	"$scratch/short.raw" "${disks[1]}" | tr -d '"\r' | sed 1d)" \
	'c:\
c:\longfo~1\mounte~1
c:\mount\data
\\?\volume{da7a0002-5b6c-4d7e-9f80-a1b2c3d4e5f6}\nested'

# A wrong query says where.
# wrong QUERY WANTED
wrong() {
	local status=0

	ask "$1" > "$scratch/out" 2> "$scratch/err" || status=$?
	is "status of: $1" $status 2
	is "error of: $1" "$(head -n 1 "$scratch/err")" "coldmount: query, $2"
	is "output of: $1" "$(cat "$scratch/out")" ""
}
wrong "SELECT * FROM Win32_Volumes" \
	"character 15: there is no class Win32_Volumes here"
wrong "SELECT Lable FROM Win32_Volume" \
	"character 8: Win32_Volume has no property Lable"
wrong "SELECT * FROM Win32_Volume WHERE Capacity > 'many'" \
	"character 45: Capacity is of type uint64, which this is not"
wrong "SELECT * FROM Win32_Volume WHERE Capacity = '99999999999999999999'" \
	"character 45: Capacity is of type uint64, which this is not"
wrong "SELECT * FROM Win32_Volume WHERE Capacity LIKE '5'" \
	"character 34: LIKE is for strings, and Capacity is of type uint64"
wrong "SELECT * FROM Win32_Volume WHERE Label = 'ü' AND" \
	"character 49: a property is expected, and the query ends"
wrong "ASSOCIATORS OF {Win32_LogicalDisk='X:'}" \
	"character 17: there is no such object"
finish
