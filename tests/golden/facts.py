"""What the tests share that print a line for each fact; no program."""

failed = False


def check(name, got, want):
    global failed
    print("ok" if got == want else "not ok", name)
    if got == want:
        return
    failed = True
    if isinstance(got, dict) and isinstance(want, dict):
        got, want = ({k: a[k] for k in a if k not in b or a[k] != b[k]}
                     for a, b in ((got, want), (want, got)))
    print("# got:    %.2000r\n# wanted: %.2000r" % (got, want))


def expected(path):
    """The lines of the builder's table: [(kind, name, {field: value})]."""
    rows = []
    for line in open(path, encoding="utf-8"):
        kind, name, *fields = line.rstrip("\n").split("\t")
        rows.append((kind, name, dict(f.split("=", 1) for f in fields
                                      if "=" in f)))
    return rows
