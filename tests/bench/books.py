"""Deliveries of ten lines by both costing methods; and the books when they are long: import, reports as known at a moment,
proof."""
import datetime
import json
import os
import subprocess
import time

import receipt
from receipt import LINES, limit_schema, limit_script

METHODS = ("moving_average", "fifo")
PATH = ["/api/v1/wms/delivery-notes?action=submit"]


def stocked(host, method, tag=None, quantity=10_000_000):
    """Ten items of the method with plenty of stock: the body of a delivery of one each."""
    tag = tag or method[:3].upper()
    unit = host.call("GET", "/api/v1/core/units?code=Nos")["items"][0]["id"]
    center = next(c["id"] for c in host.call("GET", "/api/v1/finance/cost-centers?limit=200")["items"] if not c.get("is_group"))
    customer = host.call("POST", "/api/v1/core/customers", {"code": f"D-{tag}", "name": f"Customer {tag}"})
    depot = host.call("POST", "/api/v1/wms/warehouses",
                      {"code": f"D-{tag}", "name": f"Depot {tag}", "kind": "depot", "cost_center": center})
    items = [host.call("POST", "/api/v1/core/items", {"code": f"D-{tag}-{n}", "name": f"Item {tag} {n}", "stock_unit": unit,
                                                      "valuation": method})["id"] for n in range(LINES)]
    for part in range(5):  # under FIFO the first of five layers
        host.call("POST", "/api/v1/wms/stock-adjustments?action=submit",
                  {"warehouse": depot["id"], "reason": "opening",
                   "lines": [{"direction": "in", "item": i, "qty": str(quantity // 5), "rate": f"1.2{part}"} for i in items]})
    return [json.dumps({"customer": customer["id"], "warehouse": depot["id"], "lines": [{"item": i, "qty": "1"} for i in items]})]


def bench_delivery(host, seconds, rounds, compare):
    limit = limit_script(limit_schema(host))
    for method in METHODS:
        bodies = stocked(host, method)
        compare(host, f"delivery, 10 lines, {method}", 8, seconds, rounds,
                lambda c, s, b=bodies: host.run_load(c, s, "POST", PATH, b), limit, ">= 0.3")


def grow(host, what, table, path, bodies, documents):
    """Documents per second after 1,000 of them and after many."""
    tenant = host.sql("SELECT id FROM core.tenant LIMIT 1")
    count = f"BEGIN; SET LOCAL app.tenant_id = '{tenant}'; SELECT count(*) FROM {table}; COMMIT;"
    while int(host.sql(count)) < 1000:
        host.run_load(8, 1, "POST", path, bodies)
    early = host.run_load(8, 5, "POST", path, bodies)
    while int(host.sql(count)) < documents:
        host.run_load(8, 10, "POST", path, bodies)
    late = host.run_load(8, 5, "POST", path, bodies)
    print(f"{what} per second, 8 clients: {early['per_second']:.0f} after 1,000, {late['per_second']:.0f} after {documents} "
          "(wanted: no fewer)", flush=True)


def bench_growth(host, documents):
    grow(host, "deliveries", "wms.delivery_note", PATH, stocked(host, "moving_average", "GROW"), documents)
    grow(host, "receipts", "wms.goods_receipt", receipt.PATH, receipt.receipt_bodies(host, 40, "GROW"), documents)


def journal_file(host, lines):
    """A CSV file of vouchers of two lines, over the months of this year up to today."""
    path, day = os.path.join(host.dir, "journal.csv"), time.localtime()
    with open(path, "w", encoding="utf-8") as file:
        file.write("reference,posting_date,account,debit,credit\n")
        for i in range(lines // 2):
            date = f"{day.tm_year}-{1 + i % day.tm_mon:02d}-01"
            amount = f"{1 + i % 9999}.{i % 100:02d}"
            file.write(f"F{i},{date},1120,{amount},\nF{i},{date},3100,,{amount}\n")
    return path


def bench_import(host, lines):
    path = journal_file(host, lines)
    began = time.monotonic()
    run = subprocess.run([host.binary, "import", "--commit", "journal-vouchers", path, "--action", "submit"],
                         env=host.environment, capture_output=True, text=True, check=False)
    took = time.monotonic() - began
    verdicts = sum(line.split("\t")[1:2] == ["created"] for line in run.stdout.splitlines())
    print(f"import of {lines} journal lines: {took:.1f} s, {verdicts} verdicts (wanted <= 20 s for 100,000)", flush=True)


def timed(host, path, times=11):
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        host.call("GET", path)
        taken.append((time.perf_counter() - began) * 1e3)
    return sorted(taken)[times // 2]


def bench_known(host):
    """Reports as of a day, as known at a moment."""
    today = time.strftime("%Y-%m-%d")
    tenant = host.sql("SELECT id FROM core.tenant LIMIT 1")
    moment = host.sql(f"BEGIN; SET LOCAL app.tenant_id = '{tenant}'; SELECT to_char(recorded_at AT TIME ZONE 'UTC', "
                      "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM finance.acc_event WHERE seq = (SELECT max(seq) / 2 FROM "
                      "finance.acc_event); COMMIT;")
    lines = host.sql(f"BEGIN; SET LOCAL app.tenant_id = '{tenant}'; SELECT count(*) FROM finance.gl_entry; COMMIT;")
    for report in ("trial-balance", "balance-sheet", "profit-and-loss"):
        day = "to" if report == "profit-and-loss" else "as_of"
        path = f"/api/v1/finance/reports/{report}?{day}={today}"
        print(f"{report} of {lines} lines: {timed(host, path):.1f} ms (wanted <= 5), as known when half was recorded "
              f"{timed(host, path + '&known_at=' + moment):.0f} ms (wanted <= 1000)", flush=True)


# ---- a long ledger ----

CENTERS = 5
TURNOVERS = (("account_balance", "month", "date_trunc('month', day)"), ("account_day", "day", "day"))


def fill_month(host, tenant, accounts, centers, month, lines):
    """Made-up lines, two and two, of a month: (its first day, days with lines, number of the first voucher)."""
    first, days, seq = month
    made = f"""CREATE TEMP TABLE made ON COMMIT DROP AS SELECT {seq} + i / 2 AS seq, 1 + i % 2 AS line_no,
        date '{first}' + (i / 2 % {days})::int AS day, ('{{{accounts}}}'::uuid[])[1 + (i / 2 * 7 + i % 2) % {accounts.count(",") + 1}]
        AS account, ('{{{centers}}}'::uuid[])[1 + i / 2 % {CENTERS}] AS center, (1 + i / 2 % 1000) * (1 - i % 2) AS debit,
        (1 + i / 2 % 1000) * (i % 2) AS credit FROM generate_series(0, {lines} - 1) AS i;
        INSERT INTO finance.gl_entry (tenant_id, seq, line_no, posting_date, account, cost_center, debit, credit, narration)
        SELECT '{tenant}', seq, line_no, day, account, center, debit, credit, 'made up' FROM made;"""
    for table, column, day in TURNOVERS:
        made += f"""INSERT INTO finance.{table} AS b (tenant_id, account, cost_center, {column}, debit, credit)
            SELECT '{tenant}', account, center, {day}, sum(debit), sum(credit) FROM made GROUP BY 2, 3, 4
            ON CONFLICT (tenant_id, account, cost_center, {column}) DO UPDATE SET debit = b.debit + excluded.debit,
            credit = b.credit + excluded.credit;"""
    host.sql(f"BEGIN; SET LOCAL synchronous_commit = off; SET LOCAL statement_timeout = 0; "
             f"SET LOCAL app.tenant_id = '{tenant}'; {made} COMMIT;", "bm_owner")


def time_trial(host, lines):
    today = datetime.date.today()
    for what, day in (("today", today), ("in the middle of them", today.replace(day=max(1, today.day // 2))),
                      ("at the end of last month", today.replace(day=1) - datetime.timedelta(1))):
        taken = timed(host, f"/api/v1/finance/reports/trial-balance?as_of={day}", 51)
        print(f"trial balance of {lines} made-up lines, {lines // 10} of them in this month, {what}: {taken:.1f} ms "
              "(wanted <= 20 for 10,000,000, <= 5 for 1,000,000)", flush=True)


def bench_long(host, lines):
    """The trial balance of many lines, a tenth of them in this month. They have no vouchers: nothing else is to be
    measured on this database afterwards."""
    for n in range(CENTERS):
        host.call("POST", "/api/v1/finance/cost-centers", {"code": f"LONG{n}", "name": f"Long {n}"})
    tenant = host.sql("SELECT id FROM core.tenant LIMIT 1")
    accounts, centers = (host.sql(f"BEGIN; SET LOCAL app.tenant_id = '{tenant}'; SELECT string_agg(id::text, ',') FROM "
                                  f"finance.{table}; COMMIT;") for table in ("account WHERE NOT is_group",
                                                                              "cost_center WHERE code LIKE 'LONG%'"))
    today = datetime.date.today()
    month, seq = today.replace(day=1), 1_000_000_000
    for back in range(24):
        part = (lines // 10 if back == 0 else lines * 9 // 230) // 2 * 2
        fill_month(host, tenant, accounts, centers, (month, today.day if back == 0 else 28, seq), part)
        month, seq = (month - datetime.timedelta(1)).replace(day=1), seq + part
    host.sql("ANALYZE finance.gl_entry, " + ", ".join("finance." + t[0] for t in TURNOVERS), "bm_owner")
    time_trial(host, lines)


def bench_prove(host):
    began = time.monotonic()
    run = subprocess.run([host.binary, "prove"], env=host.environment, capture_output=True, text=True, check=False)
    last = (run.stdout.strip() or run.stderr.strip()).splitlines()[-1]
    for line in run.stdout.splitlines():
        if line.startswith("FAIL"):
            print(line)
    print(f"prove: {time.monotonic() - began:.1f} s, {last} (wanted <= 60 s for 1,000,000 lines)", flush=True)
