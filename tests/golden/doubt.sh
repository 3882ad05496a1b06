#!/bin/bash
# doubt - names that lead to several volumes, to a partition that is no volume,
# or that nothing in their installation knows: the report says what is known of
# them, and no more

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

work=$scratch dir=$scratch bin=$SAMPLE_BIN
export work dir bin
# shellcheck source=samples/lib.sh
. samples/lib.sh

signature=0dd0dd05
reserved=00000357-1d2c-4e3b-8f4a-0a0b0c0d0e0f
v1=3f8c2a10-9d1e-11eb-8a01-525400c01d01
data=$((17 * mib))
device='\??\STORAGE#RemovableMedia#7&2&0&RM#{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}'

query() {
	tests/golden/query.py "$scratch/report.json" "$1"
}

# hive NAME < VALUES: one of a machine that is called so.
hive() {
	{
		printf '%s\n' 'key Select' 'dword Current 1' \
			'key ControlSet001\Control\ComputerName\ComputerName' \
			"sz ComputerName $1" 'key MountedDevices'
		cat
	} | "$bin/hivebuild" "$scratch/$1"
}

# report DISK...: as JSON and as a tree.
report() {
	"$COLDMOUNT" -q --json "$@" > "$scratch/report.json"
	"$COLDMOUNT" -q --color never "$@" > "$scratch/tree"
	ok "the report satisfies the schema" \
		tests/golden/validate.py "$scratch/report.json"
}

truncate -s $((32 * mib)) "$scratch/disk0.raw"
sfdisk -q --no-reread --no-tell-kernel "$scratch/disk0.raw" <<-END2
	label: dos
	label-id: 0x$signature
	start=2048, size=32768, type=7
	start=34816, size=16384, type=7
END2
truncate -s $((4 * mib)) "$scratch/disk1.raw"
sgdisk -n 1:2048:4095 -t 1:e3c9e316-0b5c-4db8-817d-f92df00215ae \
	-u 1:$reserved "$scratch/disk1.raw" > "$scratch/log"
hive ONE <<-END2
	hex \\DosDevices\\D: $(mbr_id $signature $data)
	hex \\DosDevices\\M: $(dmio_id $reserved)
	hex \\DosDevices\\U: $(printf %s "$device" | iconv -t UTF-16LE | xxd -p -c 200)
	hex \\??\\Volume{$v1} $(mbr_id $signature $data)
END2
hive TWO < /dev/null
ntfs_volume disk0/p1 "$scratch/disk0.raw" $mib $((16 * mib)) \
	00000000000000dd Odd
script disk0/p1 "copy /Windows/System32/config/SYSTEM \"$scratch/ONE\""
script disk0/p1 "copy /WINNT/System32/config/SYSTEM \"$scratch/TWO\""
script disk0/p1 "mount /data $(stable_guid $signature $data)"
script disk0/p1 "mount /name $v1"
script disk0/p1 "mount /reserved $reserved"
fill disk0/p1 "$scratch/disk0.raw" || fail "the volume is filled"

report "$scratch/disk0.raw" "$scratch/disk1.raw"
# It was not in this evidence, as no disk had that id.
is "a partition that is not a volume is here" \
	"$(query "[(n['certainty'], n['tier'], any(c['structure'] == 'gpt entry' for c in n['citations'])) for n in d['names'] if n['name'][-2:] == 'M:'] + [(m['certainty'], m['tier']) for m in d['mountPoints'] if m['path'] == '\\\\reserved' and m['installation'] == 'windows0']")" \
	'[["stale", "registry", true], ["stale", "gpt-guid"]]'
is "and is said to be none" \
	"$(query "sorted((f['code'], f['message'].split(', ')[-1]) for f in d['findings'] if '$reserved' in f['message'] and 'windows0' in f['message'])")" \
	'[["CM0632", "but no volume."], ["CM0641", "a partition that is not a volume."]]'
is "in the tree, too" \
	"$(grep -c 'stale: what has that id is here, but is not a volume' \
		"$scratch/tree")" 3
two=$(query "next(i['id'] for i in d['installations'] if i['computerName'] == 'TWO')" | tr -d '"')
is "a name that nothing here knows is told from one whose disk is missing" \
	"$(query "[f['message'].split(', ', 2)[2] for f in d['findings'] if f['code'] == 'CM0640']")" \
	"[\"a name that no source here knows; windows0 has it for MBR signature $signature, byte offset $data, volume1 (disk0, partition 2).\"]"
is "of the installation that does not know it" "$two" windows1
# It was said not to be here, though no image says which device it is of.
is "a device that no image says it is of may be here" \
	"$(query "[f['message'].split(', ')[-1] for f in d['findings'] if f['code'] == 'CM0634']")" \
	'["which is not known to be any disk in this evidence."]'
ok "and so says the tree" grep -q 'no disk here is known to be that device' \
	"$scratch/tree"
ok "the tree tells a name that nothing knows" grep -q 'unknown: no source here knows that name' \
	"$scratch/tree"

cp "$scratch/disk0.raw" "$scratch/copy.raw"
report "$scratch/disk0.raw" "$scratch/copy.raw"
is "of an answer in doubt, all volumes are told" \
	"$(query "[[n['volume'], n['leads']] for n in d['names'] if n['installation'] == 'windows0' and n['name'][-2:] == 'D:']")" \
	'[[null, [{"tier": "registry", "volume": "volume1"}, {"tier": "registry", "volume": "volume3"}]]]'
is "of one that is none, none" \
	"$(query "[n['leads'] for n in d['names'] if n['name'][-2:] == 'M:']")" \
	'[[], []]'
is "the finding tells them" \
	"$(query "[f['message'].split(': ')[-1] for f in d['findings'] if f['code'] == 'CM0631' and 'D:' in f['message']][0]")" \
	'volume1 (disk0, partition 2), volume3 (disk1, partition 2).'
# They were volumes to which no letter and no folder leads.
is "the tree says of both that something may lead there" \
	"$(grep -c 'letters or folders may lead here' "$scratch/tree")" 2
is "and of neither that nothing does" \
	"$(grep -c 'no letter and no folder' "$scratch/tree")" 0

# Two machines, each of which gave one name to a volume of its own.
rm "$work"/*.script
for i in 1 2; do
	disk=$scratch/machine$i.raw
	truncate -s $((32 * mib)) "$disk"
	sfdisk -q --no-reread --no-tell-kernel "$disk" <<-END2
		label: dos
		label-id: 0x0dd0dd1$i
		start=2048, size=32768, type=7
		start=34816, size=16384, type=7
	END2
	hive OWN$i <<-END2
		hex \\??\\Volume{$v1} $(mbr_id 0dd0dd1$i $data)
	END2
	ntfs_volume disk$i/p1 "$disk" $mib $((16 * mib)) 000000000000d00$i Own
	script disk$i/p1 "copy /Windows/System32/config/SYSTEM \"$scratch/OWN$i\""
	script disk$i/p1 "mount /name $v1"
	fill disk$i/p1 "$disk" || fail "the volume is filled"
done
report "$scratch/machine1.raw" "$scratch/machine2.raw"
# The first machine's answer stood below the second one's disk, too.
is "each folder is told with the answer in each namespace" \
	"$(sed -n 's/.*\\name → //p' "$scratch/tree")" \
	"disk 0, partition 2  (windows0)
disk 1, partition 2  (windows1)
disk 0, partition 2  (windows0)
disk 1, partition 2  (windows1)"
finish
