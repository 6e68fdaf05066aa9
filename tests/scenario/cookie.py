"""A browser's refresh token: a cookie no script can read, good once, of no use to another site, gone after signing out
or signing in anew."""
import re

import bm

WHO = {"tenant": "main", "email": bm.EMAIL, "password": bm.PASSWORD}


def run(host, checks):
    client = bm.Client(host)

    def ask(what, body, cookie=None, **headers):
        sent = {**({"Cookie": cookie} if cookie else {}), **{k.replace("_", "-"): v for k, v in headers.items()}}
        return client.request("POST", f"/api/v1/auth/{what}", body, key=None, headers=sent)

    def kept(answer):
        return (answer.headers["Set-Cookie"] or "").split(";")[0]

    signed = ask("token", {**WHO, "cookie": True})
    checks.equal((signed.status, "refresh_token" in signed.json), (200, False), "the token is not in the answer")
    given = signed.headers["Set-Cookie"] or ""
    for part in ("HttpOnly", "SameSite=Strict", "Path=/api/v1/auth", "Max-Age=1209600"):
        checks.ok(part in given, f"{part}: {given}")
    checks.ok("Secure" not in given, "plain HTTP is not called secure")
    checks.ok("; Secure" in ask("token", {**WHO, "cookie": True}, X_Forwarded_Proto="https").headers["Set-Cookie"], "TLS is")
    checks.ok(re.match(rf"bm_refresh_{host.port}=\S{{20,}}$", kept(signed)), f"a port of its own: {kept(signed)}")

    other = f"a=b; {kept(signed)}; c=d"
    checks.refused(ask("refresh", {"cookie": True}, other, Sec_Fetch_Site="cross-site"), 401, "core.auth.required",
                   what="another site")
    checks.refused(client.request("POST", "/api/v1/auth/refresh", b"cookie=true", key=None, headers={
        "Cookie": other, "Content-Type": "application/x-www-form-urlencoded"}), 415, "http.media_type", what="a form")
    checks.refused(ask("refresh", {}, other), 422, "core.field.required", "refresh_token", what="not asked for the cookie")
    checks.refused(ask("refresh", {"cookie": True}), 401, "core.auth.refresh", what="no cookie")
    again = ask("refresh", {"cookie": True}, other, Sec_Fetch_Site="same-origin")
    checks.equal((again.status, "refresh_token" in again.json), (200, False), f"refreshed: {again.text[:200]}")
    checks.ok(kept(again) and kept(again) != kept(signed), "a token is good once")
    client.token = again.json["access_token"]
    checks.equal(client.get("/api/v1/auth/me").status, 200, "the access token is one")

    out = ask("sign-out", {"cookie": True}, kept(again))
    checks.ok(out.status == 200 and "Max-Age=0" in out.headers["Set-Cookie"], "signing out forgets the cookie")
    checks.refused(ask("refresh", {"cookie": True}, kept(again)), 401, "core.auth.refresh", what="and ends the session")

    first = ask("token", {**WHO, "cookie": True})
    ask("token", {**WHO, "password": "not the password", "cookie": True}, kept(first))
    ask("token", WHO, kept(first))
    ask("token", {**WHO, "cookie": True}, kept(first), Sec_Fetch_Site="cross-site")
    second = ask("refresh", {"cookie": True}, kept(first))
    checks.equal(second.status, 200, f"neither a refused sign-in, a program's nor another site's ends it: {second.text[:200]}")
    third = ask("token", {**WHO, "cookie": True}, kept(second), Sec_Fetch_Site="same-origin")
    checks.refused(ask("refresh", {"cookie": True}, kept(second)), 401, "core.auth.refresh",
                   what="who signs in anew, as in another company, has left the old session")
    checks.equal(ask("refresh", {"cookie": True}, kept(third)).status, 200, "and is in the new one")

    plain = ask("token", WHO)
    checks.equal((plain.headers["Set-Cookie"], "refresh_token" in plain.json), (None, True), "programs have it as before")
    checks.equal(ask("refresh", {"refresh_token": plain.json["refresh_token"]}).status, 200, "and refresh with it")


if __name__ == "__main__":
    bm.scenario(run)
