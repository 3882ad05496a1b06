#!/bin/bash
# discs - UDF volumes and CD-ROM file systems, on partitions and on whole disks:
# what is told of them is what blkid and udfinfo say

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh
export LC_ALL=C.UTF-8

work=$scratch dir=$scratch bin=$SAMPLE_BIN
export work dir bin
# shellcheck source=samples/lib.sh
. samples/lib.sh

# udf NAME SIZE OPTION...: a volume of mkudffs.
udf() {
	truncate -s "$2" "$scratch/$1"
	mkudffs --utf8 "${@:3}" "$scratch/$1" > /dev/null 2>&1 ||
		fail "$1 is made"
}

# iso NAME COMMAND...: one of genisoimage or xorriso.
mkdir "$scratch/files"
echo content > "$scratch/files/A file with a long name.txt"
iso() {
	"${@:2}" -o "$scratch/$1" "$scratch/files" > /dev/null 2>&1 ||
		fail "$1 is made"
}

udf udf512 3M -b 512 -l Stick
udf udf1024 3M -b 1024 -l 'Ünïcode' -r 0x0150
udf udf2048 3M -b 2048 -l 'Том 2' -r 0x0102
udf udf4096 3M -b 4096 -l $'\U1F4BE' -r 0x0200
iso plain genisoimage -V PLAIN_DISC
iso joliet genisoimage -J -V 'A Joliet label'
iso xorriso xorriso -as mkisofs -J -joliet-long -V XORRISO
iso bridge genisoimage -J -udf -V BRIDGE

# look IMAGE [NUMBER]: what the report says of a volume.
look() {
	"$COLDMOUNT" -q --json "$1" > "$scratch/report" 2> /dev/null
	tests/golden/query.py "$scratch/report" \
		"[(v['fileSystem'], v['label'], v['serial'], v['clusterSize'], v['udfRevision']) for v in d['volumes']][${2:-0}]"
}

# others NAME: the same by blkid, with udfinfo's serial number.
others() {
	python3 - "$(blkid -p -o export "$scratch/$1")" \
		"$(udfinfo --utf8 "$scratch/$1" 2> /dev/null)" <<-'END'
		import json, sys
		blkid, udfinfo = (dict(l.split("=", 1) for l in a.split("\n")
		                       if "=" in l) for a in sys.argv[1:])
		serial = "%08X" % int(udfinfo["winserialnum"], 16)
		print(json.dumps(["UDF", udfinfo["label"],
		      serial[:4] + "-" + serial[4:], int(blkid["BLOCK_SIZE"]),
		      blkid["VERSION"]]))
	END
}

# Partitions whose blocks may lie elsewhere: sparable, virtual.
udf cdrw 4M -m cdrw -l Packets
udf dvdrw 4M -m dvdrw -r 0x0150 -l Packets
udf cdr150 4M -m cdr -r 0x0150 -l Once
udf cdr201 4M -m cdr -r 0x0201 -l Once
udf bdr 4M -m bdr -r 0x0250 -l Once
for name in udf512 udf1024 udf2048 udf4096 cdrw dvdrw cdr150 cdr201 bdr \
	bridge; do
	is "$name: as blkid and udfinfo say" "$(look "$scratch/$name")" \
		"$(others "$name")"
	ok "$name: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/report"
done
ok "citations are right" tests/golden/check_citations.py \
	"$scratch/report" "$scratch/bridge"

# cdfs NAME SECTOR: blkid's label, and the serial number, as Wine describes it,
# of the descriptor in that sector.
cdfs() {
	python3 - "$(blkid -p -s LABEL -o value "$scratch/$1")" \
		"$scratch/$1" "$2" <<-'END'
		import json, sys
		label, path, sector = sys.argv[1:]
		with open(path, "rb") as file:
		    file.seek(int(sector) * 2048)
		    b = file.read(2048)
		sums = [sum(b[n::4]) & 255 for n in range(4)]
		print(json.dumps(["CDFS", label,
		      "%02X%02X-%02X%02X" % tuple(sums), 2048, None]))
	END
}

is "plain: the primary descriptor's" "$(look "$scratch/plain")" \
	"$(cdfs plain 16)"
is "joliet: Joliet's" "$(look "$scratch/joliet")" "$(cdfs joliet 17)"
is "xorriso: Joliet's" "$(look "$scratch/xorriso")" "$(cdfs xorriso 17)"
printf 'PRIMARY' | dd of="$scratch/joliet" bs=1 seek=$((16 * 2048 + 40)) \
	conv=notrunc status=none
