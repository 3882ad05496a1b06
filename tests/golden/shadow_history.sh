#!/bin/bash
# shadow_history - what was mounted when shadow copies were made: the sample
# machine in three states, of which two are only left as copies

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

query() {
	tests/golden/query.py "$scratch/$1" "$2"
}

# says NAME EXPRESSION WANTED
says() {
	is "$1: $2" "$(query "$1" "$2")" "$3"
}

# analyse NAME OPTION... IMAGE...
analyse() {
	local name=$1

	shift
	"$COLDMOUNT" -q --json "$@" > "$scratch/$name" 2> "$scratch/errors"
	ok "$name: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/$name"
}

samples/make-machine "$scratch/first" > "$scratch/log" 2>&1 ||
	fail "the sample machine is made" "$(cat "$scratch/log")"
c="9437184 33554432" d="2097152 16777216"
first=("$scratch/first/disk0.raw" "$scratch/first/disk1.raw")

# state NAME LETTER C-LINES D-LINES: the state before, changed: G: is LETTER.
state() {
	mkdir "$scratch/$1"
	cp "$last"/disk[01].raw "$scratch/$1"
	sed "s/\\\\DosDevices\\\\G:/\\\\DosDevices\\\\$2:/" \
		"$scratch/first/SYSTEM" > "$scratch/$1/SYSTEM"
	# shellcheck disable=SC2086 # offset and length
	printf '%s\n' "$3" 'delete /Windows/System32/config/SYSTEM' \
		"copy /Windows/System32/config/SYSTEM $scratch/$1/SYSTEM" |
		"$SAMPLE_BIN/ntfsbuild" "$scratch/$1/disk0.raw" $c
	# shellcheck disable=SC2086
	printf '%s\n' "$4" |
		"$SAMPLE_BIN/ntfsbuild" "$scratch/$1/disk1.raw" $d
	last=$scratch/$1
}

# Ada meets D: again, and has forgotten what else she knew.
ada='"/Users/Ada Lovelace/NTUSER.DAT"'
mount_points='Software\Microsoft\Windows\CurrentVersion\Explorer\MountPoints2'
"$SAMPLE_BIN/hivebuild" "$scratch/ada" <<END
name "sers\Ada Lovelace\ntuser.dat"
time 2025-01-02T03:04:05Z
key "$mount_points\{da7a0002-5b6c-4d7e-9f80-a1b2c3d4e5f6}"
END

missing=3f8c2a11-9d1e-11eb-8a01-525400c01d01
data=da7a0002-5b6c-4d7e-9f80-a1b2c3d4e5f6
last=$scratch/first
state second X "time 2021-03-05T01:30:00Z
mount /Mount/Second $missing
delete /Mount/Data" "time 2021-03-05T01:30:00Z
mount /Mount/New $data"
state third Y "time 2021-03-05T02:30:00Z
delete /Windows/System32/config/RegBack/SYSTEM
delete $ada
copy $ada $scratch/ada
delete /Mount/Second
mount /Mount/Second $data" "time 2021-03-05T02:30:00Z
delete /Mount/New"
live=("$scratch/third/disk0.raw" "$scratch/third/disk1.raw")
second=("$scratch/second/disk0.raw" "$scratch/second/disk1.raw")
analyse first.json "${first[@]}"
analyse second.json "${second[@]}"
analyse third.json "${live[@]}"

# Copies of C: and of D:, made at once.
# shellcheck disable=SC2086
{
	tests/golden/shadow_build.py "${live[0]}" $c "${first[0]}" "${second[0]}"
	tests/golden/shadow_build.py "${live[1]}" $d "${first[1]}" "${second[1]}"
}
analyse plain "${live[@]}"
analyse report --shadows "${live[@]}"
says report '[(c["id"], c["volume"], c["created"], c["read"]) for c in d["shadowCopies"]]' \
	'[["shadow0", "volume1", "2021-03-05T01:00:00.0000000Z", true], ["shadow1", "volume1", "2021-03-05T02:00:00.0000000Z", true], ["shadow2", "volume5", "2021-03-05T01:00:00.0000000Z", true], ["shadow3", "volume5", "2021-03-05T02:00:00.0000000Z", true]]'
