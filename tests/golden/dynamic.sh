#!/bin/bash
# dynamic - volumes of the dynamic disks of two real machines: put together,
# read as NTFS, and told what is missing when one of their disks is

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

if ! archive=$(real mdbooth__libldm/test/data/ldm-data.tar.xz); then
	skip "dynamic disks" "../shared/data is not here"
	finish
fi
tar -xf "$archive" -C "$scratch"

# analyse NAME STATUS DISK...
analyse() {
	local name=$1 want=$2 status=0

	shift 2
	"$COLDMOUNT" -q --json --scan full "$@" > "$scratch/$name" \
		2> "$scratch/errors" || status=$?
	is "$name: exit status" "$status" "$want"
	ok "$name: the report satisfies the schema" \
		tests/golden/validate.py "$scratch/$name"
}

# says NAME EXPRESSION WANTED
says() {
	is "$1: $2" "$(tests/golden/query.py "$scratch/$1" "$2")" "$3"
}

all2003=("$scratch"/ldm-2003r2-*.img)
all2008=("$scratch"/ldm-2008r2-*.img)

# What Windows' own tools showed of these volumes: see the data's README.
labels='sorted((v["label"], v["serial64"]) for v in d["volumes"])'
analyse 2003r2 0 "${all2003[@]}"
says 2003r2 "$labels" '[["Mirrored", "685409dd5409af3e"], ["Raid5", "bc1020ed1020b076"], ["Simple", "04ae9e48ae9e31e2"], ["Spanned", "a6f4d822f4d7f313"], ["Spanned2", "f6ee2999ee2952e3"], ["Striped", "4866ee4a66ee37f8"]]'
tap tests/golden/dynamic.py "$scratch/2003r2" "${all2003[@]}"
tap tests/golden/check_citations.py "$scratch/2003r2" "${all2003[@]}"
analyse 2008r2 0 "${all2008[@]}"
says 2008r2 "$labels" '[["Mirrored", "fc9061279060ea1a"], ["Raid5", "86e88f74e88f60f3"], ["Spanned", "be50e0ff50e0bef1"], ["Spanned2", "d8dcba6bdcba4412"], ["Striped", "6c7c0afd7c0ac236"]]'
tap tests/golden/dynamic.py "$scratch/2008r2" "${all2008[@]}"
tap tests/golden/check_citations.py "$scratch/2008r2" "${all2008[@]}"
says 2008r2 '[d["disks"][int(e["disk"][4:])]["image"] for v in d["volumes"] if v["label"] == "Spanned2" for e in v["extents"]]' \
	'["image2", "image7", "image0"]'

# Two groups in one set of evidence, both with a Volume1.
analyse both 0 "${all2003[@]}" "${all2008[@]}"
says both 'len(d["volumes"])' 11
says both 'sorted(v["label"] for v in d["volumes"] if v["dynamic"]["name"] == "Volume1")' \
	'["Simple", "Spanned"]'
analyse both-less 4 "${all2003[@]:1}" "${all2008[@]:1}"
says both-less '[f["message"].split(" is ")[0] for f in d["findings"] if "Volume3" in f["message"]]' \
	'["The dynamic volume Volume3 of the group Red-nzv8x6obywgDg0", "The dynamic volume Volume3 of the group WIN-ERRDJSBDAVF-Dg0"]'

# without NAME DISK STATUS ANSWERS: the report on the disks of 2003r2 but one.
# ANSWERS are the volumes that it held a part of: name, state and label.
without() {
	local disk

	disks=()

	for disk in "${all2003[@]}"; do
		[ "$disk" = "$scratch/ldm-2003r2-$2.img" ] || disks+=("$disk")
	done
	analyse "$1" "$3" "${disks[@]}"
	says "$1" 'sorted((v["dynamic"]["name"], v["dynamic"]["state"], v["label"]) for v in d["volumes"] if v["dynamic"]["missingParts"])' \
		"$4"
	says "$1" 'len(d["volumes"])' 6
}

