"""An imprest over HTTP: the worked example to the last figure, the cash and the one open recoupment under many clients at
once, and what is broken by hand is seen by business-m prove (I1, I2)."""
import datetime

import bm
from company import BANK, Company, prove
from prove import broken, sql

LEDGER, EXPENSE, RECEIVABLE = "1115", "5250", "1195"


class Float:
    def __init__(self, company, checks):
        self.company, self.client, self.checks = company, company.client, checks
        self.holder = self.client.create("people/employees", personal_number="H1", full_name="Holder",
                                         birth_date="1990-01-01", joining_date="2020-01-01")["id"]
        account = company.account
        self.id = self.client.create("finance/imprest-accounts", code="F1", name="Depot float", holder=self.holder,
                                     cost_center=company.center, ledger=account(LEDGER), source=account(BANK), limit="10000",
                                     voucher_cap="2000", trigger_pct="50", cycle="none")["id"]
        for action in ("sanction", "fund"):
            self.act(action)

    def act(self, action, **body):
        return self.client.act("finance/imprest-accounts", self.id, action, **body)

    def body(self, amount):
        return {"imprest": self.id, "payee": "Ram Stores", "expense_account": self.company.account(EXPENSE),
                "amount": str(amount)}

    def voucher(self, amount, decision="approve", **body):
        made = self.client.create("finance/imprest-vouchers", "submit", **self.body(amount))
        return self.client.act("finance/imprest-vouchers", made["id"], decision, **body)

    def stands(self, what, **wanted):
        got = self.client.read("finance/imprest-accounts", self.id)
        for name, amount in wanted.items():
            self.checks.amount(got[name], amount, f"{what}: {name}")

    def open(self):
        return [r for r in self.client.all("finance/imprest-recoupments") if r["state"] in ("draft", "approved")]

    def pay(self):
        found = self.open()
        self.checks.equal(len(found), 1, "one open recoupment")
        for action in ("approve", "pay"):
            found[0] = self.client.act("finance/imprest-recoupments", found[0]["id"], action)
        return found[0]


def example(company, imprest, checks):
    for amount in (1800, 2000, 900):
        imprest.voucher(amount)
    checks.equal(imprest.open(), [], "4,700 is not enough")
    answer = imprest.client.post("/api/v1/finance/imprest-vouchers", imprest.body(2500), action="submit")
    checks.refused(answer, 422, "finance.imprest.cap", "amount", "a voucher of 2,500")
    imprest.voucher(600)
    imprest.stands("before", cash=4700, approved=5300, funded=10000)
    paid = imprest.pay()
    checks.equal((paid["paid"], paid["reason"]), ("5300.00", "threshold"), "the recoupment")
    imprest.stands("paid back", cash=10000, approved=0, funded=10000)
    bad = imprest.voucher(900, "disallow", reason="No bill")
    imprest.stands("disallowed", cash=9100, disallowed=900)
    imprest.client.act("finance/imprest-vouchers", bad["id"], "refund", by="cash")
    imprest.stands("refunded", cash=10000, disallowed=0)
    prove(company.host, checks, "the worked example")


def run(host, checks):
    client = bm.Client(host).sign_in()
    company = Company(client, "I")
    company.host = host
    company.capital(50000)
    imprest = Float(company, checks)
    example(company, imprest, checks)

    # Eight at once pay out 2,000 each of 10,000; then all are approved at once.
    clients = [bm.Client(host).sign_in() for _ in range(8)]
    path = "/api/v1/finance/imprest-vouchers"
    answers = bm.parallel(8, lambda i: clients[i].post(path, imprest.body(2000), action="submit"))
    good = [a.json["id"] for a in answers if a.status == 201]
    checks.equal(len(good), 5, "five of eight find cash")
    for answer in answers:
        if answer.status != 201:
            checks.refused(answer, 422, "finance.imprest.cash", "amount", "no cash is left")
    answers = bm.parallel(5, lambda i: clients[i].post(f"{path}/{good[i]}/approve", {}))
    checks.equal([a.status for a in answers], [200] * 5, "all are approved")
    checks.equal(len(imprest.open()), 1, "one recoupment for all")
    due = client.report("finance", "imprest", date=datetime.date.today().isoformat())["rows"][0]
    checks.equal((due["due"], due["open"]), ("threshold", True), "the report")
    prove(host, checks, "many at once")

    for change, back, wanted in (
            ("UPDATE finance.imprest_account SET cash = cash + 1, funded = funded + 1",
             "UPDATE finance.imprest_account SET cash = cash - 1, funded = funded - 1", {"I1": 1}),
            ("UPDATE finance.imprest_recoupment SET amount = amount + 1 WHERE state = 'paid'",
             "UPDATE finance.imprest_recoupment SET amount = amount - 1 WHERE state = 'paid'", {"I2": 1})):
        sql(host, change)
        checks.equal(broken(host), wanted, change)
        sql(host, back)
    imprest.pay()
    imprest.act("recoup")
    for recoupment in imprest.open():
        client.act("finance/imprest-recoupments", recoupment["id"], "cancel")
    imprest.act("begin_close")
    imprest.act("close")
    imprest.stands("closed", cash=0, funded=0, approved=0)
    prove(host, checks, "closed")


if __name__ == "__main__":
    bm.scenario(run)
