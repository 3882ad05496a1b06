#!/bin/bash
# damage - the sample machine with damaged tables and volumes: what can be read
# is answered, and what was repaired in memory is a finding

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

sample_machine
tests/golden/damage.py "$COLDMOUNT" "$machine" "$scratch" || tap_failed=1

# whole NAME IMAGE LABEL: a volume without a table is read by its backup boot
# sector, whose serial number it has.
whole() {
	local serial

	serial=$(tail -c 512 "$2" | xxd -s 72 -l 4 -e -u | awk '{ print $2 }')
	"$COLDMOUNT" -q --json "$2" > "$scratch/report.json"
	ok "$1: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/report.json"
	is "$1" "$(tests/golden/query.py "$scratch/report.json" \
		"[[v['kind'], v['fileSystem'], v['fromBackup'], v['serial'], v['label']] for v in d['volumes']] + [f['code'] for f in d['findings'] if f['code'] == 'CM0226']")" \
		"[[\"whole-disk\", \"NTFS\", true, \"${serial:0:4}-${serial:4}\", $3], \"CM0226\"]"
}

# What is left of the first sector can look like a partition table.
dd if="$machine/disk0.raw" of="$scratch/whole.raw" bs=1M skip=9 count=32 \
	status=none
{ head -c 446 /dev/zero
	echo 00202f6e65772068617264 80776172652e20436f6e74 61637420796f7572206d \
		616e756661637475726572 20666f72206d6f7265 696e666f726d6174696f6e 2e0d0a00 \
		| xxd -r -p | head -c 64
} | dd of="$scratch/whole.raw" conv=notrunc status=none
whole "code in the place of a table is no table" "$scratch/whole.raw" '"Windows"'

# Boot sectors that others have damaged, a field each.
for field in filesystem_siganture mft_cluster_number total_sectors; do
	if ! archive=$(real "ntfsprogs-plus__ntfs_corrupted_images/created_manually/bs_$field/ntfs.img.tar.xz"); then
		skip "damaged boot sectors" "../shared/data is not here"
		continue
	fi
	tar -xf "$archive" -C "$scratch"
	whole "bs_$field" "$(find "$scratch" -name 'ntfs.img')" null
	find "$scratch" -name 'ntfs.img' -delete
done
finish
