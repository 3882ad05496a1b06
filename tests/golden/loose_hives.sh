#!/bin/bash
# loose_hives - hives without their disk: the same registry in an image, as
# files and as exported text says the same, and what is none is refused

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

DIRTY_HIVE=1 sample_machine

# report FILE ARGUMENT...: the report, and its status on standard output.
report() {
	local file=$1 status=0

	shift
	"$COLDMOUNT" -q --json "$@" > "$file" 2> "$file.errors" || status=$?
	echo $status
}

# export_text HIVE PREFIX BASE: as hivexregedit writes it, and as regedit would.
export_text() {
	hivexregedit --export --prefix "$2" "$1" \\ > "$3.reg" &&
		tests/golden/regedit.py 5 utf-16 < "$3.reg" > "$3-5.reg" &&
		tests/golden/regedit.py 4 latin-1 < "$3.reg" > "$3-4.reg"
}

# The same for tools that write UTF-8, and as text for people.
export_more() {
	export_text "$@" &&
		tests/golden/regedit.py 5 utf-8 < "$3.reg" > "$3-8.reg" &&
		tests/golden/regedit.py txt utf-16 < "$3.reg" > "$3-16.txt" &&
		tests/golden/regedit.py txt utf-8 < "$3.reg" > "$3-8.txt"
}

# The registry of the sample machine, in its image and as files.
report "$scratch/image" "$machine"/disk[01].raw > /dev/null
report "$scratch/hives" --hive "$machine/SYSTEM" --hive "$machine/SOFTWARE" \
	--hive "$machine/NTUSER.DAT" > /dev/null
ok "hives: the report satisfies the schema" \
	tests/golden/validate.py "$scratch/hives"
files=(SYSTEM SYSTEM.LOG1 SYSTEM.LOG2 SOFTWARE SOFTWARE.LOG1 SOFTWARE.LOG2
	NTUSER.DAT NTUSER.DAT.LOG1 NTUSER.DAT.LOG2)
is "hives: each file is an image, its logs behind it" \
	"$(tests/golden/query.py "$scratch/hives" \
		'" ".join(i["file"] for i in d["images"])')" "${files[*]}"
is "hives: their formats" "$(tests/golden/query.py "$scratch/hives" \
	'" ".join(i["format"] for i in d["images"][:3])')" \
	"hive hive-log hive-log"
tap tests/golden/loose.py "hives and image" "$scratch/hives" "$scratch/image"
tap tests/golden/check_citations.py "$scratch/hives" \
	"${files[@]/#/$machine/}"

# Logs are read beside their hive, also where they are named.
report "$scratch/named" --hive "$machine/SYSTEM" --hive "$machine/SYSTEM.LOG1" \
	--hive "$machine/SYSTEM.LOG2" --hive "$machine/SOFTWARE" \
	--hive "$machine/NTUSER.DAT" > /dev/null
ok "hives and their logs: as the hives" cmp "$scratch/named" "$scratch/hives"

# One that is named twice is one machine's.
ln -s "$machine/SYSTEM" "$scratch/link"
for again in "$machine/SYSTEM" "$scratch/link"; do
	report "$scratch/again" --hive "$machine/SYSTEM" --hive "$again" \
		> /dev/null
	is "${again##*/} again: one installation, and a word" \
		"$(tests/golden/query.py "$scratch/again" \
		'[len(d["installations"]), len({n["name"] for n in d["names"]})
			> 5, sum(f["code"] == "CM0624" for f in d["findings"])]')" \
		'[1, true, 1]'
done

# Nothing was written before it was made: the year 5235, by its version-1 GUID.
sed 's/\(3f8c2a14-9d1e-1\)1eb\(-8a01-525400c01d01\)/\1fff\2/' \
	"$machine/SYSTEM" > "$scratch/future"
"$COLDMOUNT" -q --json --partial-ok --hive "$scratch/future" > "$scratch/report"
is "a name of the future: its time is doubtful" \
	"$(tests/golden/query.py "$scratch/report" '[t["time"][:4]
		for t in d["timeline"] if "doubtful" in t["description"]]')" \
	'["5235"]'

# What lies before a hive does not make deleted names of its live ones.
mkdir "$scratch/shifted"
for file in SYSTEM SYSTEM.LOG1 SYSTEM.LOG2; do
	cp "$machine/$file" "$scratch/shifted"
