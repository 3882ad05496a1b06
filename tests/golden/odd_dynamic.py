#!/usr/bin/python3
"""Dynamic disks in states that are rare, and databases that are made to harm.

usage: odd_dynamic.py COLDMOUNT DIR

Each case is analysed beside a disk of another group, whose volume must be told
all the same, within seconds. Prints `ok' and `not ok' lines.
"""

import json
import os
import subprocess
import sys
import time
import uuid

import facts
from facts import check
import ldm_disk as ldm
from ldm_disk import (component, database, disk, group, partition, slots_of,
                      volume)

SECONDS = 10
SECTORS = 16384         # of a disk: 8 MiB
PART = 4096             # of a part
GOOD = uuid.UUID("1d3e6000-9d1e-11eb-8a01-525400c01d01")

tool, scratch = sys.argv[1:]


def path(name):
    return os.path.join(scratch, name)


def make_good():
    """A whole simple volume in a group of its own."""
    ldm.make_disk(path("good"), 99, SECTORS, [
        group(9, guid=GOOD), disk(1, "Disk1", ldm.disk_guid(99)),
        volume(2, "Good", 1, PART, hint="Q:", guid=GOOD),
        component(3, "Good-01", 2, 1),
        partition(4, "Disk1-01", 3, 1, 0, 0, PART)], group_guid=GOOD)
    ldm.write(path("good"), 0, ldm.fat(path("fat"), PART, "GOOD", 0x600d))


def analyse(name, disks):
    """The report, and how long it took."""
    start = time.monotonic()
    done = subprocess.run([tool, "-q", "--json", *disks], timeout=60,
                          capture_output=True, check=False)
    seconds = time.monotonic() - start
    check(f"{name}: an answer, soon", (done.returncode in (0, 4),
                                       seconds < SECONDS), (True, True))
    with open(path("report.json"), "wb") as file:
        file.write(done.stdout)
    if len(done.stdout) > 8 << 20:
        return json.loads(done.stdout)  # minutes, for the validator
    valid = subprocess.run(["tests/golden/validate.py", path("report.json")],
                           capture_output=True, text=True, check=False)
    check(f"{name}: the report satisfies the schema",
          (valid.returncode, valid.stdout[:500]), (0, valid.stdout[:500]))
    return json.loads(done.stdout)


def volumes(report):
    """(name, layout, state, label) but of the good one."""
    return [(v["dynamic"]["name"], v["dynamic"]["layout"],
             v["dynamic"]["state"], v["label"])
            for v in report["volumes"] if v["label"] != "GOOD"]


def codes(report):
    return {f["code"] for f in report["findings"]} - {"CM0239", "CM0612"}


def case(name, disks, want, findings):
    report = analyse(name, [path("good")] + disks)
    check(f"{name}: the good disk's volume is told",
          [v["serial"] for v in report["volumes"] if v["label"] == "GOOD"],
          ["0000-600D"])
    if want is not None:
        check(f"{name}: the volumes", volumes(report), want)
    if findings is not None:
        check(f"{name}: the findings", codes(report), findings)
    return report


def simple(start=0, sectors=PART, size=PART, more=(), **v):
    """The records of a disk with a simple volume."""
    return [group(9), disk(1, "Disk1", ldm.disk_guid(1)),
            volume(2, "Volume1", 1, size, **v),
            component(3, "Volume1-01", 2, 1),
            partition(4, "Disk1-01", 3, 1, start, 0, sectors), *more]


def make(name, n=1, records=None, data=None, **db):
    ldm.make_disk(path(name), n, SECTORS,
                  simple() if records is None else records, **db)
    if data is not None:
        ldm.write(path(name), 0, data)
    return path(name)


def ldmtool(disks):
    """{name: (type, sectors)} of the volumes that it sees."""
    script = f"scan {' '.join(disks)}\nshow diskgroup {ldm.GROUP}\n"
    text = subprocess.run(["ldmtool"], input=script, text=True,
                          capture_output=True, check=False).stdout
    start = text.find('"volumes"')
    if start < 0:
        return {}
    names = json.loads(text[text.index("[", start):
                            text.index("]", start) + 1])
    found = {}
    for name in names:
        text = subprocess.run(
            ["ldmtool"], text=True, capture_output=True, check=False,
            input=f"scan {' '.join(disks)}\n"
                  f"show volume {ldm.GROUP} {name}\n").stdout
        shown = json.loads(text[text.rindex("\n{"):text.rindex("}") + 1])
        found[name] = (shown["type"], shown["size"])
    return found


