#!/bin/bash
# hostile - a damaged machine is reported on, or refused, within bounds; half a
# minute of changes, the same each time, and what is no image at all

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

sample_machine
if TMPDIR=$scratch tests/golden/hostile.py "$COLDMOUNT" "$machine" \
	"${HOSTILE_SECONDS:-30}" 1 > "$scratch/out"; then
	pass "changed machines are reported on within bounds"
else
	tap_failed=1
fi
cat "$scratch/out"

# refused NAME FILE: status 3, a whole document, and soon.
refused() {
	local status=0

	timeout 10 "$COLDMOUNT" -q --json "$2" > "$scratch/report" || status=$?
	is "$1: exit status" "$status" 3
	ok "$1: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/report"
}

mkfifo "$scratch/fifo"
: > "$scratch/empty"
head -c 100 "$machine/disk0.raw" > "$scratch/tiny"
ln -s loop "$scratch/loop"
refused "a directory" "$machine"
refused "a FIFO" "$scratch/fifo"
refused "an empty file" "$scratch/empty"
refused "a file of 100 bytes" "$scratch/tiny"
refused "a link to itself" "$scratch/loop"
refused "/dev/zero" /dev/zero
refused "/dev/null" /dev/null
refused "no file" "$scratch/none"
finish