done
{ head -c 512 /dev/zero; cat "$machine/SYSTEM"; } > "$scratch/shifted/SYSTEM"
report "$scratch/whole" --hive "$machine/SYSTEM" > /dev/null
report "$scratch/shift" --hive "$scratch/shifted/SYSTEM" > /dev/null
names='" ".join(n["name"] + n["uniqueId"]["hex"] + n["present"]
	+ str(n["recovered"]) for n in d["names"])'
is "shifted: names and ids are those of the hive" \
	"$(tests/golden/query.py "$scratch/shift" "$names")" \
	"$(tests/golden/query.py "$scratch/whole" "$names")"
is "shifted: a finding tells where it begins" \
	"$(tests/golden/query.py "$scratch/shift" \
		'[f["citations"][0]["offset"] for f in d["findings"]
			if f["code"] == "CM0424"]')" "[512]"
tap tests/golden/check_citations.py "$scratch/shift" \
	"$scratch/shifted"/SYSTEM{,.LOG1,.LOG2}

# A page that is missing moves all behind it: names had the ids of others.
if regipy=$(real mkorman90__regipy/regipy_tests/data); then
	mkdir "$scratch/short" "$scratch/long"
	xz -dc "$regipy/SYSTEM_2.xz" > "$scratch/sound"
	{ head -c 1048576 "$scratch/sound"
		tail -c +1052673 "$scratch/sound"; } > "$scratch/short/SYSTEM"
	{ head -c 1048576 "$scratch/sound"; head -c 512 /dev/zero
		tail -c +1048577 "$scratch/sound"; } > "$scratch/long/SYSTEM"
	report "$scratch/whole" --hive "$scratch/sound" > /dev/null
	for which in short long; do
		report "$scratch/displaced" --hive "$scratch/$which/SYSTEM" \
			> /dev/null
		is "$which: names and ids are those of the hive" \
			"$(tests/golden/query.py "$scratch/displaced" \
				"$names")" \
			"$(tests/golden/query.py "$scratch/whole" "$names")"
		is "$which: a finding tells it" \
			"$(tests/golden/query.py "$scratch/displaced" \
				'sum(f["code"] == "CM0434"
					for f in d["findings"])')" 1
		tap tests/golden/check_citations.py "$scratch/displaced" \
			"$scratch/$which/SYSTEM"
	done
else
	skip "displaced bins" "../shared/data is not here"
fi
for format in tree timeline; do
	"$COLDMOUNT" -q -v -f $format --hive "$machine/SYSTEM" --hive \
		"$machine/SOFTWARE" --hive "$machine/NTUSER.DAT" > "$scratch/out"
	ok "hives: $format" grep -q Lovelace "$scratch/out"
done
is "hives: the installation has no disk" "$(tests/golden/query.py \
	"$scratch/hives" '(lambda i: [i["volume"], i["systemRoot"]])(
		d["installations"][0])')" '[null, null]'
# The id of a value is not whole, on purpose; that the disks are not there is
# nothing that the report lacks.
is "hives: what makes the report partial" "$(tests/golden/query.py \
	"$scratch/hives" 'sorted({f["code"] for f in d["findings"]} &
		{"CM0401", "CM0502", "CM0633", "CM0640"})')" '["CM0502"]'
is "hives: which logs were applied" "$(tests/golden/query.py \
	"$scratch/hives" 'd["installations"][0]["hive"]["logsApplied"]')" \
	'["SYSTEM.LOG1", "SYSTEM.LOG2"]'

# A log that was never used.
mkdir "$scratch/unused"
cp "$machine/SOFTWARE" "$machine/SOFTWARE.LOG1" "$scratch/unused"
: > "$scratch/unused/SOFTWARE.LOG2"
report "$scratch/unused/json" --hive "$scratch/unused/SOFTWARE" > /dev/null
is "hives: a log without a byte is no damage" "$(tests/golden/query.py \
	"$scratch/unused/json" '[[i["file"] for i in d["images"]],
		[f["message"] for f in d["findings"] if "LOG2" in f["message"]]]')" \
	'[["SOFTWARE", "SOFTWARE.LOG1"], []]'

is "hives: users by the path in the base block, and accounts without a hive" \
	"$(tests/golden/query.py "$scratch/hives" '[[u["name"], u["sid"][-4:],
		u["hive"] is not None] for u in d["users"]]')" \
	'[["Ada Lovelace", "1001", true], ["systemprofile", "5-18", false], ["Grace", "1002", false], ["Gone", "1003", false]]'

