#!/bin/sh
# containers - the sample machine gives the same report from every container

# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

machine=$scratch/machine
BIN=$SAMPLE_BIN
export BIN

# facts OUT IMAGE...: a report without what rightly differs: the names and kinds
# of the files, and that a QCOW2 does not say which parent it had.  The machine lacks a disk on purpose, so it is partial.
facts() {
	fa_out=$1
	shift
	"$COLDMOUNT" -q --json --scan full "$@" > "$scratch/report.json"
	fa_status=$?
	if [ $fa_status -ne 4 ]; then
		echo "exit status $fa_status"
		return 1
	fi
	/usr/bin/python3 - "$scratch/report.json" > "$fa_out" <<-'END'
	import json, sys
	report = json.load(open(sys.argv[1], encoding="utf-8"))
	for image in report["images"]:
	    for field in ("file", "format", "segments"):
	        del image[field]
	for name in ("findings", "findingCounts"):
	    report[name] = [f for f in report[name] if f["code"] != "CM0110"]
	json.dump(report, sys.stdout, indent=1)
	END
}

if ! samples/make-machine "$machine" > "$scratch/log" 2>&1 ||
	! samples/make-containers "$machine" >> "$scratch/log" 2>&1; then
	fail "the sample machine is built" "$(tail -n 5 "$scratch/log")"
	finish
fi
facts "$scratch/want" "$machine/disk0.raw" "$machine/disk1.raw" ||
	fail "the raw disks give a report"
for container in "$machine"/*/; do
	name=$(basename "$container")
	set -- "$container"disk0.* "$container"disk1.*
	case $name in
	split) set -- "$container"disk0.001 "$container"disk1.001 ;;
	afm) set -- "$container"disk0.afm "$container"disk1.afm ;;
	e01-split) set -- "$container"disk0.E01 "$container"disk1.E01 ;;
	esac
	ok "$name: a report" facts "$scratch/got" "$@"
	ok "$name: the same as of the raw disks" \
		diff "$scratch/want" "$scratch/got"
done
finish
