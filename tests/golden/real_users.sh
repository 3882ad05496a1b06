#!/bin/bash
# real_users - hives of real users of Windows XP to 10, in the profiles of a
# machine that is composed around a real SYSTEM hive: the report has what
# hivexml reads in each, and leads it to the volumes that the machine has

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if ! regipy=$(real mkorman90__regipy/regipy_tests/data) ||
	! notatin=$(real strozfriedberg__notatin/test_data) ||
	! winreg_kb=$(real libyal__winreg-kb/test_data) ||
	! r_winreg=$(real forensicmatt__r-winreg/.testdata) ||
	! plaso=$(real log2timeline__plaso/test_data); then
	skip "real users" "../shared/data is not here"
	finish
fi

hives=$scratch/hives
mkdir "$hives"
xz -dc "$regipy/SYSTEM.xz" > "$scratch/system"
xz -dc "$regipy/NTUSER.DAT.xz" > "$hives/vibranium"
xz -dc "$regipy/NTUSER_with_winscp.DAT.xz" > "$hives/winscp"
cp "$notatin/NTUSER.DAT" "$hives/patrick"
cp "$winreg_kb/NTUSER.DAT" "$hives/bperry"
cp "$r_winreg/NTUSER.DAT" "$hives/donald"
cp "$plaso/NTUSER.DAT" "$hives/joe"
cp "$plaso/NTUSER-WIN7.DAT" "$hives/nfury"
cp "$plaso/NTUSER-CCLEANER.DAT" "$hives/cleaned"
chmod u+w "$hives"/*
profiles=()
pairs=()
for hive in "$hives"/*; do
	name=${hive##*/}
	# There is no SOFTWARE hive that would say where profiles are.
	case $name in
	joe) folder="Dokumente und Einstellungen" ;;
	nfury) folder="Documents and Settings" ;;
	cleaned) folder=WINNT/profiles ;;
	*) folder=Users ;;
	esac
	profiles+=("$folder/$name/NTUSER.DAT=$hive")
	pairs+=("$name=$hive")
done
# No log lies beside a hive: hivexml would not read it.
disks=$scratch/disks
mkdir "$disks"
if ! tests/golden/compose.py "$scratch/system" "$disks" \
		WINNT/system32/CONFIG/System both "${profiles[@]}" \
		> "$scratch/log" 2>&1; then
	fail "the machine is composed" "$(cat "$scratch/log")"
	finish
fi
report=$disks/report
status=0
"$COLDMOUNT" -q --json "$disks"/disk*.raw > "$report" || status=$?
is "exit status: some hives lack their logs" "$status" 4
ok "the report satisfies the schema" tests/golden/validate.py "$report"
tap tests/golden/users.py "$report" "${pairs[@]}"
tap tests/golden/check_citations.py "$report" "$disks"/disk*.raw
users='{u["id"]: u["name"] for u in d["users"]}'
is "each profile is one user" "$(tests/golden/query.py "$report" \
	'sorted(u["name"] for u in d["users"])')" \
	'["bperry", "cleaned", "donald", "joe", "nfury", "patrick", "vibranium", "winscp"]'
# vibranium's machine is the one whose SYSTEM hive this is.
is "a volume is led to as the registry knows it" "$(tests/golden/query.py \
	"$report" "sorted({(${users}[v['user']], v['key'], v['tier'],
		v['certainty']) for v in d['userVolumes']
		if v['volume'] and v['kind'] == 'volume'})")" \
	'[["vibranium", "{656b1715-ecf6-11df-92e6-806e6f6e6963}", "registry", "single"]]'
is "a letter is what it is now, and that is inferred" \
	"$(tests/golden/query.py "$report" "[(v['letter'], v['certainty'])
		for v in d['userVolumes'] if v['kind'] == 'letter'
		and v['volume']]")" '[["C", "inferred"]]'
is "the stable name of a volume that nobody has is history" \
	"$(tests/golden/query.py "$report" "[(${users}[v['user']], v['tier'],
		v['certainty'], v['volume']) for v in d['userVolumes']
		if v['key'] == '{8a314204-0000-0000-0000-f01500000000}'
		and v['kind'] == 'volume']")" \
	'[["patrick", "mbr-stable", "not-in-evidence", null]]'
is "what says so makes no report partial" "$(tests/golden/query.py "$report" \
	'sorted({(f["severity"], f["partial"]) for f in d["findings"]
		if f["code"] == "CM0674"})')" '[["info", false]]'
finish
