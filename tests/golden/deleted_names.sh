#!/bin/bash
# deleted_names - names that hivex deleted from MountedDevices are listed as
# deleted and lead to no mount point; a hive that is broken still has its names

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

hive=$scratch/SYSTEM
machine=$scratch/machine
report=$scratch/report

# merge LINE...: registry text of MountedDevices, into the hive.
merge() {
	printf '%s\n' 'Windows Registry Editor Version 5.00' '' \
		'[\MountedDevices]' "$@" > "$scratch/text"
	hivexregedit --merge "$hive" "$scratch/text"
}

# value NAME [BYTES]: a line of it; without bytes, the value goes.
value() {
	local name=${1//\\/\\\\}

	if [ $# = 1 ]; then
		echo "\"$name\"=-"
	else
		echo "\"$name\"=hex:$2"
	fi
}

# ask EXPRESSION...: of the report.
ask() {
	tests/golden/query.py "$report" "$@"
}

# analyse WANT [OPTION]...: with this exit status.
analyse() {
	local want=$1 status=0

	shift
	"$COLDMOUNT" -q --json "$@" "$machine"/disk*.raw > "$report" \
		2> "$scratch/errors" || status=$?
	is "$title: exit status" "$status" "$want"
	ok "$title: the report satisfies the schema" \
		tests/golden/validate.py "$report"
	tap tests/golden/check_citations.py "$report" "$machine"/disk*.raw
}

one=ae,e1,ca,5c,00,00,10,00,00,00,00,00
two=ae,e1,ca,5c,00,00,00,04,00,00,00,00
other=0d,f0,ad,0b,00,00,10,00,00,00,00,00
volume='\??\Volume{656b1715-ecf6-11df-92e6-806e6f6e6963}'
marker='#{46686113-4e39-11ea-bd05-784f439fa657}'
"$SAMPLE_BIN/hivebuild" "$hive" < /dev/null
mkdir "$machine"
merge "$(value '\DosDevices\C:' $one)" "$(value '\DosDevices\D:' $two)" \
	"$(value '\DosDevices\E:' $two)" "$(value "$volume" $other)" \
	"$(value "$marker" $two)"
merge "$(value '\DosDevices\E:')" "$(value "$volume")"
merge "$(value "$marker")" "$(value '\DosDevices\D:' $two)"
if ! tests/golden/compose.py "$hive" "$machine" \
		Windows/System32/config/SYSTEM both; then
	fail "the machine is composed"
	finish
fi

for deleted in "$marker disk0/p1 registry single" \
		"$volume - registry not-in-evidence" \
		'\DosDevices\E: disk0/p1 registry single'; do
	read -r name leads tier certainty <<< "$deleted"
	printf 'name\t%s\tidKind=mbr\tpresent=deleted\tvolume=%s\ttier=%s\tcertainty=%s\n' \
		"$name" "$leads" "$tier" "$certainty"
done >> "$machine/expected.tsv"

title='deleted names'
analyse 0
tap tests/golden/expected.py "$report" "$machine/expected.tsv"
is "$title: which, where, and what of their data" \
	"$(ask '[(n["name"], n["recovered"]["place"], n["recovered"]["data"],
		n["uniqueId"]["hex"]) for n in d["names"]
		if n["present"] == "deleted"]')" \
	"[$(printf '["%s", "free-cell", "intact", "%s"], ' "$marker" \
		${two//,/} "${volume//\\/\\\\}" ${other//,/})$(
		printf '["%s", "free-cell", "intact", "%s"]]' \
		'\\DosDevices\\E:' ${two//,/})"
is "$title: they lead where their ids lead" \
	"$(ask '[(n["volume"] is None, n["certainty"]) for n in d["names"]
		if n["present"] == "deleted"]')" \
	'[[false, "single"], [true, "not-in-evidence"], [false, "single"]]'
is "$title: they give no mount point, no path and no volume name" \
	"$(ask '[m for m in d["mountPoints"] if m["directory"] == "E:\\"]' \
		'[v["id"] for v in d["volumes"]
		if "E:\\" in str(v["accessPaths"]) or
		"656b1715" in str(v["volumeNames"])]' | tr -d '\n')" '[][]'
is "$title: a disk that only they name is no finding" \
	"$(ask '[f["code"] for f in d["findings"] if f["partial"]]')" '[]'
is "$title: that the hive was scanned is said" \
	"$(ask 'd["installations"][0]["hive"]["scanned"]')" true
"$COLDMOUNT" -q "$machine"/disk*.raw > "$report"
is "$title: the tree shows them" "$(grep -c '(free-cell)$' "$report")" 3

# Without them, nothing beside the names tells of others: the hive is not read
# from end to end, unless that is asked for.
title='no deleted names'
mkdir "$scratch/clean"
"$SAMPLE_BIN/hivebuild" "$scratch/clean.hive" <<-END
	key MountedDevices
	mbr \\DosDevices\\C: 5ca1ab1e 1048576
