#!/bin/bash
# lost_parts - volumes over several dynamic disks of which some are missing or
# cut: what is here is read, and what is not is one finding, not one a record

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if ! BIN=$SAMPLE_BIN samples/make-bulk "$scratch" 3000 20 600 \
	> "$scratch/log" 2>&1; then
	fail "the volume is made" "$(tail -n 5 "$scratch/log")"
	finish
fi
if ! tests/golden/lost_parts.py "$COLDMOUNT" "$scratch" > "$scratch/out"; then
	tap_failed=1
fi
cat "$scratch/out"
finish
