#!/bin/bash
# devices - device numbers, both ways, and the extents of volumes, as Windows
# gives them to programs

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

sample_machine
disks=("$machine/disk0.raw" "$machine/disk1.raw")

# ask EXPRESSION VERB TARGET IMAGE...: of the answer in JSON.
ask() {
	local expression=$1 verb=$2 target=$3

	shift 3
	"$COLDMOUNT" "$verb" -q --partial-ok --json "$target" "$@" \
		> "$scratch/$verb" 2> "$scratch/err" &&
		tests/golden/query.py "$scratch/$verb" "$expression"
}

# devices TARGET IMAGE...: disk and partition that it may mean.
devices() {
	ask '[[x["deviceNumber"], x["partitionNumber"], x["certainty"]]
		for x in d["deviceNumbers"]]' device-number "$@"
}

tap tests/golden/devices.py sample "$COLDMOUNT" "$machine/expected.tsv" \
	"${disks[@]}"
guid=d1500001-7a2b-4c3d-8e4f-0123456789ab
for name in D: "d:\\" $guid "{$(echo $guid | tr a-f A-F)}" \
	"\\\\?\\Volume{$guid}\\" '\\.\Harddisk1Partition2' \
	'\Device\Harddisk1\Partition2' disk1/partition2 1:2; do
	is "the volume by $name" "$(ask '[[x["volume"], x["partition"],
		sorted(p["path"] for v in x["volumes"] for p in v["accessPaths"]
			if len(p["path"]) < 16)]
		for x in d["deviceNumbers"]]' device-number "$name" \
		"${disks[@]}")" \
		'[["volume5", "disk1/p2", ["C:\\Mount\\Work\\", "D:\\"]]]'
done
is "a disk, and all that lies on it" "$(ask '[[x["partitionNumber"],
	x["device"], [v["partition"] for v in x["volumes"]]]
	for x in d["deviceNumbers"]]' device-number 1 "${disks[@]}")" \
	'[[0, "\\Device\\Harddisk1\\Partition0", ["disk1/p2", "disk1/p3", "disk1/p4"]]]'
is "a drive for CD-ROMs" "$(ask '[[x[k] for k in ("deviceType",
	"deviceTypeName", "deviceNumber", "partitionNumber", "certainty")]
	for x in d["deviceNumbers"]]' device-number K: "${disks[@]}")" \
	'[[2, "FILE_DEVICE_CD_ROM", null, 4294967295, "not-in-evidence"]]'
# The sample's registry and the remote database of D: say otherwise of it.
is "a folder that may lead to several volumes" "$(ask '[[x["deviceNumber"],
	x["partitionNumber"], x["tier"], x["certainty"]]
	for x in d["deviceNumbers"]]' device-number 'D:\Mount\Conflict' \
	"${disks[@]}")" '[[1, 2, "registry", "conflicting"],'\
' [0, 4, "remote-database", "conflicting"]]'
is "the extents of all of these" "$(ask '[v["volume"]["partition"]
	for v in d["volumeExtents"]]' extents 'D:\Mount\Conflict' \
	"${disks[@]}")" '["disk1/p2", "disk0/p4"]'
for row in 'C:\Windows 0' 'C:\Mount\Data\Documents 1' \
	'D:\Mount\Conflict 0 1'; do
	is "disks by the path ${row%% *}" "$(ask '" ".join(str(x["diskNumber"])
		for x in d["layouts"])' layout "${row%% *}" "${disks[@]}")" \
		"${row#* }"
done
is "a disk by a path that is not there" "$(ask 0 layout 'C:\nope' \
	"${disks[@]}"; echo $?; cat "$scratch/err")" "1
coldmount: The directory \"\\\" of volume1 has no entry \"nope\"."
devices K: "${disks[@]}" > "$scratch/out"
ok "its answer satisfies the schema" tests/golden/validate.py \
	--answer deviceNumberAnswer "$scratch/device-number"
is "a volume that is away" "$(devices 'C:\Mount\Missing' "${disks[@]}"
	echo $?; grep -o 'Volume{.*}.*is not in this evidence' "$scratch/err" |
		tr -d '\\"')" "1
Volume{3f8c2a11-9d1e-11eb-8a01-525400c01d01} leads to a disk that is not in this evidence"
is "a disk that is away" "$(devices 9999999:1 "${disks[@]}"; echo $?)" 1
is "what is nothing" "$(devices 'C:x' "${disks[@]}"; echo $?)" 2
is "an installation that is not there" "$("$COLDMOUNT" device-number -q \
	--installation 7 C: "${disks[@]}" 2>&1; echo $?)" \
	"coldmount: there is no such installation
2"
is "numbers that are given" "$(devices C: --disk "5=${disks[0]}")" \
	'[[5, 2, "single"]]'
