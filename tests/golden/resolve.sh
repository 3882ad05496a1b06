#!/bin/bash
# resolve - where paths, volumes and bytes lie, and which paths lead there,
# beside what fls, icat and ifind say of the same volumes

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

sample_machine
export COLDMOUNT
disks=("$machine/disk0.raw" "$machine/disk1.raw")

# ask TARGET [IMAGE...]: the answer as JSON, of the sample machine if there is
# no image.
ask() {
	local target=$1

	shift
	[ $# -gt 0 ] || set -- "${disks[@]}"
	"$COLDMOUNT" resolve -q --partial-ok --json "$target" "$@"
}

# field TARGET EXPRESSION [IMAGE...]: something of the first place, in Python.
field() {
	local target=$1 expression=$2

	shift 2
	ask "$target" "$@" | python3 -c '
import json, sys
d = json.load(sys.stdin)
p = d["places"][0] if d["places"] else None
print(eval(sys.argv[1]))' "$expression"
}

tap tests/golden/resolve.py files C: '\\?\C:' 18432 0 "${disks[@]}"
tap tests/golden/resolve.py files D: '\\?\D:' 4096 1 "${disks[@]}"
tap tests/golden/resolve.py files "by serial" DA7A-0002 36864 1 "${disks[@]}"
tap tests/golden/resolve.py mounts "$machine/expected.tsv" "${disks[@]}"

# Each form leads to the same place.
while read -r form partition; do
	is "$form" "$(field "$form" 'p["partition"], p["found"]')" \
		"('$partition', True)"
done <<'FORMS'
C:\Windows disk0/p2
\??\C:\Windows disk0/p2
\\?\Volume{5ca1ab1e-0000-0000-0000-900000000000}\Windows disk0/p2
5ca1ab1e-0000-0000-0000-900000000000 disk0/p2
\\?\Volume{da7a0002-5b6c-4d7e-9f80-a1b2c3d4e5f6}\ disk1/p4
\\?\Volume{3f8c2a10-9d1e-11eb-8a01-525400c01d01}\ disk0/p1
\Device\Harddisk0\Partition2\Windows disk0/p2
\\?\GLOBALROOT\Device\Harddisk1\Partition4 disk1/p4
\\.\Harddisk1Partition4 disk1/p4
0:2 disk0/p2
disk1/partition4 disk1/p4
disk1@18874368 disk1/p4
0:@0x900000 disk0/p2
\Device\HarddiskVolume2\Windows disk0/p2
61F2-A88F disk0/p2
serial:9a04e6d261f2a88f\Windows disk0/p2
9A04E6D261F2A88F disk0/p2
0x9a04e6d261f2a88f\Windows disk0/p2
61F2A88F\Windows disk0/p2
0x61f2a88f disk0/p2
1643292815\Windows disk0/p2
F: disk0/p5
FORMS

# As Win32_DiskPartition counts: no reserved partition, and the extended one.
while IFS='|' read -r target want; do
	is "$target" "$(ask "$target" | python3 -c '
import json, sys
print(*[p["partition"] for p in json.load(sys.stdin)["places"]])')" "$want"
done <<'INDEXES'
Disk #0, Partition #1|disk0/p2
disk #1, partition #2\|disk1/p4
Disk #0, Partition #3|disk0/p4 disk0/p5
Disk #1, Partition #3|
INDEXES
tap tests/golden/resolve.py valid disk0 "${disks[@]}"
tap tests/golden/resolve.py valid disk0@9437184 "${disks[@]}"

# The time when C: was made, by istat, and its serial number.
made=$(istat -o 18432 "$machine/disk0.raw" 3 | sed -n 's/^Created:\t//p' |
	head -n 1 | python3 -c '
import datetime, sys
t = datetime.datetime.fromisoformat(sys.stdin.read().split(" (")[0][:26])
t -= datetime.datetime(1601, 1, 1)
print("%016x" % ((t.days * 86400 + t.seconds) * 10**7 + t.microseconds * 10))')
is "a prefetch name leads to its volume" \
	"$(field "\\VOLUME{$made-61f2a88f}\\WINDOWS\\EXPLORER.EXE" \
	'p["certainty"], p["path"]')" \
	"('confirmed', '\\\\Windows\\\\explorer.exe')"
is "and with another time to one that contradicts it" \
	"$(field "\\VOLUME{0000000000000001-61f2a88f}" 'p["certainty"]')" \
	conflicting

is "a path crosses volumes" "$(field 'C:\Mount\Data\Nested' \
	'[(h["volume"], h["path"]) for h in p["hops"]], p["partition"]')" \
	"([('volume1', '\\\\Mount\\\\Data'), ('volume7', '\\\\Nested')],\
 'disk0/p4')"
is "a link to another volume is followed" "$(field 'C:\Links\absolute.txt' \
	'p["hops"][0]["kind"], p["partition"], p["path"]')" \
	"('symlink', 'disk1/p2', '\\\\Documents\\\\report.txt')"
is "a link counts from where it lies" "$(field 'C:\Links\relative\SYSTEM32' \
	'p["path"]')" '\Windows\System32'
is "a damaged mount point is no directory" \
	"$(field 'C:\Mount\Broken\x' 'p["end"]')" damaged
is "a disk that is missing is named" "$(field 'C:\Mount\Missing\x' \
	'p["end"], "known3" in p["reason"], p["rest"]')" \
	"('no-volume', True, '\\\\x')"
is "FAT is not read" "$(field 'F:\x' 'p["end"], "FAT16" in p["reason"]')" \
	"('not-read', True)"
is "a path ends where it is not found" "$(field 'c:\windows\nope\x' \
	'p["end"], p["path"], p["rest"]')" \
	"('no-name', '\\\\Windows', '\\\\nope\\\\x')"
is "nor behind a mount point, which the paths go over" \
	"$(field 'C:\Mount\Data\nope' \
	'p["end"], p["path"], p["rest"], p["paths"][0]["path"]')" \
	"('no-name', '\\\\', '\\\\nope', 'C:\\\\Mount\\\\Data\\\\nope')"
is "and none of them is live" "$(field 'C:\Mount\Data\nope' \
	'sum(x["live"] for x in p["paths"])')" 0
is "what cannot be looked for is" "$(field 'F:\x' \
	'[x["live"] for x in p["paths"] if x["path"][0] == "F"]')" "[True]"
is "a name with a backslash is that of the report" \
	"$(field 'D:\Hostile\back<U+005C>slash' 'p["end"]')" found

is "a volume has all its paths" "$(field 'DA7A-0002' \
	'sorted(set(x["path"] for x in p["paths"] if x["live"]
		and x["path"][0] == "C"))')" \
	"['C:\\\\Mount\\\\Data', 'C:\\\\Mount\\\\Unindexed']"
