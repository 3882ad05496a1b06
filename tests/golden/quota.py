#!/usr/bin/python3
"""Compare quotas in answers and in a report with those read from $Quota here.

usage: quota.py FOLDER SID

FOLDER has the attributes of $Quota:$Q as the sleuthkit reads them (q.root,
q.blocks), answers to queries by class, and report.json.  SID is the
computer's.  Prints a line for each fact.
"""

import json
import os
import struct
import sys

import facts
from facts import check as ok

NONE = 2 ** 64 - 1
HOSTILE = '<i>"\\=1+1|\x1b[31m\u202e'


def sid_text(b):
    n = b[1]
    return "-".join(["S-1", str(int.from_bytes(b[2:8], "big"))] +
                    [str(x) for x in struct.unpack_from("<%dI" % n, b, 8)])


def entries(node, at):
    """The entries from the index header at `at' on: [(key, data)]."""
    first, end = struct.unpack_from("<II", node, at)
    pos, stop = at + first, at + end
    while pos < stop:
        data_at, data_n = struct.unpack_from("<HH", node, pos)
        size, key_n, flags = struct.unpack_from("<HHH", node, pos + 8)
        if flags & 2:
            return
        yield (node[pos + 16:pos + 16 + key_n],
               node[pos + data_at:pos + data_at + data_n])
        pos += size


def fixed(block):
    """The block with the last two bytes of each sector put back."""
    out = bytearray(block)
    at, n = struct.unpack_from("<HH", block, 4)
    for i in range(1, n):
        out[i * 512 - 2:i * 512] = block[at + 2 * i:at + 2 * i + 2]
    return bytes(out)


def read_quotas(folder):
    root = open(folder + "/q.root", "rb").read()
    found = list(entries(root, 16))
    if os.path.exists(folder + "/q.blocks"):
        blocks = open(folder + "/q.blocks", "rb").read()
        for i in range(0, len(blocks), 4096):
            if blocks[i:i + 4] == b"INDX":
                found += entries(fixed(blocks[i:i + 4096]), 24)
    ret = {}
    for key, data in found:
        version, flags, used, changed, threshold, limit, exceeded = \
            struct.unpack_from("<IIQQQQQ", data)
        ret[struct.unpack("<I", key)[0]] = {
            "flags": flags, "used": used, "threshold": threshold,
            "limit": limit,
            "sid": sid_text(data[48:]) if len(data) > 48 else None}
    return ret


def status(q):
    signed = lambda n: n < 2 ** 63
    return (2 if signed(q["limit"]) and q["used"] > q["limit"] else
            1 if signed(q["threshold"]) and q["used"] > q["threshold"] else 0)


