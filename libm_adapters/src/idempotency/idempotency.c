#include "m_adapters/idempotency.h"

#include "m_adapters/codec.h"

#define KEY_MAX    200
#define HASH_BYTES 32

const m_error_def m_idempotency_errors[] = {
    {"core.idempotency.key", M_INVALID, "The idempotency key is not usable: %s.",
     "Send a fresh random text, such as a UUID, with every new request."},
    {NULL, M_OK, NULL, NULL},
};

static m_status check_key(m_call *call, m_str key)
{
    if (key.n > KEY_MAX)
        return m_fail(call, &m_idempotency_errors[0], "it has more than %d characters", KEY_MAX);
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] < 0x21 || key.p[i] > 0x7e)
            return m_fail(call, &m_idempotency_errors[0], "it has blanks or special characters");
    return M_OK;
}

/* Short, so that the index stays small whatever clients choose as keys. */
static m_status digest_of(m_call *call, m_str route, m_id *out)
{
    m_buf buf = {.arena = call->arena};
    uint8_t hash[HASH_BYTES];
    m_buf_bytes(&buf, call->actor.b, sizeof call->actor.b);
    m_buf_bytes(&buf, route.p, route.n);
    m_buf_bytes(&buf, "", 1);
    m_buf_bytes(&buf, call->idempotency_key.p, call->idempotency_key.n);
    if (buf.failed) return m_fail(call, m_err_memory, "idempotency key");
    m_sha256(buf.p, buf.n, hash);
    memcpy(out->b, hash, sizeof out->b);
    return M_OK;
}

m_status m_idempotency_ask(m_call *call, m_str route, m_str body, m_idempotency_request *out)
{
    m_id digest = {{0}};
    if (call->idempotency_key.n) {
        M_TRY(check_key(call, call->idempotency_key));
        M_TRY(digest_of(call, route, &digest));
    }
    *out = (m_idempotency_request){digest, body};
    return M_OK;
}

bool m_idempotency_want(m_call *call, const m_idempotency_request *request, m_fetch *out)
{
    if (m_id_is_null(request->digest)) return false;
    m_idempotency_row *key = m_arena_alloc(call->arena, sizeof *key);
    const void **keys = m_arena_alloc(call->arena, sizeof *keys);
    if (!key || !keys) return false;
    key->digest = request->digest;
    keys[0] = key;
    *out = (m_fetch){.type = &m_idempotency_type, .keys = keys, .key_count = 1};
    return true;
}

m_status m_idempotency_find(m_store store, m_call *call, const m_idempotency_request *request,
                            const m_idempotency_row **out)
{
    *out = NULL;
    if (m_id_is_null(request->digest)) return M_OK;
    m_idempotency_row key = {.digest = request->digest};
    const void *found = NULL;
    M_TRY(m_store_get_key(store, call, &m_idempotency_type, &key, &found));
    if (!found) return M_OK;
    const m_idempotency_row *row = found;
    uint8_t hash[HASH_BYTES];
    m_sha256(request->body.p, request->body.n, hash);
    if (row->body_hash.n != HASH_BYTES || memcmp(row->body_hash.p, hash, HASH_BYTES) != 0)
        return m_fail(call, m_err_key_reused, "%.*s", M_STR_ARG(call->idempotency_key));
    *out = row;
    return M_OK;
}

m_status m_idempotency_keep(m_store store, m_call *call, const m_idempotency_request *request,
                            int http_status, m_str reply, m_id reply_id, int64_t reply_version)
{
    if (m_id_is_null(request->digest)) return M_OK;
    uint8_t *hash = m_arena_alloc(call->arena, HASH_BYTES);
    if (!hash) return m_fail(call, m_err_memory, "idempotency key");
    m_sha256(request->body.p, request->body.n, hash);
    m_idempotency_row row = {.digest = request->digest,
                             .body_hash = {(const char *)hash, HASH_BYTES},
                             .http_status = http_status,
                             .reply = reply,
                             .reply_id = reply_id,
                             .reply_version = reply_version,
                             .created_at = m_now(call)};
    return m_store_insert(store, call, &m_idempotency_type, &row);
}

m_status m_idempotency_sweep(m_store store, m_call *call, m_time before, uint32_t limit,
                             uint32_t *out_removed)
{
    m_filter old = {"created_at", M_OP_LT, &before};
    m_order oldest = {"created_at", false}; /* in key order the server would walk the whole key */
    m_query query = {
        .filters = &old, .filter_count = 1, .orders = &oldest, .order_count = 1, .limit = limit};
    m_fetch rows = {.type = &m_idempotency_type, .query = &query};
    M_TRY(m_store_fetch(store, call, &rows, 1));
    for (uint32_t i = 0; i < rows.count; i++)
        M_TRY(m_store_remove(store, call, &m_idempotency_type, rows.records[i]));
    *out_removed = rows.count;
    return M_OK;
}
