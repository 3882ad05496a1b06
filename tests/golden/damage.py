#!/usr/bin/python3
"""Damage the tables and volumes of the sample machine, and hold each report to
what the machine's builder says that it holds.

usage: damage.py TOOL MACHINE-DIR SCRATCH

Each case damages a copy of one disk and names the facts that are lost by it
(none, mostly; None: some that lie behind the damage), the kinds of findings that must be made and the exit status.
What a fact is comes from expected.tsv, which the builder wrote.
"""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import expected  # noqa: E402  (beside this file)

MIB = 1 << 20
SECTOR = 512
C = 9 * MIB			# disk0/p2, C:
C_BYTES = 32 * MIB
MFT, MIRROR = 0x30, 0x38	# their clusters in the boot sector


class Disk:
    """A copy of a disk that is damaged."""

    def __init__(self, source, path):
        subprocess.run(["cp", "--sparse=always", source, path], check=True)
        self.file = open(path, "r+b", buffering=0)
        self.size = os.path.getsize(path)

    def read(self, at, n):
        self.file.seek(at)
        return self.file.read(n)

    def write(self, at, data):
        self.file.seek(at)
        self.file.write(data)

    def wipe(self, at, n):
        self.write(at, bytes(n))

    def flip(self, at, n=1):
        self.write(at, bytes(b ^ 0xff for b in self.read(at, n)))

    def cut(self, size):
        self.file.truncate(size)

    def number(self, at, form):
        return struct.unpack(form, self.read(at, struct.calcsize(form)))[0]

    def cluster(self, field):
        """The byte of the disk to which FIELD of C:'s boot sector leads."""
        bytes_per_cluster = (self.number(C + 11, "<H")
                             * self.number(C + 13, "<B"))
        return C + self.number(C + field, "<Q") * bytes_per_cluster

    def lengthen(self, slot, sectors):
        """Let partition SLOT of the MBR end later."""
        at = 0x1be + 16 * slot + 12
        self.write(at, struct.pack("<I", self.number(at, "<I") + sectors))


PRIMARY = SECTOR
BACKUP = 64 * MIB - SECTOR
ENTRIES, BACKUP_ENTRIES = 2 * SECTOR, BACKUP - 32 * SECTOR

CASES = []


def case(name, disk, damage, codes=(), may_lose=(), status=4, options=()):
    CASES.append((name, disk, damage, set(codes), may_lose, status,
                  list(options)))


def both_headers(offset, data):
    def damage(d):
        d.write(PRIMARY + offset, data)
        d.write(BACKUP + offset, data)
    return damage


def gpt_cases():
    # Which disk of the registry this is, and that it has lost a partition, takes
    # its GUID to tell.
    former = ["mountPoint disk0/p2:\\Mount\\Former", "disk disk1",
              "knownDisk known2"]
    case("the primary GPT is gone", 1, lambda d: d.wipe(0, ENTRIES + 32 * SECTOR),
         ["CM0213", "CM0220"])
    case("the backup is gone", 1, lambda d: d.wipe(BACKUP_ENTRIES, 33 * SECTOR),
         ["CM0215"])
    case("the protective MBR is gone", 1, lambda d: d.wipe(0, SECTOR), ["CM0220"])
    case("the protective MBR's table is gone", 1,
         lambda d: d.wipe(0x1be, 64), ["CM0220"])
    case("both headers are gone", 1, both_headers(0, bytes(SECTOR)),
         ["CM0213", "CM0217"], former)
    case("all but the backup's entries is gone", 1,
         lambda d: (d.wipe(0, ENTRIES + 32 * SECTOR), d.wipe(BACKUP, SECTOR)),
         ["CM0213", "CM0217", "CM0220"], former)
    case("all but the primary entries is gone", 1,
         lambda d: (d.wipe(0, ENTRIES), d.wipe(BACKUP_ENTRIES, 33 * SECTOR)),
         ["CM0213", "CM0217", "CM0220"], former)
    case("the one's header and the other's entries are gone", 1,
         lambda d: (d.wipe(PRIMARY, SECTOR),
                    d.wipe(BACKUP_ENTRIES, 32 * SECTOR)), ["CM0250"])
    case("the other's header and the one's entries are gone", 1,
         lambda d: (d.wipe(BACKUP, SECTOR), d.wipe(ENTRIES, 32 * SECTOR)),
         ["CM0250"])
    for name, offset, size, loses in (
            ("signature", 0, 8, former), ("revision", 8, 4, []),
            ("size", 12, 4, []), ("checksum", 16, 4, []),
            ("own LBA", 24, 8, []), ("other LBA", 32, 8, []),
            ("first usable LBA", 40, 8, []), ("last usable LBA", 48, 8, []),
            ("disk GUID", 56, 16, former),
            ("entries' LBA", 72, 8, []), ("number of entries", 80, 4, []),
            ("entries' size", 84, 4, []), ("entries' checksum", 88, 4, [])):
        for byte in (0, 0xff):
            case(f"{name} is {byte:02x} in both headers", 1,
                 both_headers(offset, bytes([byte]) * size), ["CM0217"], loses)