tap tests/golden/shadows.py "$scratch/report" "${live[0]}" 9437184 volume1
tap tests/golden/shadows.py "$scratch/report" "${live[1]}" 2097152 volume5
tap tests/golden/shadow_history.py "$scratch/report" shadow0 \
	"$scratch/first.json" volume1 volume5
tap tests/golden/shadow_history.py "$scratch/report" shadow1 \
	"$scratch/second.json" volume1 volume5
tap tests/golden/check_citations.py "$scratch/report" "${live[@]}"
tap tests/golden/timeline.py "$scratch/report" "${live[@]}"

# What the script above has done, by hand.
says report 'sorted((m["shadowCopy"], m["directory"], m["change"]) for m in d["mountHistory"] if m["change"] != "same" and m["state"] == "present")' \
	'[["shadow0", "C:\\Mount\\Data", "absent"], ["shadow0", "G:\\", "absent"], ["shadow1", "C:\\Mount\\Second", "differs"], ["shadow1", "X:\\", "absent"], ["shadow3", "D:\\Mount\\New", "absent"]]'
says report '[(n["shadowCopy"], n["name"]) for n in d["nameHistory"] if n["shadowCopy"] and n["change"] != "same" and n["hive"]["path"] == d["installations"][0]["hive"]["path"]]' \
	'[["shadow0", "\\DosDevices\\G:"], ["shadow1", "\\DosDevices\\X:"]]'
known='sorted({(v["name"], v["change"], v["user"]) for v in d["userVolumeHistory"] if v["shadowCopy"] in ("shadow1", "shadow3")}, key=str)'
says report "$known" \
	'[["Ada Lovelace", "absent", "user0"], ["Ada Lovelace", "differs", "user0"], ["Edgar", "same", "user1"], ["Grace", "same", "user2"]]'
says report '[(v["shadowCopy"], v["key"], v["lastWritten"][:16]) for v in d["userVolumeHistory"] if v["change"] == "differs"]' \
	"[[\"shadow0\", \"{$data}\", \"2024-01-02T03:04\"], [\"shadow1\", \"{$data}\", \"2024-01-02T03:04\"]]"
older='{n["shadowCopy"] for n in d["nameHistory"] if "RegBack" in n["hive"]["path"]}'
says report "sorted($older)" '["shadow0", "shadow1"]'
says first.json "$older == {None}" true
says report '[(e["time"][:16], e["subject"]) for e in d["timeline"] if e["event"] == "was-mounted"]' \
	'[["2021-03-05T01:00", "G:\\"], ["2021-03-05T01:00", "C:\\Mount\\Data"], ["2021-03-05T02:00", "X:\\"], ["2021-03-05T02:00", "C:\\Mount\\Second"], ["2021-03-05T02:00", "D:\\Mount\\New"]]'
says report '{m["names"] for m in d["mountHistory"]} == {"copy"}' true

# The map is not touched, and who does not ask for copies reads none.
parts='[d[k] for k in ("disks", "volumes", "installations", "names", "remoteNames", "mountPoints", "reparsePoints", "users")]'
is "copies are no part of the map" "$(query report "$parts")" \
	"$(query plain "$parts")"
is "nor is it changed by the catalogue" "$(query plain "$parts" | sha256sum)" \
	"$(query third.json "$parts" | sha256sum)"
says plain 'd["userVolumeHistory"]' '[]'
says plain '[len(d["mountHistory"]), {n["shadowCopy"] for n in d["nameHistory"]} <= {None}, {c["read"] for c in d["shadowCopies"]} == {False}]' \
	'[0, true, true]'
