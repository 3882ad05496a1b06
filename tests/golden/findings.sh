#!/bin/bash
# findings - what is stale, missing, cloned, contradictory or inferred on a
# machine is told, each once, and nothing that is as it should be

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

sample_machine

# analyse IMAGE...: the report is $scratch/report.json.
analyse() {
	"$COLDMOUNT" -q --json --partial-ok --scan full "$@" \
		> "$scratch/report.json" || fail "the report is written"
}

# told CODE PART...: there are as many findings of that kind, and each PART is
# in the message of one.
told() {
	local code=$1 missed='' part

	shift
	tests/golden/query.py "$scratch/report.json" "'\n'.join(
		f['message'] for f in d['findings'] if f['code'] == '$code')" \
		> "$scratch/messages"
	for part; do
		[ "$(grep -cF -- "$part" "$scratch/messages")" -eq 1 ] ||
			missed+=" $part"
	done
	is "$code is told of ${*:-nothing}" \
		"$(grep -c . "$scratch/messages"):$missed" "$#:"
}

# What samples/README.md says of the names and the folders.
analyse "$machine"/disk[01].raw
told CM0630 '\??\Volume{3f8c2a13-'
told CM0632 'H:'
told CM0633 'I:' 'Q:' '\??\Volume{3f8c2a11-'
told CM0634 'J:' 'K:' 'O:' 'R:' '\??\Volume{3f8c2a14-' '\??\Volume{3f8c2a15-'
told CM0635 'L:' 'M:' 'N:' 'P:' '<b>'
told CM0636 '\DosDevices\F: and \DosDevices\G: both lead to volume4'
told CM0640 '\Mount\Missing ' '\Mount\Unknown ' '\Mount\Elsewhere ' \
	'\Mount\Cached '
told CM0641 '\Mount\Gone ' '\Mount\Former '
told CM0643 '\Mount\Conflict '
told CM0644 '\Mount\Deleted'
told CM0645 '\Loop '
told CM0647 '\??\Volume{3f8c2a13-'
told CM0654 '\??\Volume{00c0ffee-'
for none in 01 02 03 05 08 11 16 20 21 22 23 24 25 31 37 38 39 42 46 48 49 50 55 71 75 91 95; do
	told CM06$none
done

# Its first disk twice: none of its ids says which of the two it is of.
analyse "$machine"/disk{0,0,1}.raw
told CM0620 'disk0 and disk1 both have the MBR signature 5ca1ab1e.'
told CM0624 'image0 and image1 are the same file (disk0.raw, disk0.raw)'
told CM0625
told CM0623 1c8e2b7440a1f001 9a04e6d261f2a88f 72d0c15b8e33f003 e4b7705d1a2cf004
told CM0631 "windows0: the name \\DosDevices\\"{C:,F:,G:} \
	'windows0: the name \??\Volume{3f8c2a10-' \
	'windows0: the name #{46686113-' \
	"windows1: the name \\DosDevices\\"{C:,F:,G:} \
	'windows1: the name \??\Volume{3f8c2a10-' \
	'windows1: the name #{46686113-'
told CM0638 'windows0: ' 'windows1: '

# Its second disk twice.
analyse "$machine"/disk{1,1}.raw
told CM0621 'disk0 and disk1 both have the GPT disk GUID c01dd15c-'
told CM0622 d1500001- 00c0ffee- da7a0002-
told CM0623 50a96cf3d1500001 3be81f06da7a0002

# The same disk in other files: a link, a copy, the copy in another format, a
# disk of the same signature on which something was changed, and one of another
# size; a second segment; a parent beside its child.
twin=$scratch/twins
mkdir "$twin"
ln -s "$machine/disk0.raw" "$twin/link.raw"
cp --sparse=always "$machine/disk0.raw" "$twin/copy.raw"
analyse "$machine/disk0.raw" "$twin/link.raw"
told CM0624 'image0 and image1 are the same file (disk0.raw, link.raw)'
told CM0625
analyse "$machine/disk0.raw" "$twin/copy.raw" "$machine/disk1.raw"
told CM0620 'disk0 and disk1 both have the MBR signature 5ca1ab1e.'
told CM0624
told CM0625 'disk0 and disk1 have the same size, the same id'
qemu-img convert -O vmdk "$twin/copy.raw" "$twin/copy.vmdk"
analyse "$twin/copy.vmdk" "$twin/copy.raw" "$machine/disk0.raw"
told CM0625 'disk0 and disk1 have' 'disk0 and disk2 have'
start=$(sfdisk -d "$twin/copy.raw" | sed -n 's/.*start= *\([0-9]*\).*/\1/p' |
	sed -n 2p)
printf 'x' | dd of="$twin/copy.raw" bs=1 seek=$((start * 512 + 8191)) \
	conv=notrunc status=none
