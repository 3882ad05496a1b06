#!/usr/bin/python3
"""Lay out a dynamic disk anew, with sectors of 4096 bytes.

usage: big_sectors.py DISK OUT [TOC]

What the volumes hold, their records and all ids stay as they are; the partition
table, the private headers and the tables of contents are written field by field
as DiskAccessLibrary describes such disks: their fields count sectors of the
disk, the records blocks of 512 bytes, and the records follow the database's
header in its sector. TOC is the sector of the table of contents in use: 1, or 0.
"""

import struct
import sys
import uuid
import zlib

OLD, NEW = 512, 4096
REGION = 256            # sectors of the private region: 1 MiB
CONFIG, LOG = 2, 188    # where the database and its log begin, relative
MIRROR = 253            # of the table of contents
COPY = 232              # of the private header, which is in the last sector
LDM_METADATA = uuid.UUID("5808c8aa-7e8f-42e0-85d2-e1e90434cfb3").bytes_le
LDM_DATA = uuid.UUID("af9b60a0-1431-4f62-bc68-3311714a69ad").bytes_le


def summed(block):
    """The block with its checksum, the sum of its other bytes."""
    block = bytearray(block)
    block[8:12] = bytes(4)
    block[8:12] = struct.pack(">I", sum(block))
    return bytes(block)


def private_header(old, data_start, data_sectors, config_start, toc):
    head = bytearray(old)
    struct.pack_into(">2Q", head, 0x20, REGION - 1, COPY)
    struct.pack_into(">I", head, 0x10f, NEW)
    struct.pack_into(">6Q", head, 0x11b, data_start, data_sectors,
                     config_start, REGION, toc, MIRROR)
    struct.pack_into(">2Q", head, 0x153, LOG - CONFIG, 28)
    return summed(head)


def contents(old):
    toc = bytearray(old)
    struct.pack_into(">2Q", toc, 0x2e, CONFIG, LOG - CONFIG)
    struct.pack_into(">2Q", toc, 0x50, LOG, 28)
    return summed(toc)


def private_region(old, head, toc_at):
    """The region's bytes; @old is that of the disk of 512-byte sectors."""
    region = bytearray(REGION * NEW)

    def put(sector, block):
        region[sector * NEW:sector * NEW + len(block)] = block

    first = struct.unpack_from(">Q", old[(REGION * 8 - 1) * OLD:], 0x13b)[0]
    toc = contents(old[first * OLD:first * OLD + OLD])
    config, sectors = struct.unpack_from(">2Q", toc_of(old, first), 0x2e)
    put(CONFIG, old[config * OLD:(config + sectors) * OLD])
    put(toc_at, toc)
    put(MIRROR, toc)
    put(COPY, head)
    put(REGION - 1, head)
    return region


def toc_of(region, sector):
    return region[sector * OLD:sector * OLD + OLD]


def gpt_header(guid, here, other, first, last, array_at, array):
    head = bytearray(struct.pack(
        "<8s4I4Q16sQ3I", b"EFI PART", 0x10000, 92, 0, 0, here, other, first,
        last, guid, array_at, 128, 128, zlib.crc32(array)))
    struct.pack_into("<I", head, 16, zlib.crc32(head))
    return bytes(head).ljust(NEW, b"\0")


def gpt_disk(old, data, make_region):
    """LBA 6: the private region; behind it, at a mebibyte's end, the data."""
    array = bytearray(old[2 * OLD:2 * OLD + 128 * 128])
    sectors = len(data) // NEW
    data_at = 6 + REGION + 250      # between them is the reserved partition
    end = data_at + sectors
    for slot in range(0, len(array), 128):
        kind = bytes(array[slot:slot + 16])
        if kind == bytes(16):
            continue
        first, last = ((6, 6 + REGION - 1) if kind == LDM_METADATA else
                       (data_at, end - 1) if kind == LDM_DATA else
                       (6 + REGION, data_at - 1))
        struct.pack_into("<2Q", array, slot + 32, first, last)
    guid = old[OLD + 56:OLD + 72]
    disk = bytearray(old[:OLD].ljust(NEW, b"\0"))
    disk += gpt_header(guid, 1, end + 4, 6, end - 1, 2, array)
    disk += array
    disk += make_region(data_at, sectors, 6)
    disk += bytes(250 * NEW)
    disk += data
    disk += array
    disk += gpt_header(guid, end + 4, 1, 6, end - 1, end, array)
    return disk


def mbr_disk(old, data, make_region):
    """The data from LBA 64 on; behind it the private region."""
    sectors = len(data) // NEW
    disk = bytearray(64 * NEW)
    disk[:OLD] = old[:OLD]
    struct.pack_into("<2I", disk, 446 + 8, 64, sectors)
    region = make_region(64, sectors, 64 + sectors)
    disk[6 * NEW:6 * NEW + OLD] = region[-NEW:][:OLD]
    return disk + data + region


def main():
    toc_at = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with open(sys.argv[1], "rb") as file:
        old = file.read()
    is_gpt = old[OLD:OLD + 8] == b"EFI PART"
    # On a GPT disk the region is the first partition.
    region_at = (struct.unpack_from("<Q", old, 2 * OLD + 32)[0] if is_gpt else
                 struct.unpack_from(">Q", old, 6 * OLD + 0x12b)[0])
    region = old[region_at * OLD:(region_at + REGION * 8) * OLD]
    head = region[-OLD:]
    assert head[:8] == b"PRIVHEAD"
    start, sectors = struct.unpack_from(">2Q", head, 0x11b)
    data = old[start * OLD:(start + sectors) * OLD]
    data += bytes(-len(data) % NEW)

    def make_region(data_start, data_sectors, config_start):
        return private_region(region, private_header(
            head, data_start, data_sectors, config_start, toc_at), toc_at)

    with open(sys.argv[2], "wb") as file:
        file.write((gpt_disk if is_gpt else mbr_disk)(old, data, make_region))


if __name__ == "__main__":
    main()
