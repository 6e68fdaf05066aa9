#include "m_adapters/relay.h"

#include <stdlib.h>

#include "backoff.h"
#include "m_adapters/codec.h"

#define TIMEOUT_MS 30000
#define SWEEP_STEP 1000
#define US_PER_MS  INT64_C(1000)
#define US_PER_DAY INT64_C(86400000000)

struct m_relay {
    m_relay_config config;
    m_arena *arena; /* of the delivery that runs */
};

m_relay *m_relay_new(const m_relay_config *config)
{
    m_relay *relay = calloc(1, sizeof *relay);
    if (!relay) return NULL;
    relay->config = *config;
    if (!relay->config.timeout_ms) relay->config.timeout_ms = TIMEOUT_MS;
    relay->arena = m_arena_new(0);
    if (!relay->arena) {
        m_relay_free(relay);
        return NULL;
    }
    return relay;
}

void m_relay_free(m_relay *relay)
{
    if (!relay) return;
    m_arena_free(relay->arena);
    free(relay);
}

/* ---- one delivery ---- */

/* The system's own call, on behalf of whoever caused the event. */
static m_call call_for(const m_relay *relay, const m_relay_due *due)
{
    m_call call = {
        .tenant = due->tenant,
        .actor_name = due->row.actor_name,
        .system = true,
        .request_id = due->row.request_id,
        .env = relay->config.env,
        .arena = relay->arena,
    };
    call.deadline.us = m_now(&call).us + relay->config.timeout_ms * US_PER_MS;
    return call;
}

/* The payload as the listener wants it. */
static m_status decode(m_call *call, const m_listener *listener, m_str payload, const void **out)
{
    if (!listener->payload_type) return M_OK;
    void *record = m_record_new(listener->payload_type, call->arena);
    if (!record) return m_fail(call, m_err_memory, "%s", listener->payload_type->name);
    M_TRY(m_json_read(call, listener->payload_type, payload, M_JSON_TRUSTED, record, NULL));
    *out = record;
    return M_OK;
}

static m_status handle(const m_relay *relay, m_call *call, const m_relay_due *due,
                       const m_listener *listener, void *instance)
{
    m_inbox_row row = {.consumer = m_str_of(listener->consumer),
                       .event_id = due->row.id,
                       .handled_at = m_now(call)};
    m_delivery event = {
        .id = due->row.id,
        .type = due->row.type,
        .aggregate = due->row.aggregate,
        .occurred_on = due->row.occurred_on,
        .recorded_at = due->row.recorded_at,
        .payload = due->row.payload,
    };
    M_TRY(decode(call, listener, event.payload, &event.record));
    M_TRY(m_store_insert(relay->config.store, call, &m_inbox_type, &row));
    return listener->handle(instance, call, &event);
}

/* *did: the listener worked; false when it had the event already. */
static m_status deliver(const m_relay *relay, m_call *call, const m_relay_due *due,
                        const m_listener *listener, void *instance, bool *did)
{
    m_uow *uow = relay->config.uow;
    m_inbox_row key = {.consumer = m_str_of(listener->consumer), .event_id = due->row.id};
    const void *keys[] = {&key};
    const void *found = NULL;
    m_fetch want = {.type = &m_inbox_type, .keys = keys, .key_count = 1};
    call->uow = uow;
    M_TRY(uow->ops->begin(uow, call, M_UOW_WRITE, &want, 1));
    uow->ops->mark(uow);
    m_status status = m_store_get_key(relay->config.store, call, &m_inbox_type, &key, &found);
    if (status == M_OK && !found) status = handle(relay, call, due, listener, instance);
    if (status != M_OK || found) {
        uow->ops->rollback(uow);
        return status;
    }
    uow->ops->accept(uow);
    M_TRY(uow->ops->commit(uow, call));
    *did = true;
    return M_OK;
}

/* ---- failures ---- */

