"""business-m prove says which invariant a broken row breaks: N2, N2b, S6, S9 and L11, broken by hand and mended again. On the way
a fiscal year is closed, opened again and closed once more."""
import collections
import datetime
import re

import bm
from bm import sql
from company import FREIGHT, Company, prove


def broken(host):
    """Invariant → number of offending rows, of those that do not hold."""
    code, out, err = bm.prove(host)
    found = collections.Counter()
    for line in out.splitlines():
        if line.startswith("FAIL"):
            found[line.split()[1]] += sum(map(int, re.findall(r": (\d+) offending", line)))
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


def landed_costs(company):
    """One that stands, on goods of which some are gone, and one that was cancelled: their numbers."""
    item = company.item("LND", "fifo")
    receipt = company.receive(company.order((item, 10, 10)))
    company.issue(item, 4)
    numbers = {}
    for state in ("submitted", "cancelled"):
        document = company.client.create("wms/landed-costs", "submit", receipts=[{"receipt": receipt["id"]}],
                                         charges=[{"account": company.account(FREIGHT), "amount": "5.55"}])
        if state == "cancelled":
            company.client.act("wms/landed-costs", document["id"], "cancel")
        numbers[state] = document["number"]
    return numbers


def landed_broken(host, checks, numbers):
    """A share that is not in stock, one too many, a cancelled one that stands, a receipt that knows of more: S9 alone."""
    split = ("UPDATE wms.landed_cost_splits s SET to_stock = to_stock {0} 1, to_variance = to_variance {1} 1 FROM "
             "wms.landed_cost l WHERE l.tenant_id = s.tenant_id AND l.id = s.parent_id AND l.number = '" +
             numbers["submitted"] + "'")
    state = "UPDATE wms.landed_cost SET state = '{0}' WHERE number = '" + numbers["cancelled"] + "'"
    known = "UPDATE wms.goods_receipt_lines SET landed_value = landed_value {0} 1 WHERE landed_value > 0"
    for what, broken_by, mended_by, rows in (
            ("more in stock than the ledger has", split.format("+", "-"), split.format("-", "+"), 1),
            ("a cancelled one stands", state.format("submitted"), state.format("cancelled"), 2),
            ("a receipt knows of more", known.format("+"), known.format("-"), 1)):
        sql(host, broken_by)
        checks.equal(broken(host), {"S9": rows}, f"landed cost: {what}")
        sql(host, mended_by)


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
    point = "UPDATE finance.fiscal_year_periods SET turnover = turnover {} 0.01 WHERE status = 'locked'"
    sql(host, ";".join([c.format("+") for c, _ in changes] + [transfer("state = 'received'", done), lock.format("-"),
                                                              point.format("+")]))
    checks.equal(broken(host), {"S6": 1 + sum(rows for _, rows in changes), "N2b": 1,
                                "N2": int(sql(host, "SELECT count(*) FROM finance.acc_event"))}, "the documents are broken")
    sql(host, ";".join([c.format("-") for c, _ in changes] + [transfer("state = 'submitted'", done), lock.format("+"),
                                                              point.format("-")]))


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
    checks.ok({"S1", "S2", "S3", "L6", "X1", "N2"} <= set(found), f"the ledger is broken: {found}")
    # the step, what it lost in all, and one bin of each item
    checks.equal(found.get("S6"), 4, "the ledger is broken: S6")
    sql(host, ";".join([leg.format("+"), bins.format("-"), lock.format(f"'{since}'")]))


def results(client, year):
    """Net profit of the year; and its result, not closed and retained, as the balance sheet at its end has it."""
    rows = client.report("finance", "profit-and-loss", **{"from": year["start"], "to": year["end"]})["rows"]
    sheet = {r["name"]: r["amount"] for r in client.report("finance", "balance-sheet", as_of=year["end"])["rows"]}
    return [bm.Decimal(amount) for amount in (rows[-1]["amount"], sheet["Profit or loss not yet closed"],
                                              sheet.get("Retained earnings", 0))]


