"""Bad input and trouble: every refusal is a clear error in the standard envelope and leaves nothing behind."""
import json
import re

import bm
from company import Company, books_agree, prove

JOURNALS = "/api/v1/finance/journal-vouchers"
UNKNOWN = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def snapshot(client):
    """Ids and versions of every document of every collection, and the trial balance."""
    listed = client.must(client.get("/api/v1/meta"))["items"]
    seen = {}
    for entry in listed:
        if entry["kind"] == "document":
            path = f"{entry['module']}/{entry['collection']}"
            seen[path] = sorted((d["id"], d["version"]) for d in client.all(path, fields="id,version"))
    seen["trial balance"] = json.dumps(client.report("finance", "trial-balance")["rows"])
    seen["stock balance"] = json.dumps(client.report("wms", "stock-balance")["rows"])
    return seen


class Refusals:
    """Sends what must be refused and looks that nothing changed."""

    def __init__(self, client, checks):
        self.client, self.checks = client, checks
        self.before = snapshot(client)

    def unchanged(self, what):
        after = snapshot(self.client)
        for path, was in self.before.items():
            self.checks.ok(after.get(path) == was, f"{what}: left something in {path}")
        self.before = after

    def post(self, what, path, body, status, code, field=None, **query):
        self.checks.refused(self.client.post(path, body, **query), status, code, field, what)
        self.unchanged(what)

    def send(self, what, answer, status, code, field=None):
        self.checks.refused(answer, status, code, field, what)
        self.unchanged(what)


def line(company, code, debit="0", credit="0", **more):
    return {"account": company.account(code), "debit": debit, "credit": credit, **more}


def vouchers(company, refuse):
    good, bank, capital = {"narration": "x"}, line(company, "1120", "10"), line(company, "3100", credit="10")

    def submit(what, lines, status, code, field=None, **more):
        refuse.post(what, JOURNALS, {**good, "lines": lines, **more}, status, code, field, action="submit")
    submit("unbalanced voucher", [bank, line(company, "3100", credit="9.99")], 422, "finance.voucher.unbalanced")
    submit("group account", [line(company, "1100", "10"), capital], 422, "finance.account.group")
    submit("debit and credit in one line", [line(company, "1120", "10", "10"), capital], 422, "finance.voucher.side")
    submit("one line", [bank], 422, ("finance.voucher.unbalanced", "core.field.range", "core.field.required"))
    submit("no lines", [], 422, "core.field.required", "lines")
    submit("negative amount", [line(company, "1120", "-10"), line(company, "3100", credit="-10")], 422,
           "core.field.range", "lines[0].debit")
    submit("no cost center on an expense", [line(company, "5220", "10"), line(company, "1120", credit="10")], 422,
           "finance.cost_center.required")
    submit("unknown account", [{**bank, "account": UNKNOWN}, capital], 422, "core.link.not_found", "lines[0].account")
    submit("no fiscal year", [bank, capital], 422, "finance.period.missing", posting_date="1999-01-01")
    submit("too large an amount", [line(company, "1120", "1000000000000"), line(company, "3100", credit="1000000000000")],
           422, ("core.field.form", "core.field.range", "core.range"), "lines[0].debit")


def locked_period(company, refuse):
    client = company.client
    year = client.create("finance/fiscal-years", start="2020-04-01")
    client.act("finance/fiscal-years", year["id"], "lock", number=1)
    refuse.before = snapshot(client)
    body = {"posting_date": "2020-04-15", "lines": [line(company, "1120", "10"), line(company, "3100", credit="10")]}
    refuse.post("locked period", JOURNALS, body, 422, "finance.period.locked", action="submit")
    draft = client.must(client.post(JOURNALS, body))
    refuse.before = snapshot(client)
    refuse.send("submit a draft into a locked period", client.post(f"{JOURNALS}/{draft['id']}/submit"), 422,
                "finance.period.locked")


