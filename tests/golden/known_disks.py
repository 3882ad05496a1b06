#!/usr/bin/python3
"""Compare the disks that a report says the registry remembers with hivex.

usage: known_disks.py REPORT.json HIVE

hivexml reads the SYSTEM hive HIVE; the disks are found in it here, by their
class, in all control sets that Select names.  Prints `ok' and `not ok' lines.
"""

import base64
import datetime
import json
import struct
import subprocess
import sys
import xml.etree.ElementTree as tree

DISK = "{4d36e967-e325-11ce-bfc1-08002be10318}"
TIMES = "{83da6326-97a6-4088-9453-a1923f573b29}"
MEMBERS = {"firstInstalled": 0x65, "installed": 0x64, "lastArrival": 0x66,
           "lastRemoval": 0x67}
failed = False


def check(name, good, why=""):
    global failed
    print(f"{'ok' if good else 'not ok'} {name}")
    if not good:
        failed = True
        print(f"# {why}")


def child(node, *names):
    for name in names:
        if node is not None:
            node = next((c for c in node if c.tag == "node" and
                         c.get("name").lower() == name.lower()), None)
    return node


def value(node, name):
    for v in node if node is not None else ():
        if v.tag == "value" and (v.get("default") == "1" if name == "" else
                                 (v.get("key") or "").lower() == name.lower()):
            if v.get("encoding") == "base64" or \
                    v.get("type") in ("binary", "unknown"):
                return base64.b64decode(v.get("value") or "")
            return v.get("value")
    return None


def time_of(instance, number):
    data = value(child(instance, "Properties", TIMES, f"{number:04X}"), "")
    if data is None:
        data = value(child(instance, "Properties", TIMES, f"{number:08X}",
                           "00000000"), "Data")
    if data is None:
        return None
    ticks, = struct.unpack("<Q", data)
    start = datetime.datetime(1601, 1, 1)
    time = start + datetime.timedelta(seconds=ticks // 10**7)
    return time.strftime("%Y-%m-%dT%H:%M:%S") + f".{ticks % 10**7:07d}Z"


def disks_of(control_set):
    """(instance, node) of each disk."""
    for bus in child(control_set, "Enum") or ():
        if bus.tag != "node":
            continue
        for device in bus.iter("node"):
            if device is bus:
                continue
            for node in device:
                if node.tag == "node" and \
                        (value(node, "ClassGUID") or "").lower() == DISK:
                    yield "\\".join((bus.get("name"), device.get("name"),
                                     node.get("name"))), node


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        known = {k["instance"]: k for k in json.load(file)["knownDisks"]}
    text = subprocess.run(["hivexml", sys.argv[2]], check=True,
                          capture_output=True).stdout
    root = tree.fromstring(text).find("node")
    select = child(root, "Select")
    current, good = (int(value(select, name))
                     for name in ("Current", "LastKnownGood"))
    stored = dict(disks_of(child(root, f"ControlSet{current:03d}")))
    older = dict(disks_of(child(root, f"ControlSet{good:03d}")))
    volumes = child(root, f"ControlSet{current:03d}", "Enum", "STORAGE",
                    "Volume")
    check(f"{len(stored)} disks are remembered",
          stored.keys() <= known.keys() and
          known.keys() <= stored.keys() | older.keys() and stored,
          stored.keys() ^ known.keys())
    for instance, node in stored.items():
        record = known[instance]
        partmgr = child(node, "Device Parameters", "Partmgr")
        want = {"model": (value(node, "FriendlyName") or "").split(";")[-1],
                "diskId": (value(partmgr, "DiskId") or "").strip("{}")}
        want |= {m: time_of(node, n) for m, n in MEMBERS.items()}
        got = {m: record[m] for m in want}
        check(f"{instance} is as stored", got == want, f"{got}, not {want}")
    names = {v["instance"].split("\\")[-1].lower()
             for k in known.values() for v in k["volumes"]}
    want = {v.get("name").lower() for v in volumes if v.tag == "node"}
    check(f"{len(want)} volumes belong to these disks", want <= names and want,
          want - names)
    return failed


if __name__ == "__main__":
    sys.exit(main())
