#!/bin/bash
# lost_keys - the keys above disks and users' volumes are gone, but not those
# themselves, which are told all the same; and names of volumes whose records
# say that they are longer

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

sample_machine
hive=$scratch/hive

# lose FILE KEY...: $hive is FILE without the records of these keys.
lose() {
	python3 - "$hive" "$@" <<-'END'
	import sys
	out, file, *names = sys.argv[1:]
	b = bytearray(open(file, "rb").read())
	for name in names:
	    at = -1
	    while (at := b.find(b"nk", at + 1)) >= 0:
	        size = int.from_bytes(b[at + 72:at + 74], "little")
	        if b[at + 76:at + 76 + size] == name.encode():
	            b[at - 4:at + 76 + size] = bytes(80 + size)
	open(out, "wb").write(b)
	END
}

# ask EXPRESSION FILE: of the report of it.
ask() {
	"$COLDMOUNT" -q --json --partial-ok --hive "$2" > "$scratch/report"
	tests/golden/query.py "$scratch/report" "$1"
}

codes='sorted({f["code"] for f in d["findings"]} &
	{"CM0428", "CM0429", "CM0432", "CM0533"})'

volumes='sorted((v["key"], v["kind"], v["lastWritten"])
	for v in d["userVolumes"])'
lose "$machine/NTUSER.DAT" Software Microsoft
is "a user's keys: as many as ever" "$(ask "$volumes" "$hive")" \
	"$(ask "$volumes" "$machine/NTUSER.DAT")"
is "a user's keys: how they were found is said" "$(ask "$codes" "$hive")" \
	'["CM0432"]'
tap tests/golden/check_citations.py "$scratch/report" "$hive"
lose "$machine/NTUSER.DAT" Explorer MountPoints2
is "a user's keys: none that are gone" "$(ask "$codes" "$hive")" '[]'

disks='sorted((k["instance"], k["serial"], k["lastArrival"])
	for k in d["knownDisks"])'
lose "$machine/SYSTEM" Select ControlSet001
is "disks: as many as ever" "$(ask "$disks" "$hive")" \
	"$(ask "$disks" "$machine/SYSTEM")"
# A key that stands in has no list, and none is sought behind the file.
is "disks: no byte is named that is not there" "$(ask 'max(int(b)
	for f in d["findings"] for b in __import__("re").findall(
	"at byte ([0-9]+)", f["message"])) < d["images"][0]["size"]' "$hive")" true

lose "$machine/SYSTEM" "Disk&Ven_QEMU&Prod_HARDDISK"
is "a device: its disks are as ever" "$(ask "$disks" "$hive")" \
	"$(ask "$disks" "$machine/SYSTEM")"
is "a device: how it was found is said" "$(ask "$codes" "$hive")" '["CM0533"]'
tap tests/golden/check_citations.py "$scratch/report" "$hive"

# Of a user's hive only its log is left: its keys are told, but not as those
# that were there last. A key of its own that no page has is not.
told='sorted((v["key"], v["lastWritten"], v["present"], v["recovered"])
	for v in d["userVolumes"])'
mkdir "$scratch/logs"
mine=$scratch/logs/NTUSER.DAT
: > "$mine"
tests/golden/dirt_log.py "$machine/NTUSER.DAT" "$mine.LOG" Explorer
want=$(ask 'sorted((v["key"], v["lastWritten"], "after-replay",
	{"place": "log-page", "data": "intact"}) for v in d["userVolumes"])' \
	"$machine/NTUSER.DAT")
for file in "$mine.LOG" "$mine"; do
	is "${file##*/} alone: its keys" "$(ask "$told" "$file")" "$want"
	ok "${file##*/} alone: by the schema" \
		tests/golden/validate.py "$scratch/report"
	is "${file##*/} alone: each finding cites its bytes" "$(ask '{f["code"]
		for f in d["findings"] if not f["citations"]} <= {"CM0601"}' \
		"$file")" true