# One data disk beside the hives: its volumes get their letters.
report "$scratch/data" --hive "$machine/SYSTEM" --disk 1="$machine/disk1.raw" \
	> /dev/null
letters='sorted(p["path"] for v in d["volumes"] for p in v["accessPaths"]
	if v["extents"][0]["disk"] == [k["id"] for k in d["disks"]
		if k["number"] == 1][0] and len(p["path"]) == 3)'
is "hives and a data disk: its letters are those of the whole machine" \
	"$(tests/golden/query.py "$scratch/data" "$letters")" \
	"$(tests/golden/query.py "$scratch/image" "$letters")"
ok "hives and a data disk: it has letters" \
	test "$(tests/golden/query.py "$scratch/data" "len($letters)")" -gt 1
is "hives and a data disk: an installation was found" \
	"$(tests/golden/query.py "$scratch/data" \
		'[f for f in d["findings"] if f["code"] == "CM0612"]')" '[]'

# As text, in each way of writing it.
report "$scratch/replayed" --hive "$machine/SYSTEM.replayed" > /dev/null
export_more "$machine/SYSTEM.replayed" 'HKEY_LOCAL_MACHINE\SYSTEM' \
	"$scratch/sample"
for text in .reg -5.reg -8.reg -16.txt -8.txt; do
	is "sample$text: exit status, for an id that is not whole on purpose" \
		"$(report "$scratch/text" --reg "$scratch/sample$text")" 4
	ok "sample$text: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/text"
	tap tests/golden/loose.py "sample$text" "$scratch/replayed" \
		"$scratch/text"
	tap tests/golden/cited_text.py "sample$text" "$scratch/text" \
		"$scratch/sample$text"
done
# Of the file above, which is the last: times without zone and form are no facts.
is "text for people: its times are told as it has them" \
	"$(tests/golden/query.py "$scratch/text" 'sum(
		f["code"] == "CM0447" and "11/30/2021 - 8:59 PM" in f["message"]
		for f in d["findings"])' \
		'{n["lastWritten"] for n in d["names"]} == {None}' |
		tr '\n' ' ')" '2 true '
for format in tree jsonl timeline; do
	status=0
	"$COLDMOUNT" -q -f $format --reg "$scratch/sample-5.reg" \
		> "$scratch/out" || status=$?
	is "sample.reg: $format: exit status" "$status" 4
	ok "sample.reg: $format is UTF-8" \
		iconv -f UTF-8 -t UTF-8 -o /dev/null "$scratch/out"
	is "sample.reg: $format holds nothing that a terminal would obey" \
		"$(grep -c "$(printf '\033')" "$scratch/out")" 0
done

# Only a part of a live registry: no Select, but CurrentControlSet.
# What is volatile there tells the numbers of the disks.
set='HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet'
disk='SCSI\Disk&Ven_NVMe&Prod_Samsung_SSD\5&1234&0&000000'
printf '%s\r\n' 'Windows Registry Editor Version 5.00' '' \
	"[$set\\Control\\ComputerName\\ComputerName]" \
	'"ComputerName"="LIVE"' '' "[$set\\Services\\disk\\Enum]" \
	"\"3\"=\"${disk//\\/\\\\}\"" '' "[$set\\Enum\\$disk]" \
	'"FriendlyName"="Samsung SSD"' > "$scratch/live.reg"
is "a part of a live registry: exit status" \
	"$(report "$scratch/text" --reg "$scratch/live.reg")" 0
ok "a part of a live registry: the report satisfies the schema" \
	tests/golden/validate.py "$scratch/text"
is "a part of a live registry: the control set that is in use" \
	"$(tests/golden/query.py "$scratch/text" '(lambda i: [
		i["currentControlSet"], i["computerName"]])(
			d["installations"][0])')" '["CurrentControlSet", "LIVE"]'
is "a part of a live registry: the disks with their numbers" \
	"$(tests/golden/query.py "$scratch/text" \
		'[[k["model"], k["number"]] for k in d["knownDisks"]]')" \
	'[["Samsung SSD", 3]]'

