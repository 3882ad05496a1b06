# shellcheck shell=sh disable=SC2034,SC2086,SC2154 # variables of who includes it
# SPDX-License-Identifier: MIT
#
# known_disks.sh - the disks that the sample's registry remembers: the two that
# are there, and three that are missing. Prints their keys for hivebuild.
#
# Uses lib.sh, and of make-machine the places of the partitions.

# What disk1 had in slot 4 until it was deleted.
former_guid=f04e4e4d-0d1e-4c7a-9a3e-5a3b1e0d15c1
former_at=$((42 * mib))
# An SSD that is not here, with two partitions; I: is one of them.
ssd_disk_guid=55d00000-1d2c-4e3b-8f4a-c01dd15c0de0
ssd_guid=55d00001-1d2c-4e3b-8f4a-c01dd15c0de1
stick_signature=571c0001

system_disk='SCSI\Disk&Ven_QEMU&Prod_HARDDISK\4&2617aeae&0&000000'
data_disk='SCSI\Disk&Ven_QEMU&Prod_HARDDISK\4&2617aeae&0&000100'
ssd_disk='SCSI\Disk&Ven_NVMe&Prod_Sample_SSD_970\5&35a91b6b&0&000000'
backup_disk='SCSI\Disk&Ven_Sample&Prod_Backup_Drive\000000'
stick_disk='USBSTOR\Disk&Ven_SanDisk&Prod_Cruzer&Rev_1.26\20044320&0'

# zeros BYTES: in hex.
zeros() {
	printf "%0$(($1 * 2))d" 0
}

# hex_guid GUID: as it is stored.
hex_guid() {
	dmio_id "$1" | cut -c17-
}

# layout_mbr SIGNATURE CHECKSUM SLOTS: the head of a DRIVE_LAYOUT_INFORMATION_EX
layout_mbr() {
	printf '%s%s%s%s%s' "$(le 4 0)" "$(le 4 "$3")" "$(le 4 "0x$1")" \
		"$(le 4 "0x$2")" "$(zeros 32)"
}

# layout_gpt GUID USABLE-BYTES SLOTS
layout_gpt() {
	printf '%s%s%s%s%s%s%s' "$(le 4 1)" "$(le 4 "$3")" "$(hex_guid "$1")" \
		"$(le 8 17408)" "$(le 8 "$2")" "$(le 4 128)" "$(zeros 4)"
}

# slot SCHEME OFFSET LENGTH: its first 32 bytes
slot() {
	printf '%s%s%s%sffffffff%s' "$(le 4 "$1")" "$(zeros 4)" \
		"$(le 8 "$2")" "$(le 8 "$3")" "$(zeros 4)"
}

# mbr_slot SIGNATURE OFFSET LENGTH TYPE ACTIVE [TABLE]: TABLE is what the first
# sector counts from, the table of a logical drive, or of a link the first one
mbr_slot() {
	ms_recognized=01
	case $4 in
	05 | 0f) ms_recognized=00 ;;
	esac
	printf '%s%s%02d%s00%s%s%s' "$(slot 0 "$2" "$3")" "$4" "$5" \
		"$ms_recognized" "$(le 4 $((($2 - ${6:-0}) / SECTOR)))" \
		"$(le 4 "0x$1")$(zeros 4)$(le 8 "$2")" "$(zeros 88)"
}

# checksum IMAGE: of its MBR, as Windows keeps it
checksum() {
	printf '%x' $((-$(od -An -v -tu4 -w4 -N512 "$1" |
		awk '{ sum += $1 } END { printf "%.0f", sum }') & 0xffffffff))
}

empty_slots() {
	for es in $(seq "$2"); do
		printf '%s%s%s%s' "$(slot 0 0 0)" "$(zeros 8)" \
			"$(le 4 "0x$1")$(zeros 12)" "$(zeros 88)"
	done
}

# gpt_kept OFFSET LENGTH TYPE GUID
gpt_kept() {
	printf '%s%s%s%s' "$(slot 1 "$1" "$2")" "$(hex_guid "$3")" \
		"$(hex_guid "$4")" "$(zeros 80)"
}

# property NUMBER HEX: of the device whose key is $kd
property() {
	printf 'key "%s\\Properties\\{83da6326-97a6-4088-9453-a1923f573b29}\\%s"\n' \
		"$kd" "$1"
	printf 'hex "" %s\n' "$2"
}

# file_time SECONDS: of so many seconds after 2021-03-04 05:06:07
file_time() {
	le 8 $(((1614834367 + $1 + 11644473600) * 10000000))
}

# known NUMBER INSTANCE NAME DISK-ID LAYOUT FIELD=VALUE...
known() {
	kd_id=known$1 kd_instance=$2 kd_name=$3 kd_disk_id=$4 kd_layout=$5
	shift 5
	kd="ControlSet001\\Enum\\$kd_instance"
	cat <<-END
	key "$kd"
	sz ClassGUID {4d36e967-e325-11ce-bfc1-08002be10318}
	sz Service disk
	sz FriendlyName "$kd_name"
	key "$kd\\Device Parameters\\Partmgr"
	dword Attributes 0
	sz DiskId {$kd_disk_id}
	hex PartitionTableCache $kd_layout
	END
	property 0064 "$(file_time 60)"
	property 0065 "$(file_time 60)"
	property 0066 "$(file_time 3600)"
	expect knownDisk "$kd_id" "instance=$kd_instance" "model=$kd_name" \
		"diskId=$kd_disk_id" firstInstalled=2021-03-04T05:07:07.0000000Z \
		lastArrival=2021-03-04T06:06:07.0000000Z "$@"
}

