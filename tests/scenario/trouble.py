"""Trouble between the processes of a company, under load: each process is killed, at random and at named points of its work;
the broker is killed and loses its data; a process stands still; the network of one is cut; the ledger's database is set back.
Clients receive goods and enter bills for them and note in a journal what they were told. After each trouble, within a bounded
time and without anybody's help: what was acknowledged is there once, every decision of the warehouse is a voucher of the
ledger and the other way round, stock and its account agree, no hold is left, nothing is in suspense. What was refused was
refused in time, with the right code, and left nothing.

Each protection is also taken away (the orders of m_adapters/fault.h, in builds with tests): then what it protects from must
be seen.

The network is cut by a TCP proxy between a process and the broker; BM_NETWORK=namespace cuts a wire between two namespaces
instead, where that is allowed.

BM_SEED replays a run (as far as timing allows); BM_ROUNDS=1000 makes it ten times as long; BM_ONLY=killed,wiped does only
these."""
import collections
import contextlib
import glob
import json
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

os.environ["BM_MODE"] = "enterprise"

import bm  # noqa: E402  (it reads BM_MODE)
import wire  # noqa: E402
from bm import Decimal  # noqa: E402
from company import Company  # noqa: E402
from crash import Operation, Writers, verify  # noqa: E402

CLIENTS = 3
DOMAINS = ("core", "finance", "wms", "people")
PROXIED = ("finance", "wms")
POINTS = ("answered", "before_commit", "after_commit", "published"), ("before_commit", "after_commit", "taking", "taken")
DEADLINE_S = 10  # of a request, in the host
STILL_S = DEADLINE_S + 1.5
BOUND_S = 90  # everything agrees again; a machine may be slow and watched by sanitizers
NOT_NOW = (409, 429, 503, 504)
RECEIPTS, BILLS = ("wms/goods-receipts", "delivery_note"), ("finance/purchase-invoices", "supplier_invoice_no")


def uuid_of(identity):
    """As the database has it."""
    number = 0
    for letter in identity:
        number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(letter)
    return str(uuid.UUID(int=number))


def free_port():
    """One that nobody is given while the process that has it is down."""
    for port in random.Random().sample(range(20000, 32000), 100):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise bm.Stop("no port is free")


# ---- a network that can be cut ----

class Proxy(threading.Thread):
    """Between one process and the broker. Cut: nothing passes and nobody is told; healed: what was under way comes late, and
    every other connection is reset."""

    def __init__(self, target, way=None):
        """way: a Wire on which the process comes to us, to be cut in our place."""
        super().__init__(daemon=True)
        self.target, self.held, self.pairs = target, threading.Event(), {}
        self.cut = way or self.held
        self.listener = way.listener() if way else socket.create_server(("127.0.0.1", 0))
        self.address = "%s:%d" % self.listener.getsockname()
        self.start()

    def join_ends(self):
        near, _ = self.listener.accept()
        try:
            far = socket.create_connection(("127.0.0.1", self.target()), timeout=2)
        except OSError:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            one.settimeout(None)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.pairs[one] = other

    def drop(self, one):
        for end in (one, self.pairs.pop(one, None)):
            if end:
                self.pairs.pop(end, None)
                end.close()

    def run(self):
        was_cut = False
        while True:
            if self.held.is_set():
                was_cut = True
                time.sleep(0.02)
                continue
            if was_cut:
                was_cut = False
                for one in list(self.pairs)[:2]:
                    self.drop(one)
            ready, _, _ = select.select([self.listener, *self.pairs], [], [], 0.05)
            for one in ready:
                if one is self.listener:
                    self.join_ends()
                elif one in self.pairs:
                    try:
                        data = one.recv(65536)
                        if data:
                            self.pairs[one].sendall(data)
                    except OSError:
                        data = b""
                    if not data:
                        self.drop(one)


# ---- the company and its processes ----

