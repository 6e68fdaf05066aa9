"""The host and PostgreSQL are killed at random moments under load. The clients' own journal, not the server, says
what was acknowledged: that must be there exactly once; what was not must be absent or whole, and sending it again
with the same key makes it there exactly once. prove holds after every kill.

BM_KILLS=host or postgresql does these kills only, and its share of the rounds. BM_SEED replays a run (as far as timing
allows); BM_ROUNDS makes it longer. With many rounds each looks at what the clients did since the round before, and prove
runs after every PROVE_EVERY-th and at the end."""
import collections
import contextlib
import os
import random
import signal
import threading
import time

import bm
from bm import Decimal
from company import Company, books_agree, prove

CLIENTS = 8
PROVE_EVERY = 5 if int(os.environ.get("BM_ROUNDS", 0)) > 20 else 1
COLLECTIONS = (("finance/journal-vouchers", "reference"), ("wms/stock-adjustments", "remarks"))
KINDS = {"host": ("host", "host and postmaster", "host", "terminate"), "postgresql": ("backend", "postmaster", "backends")}


class Operation:
    """One write, with its key, until its outcome is known."""

    def __init__(self, name, path, body, amount):
        self.name, self.path, self.body, self.amount = name, path, body, amount
        self.acked = None  # id of the document, once a 2xx came back
        self.sent = 0

    def send(self, client):
        self.sent += 1
        answer = client.post(self.path, self.body, self.name, action="submit")
        if answer.status == 201:
            self.acked = answer.json["id"]
        elif answer.status not in (409, 429, 500, 502, 503, 504):
            raise bm.Stop(f"{self.name}: {answer!r}")
        return self.acked is not None


