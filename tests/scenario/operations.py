"""What an operator sees of a company that runs as several processes: one API description whoever is up, nothing but
health, readiness and metrics on the ports of the domains, figures of what goes on between them, and events that a
domain could not take, which are seen, replayed and dropped over the API. The last two in one process as well."""
import glob
import json
import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bm  # noqa: E402 pylint: disable=wrong-import-position
from company import Company  # noqa: E402 pylint: disable=wrong-import-position


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


def sql(host, statement, domain):
    """As the owner of everything, past every rule, in the domain's database."""
    psql = sorted(glob.glob("/usr/lib/postgresql/*/bin/psql"))[-1]
    run = subprocess.run([psql, "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", host.settings["M_STATE_DIR"] + "/socket", "-U",
                          "bm_super", "-c", statement, f"business_m_{domain}" if bm.ENTERPRISE else "business_m"],
                         capture_output=True, text=True, timeout=60, check=False)
    if run.returncode:
        raise bm.Stop(f"{statement}: {run.stderr}")
    return run.stdout.strip()


class Elsewhere:  # what a client needs of a host: a port
    def __init__(self, port):
        self.port, self.clients = port, []


def described(host):
    client = bm.Client(host).sign_in()
    return client.must(client.get("/api/v1/openapi.json")), client.must(client.get("/api/v1/meta"))


def of_one_process(binary, checks):
    """The same from a program that runs everything in one process, where letters are as well."""
    bm.ENTERPRISE = False
    host = bm.Host(binary)
    try:
        host.start()
        letters(host, checks)
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
        checks.equal(figures(host)['rpc_breaker_open{service="wms"}'], 1, "the breaker is open")
    finally:
        os.kill(pid, signal.SIGCONT)
    checks.ok(whole(host) is not None, "it is marked no more when it is back")


def ports_of_domains(host, checks):
    for name, (_, port) in processes(host).items():
        client = bm.Client(Elsewhere(port))
        for path in ("/health", "/ready", "/metrics"):
            checks.equal(client.get(path).status, 200, f"{name}: {path}")
        checks.equal(client.get("/ready").json["checks"], {"database": "ok", "broker": "ok"}, f"{name}: what it is ready with")
        if name == "core":
            continue
        for path in ("/api/v1/openapi.json", "/api/v1/meta", "/api/v1/wms/items", "/api/gateway/remotes"):
            checks.refused(client.get(path), 404, "http.elsewhere", what=f"{name}: {path}")
        checks.refused(client.post("/api/v1/auth/token", {}), 404, "http.elsewhere", what=f"{name}: signing in")
        client.close()


# ---- figures ----

LINE = re.compile(r'^(business_m_\w+)(\{\w+="[^"]*"(,\w+="[^"]*")*\})? (\d+(\.\d+)?)$')


def figures(host, name="core"):
    """{name with labels: value} of a process."""
    port = processes(host)[name][1] if bm.ENTERPRISE else host.port
    client = bm.Client(Elsewhere(port))
    text = client.get("/metrics").text
    client.close()
    found = {}
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            found[match[1].removeprefix("business_m_") + (match[2] or "")] = float(match[4])
        elif not re.match(r"^# (HELP|TYPE) business_m_\w+ \S", line):
            raise bm.Stop(f"{name}: not in the text format: {line}")
    return found