done
ask '""' "$mine.LOG" > "$scratch/none"
tap tests/golden/check_citations.py "$scratch/report" "$mine.LOG"
is "the tree says that they are recovered" "$("$COLDMOUNT" -q --partial-ok \
	--hive "$mine.LOG" | grep -c 'recovered from a log')" \
	"$(ask 'len(d["userVolumes"])' "$mine.LOG")"
tests/golden/dirt_log.py "$machine/NTUSER.DAT" "$mine.LOG" Explorer \
	MountPoints2 BitBucket
is "a log without their keys is not told of a user" "$(ask \
	'len(d["userVolumes"]), len(d["users"])' "$mine.LOG")" '[0, 0]'

# Of a SYSTEM hive's log the names are told, and the disks, but not as what was
# there last; that of no bytes beside it is the same.
facts='k["instance"], k["diskId"], k["lastArrival"],
	[p["offset"] for p in k["partitions"]]'
told="sorted(($facts, k['present'], k['recovered'])
	for k in d['knownDisks'])"
log=$scratch/logs/SYSTEM.LOG
: > "$scratch/logs/SYSTEM"
tests/golden/dirt_log.py "$machine/SYSTEM" "$log"
want=$(ask "sorted(($facts, 'after-replay',
	{'place': 'log-page', 'data': 'intact'}) for k in d['knownDisks'])" \
	"$machine/SYSTEM")
is "the SYSTEM hive has five disks" "$(ask 'len(d["knownDisks"])' \
	"$machine/SYSTEM")" 5
for file in "$log" "$scratch/logs/SYSTEM"; do
	is "${file##*/} alone: its disks" "$(ask "$told" "$file")" "$want"
	is "${file##*/} alone: that is said" "$(ask '[len(f["citations"])
		for f in d["findings"] if f["code"] == "CM0689"]' "$file")" '[4]'
	ok "${file##*/} alone: by the schema" \
		tests/golden/validate.py "$scratch/report"
done
ask '""' "$log" > "$scratch/none"
tap tests/golden/check_citations.py "$scratch/report" "$log"
is "the tree says that the disks are recovered" "$("$COLDMOUNT" -q \
	--partial-ok --hive "$log" | grep -c 'known.*recovered from a log')" 5

# A log of which no page has a name.
tests/golden/dirt_log.py --without '\DosDevices' '\??\Volume{' '#{' \
	"$machine/SYSTEM" "$log"
is "a log without names: its disks" "$(ask '(len(d["names"]),
	len([k for k in d["knownDisks"] if k["recovered"]]),
	[f["code"] for f in d["findings"]
		if f["code"] in ("CM0405", "CM0406", "CM0407")])' "$log")" \
	'[0, 5, []]'
tap tests/golden/check_citations.py "$scratch/report" "$log"

# Nor does the root's list name the control set any more.
lose "$machine/SYSTEM" ControlSet001
python3 - "$hive" <<-'END'
	import sys
	b = bytearray(open(sys.argv[1], "rb").read())
	root = 4096 + int.from_bytes(b[36:40], "little") + 4
	at = 4096 + int.from_bytes(b[root + 28:root + 32], "little") + 4
	assert b[at:at + 2] == b"lh"
	b[at:at + 4] = bytes(4)
	open(sys.argv[1], "wb").write(b)
END
is "a control set without a name: its disks are as ever" \
	"$(ask "$disks" "$hive")" "$(ask "$disks" "$machine/SYSTEM")"
is "a control set without a name: said" "$(ask "$codes" "$hive")" \
	'["CM0533"]'
tap tests/golden/check_citations.py "$scratch/report" "$hive"

# Keys above disks, and the lists that they were in.
python3 - "$machine/SYSTEM" "$hive" <<-'END'
	import sys
	b = bytearray(open(sys.argv[1], "rb").read())
	le = lambda at: 4096 + int.from_bytes(b[at:at + 4], "little") + 4
	for name in b"Enum", b"SCSI", b"Disk&Ven_Sample&Prod_Backup_Drive":
	    at = b.find(name)
	    while b[at - 76:at - 74] != b"nk":
	        at = b.find(name, at + 1)
	    above = le(at - 60)
	    b[le(above + 28) - 4:le(above + 28) + 8] = bytes(12)
	    b[at - 80:at + len(name)] = bytes(80 + len(name))
	open(sys.argv[2], "wb").write(b)
