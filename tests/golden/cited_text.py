#!/usr/bin/python3
"""Look at the bytes of registry text that each name of a report cites.

usage: cited_text.py NAME REPORT TEXT
"""

import json
import re
import sys


def decode(data, mark):
    if mark == b"\xff\xfe":
        return data.decode("utf-16-le")
    return data.decode("latin-1")


def data_bytes(text):
    """The bytes that hexadecimal data, or the lines of a dump, stand for."""
    rows = re.findall(r"^[0-9a-f]{8}   (.{49})", text, re.M)
    text = " ".join(rows) if rows else text
    return "".join(re.findall(r"[0-9a-fA-F]{2}", text)).lower()


def head_name(text):
    """The name of a value, from what is before its data; None: no value."""
    head = re.match(r'"(.*)"=hex(\([0-9a-f]+\))?:$', text)
    if head is not None:
        return re.sub(r"\\(.)", r"\1", head[1])
    head = re.match(r"Value \d+\r\n  Name: {12}(.*)\r\n  Type: {12}REG_\w+\r\n"
                    r"  Data: {12}(?:\r\n)?$", text)
    return head[1] if head is not None else None


def main():
    name, report, path = sys.argv[1:]
    with open(report, encoding="utf-8") as file:
        d = json.load(file)
    with open(path, "rb") as file:
        content = file.read()
    wrong, seen = [], 0
    for n in d["names"]:
        cited = {}
        for c in n["citations"]:
            piece = content[c["offset"]:c["offset"] + c["length"]]
            # What keeps the volume offline is cited behind it.
            cited.setdefault(c["structure"], decode(piece, content[:2]))
        head = head_name(cited["reg value"])
        if head is None or data_bytes(cited.get("reg data", "")) != \
                n["uniqueId"]["hex"] or (
                    head.isascii() and "<" not in n["name"] and
                    head != n["name"]):
            wrong.append((n["name"], cited))
        seen += 1
    ok = not wrong and seen > 0
    print(f"{'ok' if ok else 'not ok'} {name}: cites its text ({seen})")
    for item in wrong[:5]:
        print(f"# {item}")
    sys.exit(not ok)


if __name__ == "__main__":
    main()
