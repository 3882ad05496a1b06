#!/bin/bash
# cli - the tool's manners: exit statuses, where output goes, options

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

cm=$(realpath "$COLDMOUNT")
cd "$scratch" || exit 1

# A disk of 1 MiB with an MBR and one partition that holds nothing.
truncate -s 1M disk.img
printf '\256\106\105\337' | dd of=disk.img bs=1 seek=440 conv=notrunc status=none
printf '\0\0\0\0\7\0\0\0\10\0\0\0\0\1\0\0' |
	dd of=disk.img bs=1 seek=446 conv=notrunc status=none
printf '\125\252' | dd of=disk.img bs=1 seek=510 conv=notrunc status=none
truncate -s 1M disk2.img
cp disk.img before.img

# run STATUS NAME ARGUMENT...: the tool ends so; its output is in out and err.
run() {
	local want=$1 name=$2 status=0

	shift 2
	"$cm" "$@" > out 2> err || status=$?
	is "$name" "$status" "$want"
}

# has NAME FILE TEXT
has() {
	ok "$1" grep -qF -- "$3" "$2"
}

report() {
	run "$1" "$2" --partial-ok -q "${@:3}"
}

# --- nothing to do ----------------------------------------------------------
run 2 "without arguments it tells its usage"
has "the usage goes to standard error" err "usage: coldmount"
is "and nothing to standard output" "$(cat out)" ""
run 0 "--help succeeds" --help
has "--help lists the options" out "--sector-size BYTES"
is "no line of the help is wider than 80 columns" \
	"$(awk 'length > 80' out)" ""
run 0 "help succeeds" help
run 0 "help knows each command" help report
run 2 "help of no command is wrong usage" help nothing
run 2 "an unknown option is wrong usage" --nothing disk.img
has "the message names the option" err "--nothing"
run 2 "an unknown short option is wrong usage" -Z disk.img
has "the message names the short option" err "-Z"
# says WORDS ARGUMENT...: the first line of the errors ends so.
says() {
	run 2 "wrong usage: ${*:2}" "${@:2}"
	is "and what is wrong with it" "$(head -n 1 err)" \
		"coldmount: option $1"
}
says "--json takes no argument" --json=4 disk.img
says "--quiet takes no argument" --quiet=x disk.img
says "--s=3 is ambiguous" --s=3 disk.img
says "--nothing=3 is unknown" --nothing=3 disk.img
says "-x is unknown" --color=always -xq disk.img
says "-x is unknown" -qx disk.img
says "--out needs an argument" disk.img --out
says "-o needs an argument" disk.img -qo
run 2 "an option without its argument is wrong usage" disk.img --output
run 2 "an unknown format is wrong usage" -f nothing disk.img
run 2 "options without an image are wrong usage" --json
run 2 "an unknown --scan is wrong usage" --scan slowly disk.img
run 2 "an odd --sector-size is wrong usage" --sector-size 513 disk.img
run 2 "an unknown --color is wrong usage" --color mauve disk.img

# --- versions ---------------------------------------------------------------
run 0 "--version succeeds" --version
is "--version begins with the tool's own" \
	"$(head -n 1 out | grep -cxE 'coldmount [0-9]+\.[0-9]+\.[0-9]+')" 1
has "--version names the libraries" out "libtsk 4"
run 0 "--version --json succeeds" --version --json
ok "--version --json is JSON" /usr/bin/python3 -m json.tool out
cp out version.json
run 0 "version --json succeeds" version --json
ok "and says the same" cmp out version.json
run 2 "version takes nothing else" version --yaml
run 0 "formats succeeds" formats
cp out formats
has "formats lists the tree" out "tree"
is "each by its name, blanks, and what it is for" "$(cut -d' ' -f1 out |
	while read -r format; do
		"$cm" -f "$format" disk.img > /dev/null 2> err ||
			[ $? -eq 4 ] || echo "$format"
	done)" ""
run 0 "--format list succeeds" --format list
ok "and says the same" cmp out formats

# --- reports ----------------------------------------------------------------
report 0 "a disk without volumes is analysed" disk.img
has "the tree is the default" out "Disk 0  disk.img  MBR signature df4546ae"
is "no escape sequence reaches a file" "$(grep -c "$(printf '\033')" out)" 0
run 0 "the command report may be named" report --partial-ok -q disk.img
report 0 "--json succeeds" --json disk.img
cp out plain.json
ok "--json writes JSON" /usr/bin/python3 -m json.tool out
report 0 "a second run succeeds" --json disk.img
ok "and writes the same bytes" cmp out plain.json
report 0 "--jsonl succeeds" --jsonl disk.img
is "JSON Lines end with the end" "$(tail -n 1 out | cut -c1-15)" '{"record":"end"'
report 0 "the directory of an image is not in its report" --json "$PWD/disk.img"
ok "so that the same image gives the same report" cmp out plain.json
report 0 "-- ends the options" --json -- disk.img
report 0 "--color=always colours" --color=always disk.img
has "with escape sequences" out "$(printf '\033[1m')"
NO_COLOR=1 report 0 "--color=always beats NO_COLOR" --color=always disk.img
has "with escape sequences all the same" out "$(printf '\033[1m')"
report 0 "--stats succeeds" --json --stats disk.img
has "--stats tells what was read" err "bytes_read="
ok "and standard output is the report alone" cmp out plain.json
ok "no image was written to" cmp disk.img before.img

