#!/usr/bin/python3
"""Make each compressed stream of a volume say that it has 512 GiB more.

usage: compressed_longer.py VOLUME

Records of 1024 bytes; prints how many streams there were.
"""

import struct
import sys

volume = bytearray(open(sys.argv[1], "rb").read())
changed = 0
for record in range(0, len(volume) - 1024, 1024):
    if volume[record:record + 4] != b"FILE":
        continue
    at = record + struct.unpack_from("<H", volume, record + 20)[0]
    while at < record + 1000 and volume[at:at + 4] != b"\xff" * 4:
        kind, size = struct.unpack_from("<II", volume, at)
        if kind == 0x80 and volume[at + 8] == 1 and volume[at + 12] & 1:
            volume[at + 52] = 128
            changed += 1
        if size == 0:
            break
        at += size
open(sys.argv[1], "wb").write(volume)
print(changed)
