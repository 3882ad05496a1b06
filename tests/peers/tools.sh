#!/bin/sh
# tools.sh - The Sleuth Kit and libfsntfs are asked what our report says, of the
# sample machine and of disks that others made
#
# The E01 among them is also the test that our libbfio and libewf's do not meet.

# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

ask() {
	tests/peers/ask.py "$COLDMOUNT" "$@" || tap_failed=1
}

BIN=$SAMPLE_BIN
export BIN
if samples/make-machine "$scratch/machine" > "$scratch/log" 2>&1; then
	ask "$scratch/machine/disk0.raw" "$scratch/machine/disk1.raw"
else
	fail "the sample machine is built" "$(tail -n 5 "$scratch/log")"
fi

for file in sleuthkit__sleuthkit/test/data/imageformat_mmls_1.E01 \
	sleuthkit__sleuthkit/test/data/image.vmdk; do
	if path=$(real "$file"); then
		ask "$path"
	else
		skip "$file" "no shared data"
	fi
done
for name in vss_1_vol vss_2_stor; do
	file=msuhanov__dfir_ntfs/test_data/$name.tar.gz
	if path=$(real "$file"); then
		tests/lib/unpack "$path" "build/data/$file"
		ask "$(find "build/data/$file" -type f -size +1M | head -n 1)"
	else
		skip "$file" "no shared data"
	fi
done
finish