def process(company, refuse):
    client = company.client
    item = company.item("BAD", purchase_tax=company.gst18)
    order = company.order((item, 100, 50))
    receipt = company.receive(order, (60, 60))
    invoice = company.invoice(receipt, (50, 50))
    company.pay(100, (invoice, 100))
    refuse.before = snapshot(client)
    row = order["lines"][0]["id"]
    refuse.post("over-receipt", "/api/v1/wms/goods-receipts",
                {"purchase_order": order["id"],
                 "lines": [{"order_line": row, "received_qty": "46", "accepted_qty": "46"}]},
                422, "wms.receipt.over", action="submit")
    refuse.post("accepted + rejected ≠ received", "/api/v1/wms/goods-receipts",
                {"purchase_order": order["id"],
                 "lines": [{"order_line": row, "received_qty": "5", "accepted_qty": "3", "rejected_qty": "1"}]},
                422, "wms.receipt.sum", action="submit")
    refuse.post("line of another order", "/api/v1/wms/goods-receipts",
                {"purchase_order": order["id"], "lines": [{"order_line": UNKNOWN, "received_qty": "1", "accepted_qty": "1"}]},
                422, "wms.receipt.line_unknown")
    refuse.post("invoice beyond receipt", "/api/v1/finance/purchase-invoices", company.invoice_body(receipt, (11, 50)),
                422, "finance.invoice.beyond_receipt", action="submit")
    refuse.post("the same bill twice", "/api/v1/finance/purchase-invoices",
                {**company.invoice_body(receipt, (1, 50)), "supplier_invoice_no": invoice["supplier_invoice_no"]},
                (409, 422), ("finance.invoice.duplicate_bill", "core.exists"), action="submit")
    refuse.post("payment beyond outstanding", "/api/v1/finance/payments", company.payment_body(9000, (invoice, 9000)),
                422, "finance.payment.beyond_outstanding", action="submit")
    refuse.post("more allocated than paid", "/api/v1/finance/payments", company.payment_body(10, (invoice, 20)),
                422, "finance.payment.over_allocated", action="submit")
    refuse.post("negative stock", "/api/v1/wms/stock-issues", company.issue_body(item, 61), (409, 422),
                "wms.stock.negative", action="submit")
    refuse.send("submit twice", client.post(f"/api/v1/wms/purchase-orders/{order['id']}/submit"), (409, 422),
                "core.state.not_allowed")
    refuse.send("an action that is none", client.post(f"/api/v1/wms/purchase-orders/{order['id']}/explode"),
                (404, 409, 422), ("core.state.not_allowed", "core.not_found"))
    refuse.send("change what is submitted", client.request(
        "PATCH", f"/api/v1/wms/purchase-orders/{order['id']}", {"remarks": "x"},
        headers={"If-Match": f"\"{client.read('wms/purchase-orders', order['id'])['version']}\""}), (409, 422),
        "core.state.not_allowed")
    refuse.send("delete what is submitted", client.request("DELETE", f"/api/v1/wms/purchase-orders/{order['id']}"),
                (409, 422, 428), ("core.state.not_allowed", "core.version.required"))


def versions_and_keys(company, refuse):
    client = company.client
    supplier = company.new_supplier("VER", "Versioned")
    path = f"/api/v1/core/suppliers/{supplier['id']}"
    client.change("core/suppliers", supplier, notes="second")
    refuse.before = snapshot(client)
    refuse.send("stale version", client.request("PATCH", path, {"notes": "lost"}, headers={"If-Match": '"1"'}), 409,
                "core.version.stale")
    refuse.send("no version", client.request("PATCH", path, {"notes": "lost"}), (422, 428), "core.version.required")
    refuse.send("a version that is none", client.request("PATCH", path, {"notes": "x"}, headers={"If-Match": "abc"}),
                400, "core.query.malformed")
    key = "the-same-key"
    client.must(client.post("/api/v1/core/suppliers", {"code": "KEY-1", "name": "Key"}, key))
    refuse.before = snapshot(client)
    refuse.send("same key, other body", client.post("/api/v1/core/suppliers", {"code": "KEY-2", "name": "Key"}, key),
                409, "core.idempotency.reused")
    refuse.post("a code that is taken", "/api/v1/core/suppliers", {"code": "KEY-1", "name": "Other"}, (409, 422), "core.exists")


