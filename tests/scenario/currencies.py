"""Dollars in the books: exchange rates over HTTP, V041 and V043 through documents, bills, notes and money at other rates on
both sides, a revaluation that is taken back; then prove, and what it says of amounts that were changed by hand."""
import datetime

import bm
from bm import Decimal
from company import BANK, GRNI, PAYABLES, VARIANCE, Company, books_agree
from company import prove as proven
from prove import broken, sql

RECEIVABLES, CUSTOMER_ADVANCES, GAINS, LOSSES = "1130", "2170", "4500", "5320"


class Abroad:
    """A company with dollars at 75 and a bank account in them."""

    def __init__(self, client):
        self.client, self.company = client, Company(client, "FX")
        self.usd = client.find("core/currencies", "code", "USD")["id"]
        self.today = datetime.datetime.now(datetime.timezone.utc).date()
        self.rate(self.today, "75")
        parent = client.read("finance/accounts", self.company.account(BANK))["parent"]
        self.bank = client.create("finance/accounts", code="1125", name="Dollar bank", parent=parent, kind="bank",
                                  currency=self.usd)["id"]
        self.customer = client.create("core/customers", code="C-FX", name="Harbour Stores")["id"]
        self.before = self.company.trial_balance()

    def rate(self, day, rate, **more):
        return self.client.create("core/exchange-rates", currency=self.usd, valid_from=day.isoformat(), rate=rate,
                                  source="Central bank", **more)

    def moved(self, code):
        return self.company.balance(code) - self.before.get(code, Decimal(0))

    def sell(self, amount, **more):
        return self.client.create("finance/sales-invoices", "submit", customer=self.customer, currency=self.usd,
                                  lines=[{"description": "Export", "qty": "1", "rate": amount}], **more)

    def receive(self, amount, *shares, **more):
        return self.client.create("finance/receipts", "submit", customer=self.customer, currency=self.usd, amount=amount,
                                  allocations=[{"invoice": i["id"], "amount": a} for i, a in shares], **more)


def rates(abroad, checks):
    client, tomorrow = abroad.client, abroad.today + datetime.timedelta(days=1)
    checks.refused(client.post("/api/v1/core/exchange-rates", {"currency": abroad.usd, "valid_from": abroad.today.isoformat(),
                                                       "rate": "76"}), 422, "core.validation", "valid_from", "twice")
    abroad.rate(tomorrow, "1", per="0.0125")  # quoted the other way round: 80
    early = {"customer": abroad.customer, "currency": abroad.usd, "posting_date": "2001-01-01",
             "lines": [{"description": "Export", "qty": "1", "rate": "1"}]}
    checks.refused(client.post("/api/v1/finance/sales-invoices", early), (409, 422), "core.currency.rate_missing", what="no rate that early")
    later = abroad.sell("10", posting_date=tomorrow.isoformat())
    checks.amount(later["base_total"], "800.00", "the rate of its date")
    client.act("finance/sales-invoices", later["id"], "cancel")


def moved_money(abroad, checks):
    """V041: 100 dollars held at 50 to a home bank that receives 4,500."""
    done = abroad.client.create("finance/bank-transfers", "submit", from_account=abroad.bank,
                                to_account=abroad.company.account(BANK), amount="100", rate="50", received="4500")
    for code, amount in (("1125", "-5000.00"), (BANK, "4500.00"), (LOSSES, "500.00")):
        checks.amount(abroad.moved(code), amount, f"V041: {code}")
    abroad.client.act("finance/bank-transfers", done["id"], "cancel")
    checks.amount(abroad.moved("1125"), "0", "V041 taken back")