is "and not that of the primary one" "$(look "$scratch/joliet")" \
	"$(cdfs joliet 17)"

# On partitions, with letters.
signature=0d15c5
image=$scratch/disk.raw
truncate -s $((40 * mib)) "$image"
sfdisk -q --no-reread --no-tell-kernel "$image" <<-END
	label: dos
	label-id: 0x$signature
	start=2048, size=$((20 * 2048)), type=7
	start=$((22 * 2048)), size=$((3 * 2048)), type=7
	start=$((26 * 2048)), size=$((3 * 2048)), type=7
END
"$bin/hivebuild" "$scratch/SYSTEM" <<-END
	time 2022-09-15T10:11:12Z
	key Select
	dword Current 1
	key ControlSet001\\Control\\ComputerName\\ComputerName
	sz ComputerName DISCS
	key MountedDevices
	mbr \\DosDevices\\C: 00$signature $mib
	mbr \\DosDevices\\U: 00$signature $((22 * mib))
END
ntfs_volume disk0/p1 "$image" $mib $((20 * mib)) 00000000000000dd System
script disk0/p1 \
	"copy /Windows/System32/config/SYSTEM \"$scratch/SYSTEM\""
fill disk0/p1 "$image" || fail "the system volume is filled"
dd if="$scratch/udf512" of="$image" bs=1M seek=22 conv=notrunc status=none
dd if="$scratch/joliet" of="$image" bs=1M seek=26 conv=notrunc status=none
is "a partition" "$(look "$image" 1)" "$(others udf512)"
is "another one" "$(look "$image" 2)" "$(cdfs joliet 17)"
is "nothing is told of them" "$(tests/golden/query.py "$scratch/report" \
	'[f["code"] for f in d["findings"] if f["code"] < "CM03"]')" '[]'
ok "the report satisfies the schema" \
	tests/golden/validate.py "$scratch/report"
ok "its citations are right" tests/golden/check_citations.py \
	"$scratch/report" "$image"
is "WMI says it" "$("$COLDMOUNT" query -q \
	"SELECT FileSystem, Label FROM Win32_Volume WHERE DriveLetter = 'U:'" \
	"$image" 2> /dev/null | grep -E 'FileSystem|Label' | tr -d ' ')" \
	$'FileSystem:UDF\nLabel:Stick'
"$COLDMOUNT" -q -f diskpart "$image" > "$scratch/diskpart" 2> /dev/null
ok "diskpart says it" grep -E ' U +Stick +UDF +Partition' "$scratch/diskpart"
ok "and of the other one" grep -E 'A Joliet l.* +CDFS' "$scratch/diskpart"

# Volumes that were made over a disc, of which the descriptors are left, and
# whose boot sector is gone since.
# left NAME COMMAND...: the volume, and the same without its boot sector.
left() {
	truncate -s 48M "$scratch/$1"
	"${@:2}" "$scratch/$1" > /dev/null 2>&1 || fail "$1 is made"
	dd if="$scratch/joliet" of="$scratch/$1" bs=2048 skip=16 seek=16 \
		count=3 conv=notrunc status=none
	is "$1 with descriptors of CDFS" "$(look "$scratch/$1" |
		cut -d, -f1,2)" "[\"$1\", \"Was a disc\""
	dd if=/dev/zero of="$scratch/$1" bs=512 count=1 conv=notrunc status=none
	is "$1 without its boot sector" "$(look "$scratch/$1" |
		cut -d, -f1,2)" "[\"$1\", \"Was a disc\""
}
left FAT32 mkfs.fat -F 32 -R 2000 -n 'Was a disc'
left exFAT mkfs.exfat -b 1M -L 'Was a disc'
left NTFS mkntfs -Q -F -c 65536 -L 'Was a disc'

# An MBR without partitions stands before a disc only as what made that left it:
# else it was set up since.
cp "$scratch/udf512" "$scratch/empty"
printf '\x55\xaa' | dd of="$scratch/empty" bs=1 seek=510 conv=notrunc status=none
is "an empty MBR hides no UDF" "$(look "$scratch/empty")" "$(look \
	"$scratch/udf512")"
iso mac genisoimage -hfs -V 'Mac and PC'
is "nor CDFS, as a disc with HFS has one" "$(look "$scratch/mac" |
	cut -d, -f1,2) $(tests/golden/query.py "$scratch/report" \
	'[f["code"] for f in d["findings"]], d["disks"][0]["scheme"]')" \
	'["CDFS", "Mac and PC" [["CM0204", "CM0612"], "none"]'