# What belongs to what.
cp "$machine/SYSTEM.replayed" "$scratch/a"
cp "$machine/SYSTEM.regback" "$scratch/b"
cp "$machine/SOFTWARE" "$scratch/c"
owners='[[i["hive"] and i["hive"]["path"], i["productName"]]
	for i in d["installations"]]'
# owners NAME WANT ARGUMENT...
owners() {
	local name=$1 want=$2

	shift 2
	report "$scratch/out" "$@" > /dev/null
	ok "$name: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/out"
	is "$name" "$(tests/golden/query.py "$scratch/out" "$owners")" "$want"
}
owners "SOFTWARE belongs to the SYSTEM before it" \
	'[["a", null], ["b", "Windows 10 Home"]]' \
	--hive "$scratch/a" --hive "$scratch/b" --hive "$scratch/c"
owners "SOFTWARE before any SYSTEM belongs to the first" \
	'[["a", "Windows 10 Home"], ["b", null]]' \
	--hive "$scratch/c" --hive "$scratch/a" --hive "$scratch/b"
owners "SOFTWARE alone" '[[null, "Windows 10 Home"]]' --hive "$scratch/c"
is "SOFTWARE twice: the second is said to be left out" \
	"$(report "$scratch/out" --hive "$scratch/a" --hive "$scratch/c" \
		--hive "$machine/SOFTWARE") $(tests/golden/query.py \
		"$scratch/out" '[f["code"] for f in d["findings"]
			if f["severity"] == "error"]')" '4 ["CM0690"]'

# refused NAME WANT ARGUMENT...: status 3, a whole report, and why.
refused() {
	local name=$1 want=$2

	shift 2
	is "$name: exit status" "$(timeout 10 "$COLDMOUNT" --json "$@" \
		> "$scratch/out" 2> "$scratch/errors"; echo $?)" 3
	ok "$name: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/out"
	ok "$name: says why" grep -q -e "$want" "$scratch/errors"
}
mkfifo "$scratch/fifo"
: > "$scratch/empty"
head -c 4000 "$machine/SYSTEM" > "$scratch/cut"
for option in --hive --reg; do
	refused "$option: no file" "No such file" $option "$scratch/none"
	refused "$option: a directory" "directory" $option "$scratch"
	refused "$option: a FIFO" "neither a file" $option "$scratch/fifo"
	refused "$option: an empty file" "empty file" $option "$scratch/empty"
done
refused "--hive: a disk" "wrong signature" --hive "$machine/disk0.raw"
refused "--reg: a disk" "begins with .Windows Registry Editor" \
	--reg "$machine/disk0.raw"
printf '\r\nHKEY_LOCAL_MACHINE\\SYSTEM\r\n    a    REG_SZ    b\r\n' \
	> "$scratch/query.txt"
{ printf '\377\376'; iconv -t UTF-16LE "$scratch/query.txt"; } \
	> "$scratch/query16.txt"
refused "--reg: what reg query writes" "output of .reg query" \
	--reg "$scratch/query.txt"
refused "--reg: the same in UTF-16" "output of .reg query" \
	--reg "$scratch/query16.txt"
refused "a hive that is cut behind its base block" "cut" --hive "$scratch/cut"
refused "text as a hive" "--reg reads" --hive "$scratch/sample.reg"
refused "a hive as text" "--hive reads" --reg "$scratch/a"
refused "a hive as an image" "--hive reads" "$scratch/a"
refused "text as an image" "--reg reads" "$scratch/sample-5.reg"
printf 'CREG\0\0\1\0%4088s' '' > "$scratch/windows98"
refused "a registry of Windows 98" "95, 98 or Me" --hive "$scratch/windows98"
refused "a log as a hive, without a name" "its hive is not here; no name" \
	--hive "$machine/SOFTWARE.LOG1"

# Of Windows NT 4 the letters are not read; nothing said so.
nt4() {
	printf '%s\n' 'key Select' 'dword Current 1' 'key DISK' \
		'hex Information 0102030405060708' "$@" |
		"$SAMPLE_BIN/hivebuild" "$scratch/nt4"
	report "$scratch/text" --hive "$scratch/nt4"
	tests/golden/query.py "$scratch/text" '[(f["code"], f["severity"],
		[c["structure"] for c in f["citations"]])
		for f in d["findings"] if f["code"] in ("CM0686", "CM0687")]'
}
is "the disks of Windows NT 4" "$(nt4)" '4
[["CM0686", "warning", ["vk"]]]'
is "the disks of Windows NT 4, with a mount manager" \
	"$(nt4 'key MountedDevices' 'mbr \DosDevices\C: 12345678 32256')" '0
