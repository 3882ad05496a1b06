#!/usr/bin/python3
"""Break a report in many ways, each of which the schema has to refuse.

usage: refused.py REPORT.json

A schema that accepts everything would make every test that uses it worthless.
"""

import copy
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import validate  # noqa: E402  (beside this file)

GONE = object()

# Where, and what stands there instead.
CHANGES = [
    ("schema", "coldmount/2"),
    ("complete", "true"),
    ("images", GONE),
    ("disks.0.numberBasis", "guessed"),
    ("disks.0.scheme", "apm"),
    ("disks.0.signature", "5CA1AB1E"),
    ("partitions.0.offset", "1048576"),
    ("partitions.0.length", -1),
    ("partitions.0.type", "7"),
    ("partitions.0.number", 0),
    ("volumes.0.id", GONE),
    ("volumes.0.kind", "raid"),
    ("volumes.0.serial", "61f2a88f"),
    ("volumes.0.volumeNames.0", "C:"),
    ("names.0.kind", "letter"),
    ("names.0.uniqueId.hex", "0G"),
    ("names.0.lastWritten", "2024-05-06 07:08:09"),
    ("mountPoints.0.certainty", "sure"),
    ("mountPoints.0.certainty", "stale"),
    ("mountPoints.0.volume", None),
    ("mountPoints.0.tier", "guess"),
    ("mountPoints.0.state", "gone"),
    ("reparsePoints.0.tag", "A0000003"),
    ("findings.0.code", "X1"),
    ("findings.0.severity", "fatal"),
    ("findings.0.citations.0.length", GONE),
    ("findingCounts.0.count", 0),
    ("volumes.0.surprise", 1),
]


def broken(report, path, value):
    report = copy.deepcopy(report)
    place = report
    *way, last = [int(s) if s.isdigit() else s for s in path.split(".")]
    for step in way:
        place = place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return report


def main():
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    schema = json.loads(
        (validate.TOP / "docs/coldmount.schema.json").read_text())
    validator = validate.jsonschema.Draft202012Validator(schema)
    accepted = [f"{path} = {value!r}" for path, value in CHANGES
                if validator.is_valid(broken(report, path, value))]
    print("\n".join(accepted))
    sys.exit(bool(accepted) or not validator.is_valid(report))


if __name__ == "__main__":
    main()