def values(company, refuse):
    """The wrong values, each at its field."""
    client = company.client
    items, unit = "/api/v1/core/items", company.unit

    def item(what, status, error, at, **fields):
        refuse.post(what, items, {"code": "W", "name": "Wrong", "stock_unit": unit, **fields}, status, error, at)

    def text(what, body, status, code, field=None):
        refuse.send(what, client.post(items, body.encode() if isinstance(body, str) else body), status, code, field)
    item("unknown field", 422, "core.field.unknown", "colour", colour="red")
    item("read-only field", 422, "core.field.read_only", "id", id=UNKNOWN)
    item("too long", 422, "core.field.too_long", "code", code="x" * 41)
    item("wrong kind", 422, "core.field.form", "name", name=5)
    item("a list for a text", 422, "core.field.form", "name", name=["x"])
    item("wrong choice", 422, "core.field.choice", "valuation", valuation="lifo")
    item("too many places", 422, "core.field.places", "standard_rate", standard_rate="1.1234567")
    item("amount in words", 422, "core.field.form", "standard_rate", standard_rate="ten")
    for form in ("NaN", "Infinity", "1e3", "1E-2", "+5", "05", ".5", "5.", "0x10", "1,000.00", " 5", "٣", "--5"):
        item(f"amount {form!r}", 422, ("core.field.form", "core.field.places"), "standard_rate", standard_rate=form)
    start = f'{{"code":"W","name":"Wrong","stock_unit":"{unit}","standard_rate":'
    text("JSON number with too many places", start + "9.80000019}", 422, "core.field.places", "standard_rate")
    text("JSON number with exponent", start + "1e3}", (400, 422), ("core.field.form", "core.body.malformed"))
    for word in ("NaN", "Infinity", "-Infinity", "nan", "+1", "01", "1.", ".1", "0x1F", "1_000"):
        text(f"JSON with {word}", start + word + "}", 400, "core.body.malformed")
    journal = {"lines": [line(company, "1120", "10"), line(company, "3100", credit="10")]}
    for date in ("2026-04-31", "99999-01-01", "2026-02-29", "2026-13-01", "2026-00-10", "26-04-01", "2026-4-1", "tomorrow",
                 "infinity", "J2460000", "2026-04-01T00:00:00Z", "0000-01-01", "1899-12-31", "2200-01-01", "20260401"):
        refuse.post(f"date {date}", JOURNALS, {**journal, "posting_date": date}, 422, "core.field.form", "posting_date",
                    action="submit")


def bodies(company, refuse):
    """JSON that is none, or too much of it."""
    client, path = company.client, "/api/v1/core/suppliers"

    def text(what, body, status=400, code="core.body.malformed"):
        refuse.send(what, client.post(path, body), status, code)
    text("malformed JSON", b'{"code":"X"')
    text("two values", b'{"code":"X","name":"Y"} {}')
    text("duplicate keys", b'{"code":"X","name":"Y","code":"Z"}')
    text("duplicate keys, one escaped", b'{"code":"X","name":"Y","co\\u0064e":"Z"}')
    text("no object", b'["code"]')
    text("not UTF-8", b'{"code":"X","name":"\xff\xfe"}')
    text("overlong UTF-8", b'{"code":"X","name":"\xc0\xaf"}')
    text("lone surrogate", b'{"code":"X","name":"\\ud800"}')
    text("NUL", b'{"code":"X","name":"a\\u0000b"}')
    text("control character", b'{"code":"X","name":"a\nb"}')
    text("100,000 deep lists", b'{"code":' + b"[" * 100000 + b"]" * 100000 + b"}")
    text("100,000 deep objects", b'{"a":' * 100000 + b"1" + b"}" * 100000)
    text("100,000 open brackets", b"[" * 100000)
    text("many members", b"{" + b",".join(b'"k%d":1' % i for i in range(60000)) + b"}")
    text("empty body", b"", (400, 422), ("core.body.malformed", "core.validation"))
    refuse.send("a form instead of JSON", client.request("POST", path, b"code=X", headers={
        "Content-Type": "application/x-www-form-urlencoded"}), 415, "http.media_type")
    answer = bm.raw(refuse.client.host, b"", pieces=[
        f"POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {client.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: 9000000\r\n\r\n".encode(), *[b"x" * 65536] * 64])
    refuse.checks.ok(answer.startswith(b"HTTP/1.1 413 "), f"oversized body: {answer[:200]!r}")
    refuse.checks.ok(b'"http.body_too_large"' in answer, "oversized body: its code")
    refuse.unchanged("oversized body")


