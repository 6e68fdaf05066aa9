/* Numbers for events that leave, in the order of the commits. */
#include "../events/outbox_row.h"
#include "m_adapters/stream.h"

/* What comes after the head; the head itself is moved on with it. */
m_status m_outgoing_head(m_store store, m_call *call, int64_t *out_seq, m_id *out_last)
{
    m_outgoing_mark key = {.reader = M_STR(M_READER_HEAD)};
    const void *found = NULL;
    M_TRY(m_store_get_key(store, call, &m_outgoing_mark_type, &key, &found));
    const m_outgoing_mark *head = found;
    *out_seq = head ? head->seq : 0;
    *out_last = head ? head->last : (m_id){{0}};
    return M_OK;
}

static m_status next_number(m_store store, m_call *call, m_stream_event *event)
{
    int64_t seq;
    M_TRY(m_outgoing_head(store, call, &seq, &event->previous));
    event->seq = seq + 1;
    m_outgoing_mark head = {.reader = M_STR(M_READER_HEAD),
                            .seq = event->seq,
                            .last = event->event_id,
                            .at = event->recorded_at};
    return m_store_put(store, call, &m_outgoing_mark_type, &head);
}

static m_status put_outgoing(m_store store, m_call *call, const m_event *event)
{
    m_stream_event row = {
        .event_id = m_new_id(call),
        .type = m_str_of(event->type),
        .aggregate = event->aggregate,
        .address = m_str_of(event->address),
        .occurred_on = m_date_is_none(event->occurred_on) ? m_today(call) : event->occurred_on,
        .recorded_at = m_now(call),
        .actor_name = call->actor_name,
        .request_id = call->request_id,
        .trace_parent = call->trace_parent,
        .idempotency_key = call->idempotency_key,
        .schema_version = OUTBOX_SCHEMA_VERSION,
    };
    M_TRY(outbox_payload(call, event, &row.payload));
    M_TRY(next_number(store, call, &row));
    return m_store_insert(store, call, &m_stream_event_type, &row);
}

static m_status emit(void *self, m_call *call, const m_event *event)
{
    m_outgoing *out = self;
    m_str address = m_str_of(event->address);
    bool for_us = !address.n || (out->address && m_str_is(address, out->address));
    if (for_us && out->registry && m_registry_listens(out->registry, m_str_of(event->type))) {
        M_TRY(outbox_put(out->store, call, event, M_OUTBOX_READY));
        out->wanted++;
    }
    if (address.n && for_us) return M_OK;
    M_TRY(put_outgoing(out->store, call, event));
    out->told++;
    return M_OK;
}

m_events m_outgoing_events(m_outgoing *outgoing)
{
    static const m_events_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "events"}, .emit = emit};
    return (m_events){&ops, outgoing};
}

bool m_outgoing_want(m_call *call, m_fetch *out)
{
    m_outgoing_mark *key = m_arena_alloc(call->arena, sizeof *key);
    const void **keys = m_arena_alloc(call->arena, sizeof *keys);
    if (!key || !keys) return false;
    *key = (m_outgoing_mark){.reader = M_STR(M_READER_HEAD)};
    keys[0] = key;
    *out = (m_fetch){.type = &m_outgoing_mark_type, .keys = keys, .key_count = 1};
    return true;
}
