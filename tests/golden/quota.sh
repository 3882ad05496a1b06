#!/bin/bash
# quota - quotas of users on the sample machine, and their names by a SAM hive:
# in queries and reports as a second reader of $Quota has them

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

sample_machine
disk=$machine/disk0.raw
disks=("$disk" "$machine/disk1.raw")
mib=1048576
sid=S-1-5-21-1004336348-1177238915-682003330

# A name that attacks a terminal, a path of WMI, a report.
hostile=$(printf '<i>"\\=1+1|\033[31m\342\200\256')

# sam: the SAM of the machine, by another writer of hives.  Ada's account is
# called countess, Bob is disabled, Eve logs on as Administrator, Grace is gone.
sam() {
	tests/golden/sam_text.py "$sid" 500=Administrator 1001=countess \
		1005=Bob:disabled 1006=Eve:500 "1010=$hostile" \
		alias:544=Administrateurs |
		hivexregedit --merge "$scratch/SAM"
}
printf 'name SAM\nkey SAM\n' | "$BIN/hivebuild" "$scratch/SAM"
sam
{
	echo "copy /Windows/System32/config/SAM $scratch/SAM"
	echo 'quota-defaults 0x1b1 0 1048576 2097152'
	echo "quota 0x101 $sid-1001 1 5000 4000 6000"
	echo "quota 0x102 $sid-1002 2 7001 4000 6000"
	echo "quota 0x103 $sid-1005 0 4294967297 -1 -1"
	echo "quota 0x104 $sid-1007 0 0 0 0"
	echo 'quota 0x105 S-1-5-18 0 12345 -1 99999999999'
	echo 'quota 0x106 S-1-5-21-9-8-7-1001 0 1 2 3'
	echo "quota 0x107 $sid-1009 4 1 2 3"
	echo "quota 0x109 $sid-1010 0 77 -1 -1"
	echo 'quota-entry 0x108 S-1-5-19 0 8 9 10'
} > "$scratch/script"
ok "quotas are written" "$BIN/ntfsbuild" "$disk" $((9 * mib)) $((32 * mib)) \
	< "$scratch/script"

# $Q as The Sleuth Kit reads it: the root, and the blocks if there are any.
at=$((9 * mib / 512))
istat -o $at "$disk" 24 > "$scratch/istat"
for part in 144:root 160:blocks; do
	attribute=$(sed -n "s/.*(\(${part%:*}-[0-9]*\)) .*\\\$Q .*/24-\1/p" \
		"$scratch/istat")
	[ -z "$attribute" ] || icat -o $at "$disk" "$attribute" \
		> "$scratch/q.${part#*:}"
done
ok "the sleuthkit reads it" test -s "$scratch/q.root"

for class in Win32_VolumeUserQuota Win32_Account Win32_QuotaSetting; do
	"$COLDMOUNT" query -q --partial-ok -f json "SELECT * FROM $class" \
		"${disks[@]}" > "$scratch/$class.json"
done
"$COLDMOUNT" report -q --partial-ok -f json "${disks[@]}" \
	> "$scratch/report.json"
tests/golden/quota.py "$scratch" "$sid" || tap_failed=1
tests/golden/check_citations.py "$scratch/report.json" "${disks[@]}" ||
	tap_failed=1
ok "the report is as the schema has it" tests/golden/validate.py \
	"$scratch/report.json"

# ask QUERY COLUMN: of each row.
ask() {
	"$COLDMOUNT" query -q --partial-ok -f csv "$1" "${disks[@]}" |
		tr -d '"\r' | sed 1d
}
is "a quota leads to its account" "$(ask "ASSOCIATORS OF
	{Win32_Account.Domain='SAMPLE-PC',Name='countess'} WHERE ClassDefsOnly")" \
	Win32_Volume
is "and a volume to the accounts of its quotas" "$(ask "SELECT Name FROM
	Win32_Account WHERE SID = '$sid-1001'")" countess
is "whoever is over the limit" "$(ask "SELECT DiskSpaceUsed FROM
	Win32_VolumeUserQuota WHERE Status = 2")" 7001
is "the path of an account is WMI's" "$("$COLDMOUNT" query -q --partial-ok \
	-f list "SELECT Account FROM Win32_VolumeUserQuota WHERE Status = 1" \
	"${disks[@]}" | tr -d '\n' | sed 's/  */ /g')" \
	'Account : Win32_Account.Domain="SAMPLE-PC",Name="countess"'
"$COLDMOUNT" report -q --partial-ok -f tree "${disks[@]}" > "$scratch/tree"
is "the tree has a line on quotas" \
	"$(grep -c 'quotas enforced, of 9 users; default limit 2.0 MiB' \
		"$scratch/tree")" 1
is "and the account of a user" \
	"$(grep -c "Ada Lovelace  $sid-1001 (countess)" "$scratch/tree")" 1

for shape in list table csv mof cimxml; do
	"$COLDMOUNT" query -q --partial-ok -f $shape \
		"SELECT * FROM Win32_VolumeUserQuota" "${disks[@]}" \
		> "$scratch/u.$shape"
	is "a hostile name is harmless in $shape" \
		"$(tr -d '\n\t\r' < "$scratch/u.$shape" |
		LC_ALL=C.UTF-8 grep -cP '[\x00-\x1f\x7f\x{202e}]')" 0
done
is "and in the tree" "$(tr -d '\n' < "$scratch/tree" |
	LC_ALL=C.UTF-8 grep -cP '[\x00-\x1f\x7f\x{202e}]')" 0
ok "cimxml is well-formed" xmllint --noout "$scratch/u.cimxml"
path=$("$COLDMOUNT" query -q --partial-ok -f json "SELECT __RELPATH FROM
	Win32_Account WHERE SID = '$sid-1010'" "${disks[@]}" |
	python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["__RELPATH"])')
is "its path leads to it" "$("$COLDMOUNT" query -q --partial-ok -f csv \
	"REFERENCES OF {$path}" "${disks[@]}" | tr -d '\r' | sed 1d |
	grep -c '77')" 1

# Hives without a disk.
"$COLDMOUNT" report -q --partial-ok -f json --hive "$machine/SYSTEM" \
	--hive "$machine/SOFTWARE" --hive "$scratch/SAM" \
	--hive "$machine/NTUSER.DAT" > "$scratch/hives.json"
is "a SAM that is named beside other hives gives names" "$(python3 -c '
import json, sys
for u in json.load(open(sys.argv[1]))["users"]:
    if u["accountName"] is not None and u["sid"].startswith("S-1-5-21"):
        print(u["name"], u["accountName"])' "$scratch/hives.json")" \
	"Ada Lovelace countess"
cp "$scratch/SAM" "$scratch/SAM.other"
"$COLDMOUNT" report -q --partial-ok -f json --hive "$machine/SYSTEM" \
	--hive "$scratch/SAM" --hive "$scratch/SAM.other" > "$scratch/twice.json"
is "a second one is not used, and told" "$(grep -c 'another SAM hive' \
	"$scratch/twice.json")" 1
finish
