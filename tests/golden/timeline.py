#!/usr/bin/python3
"""Compare the timeline of a report with its records, and with istat.

usage: timeline.py REPORT.json DISK...

Each time of a record is an event, and each event is a time of a record. The
times of mounted folders are those that istat prints. Prints `ok' and `not ok'
lines.
"""

import datetime
import json
import re
import subprocess
import sys

ISTAT = {"created": "Created", "modified": "File Modified",
         "changed": "MFT Modified"}
failed = False


def check(name, good, why=""):
    global failed
    print(f"{'ok' if good else 'not ok'} {name}")
    if not good:
        failed = True
        print(f"# {why}")


def arrivals(array, i, device):
    if not device["lastArrival"]:
        for member in "lastWritten", "interfaceWritten":
            if device.get(member):
                yield array, i, device[member], "no-later-than"
    if device.get("lastTested"):
        yield array, i, device["lastTested"], "exact"
    for member in "firstInstalled", "lastArrival", "lastRemoval":
        if device[member]:
            yield array, i, device[member], "exact"


def expected(report):
    """(array, index, time) of the records that tell one."""
    for array in "names", "remoteNames", "userVolumes":
        for i, record in enumerate(report[array]):
            if record.get("lastWritten"):
                yield array, i, record["lastWritten"], "no-later-than"
            if record["guidTime"]:
                yield array, i, record["guidTime"]["time"], "guid"
    for i, record in enumerate(report["nameHistory"]):
        if record["shadowCopy"] and record["change"] == "same":
            continue
        if record["lastWritten"]:
            yield "nameHistory", i, record["lastWritten"], "no-later-than"
        if record["guidTime"] and record["change"] != "same":
            yield "nameHistory", i, record["guidTime"]["time"], "guid"
    for i, record in enumerate(report["diskEvents"]):
        yield "diskEvents", i, record["time"], "exact"
    for i, record in enumerate(report["shadowCopies"]):
        if record["created"]:
            yield "shadowCopies", i, record["created"], "exact"
    for i, record in enumerate(report["mountHistory"]):
        times = {"created", "recordChanged"}
        if record["state"] == "present":
            times.add("time")
        for member in times:
            if record["change"] != "same" and record[member]:
                yield "mountHistory", i, record[member], "exact"
    for i, record in enumerate(report["userVolumeHistory"]):
        if record["change"] != "same" and record["lastWritten"]:
            yield "userVolumeHistory", i, record["lastWritten"], "no-later-than"
    for i, record in enumerate(report["volumeTraces"]):
        yield from arrivals("volumeTraces", i, record)
    for i, disk in enumerate(report["knownDisks"]):
        for volume in disk["volumes"]:
            yield from arrivals("knownDisks", i, volume)
        yield from arrivals("knownDisks", i, disk)
        if disk["layoutWritten"]:
            yield "knownDisks", i, disk["layoutWritten"], "no-later-than"
        if disk["diskIdTime"]:
            yield "knownDisks", i, disk["diskIdTime"]["time"], "guid"
    for i, installation in enumerate(report["installations"]):
        if installation["hive"]["lastWritten"]:
            yield ("installations", i, installation["hive"]["lastWritten"],
                   "exact")


def by_istat(report, disks, index):
    """The times of a reparse point's file."""
    point = report["reparsePoints"][index]
    volume = next(v for v in report["volumes"] if v["id"] == point["volume"])
    partition = next(p for p in report["partitions"]
                     if p["id"] == volume["partition"])
    disk = disks[int(partition["disk"].removeprefix("disk"))]
    text = subprocess.run(
        ["istat", "-z", "UTC", "-o", str(partition["offset"] // 512), disk,
         str(point["mftRecord"])],
        check=True, capture_output=True, text=True, errors="replace").stdout
    text = text.split("$STANDARD_INFORMATION")[1].split("$FILE_NAME")[0]
    return {key: re.search(rf"^{name}:\s*(\S+ \S+\.\d{{7}})", text, re.M)[1]
            for key, name in ISTAT.items()}


def filetime(time):
    seconds, ticks = time.removesuffix("Z").split(".")
    since = (datetime.datetime.fromisoformat(seconds) -
             datetime.datetime(1601, 1, 1))
    return ((since.days * 86400 + since.seconds) * 10**7 +
            int(ticks)).to_bytes(8, "little")


def cited(event, disks, n=None):
    """The bytes of the first @n citations."""
    for cite in event["citations"][:n]:
        image = int(cite["image"].removeprefix("image"))
        if image < len(disks):
            with open(disks[image], "rb") as file:
                file.seek(cite["offset"])
                yield file.read(cite["length"])


def cites_its_time(event, disks):
    time = filetime(event["time"])
    if event["of"]["array"] == "users":
        # Two values have the halves, the high one first: each is cited, then
        # its data.
        high, high_data, low, low_data = \
            (*cited(event, disks, 4), *[b""] * 4)[:4]
        return (b"TimeHigh" in high and high_data == time[4:] and
                b"TimeLow" in low and low_data == time[:4])
    # A disk is told by many bytes; those of the time come first: a key, or a
    # value and its data.
    of_disk = event["of"]["array"] in ("knownDisks", "volumeTraces")
    return any(time in data
               for data in cited(event, disks, 2 if of_disk else None))


def cites_its_guid(event, disks, report):
    guid = report["knownDisks"][event["of"]["index"]]["diskId"]
    value, data = cited(event, disks, 2)
    return b"DiskId" in value and ("{%s}" % guid).encode("utf-16le") in data


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    disks = sys.argv[2:]
    timeline = report["timeline"]
    times = [e["time"] for e in timeline]
    check("the timeline is sorted", times == sorted(times))
    got = sorted((e["of"]["array"], e["of"]["index"], e["time"], e["basis"])
                 for e in timeline
                 if e["of"]["array"] not in ("reparsePoints", "volumes",
                                             "users"))
    want = sorted(expected(report))
    check(f"{len(want)} times of records are events, and no others",
          got == want and want, set(got) ^ set(want))
    folders = [e for e in timeline if e["of"]["array"] == "reparsePoints"]
    wrong = []
    for event in folders:
        key = event["event"].removeprefix("mount-directory-")
        time = by_istat(report, disks, event["of"]["index"])[key]
        if event["time"] != time.replace(" ", "T") + "Z":
            wrong.append((event["subject"], event["time"], time))
    mounts = sum(r["kind"] == "volume-mount-point" for r in report["reparsePoints"])
    check(f"the times of {mounts} mounted folders are istat's",
          not wrong and folders and len(folders) == 3 * mounts, wrong)
    check("each event cites its bytes", all(e["citations"] for e in timeline))
    # A GUID counts from another year.
    wrong = [(e["event"], e["subject"], e["time"]) for e in timeline
             if e["basis"] != "guid" and not cites_its_time(e, disks)]
    check("each event cites the bytes of its time", timeline and not wrong,
          wrong)
    made = [e for e in timeline if e["event"] == "disk-id-made"]
    wrong = [e["subject"] for e in made
             if not cites_its_guid(e, disks, report)]
    check(f"{len(made)} disk ids are cited", made and not wrong, wrong)
    return failed


if __name__ == "__main__":
    sys.exit(main())
