#!/bin/bash
# whole_disk - a volume without a partition table, which is all of its disk, and
# images of partitions, which look alike

# Paths of Windows end with a backslash.
# shellcheck disable=SC1003
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

sample_machine
mib=1048576
whole=$scratch/whole.raw
name='\\?\Volume{00000001-0000-0000-0000-000000000000}\'

# ask QUERY IMAGE...: the answer in CSV, without the names of its columns.
ask() {
	local query=$1

	shift
	"$COLDMOUNT" query -q --partial-ok -f csv "$query" "$@" |
		tr -d '"\r' | sed 1d
}

# ntfs IMAGE OPTION...: a volume as mkntfs makes it.
ntfs() {
	local image=$1

	shift
	rm -f "$image"
	truncate -s $((48 * mib)) "$image"
	mkntfs -q -F "$@" "$image" > /dev/null 2>&1
}

# As a live host shows such a disk: its volume's name, and one partition.
ntfs "$whole" -L WHOLE
is "a volume has the name of all such volumes" \
	"$(ask "SELECT DeviceID, DriveType FROM Win32_Volume" "$whole")" "$name,"
is "its disk has one partition" "$(ask "SELECT DeviceID, StartingOffset, Size,
	Type, PrimaryPartition, Bootable FROM Win32_DiskPartition" "$whole")" \
	"Disk #0, Partition #0,0,$((48 * mib)),16-bit FAT,True,False"
is "which leads to the disk and to the volume" \
	"$(ask "ASSOCIATORS OF {Win32_DiskPartition='Disk #0, Partition #0'}
		WHERE ClassDefsOnly" "$whole" | sort | paste -s -d ' ')" \
	"Win32_DiskDrive Win32_Volume"
is "the disk counts it" \
	"$(ask "SELECT Partitions FROM Win32_DiskDrive" "$whole")" 1
is "no table has it" "$(ask "SELECT Volume FROM MSFT_PartitionToVolume" \
	"$whole" | wc -l)" 0
is "the name leads to the volume" "$("$COLDMOUNT" resolve -q --partial-ok \
	"$name" "$whole" | grep -c '^volume0: disk 0, NTFS "WHOLE"')" 1
is "of two neither has the name" \
	"$(ask "SELECT DeviceID FROM Win32_Volume" "$whole" "$whole" |
		paste -s -d '|')" "|"
is "it may mean either" "$("$COLDMOUNT" resolve -q --partial-ok "$name" \
	"$whole" "$whole" | grep -c '(ambiguous, by mbr-stable)')" 2
is "beside disks with tables nothing changes" "$(ask "SELECT DeviceID FROM
	Win32_DiskPartition WHERE DiskIndex < 2" "$machine/disk0.raw" \
	"$machine/disk1.raw" "$whole" | wc -l)" 7
is "and joins go on" "$(ask "SELECT Antecedent FROM
	Coldmount_VolumeToDiskPartition" "$machine/disk0.raw" \
	"$machine/disk1.raw" "$whole" | grep -c 'Disk #2, Partition #0')" 1

rm -f "$scratch/fat.raw"
truncate -s $((16 * mib)) "$scratch/fat.raw"
mkfs.fat -n STICK "$scratch/fat.raw" > /dev/null
is "of FAT the medium is most often removable" \
	"$(ask "SELECT DeviceID FROM Win32_Volume" "$scratch/fat.raw")" ""
is "but it is a partition, too" "$(ask "SELECT DeviceID FROM
	Win32_DiskPartition" "$scratch/fat.raw")" "Disk #0, Partition #0"

# Without its first sector it is known from the backup.
for fs in 'mkfs.fat -F 32 -n Stick' 'mkfs.exfat -L Stick'; do
	rm -f "$scratch/lost.raw"
	truncate -s $((48 * mib)) "$scratch/lost.raw"
	$fs "$scratch/lost.raw" > /dev/null
	look() {
		"$COLDMOUNT" -q --json "$scratch/lost.raw" > "$scratch/lost"
		tests/golden/query.py "$scratch/lost" "[[(v['kind'], v['fileSystem'],
			v['label'], v['serial']) for v in d['volumes']],
			[f['code'] for f in d['findings']]]"
	}
	sound=$(look)
	dd if=/dev/zero of="$scratch/lost.raw" bs=512 count=1 conv=notrunc \
		status=none
	is "${fs%% -*}: the backup tells as much" "$(look)" \
		"${sound/\"CM0612\"/\"CM0226\", \"CM0612\"}"
done