without no-mirror-1 mirrored-1 0 '[["Volume3", "degraded", "Mirrored"]]'
without no-mirror-2 mirrored-2 0 '[["Volume3", "degraded", "Mirrored"]]'
for i in 1 2 3; do
	without "no-raid5-$i" "raid5-$i" 0 '[["Raid1", "degraded", "Raid5"]]'
	says "no-raid5-$i" 'next(v["serial64"] for v in d["volumes"] if v["label"] == "Raid5")' \
		bc1020ed1020b076
done
tap tests/golden/dynamic.py "$scratch/no-raid5-3" "${disks[@]}"
is "the tree names the disk that is missing" "$("$COLDMOUNT" -q --partial-ok \
	"${disks[@]}" | grep missing | tr -s ' ')" "├─ Disk10 missing 47.0 MiB"
without no-stripe-1 striped-1 4 \
	'[["Stripe1", "incomplete", null], ["Volume4", "incomplete", null]]'
without no-span-2 spanned-2 4 '[["Volume2", "incomplete", null]]'
# Without the first part, too, the backup boot sector tells which volume it is.
for missing in no-stripe-1 no-span-2; do
	says $missing 'all(v["serial64"] for v in d["volumes"])' true
	says $missing '{v["serial64"] for v in d["volumes"]} == {"685409dd5409af3e", "bc1020ed1020b076", "04ae9e48ae9e31e2", "a6f4d822f4d7f313", "f6ee2999ee2952e3", "4866ee4a66ee37f8"}' \
		true
done
# What ldmtool says of the parts that are missing.
without no-span-1 spanned-1 4 '[["Volume2", "incomplete", "Spanned"]]'
tap tests/golden/dynamic.py "$scratch/no-span-1" "${disks[@]}"
says no-span-1 '[f["message"][-45:] for f in d["findings"] if f["code"] == "CM0236"]' \
	'["Disk2 {c85a6ce4-edb3-4dbc-a3b9-7fba4b6e6f75}."]'

# No database can be used: the search for lost volumes looks into the partition,
# which is no volume.
cp "$scratch/ldm-2003r2-simple-1.img" "$scratch/alone.img"
truncate -s 40M "$scratch/alone.img"
analyse alone 4 "$scratch/alone.img"
says alone 'd["volumes"]' '[]'
analyse searched 4 --recover "$scratch/alone.img"
says searched '[(v["label"], v["recovered"], v["extents"][0]["offset"]) for v in d["volumes"]]' \
	'[["Simple", "boot-sector", 32256]]'

# cut NAME DISK MIB ANSWER: the disks of 2008r2, of which one, with a GPT, lost
# all behind its first MIB mebibytes; state and label of the volume on it.
cut() {
	local disks=() disk

	for disk in "${all2008[@]}"; do
		[ "$disk" = "$scratch/ldm-2008r2-$2.img" ] || disks+=("$disk")
	done
	cp "$scratch/ldm-2008r2-$2.img" "$scratch/cut.img"
	truncate -s "$3M" "$scratch/cut.img"
	analyse "$1" 4 "${disks[@]}" "$scratch/cut.img"
	says "$1" '[(v["dynamic"]["state"], v["label"], v["dynamic"]["missingParts"]) for v in d["volumes"] if "disk8" in [e["disk"] for e in v["extents"]]]' \
		"[$4]"
}

cut cut-span spanned-2 49 '["whole", "Spanned", 0]'
cut cut-stripe striped-2 49 '["whole", "Striped", 0]'
cut cut-raid5 raid5-2 40 '["degraded", "Raid5", 0]'
cut cut-mirror mirrored-2 40 '["degraded", "Mirrored", 0]'
cut cut-stripe-more striped-2 40 '["incomplete", "Striped", 0]'

# A copy that is cut off, before the disk itself.
cp "$scratch/ldm-2003r2-simple-1.img" "$scratch/cut.img"
truncate -s 30M "$scratch/cut.img"
analyse twins 4 "$scratch/cut.img" "$scratch/ldm-2003r2-simple-1.img"
says twins '[(v["dynamic"]["state"], v["extents"][0]["disk"]) for v in d["volumes"] if v["label"] == "Simple"]' \
	'[["whole", "disk1"]]'
