#!/usr/bin/env python3
"""index_entry.py IMAGE NAME [PARENT]: where NAME stands in the entry of a
directory, as a byte of IMAGE; that of the directory in record PARENT.  Volumes begin at multiples of 4096 bytes; a record of the $MFT
has 1024 bytes, a block of an index 4096."""
import sys

image, name = sys.argv[1:3]
parent = int(sys.argv[3]) if len(sys.argv) > 3 else None
data = bytearray(open(image, "rb").read())
wanted = name.encode("utf-16le")


def number(at, size):
    return int.from_bytes(data[at:at + size], "little")


def fix(at, size):
    """The last two bytes of each sector are in the array."""
    array = at + number(at + 4, 2)
    for i in range(1, size // 512 + 1):
        end = at + 512 * i
        data[end - 2:end] = data[array + 2 * i:array + 2 * i + 2]


for block in range(0, len(data), 1024):
    if data[block:block + 4] == b"FILE":
        fix(block, 1024)
    elif data[block:block + 4] == b"INDX" and block % 4096 == 0:
        fix(block, 4096)


def is_entry(at):
    """Before the name are 16 bytes of the entry, and 66 of $FILE_NAME."""
    entry = at - 82
    if (number(entry + 10, 2) != 66 + len(wanted) or
            data[at - 2] != len(name)):
        return False
    if parent is not None and number(at - 66, 6) != parent:
        return False
    block, record = at // 4096 * 4096, at // 1024 * 1024
    if data[block:block + 4] == b"INDX":
        return at < block + 24 + number(block + 28, 4)
    return (data[record:record + 4] == b"FILE" and
            number(record + 44, 4) != number(entry, 6) and
            at < record + number(record + 24, 4))


at = data.find(wanted)
while at >= 0 and not is_entry(at):
    at = data.find(wanted, at + 1)
if at < 0:
    sys.exit(f"{image}: no entry of {name}")
print(at)
