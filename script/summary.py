"""Says where the time went, adds up what the test programs report and prints the one closing line. Arguments: the logs of
the runs; a log that is not there is a run that failed."""
import json
import re
import sys

LONGEST = 10
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


def tell_times(path, runs):
    """How long the run took, and its longest programs: seconds, and when they began in it."""
    began = min((r["starttime"] for r in runs), default=0)
    took = max((r["starttime"] + r["duration"] for r in runs), default=began) - began
    print(f"{path.split('/', maxsplit=1)[0]}: {len(runs)} programs, {took:.0f} s. The longest (s, began after s):")
    for r in sorted(runs, key=lambda r: -r["duration"])[:LONGEST]:
        print(f"  {r['duration']:6.0f} {r['starttime'] - began:6.0f}  {r['name'].rsplit(' / ', maxsplit=1)[-1]}")


for path in sys.argv[1:]:
    try:
        with open(path, encoding="utf-8") as log:
            programs = [json.loads(line) for line in log]
            tell_times(path, programs)
            for program in programs:
                add(program)
    except FileNotFoundError:
        print(f"{path} is not there: the tests did not run")
        failed += 1
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