class World:
    def __init__(self, host, faults, proxies):
        self.host, self.faults, self.proxies = host, faults, proxies
        self.order("soon")  # holds are asked about at once
        self.client = bm.Client(host).sign_in()
        self.client.patience = 60
        self.company = Company(self.client, "T")
        self.item = self.company.item("GOODS")
        self.copies = 0

    def order(self, name):
        with open(os.path.join(self.faults, name), "w", encoding="utf-8"):
            pass

    def ordered(self, name):
        return os.path.exists(os.path.join(self.faults, name))

    def countermand(self, *names):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self.faults, name))

    @contextlib.contextmanager
    def without(self, *names):
        """These protections are off."""
        for name in names:
            self.order(name)
        yield
        self.countermand(*names)

    def processes(self):
        """Domain, or "nats" → process id."""
        found = {}
        for name in os.listdir("/proc"):
            with contextlib.suppress(OSError, IndexError):
                if not name.isdigit():
                    continue
                with open(f"/proc/{name}/stat", encoding="utf-8") as file:
                    if int(file.read().rsplit(")", 1)[1].split()[1]) != self.host.process.pid:
                        continue
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    if b"nats-server" in file.read():
                        found["nats"] = int(name)
                with open(f"/proc/{name}/environ", "rb") as file:
                    settings = dict(e.split(b"=", 1) for e in file.read().split(b"\0") if b"=" in e)
                if b"M_DOMAINS" in settings:
                    found[settings[b"M_DOMAINS"].decode()] = int(name)
        return found

    def strike(self, name, number=signal.SIGKILL):
        os.kill(self.processes()[name], number)

    def serves(self, domain):
        path = {"core": "core/items", "finance": "finance/accounts", "wms": "wms/warehouses", "people": "people/employees"}
        with contextlib.suppress(OSError, bm.http.client.HTTPException):
            client = self.client.again()
            client.patience = 0
            try:
                return client.request("GET", f"/api/v1/{path[domain]}?limit=1", timeout=15).status == 200
            finally:
                client.close()
        return False

    def wait(self, what, condition, seconds=60):
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > seconds:
                raise bm.Stop(f"not within {seconds} s: {what}\n{self.host.log()[-3000:]}")
            time.sleep(0.05)
        return time.monotonic() - began

    def wait_up(self):
        self.wait("all processes are there", lambda: len(self.processes()) == len(DOMAINS) + 1)
        for domain in DOMAINS:
            self.wait(f"{domain} serves", lambda one=domain: self.serves(one))

    # The books, past all processes.

    def sql(self, domain, statement):
        psql = sorted(glob.glob("/usr/lib/postgresql/*/bin/psql"))[-1]
        database = f"business_m_{domain}" if domain in DOMAINS else domain
        run = subprocess.run([psql, "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.host.settings["M_STATE_DIR"] + "/socket",
                              "-U", "bm_super", "-c", statement, database],
                             capture_output=True, text=True, timeout=60, check=False)
        if run.returncode:
            raise bm.Stop(f"{statement}: {run.stderr}")
        return run.stdout.split("\n")[:-1] if run.stdout else []

    def number(self, domain, statement):
        return Decimal(self.sql(domain, statement)[0] or 0)

    def decided(self):
        return sorted(self.sql("wms", "SELECT hold FROM m.decision WHERE verdict='committed' AND posts"))

    def posted(self):
        return sorted(self.sql("finance", "SELECT voucher_id FROM finance.acc_event WHERE source_type LIKE 'wms.%'"))

    def missing(self):
        return len(set(self.decided()) - set(self.posted()))

    def holds(self, state="held"):
        return int(self.number("finance", f"SELECT count(*) FROM finance.pending_voucher WHERE state='{state}'"))

    def behind(self):
        """(producer, consumer) whose mark is not the head."""
        heads = {p: self.sql(p, "SELECT tenant_id||' '||seq FROM m.outgoing_mark WHERE reader='head' ORDER BY 1")
                 for p in DOMAINS}
        found = []
        for consumer in DOMAINS[1:]:
            marks = self.sql(consumer, "SELECT producer||' '||tenant_id||' '||seq FROM m.consumer_mark")
            found += [(p, consumer) for p in DOMAINS for head in heads[p] if p != consumer and f"{p} {head}" not in marks]
        return found

    def disagreements(self):
        """All that is not as it should be when nothing is under way; empty when all is well."""
        decided, posted, found = self.decided(), self.posted(), []
        if decided != posted:
            found.append(f"decided and not posted: {len(set(decided) - set(posted))}, posted and not decided: "
                         f"{len(set(posted) - set(decided))}, posted twice: {len(posted) - len(set(posted))}")
        stock = self.number("wms", "SELECT sum(value) FROM wms.stock_bin")
        account = self.number("finance", "SELECT sum(debit-credit) FROM finance.gl_entry WHERE account IN "
                                         "(SELECT id FROM finance.account WHERE kind='stock')")
        checks = [(stock == account, f"stock is worth {stock}, its account says {account}"),
                  (self.number("finance", "SELECT sum(debit-credit) FROM finance.gl_entry") == 0, "the ledger is not balanced"),
                  (not self.holds() and not self.holds("waiting"), f"{self.holds()} holds are open"),
                  (not self.sql("finance", "SELECT reasons FROM finance.posting_task"), "there is something in suspense"),
                  (not self.behind(), f"behind: {self.behind()}")]
        for domain in DOMAINS[1:]:
            checks.append((not self.sql(domain, "SELECT cause FROM m.dead_letter"), f"{domain} has dead letters"))
            frozen = self.sql(domain, "SELECT producer || ': ' || why FROM m.consumer_mark WHERE state<>'flowing'")
            checks.append((not frozen, f"{domain} is frozen: {frozen}"))
        return found + [what for good, what in checks if not good]

    def settled(self, checks, what):
        """Everything agrees again, by itself."""
        began = time.monotonic()
        wrong = self.disagreements()
        while wrong and time.monotonic() - began < BOUND_S:
            time.sleep(0.2)
            wrong = self.disagreements()
        checks.equal(wrong, [], f"{what}: both books agree")
        return time.monotonic() - began

    # Documents one by one.

    def receive(self, key=bm.NEW_KEY, client=None):
        order = self.company.order((self.item, 1, "7.25"))
        body = {"purchase_order": order["id"]}
        return (client or self.client).post("/api/v1/wms/goods-receipts", body, key, action="submit")

    # The broker's data and the ledger's.

    def streams(self):
        folder = os.path.join(self.host.settings["M_STATE_DIR"], "enterprise", "nats", "jetstream")
        return {os.path.basename(path) for path in glob.glob(f"{folder}/**/streams/EVT_*", recursive=True)}

    def wipe(self):
        self.strike("nats")
        shutil.rmtree(os.path.join(self.host.settings["M_STATE_DIR"], "enterprise", "nats", "jetstream"))

    def alone(self, *statements):
        """While nobody is connected to the ledger's database."""
        self.sql("postgres", "ALTER DATABASE business_m_finance ALLOW_CONNECTIONS false")
        self.sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname='business_m_finance'")
        gone = "SELECT count(*) FROM pg_stat_activity WHERE datname='business_m_finance'"
        self.wait("nobody is connected", lambda: self.sql("postgres", gone) == ["0"])
        for statement in statements:
            self.sql("postgres", statement)
        self.sql("postgres", "ALTER DATABASE business_m_finance ALLOW_CONNECTIONS true")

    def back_up(self):
        self.copies += 1
        self.alone(f"CREATE DATABASE copy_{self.copies} TEMPLATE business_m_finance",
                   f"UPDATE pg_database SET datacl=(SELECT datacl FROM pg_database WHERE datname='business_m_finance') "
                   f"WHERE datname='copy_{self.copies}'")

    def restore(self):
        self.alone(f"ALTER DATABASE business_m_finance RENAME TO lost_{self.copies}",
                   f"ALTER DATABASE copy_{self.copies} RENAME TO business_m_finance")
        self.sql("postgres", f"DROP DATABASE lost_{self.copies}")


