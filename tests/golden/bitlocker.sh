#!/bin/bash
# bitlocker - a volume that BitLocker encrypts gives, with each kind of key and
# each method, the answers that it gave before it was encrypted; and without a
# key what it says of itself

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

work=$scratch dir=$scratch bin=$SAMPLE_BIN
export work dir bin
# shellcheck source=samples/lib.sh
. samples/lib.sh

# C: is plain; D: and a folder of C: lead to the second volume, which has a
# folder that leads back, and a Windows with names of its own.
signature=0dd0bde1 start=$((17 * mib)) length=$((16 * mib))
plain=$scratch/plain.raw
truncate -s $((34 * mib)) "$plain"
sfdisk -q --no-reread --no-tell-kernel "$plain" <<-DISK
	label: dos
	label-id: 0x$signature
	start=2048, size=32768, type=7
	start=34816, size=32768, type=7
DISK
ntfs_volume disk0/p1 "$plain" $mib $length 00000000000000d1 System
ntfs_volume disk0/p2 "$plain" $start $length 00000000000000d2 Secret
printf '%s\n' 'key Select' 'dword Current 1' 'key MountedDevices' \
	"mbr \\DosDevices\\C: $signature $mib" \
	"mbr \\DosDevices\\D: $signature $start" |
	"$bin/hivebuild" "$scratch/SYSTEM"
printf '%s\n' 'key Select' 'dword Current 1' 'key MountedDevices' \
	"mbr \\DosDevices\\C: $signature $start" |
	"$bin/hivebuild" "$scratch/SYSTEM2"
config=/Windows/System32/config
script disk0/p1 "copy $config/SYSTEM \"$scratch/SYSTEM\""
script disk0/p1 "mount /Mount/Secret $(stable_guid $signature $start)"
script disk0/p2 "copy $config/SYSTEM \"$scratch/SYSTEM2\""
script disk0/p2 "mount /Back $(stable_guid $signature $mib)"
{ fill disk0/p1 "$plain" && fill disk0/p2 "$plain"; } ||
	fail "volumes are filled"
dd if="$plain" of="$scratch/volume" bs=64K skip=$((start / 65536)) \
	count=$((length / 65536)) status=none

recovery=042647-302313-590458-071500-554323-116567-412181-516978
other=111111-222222-333333-444444-555555-666666-111111-222222
ids=(11111111-0000-4000-8000-00000000000{1..5})
header=$((13 * mib + 65536))
cat > "$scratch/script" <<-SCRIPT
	volume 01234567-89ab-cdef-0123-456789abcdef
	description PC01 D: 4/3/2021
	created 2021-03-04T05:06:07Z
	metadata $((11 * mib)) $((12 * mib)) $((13 * mib))
	header $header
	tpm ${ids[0]}
	recovery-password ${ids[1]} $other
	recovery-password ${ids[2]} $recovery
	password ${ids[3]} Grüße, 世界
	startup-key ${ids[4]} $scratch/key.BEK
SCRIPT
echo "recovery-password: $recovery" > "$scratch/recovery.txt"
printf '# of D:\n\npassword: Grüße, 世界\r\n' > "$scratch/password.txt"
echo "startup-key: key.BEK" > "$scratch/startup.txt"
printf '\xff\xfe' > "$scratch/saved.txt"
printf 'Key.\r\nIdentifier:\r\n\r\n\t%s\r\n\r\n\t%s\r\n' "${ids[2]}" \
	"$recovery" | iconv -t UTF-16LE >> "$scratch/saved.txt"

# encrypt NAME LINE...: the disk, with its second volume encrypted; the lines
# are added to the script.
encrypt() {
	local name=$1

	shift
	{ cat "$scratch/script"; printf '%s\n' "$@"; } > "$scratch/$name.script"
	cp --sparse=always "$plain" "$scratch/$name.raw"
	"$bin/bitlockerbuild" "$scratch/volume" "$scratch/cipher" \
		< "$scratch/$name.script" || fail "$name is encrypted"
	dd if="$scratch/cipher" of="$scratch/$name.raw" bs=64K \
		seek=$((start / 65536)) conv=notrunc status=none
}