analyse "$machine/disk0.raw" "$twin/copy.raw"
told CM0620 'disk0 and disk1 both have the MBR signature 5ca1ab1e.'
told CM0625
cp --sparse=always "$machine/disk0.raw" "$twin/copy.raw"
truncate -s +512 "$twin/copy.raw"
analyse "$machine/disk0.raw" "$twin/copy.raw"
told CM0620 'disk0 and disk1 both have the MBR signature 5ca1ab1e.'
told CM0625
size=$(stat -c %s "$machine/disk0.raw")
split -b $((size / 2)) -d -a 3 --numeric-suffixes=1 "$machine/disk0.raw" \
	"$twin/split."
analyse "$twin"/split.00[12]
told CM0624 'image1 is the file split.002, which is a segment or a parent of image0 (split.001)'
(cd "$twin" && qemu-img create -q -f qcow2 -F raw -b copy.raw child.qcow2)
analyse "$twin/copy.raw" "$twin/child.qcow2"
told CM0624 'image0 is the file copy.raw, which is a segment or a parent of image1 (child.qcow2)'
told CM0625
rm -r "$twin"

# A Windows whose C: is another volume, which has a marker that it shall have
# no letter; one without MountedDevices; and volumes that are not read.
work=$scratch dir=$scratch bin=$SAMPLE_BIN
export work dir bin
# shellcheck source=samples/lib.sh
. samples/lib.sh

image=$scratch/disk.raw signature=0dd0dd02
truncate -s $((64 * mib)) "$image"
sfdisk -q --no-reread --no-tell-kernel "$image" <<-END
	label: dos
	label-id: 0x$signature
	start=2048, size=32768, type=7
	start=34816, size=32768, type=7
	start=69632, size=4096, type=7
END
ntfs_volume disk0/p1 "$image" $mib $((16 * mib)) 00000000000000d1 One
ntfs_volume disk0/p2 "$image" $((17 * mib)) $((16 * mib)) 00000000000000d2 Two
printf '%s\n' 'key Select' 'dword Current 1' 'key MountedDevices' \
	"mbr \\DosDevices\\C: $signature $((17 * mib))" \
	"mbr #{46686113-9d1f-11eb-8a01-525400c01d01} $signature $((17 * mib))" |
	"$bin/hivebuild" "$scratch/SYSTEM"
printf '%s\n' 'key Select' 'dword Current 1' |
	"$bin/hivebuild" "$scratch/EMPTY"
printf '%s\n' 'key "Microsoft\Windows NT\CurrentVersion"' \
	'sz SystemRoot C:\Windows' | "$bin/hivebuild" "$scratch/SOFTWARE"
config=/Windows/System32/config
script disk0/p1 "copy $config/SYSTEM \"$scratch/SYSTEM\""
script disk0/p1 "copy $config/SOFTWARE \"$scratch/SOFTWARE\""
script disk0/p2 "copy $config/SYSTEM \"$scratch/EMPTY\""
fill disk0/p1 "$image" || fail "the first volume is filled"
fill disk0/p2 "$image" || fail "the second volume is filled"
# The boot sector of a BitLocker volume since Windows 7: name, 512 bytes a
# sector, 8 sectors a cluster, 63 and 255, and its GUID at byte 160.
{
	printf 'eb58902d4656452d46532d0002080000000000000000f8000000%s' 3f00ff00
	printf '%0260d' 0
	printf '3bd67649292ed84a8399f6a339e3d001'
	printf '%0668d55aa' 0
} | xxd -r -p | dd of="$image" bs=1M seek=34 conv=notrunc status=none
# Profiles: one where all lie, one where only its account says.
users='Microsoft\Windows NT\CurrentVersion\ProfileList'
printf '%s\n' 'key "Microsoft\Windows NT\CurrentVersion"' \
	'sz SystemRoot C:\Windows' "key \"$users\\S-1-5-21-1-1\"" \
	'sz ProfileImagePath C:\Users\joe' "key \"$users\\S-1-5-21-1-2\"" \
	'sz ProfileImagePath %SystemDrive%\Far\zoe' |
	"$bin/hivebuild" "$scratch/LIST"
cp --sparse=always "$image" "$scratch/profiles.raw"
printf '%s\n' "copy $config/SYSTEM $scratch/SYSTEM" \
	"copy $config/SOFTWARE $scratch/LIST" 'mkdir /Users/joe' \
	'mkdir /Users/ann' 'mkdir /Far/zoe' |
	sed "/SYSTEM/i delete $config/SYSTEM" |
	"$bin/ntfsbuild" "$scratch/profiles.raw" $((17 * mib)) $((16 * mib))
# A record, 1024 bytes each, is overwritten; The Sleuth Kit knows where it is.
stat=$(fsstat -o 34816 "$scratch/profiles.raw")
mft=$(($(sed -n 's/^First Cluster of MFT: //p' <<< "$stat") *
	$(sed -n 's/^Cluster Size: //p' <<< "$stat") + 17 * mib))
for directory in /Users/joe /Users/ann /Far/zoe; do
	record=$(ifind -o 34816 -n $directory "$scratch/profiles.raw")
	printf 'X%.0s' {1..400} | dd of="$scratch/profiles.raw" bs=1 \
		seek=$((mft + record * 1024)) conv=notrunc status=none