def figures_between_processes(host, checks):
    core, wms, finance = (figures(host, name) for name in ("core", "wms", "finance"))
    checks.ok(core['rpc_asked_total{service="wms",protocol="documents",method="create"}'] >= 1, "the gateway asked wms")
    checks.ok(wms['rpc_answered_total{service="wms",protocol="documents",method="create"}'] >= 1, "wms answered")
    asked = sum(n for name, n in wms.items() if name.startswith('rpc_asked_total{service="finance"'))
    checks.ok(asked >= 1, "wms asked finance")
    for name, one in (("core", core), ("wms", wms), ("finance", finance)):
        checks.equal(one["broker_connected"], 1, f"{name}: is linked to the broker")
        checks.equal(one["broker_permission_violations_total"], 0, f"{name}: may do what it does")
        checks.equal(one["relay_here"], 1, f"{name}: sends its events")
        checks.ok(one["relay_sent_total"] > 0, f"{name}: has sent some")
        checks.equal(one["outbox_dead"], 0, f"{name}: none is given up")

    def settled():
        now = figures(host, "wms")
        return not now['stream_lag{producer="core"}'] and not now['stream_lag{producer="finance"}'] and now
    now = wait_for(settled)
    checks.ok(now, "wms has applied what others told")
    if now:
        checks.ok(now['stream_applied_total{producer="core"}'] > 0, "by taking their events")
        checks.equal(now['stream_stale_seconds{producer="core"}'], 0, "its copies are not stale")
        checks.ok(now['copies{state="ready"}'] > 0, "which are there")
    checks.equal(core['rpc_breaker_open{service="wms"}'], 0, "wms answers")


# ---- dead letters ----

LETTERS = "/api/v1/wms/dead-letters"


def two_refused(host, checks, company):
    """Two invoices are posted while wms cannot take what they tell it; what the list of letters then says."""
    item = company.item("SLATE")
    receipts = [company.receive(company.order((item, 10, 10))) for _ in range(2)]
    sql(host, "ALTER TABLE wms.billed_line ADD CONSTRAINT trouble CHECK (false) NOT VALID", "wms")
    invoices = [company.invoice(receipt) for receipt in receipts]

    def both():
        items = company.client.must(company.client.get(LETTERS))["items"]
        return len(items) == 2 and sorted(items, key=lambda l: l["aggregate"] != invoices[0]["id"])
    found = wait_for(both)
    if not checks.ok(found, "two events wait for somebody"):
        raise bm.Stop(company.client.get(LETTERS).text)
    return found, invoices


def permissions(host, checks, letter):
    admin = bm.Client(host).sign_in()
    user = admin.create("core/users", email="clerk@example.com", name="Clerk", roles=[{"role": "Stock Manager"}])
    admin.act("core/users", user["id"], "set-password", password=bm.PASSWORD + "-clerks")
    clerk = bm.Client(host).sign_in(email="clerk@example.com", password=bm.PASSWORD + "-clerks")
    for answer in (clerk.get(LETTERS), clerk.get(f"{LETTERS}/{letter['id']}"), clerk.post(f"{LETTERS}/{letter['id']}/replay"),
                   clerk.post(f"{LETTERS}/{letter['id']}/drop", {"reason": "mine"})):
        checks.refused(answer, 403, "core.permission.denied", what=f"a stock manager: {answer.path}")


def faults(client, checks, letter):
    one = f"{LETTERS}/{letter['id']}"
    checks.refused(client.post(f"{one}/drop"), 422, "core.letter.reason", what="dropped without a reason")
    checks.refused(client.post(f"{one}/drop", {"reason": " "}), 422, ("core.letter.reason", "core.field.required"),
                   what="dropped for no reason")
    checks.refused(client.post(f"{one}/forget"), 422, "core.letter.action", what="another action")
    checks.refused(client.post(LETTERS, {}), 422, "core.letter.action", what="made by hand")
    checks.refused(client.get(f"{LETTERS}/00000000000000000000000001"), 404, "core.not_found", what="no such letter")
    checks.refused(client.get(one.replace("/wms/", "/finance/")), 404, "core.not_found", what="a letter of another domain")
    checks.equal(client.must(client.get(LETTERS.replace("/wms/", "/finance/")))["items"], [], "finance has none")