[["CM0687", "info", ["vk"]]]'

# Keys that "reg save" has put into hives of their own were read as nothing.
own='Microsoft\Windows NT\CurrentVersion'
points='Microsoft\Windows\CurrentVersion\Explorer\MountPoints2'
# saved LINE...: what is told of such a hive.
saved() {
	printf '%s\n' "$@" | "$SAMPLE_BIN/hivebuild" "$scratch/saved"
	report "$scratch/text" --hive "$scratch/saved" > /dev/null
	tests/golden/query.py "$scratch/text" \
		'([v["share"] for v in d["userVolumes"]],
		[n["name"] for n in d["names"]],
		[i["productName"] for i in d["installations"]])'
}
is "saved: a user's Software" \
	"$(saved "key \"$own\"" "key \"$points\\##server#joe\"")" \
	'[["\\\\server\\joe"], [], [null]]'
is "saved: SOFTWARE, which has the same keys and says where it is" \
	"$(saved "key \"$own\"" 'sz SystemRoot C:\Windows' 'sz ProductName W' \
		"key \"$points\\##server#joe\"")" '[[], [], ["W"]]'
for name in '\DosDevices\C:' '\??\Volume{12345678-0000-11eb-8a01-525400c01d01}'
do
	printf 'Windows Registry Editor Version 5.00\n\n[P]\n"%s"=hex:%s\n' \
		"${name//\\/\\\\}" 78,56,34,12,00,00,10,00,00,00,00,00 \
		> "$scratch/saved.reg"
	printf 'key Empty\n' | "$SAMPLE_BIN/hivebuild" "$scratch/saved"
	hivexregedit --merge --prefix P "$scratch/saved" "$scratch/saved.reg"
	is "saved: MountedDevices, with $name" \
		"$(report "$scratch/text" --hive "$scratch/saved"
		tests/golden/query.py "$scratch/text" \
			'[(n["name"], n["recovered"]) for n in d["names"]]')" \
		"0
[[\"${name//\\/\\\\}\", null]]"
done

# The value without a name was told as nothing at all.
printf '%s\n' 'Windows Registry Editor Version 5.00' '' \
	'[HKEY_LOCAL_MACHINE\SYSTEM\MountedDevices]' \
	'@=hex:78,56,34,12,00,00,20,00,00,00,00,00' > "$scratch/unnamed.reg"
"$COLDMOUNT" -q --reg "$scratch/unnamed.reg" > "$scratch/tree"
report "$scratch/text" --reg "$scratch/unnamed.reg" > /dev/null
is "a value without a name: in the tree" \
	"$(grep -c '^  ! (default) → MBR signature 12345678' "$scratch/tree")" 1
is "a value without a name: in findings" "$(tests/golden/query.py \
	"$scratch/text" '[f["message"].split(" ")[1:4] for f in d["findings"]
		if f["code"] in ("CM0651", "CM0691")]')" \
	'[["(default)", "is", "neither"], ["the", "name", "(default)"]]'
is "a value without a name: in JSON, as it is" "$(tests/golden/query.py \
	"$scratch/text" '[n["name"] for n in d["names"]]')" '[""]'
printf '%s\n' 'time 2020-01-02T03:04:05Z' 'key MountedDevices' \
	'mbr "" 12345678 2097152' | "$SAMPLE_BIN/hivebuild" "$scratch/unnamed"
is "a value without a name: in the timeline" "$("$COLDMOUNT" -q -f timeline \
	--hive "$scratch/unnamed" 2> /dev/null | grep -c ' windows0 (default) — ')" 1

# A host of backups has more volume names than are kept; its letters, which the
# key has behind them, are.
{
	printf 'Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\%s]\n' \
		'SYSTEM\MountedDevices'
	seq 16390 | awk '{ printf "\"\\\\??\\\\Volume{%08x-0000-11eb-8a01-" \
		"525400c01d01}\"=hex:78,56,34,12,00,00,10,00,00,00,00,00\n", $1 }'
	printf '"\\\\DosDevices\\\\Q:"=hex:78,56,34,12,00,00,20,00,00,00,00,00\n'
	printf '"\\\\DosDevices\\\\AB"=hex:78\n'
} > "$scratch/full.reg"
tests/golden/regedit.py 5 utf-16 < "$scratch/full.reg" > "$scratch/full-5.reg"
for text in full full-5; do
	is "$text: more values than are kept make the report partial" \
		"$(report "$scratch/text" --reg "$scratch/$text.reg")" 4
	is "$text: the letter is told, and what is left out" \
		"$(tests/golden/query.py "$scratch/text" '(len(d["names"]),
			[n["name"] for n in d["names"] if "Dos" in n["name"]],
			[f["message"].split(": ", 1)[1] for f in d["findings"]
			if f["code"] == "CM0508"])')" \
		'[16385, ["\\DosDevices\\Q:"], ["MountedDevices has 16392 values; the first 16384 are read, and of the rest every drive letter: 1. The others are left out."]]'