done
analyse "$scratch/profiles.raw"
told CM0675 '\Users\joe is its path according to the index of' \
	'\Users\ann is its path according to the index of' \
	'\Far\zoe is its path according to ProfileImagePath of S-1-5-21-1-2'
is "a profile whose directory is damaged has its name all the same" \
	"$(tests/golden/query.py "$scratch/report.json" \
		'sorted([u["name"], u["profile"]] for u in d["users"]
			if u["profile"] and "System32" not in u["profile"])')" \
	'[["ann", "\\Users\\ann"], ["joe", "\\Users\\joe"], ["zoe", "\\Far\\zoe"]]'

analyse "$image"
told CM0639 'SystemRoot is on C:, MountedDevices leads C: to volume1'
told CM0637 '\DosDevices\C: and #{46686113-9d1f-11eb-8a01-525400c01d01} both'
told CM0611 'windows1: MountedDevices of \Windows\System32\config\SYSTEM is not there.'
told CM0604 'volume2 (disk0, partition 3)'
told CM0638 'windows1: no value of MountedDevices leads to volume1'

# What cannot be read at all. An image that is not there; a dynamic VHD whose one
# block, by its table, lies behind the file; an NTFS volume without both copies
# of the first records of its $MFT.
unread() {
	"$COLDMOUNT" -q --json "$@" > "$scratch/report.json"
	is "what cannot be read is no success: ${*##*/}" "$?" "$want"
}
want=3
unread "$scratch/absent.raw" "$image"
told CM0601 'image0: the image could not be opened: absent.raw: No such file or directory.'
want=4
qemu-img create -q -f vpc -o subformat=dynamic,force_size=on \
	"$scratch/cut.vhd" 1M
printf '\0\377\377\377' |
	dd of="$scratch/cut.vhd" bs=1 seek=1536 conv=notrunc status=none
unread "$scratch/cut.vhd"
told CM0602 'disk0: no byte of the disk can be read: '
cp --sparse=always "$image" "$scratch/lost.raw"
stat=$(fsstat -o 34816 "$scratch/lost.raw")
for field in 'First Cluster of MFT: ' 'First Cluster of MFT Mirror: '; do
	cluster=$(sed -n "s/^$field//p" <<< "$stat")
	dd if=/dev/zero of="$scratch/lost.raw" bs=512 conv=notrunc count=512 \
		status=none seek=$((34816 + cluster *
			$(sed -n 's/^Cluster Size: //p' <<< "$stat") / 512))
done
unread "$scratch/lost.raw"
told CM0603 'volume1 (disk0, partition 2): '

# The record of the partition manager's log is overwritten.
log=/Windows/System32/winevt/Logs/Microsoft-Windows-Partition%4Diagnostic.evtx
cp --sparse=always "$machine/disk0.raw" "$scratch/log.raw"
at=$(sfdisk -d "$scratch/log.raw" | sed -n 's/.*start= *\([0-9]*\),.*/\1/p' |
	sed -n 2p)
stat=$(fsstat -o "$at" "$scratch/log.raw")
mft=$(($(sed -n 's/^First Cluster of MFT: //p' <<< "$stat") *
	$(sed -n 's/^Cluster Size: //p' <<< "$stat") + at * 512))
record=$(ifind -o "$at" -n "$log" "$scratch/log.raw")
printf 'X%.0s' {1..400} | dd of="$scratch/log.raw" bs=1 \
	seek=$((mft + record * 1024)) conv=notrunc status=none
analyse "$scratch/log.raw"
told CM0695 '\System32\winevt\Logs\Microsoft-Windows-Partition%4Diagnostic.evtx could not be read: '

# A hive without its disks has names that lead to none; with a disk that is not
# theirs, too.
"$COLDMOUNT" -q --json --hive "$scratch/SYSTEM" > "$scratch/report.json"
told CM0691 '\DosDevices\C:' '#{46686113-'
told CM0633
"$COLDMOUNT" -q --json --hive "$scratch/SYSTEM" "$image" \
	> "$scratch/report.json"
told CM0691
"$COLDMOUNT" -q --json --hive "$scratch/SYSTEM" "$machine/disk1.raw" \
	> "$scratch/report.json"
told CM0691 '\DosDevices\C:' '#{46686113-'

# More profiles than are read, 2048; the services' and DEFAULT are among them.
for n in 2040 2060; do
	cp --sparse=always "$image" "$scratch/many.raw"
	{
		printf '%s\n' "delete $config/SYSTEM" \
			"copy $config/SYSTEM $scratch/SYSTEM"
		for ((i = 0; i < n; i++)); do
			printf 'mkdir /Users/%d\nfile /Users/%d/NTUSER.DAT\n' \
				"$i" "$i"
		done
	} | "$bin/ntfsbuild" "$scratch/many.raw" $((17 * mib)) $((16 * mib))
	analyse "$scratch/many.raw"
	if [ $n -lt 2048 ]; then
		told CM0671
	else
		told CM0671 '2048 were found'
	fi
done
finish