is "and those that it had" "$(field 'DA7A-0002' \
	'sorted((x["basis"], x["path"], x["time"][:10]) for x in p["paths"]
		if not x["live"] and x["path"][0] != chr(92))')" \
	"[('deleted-folder', 'C:\\\\Mount\\\\Deleted', '2021-03-04'),\
 ('older-hive', 'T:\\\\', '2023-01-02'),\
 ('user', 'C:\\\\Mount\\\\Data', '2024-01-14')]"

is "a volume that is not here has the paths that it had" \
	"$(field '\\?\Volume{3f8c2a11-9d1e-11eb-8a01-525400c01d01}\x' \
	'p["found"], p["end"], [x["path"] for x in p["paths"]]')" \
	"(False, 'no-volume', ['C:\\\\Mount\\\\Missing\\\\x',\
 '\\\\\\\\?\\\\Volume{3f8c2a11-9d1e-11eb-8a01-525400c01d01}\\\\x'])"

# A byte where a partition was: the kept table of disk1 has one that is gone, and
# H: holds the place of another.
is "a byte that no partition covers says so" "$(field disk0@94371840 \
	'p["found"], p["partition"], p["reason"]')" \
	"(True, None, 'No partition covers byte 94371840 of disk0.')"
former='[(x["found"], x["certainty"], x["tier"], sorted(set(
	y["path"] for y in x["paths"] if y["live"])))
	for x in d["places"] if x["end"] == "no-volume"]'