END
left='sorted((k["instance"].split("\\")[-1], k["model"], k["diskId"] or "",
	k["lastArrival"] or "", len(k["partitions"])) for k in d["knownDisks"])'
is "keys with their lists: disks as ever" "$(ask "$left" "$hive")" \
	"$(ask "$left" "$machine/SYSTEM")"
is "keys with their lists: said" "$(ask 'sum(f["code"] == "CM0533"
	for f in d["findings"]) > 1' "$hive")" true
tap tests/golden/check_citations.py "$scratch/report" "$hive"

# The cell that Windows makes for such a name ends with it, at 72 bytes: what is
# longer is cut there.  That of the sample is larger.
python3 - "$machine/SYSTEM" "$hive" <<-'END'
	import sys
	b = bytearray(open(sys.argv[1], "rb").read())
	at = b.find(b"\\??\\Volume{3f8c2a14-9d1e-11eb-8a01-525400c01d01}")
	assert b[at - 20:at - 16] == b"vk\x30\x00"
	b[at - 24:at - 20] = (-72).to_bytes(4, "little", signed=True)
	b[at + 48:at + 56] = (8).to_bytes(8, "little")
	b[at - 17] = 1
	open(sys.argv[2], "wb").write(b)
END
names='sorted((n["name"], n["uniqueId"]["hex"]) for n in d["names"])'
is "a volume's name that is too long: all as ever" "$(ask "$names" "$hive")" \
	"$(ask "$names" "$machine/SYSTEM")"
is "a volume's name that is too long: said" "$(ask "$codes" "$hive")" \
	'["CM0428"]'

# One bit: of an entry in the list of a bus, of the length of a value's name.
flip() {
	python3 - "$machine/SYSTEM" "$hive" "$@" <<-'END'
	import sys
	file, out, kind, name, parent = sys.argv[1:]
	b = bytearray(open(file, "rb").read())
	le = lambda at, n=4: int.from_bytes(b[at:at + n], "little")
	def records(sign, size, head, want):
	    at = -1
	    while (at := b.find(sign, at + 1)) >= 0:
	        if b[at + head:at + head + le(at + size, 2)] == want.encode():
	            yield at
	for at in records(b"nk", 72, 76, parent):
	    if kind == "entry":
	        b[4096 + le(at + 28) + 8 + 1] ^= 2
	    for i in range(le(at + 36) if kind != "entry" else 0):
	        vk = 4096 + le(4096 + le(at + 40) + 4 + 4 * i) + 4
	        if b[vk + 20:vk + 20 + le(vk + 2, 2)] != name.encode():
	            continue
	        if kind == "data":
	            b[vk + 8] ^= 16
	        else:
	            b[vk + 2] ^= 2 if name else 1
	open(out, "wb").write(b)
	END
}

all='sorted((k["instance"], k["diskId"], k["lastArrival"])
	for k in d["knownDisks"])'
flip entry - SCSI
is "an entry of a list: all disks as ever" "$(ask "$all" "$hive")" \
	"$(ask "$all" "$machine/SYSTEM")"
is "an entry of a list: said" "$(ask 'any(f["code"] == "CM0425"
	for f in d["findings"])' "$hive")" true
tap tests/golden/check_citations.py "$scratch/report" "$hive"
for row in 'DiskId Partmgr CM0428' '- 0066 CM0428'; do
	read -r name key code <<< "$row"
	flip value "${name#-}" "$key"
	is "the length of a name in $key: all as ever" "$(ask "$all" "$hive")" \
		"$(ask "$all" "$machine/SYSTEM")"
	is "the length of a name in $key: said" "$(ask "any(f['code'] == '$code'
		for f in d['findings'])" "$hive")" true
done

# A log moves the list of values to a bin that no log has: what the tree without
# the log leads to, and a scan finds behind it, are the same records.
mkdir "$scratch/moved"
cp "$machine/SYSTEM" "$scratch/moved"
tests/golden/dirt_log.py --move-values "$scratch/moved/SYSTEM" \
	"$scratch/moved/SYSTEM.LOG"
