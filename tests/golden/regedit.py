#!/usr/bin/python3
"""Write what hivexregedit exported as regedit.exe would have.

usage: regedit.py HEADER ENCODING < EXPORT > TEXT

Texts in quotes, bytes over several lines, and the encoding: HEADER is 5 or 4;
with 4, data of text types is in one byte a character.
"""

import re
import sys

HEADERS = {"5": "Windows Registry Editor Version 5.00", "4": "REGEDIT4"}


def wrapped(head, data):
    """The lines of hexadecimal data, broken behind a comma."""
    line, lines = head, []
    for i, byte in enumerate(data):
        item = f"{byte:02x}" + ("," if i + 1 < len(data) else "")
        if len(line) + len(item) > 77:
            lines.append(line + "\\")
            line = "  "
        line += item
    return lines + [line]


def value_lines(name, kind, data, header):
    text = None
    if kind == 1 and len(data) % 2 == 0 and data.endswith(b"\0\0"):
        try:
            text = data[:-2].decode("utf-16-le")
        except UnicodeDecodeError:
            pass
    # A NUL inside, or what the target encoding lacks, stays in bytes.
    if text is not None and not re.search(r"[\0-\x08\x0b-\x1f]", text) and \
            (header == "5" or text.isascii()):
        text = text.replace("\\", "\\\\").replace('"', '\\"')
        return [f'{name}="{text}"']
    if kind in (1, 2, 7) and header == "4":
        data = data.decode("utf-16-le", "replace").encode("latin-1", "replace")
    word = "hex:" if kind == 3 else f"hex({kind:x}):"
    return wrapped(f"{name}={word}", data)


def main():
    header, encoding = sys.argv[1:]
    out = [HEADERS[header], ""]
    for line in sys.stdin.buffer.read().decode("utf-8").split("\n")[2:]:
        match = re.match(r'(@|".*")=hex\(([0-9a-f]+)\):([0-9a-f,]*)$', line)
        if match is None:
            out.append(line)
            continue
        name, kind, digits = match.groups()
        out += value_lines(name, int(kind, 16),
                           bytes.fromhex(digits.replace(",", "")), header)
    text = "\r\n".join(out)
    if encoding == "utf-16":
        text = "\ufeff" + text
        encoding = "utf-16-le"
    sys.stdout.buffer.write(text.encode(encoding, "replace"))


if __name__ == "__main__":
    main()
