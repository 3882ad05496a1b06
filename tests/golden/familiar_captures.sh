#!/bin/bash
# familiar_captures - disks like those of hosts whose owners published what the
# tools of Windows printed: the same lines

# Paths of Windows end with a backslash.
# shellcheck disable=SC1003
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

mib=$((1024 * 1024)) gib=$((1024 * 1024 * 1024))
basic=ebd0a0a2-b9e5-4433-87c0-68b6b72699c7
efi=c12a7328-f81f-11d2-ba4b-00a0c93ec93b
reserved=e3c9e316-0b5c-4db8-817d-f92df00215ae
recovery=de94bba4-06d1-4d40-a16a-bfd50179d6ac
sony=f4019732-066e-4e12-8273-346c5641494f
linux=0fc63daf-8483-4772-8e79-3d69d8477de4

# show FORMAT IMAGE...
show() {
	local format=$1

	shift
	"$COLDMOUNT" -q --partial-ok -f "$format" "$@"
}

# disk FILE BYTES LABEL LINE...: a disk with a table of sfdisk's lines.
disk() {
	local file=$scratch/$1 bytes=$2 label=$3

	shift 3
	truncate -s "$bytes" "$file"
	{
		echo "label: $label"
		[ "$label" = dos ] && echo "label-id: 0x5ca1ab1e"
		printf '%s\n' "$@"
	} | sfdisk --no-reread --no-tell-kernel "$file" > "$scratch/sfdisk" \
		2>&1 || { fail "${file##*/} is built" "$(cat "$scratch/sfdisk")"; finish; }
}

# at OFFSET LENGTH: of a partition, in bytes.
at() {
	printf 'start=%d, size=%d' $(($1 / 512)) $(($2 / 512))
}

# A laptop, of which all partitions were printed in this order.
disk laptop 1000204886016 gpt \
	"$(at $mib $((260 * mib))), type=$sony, attrs=RequiredPartition" \
	"$(at $((261 * mib)) $((1474 * mib))), type=$recovery" \
	"$(at 1819279360 $((260 * mib))), type=$efi" \
	"$(at $((1995 * mib)) $((128 * mib))), type=$reserved" \
	"$(at 2226126848 $((838457 * mib))), type=$basic" \
	"$(at $((916393 * mib)) $((37476 * mib))), type=$recovery" \
	"$(at $((840580 * mib)) $((67748 * mib))), type=$basic" \
	"$(at $((908328 * mib)) $((8065 * mib))), type=$linux"
show diskpart "$scratch/laptop" > "$scratch/out"
is "partitions are listed by their places, and sizes are cut" \
	"$(sed -n '/Partition ###/,$p' "$scratch/out")" "$(cat <<'END'
  Partition ###  Type              Size     Offset
  -------------  ----------------  -------  -------
  Partition 1    OEM                260 MB  1024 KB
  Partition 2    Recovery          1474 MB   261 MB
  Partition 3    System             260 MB  1735 MB
  Partition 4    Reserved           128 MB  1995 MB
  Partition 5    Primary            818 GB  2123 MB
  Partition 7    Primary             66 GB   820 GB
  Partition 8    Unknown           8065 MB   887 GB
  Partition 6    Recovery            36 GB   894 GB
END
)"
is "and the disk" "$(sed -n '3,5p' "$scratch/out")" "$(cat <<'END'
  Disk ###  Status         Size     Free     Dyn  Gpt
  --------  -------------  -------  -------  ---  ---
  Disk 0    Online          931 GB      0 B        *
END
)"

# Disks that are used up, from the first MiB on.
disk ssd 128035676160 gpt "$(at $mib $((122103 * mib))), type=$basic"
is "a disk of which nothing is free" \
	"$(show diskpart "$scratch/ssd" | sed -n 5p)" \
	"  Disk 0    Online          119 GB      0 B        *"
disk usb 250059350016 dos "$(at $mib $((238474 * mib))), type=7"
is "a partition of an MBR" "$(show diskpart "$scratch/usb" | tail -n 1)" \
	"  Partition 1    Primary            232 GB  1024 KB"
disk logical $((12 * gib)) dos "$(at $mib $((4000 * mib))), type=7" \
	"$(at $((4001 * mib)) $((7600 * mib))), type=f" \
	"$(at $((4002 * mib)) $((7599 * mib))), type=7"
