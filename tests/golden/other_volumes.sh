#!/bin/bash
# other_volumes - letters and mount points that lead to FAT, exFAT and ReFS: what
# is told of those volumes is what blkid, fsstat and fatlabel say of them

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

work=$scratch dir=$scratch bin=$SAMPLE_BIN
export work dir bin
# shellcheck source=samples/lib.sh
. samples/lib.sh

signature=0fa7d15c
image=$scratch/disk.raw

# at MIB: its first byte.
at() {
	echo $(($1 * mib))
}

truncate -s $((224 * mib)) "$image"
sfdisk -q --no-reread --no-tell-kernel "$image" <<-END
	label: dos
	label-id: 0x$signature
	unit: sectors
	start=$((1 * 2048)), size=$((31 * 2048)), type=7
	start=$((32 * 2048)), size=$((48 * 2048)), type=c
	start=$((80 * 2048)), size=$((143 * 2048)), type=f
	start=$((81 * 2048)), size=$((8 * 2048)), type=1
	start=$((90 * 2048)), size=$((32 * 2048)), type=6
	start=$((123 * 2048)), size=$((32 * 2048)), type=7
	start=$((156 * 2048)), size=$((32 * 2048)), type=7
END
guid() {
	stable_guid $signature "$(at "$1")"
}
"$bin/hivebuild" "$scratch/SYSTEM" <<-END
	time 2022-09-15T10:11:12Z
	key Select
	dword Current 1
	key ControlSet001\\Control\\ComputerName\\ComputerName
	sz ComputerName OTHERS
	key MountedDevices
	mbr \\DosDevices\\C: $signature $(at 1)
	mbr \\DosDevices\\F: $signature $(at 32)
	mbr \\DosDevices\\X: $signature $(at 123)
	mbr \\DosDevices\\R: $signature $(at 156)
END
ntfs_volume disk0/p1 "$image" "$(at 1)" $((31 * mib)) 00000000000000dd System
script disk0/p1 \
	"copy /Windows/System32/config/SYSTEM \"$scratch/SYSTEM\""
for n in 32 81 90 123 156; do
	script disk0/p1 "mount /Mount/At$n $(guid $n)"
done
fill disk0/p1 "$image" || fail "the system volume is filled"

# volume NAME AT MIB COMMAND...: a file system, put into its partition.
volume() {
	local name=$1 place=$2 size=$3

	shift 3
	truncate -s $((size * mib)) "$scratch/$name"
	"$@" "$scratch/$name" > /dev/null || fail "$name is made"
	dd if="$scratch/$name" of="$image" bs=1M seek="$place" \
		conv=notrunc,sparse status=none
}

volume fat32 32 48 mkfs.fat -F 32 -i 32323232 -n FATTHREE
volume fat12 81 8 mkfs.fat -F 12 -i 0000012c -n TWELVE
volume fat16 90 32 mkfs.fat -F 16 -i 1616abcd
export LC_ALL=C.UTF-8
volume exfat 123 32 mkfs.exfat -L 'Ex Фат'
# Of ReFS no tool for Linux writes more than nothing: the fields of its boot
# sector, 65536 sectors of 512 bytes, 8 a cluster, version 3.9, serial number,
# and their checksum.
printf '%s%s' 00000052654653000000000000000000 465352530002ac3a0000010000000000 \
	0002000008000000 0309000000000000 0000000000000000 8877665544332211 |
	xxd -r -p | dd of="$image" bs=1M seek=156 conv=notrunc status=none

# analyse NAME IMAGE STATUS
analyse() {
	local status=0

	"$COLDMOUNT" -q --json "$2" > "$scratch/$1" 2> "$scratch/errors" ||
		status=$?
	is "$1: exit status" "$status" "$3"
	ok "$1: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/$1"
}

# says NAME EXPRESSION WANTED
says() {
	is "$1: $2" "$(tests/golden/query.py "$scratch/$1" "$2")" "$3"
}

# ReFS is not read, so the report is partial.
analyse whole "$image" 4
volume='(lambda id: next((v["fileSystem"] for v in d["volumes"] if v["id"] == id), None))'
says whole "[[m['directory'], $volume(m['volume'])] for m in d['mountPoints']]" \
	'[["C:\\", "NTFS"], ["F:\\", "FAT32"], ["R:\\", "ReFS"], ["X:\\", "exFAT"], ["C:\\Mount\\At123", "exFAT"], ["C:\\Mount\\At156", "ReFS"], ["C:\\Mount\\At32", "FAT32"], ["C:\\Mount\\At81", "FAT12"], ["C:\\Mount\\At90", "FAT16"]]'
says whole '[(v["fileSystem"], v["serial64"], v["serial"], v["refsVersion"], v["clusterSize"], v["capacity"]) for v in d["volumes"] if v["fileSystem"] == "ReFS"]' \
	'[["ReFS", "1122334455667788", "5566-7788", "3.9", 4096, 33554432]]'

# Others on the same volumes.
index=1
for name in fat32 fat12 fat16 exfat; do
	label=$(blkid -p -s LABEL -o value "$scratch/$name")
	is "$name: blkid's label" "$(tests/golden/query.py "$scratch/whole" \
		"d['volumes'][$index]['label'] or ''")" "$label"
	is "$name: blkid's serial number" "$(tests/golden/query.py \
		"$scratch/whole" "d['volumes'][$index]['serial']")" \
		"$(blkid -p -s UUID -o value "$scratch/$name")"
	index=$((index + 1))
