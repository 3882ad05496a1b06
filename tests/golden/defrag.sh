#!/bin/bash
# defrag - Win32_DefragAnalysis says what The Sleuth Kit and ntfsinfo say of the
# same volumes

set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

# same NAME VOLUME: each property
same() {
	"$COLDMOUNT" query -q --partial-ok -f json \
		"SELECT * FROM Win32_DefragAnalysis" "$2" > "$scratch/answer"
	ok "$1: as istat of all records, icat and ntfsinfo" \
		tests/golden/defrag.py "$2" "$scratch/answer"
}

# Files in pieces, one of them with an attribute list; holes; what is
# compressed; a directory and an $MFT in pieces; a file that is gone.
seq 20000 > "$scratch/text"
{
	echo "scatter /a/one 5"
	echo "scatter /a/many 900"
	echo "file /s/sparse x"
	printf 'sparse /s/sparse %s\n' 100000 300000 5000000
	echo 'stream /s/sparse named "text"'
	echo "mkdir /z"
	echo "attrib /z 0x800"
	echo "copy /z/packed $scratch/text"
	echo "copy /plain $scratch/text"
	for i in $(seq 60); do
		echo "file /d/a-rather-long-name-that-fills-the-index-$i"
		[ $((i % 15)) != 0 ] || printf 'block-index /d\nblock-mft\n'
	done
	printf 'file %s\n' /empty "/small text" "/gone text"
	echo "delete /gone"
} > "$scratch/script"
volume=$scratch/volume.ntfs
truncate -s 32M "$volume"
PATH=$PATH:/usr/sbin mkntfs -F -Q -q -p 0 -s 512 -c 4096 "$volume" \
	> "$scratch/log" 2>&1
ok "a volume is built" \
	"$SAMPLE_BIN/ntfsbuild" "$volume" 0 $((32 << 20)) < "$scratch/script"
same "the volume" "$volume"
is "the volume is what it was to be" "$(python3 - "$scratch/answer" <<'P'
import json, sys
a = json.load(open(sys.argv[1]))[0]
print(a["TotalFiles"], a["TotalExcessFragments"] >= 4 + 899,
      a["FragmentedFolders"], a["TotalMFTFragments"] > 1)
P
)" "70 True 1 True"

for archive in fox-it__dissect.ntfs/tests/data/ntfs-cloud.bin.gz \
	msuhanov__dfir_ntfs/test_data/ntfs3.raw.gz \
	msuhanov__dfir_ntfs/test_data/ntfs3_attrlist.raw.gz; do
	file=$(real "$archive") || continue
	zcat "$file" > "$scratch/dense"
	cp --sparse=always "$scratch/dense" "$scratch/real"
	same "${archive##*/}" "$scratch/real"
done
if file=$(real SecurityRonin__ntfs-forensic/tests/data/SampleTinyNtfsVolume.zip)
then
	unzip -q -d "$scratch/tiny" "$file"
	same "tiny" "$scratch/tiny/SampleTinyNtfsVolume/partition.dd"
fi

# What cannot be read is NULL, and said: a $Bitmap that is too short, and a file
# whose record is damaged.
python3 - "$volume" <<'P'
import struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
mft = struct.unpack_from("<Q", data, 0x30)[0] * 4096
record = mft + 6 * 1024
at = record + data[record + 0x14]
while struct.unpack_from("<I", data, at)[0] != 0x80:
    at += struct.unpack_from("<I", data, at + 4)[0]
short = bytearray(data)
struct.pack_into("<QQ", short, at + 0x30, 16, 16)
open(sys.argv[1] + ".bitmap", "wb").write(short)
data[mft + 66 * 1024:mft + 66 * 1024 + 4] = b"BAAD"
open(sys.argv[1] + ".record", "wb").write(data)
P
# damaged NAME PROPERTIES: the values, what is said, and the status
damaged() {
	local status=0

	"$COLDMOUNT" query -f csv "SELECT $2 FROM Win32_DefragAnalysis" \
		"$volume.$1" > "$scratch/out" 2> "$scratch/err" || status=$?
	tr -d '"\r' < "$scratch/out" | sed 1d
	grep -o 'CM03[0-9]*: volume0' "$scratch/err"
	echo $status
}
is "a bitmap that is too short" \
	"$(damaged bitmap "FreeSpace, VolumeSize, TotalFiles")" \
	",,70
CM0332: volume0
4"
is "a record that is damaged" \
	"$(damaged record "TotalFiles, MFTRecordCount, ClusterSize")" \
	",,4096
CM0303: volume0
4"

# Each volume of a machine has an object; its name is the volume's.
sample_machine
disks=("$machine/disk0.raw" "$machine/disk1.raw")

# column PROPERTY CLASS CONDITION
column() {
	"$COLDMOUNT" query -q --partial-ok -f csv \
		"SELECT $1 FROM $2 WHERE $3" "${disks[@]}" | tr -d '"\r' |
		sed 1d | sort | paste -s -d ' '
}
is "an object for each NTFS volume" \
	"$(column VolumeName Win32_DefragAnalysis "ClusterSize > 0")" \
	"$(column Name Win32_Volume "FileSystem = 'NTFS'")"
is "the free space of C:" \
	"$(column FreeSpace Win32_DefragAnalysis "VolumeName = 'C:\\\\'")" \
	"$(column FreeSpace Win32_Volume "DriveLetter = 'C:'")"
is "what Windows since Vista gives no more is 0" \
	"$(column "PageFileSize, TotalPageFileFragments, TotalPercentFragmentation" \
		Win32_DefragAnalysis "VolumeName = 'C:\\\\'")" 0,0,0
is "MOF: what is real has a point" "$("$COLDMOUNT" query -q --partial-ok \
	-f mof "SELECT AverageFragmentsPerFile, TotalFiles FROM
	Win32_DefragAnalysis" "${disks[@]}" | sed -n 3,4p |
	sed -E 's/[0-9]+/0/g' | paste -s)" \
	"$(printf '\tAverageFragmentsPerFile = 0.0;\t\tTotalFiles = 0;')"

finish
