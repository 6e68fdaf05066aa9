"""Files of documents over HTTP: kept by the domain that owns the document, given back byte by byte as something to save,
refused when too large or of a kind a browser would run, and nobody else's."""
import hashlib
import os
import urllib.parse
import uuid

import bm

MOST = 5120 * 1024  # M_ATTACHMENT_KB as it is when nobody sets it


def put(client, path, name, content, **more):
    return client.request("POST", f"{path}?{urllib.parse.urlencode({'name': name})}", content,
                          headers={"Content-Type": "text/html"}, **more)


def there_and_back(client, checks, path):
    content = b"%PDF-1.7\n" + os.urandom(MOST - 9)  # as large as it may be
    key = uuid.uuid4().hex
    sent = put(client, path, "../Rechnung \u0928\u0940\u0932 \"7\".pdf", content, key=key)
    checks.equal(sent.status, 201, f"attached: {sent.text[:300]}")
    one = f"{path}/{sent.json['id']}"
    checks.equal(sent.headers["Location"], one, "and says where it is")
    checks.equal((sent.json["size"], sent.json["hash"]), (MOST, hashlib.sha256(content).hexdigest()), "the bytes are those")
    again = put(client, path, "../Rechnung \u0928\u0940\u0932 \"7\".pdf", content, key=key)
    checks.equal((again.status, again.json), (201, sent.json), "sent twice, it is one")
    back = client.get(one)
    checks.equal((back.status, back.body == content), (200, True), f"it comes back as it was: {back.text[:200]}")
    checks.equal(client.request("HEAD", one).status, 200, "and can be asked about")
    for header, value in {
            "Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition":
            "attachment; filename=\"Rechnung _________ _7_.pdf\"; filename*=UTF-8''Rechnung%20%E0%A4%A8%E0%A5%80%E0%A4%B2"
            "%20_7_.pdf"}.items():
        checks.equal(back.headers[header], value, header)
    return sent.json


def refused(client, checks, path):
    checks.refused(put(client, path, "a.txt", b"x" * (MOST + 1)), 413, "http.body_too_large", what="one byte more")
    checks.refused(client.post(path[:-len("/attachments")] + "/comment", {"text": "x" * 2200000}), 413, "http.body_too_large",
                   what="what is no file stays small")
    checks.refused(put(client, path, "page.html", b"<script>"), 422, "core.attachment.kind", what="a page")
    checks.refused(put(client, path, "a.pdf", b"<script>"), 422, "core.attachment.content", what="a page in disguise")
    checks.refused(put(client, path, "a.pdf", b""), 422, "core.attachment.content", what="nothing")
    checks.refused(client.request("POST", path, b"x"), 422, "core.field.required", "name", what="without a name")
    checks.refused(client.get(f"{path}/{'0' * 26}"), 404, "core.not_found", what="another file")
    checks.refused(client.get(f"{path}/nonsense"), 404, "core.not_found", what="what is no id")
    checks.refused(client.request("PUT", path, b"x"), 405, "http.method", what="another method")


def gone(client, checks, path, file):
    one = f"{path}/{file['id']}"
    checks.equal(client.request("DELETE", one).status, 204, "taken away")
    checks.refused(client.get(one), 404, "core.not_found", what="afterwards")
    checks.equal(client.must(client.get(path))["items"], [], "the list is empty")
    history = client.must(client.get(path[:-len("attachments")] + "history"))["items"]
    told = [(e["action"], (e["changes"][0]["after"] or e["changes"][0]["before"])["hash"]) for e in history[:2]]
    checks.equal(told, [("detach", file["hash"]), ("attach", file["hash"])], "the history knows which file it was")


def strangers(host, client, checks, path, file):
    code, out, err = host.command("tenant", "add", "other", "Other Company", "boss@example.com")
    checks.equal(code, 0, f"tenant add: {out}{err}")
    stranger = bm.Client(host).sign_in("other", "boss@example.com")
    unknown = stranger.get(f"{path}/{'0' * 26}")
    for answer in (stranger.get(path), stranger.get(f"{path}/{file['id']}"), put(stranger, path, "a.txt", b"x"),
                   stranger.request("DELETE", f"{path}/{file['id']}")):
        checks.refused(answer, 404, "core.not_found", what=f"another tenant: {answer}")
        checks.equal(answer.json["error"]["message"], unknown.json["error"]["message"], "told as if it were nowhere")
    checks.refused(bm.Client(host).get(f"{path}/{file['id']}"), 401, "core.auth.required", what="nobody")
    checks.equal(client.get(f"{path}/{file['id']}").status, 200, "it is still there")


def run(host, checks):
    client = bm.Client(host).sign_in()
    for collection in ("core/units", "finance/accounts"):
        document = client.must(client.get(f"/api/v1/{collection}", limit=1))["items"][0]
        path = f"/api/v1/{collection}/{document['id']}/attachments"
        listed = client.must(client.get(path))
        checks.equal((listed["items"], listed["max_bytes"], listed["_actions"]), ([], MOST, ["attach", "detach"]), "at first")
        file = there_and_back(client, checks, path)
        refused(client, checks, path)
        if not bm.ENTERPRISE and collection == "finance/accounts":
            strangers(host, client, checks, path, file)
        gone(client, checks, path, file)
    for database in ("business_m_core", "business_m_finance") if bm.ENTERPRISE else ("business_m",):
        checks.equal(bm.sql(host, "SELECT count(*) FROM m.blob", database), "0", f"no content is left over in {database}")


if __name__ == "__main__":
    bm.scenario(run)
