"""Goods on their way to customers: delivery note → sales invoice → customer return over HTTP, with prove over PostgreSQL; what
deliveries say and what stock and invoices say are compared (S8b, S10), broken by hand and mended again. Reservations hold what they say under 64 clients at once (S4b)."""
import bm
from bm import Decimal
from company import STOCK, Company, books_agree
from company import prove as proven
from prove import broken, sql

SALES, COGS = "4100", "5110"
AT_ONCE = 64


class Shop(Company):
    def __init__(self, client, tag):
        super().__init__(client, tag)
        self.customer = client.create("core/customers", code=f"C-{tag}", name=f"Hotel {tag}")
        self.before = self.trial_balance()

    def moved(self, code):
        return self.balance(code) - self.before.get(code, Decimal(0))

    def delivery_body(self, item, qty, **line):
        return {"customer": self.customer["id"], "warehouse": self.depot["id"],
                "lines": [{"item": item["id"], "qty": str(qty), **line}]}

    def deliver(self, item, qty, **line):
        return self.client.create("wms/delivery-notes", "submit", **self.delivery_body(item, qty, **line))

    def bill_body(self, delivery, qty, rate):
        return {"customer": self.customer["id"],
                "lines": [{"delivery_line": delivery["lines"][0]["id"], "qty": str(qty), "rate": str(rate)}]}

    def take_back(self, delivery, qty):
        return self.client.create("wms/customer-returns", "submit", delivery=delivery["id"],
                                  lines=[{"delivery_line": delivery["lines"][0]["id"], "qty": str(qty)}])


def sale(client, checks, method):
    """100@10 and 50@13, 120 leave; half of them are billed; 20 come back at what they left at."""
    shop = Shop(client, f"DL{method[0]}")
    item = shop.item("GOODS", method)
    shop.stock_in(item, 100, 10)
    shop.stock_in(item, 50, 13)
    shop.before = shop.trial_balance()
    cost = {"moving_average": Decimal(1320), "fifo": Decimal(1260)}[method]
    delivery = shop.deliver(item, 120)
    checks.amount(delivery["total"], cost, f"{method}: cost of what left")
    checks.amount(shop.moved(COGS), cost, f"{method}: cost of goods sold")
    checks.amount(shop.moved(STOCK), -cost, f"{method}: stock")
    invoice = client.create("finance/sales-invoices", "submit", **shop.bill_body(delivery, 60, 20))
    checks.amount(shop.moved(SALES), -1200, f"{method}: sales")
    answer = client.post(f"/api/v1/wms/delivery-notes/{delivery['id']}/cancel")
    checks.refused(answer, 422, "finance.voucher.invoiced", what="cancel what is billed")
    back = shop.take_back(delivery, 20)
    checks.amount(back["total"], cost / 6, f"{method}: back at the value that left")
    answer = client.post("/api/v1/finance/sales-invoices", shop.bill_body(delivery, 41, 20), action="submit")
    checks.refused(answer, 422, "finance.invoice.beyond_delivery", "lines[0].qty", what="bill more than was kept")
    client.create("finance/sales-invoices", "submit", **shop.bill_body(delivery, 40, 20))
    checks.equal(shop.stock(item), (Decimal(50), Decimal(1650) - cost + cost / 6), f"{method}: stock")
    cancelled = shop.deliver(item, 3)
    client.act("wms/delivery-notes", cancelled["id"], "cancel")
    books_agree(shop, checks, method)
    return delivery, invoice


def deliveries_broken(host, checks, delivery):
    """A line that left less than stock says, a return nobody made, a bill nobody wrote."""
    line = "'" + sql(host, "SELECT l.id FROM wms.delivery_note d JOIN wms.delivery_note_lines l ON l.tenant_id = d.tenant_id "
                     f"AND l.parent_id = d.id WHERE d.number = '{delivery['number']}'") + "'"
    for change, wanted in (
            (f"UPDATE wms.delivery_note_lines SET stock_qty = stock_qty {{}} 1 WHERE id = {line}", {"S10": 1}),
            (f"UPDATE wms.delivery_note_lines SET returned_qty = returned_qty {{}} 1 WHERE id = {line}", {"S10": 1}),
            (f"UPDATE wms.delivered_line SET returned = returned {{}} 1 WHERE id = {line}", {"S10": 1}),
            (f"UPDATE finance.billed_delivery SET qty = qty {{}} 1 WHERE delivery_line = {line}", {"S8b": 1})):
        sql(host, change.format("+"))
        checks.equal(broken(host), wanted, change[:60])
        sql(host, change.format("-"))


def reservation(client, checks):
    """V025: 100 there, 50 reserved: 100 cannot be issued until they are released."""
    shop = Shop(client, "RV")
    item = shop.item("V025")
    shop.stock_in(item, 100, 10)
    held = client.create("wms/stock-reservations", "submit", warehouse=shop.depot["id"], lines=[{"item": item["id"], "qty": "50"}])
    row = client.report("wms", "stock-balance", item=item["id"])["rows"][0]
    checks.equal([Decimal(row[name]) for name in ("qty", "reserved", "available")], [100, 50, 50], "V025: held")
    answer = client.post("/api/v1/wms/stock-issues", shop.issue_body(item, 100), action="submit")
    checks.refused(answer, 422, "wms.stock.reserved", "lines[0].qty", what="V025: issue what is reserved")
    client.act("wms/stock-reservations", held["id"], "release")
    shop.issue(item, 100)
    checks.equal(shop.stock(item), (Decimal(0), Decimal(0)), "V025: end")


