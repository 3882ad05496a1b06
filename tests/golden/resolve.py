#!/usr/bin/python3
"""Compare where 'coldmount resolve' finds things with other programs.

usage: resolve.py files NAME PREFIX OFFSET INDEX IMAGE...
       resolve.py mounts EXPECTED.tsv IMAGE...
       resolve.py valid TARGET IMAGE...
       resolve.py bytes NAME TARGET FILE IMAGE...

Each answer is checked against docs/resolve.schema.json.
files: each name that fls lists in the NTFS volume at sector OFFSET of image
INDEX is asked for as PREFIX\\path.  Its record must be fls's, the bytes at the
places that are told must be, unpacked, what icat reads, and a cluster in the
middle must be, backwards, what ifind says.  All names of a record are told,
either way.  mounts: each letter and folder that the builder
of the sample machine has made leads to its partition.  bytes: those of TARGET,
on each side of a mirror, are those of FILE, and each piece leads back to it.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema

import facts
from facts import check as ok
from lznt1 import unpack

TOP = Path(__file__).resolve().parent.parent.parent
SCHEMA = json.loads((TOP / "docs/resolve.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
COLDMOUNT = os.environ["COLDMOUNT"]
SECTOR = 512


def run(*args):
    return subprocess.run(args, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def resolve(target, images):
    out = run(COLDMOUNT, "resolve", "-q", "--json", target, *images)
    document = json.loads(out)
    VALIDATOR.validate(document)
    return document


def names(image, offset):
    """[(path, record, attribute type, address)] of what is not deleted."""
    listed = []
    for line in run("fls", "-r", "-p", "-u", "-o", str(offset),
                    image).decode("utf-8", "replace").splitlines():
        m = re.match(r"([rdv]/.) (\d+)(?:-(\d+)-\d+)?:\t(.*)$", line)
        # fls shows a '/' and a backslash in a name as what parts names.
        if m and not re.search(r"\^|OrphanFiles|\\|<|'|BadClus:|\.:",
                               m.group(4)):
            listed.append((m.group(4).replace("/", "\\"), int(m.group(2)),
                           int(m.group(3) or 0), line.split()[1][:-1]))
    # A file and another's stream can have one name.
    paths = [x[0] for x in listed]
    return [x for x in listed if paths.count(x[0]) == 1]


def content(data, images, copy=False, unit=0):
    """The bytes at the places that are told, or at those of copies.

    Pieces come in the order of the file, without gaps.  What compression has
    saved of a unit of so many bytes ends with it."""
    out = b""
    for e in data["extents"]:
        if e["copy"] != copy:
            continue
        if e["fileOffset"] != len(out):
            return None
        if not e["stored"] and e["zeros"]:
            out += bytes(e["length"])
            continue
        if not e["stored"]:
            begin = len(out) // unit * unit
            out = out[:begin] + unpack(out[begin:],
                                       len(out) - begin + e["length"])
            continue
        with open(images[int(e["image"][5:])], "rb") as f:
            f.seek(e["offset"])
            out += f.read(e["length"])
    size, initialised = data["size"], data["initialised"]
    return out[:initialised].ljust(size, b"\0")[:size]


def unnamed(place, links):
    """Those of the names that are not among the live paths."""
    paths = [p["path"] for p in place["paths"] if p["live"]]
    return [n for n in links if not any(p.endswith("\\" + n) for p in paths)]


def check_file(path, record, kind, address, prefix, volume, links, images,
               wrong):
    """Returns the place of its data, if it has one that is not resident."""
    offset, index, _ = volume
    found = resolve(prefix + "\\" + path, images)["places"]
    if found and (found[0]["hops"] or found[0]["end"] == "damaged"):
        return None
    if len(found) != 1 or found[0]["file"] is None:
        wrong.append((path, "not found", found and found[0]["reason"]))
        return None
    file = found[0]["file"]
    if file["mftRecord"] != record:
        wrong.append((path, file["mftRecord"], record))
    if ":" in path and kind != 128:
        return None
    if missing := unnamed(found[0], links[address]):
        wrong.append((path, "names", missing))
    if kind != 128 or file["data"] is None or file["reparseTag"] is not None:
        return None
    want = run("icat", "-o", str(offset), images[index], address)
    if content(file["data"], images, unit=volume[2] * 16) != want:
        wrong.append((path, "content"))
    stored = [e for e in file["data"]["extents"] if e["stored"]]
    if file["data"]["resident"] or not stored:
        return None
    middle = stored[len(stored) // 2]
    return middle["offset"] + middle["length"] // 2


def check_owner(at, record, volume, links, images, wrong):
    offset, index, _ = volume
    place = resolve("disk%d@%d" % (index, at), images)["places"][0]
    want = run("ifind", "-o", str(offset), "-d", str(place["cluster"]),
               images[index]).decode().split("-")[0].strip()
    got = [o["mftRecord"] for o in place["owners"]
           if o["inUse"] and o["holds"] != "record"]
    if got and (str(got[0]) != want or got[0] != record):
        wrong.append((at, got, want, record))
    if len(got) == 1 and (missing := unnamed(place, links)):
        wrong.append((at, "names", missing))
    return len(got)


def files(name, prefix, offset, index, images):
    offset, image = int(offset), images[int(index)]
    listed = names(image, offset)
    cluster = re.search(r"Cluster Size: (\d+)", run(
        "fsstat", "-o", str(offset), image).decode())
    volume = (offset, int(index), int(cluster.group(1)))
    links = {}
    for entry in listed:
        links.setdefault(entry[3], []).append(entry[0])
    wrong, owners, n_owned = [], [], 0
    for entry in listed:
        at = check_file(*entry, prefix, volume, links, images, wrong)
        if at is not None and entry[1] > 15:
            n_owned += check_owner(at, entry[1], volume, links[entry[3]],
                                   images, owners)
    ok("%s: records and bytes of %d names are those of fls and icat" %
       (name, len(listed)), wrong, [])
    ok("%s: there is something to compare" % name, len(listed) > 5, True)
    ok("%s: %d clusters are of the files that ifind says" % (name, n_owned),
       owners, [])


def same_bytes(name, target, path, images):
    want = open(path, "rb").read()
    file = resolve(target, images)["places"][0]["file"]
    data = file["data"]
    ok("%s: the bytes are there" % name, content(data, images) == want, True)
    if any(e["copy"] for e in data["extents"]):
        ok("%s: and on the other side" % name,
           content(data, images, True) == want, True)
    owners = []
    for e in data["extents"]:
        at = e["offset"] + e["length"] - 1
        places = resolve("%s@%d" % (e["disk"], at), images)["places"]
        owners += [o["mftRecord"] for p in places for o in p["owners"]
                   if o["inUse"]]
    ok("%s: each piece leads back" % name, owners,
       [file["mftRecord"]] * len(data["extents"]))


def text(s):
    def visible(m):
        c = int(m.group(1), 16)
        return "<U+%04X>" % c if 0xd800 <= c < 0xe000 or c == 0x5c else chr(c)
    return re.sub(r"\\u([0-9a-f]{4})", visible, s)


def mounts(table, images):
    wrong, n = [], 0
    for kind, name, f in facts.expected(table):
        if kind != "mountPoint" or f.get("state") == "deleted" or \
                "directory" not in f:
            continue
        directory = text(f["directory"])
        if any(c in directory for c in "\r\n/"):
            continue
        verbatim = directory if directory.startswith("\\\\") else \
            "\\\\?\\" + directory
        places = resolve(verbatim, images)["places"]
        got = places[0]["partition"] if places and places[0]["found"] else "-"
        if got != f["volume"] and f["certainty"] != "conflicting":
            wrong.append((directory, got, f["volume"]))
        n += 1
    ok("%d letters and folders lead to their partitions" % n, wrong, [])
    ok("there are such", n > 10, True)


if sys.argv[1] == "valid":
    ok("%s is valid" % sys.argv[2],
       len(resolve(sys.argv[2], sys.argv[3:])["places"]) > 0, True)
elif sys.argv[1] == "bytes":
    same_bytes(*sys.argv[2:5], sys.argv[5:])
elif sys.argv[1] == "files":
    files(*sys.argv[2:6], sys.argv[6:])
else:
    mounts(sys.argv[2], sys.argv[3:])
sys.exit(facts.failed)
