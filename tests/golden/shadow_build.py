#!/usr/bin/python3
"""Give a volume the shadow copies that show it as it was in older images.

usage: shadow_build.py IMAGE OFFSET LENGTH OLDER-IMAGE...

The older images, the oldest first, have the volume at the same place. Copy
number i was made on 2021-03-05 at i o'clock, as part of set i. What Windows'
provider writes is put where all images have zeros, field by field as in the
documentation of libvshadow: a catalogue of one block, and for each copy a store
with a header, a block list, a list of ranges, a bitmap and the blocks that were
changed before the next copy was made.
"""

import datetime
import struct
import sys
import uuid

BLOCK = 0x4000
PER_LIST = (BLOCK - 128) // 32
VSS = uuid.UUID("3808876b-c176-4e48-b7ae-04046e6cc752").bytes_le
VOLUME = uuid.UUID("5ad00000-0000-4000-8000-0123456789ab").bytes_le
MACHINE = "SAMPLE-PC".encode("utf-16-le")


def guid(kind, number, offset):
    """Sets are the same on all volumes, copies and stores are not."""
    place = 0 if kind == "5e7" else offset >> 20
    return uuid.UUID(f"5ad0{kind}{number:x}-{place:04x}-4000-8000-"
                     "0123456789ab").bytes_le


def block(record, relative, at, following, content, info=0):
    head = VSS + struct.pack("<IIQQQQ", 1, record, relative, at, following,
                             info)
    return (head.ljust(128, b"\0") + content).ljust(BLOCK, b"\0")


def created(number):
    moment = datetime.datetime(2021, 3, 5, number)
    return (moment - datetime.datetime(1601, 1, 1)) // \
        datetime.timedelta(microseconds=1) * 10


def changed_blocks(older, newer):
    """Block 0 has the header of the volume, which was not there."""
    for at in range(0, len(older), BLOCK):
        data = older[at:at + BLOCK]
        if at == 0 or data != newer[at:at + BLOCK]:
            yield at, data


def store(number, offset, at, blocks):
    """The blocks of a store at AT, and its entry of the catalogue."""
    lists = max(1, -(-len(blocks) // PER_LIST))
    ranges, bitmap = at + (1 + lists) * BLOCK, at + (2 + lists) * BLOCK
    data = bitmap + BLOCK
    size = (3 + lists + len(blocks)) * BLOCK
    info = bytes(16) + guid("c0b", number, offset) + \
        guid("5e7", number, offset) + \
        struct.pack("<IIII", 0x0d, 1, 0x42000d, 0) + \
        (struct.pack("<H", len(MACHINE)) + MACHINE) * 2
    out = block(4, 0, at, 0, info, len(info))
    for i in range(lists):
        here = at + (1 + i) * BLOCK
        part = b"".join(
            struct.pack("<QQQII", original, data + k * BLOCK - at,
                        data + k * BLOCK, 0, 0)
            for k, (original, _) in enumerate(blocks)
            if k // PER_LIST == i)
        out += block(3, here - at, here,
                     here + BLOCK if i + 1 < lists else 0, part)
    out += block(5, ranges - at, ranges, 0, struct.pack("<QQQ", at, 0, size))
    out += block(6, bitmap - at, bitmap, 0, b"")
    out += b"".join(content for _, content in blocks)
    entry = struct.pack("<QQ", 3, at + BLOCK) + guid("570", number, offset) + \
        struct.pack("<QQQQQ", at, ranges, bitmap, 0x1000000000030, size)
    return out, entry.ljust(128, b"\0")


def free_place(states, size):
    """Where all have as many zeros, as far behind as possible."""
    run = 0
    for at in range(len(states[0]) - 2 * BLOCK, 0, -BLOCK):
        zeros = not any(any(s[at:at + BLOCK]) for s in states)
        run = run + 1 if zeros else 0
        if run * BLOCK >= size:
            return at
    sys.exit("no room for the shadow copies")


def build(volume, offset, older):
    states = older + [volume]
    changes = [list(changed_blocks(a, b)) for a, b in zip(states, states[1:])]
    size = BLOCK * sum(len(c) + 4 + len(c) // PER_LIST for c in changes)
    catalog = free_place(states, size + 2 * BLOCK)
    at, entries = catalog + BLOCK, b""
    for number, blocks in enumerate(changes, 1):
        entries += (struct.pack("<QQ", 2, len(volume)) +
                    guid("570", number, offset) +
                    struct.pack("<QQQ", number, 0x40, created(number))
                    ).ljust(128, b"\0")
        out, entry = store(number, offset, at, blocks)
        entries += entry
        volume[at:at + len(out)] = out
        at += len(out)
    volume[catalog:catalog + BLOCK] = block(2, 0, catalog, 0, entries)
    head = VSS + struct.pack("<IIQQQQQ", 1, 1, 0x1e00, 0x1e00, 0, catalog, 0)
    volume[0x1e00:0x2000] = (head + VOLUME + VOLUME).ljust(512, b"\0")


def read(path, offset, length):
    with open(path, "rb") as file:
        file.seek(offset)
        return bytearray(file.read(length))


def main():
    image, offset, length = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    volume = read(image, offset, length)
    build(volume, offset, [read(p, offset, length) for p in sys.argv[4:]])
    with open(image, "r+b") as file:
        file.seek(offset)
        file.write(volume)


if __name__ == "__main__":
    main()
