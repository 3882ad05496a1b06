#!/bin/bash
# odd_volumes - mount points that Windows would not have written so, very many
# of one volume, and a volume that could have mount points but is not read

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

work=$scratch dir=$scratch bin=$SAMPLE_BIN
export work dir bin
# shellcheck source=samples/lib.sh
. samples/lib.sh

signature=0dd0dd00
image=$scratch/disk.raw
guid=$(stable_guid $signature $((17 * mib)))

# query EXPRESSION: what it makes of the report.
query() {
	tests/golden/query.py "$scratch/report.json" "$1"
}

# name_hex TEXT: as UTF-16.
name_hex() {
	printf %s "$1" | iconv -t UTF-16LE | xxd -p | tr -d '\n'
}

# The data of a mount point without print name, behind the 8 bytes of its head.
mount_data() {
	printf '00006200640000%s%s00000000' 00 "$(name_hex "$1")"
}

truncate -s $((32 * mib)) "$image"
sfdisk -q --no-reread --no-tell-kernel "$image" <<-END2
	label: dos
	label-id: 0x$signature
	start=2048, size=32768, type=7
	start=34816, size=16384, type=7
END2
ntfs_volume disk0/p1 "$image" $mib $((16 * mib)) 00000000000000dd Odd
upper="\\??\\Volume{$(echo "$guid" | tr a-f A-F)}\\"
dos="\\\\?\\Volume{$guid}\\"
script disk0/p1 "mkdir /upper"
script disk0/p1 "reparse /upper 0xa0000003 $(mount_data "$upper")"
script disk0/p1 "mkdir /dos"
script disk0/p1 "reparse /dos 0xa0000003 $(mount_data "$dos")"
for i in $(seq 1 100); do
	script disk0/p1 "mount /many/$i $guid"
done
# libntfs-3g lets no mount point onto a file: a symbolic link becomes one.
buffer=030000a06e000000$(mount_data "\\??\\Volume{$guid}\\")
script disk0/p1 "symlink /file \"\\??\\Volume{$guid}\\\" ."
script disk0/p1 "damage /file 0 ${buffer:0:100}"
script disk0/p1 "damage /file 50 ${buffer:100:100}"
script disk0/p1 "damage /file 100 ${buffer:200}"
fill disk0/p1 "$image" || fail "the volume is filled"
# The boot sector of ReFS: name, FSRS, 16384 sectors of 512 bytes, 8 a cluster,
# version 3.4, serial number, and their checksum.
printf '%s%s' 00000052654653000000000000000000 465352530002ad1e0040000000000000 \
	0002000008000000 0304000000000000 0000000000000000 8877665544332211 |
	xxd -r -p | dd of="$image" bs=1M seek=17 conv=notrunc status=none

status=0
"$COLDMOUNT" -q --json "$image" > "$scratch/report.json" || status=$?
ok "the report satisfies the schema" \
	tests/golden/validate.py "$scratch/report.json"
mounts="{m['path'] for m in d['mountPoints'] if 'many' not in m['path']}"
is "three mount points are found" "$(query "sorted($mounts)")" \
	'["\\dos", "\\file", "\\upper"]'
is "their target is spelled in one way" \
	"$(query "sorted({m['target'] for m in d['mountPoints']})")" \
	"[\"\\\\??\\\\Volume{$guid}\\\\\"]"
is "and as it lies there beside it" \
	"$(query "[r['target'] for r in d['reparsePoints'] if r['path'] == '\\\\upper'][0]")" \
	"$upper"
is "the one on a file is a finding" \
	"$(query "[f['message'] for f in d['findings'] if f['code'] == 'CM0652']")" \
	'["volume0 (disk0, partition 1): The mount point \\file is on a file, where Windows never makes one."]'
is "a volume with many folders lists each as an access path" \
	"$(query "len(d['volumes'][1]['accessPaths'])")" 103
is "the volume after it is ReFS" \
	"$(query "[v['fileSystem'] for v in d['volumes']]")" '["NTFS", "ReFS"]'
