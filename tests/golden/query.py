#!/usr/bin/python3
"""Print what Python expressions make of a report.

usage: query.py REPORT EXPRESSION...

In an expression, `d' is the document, or the list of records of JSON Lines.
Texts come as they are, everything else as JSON; a line each.
"""

import json
import sys


def read(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if text.startswith('{"record":'):
        return [json.loads(line) for line in text.splitlines()]
    return json.loads(text)


def main():
    d = read(sys.argv[1])
    for expression in sys.argv[2:]:
        value = eval(expression, {"d": d})
        print(value if isinstance(value, str) else json.dumps(value))


if __name__ == "__main__":
    main()
