"""Movements dated back, over HTTP and PostgreSQL: refused unless the policy says so, previewed, restated in both books on
every day, carried by transfers and landed cost; and the event log rebuilds all of it."""
import datetime

import bm
from bm import Decimal
from company import Company, books_agree, prove


def ago(days):
    return (datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=days)).isoformat()


def found(company, item, qty, rate, days):
    return {"warehouse": company.depot["id"], "reason": "other", "posting_date": ago(days),
            "lines": [{"item": item["id"], "direction": "in", "qty": str(qty), "rate": str(rate)}]}


def taken(company, item, qty, days, warehouse=None):
    return company.client.create("wms/stock-issues", "submit", **company.issue_body(item, qty, warehouse),
                                 posting_date=ago(days))


def by_document(company, item):
    """Document number → value of its rows in the stock ledger, corrections with it."""
    sums = {}
    for row in company.client.report("wms", "stock-ledger", item=item["id"])["rows"]:
        sums[row["voucher_no"]] = sums.get(row["voucher_no"], Decimal(0)) + Decimal(row["value"])
    return sums


def restated(company, checks, method, policy_ready):
    client = company.client
    item = company.item(f"BK{method[0]}", method)
    client.create("wms/stock-adjustments", "submit", **found(company, item, 10, 20, 8))
    issue = taken(company, item, 5, 5)
    late = found(company, item, 10, 10, 9)
    if not policy_ready:
        answer = client.post("/api/v1/wms/stock-adjustments", late, action="submit")
        checks.refused(answer, (409, 422), "wms.stock.backdated", what="before the policy allows it")
        client.create("core/policies", name="wms.backdating", value="2", effective_from="2020-01-01", reason="Late papers")
    draft = client.create("wms/stock-adjustments", **late)
    rows = client.report("wms", "backdating-preview", document=draft["id"])["rows"]
    rise = Decimal(25) if method == "moving_average" else Decimal(50)
    documents = [(r["voucher_no"], Decimal(r["value"])) for r in rows if r["moves"] == "document"]
    checks.equal(documents, [(issue["number"], rise)], f"{method}: preview names the issue")
    checks.ok({"stock", "stock_issue"} <= {r["purpose"] for r in rows if r["moves"] == "ledger"}, f"{method}: and the accounts")
    checks.equal(by_document(company, item)[issue["number"]], Decimal(-100), f"{method}: it wrote nothing")
    client.act("wms/stock-adjustments", draft["id"], "submit")
    checks.equal(by_document(company, item)[issue["number"]], rise - 100, f"{method}: the issue is booked anew")
    sent = client.create("wms/stock-transfers", "submit", from_warehouse=company.depot["id"],
                         to_warehouse=company.outlet["id"], transit_warehouse=company.transit["id"], posting_date=ago(4),
                         lines=[{"item": item["id"], "qty": "6"}])
    client.act("wms/stock-transfers", sent["id"], "receive", posting_date=ago(3))
    sold = taken(company, item, 2, 2, company.outlet)
    answer = client.post("/api/v1/wms/stock-issues", {**company.issue_body(item, 10), "posting_date": ago(7)}, action="submit")
    checks.refused(answer, (409, 422), "wms.stock.later", what=f"{method}: a later document would be left without goods")
    client.create("wms/stock-adjustments", "submit", **found(company, item, 5, 1, 10))
    if method == "moving_average":  # under FIFO the outlet got its first pieces at 10 before and after
        checks.ok(by_document(company, item)[sold["number"]] > -Decimal(sold["total"]), f"{method}: sold for less now")
    client.act("wms/stock-issues", issue["id"], "cancel")
    checks.equal(by_document(company, item)[issue["number"]], Decimal(0), f"{method}: cancelled, all of it is back")
    books_agree(company, checks, f"{method}: dated back")


def many(company, checks):
    """More movements than two checkpoints, and one before them all."""
    item = company.item("BKN", "fifo")
    lines = [{"item": item["id"], "direction": "in", "qty": "1", "rate": "2"}] * 700
    company.client.create("wms/stock-adjustments", "submit", **{**found(company, item, 1, 2, 8), "lines": lines})
    first = taken(company, item, 300, 6)
    company.client.create("wms/stock-adjustments", "submit", **found(company, item, 100, 1, 9))
    checks.equal(by_document(company, item)[first["number"]], Decimal(-500), "the old goods go first")
    checks.equal(company.stock(item), (Decimal(500), Decimal(1000)), "and the new ones stay")
    taken(company, item, 1, 7)
    books_agree(company, checks, "many movements")


def named(document, **more):
    document["lines"][0].update(more)
    return document


