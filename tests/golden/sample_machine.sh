#!/bin/bash
# sample_machine - the report on the sample machine says what its builder put
# there, satisfies the schema, and cites bytes that are there

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

sample_machine
disks=("$machine/disk0.raw" "$machine/disk1.raw")
sha256sum "${disks[@]}" > "$scratch/before"

# analyse NAME WANTED-STATUS OPTION...: the report goes to $scratch/NAME.
analyse() {
	local name=$1 want=$2 status=0

	shift 2
	"$COLDMOUNT" -q "$@" "${disks[@]}" > "$scratch/$name" \
		2> "$scratch/$name.err" || status=$?
	is "$name: exit status" "$status" "$want"
}

# A disk of the machine is missing on purpose: the report is partial.
analyse full.json 4 --json --scan full
analyse full.jsonl 4 --jsonl --scan full
analyse auto.json 4 --json
analyse index.json 4 --json --scan index
analyse tree 4 --scan full
analyse verbose-tree 4 -v --scan full
analyse again.json 4 --json --scan full
# Were it a letter's value with a byte changed, nothing else would tell.
is "a name of no known form is a finding" "$(tests/golden/query.py \
	"$scratch/full.json" "sum(f['code'] == 'CM0651' for f in d['findings'])")" 1
# It was one more directory, \Hostile\back.
is "a backslash inside a name is not the end of that name" \
	"$(tests/golden/query.py "$scratch/full.json" \
		"sorted({m['path'] for m in d['mountPoints'] if 'back' in (m['path'] or '')})")" \
	'["\\Hostile\\back<U+005C>slash"]'
ok "a second run writes the same bytes" \
	cmp "$scratch/full.json" "$scratch/again.json"
ok "the reports satisfy the schema" tests/golden/validate.py \
	"$scratch"/*.json "$scratch/full.jsonl"
ok "and broken ones do not" tests/golden/refused.py "$scratch/full.json"
tap tests/golden/expected.py "$scratch/full.json" "$machine/expected.tsv"
tap tests/golden/guid_times.py "$scratch/full.json"

# The builder gives a folder one time; three that differ are told apart.
cp --sparse=always "$machine/disk0.raw" "$scratch/times.raw"
at=$(tests/golden/query.py "$scratch/full.json" 'next(
	e["citations"][0]["offset"] for e in d["timeline"]
	if e["subject"] == "\\Mount\\Data")')
printf '\1\0\0\0\0\0\324\1\2\0\0\0\0\0\325\1\3\0\0\0\0\0\326\1' |
	dd of="$scratch/times.raw" bs=1 seek="$at" conv=notrunc status=none
disks=("$scratch/times.raw" "$machine/disk1.raw")
analyse times.json 4 --json --scan full
analyse times.txt 4 -f timeline --scan full
tap tests/golden/timeline.py "$scratch/times.json" "${disks[@]}"
is "a line of text for each event" "$(wc -l < "$scratch/times.txt")" \
	"$(tests/golden/query.py "$scratch/times.json" 'len(d["timeline"])')"
disks=("$machine/disk0.raw" "$machine/disk1.raw")

tap tests/golden/check_citations.py "$scratch/full.json" "${disks[@]}"
# Letters and names of older hives stay out of the map.
for older in X: 3f8c2a17; do
	is "$older of an older hive is nowhere but there" \
		"$(tests/golden/query.py "$scratch/full.json" "sum('$older' in str(r)
			for k in ('volumes', 'names', 'mountPoints', 'findings')
			for r in d[k])")" 0
done
is "what was moved to Windows.old is said, and is no installation" \
	"$(tests/golden/query.py "$scratch/full.json" \
		"[len(d['installations']), sum(f['code'] == 'CM0656' and
			'OLD-SAMPLE' in f['message'] for f in d['findings'])]")" \
	'[1, 1]'
is "an empty older hive is said, and no damage" "$(tests/golden/query.py \
	"$scratch/full.json" "[(f['severity'], f['partial'])
		for f in d['findings'] if f['code'] == 'CM0657']")" \
	'[["info", false]]'
ok "the tree has what an older hive says otherwise" grep -q \
	'^      X: → disk 0, partition 4; now not there$' "$scratch/tree"
ok "and not what it says as well" [ "$(grep -c '^      C: → ' \
	"$scratch/tree")" -eq 1 ]
is "who met a stick is told which stick it was" "$(tests/golden/query.py \
	"$scratch/full.json" "[(u['name'], v['mediaLabel'], k['serial'],
			v['uniqueId']['text'][:29])
		for v in d['userVolumes'] for u in d['users']
		for k in d['knownDisks'] if u['id'] == v['user']
		and v['knownDisk'] == k['id'] and v['mediaLabel']]")" \
	'[["Ada Lovelace", "TOOLS", "20044320", "_??_USBSTOR#Disk&Ven_SanDisk&"]]'
unsafe=$(LC_ALL=C.UTF-8 grep -cP '[\x00-\x09\x0b-\x1f\x7f-\x9f\x{200e}\x{202a}-\x{202e}]' \
	"$scratch/tree" "$scratch/verbose-tree" "$scratch/times.txt" \
	"$scratch/full.json" | cut -d: -f2 | sort -u)
is "no hostile name reaches the terminal" "$unsafe" 0
ok "the tree has the folder and the disk behind it" \
	grep -q 'C:\\Mount\\Data  *→ disk 1, partition 4 (disk1.raw)' "$scratch/tree"
# The demo says what to look at: its report must show it.
samples/demo "$COLDMOUNT" "$scratch/demo" > "$scratch/demo.out" 2>&1
sed '/^What to look at/,$d' "$scratch/demo.out" > "$scratch/demo.report"
sed '1,/^What to look at/d' "$scratch/demo.out" > "$scratch/demo.words"
is "what the demo tells to look at is in its report" \
	"$(grep -oE '[CD]:(\\[A-Za-z]+)+' "$scratch/demo.words" |
		grep -vxFf <(grep -oE '[CD]:(\\[A-Za-z]+)+' "$scratch/demo.report"))" ""
ok "and its deleted mount point" grep -q '^    \\Mount\\Deleted on disk 0' \
	"$scratch/demo.report"
ok "the disks are as they were" sha256sum --quiet -c "$scratch/before"
finish
