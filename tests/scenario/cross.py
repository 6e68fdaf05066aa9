"""business-m prove --cross: a row changed by hand in one domain's database is seen by exactly the lines that compare it with
another's, which name the document; and by nothing else once it is as it was. Of the mode with a process for each domain."""
import bm
from company import Company, prove


def lines(host):
    """(domain, invariant) → what it says, of those that do not hold between the domains."""
    code, out, err = host.command("prove", "--cross")
    found, domain = {}, ""
    for line in out.splitlines():
        if line in bm.DOMAINS:
            domain = line
        if line.startswith("FAIL"):
            found[domain, line.split()[1]] = line
    if (code == 0) == bool(found):
        raise bm.Stop(f"prove --cross ended with {code}: {out}{err}")
    return found


def trade(client):
    """Stock in and out, a bill on a receipt: rows that two databases know of."""
    company = Company(client, "X")
    item = company.item("RICE")
    order = company.order((item, 10, "9.50"))
    receipt = company.receive(order)
    company.invoice(receipt)
    company.issue(item, 2)
    return company, receipt


def run(host, checks):
    client = bm.Client(host).sign_in()
    _, receipt = trade(client)
    prove(host, checks, "before")
    number = receipt["number"]
    decided = ("UPDATE m.decision SET amount = amount {} 1 WHERE hold = (SELECT hold FROM m.decision WHERE posts ORDER BY amount "
               "DESC LIMIT 1)")
    rounds = (  # changes at once (database, change, what undoes it), and the lines that say so with what they name
        ((("wms", decided.format("+"), decided.format("-")),
          ("finance", "UPDATE core.supplier SET name = name || '!'", "UPDATE core.supplier SET name = rtrim(name, '!')"),
          ("wms", "UPDATE wms.received_line SET accepted = accepted - 1", "UPDATE wms.received_line SET accepted = accepted + 1")),
         {("wms", "X5b"): number, ("finance", "M7"): "core.supplier", ("finance", "S8"): "1 offending"}),
        ((("wms", "UPDATE wms.stock_entry SET value = value + 1 WHERE qty = 10",
           "UPDATE wms.stock_entry SET value = value - 1 WHERE qty = 10"),
          ("finance", "INSERT INTO finance.billed_delivery (tenant_id, delivery_line, qty) SELECT tenant_id, receipt_line, 1 FROM "
           "finance.invoiced_line", "DELETE FROM finance.billed_delivery")),
         {("wms", "X1"): number, ("wms", "S3"): "stock changed by", ("finance", "S8d"): "1 offending"}),
        ((("finance", "UPDATE finance.pending_voucher SET posting_date = posting_date - 1 WHERE kind = 'voucher'",
           "UPDATE finance.pending_voucher SET posting_date = posting_date + 1 WHERE kind = 'voucher'"),),
         {("wms", "X5b"): "none here"}))
    for changes, wanted in rounds:
        for database, change, _ in changes:
            bm.sql(host, change, "business_m_" + database)
        found = lines(host)
        checks.equal(set(found), set(wanted), "exactly the lines that compare what was changed")
        for key in set(found) & set(wanted):
            checks.ok(wanted[key] in found[key], f"it names {wanted[key]}: {found[key]}")
        for database, _, back in changes:
            bm.sql(host, back, "business_m_" + database)
    where = "FROM m.consumer_mark WHERE producer = 'core'"
    last = bm.sql(host, f"SELECT last {where}", "business_m_people")
    bm.sql(host, "UPDATE m.consumer_mark SET last = gen_random_uuid() WHERE producer = 'core'", "business_m_people")
    checks.equal(set(lines(host)), {("people", "M2")}, "the last event applied is not the last that was told")
    bm.sql(host, f"UPDATE m.consumer_mark SET last = '{last}' WHERE producer = 'core'", "business_m_people")
    checks.equal(lines(host), {}, "all as it was")


if __name__ == "__main__":
    bm.scenario(run)
