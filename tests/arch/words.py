"""Words that may not occur: float types, unsafe C functions, and in libraries whatever ends the process,
prints or reads the environment."""
import re

import arch

FLOAT = re.compile(r"\b(float|double)\b")
BANNED = re.compile(r"\b(gets|strcpy|strcat|sprintf|vsprintf|sscanf|vsscanf|strtok|atoi|atol|atoll|atof|alloca|"
                    r"system|popen|mktemp|tmpnam|strncpy|strncat)\s*\(")
LIBRARY = re.compile(r"\b(abort|exit|_exit|quick_exit|printf|vprintf|puts|putchar|perror|getenv|secure_getenv|"
                     r"setenv|putenv)\s*\(|\b(stdout|stderr|environ)\b")
LIBRARIES = ("libm_protocols/", "libm_adapters/", "libfinance/", "libwms/", "libpeople/")


def main():
    options = arch.arguments()
    allowed = dict(arch.exceptions(options.source)["library_calls"])
    report = arch.Report()
    for path in arch.sources(options.source):
        source = arch.code(arch.text(options.source, path))

        def absent(pattern, why, path=path, source=source):
            found = [m for m in pattern.finditer(source) if allowed.pop(f"{path}:{m.group(m.lastindex or 0)}", 0) == 0]
            report.check(not found, "\n".join(
                f"{path}:{arch.line_of(source, m.start())}: {m.group().strip(' (')}: {why}" for m in found))
        if not path.startswith("tests/bench/"):
            absent(FLOAT, "no binary floating point anywhere")
        absent(BANNED, "banned (reliability rules): use a bounded function")
        if path.startswith(LIBRARIES):
            absent(LIBRARY, "libraries never end the process, print or read the environment")
    for entry in allowed:
        report.check(False, f"exceptions.json: {entry} does not occur any more: remove the entry")
    report.finish()


main()
