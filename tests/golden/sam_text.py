#!/usr/bin/python3
"""Write a SAM hive as registry text, for hivexregedit.

usage: sam_text.py SID RID=NAME[:disabled|:OTHER-RID]... [alias:RID=NAME]...
"""

import struct
import sys


def table(parts):
    """Parts as the SAM's values have them: a table, then their bytes."""
    head, data = b"", b""
    for part in parts:
        head += struct.pack("<III", len(data), len(part), 0)
        data += part + bytes(-len(part) % 4)
    return head + data


def sid_bytes(text):
    _, _, authority, *rest = text.split("-")
    return (bytes([1, len(rest)]) + int(authority).to_bytes(6, "big") +
            b"".join(struct.pack("<I", int(r)) for r in rest))


def value(name, kind, data):
    print('"%s"=hex(%x):%s' % (name, kind, ",".join("%02x" % b for b in data))
          if name else '@=hex(%x):%s' % (kind, ""))


def key(path):
    print("\n[\\SAM\\%s]" % path)


def utf16(text):
    return text.encode("utf-16le")


def user(rid, name, more):
    other = int(more) if more.isdigit() else rid
    key("Domains\\Account\\Users\\%08X" % rid)
    # The hashes are not read; that they are not shown, the test asks.
    value("V", 3, table([b"", utf16(name), utf16("Full " + name),
                         utf16("Comment " + name)] + [b""] * 9 +
                        [b"\xdeHASHHASHHASH"] * 2 + [b""] * 2))
    flags = 0x211 if more == "disabled" else 0x210
    value("F", 3, bytes(0x30) + struct.pack("<IIH", other, 513, flags) +
          bytes(22))
    key("Domains\\Account\\Users\\Names\\%s" %
        "".join(c for c in name if c.isalnum()))
    value("", rid, b"")


def main():
    sid, *accounts = sys.argv[1:]
    print("Windows Registry Editor Version 5.00")
    key("Domains")
    key("Domains\\Account")
    value("V", 3, table([b"", sid_bytes(sid), b"", b""]))
    key("Domains\\Account\\Users")
    key("Domains\\Account\\Users\\Names")
    key("Domains\\Builtin")
    key("Domains\\Builtin\\Aliases")
    for account in accounts:
        rid, _, name = account.partition("=")
        if rid.startswith("alias:"):
            rid = int(rid[6:])
            key("Domains\\Builtin\\Aliases\\%08X" % rid)
            value("C", 3, struct.pack("<I", rid) +
                  table([b"", utf16(name), utf16("Comment " + name), b""]))
        else:
            name, _, more = name.partition(":")
            user(int(rid), name, more)


main()