says twins '[f["message"] for f in d["findings"] if f["code"] == "CM0237"]' \
	'["disk0 and disk1 have the id of the same dynamic disk; disk1 is read."]'

# Two copies of each disk of a stripe, of which one has another label: which go
# together nobody says.
label_at=10521472
dd if="$scratch/ldm-2003r2-striped-1.img" of="$scratch/clone.img" bs=1M \
	status=none
printf 'X\0' | dd of="$scratch/clone.img" bs=1 seek=$label_at conv=notrunc \
	status=none
stripe=("$scratch"/ldm-2003r2-striped-[12].img)
copies='[f["message"].split("is a copy")[1] for f in d["findings"] if f["code"] == "CM0280"]'
analyse clones 4 "${stripe[0]}" "${stripe[1]}" "${stripe[1]}" "$scratch/clone.img"
says clones '[v["label"] for v in d["volumes"] if v["dynamic"]["name"] == "Stripe1"]' \
	'["Striped"]'
says clones "$copies" '[" of the same disk with other contents; the first difference that was found is at byte 10518016 of the disk. It is not known which of them belongs with the volume'"'"'s other disks: its contents may be of different times."]'
analyse same 4 "${stripe[0]}" "${stripe[1]}" "${stripe[@]}"
says same "$copies" '[]'

# change WHAT: of a copy of the first disk of the RAID-5 volume.
change() {
	cp "$scratch/ldm-2003r2-raid5-1.img" "$scratch/changed.img"
	python3 - "$scratch/changed.img" "$1" <<-'END'
		import struct, sys

		with open(sys.argv[1], "r+b") as file:
		    data = bytearray(file.read())
		    vmdb = data.rindex(b"VMDB\0\0")
		    if sys.argv[2] == "stale":
		        state = struct.unpack_from(">Q", data, vmdb + 0x75)[0]
		        struct.pack_into(">QQ", data, vmdb + 0x75, *[state - 1] * 2)
		        for at in range(63 * 512, 8 << 20, 512):
		            data[at + 40] ^= 0xff
		    for at in range(vmdb, len(data) - 128, 128):
		        if data[at:at + 4] == b"VBLK" and \
		                data[at + 19] & 15 in (1, 3) and \
		                sys.argv[2] in ("slots", "gone"):
		            data[at:at + 4] = b"klbv"
		            if sys.argv[2] == "gone":
		                data[at:at + 128] = b"VBLK" + data[at + 4:at + 16] + \
		                    bytes(112)
		    file.seek(0)
		    file.write(data)
	END
}

others=("$scratch"/ldm-2003r2-{mirrored,simple,spanned,striped}-*.img
	"$scratch"/ldm-2003r2-raid5-[23].img)

# Records of one copy of the database are gone: those of the others are used.
for damage in slots gone; do
	change $damage
	analyse $damage 4 "$scratch/changed.img" "${others[@]}"
	says $damage "$labels" "$(tests/golden/query.py "$scratch/2003r2" \
		"$labels")"
	says $damage '{v["dynamic"]["state"] for v in d["volumes"]} == {"whole"}' \
		true
done

# Of each copy something is gone, but of no record all copies: "slots" has none
# of volumes and parts, the other none of components and disks.
change slots
cp "$scratch/changed.img" "$scratch/slots.img"
python3 - "$scratch/ldm-2003r2-raid5-2.img" "$scratch/other.img" <<-'END'
	import sys

	with open(sys.argv[1], "rb") as file:
	    data = bytearray(file.read())
	for at in range(data.rindex(b"VMDB\0\0"), len(data) - 128, 128):
	    if data[at:at + 4] == b"VBLK" and data[at + 19] & 15 in (2, 4):
	        data[at:at + 4] = b"klbv"
	with open(sys.argv[2], "wb") as file:
	    file.write(data)
END
for order in "slots other" "other slots"; do
	analyse joined 4 "$scratch/${order% *}.img" "$scratch/${order#* }.img"
	says joined '[(v["label"], v["dynamic"]["state"]) for v in d["volumes"] if v["label"]]' \
		'[["Raid5", "degraded"]]'
	says joined '[d["images"][int(d["disks"][int(f["message"].split("database on disk")[1][0])]["image"][5:])]["file"] for f in d["findings"] if "only in the" in f["message"]]' \
		'["other.img"]'
