#!/usr/bin/python3
"""Unpack what a report cites of a compressed hive, and see that it is there.

usage: compressed_hive.py REPORT DISK UNIT

Of each name of the registry what is cited, unpacked here, UNIT bytes each, must
hold the name and its id.
"""

import json
import sys

import facts
from lznt1 import unpack


def cited(disk, cites, unit):
    """What the places hold, and whether one of them is compressed."""
    plain = []
    for c in cites:
        raw = disk[c["offset"]:c["offset"] + c["length"]]
        plain.append(unpack(raw, unit) if c["compressed"] else raw)
    return plain, any(c["compressed"] for c in cites)


def main():
    report = json.load(open(sys.argv[1], encoding="utf-8"))
    disk = open(sys.argv[2], "rb").read()
    found, packed = 0, 0
    for name in report["names"]:
        plain, compressed = cited(disk, name["citations"], int(sys.argv[3]))
        packed += compressed
        wanted = (name["name"].encode("latin-1"),
                  bytes.fromhex(name["uniqueId"]["hex"]))
        found += all(any(w in p for p in plain) for w in wanted)
    facts.check("each name is where it is cited, in what that unpacks to",
                found, len(report["names"]))
    facts.check("and some of it is compressed", packed > 20, True)
    return facts.failed


if __name__ == "__main__":
    sys.exit(main())
