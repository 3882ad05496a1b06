#!/bin/bash
# free_space - FreeSpace of FAT and exFAT volumes is what fsck.fat and
# dump.exfat count

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh
PATH=$PATH:/usr/sbin:/sbin

# free IMAGE: what a query says
free() {
	"$COLDMOUNT" query -q --partial-ok -f csv \
		"SELECT FreeSpace, BlockSize FROM Win32_Volume" "$1" |
		tr -d '"\r' | sed -n 2p
}
# free_by_fsck IMAGE: "FILE: 5 files, 13/2847 clusters"
free_by_fsck() {
	fsck.fat -n -v "$1" > "$scratch/fsck" 2>&1
	awk '/bytes per cluster/ { size = $1 }
		match($0, /[0-9]+\/[0-9]+ clusters/) {
			split(substr($0, RSTART, RLENGTH), n, "[/ ]")
			print (n[2] - n[1]) * size "," size
		}' "$scratch/fsck"
}

head -c 70000 /dev/urandom > "$scratch/a"
for row in 12:2:1 12:1440k:1 16:16:4 16:100:4 32:64:1 32:300:8; do
	IFS=: read -r bits size cluster <<< "$row"
	image=$scratch/fat$bits.$size
	truncate -s "${size%k}$([[ $size = *k ]] && echo K || echo M)" "$image"
	mkfs.fat -F "$bits" -s "$cluster" "$image" > /dev/null 2>&1
	for i in 1 2 3 4 5 6; do
		mcopy -i "$image" "$scratch/a" "::f$i"
	done
	mdel -i "$image" ::f2 ::f4
	is "FAT$bits, $size, $cluster sectors a cluster" "$(free "$image")" \
		"$(free_by_fsck "$image")"
done

# The hint of FAT32 is stale, and no matter.
printf '\x01\x00\x00\x00' | dd of="$image" bs=1 seek=$((512 + 488)) \
	conv=notrunc status=none
is "FAT32, a stale hint" "$(free "$image")" "$(free_by_fsck "$image")"

# A FAT that cannot be read is said.
truncate -s 20000 "$image"
"$COLDMOUNT" query "SELECT FreeSpace FROM Win32_Volume" "$image" \
	> "$scratch/out" 2> "$scratch/err"
is "a FAT that is cut: the status" $? 4
is "a FAT that is cut" "$(grep -c CM0273 "$scratch/err")" 1

for row in 8:4k 64:32k 200:128k; do
	IFS=: read -r size cluster <<< "$row"
	image=$scratch/exfat.$size
	truncate -s "${size}M" "$image"
	mkfs.exfat -c "$cluster" "$image" > /dev/null 2>&1
	# Clusters in use, of no file: the bitmap is in the first one.
	heap=$(dump.exfat "$image" | awk '/^Cluster Heap Offset/ { print $NF }')
	printf '\xf5\x01\x80\xaa\xff' | dd of="$image" bs=1 conv=notrunc \
		seek=$((heap * 512 + 2)) status=none
	is "exFAT, $size MiB, $cluster a cluster" "$(free "$image")" \
		"$(dump.exfat "$image" | awk '
		/^Cluster size:/ { size = $NF }
		/^Free Clusters:/ { n = $NF }
		END { print n * size "," size }')"
done
finish
