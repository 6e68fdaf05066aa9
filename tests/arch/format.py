"""clang-format has nothing to change."""
import os
import re
import shutil
import subprocess

import arch


def main():
    options = arch.arguments()
    tool = shutil.which("clang-format")
    if not tool:
        arch.skip("clang-format is not installed")
    paths = arch.sources(options.source)
    report = arch.Report()
    wrong = {}
    for start in range(0, len(paths), 100):
        run = subprocess.run([tool, "--dry-run", "-ferror-limit=1", *paths[start:start + 100]], cwd=options.source,
                             capture_output=True, text=True, check=False)
        for path, line in re.findall(r"^(\S+?):(\d+):\d+: (?:warning|error)", run.stderr, re.M):
            wrong.setdefault(os.path.normpath(path), line)
        report.check(run.returncode == 0, f"clang-format failed: {run.stderr[:300]}")
    for path in paths:
        report.check(path not in wrong, f"{path}:{wrong.get(path)}: not formatted; run clang-format -i {path}")
    report.finish()


main()
