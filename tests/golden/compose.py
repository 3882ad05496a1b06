#!/usr/bin/python3
"""Build a machine around a real SYSTEM hive, and say what a report must say.

usage: compose.py HIVE DIR PATH PRESENT [PATH=FILE | +LINE | ^LINE | @NAME=HEX]...

hivexsh tells what MountedDevices of HIVE holds.  For each MBR signature in it a
disk is made that has a partition at each offset, the last one in the first slot
of the table; for the GPT partition GUIDs, one disk behind a reserved partition.
HIVE goes to PATH on the volume that C: leads to.  There, a folder for each
volume name in the hive, and for each volume one by its computed name and one by
a name that only the remote database of C: knows, are mount points.

Writes DIR/disk0.raw ... and DIR/expected.tsv, which samples/README.md
describes.  PRESENT is what each name says of the replay of the hive's logs;
@NAME=HEX is a value that comes with them.
SYSTEM_MIB, in the environment, is the size of the volume of C:.
Each FILE is copied to its PATH on the volume of C:, each LINE is one of the
script that ntfsbuild fills it by, those of ^LINE the last ones.
"""

import os
import re
import struct
import subprocess
import sys
import uuid

MIB = 1 << 20
BASIC_DATA = "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"
RESERVED = "e3c9e316-0b5c-4db8-817d-f92df00215ae"
BIN = os.environ["SAMPLE_BIN"]
UNNAMED = uuid.UUID("feed0000-9d1e-11eb-8a01-525400c01d01")


def run(*command, script=""):
    done = subprocess.run(command, input=script.encode(), capture_output=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr.decode()}")
    return done.stdout.decode()


def mounted_devices(hive):
    """Name and data of each value, as hivexsh tells them."""
    listed = run("hivexsh", hive, script="cd \\MountedDevices\nlsval\nquit\n")
    for line in listed.splitlines():
        name, data = re.fullmatch(r'"(.*)"=hex\(3\):(.*)', line).groups()
        yield (name.replace("\\\\", "\\"),
               bytes.fromhex(data.replace(",", "")))


def kind_of_id(data):
    if len(data) == 12:
        return "mbr"
    return "dmio" if data.startswith(b"DMIO:ID:") else "device"


class Partition:
    """A partition, by the unique id of its volume."""

    def __init__(self, unique_id, length):
        self.id = unique_id
        self.length = length
        self.place = self.image = None
        self.script = []
        if kind_of_id(unique_id) == "mbr":
            signature, self.offset = struct.unpack("<IQ", unique_id)
            self.signature = f"{signature:08x}"
            # {signature, 0, offset}: what Windows 10 computes
            stable = unique_id[:4] + bytes(4) + unique_id[4:]
            self.type, self.tier = "07", "mbr-stable"
        else:
            stable = unique_id[8:]
            self.type, self.tier = BASIC_DATA, "gpt-guid"
        self.name = str(uuid.UUID(bytes_le=stable))

    def fields(self):
        fields = [f"offset={self.offset}", f"length={self.length}",
                  f"type={self.type}"]
        return fields + [f"guid={self.name}"] * (self.type == BASIC_DATA)