END
tests/golden/compose.py "$scratch/clean.hive" "$scratch/clean" \
	Windows/System32/config/SYSTEM both
for how in 'auto false' 'full true'; do
	read -r how want <<< "$how"
	"$COLDMOUNT" -q --json --scan "$how" "$scratch"/clean/disk*.raw \
		> "$scratch/clean.json"
	is "$title, --scan $how: whether the hive is scanned" \
		"$(tests/golden/query.py "$scratch/clean.json" \
			'd["installations"][0]["hive"]["scanned"]')" \
		"$want"
done

title='--scan index'
analyse 0 --scan index
is "$title: no hive is scanned" \
	"$(ask 'd["installations"][0]["hive"]["scanned"]' \
		'[n for n in d["names"] if n["present"] == "deleted"]' |
		tr -d '\n')" 'false[]'

# What the letters lead to in the hive as it is.
letters='sorted((m["directory"], m["volume"]) for m in d["mountPoints"]
	if m["kind"] == "drive-root")'
before=$(ask "$letters")
at=$(ask 'd["installations"][0]["citations"][0]["offset"]')
disk=$machine/disk$(ask 'd["installations"][0]["citations"][0]["image"][5:]').raw
cp "$disk" "$scratch/whole"

# nk NAME: where its record lies, from the hive's begin.
nk() {
	python3 - "$hive" "$1" <<-'END'
	import sys
	bytes = open(sys.argv[1], "rb").read()
	at = -1
	while (at := bytes.find(b"nk", at + 1)) >= 0:
	    if bytes[at + 76:].startswith(sys.argv[2].encode()):
	        print(at)
	END
}

# zeros OFFSET LENGTH: in the hive on the disk.
zeros() {
	head -c "$2" /dev/zero | dd of="$disk" bs=1 seek=$((at + $1)) \
		conv=notrunc status=none
}

# broken WHAT STATUS: the names are still there, and the map is the same.
broken() {
	title=$1
	analyse "$2" --scan index
	is "$title: the map is what it was" "$(ask "$letters")" "$before"
	is "$title: the names that are there are told to be out of reach" \
		"$(ask 'sorted((n["name"][12:], n["recovered"]["place"],
			n["recovered"]["data"]) for n in d["names"]
			if n["present"] != "deleted")')" \
		'[["C:", "unreachable", "intact"], ["D:", "unreachable", "intact"]]'
	is "$title: the deleted ones are told as ever" \
		"$(ask 'len([n for n in d["names"]
			if n["present"] == "deleted"])')" 3
	is "$title: how the names were found is said" \
		"$(ask '[f["code"] for f in d["findings"]
			if f["code"] == "CM0660"]' \
			'd["installations"][0]["hive"]["scanned"]' |
			tr -d '\n')" '["CM0660"]true'
	cp "$scratch/whole" "$disk"
}

# One field of a name's record, or the size of its data's cell: the map stands,
# and what it rests on is told.
cited='[n["citations"][%d]["offset"] for n in d["names"]
	if n["name"][12:] == "C:" and n["present"] != "deleted"][0]'
analyse 0 --scan index
# shellcheck disable=SC2059 # an expression with a number to come
vk=$(($(ask "$(printf "$cited" 0)") - at))
# shellcheck disable=SC2059
data=$(($(ask "$(printf "$cited" 1)") - at - 4))
certainty='[n["certainty"] for n in d["names"] if n["name"][12:] == "C:"]'
is "a whole name is sure" "$(ask "$certainty")" '["single"]'
for field in "signature $vk CM0428" "name $((vk + 2)) CM0428" \
	"data $data CM0427"; do
	read -r title where code <<< "$field"
	zeros "$where" 2
	[ "$title" = data ] && zeros $((where + 2)) 2
	# What is cited does not look like what it is.
	"$COLDMOUNT" -q --json --scan index "$machine"/disk*.raw > "$report"
	is "$title: the report is whole" $? 0
	is "$title: the map is what it was" "$(ask "$letters")" "$before"
	is "$title: it is inferred" "$(ask "$certainty")" '["inferred"]'
	is "$title: why is said" "$(ask "sum(f['code'] == '$code'
		for f in d['findings'])")" 1
	cp "$scratch/whole" "$disk"
done

zeros "$(nk MountedDevices)" 20
broken 'the key is gone' 4

# What the root's record listed is found by the list, whose keys name it.
zeros "$(nk ROOT)" 2
title='the root is gone'
analyse 4 --scan index
is "$title: the map is what it was" "$(ask "$letters")" "$before"
is "$title: its keys lead to the names" "$(ask '[n["name"] for n in d["names"]
	if n["recovered"]]' 'd["installations"][0]["hive"]["scanned"]' |
	tr -d '\n')" '[]false'
cp "$scratch/whole" "$disk"

zeros $(($(nk MountedDevices) + 40)) 4
broken 'the value list is lost' 4
zeros 0 4096
zeros "$(nk ROOT)" 2
zeros "$(nk MountedDevices)" 2
broken 'neither base block nor root nor key is there' 4
finish
