#!/bin/bash
# odd_roots - system roots that a POSIX program made, whose names differ in
# letter case only or hold a backslash; and a volume that the image cuts off

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

work=$scratch dir=$scratch bin=$SAMPLE_BIN
export work dir bin
# shellcheck source=samples/lib.sh
. samples/lib.sh

image=$scratch/disk.raw

query() {
	tests/golden/query.py "$scratch/report.json" "$1"
}

# hive NAME: one of a machine that is called so.
hive() {
	printf '%s\n' 'key Select' 'dword Current 1' \
		'key ControlSet001\Control\ComputerName\ComputerName' \
		"sz ComputerName $1" 'key MountedDevices' |
		"$bin/hivebuild" "$scratch/$1"
}

truncate -s $((40 * mib)) "$image"
sfdisk -q --no-reread --no-tell-kernel "$image" <<-END2
	label: dos
	label-id: 0x0dd0dd01
	start=2048, size=32768, type=7
	start=34816, size=32768, type=7
END2
ntfs_volume disk0/p1 "$image" $mib $((16 * mib)) 00000000000000dd Odd
hive UPPER
hive LOWER
hive POSIX
# The first by the look-up of the volume holds no hive, and was all that was
# looked at.
script disk0/p1 'mkdir /Windows/System32/config'
script disk0/p1 "copy /Windows/System32/CONFIG/SYSTEM \"$scratch/UPPER\""
script disk0/p1 "copy /Windows/System32/CONFIG/system \"$scratch/LOWER\""
script disk0/p1 "copy /a\\u005cb/System32/config/SYSTEM \"$scratch/POSIX\""
fill disk0/p1 "$image" || fail "the volume is filled"
truncate -s $((17 * mib + 1024)) "$image"

status=0
"$COLDMOUNT" -q --json "$image" > "$scratch/report.json" || status=$?
ok "the report satisfies the schema" \
	tests/golden/validate.py "$scratch/report.json"
is "every hive is found, whatever the case of its path" \
	"$(query "sorted((i['computerName'], i['hive']['path']) for i in d['installations'])")" \
	'[["LOWER", "\\Windows\\System32\\CONFIG\\system"], ["POSIX", "\\a<U+005C>b\\System32\\config\\SYSTEM"], ["UPPER", "\\Windows\\System32\\CONFIG\\SYSTEM"]]'
is "a backslash in a system root is not the end of a name" \
	"$(query "[(i['systemRoot'], i['systemRootHex']) for i in d['installations'] if i['computerName'] == 'POSIX']")" \
	'[["\\a<U+005C>b", "5c0061005c006200"]]'
is "that Windows may have seen one of them is a finding" \
	"$(query "sum(f['code'] == 'CM0615' for f in d['findings'])")" 2
# It was said to hold no known file system.
is "what the image cuts off is said to be unread, and where" \
	"$(query "[f['message'] for f in d['findings'] if f['code'] in ('CM0606', 'CM0653')]")" \
	'["volume1 (disk0, partition 2): byte 1024 of the volume, byte 17826816 of the disk, cannot be read, so its file system is unknown: read: truncated, bytes needed 0x200, there 0x0, at byte 1024."]'
is "and the report is partial" "$status" 4

# Windows comes behind more directories than are searched, and was left out.
rm "$work"/*.script "$image"
truncate -s $((40 * mib)) "$image"
printf 'label: dos\nlabel-id: 0x0dd0dd02\nstart=2048, type=7\n' |
	sfdisk -q --no-reread --no-tell-kernel "$image"
ntfs_volume disk0/p1 "$image" $mib $((39 * mib)) 00000000000000dd Odd
script disk0/p1 'bulk / 1 4200 0'
script disk0/p1 "copy /Windows/System32/config/SYSTEM \"$scratch/UPPER\""
fill disk0/p1 "$image" || fail "the volume of many directories is filled"
"$COLDMOUNT" -q --json "$image" > "$scratch/report.json"
is "Windows is found behind thousands of directories" \
	"$(query "[i['systemRoot'] for i in d['installations']]")" '["\\Windows"]'
is "and that not all of them were searched is said" \
	"$(query "sum(f['code'] == 'CM0613' for f in d['findings'])")" 1
finish