done

# One disk was left behind by its group: what it holds of a RAID-5 volume is old,
# and not read.
change stale
analyse stale 0 "$scratch/changed.img" "${others[@]}"
says stale "$labels" "$(tests/golden/query.py "$scratch/2003r2" "$labels")"
says stale '[(v["dynamic"]["name"], v["dynamic"]["missingParts"]) for v in d["volumes"] if v["dynamic"]["state"] != "whole"]' \
	'[["Raid1", 0]]'
says stale 'sorted(f["code"] for f in d["findings"] if f["code"] not in ("CM0239", "CM0612"))' \
	'["CM0234", "CM0235"]'
says stale '[f["message"] for f in d["findings"] if f["code"] == "CM0235"]' \
	'["The dynamic volume Raid1 is read without 1 of its 3 parts, by the parity: 1 is of an older state (disk0)."]'

# aged LESS DISK [WHAT]: a copy of a disk whose group had LESS changes more to
# come; `spoiled', with other data.
aged() {
	python3 - "$scratch/ldm-2003r2-$2.img" "$scratch/aged-$2.img" "$1" \
		"${3:-}" <<-'END'
		import struct, sys

		with open(sys.argv[1], "rb") as file:
		    data = bytearray(file.read())
		at = data.rindex(b"VMDB\0\0") + 0x75
		state = struct.unpack_from(">Q", data, at)[0] - int(sys.argv[3])
		struct.pack_into(">QQ", data, at, state, state)
		if sys.argv[4] == "spoiled":
		    for at in range(63 * 512, 8 << 20, 512):
		        data[at + 40] ^= 0xff
		with open(sys.argv[2], "wb") as file:
		    file.write(data)
	END
}