class Machine:
    def __init__(self, hive, directory, path, present, *more):
        self.hive, self.directory = hive, directory
        self.path, self.present = path, present
        self.files = [m.split("=", 1) for m in more if m[0] not in "+^@"]
        self.script = [m[1:] for m in more if m[0] == "+"]
        self.last = [m[1:] for m in more if m[0] == "^"]
        self.replayed = {name: bytes.fromhex(data) for name, data in
                         (m[1:].split("=") for m in more if m[0] == "@")}
        self.values = list(mounted_devices(hive))
        self.values += self.replayed.items()
        self.partitions = {}
        self.disks = 0
        self.lines = []
        for name, data in self.values:
            if kind_of_id(data) == "device":
                continue
            if data not in self.partitions:
                self.partitions[data] = Partition(data, 8 * MIB)
            if name == "\\DosDevices\\C:":
                self.system = self.partitions[data]
        size = sum(os.path.getsize(f) for f in
                   [hive] + [file for _, file in self.files])
        self.system.length = MIB * int(os.environ.get(
            "SYSTEM_MIB", size // MIB + 24))

    def expect(self, *fields):
        self.lines.append("\t".join(fields))

    def add_disk(self, end, slots, *fields):
        """A disk with room up to END, its partitions in the table's order."""
        image = f"{self.directory}/disk{self.disks}.raw"
        size = end + MIB
        with open(image, "wb") as file:
            file.truncate(size)
        self.expect("disk", f"disk{self.disks}", *fields, f"size={size}")
        for number, p in enumerate(slots, 1):
            p.place, p.image = f"disk{self.disks}/p{number}", image
            self.expect("partition", p.place, *p.fields())
        self.disks += 1
        return image

    def mbr_disk(self, signature):
        slots = sorted((p for p in self.partitions.values() if
                        p.type == "07" and p.signature == signature),
                       key=lambda p: -p.offset)
        for behind, p in zip(slots, slots[1:]):
            p.length = min(p.length, behind.offset - p.offset)
        image = self.add_disk(slots[0].offset + slots[0].length, slots,
                              "scheme=mbr", f"signature={signature}")
        table = f"label: dos\nlabel-id: 0x{signature}\nunit: sectors\n"
        for p in slots:
            table += (f"start={p.offset // 512}, size={p.length // 512}, "
                      "type=7\n")
        run("sfdisk", "-q", "-f", "--no-reread", "--no-tell-kernel", image,
            script=table)

    def gpt_disk(self):
        reserved = Partition(b"DMIO:ID:" + UNNAMED.bytes_le, MIB)
        reserved.type = RESERVED
        slots = [p for p in self.partitions.values() if p.type == BASIC_DATA]
        at = MIB
        options = ["-o", "-a", "1", "-U", str(UNNAMED)]
        for number, p in enumerate([reserved] + slots):
            p.offset = at
            at += p.length
            slot = 1 + 3 * number
            options += ["-n", f"{slot}:{p.offset // 512}:{at // 512 - 1}",
                        "-t", f"{slot}:{p.type}", "-u", f"{slot}:{p.name}"]
        image = self.add_disk(at, [reserved] + slots, "scheme=gpt",
                              f"guid={UNNAMED}")
        run("sgdisk", *options, image)

    def make_disks(self):
        for signature in sorted({p.signature for p in self.partitions.values()
                                 if p.type == "07"}):
            self.mbr_disk(signature)
        if any(p.type == BASIC_DATA for p in self.partitions.values()):
            self.gpt_disk()

    def mount(self, path, guid, partition, tier, certainty):
        self.system.script.append(f"mount /{path} {guid}")
        path = "\\" + path.replace("/", "\\")
        self.expect("mountPoint", f"{self.system.place}:{path}",
                    f"target=\\??\\Volume{{{guid}}}\\",
                    f"volume={partition.place if partition else '-'}",
                    f"tier={tier}", f"certainty={certainty}",
                    f"directory=C:{path}")

    def expect_name(self, name, data):
        p = self.partitions.get(data)
        place = p.place if p else "-"
        certainty = "single" if p else "not-in-evidence"
        if p and name == f"\\??\\Volume{{{p.name}}}":
            certainty = "confirmed"
        answer = [f"volume={place}", "tier=registry", f"certainty={certainty}"]
        present = "after-replay" if name in self.replayed else self.present
        self.expect("name", name, f"idKind={kind_of_id(data)}",
                    f"present={present}", *answer)
        if p and name.startswith("\\DosDevices\\"):
            self.expect("mountPoint", name[-2:] + "\\", *answer)
        if name.startswith("\\??\\Volume"):
            guid = name[11:-1]
            self.mount("by/registry/" + guid, guid, p, "registry", certainty)
        return name

    def expect_answers(self):
        known = [self.expect_name(*value) for value in self.values]
        for i, p in enumerate(self.partitions.values()):
            if f"\\??\\Volume{{{p.name}}}" in known:
                continue
            unnamed = str(UNNAMED).replace("feed0000", f"feed{i + 1:04x}")
            self.system.script.append(f"remote {unnamed} 1 {p.id.hex()}")
            self.mount(f"by/name/{i}", p.name, p, p.tier, "single")
            self.mount(f"by/remote/{i}", unnamed, p, "remote-database",
                       "single")

    def make_volume(self, p):
        label = p.place.replace("/", " ")
        volume = p.image + ".volume"
        with open(volume, "wb") as file:
            file.truncate(p.length)
        run("mkntfs", "-q", "-F", "-f", "-s", "512", "-c", "4096", "-L", label,
            "-H", "255", "-S", "63", "-p", str(p.offset // 512), volume)
        run("dd", f"if={volume}", f"of={p.image}", "bs=512",
            "conv=notrunc,sparse", f"seek={p.offset // 512}", "status=none")
        os.remove(volume)
        run(f"{BIN}/ntfsbuild", p.image, str(p.offset), str(p.length),
            script="\n".join(p.script))
        self.expect("volume", p.place, "fileSystem=NTFS", f"label={label}")

    def make(self):
        self.make_disks()
        self.system.script = [f"copy /{self.path} {self.hive}"]
        self.system.script += [f'copy "/{path}" {file}'
                               for path, file in self.files]
        self.system.script += self.script
        self.expect_answers()
        self.system.script += self.last
        for p in self.partitions.values():
            if p.length >= 2 * MIB:
                self.make_volume(p)
            else:
                self.expect("volume", p.place, "fileSystem=-")
        with open(f"{self.directory}/expected.tsv", "w",
                  encoding="utf-8") as file:
            file.write("\n".join(self.lines) + "\n")


if __name__ == "__main__":
    Machine(*sys.argv[1:]).make()
