#!/usr/bin/python3
"""Compare the times that a report reads in GUIDs with those of Python's uuid.

usage: guid_times.py REPORT.json

Prints one `ok' or `not ok' line a report, TAP style.
"""

import datetime
import json
import re
import sys
import uuid

EPOCH = datetime.datetime(1582, 10, 15)
GUID = re.compile(r"(?:Volume|^#)\{([0-9a-fA-F-]{36})\}$")


def expected(text):
    u = uuid.UUID(text)
    if u.variant != uuid.RFC_4122 or u.version != 1:
        return None
    time = EPOCH + datetime.timedelta(microseconds=u.time // 10)
    node = u.node.to_bytes(6, "big")
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S.%f") + f"{u.time % 10}Z",
        "node": node.hex(":"),
        "nodeIsMac": not node[0] & 1 and node[1:] != b"nonic",
        "clockSequence": u.clock_seq,
    }


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    n = 0
    for kind in "names", "remoteNames":
        for record in report[kind]:
            found = GUID.search(record["name"])
            want = expected(found[1]) if found else None
            n += want is not None
            if record["guidTime"] != want:
                print(f"not ok {record['name']} tells its time")
                print(f"# got {record['guidTime']}, want {want}")
                return 1
    if n == 0:
        print("not ok no GUID of the report tells a time")
        return 1
    print(f"ok {n} GUIDs tell their time, as they do to Python")
    return 0


if __name__ == "__main__":
    sys.exit(main())