static m_str failure_text(m_arena *arena, const m_listener *listener, const m_call *call,
                          m_status status)
{
    const m_error *error = &call->error;
    m_str code = error->code.n ? error->code : m_str_of(m_status_name(status));
    return m_str_of(m_arena_printf(arena, "%s: %.*s: %.*s", listener->consumer, M_STR_ARG(code),
                                   M_STR_ARG(error->message)));
}

static void note_failure(const m_call *call, m_relay_due *due, m_status status, m_str why)
{
    m_outbox_row *row = &due->row;
    row->attempts++;
    row->last_error = why;
    row->next_try_at.us = m_now(call).us + backoff_us(call, row->attempts);
    if (row->attempts >= M_RELAY_ATTEMPTS && !backoff_passes_by(status))
        row->status = M_OUTBOX_DEAD;
    if (call->env->log)
        call->env->log(call->env->self, row->status == M_OUTBOX_DEAD ? "error" : "warn",
                       row->status == M_OUTBOX_DEAD ? "event_dead" : "event_failed", why.p);
}

/* ---- one row ---- */

/* Gives the event to every listener that wants it; one that fails does not stop the others. */
static m_status deliver_all(const m_relay *relay, m_call *call, const m_relay_due *due,
                            m_relay_result *result, m_str *why)
{
    uint32_t n = 0;
    m_status worst = M_OK;
    const m_module_instance *modules = m_registry_modules(relay->config.registry, &n);
    for (uint32_t i = 0; i < n; i++) {
        const m_listener *at = modules[i].module->listeners;
        for (; at && at->type; at++) {
            if (!m_str_is(due->row.type, at->type)) continue;
            bool did = false;
            m_arena_reset(relay->arena);
            m_call inner = call_for(relay, due);
            m_status status = deliver(relay, &inner, due, at, modules[i].instance, &did);
            if (status != M_OK) {
                worst = backoff_passes_by(worst) || worst == M_OK ? status : worst;
                *why = failure_text(call->arena, at, &inner, status);
            }
            if (did) result->delivered++;
        }
    }
    return worst;
}

static m_status mark_done(const m_relay *relay, m_call *call, const m_relay_due *due, uint32_t n)
{
    const m_relay_source *source = &relay->config.source;
    return n ? source->ops->mark_done(source->self, call, due, n) : M_OK;
}

/* What failed is marked at once; what was done, together at the end. */
static m_status run_rows(const m_relay *relay, m_call *call, const m_list *rows, m_relay_due *done,
                         m_relay_result *result)
{
    const m_relay_source *source = &relay->config.source;
    for (M_EACH(m_relay_due, due, *rows)) {
        m_str why = {NULL, 0};
        m_status status = deliver_all(relay, call, due, result, &why);
        if (status == M_OK) {
            done[result->done++] = *due;
            continue;
        }
        note_failure(call, due, status, why);
        if (due->row.status == M_OUTBOX_DEAD)
            result->dead++;
        else
            result->failed++;
        M_TRY(source->ops->mark_failed(source->self, call, due));
    }
    return M_OK;
}

m_status m_relay_run_once(m_relay *relay, m_call *call, m_relay_result *out)
{
    const m_relay_source *source = &relay->config.source;
    m_relay_result result = {0};
    m_list rows = {0};
    M_TRY(source->ops->list_due(source->self, call, M_RELAY_BATCH, &rows));
    result.seen = rows.count;
    m_relay_due *done = m_arena_array(call->arena, rows.count, sizeof *done);
    if (!done) return m_fail(call, m_err_memory, "relay");
    m_status status = run_rows(relay, call, &rows, done, &result);
    m_status marked = mark_done(relay, call, done, result.done);
    if (status == M_OK) status = marked;
    if (status == M_OK) *out = result;
    return status;
}

m_status m_relay_sweep(m_relay *relay, m_call *call, int days, uint32_t *out_removed)
{
    const m_relay_source *source = &relay->config.source;
    m_time before = {m_now(call).us - days * US_PER_DAY};
    uint32_t removed = 0;
    uint32_t step = 0;
    do {
        M_TRY(source->ops->sweep(source->self, call, before, SWEEP_STEP, &step));
        removed += step;
    } while (step);
    *out_removed = removed;
    return M_OK;
}