# Images of partitions: the boot sector says how many sectors were before it.
ntfs "$scratch/part.raw" -p 2048
mkfs.fat -h 2048 "$scratch/fat.raw" > /dev/null
for image in part fat; do
	is "$image: what began elsewhere is no whole disk" \
		"$(ask "SELECT DeviceID FROM Win32_Volume" \
		"$scratch/$image.raw"; ask "SELECT DeviceID FROM
		Win32_DiskPartition" "$scratch/$image.raw")" ""
done
is "nor does the name lead there" "$("$COLDMOUNT" resolve -q --partial-ok \
	"$name" "$scratch/part.raw" | grep -c '^volume0')" 0

# Windows lies in it: its C: has the id of the volume, though the disk is away.
# install SYSTEM: with that hive.
install() {
	ntfs "$scratch/c.raw" -L SYSTEM
	printf '%s\n' "copy /Windows/System32/config/SYSTEM $1" \
		"copy /Windows/System32/config/SOFTWARE $machine/SOFTWARE" |
		"$SAMPLE_BIN/ntfsbuild" "$scratch/c.raw" 0 $((48 * mib))
}
install "$machine/SYSTEM"
is "the volume of C: is called by C:'s id" \
	"$(ask "SELECT DeviceID FROM Win32_Volume" "$scratch/c.raw")" \
	'\\?\Volume{5ca1ab1e-0000-0000-0000-900000000000}\'
is "what is mounted leads to it" "$(ask "SELECT Directory, Volume FROM
	Win32_MountPoint" "$scratch/c.raw")" \
	'Win32_Directory.Name=C:\\,Win32_Volume.DeviceID=\\\\?\\Volume{5ca1ab1e-0000-0000-0000-900000000000}\\'
is "where it lay is not made up" \
	"$(ask "SELECT DeviceID FROM Win32_DiskPartition" "$scratch/c.raw")" ""
cp "$machine/SYSTEM" "$scratch/SYSTEM"
printf '%s\n' 'Windows Registry Editor Version 5.00' '' '[\MountedDevices]' \
	'"\\??\\Volume{656b1715-9d1e-11eb-8a01-806e6f6e6963}"=hex:1e,ab,a1,5c,00,00,90,00,00,00,00,00' |
	hivexregedit --merge "$scratch/SYSTEM"
install "$scratch/SYSTEM"
is "or as its registry calls that id" \
	"$(ask "SELECT DeviceID FROM Win32_Volume" "$scratch/c.raw")" \
	'\\?\Volume{656b1715-9d1e-11eb-8a01-806e6f6e6963}\'

# Of images of a machine's partitions each begins with the number of sectors
# before it: what its disk's names say of that place may mean it.
part() {
	dd if="$machine/disk0.raw" of="$scratch/$1.raw" bs=512 skip="$2" \
		count="$3" status=none
}
part first 2048 16384
part system 18432 65536
part archive 102400 32768
"$COLDMOUNT" -q --json "$scratch/first.raw" "$scratch/system.raw" \
	"$scratch/archive.raw" "$machine/disk1.raw" > "$scratch/parts"
says() {
	is "partitions alone: $1" \
		"$(tests/golden/query.py "$scratch/parts" "$2")" "$3"
}
leads='sorted({c["volume"] for c in n["leads"] if c["volume"]})'
says "letters may lead to what lay there" \
	"{n['name'][12:]: [n['certainty'], $leads] for n in d['names'] if n['name'][12:] in ('C:', 'H:')}" \
	'{"C:": ["ambiguous", ["volume1"]], "H:": ["not-in-evidence", []]}'
says "folders as well" \
	"{m['path']: m['certainty'] for m in d['mountPoints'] if m['path'] in (r'\Mount\Registry', r'\Mount\Archive')}" \
	'{"\\Mount\\Registry": "ambiguous", "\\Mount\\Archive": "ambiguous"}'
says "another length than the registry keeps is not meant" \
	"[n['certainty'] for n in d['names'] if n['name'] == r'\??\Volume{3f8c2a11-9d1e-11eb-8a01-525400c01d01}']" \
	'["not-in-evidence"]'
says "it is said why" \
	"[f['message'] for f in d['findings'] if f['code'] == 'CM0668' and 'C:' in f['message']]" \
	'["windows0: the name \\DosDevices\\C: stands for MBR signature 5ca1ab1e, byte offset 9437184, which no disk here has, though a volume whose partition table is not here says that it began there: volume1 (all of disk1), no volume here."]'
is "partitions alone: their bytes are not those of the disk" \
	"$("$COLDMOUNT" resolve -q --partial-ok disk0@9437184 \
		"$scratch/system.raw" | grep -c '^Once')" 0

finish
