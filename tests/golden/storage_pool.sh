#!/bin/bash
# storage_pool - disks of a storage pool: what is known of it is told, and that
# letters may lead to its virtual disks, which are not read. The pool is built
# field by field: no tool but Windows makes one

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

work=$scratch dir=$scratch bin=$SAMPLE_BIN
export work dir bin
# shellcheck source=samples/lib.sh
. samples/lib.sh

signature=0900d15c
system=$scratch/system.raw
gone=0b5e0040-0000-4000-8000-000000000001
second=0b5e0026-9d1e-11eb-8a01-525400c01d01
tests/golden/pool_disk.py "$scratch" || fail "the pool is built"
truncate -s $((32 * mib)) "$system"
sfdisk -q --no-reread --no-tell-kernel "$system" <<-END
	label: dos
	label-id: 0x$signature
	start=2048, type=7
END
"$bin/hivebuild" "$scratch/SYSTEM" <<-END
	time 2022-09-15T10:11:12Z
	key Select
	dword Current 1
	key ControlSet001\\Control\\ComputerName\\ComputerName
	sz ComputerName POOLED
	key MountedDevices
	mbr \\DosDevices\\C: $signature $mib
	dmio \\DosDevices\\P: $gone
END
ntfs_volume disk0/p1 "$system" $mib $((31 * mib)) 00000000000000dd System
script disk0/p1 \
	"copy /Windows/System32/config/SYSTEM \"$scratch/SYSTEM\""
script disk0/p1 "mount /Mount/Pooled $gone"
fill disk0/p1 "$system" || fail "the system volume is filled"

# analyse NAME DISK...
analyse() {
	local name=$1 status=0

	shift
	"$COLDMOUNT" -q --json "$@" > "$scratch/$name" 2> "$scratch/errors" ||
		status=$?
	is "$name: exit status" "$status" 4
	ok "$name: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/$name"
}

# says NAME EXPRESSION WANTED
says() {
	is "$1: $2" "$(tests/golden/query.py "$scratch/$1" "$2")" "$3"
}

pools='[v["pool"] for v in d["volumes"] if v["pool"]]'
pool0="${pools}[0]"
analyse whole "$system" "$scratch"/pool?.raw
says whole "{(p['guid'], p['name'], p['version'], p['databaseFrom']) for p in $pools} == {('0b5e0001-9d1e-11eb-8a01-525400c01d01', 'Café pool', 28, 'volume1')}" true
says whole "[(p['memberGuid'], p['joined']) for p in $pools]" \
	'[["0b5e0010-9d1e-11eb-8a01-525400c01d01", "2019-05-01T09:26:47.7297665Z"], ["0b5e0011-9d1e-11eb-8a01-525400c01d01", "2019-05-01T09:26:47.7297666Z"], ["0b5e0012-9d1e-11eb-8a01-525400c01d01", "2019-05-01T09:26:47.7297667Z"]]'
says whole "[(m['model'], m['size'], m['disk']) for m in ${pool0}['members']]" \
	'[["Spindle 0", 1099511627776, "disk1"], ["Spindle 1", 2199023255552, "disk2"], ["Spindle 2", 3298534883328, "disk3"]]'
says whole "[(x['name'], x['guid'], x['size'], x['resiliency'], x['provisioning']) for x in ${pool0}['virtualDisks']]" \
	"[[\"First\", \"0b5e0025-9d1e-11eb-8a01-525400c01d01\", 3298534883328, \"mirror\", \"fixed\"], [\"Second\", \"$second\", 5368709120, \"parity\", \"fixed\"]]"
says whole '[f["message"] for f in d["findings"] if f["code"] == "CM0605"][0]' \
	'volume1 (disk1, partition 1): The partition belongs to the storage pool Café pool, {0b5e0001-9d1e-11eb-8a01-525400c01d01}. Of the pool'\''s 3 disks 0 are not in this evidence. Its 2 virtual disks and their volumes are not read: First (3298534883328 bytes, mirror), Second (5368709120 bytes, parity).'
says whole '[f["message"] for f in d["findings"] if f["code"] == "CM0633"]' \
	"[\"windows0: the name \\\\DosDevices\\\\P: stands for GPT partition or dynamic volume $gone, which is not in this evidence, unless it lies on a virtual disk of a storage pool here: they are not read.\"]"
