#!/usr/bin/python3
"""Change the metadata of an encrypted volume, byte by byte, with the checksum
made right again, and analyse it.

usage: bitlocker_hostile.py COLDMOUNT DISK OFFSET METADATA DIRECTORY

The volume lies at OFFSET of DISK and unlocks itself with a clear key; the first
copy of its metadata is at METADATA of it. The other two are taken away.
"""

import os
import random
import struct
import subprocess
import sys
import zlib

STATUSES = (0, 4)


def main():
    tool, disk, offset, metadata, directory = sys.argv[1:]
    with open(disk, "rb") as file:
        image = bytearray(file.read())
    first = int(offset) + int(metadata)
    places = [first, first + (1 << 20), first + (2 << 20)]
    size = struct.unpack_from("<H", image, first + 8)[0] * 16
    for place in places[1:]:
        image[place:place + 65536] = bytes(65536)
    path = os.path.join(directory, "hostile.raw")
    with open(path, "wb") as file:
        file.write(image)
    random.seed(1)
    changes = [(i, bytes([image[first + i] ^ 1 << random.randrange(8)]))
               for i in range(0, size, 5)]
    changes += [(at, value) for at in range(0x08, 0x70, 2)
                for value in (b"\0\0", b"\xff\xff", b"\xff\x7f")]
    changes += [(at, bytes.fromhex("ffffffffffffff7f"))
                for at in range(0x10, 0x70, 8)]
    for at, value in changes:
        block = bytearray(image[first:first + 65536])
        block[at:at + len(value)] = value
        n = struct.unpack_from("<H", block, 8)[0] * 16
        if n + 8 <= len(block):
            struct.pack_into("<HHI", block, n, 8, 2, zlib.crc32(block[:n]))
        with open(path, "r+b") as file:
            file.seek(first)
            file.write(block)
        run = subprocess.run([tool, "-q", "--json", path], timeout=60,
                             capture_output=True, check=False)
        if run.returncode not in STATUSES:
            print(f"{at:#x} {value.hex()}: status {run.returncode}",
                  run.stderr.decode(errors="replace"))
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
