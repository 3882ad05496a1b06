#!/usr/bin/python3
"""Compare what Windows' tools would have printed with what the disks hold.

usage: familiar.py FOLDER EXPECTED.tsv DISK...

FOLDER has the formats, one a file, and report.json.  Prints a line for each
fact.
"""

import json
import re
import sys

import facts
from facts import check as ok


def mountvol(text):
    """{volume name: [path]} of the list."""
    found, name = {}, None
    for line in text.splitlines()[2:]:
        if line.startswith(" " * 8):
            found[name].append(line[8:])
        elif line.startswith(" " * 4):
            name = line[4:]
            found[name] = []
    return found


def dumps(text):
    """{folder: (length, bytes, text column)} of each reparse point."""
    found = {}
    for block in re.split(r'^> fsutil reparsepoint query ', text,
                          flags=re.M)[1:]:
        folder = block.splitlines()[0][1:-1]
        rows = re.findall(r"^([0-9a-f]{4}):  (.{48})  (.*)$", block, re.M)
        data = bytes.fromhex("".join(r[1] for r in rows))
        assert [int(r[0], 16) for r in rows] == list(range(0, len(data), 16))
        length = int(re.search("Reparse Data Length: 0x([0-9a-f]+)",
                               block)[1], 16)
        found[folder] = (length, data, "".join(r[2] for r in rows))
    return found


def on_disk(mount, disks):
    """The data of the reparse point that a mount point cites, which may lie
    in several places."""
    data = b""
    for cite in mount["citations"]:
        if cite["structure"] == "reparse point":
            with open(disks[int(cite["image"][5:])], "rb") as disk:
                disk.seek(cite["offset"])
                data += disk.read(cite["length"])
    return data[8:]


def main():
    folder, _, *disks = sys.argv[1:]
    read = lambda name: open(folder + "/" + name, encoding="utf-8",
                             newline="\n").read()
    d = json.loads(read("report.json"))

    # Nothing of the machine is hidden, all volumes have names.
    listed = mountvol(read("mountvol"))
    ok("mountvol has each volume by the name that it has in the report",
       all(any(n in v["volumeNames"] for v in d["volumes"]) for n in listed)
       and len(listed) == len(d["volumes"]), True)
    paths = {v["volumeNames"][0]: [p["path"] for p in v["accessPaths"]]
             for v in d["volumes"]}
    visible = lambda s: re.sub(
        r"[\x00-\x1f\x7f\u202e]|( )(?=\\|$)",
        lambda m: "<U+%04X>" % ord(m[0]), s)
    # The mount manager goes through no volume twice but from its letter.
    again = lambda p: p.endswith(("\\Loop\\", "\\Work\\Mount\\Conflict\\"))
    ok("mountvol has the paths of each", listed,
       {n: [visible(p) for p in paths[n] if not again(p)] or
        ["*** NO MOUNT POINTS ***"] for n in listed})

    got = dumps(read("fsutil-reparse"))
    mounts = [m for m in d["mountPoints"] if m["kind"] == "directory" and
              m["state"] == "present" and m["directory"]]
    ok("fsutil has each folder", sorted(got),
       sorted({visible(m["directory"]) for m in mounts}))
    want = {visible(m["directory"]): on_disk(m, disks) for m in mounts}
    ok("and the bytes that lie on the disk",
       {f: data for f, (_, data, _) in got.items()}, want)
    ok("their number", {f: n for f, (n, _, _) in got.items()},
       {f: len(b) for f, b in want.items()})
    ok("and their characters", {f: t for f, (_, _, t) in got.items()},
       {f: "".join(chr(c) if 32 <= c < 127 else "." for c in b)
        for f, b in want.items()})
    sys.exit(facts.failed)


main()