done

# A disk was taken for a hive, and the values of all hives on it for its names;
# what is left of a hive is read all the same.
is "--hive: a disk has no names" \
	"$(report "$scratch/text" --hive "$machine/disk0.raw"
	tests/golden/query.py "$scratch/text" \
		'(len(d["names"]), len(d["installations"]))')" '3
[0, 0]'
head -c 8192 /dev/zero > "$scratch/headless"
tail -c +8193 "$scratch/a" >> "$scratch/headless"
tail -c +8193 "$scratch/a" > "$scratch/carved"
for part in headless carved; do
	is "--hive: what is left of one, $part" \
		"$(report "$scratch/text" --hive "$scratch/$part" > /dev/null
		tests/golden/query.py "$scratch/text" 'len(d["names"]) > 0')" \
		true
done

# The evidence stays as it is.
sum=$(sha256sum "$scratch/a" "$scratch/sample.reg")
for arguments in "--hive $scratch/a" "--reg $scratch/sample.reg"; do
	# shellcheck disable=SC2086
	is "${arguments%% *}: its file is not overwritten" "$("$COLDMOUNT" -q \
		--force -o "${arguments#* }" $arguments 2> /dev/null
		echo $?)" 5
done
# The logs of a clean hive were overwritten.
mkdir "$scratch/logs"
cp "$scratch/a" "$scratch/logs/SYSTEM"
ln -s SYSTEM "$scratch/logs/link"
for log in SYSTEM.LOG1 system.log SYSTEM.Log2; do
	echo "$log" > "$scratch/logs/$log"
	ln "$scratch/logs/$log" "$scratch/logs/hard"
	ln -s "$log" "$scratch/logs/soft"
	for output in "$log" hard soft; do
		for hive in SYSTEM link; do
			is "$log as $output beside $hive: is not overwritten" \
				"$("$COLDMOUNT" -q --force \
				-o "$scratch/logs/$output" \
				--hive "$scratch/logs/$hive" 2> /dev/null
				echo "$? $(cat "$scratch/logs/$log")")" "5 $log"
		done
	done
	rm "$scratch/logs/hard" "$scratch/logs/soft"
done
is "and nothing is left behind" "$(find "$scratch/logs" -name '.coldmount*')" ''
is "a file called otherwise is" "$(: > "$scratch/logs/SYSTEM.LOG3"
	"$COLDMOUNT" -q --force -o "$scratch/logs/SYSTEM.LOG3" \
		--hive "$scratch/logs/SYSTEM" 2> /dev/null
	[ -s "$scratch/logs/SYSTEM.LOG3" ] && echo written)" written
is "what was read is unchanged" \
	"$(sha256sum "$scratch/a" "$scratch/sample.reg")" "$sum"

# Without its root key a hive is read in part: by what is left of its names.
"$SAMPLE_BIN/hivebuild" "$scratch/rootless" <<-END
	key MountedDevices
	mbr \\DosDevices\\C: 5ca1ab1e 1048576
END
at=$((4096 + $(od -An -tu4 -j36 -N4 "$scratch/rootless")))
head -c 80 /dev/zero |
	dd of="$scratch/rootless" bs=1 seek=$at conv=notrunc status=none
is "a hive without its root: exit status" \
	"$(report "$scratch/hive" --hive "$scratch/rootless")" 4
is "a hive without its root: its name" "$(tests/golden/query.py \
	"$scratch/hive" '[n["name"] for n in d["names"]]')" \
	'["\\DosDevices\\C:"]'

# Hives of real machines, as files and as text.
if ! regipy=$(real mkorman90__regipy/regipy_tests/data); then
	skip "real hives" "../shared/data is not here"
	finish
