"""Makes a library's catalogues of words, GNU gettext's .po files, into one C table that m/words.h describes.

catalogue.py NAME OUT hi.po …: defines NAME_words in OUT; the language is the name of the file."""
import os
import re
import sys

ENTRY = re.compile(r'^msgid\s+((?:"(?:\\.|[^"\\])*"\s*)+)msgstr\s+((?:"(?:\\.|[^"\\])*"\s*)+)', re.M)


def joined(parts):
    return "".join(re.findall(r'"((?:\\.|[^"\\])*)"', parts))


def read(path):
    """English as C writes it → what is said. A text without words, as the head's, is none."""
    words = {}
    with open(path, encoding="utf-8") as file:
        source = re.sub(r"^#.*\n", "", file.read(), flags=re.M)
    for text, said in ((joined(a), joined(b)) for a, b in ENTRY.findall(source)):
        if text in words:
            sys.exit(f"{path}: twice: {text}")
        if text and said:
            words[text] = said
    if source.count("msgid") != len(ENTRY.findall(source)):
        sys.exit(f"{path}: an entry is not 'msgid \"…\"' and 'msgstr \"…\"'")
    return words


def by_bytes(text):
    return text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\").encode()


def main():
    name, out, *paths = sys.argv[1:]
    lines = ['#include "m/words.h"', ""]
    languages = [os.path.splitext(os.path.basename(path))[0] for path in paths]
    for language, path in zip(languages, paths):
        words = read(path)
        lines += [f"static const m_word {language}_words[] = {{"]
        lines += [f'    {{"{text}", "{words[text]}"}},' for text in sorted(words, key=by_bytes)]
        lines += ["};", f"static const m_words {language} = "
                  f'{{"{language}", {language}_words, sizeof {language}_words / sizeof(m_word)}};', ""]
    lines += [f"extern const m_words *const {name}_words[];",
              f"const m_words *const {name}_words[] = {{{', '.join('&' + x for x in languages)}, NULL}};", ""]
    with open(out, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    main()
