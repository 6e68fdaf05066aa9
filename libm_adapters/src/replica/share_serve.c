/* The protocol "sharing" for the modules owned here. */
#include "internal.h"

#define PIECE_BYTES 24000  /* of a document in one row: twice that when escaped is below 65,536 */
#define PAGE_BYTES  262144 /* then the page ends: a reply has a limit too */

/* ---- what is asked for ---- */

static m_status find_shared(void *self, m_call *call, m_str type, const m_shared **out)
{
    const m_share_server *server = self;
    *out = m_registry_shared(server->registry, type);
    if (*out) return M_OK;
    return m_fail(call, &m_replica_errors[REPLICA_E_NONE], "%.*s", M_STR_ARG(type));
}

/* Taken first and under the gate: the rows read afterwards are those of this event. */
static m_status read_head(void *self, m_call *call, int64_t *out_seq, m_id *out_last)
{
    const m_share_server *server = self;
    if (server->head) return server->head(server->arg, call, out_seq, out_last);
    return m_outgoing_head(server->store, call, out_seq, out_last);
}

static uint32_t limit_of(int64_t asked, uint32_t most)
{
    return asked > 0 && asked < (int64_t)most ? (uint32_t)asked : most;
}

static m_status read_rows(void *self, m_call *call, const m_type *type, m_id after, uint32_t limit,
                          const void ***out, uint32_t *out_count)
{
    const m_share_server *server = self;
    m_doc *from = m_record_new(type, call->arena);
    if (!from) return m_fail(call, m_err_memory, "%s", type->name);
    from->id = after;
    m_query query = {.limit = limit, .after = m_id_is_null(after) ? NULL : from};
    m_fetch fetch = {.type = type, .query = &query};
    M_TRY(m_store_fetch(server->store, call, &fetch, 1));
    *out = fetch.records;
    *out_count = fetch.count;
    return M_OK;
}

/* ---- page ---- */

typedef struct {
    m_list rows;
    uint32_t capacity;
    size_t bytes;
} page;

