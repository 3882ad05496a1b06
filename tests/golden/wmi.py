#!/usr/bin/python3
"""Compare answers to queries over the sample machine with what it holds.

usage: wmi.py ANSWERS EXPECTED.tsv

ANSWERS is a folder of JSON answers, one a class, named for it.  Prints a line
for each fact.
"""

import json
import re
import sys

import facts
from facts import check as ok


def text(s):
    """A text of the table, in which \\uXXXX is a unit, as a report has it."""
    def visible(m):
        c = int(m.group(1), 16)
        return "<U+%04X>" % c if 0xd800 <= c < 0xe000 or c == 0x5c else chr(c)
    return re.sub(r"\\u([0-9a-f]{4})", visible, s)


def main():
    folder, table = sys.argv[1:]
    rows = facts.expected(table)
    load = lambda name: json.load(open("%s/%s.json" % (folder, name),
                                       encoding="utf-8"))
    partitions = [(n, f) for k, n, f in rows if k == "partition"]
    listed = [(n, f) for n, f in partitions
              if not f["type"].startswith("e3c9e316")]
    volumes = {n: f for k, n, f in rows if k == "volume"}
    mounts = {text(f["directory"]): f["volume"] for k, n, f in rows
              if k == "mountPoint" and f.get("volume", "-") != "-"
              and "directory" in f and f.get("state") != "deleted"}

    # Logical drives are parts of the extended partition, which mmls has at
    # sector 100352, of 81920 sectors.
    logical = ("disk0/p4", "disk0/p5")
    got = load("Win32_DiskPartition")
    ok("partitions: offset and size",
       sorted((p["DiskIndex"], p["StartingOffset"], p["Size"]) for p in got),
       sorted([(int(n[4]), int(f["offset"]), int(f["length"]))
               for n, f in listed if n not in logical] +
              [(0, 100352 * 512, 81920 * 512)]))
    ok("partitions are counted from 0, without the reserved one",
       sorted(p["DeviceID"] for p in got),
       ["Disk #0, Partition #%d" % i for i in range(4)] +
       ["Disk #1, Partition #%d" % i for i in range(3)])
    ok("the extended partition is no primary one",
       [(p["Type"], p["Index"]) for p in got if not p["PrimaryPartition"]],
       [("Extended w/Extended Int 13", 3)])
    drives = load("Win32_DiskDrive")
    ok("a disk's size is in whole cylinders", [d["Size"] for d in drives],
       [size // (255 * 63 * 512) * (255 * 63 * 512)
        for size in (100663296, 67108864)])
    ok("a signature is a number", drives[0]["Signature"], 0x5ca1ab1e)
    got = load("Win32_Volume")
    ok("volumes: label, serial number, file system",
       sorted((v["Label"], v["SerialNumber"], v["FileSystem"]) for v in got),
       sorted((f["label"], int(f["serial"].replace("-", ""), 16),
               f["fileSystem"].replace("FAT16", "FAT"))
              for f in volumes.values()))
    located = load("Coldmount_MountPointLocation")
    numbers = {}
    for l in located:
        numbers[l["Directory"]["Name"]] = "disk%d/p%d" % (l["DeviceNumber"],
                                                         l["PartitionNumber"])
    ok("every mount point lies on its partition", numbers, mounts)
    ids = {m["Directory"]["Name"]: m["Volume"]["DeviceID"]
           for m in load("Win32_MountPoint")}
    ok("mount points and locations are the same", sorted(ids), sorted(numbers))
    by_id = {v["DeviceID"]: v for v in got}
    ok("each leads to its volume",
       {d: by_id[i]["Label"] for d, i in ids.items()},
       {d: volumes[p]["label"] for d, p in mounts.items()})
    got = load("Win32_LogicalDiskToPartition")
    spans = {n: (int(f["offset"]), int(f["offset"]) + int(f["length"]) - 1)
             for n, f in partitions}
    ok("a letter's addresses are those of its partition, the last one included",
       {l["Dependent"]["DeviceID"]: (l["StartingAddress"],
                                     l["EndingAddress"]) for l in got},
       {d[:2]: spans[p] for d, p in mounts.items() if len(d) == 3})
    sys.exit(facts.failed)


main()