def letters(host, checks):
    client = bm.Client(host).sign_in()
    company = Company(client, "L")
    (first, second), invoices = two_refused(host, checks, company)
    checks.equal([first["consumer"], first["producer"], first["type"]],
                 ["wms.billing", "finance", "finance.purchase_invoice.submitted"], "who could not take what of whom")
    checks.ok(first["cause"] and first["attempts"] >= 1 and first["state"] in ("waiting", "dead"), f"why: {first}")
    checks.ok("payload" not in first, "the list has no payloads")
    shown = client.must(client.get(f"{LETTERS}/{first['id']}"))
    checks.equal(json.loads(shown["payload"])["id"], invoices[0]["id"], "the payload is shown")
    if bm.ENTERPRISE:
        checks.ok(wait_for(lambda: figures(host, "wms")['letters{state="waiting"}'] == 2), "the figures count them")
    else:
        checks.ok(wait_for(lambda: figures(host)["outbox_waiting"] == 2), "the figures count them")
    permissions(host, checks, first)
    faults(client, checks, first)
    dropped = client.must(client.post(f"{LETTERS}/{second['id']}/drop", {"reason": "billed by hand"}))
    checks.equal([dropped["state"], dropped["reason"]], ["discarded", "billed by hand"], "dropped")
    sql(host, "ALTER TABLE wms.billed_line DROP CONSTRAINT trouble", "wms")
    checks.equal(client.must(client.post(f"{LETTERS}/{first['id']}/replay"))["attempts"], 0, "replayed, with all attempts anew")
    checks.ok(wait_for(lambda: not client.must(client.get(LETTERS))["items"]), "nothing waits any more")
    checks.ok(wait_for(lambda: sql(host, "SELECT count(*) FROM wms.billed_line", "wms") == "1"),
              "the replayed one had its effect, the dropped one none")
    trail = client.must(client.get(f"{LETTERS}/{second['id']}/history"))["items"]
    checks.equal([(t["action"], t["actor_name"]) for t in trail], [("drop", "Administrator")], "the audit trail knows who")
    checks.ok("billed by hand" in json.dumps(trail), "and why")


# ---- starting ----

def refuses_to_start(host, checks):
    """One of several processes tells all that is missing, at once."""
    bare = {"M_MODE": "enterprise", "M_DOMAINS": "wms", "M_STATE_DIR": os.path.join(host.state, "none")}
    code, _, said = host.command("serve", **bare)
    missing = re.findall(r"^  (M_\w+) +\S", said, re.M)
    checks.equal((code, missing), (1, ["M_DATABASE_URL", "M_DATABASE_RELAY_URL", "M_NATS_URL", "M_CALL_KEYS_FILE"]),
                 "a wms process without settings")
    code, _, said = host.command("serve", **{**bare, "M_DOMAINS": "wms,finance", "M_ALL_DOMAINS": "wms", "M_DATABASE_URL": "x",
                                            "M_DATABASE_RELAY_URL": "x", "M_NATS_URL": "nats://127.0.0.1:1",
                                            "M_CALL_KEYS_FILE": "/none", "M_NATS_NKEY_FILE": "/none",
                                            "M_NATS_CA_FILE": "/none", "M_NATS_TLS_CERT_FILE": "/dev/null"})
    missing = re.findall(r"^  (M_\w+) +\S", said, re.M)
    checks.equal((code, missing), (1, ["M_DOMAINS", "M_ALL_DOMAINS", "M_CALL_KEYS_FILE", "M_NATS_NKEY_FILE", "M_NATS_CA_FILE",
                                       "M_NATS_TLS_CERT_FILE", "M_NATS_TLS_KEY_FILE"]), "one with settings that do not fit")


# ---- copies ----

def projection(host, *arguments, domain="wms"):
    """business-m projection …, as wms: (exit status, what it printed)."""
    folder = host.settings["M_STATE_DIR"] + "/enterprise/nats/"
    url = re.search(r"^  nats +ready +\d+  (nats://\S+)", host.log(), re.M)[1]
    code, out, err = host.command("projection", *arguments, M_MODE="enterprise", M_DOMAINS=domain, M_NATS_URL=url,
                                  M_NATS_NKEY_FILE=f"{folder}{domain}.nk", M_CALL_KEYS_FILE=folder + "call.keys")
    return code, out + err


