#!/usr/bin/python3
"""Leave a hive as a crash before Windows 8.1 leaves it, with its log.

usage: old_log.py OLD NEW HIVE LOG TYPE

HIVE is OLD, dirty; LOG holds each 512 bytes of NEW's bins that differ, behind a
bitmap with a bit for each, and a base block of type TYPE: 1 since Windows XP, 2
before.  Format: msuhanov/regf, "Windows registry file format specification",
"Format of transaction log files", "Old format".
"""

import functools
import operator
import struct
import sys

UNIT = 512
TIME = 0x01c9000000000000       # in 2008


def base_block(hive, **fields):
    """The first sector of HIVE with FIELDS in it, and its checksum."""
    offsets = {"primary": 4, "secondary": 8, "type": 28}
    block = bytearray(hive[:UNIT])
    struct.pack_into("<Q", block, 12, TIME)
    for name, value in fields.items():
        struct.pack_into("<I", block, offsets[name], value)
    words = struct.unpack_from("<127I", block)
    struct.pack_into("<I", block, 508, functools.reduce(operator.xor, words))
    return bytes(block)


def log_of(old, new):
    units = range(len(new) // UNIT)
    dirty = [i for i in units if
             new[i * UNIT:(i + 1) * UNIT] != old[i * UNIT:(i + 1) * UNIT]]
    bitmap = bytearray(len(new) // UNIT // 8)
    for i in dirty:
        bitmap[i // 8] |= 1 << i % 8
    vector = b"DIRT" + bitmap
    vector += bytes(-len(vector) % UNIT)
    return vector + b"".join(new[i * UNIT:(i + 1) * UNIT] for i in dirty)


def main():
    old, new = (open(path, "rb").read() for path in sys.argv[1:3])
    kind = int(sys.argv[5])
    # Before Vista the log's numbers are one less than those of the hive.
    with open(sys.argv[3], "wb") as hive:
        hive.write(base_block(old, primary=9, secondary=8) + old[UNIT:])
    with open(sys.argv[4], "wb") as log:
        log.write(base_block(new, primary=8, secondary=8, type=kind))
        log.write(log_of(old[4096:], new[4096:]))


if __name__ == "__main__":
    main()
