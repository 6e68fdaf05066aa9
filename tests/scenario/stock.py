"""Costing, transfers, issues and returns: the quantities and values of the domain rules 3.1, in both books."""
import bm
from bm import Decimal
from company import (ACCRUED, FREIGHT, GRNI, LANDED_VARIANCE, OPENING, STOCK, STOCK_LOSS, TRANSIT, Company,
                     books_agree, prove)


def moving_average(company, checks):
    """In 100@10 and 50@13: 150, 1,650.00. Out 70: 770.00. Out 80: 880.00; then exactly nothing."""
    item = company.item("MA")
    company.stock_in(item, 100, 10)
    company.stock_in(item, 50, 13)
    checks.equal(company.stock(item), (Decimal(150), Decimal(1650)), "moving average: in")
    checks.amount(company.issue(item, 70)["total"], "770.00", "moving average: out 70")
    checks.equal(company.stock(item), (Decimal(80), Decimal(880)), "moving average: left")
    checks.amount(company.issue(item, 80)["total"], "880.00", "moving average: out 80")
    checks.equal(company.stock(item), (Decimal(0), Decimal(0)), "moving average: empty is exactly zero")


def fifo(company, checks):
    """Layers 100@10 and 50@13: out 120 takes 1,000 + 260; 30@13 are left."""
    item = company.item("FF", "fifo")
    company.stock_in(item, 100, 10)
    company.stock_in(item, 50, 13)
    checks.amount(company.issue(item, 120)["total"], "1260.00", "FIFO: out 120")
    checks.equal(company.stock(item), (Decimal(30), Decimal(390)), "FIFO: left")
    checks.amount(company.issue(item, 30)["total"], "390.00", "FIFO: the rest")
    checks.equal(company.stock(item), (Decimal(0), Decimal(0)), "FIFO: empty")


def thirds(company, checks):
    """3 for 10.00: what is left over goes with the last one, never a cent lost or made."""
    for method in ("moving_average", "fifo"):
        item = company.item(f"TH{method[0]}", method)
        receipt = company.receive(company.order((item, 3, "3.333333")))
        checks.amount(receipt["total"], "10.00", f"{method}: 3 × 3.333333")
        parts = [Decimal(company.issue(item, 1)["total"]) for _ in range(3)]
        checks.amount(sum(parts), "10.00", f"{method}: thirds {parts}")
        checks.equal(company.stock(item), (Decimal(0), Decimal(0)), f"{method}: nothing is left")


def standard(company, checks):
    """V021: 10 and 10 at 10, 15 leave, the standard becomes 15: 5 for 75.00, 25.00 of it revaluation. Bought dearer: a variance."""
    item = company.item("SD", "standard")
    client = company.client
    client.create("wms/standard-costs", "submit", item=item["id"], rate="10")
    company.receive(company.order((item, 10, 10)))
    receipt = company.receive(company.order((item, 10, 12)))
    checks.amount(receipt["stock_total"], "100.00", "standard: into stock")
    checks.amount(company.issue(item, 15)["total"], "150.00", "standard: out 15")
    done = client.create("wms/standard-costs", "submit", item=item["id"], rate="15")
    checks.amount(done["revaluation"], "25.00", "standard: revaluation")
    checks.equal(company.stock(item), (Decimal(5), Decimal(75)), "standard: 5 at 15")


