"""Supplier → purchase order → goods receipt → purchase invoice → payment → trial balance, with the figures of the
domain rules 3.3 and 3.4, drill-down by ids, cancel and mirror, and prove."""
import bm
from bm import Decimal
from company import (BANK, CAPITAL, FREIGHT, GRNI, INPUT_TAX, PAYABLES, STOCK, VARIANCE, ADVANCES, Company, books_agree,
                     prove)


def posting_matrix(client, checks):
    """Domain rules 3.4: capital 1,00,000; receipt 10,000; invoice with 18 % tax; pay 11,800."""
    company = Company(client, "M")
    item = company.item("RICE", purchase_tax=company.gst18)
    company.capital("100000")
    order = company.order((item, 100, 100))
    checks.equal(order["state"], "submitted", "order")
    receipt = company.receive(order)
    checks.amount(receipt["total"], 10000, "receipt value")
    books = company.trial_balance()
    checks.amount(books.get(STOCK, 0), 10000, "stock after the receipt")
    checks.amount(books.get(GRNI, 0), -10000, "GRNI after the receipt")
    invoice = company.invoice(receipt)
    checks.amount(invoice["grand_total"], 11800, "invoice with tax")
    checks.amount(invoice["tax_total"], 1800, "tax of the invoice")
    company.pay(11800, (invoice, 11800))
    books = company.trial_balance()
    for code, amount in ((BANK, 88200), (STOCK, 10000), (INPUT_TAX, 1800), (CAPITAL, -100000), (GRNI, 0), (PAYABLES, 0)):
        checks.amount(books.get(code, 0), amount, f"worked example: account {code}")
    books_agree(company, checks, "worked example")
    checks.equal(client.read("wms/purchase-orders", order["id"])["state"], "received", "order after the receipt")
    checks.amount(client.read("finance/purchase-invoices", invoice["id"])["outstanding"], 0, "nothing outstanding")


def three_way_match(client, checks):
    """Order 100@50, accepted 95, invoice 95@50.40: 38.00 to the price variance; then payments and an advance."""
    company = Company(client, "V")
    before = company.trial_balance()

    def moved(code):
        return company.balance(code) - before.get(code, Decimal(0))
    item = company.item("OIL", purchase_tax=company.gst18)
    order = company.order((item, 100, 50))
    receipt = company.receive(order, (100, 95))
    checks.amount(receipt["total"], 4750, "95 accepted at 50")
    checks.equal(company.stock(item), (Decimal(95), Decimal(4750)), "only what was accepted is in stock")
    answer = client.post("/api/v1/finance/purchase-invoices", company.invoice_body(receipt, (100, 50)), action="submit")
    checks.refused(answer, 422, "finance.invoice.beyond_receipt", what="invoice 100 of 95 accepted")
    invoice = company.invoice(receipt, (95, "50.40"))
    checks.equal(invoice["state"], "submitted", "0.8 % dearer is inside the tolerance")
    net, tax = Decimal("4788.00"), Decimal("861.84")  # 9 % twice: 430.92 + 430.92
    checks.amount(invoice["net_total"], net, "net")
    checks.amount(invoice["tax_total"], tax, "tax, each component rounded")
    checks.amount(moved(VARIANCE), "38.00", "price variance")
    checks.amount(moved(GRNI), 0, "GRNI is cleared")
    checks.amount(moved(PAYABLES), -(net + tax), "payable")
    checks.amount(moved(STOCK), 4750, "stock keeps its value")
    answer = client.post("/api/v1/finance/payments", company.payment_body(6000, (invoice, 6000)), action="submit")
    checks.refused(answer, 422, ("finance.payment.beyond_outstanding", "finance.payment.over_allocated"),
                   what="payment beyond outstanding")
    company.pay(2000, (invoice, 2000), reference="CHQ-1")
    checks.amount(client.read("finance/purchase-invoices", invoice["id"])["outstanding"], "3649.84", "after 2,000")
    advance = company.pay(1000)
    checks.amount(advance["unallocated"], 1000, "an advance")
    checks.amount(moved(ADVANCES), 1000, "the advance is in its account")
    client.act("finance/payments", advance["id"], "allocate",
               allocations=[{"invoice": invoice["id"], "amount": "1000"}])
    checks.amount(moved(ADVANCES), 0, "the advance is used")
    company.pay("2649.84", (invoice, "2649.84"))
    checks.amount(client.read("finance/purchase-invoices", invoice["id"])["outstanding"], 0, "all is paid")
    checks.amount(moved(PAYABLES), 0, "supplier is settled")
    checks.amount(moved(BANK), "-5649.84", "bank")
    books_agree(company, checks, "three-way match")
    return invoice


