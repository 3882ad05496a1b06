#!/bin/bash
# recover - volumes that no table leads to, by their boot sectors, by the backups
# of these, and by the databases of dynamic disks

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

work=$scratch dir=$scratch bin=$SAMPLE_BIN
export work dir bin
# shellcheck source=samples/lib.sh
. samples/lib.sh

sample_machine

# analyse NAME STATUS ARGUMENT...
analyse() {
	local name=$1 want=$2 status=0

	shift 2
	timeout 20 "$COLDMOUNT" -q --json --recover "$@" > "$scratch/$name" ||
		status=$?
	is "$name: exit status" "$status" "$want"
	ok "$name: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/$name"
}

# says NAME EXPRESSION WANTED
says() {
	is "$1: $2" "$(tests/golden/query.py "$scratch/$1" "$2")" "$3"
}

# copy DISK NAME: a copy of the machine's disk to damage, $image.
copy() {
	image=$scratch/$2.raw
	cp --sparse=always "$machine/disk$1.raw" "$image"
}

# wipe OFFSET BYTES: of $image.
wipe() {
	dd if=/dev/zero of="$image" bs=512 seek=$(($1 / 512)) \
		count=$(($2 / 512)) conv=notrunc status=none
}

volumes="[[v['extents'][0]['offset'] // 2**20, v['label'], v['recovered']] for v in d['volumes'] if v['recovered']]"
letters="{n['name'][12:]: n['certainty'] for n in d['names'] if n['name'][-2:] in ('C:', 'F:', 'G:')}"
folder="[[m['directory'], m['certainty'], m['volume'] is not None] for m in d['mountPoints'] if m['path'] == r'\Mount\Registry']"
places="{v['id']: v['extents'][0]['offset'] // 2**20 for v in d['volumes']}"
meant="{n['name'][12:]: [$places.get(l['volume']) for l in n['leads']] for n in d['names'] if n['name'][-2:] in ('C:', 'F:', 'G:')}"
listed="[[r['offset'] // 2**20, r['doubt'], r['other'], r['volume']] for r in d['recovered']]"

# Nothing is lost: nothing is found.
analyse whole 4 "$machine/disk0.raw" "$machine/disk1.raw"
says whole "d['recovered']" '[]'

# The table is gone, the disk's signature is not: letters lead to what lies where
# they say, but no table confirms that.
copy 0 table
dd if=/dev/zero of="$image" bs=1 seek=446 count=64 conv=notrunc status=none
analyse table 4 "$image" "$machine/disk1.raw"
ok "table: every volume is found" tests/golden/recover.py places \
	"$scratch/table" "$machine/expected.tsv" disk0
says table "[p for p in d['partitions'] if p['disk'] == 'disk0']" '[]'
says table "$volumes" '[[1, "System Reserved", "boot-sector"], [9, "Windows", "boot-sector"], [41, "Recovery", "boot-sector"], [50, "Archive", "boot-sector"], [67, "SHARED", "boot-sector"]]'
says table "$letters" '{"C:": "inferred", "F:": "inferred", "G:": "inferred"}'
says table "$folder" '[["C:\\Mount\\Registry", "inferred", true]]'
says table "{v['partition'] for v in d['volumes'] if v['recovered']} == {None}" true
"$COLDMOUNT" -q --recover "$image" > "$scratch/tree" 2>&1
is "the tree tells what was recovered" \
	"$(grep -c 'recovered[0-4], boot-sector  ' "$scratch/tree")" 5
"$COLDMOUNT" -q --json "$image" "$machine/disk1.raw" > "$scratch/without"
says without "d['recovered'] or [v for v in d['volumes'] if v['recovered']]" '[]'
says without "[f['message'] for f in d['findings'] if f['code'] == 'CM0203']" \
	'["disk0: The disk is not blank, but the partition table of its MBR is empty."]'

# Sector 0 is gone, and the first sector of C: with it; others look, too.
copy 0 start
wipe 0 512
wipe $((9 * mib)) 512
analyse start 4 "$image" "$machine/disk1.raw"
ok "start: every volume is found" tests/golden/recover.py places \
	"$scratch/start" "$machine/expected.tsv" disk0
