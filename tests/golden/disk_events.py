#!/usr/bin/python3
"""Hold the disk events of a report against what libevtx reads in the log.

usage: disk_events.py REPORT LOG

Every event 1006 must be in diskEvents, with the same values; none other may be.
Prints a line for each event.
"""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET

NAMESPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"

# Columns, and the fields that they are of.
TEXTS = {"manufacturer": "Manufacturer", "model": "Model",
         "revision": "Revision", "serial": "SerialNumber",
         "location": "Location", "parentId": "ParentId"}
NUMBERS = {"diskNumber": "DiskNumber", "capacity": "Capacity"}
GUIDS = {"diskId": "DiskId", "adapterId": "AdapterId",
         "registryId": "RegistryId"}
SCHEMES = ["mbr", "gpt", "raw"]


def events_of(log):
    """The events 1006 of LOG, by libevtx: record id to fields."""
    text = subprocess.run(["evtxexport", "-f", "xml", log], check=True,
                          capture_output=True, text=True).stdout
    found = {}
    for part in text.split("<Event ")[1:]:
        part = "<Event " + part[:part.index("</Event>") + len("</Event>")]
        event = ET.fromstring(part)
        system = event.find(NAMESPACE + "System")
        if system.find(NAMESPACE + "EventID").text != "1006":
            continue
        fields = {d.get("Name"): d.text for d in event.iter(NAMESPACE + "Data")}
        fields["Computer"] = system.find(NAMESPACE + "Computer").text
        fields["Time"] = system.find(NAMESPACE + "TimeCreated").get(
            "SystemTime")
        found[int(system.find(NAMESPACE + "EventRecordID").text)] = fields
    return found


def partitions_of(table):
    """The used slots of a DRIVE_LAYOUT_INFORMATION_EX: offset and length."""
    slots = [table[at:at + 144] for at in range(48, len(table) - 143, 144)]
    used = [s for s in slots if s[32] != 0 or s[0] == 1 and any(s[32:48])]
    return [(int.from_bytes(s[8:16], "little"),
             int.from_bytes(s[16:24], "little")) for s in used]


def expected(fields):
    want = {column: fields.get(name) for column, name in TEXTS.items()}
    for column, name in NUMBERS.items():
        want[column] = int(fields[name])
    flags = int(fields["Characteristics"])
    want["removableMedia"] = flags % 2 == 1 if flags else None
    want["bytesPerPhysicalSector"] = \
        int(fields["BytesPerPhysicalSector"]) or None
    for column, name in GUIDS.items():
        text = fields[name].strip("{}").lower()
        want[column] = None if not text.strip("0-") else text
    want["computerName"] = fields["Computer"]
    # libevtx prints nanoseconds, of which the last two are zeros.
    want["time"] = fields["Time"].replace("00Z", "Z", 1)
    table = bytes.fromhex(fields.get("PartitionTable") or "")
    want["scheme"] = SCHEMES[table[0]] if table else None
    if want["scheme"] == "mbr":
        want["signature"] = table[8:12][::-1].hex()
    want["partitions"] = partitions_of(table)
    boots = [i for i in range(4) if fields.get(f"Vbr{i}")]
    want["bootSectors"] = [
        (i, bytes.fromhex(fields[f"Vbr{i}"])[72:80][::-1].hex()) for i in boots]
    return want


def got(record):
    record = dict(record)
    record["partitions"] = [(p["offset"], p["length"])
                            for p in record["partitions"]]
    record["bootSectors"] = [(b["index"], b["serial64"])
                             for b in record["bootSectors"]]
    return record


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        records = {e["recordId"]: e for e in json.load(file)["diskEvents"]}
    events = events_of(sys.argv[2])
    bad = sorted(records) != sorted(events)
    print("not ok" if bad else "ok", "libevtx has the same events 1006:",
          *sorted(events))
    for number, fields in sorted(events.items()):
        record = got(records.get(number, {"partitions": [],
                                          "bootSectors": []}))
        wrong = [f"# {c}: {record.get(c)!r}, not {w!r}"
                 for c, w in expected(fields).items() if record.get(c) != w]
        bad |= bool(wrong)
        print("not ok" if wrong else "ok", "record", number, "as libevtx has it")
        print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(bad)


if __name__ == "__main__":
    main()