def striped(chunk, columns, data, layout=ldm.STRIPED):
    """The bytes of each column."""
    out = [bytearray() for _ in range(columns)]
    chunk *= 512
    per_row = columns - (layout == ldm.RAID5)
    for row in range(-(-len(data) // (chunk * per_row))):
        pieces = [data[(row * per_row + i) * chunk:][:chunk].ljust(chunk, b"\0")
                  for i in range(per_row)]
        if layout == ldm.RAID5:
            parity = int(0)
            for piece in pieces:
                parity ^= int.from_bytes(piece, "big")
            parity_at = columns - 1 - row % columns
            order = [(parity_at + 1 + i) % columns for i in range(per_row)]
            out[parity_at] += parity.to_bytes(chunk, "big")
            for column, piece in zip(order, pieces):
                out[column] += piece
        else:
            for column, piece in zip(out, pieces):
                column += piece
    return [bytes(c) for c in out]


def states():
    data = ldm.fat(path("fat"), PART, "SIMPLE", 0x51)
    whole = [("Volume1", "simple", "whole", "SIMPLE")]
    one = make("simple", data=data)
    case("a simple volume", [one], whole, set())
    check("a simple volume: so says ldmtool", ldmtool([one]),
          {"Volume1": ("simple", PART)})
    case("a volume that is not active",
         [make("a", records=simple(state="DETACHED"), data=data)], whole,
         {"CM0271"})
    report = case("a letter in the database, and no registry",
                  [make("a", records=simple(hint="F:"), data=data)], whole,
                  set())
    check("it is told as what it is", [
        (v["dynamic"]["letterHint"], v["accessPaths"])
        for v in report["volumes"] if v["label"] == "SIMPLE"], [("F:", [])])

    # A change under way: Volume2 comes, Volume1 goes.
    def change(status, committed):
        old = simple()
        for record in old[2:]:
            record.status = ldm.LEAVING
        new = [volume(12, "Volume2", 1, PART, status=ldm.COMING),
               component(13, "Volume2-01", 12, 1, status=ldm.COMING),
               partition(14, "Disk1-02", 13, 1, 0, 0, PART,
                         status=ldm.COMING)]
        return make("a", records=old + new, data=data, status=status,
                    committed=committed, pending=0x401)
    case("a change that was not committed", [change(ldm.CHANGE, 0x400)],
         whole, {"CM0233"})
    case("a change that was committed", [change(ldm.COMMIT, 0x401)],
         [("Volume2", "simple", "whole", "SIMPLE")], {"CM0233"})

    case("a disk that its group does not list",
         [one, make("stranger", n=7)], whole, {"CM0234"})
    case("a database of another group than the disk's",
         [make("a", data=data, database_guid=ldm.disk_guid(5))], [],
         {"CM0231"})
    report = case("two disks with one id", [one, make("twin", data=data)],
                  whole, None)
    check("two disks with one id: it is said", "CM0237" in codes(report), True)
    case("the partition in the table is shorter than the volume",
         [shorter(make("a", data=data))], whole, set())


def shorter(name):
    with open(name, "r+b") as file:
        file.seek(446 + 12)
        file.write((PART // 2).to_bytes(4, "little"))
    return name


def columns_of_parts():
    """A striped volume and a RAID-5 that were extended: columns of two parts,
    which lie on other disks as well."""
    for layout, columns in ((ldm.STRIPED, 2), (ldm.RAID5, 3)):
        kind = "striped" if layout == ldm.STRIPED else "raid5"
        size = PART * 2 * (columns - (layout == ldm.RAID5))
        data = ldm.fat(path("fat"), size, kind.upper(), 0x52)
        records = [group(9)] + [disk(n, f"Disk{n}", ldm.disk_guid(n))
                                for n in range(1, 7)]
        records += [volume(20, "Wide", 1, size,
                           kind="raid5" if layout == ldm.RAID5 else "gen"),
                    component(21, "Wide-01", 20, 2 * columns, layout=layout,
                              chunk=128, columns=columns)]
        parts = striped(128, columns, data, layout)
        disks = []
        for column in range(columns):
            for half in range(2):
                n = 1 + column * 2 + half
                records.append(partition(
                    30 + n, f"Disk{n}-01", 21, n, 64, half * PART, PART,
                    column=column if column else None))
        for n in range(1, 2 * columns + 1):
            ldm.make_disk(path(f"wide{n}"), n, SECTORS, records)
            ldm.write(path(f"wide{n}"), 64,
                      parts[(n - 1) // 2][(n - 1) % 2 * PART * 512:]
                      [:PART * 512])
            disks.append(path(f"wide{n}"))
        case(f"{kind}, columns of two parts", disks,
             [("Wide", kind, "whole", kind.upper())], set())
        # RAID-5 lives without one column, be it two parts or one.
        state = "incomplete" if layout == ldm.STRIPED else "degraded"
        code = {"CM0236"} if layout == ldm.STRIPED else {"CM0235"}
        case(f"{kind}, a part of a column is missing", disks[:1] + disks[2:],
             [("Wide", kind, state, kind.upper())], code)
        case(f"{kind}, another part is missing", disks[:2] + disks[3:],
             [("Wide", kind, state, kind.upper())], code)
        # Where FAT keeps its label, and its boot sector.
        case(f"{kind}, a column is missing", disks[2:],
             [("Wide", kind, state, kind.upper())] if layout == ldm.RAID5 else
             [("Wide", kind, state, None)],
             code | ({"CM0653"} if layout == ldm.STRIPED else set()))
        if layout == ldm.RAID5:
            # Each row has its parity still.
            case(f"{kind}, parts of two columns are missing", disks[1:-1],
                 [("Wide", kind, "incomplete", "RAID5")], {"CM0236"})
            case(f"{kind}, two columns are missing", disks[4:],
                 [("Wide", kind, "incomplete", None)], {"CM0236", "CM0653"})


def sides():
    """A mirror, one side of which the database calls failed."""
    data = ldm.fat(path("fat"), PART, "SIDE", 0x53)
    other = ldm.fat(path("fat"), PART, "FAILED", 0x54)
    for failed, name in enumerate(("first", "second")):
        state = ["ACTIVE", "ACTIVE"]
        state[failed] = "FAILED"
        records = [group(9), volume(2, "Volume1", 2, PART)]
        for n in (1, 2):
            records += [disk(10 + n, f"Disk{n}", ldm.disk_guid(n)),
                        component(20 + n, f"Volume1-0{n}", 2, 1,
                                  state=state[n - 1]),
                        partition(30 + n, f"Disk{n}-01", 20 + n, 10 + n, 0, 0,
                                  PART)]
        disks = [make(f"side{n}", n=n, records=records,
                      data=other if n - 1 == failed else data)
                 for n in (1, 2)]
        report = case(f"the {name} side of a mirror is not active", disks,
                      [("Volume1", "mirrored", "degraded", "SIDE")],
                      {"CM0235", "CM0238", "CM0271"})
        check(f"the {name} side: what is said", [
            f["message"] for f in report["findings"]
            if f["code"] in ("CM0235", "CM0271")], [
                "The dynamic volume Volume1 is read without 1 of its 2 parts, "
                f"by its other side: 1 is not active (disk{failed + 1}).",
                "A component of the dynamic volume Volume1 is not active: "
                f"FAILED. It is on disk{failed + 1}, and is not read."])


def mirror(n, sectors):
    """The records of a mirror of @n sides."""
    records = [group(9), volume(2, "Volume1", n, sectors)]
    for i in range(1, n + 1):
        records += [disk(10 + i, f"Disk{i}", ldm.disk_guid(i)),
                    component(20 + i, f"Volume1-0{i}", 2, 1),
                    partition(30 + i, f"Disk{i}-01", 20 + i, 10 + i, 0, 0,
                              sectors)]
    return records


def differing():
    """Sides of a mirror, and copies of a disk, that differ at the end of what
    is no whole number of the blocks that are compared."""
    sectors = PART + 1
    end = sectors * ldm.SECTOR
    data = ldm.fat(path("fat"), PART, "SIDE", 0x53).ljust(end, b"\0")
    other = data[:-1] + b"\1"
    for name, sides, found in (
            ("all sides", [data] * 3, []),
            ("the second side", [data, other], [
                f"The sides of the mirrored volume Volume1 differ at byte "
                f"{end - 4096}; the first is read."]),
            ("the third side", [data, data, other], [
                f"Of the 3 sides of the mirrored volume Volume1 number 1 and "
                f"number 3 differ at byte {end - 4096}; number 1 is read."])):
        records = mirror(len(sides), sectors)
        disks = [make(f"side{i}", n=i + 1, records=records, data=side)
                 for i, side in enumerate(sides)]
        report = case(f"{name} of a mirror", disks,
                      [("Volume1", "mirrored", "whole", "SIDE")],
                      {"CM0238"} if found else set())
        check(f"{name}: what differs", [
            f["message"] for f in report["findings"]
            if f["code"] == "CM0238"], found)
    for at in (0, 4096, end - 4608, end - 4096, end - 1):
        changed = bytearray(data)
        changed[at] ^= 0x80
        copies = [make(f"copy{i}", records=simple(sectors=sectors,
                                                  size=sectors), data=d)
                  for i, d in enumerate((data, bytes(changed)))]
        report = case(f"copies that differ at byte {at}", copies, None, None)
        check(f"copies that differ at byte {at}: this is said",
              "CM0280" in codes(report), True)


def one_bad():
    """A field of a simple volume that cannot be: what is said of it."""
    far = 2 ** 64 - 2
    incomplete = [("Volume1", "simple", "incomplete", None)]
    rows = [
        ("a part before the disk", {"start": far}, {"CM0236", "CM0237"}),
        ("a part behind the disk", {"start": 2 ** 40}, {"CM0236", "CM0237"}),
        ("a part without length", {"sectors": 0}, {"CM0236", "CM0237"}),
        ("a part of 2^64 sectors", {"sectors": far}, {"CM0236", "CM0237"}),
        ("a volume larger than its part", {"size": PART + 1}, {"CM0236"}),
        ("a volume of 2^64 sectors", {"size": far}, {"CM0236"}),
    ]
    for name, fields, findings in rows:
        case(name, [make("a", records=simple(**fields))], incomplete,
             findings)
    case("a volume without length", [make("a", records=simple(size=0))], None,
         None)
    case("parts over one another",
         [make("a", records=simple(more=[
             volume(12, "Volume2", 1, PART),
             component(13, "Volume2-01", 12, 1),
             partition(14, "Disk1-02", 13, 1, PART // 2, 0, PART)]))],
         None, {"CM0237", "CM0606"})
    case("a part in the private region",
         [make("a", records=simple(start=SECTORS - 2048 - 63 - PART // 2))],
         None, {"CM0237", "CM0606"})
    case("a volume without components",
         [make("a", records=[r for r in simple() if r.kind != 0x32])], [],
         {"CM0237"})
    case("ids that several records have",
         [make("a", records=simple(more=simple()[1:]))], None, None)
    for name, fields in (("no columns", {"columns": 0, "chunk": 128}),
                         ("2^60 columns", {"columns": 2 ** 60, "chunk": 128}),
                         ("chunks of nothing", {"columns": 1, "chunk": 0}),
                         ("chunks of 2^60 sectors",
                          {"columns": 1, "chunk": 2 ** 60})):
        for layout in (ldm.STRIPED, ldm.RAID5):
            records = simple()
            records[3] = component(3, "Volume1-01", 2, 1, layout=layout,
                                   **fields)
            kind = "striped" if layout == ldm.STRIPED else "raid5"
            case(f"{kind}: {name}", [make("a", records=records)],
                 [("Volume1", kind, "incomplete", None)], {"CM0236"})


def fragments():
    """A record of several slots: in any order, but whole."""
    data = ldm.fat(path("fat"), PART, "SIMPLE", 0x51)
    records = simple(hint="F:")
    records[2] = volume(2, "V" * 200, 1, PART)
    slots = slots_of(records)
    whole = [("V" * 200, "simple", "whole", "SIMPLE")]
    at = next(i for i, s in enumerate(slots) if s[14:16] > b"\0\1")
    case("a record in three slots",
         [make("a", records=records, data=data, slots=slots)], whole, set())
    turned = slots[::-1]
    case("its slots in another order",
         [make("a", records=records, data=data, slots=turned)], whole, set())
    case("one of them twice",
         [make("a", records=records, data=data, slots=slots + [slots[at]])],
         [], {"CM0232"})
    case("one of them missing",
         [make("a", records=records, data=data,
               slots=slots[:at + 1] + slots[at + 2:])], [], {"CM0232"})
    loop = bytearray(slots[at + 1])
    loop[12:14] = slots[at][12:14]
    case("a number twice and one missing",
         [make("a", records=records, data=data,
               slots=slots[:at + 1] + [bytes(loop)] + slots[at + 2:])], [],
         {"CM0232"})
    many = bytearray(slots[at])
    many[14:16] = b"\xff\xff"
    case("65535 of them",
         [make("a", records=records, data=data,
               slots=slots[:at] + [bytes(many)] + slots[at + 1:])], [],
         {"CM0232"})


def headers():
    """Sizes and places in the headers that lead astray."""
    for name, db in (("2^32 slots", {"n_slots": 2 ** 32 - 1}),
                     ("no slots", {"n_slots": 0}),
                     ("slots of nothing", {"slot_bytes": 0}),
                     ("slots of 2^32 bytes", {"slot_bytes": 2 ** 32 - 128}),
                     ("the first slot far away", {"first": 2 ** 32 - 128})):
        case(f"the database: {name}", [make("a", **db)], [],
             {"CM0231"})
    for toc in ((2 ** 63, 1481), (0, 1481), (SECTORS, 1), (2047, 1)):
        case(f"the table of contents leads to {toc[0]}",
             [make("a", toc=toc)], [], {"CM0231"})
    case("data that begin where the table lies", [make("a", data_start=0)],
         None, {"CM0237", "CM0606"})
    case("a million slots", [make("a", n_slots=2 ** 20)], None, None)


def maximal():
    """Databases as full as can be."""
    most = ldm.SLOTS - 4 - 8
    base = [group(9), disk(1, "Disk1", ldm.disk_guid(1))]
    case("a volume of thousands of parts", [make("a", records=base + [
        volume(2, "V", 1, most), component(3, "V-01", 2, most)] + [
            partition(10 + i, "p", 3, 1, i % 64, i, 1)
            for i in range(most)])], None, None)
    third = most // 3
    many = []
    for i in range(third):
        many += [volume(10 + 3 * i, f"v{i}", 1, PART,
                        guid=ldm.volume_guid(i % 65536)),
                 component(11 + 3 * i, "c", 10 + 3 * i, 1),
                 partition(12 + 3 * i, "p", 11 + 3 * i, 1, i, 0, PART)]
    case("thousands of volumes", [make("a", records=base + many)], None, None)
    half = most // 2
    case("thousands of disks, and parts on the last",
         [make("a", records=[group(9), volume(2, "V", 1, half),
                             component(3, "V-01", 2, half)] +
               [disk(10 + i, "d", ldm.volume_guid(i)) for i in range(half)] +
               [partition(10 + i, "p", 3, 10 + half - 1, i, i, 1)
                for i in range(half)])], None, None)
    case("everything with one id", [make("a", records=[
        r for i in range(most // 5) for r in simple()])], None, None)
    case("eight of them at once", [
        make(f"m{n}", n=n, records=base + many, group_guid=ldm.disk_guid(n))
        for n in range(8)], None, None)


def main():
    make_good()
    states()
    columns_of_parts()
    sides()
    differing()
    one_bad()
    fragments()
    headers()
    maximal()
    return facts.failed


if __name__ == "__main__":
    sys.exit(main())
