#!/usr/bin/env python3
"""mounts.py REPORT: letters and mount directories with their partitions, as
samples/examples/mounts.c prints them, out of the JSON report"""

import json
import sys

report = json.load(open(sys.argv[1], encoding="utf-8"))
disks = {d["id"]: d for d in report["disks"]}
partitions = {p["id"]: p for p in report["partitions"]}
volumes = {v["id"]: v for v in report["volumes"]}


def text(t):
    """A text of the report, whose bytes that are no plain ASCII are escaped."""
    s = t if isinstance(t, str) else t["text"]
    return "".join(chr(b) if 0x20 <= b < 0x7f else f"\\x{b:02x}"
                   for b in s.encode())


for m in report["mountPoints"]:
    if m["state"] != "present" or m["directory"] is None:
        continue
    place = "no volume of these disks"
    if m["volume"] is not None:
        p = partitions[volumes[m["volume"]]["partition"]]
        place = (f"disk {disks[p['disk']]['number']}, partition "
                 f"{p['number']}, byte {p['offset']}")
    print(text(m["directory"]), m["certainty"], place, sep="\t")