says whole '[v["volumeNames"] for v in d["volumes"] if v["pool"]]' '[[], [], []]'
is "no class has an object of them" "$("$COLDMOUNT" query -q --partial-ok \
	-f csv 'SELECT FileSystem FROM Win32_Volume' "$system" \
	"$scratch"/pool?.raw | tr -d '\r' | sed 1d)" '"NTFS"'
tests/golden/check_citations.py "$scratch/whole" "$system" \
	"$scratch"/pool?.raw || tap_failed=1
"$COLDMOUNT" "$system" "$scratch"/pool?.raw > "$scratch/tree" 2>&1
is "the tree names the pool and what is not read of it" \
	"$(grep -c 'pool Café pool  {0b5e0001\|virtual disk Second  5.0 GiB  not read' "$scratch/tree")" 6

# The second disk alone: its copy is older, and the others are missing.
analyse second "$scratch/pool1.raw"
says second "[x['name'] for x in ${pool0}['virtualDisks']]" '["First"]'
says second "[m['disk'] for m in ${pool0}['members']]" '[null, "disk0", null]'

# The third alone, which has no copy.
analyse third "$scratch/pool2.raw"
says third "(${pool0}['name'], ${pool0}['databaseFrom'], ${pool0}['guid'])" \
	'[null, null, "0b5e0001-9d1e-11eb-8a01-525400c01d01"]'
says third '[f["message"] for f in d["findings"] if f["code"] == "CM0605"]' \
	'["volume0 (disk0, partition 1): The partition belongs to the storage pool {0b5e0001-9d1e-11eb-8a01-525400c01d01}, whose virtual disks are not read; the pool'\''s database is not in this evidence."]'

# A pool of Windows 8: its second disk has no copy; sizes count slabs.
tests/golden/pool_disk.py "$scratch" old || fail "an older pool is built"
analyse old "$scratch"/old?.raw
says old "[(p['guid'], p['memberGuid'], p['joined'], p['name'], p['databaseFrom']) for p in $pools]" \
	'[["0b5e0001-9d1e-11eb-8a01-525400c01d01", "0b5e0010-9d1e-11eb-8a01-525400c01d01", "2019-05-01T09:26:47.7297665Z", "Older pool", "volume0"], ["0b5e0001-9d1e-11eb-8a01-525400c01d01", "0b5e0011-9d1e-11eb-8a01-525400c01d01", "2019-05-01T09:26:47.7297666Z", "Older pool", "volume0"]]'
says old "[(m['name'], m['manufacturer'], m['model'], m['size'], m['disk']) for m in ${pool0}['members']]" \
	'[["PhysicalDisk0", null, null, null, "disk0"], ["PhysicalDisk1", null, null, null, "disk1"]]'
says old "[(x['name'], x['size'], x['provisioning'], x['resiliency']) for x in ${pool0}['virtualDisks']]" \
	'[["First", 3221225472, "thin", null]]'
says old 'sum(f["code"] == "CM0270" for f in d["findings"])' 0

# damaged NAME OFFSET FINDINGS: pool0.raw with a byte changed there, in its
# partition.
damaged() {
	cp --sparse=always "$scratch/pool0.raw" "$scratch/$1.raw"
	printf '\377' | dd of="$scratch/$1.raw" bs=1 conv=notrunc status=none \
		seek=$((16 * mib + $2))
	analyse "$1" "$scratch/$1.raw"
	says "$1" 'sum(f["code"] == "CM0270" for f in d["findings"])' "$3"
}

damaged header $((0x100)) 1
says header "(${pool0}['guid'], ${pool0}['name'])" '[null, null]'
damaged database $((0x1000 + 0x100)) 1
says database "(${pool0}['guid'] is None, ${pool0}['name'])" '[false, null]'
# The slot, and the record that is not whole without it.
damaged slot $((0x1000 + 512)) 2
says slot "(${pool0}['name'], len(${pool0}['virtualDisks']))" '[null, 2]'
damaged fragment $((0x1000 + 512 + 64 * 4 + 14)) 1
finish
