#!/bin/bash
# shadows - shadow copies that Windows made: their times and ids are what
# vshadowinfo says, and the store on another volume is found or missed

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

# analyse NAME IMAGE...
analyse() {
	local name=$1

	shift
	is "$name: exit status" "$("$COLDMOUNT" -q --json "$@" \
		> "$scratch/$name" 2> "$scratch/errors"; echo $?)" 0
	ok "$name: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/$name"
}

# says NAME EXPRESSION WANTED
says() {
	is "$1: $2" "$(tests/golden/query.py "$scratch/$1" "$2")" "$3"
}

states='[(c["id"], c["volume"], c["state"], (c["store"] or {}).get("volume")) for c in d["shadowCopies"]]'

if archive=$(real msuhanov__ntfs-samples/ntfs.tgz); then
	tar -xzSf "$archive" -C "$scratch"
	analyse ntfs-samples "$scratch/ntfs.raw"
	says ntfs-samples "$states" \
		'[["shadow0", "volume0", "available", "volume0"], ["shadow1", "volume0", "available", "volume0"]]'
	says ntfs-samples '[(c["storeIdentifier"], c["machine"], c["context"]) for c in d["shadowCopies"]]' \
		'[["779439b4-ce6a-11ea-8bd1-525400123456", "DESKTOP-TVV7SCO", "client-accessible-writers"], ["779439c8-ce6a-11ea-8bd1-525400123456", "DESKTOP-TVV7SCO", "client-accessible-writers"]]'
	says ntfs-samples '[(e["time"], e["volume"]) for e in d["timeline"] if e["event"] == "shadow-copy-created"]' \
		'[["2020-07-25T12:26:04.3989247Z", "volume0"], ["2020-07-25T12:27:05.3364480Z", "volume0"]]'
	tap tests/golden/shadows.py "$scratch/ntfs-samples" \
		"$scratch/ntfs.raw" 1048576 volume0
	tap tests/golden/check_citations.py "$scratch/ntfs-samples" \
		"$scratch/ntfs.raw"
	rm "$scratch/ntfs.raw"
else
	skip "copies of Windows 10" "../shared/data is not here"
fi

if image=$(real log2timeline__dfvfs/test_data/vsstest.qcow2); then
	analyse dfvfs "$image"
	qemu-img convert -O raw "$image" "$scratch/vsstest.raw"
	tap tests/golden/shadows.py "$scratch/dfvfs" "$scratch/vsstest.raw" 0 \
		volume0
	header=$(tests/golden/query.py "$scratch/dfvfs" \
		'd["shadowCopies"][0]["store"]["header"]')
	printf '\0' | dd of="$scratch/vsstest.raw" bs=1 seek="$header" \
		conv=notrunc status=none
	"$COLDMOUNT" -q --json "$scratch/vsstest.raw" > "$scratch/header"
	says header "$states, [f['code'] for f in d['findings'] if f['citations'] and f['citations'][0]['offset'] == $header]" \
		'[[["shadow0", "volume0", "damaged", "volume0"], ["shadow1", "volume0", "available", "volume0"]], ["CM0242"]]'
	rm "$scratch/vsstest.raw"
else
	skip "copies of Windows 7" "../shared/data is not here"
fi

if archive=$(real msuhanov__dfir_ntfs/test_data/vss_1_vol.tar.gz); then
	tar -xzSf "$archive" -C "$scratch"
	tar -xzSf "${archive/1_vol/2_stor}" -C "$scratch"
	volume=$scratch/vss_1_vol.raw store=$scratch/vss_2_stor.raw
	analyse both "$volume" "$store"
	says both "$states" \
		'[["shadow0", "volume0", "available", "volume1"], ["shadow1", "volume0", "available", "volume1"], ["shadow2", "volume1", "available", "volume1"]]'
	# As the bytes of the stores have them; vshadowinfo asks the volume that
	# the copy is of, where they are not.
	says both '[c["identifier"] for c in d["shadowCopies"]]' \
		'["742560d9-b308-4797-b3c1-f9901d4b3663", "c051f0ba-85c0-401c-901a-d52c4c0000ea", "e8e75155-2d2d-45bc-b67e-123e6f20b97d"]'
	analyse volume "$volume"
	says volume "$states" \
		'[["shadow0", "volume0", "store-missing", null], ["shadow1", "volume0", "store-missing", null]]'
	says volume '[f["code"] for f in d["findings"] if "bbaa763c-8204-11eb-90f4-080027768df7" in f["message"]]' \
		'["CM0681", "CM0681"]'
	analyse store "$store"
	says store "$states" \
		'[["shadow0", "volume0", "available", "volume0"], ["shadow1", null, "volume-missing", "volume0"], ["shadow2", null, "volume-missing", "volume0"]]'
	cp --sparse=always "$store" "$scratch/clone.raw"
	analyse clones "$volume" "$store" "$scratch/clone.raw"
	says clones "$states.__getitem__(0)" \
		'["shadow0", "volume0", "store-ambiguous", null]'
	says clones '"available" in [c["state"] for c in d["shadowCopies"] if c["volume"] == "volume2"]' true
else
	skip "copies kept on another volume" "../shared/data is not here"
fi
finish