def boot_cases():
    case("the boot sector is gone", 0, lambda d: d.wipe(C, SECTOR), ["CM0226"])
    case("the first 8 KiB are gone", 0, lambda d: d.wipe(C, 16 * SECTOR),
         ["CM0226"])
    # Nor is the table then what the registry remembers.
    moved = ["partition disk0/p2", "knownDisk known1"]
    for name, sectors, codes in (
            ("a sector too long", 1, ["CM0211", "CM0226"]),
            ("much too long", 2000, ["CM0211", "CM0226"]),
            ("a sector too short", -1, ["CM0226", "CM0618"]),
            ("much too short", -2000, ["CM0226", "CM0618"])):
        case(f"the boot sector is gone, and the partition {name}", 0,
             lambda d, n=sectors: (d.wipe(C, SECTOR), d.lengthen(1, n)),
             codes, moved)
    case("a partition is much too short for its volume", 0,
         lambda d: d.lengthen(1, -40000), ["CM0618"], moved)
    case("a record of the $MFT, which is copied, is gone", 0,
         lambda d: d.wipe(d.cluster(MFT), 4096), ["CM0305"])


def mft_cases():
    """The $MFT's own record, and the copy of it."""
    def both(offset, data):
        def damage(d):
            d.write(d.cluster(MFT) + offset, data)
            d.write(d.cluster(MIRROR) + offset, data)
        return damage

    def run_list(d):
        """The byte of the record at which the runs of its $DATA are."""
        record = d.read(d.cluster(MFT), 1024)
        at = struct.unpack_from("<H", record, 20)[0]
        while record[at] != 0x80:
            at += struct.unpack_from("<I", record, at + 4)[0]
        return at + struct.unpack_from("<H", record, at + 32)[0]

    def bad_runs(d, copies):
        at = run_list(d)
        for place in copies:
            d.write(d.cluster(place) + at, b"\xff" * 4)

    case("the $MFT's run list is damaged", 0,
         lambda d: bad_runs(d, [MFT]), ["CM0305"])
    case("the $MFT's run list and its copy are damaged", 0,
         lambda d: bad_runs(d, [MFT, MIRROR]), ["CM0330"])
    case("the $MFT's record and its copy are gone", 0, both(0, bytes(1024)),
         ["CM0330"])
    # The label is in record 3.
    case("the copied records and their copies are gone", 0,
         both(0, bytes(4096)), ["CM0330"], ["volume disk0/p2"])
    case("both boot sectors lead nowhere", 0,
         lambda d: [d.write(at + MFT, struct.pack("<QQ", 77, 99))
                    for at in (C, C + C_BYTES - SECTOR)], ["CM0330"])


