#!/usr/bin/python3
"""Write what hivexregedit exported as regedit.exe would have.

usage: regedit.py HEADER ENCODING < EXPORT > TEXT

Texts in quotes, bytes over several lines, and the encoding: HEADER is 5 or 4;
with 4, data of text types is in one byte a character.  Or HEADER is txt: what
regedit exports for people.
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


TYPES = ["REG_NONE", "REG_SZ", "REG_EXPAND_SZ", "REG_BINARY", "REG_DWORD",
         "REG_DWORD_BIG_ENDIAN", "REG_LINK", "REG_MULTI_SZ"]


def shown(byte):
    return chr(byte) if 0x20 <= byte < 0x7f else "."


def dumped(data):
    """The lines of a dump: offset, two times eight bytes, their letters."""
    for at in range(0, len(data), 16):
        row = data[at:at + 16]
        digits = [f"{b:02x}" for b in row]
        text = " ".join(digits[:8])
        if len(row) > 8:
            text += " - " + " ".join(digits[8:])
        yield f"{at:08x}   {text:<49}  {''.join(map(shown, row))}"


def people_value(number, name, kind, data):
    word = TYPES[kind] if kind < len(TYPES) else "REG_UNKNOWN"
    lines = [f"Value {number}", f"  Name:            {name or '<NO NAME>'}",
             f"  Type:            {word}"]
    head = "  Data:            "
    if kind in (1, 2):
        text = data.decode("utf-16-le", "replace")
        return lines + [head + text.split("\0")[0], ""]
    if kind == 7:
        texts = [t for t in data.decode("utf-16-le", "replace").split("\0")
                 if t]
        return lines + [head + ("\r\n" + " " * 19).join(texts), ""]
    if kind == 4 and len(data) == 4:
        return lines + [f"{head}{int.from_bytes(data, 'little'):#x}", ""]
    return lines + [head] + list(dumped(data)) + [""]


def for_people(lines):
    number = 0
    for line in lines:
        if line.startswith("["):
            number = 0
            yield f"Key Name:          {line[1:-1]}"
            yield "Class Name:        <NO CLASS>"
            yield "Last Write Time:   11/30/2021 - 8:59 PM"
            continue
        name, data = re.match(r'(@|".*")=(.*)$', line).groups() \
            if line else ("", "")
        if not line:
            yield ""
        elif data.startswith("dword:"):
            value = int(data[6:], 16).to_bytes(4, "little")
            yield from people_value(number, unquoted(name), 4, value)
        else:
            kind, digits = re.match(r"hex\(([0-9a-f]+)\):(.*)$",
                                    data).groups()
            yield from people_value(number, unquoted(name), int(kind, 16),
                                    bytes.fromhex(digits.replace(",", "")))
        number += bool(line)


def unquoted(name):
    if name == "@":
        return ""
    return re.sub(r"\\(.)", r"\1", name[1:-1])


def main():
    header, encoding = sys.argv[1:]
    if header == "txt":
        write(for_people(sys.stdin.buffer.read().decode("utf-8")
                         .split("\n")[2:]), encoding)
        return
    out = [HEADERS[header], ""]
    for line in sys.stdin.buffer.read().decode("utf-8").split("\n")[2:]:
        match = re.match(r'(@|".*")=hex\(([0-9a-f]+)\):([0-9a-f,]*)$', line)
        if match is None:
            out.append(line)
            continue
        name, kind, digits = match.groups()
        out += value_lines(name, int(kind, 16),
                           bytes.fromhex(digits.replace(",", "")), header)
    write(out, encoding)


def write(lines, encoding):
    text = "\r\n".join(lines)
    if encoding == "utf-16":
        text = "\ufeff" + text
        encoding = "utf-16-le"
    sys.stdout.buffer.write(text.encode(encoding, "replace"))


if __name__ == "__main__":
    main()
