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
                "a year nobody opened", "pay more than is owed", "submit twice", "no number")
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


def run(host, checks):
    again = bm.Host(host.binary)
    try:
        for seed in SEEDS.split(","):
            acts, heads, out = play(host, checks, seed)
            not_vacuous(checks, acts, seed)
            checks.equal(len(heads), 2, f"seed {seed}: both books have a head: {out[-500:]}")
            journal = export(host, checks, seed)
            oracle(host, checks, seed, journal)
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
