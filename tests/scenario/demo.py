"""business-m demo: a believable company, made once, with both books in order."""
import bm
from bm import Decimal
from company import Company, books_agree, prove

COLLECTIONS = ("core/suppliers", "core/items", "wms/warehouses", "wms/purchase-orders", "wms/goods-receipts",
               "wms/purchase-returns", "wms/stock-transfers", "wms/stock-issues", "finance/purchase-invoices",
               "finance/payments", "finance/journal-vouchers", "people/employees", "people/departments")


def contents(client):
    """Every document of the sample's collections with its version."""
    return {c: sorted((d["id"], d["version"]) for d in client.all(c)) for c in COLLECTIONS}


def what_is_there(client, checks):
    everything = {c: client.all(c) for c in COLLECTIONS}
    for collection, documents in everything.items():
        checks.ok(documents, f"the sample has {collection}")
    checks.ok(len(everything["core/suppliers"]) >= 6, "suppliers")
    checks.ok(len(everything["core/items"]) >= 20, "items")
    items = [client.read("core/items", i["id"]) for i in everything["core/items"]]
    checks.equal({i["valuation"] for i in items}, {"moving_average", "fifo"}, "both valuations")
    checks.ok(len({i["stock_unit"] for i in items}) >= 3, "different units")
    checks.ok(any(u["factor"] == "25" for i in items for u in i["units"]), "units with factors")
    checks.ok({"depot", "outlet", "transit"} <= {w["kind"] for w in everything["wms/warehouses"]}, "warehouses")

    def states(collection):
        return {d["state"] for d in everything[collection]}
    checks.ok({"draft", "submitted", "partially_received", "received"} <= states("wms/purchase-orders"), "orders")
    checks.ok({"submitted", "on_hold"} <= states("finance/purchase-invoices"), "one invoice waits")
    checks.ok({"submitted", "received"} <= states("wms/stock-transfers"), "one transfer is on its way")
    receipts = [client.read("wms/goods-receipts", r["id"]) for r in everything["wms/goods-receipts"]]
    checks.ok(any(Decimal(line["rejected_qty"]) > 0 for r in receipts for line in r["lines"]), "a rejection")
    invoices = [i for i in everything["finance/purchase-invoices"] if i["state"] == "submitted"]
    rest = [(Decimal(i["outstanding"]), Decimal(i["grand_total"])) for i in invoices]
    checks.ok(any(o == 0 for o, _ in rest), "a bill paid in full")
    checks.ok(any(0 < o < t for o, t in rest), "a bill paid in part")
    checks.ok(any(o == t for o, t in rest), "a bill not paid")
    payments = [client.read("finance/payments", p["id"]) for p in everything["finance/payments"]]
    checks.ok(any(Decimal(p["unallocated"]) > 0 for p in payments), "an advance")


def run(host, checks):
    client = bm.Client(host).sign_in()
    code, out, err = host.command("demo")
    checks.equal(code, 0, f"demo beside the running host: {out}{err}")
    checks.ok("trial-balance" in out, "it says what to look at next")
    checks.ok("\r" not in err, "no progress bar where there is no terminal")
    what_is_there(client, checks)
    books = Company(client, "T").trial_balance()
    checks.ok(books["1120"] > 0 and books["1140"] > 0 and books["2110"] < 0, "money, goods and debts")
    checks.ok(books["5120"] != 0, "a price variance within the tolerance")
    before = contents(client)
    code, out, err = host.command("demo")
    checks.equal(code, 0, f"demo again: {out}{err}")
    checks.ok("already" in out, "it says that the sample is there")
    checks.equal(contents(client), before, "the second run changes nothing")
    checks.equal(host.command("demo", "now")[0], 2, "arguments are refused")
    books_agree(Company(client, "U"), checks, "the sample's books")
    prove(host, checks, "after the demo")
    checks.equal(host.stop(), 0, "stops with 0")
    code, out, err = host.command("demo")
    checks.equal(code, 0, f"demo without a running host: {out}{err}")
    checks.ok("already" in out, "and finds the sample")


if __name__ == "__main__":
    bm.scenario(run)
