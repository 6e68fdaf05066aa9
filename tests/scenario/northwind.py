"""A real company's data: imported by the command line, opened, ordered, received, invoiced, half of it paid; then both
books against an independent computation. The folder is BM_NORTHWIND, or ../shared/data/northwind beside the
repository; without it the scenario is skipped."""
import collections
import csv
import os
import re
import sys

import bm
from bm import Decimal
from company import BANK, GRNI, INPUT_TAX, OPENING, PAYABLES, STOCK, Company, books_agree, half_up, prove

COST = Decimal("0.7")  # of the sales price
TAX = Decimal("6")     # percent, twice: GST12


def folder():
    beside = os.path.join(os.environ.get("BM_SOURCE", os.path.join(os.path.dirname(__file__), "..", "..")), "..")
    return os.environ.get("BM_NORTHWIND") or os.path.join(beside, "shared", "data", "northwind")


def rows(name):
    with open(os.path.join(folder(), name + ".csv"), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def clean(noisy):
    """What 9.80000019 was before a program kept it as a binary float of seven digits."""
    return half_up(Decimal(noisy))


class Imports:
    def __init__(self, host, checks):
        self.host, self.checks = host, checks

    def run(self, mode, collection, path, *options, wanted=0):
        code, out, err = self.host.command("import", mode, collection, path, "--quiet", *options)
        self.checks.equal(code, wanted, f"import {mode} {collection}: {(out + err)[-1500:]}")
        found = re.search(r"(\d+) rows: (\d+) \w[\w ]*, (\d+) unchanged, (\d+) with errors", out)
        batch = re.search(r"^batch (\w{26})", out, re.M)
        return [int(n) for n in found.groups()] if found else None, batch.group(1) if batch else None, out

    def load(self, collection, name, count, *options):
        """Dry run, load, load again."""
        path = name if os.path.isabs(name) else os.path.join(folder(), name + ".csv")
        before = len(self.client.all(collection))
        numbers, _, _ = self.run("--dry-run", collection, path, *options)
        self.checks.ok(numbers and numbers[3] == 0, f"{collection}: dry run: {numbers}")
        self.checks.equal(len(self.client.all(collection)), before, f"{collection}: a dry run leaves nothing")
        numbers, batch, _ = self.run("--commit", collection, path, *options)
        self.checks.equal(numbers and numbers[1:], [count, 0, 0], f"{collection}: loaded")
        again, _, _ = self.run("--commit", collection, path, *options)
        self.checks.equal(again and again[1:], [0, count, 0], f"{collection}: a second run changes nothing")
        self.checks.equal(len(self.client.all(collection)), before + count, f"{collection}: all are there")
        return batch


PARTY = "id,version,code,name,contact,address"
CONTACT = "company_name=name"  # all other columns find their field by their header


def masters(imports, checks):
    batch = imports.load("core/item-categories", "categories", 8, "--map", "category_id=code,category_name=name")
    imports.load("core/suppliers", "suppliers", 29, "--map", CONTACT)
    imports.load("core/customers", "customers", 91, "--map", CONTACT)
    imports.load("core/items", "products", 77, "--map",
                 "product_id=code,product_name=name,quantity_per_unit=description,unit_price=standard_rate,"
                 "units_in_stock=,units_on_order=,discontinued=", "--set", "stock_unit=Nos,purchase_tax=GST12")
    code, out, err = imports.host.command("import", "--undo", batch)
    checks.ok(code != 0, f"a batch others depend on is not undone: {out}{err}")
    client = imports.client
    suppliers = {s["code"]: s for s in client.all("core/suppliers", fields=PARTY)}
    customers = {c["code"]: c for c in client.all("core/customers", fields=PARTY)}
    items = {i["code"]: i for i in client.all("core/items", fields="id,version,code,name,category,supplier,standard_rate")}
    categories = {c["id"]: c["code"] for c in client.all("core/item-categories")}
    names = {s["id"]: s["code"] for s in suppliers.values()}
    for row in rows("products"):
        item = items[row["product_id"]]
        checks.equal((item["name"], categories[item["category"]], names[item["supplier"]]),
                     (row["product_name"], row["category_id"], row["supplier_id"]), f"item {row['product_id']}")
        checks.amount(item["standard_rate"], clean(row["unit_price"]), f"price of item {row['product_id']}")
    for kind, found, key in (("suppliers", suppliers, "supplier_id"), ("customers", customers, "customer_id")):
        for row in rows(kind):
            one = found[row[key]]
            got = (one["name"], one["contact"]["name"], one["address"]["city"] or "", one["address"]["country"] or "",
                   one["contact"]["phone"] or "")
            wanted = (row["company_name"], row["contact_name"], row["city"], row["country"], row["phone"])
            checks.equal(got, wanted, f"{kind} {row[key]}")
    return items, suppliers


def faulty(imports, checks, state):
    """Bad rows are told, good ones are loaded, and the batch can be taken back."""
    path = os.path.join(state, "faulty.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("code,name,stock_unit,standard_rate\nG1,Good,Nos,9.80\nB1,,Nos,1\nB2,Bad,Furlong,1\nB3,Bad,Nos,ten\n")
    os.chmod(path, 0o644)
    numbers, batch, out = imports.run("--commit", "core/items", path, wanted=1)
    checks.equal(numbers, [4, 1, 0, 3], f"one good, three bad: {out}")
    for line in ("3\terror", "4\terror", "5\terror"):
        checks.ok(line in out, f"the verdict of line {line[0]}")
    code, out, err = imports.host.command("import", "--undo", batch)
    checks.equal(code, 0, f"undo: {out}{err}")
    checks.equal(len(imports.client.all("core/items", code="G1")), 0, "what was loaded is gone")
    with open(path, "w", encoding="utf-8") as file:
        file.write("code,name,nothing_like_it\nX,Y,Z\n")
    code, out, err = imports.host.command("import", "--commit", "core/suppliers", path)
    checks.ok(code == 1 and "nothing_like_it" in out + err, f"an unknown column stops before the first row: {out}{err}")


def orders(imports, checks, state, depot, supplier):
    """830 orders with 2,155 lines and noisy amounts: loaded as drafts, every amount compared, taken back at once."""
    heads = {o["order_id"]: o for o in rows("orders")}
    path = os.path.join(state, "orders.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["order_id", "order_date", "required_date", "product_id", "unit_price", "quantity"])
        for row in rows("order_details"):
            head = heads[row["order_id"]]
            out.writerow([row["order_id"], head["order_date"], head["required_date"], row["product_id"],
                          row["unit_price"], row["quantity"]])
    os.chmod(path, 0o644)
    batch = imports.load("wms/purchase-orders", path, 830, "--map",
                         "order_id=supplier_reference,required_date=expected_date,product_id=lines.item,"
                         "unit_price=lines.rate,quantity=lines.qty",
                         "--set", f"supplier={supplier['code']},warehouse={depot['code']}")
    loaded = {o["supplier_reference"]: o for o in imports.client.all("wms/purchase-orders", fields="id,supplier_reference")}
    items = {i["id"]: i["code"] for i in imports.client.all("core/items")}
    wanted = collections.defaultdict(list)
    for row in rows("order_details"):
        wanted[row["order_id"]].append((row["product_id"], Decimal(row["quantity"]), clean(row["unit_price"])))
    checks.equal(len(loaded), 830, "orders")
    lines = 0
    for number, expected in wanted.items():
        order = imports.client.read("wms/purchase-orders", loaded[number]["id"]) if number in loaded else {"lines": []}
        got = [(items[x["item"]], Decimal(x["qty"]), Decimal(x["rate"])) for x in order["lines"]]
        checks.equal(got, expected, f"order {number}")
        checks.amount(order.get("net_total"), sum(half_up(q * r) for _, q, r in expected), f"total of order {number}")
        checks.equal(order.get("order_date"), heads[number]["order_date"], f"date of order {number}")
        lines += len(got)
    checks.equal(lines, 2155, "lines")
    noisy = [r for r in rows("order_details") if len(r["unit_price"].rpartition(".")[2]) > 4]
    checks.ok(len(noisy) > 100, f"there was noise to clean: {len(noisy)} prices such as {noisy[0]['unit_price']}")
    code, out, err = imports.host.command("import", "--undo", batch)
    checks.equal(code, 0, f"undo of 830 orders: {out[-300:]}{err[-300:]}")
    checks.equal(len(imports.client.all("wms/purchase-orders")), 0, "all orders are taken back")


def opening(company, items, checks):
    """units_in_stock at 70 % of unit_price; returns item code → (quantity, value)."""
    stock, lines = {}, []
    for row in rows("products"):
        qty, rate = Decimal(row["units_in_stock"]), clean(row["unit_price"]) * COST
        if qty:
            stock[row["product_id"]] = [qty, half_up(qty * rate)]
            lines.append({"item": items[row["product_id"]]["id"], "direction": "in", "qty": str(qty), "rate": str(rate)})
    document = company.client.create("wms/stock-adjustments", "submit", warehouse=company.depot["id"], reason="opening",
                                     lines=lines)
    checks.amount(document["value_in"], sum(v for _, v in stock.values()), "opening stock")
    return stock


def purchase(company, items, suppliers, stock, checks):
    """One order, receipt and invoice per supplier; every other invoice is paid. Returns the expected figures."""
    wanted = collections.defaultdict(list)
    for row in rows("products"):
        qty = Decimal(row["units_on_order"]) or Decimal(row["reorder_level"])
        if qty and row["discontinued"] == "0":
            wanted[row["supplier_id"]].append((row["product_id"], qty, clean(row["unit_price"]) * COST))
    figures = collections.Counter({k: Decimal(0) for k in ("net", "tax", "paid", "owed")})
    for i, (code, lines) in enumerate(sorted(wanted.items())):
        order = company.order(*((items[p], q, r) for p, q, r in lines), supplier=suppliers[code])
        receipt = company.receive(order)
        values = [half_up(q * r) for _, q, r in lines]
        checks.amount(receipt["total"], sum(values), f"receipt from supplier {code}")
        for (product, qty, _), value in zip(lines, values):
            have = stock.setdefault(product, [Decimal(0), Decimal(0)])
            have[0] += qty
            have[1] += value
        invoice = company.invoice(receipt)
        tax = 2 * half_up(sum(values) * TAX / 100)
        checks.amount(invoice["grand_total"], sum(values) + tax, f"invoice of supplier {code}")
        figures["net"] += sum(values)
        figures["tax"] += tax
        if i % 2 == 0:
            company.pay(invoice["grand_total"], (invoice, invoice["grand_total"]), supplier=suppliers[code])
            figures["paid"] += sum(values) + tax
        else:
            figures["owed"] += sum(values) + tax
    checks.ok(len(wanted) > 15, f"{len(wanted)} suppliers delivered")
    return figures


def run(host, checks):
    imports = Imports(host, checks)
    imports.client = client = bm.Client(host).sign_in()
    company = Company(client, "NW")
    items, suppliers = masters(imports, checks)
    faulty(imports, checks, host.state)
    orders(imports, checks, host.state, company.depot, suppliers["1"])
    company.capital("100000")
    stock = opening(company, items, checks)
    opening_value = sum(v for _, v in stock.values())
    figures = purchase(company, items, suppliers, stock, checks)
    for row in rows("products"):
        if row["discontinued"] == "1":
            client.change("core/items", client.read("core/items", items[row["product_id"]]["id"]), active=False)
    books = company.trial_balance()
    value = sum(v for _, v in stock.values())
    for code, amount in ((STOCK, value), (OPENING, -opening_value), (GRNI, 0), (INPUT_TAX, figures["tax"]),
                         (PAYABLES, -figures["owed"]), (BANK, 100000 - figures["paid"])):
        checks.amount(books.get(code, 0), amount, f"account {code}")
    report = {r["item_code"]: r for r in client.report("wms", "stock-balance")["rows"]}
    for code, (qty, worth) in stock.items():
        checks.equal((Decimal(report[code]["qty"]), Decimal(report[code]["value"])), (qty, worth), f"stock of item {code}")
    checks.equal(len([r for r in report.values() if Decimal(r["qty"])]), len(stock), "and of nothing else")
    owed = client.report("finance", "supplier-outstanding")["rows"]
    checks.amount(sum(Decimal(r["outstanding"]) for r in owed), figures["owed"], "what is owed, by supplier")
    books_agree(company, checks, "northwind")
    prove(host, checks, "northwind")
    print(f"stock {value}, net {figures['net']}, tax {figures['tax']}, paid {figures['paid']}, owed {figures['owed']}")


if __name__ == "__main__":
    if not os.path.isdir(folder()):
        print("SKIP: the data of Northwind are not there; BM_NORTHWIND names their folder")
        sys.exit(bm.SKIPPED)
    bm.scenario(run)
