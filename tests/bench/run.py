#!/usr/bin/env python3
"""Measures Business M against the limit, both sides in the same run, and prints figures and ratios.

usage: tests/bench/run.py BUILD_DIR [--seconds S] [--rounds N] [--lines N] [PART …]
Parts: start journal receipt delivery read trial, and those that take minutes: import known prove growth long

The limit is hand-written SQL that does the same work in one transaction a voucher, run by pgbench on the
same PostgreSQL server. Nothing here asserts: machines are shared and noisy; look at the ratios.
"""
import argparse
import glob
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
PASSWORD = "bench-password-1"


def resident_mb(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("Rss"))


class Host:
    """The host with a state directory of its own."""

    arguments = ("serve",)

    def __init__(self, build):
        self.build = build
        self.binary = os.path.join(build, "host", "business-m")
        self.load = os.path.join(build, "tests", "bench", "bench_load")
        self.dir = tempfile.mkdtemp(prefix="bm-bench-")
        os.chmod(self.dir, 0o755)
        self.environment = dict(os.environ, M_STATE_DIR=os.path.join(self.dir, "state"), M_HTTP_PORT="0",
                                M_ADMIN_PASSWORD=PASSWORD, M_PASSWORD_MEMORY_MB="8", M_TOKEN_MINUTES="60")
        self.process = None
        self.port = self.token = None

    def start(self):
        began = time.monotonic()
        self.process = subprocess.Popen([self.binary, *self.arguments], env=self.environment, text=True,
                                        stdout=subprocess.PIPE,
                                        stderr=open(os.path.join(self.dir, "log"), "a"))
        for line in self.process.stdout:
            if line.startswith("Business M is ready on"):
                self.port = int(line.rsplit(":", 1)[1])
                return time.monotonic() - began
        raise SystemExit("the host did not start, see " + os.path.join(self.dir, "log"))

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
            self.process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def call(self, method, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        if self.token:
            request.add_header("Authorization", "Bearer " + self.token)
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, data) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def sign_in(self):
        self.token = self.call("POST", "/api/v1/auth/token", {"email": "admin@example.com",
                                                              "password": PASSWORD})["access_token"]

    def run_load(self, clients, seconds, method, paths, bodies=None):
        files = []
        for n, lines in enumerate((paths, bodies)):
            if lines is None:
                continue
            files.append(os.path.join(self.dir, f"lines{n}"))
            with open(files[-1], "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
        out = subprocess.run([self.load, str(self.port), str(clients), str(seconds), self.token, method] + files,
                             capture_output=True, text=True, check=False)
        if out.returncode or out.stderr:
            print(out.stderr.strip()[:600], file=sys.stderr)
        return json.loads(out.stdout) if out.stdout else {"per_second": 0, "p50_ms": 0, "p99_ms": 0, "refused": 0}

    def psql_environment(self):
        sockets = os.path.join(self.environment["M_STATE_DIR"], "socket")
        return dict(os.environ, PGHOST=sockets, PGUSER="bm_app", PGDATABASE="business_m")

    def sql(self, text, user="bm_app"):
        environment = dict(self.psql_environment(), PGUSER=user)
        out = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1"], input=text, env=environment, text=True,
                             capture_output=True, check=False)
        if out.returncode:
            raise SystemExit(out.stderr)
        return out.stdout.strip()

    def pgbench(self, clients, seconds, script):
        """Transactions a second, and the time in ms in which 99 of 100 were done."""
        clients = min(clients, 24)  # more connections do not make hand-written SQL faster, only slower
        path = os.path.join(self.dir, "limit.sql")
        with open(path, "w", encoding="utf-8") as file:
            file.write(script)
        binary = next((p for p in ("/usr/lib/postgresql/15/bin/pgbench", shutil.which("pgbench") or "")
                       if os.path.exists(p)), None)
        log = os.path.join(self.dir, "pgbench")
        out = subprocess.run([binary, "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds),
                              "-l", f"--log-prefix={log}", "-f", path], env=self.psql_environment(),
                             capture_output=True, text=True, check=False)
        times = []
        for name in glob.glob(log + ".*"):
            with open(name, encoding="ascii") as file:
                times += [int(line.split()[2]) for line in file]
            os.remove(name)
        for line in out.stdout.splitlines():
            if line.startswith("tps =") and times:
                return float(line.split()[2]), sorted(times)[len(times) * 99 // 100] / 1e3
        raise SystemExit(out.stdout + out.stderr)


def median(values):
    return statistics.median(values) if values else 0.0


def compare(host, title, clients, seconds, rounds, ours, limit, target):
    """Alternates both sides and prints medians and their ratio."""
    own, other, p99, other_p99 = [], [], [], []
    for _ in range(rounds):
        figures = ours(clients, seconds)
        own.append(figures["per_second"])
        p99.append(figures["p99_ms"])
        per_second, slow = host.pgbench(clients, seconds, limit)
        other.append(per_second)
        other_p99.append(slow)
    ratio = median(own) / median(other) if median(other) else 0
    print(f"{title:34} {clients:3} clients  {median(own):9.0f}/s  p99 {median(p99):7.1f} ms  "
          f"limit {median(other):8.0f}/s  p99 {median(other_p99):7.1f} ms  ratio {ratio:5.2f}  (wanted {target})",
          flush=True)


# ---- journal vouchers ----

def leaf_accounts(host):
    items, cursor = [], ""
    while True:
        page = host.call("GET", "/api/v1/finance/accounts?limit=200&is_group=false&fields=code,root_type,kind,is_group"
                         + (f"&cursor={cursor}" if cursor else ""))
        items += page["items"]
        cursor = page.get("next_cursor")
        if not cursor:
            break
    usable = [a for a in items if a["root_type"] in ("asset", "liability", "equity") and a["kind"] in ("bank", "cash", "fixed_asset", "other")]
    return [a["id"] for a in usable]


def journal_body(accounts, lines, rng):
    picked = rng.sample(accounts, lines)
    half = lines // 2
    rows = [{"account": a, "debit": "10.00"} for a in picked[:half]]
    rows += [{"account": a, "credit": "10.00"} for a in picked[half:]]
    return json.dumps({"posting_date": time.strftime("%Y-%m-%d"), "narration": "bench", "lines": rows})


def limit_journal(host, accounts, lines):
    """What one careful programmer would write by hand: one transaction, prepared, one round trip a statement."""
    tenant = host.sql("SELECT id FROM core.tenant LIMIT 1")
    picks = "".join(f"\\set a{i} random(1, {len(accounts)})\n" for i in range(lines))
    entries = ", ".join(
        f"('{tenant}', (SELECT v FROM s), {i + 1}, current_date, (SELECT id FROM bench.account WHERE n = :a{i}), "
        f"{'10' if i < lines // 2 else '0'}, {'0' if i < lines // 2 else '10'})" for i in range(lines))
    balances = "".join(
        "INSERT INTO bench.account_balance (tenant_id, account, month, debit, credit) VALUES "
        f"('{tenant}', (SELECT id FROM bench.account WHERE n = :a{i}), date_trunc('month', current_date), "
        f"{'10, 0' if i < lines // 2 else '0, 10'}) ON CONFLICT (tenant_id, account, month) DO UPDATE SET debit = "
        "bench.account_balance.debit + excluded.debit, credit = bench.account_balance.credit + excluded.credit;\n"
        for i in range(lines))
    payload = json.dumps({"voucher_type": "journal", "lines": [{"account": "0" * 26, "debit": "10.00"}] * lines})
    entries = entries.replace("(SELECT v FROM s)", ":seq")
    return (picks + "BEGIN;\n"
            f"SELECT set_config('app.tenant_id', '{tenant}', true);\n"
            f"UPDATE bench.series SET last = last + 1 WHERE tenant_id = '{tenant}' AND series = 'JV' "
            "RETURNING last AS seq \\gset\n"
            f"INSERT INTO bench.acc_event (tenant_id, seq, voucher_id, payload, hash) VALUES ('{tenant}', :seq, "
            f"gen_random_uuid(), '{payload}', sha256('{payload}'));\n"
            "INSERT INTO bench.gl_entry (tenant_id, seq, line_no, posting_date, account, debit, credit) VALUES "
            f"{entries};\n" + balances +
            f"INSERT INTO bench.outbox (tenant_id, id, type, payload) VALUES ('{tenant}', gen_random_uuid(), "
            f"'finance.journal_voucher.submitted', '{payload}');\n"
            f"INSERT INTO bench.audit (tenant_id, id, document, action, changes) VALUES ('{tenant}', "
            f"gen_random_uuid(), gen_random_uuid(), 'create,submit', '{payload}');\n"
            "COMMIT;\n")


def limit_schema(host, accounts):
    """Tables of the same shape as ours, with row level security, for the hand-written side."""
    policy = "tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
    tables = {
        "series": "tenant_id uuid, series text, last bigint NOT NULL, PRIMARY KEY (tenant_id, series)",
        "acc_event": "tenant_id uuid, seq bigint, voucher_id uuid NOT NULL, recorded_at timestamptz DEFAULT now(), "
                     "payload text NOT NULL, hash bytea NOT NULL, PRIMARY KEY (tenant_id, seq), "
                     "UNIQUE (tenant_id, voucher_id)",
        "gl_entry": "tenant_id uuid, seq bigint, line_no int, posting_date date, account uuid NOT NULL, "
                    "debit numeric(18,6) NOT NULL, credit numeric(18,6) NOT NULL, "
                    "PRIMARY KEY (tenant_id, seq, line_no)",
        "account_balance": "tenant_id uuid, account uuid, month date, debit numeric(38,6), credit numeric(38,6), "
                           "PRIMARY KEY (tenant_id, account, month)",
        "outbox": "tenant_id uuid, id uuid, type text, payload text, status text DEFAULT 'ready', "
                  "PRIMARY KEY (tenant_id, id)",
        "audit": "tenant_id uuid, id uuid, at timestamptz DEFAULT now(), document uuid, action text, changes text, "
                 "PRIMARY KEY (tenant_id, id)",
    }
    text = "DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench; GRANT USAGE ON SCHEMA bench TO bm_app;"
    text += "CREATE TABLE bench.account (n int PRIMARY KEY, id uuid); GRANT SELECT ON bench.account TO bm_app;"
    for n in range(len(accounts)):
        text += f"INSERT INTO bench.account VALUES ({n + 1}, gen_random_uuid());"
    for name, columns in tables.items():
        text += (f"CREATE TABLE bench.{name} ({columns}); ALTER TABLE bench.{name} ENABLE ROW LEVEL SECURITY;"
                 f"ALTER TABLE bench.{name} FORCE ROW LEVEL SECURITY;"
                 f"CREATE POLICY p ON bench.{name} USING ({policy}) WITH CHECK ({policy});"
                 f"GRANT SELECT, INSERT, UPDATE ON bench.{name} TO bm_app;")
    text += ("CREATE INDEX ON bench.gl_entry (tenant_id, account, posting_date);"
             "CREATE INDEX ON bench.gl_entry (tenant_id, seq);"
             "CREATE INDEX ON bench.audit (tenant_id, document, id);")
    host.sql(text, "bm_owner")
    tenant = host.sql("SELECT id FROM core.tenant LIMIT 1")
    host.sql(f"BEGIN; SELECT set_config('app.tenant_id', '{tenant}', true); INSERT INTO bench.series VALUES "
             f"('{tenant}', 'JV', 0); COMMIT;")


def bench_journal(host, seconds, rounds):
    accounts = leaf_accounts(host)
    limit_schema(host, accounts)
    rng = random.Random(1)
    for lines in (2, 6):
        bodies = [journal_body(accounts, lines, rng) for _ in range(1000)]
        limit = limit_journal(host, accounts, lines)
        for clients, target in ((1, ">= 0.5"), (8, ">= 2"), (64, ">= 2, p99 <= 20 ms")):
            compare(host, f"journal voucher, {lines} lines", clients, seconds, rounds,
                    lambda c, s, b=bodies: host.run_load(c, s, "POST",
                                                         ["/api/v1/finance/journal-vouchers?action=submit"], b),
                    limit, target)


# ---- reads ----

def cursors(host, pages):
    """Cursors of the first pages of all submitted vouchers, newest first."""
    found, cursor = [], ""
    for _ in range(pages):
        page = host.call("GET", "/api/v1/finance/journal-vouchers?state=submitted&limit=20"
                         + (f"&cursor={cursor}" if cursor else ""))
        cursor = page.get("next_cursor")
        if not cursor:
            break
        found.append(cursor)
    return found


def bench_read(host, seconds, rounds):
    ids, cursor = [], ""
    while len(ids) < 2000:
        page = host.call("GET", "/api/v1/finance/journal-vouchers?limit=200"
                         + (f"&cursor={cursor}" if cursor else ""))
        ids += [d["id"] for d in page["items"]]
        cursor = page.get("next_cursor")
        if not cursor:
            break
    host.sql("ANALYZE", "bm_owner")  # what autovacuum does within seconds
    cases = [("document by id", ["/api/v1/finance/journal-vouchers/" + i for i in ids], ">= 10,000/s"),
             ("list page of 20 with a filter",
              ["/api/v1/finance/journal-vouchers?state=submitted&limit=20&cursor=" + c for c in cursors(host, 50)],
              ">= 6,000/s"),
             ("newest page of 20 by posting date",
              ["/api/v1/finance/journal-vouchers?state=submitted&sort=-posting_date&limit=20"], ">= 6,000/s")]
    for title, paths, target in cases:
        for clients in (8, 64):  # the readers answer several waiting requests in one round trip
            figures = [host.run_load(clients, seconds, "GET", paths) for _ in range(rounds)]
            print(f"{title:34} {clients:3} clients  {median([f['per_second'] for f in figures]):9.0f}/s  p99 "
                  f"{median([f['p99_ms'] for f in figures]):7.1f} ms  (wanted {target})", flush=True)


def bench_trial(host, lines_wanted):
    """Posts vouchers until the ledger has that many lines, then times the report."""
    tenant = host.sql("SELECT id FROM core.tenant LIMIT 1")
    count = f"BEGIN; SET LOCAL app.tenant_id = '{tenant}'; SELECT count(*) FROM finance.gl_entry; COMMIT;"
    have = int(host.sql(count))
    accounts = leaf_accounts(host)
    rng = random.Random(2)
    size = min(40, len(accounts) // 2 * 2)
    bodies = [journal_body(accounts, size, rng) for _ in range(200)]
    while have < lines_wanted:
        host.run_load(16, 10, "POST", ["/api/v1/finance/journal-vouchers?action=submit"], bodies)
        have = int(host.sql(count))
    times = []
    for _ in range(51):
        began = time.perf_counter()
        host.call("GET", "/api/v1/finance/reports/trial-balance?as_of=" + time.strftime("%Y-%m-%d"))
        times.append((time.perf_counter() - began) * 1e3)
    print(f"trial balance after {have} lines: median {median(times):.1f} ms, over HTTP, new connection each "
          "(wanted <= 10 ms)", flush=True)


def bench_start(host):
    print(f"idle host: {resident_mb(host.process.pid):.1f} MB resident (wanted <= 25)", flush=True)
    host.stop()
    times = []
    for _ in range(5):
        times.append(host.start())
        host.stop()
    print(f"start with an existing cluster, PostgreSQL's own start included: median {median(times) * 1e3:.0f} ms "
          "(wanted <= 300 without PostgreSQL's)", flush=True)
    host.start()
    host.sign_in()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--lines", type=int, default=1000000)
    parser.add_argument("--documents", type=int, default=100000)
    parser.add_argument("parts", nargs="*", default=[])
    options = parser.parse_intermixed_args()
    parts = options.parts or ["start", "journal", "receipt", "delivery", "read", "trial"]
    import books
    host = Host(os.path.abspath(options.build))
    try:
        print(f"very first start: {host.start() * 1e3:.0f} ms (wanted <= 3000)", flush=True)
        host.sign_in()
        if "start" in parts:
            bench_start(host)
        if "journal" in parts:
            bench_journal(host, options.seconds, options.rounds)
        if "receipt" in parts:
            from receipt import bench_receipt
            if "journal" not in parts:
                limit_schema(host, leaf_accounts(host))
            bench_receipt(host, options.seconds, options.rounds, compare)
        if "delivery" in parts:
            if "journal" not in parts and "receipt" not in parts:
                limit_schema(host, leaf_accounts(host))
            books.bench_delivery(host, options.seconds, options.rounds, compare)
        if "read" in parts:
            bench_read(host, options.seconds, options.rounds)
        if "trial" in parts:
            bench_trial(host, options.lines)
        if "import" in parts:
            books.bench_import(host, min(options.lines, 100000))
        if "known" in parts:
            books.bench_known(host)
        if "prove" in parts:
            books.bench_prove(host)
        if "growth" in parts:
            books.bench_growth(host, options.documents)
        if "long" in parts:
            books.bench_long(host, options.lines)
    finally:
        host.remove()


if __name__ == "__main__":
    sys.path.insert(0, HERE)
    main()
