"""business-m prove says which invariant a broken row breaks: N2 and S6, broken by hand and mended again."""
import datetime
import glob
import re
import subprocess

import bm
from company import Company, prove


def sql(host, statement):
    """As the owner of everything, past every rule, in the host's own PostgreSQL."""
    psql = sorted(glob.glob("/usr/lib/postgresql/*/bin/psql"))[-1]
    socket = host.settings["M_STATE_DIR"] + "/socket"
    run = subprocess.run([psql, "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", socket, "-U", "bm_super", "-c", statement, "business_m"],
                         capture_output=True, text=True, timeout=60, check=False)
    if run.returncode:
        raise bm.Stop(f"{statement}: {run.stderr}")
    return run.stdout.strip()


def broken(host):
    """Invariant → number of offending rows, of those that do not hold."""
    code, out, err = host.command("prove")
    found = {line.split()[1]: int((re.findall(r": (\d+) offending", line) or ["0"])[0])
             for line in out.splitlines() if line.startswith("FAIL")}
    if (code == 0) == bool(found):
        raise bm.Stop(f"prove ended with {code}: {out}{err}")
    return found


def today():
    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()


def relock(company, checks):
    """A period with postings is locked, opened, posted to and locked again: all of that is legal."""
    client = company.client
    year, number = next((y["id"], p["number"]) for y in client.all("finance/fiscal-years")
                        for p in client.read("finance/fiscal-years", y["id"])["periods"]
                        if p["start"] <= today() <= p["end"])
    for action in ("lock", "reopen", "soft-close", "lock"):
        period = client.act("finance/fiscal-years", year, action, number=number)["periods"][number - 1]
        checks.equal(bool(period["locked_at"]), action == "lock", f"{action}: locked since {period['locked_at']}")
        if action != "lock":
            company.journal(("1120", "70", "0"), ("3100", "0", "70"))


def transfers(company, checks):
    """One transfer in every state for both valuations: their numbers."""
    client, numbers = company.client, {}
    for method in ("moving_average", "fifo"):
        item = company.item(method, valuation=method)
        company.stock_in(item, 30, "10.01")
        company.stock_in(item, 30, "14.02")
        for state in ("submitted", "part_received", "received", "closed", "cancelled"):
            document = client.create("wms/stock-transfers", "submit", from_warehouse=company.depot["id"],
                                     to_warehouse=company.outlet["id"], transit_warehouse=company.transit["id"],
                                     lines=[{"item": item["id"], "qty": "7"}])
            if state in ("part_received", "closed"):
                document = client.act("wms/stock-transfers", document["id"], "receive",
                                      lines=[{"line": document["lines"][0]["id"], "qty": "3"}])
            action = {"received": "receive", "closed": "write_off", "cancelled": "cancel"}.get(state)
            if action:
                document = client.act("wms/stock-transfers", document["id"], action)
            checks.equal(document["state"], state, f"{method}: state")
            numbers[method, state] = document["number"]
    return numbers


def documents_broken(host, checks, numbers):
    """What the transfers and the lock say is not what the ledgers say: seen by N2 and S6 alone, row by row."""
    def child(table, column, by, number):
        return (f"UPDATE wms.stock_transfer_{table} x SET {column} = {column} {{}} {by} FROM wms.stock_transfer t WHERE "
                f"t.tenant_id = x.tenant_id AND t.id = x.parent_id AND t.number = '{number}'")

    def transfer(change, number):
        return f"UPDATE wms.stock_transfer SET {change} WHERE number = '{number}'"
    changes = [  # with + and −; offending rows
        (child("transit", "left_qty", 1, numbers["fifo", "part_received"]), 2),  # the line and the transit warehouse
        (child("transit", "left_value", "0.01", numbers["moving_average", "part_received"]), 2),
        (child("lines", "stock_qty", 1, numbers["fifo", "received"]), 1),
        (child("lines", "value", "0.01", numbers["moving_average", "closed"]), 1),
        (child("lines", "value", "0.01", numbers["moving_average", "cancelled"]), 0),  # nothing is left of it
        (transfer("lost_value = lost_value {} 0.01", numbers["fifo", "closed"]), 1),
        (transfer("lost_value = lost_value {} 0.01", numbers["moving_average", "received"]), 1)]
    done = numbers["fifo", "submitted"]  # done, with goods in transit: 1
    lock = "UPDATE finance.fiscal_year_periods SET locked_at = locked_at {} interval '1 day' WHERE status = 'locked'"
    sql(host, ";".join([c.format("+") for c, _ in changes] + [transfer("state = 'received'", done), lock.format("-")]))
    checks.equal(broken(host), {"S6": 1 + sum(rows for _, rows in changes),
                                "N2": int(sql(host, "SELECT count(*) FROM finance.acc_event"))}, "the documents are broken")
    sql(host, ";".join([c.format("-") for c, _ in changes] + [transfer("state = 'submitted'", done), lock.format("+")]))


def ledger_broken(host, checks):
    """One leg is worth less than the other, goods are in transit that nobody sent, and a lock has lost its time."""
    leg = ("UPDATE wms.stock_entry SET value = value {} 0.01 WHERE qty > 0 AND seq = (SELECT max(seq) FROM "
           "wms.stock_entry WHERE event_type = 'stock_transfer_receipt')")
    bins = ("UPDATE wms.stock_bin b SET qty = qty {} 1 FROM wms.warehouse w WHERE w.tenant_id = b.tenant_id AND w.id = "
            "b.warehouse AND w.kind = 'transit'")
    lock = "UPDATE finance.fiscal_year_periods SET locked_at = {} WHERE status = 'locked'"
    since = sql(host, "SELECT locked_at FROM finance.fiscal_year_periods WHERE status = 'locked'")
    sql(host, ";".join([leg.format("-"), bins.format("+"), lock.format("NULL")]))
    found = broken(host)
    checks.ok({"S1", "S2", "S7", "L6", "X1", "N2"} <= set(found), f"the ledger is broken: {found}")
    # the step, what it lost in all, and one bin of each item
    checks.equal(found.get("S6"), 4, "the ledger is broken: S6")
    sql(host, ";".join([leg.format("+"), bins.format("-"), lock.format(f"'{since}'")]))


def run(host, checks):
    company = Company(bm.Client(host).sign_in(), "P")
    numbers = transfers(company, checks)
    relock(company, checks)
    prove(host, checks, "after the work")
    documents_broken(host, checks, numbers)
    ledger_broken(host, checks)
    prove(host, checks, "mended")


if __name__ == "__main__":
    bm.scenario(run)
