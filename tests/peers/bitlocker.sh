#!/bin/sh
# bitlocker.sh - cryptsetup, libbde's bdeinfo and dislocker are asked what our
# report says of encrypted volumes: of ours, and of one made by Windows; and
# dislocker decrypts what we encrypt

# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

mib=1048576
truncate -s $((16 * mib)) "$scratch/plain"
TZ=UTC faketime -f '2021-03-04 05:06:07' mkntfs -q -F -f -s 512 -c 4096 \
	-L Plain -p 2048 -H 255 -S 63 "$scratch/plain" 2> "$scratch/log" ||
	fail "a volume is made" "$(cat "$scratch/log")"

# ours FILE: what our report says, one thing a line.
ours() {
	"$COLDMOUNT" -q --json "$1" | python3 -c '
import json, sys
b = json.load(sys.stdin)["volumes"][0]["bitlocker"]
print(b["identifier"], b["description"], b["encryptionMethod"], sep="\n")
for p in b["protectors"]:
    print(p["kind"], p["identifier"])'
}

# bdeinfo and cryptsetup say the same in other words.
by_bdeinfo() {
	# it asks for a password and gets none
	bdeinfo "$1" < /dev/null 2> /dev/null | sed -n \
		-e 's/^.*Volume identifier[^:]*: //p' \
		-e 's/^.*Description[^:]*: //p' \
		-e 's/^.*Encryption method[^:]*: //p' > "$scratch/head"
	sed -n 2,3p "$scratch/head"
	sed -n 1p "$scratch/head"
	bdeinfo "$1" < /dev/null 2> /dev/null | sed -n \
		-e 's/^.*Identifier[^:]*: //p' -e 's/^.*Type[^:]*: //p' |
		paste -d ' ' - - | awk '{
			id = $1; $1 = ""; sub(/^ /, ""); gsub(/ /, "-")
			print tolower($0) " " id }'
}

by_cryptsetup() {
	cryptsetup bitlkDump "$1" | awk -F '\t' '
		/^GUID:/ { print $2 } /^Description:/ { print $2 }
		/^\tGUID:/ { id = $3 }
		/^\tProtection:/ { print kind($3) " " id }
		function kind(s) {
			sub(/VMK protected with /, "", s)
			sub(/recovery passphrase/, "recovery-password", s)
			sub(/passphrase/, "password", s)
			gsub(/ /, "-", s)
			return tolower(s) }'
}

without_method() {
	sed 3d
}

for method in xts-128 xts-256 cbc-256 diffuser-128; do
	file=$scratch/$method
	"$SAMPLE_BIN/bitlockerbuild" "$scratch/plain" "$file" <<-SCRIPT
		volume 01234567-89ab-cdef-0123-456789abcdef
		description PC01 D: 4/3/2021
		created 2021-03-04T05:06:07Z
		method $method
		metadata $((11 * mib)) $((12 * mib)) $((13 * mib))
		header $((13 * mib + 65536))
		password 11111111-0000-4000-8000-000000000001 secret
		recovery-password 11111111-0000-4000-8000-000000000002 042647-302313-590458-071500-554323-116567-412181-516978
		tpm 11111111-0000-4000-8000-000000000003
	SCRIPT
	ours "$file" > "$scratch/ours"
	is "$method: cryptsetup says the same" "$(by_cryptsetup "$file")" \
		"$(without_method < "$scratch/ours")"
	case $method in diffuser*) method_is=3d ;; *) method_is=p ;; esac
	is "$method: bdeinfo says the same" \
		"$(by_bdeinfo "$file" | sed -n "$method_is" )" \
		"$(sed -n "$method_is" "$scratch/ours")"
	dislocker-file -V "$file" -usecret "$scratch/out" \
		> "$scratch/log" 2>&1
	ok "$method: dislocker gives the volume as it was" \
		cmp "$scratch/out" "$scratch/plain"
done

file=util-linux__util-linux/tests/ts/blkid/images-fs/bitlocker-win7.img.xz
if path=$(real "$file"); then
	xz -dc "$path" > "$scratch/real"
	is "Windows' own: cryptsetup says the same" \
		"$(by_cryptsetup "$scratch/real")" \
		"$(ours "$scratch/real" | without_method)"
else
	skip "$file" "no shared data"
fi
finish