def tracked(company, checks):
    """Batches keep their own average, pieces are in one place, on every day."""
    client = company.client
    milk = company.item("BKM", "batch_average", tracking="batch")
    batch = client.create("wms/batches", item=milk["id"], code="B1")["id"]
    client.create("wms/stock-adjustments", "submit", **named(found(company, milk, 10, 10, 9), batch=batch))
    sold = client.create("wms/stock-issues", "submit", **named(company.issue_body(milk, 4), batch=batch), posting_date=ago(5))
    client.create("wms/stock-adjustments", "submit", **named(found(company, milk, 10, 20, 7), batch=batch))
    checks.equal(by_document(company, milk)[sold["number"]], Decimal(-60), "a batch is averaged by date")
    answer = client.post("/api/v1/wms/stock-issues", {**named(company.issue_body(milk, 17), batch=batch), "posting_date": ago(6)},
                         action="submit")
    checks.refused(answer, (409, 422), "wms.stock.later", what="a later issue of the batch would be left short")
    phone = company.item("BKP", "batch_average", tracking="serial")
    client.create("wms/stock-adjustments", "submit", **named(found(company, phone, 2, 100, 8), serials="N1 N2"))
    client.create("wms/stock-issues", "submit", **named(company.issue_body(phone, 1), serials="N1"), posting_date=ago(4))
    answer = client.post("/api/v1/wms/stock-adjustments", named(found(company, phone, 1, 90, 6), serials="N1"), action="submit")
    checks.refused(answer, (409, 422), "wms.serial.later", what="a piece that leaves later cannot come in again")
    client.create("wms/stock-adjustments", "submit", **named(found(company, phone, 1, 90, 9), serials="N3"))
    client.create("wms/stock-issues", "submit", **named(company.issue_body(phone, 1), serials="N2"), posting_date=ago(6))
    checks.equal(company.stock(phone), (Decimal(1), Decimal(90)), "one piece is left")
    books_agree(company, checks, "tracked goods dated back")


def standard(company, checks):
    """Valued by the standard of the day, revalued by those that began since."""
    client = company.client
    item = company.item("BKS", "standard")
    client.create("wms/standard-costs", "submit", item=item["id"], rate="10", posting_date=ago(9), reason="First")
    client.create("wms/standard-costs", "submit", item=item["id"], rate="15", posting_date=ago(5), reason="Dearer")
    client.create("wms/stock-adjustments", "submit", **found(company, item, 2, 15, 5))
    client.create("wms/stock-adjustments", "submit", **found(company, item, 4, 11, 7))
    checks.equal(company.stock(item), (Decimal(6), Decimal(90)), "all of it at the standard of now")
    taken(company, item, 1, 6)
    checks.equal(company.stock(item), (Decimal(5), Decimal(75)), "one of them left before")
    books_agree(company, checks, "standard cost dated back")


def freight(company, checks):
    item = company.item("BKL")
    receipt = company.receive(company.order((item, 10, 10), order_date=ago(9)), posting_date=ago(9))
    issue = taken(company, item, 4, 5)
    cost = company.client.create("wms/landed-costs", "submit",
                                 charges=[{"account": company.account("5160"), "basis": "value", "amount": "10"}],
                                 receipts=[{"receipt": receipt["id"]}])
    checks.ok(cost["restated"], "freight counts from the receipt's day")
    checks.equal(by_document(company, item)[issue["number"]], Decimal(-44), "and the issue is dearer")
    checks.equal(company.stock(item), (Decimal(6), Decimal(66)), "as is the stock")
    books_agree(company, checks, "freight")
    return cost


def below_zero(company, checks):
    """V005 recorded backwards; and more movements below zero than a checkpoint takes, with goods that came before them."""
    client = company.client
    item = company.item("BKZ")
    client.create("core/policies", name="wms.negative_stock", value="1", effective_from="2020-01-01", reason="Cashier first")
    issue = taken(company, item, 30, 5)
    for qty, rate, days in ((10, 40, 3), (10, 30, 4), (10, 20, 6), (10, 10, 7)):
        client.create("wms/stock-adjustments", "submit", **found(company, item, qty, rate, days))
    checks.equal(by_document(company, item)[issue["number"]], Decimal(-450), "below zero: issued at 15")
    checks.equal(company.stock(item), (Decimal(10), Decimal(400)), "below zero: what came last is there")
    checks.amount(company.balance("5190"), "150", "below zero: ten had cost 30")
    item = company.item("BKY")
    body = company.issue_body(item, 1)
    issue = client.create("wms/stock-issues", "submit", **{**body, "lines": body["lines"] * 300}, posting_date=ago(6))
    client.create("wms/stock-adjustments", "submit", **found(company, item, 290, 2, 8))
    checks.equal(company.stock(item), (Decimal(-10), Decimal(0)), "below zero: an emptied bin has no rate")
    checks.equal(by_document(company, item)[issue["number"]], Decimal(-580), "below zero: and the 290 before cost 2")
    books_agree(company, checks, "below zero")


def run(host, checks):
    company = Company(bm.Client(host).sign_in(), "K")
    restated(company, checks, "moving_average", False)
    restated(company, checks, "fifo", True)
    many(company, checks)
    tracked(company, checks)
    standard(company, checks)
    cost = freight(company, checks)
    prove(host, checks, "dated back")
    company.client.act("wms/landed-costs", cost["id"], "cancel")
    below_zero(company, checks)
    prove(host, checks, "freight taken back, and stock below zero")


if __name__ == "__main__":
    bm.scenario(run)