done
for name in fat32 fat12; do
	is "$name: fsstat and fatlabel say the same" \
		"$(fsstat "$scratch/$name" | sed -n 's/^Volume Label (Root Directory): *//p' | tr -d ' ') $(fatlabel "$scratch/$name")" \
		"$(blkid -p -s LABEL -o value "$scratch/$name") $(blkid -p -s LABEL -o value "$scratch/$name")"
done
is "fat32: fsstat's size of a cluster" "$(tests/golden/query.py \
	"$scratch/whole" 'd["volumes"][1]["clusterSize"]')" \
	"$(fsstat "$scratch/fat32" | sed -n 's/^Cluster Size: //p')"
is "exfat: dump.exfat's size of a cluster" "$(tests/golden/query.py \
	"$scratch/whole" 'd["volumes"][4]["clusterSize"]')" \
	"$(dump.exfat "$scratch/exfat" | sed -n 's,^Cluster size:[[:blank:]]*,,p')"
says whole '[v["dirty"] for v in d["volumes"]]' \
	'[false, false, false, false, false, null]'

# changed NAME: a copy of the disk, to be changed by `put' and analysed.
changed() {
	cp --sparse=always "$image" "$scratch/$1.raw"
	current=$scratch/$1.raw
}

# put MIB OFFSET BYTES
put() {
	printf %b "$3" | dd of="$current" bs=1 seek=$(($(at "$1") + $2)) \
		conv=notrunc status=none
}

# The flags that a driver sets while a volume is mounted.
changed dirty
put 32 65 '\001'
put 81 37 '\001'
put 90 37 '\001'
put 123 106 '\002'
analyse dirty "$current" 4
says dirty '[v["dirty"] for v in d["volumes"]]' \
	'[false, true, true, true, true, null]'
says dirty '[f["message"] for f in d["findings"] if f["code"] == "CM0607"][0]' \
	'volume1 (disk0, partition 2): the dirty flag of the FAT32 volume is set.'
truncate -s $((8 * mib)) "$scratch/dirty12"
dd if="$current" of="$scratch/dirty12" bs=1M skip=81 count=8 conv=notrunc \
	status=none
ok "fsck.fat sees that of FAT12, too" \
	sh -c "fsck.fat -n '$scratch/dirty12' | grep -q 'Dirty bit is set'"

# Windows changes the label in the root directory only.
changed labels
root=$(fsstat "$scratch/fat32" | sed -n 's/^\*\*\* Root Directory: \([0-9]*\).*/\1/p;s/^\* Data Area: \([0-9]*\).*/\1/p' | head -n 1)
[ -n "$root" ] || fail "fsstat tells where the root directory is"
put 32 $((root * 512)) 'CHANGED    '
analyse labels "$current" 4
says labels 'd["volumes"][1]["label"]' CHANGED
says labels '[f["message"] for f in d["findings"] if f["code"] == "CM0272"]' \
	'["volume1 (disk0, partition 2): The boot sector has the label FATTHREE, the root directory has CHANGED, which Windows shows."]'

# Boot sectors that are damaged: the backups that there are, and findings.
changed damaged
put 32 0 '\000\000\000'
put 90 13 '\003'
put 123 108 '\377'
put 156 32 '\001\002'
analyse damaged "$current" 4
says damaged '[(v["fileSystem"], v["fromBackup"]) for v in d["volumes"]]' \
	'[["NTFS", false], ["FAT32", true], ["FAT12", false], [null, false], ["exFAT", true], [null, false]]'
says damaged 'sorted((f["code"], f["message"][:7]) for f in d["findings"] if f["code"] in ("CM0226", "CM0227", "CM0617"))' \
	'[["CM0226", "volume1"], ["CM0226", "volume4"], ["CM0227", "volume5"], ["CM0617", "volume3"]]'

# Of a disk without a table, and a volume that nothing knows, the first sector
# is all that there is to cite.
truncate -s $((4 * mib)) "$scratch/blank"
"$COLDMOUNT" -q --json "$current" "$scratch/exfat" "$scratch/blank" \
	> "$scratch/bare"
is "what has no table and no file system cites its first sector" \
	"$(tests/golden/query.py "$scratch/bare" \
		"[[(r['id'], c['image'], c['offset'], c['length']) for r in d['disks'] + d['volumes'] for c in r['citations'] if c['structure'] == 'first sector']]")" \
	"[[[\"disk1\", \"image1\", 0, 512], [\"disk2\", \"image2\", 0, 512], [\"volume3\", \"image0\", $(at 90), 512], [\"volume5\", \"image0\", $(at 156), 512]]]"
ok "and the citations are right" tests/golden/check_citations.py \
	"$scratch/bare" "$current" "$scratch/exfat" "$scratch/blank"

# ReFS without its first sector, in a partition and as all of a disk: the last
# one is its copy, and block 30 is a superblock.
changed refs
put 156 $((30 * 4096)) SUPB
dd if="$image" of="$current" bs=512 count=1 skip=$(($(at 156) / 512)) \
	seek=$(($(at 188) / 512 - 1)) conv=notrunc status=none
dd if=/dev/zero of="$current" bs=512 count=1 seek=$(($(at 156) / 512)) \
	conv=notrunc status=none
dd if="$current" of="$scratch/refs.volume" bs=1M skip=$(($(at 156) / mib)) \
	count=32 status=none
analyse refs "$current" 4
says refs '[(v["fileSystem"], v["serial"], v["fromBackup"]) for v in d["volumes"][5:]]' \
	'[["ReFS", "5566-7788", true]]'
analyse refs_disk "$scratch/refs.volume" 4
says refs_disk '[(v["fileSystem"], v["serial"], v["fromBackup"]) for v in d["volumes"]]' \
	'[["ReFS", "5566-7788", true]]'
finish