# ---- load ----

class Write(Operation):
    """As Operation, and what it was told and how long that took."""

    def __init__(self, name, path, body, bill=None):
        super().__init__(name, path, body, Decimal(0))
        self.bill, self.told, self.longest = bill, [], 0
        self.document = None

    def send(self, client):
        self.sent += 1
        began = time.monotonic()
        answer = client.post(self.path, self.body, self.name, action="submit")
        self.longest = max(self.longest, time.monotonic() - began)
        if answer.status == 201:
            self.acked, self.document = uuid_of(answer.json["id"]), answer.json
        elif answer.status in NOT_NOW:
            self.told.append(f"{answer.status} {answer.json['error']['code']}")
        else:
            raise bm.Stop(f"{self.name}: {answer!r}")
        return self.acked is not None


class Load(Writers):
    """Clients that receive goods and enter the bills for them."""

    def __init__(self, world, seed):
        super().__init__(world.client, CLIENTS)
        self.world, self.seed, self.bills = world, seed, True
        self.orders = [world.company.order((world.item, 1000000, "2.5")) for _ in range(CLIENTS)]
        self.told = collections.Counter()

    def receipt(self, number):
        order = self.orders[number]
        with self.lock:
            self.count += 1
            name = f"op-{self.seed}-{self.count}"
        body = {"purchase_order": order["id"], "delivery_note": name,
                "lines": [{"order_line": order["lines"][0]["id"], "received_qty": "1", "accepted_qty": "1",
                           "rejected_qty": "0"}]}
        return Write(name, "/api/v1/wms/goods-receipts", body)

    def bill(self, receipt):
        line = receipt.document["lines"][0]
        body = {"supplier": receipt.document["supplier"], "supplier_invoice_no": receipt.name + "-bill",
                "lines": [{"receipt_line": line["id"], "qty": "1"}]}
        return Write(receipt.name + "-bill", "/api/v1/finance/purchase-invoices", body)

    def work(self, number):
        client = self.world.client.again()
        client.patience = 0
        while self.running.is_set():
            with contextlib.suppress(OSError, bm.http.client.HTTPException):  # the outcome is unknown
                try:
                    operation = self.receipt(number)
                    self.journal.append(operation)
                    if operation.send(client) and self.bills:
                        self.journal.append(self.bill(operation))
                        self.journal[-1].send(client)
                except bm.Stop as problem:
                    self.problems.append(str(problem))
            time.sleep(0.02)
        client.close()

    def settle(self, seconds=BOUND_S, patience=None):
        return super().settle(seconds, self.client.patience if patience is None else patience)

    def documents(self):
        """name → documents with it."""
        found = collections.defaultdict(list)
        for (collection, field), domain in ((RECEIPTS, "wms"), (BILLS, "finance")):
            table = collection.replace("-", "_").replace("/", ".").rstrip("s")
            rows = self.world.sql(domain, f"SELECT json_build_object('id',id,'state',state,'number',number,'name',{field}) "
                                          f"FROM {table} WHERE {field} LIKE 'op-%'")
            for row in map(json.loads, rows):
                found[row["name"]].append(row)
        return found

    def mark(self):
        self.told.update(t for o in self.recent() for t in o.told)
        self.settled = len(self.journal)


