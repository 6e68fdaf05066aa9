"""What the scenarios share: the real program in a state directory of its own, clients that speak HTTP to it, raw
sockets, and checks that are counted. Python standard library only.

A scenario is a program: bm.scenario(run) reads --binary (or BM_BINARY), starts the host, calls run(host, checks),
stops everything, prints "Checks: N, Failures: F, Errors: E" and exits with 1 when something was wrong.

Works as root (the host runs PostgreSQL as an unprivileged user then, so directories are made traversable) and as
anybody else. Everything listens on the loopback address or in the state directory."""
import argparse
import contextlib
import decimal
import glob
import http.client
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse
import uuid

PASSWORD = "Correct-Horse-Battery-7"
EMAIL = "admin@example.com"
SKIPPED = 77
Decimal = decimal.Decimal
decimal.getcontext().prec = 50


# ---- checks ----

class Checks:
    """Counts what holds; what does not is printed at once and the scenario goes on."""

    def __init__(self):
        self.count = self.failures = self.errors = 0
        self.lock = threading.Lock()

    def ok(self, condition, what):
        with self.lock:
            self.count += 1
            if not condition:
                self.failures += 1
                print(f"FAILED: {what}", flush=True)
        return bool(condition)

    def equal(self, got, wanted, what):
        return self.ok(got == wanted, f"{what}: {got!r}, wanted {wanted!r}")

    def amount(self, got, wanted, what):
        """Decimals by value: "9.8" is "9.80"."""
        try:
            same = Decimal(str(got)) == Decimal(str(wanted))
        except (decimal.InvalidOperation, TypeError):
            same = False
        return self.ok(same, f"{what}: {got!r}, wanted {wanted}")

    def refused(self, answer, status, code, path=None, what=""):
        """An error in the standard envelope: status, code (of the error or of the field at path), and help."""
        name = what or f"{answer.method} {answer.path}"
        error = (answer.json or {}).get("error") if isinstance(answer.json, dict) else None
        if not self.ok(isinstance(error, dict), f"{name}: no error envelope: {answer.status} {answer.text[:300]}"):
            return
        statuses = status if isinstance(status, tuple) else (status,)
        self.ok(answer.status in statuses, f"{name}: status {answer.status}, wanted {status}: {answer.text[:300]}")
        fields = error.get("fields") or []
        codes = [error.get("code")] + [f.get("code") for f in fields if path is None or f.get("path") == path]
        wanted = code if isinstance(code, tuple) else (code,)
        self.ok(any(c in wanted for c in codes), f"{name}: codes {codes}, wanted {code}: {answer.text[:400]}")
        if path is not None:
            self.ok(any(f.get("path") == path for f in fields), f"{name}: no field error at {path}: {answer.text[:400]}")
        self.ok(error.get("message"), f"{name}: no message")
        self.ok(error.get("hint"), f"{name}: no hint")
        self.ok(error.get("request_id"), f"{name}: no request id")

    def done(self):
        print(f"Checks: {self.count}, Failures: {self.failures}, Errors: {self.errors}", flush=True)
        return 1 if self.failures or self.errors or not self.count else 0


class Stop(Exception):
    """The scenario cannot go on."""


# ---- the program ----

INITDB = """#!/bin/sh
# -D and the directory come first
made={made}/$(id -u)
if [ -n "{made}" ] && [ -d "$made" ]; then exec cp -a "$made" "$2"; fi
{real}/initdb "$@" --no-sync || exit 1
if [ -n "{made}" ] && ! {{ cp -a "$2" "$made.$$" && mv -T "$made.$$" "$made"; }} 2>/dev/null; then rm -rf "$made.$$"; fi
"""
POSTGRES = """#!/bin/sh
if [ "$1" = --single ]; then shift; exec {real}/postgres --single -F "$@"; fi
exec {real}/postgres "$@" -c fsync=off
"""


