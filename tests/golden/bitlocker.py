#!/usr/bin/python3
"""Compare the report of a disk whose second volume BitLocker encrypts with that
of the same disk before it was encrypted.

usage: bitlocker.py ENCRYPTED PLAIN DISK OFFSET LENGTH HEADER [START+BYTES...]

ENCRYPTED and PLAIN are JSON reports, the volume lies at OFFSET of DISK, the
encrypted one, and has LENGTH bytes; its first sectors are kept at HEADER of it,
or at 0, where they are in their own place. BYTES at START of it are not
encrypted.

The unlocked volume must give every answer that the plain one gives; what is
cited in it lies at the same bytes, but for the first sectors, and is marked as
encrypted.
"""

import json
import sys

MOVED = 8192


def main():
    encrypted, plain = (json.load(open(path)) for path in sys.argv[1:3])
    offset, length, header = map(int, sys.argv[4:7])
    not_encrypted = [tuple(map(int, a.split("+"))) for a in sys.argv[7:]]
    wrong = []
    cited = {True: 0, False: 0}

    def inside(c):
        return offset <= c["offset"] < offset + length

    def strip(value, of_encrypted):
        """Without what may differ; citations are counted and checked."""
        if isinstance(value, list):
            return [strip(v, of_encrypted) for v in value]
        if not isinstance(value, dict):
            return value
        if "structure" in value and "encrypted" in value:
            flag = value.pop("encrypted")
            if of_encrypted:
                cited[flag] += 1
                first = inside(value) and header != 0 and (
                    header <= value["offset"] - offset < header + MOVED)
                vista = header == 0 and value["offset"] - offset < MOVED
                left = any(s <= value["offset"] - offset < s + n
                           for s, n in not_encrypted)
                if flag != (inside(value) and not vista and not left):
                    wrong.append(f"{value} encrypted={flag}")
                if first:
                    value["offset"] -= header
        return {k: strip(v, of_encrypted) for k, v in value.items()
                if k not in ("bitlocker", "segments", "file")}

    for report in encrypted, plain:
        del report["images"]
        for finding in list(report["findings"]):
            if finding["code"] in ("CM0260", "CM0266", "CM0267"):
                report["findings"].remove(finding)
        report["findingCounts"] = [
            c for c in report["findingCounts"]
            if c["code"] not in ("CM0260", "CM0266", "CM0267")]
    for v in encrypted["volumes"]:
        if v["bitlocker"]:
            cites = v["bitlocker"].pop("citations")
            if any(c["encrypted"] for c in cites):
                wrong.append("the metadata is cited as encrypted")
    got, want = strip(encrypted, True), strip(plain, False)
    for key, value in want.items():
        if got[key] != value:
            wrong.append(f"{key} differ:\n  {json.dumps(got[key])}\n"
                         f"  {json.dumps(value)}")
    if cited[True] < 3:
        wrong.append(f"only {cited[True]} citations are of encrypted bytes")
    print("\n".join(wrong), end="")
    return len(wrong) != 0


if __name__ == "__main__":
    sys.exit(main())