def main():
    folder, sid = sys.argv[1:]
    quotas = read_quotas(folder)
    users = {k: q for k, q in quotas.items() if k != 1 and not q["flags"] & 4}
    load = lambda name: json.load(open("%s/%s.json" % (folder, name),
                                       encoding="utf-8"))
    names = {sid + "-1001": ("SAMPLE-PC", "countess"),
             sid + "-1002": ("SAMPLE-PC", sid + "-1002"),
             sid + "-1005": ("SAMPLE-PC", "Bob"),
             sid + "-1007": ("SAMPLE-PC", sid + "-1007"),
             sid + "-1010": ("SAMPLE-PC", HOSTILE),
             "S-1-5-18": ("SAMPLE-PC", "SYSTEM"),
             "S-1-5-19": ("SAMPLE-PC", "LOCAL SERVICE"),
             "S-1-5-21-9-8-7-1001": ("", "S-1-5-21-9-8-7-1001"),
             "S-1-5-32-544": ("SAMPLE-PC", "Administrateurs")}
    setting = [s for s in load("Win32_QuotaSetting")
               if s["VolumePath"] == "C:\\"][0]
    report = load("report")
    volume = [v for v in report["volumes"]
              if any(p["path"] == "C:\\" for p in v["accessPaths"])][0]
    rows = [r for r in load("Win32_VolumeUserQuota")
            if r["Volume"]["DeviceID"] == volume["volumeNames"][0]]

    ok("the second reader finds what was written", len(quotas), 11)
    ok("each user's figures", sorted(
        (r["Account"]["Domain"], r["Account"]["Name"], r["DiskSpaceUsed"],
         r["WarningLimit"], r["Limit"], r["Status"]) for r in rows),
       sorted(names[q["sid"]] + (q["used"], q["threshold"], q["limit"],
                                 status(q)) for q in users.values()))
    ok("no limit is the largest number",
       [r["Limit"] for r in rows if r["Account"]["Name"] == "Bob"], [NONE])
    ok("the setting of the volume",
       (setting["State"], setting["Caption"], setting["DefaultLimit"],
        setting["DefaultWarningLimit"], setting["ExceededNotification"],
        setting["WarningExceededNotification"]),
       (2, "C:", quotas[1]["limit"], quotas[1]["threshold"], True, True))

    accounts = {a["SID"]: a for a in load("Win32_Account")}
    pick = lambda s, *keys: tuple(accounts[s][k] for k in keys)
    ok("an account of the SAM",
       pick(sid + "-1001", "Caption", "Description", "LocalAccount", "SIDType",
            "Status"),
       ("SAMPLE-PC\\countess", "Comment countess", True, 1, "OK"))
    ok("one that is disabled", pick(sid + "-1005", "Status"), ("Degraded",))
    ok("one without a quota", pick(sid + "-1006", "Name"), ("Eve",))
    ok("a group by its name in this Windows", pick("S-1-5-32-544", "Name",
       "SIDType"), ("Administrateurs", 4))
    ok("a well-known account", pick("S-1-5-18", "Name", "SIDType", "Status"),
       ("SYSTEM", 5, "OK"))
    ok("one that the SAM has lost, and whose profile is there",
       pick(sid + "-1002", "Name", "LocalAccount", "SIDType", "Status",
            "Description"),
       (sid + "-1002", True, 8, "Unknown",
        "an account of this computer that its SAM does not have; its profile "
        "is C:\\Users\\Grace"))
    ok("a SID of another computer",
       pick("S-1-5-21-9-8-7-1001", "LocalAccount", "SIDType", "Status"),
       (None, 8, "Unknown"))

    quota = volume["quota"]
    listed = {u["ownerId"]: u for u in quota["users"]}
    null = lambda n: n if n < 2 ** 63 else None
    ok("the report has all entries, deleted ones too",
       {k: (u["sid"], u["used"], u["warningLimit"], u["limit"], u["deleted"],
            ["ok", "warning", "exceeded"].index(u["status"]))
        for k, u in listed.items()},
       {k: (q["sid"], q["used"], null(q["threshold"]), null(q["limit"]),
            bool(q["flags"] & 4), status(q))
        for k, q in quotas.items() if k != 1})
    ok("and the defaults", (quota["state"], quota["defaults"]["limit"],
                            quota["defaults"]["warningLimit"]),
       ("enforced", quotas[1]["limit"], quotas[1]["threshold"]))
    ok("names say where they are from",
       [[(n["name"], n["source"], n["installation"]) for n in
         listed[k]["names"]] for k in (0x100, 0x101, 0x102, 0x105, 0x106)],
       [[("Administrateurs", "sam", "windows0")],
        [("countess", "sam", "windows0")],
        [("Grace", "profile-directory", "windows0")],
        [("SYSTEM", "well-known", None)], []])
    data = open(folder + "/machine/disk0.raw", "rb").read()
    cited = lambda c: data[c["offset"]:c["offset"] + c["length"]]
    # What a fix-up of the node has taken away is cited behind.
    ok("citations are the entries",
       {k: cited(u["citations"][0])[16:20] for k, u in listed.items()},
       {k: struct.pack("<I", k) for k in quotas if k != 1})
    ok("and those of names the records of the SAM",
       [cited(c)[:2] for c in listed[0x101]["names"][0]["citations"]],
       [b"nk", b"vk", b"vk"])

    found = {}
    for f in report["findings"]:
        found.setdefault(f["code"], []).append(f["message"])
    ok("indexes that contradict each other are told",
       [m.split(": ", 1)[1] for m in found.get("CM0331", [])],
       ["1 entry of \\$Extend\\$Quota:$Q without a counterpart in $O; the first "
        "is S-1-5-19 with the owner id 264."])
    ok("who logs on as another is told",
       [("Eve" in m, "RID 500" in m) for m in found.get("CM0462", [])],
       [(True, True), (False, False)])
    ok("the computer has its SID", report["installations"][0]["computerSid"],
       sid)
    users = {u["name"]: u for u in report["users"]}
    ada = users["Ada Lovelace"]
    ok("users of the report have the names of their accounts",
       (ada["accountName"], ada["accounts"][0]["nameSource"],
        ada["accounts"][0]["fullName"], ada["accounts"][0]["disabled"],
        users["Grace"]["accountName"]),
       ("countess", "sam", "Full countess", False, None))
    ok("cited in the SAM", any("config\\SAM" in (c["file"] or "")
                               for c in ada["accounts"][0]["citations"]), True)
    text = open(folder + "/report.json", encoding="utf-8").read()
    ok("no hash is told", "HASH" in text or "dehash" in text.lower() or
       "4841534848415348" in text, False)
    sys.exit(facts.failed)


main()
