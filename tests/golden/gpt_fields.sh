#!/bin/bash
# gpt_fields - each field of a GPT changed alone, in one copy or in both: what the
# table said is answered all the same, and the change is told

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if ! tests/golden/gpt_fields.py "$COLDMOUNT" "$scratch" > "$scratch/out"; then
	tap_failed=1
fi
cat "$scratch/out"
finish