is "and which names led there" "$(field disk0@94371840 "$former")" \
	"[(False, 'stale', None, ['C:\\\\Mount\\\\Gone', 'H:\\\\'])]"
is "of no other byte" "$(field disk0@94371841 "$former")" "[]"
for at in 44040192 52428799; do
	is "a kept table covers byte $at" "$(field disk1@$at "$former")" \
		"[(False, 'stale', 'partition-cache',\
 ['C:\\\\Mount\\\\Former'])]"
done
for at in 44040191 52428800; do
	is "and not byte $at" "$(field disk1@$at "$former")" "[]"
done
is "the extended partition is told" "$(field disk0@51380224 \
	'"extended" in p["reason"], len(d["places"])')" "(True, 1)"

# The first partition begins a sector later: it was where it no longer is, and
# where it is.
cp "$machine/disk0.raw" "$scratch/moved.raw"
printf '\001' | dd of="$scratch/moved.raw" bs=1 seek=454 conv=notrunc 2> \
	"$scratch/err"
for row in '1048576 None' '1049088 disk0/p1'; do
	is "byte ${row% *} was in a partition" "$(field "disk0@${row% *}" \
		'(p["partition"], [x["disk"] for x in d["places"]],
		"known1" in d["places"][1]["why"])' \
		"$scratch/moved.raw" "${disks[1]}" | tr -d "'")" \
		"(${row#* }, [disk0, disk0], True)"
done
is "which has its names" "$(field disk0@1048576 "$former" \
	"$scratch/moved.raw" "${disks[1]}")" \
	"[(False, 'stale', 'partition-cache', ['C:\\\\Mount\\\\Registry',\
 '\\\\\\\\?\\\\Volume{3f8c2a10-9d1e-11eb-8a01-525400c01d01}\\\\'])]"

# One that has lost its table may be the disk that had it, if it is not smaller;
# and so may each of two clones.
cp "$machine/disk0.raw" "$scratch/lost.raw"
dd if=/dev/zero of="$scratch/lost.raw" bs=512 count=1 conv=notrunc \
	2> "$scratch/err"
lost=("$scratch/lost.raw" "${disks[1]}" --hive "$machine/SYSTEM")
is "where a table is lost, what may have been there is told" "$(field \
	disk0@70254592 "$former" "${lost[@]}")" \
	"[(False, 'ambiguous', 'partition-cache', ['F:\\\\', 'G:\\\\'])]"
is "and by names alone" "$(field disk0@94371840 "$former" "${lost[@]}")" \
	"[(False, 'ambiguous', None, ['H:\\\\'])]"
is "of no disk that is here" "$(field disk1@94371840 "$former" "${lost[@]}")" \
	"[]"
is "a clone" "$(ask disk1@46137344 "${disks[@]}" "${disks[1]}" | python3 -c '
import json, sys
print([(p["certainty"], len(p["paths"]))
       for p in json.load(sys.stdin)["places"][1:]])')" "[('ambiguous', 1)]"

