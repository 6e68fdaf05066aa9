"""The same company in both modes: one process for everything, then one for each domain, the same requests one after the
other. The ledgers must end equal (ledgers.py), and so must the errors. The control: one amount changed by hand is seen, in
its table alone."""
import json
import os
import subprocess
import sys
import tempfile

import bm
import ledgers
from company import BANK, CAPITAL, STOCK_LOSS, Company, prove



def errors(company, item, receipt):
    """What is refused, and with which code."""
    client = company.client
    asked = (("finance/journal-vouchers", {"lines": [{"account": company.account(BANK), "debit": "1"}]}),
             ("finance/journal-vouchers", {"posting_date": "1999-01-01", "lines": [
                 {"account": company.account(BANK), "debit": "1"}, {"account": company.account(CAPITAL), "credit": "1"}]}),
             ("wms/stock-issues", company.issue_body(item, 100000)),
             ("wms/stock-adjustments", {"warehouse": company.depot["id"], "reason": "opening", "posting_date": "1999-01-01", "lines": [
                 {"item": item["id"], "direction": "in", "qty": "1", "rate": "1"}]}),
             ("wms/purchase-orders", {"supplier": company.depot["id"], "warehouse": company.supplier["id"], "lines": []}),
             ("finance/purchase-invoices", company.invoice_body(receipt)),
             ("finance/payments", {"supplier": company.supplier["id"], "amount": "-1"}),
             ("people/employees", {"name": ""}),
             ("core/items", {"code": item["code"], "name": "twice", "stock_unit": item["stock_unit"]}))
    found = []
    for collection, body in asked:
        answer = client.post(f"/api/v1/{collection}", body, action="submit")
        error = answer.json.get("error", {})
        found.append([collection, answer.status, error.get("code"), error.get("message"),
                      sorted([f["path"], f["code"]] for f in error.get("fields") or [])])
    return found


def play(client):
    company = Company(client, "M")
    company.capital("50000")
    rice, oil = company.item("RICE"), company.item("OIL", "fifo")
    for n in range(3):
        order = company.order((rice, 20 + n, "9.50"), (oil, 7, f"{31 + n}.05"))
        receipt = company.receive(order, (20 + n, 18 + n), (7, 7))
        invoice = company.invoice(receipt)
        company.pay("100", (invoice, "100"))
    company.stock_in(oil, 5, "29")
    issue = company.issue(rice, 13)
    company.issue(oil, 9)
    client.act("wms/stock-issues", issue["id"], "cancel")
    transfer = client.create("wms/stock-transfers", "submit", from_warehouse=company.depot["id"], to_warehouse=company.outlet["id"],
                             transit_warehouse=company.transit["id"], lines=[{"item": rice["id"], "qty": "10"}])
    client.act("wms/stock-transfers", transfer["id"], "receive", lines=[{"line": transfer["lines"][0]["id"], "qty": "8"}])
    client.act("wms/stock-transfers", transfer["id"], "write_off")
    company.journal((STOCK_LOSS, "12.34", "0"), (BANK, "0", "12.34"))
    open_order = company.order((rice, 3, 3))
    client.act("wms/purchase-orders", open_order["id"], "cancel")
    return errors(company, rice, receipt)


def run(host, checks):
    refused = play(bm.Client(host).sign_in())
    prove(host, checks, "at the end", by_command=True)  # and so nothing is on its way any more
    said = ledgers.ledgers(host)
    bm.sql(host, "UPDATE finance.open_item SET outstanding = outstanding + 0.01 WHERE outstanding = (SELECT max(outstanding) FROM "
           "finance.open_item)")
    changed = ledgers.ledgers(host)
    before, after = ledgers.digests(said), ledgers.digests(changed)
    checks.equal([t for t in before if before[t] != after[t]], ["finance.open_item"], "one amount more is seen where it is")
    checks.ok(sum(map(len, said.values())) > 300, f"there is something to compare: {sum(map(len, said.values()))} rows")
    with open(os.environ["BM_LEDGERS"], "w", encoding="utf-8") as file:
        json.dump({"ledgers": said, "errors": refused}, file)


def main():
    found = []
    for mode in ("indie", "enterprise"):
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as file:
            code = subprocess.run([sys.executable, *sys.argv], env={**os.environ, "BM_MODE": mode, "BM_LEDGERS": file.name},
                                  check=False).returncode
            if code:
                sys.exit(code)
            found.append(json.load(file))
    checks = bm.Checks()
    for one, other in zip(found[0]["errors"], found[1]["errors"]):
        checks.equal(other, one, "an error is the same in both modes")
    lines = ledgers.differences(found[0]["ledgers"], found[1]["ledgers"])
    checks.ok(not lines, f"the ledgers end equal: {len(lines)} differences\n" + "\n".join(lines[:20]))
    first, second = (ledgers.digests(f["ledgers"]) for f in found)
    checks.equal([t for t in {**first, **second} if first.get(t) != second.get(t)], [], "and so do their digests")
    sys.exit(checks.done())


if __name__ == "__main__":
    if "BM_LEDGERS" in os.environ:
        bm.scenario(run)
    main()
