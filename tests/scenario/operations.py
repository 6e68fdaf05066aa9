"""What an operator sees of a company that runs as several processes: one API description whoever is up, and nothing
but health, readiness and metrics on the ports of the domains."""
import json
import os
import re
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bm  # noqa: E402 pylint: disable=wrong-import-position


def processes(host):
    """{name: (process id, port)} from the last status table."""
    found = {}
    for name, pid, port in re.findall(r"^  ([\w-]+) +ready +(\d+)  http://[^\n]*:(\d+)$", host.log(), re.M):
        found[name] = (int(pid), int(port))
    return found


def wait_for(what, seconds=60):
    """The first true answer of what(); its last one when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        answer = what()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(0.2)


class Elsewhere:  # what a client needs of a host: a port
    def __init__(self, port):
        self.port, self.clients = port, []


def described(host):
    client = bm.Client(host).sign_in()
    return client.must(client.get("/api/v1/openapi.json")), client.must(client.get("/api/v1/meta"))


def of_one_process(binary):
    """The same from a program that runs everything in one process."""
    bm.ENTERPRISE = False
    host = bm.Host(binary)
    try:
        host.start()
        return described(host)
    finally:
        host.close()
        bm.ENTERPRISE = True


# ---- the description ----

def whole(host):
    client = bm.Client(host).sign_in()

    def complete():
        document = client.must(client.get("/api/v1/openapi.json"))
        return None if "x-down" in document["info"] else document
    return wait_for(complete)


def description_is_merged(host, checks, wanted, listed):
    document = whole(host)
    checks.ok(document is not None, "all domains describe themselves")
    checks.ok(json.dumps(document) == json.dumps(wanted), "the merged document is that of one process, to the letter")
    client = bm.Client(host).sign_in()
    checks.equal(client.must(client.get("/api/v1/meta")), listed, "so is the list of documents and reports")


def description_of_a_domain_that_is_away(host, checks, wanted, listed):
    client = bm.Client(host).sign_in()
    pid = processes(host)["wms"][0]
    os.kill(pid, signal.SIGSTOP)
    try:
        def marked():
            document = client.must(client.get("/api/v1/openapi.json"))
            return document if document["info"].get("x-down") == ["wms"] else None
        document = wait_for(marked)
        checks.ok(document is not None, "the document says that wms is away")
        checks.ok(document and document["paths"] == wanted["paths"], "its last known part is still there")
        listing = client.must(client.get("/api/v1/meta"))
        checks.equal(listing.get("down"), ["wms"], "the list says so too")
        checks.equal(listing["items"], listed["items"], "and keeps what was known")
    finally:
        os.kill(pid, signal.SIGCONT)
    checks.ok(whole(host) is not None, "it is marked no more when it is back")


def ports_of_domains(host, checks):
    for name, (_, port) in processes(host).items():
        client = bm.Client(Elsewhere(port))
        for path in ("/health", "/ready", "/metrics"):
            checks.equal(client.get(path).status, 200, f"{name}: {path}")
        if name == "core":
            continue
        for path in ("/api/v1/openapi.json", "/api/v1/meta", "/api/v1/wms/items", "/api/gateway/remotes"):
            checks.refused(client.get(path), 404, "http.elsewhere", what=f"{name}: {path}")
        checks.refused(client.post("/api/v1/auth/token", {}), 404, "http.elsewhere", what=f"{name}: signing in")
        client.close()


def run(host, checks):
    wanted, listed = of_one_process(host.binary)
    description_is_merged(host, checks, wanted, listed)
    ports_of_domains(host, checks)
    description_of_a_domain_that_is_away(host, checks, wanted, listed)


if __name__ == "__main__":
    bm.ENTERPRISE = True
    bm.scenario(run)
