#!/bin/bash
# disk_events - the partition manager's log gives the disks of the sample machine
# their numbers: in each order, with clones, a disk without a table, and damage

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

log=$scratch/log.evtx
path='/Windows/System32/winevt/Logs/Microsoft-Windows-Partition%4Diagnostic.evtx'
mib=1048576
sample_machine

# with_log FILE: disk0 with that log; without FILE, with none.
with_log() {
	cp --sparse=always "$machine/disk0.raw" "$scratch/disk0.raw"
	{
		echo "delete $path"
		[ $# -eq 0 ] || echo "copy $path $1"
	} | "$SAMPLE_BIN/ntfsbuild" "$scratch/disk0.raw" $((9 * mib)) $((32 * mib))
}

# came DISK NUMBER: lines for evtxbuild.
came() {
	echo "set DiskNumber $2"
	case $1 in
	0) printf '%s\n' "set Capacity $((96 * mib))" "mbr 5ca1ab1e" \
		"slot $((1 * mib)) $((8 * mib)) 7" ;;
	1) printf '%s\n' "set Capacity $((64 * mib))" \
		"gpt c01dd15c-0b1e-4c7a-9a3e-5a3b1e0d15c1" ;;
	esac
	echo event
}

# analyse WANTED-STATUS ARGUMENT...
analyse() {
	local want=$1 status=0

	shift
	"$COLDMOUNT" -q --json "$@" > "$scratch/report" 2> "$scratch/err" ||
		status=$?
	is "$case: exit status" "$status" "$want"
}

# expect EXPRESSION WANTED
expect() {
	is "$case: $1" "$(tests/golden/query.py "$scratch/report" "$1")" "$2"
}

numbers='[[x["number"], x["numberBasis"]] for x in d["disks"]]'
found='sorted(f["code"] for f in d["findings"] if "CM0539" < f["code"] < "CM0549" or f["code"] > "CM0692")'
joined='[e["disk"] for e in d["diskEvents"]]'
disk0=$scratch/disk0.raw
disk1=$machine/disk1.raw

case="the sample's own log"
analyse 4 "$machine/disk0.raw" "$disk1"
expect "$numbers" '[[0, "recorded"], [1, "assumed"]]'
tap tests/golden/disk_events.py "$scratch/report" "$machine/"*.evtx
expect 'd["diskEvents"][3]["citations"] == d["disks"][0]["numberCitations"]' true

case="no log"
with_log
analyse 4 "$disk0" "$disk1"
expect "$numbers" '[[0, "assumed"], [1, "assumed"]]'
expect "$found" '[]'

case="both disks, the other way round"
{ came 0 1; came 1 0; } | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
analyse 4 "$disk0" "$disk1"
expect "$numbers" '[[1, "recorded"], [0, "recorded"]]'
expect '[x["id"] for x in d["disks"]]' '["disk0", "disk1"]'
expect "$joined" '["disk0", "disk1"]'
expect "$found" '[]'
"$COLDMOUNT" -q "$disk0" "$disk1" > "$scratch/tree"
ok "$case: the tree" grep -q '→ disk 0, partition 4 (disk1.raw)' "$scratch/tree"
ok "$case: the tree's disks" grep -q '^Disk 1  disk0.raw .* number recorded' \
	"$scratch/tree"
cp "$scratch/report" "$scratch/first"
analyse 4 "$disk1" "$disk0"
expect "$numbers" '[[0, "recorded"], [1, "recorded"]]'
analyse 4 --disk "7=$disk0" "$disk1"
expect "$numbers" '[[7, "given"], [0, "recorded"]]'
expect "$found" '["CM0697"]'
analyse 4 --disk "0=$disk0" "$disk1"
expect "$numbers" '[[0, "given"], [1, "assumed"]]'
expect "$found" '["CM0697", "CM0698"]'

case="two disks came last with one number"
{ came 0 0; came 1 0; } | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
analyse 4 "$disk0" "$disk1"
expect "$numbers" '[[1, "assumed"], [0, "recorded"]]'
expect "$found" '["CM0698"]'

