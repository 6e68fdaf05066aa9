"""Every source file is built: nothing lies about unused. Rooms named in the README exist."""
import os
import re

import arch

# Only a clang build makes them programs of their own; every other build replays them in unit tests.
ONLY_CLANG = re.compile(r"^tests/fuzz/\w+_fuzz\.c$")


def main():
    options = arch.arguments("build")
    built = set()
    for command in arch.compile_commands(options.build):
        path = os.path.normpath(os.path.join(command["directory"], command["file"]))
        built.add(os.path.relpath(path, options.source))
    report = arch.Report()
    for path in arch.sources(options.source, ".c"):
        report.check(path in built or ONLY_CLANG.match(path), f"{path}: is in no meson.build")
    readme = arch.text(options.source, "README.md")
    rooms = set(re.findall(r"(?<![\w/.])((?:libm_|lib|host|tests|script|subprojects)[\w/]*/)(?![\w.])", readme))
    for room in sorted(rooms):
        report.check(os.path.isdir(os.path.join(options.source, room)), f"README.md: there is no {room}")
    for path in sorted(set(re.findall(r"(?<![\w/.])((?:lib\w+|host|tests|script)/[\w/.-]+\w)", readme))):
        report.check(os.path.exists(os.path.join(options.source, path)) or path.startswith("host/business-m"),
                     f"README.md: there is no {path}")
    report.finish()


main()
