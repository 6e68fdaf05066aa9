"""Instalments, notes, tax withheld, reverse charge and reminders over HTTP, and what prove says when one of their rows
is changed by hand."""
import datetime

import bm
from company import GRNI, INPUT_TAX, PAYABLES, Company, prove
from prove import broken, sql

RECEIVABLES, WITHHELD, OUTPUT_TAX = "1130", "2140", "2130"


def day(offset):
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=offset)).isoformat()


def halves(client):
    return client.create("finance/payment-terms", code="HALVES", lines=[
        {"percent": "50", "days": 5, "discount_percent": "10", "discount_days": 10}, {"days": 10}])["id"]


def sale(company, customer, amount, terms, posted):
    return company.client.create("finance/sales-invoices", "submit", customer=customer["id"], payment_terms=terms,
                                 posting_date=posted, lines=[{"description": "Consulting", "qty": "2", "rate": amount,
                                                              "tax": company.gst18}])


def customer_side(company, checks, terms):
    """A sale of 236.00 in two halves: one paid early, half of it credited, a reminder for what is left."""
    client = company.client
    customer = client.create("core/customers", code="C-T", name="Hotel Meghna")
    invoice = sale(company, customer, "100", terms, day(-20))
    checks.equal([p["amount"] for p in invoice["instalments"]], ["118.00", "118.00"], "two halves")
    receipt = client.create("finance/receipts", "submit", customer=customer["id"], amount="106.20", posting_date=day(-15),
                            cost_center=company.center,
                            allocations=[{"invoice": invoice["id"], "instalment": 1, "amount": "106.20"}])
    checks.equal(receipt["allocations"][0]["write_off"], "11.80", "paid early")
    client.create("finance/reminder-levels", level=1, days_overdue=3, text="Please pay.")
    due = client.report("finance", "reminders-due", customer=customer["id"])["rows"]
    checks.equal([(r["instalment"], r["outstanding"], r["level"]) for r in due], [(2, "118.00", 1)], "due for a reminder")
    client.create("finance/reminders", "submit", customer=customer["id"])
    note = client.create("finance/sales-credit-notes", "submit", customer=customer["id"], invoice=invoice["id"],
                         reason="Half of it was not needed", lines=[{"invoice_line": invoice["lines"][0]["id"], "qty": "1"}])
    checks.equal((note["grand_total"], note["allocated"]), ("118.00", "118.00"), "a note over half")
    checks.amount(company.balance(RECEIVABLES), 0, "nothing is owed")
    checks.equal(client.report("finance", "reminders-due")["rows"], [], "nothing to remind of")
    return customer


def supplier_side(company, checks, terms):
    """1,000 of goods, 200 of them go back and are credited; a bill with tax withheld."""
    client = company.client
    item = company.item("TERMS")
    receipt = company.receive(company.order((item, 10, "100")))
    invoice = company.invoice(receipt, payment_terms=terms)
    back = client.create("wms/purchase-returns", "submit", receipt=receipt["id"], reason="broken",
                         lines=[{"receipt_line": receipt["lines"][0]["id"], "qty": "2"}])
    client.create("finance/purchase-debit-notes", "submit", supplier=invoice["supplier"], invoice=invoice["id"],
                  goods_return=back["id"], reason="Broken",
                  lines=[{"invoice_line": invoice["lines"][0]["id"], "qty": "2"}])
    checks.amount(company.balance(GRNI), 0, "nothing is received and not invoiced")
    checks.amount(company.balance(PAYABLES), -800, "owed after the note")
    category = client.create("finance/withholdings", code="194J", rates=[
        {"from": "2020-04-01", "rate": "10", "single_threshold": "20000"}])
    lawyer = company.new_supplier("LAW", "Advocates")
    client.create("finance/supplier-terms", supplier=lawyer["id"], withholding=category["id"])
    bill = client.create("finance/purchase-invoices", "submit", supplier=lawyer["id"], supplier_invoice_no="L-1",
                         lines=[{"description": "Fees", "qty": "1", "rate": "20000", "account": company.account("5300"),
                                 "cost_center": company.center}])
    checks.equal((bill["withheld"], bill["outstanding"]), ("2000.00", "18000.00"), "V053")
    checks.amount(company.balance(WITHHELD), -2000, "owed to the tax office")
    paid = client.create("finance/payments", "submit", supplier=lawyer["id"], amount="50000", withholding=category["id"])
    checks.amount(paid["withheld"], 5000, "of the advance")
    dollars = client.find("core/currencies", "code", "USD")
    for number, line, more, withheld in (("L-2", "30000", {}, 0), ("L-3", "30000", {}, 1000),
                                         ("L-4", "1000", {"currency": dollars["id"], "rate": "80.0"}, 100)):
        bill = client.create("finance/purchase-invoices", "submit", supplier=lawyer["id"], supplier_invoice_no=number,
                             lines=[{"description": "Fees", "qty": "1", "rate": line, "account": company.account("5300"),
                                     "cost_center": company.center}], **more)
        checks.amount(bill["withheld"], withheld, f"{number}: once for the 50,000 that were paid before")
    checks.amount(company.balance(WITHHELD), -2000 - 5000 - 1000 - 8000, "owed to the tax office")
    reverse = client.create("core/taxes", code="RCM18", name="Reverse charge", reverse_charge=True,
                            components=[{"name": "IGST", "rate": "18", "purpose": "input_tax"}])
    before = company.balance(INPUT_TAX), company.balance(OUTPUT_TAX)
    abroad = client.create("finance/purchase-invoices", "submit", supplier=company.supplier["id"],
                           supplier_invoice_no="R-1",
                           lines=[{"description": "Software", "qty": "1", "rate": "1000", "tax": reverse["id"],
                                   "account": company.account("5300"), "cost_center": company.center}])
    checks.equal(abroad["grand_total"], "1000.00", "the supplier gets the net")
    checks.amount(company.balance(INPUT_TAX) - before[0], 180, "input tax")
    checks.amount(company.balance(OUTPUT_TAX) - before[1], -180, "output tax")


def broken_by_hand(host, checks):
    checks.equal(broken(host), {}, "all holds")
    changes = [
        ("L9b", "UPDATE finance.instalment SET amount = amount {} 1 WHERE instalment = 2"),
        ("L10c", "UPDATE finance.sales_credit_note SET grand_total = grand_total {} 1000"),
        ("L10d", "UPDATE finance.withheld SET withheld = withheld {} 1"),
        ("L10f", "UPDATE finance.withheld_advance SET open = open {} 1"),
        ("L10e", "UPDATE finance.reminded SET level = level {} 1"),
    ]
    for name, change in changes:
        sql(host, change.format("+"))
        checks.ok(name in broken(host), f"{name} is broken")
        sql(host, change.format("-"))
    checks.equal(broken(host), {}, "mended")


def run(host, checks):
    client = bm.Client(host).sign_in()
    company = Company(client, "T")
    terms = halves(client)
    customer_side(company, checks, terms)
    supplier_side(company, checks, terms)
    broken_by_hand(host, checks)
    prove(host, checks, "at the end")


if __name__ == "__main__":
    bm.scenario(run)
