#!/usr/bin/python3
"""ask.py TOOL IMAGE... - what our report says, asked of others in the same run

mmls is asked for the partitions, fsstat for the serial of every NTFS volume,
and, of raw images, fsntfsinfo for every reparse point that is not deleted.
Prints TAP lines; exit status 1 if one is "not ok".
"""

import json
import os
import re
import subprocess
import sys

failed = False


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          errors="replace", check=False)
    return done.returncode, done.stdout


def same(name, ours, theirs):
    global failed
    if ours == theirs:
        print("ok " + name)
        return
    failed = True
    print(f"not ok {name}\n# ours:   {ours}\n# theirs: {theirs}")


def mmls_partitions(image, sector):
    """(offset, length) of each slot that is in use, as bytes."""
    slot = re.compile(r"^\d+:  +\d+(?::\d+)? +(\d+) +\d+ +(\d+) ", re.M)
    return sorted((int(start) * sector, int(length) * sector)
                  for start, length in slot.findall(run("mmls", image)[1]))


def fsstat_serial(image, offset, sector):
    text = run("fsstat", "-o", str(offset // sector), image)[1]
    found = re.search(r"^Volume Serial Number: ([0-9A-F]+)", text, re.M)
    return found.group(1).lower().zfill(16) if found else None


def fsntfsinfo_reparse(image, offset, record):
    text = run("fsntfsinfo", "-o", str(offset), "-E", str(record), image)[1]
    found = re.search(r"\tTag\s*: (0x[0-9a-f]+)\n"
                      r"(?:\tSubstitute name\s*: (.*)\n)?", text)
    return found.groups() if found else (None, None)


def ask(tool, image):
    name = os.path.basename(image)
    status, text = run(tool, "--json", "--scan", "full", image)
    if status not in (0, 4):
        same(f"{name}: exit status", status, "0 or 4")
        return
    report = json.loads(text)
    sector = report["disks"][0]["sectorSize"]
    ours = sorted((p["offset"], p["length"]) for p in report["partitions"]
                  if p["number"] != 0)
    same(f"{name}: mmls, {len(ours)} partitions", ours,
         mmls_partitions(image, sector))
    for volume in report["volumes"]:
        if volume["fileSystem"] == "NTFS":
            offset = volume["extents"][0]["offset"]
            same(f"{name}: fsstat, serial at {offset}", volume["serial64"],
                 fsstat_serial(image, offset, sector))
    if report["images"][0]["format"] == "raw":
        ask_reparse_points(name, image, report)


def ask_reparse_points(name, image, report):
    offsets = {v["id"]: v["extents"][0]["offset"] for v in report["volumes"]}
    # It refuses what is damaged, and does not say all that names may hold.
    points = [r for r in report["reparsePoints"]
              if r["state"] == "present" and r["inRecord"] and
              r["kind"] in ("volume-mount-point", "junction")]
    if not points:
        return
    same(f"{name}: fsntfsinfo, {len(points)} junctions and mount points",
         [(r["tag"], r["target"]) for r in points],
         [fsntfsinfo_reparse(image, offsets[r["volume"]], r["mftRecord"])
          for r in points])


for path in sys.argv[2:]:
    ask(sys.argv[1], path)
sys.exit(failed)