# Status: found, not found, of no known form.
for row in '0 C:\Windows' '1 C:\nope' "1 Y:\\" '1 disk7' '2 hello' '2 C:x' \
	"2 $(printf 'C:\\a\377')" '2 '; do
	"$COLDMOUNT" resolve -q --partial-ok "${row#* }" "${disks[@]}" \
		> "$scratch/out" 2> "$scratch/err"
	status=$?
	is "status of $(printf %s "${row#* }" | tr -cd ' -~')" $status \
		"${row%% *}"
done
# Of several, in the order that the manual and the help have.
while read -r want rest; do
	read -ra words <<< "$rest"
	"$COLDMOUNT" resolve -q "${words[@]}" > "$scratch/out" 2> "$scratch/err"
	is "status of resolve $rest" $? "$want"
done <<STATUSES
4 C:\\Windows ${disks[@]}
4 C:\\nope ${disks[@]}
3 C:\\nope ${disks[@]} $scratch/no.raw
3 --partial-ok C:\\nope ${disks[@]} $scratch/no.raw
5 -o /dev/full C:\\nope ${disks[@]} $scratch/no.raw
STATUSES
for command in resolve device-number extents layout query; do
	ok "help $command tells the statuses" grep -q '4 before 1' <(
		"$COLDMOUNT" help $command)
done
ok "an error says at which character" grep -q 'character 3: ' <(
	"$COLDMOUNT" resolve 'C:x' "${disks[@]}" 2>&1)
ok "and which forms there are" grep -q 'Volume{GUID}' <(
	"$COLDMOUNT" resolve hello "${disks[@]}" 2>&1)

# A volume for what the machine has not: short names, streams, a file in
# pieces, links in circles.
work=$scratch dir=$scratch bin=$SAMPLE_BIN
export work dir bin
# shellcheck source=samples/lib.sh
. samples/lib.sh
own=$scratch/own.raw
head -c 300000 /dev/urandom > "$scratch/noise"
seq 20000 > "$scratch/text"
ntfs_volume own "$own" 0 $((12 * mib)) 0000000012345678 Own
while IFS= read -r line; do
	script own "$line"
done <<SCRIPT
file "/a long name.text" short
dosname "/a long name.text" ALONGN~1.TEX
stream "/a long name.text" Zone hello
stream "/a long name.text" größe groß
copy /noise $scratch/noise
stream /noise Zone second
mkdir /loop
junction /loop/self "\\??\\Volume{00000000-0000-0000-0000-000000000001}\\"
symlinkd /loop/a b
symlinkd /loop/b a
symlinkd /loop/up "..\\..\\.."
symlinkd /loop/rooted "\\loop"
link /loop/noise /noise
link "/loop/another noise" /noise
mkdir /packed
attrib /packed 0x800
copy /packed/text $scratch/text
sparse /packed/text 700000
file /filled x
sparse /filled 300000
stream /filled WofCompressedData packed
reparse /filled 0x80000017 01000000020000000100000000000000
junction /share "\\??\\UNC\\server\\share"
SCRIPT
ok "a volume is filled" fill own "$own"
# Beside the numbers of the machine's disks; alone it has no letter.
tap tests/golden/resolve.py files own 1234-5678 0 0 "$own"
while IFS='|' read -r name target expression want; do
	is "$name" "$(field "serial:1234-5678$target" "$expression" "$own")" \
		"$want"
done <<'ROWS'
a short name|\alongn~1.TEX|p["file"]["path"]|\a long name.text
a stream|\a long name.text:zone|p["file"]["data"]["size"]|5
whose name is the one that is stored|\a long name.text:zone|p["file"]["data"]["stream"], p["paths"][-1]["path"][-5:]|('Zone', ':Zone')
a stream by its type|\NOISE:Zone:$DATA|p["file"]["data"]["size"]|6
a stream whose name is not ASCII|\a long name.text:GRÖSSE|p["end"]|no-stream
a stream in another case|\a long name.text:GRÖßE|p["file"]["data"]["size"]|5
no such stream|\noise:none|p["end"]|no-stream
no stream of another type|\noise:Zone:$INDEX_ALLOCATION|p["end"]|no-name
a file is no directory|\noise\x|p["end"]|no-directory
nor with a backslash|\noise\|p["end"]|no-directory
links in a circle|\loop\a\x|p["end"], len(p["hops"])|('loop', 63)
a link above the root|\loop\up|p["end"]|not-followed
a link from the root|\loop\rooted\rooted|p["path"], len(p["hops"])|('\\loop', 2)
and this is as far as it comes|\loop\up\x|p["path"], p["rest"]|('\\loop\\up', '\\x')
a share|\share\x|p["end"]|not-followed
what a driver gives is no zeros|\filled|[e["zeros"] for e in p["file"]["data"]["extents"] if not e["stored"]]|[False]
a stream beside it has its bytes|\filled:WofCompressedData|p["file"]["data"]["size"]|6
ROWS
# The file as if 100000 of its bytes had been written, as icat reads it, too.
python3 - "$own" "$scratch/begun.raw" <<'END'
import struct, sys
d = bytearray(open(sys.argv[1], "rb").read())
at = d.index(struct.pack("<QQ", 300000, 300000))
struct.pack_into("<Q", d, at + 8, 100000)
open(sys.argv[2], "wb").write(d)
END
record=$(field 'serial:1234-5678\noise' 'p["file"]["mftRecord"]' "$own")
ok "icat reads zeros where nothing was written" cmp \
	<(icat "$scratch/begun.raw" "$record") \
	<(head -c 100000 "$scratch/noise" && head -c 200000 /dev/zero)
is "so does resolve" "$("$COLDMOUNT" resolve -q 'serial:1234-5678\noise' \
	"$scratch/begun.raw" | grep -o 'from byte.*')" \
	'from byte 100000 on never written: reads as zeros'
is "of this file alone" "$("$COLDMOUNT" resolve -q 'serial:1234-5678\noise' \
	"$own" | grep -c 'from byte')" 0
# Its serial number is decimal digits only; the other one's has them in decimal,
# and the second disk has them as its signature.
cp "$own" "$scratch/decimal.raw"
printf '\x4e\x61\xbc\x00' |
	dd of="$scratch/decimal.raw" bs=1 seek=72 conv=notrunc 2> "$scratch/err"
cp "$machine/disk0.raw" "$scratch/signed.raw"
printf '\x78\x56\x34\x12' |
	dd of="$scratch/signed.raw" bs=1 seek=440 conv=notrunc 2> "$scratch/err"
is "digits that may be several numbers are told as all of them" "$(ask 12345678 \
	"$own" "$scratch/decimal.raw" "$scratch/signed.raw" | python3 -c '
import json, sys
for p in json.load(sys.stdin)["places"]:
    print(p["disk"], p["volume"] is not None, p["certainty"], p["why"])')" "$(
	printf '%s\n' \
	'disk0 True ambiguous its serial number is this, in hexadecimal digits' \
	'disk1 True ambiguous its serial number is this, in decimal digits' \
	'disk2 False ambiguous it is the signature of the disk, in hexadecimal digits'
)"
is "and a hyphen makes them one" "$(ask 1234-5678 "$own" \
	"$scratch/decimal.raw" "$scratch/signed.raw" | python3 -c '
