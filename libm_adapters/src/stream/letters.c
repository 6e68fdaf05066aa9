/* Dead letters: kept in order per aggregate, tried again, replayed, discarded. */
#include "consumer.h"

#include "../relay/backoff.h"

/* ---- writing ---- */

m_id letter_id(const m_call *call, m_id event, const char *consumer)
{
    uint8_t bytes[sizeof event + 80];
    size_t n = strnlen(consumer, 80);
    memcpy(bytes, &event, sizeof event);
    memcpy(bytes + sizeof event, consumer, n);
    return call->env->derive_id(call->env->self, bytes, sizeof event + n);
}

m_status letter_write(const m_consumer *c, m_call *inner, m_str producer,
                      const m_stream_event *event, const receiver *to, m_letter_state state,
                      m_str cause)
{
    m_time now = m_now(inner);
    m_dead_letter letter = {
        .id = letter_id(inner, event->event_id, to->consumer),
        .consumer = m_str_of(to->consumer),
        .producer = producer,
        .seq = event->seq,
        .event = event->event_id,
        .type = event->type,
        .aggregate = event->aggregate,
        .occurred_on = event->occurred_on,
        .recorded_at = event->recorded_at,
        .actor_name = event->actor_name,
        .request_id = event->request_id,
        .payload = event->payload,
        .state = state,
        .cause = cause,
        .since = now,
    };
    if (state == M_LETTER_WAITING) {
        letter.attempts = 1;
        letter.next_try_at.us = now.us + backoff_us(inner, 1);
        tell(c, "warn", "event_failed", cause);
    }
    return m_store_put(c->config.store, inner, &m_dead_letter_type, &letter);
}

static m_status find_letter(m_store store, m_call *call, m_str consumer, m_id aggregate,
                            m_filter_op op, m_letter_state state, const m_dead_letter **out)
{
    m_enum wanted = state;
    m_filter filters[] = {{"consumer", M_OP_EQ, &consumer},
                          {"aggregate", M_OP_EQ, &aggregate},
                          {"state", op, &wanted}};
    m_order oldest = {"seq", false};
    m_query query = {
        .filters = filters, .filter_count = 3, .orders = &oldest, .order_count = 1, .limit = 1};
    m_fetch letters = {.type = &m_dead_letter_type, .query = &query};
    M_TRY(m_store_fetch(store, call, &letters, 1));
    *out = letters.count ? letters.records[0] : NULL;
    return M_OK;
}

m_status letter_before(const m_consumer *c, m_call *inner, const char *consumer, m_id aggregate,
                       bool *out)
{
    const m_dead_letter *found = NULL;
    M_TRY(find_letter(c->config.store, inner, m_str_of(consumer), aggregate, M_OP_NE,
                      M_LETTER_DISCARDED, &found));
    *out = found != NULL;
    return M_OK;
}

/* The one parked behind it is first now, and tried at once. *out: null when there is none. */
static m_status move_up(m_store store, m_call *call, const m_dead_letter *gone, m_id *out)
{
    const m_dead_letter *next = NULL;
    *out = (m_id){{0}};
    if (m_id_is_null(gone->aggregate)) return M_OK;
    M_TRY(
        find_letter(store, call, gone->consumer, gone->aggregate, M_OP_EQ, M_LETTER_PARKED, &next));
    if (!next) return M_OK;
    m_dead_letter first = *next;
    first.state = M_LETTER_WAITING;
    first.next_try_at = m_now(call);
    *out = first.id;
    return m_store_update(store, call, &m_dead_letter_type, &first);
}

/* ---- by hand ---- */

static m_status load_first(m_store store, m_call *call, m_id id, m_dead_letter *out)
{
    const void *found = NULL;
    M_TRY(m_store_need(store, call, &m_dead_letter_type, id, &found));
    *out = *(const m_dead_letter *)found;
    if (out->state == M_LETTER_PARKED)
        return m_fail(call, m_err_state, "it stands behind another letter of its aggregate");
    if (out->state == M_LETTER_DISCARDED) return m_fail(call, m_err_state, "it was discarded");
    return M_OK;
}

m_status m_letter_replay(m_store store, m_call *call, m_id letter)
{
    m_dead_letter row;
    M_TRY(load_first(store, call, letter, &row));
    row.state = M_LETTER_WAITING;
    row.attempts = 0;
    row.next_try_at = m_now(call);
    return m_store_update(store, call, &m_dead_letter_type, &row);
}

m_status m_letter_discard(m_store store, m_call *call, m_id letter, m_str reason)
{
    m_dead_letter row;
    m_id next;
    M_TRY(load_first(store, call, letter, &row));
    row.state = M_LETTER_DISCARDED;
    row.settled_by = call->actor_name;
    row.reason = reason;
    M_TRY(move_up(store, call, &row, &next));
    return m_store_update(store, call, &m_dead_letter_type, &row);
}

/* ---- trying again ---- */

typedef struct {
    m_consumer *c;
    m_call *call;
    m_call inner;
    m_retry_result result;
    uint32_t rounds;
} trying;

static m_status load_due(const trying *y, m_call *inner, m_id id, m_dead_letter *out, bool *due)
{
    const void *found = NULL;
    M_TRY(m_store_get(y->c->config.store, inner, &m_dead_letter_type, id, &found));
    *due = found && ((const m_dead_letter *)found)->state == M_LETTER_WAITING;
    if (*due) *out = *(const m_dead_letter *)found;
    return M_OK;
}