def tracked(company, checks):
    """Batches leave by expiry, each at its own cost; a piece with a serial number is in one place."""
    client = company.client
    def stock_in(item, qty, rate, **more):
        line = {"item": item["id"], "direction": "in", "qty": str(qty), "rate": str(rate), **more}
        return {"warehouse": company.depot["id"], "reason": "other", "lines": [line]}
    milk = company.item("MK", "batch_average", tracking="batch")
    late = client.create("wms/batches", item=milk["id"], code="LATE", expires_on="2099-12-31")
    soon = client.create("wms/batches", item=milk["id"], code="SOON", expires_on="2098-12-31")
    client.create("wms/stock-adjustments", "submit", **stock_in(milk, 10, 10, batch=late["id"]))
    client.create("wms/stock-adjustments", "submit", **stock_in(milk, 10, 20, batch=soon["id"]))
    checks.refused(client.post("/api/v1/wms/stock-adjustments", stock_in(milk, 1, 1), action="submit"), (409, 422),
                   "wms.batch.needed", what="in without a batch")
    checks.amount(company.issue(milk, 12)["total"], "220.00", "batches: what expires first leaves first")
    rows = client.report("wms", "stock-by-batch", item=milk["id"])["rows"]
    checks.equal([(r["code"], Decimal(r["qty"])) for r in rows], [("LATE", Decimal(8))], "batches: what is left")
    phone = company.item("PH", "batch_average", tracking="serial")
    client.create("wms/stock-adjustments", "submit", **stock_in(phone, 3, 100, serials="P1 P2 P3"))
    checks.refused(client.post("/api/v1/wms/stock-adjustments", stock_in(phone, 1, 1, serials="P2"), action="submit"),
                   (409, 422), "wms.serial.present", what="a piece that is there")
    body = company.issue_body(phone, 1)
    body["lines"][0]["serials"] = "P2"
    client.create("wms/stock-issues", "submit", **body)
    number = client.find("wms/serial-numbers", "code", "P2")
    rows = client.report("wms", "batch-and-serial-history", serial=number["id"])["rows"]
    checks.equal([Decimal(r["qty"]) for r in rows], [Decimal(1), Decimal(-1)], "serial number: its history")


def units(company, checks):
    """Bought by the box of 12, kept in pieces."""
    item = company.item("BX", units=[{"unit": company.box, "factor": "12"}])
    order = company.client.create("wms/purchase-orders", "submit", supplier=company.supplier["id"],
                                  warehouse=company.depot["id"],
                                  lines=[{"item": item["id"], "qty": "5", "unit": company.box, "rate": "120"}])
    company.receive(order)
    checks.equal(company.stock(item), (Decimal(60), Decimal(600)), "5 boxes of 12 at 120")


def negative(company, checks):
    """What is not there cannot go out, and nothing happens."""
    item = company.item("NG")
    company.stock_in(item, 5, 10)
    client = company.client
    before = company.trial_balance()
    answer = client.post("/api/v1/wms/stock-issues", company.issue_body(item, 6), action="submit")
    checks.refused(answer, (409, 422), "wms.stock.negative", what="issue 6 of 5")
    answer = client.post("/api/v1/wms/stock-issues", company.issue_body(item, 1, company.outlet), action="submit")
    checks.refused(answer, (409, 422), "wms.stock.negative", what="issue where there is nothing")
    checks.equal(company.stock(item), (Decimal(5), Decimal(50)), "stock is as before")
    checks.equal(company.trial_balance(), before, "and so are the books")


def below_zero(company, checks):
    """V005, where the policy allows it: 30 of 20 leave; what comes in later settles what they cost."""
    item = company.item("BZ")
    company.client.create("core/policies", name="wms.negative_stock", value="1", effective_from="2026-01-01", reason="Cashier first")
    company.receive(company.order((item, 10, 10)))
    company.receive(company.order((item, 10, 20)))
    checks.amount(company.issue(item, 30)["total"], "450.00", "below zero: out 30 of 20")
    checks.equal(company.stock(item), (Decimal(-10), Decimal(-150)), "below zero: what is missing")
    company.receive(company.order((item, 10, 30)))
    checks.equal(company.stock(item), (Decimal(0), Decimal(0)), "below zero: settled")
    company.receive(company.order((item, 10, 40)))
    checks.equal(company.stock(item), (Decimal(10), Decimal(400)), "below zero: and on")
    company.issue(item, 11)
    company.issue(item, 11)


