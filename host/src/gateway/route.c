#include "route.h"

#include "../desk/desk.h"

typedef struct {
    const char *method;
    const char *path;
    route_kind kind;
} fixed_route;

static const fixed_route fixed[] = {
    {"GET", "/health", ROUTE_HEALTH},
    {"GET", "/ready", ROUTE_READY},
    {"GET", "/metrics", ROUTE_METRICS},
    {"GET", "/api/v1/openapi.json", ROUTE_OPENAPI},
    {"GET", "/api/gateway/remotes", ROUTE_REMOTES},
    {"GET", "/api/v1/meta", ROUTE_META_LIST},
    {"POST", "/api/v1/auth/token", ROUTE_SIGN_IN},
    {"POST", "/api/v1/auth/refresh", ROUTE_REFRESH},
    {"POST", "/api/v1/auth/sign-out", ROUTE_SIGN_OUT},
    {"GET", "/api/v1/auth/me", ROUTE_ME},
    {"POST", "/api/v1/auth/api-keys", ROUTE_API_KEY},
    {"POST", "/api/v1/auth/password", ROUTE_PASSWORD},
    {"POST", "/api/v1/prove", ROUTE_PROVE},
    {"GET", "/api/v1/prove", ROUTE_PROOF},
    {"POST", "/api/v1/import", ROUTE_IMPORT},
    {"GET", "/api/v1/import", ROUTE_IMPORTED},
};

static const char *const names[ROUTE_COUNT] = {
    [ROUTE_NONE] = "none",
    [ROUTE_BAD_METHOD] = "bad_method",
    [ROUTE_BAD_ID] = "bad_id",
    [ROUTE_HEALTH] = "health",
    [ROUTE_READY] = "ready",
    [ROUTE_METRICS] = "metrics",
    [ROUTE_OPENAPI] = "openapi",
    [ROUTE_REMOTES] = "remotes",
    [ROUTE_DESK] = "desk",
    [ROUTE_META_LIST] = "meta.list",
    [ROUTE_META_TYPE] = "meta.type",
    [ROUTE_META_REPORT] = "meta.report",
    [ROUTE_SIGN_IN] = "auth.token",
    [ROUTE_REFRESH] = "auth.refresh",
    [ROUTE_SIGN_OUT] = "auth.sign_out",
    [ROUTE_ME] = "auth.me",
    [ROUTE_API_KEY] = "auth.api_key",
    [ROUTE_PASSWORD] = "auth.password",
    [ROUTE_PROVE] = "prove.ask",
    [ROUTE_PROOF] = "prove.tell",
    [ROUTE_IMPORT] = "import.ask",
    [ROUTE_IMPORTED] = "import.tell",
    [ROUTE_LIST] = "documents.list",
    [ROUTE_CREATE] = "documents.create",
    [ROUTE_GET] = "documents.get",
    [ROUTE_UPDATE] = "documents.update",
    [ROUTE_DELETE] = "documents.delete",
    [ROUTE_ACT] = "documents.act",
    [ROUTE_HISTORY] = "documents.history",
    [ROUTE_ATTACHMENTS] = "documents.attachments",
    [ROUTE_ATTACHMENT] = "documents.attachment",
    [ROUTE_ATTACH] = "documents.attach",
    [ROUTE_DETACH] = "documents.detach",
    [ROUTE_REPORT] = "reports.run",
};

const char *route_name(route_kind kind)
{
    return names[kind];
}

const char *route_documents_method(route_kind kind)
{
    static const char *const methods[ROUTE_COUNT] = {[ROUTE_LIST] = "list",
                                                     [ROUTE_CREATE] = "create",
                                                     [ROUTE_GET] = "get",
                                                     [ROUTE_UPDATE] = "update",
                                                     [ROUTE_DELETE] = "remove",
                                                     [ROUTE_ACT] = "act",
                                                     [ROUTE_HISTORY] = "history",
                                                     [ROUTE_ATTACHMENTS] = "attachments",
                                                     [ROUTE_ATTACHMENT] = "attachment",
                                                     [ROUTE_ATTACH] = "attach",
                                                     [ROUTE_DETACH] = "detach"};
    return methods[kind];
}

const char *route_reports_method(route_kind kind)
{
    static const char *const methods[ROUTE_COUNT] = {[ROUTE_REPORT] = "run",
                                                     [ROUTE_META_LIST] = "list",
                                                     [ROUTE_META_TYPE] = "type",
                                                     [ROUTE_META_REPORT] = "report"};
    return methods[kind];
}

bool route_needs_sign_in(route_kind kind)
{
    return kind == ROUTE_BAD_ID || kind >= ROUTE_ME ||
           (kind >= ROUTE_META_LIST && kind <= ROUTE_META_REPORT);
}

bool route_is_api(route_kind kind)
{
    return kind != ROUTE_HEALTH && kind != ROUTE_READY && kind != ROUTE_METRICS &&
           kind != ROUTE_DESK;
}

bool route_writes(route_kind kind)
{
    return kind == ROUTE_CREATE || kind == ROUTE_UPDATE || kind == ROUTE_DELETE ||
           kind == ROUTE_ACT || kind == ROUTE_ATTACH || kind == ROUTE_DETACH;
}

