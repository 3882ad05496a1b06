#!/bin/bash
# fat_labels - labels of FAT with letters beyond ASCII are read by the code page of
# the Windows that is there, as it does; without one, the doubt is told

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

work=$scratch dir=$scratch bin=$SAMPLE_BIN
export work dir bin
# shellcheck source=samples/lib.sh
. samples/lib.sh

stick=$scratch/stick.raw
truncate -s $((4 * mib)) "$stick"
mkfs.fat -F 12 -n XXXXX "$stick" > /dev/null
# The root directory's entry is the second place that has it.
at=$(grep -abo 'XXXXX  ' "$stick" | tail -n 1 | cut -d: -f1)

# label BYTES: of the root directory, in hexadecimal.
label() {
	printf %s "$1" | xxd -r -p |
		dd of="$stick" bs=1 seek="$at" conv=notrunc status=none
}

# windows NAME PAGE: a disk with a Windows whose OEM code page that is.
windows() {
	local image=$scratch/$1.raw

	truncate -s $((18 * mib)) "$image"
	sfdisk -q --no-reread --no-tell-kernel "$image" <<-DISK
		label: dos
		label-id: 0x0dd0bde$2
		start=2048, size=32768, type=7
	DISK
	ntfs_volume "disk$2/p1" "$image" $mib $((16 * mib)) 00000000000000d"$2" System
	printf '%s\n' 'key Select' 'dword Current 1' 'key MountedDevices' \
		'key ControlSet001\Control\Nls\CodePage' "sz OEMCP $3" |
		"$bin/hivebuild" "$scratch/SYSTEM"
	script "disk$2/p1" "copy /Windows/System32/config/SYSTEM \"$scratch/SYSTEM\""
	fill "disk$2/p1" "$image" || fail "the volume is filled"
}

# says NAME LABEL TEXT IMAGE...: what the label is, and how the finding ends.
says() {
	local name=$1 label=$2 text=$3

	shift 3
	"$COLDMOUNT" -q --json "$@" > "$scratch/report" 2> /dev/null
	is "$name: label" "$(tests/golden/query.py "$scratch/report" \
		"[v['label'] for v in d['volumes']][-1]")" "$label"
	is "$name: finding" "$(tests/golden/query.py "$scratch/report" \
		"[f['message'].split('not name: ')[1] for f in d['findings'] if f['code'] == 'CM0279']")" \
		"$text"
}

# As iconv reads the bytes.
by() {
	printf %s "$2" | xxd -r -p | iconv -f "CP$1" -t UTF-8
}

# json TEXT: as query.py prints it in a list.
json() {
	python3 -c 'import json, sys; print(json.dumps(sys.argv[1:]))' "$1"
}

bytes=8e5a61e041
label $bytes
says none "$(by 437 $bytes)" "$(json "no Windows here says which, and it is read by 437 as \"$(by 437 $bytes)\"; by 850 it is \"$(by 850 $bytes)\".")" "$stick"
is "where the label lies is cited" "$(tests/golden/query.py "$scratch/report" \
	"[(c['offset'], c['length']) for f in d['findings'] if f['code'] == 'CM0279' for c in f['citations']]")" \
	"[[$at, 5]]"
label 8e5a615a41
says agree "$(by 850 8e5a615a41)" "$(json "no Windows here says which, and it is read by 437 as \"$(by 437 8e5a615a41)\"; by 850 it is the same.")" "$stick"
label $bytes
windows east 1 866
windows west 2 850
windows japan 3 932
windows arabia 4 720
for page in 866:east 850:west 932:japan; do
	says "${page#*:}" "$(by "${page%:*}" $bytes)" "$(json "by ${page%:*}, the OEM code page of windows0, it is \"$(by "${page%:*}" $bytes)\".")" \
		"$scratch/${page#*:}.raw" "$stick"
done
says both "$(by 437 $bytes)" "$(json "no Windows here says which, and it is read by 437 as \"$(by 437 $bytes)\"; by 850 it is \"$(by 850 $bytes)\".")" \
	"$scratch/east.raw" "$scratch/west.raw" "$stick"
says arabia "$(by 437 $bytes)" "$(json "that of the Windows here is not supported, and it is read by 437 as \"$(by 437 $bytes)\"; by 850 it is \"$(by 850 $bytes)\".")" \
	"$scratch/arabia.raw" "$stick"
# The first byte of a deleted entry stands for itself as another.
label 0598e04120
says "e5, in Japan" "$(by 932 e598e041)" "$(json "by 932, the OEM code page of windows0, it is \"$(by 932 e598e041)\".")" \
	"$scratch/japan.raw" "$stick"
label 4142434445
says ascii ABCDE '[]' "$scratch/west.raw" "$stick"

# Of exFAT a label says how long it is. Windows 7 and exfatlabel give it up to 15
# characters, and fsstat reads them, too; an entry has no room for more.
rm -f "$scratch/exfat.raw"
truncate -s 8M "$scratch/exfat.raw"
mkfs.exfat -L LABEL "$scratch/exfat.raw" > /dev/null 2>&1
at=$(LC_ALL=C grep -obaP '\x83\x05L\x00A' "$scratch/exfat.raw" | cut -d: -f1)
{ printf '\x0f'; printf 123456789abcdef | iconv -t UTF-16LE; } |
	dd of="$scratch/exfat.raw" bs=1 seek=$((at + 1)) conv=notrunc status=none
"$COLDMOUNT" -q --json "$scratch/exfat.raw" > "$scratch/report"
is "a label of exFAT with 15 characters" \
	"$(tests/golden/query.py "$scratch/report" "[d['volumes'][0]['label'],
	[f for f in d['findings'] if f['code'] == 'CM0229']]")" \
	"[\"$(fsstat "$scratch/exfat.raw" |
		sed -n 's/^Volume Label (from root directory): //p')\", []]"
printf '\x10' | dd of="$scratch/exfat.raw" bs=1 seek=$((at + 1)) conv=notrunc \
	status=none
"$COLDMOUNT" -q --json "$scratch/exfat.raw" > "$scratch/report"
is "a label of exFAT that is too long is not read" \
	"$(tests/golden/query.py "$scratch/report" \
	"[v['label'] for v in d['volumes']], [(f['code'], f['citations'][0]['offset']) for f in d['findings'] if f['code'] == 'CM0229']")" \
	"[[null], [[\"CM0229\", $at]]]"

# A Windows on FAT is not read: no report of it is complete.
for row in '-F12 8 WINNT 4' '-F16 32 Windows 4' '-F32 64 WINDOWS 4' \
	'-F32 64 WINDOWS2 0'; do
	read -r bits size name status <<< "$row"
	rm -f "$scratch/fat.raw"
	truncate -s "${size}M" "$scratch/fat.raw"
	mkfs.fat "$bits" "$scratch/fat.raw" > /dev/null
	mmd -i "$scratch/fat.raw" ::GONE "::$name"
	mrd -i "$scratch/fat.raw" ::GONE
	got=0
	"$COLDMOUNT" -q --json "$scratch/fat.raw" > "$scratch/report" || got=$?
	is "$bits with $name: exit status" "$got" "$status"
	at=$(LC_ALL=C grep -obaP "${name^^} +\x10" "$scratch/fat.raw")
	is "$bits with $name: where it is said to be" \
		"$(tests/golden/query.py "$scratch/report" \
		"[c['offset'] for f in d['findings'] if f['code'] == 'CM0295'
			for c in f['citations']]")" \
		"$([ "$status" = 0 ] && echo '[]' || echo "[${at%%:*}]")"
done
finish
