#!/usr/bin/python3
"""Damage the sample machine in many ways, and hold each report to its promises.

usage: hostile.py TOOL MACHINE-DIR SECONDS [SEED] [GROUP...]

MACHINE-DIR comes from samples/make-machine.  Every structure on the road from
the partition tables to the registry is changed on purpose, with checksums put
right again so that the change is not stopped at the gate.  Whatever the change,
the tool must end by itself within seconds, with status 0, 3 or 4 and less than
64 MiB, and write a whole document.

Where a name, a mount point or a partition is not as it was, the findings should
not be either.  What no checksum and no second copy guards can be changed into
something else that is as good: such runs are counted, shown where SILENT is set
in the environment, and are no failure.  KEEP=DIR has the changes written there.
"""

import collections
import json
import os
import random
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import validate  # noqa: E402  (beside this file)

MIB = 1 << 20
LIMIT_SECONDS = 5.0
LIMIT_KIB = 64 * 1024
SECTOR = 512

# What a field is likely to be compared with.
NUMBERS = [0, 1, 2, 3, 4, 7, 8, 0x10, 0x18, 0x20, 0x30, 0x3f, 0x40, 0x7f, 0x80,
           0xff, 0x100, 0x200, 0x1ff, 0x3ff, 0x400, 0xfff, 0x1000, 0x7fff,
           0x8000, 0xffff, 0x10000, 0xffffff, 0x1000000, 0x7fffffff,
           0x80000000, 0xfffffff0, 0xffffffff, 1 << 40, 1 << 62,
           (1 << 63) - 1, 1 << 63, (1 << 64) - 1]


class Image:
    """A copy of an image whose changes can be taken back."""

    def __init__(self, path, copy):
        subprocess.run(["cp", "--sparse=always", path, copy], check=True)
        self.path = copy
        self.fd = os.open(copy, os.O_RDWR)
        self.size = os.fstat(self.fd).st_size
        self.saved = []

    def read(self, at, n):
        return os.pread(self.fd, n, at)

    def write(self, at, data):
        self.saved.append((at, self.read(at, len(data))))
        os.pwrite(self.fd, data, at)

    def cut(self, size):
        self.saved.append((size, None))
        # what is cut off lies in memory, but for the zeros
        for at in range(size, self.size, MIB):
            block = self.read(at, MIB)
            if block.count(0) != len(block):
                self.saved.append((at, block))
        os.ftruncate(self.fd, size)

    def patches(self):
        """What was changed: offset and bytes now."""
        return [(at, self.read(at, len(old)).hex())
                for at, old in self.saved if old is not None]

    def restore(self):
        os.ftruncate(self.fd, self.size)
        for at, data in reversed(self.saved):
            if data is not None:
                os.pwrite(self.fd, data, at)
        self.saved = []


class Region:
    """Bytes to change, and what is to be put right after it."""

    def __init__(self, group, image, at, n, fix=None):
        self.group, self.image, self.at, self.n = group, image, at, n
        self.fix = fix or (lambda: None)


# --- where the structures lie: read by this script, not by the tool -----------

def u16(b, at):
    return struct.unpack_from("<H", b, at)[0]


def u32(b, at):
    return struct.unpack_from("<I", b, at)[0]


def u64(b, at):
    return struct.unpack_from("<Q", b, at)[0]


def fix_gpt(image, header_at):
    def fix():
        header = bytearray(image.read(header_at, SECTOR))
        entries_at = u64(header, 72) * SECTOR
        n = min(u32(header, 80) * u32(header, 84), 1 << 20)
        entries = image.read(entries_at, n) if entries_at < image.size else b""
        struct.pack_into("<I", header, 88, zlib.crc32(entries))
        size = u32(header, 12) if u32(header, 12) <= SECTOR else 92
        header[16:20] = bytes(4)
        struct.pack_into("<I", header, 16, zlib.crc32(header[:size]))
        image.write(header_at, bytes(header))
    return fix