# analyse NAME STATUS OPTION... DISK: the report is in $scratch/NAME.json.
analyse() {
	local name=$1 want=$2 status=0

	shift 2
	"$COLDMOUNT" -q --json "$@" > "$scratch/$name.json" \
		2> "$scratch/$name.err" || status=$?
	is "$name: exit status" "$status" "$want"
}

# ask NAME EXPRESSION: of the report.
ask() {
	tests/golden/query.py "$scratch/$1.json" "$2"
}

# same NAME DISK [HEADER [START+BYTES...]]: the report is that of the plain disk.
same() {
	[ $# -gt 2 ] || set -- "$@" "$header"
	ok "$1: the answers are those of the plain disk" \
		tests/golden/bitlocker.py "$scratch/$1.json" \
		"$scratch/plain.json" "$2" $start $length "${@:3}"
}

secret='d["volumes"][1]["bitlocker"]'
analyse plain 0 "$plain"
is "the plain volume is not encrypted" "$(ask plain "$secret")" null

encrypt xts-128
analyse locked 4 "$scratch/xts-128.raw"
ok "the report of a locked volume satisfies the schema" \
	tests/golden/validate.py "$scratch/locked.json"
is "what it says of itself" "$(ask locked \
	"[{k: ${secret}[k] for k in ('version', 'identifier', 'computerName', 'driveLetter', 'date', 'created', 'encryptionMethod', 'state', 'unlockedBy')}, [(p['kind'], p['identifier']) for p in ${secret}['protectors']]]")" \
	"$(python3 -c 'import json, sys; print(json.dumps([{"version": "7", "identifier": "01234567-89ab-cdef-0123-456789abcdef", "computerName": "PC01", "driveLetter": "D:", "date": "4/3/2021", "created": "2021-03-04T05:06:07.0000000Z", "encryptionMethod": "AES-XTS 128-bit", "state": "locked", "unlockedBy": None}, list(zip(["tpm", "recovery-password", "recovery-password", "password", "startup-key"], sys.argv[1:]))]))' "${ids[@]}")"
is "names lead to it with the same certainty" \
	"$(ask locked 'sorted((n["name"], n["volume"], n["certainty"]) for n in d["names"] if n["installation"] == "windows0")')" \
	"$(ask plain 'sorted((n["name"], n["volume"], n["certainty"]) for n in d["names"] if n["installation"] == "windows0")')"
folder='[(m["path"], m["volume"], m["certainty"]) for m in d["mountPoints"] if m["installation"] == "windows0" and m["hostVolume"] == "volume0"]'
is "and so does the folder" "$(ask locked "$folder")" "$(ask plain "$folder")"
is "a finding names what would unlock it" \
	"$(ask locked '[f["message"].count("00000000000") for f in d["findings"] if f["code"] == "CM0604"]')" '[5]'

for method in xts-128 xts-256 cbc-128 cbc-256 diffuser-128 diffuser-256; do
	[ $method = xts-128 ] || encrypt $method "method $method"
	analyse $method 0 --key-file "$scratch/key.BEK" "$scratch/$method.raw"
	same $method "$scratch/$method.raw"
done

# resolve NAME EXPRESSION OPTION...: of the place of the hive on D:.
resolve() {
	local disk=$1 expression=$2

	shift 2
	"$COLDMOUNT" resolve -q --partial-ok --json "$@" \
		'D:\Windows\System32\config\SYSTEM' "$disk" | python3 -c '
import json, sys
p = json.load(sys.stdin)["places"][0]
print(eval(sys.argv[1]))' "$expression"
}

places='[(e["offset"], e["length"]) for e in p["file"]["data"]["extents"]]'
crypt='[e["encrypted"] for e in p["file"]["data"]["extents"]]'
is "a file lies where it lay before, encrypted" \
	"$(resolve "$scratch/xts-128.raw" "$places, $crypt" \
		--key-file "$scratch/key.BEK")" \
	"$(resolve "$plain" "$places, [True for e in $crypt]")"
is "no file is found behind the lock" \
	"$(resolve "$scratch/xts-128.raw" 'p["end"], p["file"]')" \
	"('encrypted', None)"

# Of xts-256 libbde knows nothing: each key takes another way there.
for name in {recovery,password,startup,saved}{,-256}; do
	key=${name%-256} disk=xts-128
	[ "$name" = "$key" ] || disk=xts-256
	analyse "$name" 0 --key-file "$scratch/$key.txt" "$scratch/$disk.raw"
	same "$name" "$scratch/$disk.raw"
	is "$name: what unlocked it" "$(ask "$name" "${secret}['state'], ${secret}['unlockedBy']")" \
		"[\"unlocked\", \"$(case $key in
			saved | recovery) echo recovery-password ;;
			startup) echo startup-key ;;
			*) echo "$key" ;; esac)\"]"
