#!/bin/bash
# big_machine - the sample machine on disks with sectors of 4096 bytes gives the
# answers that it gives on those of 512: MBR, EBRs, GPT and its backup, NTFS, FAT
# and exFAT; whether the container tells the size of a sector or nothing does

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

BIN=$SAMPLE_BIN
export BIN
big=$scratch/big
for size in 512 4096; do
	if ! SECTOR=$size samples/make-machine "$scratch/$size" \
		> "$scratch/log" 2>&1; then
		fail "the machine is built" "$(tail -n 5 "$scratch/log")"
		finish
	fi
done
mv "$scratch/4096" "$big"

# analyse NAME OPTION...: the report goes to $scratch/NAME. A disk of the machine
# is missing on purpose.
analyse() {
	local name=$1 status=0

	shift
	"$COLDMOUNT" -q --json "$@" > "$scratch/$name" 2> "$scratch/errors" ||
		status=$?
	is "$name: exit status" "$status" 4
}

# facts NAME: what is said, but where it was read and how large sectors are. FAT
# has at least a sector in a cluster.
facts() {
	python3 - "$scratch/$1" <<-'END'
	import json
	import sys

	def strip(x):
	    if isinstance(x, dict):
	        if x.get("fileSystem") == "FAT16":
	            x = x | {"clusterSize": 0, "capacity": 0}
	        return {k: strip(v) for k, v in x.items()
	                if k not in ("citations", "numberCitations",
	                             "sectorSize", "images", "file")}
	    return [strip(v) for v in x] if isinstance(x, list) else x

	with open(sys.argv[1], encoding="utf-8") as file:
	    print(json.dumps(strip(json.load(file)), indent=0))
	END
}

# same NAME
same() {
	facts "$1" > "$scratch/got"
	ok "$1: the answers are those on sectors of 512 bytes" \
		diff "$scratch/want" "$scratch/got"
	is "$1: the sectors are seen" "$(tests/golden/query.py "$scratch/$1" \
		'[x["sectorSize"] for x in d["disks"]]')" "[4096, 4096]"
}

analyse small "$scratch"/512/disk?.raw
facts small > "$scratch/want"
analyse raw "$big"/disk?.raw
same raw
tap tests/golden/expected.py "$scratch/raw" "$big/expected.tsv"
tap tests/golden/check_citations.py "$scratch/raw" "$big"/disk?.raw
analyse told --sector-size 4096 "$big"/disk?.raw
same told

# qemu-img writes 512: the logical sector size is the 4 bytes that the item of
# this GUID leads to, in the metadata region behind its table of 64 KiB.
for n in 0 1; do
	qemu-img convert -O vhdx "$big/disk$n.raw" "$big/disk$n.vhdx"
	python3 - "$big/disk$n.vhdx" <<-'END'
	import struct
	import sys
	import uuid

	item = uuid.UUID("8141bf1d-a96f-4709-ba47-f233a8faab5f").bytes_le
	with open(sys.argv[1], "r+b") as file:
	    data = file.read()
	    table = data.index(b"metadata")
	    at = data.index(item, table)
	    offset = table + struct.unpack_from("<I", data, at + 16)[0]
	    assert data[offset:offset + 4] == struct.pack("<I", 512)
	    file.seek(offset)
	    file.write(struct.pack("<I", 4096))
	END
	ewfacquire -q -u -t "$big/disk$n" -f encase6 -c deflate:fast -P 4096 \
		-b 64 -S 1073741824 -C c -D d -E e -e e -N n -m fixed \
		-M physical "$big/disk$n.raw" > "$scratch/log" 2>&1 ||
		fail "ewfacquire" "$(cat "$scratch/log")"
done
analyse vhdx "$big"/disk?.vhdx
same vhdx
analyse e01 "$big"/disk?.E01
same e01

# Wrong: a GPT's header says where it lies, and the MBR leads to boot sectors.
analyse wrong --sector-size 512 "$big"/disk?.raw
is "told wrong, the tables are read all the same" \
	"$(tests/golden/query.py "$scratch/wrong" \
	'[(x["scheme"], x["sectorSize"]) for x in d["disks"]]')" \
	'[["mbr", 4096], ["gpt", 4096]]'
is "and that is said" "$(tests/golden/query.py "$scratch/wrong" \
	'[f["message"][:33] for f in d["findings"] if f["code"] == "CM0202"]')" \
	'["disk0: The sector size is given a", "disk1: The sector size is given a"]'

# The primary GPT is gone: the backup in the last sector of 4096 bytes is not.
cp --sparse=always "$big/disk1.raw" "$scratch/backup.raw"
dd if=/dev/zero of="$scratch/backup.raw" bs=4096 seek=1 count=5 conv=notrunc \
	status=none
analyse backup "$big/disk0.raw" "$scratch/backup.raw"
is "without its primary copy, the GPT is read from the backup" \
	"$(tests/golden/query.py "$scratch/backup" \
	'[(x["scheme"], x["sectorSize"], x["guid"]) for x in d["disks"]][1]')" \
	'["gpt", 4096, "c01dd15c-0b1e-4c7a-9a3e-5a3b1e0d15c1"]'
is "and every volume is there" "$(tests/golden/query.py "$scratch/backup" \
	'[v["label"] for v in d["volumes"]]')" "$(tests/golden/query.py \
	"$scratch/small" '[v["label"] for v in d["volumes"]]')"

# The boot sector of Data is gone: its backup is in the last sector.
cp --sparse=always "$big/disk1.raw" "$scratch/boot.raw"
dd if=/dev/zero of="$scratch/boot.raw" bs=4096 seek=$((18 * 256)) count=1 \
	conv=notrunc status=none
analyse boot "$big/disk0.raw" "$scratch/boot.raw"
is "a boot sector is read from its backup" \
	"$(tests/golden/query.py "$scratch/boot" \
	'[(v["label"], v["fromBackup"]) for v in d["volumes"] if v["fromBackup"]]')" \
	'[["Data", true]]'
finish
