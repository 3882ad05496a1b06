#!/bin/sh
# symbols.sh - what the linker leaves to be seen from outside
#
# Debian's libewf, libvhdi and libqcow each export a libbfio of their own; one
# of ours that could be seen would be mixed with them, and every E01 crash.

# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

exported() {
	nm -D --defined-only "$1" | awk '{ print $3 }' | sed 's/@.*//' | sort
}

is "the tool hides libbfio and what needs it" \
	"$(exported "$COLDMOUNT" | grep -E '^lib(bde|bfio|fsntfs|vshadow)_')" ""
if [ "$MODE" != plain ]; then
	skip "the library exports cm_* only" "sanitizers add their own"
	finish
fi
shared=$(echo "$BUILD"/libcoldmount.so.*)
is "the library exports cm_* only" "$(exported "$shared" | grep -v '^cm_')" ""
is "the library exports what the header declares" "$(exported "$shared")" \
	"$(sed -n '/^CM_API/,/;/p' include/coldmount/coldmount.h |
		grep -oE 'cm_[a-z_]+\(' | tr -d '(' | sort -u)"
is "the library has a soname" \
	"$(readelf -d "$shared" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')" \
	libcoldmount.so.0
finish