def fix_hive(image, at):
    def fix():
        base = bytearray(image.read(at, SECTOR))
        x = 0
        for i in range(0, 508, 4):
            x ^= u32(base, i)
        x = {0: 1, 0xffffffff: 0xfffffffe}.get(x, x)
        struct.pack_into("<I", base, 508, x)
        image.write(at, bytes(base))
    return fix


def whole(image):
    """The image in memory, holes as zeros."""
    return image.read(0, image.size)


def ntfs_regions(image, data, start, length):
    yield Region("boot", image, start, SECTOR)
    for at in range(start, start + length, 1024):
        magic = data[at:at + 4]
        if magic == b"FILE":
            used = min(u32(data, at + 24), 1024)
            number = u32(data, at + 44)
            group = "mft" if number >= 24 else "mft-system"
            yield Region(group, image, at, used)
        elif magic == b"INDX":
            used = min(u32(data, at + 0x1c) + 0x18, 4096)
            yield Region("index", image, at, used)


def find_all(data, needle):
    at = data.find(needle)
    while at >= 0:
        yield at
        at = data.find(needle, at + 1)


def hive_regions(image, data, hive):
    for at in find_all(data, hive[:4096]):
        fix = fix_hive(image, at)
        yield Region("hive-base", image, at, SECTOR, fix)
        # the cells: only as far as it lies together
        n = len(hive)
        if data[at:at + n] == hive:
            yield Region("hive", image, at + 4096, n - 4096)


def extents(machine):
    for line in (machine / "expected.tsv").read_text().splitlines():
        kind, key, *fields = line.split("\t")
        values = dict(f.split("=", 1) for f in fields)
        if kind == "partition":
            yield (key.split("/")[0], int(values["offset"]),
                   int(values["length"]))


def gpt_regions(image):
    for header_at in (SECTOR, image.size - SECTOR):
        header = image.read(header_at, SECTOR)
        if header[:8] != b"EFI PART":
            continue
        fix = fix_gpt(image, header_at)
        yield Region("gpt", image, header_at, 92, fix)
        yield Region("gpt-raw", image, header_at, 92)
        yield Region("gpt", image, u64(header, 72) * SECTOR, 6 * 128, fix)
        yield Region("gpt-raw", image, u64(header, 72) * SECTOR, 6 * 128)


def ebr_regions(image):
    mbr = image.read(0, SECTOR)
    base = next((u32(mbr, 446 + 16 * i + 8) for i in range(4)
                 if mbr[446 + 16 * i + 4] in (5, 15)), None)
    at = base
    while at:
        sector = image.read(at * SECTOR, SECTOR)
        yield Region("ebr", image, at * SECTOR + 446, 66)
        link = u32(sector, 462 + 8)
        at = base + link if link else None


def regions(machine, images):
    for disk, image in images.items():
        data = whole(image)
        yield Region("mbr", image, 440, 72)
        yield from gpt_regions(image)
        if disk == "disk0":
            yield from ebr_regions(image)
        for on, at, n in extents(machine):
            if on != disk:
                continue
            if data[at + 3:at + 7] == b"NTFS":
                yield from ntfs_regions(image, data, at, n)
            else:
                yield Region("fat", image, at, 2 * SECTOR)
                yield Region("fat", image, at, 64 * 1024)
        for hive in ("SYSTEM", "SOFTWARE"):
            yield from hive_regions(image, data,
                                    (machine / hive).read_bytes())
        for at in find_all(data, "\\??\\Volume{".encode("utf-16le")):
            yield Region("volume-name", image, max(at - 64, 0), 224)


# --- the changes ---------------------------------------------------------------

