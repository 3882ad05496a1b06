#!/usr/bin/python3
"""Compare a report on the sample machine with what its builder says it holds.

usage: expected.py REPORT EXPECTED.tsv

samples/README.md describes the table.  Every line of it must be in the report,
and the report must hold no disk, partition, volume, name, older name,
installation, mount point or reparse point that is not in the table.  Prints a line for each fact.
"""

import json
import re
import sys


def units(text):
    """The UTF-16 code units of TEXT, in which \\uXXXX is one."""
    found = []
    for part in re.split(r"(\\u[0-9a-f]{4})", text):
        if re.fullmatch(r"\\u[0-9a-f]{4}", part):
            found.append(int(part[2:], 16))
        else:
            found += units_of_bytes(part.encode("utf-16-le"))
    return tuple(found)


def units_of_bytes(data):
    return [data[i] | data[i + 1] << 8 for i in range(0, len(data), 2)]


def member_units(record, member):
    """The code units of a text of the report, by its raw bytes if it has them."""
    raw = record.get(member + "Hex")
    if raw is not None:
        return tuple(units_of_bytes(bytes.fromhex(raw)))
    if record[member] is None:
        return None
    return tuple(units_of_bytes(record[member].encode("utf-16-le")))


class Report:
    def __init__(self, document):
        self.document = document
        self.known = {}
        self.place = {v["id"]: v["partition"] for v in document["volumes"]}

    def volume(self, record, member="volume"):
        volume = record[member]
        return "-" if volume is None else self.place[volume]

    def mount_key(self, record):
        if record["kind"] == "drive-root":
            return member_units(record, "directory")
        return (units(self.volume(record, "hostVolume") + ":")
                + member_units(record, "path"))

    def reparse_key(self, record):
        return units(self.volume(record) + ":") + member_units(record, "path")

    def user_volume_key(self, record):
        """The user's name, the place below Explorer, the key."""
        user = {u["id"]: u for u in self.document["users"]}[record["user"]]
        return (member_units(user, "name") + units(":")
                + units(record["place"].split("\\Explorer\\")[-1] + "\\")
                + member_units(record, "key"))

    def records(self, kind):
        """Each record of KIND with the key that the table gives it."""
        if kind not in self.known:
            self.known[kind] = self.collect(kind)
        return self.known[kind]

    def collect(self, kind):
        document = self.document
        if kind == "mountPoint":
            return [(self.mount_key(r), r) for r in document["mountPoints"]]
        if kind == "reparsePoint":
            return [(self.reparse_key(r), r) for r in document["reparsePoints"]
                    if r["kind"] != "volume-mount-point" and r["inRecord"]]
        if kind == "accessPath":
            return [(member_units(p, "path"), dict(p, volume=v["id"]))
                    for v in document["volumes"] for p in v["accessPaths"]]
        if kind == "diskEvent":
            return [(units(str(r["recordId"])), r)
                    for r in document["diskEvents"]]
        if kind == "name":
            return [(member_units(r, "name"), r) for r in document["names"]]
        if kind == "nameHistory":
            return [(units(r["hive"]["path"] + ":") + member_units(r, "name"),
                     r) for r in document[kind]]
        if kind == "userVolume":
            return [(self.user_volume_key(r), r)
                    for r in document["userVolumes"]]
        if kind == "knownVolume":
            return [(units(k["id"] + ":") + member_units(v, "instance"), v)
                    for k in document["knownDisks"] for v in k["volumes"]]
        if kind == "volumeTrace":
            return [(member_units(r, "instance"), r)
                    for r in document["volumeTraces"]]
        if kind == "volume":
            return [(units(self.place[r["id"]]), r)
                    for r in document["volumes"]]
        return [(units(r["id"]), r) for r in document[kind + "s"]]

    def field(self, record, name):
        """What the report has where the table has field NAME."""
        if name == "volume":
            return units(self.volume(record))
        if name == "idKind":
            return units(record["uniqueId"]["kind"])
        if name == "dirty":
            return units(str(int(record["hive"]["dirty"])))
        if isinstance(record[name], bool):
            return units(str(record[name]).lower())
        if isinstance(record[name], str) or name + "Hex" in record:
            return member_units(record, name)
        return units("-" if record[name] is None else str(record[name]))


def same_field(report, record, name, want):
    # The table knows a drive root's letter, the report its volume's name.
    if name == "target" and record.get("kind") == "drive-root":
        return True
    return report.field(record, name) == units(want)


def printable(text):
    return "".join(chr(u) if 32 <= u < 127 else f"\\u{u:04x}" for u in text)


def check(report, line, found):
    """Compare a line of the table with the record of its key."""
    kind, key, *fields = line.split("\t")
    name = f"{kind} {printable(units(key))}"
    matches = [r for k, r in report.records(kind) if k == units(key)]
    if len(matches) != 1:
        return f"not ok {name}\n# {len(matches)} records in the report"
    found.add(id(matches[0]))
    wrong = []
    for field in fields:
        member, want = field.split("=", 1)
        if not same_field(report, matches[0], member, want):
            got = report.field(matches[0], member)
            wrong.append(f"# {member}: {printable(got)}, not {want}")
    return "\n".join(["not ok " + name] + wrong) if wrong else "ok " + name


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        report = Report(json.load(file))
    found = set()
    results = []
    kinds = set()
    with open(sys.argv[2], encoding="utf-8", newline="\n") as file:
        for line in file.read().split("\n"):
            if line:
                kinds.add(line.split("\t")[0])
                results.append(check(report, line, found))
    for kind in sorted(kinds):
        extra = [printable(k) for k, r in report.records(kind)
                 if id(r) not in found]
        state = "not ok" if extra else "ok"
        results.append(f"{state} the report has no other {kind}"
                       + "".join(f"\n# {e}" for e in extra))
    print("\n".join(results))
    sys.exit(any(r.startswith("not ok") for r in results))


if __name__ == "__main__":
    main()