done
ok "the report of an unlocked volume satisfies the schema" \
	tests/golden/validate.py "$scratch/recovery.json"

for method in xts-128 xts-256; do
	name=clear-$method
	encrypt $name "clear-key 11111111-0000-4000-8000-000000000006" \
		"method $method"
	analyse $name 0 "$scratch/$name.raw"
	same $name "$scratch/$name.raw"
	is "$name: a clear key needs no file" "$(ask $name "${secret}['state'], ${secret}['unlockedBy']")" '["clear-key", "clear-key"]'
done
encrypt to-go-256 'form to-go' 'method xts-256'
analyse to-go-256 0 --key-file "$scratch/key.BEK" "$scratch/to-go-256.raw"
same to-go-256 "$scratch/to-go-256.raw"

encrypt to-go 'form to-go'
analyse to-go 0 --key-file "$scratch/key.BEK" "$scratch/to-go.raw"
same to-go "$scratch/to-go.raw"
encrypt vista 'form vista' 'method diffuser-128'
analyse vista 0 --key-file "$scratch/key.BEK" "$scratch/vista.raw"
same vista "$scratch/vista.raw" 0
# It was encrypted while it was in use, and not all of it is.
maps=$((14 * mib))
for method in cbc-128 xts-256; do
	name=eow-$method
	encrypt $name 'form eow' "method $method" "maps $maps 16384" \
		"plain 16384 $((2 * mib))" "plain $((3 * mib)) 32768" \
		"plain $((7 * mib)) $((2 * mib))"
	analyse $name 0 --key-file "$scratch/key.BEK" "$scratch/$name.raw"
	same $name "$scratch/$name.raw" "$header" 16384+$((2 * mib)) \
		$((3 * mib))+32768 $((7 * mib))+$((2 * mib))
	is "$name: how much is not encrypted is said" \
		"$(ask $name '[f["message"].split(" bytes")[0].split()[-1] for f in d["findings"] if f["code"] == "CM0267"]')" \
		"[\"$((4 * mib + 32768))\"]"
done
# The record that was written last is lost: the other says less.
name=eow-cbc-128
printf X | dd of="$scratch/$name.raw" bs=1 conv=notrunc status=none \
	seek=$((start + maps + 8192 + 512 + 40))
analyse eow-older 4 --key-file "$scratch/key.BEK" "$scratch/$name.raw"
is "that a record is lost is said" "$(ask eow-older \
	'[f["code"] for f in d["findings"] if "CM0260" <= f["code"] <= "CM0269"]')" \
	'["CM0260"]'
# A list is lost, then both, and what was plain is read wrong.
for at in 0 4096; do
	printf X | dd of="$scratch/$name.raw" bs=1 conv=notrunc status=none \
		seek=$((start + maps + at))
done
analyse eow-lost 4 --key-file "$scratch/key.BEK" "$scratch/$name.raw"
is "that nothing tells what is encrypted is said" \
	"$(ask eow-lost '[f["code"] for f in d["findings"] if "CM0260" <= f["code"] <= "CM0269"]')" \
	'["CM0260", "CM0260", "CM0269"]'
