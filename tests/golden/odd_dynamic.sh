#!/bin/bash
# odd_dynamic - dynamic disks in rare states, and databases that are made to
# harm: loops, huge counts, parts that cannot be; what is sound is told, soon

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if ! tests/golden/odd_dynamic.py "$COLDMOUNT" "$scratch" > "$scratch/out"; then
	tap_failed=1
fi
cat "$scratch/out"
finish
