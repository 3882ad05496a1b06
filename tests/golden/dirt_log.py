#!/usr/bin/python3
"""Make the log of a hive, of the kind before Windows 8, that has its sectors.

usage: dirt_log.py HIVE LOG [KEY...]

The log has all sectors of the bins but the first two, where the root lies, and
those in which a record of one of the KEYs begins.
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


def make(hive, log, *keys):
    data = open(hive, "rb").read()
    size = struct.unpack_from("<I", data, 40)[0]
    bins = data[BINS:BINS + size]
    left = {0, 1} | {s for key in keys for s in begins(bins, key)}
    sectors = [i for i in range(size // SECTOR) if i not in left]
    bits = bytearray(size // SECTOR // 8)
    for i in sectors:
        bits[i // 8] |= 1 << i % 8
    base = bytearray(data[:SECTOR])
    struct.pack_into("<I", base, 28, 1)     # the type: a log
    sum_ = 0
    for (word,) in struct.iter_unpack("<I", base[:508]):
        sum_ ^= word
    struct.pack_into("<I", base, 508, sum_)
    head = b"DIRT" + bits
    head += bytes(-len(head) % SECTOR)
    with open(log, "wb") as out:
        out.write(base + head)
        for i in sectors:
            out.write(bins[i * SECTOR:(i + 1) * SECTOR])


if __name__ == "__main__":
    make(*sys.argv[1:])
