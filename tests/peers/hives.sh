#!/bin/bash
# hives.sh - hivex and libregf are asked what is in each hive that others made:
# keys and their times, values, types and data are what we read
#
# A hive that neither can read gives something with us all the same, or a
# finding.

set -u
export LC_ALL=C
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if ! [ -d ../shared/data ]; then
	skip "hives of others" "../shared/data is not here"
	finish
fi

# Without one of them the tests below would compare nothing with nothing.
for peer in coldmount hivex libregf; do
	ok "dump_$peer is there" test -x "$BUILD/dump_$peer"
done
[ "$tap_failed" -eq 0 ] || finish

# Both hand out names that end with their first NUL.
ours() {
	"$BUILD/dump_coldmount" "$@" 2> "$scratch/findings" |
		sed -E 's/<U\+0000>[^\t/]*//g' | sort > "$scratch/ours"
}

# ask PEER HIVE: what it reads, as $scratch/PEER; fails where it cannot.
ask() {
	"$BUILD/dump_$1" "$2" > "$scratch/unsorted" 2> "$scratch/$1.errors" ||
		return
	sort "$scratch/unsorted" > "$scratch/$1"
}

# only FILE OTHER: the lines that only FILE has.
only() {
	comm -23 "$scratch/$1" "$scratch/$2"
}

# Beside what hivex says that it cannot read, there is no difference.
as_hivex() {
	local missed

	if has_foreign_child; then
		as_listed "$1" hivex
		return
	fi
	missed=$(grep -c . "$scratch/hivex.errors")
	is "$1: as hivex reads it" "$(only hivex ours
		only ours hivex | tail -n "+$((missed + 1))")" ""
}

# The lines of a hive in which a key lists what another key has, by its list and
# by the child's own word: the others follow the list, and have the child twice.
has_foreign_child() {
	grep -q "CM0414.*lists it too, and has it" "$scratch/findings"
}

# NAME FILE: what the other one has beside us is a child of another key, with
# the name and the time that it has there; we have as many in their place.
as_listed() {
	local what='s#^key\t.*/#key\t#' n

	n=$(only "$2" ours | grep -c .)
	is "$1: as $2 reads it, but for another key's child" "$(
		comm -23 <(only "$2" ours | sed "$what" | sort -u) \
			<(sed "$what" "$scratch/ours" | sort -u)
		only ours "$2" | tail -n "+$((n + 1))")" ""
}

# libregf 20201007 has zeros for data of less than four bytes, and strings that
# end early; reads 8-bit names as those of code page 1252; and gives no value
# whose data it cannot read. Where it differs, hivex must agree with us.
as_libregf() {
	local n

	if has_foreign_child; then
		as_listed "$1" libregf
		return
	fi
	: > "$scratch/others"
	[ -s "$scratch/hivex" ] && cp "$scratch/hivex" "$scratch/others"
	only ours libregf | sort > "$scratch/differ"
	n=$(comm -23 "$scratch/differ" "$scratch/others" | grep -c .)
	if [ -s "$scratch/libregf.errors" ]; then
		is "$1: as libregf reads it, as far as it can" \
			"$(only libregf ours)" ""
	else
		is "$1: as libregf reads it, or hivex" "$n" 0
	fi
}

compare() {
	local readable=

	rm -f "$scratch/hivex" "$scratch/libregf"
	ours "$2"
	if ask hivex "$2"; then
		as_hivex "$1"
		readable=1
	fi
	if ask libregf "$2"; then
		as_libregf "$1"
		readable=1
	fi
	[ -n "$readable" ] ||
		ok "$1: read, or a finding, where no other reads it" \
			test -s "$scratch/ours" -o -s "$scratch/findings"
}

while read -r file; do
	name=${file#../shared/data/}
	case $file in
	*.xz) [ "$(xz -dc "$file" 2> /dev/null | head -c 4 | tr -d '\0')" = \
		regf ] || continue
		xz -dc "$file" > "$scratch/hive"
		file=$scratch/hive ;;
	*) [ "$(head -c 4 "$file" | tr -d '\0')" = regf ] || continue ;;
	esac
	compare "$name" "$file"
done < <(find -L ../shared/data -type f | sort)

# as_windows NAME HIVE RECOVERED: what Windows itself made of a dirty hive, as
# hivex reads that, is what we make of it.
as_windows() {
	rm -f "$scratch/hivex"
	ours "$2" "$2.LOG1" "$2.LOG2"
	ok "$1: hivex reads what Windows made" ask hivex "$3"
	is "$1" "$(only hivex ours 2>&1; only ours hivex 2>&1)" ""
}

if yarp=$(real msuhanov__yarp/hives_for_tests); then
	as_windows "recovered as by Windows 10" \
		"$yarp/NewDirtyHive1/NewDirtyHive" \
		"$yarp/NewDirtyHive1/RecoveredHive_Windows10"
	as_windows "recovered as by Windows 7" \
		"$yarp/OldDirtyHive/OldDirtyHive" \
		"$yarp/OldDirtyHive/RecoveredHive_Windows7"
else
	skip "recovered as by Windows" "no shared data"
fi
finish
