#!/bin/bash
# damaged_names - a bit in the name of a directory's entry hid a hive, an event
# log or a Windows, and nobody was told

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

sample_machine

# What is said of installations, users, disk events and names.
facts='[
	[[i["systemRoot"], i["productName"], i["build"]]
	 for i in d["installations"]],
	[[u["name"], u["sid"], u["profile"]] for u in d["users"]],
	len(d["diskEvents"]), len(d["names"]), len(d["mountPoints"])]'

# analyse IMAGE: the report of it and the other disk is $scratch/report.json.
analyse() {
	"$COLDMOUNT" -q --json --partial-ok "$1" "$machine/disk1.raw" \
		> "$scratch/report.json"
}

# ask EXPRESSION: of that report.
ask() {
	tests/golden/query.py "$scratch/report.json" "$1"
}

# codes CODE...: how often each was found.
codes() {
	local code

	for code; do
		ask "sum(f['code'] == '$code' for f in d['findings'])"
	done | paste -sd ' '
}

# change NAME[:PARENT] OFFSET BYTES: of the entry of NAME, in $scratch/disk0.raw.
change() {
	local at

	cp "$machine/disk0.raw" "$scratch/disk0.raw"
	# shellcheck disable=SC2086 # a name and the record of its directory
	at=$(tests/golden/index_entry.py "$machine/disk0.raw" ${1/:/ }) || exit 1
	# shellcheck disable=SC2059 # the bytes are escapes
	printf "$3" | dd of="$scratch/disk0.raw" bs=1 seek=$((at + $2)) \
		conv=notrunc status=none
	analyse "$scratch/disk0.raw"
}

analyse "$machine/disk0.raw"
ask "$facts" > "$scratch/whole"
is "nothing is said of the names of the machine as it is" \
	"$(codes CM0310 CM0311 CM0326 CM0659)" "0 0 0 0"

for row in 'SOFTWARE 14 D' 'SOFTWARE 0 T' 'SYSTEM 10 L' 'config 10 f' \
	'System32 2 x' 'winevt 10 u' 'Windows:5 0 \0' \
	'Windows:5 0 \0\0\0\0\0\0\0\0\0\0\0\0\0\0'; do
	read -r name off bytes <<< "$row"
	change "$name" "$off" "$bytes"
	is "the report is whole with '$row'" "$(ask "$facts")" \
		"$(cat "$scratch/whole")"
	is "and '$row' is told" "$([ "$(codes CM0326 CM0310)" != '0 0' ] &&
		echo told)" told
done

change Windows:5 0 V
is "a system root has the name that the root lists" \
	"$(ask "d['installations'][0]['systemRoot']")" '\Vindows'
is "and that its record has another one is told" "$(codes CM0326)" 1
is "with the bytes of that record" "$(ask "[c['structure']
	for f in d['findings'] if f['code'] == 'CM0326'
	for c in f['citations']]")" '["mft record"]'

# Nothing of the name is left, in the record neither.
change SOFTWARE 14 D
LC_ALL=C sed -i 's/S\x00O\x00F\x00T\x00W\x00A\x00R\x00E\x00/S\x00O\x00F\x00T\x00W\x00A\x00R\x00D\x00/g' \
	"$scratch/disk0.raw"
analyse "$scratch/disk0.raw"
is "an installation without SOFTWARE hive is told" \
	"$(ask "[f['severity'] for f in d['findings']
	if f['code'] == 'CM0659']")" '["info"]'
finish