# ---- troubles: each while the load runs ----

def killed(world, source):
    """Each process, one after the other, at some moment."""
    for domain in source.sample(DOMAINS, len(DOMAINS)):
        time.sleep(0.1 + source.random() / 2)
        world.strike(domain)
        world.wait_up()


def killed_at_points(world, source):
    """Each time the warehouse at one point of its work, the ledger at another."""
    for pair in zip(*(source.sample(points, len(points)) for points in POINTS)):
        orders = [f"{point}@{domain}" for point, domain in zip(pair, ("wms", "finance"))]
        for order in orders:
            world.order(order)
            world.wait(f"something comes to {order}", lambda one=order: not world.ordered(one))
        world.wait_up()


def broker_killed(world, source):
    world.strike("nats")
    time.sleep(source.random())


def stands_still(world, source):
    """The warehouse is there and does not answer: its requests fail in time, the others are served."""
    del source
    world.strike("wms", signal.SIGSTOP)
    began, others = time.monotonic(), 0
    while time.monotonic() - began < STILL_S:
        others += world.serves("finance")
        time.sleep(0.5)
    world.strike("wms", signal.SIGCONT)
    if not others:
        raise bm.Stop("finance did not serve while the warehouse stood still")


def cut_off(world, source):
    """Nothing comes to the ledger and nothing from it, and nobody is told."""
    del source
    world.proxies["finance"].cut.set()
    time.sleep(STILL_S)
    world.proxies["finance"].cut.clear()


def set_back(world, source):
    """The ledger is that of some time ago: what it lost comes again."""
    del source
    world.restore()


def one_round(world, load, checks, trouble, source):
    what = trouble.__name__.replace("_", " ")
    load.bills = trouble is not set_back
    if trouble is set_back:
        world.back_up()
        world.wait_up()
    began = time.monotonic()
    load.start()
    time.sleep(0.7)
    with world.without("no_inquiry"):  # it would put off its next question for long
        trouble(world, source)
    world.wait_up()
    time.sleep(0.3)
    load.stop()
    done = load.recent()
    acked = sum(o.acked is not None for o in done)
    checks.equal(load.settle()[:5], [], f"{what}: everything goes through in the end")
    took = world.settled(checks, what)
    checks.equal(verify(load.journal, load.documents())[:5], [], f"{what}: what was acknowledged is there once")
    longest = max(o.longest for o in done)
    checks.ok(longest < DEADLINE_S + 5, f"{what}: nobody waits longer than {DEADLINE_S} s: {longest:.1f}")
    load.mark()
    print(f"{what}: {acked} acknowledged, {len(done) - acked} sent again, the longest took {longest:.1f} s; "
          f"all agreed after {took:.1f} s; {time.monotonic() - began:.1f} s in all", flush=True)