def queries(company, refuse):
    client, path = company.client, "/api/v1/core/suppliers"
    for query in ("limit=0", "limit=201", "limit=x", "limit=-1", "nosuch=1", "code%5Bbad%5D=1", "sort=nosuch", "cursor=xx",
                  "cursor=AAAA", "fields=nosuch", "credit_days=ten", "credit_days%5Blt%5D=1e3"):
        refuse.send(f"query {query}", client.get(f"{path}?{query}"), (400, 422),
                    ("core.query.malformed", "core.validation", "core.field.form", "core.field.unknown", "core.field.range"))
    refuse.send("report parameter", client.get("/api/v1/finance/reports/general-ledger?nosuch=1"), (400, 422),
                ("core.field.unknown", "core.query.malformed"))
    refuse.send("no such collection", client.get("/api/v1/core/nothings"), 404, ("core.not_found", "http.route"))
    refuse.send("no such module", client.get("/api/v1/nothing/at/all"), 404, ("core.not_found", "http.route"))
    refuse.send("no such report", client.get("/api/v1/finance/reports/nothing"), 404, "core.not_found")
    refuse.send("wrong method", client.request("PUT", path, {}), 405, "http.method")
    refuse.send("an id that is none", client.get(f"{path}/17"), 404, "core.not_found")


