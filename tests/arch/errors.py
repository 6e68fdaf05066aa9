"""Error catalogues: every code is declared once, carries its library's prefix, and has a message, a hint and a
status; every refusal of the domain libraries is named by a test."""
import re

import arch

ENTRY = re.compile(r'\{\s*"((?:core|finance|wms|people|[a-z]+)(?:\.[a-z0-9_]+)+)"\s*,\s*(M_[A-Z_]+)\s*,\s*'
                   r'((?:"(?:\\.|[^"\\])*"\s*|\w+\s*)+),\s*((?:"(?:\\.|[^"\\])*"\s*|NULL)+)', re.S)
# The keepers' refusals belong to the domain whose books they keep.
PREFIXES = {
    "libm_protocols": ("core.", "finance.", "wms."),
    "libm_adapters": ("core.",),
    "libfinance": ("finance.",),
    "libwms": ("wms.",),
    "libpeople": ("people.",),
    "host": ("core.", "host.", "http."),
}
DOMAINS = ("libfinance", "libwms", "libpeople")
NAMED = re.compile(r'"((?:finance|wms|people)(?:\.[a-z0-9_]+)+)\\?"')  # also inside JSON in a C string


def named_by_tests(root):
    """Codes that a test writes as a string. Goldens hold every code there is, so they show nothing."""
    named = set()
    for path in arch.sources(root, ".c", ".h", ".py"):
        if path.startswith("tests/") and not path.startswith("tests/golden/"):
            source = arch.text(root, path)
            named.update(NAMED.findall(source if path.endswith(".py") else arch.code(source, keep_strings=True)))
    return named


def main():
    options = arch.arguments()
    report = arch.Report()
    declared = {}
    tested = named_by_tests(options.source)
    for path in arch.sources(options.source, ".c", ".h"):
        room = path.split("/")[0]
        if room not in PREFIXES:
            continue
        source = arch.code(arch.text(options.source, path), keep_strings=True)
        if "m_error_def" not in source:
            continue
        for match in ENTRY.finditer(source):
            name, status, message, hint = match.groups()
            where = f"{path}:{arch.line_of(source, match.start())}: {name}"
            report.check(name not in declared, f"{where}: declared before, in {declared.get(name)}")
            declared[name] = where
            report.check(name.startswith(PREFIXES[room]), f"{where}: codes of {room} start with {PREFIXES[room]}")
            report.check(message.strip() not in ('""', "NULL"), f"{where}: no message")
            report.check(hint.strip() not in ('""', "NULL"), f"{where}: no hint")
            report.check(room not in DOMAINS or name in tested, f"{where}: no test names it")
            report.check(message.count("%s") <= 1, f"{where}: at most one %s in a message")
    report.check(len(declared) >= 25, "no catalogue was found: is the pattern still right?")
    report.finish()


if __name__ == "__main__":
    main()
