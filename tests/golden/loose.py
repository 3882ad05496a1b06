#!/usr/bin/python3
"""Compare what reports say of one registry, which they had in several ways.

usage: loose.py NAME REPORT OTHER

OTHER may lack what its way cannot tell: text has no times.
"""

import json
import sys


def texts(record, *members):
    return tuple(json.dumps(record[m], sort_keys=True) for m in members)


def names(d, timed):
    return sorted(
        (n["name"], n["kind"], json.dumps(n["uniqueId"], sort_keys=True),
         n["offline"], n["lastWritten"] if timed else None)
        for n in d["names"]
        if n["installation"] == "windows0" and n["present"] != "deleted")


def installation(d):
    return texts(d["installations"][0], "computerName", "productName", "build",
                 "currentControlSet", "timeZone", "automount", "sanPolicy")


def known_disks(d):
    # A hive alone does not have what the event log adds: serial numbers.
    return sorted(
        texts(k, "instance", "bus", "vendor", "product", "revision",
              "diskId", "scheme", "signature", "guid")
        for k in d["knownDisks"])


def user_volumes(d):
    """Those of the user who has most, since a disk has others, too."""
    users = {}
    for v in d["userVolumes"]:
        users.setdefault(v["user"], []).append(
            texts(v, "kind", "key", "guid", "letter", "share"))
    return sorted(max(users.values(), key=len, default=[]))


def main():
    name, one, other = sys.argv[1:]
    with open(one, encoding="utf-8") as file:
        a = json.load(file)
    with open(other, encoding="utf-8") as file:
        b = json.load(file)
    timed = not (b["installations"][0]["hive"] or {}).get("dirty") is None
    failed = False
    for what, x, y in [
            ("names", names(a, timed), names(b, timed)),
            ("installation", installation(a), installation(b)),
            ("known disks", known_disks(a), known_disks(b)),
            ("users' volumes", user_volumes(a), user_volumes(b))]:
        print(f"{'ok' if x == y else 'not ok'} {name}: {what}"
              f"{'' if isinstance(x, tuple) else f' ({len(x)})'}")
        if x != y:
            failed = True
            for line in sorted(set(x) ^ set(y))[:6]:
                print(f"# {line}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