def copies_are_mended(host, checks):
    """A copy tampered with in the database is noticed, and made anew from its owner, while all goes on."""
    code, said = projection(host, "check")
    checks.ok(code == 0 and "core.item " in said, f"all copies are equal: {said}")
    sql(host, "UPDATE core.item SET name = 'Gold', version = version + 7; DELETE FROM core.supplier;"
              " DELETE FROM m.replica_record WHERE type = 'finance.account'", "wms")
    code, said = projection(host, "check")
    different = sorted(re.findall(r"(\S+) +\d+ documents.*DIFFERENT", said))
    checks.equal((code, different), (1, ["core.item", "core.supplier", "finance.account"]), "what was tampered with")
    code, said = projection(host, "rebuild", "core.item")
    checks.ok(code == 0 and re.search(r"core.item +\d+ documents, [1-9]\d* written", said), f"one kind: {said}")
    code, said = projection(host, "rebuild")
    checks.equal(code, 0, f"all kinds: {said}")
    code, said = projection(host, "check")
    checks.equal(code, 0, f"all copies are equal again: {said}")
    code, said = projection(host, "rebuild", "core.nothing")
    checks.ok(code == 1 and "core.item" in said, "a name that is not there is answered with those that are")
    code, said = projection(host, "check", domain="core")
    checks.ok(code == 1 and "M_DOMAINS" in said, "core keeps no copies")


def stale_copies_are_not_worked_with(host, checks):
    """A stream that stands: after the age that is allowed, wms refuses; other domains go on; thaw ends it."""
    client = bm.Client(host).sign_in()
    stopped = "UPDATE m.consumer_mark SET state = 'frozen', why = 'the test' WHERE producer = 'core'"
    sql(host, stopped, "wms")
    refused = wait_for(lambda: (lambda answer: answer.status == 503 and answer)(client.get("/api/v1/wms/warehouses")))
    if checks.ok(refused, "wms refuses in the end"):
        checks.refused(refused, 503, "core.replica.stale", what="with copies of unknown age")
        checks.ok(refused.headers.get("Retry-After"), "and says when to try again")
    checks.equal(client.get("/api/v1/finance/accounts").status, 200, "finance goes on")
    checks.ok(wait_for(lambda: figures(host, "wms")["stream_frozen"] == 1), "the figures show it")
    code, said = projection(host, "thaw", "core")
    checks.ok(code == 0 and "goes on after event" in said and "lost" not in said, f"thawed: {said}")
    checks.ok(wait_for(lambda: client.get("/api/v1/wms/warehouses").status == 200), "wms works again")
    code, said = projection(host, "thaw", "core")
    checks.ok(code == 0 and said.startswith("No tenant is frozen"), f"nothing left to thaw: {said}")


def a_lost_past(host, checks):
    """Core was set back: what wms has of it goes on from core's present."""
    sql(host, "UPDATE m.consumer_mark SET state = 'frozen', why = 'the test', seq = seq + 100 WHERE producer = 'core'", "wms")
    code, said = projection(host, "thaw", "core")
    checks.ok(code == 0 and "what it lost stays applied" in said and "core.item" in said, f"its present is taken: {said}")
    client = bm.Client(host).sign_in()
    client.create("core/suppliers", code="AFTER", name="After the fall")
    checks.ok(wait_for(lambda: sql(host, "SELECT count(*) FROM core.supplier WHERE code = 'AFTER'", "wms") == "1"),
              "what core tells now arrives")


def run(host, checks):
    wanted, listed = of_one_process(host.binary, checks)
    description_is_merged(host, checks, wanted, listed)
    ports_of_domains(host, checks)
    refuses_to_start(host, checks)
    letters(host, checks)
    figures_between_processes(host, checks)
    copies_are_mended(host, checks)
    stale_copies_are_not_worked_with(host, checks)
    a_lost_past(host, checks)
    description_of_a_domain_that_is_away(host, checks, wanted, listed)


if __name__ == "__main__":
    bm.ENTERPRISE = True
    bm.scenario(run, M_REPLICA_MAX_AGE_S="6")  # on a busy machine heads come late
