#!/bin/bash
# library.sh - programs that know nothing but the installed header and library:
# the examples say what the tool says, of files and of bytes that they read

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if [ "$MODE" != plain ]; then
	skip "the examples" "the plain build is what is installed"
	finish
fi
sample_machine
disks=("$machine/disk0.raw" "$machine/disk1.raw")
root=$scratch/root
export PKG_CONFIG_PATH=$root/lib/pkgconfig LD_LIBRARY_PATH=$root/lib
ok "the library is installed" make install CC="${CC:-cc}" PREFIX="$root"
for name in mounts query; do
	# shellcheck disable=SC2046,SC2086 # the flags are to be split
	ok "samples/examples/$name.c is built" ${CC:-cc} -std=c11 -Wall \
		-Wextra -Werror "samples/examples/$name.c" \
		-o "$scratch/$name" $(pkg-config --cflags --libs coldmount)
done

# shellcheck disable=SC2046,SC2086
ok "a program with threads is built" ${CC:-cc} -std=c11 -D_GNU_SOURCE -Wall \
	-Wextra -Werror tests/cli/threads.c -o "$scratch/threads" -pthread \
	$(pkg-config --cflags --libs coldmount)
is "machines in several threads at once give the same report" \
	"$("$scratch/threads" "${disks[@]}")" 0

# shellcheck disable=SC2046,SC2086
ok "a careless program is built" ${CC:-cc} -std=c11 -D_GNU_SOURCE -Wall \
	-Wextra -Werror tests/cli/careless.c -o "$scratch/careless" \
	$(pkg-config --cflags --libs coldmount)
is "it is told what it did wrong" "$("$scratch/careless" "${disks[0]}" 2>&1
	echo $?)" 0

"$COLDMOUNT" -q --json --partial-ok "${disks[@]}" > "$scratch/report.json"
is "letters and directories, one by one" \
	"$("$scratch/mounts" "${disks[@]}" | LC_ALL=C sort)" \
	"$(tests/golden/mounts.py "$scratch/report.json" | LC_ALL=C sort)"
is "of no image: nothing" "$("$scratch/mounts" 2>&1; echo $?)" 0
is "of an image that is not there: nothing" \
	"$("$scratch/mounts" "$scratch/none" 2>&1; echo $?)" 0

query='SELECT Name, FileSystem, Capacity FROM Win32_Volume'
is "a query of bytes that the program reads" \
	"$("$scratch/query" "$query" "${disks[0]}")" \
	"$("$COLDMOUNT" query -q "$query" "${disks[0]}")"
ntfs=$(mmls "${disks[0]}" | awk '$1 ~ /:$/ && $3 ~ /^[0-9]/ { print $3 }' |
	while read -r start; do
		fsstat -o "$start" "${disks[0]}" 2> "$scratch/log" |
			grep -c 'File System Type: NTFS'
	done | grep -c 1)
is "it answers with all volumes" "$("$scratch/query" "$query" "${disks[0]}" |
	grep -c '^FileSystem *: NTFS')" "$ntfs"
is "a wrong query" "$("$scratch/query" 'SELECT' "${disks[0]}" 2>&1)" \
	"$("$COLDMOUNT" query -q SELECT "${disks[0]}" 2>&1 |
		sed 's/^coldmount: //')"

# The bytes of a container that is one file are found out as a file's are.
for format in vpc vhdx vdi qcow2; do
	qemu-img convert -f raw -O $format "${disks[0]}" \
		"$scratch/disk.$format" 2> "$scratch/log" ||
		fail "qemu-img makes $format" "$(cat "$scratch/log")"
	is "bytes of $format" \
		"$("$scratch/query" "$query" "$scratch/disk.$format")" \
		"$("$scratch/query" "$query" "${disks[0]}")"
done
finish
