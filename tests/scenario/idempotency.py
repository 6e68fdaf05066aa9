"""The same write twice has one effect, whatever comes in between; and many clients at once break no limit."""
import collections

import bm
from bm import Decimal
from company import PAYABLES, Company, books_agree, prove

CLIENTS = 64
JOURNALS = "/api/v1/finance/journal-vouchers"


def same_key(company, checks):
    client = company.client
    body = {"lines": [{"account": company.account("1120"), "debit": "10"}, {"account": company.account("3100"), "credit": "10"}]}
    before = company.balance("1120")
    first = client.post(JOURNALS, body, "key-1", action="submit")
    again = client.post(JOURNALS, body, "key-1", action="submit")
    checks.equal((first.status, again.status), (201, 201), "both are answered alike")
    checks.equal(again.body, first.body, "byte by byte")
    checks.equal(again.headers.get("etag"), first.headers.get("etag"), "and so is the ETag")
    checks.amount(company.balance("1120") - before, 10, "one effect")
    other = {"lines": [{"account": company.account("1120"), "debit": "11"}, {"account": company.account("3100"), "credit": "11"}]}
    checks.refused(client.post(JOURNALS, other, "key-1", action="submit"), 409, "core.idempotency.reused")
    act = f"{JOURNALS}/{first.json['id']}/cancel"
    first, again = client.post(act, key="key-2"), client.post(act, key="key-2")
    checks.equal((first.status, again.status, again.body), (200, 200, first.body), "an action twice")
    checks.amount(company.balance("1120"), before, "cancelled once")
    refused = client.post(JOURNALS, {"lines": []}, "key-3", action="submit")
    checks.equal(refused.status, 422, "a refusal")
    checks.equal(client.post(JOURNALS, body, "key-3", action="submit").status, 201, "does not use up the key")


def twins(host, company, checks):
    """64 at once with the same key and body: one document, one answer."""
    body = {"code": f"TWIN-{company.tag}", "name": "Twin"}
    clients = [company.client.again() for _ in range(CLIENTS)]
    answers = bm.parallel(CLIENTS, lambda i: clients[i].post("/api/v1/core/suppliers", body, "twins"))
    good = [a for a in answers if isinstance(a, bm.Answer) and a.status == 201]
    checks.ok(good, f"one succeeded: {answers[0]!r}")
    checks.equal(len({a.json["id"] for a in good}), 1, "one document")
    statuses = collections.Counter(getattr(a, "status", repr(a)) for a in answers)
    checks.ok(set(statuses) <= {201, 409, 429}, f"nothing worse than wait: {statuses}")
    checks.equal(len(company.client.all("core/suppliers", code=body["code"])), 1, "one in the list")
    body = {"lines": [{"account": company.account("1120"), "debit": "7"}, {"account": company.account("3100"), "credit": "7"}]}
    before = company.balance("1120")
    answers = bm.parallel(CLIENTS, lambda i: clients[i].post(JOURNALS, body, "twin-vouchers", action="submit"))
    checks.equal(len({a.json["id"] for a in answers if a.status == 201}), 1, "one voucher")
    checks.amount(company.balance("1120") - before, 7, "posted once")


def payments(company, checks):
    """64 payments of 100 on an invoice of 1,000: ten of them fit."""
    item = company.item("PAY")
    invoice = company.invoice(company.receive(company.order((item, 10, 100))))
    before = company.balance(PAYABLES)
    clients = [company.client.again() for _ in range(CLIENTS)]
    body = company.payment_body(100, (invoice, 100))
    answers = bm.parallel(CLIENTS, lambda i: clients[i].post("/api/v1/finance/payments", body, action="submit"))
    paid = [a for a in answers if a.status == 201]
    checks.equal(len(paid), 10, f"payments that fit: {collections.Counter(a.status for a in answers)}")
    for answer in answers:
        if answer.status not in (201, 429):
            checks.refused(answer, 422, ("finance.payment.beyond_outstanding", "finance.payment.not_open"),
                           what="a payment too many")
    checks.amount(company.client.read("finance/purchase-invoices", invoice["id"])["outstanding"], 0, "outstanding")
    checks.amount(company.balance(PAYABLES) - before, 1000, "payable")
    numbers = sorted(a.json["number"] for a in paid)
    checks.equal(len(set(numbers)), len(numbers), "every payment has a number of its own")


def last_unit(company, checks):
    """One piece, 64 clients: one gets it."""
    item = company.item("LAST")
    company.stock_in(item, 1, 99)
    clients = [company.client.again() for _ in range(CLIENTS)]
    body = company.issue_body(item, 1)
    answers = bm.parallel(CLIENTS, lambda i: clients[i].post("/api/v1/wms/stock-issues", body, action="submit"))
    checks.equal(sum(a.status == 201 for a in answers), 1, f"{collections.Counter(a.status for a in answers)}")
    checks.equal(company.stock(item), (Decimal(0), Decimal(0)), "nothing is left, and nothing less")


def gapless(company, checks):
    """Vouchers and refusals at once: the numbers have no gap."""
    clients = [company.client.again() for _ in range(CLIENTS)]
    good = {"lines": [{"account": company.account("1120"), "debit": "1"}, {"account": company.account("3100"), "credit": "1"}]}
    bad = {"lines": [{"account": company.account("1120"), "debit": "1"}, {"account": company.account("3100"), "credit": "2"}]}

    def work(i):
        return [clients[i].post(JOURNALS, bad if (i + k) % 3 == 0 else good, action="submit").status for k in range(6)]
    answers = [s for row in bm.parallel(CLIENTS, work) for s in row]
    checks.ok(set(answers) <= {201, 422, 429}, f"{collections.Counter(answers)}")
    numbers = [d["number"] for d in company.client.all("finance/journal-vouchers", fields="number") if d["number"]]
    series = collections.defaultdict(list)
    for number in numbers:
        prefix, _, last = number.rpartition("-")
        series[prefix].append(int(last))
    for prefix, found in series.items():
        checks.equal(sorted(found), list(range(1, len(found) + 1)), f"{prefix}: gapless")


def run(host, checks):
    company = Company(bm.Client(host).sign_in(), "I")
    same_key(company, checks)
    twins(host, company, checks)
    payments(company, checks)
    last_unit(company, checks)
    gapless(company, checks)
    books_agree(company, checks, "at the end")
    prove(host, checks, "at the end")


if __name__ == "__main__":
    bm.scenario(run)