printf '\x01' | dd of="$scratch/empty" bs=1 seek=440 conv=notrunc status=none
is "but with a signature it is a table" "$("$COLDMOUNT" -q --json \
	"$scratch/empty" | tests/golden/query.py /dev/stdin \
	"[f['code'] for f in d['findings']], d['disks'][0]['scheme']")" \
	'[["CM0203"], "mbr"]'

# wiped NAME VOLUME: a disk with a partition of that volume behind what NAME is,
# and its MBR gone.
wiped() {
	truncate -s 1M "$scratch/$1"
	cat "$scratch/$1" "$scratch/$2" > "$scratch/wiped"
	ok "what is left of $1 does not end the search" test \
		"$("$COLDMOUNT" -q --json --recover "$scratch/wiped" \
		2> /dev/null | tests/golden/query.py /dev/stdin \
		"[(v['kind'], v['fileSystem']) for v in d['volumes'][1:]]")" = \
		"[[\"recovered\", \"$2\"]]"
	"$COLDMOUNT" -q --json "$scratch/wiped" > "$scratch/report"
	is "$1 before a partition may be left over" "$? $(tests/golden/query.py \
		"$scratch/report" "[f['code'] for f in d['findings'] if f['code'] < 'CM03'], [v['kind'] for v in d['volumes']]")" \
		'4 [["CM0292"], ["whole-disk"]]'
}
truncate -s 64K "$scratch/cdfs"
dd if="$scratch/joliet" of="$scratch/cdfs" bs=2048 skip=16 seek=16 count=3 \
	conv=notrunc status=none
for volume in NTFS FAT32 exFAT; do
	wiped cdfs $volume
done
cp "$scratch/udf512" "$scratch/udf"
wiped udf NTFS

# aligned NAME MIB [OPTION...]: a disc that has the file boot.img, a FAT volume,
# at that place.
aligned() {
	local pad=1

	rm -rf "$scratch/tree"
	mkdir -p "$scratch/tree/a" "$scratch/tree/b"
	cp "$scratch/floppy" "$scratch/tree/b/boot.img"
	echo "$scratch/tree/a 2" > "$scratch/order"
	for _ in 1 2; do
		truncate -s $((pad * 2048)) "$scratch/tree/a/pad"
		genisoimage -quiet -o "$scratch/$1" -V 'With a boot image' \
			-sort "$scratch/order" "${@:3}" "$scratch/tree" \
			> /dev/null 2>&1 || fail "$1 is made"
		pad=$(($2 * 512 - $(isoinfo -l -i "$scratch/$1" |
			sed -nE 's/.*\[ *([0-9]+) .*BOOT.IMG.*/\1/p') + pad))
	done
	is "$1: a boot sector is at $2 MiB" "$(xxd -s $(($2 << 20)) -l 3 -p \
		"$scratch/$1")" eb3c90
}
truncate -s 1440K "$scratch/floppy"
mkfs.fat "$scratch/floppy" > /dev/null
for place in 1 4 16; do
	aligned boot $place -b b/boot.img -c boot.cat
	is "a boot image at $place MiB is no partition" "$(look "$scratch/boot" |
		cut -d, -f1,2) $(tests/golden/query.py "$scratch/report" \
		"[f['code'] for f in d['findings']], d['complete']")" \
		'["CDFS", "With a boot image" [["CM0612"], true]'
done
aligned file 8
is "nor is another file" "$(look "$scratch/file" | cut -d, -f1,2) $(
	tests/golden/query.py "$scratch/report" \
	"[f['code'] for f in d['findings']], d['complete']")" \
	'["CDFS", "With a boot image" [["CM0612"], true]'
# A volume that is longer than the file that was there is none of the disc's.
truncate -s 20M "$scratch/longer"
mkfs.fat "$scratch/longer" > /dev/null
dd if="$scratch/longer" of="$scratch/file" bs=1M seek=8 conv=notrunc status=none
is "a longer volume is doubt" "$("$COLDMOUNT" -q --json "$scratch/file" |
	tests/golden/query.py /dev/stdin \
	"[f['code'] for f in d['findings'] if f['code'] < 'CM03']")" '["CM0292"]'