def settled(abroad, checks):
    """V043, then a bill in three parts whose last takes the rest."""
    client = abroad.client
    advance = abroad.receive("100", rate="70")
    invoice = abroad.sell("100")
    client.act("finance/receipts", advance["id"], "allocate", allocations=[{"invoice": invoice["id"], "amount": "100"}])
    checks.amount(abroad.moved(LOSSES), "500.00", "V043: lost")
    checks.amount(client.read("finance/sales-invoices", invoice["id"])["outstanding"], "0", "V043: outstanding")
    checks.amount(abroad.moved(RECEIVABLES), "0", "V043: receivables")
    third = abroad.sell("1", rate="33.33")
    for _ in range(2):
        abroad.receive("0.33", (third, "0.33"), rate="33.33")
    abroad.receive("0.34", (third, "0.34"), rate="40", account=abroad.bank)
    checks.amount(abroad.moved(RECEIVABLES), "0", "nothing stays of it")
    bill = client.create("finance/purchase-invoices", "submit", supplier=abroad.company.supplier["id"],
                         supplier_invoice_no="FX-1", currency=abroad.usd,
                         lines=[{"description": "Advice", "qty": "1", "rate": "200", "cost_center": abroad.company.center,
                                 "account": abroad.company.account("5300")}])
    client.create("finance/payments", "submit", supplier=abroad.company.supplier["id"], account=abroad.bank, amount="50",
                  rate="78", allocations=[{"invoice": bill["id"], "amount": "50"}])
    checks.amount(abroad.moved(PAYABLES), "-11250.00", "a quarter is paid")
    return bill


def revalued(abroad, checks):
    """150 dollars owed and −49.66 at the bank, from the rates of their documents to 75 of today."""
    client = abroad.client
    done = client.create("finance/currency-revaluations", "submit", cost_center=abroad.company.center)
    checks.equal([line["foreign_amount"] for line in done["lines"]], ["-49.66"], "the bill stands at 75 already")
    checks.refused(client.post("/api/v1/finance/currency-revaluations", {}, action="submit"), (409, 422),
                   "finance.currency_revaluation.nothing", what="twice")
    checks.amount(abroad.moved("4510") + abroad.moved("5330"), Decimal(done["losses"]) - Decimal(done["gains"]),
                  "posted today")


def settled_later(abroad, checks):
    """A note on half of a paid bill in dollars, whose credit is paid out at another rate; rupees into the dollar account."""
    client, lost = abroad.client, abroad.moved(LOSSES) + abroad.moved(GAINS)
    invoice = abroad.sell("100", rate="70")
    abroad.receive("100", (invoice, "100"), rate="70")
    note = client.create("finance/sales-credit-notes", "submit", customer=abroad.customer, invoice=invoice["id"],
                         reason="Half of it was not wanted", lines=[{"invoice_line": invoice["lines"][0]["id"], "qty": "0.5"}])
    checks.amount(note["base_unallocated"], "3500.00", "the credit is worth what was billed")
    client.create("finance/receipts", "submit", type="refund", customer=abroad.customer, refund_of_note=note["id"],
                  currency=abroad.usd, amount="50", rate="72")
    checks.amount(abroad.moved(LOSSES) + abroad.moved(GAINS) - lost, "100.00", "paid out at 72")
    rupees = client.find("core/currencies", "code", "INR")["id"]
    held = client.create("finance/receipts", "submit", customer=abroad.customer, currency=rupees, amount="750", account=abroad.bank)
    checks.amount(held["account_amount"], "10.00", "750 rupees into the dollar account")
    client.act("finance/receipts", held["id"], "cancel")


