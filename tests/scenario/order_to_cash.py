"""Sales invoice → receipt → trial balance: domain rules 3.4 "Outlet sale" without its goods, case V032 through documents,
advances, write-offs, refunds, the credit limit, 16 receipts at once, cancel and mirror, drill-down, and prove: what the
ledger says of customers is what their open items say (L9)."""
import datetime

import bm
from bm import Decimal
from company import BANK, PAYABLES, Company, books_agree
from company import prove as proven
from prove import broken, sql

RECEIVABLES, OUTPUT_TAX, CUSTOMER_ADVANCES, SALES, ALLOWED, ROUND_OFF = "1130", "2130", "2170", "4100", "5310", "5290"
AT_ONCE = 16


class Shop:
    """A customer, and the documents of a sale in one line each."""

    def __init__(self, client, tag, **customer):
        self.client, self.company = client, Company(client, tag)
        self.customer = client.create("core/customers", code=f"C-{tag}", name=f"Hotel {tag}", **customer)
        self.before = self.company.trial_balance()

    def moved(self, code):
        return self.company.balance(code) - self.before.get(code, Decimal(0))

    def body(self, *lines, **more):
        """lines: (description, quantity, rate) or with a tax id."""
        return {"customer": self.customer["id"],
                "lines": [{"description": line[0], "qty": str(line[1]), "rate": str(line[2]),
                           **({"tax": line[3]} if len(line) > 3 else {})} for line in lines], **more}

    def sell(self, *lines, **more):
        return self.client.create("finance/sales-invoices", "submit", **self.body(*lines, **more))

    def receipt_body(self, amount, *allocations, **more):
        """allocations: (invoice, amount) or (invoice, amount, write-off)."""
        return {"customer": self.customer["id"], "amount": str(amount),
                "allocations": [{"invoice": a[0]["id"], "amount": str(a[1]),
                                 **({"write_off": str(a[2])} if len(a) > 2 else {})} for a in allocations], **more}

    def receive(self, amount, *allocations, **more):
        return self.client.create("finance/receipts", "submit", **self.receipt_body(amount, *allocations, **more))

    def outstanding(self, invoice):
        return self.client.read("finance/sales-invoices", invoice["id"])["outstanding"]


def outlet_sale(client, checks):
    """1,234.55 and 18 % tax; then four prices that include it, rounded to the unit."""
    shop = Shop(client, "OS", credit_days=10)
    gst = shop.company.gst18
    invoice = shop.sell(("Tea and biscuits", 1, "1234.55", gst))
    due = datetime.date.fromisoformat(invoice["posting_date"]) + datetime.timedelta(days=10)
    checks.equal(invoice["due_date"], due.isoformat(), "due by the customer's credit days")
    checks.amount(invoice["grand_total"], "1456.77", "with tax")
    for code, amount in ((RECEIVABLES, "1456.77"), (SALES, "-1234.55"), (OUTPUT_TAX, "-222.22")):
        checks.amount(shop.moved(code), amount, f"outlet sale: {code}")
    rounded = shop.sell(("A", 1, 400, gst), ("B", 1, "400.25", gst), ("C", 1, "600.30", gst), ("D", 1, "100.65", gst),
                        prices_include_tax=True, round_to="1")
    checks.amount(rounded["grand_total"], 1501, "V032: rounded total")
    checks.amount(shop.moved(ROUND_OFF), "0.20", "V032: rounding")
    shop.receive("2957.77", (invoice, "1456.77"), (rounded, "1501"))
    checks.amount(shop.moved(RECEIVABLES), 0, "the customer is settled")
    checks.amount(shop.moved(BANK), "2957.77", "bank")
    books_agree(shop.company, checks, "outlet sale")
    return invoice


def advances(client, checks):
    """An advance is allocated later, the rest goes back; a write-off takes its tax along."""
    shop = Shop(client, "AD")
    advance = shop.receive(1000)
    checks.amount(shop.moved(CUSTOMER_ADVANCES), -1000, "an advance is owed to the customer")
    first = shop.sell(("Lunches", 2, 150))
    client.act("finance/receipts", advance["id"], "allocate")
    checks.amount(shop.outstanding(first), 0, "oldest due first")
    checks.amount(shop.moved(CUSTOMER_ADVANCES), -700, "what is left")
    answer = client.post("/api/v1/finance/receipts", shop.receipt_body("700.01", type="refund", refund_of=advance["id"]),
                         action="submit")
    checks.refused(answer, 422, "finance.payment.beyond_advance", "amount", what="refund more than is left")
    shop.receive(700, type="refund", refund_of=advance["id"])
    checks.amount(shop.moved(CUSTOMER_ADVANCES), 0, "the rest went back")
    second = shop.sell(("Dinner", 1, 500, shop.company.gst18))
    answer = client.post("/api/v1/finance/receipts", shop.receipt_body(400, (second, 400, "118.01")), action="submit")
    checks.refused(answer, 422, "finance.receipt.write_off_limit", "allocations[0].write_off", what="forgive over 20 %")
    shop.receive(472, (second, 472, 118))
    checks.amount(shop.moved(ALLOWED), 100, "forgiven, without tax")
    checks.amount(shop.moved(OUTPUT_TAX), -72, "90 of tax less 18")
    checks.amount(shop.moved(RECEIVABLES), 0, "settled")
    books_agree(shop.company, checks, "advances")


