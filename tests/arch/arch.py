"""What the tests of the house's shape share: the tracked sources, C text without comments, and a report.

Every test prints its findings and ends with "Checks: N, Failures: F, Errors: 0"; the exit status is 1
when something was found and 77 when the test could not run here (meson counts that as skipped)."""
import argparse
import json
import os
import re
import subprocess
import sys

SKIPPED = 77


class Report:
    def __init__(self):
        self.checks = 0
        self.failures = []

    def check(self, good, finding):
        self.checks += 1
        if not good:
            self.failures.append(finding)
        return good

    def finish(self):
        for finding in self.failures:
            print(finding)
        print(f"Checks: {self.checks}, Failures: {len(self.failures)}, Errors: 0")
        sys.exit(1 if self.failures else 0)


def skip(reason):
    print(f"SKIP: {reason}")
    sys.exit(SKIPPED)


def arguments(*names):
    """--source is always there; names are further options."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", required=True, help="root of the repository")
    for name in names:
        parser.add_argument("--" + name, required=True)
    return parser.parse_args()


def files(root):
    """Paths of the repository's files, relative to root: what git tracks or would track."""
    try:
        listed = subprocess.run(["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
                                capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = []
        for folder, inner, names in os.walk(root):
            inner[:] = [d for d in inner if not d.startswith((".", "build"))]
            listed += [os.path.relpath(os.path.join(folder, n), root) for n in names]
    return sorted(p for p in listed if p and os.path.isfile(os.path.join(root, p)))


def sources(root, *endings):
    return [p for p in files(root) if p.endswith(endings or (".c", ".h"))]


def text(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


TOKEN = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)


def code(source, keep_strings=False):
    """C text whose comments (and the insides of literals) are blanks; lines stay where they are."""
    def blank(match):
        token = match.group()
        if token[0] in "\"'":
            return token if keep_strings else token[0] + re.sub(r"[^\n]", " ", token[1:-1]) + token[-1]
        return re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(blank, source)


def line_of(source, position):
    return source.count("\n", 0, position) + 1


def data(name):
    """A data file of this folder: JSON."""
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return json.load(file)


def exceptions(root):
    """Known breaches; the list may only shrink."""
    return json.loads(text(root, "tests/arch/exceptions.json"))


def compile_commands(build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        return json.load(file)
