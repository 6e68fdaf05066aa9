"""cppcheck: errors, warnings, portability and performance findings are failures, but for the justified list in
cppcheck.supp. Bounded in time; a cache in the build directory makes the second run quick."""
import os
import re
import shutil
import subprocess

import arch

SECONDS = 280


def main():
    options = arch.arguments("build")
    tool = shutil.which("cppcheck")
    if not tool:
        arch.skip("cppcheck is not installed")
    cache = os.path.join(options.build, "cppcheck")
    os.makedirs(cache, exist_ok=True)
    paths = [p for p in arch.sources(options.source, ".c") if not p.startswith("tests/")]
    listing = os.path.join(cache, "files.txt")
    with open(listing, "w", encoding="utf-8") as file:
        file.write("\n".join(paths) + "\n")
    includes = [f"-I{lib}/{inner}" for lib in ("libm_protocols", "libm_adapters", "libfinance", "libwms", "libpeople")
                for inner in ("include", "src")]
    command = [tool, "-q", "-j2", "--std=c11", "--enable=warning,performance,portability", "--inline-suppr", "--max-configs=1",
               "-D_GNU_SOURCE", "-D__GNUC__=12", "-DcJSON_ArrayForEach(e,a)=for(e=(a)->child;e;e=(e)->next)", "--template={file}:{line}: {id}: {message}", "--error-exitcode=3",
               f"--suppressions-list={os.path.join(os.path.dirname(os.path.abspath(__file__)), 'cppcheck.supp')}",
               f"--cppcheck-build-dir={cache}", *includes, f"--file-list={listing}"]
    report = arch.Report()
    try:
        run = subprocess.run(command, cwd=options.source, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        arch.skip(f"cppcheck did not end in {SECONDS} s on this machine")
    findings = sorted(set(re.findall(r"^\S+:\d+: \w+: .*$", run.stderr + run.stdout, re.M)))
    wrong = {f.split(":")[0] for f in findings}
    for path in paths:
        report.check(path not in wrong, "\n".join(f for f in findings if f.split(":")[0] == path))
    for finding in findings:
        if finding.split(":")[0] not in paths:
            report.check(False, finding)
    report.check(run.returncode in (0, 3), f"cppcheck failed: {run.stderr[:500]}")
    report.finish()


main()
