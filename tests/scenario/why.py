"""business-m why: the figures of the trial balance of a small company, explained down to the source documents and events, for
a receipt, a bill, a payment, an item and an account; what nobody knows is told in a sentence."""
import re

import bm
from bm import Decimal
from company import BANK, GRNI, PAYABLES, STOCK, Company, books_agree, prove


class Teller:
    """Runs business-m why and looks at what it says."""

    def __init__(self, host, checks):
        self.host, self.checks = host, checks

    def why(self, *words):
        code, out, err = self.host.command("why", *words)
        self.checks.equal((code, err), (0, ""), f"why {' '.join(words)}")
        return out

    def refused(self, status, words, sentence):
        code, _, err = self.host.command("why", *words)
        self.checks.equal(code, status, f"why {' '.join(words)}: status")
        self.checks.ok(sentence in err, f"why {' '.join(words)}: says {err!r}")

    def has(self, text, what, *parts):
        for part in parts:
            self.checks.ok(part in text, f"{what}: lacks {part!r} in\n{text}")
        self.checks.ok(text.count("hash ") == text.count("…: right"), f"{what}: every hash is right")


def documents(teller, client, bought):
    receipt, invoice, payment = bought
    text = teller.why(receipt["number"])
    teller.has(text, "receipt", "Goods receipt " + receipt["number"], "submitted", "value 10000.00 by moving_average",
               "event     inv_event", "event     acc_event", "debit  10000.00  1140 Stock in hand",
               "credit 10000.00  2120 Goods received", "stock goes to 1140 Stock in hand by version 1 of the posting rule",
               "grni goes to 2120", "wms.receipt_tolerance_pct = ")
    teller.checks.equal(text, teller.why("document", receipt["number"]), "the same, told its kind")
    teller.checks.equal(text, teller.why(receipt["id"]), "the same by its id")
    text = teller.why(invoice["number"])
    teller.has(text, "bill", "Purchase invoice " + invoice["number"], "rate      CGST", ": 9 % of 10000.00 = 900.00",
               "line      debit  900.00  1160 Input tax", "input_tax goes to 1160", "credit 11800.00  2110 Payables",
               "payable goes to 2110", "finance.price_variance_pct = ", "100 × 100.00 = 10000.00")
    text = teller.why(payment["number"])
    teller.has(text, "payment", "Payment " + payment["number"], "debit  11800.00  2110 Payables", "credit 11800.00  1120 Bank",
               f"source    Payment {payment['number']}, submitted")


def figures(teller, company, item, bought):
    """Every figure of the trial balance is the one that why begins with, and its lines lead to documents."""
    books = company.trial_balance()
    for code in (BANK, STOCK, GRNI, PAYABLES):
        text = teller.why("account", code, "--lines", "50")
        side = "credit" if books[code] < 0 else "debit"
        teller.has(text, code, f": {abs(books[code]):.2f} {side}\n", "trial-balance: opening of the year")
        moved = [Decimal(a) if s == "debit" else -Decimal(a)
                 for s, a in re.findall(r"^  \d{4}-\d\d-\d\d  (debit|credit) ([0-9.]+),", text, re.M)]
        teller.checks.amount(sum(moved, Decimal(0)), books[code], f"{code}: its lines make the figure")
        teller.checks.equal(text.count("    source    "), len(moved), f"{code}: every line has its document")
    text = teller.why(PAYABLES)
    teller.has(text, "payables", bought[1]["number"], bought[2]["number"])
    text = teller.why("account", "1100")
    teller.has(text, "a group", "It is a group, the sum of:", f"1140 Stock in hand: {books[STOCK]:.2f} debit")
    text = teller.why("item", item["code"])
    teller.has(text, "item", "stock-balance: 90 at ", "worth 9000.00", "100 at ", "-10 at ", bought[0]["number"],
               "stock_issue goes to", "there are 90 worth 9000.00", "value -1000.00 by moving_average")
    text = teller.why(BANK, "--as-of", "2000-01-01")
    teller.has(text, "before everything", "as of 2000-01-01: 0.00 debit")
    text = teller.why(BANK, "--lines", "1")
    teller.has(text, "one line", "before the last 1 lines: 100000.00 debit")


def rules(teller, client, company):
    """A rule that changed says so; a cancellation says what it mirrors."""
    rule = client.find("finance/posting-rules", "purpose", "stock_issue")
    client.change("finance/posting-rules", rule, description="What we use ourselves")
    item = company.item("WHYR")
    company.stock_in(item, 5, 10)
    issue = company.issue(item, 1)
    text = teller.why(issue["number"])
    teller.has(text, "new version", "stock_issue goes to 5150", f"by version {rule['version'] + 1} of the posting rule, in force since")
    client.act("wms/stock-issues", issue["id"], "cancel")
    text = teller.why(issue["number"])
    teller.has(text, "mirror", "cancelled", "the mirror takes back what the voucher posted", "mirror of its cancellation")


def late(teller, client, company):
    """Found when its month was locked: posted today, and everything says where it belongs and why."""
    year = client.create("finance/fiscal-years", start="2020-04-01")
    client.act("finance/fiscal-years", year["id"], "lock", number=1)
    item = company.item("WHYL")
    company.stock_in(item, 5, 10)
    body = {**company.issue_body(item, 2), "belongs_on": "2020-04-15"}
    answer = client.post("/api/v1/wms/stock-issues", body, action="submit")
    teller.checks.refused(answer, 422, "core.validation", what="late without a reason")
    teller.checks.equal([(f["code"], f["path"]) for f in answer.json["error"]["fields"]], [("wms.late.reason", "late_reason")],
                        "which field")
    issue = client.create("wms/stock-issues", "submit", **body, late_reason="The slip lay in the van")
    told = "it belongs on 2020-04-15: The slip lay in the van"
    teller.has(teller.why(issue["number"]), "late document", "  late      " + told, "    late      " + told)
    teller.has(teller.why("item", item["code"]), "its item", told)
    row = client.report("wms", "stock-ledger", item=item["id"])["rows"][-1]
    teller.checks.equal((row["belongs_on"], row["late_reason"]), ("2020-04-15", "The slip lay in the van"), "stock ledger")
    row = client.report("finance", "general-ledger", account=company.account("5150"))["rows"]
    teller.checks.ok("Belongs on 2020-04-15: The slip lay in the van" in [r["narration"] for r in row], "general ledger")


def run(host, checks):
    client = bm.Client(host).sign_in()
    company = Company(client, "WHY")
    teller = Teller(host, checks)
    company.capital(100000)
    item = company.item("TEA")
    receipt = company.receive(company.order((item, 100, 100, company.gst18)))
    invoice = company.invoice(receipt, tax=company.gst18)
    payment = company.pay("11800", (invoice, "11800"))
    company.issue(item, 10)
    bought = (receipt, invoice, payment)
    documents(teller, client, bought)
    figures(teller, company, item, bought)
    rules(teller, client, company)
    late(teller, client, company)
    teller.refused(1, ["GRN-1999-00001"], 'Nothing is called "GRN-1999-00001"')
    teller.refused(1, ["item", BANK], "Nothing is called")
    teller.refused(1, [BANK, "--as-of", "yesterday"], "yesterday is not a day")
    teller.refused(1, [BANK, "--lines", "0"], "0 is no number of lines")
    teller.refused(2, [], "usage: business-m why")
    teller.refused(2, ["nothing", "1", "2"], "usage: business-m why")
    books_agree(company, checks, "why")
    prove(host, checks, "why")


if __name__ == "__main__":
    bm.scenario(run)