is "that its mount points are not read is a finding" \
	"$(query "sum(f['code'] == 'CM0609' for f in d['findings'])")" 1
is "and the report is partial" "$status" 4

# A hybrid disk whose MBR has, beside a partition of the GPT, two that the GPT
# has not: one lies over a partition of it, the other alone.
hybrid=$scratch/hybrid.raw
truncate -s $((32 * mib)) "$hybrid"
sfdisk -q --no-reread --no-tell-kernel "$hybrid" <<-END2
	label: gpt
	start=2048, size=8192, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7
	start=10240, size=8192, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7
END2
# entry NUMBER TYPE SECTOR COUNT: into the MBR.
entry() {
	python3 -c 'import struct, sys
with open(sys.argv[1], "r+b") as file:
    file.seek(446 + 16 * int(sys.argv[2]))
    file.write(struct.pack("<BxxxBxxxII", 0, *map(int, sys.argv[3:])))' "$hybrid" "$@"
}
printf '\xd0\x0d\xd0\x0d' | dd of="$hybrid" bs=1 seek=440 conv=notrunc \
	status=none
entry 1 7 2048 8192
entry 2 7 18431 2048
entry 3 12 20480 16384
truncate -s $((8 * mib)) "$scratch/fat"
mkfs.fat -F 12 -n MBRONLY -i 1badcafe "$scratch/fat" > "$scratch/mkfs"
dd if="$scratch/fat" of="$hybrid" bs=1M seek=10 conv=notrunc status=none
printf '%s\r\n' 'Windows Registry Editor Version 5.00' '' \
	'[HKEY_LOCAL_MACHINE\SYSTEM\MountedDevices]' \
	'"\\DosDevices\\M:"=hex:d0,0d,d0,0d,00,00,a0,00,00,00,00,00' \
	'"\\DosDevices\\O:"=hex:d0,0d,d0,0d,00,fe,8f,00,00,00,00,00' \
	> "$scratch/hybrid.reg"
status=0
"$COLDMOUNT" -q --json "$hybrid" --reg "$scratch/hybrid.reg" \
	> "$scratch/report.json" || status=$?
is "the hybrid disk is read" $status 0
ok "its report satisfies the schema" \
	tests/golden/validate.py "$scratch/report.json"
is "what its MBR alone has is a volume without a number" \
	"$(query "[(v['kind'], v['partition'], v['label'], v['extents'][0]['offset']) for v in d['volumes'][2:]]")" \
	'[["hybrid-mbr", null, "MBRONLY", 10485760]]'
is "a letter leads to it, with doubt; over a partition is none" \
	"$(query "[(n['name'][-2], n['volume'], n['certainty']) for n in d['names']]")" \
	'[["M", "volume2", "inferred"], ["O", null, "stale"]]'
is "the entry and a finding tell of it" \
	"$(query "[o['volume'] for o in d['disks'][0]['otherEntries']], [f['message'][-48:] for f in d['findings'] if f['code'] == 'CM0281']")" \
	'[[null, null, "volume2"], ["volume. It is read as volume2, without a number."]]'
is "Windows' own list has not" "$("$COLDMOUNT" -q -f mountvol \
	"$hybrid" | grep -c 'Volume{')" 2
is "nor have its classes" "$("$COLDMOUNT" query -q -f csv 'SELECT DriveType
	FROM Win32_Volume' "$hybrid" --reg "$scratch/hybrid.reg" |
	tr -d '\r' | sed 1d)" '"3"
"3"'
is "and no letter" "$("$COLDMOUNT" query -q -f csv 'SELECT DeviceID FROM
	Win32_LogicalDisk' "$hybrid" --reg "$scratch/hybrid.reg")" ""
is "--recover does not find it once more" "$("$COLDMOUNT" -q --json --recover \
	"$hybrid" | tests/golden/query.py /dev/stdin "len(d['volumes']), d['recovered']")" \
	'[3, []]'
sectors=$(($(stat -c %s "$hybrid") / 512))
entry 1 7 $((sectors - 33)) 32
is "an entry over the backup of the GPT is none, either" \
	"$("$COLDMOUNT" -q --json "$hybrid" |
	tests/golden/query.py /dev/stdin "len(d['volumes'])")" 3