says start "$volumes" '[[1, "System Reserved", "boot-sector"], [9, "Windows", "backup-boot-sector"], [41, "Recovery", "boot-sector"], [50, "Archive", "boot-sector"], [67, "SHARED", "boot-sector"]]'
# The registry knows the disk by where its volumes are.
says start "$letters" '{"C:": "inferred", "F:": "inferred", "G:": "inferred"}'
says start "$folder" '[["C:\\Mount\\Registry", "inferred", true]]'
says start "[[d['disks'][0]['signature'], f['message'][:63]] for f in d['findings'] if f['code'] == 'CM0667']" \
	'[[null, "disk0 has lost its signature; it is taken for the disk 5ca1ab1e"]]'
says start "[i['computerName'] for i in d['installations']]" '["SAMPLE-PC"]'
(cd "$scratch" && testdisk /log /cmd "$image" \
	partition_none,analyze,search < /dev/null > /dev/null 2>&1)
ok "testdisk finds the same" tests/golden/recover.py testdisk \
	"$scratch/start" "$scratch/testdisk.log" "$image"
found=$(sigfind -b 512 -o 3 4e544653 "$image" 2> /dev/null |
	grep -c '^Block: ')
is "sigfind sees as many boot sectors as are cited" "$found" \
	"$(tests/golden/query.py "$scratch/start" \
	"sum(r['bootSector'] + r['backupBootSector'] for r in d['recovered'] if r['fileSystem'] == 'NTFS')")"

# Of two disks that it could be none is taken, but absent it is not.
cp --sparse=always "$image" "$scratch/twin.raw"
analyse twins 4 "$image" "$scratch/twin.raw"
says twins "[f for f in d['findings'] if f['code'] == 'CM0667']" '[]'
says twins "sorted({n['certainty'] for n in d['names'] if n['name'][12:] == 'F:'})" \
	'["ambiguous"]'
says twins "$meant" '{"C:": [9, 9, null], "F:": [67, 67, null], "G:": [67, 67, null]}'

# One place alone may be chance: it is told, and nothing is joined.
copy 0 one
wipe 0 512
wipe $mib $((8 * mib))
wipe $((41 * mib)) $((8 * mib))
wipe $((67 * mib)) 512
analyse one 4 "$image" "$machine/disk1.raw"
says one "$letters" '{"C:": "ambiguous", "F:": "not-in-evidence", "G:": "not-in-evidence"}'
says one "$meant" '{"C:": [9, null], "F:": [], "G:": []}'
says one "[f['message'] for f in d['findings'] if f['code'] == 'CM0668' and 'C:' in f['message']]" \
	'["windows0: the name \\DosDevices\\C: stands for MBR signature 5ca1ab1e, byte offset 9437184, which no disk here has, though one that has lost its own may have had it: volume3 (disk0, recovered at byte 9437184), no volume here."]'

# The table is whole, and only the signature in sector 0 is 0, which Windows
# gives no disk: the same, and nothing is searched for that.
plain() {
	"$COLDMOUNT" -q --json "${@:2}" > "$scratch/$1"
}
copy 0 signature
dd if=/dev/zero of="$image" bs=1 seek=440 count=4 conv=notrunc status=none
plain signature "$image" "$machine/disk1.raw"
says signature "$letters" '{"C:": "inferred", "F:": "inferred", "G:": "inferred"}'
says signature "$folder" '[["C:\\Mount\\Registry", "inferred", true]]'
says signature "[[d['disks'][0]['signature'], f['message'], f['citations'][0]['offset']] for f in d['findings'] if f['code'] == 'CM0667']" \
	'[["00000000", "disk0 has the signature 0 in its MBR, which means none; it is taken for the disk 5ca1ab1e, since ids with that signature lead to 4 of the places where volumes are.", 440]]'
says signature "[n['certainty'] for n in d['names'] if n['name'][-2:] == 'H:']" \
	'["stale"]'
says signature "{m['volume'] for m in d['mountPoints'] if m['path'] in (r'\Mount\Archive', r'\Loop')} == {v['id'] for v in d['volumes'] if v['label'] == 'Archive'}" true
analyse signature-recover 4 "$image" "$machine/disk1.raw"
says signature-recover "$letters" '{"C:": "inferred", "F:": "inferred", "G:": "inferred"}'
cp --sparse=always "$image" "$scratch/unsigned.raw"
plain unsigned "$image" "$scratch/unsigned.raw"
says unsigned "[f for f in d['findings'] if f['code'] == 'CM0667']" '[]'
says unsigned "$meant" '{"C:": [9, 9, null], "F:": [67, 67, null], "G:": [67, 67, null]}'
# One place alone; and then a partition there that is longer than C: was.
for slot in 0 2 3; do
	dd if=/dev/zero of="$image" bs=1 seek=$((446 + 16 * slot)) count=16 \
		conv=notrunc status=none
