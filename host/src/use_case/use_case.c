#include "use_case.h"

#include "letters.h"
#include "m_adapters/codec.h"
#include "m_adapters/remote.h"
#include "views.h"

use_case use_case_of(const m_protocol *protocol, const char *method)
{
    return (use_case){.protocol = protocol,
                      .method = m_protocol_method(protocol, m_str_of(method))};
}

/* A body with a secret (a password) is not kept, not even as a hash. */
static bool is_secret(const use_case *u, const domain_set *domains)
{
    const m_collection *c =
        m_registry_collection(domains->registry, u->in.module, u->in.collection);
    const m_move *move = c ? m_lifecycle_find(c->doctype->life, u->in.action) : NULL;
    for (uint16_t i = 0; move && move->input && i < move->input->count; i++)
        if (move->input->fields[i].flags & M_SECRET) return true;
    return false;
}

/* What the client asked for, in the words of HTTP. */
static const char *verb(const use_case *u)
{
    if (strcmp(u->method->name, "update") == 0) return "PATCH";
    bool gone = strcmp(u->method->name, "remove") == 0 || strcmp(u->method->name, "detach") == 0;
    return gone ? "DELETE" : "POST";
}

static m_status request_name(const use_case *u, m_call *call, m_str *out)
{
    char id[M_ID_TEXT] = "", file[M_ID_TEXT];
    m_buf name = {.arena = call->arena};
    bool one = !m_id_is_null(u->in.id);
    if (one) m_id_format(u->in.id, id);
    m_buf_format(&name, "%s /api/v1/%.*s/%.*s%s%s", verb(u), M_STR_ARG(u->in.module),
                 M_STR_ARG(u->in.collection), one ? "/" : "", id);
    if (one && u->in.action.n) m_buf_format(&name, "/%.*s", M_STR_ARG(u->in.action));
    if (!m_id_is_null(u->in.attachment)) {
        m_id_format(u->in.attachment, file);
        m_buf_format(&name, "/attachments/%s", file);
    }
    const char *between = "?";
    for (M_EACH(m_pair, pair, u->in.query)) {
        m_buf_format(&name, "%s%.*s=%.*s", between, M_STR_ARG(pair->name), M_STR_ARG(pair->value));
        between = "&";
    }
    if (name.failed) return m_fail(call, m_err_memory, "idempotency key");
    *out = m_buf_str(&name);
    return M_OK;
}

static m_status name_request(use_case *u, const domain_set *domains, m_call *call)
{
    m_str name;
    if (is_secret(u, domains)) call->idempotency_key = (m_str){NULL, 0};
    M_TRY(request_name(u, call, &name));
    return m_idempotency_ask(call, name, u->in.body, &u->once);
}

uint32_t use_case_wants(use_case *u, domain_set *domains, m_call *call, m_fetch *out, uint32_t max)
{
    uint32_t n = 0;
    if (u->protocol != &m_documents_protocol) return 0;
    if (use_case_writes(u)) {
        u->named = name_request(u, domains, call) == M_OK;
        n = u->named && m_idempotency_want(call, &u->once, out) ? 1 : 0;
    } else if (strcmp(u->method->name, "get") != 0) {
        return 0;
    }
    return n + m_documents_wants(domains->service, call, u->method->name, &u->in, out + n, max - n);
}

static m_iface provider(const use_case *u, domain_set *domains)
{
    if (u->protocol == &m_reports_protocol) return (m_iface){&use_case_reports_ops, domains};
    if (m_str_is(u->in.collection, LETTERS_COLLECTION)) return (m_iface){&letters_ops, domains};
    if (views_owns(&u->in)) return (m_iface){&views_ops, domains};
    return (m_iface){domains->documents.ops, domains->documents.self};
}

int use_case_success(const use_case *u)
{
    const char *name = u->method->name;
    if (strcmp(name, "create") == 0 || strcmp(name, "attach") == 0) return 201;
    return strcmp(name, "remove") == 0 || strcmp(name, "detach") == 0 ? 204 : 200;
}

m_status use_case_run(use_case *u, domain_set *domains, m_call *call)
{
    u->reply = (m_document_reply){.version = 0};
    u->http_status = use_case_success(u);
    if (!use_case_writes(u))
        return m_invoke(provider(u, domains), u->method, call, &u->in, &u->reply);
    if (!u->named) M_TRY(name_request(u, domains, call)); /* tells why */
    const m_idempotency_row *row = NULL;
    M_TRY(m_idempotency_find(domains->store, call, &u->once, &row));
    if (row) {
        u->reply = (m_document_reply){
            .body = row->reply, .id = row->reply_id, .version = row->reply_version};
        u->http_status = (int)row->http_status;
        return domains_mark(domains, call, &u->reply.mark);
    }
    M_TRY(m_invoke(provider(u, domains), u->method, call, &u->in, &u->reply));
    M_TRY(domains_mark(domains, call, &u->reply.mark));
    return m_idempotency_keep(domains->store, call, &u->once, u->http_status, u->reply.body,
                              u->reply.id, u->reply.version);
}
