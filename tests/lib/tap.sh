# shellcheck shell=sh
# tap.sh - what the test scripts share; included with `. tests/lib/tap.sh'
#
# A script is started by tests/run at the top of the tree, which sets COLDMOUNT,
# BUILD, SAMPLE_BIN and MODE. It ends with `finish'.

export LC_ALL=C
export PATH="$PATH:/usr/sbin:/sbin"
: "${BUILD:=build/plain}" "${COLDMOUNT:=$BUILD/coldmount}"
: "${SAMPLE_BIN:=build/samples}" "${MODE:=plain}"
tap_failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

pass() {
	echo "ok $1"
}

# fail NAME [WHY...]
fail() {
	echo "not ok $1"
	shift
	for tap_why; do
		printf '%s\n' "$tap_why" | sed 's/^/# /'
	done
	tap_failed=1
}

skip() {
	echo "skip $1: $2"
}

# ok NAME COMMAND...: the command succeeds.
ok() {
	tap_name=$1
	shift
	if tap_out=$("$@" 2>&1); then
		pass "$tap_name"
	else
		fail "$tap_name" "$tap_out"
	fi
}

# is NAME GOT WANT: two texts are the same.
is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "got:  $2" "want: $3"
	fi
}

# real PATH: where a file of the shared test data lies; fails where it is absent.
real() {
	[ -e "../shared/data/$1" ] && echo "../shared/data/$1"
}

# tap COMMAND...: its lines are the test's.
tap() {
	"$@" || tap_failed=1
}

# sample_machine: build it in $machine; the test ends where that fails.
sample_machine() {
	machine=$scratch/machine
	export BIN="$SAMPLE_BIN"
	if ! samples/make-machine "$machine" > "$scratch/log" 2>&1; then
		fail "the sample machine is built" \
			"$(tail -n 5 "$scratch/log")"
		finish
	fi
}

finish() {
	exit $tap_failed
}
