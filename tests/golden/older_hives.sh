#!/bin/bash
# older_hives - SYSTEM hives of real machines lie where backups and replaced
# installations do: their names are told, and nothing else of the report changes

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if ! regipy=$(real mkorman90__regipy/regipy_tests/data) ||
	! libguestfs=$(real libguestfs__libguestfs/tests/guests/guest-aux) ||
	! yarp=$(real msuhanov__yarp/hives_for_tests); then
	skip "older hives" "../shared/data is not here"
	finish
fi
xz -dc "$regipy/SYSTEM.xz" > "$scratch/win7"
xz -dc "$regipy/SYSTEM_2.xz" > "$scratch/win8"
for part in '' .LOG1 .LOG2; do
	xz -dc "$regipy/SYSTEM_B$part.xz" > "$scratch/win10$part"
done
cp "$libguestfs/windows-system" "$scratch/phony"
cp "$yarp/System_Delta" "$scratch/layered"
export SYSTEM_MIB=64

query() {
	tests/golden/query.py "$scratch/report" "$@"
}

# The live machine: C: is the only letter. Whatever is added lies on C:.
live=$scratch/live
mkdir "$live"
if ! tests/golden/compose.py "$scratch/phony" "$live" \
		Windows/System32/config/SYSTEM both > "$scratch/log" 2>&1; then
	fail "the machine is composed" "$(cat "$scratch/log")"
	finish
fi
"$COLDMOUNT" -q --json "$live/disk0.raw" > "$scratch/before"
place=$(tests/golden/query.py "$scratch/before" 'next(" ".join(map(str,
	(p["offset"], p["length"]))) for p in d["partitions"])')

# machine LINE...: the live machine, and what lines for ntfsbuild put there.
machine() {
	cp "$live/disk0.raw" "$scratch/disk.raw"
	# shellcheck disable=SC2086 # offset and length
	printf '%s\n' "$@" | "$SAMPLE_BIN/ntfsbuild" "$scratch/disk.raw" $place
	"$COLDMOUNT" -q --json "$scratch/disk.raw" > "$scratch/report" \
		2> "$scratch/errors"
	echo $?
}

# All that a map is made of. Its facts lie where they lay.
parts='("disks", "partitions", "volumes", "installations", "names",
	"remoteNames", "mountPoints", "reparsePoints")'

# same_map NAME: older hives have not changed the answer.
same_map() {
	ok "$1: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/report"
	is "$1: the map is as before" "$(query "[d[k] for k in $parts]" | md5sum)" \
		"$(tests/golden/query.py "$scratch/before" "[d[k] for k in $parts]" |
			md5sum)"
	tap tests/golden/check_citations.py "$scratch/report" \
		"$scratch/disk.raw"
}

config='\Windows\System32\config'
is "clean older hives make no report partial" "$(machine \
	"copy /Windows/System32/config/RegBack/SYSTEM $scratch/win7" \
	"file /Windows/System32/config/RegBack/SYSTEM.OLD" \
	"copy /Windows/System32/config/system.sav $scratch/layered" \
	"mkdir /Windows/System32/config/SYSTEM.BAK" \
	"copy /Windows/repair/system $scratch/phony")" 0
same_map "clean older hives"
tap tests/golden/older_hives.py "$scratch/report" "$scratch/phony" \
	"$config\\system.sav=$scratch/layered" \
	"$config\\RegBack\\SYSTEM=$scratch/win7" \
	"\\Windows\\repair\\system=$scratch/phony"
is "an empty file in RegBack is no damage, a directory nothing at all" "$(query \
	'[(f["severity"], f["message"].split(" file ")[1].split(" ")[0])
		for f in d["findings"] if f["code"] == "CM0657"]')" \
	'[["info", "\\Windows\\System32\\config\\RegBack\\SYSTEM.OLD"]]'

# A dirty hive without its logs is not all that there is to know of the past.
is "a dirty hive in RegBack" "$(machine \
	"copy /Windows/System32/config/RegBack/SYSTEM $scratch/win8")" 4
same_map "a dirty hive in RegBack"
tap tests/golden/older_hives.py "$scratch/report" "$scratch/phony" \
	"$config\\RegBack\\SYSTEM=$scratch/win8"
is "and it says so" "$(query '[sorted({n["present"] for n in d["nameHistory"]}),
	sorted({n["hive"]["dirty"] for n in d["nameHistory"]}),
	[f["code"] for f in d["findings"] if f["partial"]]]')" \
	'[["before-replay"], [true], ["CM0401"]]'

