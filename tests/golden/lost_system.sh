#!/bin/bash
# lost_system - the SYSTEM hive of a Windows was deleted, renamed or zeroed: its
# copies are history, its users are told, and the report says what it lacks

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if ! guest=$(real libguestfs__libguestfs/tests/guests/guest-aux); then
	skip "a lost SYSTEM hive" "../shared/data is not here"
	finish
fi
system=$guest/windows-system
config='\Windows\System32\config'
points='Software\Microsoft\Windows\CurrentVersion\Explorer\MountPoints2'
list='Microsoft\Windows NT\CurrentVersion\ProfileList'

printf 'key "%s\\##server#ann"\n' "$points" |
	"$SAMPLE_BIN/hivebuild" "$scratch/ann"
{
	printf 'key "Microsoft\\Windows NT\\CurrentVersion"\n'
	printf 'sz SystemRoot C:\\Windows\nsz ProductName Lost\n'
	printf 'key "%s\\S-1-5-21-1"\nsz ProfileImagePath C:\\Users\\ann\n' \
		"$list"
} | "$SAMPLE_BIN/hivebuild" "$scratch/software"
head -c 8192 /dev/zero > "$scratch/zeros"

query() {
	tests/golden/query.py "$scratch/report" "$@"
}

# machine NAME PATH [PATH=FILE...]: the volume that C: leads to, the SYSTEM hive
# lies at PATH of it.
machine() {
	local name=$1 path=$2

	shift 2
	rm -rf "${scratch:?}/disks"
	mkdir "$scratch/disks"
	if ! tests/golden/compose.py "$system" "$scratch/disks" "$path" both \
			"$@" > "$scratch/log" 2>&1; then
		fail "$name: the machine is composed" "$(cat "$scratch/log")"
		return
	fi
	status=0
	"$COLDMOUNT" -q --json "$scratch"/disks/disk*.raw > "$scratch/report" ||
		status=$?
	ok "$name: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/report"
	tests/golden/check_citations.py "$scratch/report" \
		"$scratch"/disks/disk*.raw || tap_failed=1
}

# said: the codes that tell of hives, and how often.
said() {
	query '[(f["code"], f["partial"]) for f in d["findings"]
		if f["code"] in ("CM0610", "CM0656", "CM0685")]'
}

users() {
	query '[(u["installation"], u["name"],
		[a["sid"][9:] for a in u["accounts"]],
		[v["share"] for v in d["userVolumes"] if v["user"] == u["id"]])
		for u in d["users"]]'
}

roots() {
	query '[(i["systemRoot"], i["productName"], i["hive"] is not None)
		for i in d["installations"]]'
}

# history PATH INSTALLATION: all that hivexsh finds in the copy there is told.
history() {
	tests/golden/older_hives.py "$scratch/report" - "$1=$system" ||
		tap_failed=1
	is "they are those of $2" \
		"$(query '{n["installation"] for n in d["nameHistory"]} == {'"$2"'}')" \
		true
}

# It was read as no Windows at all, and the report as complete.
machine renamed Windows/System32/config/SYSTEM.bak
history "$config\\SYSTEM.bak" None
is "that it is not there makes the report partial" "$status $(said)" \
	'4 [["CM0685", true]]'
is "and the finding cites the directory" "$(query '[[c["structure"]
	for c in f["citations"]] for f in d["findings"]
	if f["code"] == "CM0685"]' | grep -c 'file name')" 1
is "nothing says whose that was" "$(roots)" '[]'

machine "a copy and users" Windows/System32/config/RegBack/SYSTEM \
	"Windows/System32/config/SOFTWARE=$scratch/software" \
	"Users/ann/NTUSER.DAT=$scratch/ann"
history "$config\\RegBack\\SYSTEM" '"windows0"'
is "a copy and users: the installation" "$(roots)" '[["\\Windows", "Lost", false]]'
is "a copy and users: it has a letter by its SOFTWARE hive" \
	"$(query '[(m["directory"], m["certainty"]) for m in d["mountPoints"]
		if m["kind"] == "drive-root"]')" '[["C:\\", "inferred"]]'
is "a copy and users: the users" "$(users)" \
	'[["windows0", "ann", ["1"], ["\\\\server\\ann"]]]'
is "a copy and users: what is said" "$status $(said)" '4 [["CM0685", true]]'
"$COLDMOUNT" -q "$scratch"/disks/disk*.raw > "$scratch/tree"
ok "the tree says what is missing" \
	grep -q '^  no SYSTEM hive that can be read$' "$scratch/tree"
ok "and what the copy has" grep -q '^      C: → disk 0, partition 1' "$scratch/tree"

machine "users alone" Windows/System32/config/SYSTEM.old \
	"Users/ann/NTUSER.DAT=$scratch/ann"
history "$config\\SYSTEM.old" '"windows0"'
is "users alone: they are told" "$(users | grep -c server)" 1

machine "no copy" backup/SYSTEM \
	"Windows/System32/config/SOFTWARE=$scratch/software"
is "no copy: what is said" "$status $(said) $(roots)" \
	'4 [["CM0685", true]] [["\\Windows", "Lost", false]]'

