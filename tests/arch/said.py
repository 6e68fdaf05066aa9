"""Words of other languages: a catalogue says what its room says and nothing else, every refusal has its words, and
places for values stay as they are. What metadata says is held against the catalogues by said_test.c."""
import os
import re
import sys

import arch
from errors import ENTRY

ROOMS = {"libm_protocols": (), "libm_adapters": ("libm_protocols",), "libfinance": ("libm_protocols",),
         "libwms": ("libm_protocols",), "libpeople": ("libm_protocols",), "host": ("libm_protocols", "libm_adapters")}
TOLD = ("libm_protocols", "libfinance", "libwms", "libpeople")  # refuse what people enter
LITERALS = re.compile(r'(?:"(?:\\.|[^"\\\n])*"\s*)+')
# What a refusal adds about the case at hand; a single word is a name of something.
FAIL = re.compile(r"\bm_(?:field_)?fail\(([^;]*);")
OURS = re.compile(r"m_err_(?:internal|memory|overflow|unsupported)")
VALUES = re.compile(r"%[-+#0-9.*]*(?:hh|h|ll|l|z|j)?[a-zA-Z]|%%")
LETTERS = {"hi": re.compile("[\u0900-\u097f]")}


def joined(literals):
    return "".join(re.findall(r'"((?:\\.|[^"\\])*)"', literals))


def catalogues(root):
    """room → language → English → what is said"""
    sys.path.insert(0, os.path.join(root, "libm_protocols", "words"))
    from catalogue import read  # pylint: disable=import-outside-toplevel
    found = {}
    for room in ROOMS:
        folder = os.path.join(root, room, "words")
        found[room] = {name[:-3]: read(os.path.join(folder, name)) for name in sorted(os.listdir(folder))
                       if name.endswith(".po")}
    return found


def details(source):
    for told in FAIL.findall(source):
        if not OURS.search(told):
            yield from (text for text in map(joined, LITERALS.findall(told))
                        if " " in text and re.search("[a-z]{2}", VALUES.sub("", text)))


def is_said(text, literals):
    """As one literal, or begun by one where a macro says the rest."""
    return text in literals or any(len(part) > 10 and text.startswith(part) for part in literals)


def main():
    options = arch.arguments()
    report = arch.Report()
    words = catalogues(options.source)
    languages = words["libm_protocols"].keys()
    said = {room: set() for room in ROOMS}
    refusals = {room: set() for room in ROOMS}
    for path in arch.sources(options.source, ".c", ".h"):
        room = path.split("/")[0]
        if room not in ROOMS:
            continue
        source = arch.code(arch.text(options.source, path), keep_strings=True)
        said[room].update(joined(literals) for literals in LITERALS.findall(source))
        if room in TOLD:
            refusals[room].update(details(source))
        if "m_error_def" in source:
            refusals[room].update(joined(text) for entry in ENTRY.findall(source) for text in entry[2:])
    everywhere = set().union(*said.values())
    for room, below in ROOMS.items():
        report.check(words[room].keys() == languages, f"{room}/words: not the same languages as libm_protocols")
        mine = everywhere if room == "libm_protocols" else said[room].union(*(said[other] for other in below))
        for language, catalogue in words[room].items():
            where = f"{room}/words/{language}.po"
            known = set(catalogue).union(*(words[other][language] for other in below))
            for text in sorted(refusals[room] - known):
                report.check(not re.search("[a-z]", text), f"{where}: a refusal has no words: {text}")
            for text, other in catalogue.items():
                report.check(is_said(text, mine), f"{where}: nobody says: {text}")
                report.check(VALUES.findall(text) == VALUES.findall(other), f"{where}: other places for values: {text}")
                report.check(LETTERS[language].search(other) or not re.search("[A-Za-z]{3}", text.replace("%s", "")),
                             f"{where}: not in its own letters: {text}")
    report.check(sum(len(r) for r in refusals.values()) > 500, "no refusals were found: is the pattern still right?")
    report.finish()


main()
