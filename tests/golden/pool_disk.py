#!/usr/bin/python3
"""Write the disks of a storage pool, as far as a reader of its database goes.

usage: pool_disk.py DIR [none|old]

DIR/pool0.raw, pool1.raw and pool2.raw become GPT disks with a partition each; of
the pool's three disks the third has no copy of the database, and of the two that
do the second was left behind by a change: there the virtual disk Second is
missing. With "none", no disk has a copy; with "old", headers and sizes are as
Windows 8 wrote them. Nothing of what the virtual disks hold
is there.
No tool but Windows makes a pool. The fields are those that docs/formats.md names
a source for, each written here by itself.
"""

import struct
import subprocess
import sys
import uuid
import zlib

MIB = 1 << 20
POOL_TYPE = "e75caf8f-f680-4cee-afa3-b001e56efc2d"
POOL = uuid.UUID("0b5e0001-9d1e-11eb-8a01-525400c01d01")
MEMBERS = [uuid.UUID(f"0b5e001{n}-9d1e-11eb-8a01-525400c01d01")
           for n in range(3)]
JOINED = 0x01d5000000000001
SLOT = 64


def crc(block):
    """The block of 512 bytes with its CRC-32."""
    block = block[:12] + bytes(4) + block[16:]
    block = block.ljust(512, b"\0")
    return block[:12] + struct.pack(">I", zlib.crc32(block)) + block[16:]


def number(n):
    data = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([len(data)]) + data


def text(s):
    data = (s + "\0").encode("utf-16-be") if s else b""
    return struct.pack(">H", len(data) // 2) + data


def pool_record(name, sequence):
    return 1, 15, (number(0) + number(sequence) + POOL.bytes + text(name) +
                   text("") + number(0) + struct.pack(">HBB", 28, 9, 12) +
                   bytes(37))


def disk_record(n, size):
    return 2, 6, (number(n + 1) + number(1) + MEMBERS[n].bytes +
                  text(f"PhysicalDisk{n}") + text("") + bytes([0, 2, 1]) +
                  text("ACME") + text(f"Spindle {n}") + text("") + text("") +
                  bytes([0x0f, 1]) + bytes(32) + number(size) +
                  number(size - 512 * MIB) + number(2 ** 64 - 1))


def old_disk_record(n):
    return 2, 2, (number(n + 1) + number(1) + MEMBERS[n].bytes +
                  text(f"PhysicalDisk{n}") + text("") + bytes([0, 2, 1, 0]) +
                  number((n + 1) * 4000) + bytes(4))


def old_space_record(n, name, slabs):
    guid = uuid.UUID(f"0b5e002{n}-9d1e-11eb-8a01-525400c01d01")
    return 3, 3, (number(n) + number(1) + guid.bytes + text(name) + text("") +
                  bytes([0, 0, 2]) + number(slabs) + number(0) + bytes([1]) +
                  bytes(20))


def space_record(n, name, size, resiliency, internal=0, version=16):
    prefix = bytes([1, 1, 0, 0]) if version == 16 else bytes([1, 0, 1, 0, 0])
    guid = uuid.UUID(f"0b5e002{n}-9d1e-11eb-8a01-525400c01d01")
    return 3, version, (
        number(n) + number(1) + guid.bytes + text(name) + text("") +
        bytes([0, internal, 1 if internal else 2]) + number(size) +
        number(n) + bytes([2]) + number(MIB << 8) + bytes([0]) + prefix +
        bytes([resiliency]) + number(resiliency // 2) +
        number(2 if resiliency == 2 else 1) + number(1) + number(3) +
        bytes([18]) + bytes(20))


def extent_record():
    return 4, 1, b"".join(map(number, (0, 1, 0))) + bytes([0]) + b"".join(
        map(number, (1, 4, 0, 0, 0, 2 ** 32 - 1, 1, 0)))


def database(records, sequence, swap=False):
    """Each record in slots of its own, fragments in order or (swap) not."""
    slots = []
    for kind, version, body in records:
        data = struct.pack(">BBHI", kind, version, 0, len(body)) + body
        first = 8 + len(slots)
        count = -(-len(data) // (SLOT - 16))
        pieces = [struct.pack(">IHH", first, i, count) +
                  data[i * 48:i * 48 + 48].ljust(48, b"\0")
                  for i in range(count)]
        slots += reversed(pieces) if swap else pieces
    slots.append(bytes(56))     # a free one
    head = crc(b"SDBC    " + bytes(8) + POOL.bytes + bytes(4) +
               struct.pack(">II", SLOT, 8 + len(slots)) + bytes(20) +
               struct.pack(">QQ", sequence, JOINED + sequence))
    return head + b"".join(b"SDBB" + struct.pack(">I", 8 + i) + s
                           for i, s in enumerate(slots))


def header(n, has_database):
    return crc(b"SPACEDB " + struct.pack(">HHI", 3, 0x200, 0) +
               struct.pack(">QQ", 1, JOINED + n) + POOL.bytes +
               MEMBERS[n].bytes + bytes([0, has_database]))


def old_header(n):
    return crc(b"SPACEDB " + struct.pack(">HHI", 1, 0x200, 0) + POOL.bytes +
               MEMBERS[n].bytes + bytes(40) + struct.pack(">Q", JOINED + n))


def make_disk(path, n, data, head=None):
    with open(path, "wb") as file:
        file.truncate(32 * MIB)
    subprocess.run(["sgdisk", "-o", "-U", f"0b5ed15c-0000-4000-8000-{n:012x}",
                    "-n", "1:32768:0", "-t", f"1:{POOL_TYPE}", "-u",
                    f"1:0b5e0030-0000-4000-8000-{n:012x}", path], check=True,
                   stdout=subprocess.DEVNULL)
    with open(path, "r+b") as file:
        file.seek(16 * MIB)
        file.write((head or header(n, len(data) > 0)).ljust(4096, b"\0"))
        file.write(data)


def make_old(directory):
    data = database([pool_record("Older pool", 1)] +
                    [old_disk_record(n) for n in range(2)] +
                    [old_space_record(5, "First", 12)], 3)
    for n in range(2):
        make_disk(f"{directory}/old{n}.raw", n, b"" if n else data,
                  old_header(n))


def main():
    directory, none = sys.argv[1], sys.argv[2:] == ["none"]
    if sys.argv[2:] == ["old"]:
        make_old(directory)
        return
    records = [pool_record("Café pool", 1)]
    records += [disk_record(n, (n + 1) << 40) for n in range(3)]
    records += [space_record(4, "", 256 * MIB, 2, internal=1),
                space_record(5, "First", 3 << 40, 2)]
    old = database(records, 7)
    records += [space_record(6, "Second", 5 << 30, 3, version=17),
                extent_record()]
    for n, data in enumerate((database(records, 9, swap=True), old, b"")):
        make_disk(f"{directory}/pool{n}.raw", n, b"" if none else data)


if __name__ == "__main__":
    main()