for method in xts-128 xts-256; do
	name=half-$method
	encrypt $name 'state 2 4' "encrypted $((9 * mib))" "method $method"
	analyse $name 0 --key-file "$scratch/key.BEK" "$scratch/$name.raw"
	is "$name encrypted: what it holds is found" \
		"$(ask $name '[m["path"] for m in d["mountPoints"] if m["hostVolume"] == "volume1"]')" \
		"$(ask plain '[m["path"] for m in d["mountPoints"] if m["hostVolume"] == "volume1"]')"
	is "and that $name is encrypted is said" \
		"$(ask $name '[f["code"] for f in d["findings"] if f["code"] == "CM0267"]')" \
		'["CM0267"]'
done

# BitLocker is there, and nothing is encrypted: that takes no key.
holds="[(v['label'], v['serial']) for v in d['volumes']], [(m['path'], [c['offset'] for c in m['citations'] if c['offset'] < $start + $length]) for m in d['mountPoints'] if m['hostVolume'] == 'volume1']"
encrypt decrypted 'form eow' "maps $maps 16384" "plain 0 $length" 'state 1 1'
analyse decrypted 0 "$scratch/decrypted.raw"
is "decrypted: what it holds is found, at its place" \
	"$(ask decrypted "$holds")" "$(ask plain "$holds")"
is "what is decrypted is unlocked, by nothing" \
	"$(ask decrypted "[${secret}[k] for k in ('conversion', 'state', 'unlockedBy')], [f['message'].split(': ')[1] for f in d['findings'] if f['code'] == 'CM0267']")" \
	'[["decrypted", "unlocked", null], ["no part of the volume is encrypted, according to BitLocker'"'"'s metadata"]]'

# So it is where Windows waits for the next start of the computer to begin.
encrypt waiting 'state 1 4' 'encrypted 0'
analyse waiting 0 "$scratch/waiting.raw"
is "waiting: what it holds is found, at its place" \
	"$(ask waiting "$holds")" "$(ask plain "$holds")"

# Two copies of the metadata are damaged: the third will do.
cp --sparse=always "$scratch/xts-128.raw" "$scratch/damaged.raw"
for at in 11 12; do
	printf X | dd of="$scratch/damaged.raw" bs=1 conv=notrunc status=none \
		seek=$((start + at * mib + 150))
done
analyse damaged 0 --key-file "$scratch/key.BEK" "$scratch/damaged.raw"
same damaged "$scratch/damaged.raw"
is "two copies cannot be used" "$(ask damaged \
	'[f["code"] for f in d["findings"] if f["code"] == "CM0260"]')" \
	'["CM0260", "CM0260"]'

# The first sector is gone, or leads nowhere; and so is the table: the metadata say
# themselves where they are.
cp --sparse=always "$scratch/xts-128.raw" "$scratch/first.raw"
dd if=/dev/zero of="$scratch/first.raw" bs=512 seek=$((start / 512)) count=1 \
	conv=notrunc status=none
analyse first 4 "$scratch/first.raw"
is "without a first sector, what it says of itself" "$(ask first \
	"${secret}['state'], ${secret}['identifier'], ${secret}['driveLetter'], d['volumes'][1]['fromBackup'], [(f['message'][:28], [c['offset'] for c in f['citations']]) for f in d['findings'] if f['code'] == 'CM0277']")" \
	"[\"locked\", \"01234567-89ab-cdef-0123-456789abcdef\", \"D:\", true, [[\"volume1 (disk0, partition 2)\", [$((start + 11 * mib))]]]]"
analyse first-key 0 --key-file "$scratch/recovery.txt" "$scratch/first.raw"
is "without a first sector, what it holds" \
	"$(ask first-key '[(v["label"], v["serial"]) for v in d["volumes"]], [(m["path"], m["volume"], m["certainty"]) for m in d["mountPoints"]]')" \
	"$(ask plain '[(v["label"], v["serial"]) for v in d["volumes"]], [(m["path"], m["volume"], m["certainty"]) for m in d["mountPoints"]]')"
dd if=/dev/zero of="$scratch/first.raw" bs=512 count=1 conv=notrunc status=none
analyse first-table 4 --recover --key-file "$scratch/recovery.txt" \
	"$scratch/first.raw"
is "without a table as well" "$(ask first-table \
	'[(v["label"], v["serial"], v["recovered"]) for v in d["volumes"]]')" \
	'[["System", "0000-00D1", "boot-sector"], ["Secret", "0000-00D2", "bitlocker-metadata"]]'