# shellcheck disable=SC1003 # paths end in a backslash
is "in words" "$("$COLDMOUNT" device-number -q --partial-ok C: "${disks[@]}")" \
	'DeviceType 7 (FILE_DEVICE_DISK), DeviceNumber 0, PartitionNumber 2
  \Device\Harddisk0\Partition2  disk0.raw  number recorded
  registry, single: MountedDevices of windows0 has C:
  volume1  NTFS "Windows" 61F2-A88F
    \\?\Volume{5ca1ab1e-0000-0000-0000-900000000000}\
    C:\'
is "an extent in words" "$("$COLDMOUNT" extents -q --partial-ok C: \
	"${disks[@]}" | sed 5q)" \
	'Volume: \\?\Volume{5ca1ab1e-0000-0000-0000-900000000000}\
   Mounted at: C:\
   Extent [1]:
       Disk:   0
       Offset: 9437184'
is "the extents of all volumes on a disk" "$(ask '[[e["startingOffset"]
	for e in v["extents"]] for v in d["volumeExtents"]]' extents 1 \
	"${disks[@]}")" '[[2097152], [35651584], [18874368]]'
ok "the extents satisfy the schema" tests/golden/validate.py \
	--answer extentsAnswer "$scratch/extents"
is "the volume that a folder leads to" "$(ask '[[v["volume"]["volume"],
	v["extents"][0]["startingOffset"]] for v in d["volumeExtents"]]' \
	extents 'C:\Mount\Data' "${disks[@]}")" '[["volume7", 18874368]]'
is "a partition without a volume" "$(ask 0 extents 1:1 "${disks[@]}"
	echo $?)" 1
"$COLDMOUNT" extents -q --binary 1 "${disks[@]}" > "$scratch/got" \
	2> "$scratch/err"
is "bytes are those of one volume" "$?$(cat "$scratch/got" "$scratch/err")" \
	"2coldmount: several volumes match, but bytes can be written for one only"
is "a shape that is none" "$("$COLDMOUNT" device-number --format binary C: x \
	2>&1 | head -n 1)" \
	"coldmount: --format: there is no 'binary'; 'coldmount help device-number' shows which there are"

# Directories of FAT and exFAT are not read; nothing in them leads elsewhere.
for row in 'F:\dir\file 0 5 volume4 FAT16 \dir\file' \
	'C:\Mount\Remote\a\b 0 5 volume4 FAT16 \a\b' \
	'E:\x 1 3 volume6 exFAT \x'; do
	read -r name disk partition volume fs inside <<< "$row"
	is "a path below a root that is not read: $name" "$(ask \
		'[" ".join([str(x["deviceNumber"]), str(x["partitionNumber"]),
			x["reason"]]) for x in d["deviceNumbers"]]' \
		device-number "$name" "${disks[@]}")" "[\"$disk $partition \
whether ${inside//\\/\\\\} is there is not known: $volume has the file system $fs, whose \
directories are not read.\"]"
	is "its extents: $name" "$(ask '[[v["volume"]["volume"], v["reason"]]
		for v in d["volumeExtents"]]' extents "$name" \
		"${disks[@]}")" "[[\"$volume\", \"whether \
${inside//\\/\\\\} is there is not known: $volume has the file system $fs, whose \
directories are not read.\"]]"
	is "its disk: $name" "$(ask '[l["diskNumber"] for l in
		d["layouts"]]' layout "$name" "${disks[@]}")" "[$disk]"
done
is "extents say so" "$("$COLDMOUNT" extents -q --partial-ok 'F:\x' \
	"${disks[@]}" | grep -c 'whether \\x is there is not known')" 1

# A partition that is gone: the registry has kept where it was, event logs its
# number.
gone() {
	"$COLDMOUNT" device-number -q --partial-ok "$1" "$scratch/gone.raw" \
		"${disks[1]}" 2>&1
}
mib=1048576 log='/Windows/System32/winevt/Logs/Microsoft-Windows-Partition%4Diagnostic.evtx'
cp --sparse=always "${disks[0]}" "$scratch/gone.raw"
none='coldmount: disk1 (PhysicalDrive1) has no partition' first=$((42 * mib))
is "a partition that is gone" "$(gone disk1/p7)" "$none 7. Once one began \
at byte $first: \"resolve disk1@$first\" shows more."
is "as is told there" "$("$COLDMOUNT" resolve -q --partial-ok disk1@$first \
	"${disks[@]}" | grep -c "a partition of $((8 * mib)) bytes began")" 1
is "none is gone of the other disk" "$(gone disk0/p7)" \
	"coldmount: disk0 (PhysicalDrive0) has no partition 7."