import json, sys
print([p["disk"] for p in json.load(sys.stdin)["places"]])')" "['disk0']"
is "not all of them are lines" "$("$COLDMOUNT" resolve -q \
	'serial:1234-5678\loop\a\x' "$own" |
	grep -c -e '^  through' -e 'and 47 more')" 17
long=$(printf '\\rooted%.0s' {1..4000})
is "a long path through links ends" \
	"$(field "serial:1234-5678\\loop$long" 'p["end"]' "$own")" loop
deep=$(printf '\\x%.0s' {1..16000})
is "a long path ends" \
	"$(field "serial:1234-5678$deep" 'p["end"]' "$own")" no-name
"$COLDMOUNT" resolve -q "C:$deep$deep" "$own" > /dev/null 2>&1
is "a path that is longer than Windows allows is refused" $? 2

# The same volume twice: neither is chosen.
is "copies are both told" "$(ask 1234-5678 "$own" "$own" | python3 -c '
import json, sys
print([p["certainty"] for p in json.load(sys.stdin)["places"]])')" \
	"['ambiguous', 'ambiguous']"

# A folder whose volume is there twice: both are followed.
is "a link to copies leads to both" \
	"$(ask 'C:\Mount\Data\Documents' "${disks[@]}" "${disks[1]}" |
		python3 -c '
import json, sys
print([(p["certainty"], p["partition"], p["end"], p["hops"][0]["leadsTo"])
       for p in json.load(sys.stdin)["places"]])')" \
	"[('ambiguous', 'disk1/p4', 'found', 'volume7'),\
 ('ambiguous', 'disk2/p4', 'found', 'volume10')]"

# Text is harmless, whatever names hold.
"$COLDMOUNT" resolve -q --partial-ok 'D:\Hostile' "${disks[@]}" \
	> "$scratch/once"
"$COLDMOUNT" resolve -q --partial-ok 'D:\Hostile' "${disks[@]}" |
	cmp - "$scratch/once" && pass "two runs give the same bytes"
"$COLDMOUNT" resolve -q --partial-ok "$(printf 'D:\\\033[31m\xe2\x80\xae')" \
	"${disks[@]}" > "$scratch/out"