"$COLDMOUNT" --shadows -q "${live[@]}" > "$scratch/tree"
ok "the tree tells what users knew" grep -q \
	'^      2024-01-11 03:04:05  Ada Lovelace: Z$' "$scratch/tree"
ok "the tree tells it" grep -q 'X:.* → .*; now nothing is there' \
	"$scratch/tree"
analyse again --shadows "${live[@]}"
ok "the same bytes every time" cmp "$scratch/report" "$scratch/again"

# D: alone: nothing there says what letters there were.
analyse alone --shadows "${live[1]}"
says alone '{(m["directory"], m["names"], m["volume"]) for m in d["mountHistory"] if m["path"] == "\\Mount\\New"} == {("\\\\?\\Volume{d1500001-7a2b-4c3d-8e4f-0123456789ab}\\Mount\\New", None, "volume2")}' \
	true
# Copies of C: that were made at another time.
cp "$scratch/third/disk0.raw" "$scratch/c.raw"
dd if="$scratch/first/disk0.raw" of="$scratch/c.raw" bs=512 skip=18447 \
	seek=18447 count=1 conv=notrunc status=none
analyse apart --shadows "$scratch/c.raw" "${live[1]}"
says apart '{(m["directory"], m["names"], m["volume"]) for m in d["mountHistory"] if m["path"] == "\\Mount\\New"} == {("D:\\Mount\\New", "live", "volume7")}' \
	true

# A copy of a machine that was running: its logs complete its hives.
DIRTY_HIVE=1 samples/make-machine "$scratch/dirty" > "$scratch/log" 2>&1 ||
	fail "the running machine is made" "$(cat "$scratch/log")"
dirty=("$scratch/dirty/disk0.raw" "$scratch/dirty/disk1.raw")
analyse dirty.json "${dirty[@]}"
says dirty.json '{n["present"] for n in d["names"]} >= {"before-replay", "after-replay"}' \
	true
cp "${dirty[0]}" "$scratch/later.raw"
cp "${dirty[1]}" "$scratch/later1.raw"
# shellcheck disable=SC2086
{
	printf '%s\n' 'delete /Windows/System32/config/SYSTEM.LOG1' \
		'delete /Windows/System32/config/SYSTEM.LOG2' \
		'delete /Windows/System32/config/SYSTEM' \
		"copy /Windows/System32/config/SYSTEM $scratch/dirty/SYSTEM.replayed" \
		"delete $ada" |
		"$SAMPLE_BIN/ntfsbuild" "$scratch/later.raw" $c
	tests/golden/shadow_build.py "$scratch/later.raw" $c "${dirty[0]}"
	tests/golden/shadow_build.py "$scratch/later1.raw" $d "${dirty[1]}"
}
later=("$scratch/later.raw" "$scratch/later1.raw")
analyse later --shadows "${later[@]}"
tap tests/golden/shadow_history.py "$scratch/later" shadow0 \
	"$scratch/dirty.json" volume1 volume5
says later 'sorted({v["present"] for v in d["userVolumeHistory"]})' \
	'["after-replay", "before-replay", "both"]'
tap tests/golden/check_citations.py "$scratch/later" "${later[@]}"

# A list that cannot be read takes all older copies along.
list=$(query report 'next(c["store"]["blockList"] for c in d["shadowCopies"] if c["id"] == "shadow1")')
cp "${live[0]}" "$scratch/broken.raw"
printf '\1' | dd of="$scratch/broken.raw" bs=1 seek=$((9437184 + list)) \
	conv=notrunc status=none
analyse broken --shadows "$scratch/broken.raw" "${live[1]}"
says broken '[(c["id"], c["read"]) for c in d["shadowCopies"]]' \
	'[["shadow0", false], ["shadow1", false], ["shadow2", true], ["shadow3", true]]'
says broken '[d["complete"], sum(f["code"] == "CM0683" for f in d["findings"])]' \
	'[false, 2]'
finish