def ordered(abroad, checks):
    """Ordered in dollars, received at 76, billed at 78 with freight; two of ten come back."""
    client, company = abroad.client, abroad.company
    order = company.order((company.item("FX"), 10, 10), price_currency=abroad.usd)
    checks.amount(order["base_total"], "7500.00", "at the rate of its day")
    kinds = ((GRNI,), (VARIANCE,), (LOSSES, GAINS), (PAYABLES,))
    before = [sum(abroad.moved(code) for code in kind) for kind in kinds]

    def moved(what, *amounts):
        for kind, was, amount in zip(kinds, before, amounts):
            checks.amount(sum(abroad.moved(code) for code in kind) - was, amount, f"{what}: {kind[0]}")

    receipt = company.receive(order, rate="76")
    moved("received", "-7600", "0", "0", "0")
    bill = company.invoice(receipt, currency=abroad.usd, rate="78",
                           charges=[{"name": "Freight", "basis": "actual", "amount": "5"}])
    moved("billed", "0", "390", "200", "-8190")
    client.create("finance/purchase-debit-notes", "submit", supplier=company.supplier["id"], invoice=bill["id"], reason="Broken",
                  lines=[{"invoice_line": bill["lines"][0]["id"], "qty": "2"}])
    moved("two come back", "-1520", "312", "160", "-6552")


DAYS = ("SELECT count(*), md5(string_agg(d::text, ';' ORDER BY d::text)) FROM (SELECT tenant_id, day, account, cost_center, "
        "debit, credit, foreign_amount FROM finance.account_day) d")


def by_hand(host, checks, bill):
    """A base amount that the rate does not give, a line without its currency, a balance that is not its lines."""
    identity = f"(SELECT document FROM finance.open_item WHERE number = '{bill['number']}')"
    for what, change, back, found in (
            ("the open item", f"UPDATE finance.open_item SET base_outstanding = base_outstanding + 1 WHERE document = {identity}",
             f"UPDATE finance.open_item SET base_outstanding = base_outstanding - 1 WHERE document = {identity}", {"L9"}),
            ("dollars of it", f"UPDATE finance.open_item SET outstanding = outstanding - 1 WHERE document = {identity}",
             f"UPDATE finance.open_item SET outstanding = outstanding + 1 WHERE document = {identity}", {"L9c"}),
            ("the balance", "UPDATE finance.account_balance SET foreign_amount = foreign_amount + 1 WHERE foreign_amount < 0",
             "UPDATE finance.account_balance SET foreign_amount = foreign_amount - 1 WHERE foreign_amount < 1 AND "
             "foreign_amount <> 0", {"L7", "L6"}),
            ("a day", "UPDATE finance.account_day SET foreign_amount = foreign_amount + 1 WHERE foreign_amount < 0",
             "UPDATE finance.account_day SET foreign_amount = foreign_amount - 1 WHERE foreign_amount < 1 AND "
             "foreign_amount <> 0", {"L7b", "L6"})):
        sql(host, change)
        checks.equal(set(broken(host)), found, what)
        sql(host, back)


def by_an_older_program(host, checks):
    """A ledger from before turnovers were kept by day: the migration fills them, of every day and in both currencies."""
    before = sql(host, DAYS)
    sql(host, "DROP TABLE finance.account_day")
    checks.equal(host.command("migrate", "--check")[0], 1, "the difference is seen")
    checks.equal(host.command("migrate")[0], 0, "migrated")
    checks.equal(host.command("migrate", "--check")[0], 0, "nothing is left to do")
    checks.equal(sql(host, DAYS), before, "the same days")
    checks.equal(sql(host, "SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE oid IN ('finance.gl_entry'::regclass, "
                           "'finance.account_day'::regclass)"), "t", "row level security is forced again")


def run(host, checks):
    client = bm.Client(host).sign_in()
    abroad = Abroad(client)
    rates(abroad, checks)
    moved_money(abroad, checks)
    bill = settled(abroad, checks)
    revalued(abroad, checks)
    settled_later(abroad, checks)
    ordered(abroad, checks)
    books_agree(abroad.company, checks, "in dollars and rupees")
    proven(host, checks, "before anything is changed by hand")
    if not bm.ENTERPRISE:  # the command migrates one database
        by_an_older_program(host, checks)
    by_hand(host, checks, bill)
    proven(host, checks, "at the end")


if __name__ == "__main__":
    bm.scenario(run)
