#!/usr/bin/python3
"""Compare the name history of a report with what hivexsh reads in the hives.

usage: older_hives.py REPORT LIVE PATH=HIVE...

LIVE is the SYSTEM hive in use, "-" where it cannot be read; HIVE the file that
lies at PATH in the evidence.  Deleted names, which hivexsh does not see, are
left out.  Prints a line for each PATH, and one that the
history has no other.
"""

import json
import sys

from compose import mounted_devices


def change(live, name, data):
    if name not in live:
        return "absent"
    return "same" if live[name] == data else "differs"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        history = [n for n in json.load(file)["nameHistory"]
                   if n["present"] != "deleted"]
    live = {} if sys.argv[2] == "-" else dict(mounted_devices(sys.argv[2]))
    failed, told = False, 0
    for argument in sys.argv[3:]:
        path, hive = argument.split("=", 1)
        want = sorted([name, data.hex(), change(live, name, data)]
                      for name, data in mounted_devices(hive))
        got = sorted([n["name"], n["uniqueId"]["hex"], n["change"]]
                     for n in history if n["hive"]["path"] == path)
        told += len(got)
        same = got == want and len(want) > 0
        failed = failed or not same
        print(f"{'ok' if same else 'not ok'} names of {path}")
        if not same:
            print(f"# got:  {got}\n# want: {want}")
    print(f"{'ok' if told == len(history) else 'not ok'} no other hive's names")
    sys.exit(failed or told != len(history))


if __name__ == "__main__":
    main()