case="a clone"
came 0 5 | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
cp --sparse=always "$disk0" "$scratch/clone.raw"
analyse 4 "$disk0" "$scratch/clone.raw"
expect "$numbers" '[[0, "assumed"], [1, "assumed"]]'
expect "$found" '["CM0696", "CM0696"]'
expect "$joined" '[null, null]'

case="a clone on a larger disk"
truncate -s +1M "$scratch/clone.raw"
analyse 4 "$scratch/clone.raw" "$disk0"
expect "$numbers" '[[0, "assumed"], [5, "recorded"]]'
expect "$joined" '["disk1", "disk1"]'

case="a disk that went is known by its device"
{
	id=656b1713-9d1e-11eb-8a01-806e6f6e6963
	came 0 3 | sed "1i set RegistryId $id"
	printf '%s\n' 'set DiskNumber 3' "set RegistryId $id" event
} | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
analyse 4 "$disk0"
expect "$joined" '["disk0", "disk0"]'
expect '[e["change"] for e in d["diskEvents"]]' '["arrival", "removal"]'
expect "$numbers" '[[3, "recorded"]]'

# Windows 10 and 11 write so: RegistryId is what Partmgr has as DiskId, and what
# is called DiskId here two machines have in common.
case="a device is known by its id in the registry"
{
	id=656b1713-9d1e-11eb-8a01-806e6f6e6963
	same=7b6f1752-bd95-6e22-e3a5-6ee8419ecad7
	came 0 3 | sed "1i set DiskId $same\nset RegistryId $id"
	printf '%s\n' 'set DiskNumber 3' "set DiskId $same" \
		"set RegistryId $id" event
	printf '%s\n' 'set DiskNumber 9' "set DiskId $same" \
		'set RegistryId 11111713-9d1e-11eb-8a01-806e6f6e6963' event
	printf '%s\n' 'set DiskNumber 5' "set DiskId $same" \
		"set Capacity $((96 * mib))" \
		'set RegistryId 11111713-9d1e-11eb-8a01-806e6f6e6963' event
	printf '%s\n' 'set DiskNumber 6' "set DiskId $same" \
		"set Capacity $((96 * mib))" event
} | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
analyse 4 "$disk0"
expect "$joined" '["disk0", "disk0", null, null, null]'
expect '[e["knownDisk"] for e in d["diskEvents"]]' \
	'["known1", "known1", null, null, null]'
expect "$numbers" '[[3, "recorded"]]'

# known2 is disk1 by the table that the registry has of it. known4 is not here.
case="an event has the table of one disk and the device of another"
for id in 656b1714-9d1e-11eb-8a01-806e6f6e6963 \
	656b1713-9d1e-11eb-8a01-806e6f6e6963 \
	656b1717-9d1e-11eb-8a01-525400c01d01 \
	11111713-9d1e-11eb-8a01-806e6f6e6963; do
	came 0 3 | sed "1i set RegistryId $id"
done | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
analyse 4 "$disk0" "$disk1"
expect "$joined" '["disk0", "disk0", "disk0", "disk0"]'
expect '[e["knownDisk"] for e in d["diskEvents"]]' \
	'["known2", "known1", "known4", null]'
expect "$found" '["CM0693"]'
expect '[f["message"] for f in d["findings"] if f["code"] == "CM0693"][0].split(", which")[0]' \
	"windows0: 2 events of the partition manager's log have the partition table of one disk and the device of another: record 1 the table of disk0, and the device of \"QEMU HARDDISK\" (known2)"
expect '[c for f in d["findings"] if f["code"] == "CM0693" for c in f["citations"]][:2] == [d["diskEvents"][i]["citations"][0] for i in (0, 2)]' true
tap tests/golden/check_citations.py "$scratch/report" "$disk0" "$disk1"

case="a disk without a table is known by its volume"
truncate -s 8M "$scratch/floppy.raw"
mkfs.fat -i 0badcafe "$scratch/floppy.raw" > /dev/null
printf '%s\n' 'set DiskNumber 4' "set Capacity $((8 * mib))" \
	"sector Vbr0 $scratch/floppy.raw 0" event |
	"$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
analyse 4 "$disk0" "$scratch/floppy.raw"
expect "$numbers" '[[0, "assumed"], [4, "recorded"]]'
expect 'd["diskEvents"][0]["bootSectors"][0]["serial"]' '0BAD-CAFE'