def strangers(host, company, refuse):
    """Nobody, somebody with a bad token, somebody without the right."""
    nobody = bm.Client(host)
    path = "/api/v1/core/suppliers"
    refuse.send("not signed in", nobody.post(path, {"code": "X", "name": "Y"}), 401, "core.auth.required")
    token = company.client.token
    for what, bad in (("garbage", "x"), ("cut short", token[:-2]), ("changed", token[:-1] + ("A" if token[-1] != "A" else "B")),
                      ("empty", ""), ("long", "a" * 6000), ("none", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."),
                      ("no such api key", "bm_" + "A" * 40)):
        nobody.token = None
        answer = nobody.request("POST", path, {"code": "X", "name": "Y"}, headers={"Authorization": f"Bearer {bad}"})
        refuse.send(f"token: {what}", answer, 401, ("core.auth.required", "core.auth.token", "core.auth.api_key"))
    refuse.send("wrong password", nobody.request("POST", "/api/v1/auth/token", {
        "tenant": "main", "email": bm.EMAIL, "password": "wrong-wrong-wrong"}, key=None), 401, "core.auth.failed")
    wrong = nobody.request("POST", "/api/v1/auth/token", {"tenant": "main", "email": bm.EMAIL, "password": "no" * 8}, key=None)
    absent = nobody.request("POST", "/api/v1/auth/token", {"tenant": "main", "email": "who@example.com", "password": "no" * 8},
                            key=None)
    refuse.checks.equal(plain(wrong), plain(absent), "a wrong password and an unknown user answer alike")
    code, out, err = host.command("user", "add", "clerk@example.com", "Clerk", "Stock User", stdin=bm.PASSWORD + "\n")
    refuse.checks.equal(code, 0, f"user add: {out}{err}")
    clerk = bm.Client(host).sign_in(email="clerk@example.com")
    refuse.before = snapshot(company.client)
    refuse.send("no right to post", clerk.post(JOURNALS, {"lines": []}), 403, "core.permission.denied")
    refuse.send("no right to read", clerk.get(JOURNALS), 403, "core.permission.denied")
    refuse.send("no right to change masters", clerk.post("/api/v1/wms/warehouses", {"code": "X", "name": "Y"}), 403,
                "core.permission.denied")
    refuse.send("no right to the report", clerk.get("/api/v1/finance/reports/trial-balance"), 403, "core.permission.denied")


def plain(answer, *ids):
    """Everything a client sees, without what is its own (the id it asked for) or the request's (id, date)."""
    def clean(text):
        text = re.sub(r'"request_id":"[^"]*"', '"request_id":""', text)
        for identity in ids:
            text = text.replace(identity, "<id>")
        return text
    headers = {k.lower(): clean(v) for k, v in answer.headers.items()
               if k.lower() not in ("date", "x-request-id", "traceparent", "content-length")}
    return answer.status, headers, clean(answer.text)


def foreign(host, company, refuse):
    """What belongs to another tenant answers exactly like what does not exist."""
    code, out, err = host.command("tenant", "add", "other", "Other Company", "boss@example.com")
    refuse.checks.equal(code, 0, f"tenant add: {out}{err}")
    other = bm.Client(host).sign_in("other", "boss@example.com")
    theirs = Company(other, "F")
    item = theirs.item("SECRET")
    order = theirs.order((item, 10, 10))
    receipt = theirs.receive(order)
    documents = {"core/suppliers": theirs.supplier["id"], "core/items": item["id"], "wms/purchase-orders": order["id"],
                 "wms/goods-receipts": receipt["id"], "wms/warehouses": theirs.depot["id"],
                 "finance/accounts": theirs.account("1120"), "finance/cost-centers": theirs.center}
    client, own = company.client, company.trial_balance()
    refuse.before = snapshot(client)
    for collection, identity in documents.items():
        path = f"/api/v1/{collection}"
        requests = [("GET", f"{path}/ID", None, {}), ("GET", f"{path}/ID/history", None, {}),
                    ("PATCH", f"{path}/ID", {"name": "x"}, {"If-Match": '"1"'}), ("PATCH", f"{path}/ID", {"name": "x"}, {}),
                    ("DELETE", f"{path}/ID", None, {"If-Match": '"1"'}), ("POST", f"{path}/ID/submit", None, {}),
                    ("POST", f"{path}/ID/cancel", None, {}), ("POST", f"{path}/ID/amend", None, {})]
        for method, target, body, headers in requests:
            seen = [plain(client.request(method, target.replace("ID", i), body, headers=headers), i)
                    for i in (identity, UNKNOWN)]
            refuse.checks.equal(seen[0], seen[1], f"foreign id: {method} {target.replace('ID', collection)}")
        refuse.checks.equal(client.get(f"{path}/{identity}").status, 404, f"foreign id: {path}")
    links = [("/api/v1/wms/purchase-orders", lambda i: {"supplier": i, "warehouse": company.depot["id"], "lines": [
                 {"item": UNKNOWN, "qty": "1", "rate": "1"}]}, theirs.supplier["id"]),
             ("/api/v1/wms/goods-receipts", lambda i: {"purchase_order": i}, order["id"]),
             ("/api/v1/core/items", lambda i: {"code": "L", "name": "L", "stock_unit": company.unit, "supplier": i},
              theirs.supplier["id"]),
             (JOURNALS, lambda i: {"lines": [{"account": i, "debit": "1"}, line(company, "3100", credit="1")]},
              theirs.account("1120"))]
    for path, body, identity in links:
        for action in ({}, {"action": "submit"}):
            seen = [plain(client.post(path, body(i), **action), i) for i in (identity, UNKNOWN)]
            refuse.checks.equal(seen[0], seen[1], f"foreign id as link in {path} {action}")
    for query in ("/api/v1/wms/purchase-orders?supplier=ID", "/api/v1/wms/reports/stock-ledger?item=ID",
                  "/api/v1/finance/reports/general-ledger?account=ID", "/api/v1/wms/reports/stock-balance?warehouse=ID",
                  "/api/v1/wms/purchase-orders?id=ID", "/api/v1/wms/purchase-orders?q=Traders"):
        identity = {"supplier": theirs.supplier["id"], "item": item["id"], "account": theirs.account("1120"),
                    "warehouse": theirs.depot["id"]}.get(query.split("?")[1].split("=")[0], order["id"])
        seen = [plain(client.get(query.replace("ID", i)), i) for i in (identity, UNKNOWN)]
        refuse.checks.equal(seen[0], seen[1], f"foreign id in {query}")
    refuse.unchanged("foreign ids")
    refuse.checks.equal(company.trial_balance(), own, "the other tenant's books are not in ours")
    refuse.checks.ok("SECRET" not in json.dumps(client.all("core/items")), "nor its items")


def framing(host, company, refuse):
    """Requests that two programs could read differently: refused, or exactly one request; never a hidden second."""
    token = company.client.token
    head = f"Host: a\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n".encode()
    path = b"POST /api/v1/core/units "
    hidden = path + b"HTTP/1.1\r\n" + head + b'Content-Length: 33\r\n\r\n{"code":"SMUGGLED","name":"Hid"}\n'
    length = str(len(hidden)).encode()
    cases = {
        "two Content-Length": head + b"Content-Length: 2\r\nContent-Length: " + length + b"\r\n\r\n{}" + hidden,
        "list of lengths": head + b"Content-Length: 2, 2\r\n\r\n{}",
        "length with plus": head + b"Content-Length: +2\r\n\r\n{}",
        "hexadecimal length": head + b"Content-Length: 0x2\r\n\r\n{}",
        "negative length": head + b"Content-Length: -1\r\n\r\n{}",
        "huge length": head + b"Content-Length: 99999999999999999999\r\n\r\n{}",
        "length and chunked": head + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
        "space before the colon": head + b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + hidden,
        "identity, chunked": head + b"Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
        "xchunked": head + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "chunked twice": head + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "chunk size with 0x": head + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
        "chunk size with plus": head + b"Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
        "chunk extension": head + b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n",
        "chunk too long for its size": head + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
        "trailer": head + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-A: b\r\n\r\n",
        "bare LF": head.replace(b"\r\n", b"\n") + b"Content-Length: 2\n\n{}",
        "folded header": head + b"X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}",
        "NUL in a value": head + b"X-A: b\0c\r\nContent-Length: 2\r\n\r\n{}",
        "no Host": head.replace(b"Host: a\r\n", b"") + b"Content-Length: 2\r\n\r\n{}",
        "two Hosts": b"Host: b\r\n" + head + b"Content-Length: 2\r\n\r\n{}",
        "two Authorizations": b"Authorization: Bearer x\r\n" + head + b"Content-Length: 2\r\n\r\n{}",
        "two idempotency keys": head + b"Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 2\r\n\r\n{}",
        "1,000 headers": head + b"".join(b"X-%d: y\r\n" % i for i in range(1000)) + b"Content-Length: 2\r\n\r\n{}",
        "long header": head + b"X-A: " + b"a" * 20000 + b"\r\nContent-Length: 2\r\n\r\n{}",
        "upgrade": head + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n{}",
    }
    requests = {name: path + b"HTTP/1.1\r\n" + rest for name, rest in cases.items()}
    simple = head + b"\r\n"
    requests.update({
        "body on GET": b"GET /api/v1/core/units HTTP/1.1\r\n" + head + b"Content-Length: " + length + b"\r\n\r\n" + hidden,
        "space in the target": b"GET /api/v1/core/units x HTTP/1.1\r\n" + simple,
        "dot segments": b"GET /api/v1/core/../core/units HTTP/1.1\r\n" + simple,
        "encoded slash": b"GET /api/v1/core%2funits HTTP/1.1\r\n" + simple,
        "encoded NUL": b"GET /api/v1/core/units%00 HTTP/1.1\r\n" + simple,
        "double slash": b"GET /api/v1//core/units HTTP/1.1\r\n" + simple,
        "absolute form": b"GET http://a/api/v1/core/units HTTP/1.1\r\n" + simple,
        "HTTP/0.9": b"GET /api/v1/core/units\r\n",
        "HTTP/1.0 with keep-alive": b"GET /api/v1/core/units HTTP/3.0\r\n" + simple,
        "TRACE": b"TRACE /api/v1/core/units HTTP/1.1\r\n" + simple,
        "CONNECT": b"CONNECT a:80 HTTP/1.1\r\n" + simple,
        "lower case method": b"get /api/v1/core/units HTTP/1.1\r\n" + simple,
        "TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
        "long target": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + simple,
    })
    for name, request in requests.items():
        answer = bm.raw(host, request, seconds=3)
        statuses = re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)
        refuse.checks.ok(len(statuses) == 1 and statuses[0][:1] in (b"4", b"5"), f"framing, {name}: {answer[:300]!r}")
        refuse.checks.ok(b'"hint":"' in answer and b'"code":"' in answer, f"framing, {name}: envelope")
        refuse.checks.ok(statuses[:1] not in ([b"500"], [b"503"]), f"framing, {name}: not our fault")
    refuse.checks.ok("SMUGGLED" not in json.dumps(company.client.all("core/units")), "nothing was smuggled in")
    refuse.unchanged("ambiguous framing")
    refuse.checks.equal(company.client.get("/health").status, 200, "and the host is well")


