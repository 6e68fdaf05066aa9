/* One event of the owner's. */
#include "internal.h"

/* What every shared document says of itself. */
typedef struct {
    m_id id;
    int64_t version;
} head;
static const m_field head_fields[] = {M_F_ID(head, id, "Id"), M_F_INT(head, version, "Version")};
static const m_type head_type = {
    .name = "replica.head", .size = sizeof(head), M_FIELDS(head_fields)};

/* "core.item.stored" → "core.item" and whether it is gone; false: another event. */
static bool split(m_str event, m_str *type, bool *removed)
{
    const char *dot = event.n ? memrchr(event.p, '.', event.n) : NULL;
    if (!dot) return false;
    *type = (m_str){event.p, (size_t)(dot - event.p)};
    m_str verb = {dot + 1, event.n - type->n - 1};
    *removed = m_str_is(verb, REMOVED);
    return *removed || m_str_is(verb, STORED);
}

bool m_replica_wants(const m_replica *replica, m_str event_type)
{
    m_str type;
    bool removed;
    return split(event_type, &type, &removed) && replica_find(replica, type) != NULL;
}

typedef struct {
    const m_replica *replica;
    const kept *k;
    const m_replica_event *event;
    const void *local; /* the copy as it is; or NULL */
    int64_t version;
    /* While pages come in, a copy may be a leftover of a document that was deleted and made anew
     * with the same id: then its version says nothing, and what is newer is known by seq alone. */
    bool filling;
} news;

static m_status store_it(const news *n, m_call *call, bool *out_used)
{
    void *row = NULL;
    uint32_t displaced = 0;
    if (!n->filling && n->local && rows_version(n->k, n->local) >= n->version) return M_OK;
    M_TRY(rows_read(call, n->k, n->event->aggregate, n->version, n->event->payload, &row));
    const void *rows[] = {row};
    M_TRY(rows_displace(n->replica, call, n->k, rows, 1, &displaced));
    M_TRY(rows_put(n->replica, call, n->k, row));
    *out_used = true;
    return M_OK;
}

static m_status remove_it(const news *n, m_call *call, bool *out_used)
{
    if (!n->local) return M_OK;
    if (!n->filling && rows_version(n->k, n->local) > n->version) return M_OK;
    M_TRY(rows_remove(n->replica, call, n->k, n->event->aggregate));
    *out_used = true;
    return M_OK;
}

m_status m_replica_apply(const m_replica *replica, m_call *call, const m_replica_event *event,
                         bool *out_used)
{
    m_str type;
    bool removed = false;
    bool used = false;
    const m_replica_row *state = NULL;
    const void **found = NULL;
    *out_used = false;
    if (!split(event->type, &type, &removed)) return M_OK;
    news n = {.replica = replica, .k = replica_find(replica, type), .event = event};
    if (!n.k) return M_OK;
    M_TRY(state_get(replica, call, n.k, &state));
    if (state && event->seq <= state->seq) return M_OK; /* in the fill */
    head said = {.version = 0};
    M_TRY(m_json_read(call, &head_type, event->payload, M_JSON_TRUSTED, &said, NULL));
    if (!m_id_eq(said.id, event->aggregate))
        return m_fail(call, m_err_internal, "an event of %s names two documents", n.k->name);
    n.version = said.version;
    n.filling = state && state->status == M_REPLICA_FILLING;
    M_TRY(rows_get(replica, call, n.k, &event->aggregate, 1, &found));
    n.local = found[0];
    M_TRY(removed ? remove_it(&n, call, &used) : store_it(&n, call, &used));
    /* also when it changed nothing: a page read before it must not bring back what it undid */
    if (n.filling) M_TRY(touch_put(replica, call, n.k, event->aggregate, event->seq));
    *out_used = used;
    return M_OK;
}

m_status m_replica_get(const m_replica *replica, m_call *call, const char *type, m_id id,
                       const m_replica_record **out)
{
    const void **found = NULL;
    const kept *k = replica_find(replica, m_str_of(type));
    if (!k || k->type) return m_fail(call, &m_replica_errors[REPLICA_E_KEPT], "%s", type);
    M_TRY(rows_get(replica, call, k, &id, 1, &found));
    *out = found[0];
    return M_OK;
}