def race(client, checks):
    """100 pieces; 64 clients reserve, issue, deliver and deliver what is reserved, 5 each, at the same moment."""
    shop = Shop(client, "RC")
    item = shop.item("RACE")
    shop.stock_in(item, 100, 10)
    mine = client.create("wms/stock-reservations", "submit", warehouse=shop.depot["id"], lines=[{"item": item["id"], "qty": "20"}])
    clients = [client.again() for _ in range(AT_ONCE)]
    reserve = {"warehouse": shop.depot["id"], "lines": [{"item": item["id"], "qty": "5"}]}
    kinds = [("stock-reservations", reserve, "wms.reservation.beyond"),
             ("stock-issues", shop.issue_body(item, 5), ("wms.stock.reserved", "wms.stock.negative")),
             ("delivery-notes", shop.delivery_body(item, 5), ("wms.stock.reserved", "wms.stock.negative")),
             ("delivery-notes", shop.delivery_body(item, 5, reservation_line=mine["lines"][0]["id"]),
              ("wms.stock.reserved", "wms.reservation.over", "wms.stock.negative"))]
    answers = bm.parallel(AT_ONCE, lambda i: clients[i].post(f"/api/v1/wms/{kinds[i % 4][0]}", kinds[i % 4][1], action="submit"))
    good = [0, 0, 0, 0]
    for i, answer in enumerate(answers):
        good[i % 4] += answer.status == 201
        if answer.status != 201:
            checks.refused(answer, 422, kinds[i % 4][2], what=f"the others: {kinds[i % 4][0]}")
    checks.ok(good[3] >= 4, f"what is reserved is there for its own deliveries: {good}")
    checks.equal(sum(good), 20, f"20 × 5 of 100 in all: {good}")
    row = client.report("wms", "stock-balance", item=item["id"])["rows"]
    left = Decimal(5 * good[0])
    checks.equal(shop.stock(item), (left, left * 10), "what is left is what is reserved")
    if left:
        checks.equal([Decimal(row[0][name]) for name in ("reserved", "available")], [left, 0], "all of it is held")
    return mine


def reservation_broken(host, checks):
    """More held than is there, and a reservation that says something else."""
    for change, wanted in (
            ("UPDATE wms.stock_reservation_lines SET delivered_qty = delivered_qty {} 1 WHERE delivered_qty > 0", {"S4b": 1}),
            ("UPDATE wms.reserved_line SET open_qty = open_qty {} 1000 WHERE id = (SELECT id FROM wms.reserved_line WHERE "
             "open_qty > 0 ORDER BY open_qty DESC, id LIMIT 1)", {"S4b": 2})):
        sql(host, change.format("+"))
        checks.equal(broken(host), wanted, change[:60])
        sql(host, change.format("-"))


def requisition(client, checks):
    """V026 over PostgreSQL, and reorder proposals that become a requisition once."""
    shop = Shop(client, "PR")
    kilos = client.find("core/units", "code", "Kg")["id"]
    items = [shop.item("P54"), shop.item("P3", stock_unit=kilos)]
    lines = [{"item": item["id"], "qty": qty} for item, qty in zip(items, ("54", "3"))]
    asked = client.create("wms/purchase-requisitions", "submit", lines=lines)

    def state(per, *still):
        now = client.read("wms/purchase-requisitions", asked["id"])
        checks.amount(now["per_ordered"], per, "V026: ordered %")
        for line, qty in zip(now["lines"], still):
            checks.amount(line["still_requested"], qty, "V026: still requested")
        return now["state"]
    order = client.create("wms/purchase-orders", "submit", supplier=shop.supplier["id"], warehouse=shop.depot["id"],
                          lines=[{"item": line["item"], "requisition": asked["id"], "requisition_line": line["id"],
                                  "qty": qty, "rate": "10"}
                                 for line, qty in zip(asked["lines"], ("27", "1.5"))])
    checks.equal(state(50, "27", "1.5"), "partially_ordered", "V026: half")
    client.act("wms/purchase-orders", order["id"], "cancel")
    checks.equal(state(0, "54", "3"), "submitted", "V026: end")
    low = shop.item("LOW", reorder_level="10", reorder_qty="24")
    first = client.create("wms/purchase-requisitions", "submit", from_proposals=True)
    checks.equal([Decimal(line["qty"]) for line in first["lines"] if line["item"] == low["id"]], [24], "what was proposed")
    answer = client.post("/api/v1/wms/purchase-requisitions", {"from_proposals": True}, action="submit")
    checks.refused(answer, (400, 422), "wms.requisition.nothing", what="a second run makes nothing")


def run(host, checks):
    client = bm.Client(host).sign_in()
    for method in ("moving_average", "fifo"):
        delivery, _ = sale(client, checks, method)
    reservation(client, checks)
    race(client, checks)
    requisition(client, checks)
    shop = Shop(client, "RB")
    item = shop.item("HELD")
    shop.stock_in(item, 9, 10)
    client.create("wms/stock-reservations", "submit", warehouse=shop.depot["id"], lines=[{"item": item["id"], "qty": "9"}])
    proven(host, checks, "after the sales")
    deliveries_broken(host, checks, delivery)
    reservation_broken(host, checks)
    proven(host, checks, "at the end")


if __name__ == "__main__":
    bm.scenario(run)
