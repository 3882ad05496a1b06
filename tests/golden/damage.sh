#!/bin/bash
# damage - the sample machine with damaged tables and volumes: what can be read
# is answered, and what was repaired in memory is a finding

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

machine=$scratch/machine
export BIN=$SAMPLE_BIN
if ! samples/make-machine "$machine" > "$scratch/log" 2>&1; then
	fail "the sample machine is built" "$(tail -n 5 "$scratch/log")"
	finish
fi
tests/golden/damage.py "$COLDMOUNT" "$machine" "$scratch" || tap_failed=1
finish