# So Windows writes it: a partition at byte 0, and the signature 1. Of another
# disk, whose first partition begins with the same sector, it is not the event.
case="a disk without a table is known by its volume, in Windows' form"
for mbr in '00000001 0' '00000000 0' '00000000 1048576'; do
	printf '%s\n' 'set DiskNumber 4' "set Capacity $((8 * mib))" \
		"mbr ${mbr% *}" "slot ${mbr#* } $((7 * mib)) c" \
		"sector Vbr0 $scratch/floppy.raw 0" event
done | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
analyse 4 "$disk0" "$scratch/floppy.raw"
expect "$joined" '["disk1", "disk1", null]'
expect "$numbers" '[[0, "assumed"], [4, "recorded"]]'
"$COLDMOUNT" -q "$disk0" > "$scratch/tree"
ok "$case: the tree" grep -q '8.0 MiB; no partition table$' "$scratch/tree"

# The table of a disk is not that disk where the device is another, or its serial
# number (known4's is 20044320).
case="a table does not make one disk of two devices"
stick=656b1717-9d1e-11eb-8a01-525400c01d01
other=99999999-9d1e-11eb-8a01-525400c01d01
for row in 5ca1ab1e:$other: 5ca1ab1e::OTHER99 571c0001:$other: \
	571c0001::OTHER99 '571c0001:: 20044320 ' 571c0001:: \
	571c0001:$stick:OTHER99; do
	IFS=: read -r signature registry serial <<< "$row"
	printf '%s\n' 'set DiskNumber 4' "set Capacity $((7 * mib))" \
		"mbr $signature" "slot $mib $((6 * mib)) c" \
		${registry:+"set RegistryId $registry"} \
		${serial:+"set SerialNumber \"$serial\""} event
done | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
analyse 4 "$disk0"
expect '[e["knownDisk"] for e in d["diskEvents"]]' \
	'[null, "known1", null, null, "known4", "known4", "known4"]'

