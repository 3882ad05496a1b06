#!/usr/bin/python3
"""Read what a report cites back from the disks, and see that it is there.

usage: check_citations.py REPORT DISK...

REPORT is JSON; DISK... are the raw disks of image0, image1 and so on.  Each
citation must lie on its disk.  Those of facts (not those of findings, which may
be about damage) must begin with the signature of the structure that they name,
and the bytes must say what the record says, as decoded here.
Prints a line for each kind of structure.
"""

import datetime
import json
import struct
import sys
import uuid
from collections import Counter

SECTORS = (512, 4096)
FACTS = ["disks", "partitions", "volumes", "installations", "names",
         "nameHistory", "remoteNames", "mountPoints", "reparsePoints",
         "users", "userVolumes", "knownDisks", "volumeTraces", "shadowCopies",
         "mountHistory", "userVolumeHistory"]
VSS = uuid.UUID("3808876b-c176-4e48-b7ae-04046e6cc752").bytes_le


class Wrong(Exception):
    pass


def expect(condition, why):
    if not condition:
        raise Wrong(why)


def raw_text(record, member):
    """The UTF-16LE bytes of a text of the report."""
    raw = record.get(member + "Hex")
    if raw is not None:
        return bytes.fromhex(raw)
    return (record[member] or "").encode("utf-16-le")


def check_magic(magic, at=0):
    def check(_record, data):
        found = data[at:at + len(magic)]
        expect(found == magic, f"{found!r} is not {magic!r}")
    return check


def check_shadow_entry(record, data):
    store = str(uuid.UUID(bytes_le=data[16:32]))
    expect(store == record.get("storeIdentifier", store), f"store {store}")
    if data[0] == 2 and "created" in record:
        size, = struct.unpack_from("<Q", data, 8)
        expect(size == record["size"], f"size {size}")
    elif data[0] == 3 and "store" in record:
        header, = struct.unpack_from("<Q", data, 32)
        expect(header == record["store"]["header"], f"header {header}")


def check_shadow_store(record, data):
    check_magic(VSS)(record, data)
    copy = str(uuid.UUID(bytes_le=data[0x90:0xa0]))
    expect(copy == record.get("identifier", copy), f"copy {copy}")


def check_mbr(_record, data):
    expect(data[510:512] == b"\x55\xaa", "no 55 aa at the end")


def check_table_entry(record, data):
    if "typeName" not in record:
        return
    first, count = struct.unpack_from("<II", data, 8)
    expect(f"{data[4]:02x}" == record["type"], "another type")
    size, rest = divmod(record["length"], count)
    expect(rest == 0 and size in SECTORS, "another length")
    expect(first * size <= record["offset"], "behind the partition")


def check_gpt_entry(record, data):
    if "typeName" not in record:
        return
    first, last = struct.unpack_from("<QQ", data, 32)
    guids = [str(uuid.UUID(bytes_le=data[i:i + 16])) for i in (0, 16)]
    expect(guids == [record["type"], record["guid"]], f"GUIDs {guids}")
    size = record["length"] // (last - first + 1)
    expect(first * size == record["offset"], f"first LBA {first}")


def check_boot_sector(record, data):
    expect(data[510:512] == b"\x55\xaa", "no 55 aa at the end")
    if record.get("fileSystem") == "NTFS":
        expect(data[3:11] == b"NTFS    ", f"{data[3:11]!r}")
        serial, = struct.unpack_from("<Q", data, 0x48)
        expect(f"{serial:016x}" == record["serial64"], f"{serial:016x}")


def check_joliet(record, data):
    check_magic(b"\2CD001")(record, data)
    label = data[40:72].decode("utf-16-be").rstrip("\0 ")
    expect(label == (record["label"] or ""), f"the label {label}")


def check_udf_tag(tag):
    def check(_record, data):
        found, = struct.unpack_from("<H", data)
        expect(found == tag, f"tag {found} is not {tag}")
    return check


def check_udf_volume(record, data):
    check_udf_tag(6)(record, data)
    revision, = struct.unpack_from("<H", data, 240)
    expect(record["udfRevision"] == f"{revision >> 8:x}.{revision & 255:02x}",
           f"revision {revision:04x}")


def check_first_sector(record, data):
    """It is cited where no structure in it is known."""
    expect(record.get("scheme", "none") == "none", "the disk has a table")
    expect(record.get("fileSystem") not in ("NTFS", "FAT32", "exFAT"),
           "the file system has a boot sector")
    expect(len(data) <= 512, f"{len(data)} bytes")


def check_first_place(record, _read):
    """And it is the first one: of the disk, or of the volume's first part."""
    at = next((e["offset"] for e in record.get("extents", []) if e["disk"]), 0)
    for cite in record["citations"]:
        if cite["structure"] == "first sector":
            expect(cite["offset"] == at, f"first sector at {cite['offset']}")


