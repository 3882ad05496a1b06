#!/bin/bash
# no_memory - where memory is refused, at whatever moment, the tool says so and
# exits with 6, or gives the same report as ever; never a wrong one

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

# A sanitizer brings a malloc() of its own.
if nm "$COLDMOUNT" | grep -q ' __asan_init'; then
	skip "memory that is refused" "the sanitizers hand it out here"
	finish
fi
machine=$scratch/machine
export BIN=$SAMPLE_BIN
{
	DIRTY_HIVE=1 samples/make-machine "$machine" &&
		samples/make-containers "$machine" vhdx-log qcow2-child &&
		"${CC:-cc}" -shared -fPIC -o "$scratch/refuse.so" \
			tests/golden/refuse_memory.c
} > "$scratch/log" 2>&1 ||
	fail "machine and malloc() are built" "$(tail -n 5 "$scratch/log")"

# What other people's libraries do is theirs.
REFUSE_END=$(nm "$COLDMOUNT" |
	awk '$3 ~ /^lib(bde|bfio|fsntfs|vshadow)_/ { print $1 }' | sort | head -n 1)
export REFUSE_END

# refusing N OPTION... : as coldmount, but the N-th request is refused.
refusing() {
	rf_n=$1
	shift
	REFUSE=$rf_n LD_PRELOAD=$scratch/refuse.so "$COLDMOUNT" -q "$@"
}

# shellcheck disable=SC2317 # ok() calls it
# try STEP OPTION...: refuse each STEP-th request in turn.
try() {
	tr_step=$1
	shift
	"$COLDMOUNT" -q "$@" > "$scratch/want" 2> /dev/null
	tr_want=$?
	tr_n=$(REFUSE_COUNT=1 refusing 0 "$@" 2>&1 > /dev/null | tail -n 1)
	tr_refused=0
	for ((i = 1; i <= tr_n; i += tr_step)); do
		refusing "$i" "$@" > "$scratch/got" 2> /dev/null
		tr_status=$?
		if [ "$tr_status" -eq 6 ]; then
			tr_refused=$((tr_refused + 1))
		elif [ "$tr_status" -ne "$tr_want" ] ||
			! cmp -s "$scratch/want" "$scratch/got"; then
			echo "request $i of $tr_n: status $tr_status"
			return 1
		fi
	done
	# Nearly every request is needed for something.
	[ $((tr_refused * tr_step * 2)) -gt "$tr_n" ] && [ "$tr_n" -gt 100 ]
}

disks=("$machine/disk0.raw" "$machine/disk1.raw")
ok "one request refused, for a report as JSON" try 7 --json "${disks[@]}"
ok "for all that a tree can tell" try 31 -v --scan full "${disks[@]}"
ok "for what diskpart would list" try 13 -f diskpart "${disks[@]}"
ok "for a QCOW2 with a backing file" \
	try 7 --json "$machine/qcow2-child/disk0.qcow2"
ok "for a VHDX whose log is replayed" try 7 --json "$machine/vhdx-log/disk0.vhdx"
cp "${disks[0]}" "$scratch/copied.raw"
tests/golden/shadow_build.py "$scratch/copied.raw" 9437184 33554432 "${disks[0]}"
ok "for shadow copies" try 31 --shadows --json "$scratch/copied.raw"
export REFUSE_REST=1
ok "one and all that follow" try 29 --json "${disks[@]}"
unset REFUSE_REST
statuses=
for i in 1 2 3 4 5 6; do
	refusing $i -o "$scratch/out.json" "${disks[0]}" 2> /dev/null
	statuses="$statuses $?"
done
is "opening the output is no other matter" "$statuses" ' 6 6 6 6 6 6'
is "and leaves nothing behind" "$(find "$scratch" -name 'out.json' -o \
	-name '.coldmount-*')" ''
finish
