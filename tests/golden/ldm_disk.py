"""Dynamic disks with an MBR, made field by field, for tests to spoil.

Sources: linux block/partitions/ldm.h and ldm.c; the states of records and
databases: DiskAccessLibrary, LogicalDiskManager/. ldmtool reads what this makes.
"""

import struct
import subprocess
import uuid

SECTOR = 512
DATA_START = 63
CONFIG_SECTORS = 2048
VMDB, SLOTS = 17, 5924          # the database's sector, and its slots
GROUP = uuid.UUID("1d3e0000-9d1e-11eb-8a01-525400c01d01")
HOST = uuid.UUID("1b77da20-c717-11d0-a5be-00a0c91db73c")
CLEAN, CHANGE, COMMIT = 1, 2, 3
ACTIVE, LEAVING, COMING = 0, 1, 2
STRIPED, CONCATENATED, RAID5 = 1, 2, 3


def disk_guid(n):
    return uuid.UUID(f"1d3e0000-9d1e-11eb-8a01-5254000d15{n:02x}")


def volume_guid(n):
    return uuid.UUID(f"1d3e0000-9d1e-11eb-8a01-52540000{n:04x}")


def summed(block):
    block = bytearray(block.ljust(SECTOR, b"\0"))
    block[8:12] = struct.pack(">I", sum(block[:8] + block[12:]))
    return bytes(block)


def ascii_guid(guid):
    return str(guid).encode().ljust(64, b"\0")


