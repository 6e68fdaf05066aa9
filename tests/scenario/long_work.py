"""Work that takes longer than a request, asked for over HTTP and asked about until it is done: the proof of the books and an
import of a file, first as a dry run."""
import time
import urllib.parse

import bm
from company import Company
from prove import sql


def outcome(client, path, task, seconds=120):
    """The task once it is over."""
    deadline = time.monotonic() + seconds
    while task["state"] in ("waiting", "running"):
        if time.monotonic() > deadline:
            raise bm.Stop(f"{path}: still {task['state']} after {seconds} s: {task}")
        time.sleep(0.05)
        task = client.must(client.get(path, id=task["id"]))["task"]
    return task


def prove(client):
    return outcome(client, "/api/v1/prove", client.must(client.post("/api/v1/prove"), 202)["task"])


def load(client, text, **query):
    answer = client.request("POST", "/api/v1/import?" + urllib.parse.urlencode(query), text.encode(),
                            headers={"Content-Type": "text/csv"})
    return outcome(client, "/api/v1/import", client.must(answer, 202)["task"])


def proofs(host, checks, client):
    checks.equal(client.get("/api/v1/prove").json, {"task": None}, "nothing was proved yet")
    task = prove(client)
    rows = {r["id"]: r for r in task["rows"]}
    checks.equal((task["state"], task["result"]["broken"], task["done"]), ("done", 0, task["total"]), f"it holds: {task}")
    checks.ok({"L1", "L6", "S1", "X1", "N1", "T6", "A1"} <= set(rows) and len(rows) == task["result"]["held"],
              f"every invariant is there once: {sorted(rows)}")
    sql(host, "UPDATE finance.account_balance SET debit = debit + 1 WHERE debit > 0")
    task = prove(client)
    broken = {r["id"]: r["detail"] for r in task["rows"] if not r["holds"]}
    checks.ok("L7" in broken and "offending" in broken["L7"], f"balances are no sums any more: {broken}")
    checks.equal(task["result"]["broken"], len(broken), "and counted")
    sql(host, "UPDATE finance.account_balance SET debit = debit - 1 WHERE debit > 0")
    checks.equal(client.get("/api/v1/prove").json["task"]["id"], task["id"], "the newest one is told")


def imports(checks, client):
    text = "code,name,credit_days,city\nCHAI,Chai House,30,Pune\nKULFI,Kulfi Corner,soon,Delhi\nCHAI,Chai House,30,Pune\n"
    task = load(client, text, collection="core/suppliers", commit="false", file_name="s.csv")
    checks.equal(task["state"], "done", f"a dry run: {task}")
    checks.equal([r["verdict"] for r in task["rows"]], ["created", "error", "unchanged"], "a verdict per row")
    fields = task["rows"][1]["fields"]
    checks.equal((fields[0]["path"], task["rows"][1]["line"]), ("credit_days", 3), "what is wrong, and where")
    checks.ok(fields[0]["message"], "in words")
    checks.equal({c["header"]: c["path"] for c in task["result"]["columns"]}["city"], "address.city", "where columns go")
    checks.equal(client.all("core/suppliers", code="CHAI"), [], "a dry run leaves nothing")
    task = load(client, text, collection="core/suppliers", commit="true")
    checks.equal([task["result"][k] for k in ("created", "unchanged", "errors")], [1, 1, 1], "the good row is loaded")
    checks.ok(task["result"]["batch"], "its batch is named")
    checks.equal(client.find("core/suppliers", "code", "CHAI")["credit_days"], 30, "it is there")
    checks.equal(client.get("/api/v1/import").json["task"]["id"], task["id"], "the newest one is told")

    text = "code,name\nI-1,Imported\nI-2,\nI-1,Imported\n"
    for collection, how in (("cost-centers", {}), ("wms/warehouses", {"set": "kind=depot,cost_center=I-1"})):  # of other domains
        task = load(client, text, collection=collection, commit="true", **how)
        checks.equal([r["verdict"] for r in task["rows"]], ["created", "error", "unchanged"], f"{collection}: {task}")
        checks.equal((task["done"], task["rows"][1]["fields"][0]["path"]), (task["total"], "name"), f"{collection}: to its end")
    center = client.find("finance/cost-centers", "code", "I-1")["id"]
    linked = client.read("wms/warehouses", client.find("wms/warehouses", "code", "I-1")["id"])["cost_center"]
    checks.equal(linked, center, "one is linked to the other")
    for collection in ("wms/nothing", "nothing"):
        task = load(client, text, collection=collection)
        checks.equal((task["state"], task["refusal"]["error"]["code"]), ("failed", "core.not_found"), f"{collection}: {task}")

    task = load(client, "code,name,shoe\nX,Y,42\n", collection="core/suppliers")
    checks.equal((task["state"], task["refusal"]["error"]["fields"][0]["code"]), ("failed", "core.import.column"),
                 "a column that fits nothing")
    checks.equal(task["result"]["columns"][2], {"header": "shoe", "path": ""}, "is shown among the others")
    task = load(client, "code,name,shoe\nX,Y,42\n", collection="core/suppliers", map="shoe=")
    checks.equal((task["state"], task["result"]["created"]), ("done", 1), "and can be left out")
    task = load(client, "code\nX\n", collection="core/nothing", shoe="42")
    checks.equal(task["refusal"]["error"]["fields"][0]["path"], "shoe", "a question nobody knows")


def refusals(checks, client, host):
    checks.refused(client.request("POST", "/api/v1/import?collection=core/items", b"{}"), 415, "http.media_type", what="JSON")
    checks.refused(client.post("/api/v1/import", collection="core/items"), 422, "core.import.no_text", what="no file")
    checks.refused(client.get("/api/v1/prove", id="01ARZ3NDEKTSV4RRFFQ69G5FAV"), 404, "core.not_found", what="no such task")
    checks.refused(client.request("PUT", "/api/v1/prove"), 405, "http.method", what="no such method")
    checks.refused(bm.Client(host).get("/api/v1/prove"), 401, "core.auth.required", what="nobody")
    client.create("core/users", email="clerk@example.com", name="Clerk", roles=[{"role": "Stock User"}])
    user = client.find("core/users", "email", "clerk@example.com")
    client.act("core/users", user["id"], "set-password", password="a clerk's own words")
    clerk = bm.Client(host).sign_in(email="clerk@example.com", password="a clerk's own words")
    checks.refused(clerk.post("/api/v1/prove"), 403, "core.permission.denied", what="a clerk proves")
    checks.refused(clerk.get("/api/v1/prove"), 403, "core.permission.denied", what="a clerk reads the proof")
    checks.equal(clerk.get("/api/v1/import").json, {"task": None}, "imports of others are not told")
    task = load(clerk, "code,name\nP,P\n", collection="core/suppliers")
    checks.equal(task["refusal"]["error"]["code"], "core.permission.denied", "a clerk imports suppliers")


def run(host, checks):
    client = bm.Client(host).sign_in()
    imports(checks, client)
    Company(client, "T").journal(("1120", "70", "0"), ("3100", "0", "70"))
    proofs(host, checks, client)
    refusals(checks, client, host)


if __name__ == "__main__":
    bm.scenario(run)
