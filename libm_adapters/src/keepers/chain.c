#include "keepers.h"

#include "m_adapters/codec.h"

m_status m_chain_next(m_arena *arena, const m_chain *chain, m_str payload,
                      uint8_t out[M_HASH_BYTES])
{
    m_arena_mark mark = m_arena_tell(arena);
    uint8_t *text = m_arena_array(arena, 1, M_HASH_BYTES + payload.n);
    if (!text) return M_NOMEM;
    memcpy(text, chain->hash, M_HASH_BYTES);
    if (payload.n) memcpy(text + M_HASH_BYTES, payload.p, payload.n);
    m_sha256(text, M_HASH_BYTES + payload.n, out);
    m_arena_back(arena, mark);
    return M_OK;
}

bool m_chain_verify(m_arena *arena, m_chain *chain, int64_t seq, m_str payload, m_str hash,
                    const char **why)
{
    uint8_t expected[M_HASH_BYTES];
    if (seq != chain->seq + 1)
        *why = "the sequence has a gap or a repetition";
    else if (m_chain_next(arena, chain, payload, expected) != M_OK)
        *why = "memory is short";
    else if (hash.n != M_HASH_BYTES || memcmp(hash.p, expected, M_HASH_BYTES) != 0)
        *why = "the hash does not match the event and its predecessor";
    else {
        chain->seq = seq;
        memcpy(chain->hash, expected, M_HASH_BYTES);
        return true;
    }
    return false;
}

m_status m_keeper_chain(m_call *call, const m_stream_head *head, m_chain *out)
{
    if (!head) {
        *out = (m_chain){0};
        return M_OK;
    }
    if (head->hash.n != M_HASH_BYTES)
        return m_fail(call, m_err_internal, "the head of %.*s is damaged", M_STR_ARG(head->stream));
    out->seq = head->seq;
    memcpy(out->hash, head->hash.p, M_HASH_BYTES);
    return M_OK;
}

m_status m_keeper_seal(m_call *call, const m_type *payload_type, const void *event,
                       const m_chain *chain, m_str *out_payload, m_str *out_hash)
{
    m_buf buf = {.arena = call->arena};
    m_json_canonical(&buf, payload_type, event);
    uint8_t *hash = m_arena_alloc(call->arena, M_HASH_BYTES);
    if (buf.failed || !hash || m_chain_next(call->arena, chain, m_buf_str(&buf), hash) != M_OK)
        return m_fail(call, m_err_memory, "%s", payload_type->name);
    *out_payload = m_buf_str(&buf);
    *out_hash = (m_str){(const char *)hash, M_HASH_BYTES};
    return M_OK;
}

m_status m_keeper_advance(m_store store, m_call *call, const char *stream, int64_t seq, m_str hash)
{
    m_stream_head head = {.stream = m_str_of(stream), .seq = seq, .hash = hash};
    return m_store_put(store, call, &m_stream_head_type, &head);
}

m_status m_keeper_parse(m_call *call, const m_type *payload_type, m_str payload, const void **out)
{
    void *record = m_record_new(payload_type, call->arena);
    if (!record) return m_fail(call, m_err_memory, "%s", payload_type->name);
    M_TRY(m_json_read(call, payload_type, payload, M_JSON_TRUSTED, record, NULL));
    *out = record;
    return M_OK;
}
