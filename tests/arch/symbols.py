"""What the shared libraries export: a domain library its module descriptor and what its public headers declare;
the other two only names of their own."""
import os
import re
import subprocess

import arch


def exported(library):
    run = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True)
    names = [line.split()[-1] for line in run.stdout.splitlines() if line.split()[-2] in "TDBRVWGSi"]
    return sorted(n.split("@")[0] for n in names if not re.match(r"_+(asan|odr_asan|ubsan|tsan|sanitizer|gcov)|_init$|_fini$|__", n))


def declared(root, folder):
    """Identifiers that the headers below folder mention outside of comments."""
    names = set()
    for path in arch.sources(root, ".h"):
        if path.startswith(folder):
            names.update(re.findall(r"\b[A-Za-z_]\w*\b", arch.code(arch.text(root, path))))
    return names


def main():
    options = arch.arguments("libraries")
    report = arch.Report()
    for library in options.libraries.split(","):
        base = re.sub(r"^lib|\.so.*$", "", os.path.basename(library))
        room = "lib" + base
        names, public = exported(library), declared(options.source, f"{room}/include/")
        report.check(names, f"{library}: exports nothing")
        for name in names:
            if base in ("finance", "wms", "people"):
                report.check(name in public, f"{room}: exports {name}, which no public header declares")
            elif base == "m_protocols":
                report.check(name.startswith("m_"), f"{room}: exports {name}, which does not start with m_")
            else:
                report.check(name.startswith("m_"), f"{room}: exports {name}, which does not start with m_")
        if base in ("finance", "wms", "people"):
            report.check(f"{base}_module" in names or f"{room}/src/module.c" not in arch.files(options.source),
                         f"{room}: does not export {base}_module()")
            uses = subprocess.run(["nm", "-D", "--undefined-only", library], capture_output=True, text=True, check=True)
            for name in re.findall(r"\bU (PQ\w+|cJSON_\w+|event_\w+|nats\w+|sodium_\w+|getenv|printf|puts|abort|exit)\b",
                                   uses.stdout):
                report.check(False, f"{room}: uses {name}")
    report.finish()


main()
