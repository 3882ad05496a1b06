#!/usr/bin/python3
"""Make an event log that went round, damage it, and judge a report about it.

usage: ring_log.py make LOG RING NEWEST
       ring_log.py damage RING OUT cut|zero|copy CHUNK
       ring_log.py judge RING REPORT

make takes the chunks of LOG and puts the NEWEST last ones to the front, in
place of as many of the oldest. judge reads the undamaged RING with libevtx:
each of its records is an event of the report, or a finding says that it is
missing. Prints a line for TAP.
"""

import json
import re
import struct
import subprocess
import sys
import zlib

HEAD, CHUNK = 4096, 65536


def read(path):
    data = open(path, "rb").read()
    return data[:HEAD], [data[at:at + CHUNK]
                         for at in range(HEAD, len(data), CHUNK)]


def write(path, head, chunks):
    with open(path, "wb") as out:
        out.write(head + b"".join(chunks))


def make(log, ring, newest):
    newest = int(newest)
    head, chunks = read(log)
    chunks = chunks[-newest:] + chunks[newest:-newest]
    head = bytearray(head)
    struct.pack_into("<QQ", head, 8, newest, newest - 1)
    struct.pack_into("<H", head, 42, len(chunks))
    struct.pack_into("<I", head, 124, zlib.crc32(bytes(head[:120])))
    write(ring, bytes(head), chunks)


def damage(ring, out, what, chunk):
    chunk = int(chunk)
    head, chunks = read(ring)
    if what == "cut":
        chunks = chunks[:chunk]
    elif what == "zero":
        chunks[chunk] = bytes(CHUNK)
    else:
        chunks[chunk] = chunks[chunk - 1]
    write(out, head, chunks)


def judge(ring, report):
    text = subprocess.run(["evtxexport", "-f", "xml", ring], check=True,
                          capture_output=True, text=True).stdout
    there = [int(n) for n in
             re.findall(r"<EventRecordID>(\d+)</EventRecordID>", text)]
    d = json.load(open(report))
    told = [e["recordId"] for e in d["diskEvents"]]
    said = [m.groups() for f in d["findings"] for m in [re.search(
        r"the records? (\d+)(?: to (\d+))? (?:is|are) not there",
        f["message"])] if m and f["code"] == "CM0540"]
    missing = [n for first, last in said
               for n in range(int(first), int(last or first) + 1)]
    good = len(there) > 9 and sorted(told + missing) == sorted(there)
    print(f"{'' if good else 'not '}ok libevtx's {len(there)} records: "
          f"{len(told)} told, {len(missing)} said to be missing")
    sys.exit(not good)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