def price_hold(client, checks):
    """A price beyond the tolerance holds the invoice; nothing is posted until it is released."""
    company = Company(client, "H")
    item = company.item("TEA")
    receipt = company.receive(company.order((item, 10, 100)))
    before = company.trial_balance()
    held = company.invoice(receipt, (10, "110"))
    checks.equal(held["state"], "on_hold", "10 % dearer")
    checks.ok(held["hold_reasons"], "the reasons are told")
    checks.equal(company.trial_balance(), before, "an invoice on hold posts nothing")
    answer = client.post("/api/v1/finance/payments", company.payment_body(10, (held, 10)), action="submit")
    checks.refused(answer, 422, "finance.payment.not_open", what="paying an invoice on hold")
    client.act("finance/purchase-invoices", held["id"], "release")
    checks.amount(company.balance(VARIANCE) - before.get(VARIANCE, 0), 100, "released: variance")
    books_agree(company, checks, "price hold")


def freight(client, checks):
    """Charges of a bill: one in the cost of the goods, one on an account of its own; a debit note takes both back."""
    company = Company(client, "F")
    receipt = company.receive(company.order((company.item("TEA"), 10, 100)))
    before = company.trial_balance()
    invoice = company.invoice(receipt, charges=[
        {"name": "Freight", "basis": "actual", "amount": "50"},
        {"name": "Handling", "basis": "net", "rate": "2", "account": company.account(FREIGHT), "cost_center": company.center}])
    checks.amount(invoice["grand_total"], "1070.00", "with charges")
    for code, amount in ((VARIANCE, "50"), (FREIGHT, "20"), (PAYABLES, "-1070")):
        checks.amount(company.balance(code) - before.get(code, 0), amount, f"freight: {code}")
    client.create("finance/purchase-debit-notes", "submit", supplier=company.supplier["id"], invoice=invoice["id"], reason="Wrong")
    for code in (VARIANCE, FREIGHT, PAYABLES, GRNI):
        checks.amount(company.balance(code) - before.get(code, 0), "0", f"taken back: {code}")
    books_agree(company, checks, "freight")


def drill_down(client, checks, invoice):
    """Trial balance → general ledger → voucher → document, by ids only."""
    rows = client.report("finance", "trial-balance")["rows"]
    row = next(r for r in rows if r["code"] == PAYABLES)
    entries = client.report("finance", "general-ledger", account=row["account"])["rows"]
    mine = [e for e in entries if e.get("source_id") == invoice["id"]]
    checks.ok(len(mine) >= 1, f"the general ledger shows the invoice among {len(entries)} entries")
    if not mine:
        return
    checks.equal(mine[0]["source_type"], "finance.purchase_invoice", "type of the source")
    checks.equal(mine[0]["voucher_no"], invoice["number"], "number of the voucher")
    document = client.read("finance/purchase-invoices", mine[0]["source_id"])
    checks.equal(document["number"], invoice["number"], "the document behind the entry")
    checks.amount(sum(Decimal(e["debit"]) - Decimal(e["credit"]) for e in entries), row["closing"], "ledger = balance")
    for line in document["lines"]:
        checks.ok(line["receipt_line"], "the invoice line names its receipt line")
    history = client.must(client.get(f"/api/v1/finance/purchase-invoices/{invoice['id']}/history"))["items"]
    checks.ok(history and all(h.get("request_id") for h in history), "the audit trail names requests")


