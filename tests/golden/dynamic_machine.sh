#!/bin/bash
# dynamic_machine - a Windows whose letters and folders lead onto the dynamic
# volumes of ten more images: put together from real dynamic disks, and a system
# disk that is made for them

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if ! archive=$(real mdbooth__libldm/test/data/ldm-data.tar.xz); then
	skip "dynamic disks" "../shared/data is not here"
	finish
fi
work=$scratch dir=$scratch bin=$SAMPLE_BIN
export work dir bin
# shellcheck source=samples/lib.sh
. samples/lib.sh
tar -xf "$archive" -C "$scratch"

signature=0d15c000
system=$scratch/system.raw
simple=6e30daae-8e42-40fb-9af0-807416c3fede
spanned=fad18ad4-5054-4dea-8fe3-ca433d5fe1d1
raid=f8528b30-cbe8-4ce0-9188-e60e39afcc72
mirror=1010eeb7-09e4-4a6d-9c43-6753ec9d3af2
striped=e5396ff0-7477-4b1a-91e8-476b9b5c6fb5
name_of_raid=3f8c2a10-9d1e-11eb-8a01-525400c01d01

truncate -s $((32 * mib)) "$system"
sfdisk -q --no-reread --no-tell-kernel "$system" <<-END
	label: dos
	label-id: 0x$signature
	start=2048, type=7
END
# The spanned volume's id has its bytes in the order of the text.
"$bin/hivebuild" "$scratch/SYSTEM" <<-END
	time 2012-09-15T10:11:12Z
	key Select
	dword Current 1
	key ControlSet001\\Control\\ComputerName\\ComputerName
	sz ComputerName DYNAMIC
	key MountedDevices
	mbr \\DosDevices\\C: $signature $mib
	dmio \\DosDevices\\E: $simple
	hex \\DosDevices\\F: $(printf DMIO:ID: | xxd -p)$(echo $spanned | tr -d -)
	dmio \\DosDevices\\X: $striped
	dmio \\??\\Volume{$name_of_raid} $raid
END
ntfs_volume disk0/p1 "$system" $mib $((31 * mib)) 00000000000000dd System
script disk0/p1 \
	"copy /Windows/System32/config/SYSTEM \"$scratch/SYSTEM\""
script disk0/p1 "mount /Mount/Raid $name_of_raid"
script disk0/p1 "mount /Mount/Mirror $mirror"
fill disk0/p1 "$system" || fail "the system volume is filled"

# analyse NAME STATUS DISK...
analyse() {
	local name=$1 want=$2 status=0

	shift 2
	"$COLDMOUNT" -q --json "$@" > "$scratch/$name" 2> "$scratch/errors" ||
		status=$?
	is "$name: exit status" "$status" "$want"
	ok "$name: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/$name"
}

# says NAME EXPRESSION WANTED
says() {
	is "$1: $2" "$(tests/golden/query.py "$scratch/$1" "$2")" "$3"
}

label='(lambda id: next((v["label"] for v in d["volumes"] if v["id"] == id), None))'
letters="[[n['name'][12:], $label(n['volume']), n['certainty'], n['dynamicIdOrder']] for n in d['names'] if n['kind'] == 'drive-letter']"
folders="[[m['directory'], $label(m['volume']), m['tier'], m['certainty']] for m in d['mountPoints'] if m['kind'] == 'directory']"

analyse whole 0 "$system" "$scratch"/ldm-2003r2-*.img
# E: and F: stand in the dynamic disks' own database as well, X: does not.
says whole "$letters" '[["C:", "System", "single", null], ["E:", "Simple", "confirmed", "windows"], ["F:", "Spanned", "confirmed", "printed"], ["X:", "Striped", "single", "windows"]]'
says whole "$folders" '[["C:\\Mount\\Mirror", "Mirrored", "ldm-guid", "single"], ["C:\\Mount\\Raid", "Raid5", "registry", "single"]]'
says whole "sorted((p['path'], v['label']) for v in d['volumes'] for p in v['accessPaths'] if v['kind'] == 'ldm')" \
	'[["C:\\Mount\\Mirror\\", "Mirrored"], ["C:\\Mount\\Raid\\", "Raid5"], ["E:\\", "Simple"], ["F:\\", "Spanned"], ["X:\\", "Striped"]]'
tests/golden/check_citations.py "$scratch/whole" "$system" \
	"$scratch"/ldm-2003r2-*.img || tap_failed=1

