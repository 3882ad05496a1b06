#!/bin/bash
# compressed_hive - hives that NTFS compresses say the same as others, and what
# is cited of them are the clusters that they are unpacked from

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

sample_machine
volume=$scratch/volume
config=/Windows/System32/config

# on_volume ATTRIBUTES: the hive on a volume, in a directory that has these.
on_volume() {
	truncate -s 32M "$volume"
	PATH=$PATH:/usr/sbin mkntfs -F -Q -q -p 0 -s 512 -c 4096 "$volume" \
		> "$scratch/log" 2>&1
	"$SAMPLE_BIN/ntfsbuild" "$volume" 0 $((32 << 20)) <<- END
		mkdir $config
		attrib $config $1
		copy $config/SYSTEM $machine/SYSTEM
	END
	"$COLDMOUNT" -q --json "$volume" > "$scratch/report-$1"
	"$COLDMOUNT" -q -v "$volume" > "$scratch/tree-$1"
}

# names ATTRIBUTES: what the report says of them.
names() {
	tests/golden/query.py "$scratch/report-$1" '[[n["name"],
		n["uniqueId"]["hex"], n["lastWritten"], n["certainty"]]
		for n in d["names"]]'
}

on_volume 0
on_volume 0x800
is "the names are those of a hive that is not compressed" "$(names 0x800)" \
	"$(names 0)"
ok "the report satisfies the schema" \
	tests/golden/validate.py "$scratch/report-0x800"
tap tests/golden/compressed_hive.py "$scratch/report-0x800" "$volume" \
	$((16 * 4096))

# cited TEXT ATTRIBUTES: how many places of the hive the tree tells so.
cited() {
	grep -c -F "$1 in volume, \\Windows\\System32\\config\\SYSTEM" \
		"$scratch/tree-$2"
}
is "the tree says that places are compressed" \
	$(($(cited "vk, compressed," 0x800) > 0)) 1
is "and of none that they are not" "$(cited vk 0x800)" 0

# A stream ends with its clusters; all of what it says was read before.
is "a size is changed" "$(tests/golden/compressed_longer.py "$volume")" 1
timeout 60 "$COLDMOUNT" -q --json "$volume" > "$scratch/report-longer"
is "longer than its clusters: the names are those of the hive" \
	"$(names longer)" "$(names 0)"
is "a finding tells it" "$(tests/golden/query.py "$scratch/report-longer" \
	'sum(f["code"] == "CM0308" for f in d["findings"])')" 1

# Offsets in a hive have 32 bits, a hole in its file may be longer.
if [ "$MODE" = plain ]; then
	on_volume 0
	echo "sparse $config/SYSTEM 400000000000" |
		"$SAMPLE_BIN/ntfsbuild" "$volume" 0 $((32 << 20))
	timeout 60 "$COLDMOUNT" -q --json "$volume" > "$scratch/report-hole"
	is "what lies past the end that a hive can have is not searched" \
		"$(names hole)" "$(names 0)"
fi

finish