# A replaced Windows is read with its logs: they bring F:, of which the hive
# itself knows nothing (yarp).
old=/Windows.old.000/WINDOWS/system32/config
is "a replaced Windows" "$(machine \
	"copy $old/SYSTEM $scratch/win10" \
	"copy $old/SYSTEM.LOG1 $scratch/win10.LOG1" \
	"copy $old/SYSTEM.LOG2 $scratch/win10.LOG2" \
	"copy $old/SYSTEM.alt $scratch/win7")" 0
same_map "a replaced Windows"
is "names that its logs hold" "$(query 'sorted((n["name"], n["present"],
	n["lastWritten"][:23]) for n in d["nameHistory"]
	if "Dos" in n["name"] and n["present"] != "deleted"
	and n["hive"]["path"].endswith("SYSTEM"))')" \
	"[$(for letter in C D E F; do
		present=both
		[ $letter != F ] || present=after-replay
		printf '["\\\\DosDevices\\\\%s:", "%s", "%s"], ' $letter \
			$present 2018-04-06T12:35:08.685
	done | sed 's/, $//')]"
is "it is said whose history it is" "$(query '[(f["severity"], f["partial"],
	"DESKTOP-PM6C56D" in f["message"], "of windows0" in f["message"])
	for f in d["findings"] if f["code"] == "CM0656"]')" \
	'[["info", false, true, true]]'

# Damage in the past is said, and does not reach the present.
head -c 200000 "$scratch/win7" > "$scratch/cut"
head -c 8192 /dev/zero > "$scratch/zeros"
is "damaged older hives" "$(machine \
	"copy /Windows/System32/config/RegBack/SYSTEM $scratch/cut" \
	"copy /Windows/System32/config/SYSTEM.bak $scratch/zeros" \
	"copy /Windows.old/Windows/System32/config/SYSTEM $scratch/zeros")" 4
same_map "damaged older hives"
is "each of them is a finding" "$(query 'sorted(f["message"].split(" hive ")[1]
	.split(" ")[0] for f in d["findings"] if f["code"] == "CM0610")')" \
	'["\\Windows.old\\Windows\\System32\\config\\SYSTEM", "\\Windows\\System32\\config\\SYSTEM.bak"]'

# Where no walk leads through an older hive, a scan finds what it holds; not
# looked for is what a copy cannot have.
cp "$scratch/win7" "$scratch/treeless"
dd if=/dev/zero of="$scratch/treeless" bs=4096 count=1 seek=1 conv=notrunc \
	status=none
dd if=/dev/zero of="$scratch/treeless" bs=512 count=8 conv=notrunc status=none
is "an older hive without a tree" "$(machine \
	"copy /Windows/System32/config/RegBack/SYSTEM $scratch/treeless")" 4
same_map "an older hive without a tree"
tap tests/golden/older_hives.py "$scratch/report" "$scratch/phony" \
	"$config\\RegBack\\SYSTEM=$scratch/win7"
is "and that its names lie in no tree" "$(query 'sorted({n["recovered"]["place"]
	for n in d["nameHistory"]})')" '["unreachable"]'

# Setup's copy may be older than any name.
printf 'key Select\ndword Current 1\n' |
	"$SAMPLE_BIN/hivebuild" "$scratch/nameless"
is "an older hive without names" "$(machine \
	"copy /Windows/System32/config/SYSTEM.sav $scratch/nameless")" 0
same_map "an older hive without names"
is "is said" "$(query '[(f["severity"], [c["structure"] for c in f["citations"]])
	for f in d["findings"] if f["code"] == "CM0657"]')" \
	'[["info", ["regf"]]]'

# Windows XP keeps a copy with each restore point.
svi="/System Volume Information/_restore{8A5E1C0F-3C1D-4A5B-9F51-7B2B2D3B4C5D}"
rp() {
	printf 'copy "%s/RP%d/snapshot/_REGISTRY_MACHINE_SYSTEM" %s\n' "$svi" \
		"$1" "$2"
}
is "restore points" "$(machine "$(rp 1 "$scratch/win7")" \
	"$(rp 12 "$scratch/layered")" "mkdir \"$svi/RP13\"")" 0