def transfer(company, checks, method):
    """50 sent, 48 arrive: 2 stay on the way until they are written off. Value is conserved."""
    client = company.client
    item = company.item(f"TR{method[0]}", method)
    company.stock_in(item, 30, 10)
    company.stock_in(item, 30, 14)
    books = company.trial_balance()

    def moved(code):
        return company.balance(code) - books.get(code, Decimal(0))
    value = Decimal(600) if method == "moving_average" else Decimal(300 + 20 * 14)
    sent = client.create("wms/stock-transfers", "submit", from_warehouse=company.depot["id"],
                         to_warehouse=company.outlet["id"], transit_warehouse=company.transit["id"],
                         lines=[{"item": item["id"], "qty": "50"}])
    checks.amount(sent["total"], value, f"{method}: value sent")
    checks.equal(company.stock(item, company.transit), (Decimal(50), value), f"{method}: on the way")
    checks.amount(moved(TRANSIT), value, f"{method}: transit account")
    checks.amount(moved(STOCK), -value, f"{method}: stock account")
    line = sent["lines"][0]["id"]
    answer = client.post(f"/api/v1/wms/stock-transfers/{sent['id']}/receive", {"lines": [{"line": line, "qty": "51"}]})
    checks.refused(answer, 422, "wms.transfer.over", what="51 of 50 arrive")
    received = client.act("wms/stock-transfers", sent["id"], "receive", lines=[{"line": line, "qty": "48"}])
    checks.equal(received["state"], "part_received", f"{method}: state")
    outlet, way = company.stock(item, company.outlet), company.stock(item, company.transit)
    checks.equal((outlet[0], way[0]), (Decimal(48), Decimal(2)), f"{method}: quantities")
    checks.amount(outlet[1] + way[1], value, f"{method}: value is conserved")
    books_agree(company, checks, f"{method}: transfer under way")
    closed = client.act("wms/stock-transfers", sent["id"], "write_off")
    checks.equal(closed["state"], "closed", f"{method}: written off")
    checks.equal(company.stock(item, company.transit), (Decimal(0), Decimal(0)), f"{method}: nothing on the way")
    checks.amount(moved(TRANSIT), 0, f"{method}: transit account is clear")
    checks.amount(moved(STOCK_LOSS), way[1], f"{method}: the loss is booked")
    checks.amount(closed["lost_value"], way[1], f"{method}: and told")


def purchase_return(company, checks):
    """10 of 40 go back: stock and GRNI fall, and only the rest can be invoiced."""
    client = company.client
    item = company.item("RT")
    order = company.order((item, 40, 25))
    receipt = company.receive(order)
    books = company.trial_balance()
    client.create("wms/purchase-returns", "submit", receipt=receipt["id"], reason="broken",
                  lines=[{"receipt_line": receipt["lines"][0]["id"], "qty": "10"}])
    after = company.trial_balance()
    checks.amount(after[STOCK] - books[STOCK], -250, "return: stock account")
    checks.amount(after[GRNI] - books[GRNI], 250, "return: GRNI")
    checks.equal(company.stock(item), (Decimal(30), Decimal(750)), "return: stock")
    answer = client.post("/api/v1/wms/purchase-returns",
                         {"receipt": receipt["id"], "lines": [{"receipt_line": receipt["lines"][0]["id"], "qty": "31"}]},
                         action="submit")
    checks.refused(answer, (409, 422), ("wms.return.over", "wms.stock.negative"), what="return more than is left")
    answer = client.post("/api/v1/finance/purchase-invoices", company.invoice_body(receipt, (40, 25)), action="submit")
    checks.refused(answer, 422, "finance.invoice.beyond_receipt", what="invoice what was sent back")
    company.invoice(receipt, (30, 25))
    checks.amount(company.balance(GRNI), books[GRNI] + 1000, "return and invoice: GRNI is cleared")


def landed_body(company, basis, *receipts, charges=(("5160", 100),)):
    """charges: (account code, amount), all by one basis."""
    return {"charges": [{"account": company.account(code), "basis": basis, "amount": str(amount)}
                        for code, amount in charges],
            "receipts": [{"receipt": receipt["id"]} for receipt in receipts]}


def landed(company, basis, *receipts, **more):
    return company.client.create("wms/landed-costs", "submit", **landed_body(company, basis, *receipts, **more))