# A zeroed hive is as one that is not there: its users were lost, too.
machine zeroed Windows/System32/config/RegBack/SYSTEM \
	"Windows/System32/config/SYSTEM=$scratch/zeros" \
	"Windows/System32/config/SOFTWARE=$scratch/software" \
	"Users/ann/NTUSER.DAT=$scratch/ann"
history "$config\\RegBack\\SYSTEM" '"windows0"'
is "zeroed: what is said" "$status $(said)" '4 [["CM0610", true]]'
is "zeroed: the users" "$(users)" \
	'[["windows0", "ann", ["1"], ["\\\\server\\ann"]]]'

# So is a user's, of which a log is left.
printf 'key "%s\\D"\n' "$points" | "$SAMPLE_BIN/hivebuild" "$scratch/bob"
tests/golden/dirt_log.py "$scratch/bob" "$scratch/bob.log"
: > "$scratch/empty"
for file in NTUSER.INI NTUSER.DAT; do
	machine "a log of a user, $file" backup/SYSTEM \
		"Windows/System32/config/SOFTWARE=$scratch/software" \
		"Users/bob/$file=$scratch/empty" \
		"Users/bob/NTUSER.DAT.LOG=$scratch/bob.log"
	is "a log of a user, $file: what is told" "$(query '[(v["key"],
		v["recovered"]["place"]) for v in d["userVolumes"]]')" \
		'[["D", "log-page"]]'
	is "a log of a user, $file: it is said" "$(query 'any("pages of its logs"
		in f["message"] for f in d["findings"])')" true
done

# Its logs are there: the second has all of the key (../shared/data/README.md).
if regipy=$(real mkorman90__regipy/regipy_tests/data); then
	xz -dc "$regipy/SYSTEM_B.LOG2.xz" > "$scratch/log2"
	machine "its logs" backup/SYSTEM \
		"Windows/System32/config/SYSTEM.LOG2=$scratch/log2" \
		"Windows/System32/config/SOFTWARE=$scratch/software"
	is "its logs: what is said" "$status $(said) $(roots)" \
		'4 [["CM0685", true]] [["\\Windows", "Lost", true]]'
	is "its logs: the hive" "$(query 'd["installations"][0]["hive"]["path"]')" \
		"$config\SYSTEM.LOG2"
	is "its logs: the names" "$(query 'sorted(n["name"][12:]
		for n in d["names"] if n["recovered"]["place"] == "log-page" and
		n["kind"] == "drive-letter"), len(d["names"])')" \
		'[["C:", "D:", "E:", "F:"], 7]'
	is "its logs: F:" "$(query '[(n["uniqueId"]["signature"],
		n["uniqueId"]["offset"]) for n in d["names"]
		if n["name"].endswith("F:")]')" '[["76d45981", 1048576]]'
	# Nor was anything told of a hive by itself that has no bytes.
	mkdir "$scratch/own"
	: > "$scratch/own/SYSTEM"
	cp "$scratch/log2" "$scratch/own/SYSTEM.LOG2"
	status=0
	"$COLDMOUNT" -q --json --hive "$scratch/own/SYSTEM" \
		> "$scratch/report" || status=$?
	is "an empty hive by itself: the names in its logs" \
		"$status $(query '[n["name"][12:] for n in d["names"]
		if n["kind"] == "drive-letter"], [n["name"] for n in d["names"]
		if n["recovered"]["place"] != "log-page" or
		{c["file"] for c in n["citations"]} != {"SYSTEM.LOG2"}]')" \
		'3 [["C:", "D:", "E:", "F:"], []]'
	is "an empty hive by itself: what is said" "$(query '[f["code"]
		for f in d["findings"] if f["severity"] == "error"]')" \
		'["CM0601"]'
fi

# What is no Windows makes none, and no report partial.
machine skeleton Windows/System32/config/SYSTEM \
	"Windows/System32/config/SOFTWARE=$scratch/software" \
	"backup/System32/config/notes.txt=$scratch/zeros"
is "skeleton: what is said" "$(said) $(roots)" \
	'[] [["\\Windows", "Lost", true]]'

machine "a replaced one" Windows/System32/config/SYSTEM \
	"Windows/System32/config/SOFTWARE=$scratch/software" \
	"Windows.old/Windows/System32/config/RegBack/SYSTEM=$system" \
	"Windows.old/Users/ann/NTUSER.DAT=$scratch/ann"
is "a replaced one: its copies are history" "$(query '{(n["installation"],
	n["hive"]["path"]) for n in d["nameHistory"]} == {("windows0",
	"\\Windows.old\\Windows\\System32\\config\\RegBack\\SYSTEM")}')" true
is "a replaced one: its users are told" "$(users | grep -c server)" 1
is "a replaced one: what is said" "$(said) $(roots)" \
	'[] [["\\Windows", "Lost", true]]'

# The one that was replaced has the only map that there is.
machine "the newer one lost" Windows.old/Windows/System32/config/SYSTEM \
	"Windows/System32/config/SOFTWARE=$scratch/software"
is "the newer one lost: it comes behind the one that has a map" "$(roots)" \
	'[["\\Windows.old\\Windows", null, true], ["\\Windows", "Lost", false]]'
is "the newer one lost: what is said" "$status $(said)" '4 [["CM0685", true]]'
finish