ok "the report of a volume known by its metadata satisfies the schema" \
	tests/golden/validate.py "$scratch/first-table.json"
cp --sparse=always "$scratch/xts-256.raw" "$scratch/nowhere.raw"
printf 'XXXXXXXX%.0s' 1 2 3 | dd of="$scratch/nowhere.raw" bs=1 \
	seek=$((start + 176)) conv=notrunc status=none
analyse nowhere 0 --key-file "$scratch/recovery.txt" "$scratch/nowhere.raw"
is "with a first sector that leads nowhere" "$(ask nowhere \
	'[(v["label"], v["serial"]) for v in d["volumes"]], [f["code"] for f in d["findings"] if "CM0260" <= f["code"] <= "CM0279"]')" \
	'[[["System", "0000-00D1"], ["Secret", "0000-00D2"]], ["CM0277"]]'

# Linux has the volumes now: neither metadata nor a backup boot sector that it
# left says what they are.
cp --sparse=always "$scratch/xts-128.raw" "$scratch/linux.raw"
printf 'XFSB' | dd of="$scratch/linux.raw" bs=512 seek=$((mib / 512)) \
	conv=notrunc,sync status=none
printf 'LUKS\xba\xbe' | dd of="$scratch/linux.raw" bs=512 \
	seek=$((start / 512)) conv=notrunc,sync status=none
analyse linux 0 "$scratch/linux.raw"
is "a volume that is Linux's now is none of BitLocker" "$(ask linux \
	'[(v["fileSystem"], v["serial"], v["bitlocker"], [c["structure"] for c in v["citations"]]) for v in d["volumes"]], [f["code"] for f in d["findings"] if f["code"] in ("CM0226", "CM0277")]')" \
	'[[["XFS", null, null, ["signature"]], ["LUKS", null, null, ["signature"]]], []]'

# The image is cut before the copy of the first sectors: the key is right all the
# same, and what is left is read, by what the $MFT says.
for method in xts-128 cbc-128 xts-256; do
	name=cut-$method
	head -c $((start + 12 * mib)) "$scratch/$method.raw" \
		> "$scratch/$name.raw"
	analyse $name 4 --key-file "$scratch/recovery.txt" "$scratch/$name.raw"
	is "$name: it is unlocked, and which byte is missing is told" \
		"$(ask $name "${secret}['state'], [f['message'].split(': read')[0] for f in d['findings'] if f['code'] == 'CM0653'], [f['code'] for f in d['findings'] if 'CM0264' <= f['code'] <= 'CM0268']")" \
		"[\"unlocked\", [\"volume1 (disk0, partition 2): byte $header of the volume, byte $((start + header)) of the disk, cannot be read, so its file system is unknown\"], []]"
	analyse $name-made 4 --recover --key-file "$scratch/recovery.txt" \
		"$scratch/$name.raw"
	is "$name: its file system is read" "$(ask $name-made \
		'[(v["label"], v["serial"]) for v in d["volumes"]], [(r["volume"], r["provenance"], r["offset"]) for r in d["recovered"]]')" \
		"[[[\"System\", \"0000-00D1\"], [\"Secret\", null]], [[\"volume1\", \"mft-record\", $start]]]"
	is "$name: and what it holds" \
		"$(ask $name-made '[m["path"] for m in d["mountPoints"] if m["hostVolume"] == "volume1"]')" \
		"$(ask plain '[m["path"] for m in d["mountPoints"] if m["hostVolume"] == "volume1"]')"
	sed s/世界/世/ "$scratch/password.txt" > "$scratch/no.txt"
	analyse $name-wrong 4 --key-file "$scratch/no.txt" "$scratch/$name.raw"
	is "$name: another key is wrong" "$(ask $name-wrong \
		'[f["code"] for f in d["findings"] if "CM0264" <= f["code"] <= "CM0268"]')" \
		'["CM0265", "CM0266"]'
