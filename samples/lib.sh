# shellcheck shell=sh disable=SC2034,SC2154 # variables of who includes it
# SPDX-License-Identifier: MIT
#
# lib.sh - what the sample scripts share: making volumes, writing GUIDs and
# unique ids as Windows does, and writing down what a report must say.
#
# A volume is called by its partition: disk0/p2 is the second partition of the
# first disk by Windows' count (containers are not counted, the MSR is).
# Uses: $bin, the helpers; $dir, the machine; $work, a scratch directory.

mib=1048576

# Every program that stamps what it writes believes it is this second.
frozen() {
	TZ=UTC faketime -f '2021-03-04 05:06:07' "$@"
}

# le BYTES NUMBER: the number's bytes in hex, least significant first.
le() {
	le_digits=$(printf "%0$(($1 * 2))x" "$2")
	le_out=
	while [ -n "$le_digits" ]; do
		le_rest=${le_digits#??}
		le_out=${le_digits%"$le_rest"}$le_out
		le_digits=$le_rest
	done
	printf %s "$le_out"
}

# stable_guid SIGNATURE OFFSET: the name that Windows 10 computes for a volume
# of an MBR disk: the 16 bytes {signature, 0, offset}, printed as a GUID.
stable_guid() {
	sg=$(le 8 "$2")
	printf '%s-0000-0000-%s-%s' "$1" "${sg%????????????}" "${sg#????}"
}

# mbr_id SIGNATURE OFFSET, dmio_id GUID: unique ids as MountedDevices has them.
mbr_id() {
	printf %s%s "$(le 4 "0x$1")" "$(le 8 "$2")"
}

dmio_id() {
	printf '444d494f3a49443a%s%s%s%s' "$(le 4 "0x${1%%-*}")" \
		"$(le 2 "0x$(echo "$1" | cut -d- -f2)")" \
		"$(le 2 "0x$(echo "$1" | cut -d- -f3)")" \
		"$(echo "$1" | cut -d- -f4,5 | tr -d -)"
}

# expect KIND KEY FIELD=VALUE...: one line of what a report must say.
expect() {
	ex=$1
	shift
	for ex_field; do
		ex=$ex$(printf '\t%s' "$ex_field")
	done
	printf '%s\n' "$ex" >> "$dir/expected.tsv"
}

# script VOLUME TEXT...: one line of the script that fills the volume.
script() {
	sc=$work/$(echo "$1" | tr / -).script
	shift
	printf '%s\n' "$*" >> "$sc"
}

# A path as Windows writes it.
dos_path() {
	printf %s "$1" | sed 's,/,\\,g'
}

# place FILE IMAGE OFFSET: puts a volume into a disk image, holes stay holes.
place() {
	dd if="$1" of="$2" bs=64K seek="$(($3 / 65536))" conv=notrunc,sparse \
		status=none
	rm "$1"
}

# ntfs_volume VOLUME IMAGE OFFSET LENGTH SERIAL64 LABEL [SECTOR-SIZE]
#
# mkntfs derives the serial from the clock: two volumes made in one second would
# share it. So it is given, and written by ntfsbuild.
ntfs_volume() {
	nv_sector=${7:-512}
	truncate -s "$4" "$work/volume"
	# it warns of a regular file, and is told to go on
	frozen mkntfs -q -F -f -s "$nv_sector" -c 4096 -L "$6" -H 255 -S 63 \
		-p "$(($3 / nv_sector))" "$work/volume" 2> "$work/mkntfs.err" ||
		{ cat "$work/mkntfs.err" >&2; exit 1; }
	place "$work/volume" "$2" "$3"
	printf '%s %s\n' "$3" "$4" > "$work/$(echo "$1" | tr / -).where"
	script "$1" "serial $5"
	ns=$(echo "$5" | cut -c9-12)-$(echo "$5" | cut -c13-16)
	expect volume "$1" fileSystem=NTFS "label=$6" \
		"serial=$(echo "$ns" | tr a-f A-F)" "serial64=$5"
}

# fill VOLUME IMAGE: runs the volume's script.
fill() {
	fi_name=$work/$(echo "$1" | tr / -)
	read -r fi_offset fi_length < "$fi_name.where"
	"$bin/ntfsbuild" "$2" "$fi_offset" "$fi_length" < "$fi_name.script"
}

# mount_point HOST PATH GUID VOLUME TIER CERTAINTY DIRECTORY
#
# VOLUME is - where the report can name none. DIRECTORY is the path in the
# machine's namespace.
mount_point() {
	script "$1" "mount \"$2\" $3"
	expect_mount present "$@"
}

# expect_mount STATE HOST PATH GUID VOLUME TIER CERTAINTY DIRECTORY
expect_mount() {
	expect mountPoint "$2:$(dos_path "$3")" kind=directory "state=$1" \
		"target=\\??\\Volume{$4}\\" "volume=$5" "tier=$6" \
		"certainty=$7" "directory=$8"
}

# reparse VOLUME PATH TAG KIND TARGET COMMAND...: any other reparse point.
reparse() {
	rp_volume=$1
	rp_path=$2
	expect reparsePoint "$1:$(dos_path "$2")" "tag=$3" "kind=$4" "target=$5"
	shift 5
	rp_verb=$1
	shift
	script "$rp_volume" "$rp_verb \"$rp_path\" $*"
}
