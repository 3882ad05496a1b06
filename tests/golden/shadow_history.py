#!/usr/bin/python3
"""Compare what a report says of a shadow copy with a report on the disks as they
were when it was made.

usage: shadow_history.py REPORT COPY THEN VOLUME...

THEN is a report on the older images; the copies made at once with COPY are of
the VOLUMEs. What is mounted in them must be told just so, with the same targets
and answers; and each change against what REPORT says is mounted now.
"""

import json
import sys

PLACE = ("kind", "hostVolume", "path", "directory")
TRACE = ("kind", "place", "key", "present", "guid", "letter", "share", "label",
         "lastWritten", "volume", "tier", "certainty", "knownDisks")
ANSWER = ("target", "volume", "tier", "certainty", "knownDisks", "state")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def key(record, members):
    return tuple(str(record[m]) for m in members)


def mount_change(mount, now):
    there = [m for m in now["mountPoints"]
             if (m["state"] == "present" or mount["state"] == "deleted") and
             key(m, PLACE[:3]) == key(mount, PLACE[:3]) and
             (mount["kind"] == "directory" or
              m["directory"] == mount["directory"])]
    if mount["kind"] == "drive-root" and mount["volume"]:
        same = [m for m in there if m["volume"] == mount["volume"]]
    else:
        same = [m for m in there if m["target"] == mount["target"]]
    return "same" if same else "differs" if there else "absent"


def name_change(name, now):
    there = [n["uniqueId"] for n in now["names"] if n["name"] == name["name"]
             and n["present"] != "deleted"]
    return "same" if name["uniqueId"] in there else \
        "differs" if there else "absent"


def trace_change(trace, now):
    users = {u["id"]: u for u in now["users"] if u["hive"]}
    there = [v["lastWritten"] for v in now["userVolumes"]
             if v["user"] in users and v["place"] == trace["place"] and
             v["key"] == trace["key"] and
             users[v["user"]]["hive"]["path"] == trace["hive"]["path"] and
             (v["present"] != "before-replay" or
              not users[v["user"]]["hive"]["logsApplied"])]
    return "same" if trace["lastWritten"] in there else \
        "differs" if there else "absent"


def differences(what, got, want):
    for fact in sorted(set(got) ^ set(want)):
        side = "only in the copy" if fact in got else "not in the copy"
        print(f"# {what} {side}: {fact}")
    return set(got) != set(want) or len(got) != len(want)


def main():
    now, then = load(sys.argv[1]), load(sys.argv[3])
    copy, volumes = sys.argv[2], sys.argv[4:]
    made = next(c for c in now["shadowCopies"] if c["id"] == copy)
    copies = {c["id"] for c in now["shadowCopies"]
              if c["setIdentifier"] == made["setIdentifier"]}
    mounts = [m for m in now["mountHistory"] if m["shadowCopy"] in copies]
    names = [n for n in now["nameHistory"] if n["shadowCopy"] in copies]
    failed = not mounts or not names
    failed |= differences(
        "mount point", [key(m, PLACE + ANSWER) for m in mounts],
        [key(m, PLACE + ANSWER) for m in then["mountPoints"]
         if m["kind"] == "drive-root" or m["hostVolume"] in volumes])
    members = ("name", "uniqueId", "present", "lastWritten")
    hives = {i["hive"]["path"] for i in then["installations"]}
    failed |= differences(
        "name", [key(n, members) for n in names if n["hive"]["path"] in hives],
        [key(n, members) for n in then["names"]])
    # RegBack, .sav and the like.
    older = [n for n in names if n["hive"]["path"] not in hives]
    members = ("hive", "installation", "volume", "certainty") + members
    failed |= not older or differences(
        "older name", [key(n, members) for n in older],
        [key(n, members) for n in then["nameHistory"]])
    who = {u["id"]: (u["profile"], u["sid"], str(u["hive"]))
           for u in then["users"] if u["volume"] in volumes}
    traces = [v for v in now["userVolumeHistory"] if v["shadowCopy"] in copies]
    failed |= not traces or differences(
        "user's volume",
        [(v["profile"], v["sid"], str(v["hive"])) + key(v, TRACE)
         for v in traces],
        [who[v["user"]] + key(v, TRACE) for v in then["userVolumes"]
         if v["user"] in who])
    for v in traces:
        if v["change"] != trace_change(v, now):
            print(f"# {v}: it is {trace_change(v, now)}")
            failed = True
    for record, change in [(m, mount_change(m, now)) for m in mounts] + \
            [(n, name_change(n, now)) for n in names]:
        if record["change"] != change:
            print(f"# {record}: it is {change}")
            failed = True
    print(f"{'not ok' if failed else 'ok'} {copy} shows the machine of then: "
          f"{len(mounts)} mount points, {len(names)} names, {len(traces)} "
          f"volumes of users")
    return failed


if __name__ == "__main__":
    sys.exit(main())