fi
real=(SYSTEM_B SYSTEM SYSTEM_2)
# With the sanitizers one is enough: to export a hive takes longest, and that is
# not our code.
[ "$MODE" = san ] && real=(SYSTEM_B)
for name in "${real[@]}"; do
	xz -dc "$regipy/$name.xz" > "$scratch/real"
	export_text "$scratch/real" 'HKEY_LOCAL_MACHINE\SYSTEM' "$scratch/real"
	status=0
	[ "$name" = SYSTEM ] || status=4		# dirty, without its logs
	is "$name: exit status" \
		"$(report "$scratch/hive" --hive "$scratch/real")" $status
	ok "$name: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/hive"
	tap tests/golden/check_citations.py "$scratch/hive" "$scratch/real"
	for text in .reg -5.reg -4.reg; do
		is "$name$text: exit status" \
			"$(report "$scratch/text" --reg \
				"$scratch/real$text")" 0
		tap tests/golden/loose.py "$name$text" "$scratch/hive" \
			"$scratch/text"
		tap tests/golden/cited_text.py "$name$text" "$scratch/text" \
			"$scratch/real$text"
	done
done

# The hive of whom nobody is lies in no profile.  Before, it was that of a user
# Config.
for path in 'System32\Config\DEFAULT DEFAULT' 'Users\default\ntuser.dat default'; do
	"$SAMPLE_BIN/hivebuild" "$scratch/DEFAULT" <<-END
		name ${path% *}
		key Software\Microsoft\Windows\CurrentVersion\Explorer\MountPoints2
	END
	report "$scratch/hive" --hive "$scratch/DEFAULT" > /dev/null
	is "${path% *}: whose it is" "$(tests/golden/query.py "$scratch/hive" \
		'[u["name"] for u in d["users"]]')" "[\"${path#* }\"]"
done

# Of 230 names that lead to no disk here 200 are told, and last how many more
# there are.
{
	printf 'Windows Registry Editor Version 5.00\n\n'
	echo '[HKEY_LOCAL_MACHINE\SYSTEM\MountedDevices]'
	for i in $(seq 100 329); do
		printf '"\\\\??\\\\Volume{00000000-0000-0000-0000-000000000%s}"=' "$i"
		echo "hex:ab,cd,0${i:0:1},${i:1:2},00,00,10,00,00,00,00,00"
	done
} > "$scratch/many.reg"
report "$scratch/many" --reg "$scratch/many.reg" > /dev/null
is "many findings of one kind: which one is last" \
	"$(tests/golden/query.py "$scratch/many" '[(len(x), x[-1], sum(m in x
		for m in ["30 more of this kind are not listed."]))
		for x in [[f["message"] for f in d["findings"]
			if f["code"] == "CM0691"]]]')" \
	'[[201, "30 more of this kind are not listed.", 1]]'

# HKEY_USERS says whose each is; where its profile is, ProfileList does.
points='Software\Microsoft\Windows\CurrentVersion\Explorer\MountPoints2'
sid=S-1-5-21-1-2-3
list='SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList'
cat > "$scratch/users.reg" <<-END
	Windows Registry Editor Version 5.00

	[HKEY_LOCAL_MACHINE\\$list\\$sid-1001]
	"ProfileImagePath"="C:\\\\Users\\\\joe"
	[HKEY_USERS\\.DEFAULT\\$points\\C]
	[HKEY_USERS\\$sid-1001\\$points\\D]
	[HKEY_USERS\\$sid-1002\\$points\\E]
END
report "$scratch/text" --reg "$scratch/users.reg" > /dev/null
is "the users of HKEY_USERS" "$(tests/golden/query.py "$scratch/text" \
	'" ".join(u["name"] + "=" + str(u["sid"]) for u in d["users"])')" \
	".DEFAULT=None joe=$sid-1001 $sid-1002=$sid-1002"
ok "the users of HKEY_USERS: the report satisfies the schema" \
	tests/golden/validate.py "$scratch/text"