# What Linux makes writes no more over them; but a disc has zeros where it has
# its superblock.
truncate -s 48M "$scratch/ext4"
mke2fs -q -F -t ext4 -b 4096 "$scratch/ext4"
cp "$scratch/ext4" "$scratch/ext4udf"
dd if="$scratch/joliet" of="$scratch/ext4" bs=2048 skip=16 seek=16 count=3 \
	conv=notrunc status=none
is "a disk of Ext4 is no disc" "$("$COLDMOUNT" -q --json "$scratch/ext4" |
	tests/golden/query.py /dev/stdin \
	"d['volumes'], [f['code'] for f in d['findings']]")" '[[], ["CM0291"]]'
# So is one that is encrypted by Linux; but evidence is kept in SquashFS.
truncate -s 16M "$scratch/luks" "$scratch/squash"
printf 'LUKS\xba\xbe\0\2' | dd of="$scratch/luks" conv=notrunc status=none
printf 'hsqs' | dd of="$scratch/squash" conv=notrunc status=none
"$COLDMOUNT" -q --json "$scratch/luks" > "$scratch/report"
is "a disk of LUKS is a disk" "$? $(tests/golden/query.py "$scratch/report" \
	"['begins with LUKS' in f['message'] for f in d['findings']]")" \
	'0 [true]'
"$COLDMOUNT" -q --json "$scratch/squash" > "$scratch/report" 2> /dev/null
is "a file of SquashFS is a container" "$? $(tests/golden/query.py \
	"$scratch/report" "['SquashFS' in f['message'] for f in d['findings']]")" \
	'3 [true]'
truncate -s 50M "$scratch/parted"
echo 'start=2048, size=98304, type=7' |
	sfdisk -q --no-reread --no-tell-kernel "$scratch/parted"
dd if="$scratch/ext4" of="$scratch/parted" bs=1M seek=1 conv=notrunc status=none
is "nor is a volume of Ext4" "$(look "$scratch/parted" | cut -d, -f1,2) \
$(tests/golden/query.py "$scratch/report" \
	'[f["citations"][0]["offset"] for f in d["findings"] if f["code"] == "CM0290"]')" \
	"[\"Ext4\", null [$((mib + 32768))]"
dd if="$scratch/udf512" of="$scratch/ext4udf" bs=512 skip=64 seek=64 count=1900 \
	conv=notrunc status=none
is "UDF in a volume of Ext4 is UDF, in doubt" "$(look "$scratch/ext4udf" |
	cut -d, -f1) $(tests/golden/query.py "$scratch/report" \
	'[f["message"].split("with ")[1][:5] for f in d["findings"] if f["code"] == "CM0290"]')" \
	'["UDF" ["Ext4."]'
iso hfs xorriso -as mkisofs -hfsplus -V HPLUS
is "a disc that has HFS+ in a partition is CDFS" "$(look "$scratch/hfs" |
	cut -d, -f1,2) $(tests/golden/query.py "$scratch/report" \
	'[f["code"] for f in d["findings"]]')" '["CDFS", "HPLUS" ["CM0612"]'

# The same where all of UDF is left: it can be either.
cp "$scratch/FAT32" "$scratch/either"
dd if="$scratch/udf512" of="$scratch/either" bs=512 skip=64 seek=64 count=1900 \
	conv=notrunc status=none
is "UDF with a backup boot sector is UDF" "$(look "$scratch/either")" \
	"$(look "$scratch/udf512")"
is "and a finding tells of the other" "$(look "$scratch/either" |
	cut -d, -f1) $(tests/golden/query.py "$scratch/report" \
	'[f["message"].split("sector of")[1][:6] for f in d["findings"] if f["code"] == "CM0290"]')" \
	'["UDF" [" FAT32"]'

# Damage: the first anchor, then the main sequence.
cp "$scratch/udf512" "$scratch/damaged"
printf '\377' | dd of="$scratch/damaged" bs=1 seek=$((256 * 512 + 30)) \
	conv=notrunc status=none
is "another anchor is used" "$(look "$scratch/damaged")" "$(others udf512)"
main=$(udfinfo "$scratch/udf512" 2> /dev/null |
	sed -n 's/^start=\([0-9]*\),.*type=MVDS$/\1/p')
dd if=/dev/zero of="$scratch/damaged" bs=512 seek="$main" count=16 \
	conv=notrunc status=none
is "the reserve is used" "$(look "$scratch/damaged")" "$(others udf512)"
is "both are told" "$(tests/golden/query.py "$scratch/report" \
	'[f["code"] for f in d["findings"] if f["code"] == "CM0286"]')" \
	'["CM0286", "CM0286"]'
finish
