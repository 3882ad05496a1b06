#!/bin/bash
# layout - partition tables as Windows gives them to programs, byte for byte, and
# beside what it had kept of them

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

disk=$scratch/disk.raw
# same NAME: what is told of $disk are the bytes that other tools' facts make.
same() {
	local shape

	for shape in binary cached; do
		tests/golden/layout.py "$disk" $shape > "$scratch/want"
		[ $shape = cached ] || tests/golden/layout.py "$disk" \
			> "$scratch/want"
		"$COLDMOUNT" layout -q --partial-ok -f $shape 0 "$disk" \
			> "$scratch/got"
		ok "$1: $shape" cmp "$scratch/want" "$scratch/got"
	done
}

# of EXPRESSION: of the layouts in the JSON of $disk.
of() {
	"$COLDMOUNT" layout -q --partial-ok --json "${2:-0}" "$disk" \
		> "$scratch/json"
	tests/golden/query.py "$scratch/json" "$1"
}

# new SIZE: an empty $disk.
new() {
	rm -f "$disk"
	truncate -s "$1" "$disk"
}

new 64M
printf '%s\n' 'label: dos' 'label-id: 0xdf4546ae' \
	'1 : start=2048 size=2048 type=7 bootable' \
	'3 : start=4096 size=8192 type=27' \
	'4 : start=16384 size=100000 type=f' \
	'5 : start=18432 size=4096 type=7' '6 : start=26624 size=4096 type=c' \
	'7 : start=40000 size=50000 type=83' | sfdisk -q "$disk"
same "primaries, a gap, and logical drives"
is "what each slot is" \
	"$(of '[[s["partition"], s["partitionNumber"], s["partitionType"],
		s["recognizedPartition"]] for s in d["layouts"][0]["slots"]]')" \
	'[["disk0/p1", 1, "07", true], [null, 0, "00", false], ["disk0/p2", 2, "27", true], [null, 0, "0f", false], ["disk0/p3", 3, "07", true], [null, 0, "05", false], [null, 0, "00", false], [null, 0, "00", false], ["disk0/p4", 4, "0c", true], [null, 0, "05", false], [null, 0, "00", false], [null, 0, "00", false], ["disk0/p5", 5, "83", true], [null, 0, "00", false], [null, 0, "00", false], [null, 0, "00", false]]'
is "each slot cites its entry" \
	"$(of '[(c["offset"] % 512 - 446) // 16 for s in
		d["layouts"][0]["slots"] for c in s["citations"]]')" \
	'[0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]'
# The link of the second EBR back to the first.
ebr=$(mmls "$disk" | awk '/Extended Table \(#2\)/ { print $3 + 0 }')
printf '\0\0\0\0' |
	dd of="$disk" bs=1 seek=$((ebr * 512 + 446 + 24)) conv=notrunc status=none
is "a chain that comes back has the slots of its tables once" \
	"$(of '[d["layouts"][0]["partitionCount"],
		len(d["layouts"][0]["slots"])]')" '[12, 12]'

new 64M
sgdisk -S 144 -n 1:4096:+1M -n 5:8192:+2M -n 3:30000:+3M -t 1:0c01 -t 3:2700 \
	-c '3:Größe \ "x"' -A 3:set:0 -A 3:set:63 -A 5:set:60 "$disk" > /dev/null
same "a GPT"
is "its numbers count what is used" \
	"$(of '[[s["partition"], s["partitionNumber"], s["attributes"]]
		for s in d["layouts"][0]["slots"]]')" \
	'[["disk0/p1", 1, "0000000000000000"], ["disk0/p2", 2, "8000000000000001"], ["disk0/p3", 3, "1000000000000000"]]'
is "the name" "$(of 'd["layouts"][0]["slots"][1]["name"]')" "$(printf '%s' \
	'Größe \ "x"')"
cp "$disk" "$scratch/good"
"$COLDMOUNT" layout -q --binary 0 "$disk" > "$scratch/want"
dd if=/dev/zero of="$disk" bs=512 seek=1 count=30 conv=notrunc status=none
"$COLDMOUNT" layout -q --binary --partial-ok 0 "$disk" > "$scratch/got"
ok "the backup of a GPT gives the same bytes" \
	cmp "$scratch/want" "$scratch/got"

new 512M
{
	echo 'label: gpt'
	echo 'table-length: 256'
	for i in $(seq 200); do
		echo "start=$((i * 4096)) size=2048 name=p$i"
	done
} | sfdisk -q "$disk"
same "200 partitions"
new 64M
printf 'label: gpt\n' | sfdisk -q "$disk"
same "a GPT without partitions"

