#!/usr/bin/python3
"""What Win32_DefragAnalysis should say of a volume, by The Sleuth Kit.

usage: defrag.py VOLUME ANSWER.json [RECORDS]

VOLUME is an image of an NTFS volume, ANSWER.json an answer of coldmount about
it.  Every record of the $MFT is shown to istat, the bitmap is what icat gives.
Prints a line for each property.
"""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False).stdout


def fragments(clusters):
    """Of the clusters of a stream, in its order; a hole is 0."""
    last, n = None, 0
    for c in clusters:
        if c == 0:
            continue
        n += c - 1 != last
        last = c
    return n


def streams(text):
    """[(type, name, size, clusters or None)] of what istat prints."""
    found, clusters = [], None
    for line in text.splitlines():
        m = re.match(r"Type: (\S+) \(\S+\)\s+Name: (.*?)\s+"
                     r"(Resident|Non-Resident\S*(?:, \S+)*)\s+size: (\d+)",
                     line)
        if m:
            clusters = None if m[3] == "Resident" else []
            found.append((m[1], m[2], int(m[4]), clusters))
        elif clusters is not None and re.match(r"[\d ]+$", line):
            # $Boot is the one stream whose first cluster is 0.
            clusters.extend(int(c) for c in line.split())
        else:
            clusters = None
    return found


class Record:
    def __init__(self, volume, number):
        text = run("istat", volume, str(number)).decode("utf-8", "replace")
        m = re.search(r"^(Not )?Allocated (\w+)", text, re.M)
        self.number = number
        self.in_use = bool(m and not m[1])
        self.folder = bool(m and m[2] == "Directory")
        self.base = re.search(r"^Base File Record|^Base Entry: (\d+)", text,
                              re.M)
        self.streams = streams(text)

    def of(self, kind, name):
        return [s for s in self.streams if s[0] == kind and s[1] == name]


def statistics(volume):
    stat = run("fsstat", volume).decode("utf-8", "replace")
    size = int(re.search(r"Cluster Size: (\d+)", stat)[1])
    record = int(re.search(r"Size of MFT Entries: (\d+)", stat)[1])
    raw = run("icat", volume, "0")
    mft = Record(volume, 0).of("$DATA", "N/A")[0]
    numbers = range(mft[2] // record)
    # An extension is no file, and istat would show it as one.
    flags = [(raw[n * record:n * record + 4] == b"FILE" and
              raw[n * record + 0x16] & 1,
              any(raw[n * record + 0x20:n * record + 0x26]))
             for n in numbers]
    with ThreadPoolExecutor(4) as pool:
        records = list(pool.map(lambda n: Record(volume, n),
                                [n for n in numbers if n >= 24 and
                                 flags[n] == (1, False)]))
    files = [r for r in records if not r.folder]
    folders = [r for r in records if r.folder]
    data = [s for r in files for s in r.of("$DATA", "N/A")]
    in_files = [fragments(s[3] or []) for s in data]
    in_folders = [fragments(s[3] or []) for r in folders
                  for s in r.of("$INDEX_ALLOCATION", "$I30")]
    return size, numbers, flags, mft, files, folders, data, in_files, \
        in_folders


def free_runs(volume, clusters):
    bits = "".join(format(b, "08b")[::-1] for b in run("icat", volume, "6"))
    return [len(r) for r in re.findall("0+", bits[:clusters])]


def expected(volume, clusters):
    size, numbers, flags, mft, files, folders, data, in_files, in_folders = \
        statistics(volume)
    runs = free_runs(volume, clusters)
    free, used = sum(runs), sum(bool(f) for f, _ in flags)
    excess = sum(n - 1 for n in in_files if n > 1)
    fragmented = sum(n > 1 for n in in_files)
    n = len(files)
    return {
        "AverageFileSize": sum(s[2] for s in data) // n if n else 0,
        "AverageFragmentsPerFile":
            int(100 * (n + excess) / n + 0.5) / 100 if n else None,
        "AverageFreeSpacePerExtent": free * size // len(runs) if runs else 0,
        "ClusterSize": size,
        "ExcessFolderFragments": sum(x - 1 for x in in_folders if x > 1),
        "FilePercentFragmentation": 100 * fragmented // n if n else 0,
        "FragmentedFolders": sum(x > 1 for x in in_folders),
        "FreeSpace": free * size,
        "FreeSpacePercent": 100 * free // clusters,
        "FreeSpacePercentFragmentation":
            100 * (free - max(runs)) // free if runs else 0,
        "LargestFreeSpaceExtent": max(runs, default=0) * size,
        "MFTPercentInUse": 100 * used // len(numbers),
        "MFTRecordCount": used,
        "TotalExcessFragments": excess,
        "TotalFiles": n,
        "TotalFolders": len(folders),
        "TotalFragmentedFiles": fragmented,
        "TotalFreeSpaceExtents": len(runs),
        "TotalMFTFragments": fragments(mft[3]),
        "TotalMFTSize": mft[2],
        "UsedSpace": (clusters - free) * size,
        "VolumeSize": clusters * size,
    }


def main():
    volume, answer = sys.argv[1:]
    got = json.load(open(answer, encoding="utf-8"))
    got = got[0] if isinstance(got, list) else got
    info = run("ntfsinfo", "-f", "-m", volume).decode("utf-8", "replace")
    clusters = int(re.search(r"Volume Size in Clusters: (\d+)", info)[1])
    want = expected(volume, clusters)
    want["FreeSpace"] = size_of_free(info, want)
    wrong = [(k, got.get(k), w) for k, w in want.items() if got.get(k) != w]
    for k, g, w in wrong:
        print("# %s: got %r, wanted %r" % (k, g, w))
    sys.exit(bool(wrong))


def size_of_free(info, want):
    """ntfsinfo's own count, which icat's bitmap must agree with."""
    free = int(re.search(r"Free Clusters: (\d+)", info)[1])
    assert free * want["ClusterSize"] == want["FreeSpace"]
    return free * want["ClusterSize"]


main()