def swift_programs(state):
    """Settings for a PostgreSQL that only a power cut can tell from the product's: nothing is forced to the disk, and where
    BM_CLUSTERS is, a folder for the time of a whole run, an empty cluster is made once and copied from then on."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if not found:
        return {}
    folder = os.path.join(state, "postgresql")
    os.mkdir(folder, 0o755)
    for name, text in (("initdb", INITDB), ("postgres", POSTGRES)):
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.format(real=os.path.dirname(found[-1]), made=os.environ.get("BM_CLUSTERS", "")))
        os.chmod(path, 0o755)
    return {"M_PG_BINDIR": folder}


ENTERPRISE = os.environ.get("BM_MODE") == "enterprise"  # one process a domain instead of one for all


class Host:
    def __init__(self, binary, durable=False, **settings):
        """durable: with the product's own PostgreSQL settings to the letter, for those who kill it."""
        self.binary = os.path.abspath(binary)
        self.state = tempfile.mkdtemp(prefix="bm-")
        os.chmod(self.state, 0o755)  # the unprivileged user of PostgreSQL passes through
        self.log_path = os.path.join(self.state, "host.log")
        self.settings = {"M_STATE_DIR": os.path.join(self.state, "s"), "M_HTTP_PORT": "0",
                         "M_ADMIN_PASSWORD": PASSWORD, "M_ADMIN_EMAIL": EMAIL, "M_PASSWORD_MEMORY_MB": "8",
                         **({} if durable else swift_programs(self.state)), **settings}
        self.process = None
        self.port = 0
        self.clients = []

    def environment(self, **more):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("M_", "FRAMEWORK_", "PG"))}
        return {**kept, **self.settings, **more}

    def start(self, seconds=60):
        """Starts and waits until it is ready; the time that took."""
        began = time.monotonic()
        at = os.path.getsize(self.log_path) if os.path.exists(self.log_path) else 0
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([self.binary, *(["up", "--mode", "enterprise"] if ENTERPRISE else ["serve"])], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.environment(), start_new_session=True)
        while time.monotonic() - began < seconds:
            if self.process.poll() is not None:
                raise Stop(f"the host ended with {self.process.returncode}:\n{self.log()[-3000:]}")
            port = self.listening(at)
            if port:
                self.port = port
                with contextlib.suppress(OSError, http.client.HTTPException):
                    if Client(self).request("GET", "/ready").status == 200:
                        return time.monotonic() - began
            time.sleep(0.01)
        raise Stop(f"the host is not ready after {seconds} s:\n{self.log()[-3000:]}")

    def listening(self, at=0):
        if ENTERPRISE:
            found = re.search(r"^Business M is ready on http://[^\n]*:(\d+)$", self.log(at), re.M)
            return int(found.group(1)) if found else 0
        for line in self.log(at).splitlines():
            with contextlib.suppress(ValueError, AttributeError):
                entry = json.loads(line)
                if entry.get("event") == "listening":
                    return int(entry.get("port") or re.search(r":(\d+)\D*$", entry.get("detail", "")).group(1))
        return 0

    def log(self, at=0):
        with open(self.log_path, "rb") as file:
            file.seek(at)
            return file.read().decode("utf-8", errors="replace")

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, seconds=30):
        """SIGTERM; its exit status."""
        if not self.process:
            return None
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = "killed: it did not stop in time"
        self.process = None
        return code

    def kill(self):
        """kill -9 of the host alone; its PostgreSQL may live on."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def postmaster(self):
        """Process id of its PostgreSQL, or 0."""
        for folder, _, names in os.walk(self.settings["M_STATE_DIR"]):
            if "postmaster.pid" in names:
                with contextlib.suppress(OSError, ValueError, IndexError):
                    with open(os.path.join(folder, "postmaster.pid"), encoding="utf-8") as file:
                        pid = int(file.readline())
                    os.kill(pid, 0)
                    return pid
        return 0

    def backends(self):
        """Process ids of the sessions of its PostgreSQL."""
        found = []
        parent = self.postmaster()
        for name in os.listdir("/proc") if parent else []:
            with contextlib.suppress(OSError):
                if name.isdigit():
                    with open(f"/proc/{name}/stat", encoding="utf-8") as file:
                        if int(file.read().rsplit(")", 1)[1].split()[1]) != parent:
                            continue
                    with open(f"/proc/{name}/cmdline", encoding="utf-8") as file:
                        if re.search(r"postgres: (\S+ )?bm_\w+ ", file.read()):
                            found.append(int(name))
        return found

    def command(self, *arguments, stdin="", seconds=300, **environment):
        """business-m …: (exit status, standard output, standard error)."""
        run = subprocess.run([self.binary, *arguments], input=stdin, capture_output=True, text=True, timeout=seconds,
                             env=self.environment(**environment), check=False)
        return run.returncode, run.stdout, run.stderr

    def close(self):
        for client in self.clients:
            client.close()
        self.stop()
        pid = self.postmaster()
        if pid:  # the host was killed; its PostgreSQL must not stay
            os.kill(pid, signal.SIGQUIT)
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and os.path.exists(f"/proc/{pid}"):
                time.sleep(0.05)
        shutil.rmtree(self.state, ignore_errors=True)


# ---- what lies below the program ----

DOMAINS = ("core", "finance", "wms", "people")


def database_of(statement):
    """The database that a statement is about: of the domain whose table it names first, "m" being in each (then core's)."""
    if not ENTERPRISE:
        return "business_m"
    named = re.search(r"\b(finance|wms|people|core)\.\w", re.sub(r"'[^']*'", "''", statement))
    return "business_m_" + (named.group(1) if named else "core")


def sql(host, statement, database=None):
    """As the owner of everything, past every rule, in the host's own PostgreSQL. Several statements may stand there with
    semicolons between; each goes to its domain's database. What they print, line by line."""
    psql = sorted(glob.glob("/usr/lib/postgresql/*/bin/psql"))[-1]
    said = []
    for target, some in itertools.groupby(re.split(r";(?=(?:[^']*'[^']*')*[^']*$)", statement), lambda s: database or database_of(s)):
        run = subprocess.run([psql, "-XAtq", "-1", "-v", "ON_ERROR_STOP=1", "-h", host.settings["M_STATE_DIR"] + "/socket", "-U",
                              "bm_super", "-c", ";".join(some), target], capture_output=True, text=True, timeout=60, check=False)
        if run.returncode:
            raise Stop(f"{statement}: {run.stderr}")
        said.append(run.stdout.strip())
    return "\n".join(s for s in said if s)


def prove(host, seconds=300, by_command=not ENTERPRISE):
    """business-m prove, and what lies between the domains where they are several: (exit status, output, errors). Without
    by_command the running processes are asked over HTTP, which says the same and starts no process for each domain."""
    if not by_command and host.alive():
        return prove_over_http(host, seconds)
    runs = [host.command("prove", seconds=seconds)]
    if ENTERPRISE and host.alive():
        runs.append(host.command("prove", "--cross", seconds=seconds))
    return max(r[0] for r in runs), "".join(r[1] for r in runs), "".join(r[2] for r in runs)


def prove_over_http(host, seconds):
    client, deadline = Client(host).sign_in(), time.monotonic() + seconds
    task = client.must(client.post("/api/v1/prove"), 202)["task"]
    while task["state"] in ("waiting", "running"):
        if time.monotonic() > deadline:
            raise Stop(f"the proof is still {task['state']} after {seconds} s: {task}")
        time.sleep(0.05)
        task = client.must(client.get("/api/v1/prove", id=task["id"]))["task"]
    if task["state"] == "failed":
        return 1, "", json.dumps(task["refusal"])
    said = [f"{'ok  ' if r['holds'] else 'FAIL'}  {r['id']:4} {r['title']}{': ' * bool(r['detail'])}{r['detail']}" for r in task["rows"]]
    return int(task["result"]["broken"] > 0), "\n".join(said) + "\n", ""


# ---- the client ----

class Answer:
    def __init__(self, method, path, status, headers, body):
        self.method, self.path, self.status, self.headers, self.body = method, path, status, headers, body
        self.text = body.decode("utf-8", errors="replace")
        try:
            self.json = json.loads(self.text) if body else None
        except ValueError:
            self.json = None

    def __repr__(self):
        return f"{self.method} {self.path} → {self.status} {self.text[:500]}"


NEW_KEY = object()


class Client:
    """One connection, one user. Every write carries an idempotency key of its own unless one is given."""

    def __init__(self, host, token=None):
        self.host, self.token, self.connection = host, token, None
        self.patience = 0  # seconds to try again after "not now" (429, 503)
        host.clients.append(self)

    def again(self):
        """Another connection of the same user."""
        other = Client(self.host, self.token)
        other.patience = self.patience
        return other

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def request(self, method, path, body=None, key=NEW_KEY, headers=None, timeout=60):
        """body: something that json.dumps takes, or bytes as they are. key None: no idempotency key."""
        key = uuid.uuid4().hex if key is NEW_KEY else key
        deadline = time.monotonic() + self.patience
        while True:
            answer = self.request_once(method, path, body, key, headers, timeout)
            if answer.status not in (429, 503) or time.monotonic() > deadline:
                return answer
            time.sleep(0.1)

    def request_once(self, method, path, body, key, headers, timeout):
        sent = {"Accept": "application/json", **(headers or {})}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        if method not in ("GET", "HEAD") and key is not None:
            sent["Idempotency-Key"] = key
        if self.connection and self.connection.port != self.host.port:
            self.close()  # the host was started again
        fresh = self.connection is None
        if fresh:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.host.port, timeout=timeout)
        try:
            self.connection.request(method, path, body=data, headers=sent)
            response = self.connection.getresponse()
            answer = Answer(method, path, response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException):
            self.close()
            if not fresh and (method in ("GET", "HEAD") or "Idempotency-Key" in sent):
                return self.request_once(method, path, body, key, headers, timeout)
            raise
        if response.will_close:
            self.close()
        return answer

    def get(self, path, **query):
        return self.request("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))

    def post(self, path, body=None, key=NEW_KEY, **query):
        return self.request("POST", path + ("?" + urllib.parse.urlencode(query) if query else ""), body, key)

    # What must succeed; Stop otherwise.

    def must(self, answer, *statuses):
        if answer.status not in (statuses or (200, 201)):
            raise Stop(repr(answer))
        return answer.json

    def sign_in(self, tenant="main", email=EMAIL, password=PASSWORD):
        answer = self.request("POST", "/api/v1/auth/token", {"tenant": tenant, "email": email, "password": password},
                              key=None)
        self.token = self.must(answer)["access_token"]
        return self

    def create(self, collection, action=None, **document):
        """collection: "core/suppliers". action: made at once, "submit"."""
        query = {"action": action} if action else {}
        return self.must(self.post(f"/api/v1/{collection}", document, **query))

    def read(self, collection, identity):
        return self.must(self.get(f"/api/v1/{collection}/{identity}"))

    def act(self, collection, identity, action, **body):
        return self.must(self.post(f"/api/v1/{collection}/{identity}/{action}", body or None))

    def change(self, collection, document, **fields):
        return self.must(self.request("PATCH", f"/api/v1/{collection}/{document['id']}", fields,
                                      headers={"If-Match": f"\"{document['version']}\""}))

    def all(self, collection, **query):
        """Every document of the list, page by page."""
        found = []
        query.setdefault("limit", 200)
        for _ in range(1000):
            page = self.must(self.get(f"/api/v1/{collection}", **query))
            found += page["items"]
            if not page.get("next_cursor"):
                return found
            query["cursor"] = page["next_cursor"]
        raise Stop(f"{collection}: the list does not end")

    def find(self, collection, field, value):
        """The one document whose field has the value."""
        found = self.all(collection, **{field: value})
        if len(found) != 1:
            raise Stop(f"{collection}: {len(found)} with {field} = {value}")
        return found[0]

    def report(self, module, name, **params):
        return self.must(self.get(f"/api/v1/{module}/reports/{name}", **params))


def raw(host, data, seconds=5, pieces=None):
    """Sends bytes as they are and returns all that comes back until the server closes or is silent."""
    with socket.create_connection(("127.0.0.1", host.port), timeout=seconds) as connection:
        received = b""
        with contextlib.suppress(OSError):
            for piece in pieces or [data]:
                connection.sendall(piece)
        connection.settimeout(seconds)
        with contextlib.suppress(OSError):
            while True:
                chunk = connection.recv(65536)
                if not chunk:
                    break
                received += chunk
                head, _, body = received.partition(b"\r\n\r\n")
                length = re.search(rb"content-length: *(\d+)", head, re.I)
                if length and len(body) >= int(length.group(1)) and b"onnection: close" not in head:
                    connection.settimeout(0.3)  # a second answer would come now
        return received


def parallel(count, work):
    """work(i) in count threads that begin together; the results in order (exceptions are results)."""
    gate = threading.Barrier(count)
    results = [None] * count

    def one(i):
        gate.wait()
        try:
            results[i] = work(i)
        except Exception as problem:  # pylint: disable=broad-except
            results[i] = problem
    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# ---- running ----

def scenario(run, durable=False, **settings):
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=os.environ.get("BM_BINARY"))
    parser.add_argument("--keep-log", action="store_true", help="print the host's log at the end")
    options = parser.parse_args()
    shipped = os.path.join(os.environ.get("BM_RELEASE_BUILD", ""), "host", "business-m")
    if "BM_SHIPPED" in os.environ and os.path.exists(shipped):
        options.binary = shipped  # where sanitizers would find nothing that they do not find elsewhere
        os.environ.pop("LD_LIBRARY_PATH", None)  # meson's, to the libraries with sanitizers
    if not options.binary or not os.path.exists(options.binary):
        print("SKIP: no host binary; give --binary or BM_BINARY")
        sys.exit(SKIPPED)
    checks = Checks()
    host = Host(options.binary, durable, **settings)
    try:
        host.start()
        run(host, checks)
    except Exception:  # pylint: disable=broad-except
        checks.errors += 1
        traceback.print_exc()
    finally:
        checks.ok(host.stop() in (0, None), "the host stops with 0")
        text = host.log() if os.path.exists(host.log_path) else ""
        for sign in ("ERROR: AddressSanitizer", "runtime error:", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer", "Assertion"):
            checks.ok(sign not in text, f"the host's log says {sign}")
        if options.keep_log or checks.errors or checks.failures:
            print(text[-6000:])
        host.close()
    sys.exit(checks.done())


numbers = itertools.count(1)