# ---- protections, with and without ----

def wiped(world, load, checks):
    """The broker loses its data under load. Its streams are made anew, or (control) are not; nothing is lost either way."""
    load.bills = True
    load.start()
    with world.without("no_redeploy"):
        world.wipe()
        world.wait_up()
        time.sleep(3)
        checks.equal(world.streams(), set(), "control: nobody else makes the streams anew")
        load.stop()
        checks.equal(load.settle()[:5], [], "wiped: everything goes through in the end")
        print(f"without streams all agreed after {world.settled(checks, 'without streams'):.1f} s", flush=True)
    load.start()
    world.wait("the streams are there again", lambda: len(world.streams()) == len(DOMAINS))
    time.sleep(1)
    load.stop()
    checks.equal(load.settle()[:5], [], "wiped: everything goes through with new streams")
    world.settled(checks, "with new streams")
    checks.equal(verify(load.journal, load.documents())[:5], [], "wiped: what was acknowledged is there once")
    load.mark()


def lost_on_the_way(world, load, checks):
    """Events that the broker had taken and lost: they are asked for, or (control) the vouchers are missing."""
    with world.without("no_inquiry"):
        with world.without("no_catch_up@finance"):
            with world.without("no_arrivals@finance"):
                time.sleep(3)  # what the ledger asked the broker for is over
                for _ in range(3):
                    checks.equal(world.receive().status, 201, "a receipt while the ledger takes no events")
                world.wait("the broker has them", lambda: not world.sql(
                    "wms", "SELECT 1 FROM m.outgoing_mark h JOIN m.outgoing_mark b USING (tenant_id) "
                           "WHERE h.reader='head' AND b.reader='broker' AND h.seq<>b.seq"))
                world.wipe()
                world.wait("the streams are there again", lambda: len(world.streams()) == len(DOMAINS))
            time.sleep(3)
            checks.equal(world.missing(), 3, "control: without asking for them, lost events are lost")
        world.settled(checks, "lost events are asked for")


def never_told(world, load, checks):
    """A decision whose event never left: the ledger asks, or (control) the voucher is missing."""
    with world.without("no_inquiry"):
        with world.without("no_confirm@wms"):
            checks.equal(world.receive().status, 201, "a receipt that tells nobody")
        time.sleep(2)
        checks.equal(world.missing(), 1, "control: without the event and without the question there is no voucher")
    world.settled(checks, "what was never told is asked about")


def orphans(world, load, checks):
    """A process dies between the hold and its decision: the ledger asks and lets go, or (control) the hold stays."""
    let_go = world.holds("let_go")
    with world.without("no_inquiry"):
        for number in range(6):
            key = f"orphan-{number}"
            order = world.company.order((world.item, 1, "7.25"))
            world.order("answered@wms")
            write = Write(key, "/api/v1/wms/goods-receipts", {"purchase_order": order["id"]})
            world.wait("sent again with the same key it goes through", lambda one=write: one.send(world.client))
            world.countermand("answered@wms")
            if world.holds():
                break
        world.wait("what was told is posted", lambda: not world.missing())
        checks.equal(world.holds(), 1, "control: without the question the hold stays")
    world.settled(checks, "orphans are let go")
    checks.equal(world.holds("let_go"), let_go + 1, "the orphan was let go")


def refused_together(world, item):
    """Many take the last one: whoever is refused may have held a voucher before."""
    world.company.stock_in(item, 1, "5")
    world.wait("it is posted", lambda: not world.missing() and not world.holds())
    clients = [world.client.again() for _ in range(8)]
    answers = bm.parallel(8, lambda i: clients[i].post("/api/v1/wms/stock-issues", world.company.issue_body(item, 1),
                                                       action="submit").status)
    for client in clients:
        client.close()
    return answers.count(201), sum(400 <= a < 500 for a in answers)


def refused(world, load, checks):
    """What was held for a use case that is refused is let go at once, or (control) stays until somebody asks."""
    item, left, let_go = world.company.item("LAST"), 0, 0
    with world.without("no_inquiry"):
        with world.without("no_let_go"):
            for _ in range(8):
                checks.equal(refused_together(world, item), (1, 7), "one gets the last one")
                world.wait("what was told is posted", lambda: not world.missing())
                left = world.holds()
                if left:
                    break
        checks.ok(left > 0, "control: what was held for the refused stays")
    world.settled(checks, "holds of the refused are asked about")
    with world.without("no_inquiry"):
        before = world.holds("let_go")
        for _ in range(8):
            checks.equal(refused_together(world, item), (1, 7), "one gets the last one")
            world.wait("nothing is held", lambda: not world.missing() and not world.holds(), 20)
            let_go = world.holds("let_go") - before
            if let_go:
                break
        checks.ok(let_go > 0, "what was held for the refused was let go at once")


