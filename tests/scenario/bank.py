"""A bank account over HTTP: statement files come in once, lines find their ledger lines, a charge is booked with one click,
the reconciliation adds up, one ledger line has one match under many at once, and what is broken by hand is seen by
business-m prove (B1, B2)."""
import datetime
import os

import bm
from company import BANK, Company, prove
from prove import broken, sql

MT940 = """:20:STMT
:25:IN0012345
:28C:1/1
:60F:C{day}INR0,
:61:{day}{md}C52418,NTRFCAP1
:86:CAPITAL OF THE OWNER
:61:{day}{md}D118,NCHGNONREF
:86:CHARGES
:62F:C{day}INR52300,
-
"""
CSV = "Date,Withdrawal,Deposit,Ref No,Narration,Balance\n{day},0.00,70.00,UTR2,From Sharma,52370.00\n"


def imported(host, path, text, mode="--commit"):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    code, out, err = host.command("bank-import", mode, BANK, path)
    return code, (out.strip().splitlines() or [err])[-1]


def files(host, checks, day):
    path = os.path.join(host.state, "april.sta")
    short = day.replace("-", "")[2:]
    mt940 = MT940.format(day=short, md=short[2:])
    checks.equal(imported(host, path, mt940, "--dry-run"),
                 (0, "2 lines: 2 would be created, 0 unchanged, 0 with errors"), "a dry run")
    checks.equal(imported(host, path, mt940), (0, "2 lines: 2 created, 0 unchanged, 0 with errors"), "MT940")
    checks.equal(imported(host, path, mt940), (0, "2 lines: 0 created, 2 unchanged, 0 with errors"), "MT940 again")
    checks.equal(imported(host, path, CSV.format(day=day)), (0, "1 lines: 1 created, 0 unchanged, 0 with errors"), "CSV")
    checks.equal(imported(host, path, CSV.format(day=day)), (0, "1 lines: 0 created, 1 unchanged, 0 with errors"), "CSV again")
    checks.equal(imported(host, path, CSV.format(day=day).replace("70.00", "71.00"))[0], 1, "CSV that does not follow")
    checks.equal(imported(host, path, "\x00\xff")[0], 1, "no file of a bank")


def reconciliation(client, account):
    rows = client.report("finance", "bank-reconciliation", account=account)["rows"]
    return [(row["kind"], bm.Decimal(row["amount"])) for row in rows], rows


def run(host, checks):
    client = bm.Client(host).sign_in()
    company = Company(client, "B")
    day = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    account = company.account(BANK)
    files(host, checks, day)
    company.journal((BANK, 52418, 0), ("3100", 0, 52418), reference="CAP1")
    company.journal(("3100", 4000, 0), (BANK, 0, 4000), reference="CHQ7")
    company.journal((BANK, 1500, 0), ("3100", 0, 1500), reference="DEP3")
    first, second = sorted(client.all("finance/bank-statements"), key=lambda s: s["number"])
    checks.equal(client.act("finance/bank-statements", first["id"], "auto_match")["open_lines"], 1, "matched by itself")
    checks.equal(reconciliation(client, account)[0],
                 [("bank_balance", 52370), ("deposit_in_transit", 1500), ("outstanding_payment", -4000), ("not_booked", 118),
                  ("not_booked", -70), ("book_balance", 49918)], "before the charge")
    line = client.read("finance/bank-statements", first["id"])["lines"][1]["id"]
    client.act("finance/bank-statements", first["id"], "charge", line=line)
    found, rows = reconciliation(client, account)
    checks.equal(found[-1], ("book_balance", 49800), "after the charge")
    answer = client.post("/api/v1/finance/bank-statements", {"account": account, "closing_balance": "1"}, action="submit")
    checks.refused(answer, 422, "finance.bank.gap", "closing_balance", "does not add up")

    # One ledger line of 70 for the one line of the bank, asked for by many at once.
    company.journal((BANK, 70, 0), ("3100", 0, 70))
    rows = reconciliation(client, account)[1]
    entry = next({"seq": r["seq"], "line_no": r["line_no"]} for r in rows if r["seq"] and bm.Decimal(r["amount"]) == 70)
    line = client.read("finance/bank-statements", second["id"])["lines"][0]["id"]
    path = f"/api/v1/finance/bank-statements/{second['id']}/match"
    clients = [bm.Client(host).sign_in() for _ in range(8)]
    answers = bm.parallel(8, lambda i: clients[i].post(path, {"lines": [{"line": line}], "entries": [entry]}))
    checks.equal(sorted(a.status for a in answers)[0], 200, "one of eight matches")
    checks.equal(sum(a.status == 200 for a in answers), 1, "and only one")
    prove(host, checks, "reconciled")

    number = f"number = '{first['number']}'"
    for change, back, wanted in (
            (f"UPDATE finance.bank_statement SET closing_balance = closing_balance + 1 WHERE {number}",
             f"UPDATE finance.bank_statement SET closing_balance = closing_balance - 1 WHERE {number}", {"B1": 2}),
            ("UPDATE finance.bank_match SET amount = amount + 1 WHERE amount = 70",
             "UPDATE finance.bank_match SET amount = amount - 1 WHERE amount = 71", {"B2": 2})):
        sql(host, change)
        checks.equal(broken(host), wanted, change)
        sql(host, back)
    client.act("finance/bank-statements", second["id"], "unmatch")
    checks.equal(client.read("finance/bank-statements", second["id"])["open_lines"], 1, "undone")
    prove(host, checks, "undone")


if __name__ == "__main__":
    bm.scenario(run)