def landed_cost(company, checks, method):
    """Freight before and after some of the goods are used: what is there becomes dearer, the rest is a variance."""
    client, books = company.client, company.trial_balance()

    def moved(code):
        return company.balance(code) - books.get(code, Decimal(0))
    item = company.item(f"LC{method[0]}", method)
    receipt = company.receive(company.order((item, 10, 100)))
    landed(company, "value", receipt)
    landed(company, "quantity", receipt, charges=((ACCRUED, 50),))
    checks.equal(company.stock(item), (Decimal(10), Decimal(1150)), f"{method}: two freights on 10 at 100")
    checks.amount(company.issue(item, 1)["total"], "115.00", f"{method}: and one leaves at 115")
    late = landed(company, "equal", receipt, charges=((FREIGHT, 20), (ACCRUED, "0.05")))
    for split, amount in zip(late["splits"], ("20.00", "0.05"), strict=True):
        checks.amount(split["amount"], amount, f"{method}: a row for each charge")
    checks.amount(late["stock_total"], "18.05", f"{method}: nine of ten are there")
    checks.amount(late["variance_total"], "2.00", f"{method}: the tenth's part is a variance")
    checks.amount(moved(LANDED_VARIANCE), "2.00", f"{method}: variance account")
    checks.amount(moved(FREIGHT), "-120.00", f"{method}: account of the charges")
    checks.amount(moved(ACCRUED), "-50.05", f"{method}: the other account")
    checks.amount(moved(STOCK), "1053.05", f"{method}: stock account")
    read = client.read("wms/goods-receipts", receipt["id"])
    checks.amount(read["lines"][0]["landed_value"], "170.05", f"{method}: told by the receipt")
    answer = client.post(f"/api/v1/wms/goods-receipts/{receipt['id']}/cancel")
    checks.refused(answer, (409, 422), "wms.receipt.landed", what="cancel a receipt with landed cost")
    second = company.issue(item, 2)
    answer = client.post(f"/api/v1/wms/landed-costs/{late['id']}/cancel")
    checks.refused(answer, (409, 422), "wms.landed_cost.consumed", what="cancel after goods left")
    client.act("wms/stock-issues", second["id"], "cancel")
    client.act("wms/landed-costs", late["id"], "cancel")
    checks.equal(company.stock(item), (Decimal(9), Decimal(1035)), f"{method}: cancelled, it is out again")
    checks.amount(moved(LANDED_VARIANCE), 0, f"{method}: of the variance too")
    checks.amount(company.issue(item, 9)["total"], "1035.00", f"{method}: the rest")
    checks.equal(company.stock(item), (Decimal(0), Decimal(0)), f"{method}: empty is exactly zero")
    landed(company, "value", receipt, charges=((FREIGHT, 7),))
    checks.amount(moved(LANDED_VARIANCE), 7, f"{method}: nothing left, all is a variance")
    books_agree(company, checks, f"{method}: landed cost")


def landed_split(company, checks):
    """1,000.00 by value over 20,000, 5,000 and 3,000, and by quantity over 6, 6, 3, 6; 4.85 over three pieces."""
    def shares(document, wanted, what):
        checks.equal([Decimal(s["amount"]) for s in document["splits"]], [Decimal(w) for w in wanted], what)
    items = [company.item(f"LS{i}", "fifo", **({"weight": "2"} if i else {})) for i in range(3)]
    receipt = company.receive(company.order((items[0], 100, 200), (items[1], 10, 500), (items[2], 3, 1000)))
    shares(landed(company, "value", receipt, charges=((FREIGHT, 1000),)), ("714.29", "178.57", "107.14"), "by value")
    answer = company.client.post("/api/v1/wms/landed-costs", landed_body(company, "weight", receipt), action="submit")
    checks.refused(answer, 422, "wms.landed_cost.measure", "charges[0].basis", "by weight without a weight")
    answer = company.client.post("/api/v1/wms/landed-costs",
                                 landed_body(company, "value", receipt, charges=((STOCK, 5),)), action="submit")
    checks.refused(answer, (409, 422), "finance.account.kept", what="credit the stock account")
    receipt = company.receive(company.order(*((company.item(f"LQ{i}"), q, 1) for i, q in enumerate((6, 6, 3, 6)))))
    shares(landed(company, "quantity", receipt, charges=((FREIGHT, 1000),)),
           ("285.71", "285.71", "142.86", "285.72"), "by quantity")
    item = company.item("LT", "fifo")
    landed(company, "quantity", company.receive(company.order((item, 3, 1))), charges=((FREIGHT, "1.85"),))
    for wanted in ("1.62", "1.62", "1.61"):
        checks.amount(company.issue(item, 1)["total"], wanted, "4.85 over three")
    rows = company.client.report("wms", "stock-ledger", item=item["id"])["rows"]
    checks.equal([Decimal(r["balance_value"]) for r in rows], [Decimal(v) for v in ("3", "4.85", "3.23", "1.61", "0")],
                 "the stock ledger shows the freight")


def back_dated(company, checks):
    """No movement before the last one of its bin."""
    item = company.item("BD")
    company.stock_in(item, 5, 10)
    answer = company.client.post("/api/v1/wms/stock-issues",
                                 {**company.issue_body(item, 1), "posting_date": yesterday()}, action="submit")
    checks.refused(answer, (409, 422), "wms.stock.backdated", what="issue dated before the receipt")
    checks.equal(company.stock(item)[0], Decimal(5), "and nothing moved")