done
plain lone "$image" "$machine/disk1.raw"
says lone "$letters" '{"C:": "ambiguous", "F:": "not-in-evidence", "G:": "not-in-evidence"}'
says lone "$meant" '{"C:": [9, null], "F:": [], "G:": []}'
printf '\x01\x01\x01' | dd of="$image" bs=1 seek=$((446 + 16 + 12)) \
	conv=notrunc status=none
plain longer "$image" "$machine/disk1.raw"
says longer "$meant" '{"C:": [], "F:": [], "G:": []}'

# The image is cut inside of the extended partition: what was a logical drive there
# is not gone from its disk; H:, outside of it, is.
image=$scratch/shorter.raw
head -c $((66 * mib)) "$machine/disk0.raw" > "$image"
plain shorter "$image" "$machine/disk1.raw"
says shorter "[[n['name'][12:], n['certainty']] for n in d['names'] if n['name'][-2:] in ('C:', 'F:', 'G:', 'H:')]" \
	'[["C:", "single"], ["F:", "not-in-evidence"], ["G:", "not-in-evidence"], ["H:", "stale"]]'
says shorter "[f['message'].split(', which ')[1].split(':')[0] for f in d['findings'] if f['code'] == 'CM0633' and 'F:' in f['message']]" \
	'["is not in this evidence, as the chain of logical drives of that disk breaks off before it"]'
is "the tree says so, too" "$("$COLDMOUNT" -q "$image" 2> "$scratch/errors" |
	grep -c 'the logical drives of its disk break off before it')" 3

# A GPT of which nothing is left.
copy 1 gpt
wipe 0 $((34 * 512))
wipe $((64 * mib - 33 * 512)) $((33 * 512))
analyse gpt 4 "$machine/disk0.raw" "$image"
ok "gpt: every volume is found" tests/golden/recover.py places \
	"$scratch/gpt" "$machine/expected.tsv" disk1
says gpt "$volumes" '[[2, "Work", "boot-sector"], [18, "Data", "boot-sector"], [34, "MEDIA", "boot-sector"]]'
# The registry has kept where its partitions lay.
says gpt "{n['name'][12:]: [$places.get(l['volume']) for l in n['leads']] for n in d['names'] if n['name'][-2:] in ('D:', 'E:', 'I:')}" \
	'{"D:": [2, null], "E:": [34, null], "I:": []}'
says gpt "[[m['certainty'], m['volume'], [l['tier'] for l in m['leads']]] for m in d['mountPoints'] if m['path'] == r'\Hostile\dot.']" \
	'[["ambiguous", null, ["partition-cache", "partition-cache"]]]'
says gpt "[f['message'][-61:-1] for f in d['findings'] if r'Mount\Unknown ' in f['message']]" \
	'["unless it lies on disk1, of which no table is left to say so"]'

# One entry of the table is gone: the space of that partition is searched.
copy 0 entry
dd if=/dev/zero of="$image" bs=1 seek=$((446 + 16)) count=16 conv=notrunc \
	status=none
analyse entry 4 "$image" "$machine/disk1.raw"
says entry "$volumes" '[[9, "Windows", "boot-sector"]]'
is "the tree lists it behind the partitions, as the last one" \
	"$("$COLDMOUNT" -q --recover "$image" 2> "$scratch/errors" |
		sed -n 's/^└─ \(recovered0\)\?.*/\1/p')" recovered0

# A volume that was formatted shorter: the backup of the former one is still
# there, and tells of it.
image=$scratch/former.raw
truncate -s $((64 * mib)) "$image"
mkntfs -q -F -s 512 -p 2048 -H 16 -S 63 -L Former "$image" > /dev/null 2>&1
truncate -s $((16 * mib)) "$scratch/newer"
mkntfs -q -F -s 512 -p 2048 -H 16 -S 63 -L Newer "$scratch/newer" \
	> /dev/null 2>&1
{ head -c $mib /dev/zero; cat "$image"; head -c $mib /dev/zero; } \
	> "$scratch/disk" && mv "$scratch/disk" "$image"
