"""Every header compiles alone, as C11 and with the project's warnings."""
import os
import shlex
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import arch

FLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-Wstrict-prototypes", "-Wshadow", "-Wundef",
         "-Wno-unused-function", "-Wno-missing-field-initializers", "-fsyntax-only", "-x", "c"]


def include_paths(root, build):
    """The include options of the whole build, each once."""
    found = {}
    for command in arch.compile_commands(build):
        words = shlex.split(command["command"])
        for i, word in enumerate(words):
            path = word[2:] if word.startswith("-I") else words[i + 1] if word == "-isystem" else ""
            if path:
                found[os.path.normpath(os.path.join(command["directory"], path))] = None
    return [f"-I{p}" for p in found if os.path.isdir(p)] + \
        [f"-I{root}/{lib}/include" for lib in ("libm_protocols", "libm_adapters")]


def main():
    options = arch.arguments("build")
    compiler = shlex.split(os.environ.get("CC", "cc"))
    headers = arch.sources(options.source, ".h")
    paths = include_paths(options.source, options.build)
    report = arch.Report()

    def compile_alone(header):
        with tempfile.NamedTemporaryFile("w", suffix=".c") as unit:
            unit.write(f'#include "{os.path.join(options.source, header)}"\nint unit_is_not_empty;\n')
            unit.flush()
            folder = os.path.dirname(os.path.join(options.source, header))
            return header, subprocess.run([*compiler, *FLAGS, f"-I{folder}", *paths, unit.name],
                                          capture_output=True, text=True, check=False)
    with ThreadPoolExecutor(2) as pool:
        for header, run in pool.map(compile_alone, headers):
            report.check(run.returncode == 0, f"{header}: does not compile alone\n{run.stderr[:1500]}")
    report.finish()


main()