# An entry over a partition of the GPT, where it leads to a volume and the GPT
# does not: the GPT is out of step.
# fat NAME MIB COUNT: a volume there.
fat() {
	rm -f "$scratch/fat"
	truncate -s "$3M" "$scratch/fat"
	mkfs.fat -F 12 -n "$1" "$scratch/fat" > "$scratch/mkfs"
	dd if="$scratch/fat" of="$hybrid" bs=1M seek="$2" conv=notrunc \
		status=none
}
# only_in_mbr: what is read as volumes of the MBR.
only_in_mbr() {
	"$COLDMOUNT" -q --json "$hybrid" > "$scratch/report.json"
	query "[v['label'] for v in d['volumes'] if v['kind'] == 'hybrid-mbr']"
}
entry 1 7 12288 4096
fat OUTOFSTEP 6 2
is "where the GPT leads to nothing, the MBR does" "$(only_in_mbr)" \
	'["OUTOFSTEP", "MBRONLY"]'
ok "its report satisfies the schema, too" \
	tests/golden/validate.py "$scratch/report.json"
is "a finding names both entries" "$(query "[[c['structure'] for c in f['citations']] for f in d['findings'] if f['code'] == 'CM0281'][0]")" \
	'["mbr entry", "gpt entry"]'
entry 1 7 14336 2048
is "but what is no volume does not" "$(only_in_mbr)" '["MBRONLY"]'
entry 1 7 12288 4096
fat INGPT 5 1
is "nor anything over a volume of the GPT" "$(only_in_mbr)" '["MBRONLY"]'
is "no entry is over another one" \
	"$(query "[f['code'] for f in d['findings'] if f['code'] == 'CM0211']")" \
	'[]'
entry 1 7 24576 2048
is "what is in the MBR only may overlap: both are volumes" "$(only_in_mbr)" \
	'[null, "MBRONLY"]'
is "and a finding tells of them" "$(query "[[c['structure'] for c in f['citations']] for f in d['findings'] if f['code'] == 'CM0211']")" \
	'[["mbr entry", "mbr entry"]]'

# Where no header tells what partitions can use, none is over the entries.
cp "$hybrid" "$scratch/headless"
for at in 1 $((sectors - 1)); do
	dd if=/dev/zero of="$hybrid" bs=512 seek=$at count=1 conv=notrunc \
		status=none
done
for at in 2 33 $((sectors - 20)); do
	entry 1 7 $at 10
	is "without headers nothing begins in sector $at" "$(only_in_mbr)" \
		'["MBRONLY"]'
done
entry 1 7 34 10
is "but behind the entries something may" "$(only_in_mbr)" \
	'[null, "MBRONLY"]'
dd if=/dev/zero of="$hybrid" bs=512 seek=2 count=32 conv=notrunc status=none
entry 1 7 2 10
is "nor where the entries were of which the others are read" \
	"$(only_in_mbr) $(query "len(d['partitions'])")" '["MBRONLY"] 2'
mv "$scratch/headless" "$hybrid"

# NTFS in both partitions, one of them made for other sectors than the disk's,
# which its GPT tells by its place.
for size in 512 4096; do
	truncate -s $((4 * mib)) "$scratch/volume"
	mkntfs -q -F -Q -s $size -c 4096 -H 0 -S 0 -p 0 "$scratch/volume" \
		2> "$scratch/mkntfs"
	dd if="$scratch/volume" of="$hybrid" bs=1M conv=notrunc status=none \
		seek=$((size == 512 ? 1 : 5))
done
"$COLDMOUNT" -q --json "$hybrid" > "$scratch/report.json"
is "NTFS for other sectors than the disk's is told" \
	"$(query "[f['message'].split('; ')[0] for f in d['findings'] if f['code'] == 'CM0202']")" \
	'["volume1 (disk0, partition 2): The boot sector of NTFS says that sectors have 4096 bytes"]'
finish