/* A character is never cut. */
static size_t piece_of(m_str rest)
{
    if (rest.n <= PIECE_BYTES) return rest.n;
    size_t n = PIECE_BYTES;
    while (n > PIECE_BYTES - 4 && ((unsigned char)rest.p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static m_status add_document(m_call *call, page *p, const m_shared *shared, const void *record)
{
    const m_type *type = shared->doctype->type;
    m_buf text = {.arena = call->arena};
    m_json_record(&text, type, record, shared->columns);
    if (text.failed) return m_fail(call, m_err_memory, "%s", type->name);
    m_str rest = m_buf_str(&text);
    p->bytes += rest.n;
    while (rest.n) {
        size_t n = piece_of(rest);
        m_share_row *row = m_list_add(call->arena, &p->rows, &p->capacity, sizeof *row);
        if (!row) return m_fail(call, m_err_memory, "%s", type->name);
        *row = (m_share_row){.id = doc_in(record)->id,
                             .version = doc_in(record)->version,
                             .body = {rest.p, n},
                             .continued = n < rest.n};
        rest = (m_str){rest.p + n, rest.n - n};
    }
    return M_OK;
}

static m_status serve_page(void *self, m_call *call, const m_share_page_question *in,
                           m_share_page *out)
{
    const m_shared *shared = NULL;
    const void **records = NULL;
    uint32_t limit = limit_of(in->limit, M_SHARE_PAGE_ROWS);
    uint32_t n = 0;
    uint32_t i = 0;
    int64_t seq = 0;
    m_id last = {{0}};
    page p = {.rows = {NULL, 0}};
    M_TRY(find_shared(self, call, in->type, &shared));
    M_TRY(read_head(self, call, &seq, &last));
    M_TRY(read_rows(self, call, shared->doctype->type, in->after, limit + 1, &records, &n));
    for (; i < n && i < limit && p.bytes < PAGE_BYTES; i++)
        M_TRY(add_document(call, &p, shared, records[i]));
    *out = (m_share_page){.seq = seq, .last = last, .rows = p.rows, .more = i < n};
    return M_OK;
}

/* ---- digest ---- */

static m_status serve_digest(void *self, m_call *call, const m_share_digest_question *in,
                             m_share_digest *out)
{
    const m_shared *shared = NULL;
    const void **records = NULL;
    uint32_t limit = limit_of(in->limit, M_SHARE_DIGEST_ROWS);
    uint32_t n = 0;
    int64_t seq = 0;
    m_id last = {{0}};
    digest d = {.count = 0};
    M_TRY(find_shared(self, call, in->type, &shared));
    M_TRY(read_head(self, call, &seq, &last));
    M_TRY(read_rows(self, call, shared->doctype->type, in->after, limit + 1, &records, &n));
    for (uint32_t i = 0; i < n && i < limit; i++) {
        m_arena_mark mark = m_arena_tell(call->arena);
        m_buf text = {.arena = call->arena};
        m_json_record(&text, shared->doctype->type, records[i], shared->columns);
        if (text.failed) return m_fail(call, m_err_memory, "digest");
        digest_add(&d, m_buf_str(&text));
        m_arena_back(call->arena, mark);
    }
    char *sum = m_arena_copy(call->arena, d.sum, sizeof d.sum);
    if (!sum) return m_fail(call, m_err_memory, "digest");
    *out = (m_share_digest){.seq = seq, .count = d.count, .digest = {sum, sizeof d.sum}};
    if (n > limit) out->last = doc_in(records[limit - 1])->id;
    return M_OK;
}

/* ---- exist, reference ---- */

static m_status serve_exist(void *self, m_call *call, const m_share_ids *in, m_ids *out)
{
    const m_share_server *server = self;
    const m_collection *at = m_registry_doctype(server->registry, in->type);
    if (!at || at->replica)
        return m_fail(call, &m_replica_errors[REPLICA_E_NONE], "%.*s", M_STR_ARG(in->type));
    m_fetch fetch = {.type = at->doctype->type, .ids = in->ids.items, .key_count = in->ids.count};
    m_id *found = m_arena_array(call->arena, in->ids.count, sizeof *found);
    if (!found) return m_fail(call, m_err_memory, "ids");
    if (in->ids.count) M_TRY(m_store_fetch(server->store, call, &fetch, 1));
    uint32_t n = 0;
    for (uint32_t i = 0; i < fetch.count; i++)
        if (fetch.records[i]) found[n++] = fetch.ids[i];
    out->ids = (m_list){found, n};
    return M_OK;
}

static m_status serve_reference(void *self, m_call *call, const m_share_document *in,
                                m_share_reference *out)
{
    const m_share_server *server = self;
    uint32_t n = 0;
    uint32_t owned = 0;
    const char *label = NULL;
    const m_module_instance *all = m_registry_modules(server->registry, &n);
    const m_module **modules = m_arena_array(call->arena, n, sizeof *modules);
    const char *link = m_str_z(call->arena, in->type);
    if (!modules || !link) return m_fail(call, m_err_memory, "references");
    for (uint32_t i = 0; i < n; i++)
        if (!all[i].replica) modules[owned++] = all[i].module;
    M_TRY(m_find_reference(server->store, call, modules, owned, link, in->id, &label));
    out->label = m_str_of(label);
    return M_OK;
}

static m_status serve_policy(void *self, m_call *call, const m_share_document *in,
                             m_share_reference *out)
{
    (void)call;
    uint32_t n = 0;
    const m_module_instance *modules =
        m_registry_modules(((const m_share_server *)self)->registry, &n);
    for (uint32_t i = 0; i < n; i++) {
        const m_policy_def *def = modules[i].replica ? NULL : modules[i].module->policies;
        for (; def && def->name; def++)
            if (m_str_is(in->type, def->name)) out->label = m_str_of(def->label);
    }
    return M_OK;
}

m_sharing m_share_serve(const m_share_server *server)
{
    static const m_sharing_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "sharing"},
        .page = serve_page,
        .exist = serve_exist,
        .reference = serve_reference,
        .policy = serve_policy,
        .digest = serve_digest,
    };
    return (m_sharing){&ops, (void *)(uintptr_t)server};
}
