"""Saved views: everybody keeps the own ones, uses those that are shared, and does not see or change the others'."""
import bm

VIEWS = "/api/v1/core/saved-views"
LIST = "wms.purchase_order"


def user(host, boss, name, role):
    made = boss.create("core/users", email=f"{name}@example.com", name=name, roles=[{"role": role}])
    boss.act("core/users", made["id"], "set-password", password=f"one long phrase of {name}")
    return bm.Client(host).sign_in("main", f"{name}@example.com", f"one long phrase of {name}")


def names(client, **query):
    return sorted(v["name"] for v in client.must(client.get(VIEWS, list=LIST, **query))["items"])


def run(host, checks):
    boss = bm.Client(host).sign_in()
    asha, ravi = user(host, boss, "asha", "Purchase User"), user(host, boss, "ravi", "Auditor")
    mine = asha.create("core/saved-views", name="Large drafts", list=LIST, query="state=draft&sort=-total", preferred=True)
    team = asha.create("core/saved-views", name="For all", list=LIST, query="state=submitted", shared=True)
    ravi.create("core/saved-views", name="Of Ravi", list=LIST)
    checks.equal((names(asha), names(asha, shared="true")), (["For all", "Large drafts"], ["For all"]), "her own, and the shared")
    checks.equal((names(ravi), names(ravi, shared="true")), (["Of Ravi"], ["For all"]), "his own, and the shared")
    checks.equal(names(boss), [], "an administrator's list is not everybody's")
    checks.equal(names(ravi, created_by=mine["created_by"]), [], "nor can one ask for another's")

    for method, path, body in (("GET", "", None), ("GET", "/history", None), ("GET", "/attachments", None), ("DELETE", "", None),
                               ("PATCH", "", {"name": "x"}), ("POST", "/comment", {"text": "x"})):
        answer = ravi.request(method, f"{VIEWS}/{mine['id']}{path}", body, headers={"If-Match": '"1"'})
        checks.refused(answer, 404, "core.not_found", what=f"another's view: {method} {path}")
        if method in ("PATCH", "DELETE"):
            answer = ravi.request(method, f"{VIEWS}/{team['id']}", body, headers={"If-Match": '"1"'})
            checks.refused(answer, 403, "core.permission.denied", what=f"a shared view: {method}")
    checks.equal(ravi.read("core/saved-views", team["id"])["query"], "state=submitted", "a shared one is there to be used")
    checks.refused(asha.post(VIEWS, {"name": "x", "list": "no list"}), 422, "core.field.pattern", "list", what="what is no list")
    mine = asha.change("core/saved-views", mine, shared=True)
    checks.equal(names(ravi, shared="true"), ["For all", "Large drafts"], "shared afterwards")
    checks.equal(boss.request("DELETE", f"{VIEWS}/{team['id']}", headers={"If-Match": '"1"'}).status, 204,
                 "an administrator tidies up")
    checks.equal(asha.request("DELETE", f"{VIEWS}/{mine['id']}", headers={"If-Match": '"2"'}).status, 204, "and she herself")
    checks.equal((names(asha), names(ravi, shared="true")), ([], []), "both are gone")


if __name__ == "__main__":
    bm.scenario(run)
