"""What is planned: orders for services hold a budget from submit to invoice, 16 of them at once never take more than is left
(domain rules 3.9), deferred expenses come back month by month, costs are shared out; employees claim, are advanced and paid,
and take leave; and prove: P2, L10b, L10g, L12, L13 and P1, broken by hand and mended again."""
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
    made = client.act("finance/deferrals", made["id"], "release", date=end)
    checks.equal(sum(1 for p in made["parts"] if p.get("released_on")), 1, f"one of {months} months is released")
    for path, action in ((f"/api/v1/finance/deferrals/{made['id']}/release", {}), ("/api/v1/finance/deferral-runs", {"action": "submit"})):
        checks.refused(client.post(path, {"date": end}, **action), 422, "finance.deferral.nothing", "date", f"{path} again")
    rows = client.report("finance", "deferrals", as_of=end)["rows"]
    checks.equal([r["remaining"] for r in rows if r["document"] == made["id"]], [made["remaining"]], "the report")
    books = {r["code"]: r["closing"] for r in client.report("finance", "trial-balance", as_of=end)["rows"]}
    checks.amount(books[DEFERRED], made["remaining"], "the account holds what is left")
    other = client.create("finance/deferrals", "submit", amount="5", account=company.account(INSURANCE),
                          cost_center=company.center, start=first.isoformat(), end=first.isoformat())
    client.act("finance/deferrals", other["id"], "cancel")


def sharing(client, checks):
    company = Company(client, "SHR")
    centers = [client.create("finance/cost-centers", code=f"S{i}-SHR", name=f"Share {i}")["id"] for i in range(3)]
    client.create("finance/cost-shares", name="Office", cost_center=centers[0], effective_from="2020-01-01",
                  shares=[{"cost_center": centers[1], "percent": "66.67"}, {"cost_center": centers[2], "percent": "33.33"}])
    lines = [{"account": company.account(INSURANCE), "debit": "100", "cost_center": centers[0]},
             {"account": company.account("1120"), "credit": "100"}]
    client.create("finance/journal-vouchers", "submit", lines=lines)
    day = today().isoformat()
    made = client.create("finance/cost-allocations", "submit", cost_center=centers[0], start=day, end=day)
    checks.equal([s["amount"] for s in made["splits"]], ["66.67", "33.33"], "the shares")
    answer = client.post("/api/v1/finance/cost-allocations", {"cost_center": centers[0], "start": day, "end": day},
                         action="submit")
    checks.refused(answer, 422, "finance.cost_allocation.nothing", what="a second time")


def people(client, checks):
    company = Company(client, "PPL")
    department = client.create("people/departments", code="D-PPL", name="Depot", cost_center=company.center)["id"]
    who = client.create("people/employees", personal_number="P-1", full_name="Meera", birth_date="1985-05-15",
                        joining_date="2015-01-01", department=department)["id"]
    advance = client.create("people/employee-advances", "submit", employee=who, asked="4000", purpose="Trip")
    client.act("people/employee-advances", advance["id"], "pay")
    claim = client.create("people/expense-claims", "submit", employee=who, purpose="Trip",
                          lines=[{"description": "Hotel", "account": company.account("5240"), "amount": "5075"}],
                          advances=[{"advance": advance["id"], "amount": "3000"}])
    claim = client.act("people/expense-claims", claim["id"], "approve")
    checks.amount(claim["outstanding"], 2075, "what is left to pay")
    answers = bm.parallel(AT_ONCE, lambda i: bm.Client(client.host, client.token).post(
        f"/api/v1/people/expense-claims/{claim['id']}/pay", {"amount": "2000"}))
    checks.equal(sum(a.status == 200 for a in answers), 1, f"{AT_ONCE} payments at once: {sorted(a.status for a in answers)}")
    leave = client.create("people/leave-types", code="EL-PPL", name="Earned leave", max_encashable="5")["id"]
    year = str(today().year)
    client.create("people/leave-allocations", "submit", employee=who, leave_type=leave, whole="15",
                  period_start=f"{year}-01-01", period_end=f"{year}-12-31")
    paid = client.create("people/leave-encashments", "submit", employee=who, leave_type=leave, per_day="50")
    checks.equal((paid["days"], paid["amount"]), ("5", "250.00"), "encashed")
    client.create("people/salary-structures", employee=who, effective_from="2020-01-01", base="50000",
                  components=[{"name": "Basic", "percent_of": "base", "percent": "100"}])
    slip = client.create("people/salary-slips", "submit", employee=who, month=today().isoformat())
    checks.equal(slip["net_base"], "50000.00", "the month's pay")


def plans_broken(host, checks):
    checks.equal(broken(host), {}, "all holds")
    for what, wanted, change, back in (
            ("a budget that is exceeded", {"L10b": 2}, "UPDATE finance.budget SET amount = 1 WHERE amount = 100000",
             "UPDATE finance.budget SET amount = 100000 WHERE amount = 1"),
            ("a commitment of an order that ended", {"L10g": 1},
             "UPDATE finance.commitment SET open = 1 WHERE ended AND amount = 13000",
             "UPDATE finance.commitment SET open = 0 WHERE ended AND amount = 13000"),
            ("an advance that the ledger does not know", {"P2": 1, "P2b": 1},
             "UPDATE people.employee_advance SET open = open + 1", "UPDATE people.employee_advance SET open = open - 1"),
            ("a claim that the ledger does not know", {"P2": 1},
             "UPDATE people.expense_claim SET outstanding = outstanding + 1",
             "UPDATE people.expense_claim SET outstanding = outstanding - 1"),
            ("a share that was not moved", {"L13": 1},
             "UPDATE finance.cost_allocation_splits SET amount = amount + 1 WHERE amount = 66.67",
             "UPDATE finance.cost_allocation_splits SET amount = amount - 1 WHERE amount = 67.67"),
            ("more leave taken than there was", {"P1": 1}, "UPDATE people.leave_entry SET days = days - 100 WHERE days = -5",
             "UPDATE people.leave_entry SET days = days + 100 WHERE days = -105"),
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
    sharing(client, checks)
    people(client, checks)
    plans_broken(host, checks)
    prove(host, checks, "mended")


if __name__ == "__main__":
    bm.scenario(run)