def control_of_the_checks(world, checks):
    """That they can fail."""
    world.sql("wms", "UPDATE wms.stock_bin SET value=value+1 WHERE value>0")
    checks.ok(any("stock is worth" in d for d in world.disagreements()), "control: another value of the stock is seen")
    world.sql("wms", "UPDATE wms.stock_bin SET value=value-1 WHERE value>0")
    made_up = world.sql("wms", "INSERT INTO m.decision SELECT (json_populate_record(d, json_build_object('hold', "
                               "gen_random_uuid()))).* FROM m.decision d WHERE verdict='committed' AND posts LIMIT 1 RETURNING hold")
    checks.ok(any("decided and not posted: 1" in d for d in world.disagreements()), "control: a missing voucher is seen")
    world.sql("wms", f"DELETE FROM m.decision WHERE hold='{made_up[0]}'")
    checks.equal(world.disagreements(), [], "control: and nothing else")


def wanted(what):
    only = os.environ.get("BM_ONLY", "")
    return not only or what.__name__ in only.split(",")


def troubles(world, checks):
    seed = os.environ.get("BM_SEED") or str(random.randrange(10**6))
    print(f"BM_SEED={seed}", flush=True)
    source = random.Random(seed)
    load = Load(world, seed)
    checks.equal(world.receive().status, 201, "the first receipt")
    world.settled(checks, "before anything happens")
    control_of_the_checks(world, checks)
    for _ in range(max(1, int(os.environ.get("BM_ROUNDS", 0)) // 100)):
        for trouble in (killed, killed_at_points, broker_killed, stands_still, cut_off, set_back):
            if wanted(trouble):
                one_round(world, load, checks, trouble, source)
        for protection in (wiped, lost_on_the_way, never_told, orphans, refused):
            if wanted(protection):
                began = time.monotonic()
                protection(world, load, checks)
                print(f"{protection.__name__.replace('_', ' ')}: {time.monotonic() - began:.1f} s", flush=True)
    checks.equal(load.problems[:5], [], "no write was refused for a wrong reason")
    if os.environ.get("BM_ONLY"):
        return
    checks.ok(len(load.journal) > 50, f"there was load: {len(load.journal)} writes")
    checks.ok(any(o.sent > 1 for o in load.journal), "some writes had to be sent again")
    checks.ok(any(t.startswith("504") for t in load.told), f"some were told that it took too long: {dict(load.told)}")
    checks.ok(any(t.startswith("503") for t in load.told), f"some were told at once: {dict(load.told)}")


def main():
    faults = tempfile.mkdtemp(prefix="bm-faults-")
    world = []

    def broker_port():
        with open(os.path.join(world[0].settings["M_STATE_DIR"], "enterprise", "nats", "nats.conf"), encoding="utf-8") as file:
            return int(file.read().split("127.0.0.1:", 1)[1].split()[0].strip('"'))
    way = None
    if os.environ.get("BM_NETWORK") == "namespace":
        try:
            way = wire.Wire()
        except wire.Cannot as problem:
            print(f"NOT RUN: the network of a process cut by namespaces, which cannot be made here: {problem}")
            sys.exit(bm.SKIPPED)
    proxies = {domain: Proxy(broker_port, way if domain == "finance" else None) for domain in PROXIED}
    for domain, proxy in proxies.items():
        with open(os.path.join(faults, f"nats_url@{domain}"), "w", encoding="utf-8") as file:
            file.write(f"nats://{proxy.address}\n")

    def run(host, checks):
        if not all(proxy.pairs for proxy in proxies.values()):
            print("SKIP: this program takes no orders for faults; it needs a build with tests")
            sys.exit(bm.SKIPPED)
        troubles(World(host, faults, proxies), checks)

    class Host(bm.Host):  # the proxies must find its broker while it starts
        def start(self, seconds=120):
            world.append(self)
            return super().start(seconds)
    bm.Host = Host
    try:
        bm.scenario(run, durable=True, M_HTTP_PORT=str(free_port()), BM_FAULTS=faults)
    finally:
        shutil.rmtree(faults, ignore_errors=True)
        if way:
            way.close()


if __name__ == "__main__":
    main()