done
# So is that of the volume alone.
head -c $((12 * mib)) "$scratch/cipher" > "$scratch/alone.raw"
analyse alone 4 --key-file "$scratch/recovery.txt" "$scratch/alone.raw"
is "a volume alone that is cut is unlocked" "$(ask alone \
	'd["volumes"][0]["bitlocker"]["state"]')" unlocked

# Keys that are wrong, for something else, or no keys.
echo 'password: wrong' > "$scratch/wrong.txt"
analyse wrong 4 --key-file "$scratch/wrong.txt" "$scratch/xts-128.raw"
analyse wrong-256 4 --key-file "$scratch/wrong.txt" "$scratch/xts-256.raw"
for name in wrong wrong-256; do
	is "$name: the key is told" "$(ask $name \
		'sorted(f["code"] for f in d["findings"] if "CM0264" <= f["code"] <= "CM0268")')" \
		'["CM0265", "CM0266"]'
done
{
	echo "{22222222-0000-4000-8000-000000000001} recovery-password: $recovery"
	echo "{${ids[3]}} password: Grüße, 世界"
} > "$scratch/bound.txt"
analyse bound 0 --key-file "$scratch/bound.txt" "$scratch/xts-128.raw"
is "a key of another volume is not tried" \
	"$(ask bound "${secret}['unlockedBy'], [f['message'][:18] for f in d['findings'] if f['code'] == 'CM0266']")" \
	'["password", ["the key in line 1 "]]'
for bad in 'recovery-password: 042647-302313' "recovery-password: ${recovery%8}9" \
	'passwort: Grüße, 世界' '{1234} password: Grüße, 世界' 'password:' \
	'startup-key: absent.BEK' 'startup-key: script'; do
	printf '# bad\n%s\n' "$bad" > "$scratch/bad.txt"
	is "no key: $bad" "$("$COLDMOUNT" --key-file "$scratch/bad.txt" \
		"$plain" 2>&1 > /dev/null | cut -c1-35)" \
		'coldmount: key file bad.txt, line 2'
done
is "a key file that is not there" \
	"$("$COLDMOUNT" --key-file "$scratch/none" "$plain" 2>&1 | cut -c1-24)" \
	'coldmount: key file none'
"$COLDMOUNT" -v --key-file "$scratch/password.txt" "$scratch/xts-128.raw" \
	> "$scratch/tree.txt" 2>&1
ok "the tree marks what is encrypted" \
	grep -q 'encrypted, in xts-128.raw' "$scratch/tree.txt"
is "no key is in any report" "$(grep -lE 'Gr.*e, 世|042647|590458|BEK: ' \
	"$scratch"/*.json "$scratch"/*.err "$scratch/tree.txt")" ''

# What is changed in the metadata, with a checksum that is right: no hang, no
# crash.  The metadata of the second are laid out as those of the first, and with
# the sanitizers it is one minute.
methods=(xts-128)
[ "$MODE" = san ] || methods+=(xts-256)
for method in "${methods[@]}"; do
	ok "hostile metadata, $method" tests/golden/bitlocker_hostile.py \
		"$COLDMOUNT" "$scratch/clear-$method.raw" $start \
		$((11 * mib)) "$scratch"
done
# place TARGET EXPRESSION: of the first place that is found.
place() {
	"$COLDMOUNT" resolve -q --json --key-file "$scratch/recovery.txt" \
		"$1" "$scratch/xts-128.raw" > "$scratch/place.json"
	tests/golden/query.py "$scratch/place.json" "$2"
}

# Its first sectors lie elsewhere.
# shellcheck disable=SC2016 # $Boot is a file
is "where the plain text's first bytes lie" \
	"$(place 'D:\$Boot' 'd["places"][0]["file"]["data"]["extents"][0]["offset"]')" \
	$((start + header))
# shellcheck disable=SC2016
is "and back" "$(place disk0@$((start + header + 513)) \
	'[(p["volumeOffset"], [o["path"] for o in p["owners"]]) for p in d["places"]]')" \
	'[[513, ["\\$Boot"]]]'
is "whose is what lies there" "$(place "disk0@$start" \
	'[(p["volumeOffset"], p["owners"], p["reason"]) for p in d["places"]]')" \
	"[[null, [], \"This byte of volume1 is BitLocker's own.\"]]"
finish