def credit_limit(client, checks):
    """A warning by default; with the policy at 2 a refusal."""
    shop = Shop(client, "CL", credit_limit="1000")
    shop.sell(("Goods", 1, 900))
    checks.amount(shop.sell(("Goods", 1, 150))["beyond_limit"], 50, "warned")
    client.create("core/policies", name="finance.credit_limit", value="2", effective_from="2026-01-01",
                  reason="no sales beyond the limit")
    answer = client.post("/api/v1/finance/sales-invoices", shop.body(("Goods", 1, 1)), action="submit")
    checks.refused(answer, 422, "finance.customer.credit_limit", "customer", what="beyond the limit")
    shop = Shop(client, "CQ", credit_limit="1000")
    clients = [client.again() for _ in range(AT_ONCE)]
    body = shop.body(("Goods", 1, 300))
    answers = bm.parallel(AT_ONCE, lambda i: clients[i].post("/api/v1/finance/sales-invoices", body, action="submit"))
    checks.equal(sum(a.status == 201 for a in answers), 3, "many at once: 3 × 300 of 1,000")
    checks.amount(shop.moved(RECEIVABLES), 900, "never beyond the limit")


def at_once(client, checks):
    """Many receipts for one invoice at the same moment: exactly as many as it is worth."""
    shop = Shop(client, "AO")
    invoice = shop.sell(("Goods", 10, 100))
    clients = [client.again() for _ in range(AT_ONCE)]
    body = shop.receipt_body(300, (invoice, 300))
    answers = bm.parallel(AT_ONCE, lambda i: clients[i].post("/api/v1/finance/receipts", body, action="submit"))
    good = [a for a in answers if a.status == 201]
    checks.equal(len(good), 3, "3 × 300 of 1,000")
    for answer in answers:
        if answer.status != 201:
            checks.refused(answer, 422, "finance.payment.beyond_outstanding", what="the others")
    checks.amount(shop.outstanding(invoice), 100, "outstanding")
    checks.amount(shop.moved(BANK), 900, "bank")


def cancel_and_drill(client, checks, paid):
    """Nothing is cancelled out of order; figures lead to their documents."""
    shop = Shop(client, "CD")
    invoice = shop.sell(("Goods", 3, "33.33", shop.company.gst18))
    receipt = shop.receive(50, (invoice, 50))
    answer = client.post(f"/api/v1/finance/sales-invoices/{invoice['id']}/cancel")
    checks.refused(answer, 422, "finance.invoice.paid", what="cancel an invoice that is paid in part")
    rows = client.report("finance", "customer-outstanding", customer=shop.customer["id"])["rows"]
    checks.equal([r["document"] for r in rows], [invoice["id"]], "the report leads to the invoice")
    checks.amount(rows[0]["outstanding"], Decimal(invoice["grand_total"]) - 50, "what is open")
    aged = client.report("finance", "customer-ageing")["totals"]
    checks.equal(aged["outstanding"], client.report("finance", "customer-outstanding")["totals"]["outstanding"],
                 "ageing and outstanding, all customers")
    aged = client.report("finance", "customer-ageing", customer=shop.customer["id"])
    checks.amount(aged["totals"]["outstanding"], rows[0]["outstanding"], "ageing of the customer")
    lines = client.report("finance", "customer-statement", customer=shop.customer["id"])["rows"]
    checks.amount(lines[-1]["balance"], rows[0]["outstanding"], "the statement closes with what is open")
    checks.equal({e["source_id"] for e in lines if e["source_id"]}, {invoice["id"], receipt["id"]}, "its documents")
    entries = client.report("finance", "general-ledger", account=shop.company.account(RECEIVABLES),
                            customer=shop.customer["id"])["rows"]
    checks.equal({e["source_id"] for e in entries if e["source_id"]}, {invoice["id"], receipt["id"]}, "the ledger of the customer")
    client.act("finance/receipts", receipt["id"], "cancel")
    client.act("finance/sales-invoices", invoice["id"], "cancel")
    for code in (RECEIVABLES, SALES, OUTPUT_TAX, BANK, PAYABLES):
        checks.amount(shop.moved(code), 0, f"mirrored: {code}")
    checks.equal(client.report("finance", "customer-outstanding", customer=shop.customer["id"])["rows"], [], "nothing open")
    answer = client.request("DELETE", f"/api/v1/core/customers/{shop.customer['id']}",
                            headers={"If-Match": f"\"{shop.customer['version']}\""})
    checks.refused(answer, 422, "core.document.referenced", what="delete a customer with invoices")
    checks.equal(client.read("finance/sales-invoices", paid["id"])["outstanding"], "0.00", "others are untouched")


def open_items_broken(host, client, checks):
    """Receivables and advances of customers are each compared with the ledger."""
    Shop(client, "OB").receive(7)
    checks.equal(broken(host), {}, "all holds")
    for kind in ("receivable", "customer_advance"):
        change = f"UPDATE finance.open_item SET outstanding = outstanding {{}} 1 WHERE document = (SELECT document FROM " \
                 f"finance.open_item WHERE kind = '{kind}' AND outstanding BETWEEN 2 AND amount ORDER BY document LIMIT 1)"
        sql(host, change.format("-"))
        checks.equal(broken(host), {"L9": 1}, f"an open {kind} that the ledger does not know")
        sql(host, change.format("+"))


def run(host, checks):
    client = bm.Client(host).sign_in()
    invoice = outlet_sale(client, checks)
    advances(client, checks)
    at_once(client, checks)
    cancel_and_drill(client, checks, invoice)
    credit_limit(client, checks)
    open_items_broken(host, client, checks)
    proven(host, checks, "at the end")


if __name__ == "__main__":
    bm.scenario(run)
