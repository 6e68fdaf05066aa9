"""Files of at most 800 lines, functions of at most 70, lines of at most 100 columns. Tables are exempt:
files that are data (…_type.c, …_types.c, errors.c, …_cases.h) and initialisers, which are no functions."""
import re

import arch

FILE_LINES, FUNCTION_LINES = 800, 70
TABLES = re.compile(r"(_types?|errors|_errors|_cases|roles|chart)\.[ch]$")


def functions(source):
    """(name, first line, lines) of every function: the braces stand in column 0."""
    lines = arch.code(source).split("\n")
    start = name = None
    for number, line in enumerate(lines, 1):
        if line.startswith("{"):
            head = " ".join(lines[max(0, number - 8):number - 1])
            names = re.findall(r"(\w+)\s*\(", head[max(head.rfind(";"), head.rfind("}"), head.rfind(">")) + 1:])
            start, name = number, names[0] if names else "?"
        elif line.startswith("}") and start is not None:
            yield name, start, number - start + 1
            start = None


def main():
    options = arch.arguments()
    allowed = arch.exceptions(options.source)
    long_files, long_functions = dict(allowed["long_files"]), dict(allowed["long_functions"])
    report = arch.Report()
    for path in arch.sources(options.source):
        source = arch.text(options.source, path)
        count = source.count("\n")
        limit = long_files.pop(path, FILE_LINES)
        if limit > FILE_LINES:
            report.check(FILE_LINES < count <= limit, f"{path}: has {count} lines; exceptions.json says {limit}")
        elif not TABLES.search(path):
            report.check(count <= FILE_LINES, f"{path}: {count} lines, {FILE_LINES} at most")
        for name, line, length in functions(source):
            key = f"{path}:{name}"
            limit = long_functions.pop(key, FUNCTION_LINES)
            if limit > FUNCTION_LINES:
                report.check(FUNCTION_LINES < length <= limit, f"{key}: has {length} lines; exceptions.json says {limit}")
            else:
                report.check(length <= FUNCTION_LINES, f"{path}:{line}: {name} has {length} lines, {FUNCTION_LINES} at most")
    for entry in [*long_files, *long_functions]:
        report.check(False, f"exceptions.json: {entry} does not exist any more: remove the entry")
    report.finish()


main()