is "a list that is nowhere: each name once" \
	"$(ask "$names" "$scratch/moved/SYSTEM")" \
	"$(ask "$names" "$machine/SYSTEM")"
is "a list that is nowhere: most are in both states" "$(ask '[n["present"]
	for n in d["names"] if n["recovered"]].count("both") > 20' \
	"$scratch/moved/SYSTEM")" true
tap tests/golden/check_citations.py "$scratch/report" "$scratch/moved/SYSTEM" \
	"$scratch/moved/SYSTEM.LOG"

# One bit of where its data lie: there is another record, which is no time.
flip data "" 0064
is "the place of a time: none that is not there" "$(ask 'sorted(
	{(k["installed"] or "none")[:4] for k in d["knownDisks"]})' "$hive")" \
	'["none"]'
is "the place of a time: said" "$(ask 'len([f for f in d["findings"]
	if f["code"] == "CM0532"]) > 2' "$hive")" true
tap tests/golden/check_citations.py "$scratch/report" "$hive"

# The key between a disk and its partitions, and the list that it was in.
python3 - "$machine/SYSTEM" "$hive" <<-'END'
	import sys
	b = bytearray(open(sys.argv[1], "rb").read())
	le = lambda at: int.from_bytes(b[at:at + 4], "little")
	at = b.find(b"Device Parameters") - 76
	assert b[at:at + 2] == b"nk"
	disk = 4096 + le(at + 16) + 4
	list_ = 4096 + le(disk + 28) + 4
	b[at:at + 76] = bytes(76)
	b[list_:list_ + 4] = bytes(4)
	open(sys.argv[2], "wb").write(b)
END
is "Device Parameters and its list: all disks as ever" \
	"$(ask "$all" "$hive")" "$(ask "$all" "$machine/SYSTEM")"
is "Device Parameters and its list: said" "$(ask 'any(f["code"] == "CM0533"
	for f in d["findings"])' "$hive")" true
tap tests/golden/check_citations.py "$scratch/report" "$hive"

# Those of all disks: whose each table is, nothing tells, but all are told.
python3 - "$machine/SYSTEM" "$hive" <<-'END'
	import sys
	b = bytearray(open(sys.argv[1], "rb").read())
	le = lambda at: int.from_bytes(b[at:at + 4], "little")
	at = 0
	while (at := b.find(b"Device Parameters", at + 1)) >= 0:
	    assert b[at - 76:at - 74] == b"nk"
	    disk = 4096 + le(at - 60) + 4
	    list_ = 4096 + le(disk + 28) + 4
	    b[at - 76:at] = bytes(76)
	    b[list_:list_ + 4] = bytes(4)
	open(sys.argv[2], "wb").write(b)
END
tables='sorted((k["diskId"], k["signature"], k["guid"], k["partitions"])
	for k in d["knownDisks"] if k["diskId"] or k["partitions"])'
devices='sorted(k["instance"] for k in d["knownDisks"]
	if k["instance"] != "?\\?\\?")'
is "all Device Parameters and their lists: all tables as ever" \
	"$(ask "$tables" "$hive")" "$(ask "$tables" "$machine/SYSTEM")"
is "all Device Parameters and their lists: all devices as ever" \
	"$(ask "$devices" "$hive")" "$(ask "$devices" "$machine/SYSTEM")"
is "all Device Parameters and their lists: said of each" "$(ask 'len([f
	for f in d["findings"] if "it is not known of which" in f["message"]])' \
	"$hive")" 5
tap tests/golden/check_citations.py "$scratch/report" "$hive"

# The middle of a cell is none, though what stands there may be taken for the
# size of a free one: here, the place in an id.
python3 - "$machine/SYSTEM" "$hive" <<-'END'
	import sys
	b = bytearray(open(sys.argv[1], "rb").read())
	at = b.find(b"\\DosDevices\\C:") - 20
	assert b[at:at + 2] == b"vk"
	b[at + 8:at + 12] = (int.from_bytes(b[at + 8:at + 12], "little")
			     + 8).to_bytes(4, "little")
	open(sys.argv[2], "wb").write(b)