# --- disks ------------------------------------------------------------------
report 0 "--disk gives the number" --json --disk 7=disk.img
has "the number is given, not assumed" out '"numberBasis": "given"'
has "it is the one that was given" out '"number": 7'
report 0 "others take the next number that is free" --json --disk 0=disk.img disk2.img
has "and theirs is assumed" out '"numberBasis": "assumed"'
run 2 "a number may be given once" --disk 1=disk.img --disk 1=disk2.img
has "the message names both" err "disk.img, disk2.img"
for wrong in =disk.img 1= x=disk.img -1=disk.img 1x=disk.img 99999999999999999999=disk.img disk.img; do
	run 2 "--disk $wrong is wrong usage" --disk "$wrong" disk.img
done

# --- what cannot be read ----------------------------------------------------
run 3 "an image that is not there is told" absent.img
has "by its name, on standard error" err "absent.img"
report 3 "--partial-ok does not hide it" --json absent.img
ok "a report is written nevertheless" /usr/bin/python3 -m json.tool out
has "which says that it is not complete" out '"complete": false'
report 3 "the other images are still analysed" --json absent.img disk.img
has "and reported" out '"signature": "df4546ae"'
run 3 "a directory is no image" -q .
: > empty.img
run 3 "nor is an empty file" -q empty.img

is "what is wrong with a file is said once" "$(for i in absent.img . empty.img \
	/dev/null absent.img/x; do
		"$cm" "$i" 2>&1 > /dev/null | sed 's/.*could not be opened: //'
	done)" \
"absent.img: No such file or directory.
.: a directory, not a file.
empty.img: empty file.
null: neither a file nor a block device.
x: No such file or directory."
run 3 "a parent that is not there is told, though none is needed" \
	--parent absent.vhd disk.img
is "in one sentence" "$(cat err)" "coldmount: CM0616: absent.vhd, which was \
named as the parent of an image, could not be opened: No such file or directory."
run 3 "so is one that is a directory" --parent . disk.img
has "with the reason" err "a directory, not a file."
report 3 "--partial-ok does not hide it" --json --parent absent.vhd disk.img
has "and the report is not complete" out '"complete": false'
report 0 "a parent that is not needed is no mistake" --parent disk2.img disk.img
for option in --disk=1= --hive= --reg= --parent= --output= -- -o; do
	run 2 "no name of a file is wrong usage: $option" disk.img "$option" ""
done

# --- where it goes ----------------------------------------------------------
report 0 "--output writes a file" --json -o report.json disk.img
ok "with the same bytes" cmp report.json plain.json
is "and nothing on standard output" "$(cat out)" ""
is "and no other file" "$(find . -name '.coldmount*')" ""
is "with the rights of any new file" "$(stat -c %a report.json)" \
	"$(printf '%o' $((0666 & ~$(umask))))"
echo precious > precious
report 5 "a file that is there is not overwritten" -o precious disk.img
is "but left as it was" "$(cat precious)" precious
has "and the message tells of --force" err --force
report 0 "--force overwrites it" --json --force -o precious disk.img
ok "with the report" cmp precious plain.json
report 5 "an input is never overwritten" --force -o disk.img disk.img
ln -s disk.img link.img
report 5 "not even under another name" --force -o link.img disk.img
cp before.img parent.img
report 5 "nor is a parent" --force -o parent.img --parent parent.img disk.img
ok "they are as they were" cmp disk.img before.img
ok "the parent too" cmp parent.img before.img
split -b 512K -d -a 3 --numeric-suffixes=1 disk.img split.
cp split.002 before.002
report 0 "a split image is read" --json split.001
# All segments are open at once; most shells let a program have 1024 files.
(
	mkdir many
	head -c 204800 disk.img | split -b 512 -d -a 3 - many/disk.
	ulimit -Sn 64
	"$cm" -q --json many/disk.000 > many.json
)
is "an image in 400 segments is read" \
	"$(grep -o '"disk\.399"' many.json)" '"disk.399"'
report 5 "a segment is never overwritten" --force -o split.002 split.001
ok "it is as it was" cmp split.002 before.002
report 5 "a directory is no output" --force -o . disk.img
report 5 "nor is a file in no directory" -o nowhere/report.json disk.img
report 0 "-o - is standard output" --json -o - disk.img
ok "as without it" cmp out plain.json
report 0 "a device is written to as it is" -o /dev/null disk.img
ok "and is still a device" test -c /dev/null
if [ -c /dev/full ]; then
	report 5 "a full device is told" --json -o /dev/full disk.img
	has "by its name" err "/dev/full"
	status=0
	"$cm" --partial-ok -q --json disk.img > /dev/full 2> err || status=$?
	is "a full standard output is told" "$status" 5
	status=0
	"$cm" --help > /dev/full 2> err || status=$?
	is "even of the help" "$status" 5
fi
is "a failed output leaves nothing behind" "$(find . -name '.coldmount*')" ""
status=$(
	"$cm" --partial-ok -q --json disk.img 2> err |
		true
	echo "${PIPESTATUS[0]}"
)
is "a reader that stops reading is no failure" "$status" 0
is "and is not complained about" "$(cat err)" ""

# --- the manual -------------------------------------------------------------
cd - > /dev/null || exit 1
{
	"$cm" --help
	for command in query device-number extents layout; do
		"$cm" $command --help
	done
} > "$scratch/help"
while read -r option; do
	# mdoc(7) writes --option as "Fl -option".
	ok "the manual has $option" \
		grep -qE "Fl -${option#--}( |\$)" docs/coldmount.1
done < <(grep -oE -- '--[a-z][a-z-]+' "$scratch/help" | sort -u)
while read -r name; do
	ok "--help has --$name" grep -qE -- "--$name\b" "$scratch/help"
done < <(grep -oE 'Fl -[a-z][a-z-]+' docs/coldmount.1 | sed 's/Fl -//' | sort -u)
finish
