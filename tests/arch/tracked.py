"""Files of the repository hold no paths of the machine they were written on, no names of package registries, no
unfinished marks and no big blobs."""
import os
import re

import arch

PATTERNS = {
    # Character classes keep the patterns from finding themselves.
    "path of a private machine": re.compile(r"(?<![\w.])/(wor[k]|hom[e]/\w|Use[r]s/\w|roo[t]/\w|workspac[e])(/|\b)"),
    "host of a package registry": re.compile(r"registr[y]\.[a-z]+\.|npmj[s]\.|pyp[i]\.org|crate[s]\.io|rubygem[s]\.org|"
                                             r"prox[y]\.golang|files\.pythonhoste[d]|de[b]\.debian\.org|docke[r]\.io"),
    "unfinished mark": re.compile(r"\b(TOD[O]|FIXM[E])\b"),
    "private key": re.compile(r"-----BEGI[N] [A-Z ]*PRIVATE KEY"),
}
BYTES = 1 << 20
GENERATED = 2 << 20  # the golden texts grow with every document type


def main():
    options = arch.arguments()
    report = arch.Report()
    for path in arch.files(options.source):
        size = os.path.getsize(os.path.join(options.source, path))
        limit = GENERATED if path.startswith("tests/golden/") else BYTES
        if not report.check(size <= limit, f"{path}: {size} bytes, {limit} at most"):
            continue
        with open(os.path.join(options.source, path), "rb") as file:
            raw = file.read()
        if not report.check(b"\0" not in raw, f"{path}: is not text"):
            continue
        source = raw.decode("utf-8", errors="replace")
        report.check("\ufffd" not in source or path.startswith("tests/"), f"{path}: is not UTF-8")
        report.check("\r" not in source or path.startswith("tests/"), f"{path}: has carriage returns")
        report.check(not source or source.endswith("\n"), f"{path}: does not end with a line end")
        for what, pattern in PATTERNS.items():
            found = pattern.search(source)
            report.check(not found, f"{path}:{arch.line_of(source, found.start()) if found else 0}: {what}: "
                                    f"{found.group() if found else ''}")
    report.finish()


main()
