"""Adds up what the test programs report and prints the one closing line."""
import json
import re
import sys

passed = failed = 0
with open(sys.argv[1], encoding="utf-8") as log:
    for line in log:
        run = json.loads(line)
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
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
