"""What is planned: orders for services hold a budget from submit to invoice, 16 of them at once never take more than is left
(domain rules 3.9), deferred expenses come back month by month; and prove: L10b and L12, broken by hand and mended again."""
import datetime

import bm
from company import Company, prove
from prove import broken, sql

FEES, INSURANCE, DEFERRED = "5300", "5250", "1185"
AT_ONCE = 16


def today():
    return datetime.datetime.now(datetime.timezone.utc).date()


class Plan:
    """A company with one service and a budget for it."""

    def __init__(self, client, tag):
        self.client, self.company = client, Company(client, tag)
        self.service = client.create("core/items", code=f"AUDIT-{tag}", name=f"Audit {tag}", is_stock=False,
                                     stock_unit=self.company.unit)
        self.center = client.create("finance/cost-centers", code=f"CC-{tag}", name=f"Center {tag}")["id"]
        self.year = next(y for y in client.all("finance/fiscal-years") if y["start"] <= today().isoformat() <= y["end"])

    def budget(self, amount, **more):
        body = {"cost_center": self.center, "account": self.company.account(FEES), "fiscal_year": self.year["id"],
                "amount": str(amount), **more}
        return self.client.must(self.client.post("/api/v1/finance/budgets", body))

    def order_body(self, rate, **more):
        return {"supplier": self.company.supplier["id"], "warehouse": self.company.depot["id"],
                "lines": [{"item": self.service["id"], "qty": "1", "rate": str(rate), "account": self.company.account(FEES),
                           "cost_center": self.center}], **more}

    def order(self, rate):
        return self.client.create("wms/purchase-orders", "submit", **self.order_body(rate))

    def spend(self, amount):
        lines = [{"account": self.company.account(FEES), "debit": str(amount), "cost_center": self.center},
                 {"account": self.company.account("1120"), "credit": str(amount)}]
        return self.client.create("finance/journal-vouchers", "submit", lines=lines)

    def bill(self, order, rate):
        return self.client.create("finance/purchase-invoices", "submit", supplier=self.company.supplier["id"],
                                  supplier_invoice_no=self.company.bill(),
                                  lines=[{"item": self.service["id"], "qty": "1", "rate": str(rate),
                                          "order_line": order["lines"][0]["id"]}])

    def use(self):
        row = self.client.report("finance", "budget-use", cost_center=self.center)["rows"][0]
        return [row[name] for name in ("amount", "actual", "committed", "available")]


def the_example(client, checks):
    plan = Plan(client, "BUD")
    plan.budget(100000)
    plan.spend(62000)
    held = plan.order(25000)
    checks.equal(plan.use(), ["100000.00", "62000.00", "25000.00", "13000.00"], "the example")
    answer = client.post("/api/v1/wms/purchase-orders", plan.order_body("13000.01"), action="submit")
    checks.refused(answer, 422, "finance.budget.exceeded", "lines[0].amount", "one paisa too much")
    answers = bm.parallel(AT_ONCE, lambda i: bm.Client(client.host, client.token).post(
        "/api/v1/wms/purchase-orders", plan.order_body(13000), action="submit"))
    won = [a for a in answers if a.status == 201]
    checks.equal(len(won), 1, f"{AT_ONCE} orders for the last 13,000: {sorted(a.status for a in answers)}")
    checks.equal(plan.use()[3], "0.00", "nothing is left")
    plan.bill(held, 24000)
    checks.equal(plan.use(), ["100000.00", "86000.00", "13000.00", "1000.00"], "invoiced for less")
    client.act("wms/purchase-orders", won[0].json["id"], "cancel")
    checks.equal(plan.use(), ["100000.00", "86000.00", "0.00", "14000.00"], "an order is cancelled")
    last = plan.order(14000)
    client.act("wms/purchase-orders", last["id"], "close")
    checks.equal(plan.use()[2:], ["0.00", "14000.00"], "an order is closed")
    goods = plan.company.item("GOODS")
    body = plan.order_body(1)
    body["lines"][0]["item"] = goods["id"]
    checks.refused(client.post("/api/v1/wms/purchase-orders", body), 422, "wms.order.account", "lines[0].account", "goods")


def warning(client, checks):
    plan = Plan(client, "WARN")
    plan.budget(100, action="warn")
    order = plan.order("100.5")
    checks.amount(order["beyond_budget"], "0.5", "the order says by how much")
    checks.equal(plan.use()[3], "-0.50", "and the report")


def deferral(client, checks):
    company = Company(client, "DEF")
    first = today().replace(day=1)
    last = (first + datetime.timedelta(days=80)).replace(day=1) - datetime.timedelta(days=1)
    made = client.create("finance/deferrals", "submit", amount="1000", account=company.account(INSURANCE),
                         cost_center=company.center, start=first.isoformat(), end=last.isoformat(), description="Insurance")
    months = len(made["parts"])
    checks.amount(sum(bm.Decimal(p["amount"]) for p in made["parts"]), 1000, "the schedule is the whole")
    end = made["parts"][0]["last"]
    for _ in range(2):
        made = client.act("finance/deferrals", made["id"], "release", date=end)
        checks.equal(sum(1 for p in made["parts"] if p.get("released_on")), 1, f"one of {months} months is released")
    rows = client.report("finance", "deferrals", as_of=end)["rows"]
    checks.equal([r["remaining"] for r in rows if r["document"] == made["id"]], [made["remaining"]], "the report")
    books = {r["code"]: r["closing"] for r in client.report("finance", "trial-balance", as_of=end)["rows"]}
    checks.amount(books[DEFERRED], made["remaining"], "the account holds what is left")
    other = client.create("finance/deferrals", "submit", amount="5", account=company.account(INSURANCE),
                          cost_center=company.center, start=first.isoformat(), end=first.isoformat())
    client.act("finance/deferrals", other["id"], "cancel")


def plans_broken(host, checks):
    checks.equal(broken(host), {}, "all holds")
    for what, wanted, change, back in (
            ("a budget that is exceeded", {"L10b": 2}, "UPDATE finance.budget SET amount = 1 WHERE amount = 100000",
             "UPDATE finance.budget SET amount = 100000 WHERE amount = 1"),
            ("a commitment of an order that ended", {"L10b": 1},
             "UPDATE finance.commitment SET open = 1 WHERE ended AND amount = 13000",
             "UPDATE finance.commitment SET open = 0 WHERE ended AND amount = 13000"),
            ("a part that was not released", {"L12": 2},
             "UPDATE finance.deferral_parts SET released_on = NULL, amount = amount WHERE released_on IS NOT NULL",
             "UPDATE finance.deferral_parts SET released_on = last WHERE number = 1 AND parent_id IN (SELECT id FROM "
             "finance.deferral WHERE state = 'submitted')")):
        sql(host, change)
        checks.equal(broken(host), wanted, what)
        sql(host, back)


def run(host, checks):
    client = bm.Client(host).sign_in()
    the_example(client, checks)
    warning(client, checks)
    deferral(client, checks)
    plans_broken(host, checks)
    prove(host, checks, "mended")


if __name__ == "__main__":
    bm.scenario(run)