def check_vk(record, data):
    expect(data[:2] == b"vk", f"{data[:2]!r}")
    size, = struct.unpack_from("<H", data, 2)
    expect(len(data) >= 20 + size, f"{len(data)} bytes of {20 + size}")
    name = data[20:20 + size]
    # Where the disk is missing, what was kept of its table is cited, too.
    if ("uniqueId" not in record or "name" not in record
            or "user" in record or name == b"PartitionTableCache"):
        return
    latin1 = struct.unpack_from("<H", data, 16)[0] & 1
    wide = name.decode("latin-1").encode("utf-16-le") if latin1 else name
    expect(wide == raw_text(record, "name"), f"the name {name!r}")


def check_reparse(record, data):
    tag, = struct.unpack_from("<I", data)
    want = int(record.get("tag", "0xa0000003"), 16)
    expect(tag == want, f"tag {tag:#x} is not {want:#x}")
    size, = struct.unpack_from("<H", data, 4)
    expect(record.get("kind") == "damaged" or len(data) >= size + 8,
           f"{len(data)} bytes of {size + 8}")
    if "mftSequence" in record and record["target"] is not None:
        expect(raw_text(record, "target") in data, "the target is not in it")


def check_reparse_entry(record, data):
    size, = struct.unpack_from("<H", data, 8)
    expect(len(data) >= size, f"{len(data)} bytes of {size}")
    tag, = struct.unpack_from("<I", data, 16)
    want = int(record.get("tag", "0xa0000003"), 16)
    expect(tag == want, f"tag {tag:#x} is not {want:#x}")


def check_remote_entry(record, data):
    if "hostVolume" in record and "uniqueId" in record:
        expect(raw_text(record, "name") in data, "the name is not in it")
        expect(bytes.fromhex(record["uniqueId"]["hex"]) in data,
               "the unique id is not in it")


CHECKS = {
    "mbr": check_mbr,
    "mbr entry": check_table_entry,
    "shadow copy entry": check_shadow_entry,
    "shadow copy store": check_shadow_store,
    "shadow copy metadata": lambda _record, data: None,
    "ebr entry": check_table_entry,
    "gpt header": check_magic(b"EFI PART"),
    "gpt entry": check_gpt_entry,
    "boot sector": check_boot_sector,
    "VBLK": check_magic(b"VBLK"),
    "SPACEDB": check_magic(b"SPACEDB "),
    "SDBC": check_magic(b"SDBC    "),
    "volume descriptor": check_magic(b"CD001", 1),
    "Joliet volume descriptor": check_joliet,
    "UDF recognition descriptor": check_magic(b"NSR0", 1),
    "UDF anchor": check_udf_tag(2),
    "UDF logical volume": check_udf_volume,
    "UDF file set": check_udf_tag(256),
    "first sector": check_first_sector,
    "regf": check_magic(b"regf"),
    "log base block": check_magic(b"regf"),
    "hive base block": lambda record, data: None,  # damaged
    "nk": check_magic(b"nk"),
    "vk": check_vk,
    "event record": check_magic(b"**\0\0"),
    "value data": lambda record, data: None,
    "mft record": check_magic(b"FILE"),
    "reparse point": check_reparse,
    "reparse index entry": check_reparse_entry,
    "file name": lambda record, data: None,
    "remote database entry": check_remote_entry,
}


def check_value_data(record, read):
    """The data of a value is its unique id; what lies in the vk itself is not
    cited apart."""
    want = bytes.fromhex(record["uniqueId"]["hex"])
    # The value's own data comes first, then what the answer rests on.
    data = b"".join(read(c) for c in record["citations"]
                    if c["structure"] == "value data")
    expect(data[:len(want)] == want or len(want) <= 4,
           f"{record['name']}: {data.hex()} is not {want.hex()}")


def check_user_key(record, read):
    """The first key of a trace has its name and its time; that of a folder is
    behind the value that has its name."""
    data = b"".join(read(c) for c in record["citations"][:4]
                    if c["structure"] == "nk")
    time = struct.unpack_from("<Q", data, 4)[0]
    seconds, ticks = divmod(time, 10**7)
    time = datetime.datetime(1601, 1, 1) + datetime.timedelta(seconds=seconds)
    text = f"{time.isoformat()}.{ticks:07}Z"
    expect(text == record["lastWritten"], f"the time {text}")
    if record["kind"] != "folder":
        size = struct.unpack_from("<H", data, 72)[0]
        name = data[76:76 + size]
        if struct.unpack_from("<H", data, 2)[0] & 0x20:
            name = name.decode("latin-1").encode("utf-16-le")
        expect(name == raw_text(record, "key"), f"the name {name!r}")


