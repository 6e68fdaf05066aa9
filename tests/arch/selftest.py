"""The control of the other tests: a small house with one breach of each rule, which each test must find, and the
same house without it, which each must pass."""
import json
import os
import subprocess
import sys
import tempfile

import arch

HERE = os.path.dirname(os.path.abspath(__file__))
LONG = "int long_one(void);\nint long_one(void)\n{\n" + "    ;\n" * 70 + "    return 0;\n}\n"
# test: path and text that break its rule
BREACHES = {
    "rooms": [("libwms/src/a.c", '#include "finance/finance.h"\n'), ("libfinance/src/a.c", "#include <libpq-fe.h>\n"),
              ("host/src/http/a.c", '#include "../identity/identity.h"\n'), ("libwms/src/b.c", 'const char *m = "M_MODE";\n')],
    "lengths": [("libwms/src/a.c", LONG), ("libwms/src/b.c", "\n" * 801)],
    "words": [("libwms/src/a.c", "static do" + "uble rate;\n"), ("host/src/a.c", "void f(char *a) { str" + "cpy(a, a); }\n"),
              ("libfinance/src/a.c", "void f(void) { ab" + "ort(); }\n")],
    "errors": [("libwms/src/a.c", 'const m_error_def e = {"finance.a.b", M_INVALID, "Wrong.", "Mend it."};\n'),
               ("libwms/src/b.c", 'const m_error_def e = {"wms.a.b", M_INVALID, "Wrong.", ""};\n'),
               ("libwms/src/c.c", 'const m_error_def e = {"wms.a.0", M_INVALID, "Wrong.", "Mend it."};\n'),
               ("libwms/src/d.c", 'const m_error_def e = {"wms.a.untested", M_INVALID, "Wrong.", "Mend it."};\n'),
               ("tests/a.py", 'refused("wms.a.0")\n')],
    "tracked": [("README.md", "see /wor" + "k/x\n"), ("a.txt", "TO" + "DO\n"), ("b.txt", "no line end")],
    "built": [("libwms/src/forgotten.c", "int x;\n"), ("README.md", "`libnothing/src/`\n")],
    "headers": [("libwms/src/a.h", "unknown_type f(void);\n")],
}


def house(root):
    codes = "".join(f'    {{"wms.a.{i}", M_INVALID, "Wrong: %s.", "Mend it."}},\n' for i in range(25))
    write(root, "libwms/src/errors.c", f"const m_error_def wms_errors[] = {{\n{codes}}};\n")
    # Also what other breaches declare, so that each is found for its own reason.
    named = ["finance.a.b", "wms.a.b", *(f"wms.a.{i}" for i in range(25))]
    write(root, "tests/a.py", "".join(f'refused("{name}")\n' for name in named))
    write(root, "libfinance/include/finance/finance.h", "int fin_add(int a, int b);\n")
    write(root, "host/src/identity/identity.h", "int identity_one(void);\n")
    write(root, "README.md", "One house: `libwms/`.\n")
    write(root, "tests/arch/exceptions.json", '{"long_files": {}, "long_functions": {}, "library_calls": {}}\n')
    write(root, "build/compile_commands.json", json.dumps(
        [{"directory": root, "file": "libwms/src/errors.c", "command": "cc -c libwms/src/errors.c"}]))


def write(root, path, content):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8") as file:
        file.write(content)


def run(test, root):
    command = [sys.executable, os.path.join(HERE, test + ".py"), "--source", root]
    if test in ("built", "headers"):
        command += ["--build", os.path.join(root, "build")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main():
    report = arch.Report()
    for test, breaches in BREACHES.items():
        for path, content in [(None, None), *breaches]:
            with tempfile.TemporaryDirectory() as root:
                house(root)
                if path:
                    write(root, path, content)
                outcome = run(test, root)
                wanted = 1 if path else 0
                report.check(outcome.returncode == wanted, f"{test}: {path or 'a clean house'}: exit "
                             f"{outcome.returncode}, not {wanted}\n{outcome.stdout}{outcome.stderr}")
    report.finish()


main()
