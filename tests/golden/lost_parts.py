#!/usr/bin/python3
"""One NTFS volume over several dynamic disks, some of which are lost.

usage: lost_parts.py COLDMOUNT DIR

DIR/disk0.raw is a disk of samples/make-bulk: its volume is laid over disks in
line, in columns, and in columns with parity. Prints `ok' and `not ok' lines.
"""

import collections
import json
import os
import re
import struct
import subprocess
import sys

import facts
from facts import check
import ldm_disk as ldm

CHUNK = 128             # sectors of a column
START = 2048            # of the volume on DIR/disk0.raw
LAYOUTS = {"spanned": ldm.CONCATENATED, "striped": ldm.STRIPED,
           "raid5": ldm.RAID5}

tool, scratch = sys.argv[1:]


def read_volume():
    with open(os.path.join(scratch, "disk0.raw"), "rb") as file:
        file.seek(START * ldm.SECTOR)
        data = file.read()
    sectors = struct.unpack_from("<Q", data, 0x28)[0] + 1
    return data[:sectors * ldm.SECTOR]


def exclusive_or(chunks):
    total = 0
    for chunk in chunks:
        total ^= int.from_bytes(chunk, "little")
    return total.to_bytes(CHUNK * ldm.SECTOR, "little")


def in_line(data, n):
    size = -(-len(data) // n // 4096) * 4096
    return [data[i * size:(i + 1) * size].ljust(size, b"\0") for i in range(n)]


def in_columns(data, n, parity):
    """Left-symmetric parity, as Windows lays it out."""
    size, each = CHUNK * ldm.SECTOR, n - parity
    columns = [[] for _ in range(n)]
    for row in range(-(-len(data) // (size * each))):
        at = row * each * size
        chunks = [data[at + i * size:at + (i + 1) * size].ljust(size, b"\0")
                  for i in range(each)]
        last = n - 1 - row % n if parity else n - 1
        for i, chunk in enumerate(chunks):
            columns[(last + 1 + i) % n].append(chunk)
        if parity:
            columns[last].append(exclusive_or(chunks))
    return [b"".join(column) for column in columns]


def make(layout, data, n):
    """The paths of the disks."""
    parts = (in_line(data, n) if layout == "spanned" else
             in_columns(data, n, layout == "raid5"))
    each = len(parts[0]) // ldm.SECTOR
    spanned = layout == "spanned"
    records = [ldm.group(1)] + [
        ldm.disk(10 + i, f"Disk{i + 1}", ldm.disk_guid(i + 1))
        for i in range(n)] + [
        ldm.volume(2, "Volume1", 1, len(data) // ldm.SECTOR,
                   kind="raid5" if layout == "raid5" else "gen"),
        ldm.component(3, "Volume1-01", 2, n, LAYOUTS[layout],
                      *(() if spanned else (CHUNK, n)))] + [
        ldm.partition(20 + i, f"Disk{i + 1}-01", 3, 10 + i, 0,
                      i * each if spanned else 0, each,
                      None if spanned else i) for i in range(n)]
    paths = [os.path.join(scratch, f"{layout}{i}") for i in range(n)]
    for i, path in enumerate(paths):
        ldm.make_disk(path, i + 1, each + ldm.DATA_START + ldm.CONFIG_SECTORS,
                      records)
        ldm.write(path, 0, parts[i])
    return paths


def cut(path, share):
    with open(path, "rb") as file:
        data = file.read()
    with open(path + ".cut", "wb") as file:
        file.write(data[:int(len(data) * share)])
    return path + ".cut"


def analyse(name, disks):
    done = subprocess.run([tool, "-q", "--json", *disks], timeout=60,
                          capture_output=True, check=False)
    check(f"{name}: an answer", done.returncode in (0, 4), True)
    report = json.loads(done.stdout)
    report["counts"] = collections.Counter(
        f["code"] for f in report["findings"])
    return report


def volumes(report):
    return [(v["label"], v["serial"], v["dynamic"]["state"])
            for v in report["volumes"] if v["kind"] == "ldm"]


def check_cut(layout, disks, i, share):
    name = f"{layout}, disk {i + 1} cut to {share}"
    report = analyse(name, disks[:i] + [cut(disks[i], share)] + disks[i + 1:])
    counts = report["counts"]
    check(f"{name}: the volume", volumes(report),
          [("Bulk", "B01C-B01C", "incomplete")])
    check(f"{name}: one finding a cause",
          [counts["CM0236"], counts["CM0303"] <= 1,
           sum("of indexes" in f["message"] for f in report["findings"]) <= 1,
           counts["CM0326"],
           [f["message"] for f in report["findings"]
            if f["code"] == "CM0314" and "tag 0xa000000c" in f["message"]]],
          [1, True, True, 0, []])
    return report


def told_unread(report):
    """The bytes of the $MFT that cannot be read, as told."""
    for finding in report["findings"]:
        found = re.search(r"(\d+) bytes (?:at|of) .*cannot be read",
                          finding["message"])
        if finding["code"] == "CM0303" and found:
            return int(found[1])
    return 0


def mft_records():
    """Where each record of the $MFT is in the volume, by istat."""
    out = subprocess.run(["istat", "-o", str(START),
                          os.path.join(scratch, "disk0.raw"), "0"],
                         capture_output=True, check=True)
    text = out.stdout.decode().split("Type: $DATA", 1)[1]
    first, lines = text.split("Type:")[0].split("\n", 1)
    count = int(re.search(r" size: (\d+)", first)[1]) // 1024
    clusters = [int(word) for word in lines.split() if word.isdigit()]
    return [c * 4096 + i for c in clusters
            for i in range(0, 4096, 1024)][:count]


def lost_bytes(layout, disks, share):
    """Of the $MFT, where the first disk is cut."""
    keeps = (int(os.path.getsize(disks[0]) * share) -
             ldm.DATA_START * ldm.SECTOR)
    size, lost = CHUNK * ldm.SECTOR, 0
    for at in mft_records():
        column, off = at // size % len(disks), (
            at // size // len(disks) * size + at % size)
        if layout == "spanned":
            column, off = 0, at
        lost += 1024 * (column == 0 and off + 1024 > keeps)
    return lost


def check_missing(layout, disks, gone, want):
    """@want: label and serial number, each or neither."""
    left = [d for i, d in enumerate(disks) if i not in gone]
    name = f"{layout} without disk{' and '.join(str(i + 1) for i in gone)}"
    report = analyse(name, left)
    check(f"{name}: the volume", volumes(report), [(*want, "incomplete")])
    names = [f"Disk{i + 1} {{{ldm.disk_guid(i + 1)}}}" for i in gone]
    said = [f["message"] for f in report["findings"] if f["code"] == "CM0236"]
    check(f"{name}: which are missing",
          [message.split("Missing: ")[1] for message in said],
          [", ".join(names) + "."])
    return report


def backup_used(report):
    return [re.search(r"at byte (\d+) of the volume", f["message"])[1]
            for f in report["findings"] if f["code"] == "CM0226"]


def check_all_missing(data):
    """Boot sector and $MFT begin in the first part and column, the $MFTMirr is
    in the middle, the backup boot sector the last sector; of four columns, the
    second has that, and none but the first the $MFTMirr."""
    known, serial = ("Bulk", "B01C-B01C"), (None, "B01C-B01C")
    last = str(len(data) - ldm.SECTOR)
    disks = make("spanned", data, 3)
    report = check_missing("spanned", disks, [0], known)
    check("spanned without disk1: the backup is used", backup_used(report),
          [last])
    check_missing("spanned", disks, [1], known)
    check_missing("spanned", disks, [2], known)
    check_missing("spanned", disks, [0, 2], (None, None))
    disks = make("striped", data, 4)
    report = check_missing("striped", disks, [0], serial)
    check("striped without disk1: the backup is used", backup_used(report),
          [last])
    for i in (1, 2, 3):
        report = check_missing("striped", disks, [i], known)
        check(f"striped without disk{i + 1}: there are mount points",
              0 < len(report["mountPoints"]) < 400, True)
    check_missing("striped", disks, [0, 1], (None, None))
    disks = make("raid5", data, 4)
    check_missing("raid5", disks, [1, 2], known)


def main():
    data = read_volume()
    for layout, n in (("spanned", 3), ("striped", 3), ("raid5", 4)):
        disks = make(layout, data, n)
        report = analyse(layout, disks)
        check(f"{layout}: whole", volumes(report),
              [("Bulk", "B01C-B01C", "whole")])
        check(f"{layout}: mount points", len(report["mountPoints"]), 400)
        if layout == "raid5":
            continue
        for i in range(n):
            for share in (0.02, 0.5):
                report = check_cut(layout, disks, i, share)
        report = check_cut(layout, disks, 0, 0.02)
        check(f"{layout}: how much of the $MFT is told to be lost",
              told_unread(report), lost_bytes(layout, disks, 0.02))
    check_all_missing(data)
    sys.exit(facts.failed)


if __name__ == "__main__":
    main()