# with_aged NAME DISK...: the set, of which these are replaced.
with_aged() {
	local name=$1 disk disks=()

	shift
	for disk in "${all2003[@]}"; do
		case " $* " in
		*" $(basename "${disk#*ldm-2003r2-}" .img) "*)
			disk=$scratch/aged-${disk#*ldm-2003r2-} ;;
		esac
		disks+=("$disk")
	done
	analyse "$name" 0 "${disks[@]}"
}

states='[(v["dynamic"]["name"], v["dynamic"]["state"]) for v in d["volumes"] if v["dynamic"]["state"] != "whole"]'
olds='[f["message"].split("read with ")[1] for f in d["findings"] if f["code"] == "CM0274"]'

# Nothing makes up for an older part of a stripe or a span.
aged 1 striped-2
with_aged old-stripe striped-2
says old-stripe "$states" '[["Volume4", "stale"], ["Stripe1", "stale"]]'
says old-stripe "$olds" '["1 of its 2 parts of an older state of the group than 1133, the newest one here: disk9 (1132). Its contents may be of different times.", "1 of its 2 parts of an older state of the group than 1133, the newest one here: disk9 (1132). Its contents may be of different times."]'
aged 1 simple-1
with_aged old-simple simple-1
says old-simple "$states" '[["Volume1", "stale"]]'
says old-simple "$olds" '["1 of its 1 part of an older state of the group than 1133, the newest one here: disk5 (1132). Its contents are of that time."]'

# Two columns of RAID-5 that are of one older state make up for a newer third;
# those of two states do not.
aged 1 raid5-2
aged 1 raid5-3
aged 0 raid5-1 spoiled
with_aged new-column raid5-1 raid5-2 raid5-3
says new-column "$labels" "$(tests/golden/query.py "$scratch/2003r2" "$labels")"
says new-column 'sorted(f["code"] for f in d["findings"] if f["code"] not in ("CM0239", "CM0612"))' \
	'["CM0234", "CM0234", "CM0235", "CM0274"]'
says new-column "$states" '[["Raid1", "stale"]]'
says new-column "$olds" '["2 of its 3 parts of an older state of the group than 1133, the newest one here: disk4 (1132), disk3 (1132). Its contents are of that time."]'
says new-column '[f["message"].split(": ")[1] for f in d["findings"] if f["code"] == "CM0235"]' \
	'["1 is in a newer state than the others (disk2)."]'
tap tests/golden/check_citations.py "$scratch/new-column" \
	"$scratch"/ldm-2003r2-mirrored-[12].img \
	"$scratch"/aged-raid5-[123].img "$scratch"/ldm-2003r2-s*.img
aged 2 raid5-3
with_aged mixed-columns raid5-2 raid5-3
says mixed-columns "$states" '[["Raid1", "stale"]]'
says mixed-columns "$olds" '["2 of its 3 parts of an older state of the group than 1133, the newest one here: disk4 (1131), disk3 (1132). Its contents may be of different times."]'

# A disk of a group that no table calls dynamic any more: its private header
# tells which one it is, and the others list it.
# tableless SET DISK PYTHON: the disks of SET, and that one changed, as $others
# and $changed.
tableless() {
	others=() changed=$scratch/changed.img
	for disk in "$scratch/ldm-$1"-*.img; do
		[ "$disk" = "$scratch/ldm-$1-$2.img" ] || others+=("$disk")
	done
	python3 - "$scratch/ldm-$1-$2.img" "$changed" <<-END || exit
		import sys
		with open(sys.argv[1], "rb") as file:
		    data = bytearray(file.read())
		$3
		with open(sys.argv[2], "wb") as file:
		    file.write(data)
	END
}

found='[(v["dynamic"]["name"], v["dynamic"]["state"], v["label"]) for v in d["volumes"] if v["recovered"] == "ldm-database"]'
strays='[f["message"].split(", and other")[0] for f in d["findings"] if f["code"] == "CM0275"]'
unused='[f["message"] for f in d["findings"] if f["code"] == "CM0666"]'
two='[["Volume4", "whole", "Spanned2"], ["Stripe1", "whole", "Striped"]]'
tableless 2003r2 striped-2 'data[:512] = bytes(512)'
analyse no-mbr 4 "${others[@]}" "$changed"
says no-mbr "$found" "$two"
says no-mbr "$strays" '["disk9 has no usable partition table; but its private header, at byte 3072, makes it Disk5 {ce97d979-fabb-4e9b-b44c-7d9580ae1f53} of a dynamic disk group"]'
tap tests/golden/check_citations.py "$scratch/no-mbr" "${others[@]}" "$changed"
tableless 2003r2 striped-2 'data[450] = 7'
analyse type-07 4 "${others[@]}" "$changed"
says type-07 "$found" "$two"
says type-07 "$strays" '["disk9 is not dynamic by its partition table; but its private header, at byte 3072, makes it Disk5 {ce97d979-fabb-4e9b-b44c-7d9580ae1f53} of a dynamic disk group"]'
analyse type-07 4 --recover "${others[@]}" "$changed"
says type-07 "$found" "$two"
says type-07 "$unused" '[]'

# Its partition begins where the group has nothing: it was given to others.
tableless 2003r2 striped-2 'data[450] = 7; data[454:458] = b"\0\10\0\0"'
analyse given-away 4 --recover "${others[@]}" "$changed"
says given-away "$found" '[]'
says given-away '[f["message"].split("Missing")[1] for f in d["findings"] if f["code"] == "CM0236"][1:]' \
	'[": Disk5 {ce97d979-fabb-4e9b-b44c-7d9580ae1f53}. The private header of that lies on disk9, at byte 3072, which is not read as that disk: its sector 0 says otherwise."]'
says given-away "$unused" '["disk9: a private header of a dynamic disk lies at byte 3072, where no table leads; it is not used, since the disk has a table."]'

# It lies where the group's do, but a volume of its own begins and ends in it.
other=$scratch/ldm-2003r2-simple-1.img
tableless 2003r2 striped-2 "data[450] = 7
data[63 * 512:64 * 512] = open('$other', 'rb').read()[63 * 512:64 * 512]"
analyse own-volume 4 "${others[@]}" "$changed"
says own-volume "$found" '[]'
says own-volume "$strays" '[]'
says own-volume '{v["dynamic"]["name"]: v["dynamic"]["state"] for v in d["volumes"] if v["dynamic"] and v["dynamic"]["name"] in ("Stripe1", "Volume4")}' \
	'{"Volume4": "incomplete", "Stripe1": "incomplete"}'

# It begins where the group's do, and ends elsewhere.
tableless 2003r2 striped-2 'data[450] = 7; data[458:462] = b"\0\10\0\0"'
analyse cut-short 4 "${others[@]}" "$changed"
says cut-short "$found" '[]'

# The header of a GPT disk is in a partition, which nothing leads to.
tableless 2008r2 striped-2 'data[:17408] = bytes(17408); data[-16896:] = bytes(16896)'
analyse no-gpt 4 "${others[@]}" "$changed"
says no-gpt "$found" '[["Volume2", "whole", "Striped"]]'

# The header of another disk, within this one, is none of it.
dd if="$scratch/ldm-2003r2-simple-1.img" of="$scratch/head" bs=4k count=8 \
	status=none
truncate -s 48M "$scratch/host.img"
for i in 1 2 3 4 5 6 7 8 9; do
	dd if="$scratch/head" of="$scratch/host.img" bs=1M seek=$((2 * i)) \
		conv=notrunc status=none
done
analyse host 4 --recover "$scratch/host.img"
says host '[x["ldm"] for x in d["disks"]]' '[false]'
says host "$unused" '["disk0: a private header of a dynamic disk lies at byte 2100224, where no table leads; it is not used, since no disk has its own header there: it belongs to another disk, such as that of a virtual machine."]'
dd if="$scratch/ldm-2003r2-striped-1.img" of="$scratch/head" bs=4k count=8 \
	status=none
tableless 2003r2 simple-1 'data[:32256] = bytes(32256)'
for i in 1 2 3 4 5 6 7 8 9; do
	dd if="$scratch/head" of="$changed" bs=512 seek=$((80000 + 100 * i)) \
		conv=notrunc status=none
done
analyse guest 4 --recover "$changed"
says guest '[(v["label"], v["recovered"]) for v in d["volumes"] if v["label"]]' \
	'[["Simple", "ldm-database"]]'

# The type of a simple volume's partition was changed to that of a basic one:
# both are the same bytes, and no clones.
tableless 2003r2 simple-1 'data[450] = 7'
analyse made-basic 0 "${others[@]}" "$changed"
says made-basic '[(v["kind"], v["label"]) for v in d["volumes"] if v["serial64"] == "04ae9e48ae9e31e2"]' \
	'[["partition", "Simple"], ["ldm", "Simple"]]'
says made-basic '[f["message"].split(" are the same bytes of ")[1][:35] for f in d["findings"] if f["code"] == "CM0284"]' \
	'["disk9, from byte 32256 on: a partit"]'
says made-basic '[f["message"] for f in d["findings"] if f["code"] == "CM0623"]' \
	'[]'
# So they are where another entry calls the disk dynamic still.
tableless 2003r2 simple-1 'data[450] = 7; data[466] = 0x42; data[470:478] = bytes.fromhex("7f78010000080000")'
analyse half-basic 0 "${others[@]}" "$changed"
says half-basic '[f["message"].split("private header. ")[1] for f in d["findings"] if f["code"] == "CM0284"]' \
	'["Its table calls the disk dynamic as well."]'

# Two copies of each disk of a stripe, both with other bytes: which are read does
# not follow from their order, and that they go together is not said.
cp "$scratch/ldm-2003r2-striped-2.img" "$scratch/clone-2.img"
printf 'ZZ' | dd of="$scratch/clone-2.img" bs=1 seek=20521472 conv=notrunc \
	status=none
read_of='sorted([v["dynamic"]["name"], v["dynamic"]["state"], [d["images"][int(d["disks"][int(e["disk"][4:])]["image"][5:])]["file"] for e in v["extents"]]] for v in d["volumes"] if v["dynamic"]["name"] in ("Stripe1", "Volume4"))'
pair='["ldm-2003r2-striped-1.img", "ldm-2003r2-striped-2.img"]'
for order in "0 1 2 3" "3 2 1 0" "1 2 0 3" "2 3 0 1"; do
	set -- "${stripe[0]}" "$scratch/clone-2.img" "$scratch/clone.img" \
		"${stripe[1]}"
	disks=()
	for i in $order; do
		shift_to=$((i + 1))
		disks+=("${!shift_to}")
	done
	analyse mixed 4 "${disks[@]}"
	says mixed "$read_of" \
		"[[\"Stripe1\", \"stale\", $pair], [\"Volume4\", \"whole\", $pair]]"
done

# Volumes and parts are gone from each copy of the newest state; a disk that the
# group went on without still tells of them.
for disk in "$scratch"/ldm-2003r2-*.img; do
	python3 - "$disk" "$scratch/lost-${disk##*2003r2-}" <<-'END'
		import sys

		with open(sys.argv[1], "rb") as file:
		    data = bytearray(file.read())
		for at in range(data.rindex(b"VMDB\0\0"), len(data) - 128, 128):
		    if data[at:at + 4] == b"VBLK" and data[at + 19] & 15 in (1, 3):
		        data[at:at + 4] = b"klbv"
		with open(sys.argv[2], "wb") as file:
		    file.write(data)
	END
done
aged 1 raid5-3
rm "$scratch/lost-raid5-3.img"
analyse older 4 "$scratch"/lost-*.img "$scratch/aged-raid5-3.img"
says older "$labels" "$(tests/golden/query.py "$scratch/2003r2" "$labels")"
says older 'sorted({v["dynamic"]["state"] for v in d["volumes"]})' '["stale"]'
says older 'sorted(f["message"].split(": ")[0] for f in d["findings"] if f["code"] == "CM0283")[0]' \
	'Of the dynamic volume Raid1 records are damaged in each copy of state 1133 of the group; those of state 1132 on disk9 are used. It may have been changed since, or deleted.'
says older 'sum(f["code"] == "CM0283" for f in d["findings"])' 6
tap tests/golden/check_citations.py "$scratch/older" "$scratch"/lost-*.img \
	"$scratch/aged-raid5-3.img"

# Copies of both disks of a stripe were changed apart, and their state has the
# number of the others: those of one database are taken together.
for i in 1 2; do
	python3 - "$scratch/ldm-2003r2-striped-$i.img" "$scratch/apart-$i.img" \
		<<-'END'
		import sys

		with open(sys.argv[1], "rb") as file:
		    data = file.read()
		at = data.rindex(b"VMDB\0\0")
		with open(sys.argv[2], "wb") as file:
		    file.write(data[:at] + data[at:].replace(b"Stripe1", b"Strips1"))
	END
done
apart='sorted([v["dynamic"]["name"], v["dynamic"]["state"], [d["images"][int(d["disks"][int(e["disk"][4:])]["image"][5:])]["file"][:5] for e in v["extents"]]] for v in d["volumes"] if v["label"] == "Striped")'
one=$scratch/apart-1.img two=$scratch/apart-2.img
for order in 1 2 3; do
	case $order in
	1) disks=("${stripe[@]}" "$one" "$two") ;;
	2) disks=("$two" "${stripe[0]}" "$one" "${stripe[1]}") ;;
	3) disks=("$one" "${stripe[1]}" "${stripe[0]}" "$two") ;;
	esac
	analyse apart$order 4 "${disks[@]}"
	is "which are taken does not follow from their order ($order)" \
		"$(tests/golden/query.py "$scratch/apart$order" "$apart")" \
		"$(tests/golden/query.py "$scratch/apart1" "$apart")"
	says apart$order "[x[1:] for x in $apart] in ([['whole', ['ldm-2'] * 2]], [['whole', ['apart'] * 2]])" \
		true
	says apart$order '[f["code"] for f in d["findings"] if f["code"] in ("CM0280", "CM0285")]' \
		'["CM0285", "CM0285"]'
done
analyse torn 4 "${stripe[0]}" "$two"
says torn '[v["dynamic"]["state"] for v in d["volumes"] if v["label"] == "Striped"]' \
	'["stale"]'
finish