def today(less=0):
    import datetime
    return (datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=less)).isoformat()


def yesterday():
    return today(1)


def ledger(company, checks):
    """The stock ledger of one item runs on without a gap and leads to the documents."""
    item = company.item("LG")
    company.stock_in(item, 10, 7)
    issue = company.issue(item, 4)
    rows = company.client.report("wms", "stock-ledger", item=item["id"])["rows"]
    checks.equal([Decimal(r["balance_qty"]) for r in rows], [Decimal(10), Decimal(6)], "running quantity")
    checks.equal([Decimal(r["balance_value"]) for r in rows], [Decimal(70), Decimal(42)], "running value")
    checks.equal(rows[-1]["source_id"], issue["id"], "leads to the issue")
    company.client.act("wms/stock-issues", issue["id"], "cancel")
    rows = company.client.report("wms", "stock-ledger", item=item["id"])["rows"]
    checks.equal(len(rows), 3, "a cancel adds, it never removes")
    checks.equal(company.stock(item), (Decimal(10), Decimal(70)), "and the goods are back at their value")


def ageing(company, checks):
    """How old stock is adds up to what there is of it, under both methods."""
    for method in ("moving_average", "fifo"):
        item = company.item(f"AG{method[0]}", method)
        company.stock_in(item, 100, 10)
        company.stock_in(item, 50, 13)
        company.issue(item, 120)
        row, = company.client.report("wms", "stock-ageing", item=item["id"])["rows"]
        checks.equal((Decimal(row["qty_1"]), Decimal(row["value_1"])), company.stock(item), f"{method}: all of today")
    item = company.item("AGM")
    lines = [{"item": item["id"], "direction": "in", "qty": "1", "rate": "2"}] * 1000
    for _ in range(2):  # more movements than one page of the read
        company.client.create("wms/stock-adjustments", "submit", warehouse=company.depot["id"], reason="opening",
                              lines=lines)
    company.issue(item, 1500)
    row, = company.client.report("wms", "stock-ageing", item=item["id"])["rows"]
    checks.equal((Decimal(row["qty_1"]), Decimal(row["value_1"])), (Decimal(500), Decimal(1000)), "page after page")
    for params in ({}, {"as_of": today()}):
        report = company.client.report("wms", "stock-ageing", **params)
        balance = company.client.report("wms", "stock-balance", **params)
        checks.ok(len(report["rows"]) > 2, "ageing has rows")
        checks.amount(report["totals"]["value"], balance["totals"]["value"], "ageing total = stock balance")
        brackets = ("value_1", "value_2", "value_3", "value_older")
        checks.amount(sum(Decimal(report["totals"][b]) for b in brackets), balance["totals"]["value"],
                      "and so do the brackets")


def reorder(company, checks):
    """Minimum 10, nothing there: 15 are proposed, until they are on order."""
    def proposed():
        rows = company.client.report("wms", "reorder-proposals", item=item["id"])["rows"]
        return [Decimal(r["proposed"]) for r in rows]
    item = company.item("RO", reorder_level="10", reorder_qty="15")
    checks.equal(proposed(), [Decimal(15)], "proposed")
    order = company.order((item, 15, 2))
    checks.equal(proposed(), [], "on order: not proposed again")
    company.receive(order)
    checks.equal(proposed(), [], "on hand: neither")
    company.issue(item, 5)
    checks.equal(proposed(), [Decimal(15)], "at the level again")


def run(host, checks):
    company = Company(bm.Client(host).sign_in(), "K")
    opening = company.balance(OPENING)
    moving_average(company, checks)
    fifo(company, checks)
    checks.amount(company.balance(OPENING) - opening, -3300, "opening stock stands against opening balances")
    thirds(company, checks)
    standard(company, checks)
    tracked(company, checks)
    units(company, checks)
    negative(company, checks)
    transfer(company, checks, "moving_average")
    transfer(company, checks, "fifo")
    purchase_return(company, checks)
    for method in ("moving_average", "fifo"):
        landed_cost(company, checks, method)
    landed_split(company, checks)
    back_dated(company, checks)
    ledger(company, checks)
    ageing(company, checks)
    reorder(company, checks)
    below_zero(company, checks)
    books_agree(company, checks, "at the end")
    prove(host, checks, "at the end")


if __name__ == "__main__":
    bm.scenario(run)