def close_year(host, company, checks):
    """Last year: 400 sold in one cost center, 200 in another. Returns the year and its closing."""
    client, main = company.client, company.center
    year = max((y for y in client.all("finance/fiscal-years") if y["end"] < today()), key=lambda y: y["end"])
    company.journal(("3900", 90, 0), ("2110", 0, 90), posting_date=year["start"], opening=True)
    west = client.create("finance/cost-centers", code="WEST", name="West")["id"]
    for center, amount in ((main, 400), (west, 200)):
        company.center = center
        company.journal(("1130", amount, 0), ("4100", 0, amount), posting_date=year["end"])
    company.center = main
    client.act("finance/fiscal-years", year["id"], "soft-close", number=2)
    closing = client.create("finance/year-closings", "submit", fiscal_year=year["id"])
    checks.equal({(c["cost_center"], c["result"]) for c in closing["centers"]}, {(main, "400.00"), (west, "200.00")},
                 "result by cost center")
    checks.equal(closing["posting_date"], year["end"], "closed on the last day")
    checks.equal(results(client, year), [600, 0, 600], "a closed year keeps its figures")
    prove(host, checks, "a closed year")
    body = {"posting_date": year["end"], "lines": [{"account": company.account("1120"), "debit": "1"},
                                                   {"account": company.account("3100"), "credit": "1"}]}
    answer = client.post("/api/v1/finance/journal-vouchers", body, action="submit")
    checks.refused(answer, 422, "finance.period.locked", "posting_date", "posting into a closed year")
    answer = client.post("/api/v1/finance/year-closings", {"fiscal_year": year["id"]}, action="submit")
    checks.refused(answer, 422, "finance.year_closing.closed", "fiscal_year", "closing twice")
    client.act("finance/year-closings", closing["id"], "cancel")
    states = [p["status"] for p in client.read("finance/fiscal-years", year["id"])["periods"]]
    checks.equal(states, ["open", "soft_closed"] + 10 * ["open"], "opened again: the periods are as they were")
    checks.equal(results(client, year), [600, 600, 0], "opened again: the result is open")
    prove(host, checks, "opened again")
    again = client.act("finance/year-closings", closing["id"], "amend")
    again = client.act("finance/year-closings", again["id"], "submit")
    checks.equal(results(client, year), [600, 0, 600], "closed once more")
    prove(host, checks, "closed once more")
    return year, again


def closing_broken(host, checks, year, closing):
    """What was closed is not zero, not locked, not what the closing says: L11 tells, row by row."""
    year = f"(SELECT id FROM finance.fiscal_year WHERE label = '{year['label']}')"
    closing = f"(SELECT id FROM finance.year_closing WHERE number = '{closing['number']}')"
    alone = ("UPDATE finance.account SET root_type = '{0[0]}' WHERE code = '1130'",  # 600 that nobody closed
             f"UPDATE finance.fiscal_year_periods SET status = '{{0[1]}}' WHERE number = 1 AND parent_id = {year}",
             "UPDATE finance.year_closing_lines SET amount = amount {0[2]} 1 WHERE parent_id = " + closing)
    sql(host, ";".join(change.format(("income", "open", "+")) for change in alone))
    checks.equal(broken(host), {"L11": 4}, "an account, a period, two lines")
    sql(host, ";".join(change.format(("asset", "locked", "-")) for change in alone))
    link = "UPDATE finance.fiscal_year SET closing = {} WHERE id = " + year
    sql(host, link.format("NULL"))
    checks.equal(broken(host), {"L11": 1}, "a closing whose year is not closed")
    sql(host, link.format(closing))
    voucher = ("UPDATE finance.gl_entry SET debit = debit {} 1 WHERE debit > 0 AND seq = (SELECT max(seq) FROM "
               "finance.acc_event WHERE voucher_type = 'closing')")
    sql(host, voucher.format("-"))
    checks.equal(broken(host).get("L11"), 2, "less was closed than there was, and than the closing says")
    sql(host, voucher.format("+"))


def run(host, checks):
    company = Company(bm.Client(host).sign_in(), "P")
    numbers = transfers(company, checks)
    landed = landed_costs(company)
    relock(company, checks)
    prove(host, checks, "after the work")
    documents_broken(host, checks, numbers)
    landed_broken(host, checks, landed)
    ledger_broken(host, checks)
    closing_broken(host, checks, *close_year(host, company, checks))
    prove(host, checks, "mended")


if __name__ == "__main__":
    bm.scenario(run)
