#!/bin/sh
# samples.sh - other programs find in the sample machine and its containers what
# its builder says is there, so that the tests that rest on it rest on more than
# our word

# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if [ "$MODE" != plain ]; then
	skip "the sample machine" "it does not depend on how the tool is built"
	finish
fi
BIN=$SAMPLE_BIN
export BIN
if ! samples/make-machine "$scratch/machine" > "$scratch/log" 2>&1 ||
	! samples/make-containers "$scratch/machine" >> "$scratch/log" 2>&1; then
	fail "the sample machine is built" "$(tail -n 5 "$scratch/log")"
	finish
fi
ok "what the builder says is in the repository" \
	diff samples/expected.tsv "$scratch/machine/expected.tsv"
samples/verify "$scratch/machine" > "$scratch/verified" || tap_failed=1
sed -e 's/^ok  */ok /' -e 's/^BAD */not ok /' -e 's/^     /#    /' \
	"$scratch/verified"
finish
