#!/usr/bin/python3
"""Compare device numbers and extents with what others say of the disks.

usage: devices.py sample COLDMOUNT EXPECTED.tsv DISK...
       devices.py dynamic COLDMOUNT DISK...

sample: the names that the builder of the sample machine gave its volumes, and
the partitions that sfdisk lists.  dynamic: the parts that ldmtool shows of the
volumes.  Prints `ok' and `not ok' lines.
"""

import json
import re
import struct
import subprocess
import sys

import facts
from facts import check
from dynamic import extents, ldmtool


class Tool:
    def __init__(self, program, disks):
        self.program, self.disks = program, disks

    def ask(self, verb, shape, target):
        return subprocess.run(
            [self.program, verb, "-q", "--partial-ok", "-f", shape, target,
             *self.disks], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            check=False)

    def devices(self, target):
        """[(type, disk, partition)] of what it may mean; the error, if not."""
        answer = self.ask("device-number", "json", target)
        if answer.returncode != 0:
            return answer.returncode
        return [(d["deviceType"], d["deviceNumber"], d["partitionNumber"])
                for d in json.loads(answer.stdout)["deviceNumbers"]]

    def extents(self, target):
        """[(disk, offset, length)] of the bytes of VOLUME_DISK_EXTENTS."""
        data = self.ask("extents", "binary", target).stdout
        count, pad = struct.unpack_from("<II", data)
        if pad != 0 or len(data) != 8 + 24 * count:
            return data
        found = []
        for i in range(count):
            disk, pad, offset, length = struct.unpack_from(
                "<IIqq", data, 8 + 24 * i)
            found.append((disk, offset, length) if pad == 0 else None)
        return found


def names(path):
    """(name, volume or "-") of each letter and mounted folder that is there."""
    for line in open(path, encoding="utf-8"):
        kind, name, *fields = line.rstrip("\n").split("\t")
        fields = dict(f.split("=", 1) for f in fields if "=" in f)
        # Names that are not as they are typed are what other tests are for.
        plain = "\\u" not in line and not re.search(r"(\.|\s)\\?$", name)
        if not plain or fields.get("state") == "deleted":
            continue
        if kind == "mountPoint":
            yield fields["directory"], fields["volume"]
        elif kind == "accessPath":
            yield name, fields["volume"]


def contradicted(path):
    """The ends of paths through folders of which another source says where
    else they lead."""
    for line in open(path, encoding="utf-8"):
        kind, name, *fields = line.rstrip("\n").split("\t")
        if kind == "mountPoint" and "certainty=conflicting" in fields:
            yield name.split(":", 1)[1]


def sample(tool, table):
    doubtful = tuple(contradicted(table))
    check("there is one", len(doubtful) > 0, True)
    for name, volume in names(table):
        where = re.fullmatch(r"disk(\d)/p(\d)", volume)
        want = [(7, int(where[1]), int(where[2]))] if where else 1
        got = tool.devices(name)
        if name.rstrip("\\").endswith(doubtful):
            check(f"{name} has others", len(got) > 1, True)
            got = got[:1]
        check(f"{name} is {volume}", got, want)
    for disk, image in enumerate(tool.disks):
        answer = subprocess.run(["sfdisk", "-J", image], check=True,
                                capture_output=True).stdout
        number = 0
        for p in json.loads(answer)["partitiontable"]["partitions"]:
            if p["type"] in ("f", "5"):
                continue
            number += 1
            check(f"{disk}:{number}", tool.devices(f"{disk}:{number}"),
                  [(7, disk, number)])
            if "E3C9E316" in p["type"]:
                continue
            check(f"the extent of {disk}:{number}",
                  tool.extents(f"\\Device\\Harddisk{disk}\\Partition{number}"),
                  [(disk, p["start"] * 512, p["size"] * 512)])
        check(f"one more on disk {disk}",
              tool.devices(f"disk{disk}/p{number + 1}"), 1)


def dynamic(tool):
    for group in ldmtool(tool.disks)[0]:
        shown = ldmtool(tool.disks, f"show diskgroup {group}")[1]
        there = {}
        for disk in shown["disks"]:
            answer = ldmtool(tool.disks, f"show disk {group} {disk}")[1]
            there[disk] = (tool.disks.index(answer["device"]),
                           answer["data-start"])
        for name in shown["volumes"]:
            theirs = ldmtool(tool.disks, f"show volume {group} {name}")[1]
            want = [(there[disk][0], (there[disk][1] + start) * 512,
                     size * 512)
                    for disk, start, size in
                    extents(tool.disks, group, theirs)]
            target = "\\\\?\\Volume{%s}\\" % theirs["guid"]
            check(f"{name} of {shown['name']}", tool.extents(target), want)
            answer = json.loads(tool.ask("device-number", "json",
                                         target).stdout)["deviceNumbers"]
            check(f"{name} of {shown['name']} has no number",
                  [(d["deviceNumber"], d["error"], d["errorName"])
                   for d in answer], [(None, 1, "ERROR_INVALID_FUNCTION")])


def main():
    which, program, *rest = sys.argv[1:]
    if which == "sample":
        sample(Tool(program, rest[1:]), rest[0])
    else:
        dynamic(Tool(program, rest))
    return facts.failed


if __name__ == "__main__":
    sys.exit(main())
