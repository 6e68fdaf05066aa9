#!/usr/bin/env python3
"""Measures one process per domain against one process for all, both on this machine, one after the other in turns.

usage: tests/bench/modes.py BUILD_DIR [--seconds S] [--rounds N] [--minutes M] [PART …]
Parts: idle receipt rate

rate sends 10,000 requests a minute to the enterprise, four reads to a write, whether it answers or not, and prints
how long each took from the moment it was due. Nothing here asserts: machines are shared and noisy.
"""
import argparse
import collections
import http.client
import itertools
import os
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import receipt  # noqa: E402
import run  # noqa: E402

PER_MINUTE = 10000
CONNECTIONS = 48


class Enterprise(run.Host):
    """The same program as a broker, a gateway and a process for each domain."""

    arguments = ("up", "--mode", "enterprise")


def children(pid):
    """The process and all below it."""
    out = subprocess.run(["ps", "-eo", "pid=,ppid=,comm="], capture_output=True, text=True, check=True).stdout
    below = collections.defaultdict(list)
    for line in out.splitlines():
        own, parent, name = line.split(None, 2)
        below[int(parent)].append((int(own), name))
    found, todo = [], [(pid, "up")]
    while todo:
        found.append(todo.pop())
        todo += below[found[-1][0]]
    return found


def domain_of(pid):
    with open(f"/proc/{pid}/environ", "rb") as file:
        for pair in file.read().split(b"\0"):
            if pair.startswith(b"M_DOMAINS="):
                return pair.split(b"=", 1)[1].decode()
    return "up"


def bench_idle(host):
    time.sleep(5)
    for pid, name in children(host.process.pid):
        if name.startswith("business-m"):
            print(f"idle {domain_of(pid):10} {run.resident_mb(pid):5.1f} MB resident (wanted <= 25)", flush=True)


def bench_receipt(indie, enterprise, seconds, rounds):
    hosts = {"indie": indie, "enterprise": enterprise}
    bodies = {name: receipt.receipt_bodies(host, 40) for name, host in hosts.items()}
    for clients in (1, 8, 64):
        figures = collections.defaultdict(list)
        for _ in range(rounds):
            for name, host in hosts.items():
                figures[name].append(host.run_load(clients, seconds, "POST", receipt.PATH, bodies[name]))
        own, other = (run.median([f["per_second"] for f in figures[n]]) for n in ("enterprise", "indie"))
        p99, other_p99 = (run.median([f["p99_ms"] for f in figures[n]]) for n in ("enterprise", "indie"))
        refused = sum(f["refused"] for n in figures for f in figures[n])
        print(f"goods receipt, 10 lines {clients:3} clients  enterprise {own:6.0f}/s  p99 {p99:6.1f} ms  indie {other:6.0f}/s  "
              f"p99 {other_p99:6.1f} ms  ratio {own / other if other else 0:5.2f}  (wanted >= 0.5), {refused} refused", flush=True)


# ---- 10,000 requests a minute ----

def requests_of(host):
    """An endless mixture: (kind, method, path, body)."""
    bodies = receipt.receipt_bodies(host, 40, "RATE")
    accounts = run.leaf_accounts(host)
    rng = run.random.Random(3)
    vouchers = [run.journal_body(accounts, 2, rng) for _ in range(100)]
    items = [i["id"] for i in host.call("GET", "/api/v1/core/items?limit=50")["items"]]
    orders = [o["id"] for o in host.call("GET", "/api/v1/wms/purchase-orders?limit=50")["items"]]
    reads = [lambda: "/api/v1/finance/reports/trial-balance?as_of=" + time.strftime("%Y-%m-%d"),
             lambda: "/api/v1/core/items/" + rng.choice(items),
             lambda: "/api/v1/wms/purchase-orders/" + rng.choice(orders),
             lambda: "/api/v1/wms/goods-receipts?limit=20&sort=-number",
             lambda: "/api/v1/finance/journal-vouchers?state=submitted&limit=20",
             lambda: "/api/v1/wms/reports/stock-balance",
             lambda: "/api/v1/core/suppliers?limit=20",
             lambda: "/api/v1/finance/accounts?limit=50"]
    for n in itertools.count():
        if n % 10 == 4:
            yield "write", "POST", receipt.PATH[0], rng.choice(bodies)
        elif n % 10 == 9:
            yield "write", "POST", "/api/v1/finance/journal-vouchers?action=submit", rng.choice(vouchers)
        else:
            yield "read", "GET", reads[n % len(reads)](), None


class Rate:
    """Requests that are due one after the other, sent by several threads."""

    def __init__(self, host, minutes):
        self.host, self.lock = host, threading.Lock()
        self.source, self.taken, self.total = requests_of(host), 0, int(PER_MINUTE * minutes)
        self.times = collections.defaultdict(list)
        self.errors = collections.Counter()
        next(self.source)  # the masters are made before the clock starts
        self.began = time.monotonic()

    def take(self):
        with self.lock:
            if self.taken == self.total:
                return None, None
            due = self.began + self.taken * 60 / PER_MINUTE
            self.taken += 1
            return due, next(self.source)

    def send(self, connection, method, path, body):
        headers = {"Authorization": "Bearer " + self.host.token, "Content-Type": "application/json"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def work(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.host.port, timeout=30)
        while True:
            due, request = self.take()
            if request is None:
                return
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                status = self.send(connection, *request[1:])
            except (OSError, http.client.HTTPException) as error:
                status = type(error).__name__
                connection.close()
            with self.lock:
                self.times[request[0]].append(time.monotonic() - due)
                if status not in (200, 201):
                    self.errors[f"{request[1]} {request[2].split('?')[0]}: {status}"] += 1


def bench_rate(host, minutes):
    rate = Rate(host, minutes)
    threads = [threading.Thread(target=rate.work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - rate.began
    print(f"rate: {rate.total} requests in {took:.0f} s, {rate.total / took * 60:.0f} a minute (wanted {PER_MINUTE}), "
          f"{sum(rate.errors.values())} errors (wanted 0)", flush=True)
    for kind, wanted in (("read", 300), ("write", 1000)):
        times = sorted(rate.times[kind])
        p50, p95, p99 = (1e3 * times[len(times) * p // 100] for p in (50, 95, 99))
        print(f"{kind:5}  {len(times):6}  median {p50:6.1f} ms  p95 {p95:6.1f} ms  p99 {p99:6.1f} ms  (p95 wanted < {wanted})",
              flush=True)
    for what, count in rate.errors.most_common(10):
        print(f"  {count} x {what}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("parts", nargs="*", default=[])
    options = parser.parse_intermixed_args()
    parts = options.parts or ["idle", "receipt", "rate"]
    hosts = [Enterprise(os.path.abspath(options.build))]
    if "receipt" in parts:
        hosts.append(run.Host(os.path.abspath(options.build)))
    try:
        for host in hosts:
            host.start()
            host.sign_in()
        if "idle" in parts:
            bench_idle(hosts[0])
        if "receipt" in parts:
            bench_receipt(hosts[1], hosts[0], options.seconds, options.rounds)
        if "rate" in parts:
            bench_rate(hosts[0], options.minutes)
    finally:
        for host in hosts:
            host.remove()


if __name__ == "__main__":
    main()
