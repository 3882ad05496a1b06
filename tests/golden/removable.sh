#!/bin/bash
# removable - what is known of disks as devices: a stick beside the sample
# machine, and what its event log says of all three disks

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

stick=$scratch/stick.raw
log=$scratch/log.evtx
path='/Windows/System32/winevt/Logs/Microsoft-Windows-Partition%4Diagnostic.evtx'
mib=1048576
sample_machine
disk0=$machine/disk0.raw
disk1=$machine/disk1.raw

# The stick of J:, by its signature: one partition of 8 GiB, type 0c, active.
truncate -s $((1 * mib + 8192 * mib)) "$stick"
python3 - "$stick" <<'P'
import struct, sys
sector = bytearray(512)
sector[440:444] = struct.pack("<I", 0x571c0001)
sector[446:462] = bytes([0x80, 0, 2, 0, 0x0c, 0, 0, 0]) + struct.pack(
    "<II", 2048, (8 << 30) // 512)
sector[510:] = b"\x55\xaa"
with open(sys.argv[1], "r+b") as f:
    f.write(sector)
P
mkfs.fat -F 32 --offset 2048 -n HOLIDAY "$stick" $((8 << 20)) > /dev/null

# with_log FILE: disk0 with that log; without FILE, with none.
with_log() {
	disk0=$scratch/disk0.raw
	cp --sparse=always "$machine/disk0.raw" "$disk0"
	{
		echo "delete $path"
		[ $# -eq 0 ] || echo "copy $path $1"
	} | "$SAMPLE_BIN/ntfsbuild" "$disk0" $((9 * mib)) $((32 * mib))
}

# came DISK FIELD VALUE...: lines for evtxbuild.
came() {
	local disk=$1

	shift
	echo "set DiskNumber $disk"
	while [ $# -gt 0 ]; do
		echo "set $1 $2"
		shift 2
	done
	case $disk in
	0) printf '%s\n' "set Capacity $((96 * mib))" "mbr 5ca1ab1e" \
		"slot $((1 * mib)) $((8 * mib)) 7" ;;
	1) printf '%s\n' "set Capacity $((64 * mib))" \
		"gpt c01dd15c-0b1e-4c7a-9a3e-5a3b1e0d15c1" ;;
	2) printf '%s\n' "set Capacity $((8193 * mib))" "mbr 571c0001" \
		"slot $mib $((8192 * mib)) c" ;;
	esac
	echo event
}

# ask QUERY: the answer in CSV, without the names of its columns.
ask() {
	"$COLDMOUNT" query -q --partial-ok -f csv "$1" "$disk0" "$disk1" \
		"$stick" | tr -d '"\r' | sed 1d
}

# letters WANTED: type, description and medium of the letters C, D and J.
letters() {
	is "$case: letters" "$(ask "SELECT DeviceID, DriveType, Description,
		MediaType FROM Win32_LogicalDisk WHERE DeviceID = 'C:' OR
		DeviceID = 'D:' OR DeviceID = 'J:'")" "$1"
	is "$case: volumes say the same" "$(ask "SELECT DriveLetter, DriveType
		FROM Win32_Volume WHERE DriveLetter = 'C:' OR
		DriveLetter = 'D:' OR DriveLetter = 'J:'" | sort)" \
		"$(echo "$1" | cut -d , -f 1,2)"
	is "$case: and MSFT_Volume" "$(ask "SELECT DriveLetter, DriveType
		FROM MSFT_Volume WHERE DriveLetter = 'C' OR
		DriveLetter = 'D' OR DriveLetter = 'J'" | sort)" \
		"$(echo "$1" | cut -d , -f 1,2 | tr -d :)"
}

# diskpart WANTED: the types of the letters C, D and J.
diskpart() {
	is "$case: diskpart" "$("$COLDMOUNT" -q --partial-ok -f diskpart \
		"$disk0" "$disk1" "$stick" |
		grep -E '^  Volume [0-9]+ {5}[CDJ] ' | sed -E 's/^.{15}(.).{23}(.{0,9}).*/\1 \2/; s/ *$//' |
		sort)" "$1"
}

# drives WANTED: interface and medium of the three disks.
drives() {
	is "$case: drives" "$(ask "SELECT Index, InterfaceType, MediaType
		FROM Win32_DiskDrive")" "$1"
}

# disks WANTED
disks() {
	is "$case: MSFT_Disk" "$(ask "SELECT Number, BusType,
		PhysicalSectorSize, Manufacturer, Model, FirmwareVersion
		FROM MSFT_Disk")" "$1"
}

fixed="C:,3,Local Fixed Disk,12
D:,3,Local Fixed Disk,12"
removable="$fixed
J:,2,Removable Disk,11"

case="the sample's own log, names and records"
letters "$removable"
diskpart "C Partition
D Partition
J Removable"
drives '0,IDE,
1,,
2,USB,Removable Media'
disks '0,11,4096,,QEMU HARDDISK,2.5+
1,,,,,
2,7,,SanDisk,Cruzer,1.26'

is "access, in the words of live hosts" "$(ask "SELECT DeviceID, Access FROM
	Win32_LogicalDisk WHERE DeviceID = 'C:' OR DeviceID = 'J:'" |
	paste -s -d ' ')" "C:,0 J:,"

case="no log"
with_log
letters "$removable"
drives '0,,
1,,
2,USB,Removable Media'
disks '0,,,,,
1,,,,,
2,7,,,,1.26'

case="the log alone knows of a removable medium"
{
	came 1 Characteristics 262401 BusType 7
	came 0 Characteristics 262400 BusType 17 Revision 9.9 \
		Manufacturer QEMU BytesPerPhysicalSector 512
} | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
letters "C:,3,Local Fixed Disk,12
D:,2,Removable Disk,11
J:,2,Removable Disk,11"
diskpart "C Partition
D Removable
J Removable"
drives '0,SCSI,
1,SCSI,Removable Media
2,USB,Removable Media'
disks '0,17,512,QEMU,,9.9
1,7,,,,
2,7,,,,1.26'

case="a disk of USB whose medium is fixed"
came 1 Characteristics 262400 BusType 7 | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
letters "$removable"
drives '0,,
1,SCSI,External hard disk media
2,USB,Removable Media'

case="the log contradicts the name"
came 2 Characteristics 262400 BusType 7 | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
letters "$fixed
J:,,,"
diskpart "C Partition
D Partition
J"
drives '0,,
1,,
2,USB,'

case="of a log without characteristics nothing follows"
came 2 BusType 7 | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
letters "$removable"

finish
