#!/usr/bin/python3
"""Compare what a report says of users' hives with what hivexml reads in them.

usage: users.py REPORT.json NAME=HIVE...

HIVE is the hive of the user NAME, as it lies in the profile.  Each key of the
places where Explorer notes volumes must be in the report, with its time, kind
and labels, and no others.  Prints `ok' and `not ok' lines.
"""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

EXPLORER = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\"
POINTS = EXPLORER + "MountPoints2"
GUID = re.compile(r"\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}$")


def hive_root(path):
    text = subprocess.run(["hivexml", path], check=True,
                          capture_output=True).stdout
    # hivexml writes control characters as they are
    text = re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"?", text)
    return ElementTree.fromstring(text).find("node")


def below(node, path):
    for name in path.split("\\"):
        found = [n for n in node.findall("node")
                 if n.get("name").lower() == name.lower()]
        if not found:
            return None
        node = found[0]
    return node


def value(node, name):
    for v in [] if node is None else node.findall("value"):
        if v.get("key", "") == name and v.get("value"):
            return v.get("value")
    return None


def kind_of(place, name):
    if place == "Network":
        return "share"
    if place.startswith(EXPLORER + "BitBucket"):
        return "recycle-bin"
    if GUID.match(name):
        return "volume"
    if re.fullmatch("[A-Za-z]", name):
        return "letter"
    return "share" if name.startswith("##") else "other"


def expected(root):
    places = [POINTS, POINTS + "\\CPC\\Volume", EXPLORER + "MountPoints",
              EXPLORER + "BitBucket\\Volume", "Network"]
    for place in places:
        holder = below(root, place)
        for node in [] if holder is None else holder.findall("node"):
            name = node.get("name")
            if name == "CPC":
                continue
            kind = kind_of(place, name)
            share = name.replace("#", "\\") if kind == "share" else None
            if place == "Network":
                share = value(node, "RemotePath")
            media = None
            if place == POINTS:
                media = (value(node, "_LabelFromDesktopINI") or
                         value(below(node, "_Autorun\\DefaultLabel"), ""))
            yield (place, name, kind, node.findtext("mtime"), share,
                   value(node, "_LabelFromReg"), media,
                   below(node, "shell") is not None,
                   value(below(node, "shell\\AutoRun\\command"), ""))
    holder = below(root, POINTS + "\\CPC\\LocalMOF")
    for v in [] if holder is None else holder.findall("value"):
        if v.get("key"):
            yield (POINTS + "\\CPC\\LocalMOF", v.get("key"), "folder",
                   holder.findtext("mtime"), None, None, None, False, None)


def reported(report, name):
    users = [u["id"] for u in report["users"] if u["name"] == name]
    for v in report["userVolumes"]:
        if v["user"] in users:
            yield (v["place"], v["key"], v["kind"],
                   v["lastWritten"].split(".")[0] + "Z", v["share"],
                   v["label"], v["mediaLabel"], v["autoPlay"],
                   v["autorunCommand"])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    failed = False
    for pair in sys.argv[2:]:
        name, hive = pair.split("=", 1)
        want = sorted(expected(hive_root(hive)), key=str)
        got = sorted(reported(report, name), key=str)
        good = got == want
        failed |= not good
        print(f"{'ok' if good else 'not ok'} {name}: {len(want)} traces, as "
              "hivexml reads them")
        for line in sorted(map(str, set(got) ^ set(want)))[:10]:
            print("#", line)
    sys.exit(failed)


if __name__ == "__main__":
    main()
