#!/usr/bin/python3
"""Compare the shadow copies of a report with what vshadowinfo says.

usage: shadows.py REPORT IMAGE OFFSET VOLUME

vshadowinfo (libvshadow) is asked about the volume at OFFSET of the raw image;
in the report that is VOLUME.  libvshadow takes a store of another volume for a
copy without a time, and does not read stores that lie elsewhere.
"""

import datetime
import json
import re
import subprocess
import sys

WORDS = {"Identifier": "storeIdentifier", "Shadow copy ID": "identifier",
         "Shadow copy set ID": "setIdentifier"}
ATTRIBUTES = {"persistent": 0x1, "client-accessible": 0x4,
              "no-auto-release": 0x8, "no-writers": 0x10,
              "differential": 0x20000, "autorecover": 0x400000}


def seen(image, offset):
    text = subprocess.run(["vshadowinfo", "-o", offset, image], check=True,
                          capture_output=True, text=True).stdout
    for part in re.split(r"^Store: \d+\n", text, flags=re.M)[1:]:
        yield dict(re.findall(r"^\t([^\t:]+?)\s*: (.*)$", part, re.M))


def time_of(text):
    moment, fraction = re.match(r"(.*)\.(\d+) UTC", text).groups()
    moment = datetime.datetime.strptime(moment, "%b %d, %Y %H:%M:%S")
    return moment.strftime(f"%Y-%m-%dT%H:%M:%S.{fraction[:7]}Z")


def facts_of(copy):
    """What vshadowinfo should say of a copy of the report."""
    facts = {word: copy[name] for word, name in WORDS.items() if copy[name]}
    facts["Creation time"] = copy["created"]
    facts["Volume size"] = copy["size"]
    facts["Attribute flags"] = sum(ATTRIBUTES[a] for a in copy["attributes"])
    return facts


def main():
    report, image, offset, volume = sys.argv[1:]
    with open(report, encoding="utf-8") as file:
        copies = [c for c in json.load(file)["shadowCopies"]
                  if c["volume"] == volume]
    stores = list(seen(image, offset))
    failed = len(copies) != len(stores) or not copies
    for copy, store in zip(copies, stores):
        facts = facts_of(copy)
        store["Creation time"] = time_of(store["Creation time"])
        store["Volume size"] = int(
            re.search(r"\((\d+) bytes\)|^(\d+) bytes", store["Volume size"])[1])
        if "Attribute flags" in store:
            store["Attribute flags"] = int(store["Attribute flags"], 16)
        for word, value in store.items():
            if facts.get(word) != value:
                print(f"# {copy['id']}: {word}: {facts.get(word)}, "
                      f"vshadowinfo: {value}")
                failed = True
    print(f"{'not ok' if failed else 'ok'} vshadowinfo sees the copies of "
          f"{volume}: {len(stores)}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
