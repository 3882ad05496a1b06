#!/usr/bin/python3
"""Compare the dynamic volumes of a report with what ldmtool says of the disks.

usage: dynamic.py REPORT.json DISK...

The disks are those of the report, in its order. Prints `ok' and `not ok' lines.
"""

import json
import re
import subprocess
import sys

import facts
from facts import check


def ldmtool(disks, *commands):
    """What the shell answers to each command, decoded."""
    script = "\n".join(["scan " + " ".join(disks), *commands, "quit"])
    text = subprocess.run(["ldmtool"], input=script, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=False).stdout
    # The answers begin and end in the first column; the shell's own lines do
    # not matter.
    return [json.loads(answer) for answer in re.findall(
        r"^(?:\[\n.*?^\]|\{\n.*?^\})$", text, re.M | re.S)]


def extents(disks, group, volume):
    """(name of the disk, first sector, sectors) of each partition."""
    partitions = ldmtool(disks, *[f"show partition {group} {name}"
                                  for name in volume["partitions"]])[1:]
    return [(p["disk"], p["start"], p["size"]) for p in partitions]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    disks = sys.argv[2:]
    groups = ldmtool(disks)[0]
    ours = {v["dynamic"]["guid"]: v for v in report["volumes"]
            if v["kind"] == "ldm"}
    n = 0
    for group in groups:
        shown = ldmtool(disks, f"show diskgroup {group}")[1]
        there = {}
        for disk in shown["disks"]:
            answer = ldmtool(disks, f"show disk {group} {disk}")[1]
            if answer.get("device"):
                there[disk] = ("disk%d" % disks.index(answer["device"]),
                               answer["data-start"])
        for name in shown["volumes"]:
            theirs = ldmtool(disks, f"show volume {group} {name}")[1]
            volume = ours[theirs["guid"]]
            dynamic = volume["dynamic"]
            n += 1
            check(f"{name} of {shown['name']}: ldmtool",
                  (dynamic["name"], dynamic["groupName"], dynamic["group"],
                   dynamic["layout"], dynamic["size"],
                   dynamic["letterHint"]),
                  (name, shown["name"], group, theirs["type"].lower(),
                   theirs["size"] * 512, theirs["hint"] or None))
            check(f"{name}: its parts, in order",
                  [(e["disk"], e["offset"], e["length"])
                   for e in volume["extents"] if e["disk"]],
                  [(there[disk][0], (there[disk][1] + start) * 512,
                    size * 512)
                   for disk, start, size in extents(disks, group, theirs)
                   if disk in there])
            check(f"{name}: all parts, in the data of their disks",
                  [(e["dynamicDisk"]["name"], e["dynamicDisk"]["dataOffset"],
                    e["length"]) for e in volume["extents"]],
                  [(disk, start * 512, size * 512)
                   for disk, start, size in extents(disks, group, theirs)])
    check("each dynamic volume is ldmtool's", n, len(ours))
    return facts.failed


if __name__ == "__main__":
    sys.exit(main())