def other_cases():
    case("the MBR does not end in 55 aa", 0, lambda d: d.wipe(510, 2),
         ["CM0251"])
    case("two EBRs do not end in 55 aa", 0,
         lambda d: (d.wipe(49 * MIB + 510, 2), d.wipe(66 * MIB + 510, 2)),
         ["CM0251"])
    case("a wrong sector size is given", 0, lambda d: None, ["CM0202"],
         options=["--sector-size", "4096"])
    case("a wrong sector size is given, and headers are gone", 1,
         both_headers(0, bytes(SECTOR)), ["CM0202", "CM0217"],
         ["mountPoint disk0/p2:\\Mount\\Former", "disk disk1",
          "knownDisk known2"], options=["--sector-size", "4096"])
    # p4, in which folders and a user's volumes are, and p5, which is F: and G:
    extended = 49 * MIB
    link = extended + 0x1be + 16 + 8
    case("a chain of logical drives comes back", 0,
         lambda d: d.write(link, bytes(4)), ["CM0208"], None)
    case("a chain of logical drives leaves its partition", 0,
         lambda d: d.write(link, b"\xff\xff\xff\x7f"), ["CM0208"], None)
    case("an image is cut behind C:", 0, lambda d: d.cut(45 * MIB),
         ["CM0208", "CM0212"], None)
    case("a disk with a GPT is cut", 1, lambda d: d.cut(34 * MIB),
         ["CM0212", "CM0215", "CM0653"], None)


# Of what is lost in these, nothing may come from before the place of damage.
KEPT = ["volume disk0/p1", "volume disk0/p2", "volume disk0/p3",
        "volume disk1/p2", "name \\DosDevices\\C:", "name \\DosDevices\\D:",
        "mountPoint disk0/p2:\\Mount\\Data", "installation windows0"]


def run(tool, images, options):
    result = subprocess.run([tool, "-q", "--json", "--scan", "full", *options,
                             *images],
                            capture_output=True, timeout=60, check=False)
    return result.returncode, json.loads(result.stdout)


def lost_facts(document, table):
    """The facts of TABLE that the report does not hold, and why."""
    report = expected.Report(document)
    found, lost = set(), {}
    for line in table:
        result = expected.check(report, line, found)
        if result.startswith("not ok"):
            kind, key = line.split("\t")[:2]
            lost[f"{kind} {key}"] = result
    return lost


def judge(case_, status, document, table):
    _, _, _, codes, may_lose, want_status, _ = case_
    wrong = []
    lost = lost_facts(document, table)
    if may_lose is None:
        wrong += [lost[fact] for fact in KEPT if fact in lost]
        if not lost:
            wrong.append("nothing is lost")
    else:
        wrong += [lost[f] for f in sorted(set(lost) - set(may_lose))]
        wrong += [f"{f} is there after all"
                  for f in sorted(set(may_lose) - set(lost))]
    there = {f["code"] for f in document["findings"]}
    wrong += [f"no finding {c}" for c in sorted(codes - there)]
    if status != want_status:
        wrong.append(f"exit status {status}, not {want_status}")
    return wrong


def main():
    tool, machine, scratch = sys.argv[1:4]
    # What a volume is read by is not what this is about.
    with open(f"{machine}/expected.tsv", encoding="utf-8", newline="\n") as file:
        table = [line for line in file.read().split("\n") if line]
    gpt_cases()
    boot_cases()
    mft_cases()
    other_cases()
    failed = False
    for c in CASES:
        name, disk, damage = c[:3]
        images = [f"{machine}/disk{i}.raw" for i in (0, 1)]
        copy = f"{scratch}/damaged{disk}.raw"
        damage(Disk(images[disk], copy))
        images[disk] = copy
        status, document = run(tool, images, c[6])
        wrong = judge(c, status, document, table)
        print(("not ok " if wrong else "ok ") + name)
        for why in wrong:
            print("\n".join("# " + line for line in why.split("\n")))
        failed = failed or bool(wrong)
    sys.exit(failed)


if __name__ == "__main__":
    main()