is "an extended partition has no number, and stands where it lies" \
	"$(show diskpart "$scratch/logical" | tail -n 3)" "$(cat <<'END'
  Partition 1    Primary           4000 MB  1024 KB
  Partition 0    Extended          7600 MB  4001 MB
  Partition 2    Logical           7599 MB  4002 MB
END
)"
truncate -s $gib "$scratch/empty"
printf '\x55\xaa' | dd of="$scratch/empty" bs=1 seek=510 conv=notrunc \
	status=none
is "a disk without partitions" "$(show diskpart "$scratch/empty" |
	tail -n 1)" "There are no partitions on this disk to show."

# A server: where C: lies, what it starts from, and the disk with the page file.
# The file systems are smaller than their partitions, of which sizes are.
sample_machine
disk os $((127 * gib)) dos \
	"$(at $((9 * mib)) $((126 * gib + 400 * mib))), type=7" \
	"$(at $((126 * gib + 409 * mib)) $((550 * mib))), type=7, bootable"
disk temporary $((14 * gib)) gpt "$(at $mib $((14 * gib - 2 * mib))), \
type=$basic, uuid=d1500001-7a2b-4c3d-8e4f-0123456789ab"
# volume FILE LABEL: an NTFS of 32 MiB.
volume() {
	truncate -s $((32 * mib)) "$scratch/$1"
	mkntfs -q -F -L "$2" -s 512 -p 0 -H 255 -S 63 "$scratch/$1" \
		> "$scratch/log" 2>&1
}
dd if="$machine/disk0.raw" of="$scratch/c" bs=1M skip=9 count=32 status=none
ntfslabel -f "$scratch/c" "" > "$scratch/log" 2>&1
volume boot ""
volume page "Temporary Storage"
truncate -s 4096 "$scratch/pagefile.sys"
ntfscp -f -q "$scratch/page" "$scratch/pagefile.sys" pagefile.sys \
	> "$scratch/log" 2>&1
# put FILE DISK MIB
put() {
	dd if="$scratch/$1" of="$scratch/$2" bs=1M seek="$3" conv=notrunc,sparse \
		status=none
}
put c os 9
put boot os $((126 * 1024 + 409))
put page temporary 1
show diskpart "$scratch/os" "$scratch/temporary" > "$scratch/out"
is "volumes, without mounted folders" \
	"$(sed -n '/Volume ###/,/^$/p' "$scratch/out" | grep -v '\\$')" \
	"$(cat <<'END'
  Volume ###  Ltr  Label        Fs     Type        Size     Status     Info
  ----------  ---  -----------  -----  ----------  -------  ---------  --------
  Volume 0     C                NTFS   Partition    126 GB  Healthy    Boot
  Volume 1                      NTFS   Partition    550 MB  Healthy    System
  Volume 2     D   Temporary S  NTFS   Partition     13 GB  Healthy    Pagefile
END
)"
is "a mounted folder stands below its volume" "$(grep -A 1 '^  Volume 2' \
	"$scratch/out" | tail -n 1)" '    C:\Mount\Work\'

# Windows' own list of page files goes before one that lies there.
# listed [FILE...]: whether D: has one where the list has these; -: no list.
listed() {
	python3 - "$@" > "$scratch/list.reg" <<-'END'
		import sys, uuid

		name = b"DMIO:ID:" + uuid.UUID(
		    "d1500001-7a2b-4c3d-8e4f-0123456789ab").bytes_le
		key = "[HKEY_LOCAL_MACHINE\\SYSTEM\\"
		print("Windows Registry Editor Version 5.00\n")
		print(key + 'Select]\n"Current"=dword:00000001\n')
		print(key + 'MountedDevices]\n"\\\\DosDevices\\\\D:"=hex:' +
		      name.hex(","))
		if sys.argv[1:] != ["-"]:
		    data = "".join(s + "\0" for s in sys.argv[1:]) + "\0"
		    print("\n" + key + "ControlSet001\\Control\\Session Manager"
		          '\\Memory Management]\n"ExistingPageFiles"=hex(7):' +
		          data.encode("utf-16-le").hex(","))
	END
	"$COLDMOUNT" query -q --partial-ok -f csv --reg "$scratch/list.reg" \
		'SELECT DriveLetter, PageFilePresent FROM Win32_Volume' \
		"$scratch/temporary" | sed 1d | tr -d '"\r'
}
is "a page file that is listed" "$(listed '\??\C:\pagefile.sys' \
	'\??\d:\PageFile.sys')" D:,True
