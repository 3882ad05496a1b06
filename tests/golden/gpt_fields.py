#!/usr/bin/python3
"""Change each field of a GPT alone.

usage: gpt_fields.py COLDMOUNT DIR

sgdisk makes the disk, and lists the partitions that must be told whatever is
changed. Prints `ok' and `not ok' lines.
"""

import json
import os
import re
import struct
import subprocess
import sys
import zlib

import facts
from facts import check

SECTORS = 16 * 2048
TABLE_BYTES = 34 * 512      # at the start, and at the end, but for the MBR
PRIMARY, BACKUP = 512, (SECTORS - 1) * 512
ENTRIES = {PRIMARY: 1024, BACKUP: (SECTORS - 33) * 512}
PARTITION_SECTOR = 3000     # inside of the first one
BLANK = {"CM0612", "CM0606", "CM0617"}      # there is no file system

# name, offset, format, values
HEADER = [
    ("signature", 0, "8s", [b"EFI PARX", bytes(8)]),
    ("revision", 8, "I", [0, 2 ** 32 - 1]),
    ("header size", 12, "I", [0, 91, 4096, 2 ** 32 - 1]),
    ("checksum", 16, "I", [0]),
    ("reserved", 20, "I", [1]),
    ("own place", 24, "Q", [0, 7, 2 ** 64 - 1]),
    ("other's place", 32, "Q", [0, PARTITION_SECTOR, 2 ** 63]),
    ("first usable", 40, "Q", [0, SECTORS, 2 ** 64 - 1]),
    ("last usable", 48, "Q", [0, 33, 2 ** 64 - 1]),
    ("disk GUID", 56, "16s", [bytes(16), b"\xaa" * 16]),
    ("entries' place", 72, "Q", [0, 1, PARTITION_SECTOR, 2 ** 62]),
    ("number of entries", 80, "I", [0, 3, 2 ** 32 - 1]),
    ("size of an entry", 84, "I", [0, 1, 256, 4096, 2 ** 32 - 1]),
    ("entries' checksum", 88, "I", [0]),
]
ENTRY = [
    ("type", 0, "16s", [bytes(16), b"\x77" * 16]),
    ("GUID", 16, "16s", [bytes(16), b"\x55" * 16]),
    ("first", 32, "Q", [0, 1, 22000, 2 ** 63]),
    ("last", 40, "Q", [0, SECTORS, 2 ** 64 - 1]),
    ("attributes", 48, "8s", [b"\xff" * 8]),
    ("name", 56, "72s", [b"\0\xd8" * 36]),
]

tool, scratch = sys.argv[1:]


def make(path):
    with open(path, "wb") as file:
        file.truncate(SECTORS * 512)
    subprocess.run(["sgdisk", "-n1:2048:+2M", "-n2:8192:+2M",
                    "-n3:14336:+4M", "-t1:0700", "-t3:8300", path],
                   check=True, stdout=subprocess.DEVNULL)
    with open(path, "rb") as file:
        return file.read()


def by_sgdisk(path):
    found = []
    for n in (1, 2, 3):
        out = subprocess.run(["sgdisk", f"-i{n}", path], check=True,
                             capture_output=True, text=True).stdout
        first = int(re.search(r"First sector: (\d+)", out)[1])
        size = int(re.search(r"Partition size: (\d+) sectors", out)[1])
        guid = re.search(r"Partition unique GUID: (\S+)", out)[1].lower()
        found.append((first * 512, size * 512, guid))
    return found


def seal(disk, header):
    """The checksum of the header at that byte made right."""
    struct.pack_into("<I", disk, header + 16, 0)
    size = struct.unpack_from("<I", disk, header + 12)[0]
    size = size if 92 <= size <= 512 else 92
    struct.pack_into("<I", disk, header + 16,
                     zlib.crc32(disk[header:header + size]))


def analyse(disk):
    """Of the disk, with its two tables as they are in @disk."""
    path = os.path.join(scratch, "gpt")
    with open(path, "r+b") as file:
        file.write(disk[:TABLE_BYTES])
        file.seek(-TABLE_BYTES, os.SEEK_END)
        file.write(disk[-TABLE_BYTES:])
    done = subprocess.run([tool, "-q", "--json", path], timeout=20,
                          capture_output=True, check=False)
    report = json.loads(done.stdout)
    return ([(p["offset"], p["length"], p["guid"])
             for p in report["partitions"]],
            {f["code"] for f in report["findings"]} - BLANK)


def changes(fields):
    for name, off, form, values in fields:
        for value in values:
            shown = value if isinstance(value, int) else value[:4].hex()
            yield f"{name} {shown}", off, struct.pack("<" + form, value)


def main():
    path = os.path.join(scratch, "gpt")
    whole = make(path)
    want = by_sgdisk(path)
    check("nothing is changed", analyse(whole), (want, set()))
    wrong = []

    def expect(name, disk):
        got, codes = analyse(disk)
        if got != want or not codes:
            wrong.append((name, got, codes))

    for where, copies in (("primary", [PRIMARY]), ("backup", [BACKUP]),
                          ("both", [PRIMARY, BACKUP])):
        for name, off, data in changes(HEADER):
            for sealed in (False, True):
                disk = bytearray(whole)
                for copy in copies:
                    disk[copy + off:copy + off + len(data)] = data
                    if sealed and off != 16:
                        seal(disk, copy)
                # Two that agree on a disk GUID are believed.
                if disk != whole and not (where == "both" and off == 56):
                    expect(f"{where}, {name}, sealed {sealed}", disk)
        check(f"{where}: each field of the header", wrong, [])
        wrong.clear()
    for where, header in (("primary", PRIMARY), ("backup", BACKUP)):
        for slot in (0, 2):
            for name, off, data in changes(ENTRY):
                at = ENTRIES[header] + slot * 128 + off
                disk = bytearray(whole)
                disk[at:at + len(data)] = data
                expect(f"{where}, entry {slot}, {name}", disk)
        check(f"{where}: each field of an entry", wrong, [])
        wrong.clear()
    sys.exit(facts.failed)


if __name__ == "__main__":
    main()
