"""A company's days played from a seed: after it every invariant holds; the same seed on another database leaves the
same books, byte for byte; and hledger, which knows nothing of us, finds the same balance for every account in the
exported journal as our trial balance does.

BM_SEEDS ("3,4,5") and BM_DAYS play others."""
import csv
import io
import os
import re
import subprocess

import bm
from bm import Decimal

SEEDS = os.environ.get("BM_SEEDS", "1,20")
DAYS = int(os.environ.get("BM_DAYS", "110"))  # from January on: beyond the closing of the year in April
SECONDS = 1200


def play(host, checks, seed):
    """What the simulation says at its end: acts (done, refused), heads of both event logs."""
    code, out, err = host.command("simulate", "--seed", str(seed), "--days", str(DAYS), seconds=SECONDS)
    checks.equal(code, 0, f"seed {seed}: {(out + err)[-2000:] if code else 'played'}")
    acts = {m[1].strip(): (int(m[2]), int(m[3])) for m in re.finditer(r"^(\S.*?)\s+(\d+)\s+(\d+)$", out, re.M)}
    return acts, re.findall(r"^(\w+_event): (\d+) events, head ([0-9a-f]{64})$", out, re.M), out


def export(host, checks, seed):
    code, out, err = host.command("export", "ledger", M_TENANT=f"simulation-{seed}")
    checks.equal(code, 0, f"seed {seed}: export {err[-500:]}")
    return out


def hledger(journal):
    """Account code → balance, as hledger sums up the journal."""
    run = subprocess.run(["hledger", "-f", "-", "balance", "--flat", "--no-total", "--empty", "-O", "csv"], input=journal,
                         capture_output=True, text=True, timeout=120, check=False)
    if run.returncode:
        return {"error": run.stderr}
    rows = list(csv.reader(io.StringIO(run.stdout)))[1:]
    return {re.match(r"\w+:(\S+) ", name)[1]: Decimal(amount.split()[0]) for name, amount in rows}


def trial_balance(host, seed):
    client = bm.Client(host).sign_in(f"simulation-{seed}", "simulation@example.com")
    rows = client.report("finance", "trial-balance", **{"from": "2024-04-01", "as_of": "2027-03-31"})["rows"]
    return {r["code"]: Decimal(r["closing"]) for r in rows if r["code"] and not r["is_group"]}


def not_vacuous(checks, acts, seed):
    """Ordinary acts happened, mistakes were all refused."""
    mistakes = ("unbalanced journal", "sell what is not there", "a link to nothing", "post to a group",
                "a year nobody opened", "pay more than is owed", "submit twice", "no number", "late without a reason")
    checks.ok(len(acts) > 20, f"seed {seed}: acts are told: {acts}")
    for name, (done, refused) in acts.items():
        if name in mistakes:
            checks.ok(not done and refused, f"seed {seed}: {name}: {done} done, {refused} refused")
        else:
            checks.ok(done, f"seed {seed}: {name}: {done} done, {refused} refused")


def oracle(host, checks, seed, journal):
    ours = {code: amount for code, amount in trial_balance(host, seed).items() if amount}
    theirs = {code: amount for code, amount in hledger(journal).items() if amount}
    checks.ok(len(ours) > 10, f"seed {seed}: {len(ours)} accounts have a balance")
    checks.equal(theirs, ours, f"seed {seed}: hledger's balances")
    wrong = re.sub(r"(?<= )(\d+)\.(\d\d) INR", lambda m: f"{int(m[1]) + 1}.{m[2]} INR", journal, count=1)
    checks.ok(hledger(wrong) != hledger(journal), f"seed {seed}: control: one rupee more is noticed")


def wanted(client):
    """What reports ask for that has no default."""
    def first(collection, **query):
        return client.must(client.get(f"/api/v1/{collection}", limit=1, **query))["items"][0]["id"]
    return {"finance/bank-reconciliation": {"account": first("finance/accounts", code="1120")},
            "finance/general-ledger": {"account": first("finance/accounts", code="1000")},
            "finance/customer-statement": {"customer": first("core/customers")},
            "finance/supplier-statement": {"supplier": first("core/suppliers")},
            "finance/voucher": {"document": first("finance/journal-vouchers", state="submitted")},
            "finance/period-checklist": {"date": "2025-03-31"},
            "wms/stock-ledger": {"item": first("core/items")},
            "finance/bank-suggestions": None, "wms/backdating-preview": None}  # of a statement, of a draft: bank, backdating


def reports(client, checks, seed):
    """Every report of a company with a past answers, for several days; stock by age is worth what the stock is worth."""
    paths, needed = client.must(client.get("/api/v1/openapi.json"))["paths"], wanted(client)
    known = [path for path in paths if "/reports/" in path]
    checks.ok(len(known) > 25, f"seed {seed}: {len(known)} reports")
    for path in known:
        more = needed.get(path.removeprefix("/api/v1/").replace("reports/", ""), {})
        names = {p["name"] for p in paths[path]["get"].get("parameters", [])}
        for day in ("2025-02-10", "2025-03-31", "2025-04-19") if more is not None else ():
            query = {**{k: day for k in ("as_of", "to") if k in names}, **({"from": "2025-01-05"} if "from" in names else {})}
            answer = client.get(path, **query, **more)
            checks.equal(answer.status, 200, f"seed {seed}: {path} {query}: {answer.text[:300]}")
    for day in ("2025-01-31", "2025-03-03", "2025-04-19"):
        worth = [sum((Decimal(r["value"]) for r in client.report("wms", name, as_of=day)["rows"]), Decimal(0))
                 for name in ("stock-balance", "stock-ageing")]
        brackets = sum((Decimal(r[f"value_{b}"]) for r in client.report("wms", "stock-ageing", as_of=day)["rows"]
                        for b in ("1", "2", "3", "older")), Decimal(0))
        checks.equal([worth[1], brackets], [worth[0], worth[0]], f"seed {seed}, {day}: value by age")


def run(host, checks):
    again = bm.Host(host.binary)
    try:
        for seed in SEEDS.split(","):
            acts, heads, out = play(host, checks, seed)
            not_vacuous(checks, acts, seed)
            checks.equal(len(heads), 2, f"seed {seed}: both books have a head: {out[-500:]}")
            journal = export(host, checks, seed)
            oracle(host, checks, seed, journal)
            reports(bm.Client(host).sign_in(f"simulation-{seed}", "simulation@example.com"), checks, seed)
            _, heads_again, _ = play(again, checks, seed)
            checks.equal(heads_again, heads, f"seed {seed}: a second run on another database")
            checks.ok(export(again, checks, seed) == journal, f"seed {seed}: the exported books are equal, byte for byte")
        code, out, err = host.command("prove", seconds=SECONDS)
        checks.equal(code, 0, f"prove: {(out + err)[-1500:] if code else 'all holds'}")
        code, out, err = host.command("simulate", "--seed", SEEDS.split(",", maxsplit=1)[0], "--days", "1")
        checks.ok(code == 1 and "already" in out + err, f"the same company twice: {code} {out} {err}")
        for wrong in (["--days", "0"], ["--seed", "x"], ["--seed"], ["--nonsense", "1"]):
            checks.equal(host.command("simulate", *wrong)[0], 2, f"simulate {wrong}: how to use it")
    finally:
        again.close()


if __name__ == "__main__":
    bm.scenario(run)