is "nothing that a terminal obeys is written" \
	"$(grep -c "$(printf '\033')" "$scratch/out")" 0

# The table of upper case is the same on all volumes that one Windows made.
if archive=$(real mdbooth__libldm/test/data/ldm-data.tar.xz); then
	tar -xf "$archive" -C "$scratch"
	icat -o 63 "$scratch/ldm-2003r2-simple-1.img" 10 > "$scratch/upcase"
	while read -r serial name; do
		tap tests/golden/resolve.py bytes "$name" \
			"serial:$serial\\\$UpCase" "$scratch/upcase" \
			"$scratch"/ldm-2003r2-*.img
	done <<-VOLUMES
		AE9E-31E2 simple
		F4D7-F313 spanned
		66EE-37F8 striped
		1020-B076 raid5
		5409-AF3E mirrored
	VOLUMES
	# One of three bytes of a stripe is parity.  Of a disk that was left
	# behind nothing is read, and its bytes are where they were all the same.
	raid=("$scratch"/ldm-2003r2-raid5-?.img)
	cp "${raid[0]}" "$scratch/left.img"
	python3 - "$scratch/left.img" <<-'END'
		import struct, sys

		with open(sys.argv[1], "r+b") as file:
		    data = file.read()
		    at = data.rindex(b"VMDB\0\0") + 0x75
		    state = struct.unpack_from(">Q", data, at)[0] - 1
		    file.seek(at)
		    file.write(struct.pack(">QQ", state, state))
	END
	# byte_of DISK OFFSET IMAGE...: what is told of the byte.
	byte_of() {
		"$COLDMOUNT" resolve -q --partial-ok "disk$1@$2" "${@:3}" \
			2> "$scratch/errors" |
			grep -o -e 'in the volume.*' -e 'This byte.*'
	}
	for at in 1000000 1065536 1131072; do
		for i in 0 1 2; do
			byte_of $i $at "${raid[@]}"
		done
	done > "$scratch/bytes"
	is "one of three is parity" "$(grep -o 'This byte.*' "$scratch/bytes")" \
		'This byte is parity, of stripe 14 of volume4: of 2 of its bytes, 65536 apart, the first at 1885248.
This byte is parity, of stripe 15 of volume4: of 2 of its bytes, 65536 apart, the first at 2016320.
This byte is parity, of stripe 16 of volume4: of 2 of its bytes, 65536 apart, the first at 2147392.'
	for at in 1000000 1065536 1131072; do
		for i in 0 1 2; do
			byte_of $i $at "$scratch/left.img" "${raid[@]:1}"
		done
	done > "$scratch/bytes2"
	is "a column that is not read has the same bytes" \
		"$(cat "$scratch/bytes2")" "$(cat "$scratch/bytes")"
else
	skip "dynamic volumes" "../shared/data is not here"
fi

for data in msuhanov__dfir_ntfs/test_data/ntfs3_attrlist.raw.gz \
	google__grr/grr/test/grr_response_test/test_data/ntfs_img.dd; do
	name=$(basename "$data" .raw.gz)
	if ! file=$(real "$data"); then
		skip "$name" "not here"
		continue
	fi
	case $data in
	*.gz) zcat "$file" > "$scratch/real"; at=0 ;;
	*) cp "$file" "$scratch/real"; at=63 ;;
	esac
	tap tests/golden/resolve.py files "$name" volume0 $at 0 "$scratch/real"
	[ "$at" -eq 63 ] || continue
	# fls has both: record 65 with a stream, and record 66 by that name.
	is "a colon may be a stream's or a file's" \
		"$(ask 'volume0\Test Directory\notes.txt:ads' \
		"$scratch/real" | python3 -c '
import json, sys
print([(p["file"]["mftRecord"], p["file"]["data"]["stream"], p["certainty"],
	p["file"]["data"]["size"]) for p in json.load(sys.stdin)["places"]])')" \
		"[(65, 'ads', 'ambiguous', $(icat -o 63 "$scratch/real" \
			65-128-4 | wc -c)), (66, None, 'ambiguous', \
$(icat -o 63 "$scratch/real" 66-128-2 | wc -c))]"
done
finish