# X: is G: in the database; no letter leads to those of the folders, and to J:.
says whole 'sorted(f["message"].split(": ", 1)[1] for f in d["findings"] if f["code"] == "CM0619")' \
	'["the database of the dynamic disks says that it had the letter G:; the registry calls it X:.", "the database of the dynamic disks says that it had the letter H:; no letter in a registry leads to it.", "the database of the dynamic disks says that it had the letter I:; no letter in a registry leads to it.", "the database of the dynamic disks says that it had the letter J:; no letter in a registry leads to it."]'

# A column of the RAID-5, a side of the mirror and a part of the stripe gone.
analyse without 4 "$system" "$scratch"/ldm-2003r2-{simple,spanned}-*.img \
	"$scratch"/ldm-2003r2-{striped-1,mirrored-2,raid5-1,raid5-3}.img
says without "$letters" '[["C:", "System", "single", null], ["E:", "Simple", "confirmed", "windows"], ["F:", "Spanned", "confirmed", "printed"], ["X:", "Striped", "single", "windows"]]'
says without "$folders" '[["C:\\Mount\\Mirror", "Mirrored", "ldm-guid", "single"], ["C:\\Mount\\Raid", "Raid5", "registry", "single"]]'

is "the tree names them and their disks" \
	"$("$COLDMOUNT" -q --partial-ok "$system" "$scratch"/ldm-2003r2-*.img |
		grep -c '→ the dynamic volume Stripe1 on disk [0-9]*, [0-9]* ')" 1

# Of E: all is there, of F: and X: nothing, of which Windows lists nothing.
is "a volume without any of its disks is no object" "$("$COLDMOUNT" query -q \
	--partial-ok -f csv 'SELECT Name FROM CIM_LogicalDevice WHERE
	Name LIKE "_:%"' "$system" "$scratch"/ldm-2003r2-simple-1.img |
	tr -d '\r' | sort)" '"C:"
"C:\"
"E:"
"E:\"
"Name"'

# The system disk alone: its names lead nowhere, and say so.
analyse alone 4 "$system"
says alone "$letters" '[["C:", "System", "single", null], ["E:", null, "not-in-evidence", null], ["F:", null, "not-in-evidence", null], ["X:", null, "not-in-evidence", null]]'
says alone "$folders" '[["C:\\Mount\\Mirror", null, null, "not-in-evidence"], ["C:\\Mount\\Raid", null, "registry", "not-in-evidence"]]'

# Ids of what is no volume: a dynamic disk, its group, and the places of an MBR
# where partitions were before the disk was made dynamic.
cat > "$scratch/names.reg" <<-'END'
	Windows Registry Editor Version 5.00

	[HKEY_LOCAL_MACHINE\SYSTEM\Select]
	"Current"=dword:00000001

	[HKEY_LOCAL_MACHINE\SYSTEM\MountedDevices]
	"\\DosDevices\\E:"=hex:44,4d,49,4f,3a,49,44,3a,79,d9,97,ce,bb,fa,9b,4e,b4,4c,7d,95,80,ae,1f,53
	"\\DosDevices\\F:"=hex:44,4d,49,4f,3a,49,44,3a,fc,c4,c0,03,6f,8b,2b,40,94,31,4b,e2,e5,82,3b,1c
	"\\DosDevices\\H:"=hex:63,e9,1c,90,00,7e,00,00,00,00,00,00
	"\\DosDevices\\J:"=hex:5f,e9,1c,90,00,7e,00,00,00,00,00,00
END
analyse no-volumes 0 --reg "$scratch/names.reg" "$scratch"/ldm-2003r2-*.img
says no-volumes '[(n["name"][12:], n["volume"], n["certainty"]) for n in d["names"]]' \
	'[["E:", null, "stale"], ["F:", null, "stale"], ["H:", null, "stale"], ["J:", null, "stale"]]'
says no-volumes '[f["message"].split(", ", 1)[1] for f in d["findings"] if f["code"] == "CM0632"]' \
	'["which is the dynamic disk Disk5, not a volume.", "which is the dynamic disks'"'"' group Red-nzv8x6obywgDg0, not a volume.", "byte offset 32256, where a partition is, but no volume; a part of the dynamic volume Stripe1 begins there.", "byte offset 32256, where a partition is, but no volume; the dynamic volume Volume1 begins there."]'
finish