def cancel_and_mirror(client, checks):
    """Cancelling posts the mirror; the books are as before; nothing can be cancelled twice or out of order."""
    company = Company(client, "C")
    item = company.item("SALT", purchase_tax=company.gst18)
    before = company.trial_balance()
    order = company.order((item, 20, 10))
    receipt = company.receive(order)
    invoice = company.invoice(receipt)
    payment = company.pay(50, (invoice, 50))
    act = "/api/v1/{}/{}/cancel"
    checks.refused(client.post(act.format("wms/goods-receipts", receipt["id"])), 422,
                   ("wms.receipt.invoiced", "finance.voucher.invoiced"), what="cancel a receipt that is invoiced")
    checks.refused(client.post(act.format("finance/purchase-invoices", invoice["id"])), 422, "finance.invoice.paid",
                   what="cancel an invoice that is paid")
    client.act("finance/payments", payment["id"], "cancel")
    checks.amount(client.read("finance/purchase-invoices", invoice["id"])["outstanding"], invoice["grand_total"],
                  "outstanding again")
    client.act("finance/purchase-invoices", invoice["id"], "cancel")
    amended = client.act("finance/purchase-invoices", invoice["id"], "amend")
    checks.equal(amended["state"], "draft", "amend makes a draft")
    checks.equal(amended["amended_from"], invoice["id"], "that names what it corrects")
    client.must(client.request("DELETE", f"/api/v1/finance/purchase-invoices/{amended['id']}",
                               headers={"If-Match": f"\"{amended['version']}\""}), 204)
    client.act("wms/goods-receipts", receipt["id"], "cancel")
    after = company.trial_balance()
    for code in set(before) | set(after):
        checks.amount(after.get(code, 0), before.get(code, 0), f"mirrored: {code}")
    checks.equal(company.stock(item), (Decimal(0), Decimal(0)), "the goods are gone")
    checks.refused(client.post(act.format("finance/purchase-invoices", invoice["id"])), (409, 422),
                   "core.state.not_allowed", what="cancel twice")
    answer = client.request("PATCH", f"/api/v1/finance/purchase-invoices/{invoice['id']}", {"narration": "changed"},
                            headers={"If-Match": f"\"{invoice['version'] + 1}\""})
    checks.ok(answer.status in (409, 422), f"a cancelled document does not change: {answer!r}")
    checks.equal(client.read("wms/purchase-orders", order["id"])["state"], "submitted", "the order is open again")
    books_agree(company, checks, "cancel")


def statements(client, checks):
    """Balance sheet and profit and loss say the same as the trial balance."""
    company = Company(client, "B")
    books = company.trial_balance()
    result = sum((v for k, v in books.items() if k[0] in "45"), Decimal(0))
    sheet = client.report("finance", "balance-sheet")["rows"]
    loss = client.report("finance", "profit-and-loss")["rows"]
    checks.ok(sheet and loss, "both statements have rows")
    leaves = {r["code"]: r for r in sheet if not r.get("is_group") and r.get("code")}
    for code in (BANK, STOCK, INPUT_TAX, CAPITAL):
        checks.amount(abs(Decimal(leaves[code]["amount"])), abs(books.get(code, Decimal(0))), f"balance sheet: {code}")
    leaves = {r["code"]: r for r in loss if not r.get("is_group") and r.get("code")}
    total = sum((Decimal(r["amount"]) * (1 if code[0] == "5" else -1) for code, r in leaves.items()), Decimal(0))
    checks.amount(total, result, "profit and loss: the result")


def run(host, checks):
    client = bm.Client(host).sign_in()
    posting_matrix(client, checks)
    invoice = three_way_match(client, checks)
    price_hold(client, checks)
    freight(client, checks)
    drill_down(client, checks, invoice)
    cancel_and_mirror(client, checks)
    statements(client, checks)
    prove(host, checks, "at the end")
    checks.equal(host.stop(), 0, "stops with 0")
    host.start()
    client.sign_in()
    checks.amount(client.read("finance/purchase-invoices", invoice["id"])["outstanding"], 0, "after a restart")


if __name__ == "__main__":
    bm.scenario(run)