# A comment may stand behind bytes; anything else is no part of them.
cat > "$scratch/comment.reg" <<-'END'
	REGEDIT4
	[HKEY_LOCAL_MACHINE\SYSTEM\MountedDevices]
	"\\DosDevices\\C:"=hex:44,4d,49,4f,3a,49,44,3a,\ ; the system
	  00,11,22,33,44,55,66,77,88,99,aa,bb,cc,dd,ee,ff ; its disk
	"\\DosDevices\\D:"=hex:44,4d,49,4f,3a,49,44,3a,\
	  00,11,22,33,44,55,66,77,88,99,aa,bb,cc,dd,ee,ff what
END
report "$scratch/text" --reg "$scratch/comment.reg" > /dev/null
is "a comment behind bytes, and what is none" "$(tests/golden/query.py \
	"$scratch/text" '" ".join([n["uniqueId"]["kind"] for n in d["names"]] +
		[f["message"].split(", but ")[1] for f in d["findings"]
			if f["code"] == "CM0502"])')" \
	"dmio raw its data is incomplete; it is shown raw."

# An export that stands there twice, and one with the zeros of its cluster.
devices='[HKEY_LOCAL_MACHINE\SYSTEM\MountedDevices]
"\\DosDevices\\C:"=hex:a1,b2,c3,d4,00,00,10,00,00,00,00,00
"\\DosDevices\\D:"=hex:a1,b2,c3,d4,00,00,20,00,00,00,00,00
'
names='" ".join(n["name"][-2:] + n["uniqueId"]["hex"][8:16]
	for n in d["names"])'
export=$'REGEDIT4\n\n'$devices
printf '%s\n%s\n' "$export" "$devices" > "$scratch/twice.reg"
is "exported twice: exit status" \
	"$(report "$scratch/text" --reg "$scratch/twice.reg")" 0
is "exported twice: each name once" \
	"$(tests/golden/query.py "$scratch/text" "$names")" \
	'C:00001000 D:00002000'
printf '%s\n%s\n' "$export" "${devices/10,00/30,00}" > "$scratch/differ.reg"
report "$scratch/text" --reg "$scratch/differ.reg" > /dev/null
is "exported twice, and differing: both are told" \
	"$(tests/golden/query.py "$scratch/text" "$names")" \
	'C:00001000 D:00002000 C:00003000'
{ printf '%s\n' "$export"; head -c 5001 /dev/zero; } > "$scratch/zeros.reg"
is "zeros at the end: exit status" \
	"$(report "$scratch/text" --reg "$scratch/zeros.reg")" 0
is "zeros at the end: names, and a word" \
	"$(tests/golden/query.py "$scratch/text" "($names"' + " " +
	" ".join(f["code"] for f in d["findings"] if f["code"] < "CM05"))')" \
	'C:00001000 D:00002000 CM0448'
{ printf '%s' "${export%$'\n'}"; head -c 300 /dev/zero; } \
	> "$scratch/cut.reg"
is "zeros behind a line without end: exit status" \
	"$(report "$scratch/text" --reg "$scratch/cut.reg")" 4
is "zeros behind a line without end: names, and a word" \
	"$(tests/golden/query.py "$scratch/text" "($names"' + " " +
	" ".join(f["code"] for f in d["findings"] if f["code"] < "CM065"))')" \
	'C:00001000 D:00002000 CM0449'
printf 'x\n' >> "$scratch/zeros.reg"
is "zeros with text behind them: exit status" \
	"$(report "$scratch/text" --reg "$scratch/zeros.reg")" 4

# A user's, with nothing else.
if ! user=$(real strozfriedberg__notatin/test_data/NTUSER.DAT); then
	finish
fi
cp "$user" "$scratch/user"
report "$scratch/hive" --hive "$scratch/user" > /dev/null
is "a user's hive alone: its owner and no SYSTEM hive" \
	"$(tests/golden/query.py "$scratch/hive" '[d["users"][0]["name"],
		d["installations"][0]["hive"], len(d["userVolumes"])]')" \
	'["Patrick", null, 5]'
for prefix in '' HKEY_CURRENT_USER 'HKEY_USERS\S-1-5-21-1-2-3-1001'; do
	export_text "$scratch/user" "$prefix" "$scratch/user"
	is "a user's text under $prefix: exit status" \
		"$(report "$scratch/text" --reg "$scratch/user-5.reg")" 0
	tap tests/golden/loose.py "a user's text under $prefix" \
		"$scratch/hive" "$scratch/text"
done
is "a user's text: the SID" "$(tests/golden/query.py "$scratch/text" \
	'd["users"][0]["name"]')" S-1-5-21-1-2-3-1001
finish
