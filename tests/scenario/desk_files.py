"""The web client's files over HTTP: from packs written here, so that no Node is needed; then without any pack. With several
processes (BM_MODE=enterprise) each has the files of its own domain, and the gateway finds them."""
import hashlib
import os
import struct
import time

import bm

POLICY = b"default-src 'none'; script-src 'self'"
SCRIPT = b"console.log('" + b"x" * 100000 + b"')"


def pack(path, files, policy=POLICY):
    """files: {path: (type, flags, identity, gzip, brotli)}."""
    at = 32 + 64 * len(files)
    index, parts = b"", []

    def put(part):
        nonlocal at
        place = (at, len(part)) if part else (0, 0)
        parts.append(part)
        at += len(part)
        return place

    policy_at = put(policy)
    for name, (kind, flags, *bodies) in sorted(files.items()):
        tag = hashlib.sha256(bodies[0]).hexdigest()[:22].encode()
        numbers = [*put(name.encode()), *put(kind.encode() + b"\0"), *put(tag), flags]
        for body in bodies:
            numbers += put(body)
        index += struct.pack("<13I12x", *numbers)
    with open(path, "wb") as file:
        file.write(b"BMDESK01" + struct.pack("<4I8x", len(files), at, *policy_at) + index + b"".join(parts))


def bundles(client):
    """What the gateway knows of the domains, once it has found them."""
    deadline = time.monotonic() + 30
    while True:
        remotes = client.get("/api/gateway/remotes").json
        if remotes["finance"].get("url") or time.monotonic() > deadline:
            return remotes
        time.sleep(0.1)


def run(host, checks):
    folder = os.path.join(host.state, "packs")
    os.mkdir(folder)
    pack(os.path.join(folder, "desk.pack"), {
        "index.html": ("text/html; charset=utf-8", 0, b"<!doctype html>desk", b"", b""),
        "assets/main-1.js": ("text/javascript; charset=utf-8", 1, SCRIPT, b"gz" * 40000, b"br"),
    })
    pack(os.path.join(folder, "finance.pack"), {
        "remoteEntry.js": ("text/javascript; charset=utf-8", 0, b"export{}", b"", b"")}, b"")
    host.settings["M_DESK_DIR"] = folder
    host.stop()
    host.start()
    client = bm.Client(host)

    page = client.get("/")
    checks.equal((page.status, page.body), (200, b"<!doctype html>desk"), "the page")
    checks.equal(page.headers["Content-Security-Policy"], POLICY.decode(), "its policy")
    checks.equal(page.headers["Cache-Control"], "no-cache", "is asked for again")
    checks.equal(page.headers["X-Content-Type-Options"], "nosniff", "is what it says")
    checks.equal(client.get("/desk/finance/trial-balance").body, page.body, "every page of the shell is the shell")
    again = client.request("GET", "/", headers={"If-None-Match": page.headers["ETag"]})
    checks.equal((again.status, again.body), (304, b""), "nothing is sent twice")
    head = client.request("HEAD", "/")
    checks.equal((head.status, head.body, head.headers["Content-Length"]), (200, b"", str(len(page.body))), "HEAD")

    asset = "/desk/assets/main-1.js"
    for accept, coding, body in (("", None, SCRIPT), ("gzip", "gzip", b"gz" * 40000), ("br, gzip", "br", b"br"),
                                 ("br;q=0", None, SCRIPT)):
        got = client.request("GET", asset, headers={"Accept-Encoding": accept})
        checks.equal((got.status, got.headers["Content-Encoding"], got.body), (200, coding, body), f"as {accept!r}")
        checks.ok("immutable" in got.headers["Cache-Control"], "kept for good")
        checks.equal(got.headers["Vary"], "Accept-Encoding", "depends on what is accepted")
    checks.refused(client.request("POST", asset, {}), 405, "http.method")
    for path in ("/desk/assets/main-2.js", "/desk/index.map", "/remotes/finance/", "/remotes/wms/remoteEntry.js",
                 "/remotes/finance/desk.pack", "/remotes/finance/gone.js", "/index.html", "/desktop"):
        checks.refused(client.get(path), 404, "http.route", what=path)
    for path in ("/desk/../../../etc/passwd", "/desk/%2e%2e/%2e%2e/etc/passwd", "/remotes/finance/..%2fdesk.pack",
                 "/remotes/%2e%2e/packs/desk.pack", "/desk//etc/passwd"):
        answer = client.request("GET", path)
        checks.ok(answer.status in (400, 404), f"{path}: {answer.status}")
    remotes = bundles(client)
    checks.equal(remotes["finance"].get("url"), "/remotes/finance/remoteEntry.js", "finance has a bundle")
    checks.equal(remotes["wms"].get("url"), None, "wms has none")
    checks.equal({r["health"] for r in remotes.values()}, {"ok"}, "all domains are there")
    bundle = client.get(remotes["finance"]["url"])
    checks.equal((bundle.body, bundle.headers["Cache-Control"], bundle.headers["Content-Type"]),
                 (b"export{}", "no-cache", "text/javascript; charset=utf-8"), "the bundle is where it is said to be")
    again = client.request("GET", remotes["finance"]["url"], headers={"If-None-Match": bundle.headers["ETag"]})
    checks.equal((again.status, again.body), (304, b""), "nor is it sent twice")
    checks.refused(client.post(remotes["finance"]["url"], {}), 405, "http.method")

    with open(os.path.join(folder, "desk.pack"), "r+b") as file:
        file.truncate(200)
    host.stop()
    host.start()
    checks.ok("it is cut off" in host.log(), "a broken pack is told")
    checks.refused(bm.Client(host).get("/"), 404, "http.route")
    checks.equal(bm.Client(host).get("/health").status, 200, "and the API runs without")


bm.scenario(run)
