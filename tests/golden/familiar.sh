#!/bin/bash
# familiar - the sample machine as the tools of Windows would have printed it

# Paths of Windows end with a backslash.
# shellcheck disable=SC1003
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

sample_machine
disks=("$machine/disk0.raw" "$machine/disk1.raw")

# show FORMAT IMAGE...
show() {
	local format=$1

	shift
	"$COLDMOUNT" -q --partial-ok -f "$format" "$@"
}

"$COLDMOUNT" -q --partial-ok --json "${disks[@]}" > "$scratch/report.json"
for format in mountvol diskpart get-partition fsutil-reparse; do
	show $format "${disks[@]}" > "$scratch/$format"
	ok "$format is UTF-8" iconv -f utf-8 -t utf-8 -o /dev/null \
		"$scratch/$format"
	is "$format has nothing that a terminal obeys" \
		"$(tr -d '\n' < "$scratch/$format" | LC_ALL=C.UTF-8 grep -cP \
		'[\x00-\x1f\x7f-\x9f\x{200e}\x{202a}-\x{202e}]')" 0
	is "$format has no blanks at the end of lines, no CR" \
		"$(grep -cE ' $|'$'\r' "$scratch/$format")" 0
	is "$format ends with a line feed" "$(tail -c 1 "$scratch/$format" |
		xxd -p)" 0a
	ok "$format is the same of one installation" cmp "$scratch/$format" <(
		show $format --installation 0 "${disks[@]}")
	show $format --installation 1 "${disks[@]}" > "$scratch/out" \
		2> "$scratch/err"
	is "$format of another is wrong usage" "$? $(cat "$scratch/out" \
		"$scratch/err")" "2 coldmount: there is no such installation"
done
show json --installation 0 "${disks[@]}" > "$scratch/out" 2>&1
is "json tells of all installations" "$? $(cat "$scratch/out")" \
	"2 coldmount: this format covers all installations"

tap tests/golden/familiar.py "$scratch" "$machine/expected.tsv" "${disks[@]}"

# As live hosts print it, byte for byte.
is "mountvol: its head, a volume with and one without mount points" "$(
	sed -n '1,9p' "$scratch/mountvol")" "$(cat <<'END'
Possible values for VolumeName along with current mount points are:

    \\?\Volume{3f8c2a10-9d1e-11eb-8a01-525400c01d01}\
        C:\Mount\Registry\

    \\?\Volume{5ca1ab1e-0000-0000-0000-900000000000}\
        C:\

    \\?\Volume{5ca1ab1e-0000-0000-0000-900200000000}\
END
)"
is "mountvol: no mount points" "$(grep -A 2 900200000000 \
	"$scratch/mountvol")" "$(printf '%s\n' \
	'    \\?\Volume{5ca1ab1e-0000-0000-0000-900200000000}\' \
	'        *** NO MOUNT POINTS ***' '')"
is "mountvol: NoAutoMount" "$(tail -n 3 "$scratch/mountvol")" "$(printf '%s\n' \
	'' 'New volumes are not mounted automatically when added to the system.')"

# C: and D: are not here: what is mounted in other volumes has no path.
is "mountvol: below a volume without a path" "$(show mountvol \
	"${disks[1]}" | grep -c '}.[^ ]')" 0
ok "which the report has" grep -q '"directory": .*}.*Conflict"' <(
	show json "${disks[1]}")

# The name in MountedDevices\Offline that the registry does not know becomes that
# of the volume without mount points.
python3 - "$machine/disk0.raw" "$scratch/offline.raw" <<'END'
import sys
disk = open(sys.argv[1], "rb").read()
name = rb"\??\Volume{00c0ffee-0000-4e00-8000-0000005eed00}"
assert disk.count(name) == 1
open(sys.argv[2], "wb").write(disk.replace(
    name, rb"\??\Volume{5ca1ab1e-0000-0000-0000-900200000000}"))
END
is "mountvol: a volume that is kept offline" "$(show mountvol \
	"$scratch/offline.raw" "${disks[1]}" | grep -A 2 900200000000)" "$(
	printf '%s\n' '    \\?\Volume{5ca1ab1e-0000-0000-0000-900200000000}\' \
	'        *** NOT MOUNTED UNTIL A VOLUME MOUNT POINT IS CREATED ***' '')"
is "and which it is" "$(show json "$scratch/offline.raw" "${disks[1]}" |
	python3 -c '
import json, sys
for v in json.load(sys.stdin)["volumes"]:
    for x in v["offline"]:
        print(v["partition"], x["installation"], x["name"])')" \
	'disk0/p3 windows0 \??\Volume{5ca1ab1e-0000-0000-0000-900200000000}'
ok "which the tree tells" grep -q 'offline: .*900200000000}, disk 0, partition 3' <(
	show tree "$scratch/offline.raw" "${disks[1]}")
is "fsutil: a volume mount point" "$(grep -A 12 'query "C:\\Mount\\Data"' \
	"$scratch/fsutil-reparse")" "$(cat <<'END'
> fsutil reparsepoint query "C:\Mount\Data"
Reparse Tag Value : 0xa0000003
Tag value: Mount Point
Substitue Name offset: 0
Substitue Name length: 98
Print Name offset:     100
Print Name Length:     0
Substitute Name:       \??\Volume{da7a0002-5b6c-4d7e-9f80-a1b2c3d4e5f6}\

Reparse Data Length: 0x6e
Reparse Data:
0000:  00 00 62 00 64 00 00 00  5c 00 3f 00 3f 00 5c 00  ..b.d...\.?.?.\.
0010:  56 00 6f 00 6c 00 75 00  6d 00 65 00 7b 00 64 00  V.o.l.u.m.e.{.d.
END
)"

# Two installations: each below a line that tells which it is.
cp "$machine/SYSTEM" "$scratch/SYSTEM.other"
show mountvol --hive "$machine/SYSTEM" --hive "$scratch/SYSTEM.other" \
	"${disks[1]}" > "$scratch/two"
is "several installations are told apart" "$(grep '^windows' "$scratch/two")" \
	"$(printf '%s\n' 'windows0: SAMPLE-PC' 'windows1: SAMPLE-PC')"
is "without an installation there are the names that a disk has" \
	"$(show mountvol "${disks[1]}" | sed -n '3,4p')" "$(printf '%s\n' \
	'    \\?\Volume{d1500001-7a2b-4c3d-8e4f-0123456789ab}\' \
	'        *** NO MOUNT POINTS ***')"
finish