END
is "data inside a cell: not told" "$(ask '[n["uniqueId"]["hex"]
	for n in d["names"] if n["name"][-2:] == "C:"]' "$hive")" '[""]'
is "data inside a cell: said" "$(ask 'any("inside another cell" in
	f["message"] for f in d["findings"])' "$hive")" true

# One bit: the list of one bus becomes that of another key.
python3 - "$machine/SYSTEM" "$hive" <<-'END'
	import sys
	b = bytearray(open(sys.argv[1], "rb").read())
	at = -1
	while (at := b.find(b"Disk&Ven_SanDisk", at + 1)) >= 0:
	    if b[at - 76:at - 74] == b"nk":
	        b[at - 76 + 29] ^= 1
	open(sys.argv[2], "wb").write(b)
END
is "another key's list: all disks as ever" "$(ask "$all" "$hive")" \
	"$(ask "$all" "$machine/SYSTEM")"
is "another key's list: said" "$(ask '{"CM0414", "CM0425"} <= {f["code"]
	for f in d["findings"]}' "$hive")" true
tap tests/golden/check_citations.py "$scratch/report" "$hive"

# The bit that tells the kind of a key's letters: lists of old hives have the
# first four only.
lf() {
	python3 - "$1" "$hive" <<-'END'
	import sys
	b = bytearray(open(sys.argv[1], "rb").read())
	at = b.find(b"Microsoft")
	while b[at - 76:at - 74] != b"nk":
	    at = b.find(b"Microsoft", at + 1)
	b[at - 74] ^= 0x20
	open(sys.argv[2], "wb").write(b)
	END
}
if old=$(real log2timeline__plaso/test_data/NTUSER-WIN7.DAT); then
	lf "$old"
	is "letters of an old hive's key: all as ever" \
		"$(ask "$volumes" "$hive")" "$(ask "$volumes" "$old")"
	is "letters of an old hive's key: said" \
		"$(ask '"CM0428" in {f["code"] for f in d["findings"]}' \
			"$hive")" true
	# Nor do they tell the length of a GUID, which its form does.
	for bit in 1 4 8 16 32 64; do
		python3 - "$old" "$hive" "$bit" <<-'END'
			import sys
			b = bytearray(open(sys.argv[1], "rb").read())
			at = b.find(b"{d38a501e-ecfc-11df-a2d7-806e6f6e6963}")
			while b[at - 76:at - 74] != b"nk":
			    at = b.find(b"{d38a501e-ecfc-11df", at + 1)
			b[at - 4] ^= int(sys.argv[3])
			open(sys.argv[2], "wb").write(b)
		END
		is "a GUID's length, bit $bit: all as ever" \
			"$(ask "$volumes" "$hive")" "$(ask "$volumes" "$old")"
		is "a GUID's length, bit $bit: said" "$(ask 'any(
			f["code"] == "CM0428" for f in d["findings"])' \
			"$hive")" true
	done
fi

# The header of a bin, whose cells are sound.
for field in "0 g" "5 \\1" "9 \\0"; do
	read -r off byte <<< "$field"
	cp "$machine/NTUSER.DAT" "$hive"
	# shellcheck disable=SC2059 # an escape
	printf "$byte" | dd of="$hive" bs=1 seek=$((8192 + off)) conv=notrunc \
		status=none
	is "a bin's header, byte $off: all as ever" "$(ask "$volumes" "$hive")" \
		"$(ask "$volumes" "$machine/NTUSER.DAT")"
	is "a bin's header, byte $off: said" "$(ask "$codes" "$hive")" \
		'["CM0429"]'
done
is "a whole hive: nothing is said" "$(ask "$codes" "$machine/NTUSER.DAT")" '[]'
if sam=$(real EricZimmerman__Registry/Registry.Test/Hives/SAMBadHBinHeader)
then
	is "a real hive with such a bin" "$(ask "$codes" "$sam")" '["CM0429"]'
fi
finish