class Disks:
    def __init__(self, document, paths):
        self.files = {f"image{i}": open(path, "rb")
                      for i, path in enumerate(paths)}
        self.sizes = {i["id"]: i["size"] for i in document["images"]}

    def read(self, cite):
        end = cite["offset"] + cite["length"]
        expect(cite["length"] > 0, "nothing is cited")
        expect(end <= self.sizes[cite["image"]], "behind the end of the disk")
        file = self.files[cite["image"]]
        file.seek(cite["offset"])
        return file.read(cite["length"])


def runs_of(cites, i, disks):
    """The bytes of citation I, then of it and the next ones of its structure: a
    structure that lies in several runs has a citation for each."""
    data = b""
    for j in range(i, len(cites)):
        if cites[j]["structure"] != cites[i]["structure"]:
            return
        data += disks.read(cites[j])
        yield j + 1, data


def check_structure(record, cites, i, disks):
    """Check the structure that citation I begins; the number of the citation
    behind it."""
    structure = cites[i]["structure"]
    expect(structure in CHECKS, "no check for this")
    first = None
    for behind, data in runs_of(cites, i, disks):
        try:
            CHECKS[structure](record, data)
            return behind
        except (Wrong, struct.error, IndexError) as why:
            first = first or why
    raise Wrong(first)


def check_facts(kind, record, disks, wrong):
    cites = record["citations"]
    i = 0
    while i < len(cites):
        try:
            i = check_structure(record, cites, i, disks)
        except Wrong as why:
            cite = cites[i]
            wrong[cite["structure"]].append(
                f"{kind} {cite['image']} @{cite['offset']} "
                f"+{cite['length']}: {why}")
            i += 1


def check_record(kind, record, disks, checked, wrong):
    for cite in record["citations"]:
        checked[cite["structure"]] += 1
        try:
            disks.read(cite)
        except Wrong as why:
            wrong[cite["structure"]].append(f"{kind} {cite}: {why}")
            return
    if kind in FACTS:
        check_facts(kind, record, disks, wrong)
    apart = {"names": check_value_data, "nameHistory": check_value_data,
             "userVolumes": check_user_key,
             "userVolumeHistory": check_user_key, "knownDisks": check_layout,
             "disks": check_first_place, "volumes": check_first_place}
    if kind in apart:
        try:
            apart[kind](record, disks.read)
        except Wrong as why:
            where = "first sector" if kind in FACTS[:3] else "value data"
            wrong[where].append(str(why))


def check_layout(record, read):
    """What was kept of a partition table, decoded here."""
    data = None
    for vk, after in zip(record["citations"], record["citations"][1:]):
        if vk["structure"] == "vk" and \
                read(vk)[20:39] == b"PartitionTableCache":
            data = read(after)
            break
    if data is None:
        expect(not record["partitions"], "partitions, and no table")
        return
    scheme, count = struct.unpack_from("<II", data)
    expect(record["scheme"] == ["mbr", "gpt", "raw"][scheme], f"{scheme}")
    partitions = []
    for i in range(count):
        slot = data[48 + 144 * i:192 + 144 * i]
        offset, length = struct.unpack_from("<QQ", slot, 8)
        kind = f"{slot[32]:02x}" if scheme == 0 else \
            str(uuid.UUID(bytes_le=slot[32:48]))
        if kind.strip("0-"):
            partitions.append((offset, length, kind))
    got = [(p["offset"], p["length"], p["type"]) for p in record["partitions"]]
    expect(got == partitions, f"{record['id']}: {got}, not {partitions}")
    ident = f"{struct.unpack_from('<I', data, 8)[0]:08x}" if scheme == 0 else \
        str(uuid.UUID(bytes_le=data[8:24]))
    expect(ident in (record["signature"], record["guid"]), ident)


class Lists(dict):
    def __missing__(self, key):
        self[key] = []
        return self[key]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    disks = Disks(document, sys.argv[2:])
    checked, wrong = Counter(), Lists()
    for kind in FACTS + ["findings"]:
        for record in document[kind]:
            check_record(kind, record, disks, checked, wrong)
    for structure in sorted(set(checked) | set(wrong)):
        state = "not ok" if wrong[structure] else "ok"
        print(f"{state} {checked[structure]} citations of a {structure}")
        for line in wrong[structure][:10]:
            print(f"# {line}")
    # A name, a folder or a partition that rests on nothing is no fact.
    bare = [f"{kind}: {record}" for kind in FACTS[:3] + ["names", "nameHistory",
                                                         "mountHistory",
                                                         "userVolumes",
                                                         "userVolumeHistory",
                                                         "knownDisks",
                                                         "volumeTraces"]
            for record in document[kind] if not record["citations"]]
    print("not ok" if bare else "ok", "each fact has a citation")
    for line in bare[:10]:
        print(f"# {line[:200]}")
    sys.exit(any(wrong.values()) or bool(bare))


if __name__ == "__main__":
    main()