is "one that was left behind" "$(listed '\??\C:\pagefile.sys')" D:,False
is "none is listed" "$(listed)" D:,False
is "one that is listed and is not there" "$(listed '\??\D:\swap.sys')" \
	D:,False
is "there is no list" "$(listed -)" D:,True

# Dynamic disks of others: of the RAID-5 volume one disk is missing, as is one of
# the spanned volumes, and all of the striped one.
if archive=$(real mdbooth__libldm/test/data/ldm-data.tar.xz); then
	tar -xf "$archive" -C "$scratch"
	show diskpart "$scratch"/ldm-2008r2-{raid5-[12],spanned-1,mirrored-*}.img \
		> "$scratch/out"
	is "dynamic volumes, and what is left of them" "$(sed -n \
		'/Volume ###/,/^$/p' "$scratch/out" | sed '1,2d')" \
		"$(cat <<'END'
  Volume 0         Raid5        NTFS   RAID-5        32 MB  Failed Rd
  Volume 1         Spanned      NTFS   Spanned       63 MB  Failed
  Volume 2                             Stripe        32 MB  Failed
  Volume 3         Mirrored     NTFS   Mirror        16 MB  Healthy
  Volume 4         Spanned2     NTFS   Spanned       93 MB  Failed
END
)"
	is "a disk that is dynamic, and one that has a GPT, too" "$(show \
		diskpart "$scratch"/ldm-2008r2-mirrored-[12].img |
		sed -n 5,6p)" "$(printf '  Disk %d    Online%s    *%s\n' \
		0 '           50 MB        ' '' 1 '           50 MB        ' \
		'    *')"
else
	skip "dynamic disks" "../shared/data is not here"
fi

# A label that a terminal would obey: what is made visible is never cut.
volume hostile $'x\e[31mred\n'
disk stick $((40 * mib)) dos "$(at $mib $((38 * mib))), type=7"
put hostile stick 1
is "a hostile label" "$(show diskpart "$scratch/stick" |
	grep '^  Volume 0')" \
	"  Volume 0         x<U+001B>[3  NTFS   Partition     38 MB  Healthy"

# Get-Partition: a disk of persistent memory, and a letter in the registry.
disk memory $((252 * gib)) gpt "first-lba: 34" \
	"$(at 17408 $((16 * mib - 17408 - 512))), type=$reserved" \
	"$(at $((16 * mib)) 270561464320), type=$basic, \
uuid=cf468ffa-ae17-4139-a575-717547d4df09"
cat > "$scratch/mounted.reg" <<'END'
Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SYSTEM\MountedDevices]
"\\DosDevices\\S:"=hex:44,4d,49,4f,3a,49,44,3a,fa,8f,46,cf,17,ae,39,41,a5,75,\
  71,75,47,d4,df,09
END
show get-partition --reg "$scratch/mounted.reg" --disk 2="$scratch/memory" \
	> "$scratch/out"
is "Get-Partition" "$(cat "$scratch/out")" "$(cat <<'END'
   Disk Number: 2

PartitionNumber  DriveLetter Offset                                               Size Type
---------------  ----------- ------                                               ---- ----
1                            17408                                            15.98 MB Reserved
2                S           16777216                                        251.98 GB Basic
END
)"
disk sizes $((2 * gib)) gpt "$(at $mib $((1536 * mib))), type=$basic" \
	"$(at $((1600 * mib)) $((1024 * 1024 * 3 / 2))), type=$basic" \
	"$(at $((1610 * mib)) $((12 * mib + 8 * 1024))), type=$basic"
is "sizes have no more digits than they need" "$(show get-partition \
	"$scratch/sizes" | sed 1,4d | cut -c 70-86 | tr -d ' ' |
	paste -s -d ' ')" "1.5GB 1.5MB 12.01MB"
is "Get-Partition of an MBR" "$(show get-partition "$scratch/os" |
	sed -n '3,6p')" "$(cat <<'END'
PartitionNumber  DriveLetter Offset                                               Size Type
---------------  ----------- ------                                               ---- ----
1                C           9437184                                         126.39 GB IFS
2                            135720337408                                       550 MB IFS
END
)"
finish