def in_hindi(company, checks):
    """What is described and refused is said in the language that is asked for; names and codes stay."""
    def ask(method, path, body=None):
        return company.client.request(method, path, body, headers={"Accept-Language": "hi-IN,hi;q=0.9,en;q=0.5"})
    listed = ask("GET", "/api/v1/meta").json["items"]
    latin = [e["label"] for e in listed if re.search("[a-z]", e["label"] + e["group"])]
    checks.equal(latin, [], "every document and report has a Hindi name")
    meta = ask("GET", "/api/v1/meta/finance/purchase-invoices").json
    checks.equal((meta["label"], meta["words"]["on_hold"]), ("खरीद इनवॉइस", "रुका हुआ"), "a document in Hindi")
    checks.equal(meta["name"], "finance.purchase_invoice", "names stay")
    checks.ok("words" not in company.client.get("/api/v1/meta/finance/purchase-invoices").json, "English needs no words")
    for path, message in (("/api/v1/people/employees", "दी गई जानकारी"), ("/api/v1/core/nothing", "ऐसा कोई दस्तावेज़")):
        error = ask("POST", path, {}).json["error"]
        checks.ok(error["message"].startswith(message), f"a refusal in Hindi: {error}")
    lines = [line(company, "1120", "10"), line(company, "3100", credit="9")]
    refused = ask("POST", f"{JOURNALS}?action=submit", {"lines": lines})
    checks.refused(refused, 422, "finance.voucher.unbalanced", None, "the code stays")
    error = refused.json["error"]
    checks.ok(error["message"].startswith("वाउचर के दोनों पक्ष बराबर नहीं हैं: ") and "अधिक है" in error["message"], f"{error}")
    sheet = [r["name"] for r in ask("GET", "/api/v1/finance/reports/balance-sheet").json["rows"] if not r["account"]]
    checks.ok("कुल संपत्ति" in sheet and not re.search("[a-z]", "".join(sheet)), f"sums of the balance sheet: {sheet}")
    flow = ask("GET", "/api/v1/finance/reports/cash-flow").json["rows"]
    checks.ok(flow and not re.search("[a-z]", "".join(r["section"] for r in flow)), f"sections of the cash flow: {flow}")
    texts = [ask("GET", "/api/v1/openapi.json").text, company.client.get("/api/v1/openapi.json").text]
    checks.equal(texts[0], texts[1], "the API is described once")


def run(host, checks):
    client = bm.Client(host).sign_in()
    company = Company(client, "X")
    refuse = Refusals(client, checks)
    vouchers(company, refuse)
    locked_period(company, refuse)
    process(company, refuse)
    versions_and_keys(company, refuse)
    values(company, refuse)
    bodies(company, refuse)
    queries(company, refuse)
    strangers(host, company, refuse)
    foreign(host, company, refuse)
    framing(host, company, refuse)
    in_hindi(company, checks)
    books_agree(company, checks, "at the end")
    prove(host, checks, "at the end")
    log = host.log()
    for secret in (bm.PASSWORD, client.token):
        checks.ok(secret not in log, "the log keeps no secrets")


if __name__ == "__main__":
    bm.scenario(run)
