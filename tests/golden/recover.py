#!/usr/bin/python3
"""Compare what --recover found on a disk with others who looked for the same.

usage: recover.py testdisk REPORT LOG
       recover.py places REPORT EXPECTED.tsv DISK

testdisk: LOG is that of `testdisk /log /cmd IMAGE analyze,search'.  What is
recovered is in its list, and each entry of that list in which fsstat finds a file
system of that size is recovered.
places: each partition of DISK that EXPECTED.tsv gives a file system, and nothing
else, is recovered.
"""

import json
import re
import subprocess
import sys


def recovered(report):
    with open(report, encoding="utf-8") as file:
        document = json.load(file)
    return {(r["offset"], r["length"]): r for r in document["recovered"]
            if r["volume"] is not None}


def listed(log):
    """(offset, length) of what testdisk lists at its end."""
    with open(log, encoding="utf-8", errors="replace") as file:
        text = file.read()
    disk = re.search(r"CHS (\d+) (\d+) (\d+)", text)
    heads, sectors = int(disk[2]), int(disk[3])
    places = set()
    last = text[text.rindex("interface_write()"):]
    for m in re.finditer(r"^ +[P*LED] \S+ +(\d+) +(\d+) +(\d+) +\d+ +\d+ +\d+ "
                         r"+(\d+)", last, re.M):
        cylinder, head, sector, size = map(int, m.groups())
        lba = (cylinder * heads + head) * sectors + sector - 1
        places.add((lba * 512, size * 512))
    return places


def has_files(image, offset):
    """Whether fsstat, which follows the boot sector at OFFSET, succeeds."""
    result = subprocess.run(["fsstat", "-o", str(offset // 512), image],
                            capture_output=True, check=False)
    return result.returncode == 0


def testdisk(report, log, image):
    ours, theirs = set(recovered(report)), listed(log)
    wrong = [f"testdisk does not list {p}" for p in sorted(ours - theirs)]
    wrong += [f"not recovered: {p}" for p in sorted(theirs - ours)
              if has_files(image, p[0])]
    if not ours:
        wrong.append("nothing is recovered")
    return wrong


def places(report, expected, disk):
    want = {}
    with open(expected, encoding="utf-8", newline="\n") as file:
        lines = [line.split("\t") for line in file.read().split("\n")]
    fields = {(line[0], line[1]): dict(f.split("=", 1) for f in line[2:])
              for line in lines if len(line) > 1}
    for (kind, key), f in fields.items():
        if kind == "volume" and key.startswith(disk + "/"):
            p = fields["partition", key]
            want[int(p["offset"]), int(p["length"])] = f["fileSystem"]
    got = {p: r["fileSystem"] for p, r in recovered(report).items()}
    return [] if got == want and want else [f"got {got}", f"want {want}"]


def main():
    wrong = {"testdisk": testdisk, "places": places}[sys.argv[1]](*sys.argv[2:])
    print("\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