dd if="$scratch/newer" of="$image" bs=1M seek=1 conv=notrunc status=none
analyse former 4 "$image"
says former "$listed" '[[1, null, null, "volume0"], [1, "replaced", "recovered0", null]]'
says former "$volumes" '[[1, "Newer", "boot-sector"]]'

# Both boot sectors of C: are gone: its $MFT tells what they did, but for the
# serial number. With the table or without, and without the $MFTMirr.
paths="[m['path'] for m in d['mountPoints']]"
copy 0 made
wipe $((9 * mib)) 512
wipe $((41 * mib - 512)) 512
analyse made 4 "$image" "$machine/disk1.raw"
says made "[[v['label'], v['serial'], v['serial64'], v['clusterSize'], v['fileSystem']] for v in d['volumes'] if v['id'] == 'volume1']" \
	'[["Windows", null, null, 4096, "NTFS"]]'
says made "$letters" '{"C:": "single", "F:": "single", "G:": "single"}'
says made "$paths" "$(tests/golden/query.py "$scratch/whole" "$paths")"
says made "[[r['provenance'], r['volume']] for r in d['recovered']]" \
	'[["mft-record", "volume1"]]'
says made "[c['offset'] for f in d['findings'] if f['code'] == 'CM0669' for c in f['citations']]" \
	"$(istat -o 18432 "$machine/disk0.raw" 0 | awk '/^Type: .DATA/ {
		getline; print "[" 9437184 + $1 * 4096 "]" }')"
wipe 0 512
analyse made-alone 4 "$image" "$machine/disk1.raw"
says made-alone "$volumes" '[[1, "System Reserved", "boot-sector"], [9, "Windows", "mft-record"], [41, "Recovery", "boot-sector"], [50, "Archive", "boot-sector"], [67, "SHARED", "boot-sector"]]'
says made-alone "$letters" '{"C:": "inferred", "F:": "inferred", "G:": "inferred"}'

# made_volume NAME LABEL MKNTFS-OPTION...: an NTFS volume in a partition, without
# its boot sectors; then without the $MFTMirr, or without the start of the $MFT.
made_volume() {
	local name=$1 label=$2 mirror first cluster

	shift 2
	image=$scratch/$name.raw
	truncate -s $((40 * mib)) "$image"
	mkntfs -q -F -p 2048 -H 16 -S 63 -L "$label" "$@" "$image" \
		> /dev/null 2>&1
	cluster=$(fsstat "$image" | sed -n 's/^Cluster Size: //p')
	first=$(fsstat "$image" | sed -n 's/^First Cluster of MFT: //p')
	mirror=$(fsstat "$image" |
		sed -n 's/^First Cluster of MFT Mirror: //p')
	wipe 0 512
	wipe $((40 * mib - 4096)) 4096
	{ head -c $mib /dev/zero; cat "$image"; head -c $mib /dev/zero; } \
		> "$scratch/disk" && mv "$scratch/disk" "$image"
	sfdisk -q --no-reread --no-tell-kernel "$image" <<-END
		label: dos
		label-id: 0x0ff0ff00
		start=2048, size=81920, type=7
	END
	analyse "$name" 4 "$image"
	says "$name" "[[v['label'], v['clusterSize'], v['serial']] for v in d['volumes']]" \
		"[[\"$label\", $cluster, null]]"
	wipe $((mib + mirror * cluster)) 4096
	analyse "$name-mft" 4 "$image"
	says "$name-mft" "[[v['label'], v['clusterSize']] for v in d['volumes']]" \
		"[[\"$label\", $cluster]]"
	# Nothing is left of either.
	wipe $((mib + first * cluster)) 4096
	analyse "$name-none" 4 "$image"
	says "$name-none" "[[v['label'], v['fileSystem']] for v in d['volumes']] + d['recovered']" \
		'[[null, null]]'
}

made_volume made-512 Small -s 512 -c 512
made_volume made-4k Usual -s 512 -c 4096
made_volume made-4kn Sectors -s 4096 -c 4096
made_volume made-64k Large -s 512 -c 65536