# known_by COMMAND DATA...: the disk that had what a name stands for
known_by() {
	case $* in
	"mbr $signature "*) echo known1 ;;
	"mbr $missing_signature "*) echo known3 ;;
	"dmio $missing_guid") echo known0 ;;
	"dmio $work_guid" | "dmio $media_guid" | "dmio $data_guid")
		echo known2 ;;
	"device \"$stick\"") echo known4 ;;
	*) echo - ;;
	esac
}

known_disks() {
	gpt_basic=ebd0a0a2-b9e5-4433-87c0-68b6b72699c7
	gpt_msr=e3c9e316-0b5c-4db8-817d-f92df00215ae
	absent=not-in-evidence

	known 0 "$ssd_disk" "NVMe Sample SSD 970" \
		656b1715-9d1e-11eb-8a01-806e6f6e6963 \
		"$(layout_gpt $ssd_disk_guid $((1 << 37)) 2
		gpt_kept $((1 * mib)) $((1 << 33)) $gpt_basic $missing_guid
		gpt_kept $((1 << 34)) $((1 << 34)) $gpt_basic $ssd_guid)" \
		scheme=gpt guid=$ssd_disk_guid disk=- certainty=$absent serial=-

	known 1 "$system_disk" "QEMU HARDDISK" \
		656b1713-9d1e-11eb-8a01-806e6f6e6963 \
		"$(layout_mbr $signature "$(checksum "$dir/disk0.raw")" 12
		mbr_slot $signature $reserved_at $reserved_size 07 1
		mbr_slot $signature $c_at $c_size 07 0
		mbr_slot $signature $recovery_at $recovery_size 27 0
		mbr_slot $signature $((49 * mib)) $((40 * mib)) 0f 0
		mbr_slot $signature $archive_at $archive_size 07 0 \
			$((archive_at - mib))
		mbr_slot $signature $((fat_at - mib)) $((fat_size + mib)) 05 0 \
			$((49 * mib))
		empty_slots $signature 2
		mbr_slot $signature $fat_at $fat_size 06 0 $((fat_at - mib))
		empty_slots $signature 3)" \
		scheme=mbr signature=$signature disk=disk0 certainty=confirmed

	known 2 "$data_disk" "QEMU HARDDISK" \
		656b1714-9d1e-11eb-8a01-806e6f6e6963 \
		"$(layout_gpt $disk_guid $((disk1_size - 34816)) 5
		gpt_kept $msr_at $msr_size $gpt_msr $msr_guid
		gpt_kept $work_at $work_size $gpt_basic $work_guid
		gpt_kept $media_at $media_size $gpt_basic $media_guid
		gpt_kept $former_at $((8 * mib)) $gpt_basic $former_guid
		gpt_kept $data_at $data_size $gpt_basic $data_guid)" \
		scheme=gpt guid=$disk_guid disk=disk1 certainty=single

	known 3 "$backup_disk" "Sample Backup Drive SCSI Disk Device" \
		656b1716-9d1e-11eb-8a01-525400c01d01 \
		"$(layout_mbr $missing_signature 0 4
		mbr_slot $missing_signature $((1 * mib)) $((1 << 40)) 07 0
		empty_slots $missing_signature 3)" \
		scheme=mbr signature=$missing_signature disk=- \
		certainty=$absent serial=SB00C01DD15C
	# "USB\VID_1234&PID_5678\SB00C01DD15C"
	property 000A "$(printf 'USB\\VID_1234&PID_5678\\SB00C01DD15C' |
		od -An -v -tx1 | tr -d ' \n' | sed 's/../&00/g')0000"

	known 4 "$stick_disk" "SanDisk Cruzer USB Device" \
		656b1717-9d1e-11eb-8a01-525400c01d01 \
		"$(layout_mbr $stick_signature 0 4
		mbr_slot $stick_signature $((1 * mib)) $((1 << 33)) 0c 1
		empty_slots $stick_signature 3)" \
		scheme=mbr signature=$stick_signature disk=- \
		certainty=$absent serial=20044320
	property 0067 "$(file_time 7200)"

	cat <<-END
	key "ControlSet001\\Enum\\STORAGE\\Volume\\$stick"
	sz Service volume
	END
	expect knownVolume "known4:STORAGE\\Volume\\$stick" "label=HOLIDAY 21" \
		serial=- volume=-
}

# What SOFTWARE says of volumes: the stick had another label before, Work was
# tested for ReadyBoost, the search service knows C:.
volume_traces() {
	cat <<-END
	key "Microsoft\\Windows Portable Devices\\Devices\\SWD#WPDBUSENUM#$stick"
	sz FriendlyName "HOLIDAY 21"
	key "Microsoft\\Windows NT\\CurrentVersion\\EMDMgmt\\${stick}HOLIDAY_20_305419896"
	dword DeviceStatus 2
	hex LastTestedTime $(file_time 10800)
	key "Microsoft\\Windows NT\\CurrentVersion\\EMDMgmt\\Work_3511681025"
	dword DeviceStatus 2
	key "Microsoft\\Windows Search\\VolumeInfoCache\\C:"
	sz VolumeLabel Windows
	dword DriveType 3
	END
	# 305419896 is 0x12345678, 3511681025 is 0xd1500001
	expect knownVolume "known4:${stick}HOLIDAY_20_305419896" \
		source=ready-boost label=HOLIDAY_20 serial=1234-5678 volume=- \
		lastTested=2021-03-04T08:06:07.0000000Z
	expect volumeTrace Work_3511681025 installation=windows0 \
		source=ready-boost label=Work serial=D150-0001 \
		"volume=$work_volume"
	expect volumeTrace C: source=search letter=C label=Windows volume=- \
		driveType=3
}
