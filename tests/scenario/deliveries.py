"""Goods on their way to customers: delivery note → sales invoice → customer return over HTTP, with prove over PostgreSQL; what
deliveries say and what stock and invoices say are compared (S8b, S10), broken by hand and mended again."""
import bm
from bm import Decimal
from company import STOCK, Company, books_agree
from company import prove as proven
from prove import broken, sql

SALES, COGS = "4100", "5110"


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
    line = f"(SELECT l.id FROM wms.delivery_note d JOIN wms.delivery_note_lines l ON l.tenant_id = d.tenant_id AND " \
           f"l.parent_id = d.id WHERE d.number = '{delivery['number']}')"
    for change, wanted in (
            (f"UPDATE wms.delivery_note_lines SET stock_qty = stock_qty {{}} 1 WHERE id = {line}", {"S10": 1}),
            (f"UPDATE wms.delivery_note_lines SET returned_qty = returned_qty {{}} 1 WHERE id = {line}", {"S10": 1}),
            (f"UPDATE wms.delivered_line SET returned = returned {{}} 1 WHERE id = {line}", {"S10": 1}),
            (f"UPDATE finance.billed_delivery SET qty = qty {{}} 1 WHERE delivery_line = {line}", {"S8b": 1})):
        sql(host, change.format("+"))
        checks.equal(broken(host), wanted, change[:60])
        sql(host, change.format("-"))


def run(host, checks):
    client = bm.Client(host).sign_in()
    for method in ("moving_average", "fifo"):
        delivery, _ = sale(client, checks, method)
    proven(host, checks, "after the sales")
    deliveries_broken(host, checks, delivery)
    proven(host, checks, "at the end")


if __name__ == "__main__":
    bm.scenario(run)