def change(rng, r):
    """Change some bytes of @r; returns what was done, in words."""
    kind = rng.random()
    if kind < 0.35:
        at = r.at + rng.randrange(r.n)
        old = r.image.read(at, 1)[0]
        new = rng.choice([old ^ (1 << rng.randrange(8)), 0, 0xff,
                          rng.randrange(256)])
        r.image.write(at, bytes([new]))
        return f"byte {at}: {old:02x} -> {new:02x}"
    if kind < 0.85:
        width = rng.choice([2, 4, 4, 8])
        at = r.at + rng.randrange(max(r.n // width, 1)) * width
        new = rng.choice(NUMBERS)
        if rng.random() < 0.3:
            old = int.from_bytes(r.image.read(at, width), "little")
            new = old + rng.choice([-8, -2, -1, 1, 2, 8, 16, 0x1000])
        new &= (1 << (8 * width)) - 1
        r.image.write(at, new.to_bytes(width, "little"))
        return f"{width} bytes at {at}: {new:x}"
    if kind < 0.95:
        at = r.at + rng.randrange(r.n)
        n = min(rng.choice([16, 64, SECTOR, 4096]), r.at + r.n - at)
        fill = rng.choice([b"\0", b"\xff", None])
        data = fill * n if fill else rng.randbytes(n)
        r.image.write(at, data)
        return f"{n} bytes at {at}: {'random' if fill is None else fill.hex()}"
    n = min(r.n, rng.choice([16, 48, 128]))
    src = r.at + rng.randrange(r.n - n + 1)
    dst = r.at + rng.randrange(r.n - n + 1)
    r.image.write(dst, r.image.read(src, n))
    return f"{n} bytes of {src} at {dst}"


# --- one run, and the judge ----------------------------------------------------

def run(tool, paths, scan):
    """Status, output, errors, seconds and KiB."""
    begin = time.monotonic()
    # not our own child: the memory of this script would be counted as its
    p = subprocess.run(["time", "-q", "-f", "%M", "timeout", "-s", "KILL", "60",
                        tool, "-q", "--json", "--scan", scan, *paths],
                       capture_output=True, check=False)
    seconds = time.monotonic() - begin
    err, _, kib = p.stderr.decode(errors="replace").strip().rpartition("\n")
    return p.returncode, p.stdout, err, seconds, int(kib)


def facts(document):
    """What the answer is, without ids that shift and without citations."""
    place = {p["id"]: (p["disk"], p["offset"]) for p in document["partitions"]}
    volume = {v["id"]: place.get(v["partition"]) for v in document["volumes"]}
    volume[None] = None
    out = collections.Counter()
    for p in document["partitions"]:
        out["partition", p["disk"], p["number"], p["offset"], p["length"],
            p["type"]] += 1
    for n in document["names"]:
        out["name", n["name"], volume[n["volume"]], n["certainty"]] += 1
    for m in document["mountPoints"]:
        if m["state"] == "present":
            out["mount", volume[m["hostVolume"]], m["path"], m["directory"],
                m["target"], volume[m["volume"]], m["certainty"]] += 1
    return out


def findings(document):
    return collections.Counter(
        (f["code"], f["message"]) for f in document["findings"])


class Judge:
    def __init__(self, tool, paths, sanitized):
        self.tool, self.paths = tool, paths
        self.sanitized = sanitized
        self.base = {}
        self.runs = 0
        self.slowest = 0.0
        self.peak = 0
        self.statuses = collections.Counter()
        for scan in ("auto", "full"):
            self.base[scan] = self.read(scan)

    def read(self, scan):
        status, out, _, _, _ = run(self.tool, self.paths, scan)
        if status not in (0, 4):
            raise SystemExit(f"the whole machine: status {status}")
        return json.loads(out)

    def verdict(self, scan, deep):
        """None, or what is wrong."""
        status, out, err, seconds, kib = run(self.tool, self.paths, scan)
        self.runs += 1
        self.slowest = max(self.slowest, seconds)
        self.peak = max(self.peak, kib)
        self.statuses[status] += 1
        if status not in (0, 3, 4):
            return f"status {status}: {err[-2000:]}"
        if seconds > LIMIT_SECONDS * (10 if self.sanitized else 1):
            return f"{seconds:.1f} seconds"
        if kib > LIMIT_KIB and not self.sanitized:
            return f"{kib} KiB of memory"
        try:
            document = json.loads(out.decode("utf-8", "strict"),
                                  object_pairs_hook=validate.without_twins)
        except ValueError as e:
            return f"no valid JSON: {e}"
        if deep:
            errors = [e.message[:200] for e in VALIDATOR.iter_errors(document)]
            errors += validate.dangling(document)
            if errors:
                return f"schema: {errors[:3]}"
        base = self.base[scan]
        if facts(document) != facts(base) and \
                not findings(document) - findings(base):
            lost = list((facts(base) - facts(document)).elements())[:4]
            new = list((facts(document) - facts(base)).elements())[:4]
            return f"silent: lost {lost} new {new}"
        if facts(base) - facts(document) and document["complete"] and \
                base["complete"]:
            return "complete, but facts are lost"
        return None


SCHEMA = json.loads((validate.TOP / "docs/coldmount.schema.json").read_text())
VALIDATOR = validate.jsonschema.Draft202012Validator(SCHEMA)


def truncations(rng, images, where):
    """Cut one of the images, at a structure or beside it."""
    r = rng.choice(where)
    size = max(r.at + rng.choice([0, 1, r.n // 2, r.n - 1, SECTOR, -1]), 0)
    r.image.cut(min(size, r.image.size - 1))
    return f"cut to {size} bytes"


def main():
    tool, machine, seconds = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    wanted = set(sys.argv[5:])
    rng = random.Random(seed)
    sanitized = b"__asan_init" in Path(tool).read_bytes()
    scratch = Path(os.environ.get("TMPDIR", "/tmp")) / f"hostile-{os.getpid()}"
    scratch.mkdir()
    images = {d: Image(str(machine / f"{d}.raw"), str(scratch / f"{d}.raw"))
              for d in ("disk0", "disk1")}
    where = [r for r in regions(machine, images)
             if not wanted or r.group in wanted]
    groups = sorted({r.group for r in where})
    by_group = {g: [r for r in where if r.group == g] for g in groups}
    judge = Judge(tool, [i.path for i in images.values()], sanitized)
    failures, silent = collections.Counter(), collections.Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        scan = rng.choice(["auto", "full"])
        if not wanted and rng.random() < 0.05:
            group = "cut"
            text = truncations(rng, images, where)
        else:
            group = rng.choice(groups)
            r = rng.choice(by_group[group])
            texts = [change(rng, r)
                     for _ in range(rng.choice([1, 1, 1, 2, 4]))]
            r.fix()
            text = "; ".join(texts) + " of " + Path(r.image.path).name
        wrong = judge.verdict(scan, judge.runs % 16 == 0)
        if wrong and "KEEP" in os.environ:
            patch = {d: i.patches() for d, i in images.items()}
            name = f"{seed}-{judge.runs}.{scan}.json"
            (Path(os.environ["KEEP"]) / name).write_text(json.dumps(patch))
        for image in images.values():
            image.restore()
        if wrong and wrong.startswith("silent"):
            silent[group] += 1
        elif wrong:
            failures[wrong.split(":")[0], group] += 1
        if wrong and ("SILENT" in os.environ or
                      not wrong.startswith("silent")):
            print(f"not ok {seed}-{judge.runs} {group}, --scan {scan}: {text}\n# {wrong}",
                  flush=True)
    subprocess.run(["rm", "-r", str(scratch)], check=True)
    print(f"# seed {seed}: {judge.runs} runs, slowest {judge.slowest:.2f} s, "
          f"peak {judge.peak} KiB, status {dict(judge.statuses)}")
    print(f"# changed without a word: {dict(silent)}")
    if judge.runs == 0:
        print("not ok there was time for no run")
        failures["time", ""] += 1
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