def number(n):
    data = n.to_bytes(max((n.bit_length() + 7) // 8, 1), "big")
    return bytes([len(data)]) + data


def text(s):
    data = s if isinstance(s, bytes) else s.encode()
    return bytes([len(data)]) + data


class Record:
    """A record; its status, and the id of the group of its fragments, can be
    changed afterwards."""

    def __init__(self, kind, flags, body, status=ACTIVE):
        self.kind, self.flags, self.body = kind, flags, body
        self.status = status

    def data(self):
        return struct.pack(">HBBI", self.status, self.flags, self.kind,
                           len(self.body)) + self.body


def volume(n, name, components, sectors, hint="", guid=None, kind="gen",
           state="ACTIVE", **more):
    body = (number(n) + text(name) + text(kind) + text("") +
            state.encode().ljust(14, b"\0") +
            bytes([4 if kind == "raid5" else 3, 1, 5, 0, 0, 0,
                   0x13 if kind == "raid5" else 0x11]) +
            number(components) + struct.pack(">QQ", 0x400, n) +
            number(sectors) + bytes(4) + b"\7" +
            (guid or volume_guid(n)).bytes + (text(hint) if hint else b""))
    return Record(0x51, 2 if hint else 0, body, **more)


def component(n, name, parent, parts, layout=CONCATENATED, chunk=None,
              columns=None, state="ACTIVE", **more):
    striped = chunk is not None
    body = (number(n) + text(name) + text(state) + bytes([layout]) + bytes(4) +
            number(parts) + struct.pack(">QQ", 0x400, 0) + number(parent) +
            b"\0" + (number(chunk) + number(columns) if striped else b""))
    return Record(0x32, 0x10 if striped else 0, body, **more)


def partition(n, name, parent, disk, start, offset, sectors, column=None,
              **more):
    body = (number(n) + text(name) + bytes(4) +
            struct.pack(">QQQ", 0x400, start, offset) + number(sectors) +
            number(parent) + number(disk) +
            (number(column) if column is not None else b""))
    return Record(0x33, 8 if column is not None else 0, body, **more)


def disk(n, name, guid, **more):
    return Record(0x34, 0, number(n) + text(name) + text(str(guid)) +
                  text("") + bytes(12), **more)


def group(n, name="Test-Dg0", guid=GROUP):
    return Record(0x35, 0, number(n) + text(name) + text(str(guid)) +
                  bytes(12))


def slots_of(records, size=128):
    """The records' slots, numbered from 4 on, each record behind the other."""
    slots = []
    for i, record in enumerate(records):
        data = record.data()
        room = size - 16
        count = -(-len(data) // room)
        for k in range(count):
            slots.append(struct.pack(">4sIIHH", b"VBLK", 4 + len(slots), i + 1,
                                     k, count) +
                         data[k * room:k * room + room].ljust(room, b"\0"))
    return slots


def database(records, committed=0x400, pending=None, status=CLEAN, slots=None,
             n_slots=SLOTS, guid=GROUP, slot_bytes=128, first=SECTOR,
             counts=None):
    if counts is None:
        counts = [sum(r.kind & 15 == k and r.status == ACTIVE
                      for r in records) for k in (1, 2, 3, 4)]
    head = struct.pack(
        ">4sIIIHHH31s64sQQ4I", b"VMDB", n_slots, slot_bytes, first, status, 4,
        10, b"Test-Dg0", ascii_guid(guid), committed,
        committed if pending is None else pending, *counts)
    slots = slots_of(records) if slots is None else slots
    free = struct.pack(">4sIIHH", b"VBLK", 0, 0, 0, 0).ljust(128, b"\0")
    slots = slots + [free] * (min(n_slots, SLOTS) - 4 - len(slots))
    return head.ljust(SECTOR, b"\0") + b"".join(slots)


def make_disk(path, n, sectors, records, group_guid=GROUP, database_guid=None,
              toc=None, data_start=DATA_START, **db):
    """Disk number @n; returns where its data begins and how long it is."""
    config = sectors - CONFIG_SECTORS
    data = config - DATA_START
    head = summed(struct.pack(
        ">8sIHHQQQQ64s64s64s31sI8sQQQQQQIIQQ", b"PRIVHEAD", 0, 2, 11,
        0x01cd000000000000, 5, 2047, 1856, ascii_guid(disk_guid(n)),
        ascii_guid(HOST), ascii_guid(group_guid), b"Test-Dg0", SECTOR, bytes(8),
        data_start, data, config, CONFIG_SECTORS, 1, 2046, 1, 1, 1481, 224))
    newer, older = (summed(struct.pack(
        ">8sIQ16s8sHQQQ8sHQQQ", b"TOCBLOCK", 0, sequence, bytes(16), b"config",
        0, *place, 0, b"log", 0, 1498, 224, 0))
        for sequence, place in ((5, toc or (VMDB, 1481)), (4, (VMDB, 1481))))
    with open(path, "wb") as file:
        file.truncate(sectors * SECTOR)
        mbr = bytearray(SECTOR)
        struct.pack_into("<I", mbr, 0x1b8, 0x1d3e0000 + n)
        struct.pack_into("<B3sB3sII", mbr, 446, 0, b"\1\1\0", 0x42,
                         b"\xfe\xff\xff", DATA_START, data)
        mbr[510:] = b"\x55\xaa"

        def put(sector, block):
            file.seek(sector * SECTOR)
            file.write(block)
        put(0, mbr)
        put(6, head)
        put(config + 1856, head)
        put(config + 2047, head)
        put(config + 1, newer)
        put(config + 2, older)
        put(config + 2045, older)
        put(config + 2046, newer)
        put(config + VMDB, database(records, guid=database_guid or group_guid,
                                    **db))
    return DATA_START, data


def fat(path, sectors, label, serial):
    """The bytes of a FAT volume."""
    with open(path, "wb") as file:
        file.truncate(sectors * SECTOR)
    subprocess.run(["mkfs.fat", "-i", f"{serial:08x}", "-n", label, path],
                   check=True, stdout=subprocess.DEVNULL)
    with open(path, "rb") as file:
        return file.read()


def write(path, sector, data):
    """@data at that sector of the disk's data."""
    with open(path, "r+b") as file:
        file.seek((DATA_START + sector) * SECTOR)
        file.write(data)