# The disk of a virtual machine in a file is only listed.
image=$scratch/guest.raw
truncate -s $((96 * mib)) "$image"
ntfs_volume disk0/p1 "$image" $mib $((90 * mib)) 00000000000000dd Host
script disk0/p1 "copy /guest.img \"$machine/disk1.raw\""
fill disk0/p1 "$image" || fail "the host's volume is filled"
analyse guest 4 "$image"
says guest "{(r['doubt'], r['other'], r['volume']) for r in d['recovered'][1:]} == {('inside', 'recovered0', None)}" true
says guest "len(d['recovered'])" 4
says guest "$volumes" '[[1, "Host", "boot-sector"]]'

# Two that overlap, each as good as the other.
image=$scratch/rivals.raw
truncate -s $((96 * mib)) "$image"
ntfs_volume disk0/p2 "$image" $((40 * mib)) $((50 * mib)) 00000000000000d2 Second
ntfs_volume disk0/p1 "$image" $mib $((50 * mib)) 00000000000000d1 First
analyse rivals 4 "$image"
says rivals "[[r['offset'] // 2**20, r['doubt'], r['other']] for r in d['recovered']]" \
	'[[1, "overlaps", "recovered1"], [40, "overlaps", "recovered0"]]'

# Each sector looks like the first one of a volume.
image=$scratch/decoys.raw
dd if="$machine/disk0.raw" of="$scratch/sector" bs=512 skip=2048 count=1 \
	status=none
for _ in 1 2 3 4 5 6 7 8 9 10; do
	cat "$scratch/sector" "$scratch/sector" > "$scratch/sectors"
	mv "$scratch/sectors" "$scratch/sector"
done
{ head -c $mib /dev/zero
	for _ in $(seq 200); do cat "$scratch/sector"; done
} > "$image"
start=$(date +%s)
analyse decoys 4 "$image"
says decoys "len([f for f in d['findings'] if f['code'] == 'CM0663'])" 1
is "decoys: it takes seconds" "$(($(date +%s) - start < 10))" 1

# A terabyte of holes is not read.
image=$scratch/sparse.raw
truncate -s 1T "$image"
dd if="$machine/disk0.raw" of="$image" bs=1M skip=1 count=8 seek=900000 \
	conv=notrunc status=none
start=$(date +%s)
analyse sparse 0 "$image"
says sparse "$volumes" '[[900000, "System Reserved", "boot-sector"]]'
is "sparse: it takes seconds" "$(($(date +%s) - start < 10))" 1
for format in vhdx vmdk qcow2; do
	qemu-img convert -f raw -O $format "$scratch/start.raw" \
		"$scratch/start.$format"
	"$COLDMOUNT" -q --json --recover "$scratch/start.$format" \
		"$machine/disk1.raw" > "$scratch/in.$format"
	says in.$format "$volumes" "$(tests/golden/query.py "$scratch/start" \
		"$volumes")"
done

if ! archive=$(real mdbooth__libldm/test/data/ldm-data.tar.xz); then
	skip "dynamic disks" "../shared/data is not here"
	finish
fi
# Dynamic disks without any table, MBR and GPT: the database is found.
tar -xf "$archive" -C "$scratch"
dynamic="[[v['label'], v['dynamic']['layout'], v['dynamic']['state'], [[e['disk'], e['offset'], e['length']] for e in v['extents']]] for v in d['volumes'] if v['label']]"
for set in 2003r2-raid5 2008r2; do
	"$COLDMOUNT" -q --json "$scratch"/ldm-$set*.img > "$scratch/ldm-$set"
	want=$(tests/golden/query.py "$scratch/ldm-$set" "$dynamic")
	for image in "$scratch/ldm-$set"*.img; do
		wipe 0 512
		if [ "$(tail -c 512 "$image" | head -c 8)" = "EFI PART" ]; then
			wipe 512 $((33 * 512))
			wipe $(($(stat -c %s "$image") - 33 * 512)) \
				$((33 * 512))
		fi
	done
	analyse wiped-$set 4 "$scratch"/ldm-$set*.img
	says wiped-$set "$dynamic" "$want"
	says wiped-$set "sorted({v['recovered'] for v in d['volumes'] if v['label']})" \
		'["ldm-database"]'
	says wiped-$set "d['recovered']" '[]'
done
finish