basic=ebd0a0a2-b9e5-4433-87c0-68b6b72699c7
"$SAMPLE_BIN/evtxbuild" "$scratch/log.evtx" <<-END
	set DiskNumber 1
	set Capacity $((64 * mib))
	gpt c01dd15c-0b1e-4c7a-9a3e-5a3b1e0d15c1
	slot $((42 * mib)) $((8 * mib)) $basic f04e4e4d-0d1e-4c7a-9a3e-5a3b1e0d15c1
	slot $((52 * mib)) $((4 * mib)) $basic f04e4e4e-0d1e-4c7a-9a3e-5a3b1e0d15c1
	slot $((99 * mib)) $((4 * mib)) $basic f04e4e4f-0d1e-4c7a-9a3e-5a3b1e0d15c1
	poke PartitionTable 72 05000000
	poke PartitionTable 216 06000000
	poke PartitionTable 360 07000000
	event
END
printf '%s\n' "delete $log" "copy $log $scratch/log.evtx" |
	"$SAMPLE_BIN/ntfsbuild" "$scratch/gone.raw" $((9 * mib)) $((32 * mib))
second=$((52 * mib))
is "one that had this number" "$(gone disk1/p5)" "$none 5. Once one began \
at byte $first (partition 5 then): \"resolve disk1@$first\" shows more."
is "by the log alone" "$(gone '\Device\Harddisk1\Partition6\x')" "$none 6. \
Once one began at byte $second (partition 6 then): \"resolve disk1@$second\" \
shows more."
is "one behind the end of the disk" "$(gone disk1/p7)" "$(gone disk1/p9 |
	sed 's/partition 9/partition 7/')"
is "none that had it" "$(gone disk1/p9)" "$none 9. Once one began at byte \
$first (partition 5 then) and one at byte $second (partition 6 then): \
\"resolve disk1@$first\" shows more."

# What the sample's registry keeps of its first disk is what lies there; its log
# keeps less.
is "the table that was kept" "$(ask '[[k["source"], k["knownDisk"], k["same"]]
	for k in d["layouts"][0]["kept"]]' layout 0 "${disks[@]}")" \
	'[["registry", "known1", true], ["event-log", "known1", false]]'
ok "the layout satisfies the schema" tests/golden/validate.py \
	--answer layoutAnswer "$scratch/layout"

# Clones: each may be meant.
cp --sparse=always "${disks[1]}" "$scratch/clone.raw"
is "a clone" "$(devices "$guid" "${disks[@]}" "$scratch/clone.raw")" \
	'[[1, 2, "ambiguous"], [2, 2, "ambiguous"]]'
is "a folder that leads to a clone" "$(devices 'C:\Mount\Data' "${disks[@]}" \
	"$scratch/clone.raw")" '[[1, 4, "ambiguous"], [2, 4, "ambiguous"]]'

# A disk without a table, and one of a pool.
truncate -s 8M "$scratch/floppy.raw"
mkfs.fat -i 0badcafe "$scratch/floppy.raw" > /dev/null
is "a volume without a table" "$(devices 0BAD-CAFE "$scratch/floppy.raw")" \
	'[[0, 0, "single"]]'
is "its disk" "$(devices 0 "$scratch/floppy.raw")" '[[0, 0, "inferred"]]'
truncate -s 64M "$scratch/pool.raw"
printf 'label: gpt\nstart=4096 size=65536 type=%s\n' \
	E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D | sfdisk -q "$scratch/pool.raw"
is "a partition of a pool" "$(ask '[[x[k] for k in ("error", "errorName",
	"deviceNumber")] for x in d["deviceNumbers"]]' device-number 0:1 \
	"$scratch/pool.raw")" '[[2, "ERROR_FILE_NOT_FOUND", null]]'

if ! archive=$(real mdbooth__libldm/test/data/ldm-data.tar.xz); then
	skip "dynamic volumes" "../shared/data is not here"
	finish
fi
tar -xf "$archive" -C "$scratch"
all=("$scratch"/ldm-2003r2-*.img)
tap tests/golden/devices.py dynamic "$COLDMOUNT" "${all[@]}"
tap tests/golden/devices.py dynamic "$COLDMOUNT" "$scratch"/ldm-2008r2-*.img
# The spanned volume without the disk on which it begins.
spanned=fad18ad4-5054-4dea-8fe3-ca433d5fe1d1
rest=()
for disk in "${all[@]}"; do
	[ "$disk" = "$scratch/ldm-2003r2-spanned-2.img" ] || rest+=("$disk")
done
is "a disk is missing" "$(ask '[[v["allHere"], [e["disk"] is None
	for e in v["extents"]]] for v in d["volumeExtents"]]' extents $spanned \
	"${rest[@]}")" '[[false, [true, false]]]'
is "what the database says of the part that is missing" \
	"$("$COLDMOUNT" extents -q --partial-ok $spanned "${rest[@]}" |
		sed -n 3,5p)" \
	"       Disk:   not in this evidence: Disk3 {004c32fa-91e1-41ac-83b3-bc1baff2dc93}
       Offset: 0 of that disk's data
       Length: 49283072"
is "then bytes are refused" "$("$COLDMOUNT" extents -q --partial-ok --binary \
	$spanned "${rest[@]}" 2>&1; echo $?)" \
	"coldmount: part of the volume lies on a disk that is not in this evidence and has no number
1"
finish