static bool is_get(m_str method)
{
    return m_str_is(method, "GET") || m_str_is(method, "HEAD");
}

static bool method_fits(m_str method, const char *wanted)
{
    return m_str_is(method, wanted) || (is_get(method) && strcmp(wanted, "GET") == 0);
}

static route fixed_parse(m_str method, m_str path)
{
    route found = {.kind = ROUTE_NONE};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (!m_str_is(path, fixed[i].path)) continue;
        found.kind = ROUTE_BAD_METHOD;
        if (method_fits(method, fixed[i].method)) return (route){.kind = fixed[i].kind};
    }
    return found;
}

#define PARTS_MAX 5

/* The parts after "/api/v1/"; PARTS_MAX + 1 when there are more or one is empty. */
static size_t split(m_str rest, m_str parts[PARTS_MAX])
{
    size_t n = 0;
    for (;;) {
        const char *slash = memchr(rest.p, '/', rest.n);
        size_t length = slash ? (size_t)(slash - rest.p) : rest.n;
        if (length == 0 || n == PARTS_MAX) return PARTS_MAX + 1;
        parts[n++] = (m_str){rest.p, length};
        if (!slash) return n;
        rest = (m_str){slash + 1, rest.n - length - 1};
    }
}

static route_kind collection_kind(m_str method)
{
    if (is_get(method)) return ROUTE_LIST;
    return m_str_is(method, "POST") ? ROUTE_CREATE : ROUTE_BAD_METHOD;
}

static route_kind document_kind(m_str method)
{
    if (is_get(method)) return ROUTE_GET;
    if (m_str_is(method, "PATCH") || m_str_is(method, "PUT")) return ROUTE_UPDATE;
    return m_str_is(method, "DELETE") ? ROUTE_DELETE : ROUTE_BAD_METHOD;
}

static bool is_attachments(m_str part)
{
    return m_str_is(part, "attachments");
}

static route_kind action_kind(m_str method, m_str action)
{
    if (is_attachments(action) && is_get(method)) return ROUTE_ATTACHMENTS;
    if (is_attachments(action) && m_str_is(method, "POST")) return ROUTE_ATTACH;
    if (m_str_is(action, "history")) return is_get(method) ? ROUTE_HISTORY : ROUTE_BAD_METHOD;
    return m_str_is(method, "POST") ? ROUTE_ACT : ROUTE_BAD_METHOD;
}

static route meta_parse(m_str method, const m_str *parts, size_t n)
{
    route r = {.module = parts[1], .collection = parts[n - 1]};
    r.kind = n == 3 ? ROUTE_META_TYPE : ROUTE_META_REPORT;
    if (n < 3 || n > 4 || (n == 4 && !m_str_is(parts[2], "reports")))
        r.kind = ROUTE_NONE;
    else if (!is_get(method))
        r.kind = ROUTE_BAD_METHOD;
    return r;
}

/* One file of a document. */
static route_kind attachment_kind(m_str method)
{
    if (is_get(method)) return ROUTE_ATTACHMENT;
    return m_str_is(method, "DELETE") ? ROUTE_DETACH : ROUTE_BAD_METHOD;
}

static route_kind part_kind(m_str method, const m_str *parts, size_t n)
{
    if (n == 3) return document_kind(method);
    if (n == 4) return action_kind(method, parts[3]);
    return is_attachments(parts[3]) ? attachment_kind(method) : ROUTE_NONE;
}

static route domain_parse(m_str method, const m_str *parts, size_t n)
{
    route r = {.module = parts[0], .collection = parts[1]};
    if (m_str_is(parts[1], "reports")) {
        r.collection = parts[n - 1];
        r.kind = n != 3 ? ROUTE_NONE : is_get(method) ? ROUTE_REPORT : ROUTE_BAD_METHOD;
        return r;
    }
    if (n == 2) {
        r.kind = collection_kind(method);
        return r;
    }
    r.kind = part_kind(method, parts, n);
    if (n == 4) r.action = parts[3];
    if (r.kind == ROUTE_BAD_METHOD || r.kind == ROUTE_NONE) return r;
    if (m_id_parse(parts[2], &r.id) != M_OK ||
        (n == 5 && m_id_parse(parts[4], &r.attachment) != M_OK))
        r.kind = ROUTE_BAD_ID;
    return r;
}

route route_parse(m_str method, m_str path)
{
    route r = fixed_parse(method, path);
    static const char prefix[] = "/api/v1/";
    if (desk_owns(path)) return (route){.kind = ROUTE_DESK};
    if (r.kind != ROUTE_NONE || path.n <= sizeof prefix ||
        memcmp(path.p, prefix, sizeof prefix - 1) != 0)
        return r;
    m_str parts[PARTS_MAX];
    size_t n = split((m_str){path.p + sizeof prefix - 1, path.n - sizeof prefix + 1}, parts);
    if (n < 2 || n > PARTS_MAX || m_str_is(parts[0], "auth")) return r;
    return m_str_is(parts[0], "meta") ? meta_parse(method, parts, n)
                                      : domain_parse(method, parts, n);
}

bool route_takes_file(m_str method, m_str path)
{
    return route_parse(method, path).kind == ROUTE_ATTACH;
}