# A disk that a Windows 10 had initialised, and what it kept of it.
new 16M
printf '\263\115\251\124' |
	dd of="$disk" bs=1 seek=440 conv=notrunc status=none
printf '\125\252' | dd of="$disk" bs=1 seek=510 conv=notrunc status=none
# z BYTES: so many zeros.
z() {
	printf "%0$(($1 * 2))d" 0
}
slot="$(z 24)ffffffff$(z 12)b34da954$(z 100)"
is "an empty table as Windows 10 kept it" "$("$COLDMOUNT" layout -q -f cached \
	--partial-ok 0 "$disk" | xxd -p | tr -d '\n')" \
	"0000000004000000b34da9544db20101$(z 32)$slot$slot$slot$slot"

new 16M
is "a disk without a table" "$("$COLDMOUNT" layout -q --binary 0 "$disk" |
	xxd -p | tr -d '\n')" "02$(z 47)"
mkfs.fat -i 0badcafe "$disk" > /dev/null
is "a volume without a table" "$(of '[[x[k] for k in (
	"partitionStyle", "superFloppy", "signature", "partitionCount")] +
	[x["slots"][0][k] for k in ("startingOffset", "partitionLength",
	"partitionNumber", "partitionType")] for x in d["layouts"]]')" \
	'[["mbr", true, "00000001", 1, 0, 16777216, 0, "04"]]'

# Disks that others made: by Windows, by fdisk, dynamic ones.
for path in Velocidex__velociraptor/artifacts/testdata/files/MBR \
	fox-it__dissect.volume/tests/data/mbr.bin \
	log2timeline__dfvfs/test_data/tsk_volume_system.raw \
	msuhanov__dfir_ntfs/test_data/mbr-512-p4.bin \
	msuhanov__dfir_ntfs/test_data/gpt-512-0p.raw.gz \
	util-linux__util-linux/tests/ts/blkid/images-pt/gpt.img.xz; do
	if ! file=$(real "$path"); then
		skip "$path" "../shared/data is not here"
		continue
	fi
	case $path in
	*.gz) gunzip -c "$file" > "$disk" ;;
	*.xz) xz -dc "$file" > "$disk" ;;
	*) cat "$file" > "$disk" ;;
	esac
	same "${path##*/}"
done

# What was kept: by the registry the same but for the numbers; and by the log, of
# which two fields are others, another table, and the first again.
cp "$scratch/good" "$disk"
tests/golden/layout.py "$disk" cached | xxd -p | tr -d '\n' > "$scratch/cached"
# kept HEX: a SYSTEM hive that keeps this of the disk.
kept() {
	printf '%s\n' 'key Select' 'dword Current 1' 'key MountedDevices' \
		'key "ControlSet001\Enum\SCSI\Disk&Ven_A&Prod_B\1&2&0"' \
		'sz ClassGUID {4d36e967-e325-11ce-bfc1-08002be10318}' \
		'sz Service disk' \
		'key "ControlSet001\Enum\SCSI\Disk&Ven_A&Prod_B\1&2&0\Device Parameters\Partmgr"' \
		"hex PartitionTableCache $1" |
		"$SAMPLE_BIN/hivebuild" "$scratch/SYSTEM"
}
# compared: what is told of the kept ones.
compared() {
	"$COLDMOUNT" layout -q --partial-ok --json 0 "$disk" \
		--hive "$scratch/SYSTEM" > "$scratch/json"
	tests/golden/query.py "$scratch/json" '[[k["same"], k["numbered"],
		k["differenceCount"], [[x["slot"], x["field"], x["offset"],
		x["here"], x["kept"]] for x in k["differences"]]]
		for k in d["layouts"][0]["kept"]]'
}
kept "$(cat "$scratch/cached")"
is "what the registry kept is the same" "$(compared)" '[[true, false, 0, []]]'
is "in words" "$("$COLDMOUNT" layout -q --partial-ok 0 "$disk" \
	--hive "$scratch/SYSTEM" | tail -n 1)" \
	"Kept by windows0 in its registry (known0), 2021-03-04 05:06:07: the same, except for the numbers, which are not kept"
kept "$(sed 's/\(.\{80\}\)90/\180/; s/\(.\{512\}\)01/\103/' "$scratch/cached")"
is "two fields are others" "$(compared)" \
	'[[false, false, 2, [[null, "MaxPartitionCount", 40, "90000000", "80000000"], [1, "Attributes", 256, "0100000000000080", "0300000000000080"]]]]'
