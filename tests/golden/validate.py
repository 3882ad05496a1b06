#!/usr/bin/python3
"""Check reports against docs/coldmount.schema.json, with python3-jsonschema.

usage: validate.py [--answer NAME] REPORT...

A report is JSON, or JSON Lines: then each record is checked as the schema
wants it in the document, and the first and last line must be there.  The answer
to a question is what $defs of the schema has by that NAME; its ids are those of
a report.
"""

import json
import sys
from pathlib import Path

import jsonschema

TOP = Path(__file__).resolve().parent.parent.parent


# Records whose array is not called by their plural.
IRREGULAR = {"event": "timeline", "historicName": "nameHistory",
             "recoveredVolume": "recovered", "shadowCopy": "shadowCopies",
             "historicMount": "mountHistory",
             "historicUserVolume": "userVolumeHistory"}


def document_of_lines(text):
    """Put the records of JSON Lines together as the document they stand for."""
    records = [json.loads(line) for line in text.splitlines()]
    start, end = records[0], records[-1]
    if start.pop("record") != "start" or end.pop("record") != "end":
        raise ValueError("no start or no end: the file is cut")
    document = {"schema": start["schema"], "complete": end["complete"]}
    document.update({array: [] for array in end["counts"]})
    arrays = {array[:-1]: array for array in end["counts"]} | IRREGULAR
    for record in records[1:-1]:
        document[arrays[record.pop("record")]].append(record)
    for array, count in end["counts"].items():
        if len(document[array]) != count:
            raise ValueError(f"{array}: {count} announced, "
                             f"{len(document[array])} found")
    return document


def without_twins(pairs):
    """A key that comes twice would be lost in a dictionary."""
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError(f"a key comes twice: {keys}")
    return dict(pairs)


def read(path):
    text = Path(path).read_bytes().decode("utf-8", "strict")
    if text.startswith('{"record":'):
        return document_of_lines(text)
    return json.loads(text, object_pairs_hook=without_twins)


def dangling(document):
    """Each id that is used and that no record has."""
    ids = {r["id"] for a in document.values() if isinstance(a, list)
           for r in a if "id" in r}
    used = {"image", "disk", "partition", "volume", "hostVolume",
            "installation"}

    def walk(node):
        if isinstance(node, list):
            for item in node:
                yield from walk(item)
        elif isinstance(node, dict):
            for key, value in node.items():
                if key in used and value is not None and value not in ids:
                    yield f"{key}: {value}"
                yield from walk(value)

    return sorted(set(walk(document)))


def main():
    schema = json.loads((TOP / "docs/coldmount.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    paths, is_answer = sys.argv[1:], sys.argv[1] == "--answer"
    if is_answer:
        schema = {"$ref": f"#/$defs/{paths[1]}", "$defs": schema["$defs"]}
        paths = paths[2:]
    validator = jsonschema.Draft202012Validator(schema)
    failed = False
    for path in paths:
        document = read(path)
        errors = [f"{e.json_path}: {e.message}"
                  for e in validator.iter_errors(document)]
        if not is_answer:
            errors += [f"no record has this id: {d}"
                       for d in dangling(document)]
        for error in errors[:20]:
            print(f"{path}: {error}")
        failed = failed or bool(errors)
    sys.exit(failed)


if __name__ == "__main__":
    main()