class Writers:
    """Clients that write as fast as they can; a journal of what they were told, in the order in which they began."""

    def __init__(self, client, count):
        self.client, self.clients = client, count
        self.journal, self.lock, self.running = [], threading.Lock(), threading.Event()
        self.problems, self.threads, self.count = [], [], 0
        self.settled = 0  # operations of earlier rounds

    def work(self, number):
        raise NotImplementedError

    def start(self):
        self.running.set()
        self.threads = [threading.Thread(target=self.work, args=(i,)) for i in range(self.clients)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.running.clear()
        for thread in self.threads:
            thread.join()

    def recent(self):
        """What the clients did since the last mark."""
        return self.journal[self.settled:]

    def settle(self, seconds=60, patience=0):
        """Sends again, with the same keys, what was not acknowledged."""
        client, deadline = self.client.again(), time.monotonic() + seconds
        client.patience = patience
        open_ones = [o for o in self.recent() if not o.acked]
        while open_ones and time.monotonic() < deadline:
            for operation in open_ones:
                with contextlib.suppress(OSError, bm.http.client.HTTPException):
                    operation.send(client)
            open_ones = [o for o in open_ones if not o.acked]
            time.sleep(0.05 if open_ones else 0)
        client.close()
        return [o.name for o in open_ones]


class Load(Writers):
    """Vouchers and adjustments."""

    def __init__(self, host, company, seed):
        super().__init__(company.client, CLIENTS)
        self.host, self.company, self.seed = host, company, seed
        self.item = company.item("CRASH")
        self.seen = {}  # collection → when the newest was made

    def operation(self, random_source):
        with self.lock:
            self.count += 1
            name = f"op-{self.seed}-{self.count}"
        amount = Decimal(random_source.randrange(1, 100000)) / 100
        if random_source.random() < 0.7:
            lines = [{"account": self.company.account("1120"), "debit": str(amount)},
                     {"account": self.company.account("3100"), "credit": str(amount)}]
            return Operation(name, "/api/v1/finance/journal-vouchers", {"reference": name, "lines": lines}, amount)
        body = {"warehouse": self.company.depot["id"], "reason": "opening", "remarks": name,
                "lines": [{"item": self.item["id"], "direction": "in", "qty": "1", "rate": str(amount)}]}
        return Operation(name, "/api/v1/wms/stock-adjustments", body, amount)

    def work(self, number):
        source = random.Random(f"{self.seed}-{number}-{self.count}")
        client = self.company.client.again()
        client.patience = 0
        while self.running.is_set():
            operation = self.operation(source)
            with self.lock:
                self.journal.append(operation)
            try:
                operation.send(client)
            except (OSError, bm.http.client.HTTPException):
                pass  # the outcome is unknown
            except bm.Stop as problem:
                self.problems.append(str(problem))
            # what is written is also read again after every kill, what is not acknowledged sent again
            time.sleep(0.01 if operation.acked else 0.05)
        client.close()

    def mark(self):
        """What is there is right; the next round begins after it."""
        for collection, _ in COLLECTIONS:
            newest = self.company.client.must(self.company.client.get(f"/api/v1/{collection}", sort="-created_at", limit=1,
                                                                       fields="created_at"))["items"]
            self.seen[collection] = newest[0]["created_at"] if newest else None
        self.settled = len(self.journal)

    def documents(self, everything=False):
        """name → documents with that name, as the server lists them: those since the last mark, or all."""
        found, before = collections.defaultdict(list), {o.name for o in self.journal[:self.settled]}
        for collection, name in COLLECTIONS:
            since = None if everything else self.seen.get(collection)
            query = {"created_at[ge]": since} if since else {}
            for document in self.company.client.all(collection, fields=f"id,version,state,number,{name}", **query):
                if (document.get(name) or "").startswith("op-") and (everything or document[name] not in before):
                    found[document[name]].append(document)
        return found


def verify(journal, documents):
    """What is wrong between what clients were told and what is there; empty when all is well."""
    problems = []
    for operation in journal:
        there = documents.get(operation.name, [])
        if operation.acked and not there:
            problems.append(f"{operation.name}: acknowledged and lost")
        if operation.acked and there and there[0]["id"] != operation.acked:
            problems.append(f"{operation.name}: acknowledged as {operation.acked}, stored as {there[0]['id']}")
        if len(there) > 1:
            problems.append(f"{operation.name}: there {len(there)} times")
        problems += [f"{operation.name}: half done: {d}" for d in there if d["state"] != "submitted" or not d["number"]]
    known = {operation.name for operation in journal}
    problems += [f"{name}: nobody sent it" for name in documents if name not in known]
    return problems


def control(checks):
    """That the check can fail: each kind of fault is told."""
    good, lost, twice, half = (Operation(n, "", {}, 0) for n in ("good", "lost", "twice", "half"))
    for operation in (good, lost, twice, half):
        operation.acked = operation.name
    whole = {"state": "submitted", "number": "1"}
    documents = {"good": [{"id": "good", **whole}], "twice": [{"id": "twice", **whole}, {"id": "other", **whole}],
                 "half": [{"id": "half", "state": "draft", "number": ""}], "made up": [{"id": "x", **whole}]}
    found = verify([good, lost, twice, half], documents)
    checks.equal(len(found), 4, f"control: the check finds what is wrong: {found}")
    checks.equal(verify([good], {"good": documents["good"]}), [], "control: and nothing else")


def strike(host, kind, source):
    """Kills; returns whether the host must be started again."""
    postmaster, backends = host.postmaster(), host.backends()
    if kind.startswith("host"):
        host.kill()
    if kind == "terminate":
        host.stop()
    victims = [postmaster] if kind.endswith("postmaster") else backends if kind == "backends" else \
        [source.choice(backends)] if kind == "backend" and backends else []
    for pid in victims:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return not host.alive()


def wait_ready(host, seconds=60):
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if not host.alive():
            raise bm.Stop("the host did not live through it")
        with contextlib.suppress(OSError, bm.http.client.HTTPException):
            if bm.Client(host).request("GET", "/ready", timeout=5).status == 200:
                return time.monotonic() - began
        time.sleep(0.05)
    raise bm.Stop(f"not ready {seconds} s after the kill:\n{host.log()[-2000:]}")


def one_round(host, load, checks, kind, source, proving):
    load.start()
    time.sleep((0.4 + source.random() * 1.6) / (1 if PROVE_EVERY == 1 else 4))
    down = strike(host, kind, source)
    if down:
        load.stop()
        took = host.start()
    else:
        took = wait_ready(host)
        time.sleep(0.3)
        load.stop()
    again = time.monotonic()
    load.company.client.sign_in()
    took += time.monotonic() - again
    done = load.recent()
    acked = sum(o.acked is not None for o in done)
    found = verify(done, load.documents())
    checks.equal(found[:5], [], f"{kind}: before anything is sent again")
    checks.equal(load.settle()[:5], [], f"{kind}: everything goes through in the end")
    checks.equal(verify(done, load.documents())[:5], [], f"{kind}: after sending again")
    if proving:
        prove(host, checks, kind)
    load.mark()
    print(f"{kind}: ready after {took:.2f} s, {acked} acknowledged, {len(done) - acked} sent again", flush=True)


def plan():
    """What is killed in each round."""
    every = sum(KINDS.values(), ())
    kinds = KINDS.get(os.environ.get("BM_KILLS"), every)
    rounds = -(-int(os.environ.get("BM_ROUNDS", len(every))) * len(kinds) // len(every))
    return [kinds[i % len(kinds)] for i in range(rounds)]


def run(host, checks):
    control(checks)
    seed = os.environ.get("BM_SEED") or str(random.randrange(10**6))
    print(f"BM_SEED={seed}", flush=True)
    source = random.Random(seed)
    company = Company(bm.Client(host).sign_in(), "Z")
    company.client.patience = 20  # connections come back one by one
    before = company.balance("1120")
    load = Load(host, company, seed)
    kinds = plan()
    for i, kind in enumerate(kinds):
        one_round(host, load, checks, kind, source, (i + 1) % PROVE_EVERY == 0 or i + 1 == len(kinds))
    everything = load.documents(everything=True)
    checks.equal(verify(load.journal, everything)[:5], [], "at the end: everything ever acknowledged is there once")
    checks.equal(load.problems[:5], [], "no write was refused for a wrong reason")
    checks.ok(len(load.journal) > 50, f"there was load: {len(load.journal)} writes")
    checks.ok(any(o.sent > 1 for o in load.journal), "some writes had an unknown outcome")
    vouchers = sum((o.amount for o in load.journal if "journal" in o.path), Decimal(0))
    checks.amount(company.balance("1120") - before, vouchers, "the bank account is the sum of all vouchers")
    goods = [o for o in load.journal if "stock" in o.path]
    checks.equal(company.stock(load.item), (Decimal(len(goods)), sum((o.amount for o in goods), Decimal(0))),
                 "the stock is the sum of all adjustments")
    ghost = Operation("op-never-sent", "", {}, 0)
    ghost.acked = "x"
    checks.equal(len(verify([*load.journal, ghost], everything)), 1, "control: a fabricated write is found missing")
    books_agree(company, checks, "at the end")


if __name__ == "__main__":
    if PROVE_EVERY > 1:  # many rounds: of the program as it is shipped
        os.environ["BM_SHIPPED"] = "yes"
    bm.scenario(run, durable=True)