kept "$(cut -c1-672 "$scratch/cached")"
is "the last slot is cut off" "$(compared | cut -c1-54)" \
	'[[false, false, 1, [[2, null, 336, "010000000000000000'
kept "$(sed 's/^01/00/' "$scratch/cached")"
is "another style, which its slots contradict" "$(compared)" \
	'[[false, false, 1, [[null, "PartitionStyle", 0, "01000000", "00000000"]]]]'
kept 01000000ffffffff
is "what is no layout" "$(compared)" '[]'

# Which disk is meant.
cp "$scratch/good" "$scratch/one.raw"
cp "$scratch/good" "$scratch/two.raw"
guid=$(sfdisk -J "$disk" | sed -n 's/.*"id": "\(.*\)",/\1/p')
# numbers DISK: of the disks that it means.
numbers() {
	"$COLDMOUNT" layout -q --partial-ok --json "$1" --disk "3=$scratch/one.raw" \
		"$scratch/empty.raw" > "$scratch/json" 2> "$scratch/err" &&
		tests/golden/query.py "$scratch/json" \
			'[x["diskNumber"] for x in d["layouts"]]'
}
new 16M
cp "$disk" "$scratch/empty.raw"
for name in 3 disk3 '\\.\PhysicalDrive3' '\\.\PHYSICALDRIVE3' "$guid" \
	"{$(echo "$guid" | tr A-F a-f)}" 3:2 \
	'\Device\Harddisk3\Partition2'; do
	is "the disk $name" "$(numbers "$name")" '[3]'
done
is "no disk has this number" "$(numbers 9; echo $?; cat "$scratch/err")" \
	"1
coldmount: No disk of this evidence has the number 9."
is "no disk has this signature" "$(numbers DF4546AE; echo $?)" 1
is "what is no disk" "$(numbers 'a disk'; echo $?)" 2
printf '\256\106\105\337' |
	dd of="$scratch/empty.raw" bs=1 seek=440 conv=notrunc status=none
printf '\125\252' |
	dd of="$scratch/empty.raw" bs=1 seek=510 conv=notrunc status=none
is "the signature" "$(numbers DF4546AE; numbers 0xdf4546ae)" '[0]
[0]'
"$COLDMOUNT" layout -q --json --partial-ok "$guid" "$scratch/one.raw" \
	"$scratch/two.raw" > "$scratch/json"
is "clones are both told" "$(tests/golden/query.py "$scratch/json" \
	'[x["disk"] for x in d["layouts"]]')" '["disk0", "disk1"]'
"$COLDMOUNT" layout -q --binary --partial-ok "$guid" "$scratch/one.raw" \
	"$scratch/two.raw" > "$scratch/got" 2> "$scratch/err"
is "bytes are those of one" "$?$(cat "$scratch/got" "$scratch/err")" \
	"2coldmount: several disks match, but bytes can be written for one only"

# Where the bytes go.
out=$scratch/out
ok "into a file" "$COLDMOUNT" layout -q --binary -o "$out" 0 "$scratch/one.raw"
tests/golden/layout.py "$scratch/one.raw" > "$scratch/want"
ok "the file" cmp "$out" "$scratch/want"
"$COLDMOUNT" layout -q --binary -o "$out" 0 "$scratch/one.raw" 2> /dev/null
is "which is not overwritten" $? 5
is "never to a terminal" "$(python3 - "$COLDMOUNT" "$scratch/one.raw" <<'P'
import os, pty, sys
status = pty.spawn([sys.argv[1], "layout", "--binary", "0", sys.argv[2]],
                   lambda fd: os.read(fd, 1024))
print(os.waitstatus_to_exitcode(status))
P
)" "$(printf '%s\r\n' \
	'coldmount: bytes are not written to a terminal; use --output FILE' \
	"Try 'coldmount --help'."; echo 2)"
is "a shape that is none" "$("$COLDMOUNT" layout -f xml 0 "$disk" 2>&1 |
	head -n 1)" \
	"coldmount: --format: there is no 'xml'; 'coldmount help layout' shows which there are"

kept "$(sed 's/\(.\{80\}\)90/\180/' "$scratch/cached")"
compared > /dev/null
ok "the answer satisfies the schema" tests/golden/validate.py \
	--answer layoutAnswer "$scratch/json"
finish
