"""A small company for the scenarios: masters, the usual documents in one line each, and both books as numbers."""
import re

import bm
from bm import Decimal

BANK, STOCK, TRANSIT, ADVANCES, INPUT_TAX = "1120", "1140", "1145", "1150", "1160"
PAYABLES, GRNI, CAPITAL, OPENING = "2110", "2120", "3100", "3900"
ACCRUED, FREIGHT, LANDED_VARIANCE = "2150", "5160", "5170"
STOCK_GAIN, VARIANCE, STOCK_LOSS, CONSUMED = "4300", "5120", "5140", "5150"
CENTS = Decimal("0.01")


def half_up(value):
    """Rounded to two places, half away from zero: how the books round."""
    return value.quantize(CENTS, rounding=bm.decimal.ROUND_HALF_UP)


class Company:
    """Everything the process needs. Codes carry a tag, so that several companies fit into one tenant."""

    def __init__(self, client, tag="A"):
        self.client, self.tag, self.bills = client, tag, 0
        self.accounts = {a["code"]: a for a in client.all("finance/accounts")}
        self.unit = client.find("core/units", "code", "Nos")["id"]
        self.box = client.find("core/units", "code", "Box")["id"]
        self.gst18 = client.find("core/taxes", "code", "GST18")["id"]
        centers = [c for c in client.all("finance/cost-centers") if not c["is_group"]]
        self.center = (centers or [client.create("finance/cost-centers", code="MAIN", name="Main")])[0]["id"]
        self.depot = self.warehouse("DC", "Central depot", "depot")
        self.outlet = self.warehouse("OUT", "Outlet", "outlet")
        transit = client.all("wms/warehouses", kind="transit")
        self.transit = (transit or [self.warehouse("WAY", "On the way", "transit")])[0]
        self.supplier = self.new_supplier("S1", "Sharma Traders")

    def account(self, code):
        return self.accounts[code]["id"]

    def warehouse(self, code, name, kind):
        return self.client.create("wms/warehouses", code=f"{code}-{self.tag}", name=f"{name} {self.tag}", kind=kind,
                                  cost_center=self.center)

    def new_supplier(self, code, name, **more):
        return self.client.create("core/suppliers", code=f"{code}-{self.tag}", name=f"{name} {self.tag}", **more)

    def item(self, code, valuation="moving_average", **more):
        return self.client.create("core/items", code=f"{code}-{self.tag}", name=f"Item {code} {self.tag}",
                                  stock_unit=more.pop("stock_unit", self.unit), valuation=valuation, **more)

    # Documents; each is made and submitted at once.

    def journal(self, *lines, **more):
        """lines: (account code, debit, credit)."""
        body = [{"account": self.account(code), "debit": str(debit), "credit": str(credit),
                 **({"cost_center": self.center} if code[0] in "45" else {})} for code, debit, credit in lines]
        return self.client.create("finance/journal-vouchers", "submit", lines=body, **more)

    def capital(self, amount):
        return self.journal((BANK, amount, "0"), (CAPITAL, "0", amount), narration="Capital paid in")

    def order(self, *lines, supplier=None, warehouse=None, **more):
        """lines: (item, quantity, rate) or (item, quantity, rate, tax id)."""
        body = [{"item": line[0]["id"], "qty": str(line[1]), "rate": str(line[2]),
                 **({"tax": line[3]} if len(line) > 3 else {})} for line in lines]
        return self.client.create("wms/purchase-orders", "submit", supplier=(supplier or self.supplier)["id"],
                                  warehouse=(warehouse or self.depot)["id"], lines=body, **more)

    def receive(self, order, *lines, **more):
        """lines: (received, accepted) per line of the order; none: all that is open."""
        body = {}
        if lines:
            body["lines"] = [{"order_line": ordered["id"], "received_qty": str(received), "accepted_qty": str(accepted),
                              "rejected_qty": str(Decimal(str(received)) - Decimal(str(accepted)))}
                             for ordered, (received, accepted) in zip(order["lines"], lines)]
        return self.client.create("wms/goods-receipts", "submit", purchase_order=order["id"], **body, **more)

    def bill(self):
        """A bill number that the supplier has not used."""
        self.bills += 1
        return f"BILL-{self.tag}-{self.bills}-{next(bm.numbers)}"

    def invoice_body(self, receipt, *lines, **more):
        """lines: (quantity, rate) per line of the receipt; none: as received."""
        body = []
        for i, received in enumerate(receipt["lines"]):
            line = {"receipt_line": received["id"], "qty": received["accepted_qty"]}
            if lines:
                line["qty"], line["rate"] = str(lines[i][0]), str(lines[i][1])
            if more.get("tax"):
                line["tax"] = more["tax"]
            body.append(line)
        more.pop("tax", None)
        return {"supplier": receipt["supplier"], "supplier_invoice_no": self.bill(), "lines": body, **more}

    def invoice(self, receipt, *lines, **more):
        return self.client.create("finance/purchase-invoices", "submit", **self.invoice_body(receipt, *lines, **more))

    def payment_body(self, amount, *allocations, supplier=None, **more):
        """allocations: (invoice, amount)."""
        return {"supplier": (supplier or self.supplier)["id"], "amount": str(amount),
                "allocations": [{"invoice": i["id"], "amount": str(a)} for i, a in allocations], **more}

    def pay(self, amount, *allocations, **more):
        return self.client.create("finance/payments", "submit", **self.payment_body(amount, *allocations, **more))

    def stock_in(self, item, qty, rate, warehouse=None, reason="opening"):
        return self.client.create("wms/stock-adjustments", "submit", warehouse=(warehouse or self.depot)["id"],
                                  reason=reason, lines=[{"item": item["id"], "direction": "in", "qty": str(qty),
                                                         "rate": str(rate)}])

    def issue(self, item, qty, warehouse=None):
        return self.client.create("wms/stock-issues", "submit", **self.issue_body(item, qty, warehouse))

    def issue_body(self, item, qty, warehouse=None):
        return {"warehouse": (warehouse or self.depot)["id"], "lines": [{"item": item["id"], "qty": str(qty)}]}

    # The books.

    def trial_balance(self):
        """Account code → closing balance, debit positive; groups left out."""
        rows = self.client.report("finance", "trial-balance")["rows"]
        return {r["code"]: Decimal(r["closing"]) for r in rows if r["code"] and not r["is_group"]}

    def balance(self, code):
        return self.trial_balance().get(code, Decimal(0))

    def stock(self, item=None, warehouse=None):
        """(quantity, value) of the stock balance report."""
        params = {**({"item": item["id"]} if item else {}), **({"warehouse": warehouse["id"]} if warehouse else {})}
        rows = self.client.report("wms", "stock-balance", **params)["rows"]
        return sum((Decimal(r["qty"]) for r in rows), Decimal(0)), sum((Decimal(r["value"]) for r in rows), Decimal(0))


def books_agree(company, checks, what):
    """Trial balance zero; value of all stock = the stock accounts."""
    books = company.trial_balance()
    checks.amount(sum(books.values(), Decimal(0)), 0, f"{what}: trial balance")
    checks.ok(books, f"{what}: the trial balance has rows")
    in_books = books.get(STOCK, Decimal(0)) + books.get(TRANSIT, Decimal(0))
    checks.amount(company.stock()[1], in_books, f"{what}: stock value = stock accounts")


def prove(host, checks, what, **how):
    """business-m prove; needs the host stopped or running, changes nothing."""
    code, out, err = bm.prove(host, **how)
    checks.equal(code, 0, f"{what}: prove says {(out + err)[-1500:] if code else 'all holds'}")
    each = re.split(r"^\d+ invariants hold.*$", out, flags=re.M)  # one for each domain
    names = [(i, line.split()[1]) for i, part in enumerate(each) for line in part.splitlines() if line.startswith(("ok", "FAIL"))]
    checks.equal(len(names), len(set(names)), f"{what}: prove names each invariant once: {names}")
    return out
