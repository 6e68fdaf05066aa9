"""Who may see whom: every #include of every source against the table in rooms.json."""
import os
import re

import arch

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(?:"([^"]+)"|<([^>]+)>)', re.M)


def room_of(path, rooms):
    """The innermost room that holds path."""
    holding = [r for r in rooms if path.startswith(r + "/")]
    return max(holding, key=len) if holding else None


def resolve(path, name, roots, known):
    """The file of the repository that an #include "name" in path means, or None."""
    folders = [os.path.dirname(path)] + roots
    for folder in folders:
        candidate = os.path.normpath(os.path.join(folder, name))
        if candidate in known:
            return candidate
    return None


def engine_of(header, engines):
    return next((e for e, pattern in engines.items() if re.match(pattern, header)), None)


def main():
    options = arch.arguments()
    table = arch.data("rooms.json")
    rooms, engines = table["rooms"], table["engines"]
    known = set(arch.sources(options.source))
    everywhere = sorted({os.path.dirname(p) for p in known if p.endswith(".h")}) + \
        [f"{lib}/{inner}" for lib in ("libm_protocols", "libm_adapters", "libfinance", "libwms", "libpeople")
         for inner in ("include", "src")]
    report = arch.Report()
    for path in sorted(known):
        room = room_of(path, rooms)
        if not report.check(room is not None, f"{path}: belongs to no room of rooms.json"):
            continue
        rule = rooms[room]
        roots = table["include_roots"].get(path.split("/")[0], everywhere)
        for quoted, angled in INCLUDE.findall(arch.code(arch.text(options.source, path), keep_strings=True)):
            if angled:
                engine = engine_of(angled, engines)
                report.check(engine is None or engine in rule["engines"],
                             f"{path}: <{angled}>: {room} may not see the engine {engine}")
                continue
            target = resolve(path, quoted, roots, known)
            if not report.check(target is not None, f'{path}: "{quoted}" is not in reach of {room}'):
                continue
            report.check(target.startswith(room + "/") or any((target + "/").startswith(s + "/") for s in rule["sees"]),
                         f'{path}: "{quoted}": {room} may not see {target}')
    for path in sorted(known):
        if path.startswith(("tests/", "host/src/boot/", "host/src/config/", "host/src/up/")):
            continue
        source = arch.code(arch.text(options.source, path), keep_strings=True)
        report.check(not re.search(r"\b(M_MODE|FRAMEWORK_MODE|MODE_INDIE|MODE_ENTERPRISE)\b", source),
                     f"{path}: only the starting rooms of the host may know M_MODE")
    report.finish()


main()