# Windows was upgraded, and called the device anew. What contradicts that it is
# one: the size, the table, the serial number, what the device says of itself;
# and that it had its new name before.
new=656b1713-9d1e-11eb-8a01-806e6f6e6963
old=99999999-9d1e-11eb-8a01-806e6f6e6963
own=12345678-9d1e-11eb-8a01-525400c01d01
before() {
	printf '%s\n' 'set DiskNumber 0' "set Capacity $(($2 * mib))" "mbr $3" \
		"slot $mib $((8 * mib)) 7" "set RegistryId $1" \
		"set DiskId $5" "set SerialNumber \"$4\"" event
}
while read -r case known first last; do
	case="another DiskId, $case"
	{
		# shellcheck disable=SC2086
		before ${first//,/ }
		# shellcheck disable=SC2086
		before ${last//,/ }
	} | "$SAMPLE_BIN/evtxbuild" "$log"
	with_log "$log"
	analyse 4 "$disk0"
	expect '" ".join("%s:%s" % (e["knownDisk"], e["knownDiskCertainty"])
		for e in d["diskEvents"])' "${known//,/ }"
	ok "$case: by the schema" tests/golden/validate.py "$scratch/report"
done <<- END
	all-agree known1:inferred,known1:single $old,96,5ca1ab1e,QM00001,$own $new,96,5ca1ab1e,QM00001,$own
	size None:None,known1:single $old,95,5ca1ab1e,QM00001,$own $new,96,5ca1ab1e,QM00001,$own
	table None:None,known1:single $old,96,5ca1ab1f,QM00001,$own $new,96,5ca1ab1e,QM00001,$own
	serial None:None,known1:single $old,96,5ca1ab1e,QM00002,$own $new,96,5ca1ab1e,QM00001,$own
	no-serial None:None,known1:single $old,96,5ca1ab1e,NULL,$own $new,96,5ca1ab1e,NULL,$own
	device None:None,known1:single $old,96,5ca1ab1e,QM00001,$new $new,96,5ca1ab1e,QM00001,$own
	order known1:single,None:None $new,96,5ca1ab1e,QM00001,$own $old,96,5ca1ab1e,QM00001,$own
	old-alone None:None,None:None $old,96,5ca1ab1e,QM00001,$own $old,96,5ca1ab1e,QM00001,$own
END

# When it went before that, the event has no table and no size.
gone() {
	printf '%s\n' 'set DiskNumber 0' 'set Capacity 0' "set RegistryId $1" \
		"set DiskId $2" "set SerialNumber \"$3\"" "set Model \"$4\"" \
		event
}
old2=88888888-9d1e-11eb-8a01-525400c01d01
while read -r case known came went; do
	case="another DiskId, and the disk went, $case"
	{
		# shellcheck disable=SC2086
		[ "$came" = - ] || before ${came//,/ }
		# shellcheck disable=SC2086
		gone ${went//,/ }
		echo 'set Model "QEMU HARDDISK"'
		before "$new" 96 5ca1ab1e QM00001 "$own"
	} | "$SAMPLE_BIN/evtxbuild" "$log"
	with_log "$log"
	analyse 4 "$disk0"
	expect '" ".join("%s:%s" % (e["knownDisk"], e["knownDiskCertainty"])
		for e in d["diskEvents"])' "${known//,/ }"
done <<- END
	came-and-went known1:inferred,known1:inferred,known1:single $old,96,5ca1ab1e,QM00001,$own $old,$own,QM00001,QEMU_HARDDISK
	no-model known1:inferred,known1:inferred,known1:single $old,96,5ca1ab1e,QM00001,$own $old,$own,QM00001,NULL
	other-model known1:inferred,None:None,known1:single $old,96,5ca1ab1e,QM00001,$own $old,$own,QM00001,Other
	other-serial known1:inferred,None:None,known1:single $old,96,5ca1ab1e,QM00001,$own $old,$own,QM00002,QEMU_HARDDISK
	other-device known1:inferred,None:None,known1:single $old,96,5ca1ab1e,QM00001,$own $old,$new,QM00001,QEMU_HARDDISK
	other-table None:None,None:None,known1:single $old,96,5ca1ab1f,QM00001,$own $old,$own,QM00001,QEMU_HARDDISK
	another-id known1:inferred,known1:inferred,known1:single $old,96,5ca1ab1e,QM00001,$own $old2,$own,QM00001,QEMU_HARDDISK
	went-only known1:inferred,known1:single - $old,$own,QM00001,QEMU_HARDDISK
	went-only-other-model None:None,known1:single - $old,$own,QM00001,Other
	went-only-without-serial None:None,known1:single - $old,$own,NULL,QEMU_HARDDISK
END

case="the signature 1 is no id of a known disk"
printf '%s\n' 'set DiskNumber 4' "set Capacity $((8 * mib))" 'mbr 00000001' \
	"slot 0 $((8 * mib)) c" event | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
LC_ALL=C sed -i 's/\x01\x00\x1c\x57/\x01\x00\x00\x00/g' "$disk0"
analyse 4 "$disk0"
expect 'd["knownDisks"][4]["signature"]' 00000001
expect '[e["knownDisk"] for e in d["diskEvents"]]' '[null]'

# Where a device gives no string, Windows writes the word.
case="the word NULL is no name"
{
	echo 'time 2024-01-01T00:00:00Z'
	printf 'set %s NULL\n' Manufacturer Model SerialNumber Revision
	came 0 3
} | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
analyse 4 "$disk0"
expect '[d["knownDisks"][1]["serial"], d["diskEvents"][0]["serial"]]' \
	'[null, "NULL"]'
expect '[[t["subject"], t["description"]] for t in d["timeline"] if t["event"] == "disk-arrived" and t["installation"] == "windows0" and t["description"].startswith("as disk")]' \
	'[[null, "as disk 3, which is disk0"]]'
"$COLDMOUNT" -q -v "$disk0" > "$scratch/tree"
is "$case: the tree" "$(grep -c '[ "]NULL' "$scratch/tree")" 0

case="a damaged record"
{ came 1 6; came 0 2; came 1 5; came 0 1; } | "$SAMPLE_BIN/evtxbuild" "$log"
at=$(grep -aob '\*\*' "$log" | sed -n '2s/:.*//p')
printf '\377\377' | dd of="$log" bs=1 seek=$((at + 24)) conv=notrunc status=none
with_log "$log"
analyse 4 "$disk0" "$disk1"
expect "$numbers" '[[1, "recorded"], [5, "recorded"]]'
expect "$found" '["CM0541", "CM0542"]'
expect '[e["recordId"] for e in d["diskEvents"]]' '[1, 3, 4]'

case="tables that cannot be"
for slots in "1000001 $((8 * mib))" "$mib 0" "$((90 * mib)) $((8 * mib))"; do
	came 0 3 | sed "s/^slot .*/slot $slots 7/"
done | "$SAMPLE_BIN/evtxbuild" "$log"
with_log "$log"
analyse 4 "$disk0"
expect "$found" '["CM0544", "CM0544", "CM0544"]'
expect '[f["message"].split("evtx: ")[1] for f in d["findings"] if f["code"] == "CM0544"]' \
	'["of 1 event, a partition does not begin and end with a sector.", "of 1 event, a partition has no length.", "of 1 event, a partition ends past the end of the disk."]'
tap tests/golden/check_citations.py "$scratch/report" "$disk0"

case="what is no log"
head -c 100000 /dev/zero | tr '\0' x > "$log"
with_log "$log"
analyse 4 "$disk0" "$disk1"
expect "$numbers" '[[0, "assumed"], [1, "assumed"]]'
expect "${found}[0]" CM0540
# The oldest chunk cannot be taken away: no one knows where its numbers began.
case="a log that went round"
for chunk in 1 2 3 4 5 6 7; do
	came 0 "$chunk"
	came 1 "1$chunk"
	echo chunk
done | sed '$d' | "$SAMPLE_BIN/evtxbuild" "$log"
tests/golden/ring_log.py make "$log" "$scratch/ring.evtx" 2
for damage in 'cut 9' 'cut 4' 'cut 3' 'zero 0' 'zero 1' 'zero 3' 'zero 4' \
	'copy 1' 'copy 3' 'copy 4'; do
	case="a log that went round, $damage"
	# shellcheck disable=SC2086
	tests/golden/ring_log.py damage "$scratch/ring.evtx" "$log" $damage
	with_log "$log"
	analyse 4 "$disk0" "$disk1"
	tap tests/golden/ring_log.py judge "$scratch/ring.evtx" \
		"$scratch/report"
done
expect "$found" '["CM0540", "CM0543"]'

# The log in use is the second one of three, which go on where the first of them
# ends: records 1 to 3, 4, and the third is a copy of the second. One of other
# events, one of another channel, and a directory with a fitting name.
case="archived logs"
with_log
archive=${path%/*}/Archive-Microsoft-Windows-Partition%4Diagnostic
{ echo 'time 2024-01-01T00:00:00Z'; came 0 7; came 1 8; came 0 6; } |
	"$SAMPLE_BIN/evtxbuild" "$scratch/first.evtx"
{
	printf 'other 1\nother 1\nother 1\ntime 2024-02-01T00:00:00Z\n'
	came 0 4
} | "$SAMPLE_BIN/evtxbuild" "$scratch/second.evtx"
printf '%s\n' "copy $path $scratch/second.evtx" \
	"copy $archive-2024-02-01-00-00-00-002.evtx $scratch/second.evtx" \
	"copy ${archive/Archive/aRCHIVE}-2024-01-01-00-00-00-001.EVTX $scratch/first.evtx" \
	"copy ${archive/Diagnostic/Other}-2024-01-01-00-00-00-001.evtx $log" \
	"mkdir $archive-2024-01-01-00-00-00-003.evtx" |
	"$SAMPLE_BIN/ntfsbuild" "$disk0" $((9 * mib)) $((32 * mib))
analyse 4 "$disk0" "$disk1"
expect '[e["recordId"] for e in d["diskEvents"]]' '[1, 2, 3, 4]'
expect '[e["diskNumber"] for e in d["diskEvents"]]' '[7, 8, 6, 4]'
expect '[e["citations"][0]["file"][30:37] for e in d["diskEvents"]]' \
	'["aRCHIVE", "aRCHIVE", "aRCHIVE", "Microso"]'
expect "$numbers" '[[4, "recorded"], [8, "recorded"]]'
expect "$found" '[]'
tap tests/golden/check_citations.py "$scratch/report" "$disk0" "$disk1"

# The log in use has records 10 and 11; the archive has 1 to 3, in two copies.
case="an archived log that is missing"
with_log
yes 'other 1' | head -n 9 > "$scratch/nine"
{ came 0 1; came 1 2; came 0 1; } | "$SAMPLE_BIN/evtxbuild" "$scratch/a.evtx"
{ cat "$scratch/nine"; echo chunk; came 1 2; came 0 1; } |
	"$SAMPLE_BIN/evtxbuild" "$scratch/b.evtx"
tests/golden/ring_log.py make "$scratch/b.evtx" "$scratch/c.evtx" 1
printf '%s\n' "copy $path $scratch/c.evtx" \
	"copy $archive-2024-01-01-00-00-00-001.evtx $scratch/a.evtx" \
	"copy $archive-2024-01-02-00-00-00-001.evtx $scratch/a.evtx" |
	"$SAMPLE_BIN/ntfsbuild" "$disk0" $((9 * mib)) $((32 * mib))
analyse 4 "$disk0" "$disk1"
expect "$found" '["CM0694"]'
expect '[f["message"].replace(chr(92), "/").split("/Logs/")[1:] for f in d["findings"] if f["code"] == "CM0694"]' \
	'[["Archive-Microsoft-Windows-Partition%4Diagnostic-2024-01-01-00-00-00-001.evtx ends with record 3, and /Windows/System32/winevt", "Microsoft-Windows-Partition%4Diagnostic.evtx begins with record 10: the log that had records 4 to 9 is missing."]]'
expect '[[c["file"][30:37], c["structure"]] for f in d["findings"] if f["code"] == "CM0694" for c in f["citations"]]' \
	'[["Archive", "event log chunk"], ["Microso", "event log chunk"]]'
tap tests/golden/check_citations.py "$scratch/report" "$disk0" "$disk1"

# Its file was deleted, and numbers begin at 1 again: the archive is older all
# the same.
case="a log that was begun anew"
with_log
{ echo 'time 2024-01-01T00:00:00Z'; came 0 1; came 1 0; } |
	"$SAMPLE_BIN/evtxbuild" "$scratch/anew.evtx"
printf '%s\n' "copy $path $scratch/anew.evtx" \
	"copy $archive-2024-01-01-00-00-00-001.evtx $scratch/a.evtx" |
	"$SAMPLE_BIN/ntfsbuild" "$disk0" $((9 * mib)) $((32 * mib))
analyse 4 "$disk0" "$disk1"
expect "$numbers" '[[1, "recorded"], [0, "recorded"]]'
expect "$found" '["CM0543"]'
expect '[f["message"].split(": ")[-2:] for f in d["findings"] if f["code"] == "CM0543"]' \
	'[["2 numbers of records have another record in another log, the first of them 1", "the log was started anew."]]'
printf '%s\n' "delete $archive-2024-01-01-00-00-00-001.evtx" \
	"copy $archive-2024-01-01-00-00-00-002.evtx $scratch/c.evtx" |
	"$SAMPLE_BIN/ntfsbuild" "$disk0" $((9 * mib)) $((32 * mib))
analyse 4 "$disk0" "$disk1"
expect "$numbers" '[[1, "recorded"], [0, "recorded"]]'
expect "$found" '["CM0694"]'
expect '[f["message"].split(": ")[-1] for f in d["findings"] if f["code"] == "CM0694"]' \
	'["the log was started anew."]'
tap tests/golden/check_citations.py "$scratch/report" "$disk0" "$disk1"

case="an archived log alone, damaged"
with_log
head -c 100000 /dev/zero | tr '\0' x > "$log"
printf '%s\n' "copy $archive-2024-01-01-00-00-00-001.evtx $scratch/first.evtx" \
	"copy $archive-2024-01-02-00-00-00-001.evtx $log" |
	"$SAMPLE_BIN/ntfsbuild" "$disk0" $((9 * mib)) $((32 * mib))
analyse 4 "$disk0" "$disk1"
expect '[e["recordId"] for e in d["diskEvents"]]' '[1, 2, 3]'
expect "${found}[0]" CM0540

ok "the reports satisfy the schema" tests/golden/validate.py \
	"$scratch/report" "$scratch/first"
finish
