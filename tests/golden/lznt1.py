"""How NTFS compresses; no program."""


def unpack(packed, length):
    """LZNT1, as MS-XCA has it, to that many bytes."""
    out, at = b"", 0
    while at + 2 <= len(packed) and (head := packed[at] | packed[at + 1] << 8):
        chunk = packed[at + 2:at + 3 + (head & 0xfff)]
        at += 3 + (head & 0xfff)
        plain, i = bytearray(), 0
        while head & 0x8000 and i < len(chunk):
            flags, i = chunk[i], i + 1
            for bit in range(8):
                if i >= len(chunk):
                    break
                if not flags >> bit & 1:
                    plain.append(chunk[i])
                    i += 1
                    continue
                pair, i = chunk[i] | chunk[i + 1] << 8, i + 2
                low = 12 - max(0, (len(plain) - 1).bit_length() - 4)
                for _ in range((pair & (1 << low) - 1) + 3):
                    plain.append(plain[-(pair >> low) - 1])
        out += (bytes(plain) if head & 0x8000 else chunk).ljust(4096, b"\0")
    return out[:length].ljust(length, b"\0")
