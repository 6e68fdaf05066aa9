"""Adds up what the test programs report and prints the one closing line. Arguments: the logs of the runs; a log that
is not there is a run that failed."""
import json
import re
import sys

passed = failed = 0


def add(run):
    """One test program: its checks, or itself when it counts none."""
    global passed, failed
    text = (run.get("stdout") or "") + (run.get("stderr") or "")
    checks = [tuple(map(int, m)) for m in re.findall(r"Checks: (\d+), Failures: (\d+), Errors: (\d+)", text)]
    good = sum(c - f - e for c, f, e in checks)
    bad = sum(f + e for _, f, e in checks)
    if not checks:
        good = 1
    if run["result"] not in ("OK", "SKIP") and bad == 0:
        bad, good = 1, max(0, good - 1)
    if run["result"] == "SKIP":
        good = 0
    passed += good
    failed += bad


for path in sys.argv[1:]:
    try:
        with open(path, encoding="utf-8") as log:
            for line in log:
                add(json.loads(line))
    except FileNotFoundError:
        print(f"{path} is not there: the tests did not run")
        failed += 1
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