static m_status deliver(const trying *y, m_call *inner, const m_dead_letter *letter)
{
    receiver to[RECEIVERS_MAX];
    uint32_t n = 0;
    m_stream_event event = {
        .seq = letter->seq,
        .event_id = letter->event,
        .type = letter->type,
        .aggregate = letter->aggregate,
        .occurred_on = letter->occurred_on,
        .recorded_at = letter->recorded_at,
        .actor_name = letter->actor_name,
        .request_id = letter->request_id,
        .payload = letter->payload,
    };
    M_TRY(receivers_of(y->c, inner, letter->type, to, &n));
    for (uint32_t i = 0; i < n; i++)
        if (m_str_is(letter->consumer, to[i].consumer))
            return give(y->c, inner, letter->producer, &event, &to[i]);
    return m_fail(inner, m_err_unsupported, "nobody listens to this event any more");
}

/* The letter's own transaction: what it does, the letter gone, the next one first. */
static m_status try_in(trying *y, m_id id, bool *due, m_id *next)
{
    m_call *inner = &y->inner;
    m_dead_letter letter;
    m_store store = y->c->config.store;
    M_TRY(load_due(y, inner, id, &letter, due));
    if (!*due) return M_OK;
    M_TRY(deliver(y, inner, &letter));
    M_TRY(m_store_remove(store, inner, &m_dead_letter_type, &letter));
    return move_up(store, inner, &letter, next);
}

static m_status begin_write(trying *y)
{
    m_uow *uow = y->c->config.uow;
    return uow->ops->begin(uow, &y->inner, M_UOW_WRITE, NULL, 0);
}

static m_status note_in(trying *y, m_id id, m_status status, m_str cause)
{
    m_call *inner = &y->inner;
    m_dead_letter letter;
    bool due = false;
    M_TRY(load_due(y, inner, id, &letter, &due));
    if (!due) return M_OK;
    letter.attempts++;
    letter.cause = cause;
    letter.next_try_at.us = m_now(inner).us + backoff_us(inner, letter.attempts);
    if (letter.attempts >= M_LETTER_ATTEMPTS && !backoff_passes_by(status)) {
        letter.state = M_LETTER_DEAD;
        y->result.dead++;
        tell(y->c, "error", "event_dead", cause);
    }
    return m_store_update(y->c->config.store, inner, &m_dead_letter_type, &letter);
}

static m_status note_failure(trying *y, m_id id, m_status status)
{
    m_uow *uow = y->c->config.uow;
    m_str cause = cause_of(y->c->arena, &y->inner, status);
    y->result.failed++;
    M_TRY(begin_write(y));
    m_status noted = note_in(y, id, status, cause);
    if (noted == M_OK) return uow->ops->commit(uow, &y->inner);
    uow->ops->rollback(uow);
    return noted;
}

/* *next: the letter behind it, when this one was taken. */
static m_status try_letter(trying *y, m_id id, m_id *next)
{
    m_uow *uow = y->c->config.uow;
    bool due = false;
    m_status status;
    *next = (m_id){{0}};
    do {
        M_TRY(begin_write(y));
        uow->ops->mark(uow);
        status = try_in(y, id, &due, next);
        if (status == M_OK) uow->ops->accept(uow);
        if (status == M_OK && due)
            status = uow->ops->commit(uow, &y->inner);
        else
            uow->ops->rollback(uow);
    } while (status != M_OK && asked_again(y->c, &y->inner, status, &y->rounds));
    if (status == M_OK) {
        y->result.taken += due;
        return M_OK;
    }
    *next = (m_id){{0}};
    return note_failure(y, id, status);
}

static m_status list_waiting(trying *y, m_time until, uint32_t limit, m_list *out)
{
    m_uow *uow = y->c->config.uow;
    m_enum waiting = M_LETTER_WAITING;
    m_filter filters[] = {{"state", M_OP_EQ, &waiting}, {"next_try_at", M_OP_LE, &until}};
    m_order soonest = {"next_try_at", false};
    m_query query = {.filters = filters,
                     .filter_count = until.us ? 2 : 1,
                     .orders = &soonest,
                     .order_count = 1,
                     .limit = limit};
    m_fetch letters = {.type = &m_dead_letter_type, .query = &query};
    M_TRY(uow->ops->begin(uow, &y->inner, M_UOW_READ, NULL, 0));
    m_status status = m_store_fetch(y->c->config.store, &y->inner, &letters, 1);
    m_dead_letter *rows = m_arena_array(y->c->arena, letters.count, sizeof *rows);
    for (uint32_t i = 0; status == M_OK && rows && i < letters.count; i++)
        rows[i] = *(const m_dead_letter *)letters.records[i]; /* ids and times are looked at */
    uow->ops->rollback(uow);
    if (status == M_OK && !rows) return m_fail(&y->inner, m_err_memory, "letters");
    *out = (m_list){rows, letters.count};
    return status;
}

static m_status retry(trying *y, uint32_t limit)
{
    m_list due;
    M_TRY(list_waiting(y, m_now(&y->inner), limit, &due));
    uint32_t left = limit;
    for (uint32_t i = 0; i < due.count && left; i++) {
        m_id id = M_AT(due, m_dead_letter, i)->id;
        for (; left && !m_id_is_null(id); left--) {
            m_id next;
            y->rounds = 0;
            M_TRY(try_letter(y, id, &next));
            id = next;
        }
    }
    M_TRY(list_waiting(y, (m_time){0}, 1, &due));
    if (due.count) y->result.next = M_AT(due, m_dead_letter, 0)->next_try_at;
    return M_OK;
}

m_status m_consumer_retry(m_consumer *consumer, m_call *call, uint32_t limit, m_retry_result *out)
{
    m_arena_reset(consumer->arena);
    trying y = {.c = consumer, .call = call};
    y.inner = inner_call(consumer, call);
    m_status status = retry(&y, limit);
    if (status != M_OK) {
        error_over(call, &y.inner);
        return status;
    }
    *out = y.result;
    return M_OK;
}
