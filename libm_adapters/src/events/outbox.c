#include "m_adapters/outbox.h"

#include "m_adapters/codec.h"
#include "outbox_row.h"

m_status outbox_payload(m_call *call, const m_event *event, m_str *out)
{
    m_buf buf = {.arena = call->arena};
    *out = event->payload_json;
    if (out->n) return M_OK;
    m_json_record(&buf, event->payload_type, event->payload, NULL);
    if (buf.failed) return m_fail(call, m_err_memory, "event %s", event->type);
    *out = m_buf_str(&buf);
    return M_OK;
}

/* A row that is done already keeps no payload: nobody is going to read it. */
m_status outbox_put(m_store store, m_call *call, const m_event *event, m_outbox_status status)
{
    m_str payload = M_STR("{}");
    if (status != M_OUTBOX_DONE) M_TRY(outbox_payload(call, event, &payload));
    m_outbox_row row = {
        .id = m_new_id(call),
        .type = m_str_of(event->type),
        .aggregate = event->aggregate,
        .occurred_on = m_date_is_none(event->occurred_on) ? m_today(call) : event->occurred_on,
        .recorded_at = m_now(call),
        .actor_name = call->actor_name,
        .request_id = call->request_id,
        .idempotency_key = call->idempotency_key,
        .schema_version = OUTBOX_SCHEMA_VERSION,
        .payload = payload,
        .status = status,
    };
    row.next_try_at = row.recorded_at;
    return m_store_insert(store, call, &m_outbox_type, &row);
}

static m_status emit(void *self, m_call *call, const m_event *event)
{
    return outbox_put(*(const m_store *)self, call, event, M_OUTBOX_READY);
}

static m_status emit_here(void *self, m_call *call, const m_event *event)
{
    m_outbox_here *here = self;
    bool wanted = m_registry_listens(here->registry, m_str_of(event->type));
    here->wanted += wanted;
    return outbox_put(here->store, call, event, wanted ? M_OUTBOX_READY : M_OUTBOX_DONE);
}

m_events m_outbox_here_events(m_outbox_here *here)
{
    static const m_events_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "events"}, .emit = emit_here};
    return (m_events){&ops, here};
}

m_events m_outbox_events(const m_store *store)
{
    static const m_events_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "events"}, .emit = emit};
    return (m_events){&ops, (void *)(uintptr_t)store};
}

m_status m_outbox_revive(m_store store, m_call *call, m_id event_id)
{
    const void *found = NULL;
    M_TRY(m_store_need(store, call, &m_outbox_type, event_id, &found));
    m_outbox_row row = *(const m_outbox_row *)found;
    if (row.status == M_OUTBOX_DONE || (row.status == M_OUTBOX_READY && !row.attempts))
        return m_fail(call, m_err_state, "the event did not fail");
    row.status = M_OUTBOX_READY;
    row.attempts = 0;
    row.next_try_at = m_now(call);
    return m_store_update(store, call, &m_outbox_type, &row);
}

m_status m_outbox_discard(m_store store, m_call *call, m_id event_id)
{
    const void *found = NULL;
    M_TRY(m_store_need(store, call, &m_outbox_type, event_id, &found));
    m_outbox_row row = *(const m_outbox_row *)found;
    if (row.status == M_OUTBOX_DONE) return m_fail(call, m_err_state, "the event is done");
    row.status = M_OUTBOX_DONE;
    return m_store_update(store, call, &m_outbox_type, &row);
}
