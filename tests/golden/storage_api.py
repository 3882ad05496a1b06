#!/usr/bin/python3
"""Compare MSFT_ objects of the sample machine with what it holds.

usage: storage_api.py ANSWERS EXPECTED.tsv

ANSWERS is a folder of JSON answers, one a class, named for it.  Prints a line
for each fact.
"""

import json
import sys

import facts
from facts import check as ok


def main():
    folder, table = sys.argv[1:]
    rows = facts.expected(table)
    load = lambda name: json.load(open("%s/%s.json" % (folder, name),
                                       encoding="utf-8"))
    partitions = {n: f for k, n, f in rows if k == "partition"}
    volumes = {n: f for k, n, f in rows if k == "volume"}
    roots = {}
    for k, n, f in rows:
        if k == "mountPoint" and len(f.get("directory", "")) == 3 and \
           f.get("volume", "-") != "-":
            roots.setdefault(f["volume"], []).append(f["directory"])
    key = lambda p: "disk%d/p%d" % (p["DiskNumber"], p["PartitionNumber"])

    got = {key(p): p for p in load("MSFT_Partition")}
    ok("partitions, by the numbers of the IOCTL, the reserved one too",
       {n: (p["Offset"], p["Size"]) for n, p in got.items()},
       {n: (int(f["offset"]), int(f["length"]))
        for n, f in partitions.items()})
    ok("types of an MBR",
       {n: p["MbrType"] for n, p in got.items() if n[4] == "0"},
       {n: int(f["type"], 16) for n, f in partitions.items()
        if n[4] == "0"})
    ok("types of a GPT are in braces",
       {n: p["GptType"] for n, p in got.items() if n[4] == "1"},
       {n: "{%s}" % f["type"] for n, f in partitions.items()
        if n[4] == "1"})
    ok("and so are GUIDs", {n: p["Guid"] for n, p in got.items()},
       {n: "{%s}" % f["guid"] if f.get("guid", "-") != "-" else None
        for n, f in partitions.items()})
    ok("an MBR has no type of a GPT, and a GPT none of an MBR",
       {(p["MbrType"] is None, p["GptType"] is None, n[4])
        for n, p in got.items()}, {(False, True, "0"), (True, False, "1")})
    ok("the letter is the first one",
       {n: p["DriveLetter"] for n, p in got.items()},
       {n: min(roots[n])[0] if n in roots else "\0" for n in partitions})
    ok("letters come first among the paths",
       {n: [a for a in p["AccessPaths"] or [] if len(a) == 3]
        for n, p in got.items()},
       {n: sorted(roots.get(n, [])) for n in partitions})
    ok("and the volume's name last, where there is a volume",
       {n for n, p in got.items() if p["AccessPaths"] is not None and
        p["AccessPaths"][-1].startswith("\\\\?\\Volume{")}, set(volumes))
    ok("Windows starts from the partition that it lies on",
       [n for n, p in got.items() if p["IsBoot"]], ["disk0/p2"])
    ok("and the firmware from the active one",
       [n for n, p in got.items() if p["IsSystem"] and p["IsActive"]],
       ["disk0/p1"])
    # As a live host prints them of a GPT: of basic data all four are known, of
    # another type IsHidden is True, and the others are NULL.
    ok("attributes of basic data, and of what is none",
       {tuple(p[a] for a in ("IsHidden", "IsReadOnly", "IsShadowCopy"))
        for n, p in got.items() if n[4] == "1" and n != "disk1/p1"} |
       {tuple(got["disk1/p1"][a] for a in ("IsHidden", "IsReadOnly",
                                           "NoDefaultDriveLetter"))},
       {(False, False, False), (True, None, None)})
    ok("a partition that shall get no letter",
       {n for n, p in got.items() if p["NoDefaultDriveLetter"]},
       {"disk1/p4"})

    got = {v["Path"]: v for v in load("MSFT_Volume")}
    ok("volumes: label, file system",
       sorted((v["FileSystemLabel"], v["FileSystem"]) for v in got.values()),
       sorted((f["label"], f["fileSystem"].replace("FAT16", "FAT"))
              for f in volumes.values()))
    ok("the numbers of file systems are those of the documentation",
       {v["FileSystem"]: v["FileSystemType"] for v in got.values()},
       {"NTFS": 14, "FAT": 5, "exFAT": None})
    win32 = {v["DeviceID"]: v for v in load("Win32_Volume")}
    ok("sizes are those of Win32_Volume",
       {n: (v["Size"], v["SizeRemaining"], v["AllocationUnitSize"])
        for n, v in got.items()},
       {n: (v["Capacity"], v["FreeSpace"], v["BlockSize"])
        for n, v in win32.items()})

    disks = load("MSFT_Disk")
    ok("a disk's size is the disk's", [d["Size"] for d in disks],
       [int(f["size"]) for k, n, f in rows
        if k == "disk" and "size" in f])
    ok("partitions are counted, the reserved one too",
       [d["NumberOfPartitions"] for d in disks],
       [sum(n[4] == str(i) for n in partitions) for i in (0, 1)])
    ok("an MBR has a signature, a GPT a GUID",
       [(d["PartitionStyle"], d["Signature"], d["Guid"]) for d in disks],
       [(1, 0x5ca1ab1e, None),
        (2, None, "{c01dd15c-0b1e-4c7a-9a3e-5a3b1e0d15c1}")])
    links = load("MSFT_PartitionToVolume")
    ok("each partition leads to its volume",
       {key(l["Partition"]):
        got[l["Volume"]["UniqueId"]]["FileSystemLabel"] for l in links},
       {n: f["label"] for n, f in volumes.items()})
    ok("and each disk to its partitions",
       sorted((l["Disk"]["Number"], key(l["Partition"]))
              for l in load("MSFT_DiskToPartition")),
       sorted((int(n[4]), n) for n in partitions))
    sys.exit(facts.failed)


main()
