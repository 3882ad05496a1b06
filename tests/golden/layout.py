#!/usr/bin/python3
"""The DRIVE_LAYOUT_INFORMATION_EX of a disk, as other tools see its table.

usage: layout.py IMAGE [cached] > BYTES

sfdisk tells the entries, mmls where the tables of logical drives lie, sgdisk
the attributes of a GPT.  winioctl.h tells where each field lies.  `cached': no
number of a partition, but -1.
"""

import json
import re
import struct
import subprocess
import sys
import uuid

CONTAINERS = (0x05, 0x0f)
SECTOR = 512


def run(*command):
    return subprocess.run(command, check=True, capture_output=True,
                          text=True).stdout


class Layout:
    def __init__(self, image, cached):
        self.image, self.cached = image, cached
        self.table = json.loads(run("sfdisk", "-J", image))["partitiontable"]
        self.number = 0

    def next_number(self, is_partition=True):
        self.number += is_partition
        return 0xffffffff if self.cached else self.number * is_partition

    def head(self, style, count, rest):
        return struct.pack("<II", style, count) + rest.ljust(40, b"\0")

    def slot(self, style, start, size, number, rest):
        return struct.pack("<IIQQIBBH", style, 0, start * SECTOR,
                           size * SECTOR, number, 0, 0, 0) + \
            rest.ljust(112, b"\0")

    def mbr_slot(self, entry, base):
        """@entry: what sfdisk says, None of an unused slot; @base: the sector
        from which the first one is counted in the table."""
        signature = int(self.table["id"], 16)
        entry = entry or {"start": base, "size": 0, "type": "0"}
        kind = int(entry["type"], 16)
        start = entry["start"] if kind else 0
        where = struct.pack("<q", start * SECTOR)
        guid = struct.pack("<IHH", signature, 0, 0) + where
        return self.slot(
            0, start, entry["size"],
            self.next_number(kind != 0 and kind not in CONTAINERS),
            struct.pack("<BBBBI", kind, entry.get("bootable", False),
                        kind != 0 and kind not in CONTAINERS, 0,
                        entry["start"] - base) + guid)

    def mbr(self):
        nodes = {int(re.search(r"(\d+)$", p["node"]).group(1)): p
                 for p in self.table.get("partitions", ())}
        slots = b"".join(self.mbr_slot(nodes.get(i), 0) for i in range(1, 5))
        tables = re.findall(r"Meta +(\d+) .*Extended Table",
                            run("mmls", self.image)) \
            if max(nodes, default=0) > 4 else []
        tables = [int(t) for t in tables]
        for i, lba in enumerate(tables):
            link = None
            if i + 1 < len(tables):
                drive = nodes[6 + i]
                end = drive["start"] + drive["size"]
                link = {"start": tables[i + 1], "type": "5",
                        "size": end - tables[i + 1]}
            slots += self.mbr_slot(nodes[5 + i], lba)
            slots += self.mbr_slot(link, tables[0])
            slots += self.mbr_slot(None, 0) * 2
        with open(self.image, "rb") as file:
            total = sum(struct.unpack("<128I", file.read(512)))
        head = struct.pack("<II", int(self.table["id"], 16),
                           -total & 0xffffffff)
        return self.head(0, len(slots) // 144, head) + slots

    def attributes(self, number):
        text = run("sgdisk", "-i", str(number), self.image)
        return int(re.search(r"Attribute flags: ([0-9A-F]+)", text).group(1),
                   16)

    def gpt(self):
        first, last = self.table["firstlba"], self.table["lastlba"]
        entries = int(re.search(r"holds up to (\d+) entries",
                                run("sgdisk", "-p", self.image)).group(1))
        head = uuid.UUID(self.table["id"]).bytes_le
        head += struct.pack("<qqI", first * SECTOR,
                            (last - first + 1) * SECTOR, entries)
        slots = b""
        for p in self.table.get("partitions", ()):
            node = int(re.search(r"(\d+)$", p["node"]).group(1))
            slots += self.slot(
                1, p["start"], p["size"], self.next_number(),
                uuid.UUID(p["type"]).bytes_le + uuid.UUID(p["uuid"]).bytes_le +
                struct.pack("<Q", self.attributes(node)) +
                p.get("name", "").encode("utf-16-le"))
        return self.head(1, len(slots) // 144, head) + slots


def main():
    layout = Layout(sys.argv[1], len(sys.argv) > 2)
    made = layout.gpt() if layout.table["label"] == "gpt" else layout.mbr()
    sys.stdout.buffer.write(made)


main()