same_map "restore points"
dos=${svi//\//\\}
tap tests/golden/older_hives.py "$scratch/report" "$scratch/phony" \
	"$dos\\RP1\\snapshot\\_REGISTRY_MACHINE_SYSTEM=$scratch/win7" \
	"$dos\\RP12\\snapshot\\_REGISTRY_MACHINE_SYSTEM=$scratch/layered"

# They may be all that is left of it; whose they are, nothing says.
truncate -s 32M "$scratch/left.raw"
mkntfs -qF "$scratch/left.raw" > "$scratch/log" 2>&1
rp 3 "$scratch/win7" | "$SAMPLE_BIN/ntfsbuild" "$scratch/left.raw" 0 $((32 << 20))
names=$(printf 'cd MountedDevices\nlsval\n' | hivexsh "$scratch/win7" |
	grep -c '^"')
for rest in '' "$live/disk0.raw"; do
	"$COLDMOUNT" -q --json "$scratch/left.raw" ${rest:+"$rest"} \
		> "$scratch/report"
	ok "left restore points: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/report"
	is "left restore points: they are of no installation" "$(query \
		'sorted({(n["installation"], n["hive"]["path"].split("}")[1])
			for n in d["nameHistory"]})')" \
		'[[null, "\\RP3\\snapshot\\_REGISTRY_MACHINE_SYSTEM"]]'
	is "left restore points: all names are told" \
		"$(query 'len(d["nameHistory"])')" "$names"
done

for set in 0 1 2 3 4 5 6 7 8 9 a b c d e f g; do
	echo "mkdir \"/System Volume Information/_restore{$set}\""
done > "$scratch/sets"
is "too many sets of restore points" "$(machine "$(cat "$scratch/sets")")" 4
is "are said" "$(query '[f["message"].split(" holds ")[1].split(";")[0]
	for f in d["findings"] if f["code"] == "CM0658"]')" \
	'["more than 16 directories _restore{..."]'

# More than a machine has: 20 in each of 26 replaced installations.
for root in a b c d e f g h i j k l m n o p q r s t u v w x y z; do
	for folder in System32/config System32/config/RegBack repair \
			repair/RegBack; do
		for suffix in '' .sav .alt .bak .old; do
			echo "copy /old$root/Windows/$folder/SYSTEM$suffix" \
				"$scratch/phony"
		done
	done
done > "$scratch/many"
is "too many older hives" "$(machine "$(cat "$scratch/many")")" 4
same_map "too many older hives"
is "are cut, and it is said" "$(query '[len(d["nameHistory"]),
	[c["count"] for c in d["findingCounts"] if c["code"] == "CM0658"]]')" \
	'[512, [1]]'

# Two that live side by side keep a map each, and each its own history.
is "two installations on a volume" "$(machine \
	"copy /WINNT/system32/config/SYSTEM $scratch/layered" \
	"copy /Windows.old/WINNT/system32/config/SYSTEM $scratch/win7" \
	"copy /Windows.old/Windows/system32/config/SYSTEM $scratch/phony" \
	"$(rp 1 "$scratch/phony")")" 4
is "have a letter each" "$(query '[(n["installation"], n["uniqueId"]["kind"])
	for n in d["names"] if n["name"].endswith("C:")]')" \
	'[["windows0", "mbr"], ["windows1", "dmio"]]'
is "and their own history" "$(query '[sorted({(n["installation"],
	n["hive"]["path"].split("\\")[2]) for n in d["nameHistory"]
	if "_restore" not in n["hive"]["path"]}),
	[i["systemRoot"] for i in d["installations"]]]')" \
	'[[["windows0", "Windows"], ["windows1", "WINNT"]], ["\\Windows", "\\WINNT"]]'
is "and restore points are told once" "$(query 'sum("_restore" in
	n["hive"]["path"] for n in d["nameHistory"])')" 1

# Where the live hive is lost, its backup is what is left, and no map.
cp "$live/disk0.raw" "$scratch/lost.raw"
live_hive=$(tests/golden/query.py "$scratch/before" 'next(c["offset"]
	for c in d["installations"][0]["citations"] if c["structure"] == "regf")')
dd if=/dev/zero of="$live/disk0.raw" bs=512 count=$(($(stat -c %s \
	"$scratch/phony") / 512)) seek=$((live_hive / 512)) conv=notrunc \
	status=none
is "a lost hive and its backup" "$(machine \
	"copy /Windows/System32/config/RegBack/SYSTEM $scratch/phony")" 4
tap tests/golden/older_hives.py "$scratch/report" - \
	"$config\\RegBack\\SYSTEM=$scratch/phony"
is "belong to no installation" "$(query '[sorted({n["installation"]
	for n in d["nameHistory"]}, key=str), d["installations"], d["names"]]')" \
	'[[null], [], []]'
"$COLDMOUNT" -q "$scratch/disk.raw" > "$scratch/tree"
ok "the tree shows them" grep -q '^      C: → disk 0, partition 1; now not there$' \
	"$scratch/tree"
finish
