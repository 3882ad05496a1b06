#!/usr/bin/python3
"""Make the log of a hive, of the kind before Windows 8, that has its sectors.

usage: dirt_log.py HIVE LOG [KEY...]
       dirt_log.py --move-values HIVE LOG
       dirt_log.py --without TEXT... HIVE LOG

The log has all sectors of the bins but the first two, where the root lies, and
those in which a record of one of the KEYs begins. Or HIVE is made dirty, and
the log has the one sector in which MountedDevices has its list of values in a
bin that is nowhere. Or the log has all sectors in which none of the TEXTs begins
or ends.
"""

import struct
import sys

SECTOR, BINS = 512, 4096


def begins(data, key):
    """The sectors in which the records of the key begin."""
    at = -1
    while (at := data.find(b"nk", at + 1)) >= 0:
        size = struct.unpack_from("<H", data, at + 72)[0]
        if data[at + 76:at + 76 + size] == key.encode():
            yield (at - 4) // SECTOR


def seal(base):
    """The checksum of a base block."""
    total = 0
    for (word,) in struct.iter_unpack("<I", base[:508]):
        total ^= word
    struct.pack_into("<I", base, 508, total)


def write(log, head, bins, sectors):
    bits = bytearray(len(bins) // SECTOR // 8)
    for i in sectors:
        bits[i // 8] |= 1 << i % 8
    base = bytearray(head)
    struct.pack_into("<I", base, 28, 1)     # the type: a log
    seal(base)
    body = b"DIRT" + bits
    body += bytes(-len(body) % SECTOR)
    for i in sectors:
        body += bins[i * SECTOR:(i + 1) * SECTOR]
    with open(log, "wb") as out:
        out.write(base + body)


def make(hive, log, *keys):
    data = open(hive, "rb").read()
    size = struct.unpack_from("<I", data, 40)[0]
    bins = data[BINS:BINS + size]
    left = {0, 1} | {s for key in keys for s in begins(bins, key)}
    write(log, data[:SECTOR], bins,
          [i for i in range(size // SECTOR) if i not in left])


def without(*args):
    *texts, hive, log = args
    data = open(hive, "rb").read()
    size = struct.unpack_from("<I", data, 40)[0]
    bins = data[BINS:BINS + size]
    left = {0, 1}
    for text in texts:
        at = -1
        while (at := bins.find(text.encode(), at + 1)) >= 0:
            left |= {at // SECTOR, (at + len(text) - 1) // SECTOR}
    write(log, data[:SECTOR], bins,
          [i for i in range(size // SECTOR) if i not in left])


def move_values(hive, log):
    data = bytearray(open(hive, "rb").read())
    size = struct.unpack_from("<I", data, 40)[0]
    bins = data[BINS:BINS + size]
    at = bins.find(b"MountedDevices") - 76
    assert bins[at:at + 2] == b"nk"
    struct.pack_into("<I", bins, at + 40, 0x7ffff0)
    sequence = struct.unpack_from("<I", data, 4)[0]
    struct.pack_into("<II", data, 4, sequence + 1, sequence)
    seal(data)
    head = bytearray(data[:SECTOR])
    struct.pack_into("<II", head, 4, sequence + 1, sequence + 1)
    write(log, head, bins, sorted({(at + 40) // SECTOR, (at + 43) // SECTOR}))
    open(hive, "wb").write(data)


if __name__ == "__main__":
    if sys.argv[1] == "--move-values":
        move_values(*sys.argv[2:])
    elif sys.argv[1] == "--without":
        without(*sys.argv[2:])
    else:
        make(*sys.argv[1:])
