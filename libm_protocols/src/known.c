#include "m/known.h"

/* Events looked at in one round trip: a million are told apart in four. */
#define PROBES 31

#define DAY_US INT64_C(86400000000)

static bool moment_of(m_str text, m_time *out)
{
    m_date day;
    if (m_time_parse(text, out) == M_OK) return true;
    if (m_date_parse(text, &day) != M_OK) return false;
    out->us = ((int64_t)day.d + 1 - M_DATE_1970) * DAY_US - 1;
    return true;
}

static int64_t seq_of(const m_type *events, const void *event)
{
    return *(const int64_t *)m_field_value(events, "seq", event);
}

static int64_t recorded_us(const m_type *events, const void *event)
{
    return ((const m_time *)m_field_value(events, "recorded_at", event))->us;
}

m_status m_known_head(m_store store, m_call *call, const m_type *events, int64_t *out)
{
    m_order last_first = {"seq", true};
    m_query query = {.orders = &last_first, .order_count = 1, .limit = 1, .without_lists = true};
    m_fetch read = {.type = events, .query = &query};
    M_TRY(m_store_fetch(store, call, &read, 1));
    *out = read.count ? seq_of(events, read.records[0]) : 0;
    return M_OK;
}

/* Events up to *low are known, those after *high are not; draws the two together. */
static m_status probe(m_store store, m_call *call, const m_type *events, m_time at, int64_t *low,
                      int64_t *high)
{
    const m_field *field = m_field_find(events, M_STR("seq"));
    const void *asked[PROBES];
    uint32_t n = 0;
    int64_t step = (*high - *low + PROBES) / (PROBES + 1);
    if (step == 0) step = 1;
    for (int64_t seq = *low + step; seq <= *high && n < PROBES; seq += step) {
        void *key = m_record_new(events, call->arena);
        if (!key) return m_fail(call, m_err_memory, NULL);
        *(int64_t *)m_field_at(events, field, key) = seq;
        asked[n++] = key;
    }
    m_fetch read = {.type = events, .keys = asked, .key_count = n};
    M_TRY(m_store_fetch(store, call, &read, 1));
    for (uint32_t i = 0; i < n; i++) {
        const void *event = read.records[i];
        if (!event) return m_fail(call, m_err_internal, "the events have a gap");
        if (recorded_us(events, event) > at.us) {
            *high = seq_of(events, event) - 1;
            return M_OK;
        }
        *low = seq_of(events, event);
    }
    return M_OK;
}

m_status m_known_read(m_store store, m_call *call, const m_type *events, const m_error_def *fault,
                      m_str text, m_known *out)
{
    m_time at;
    m_known known = {.limited = true};
    if (text.n == 0) {
        *out = (m_known){0};
        return M_OK;
    }
    if (!moment_of(text, &at)) {
        m_field_fail(call, fault, M_STR("known_at"), NULL);
        return m_failed_fields(call);
    }
    M_TRY(m_known_head(store, call, events, &known.head));
    int64_t high = known.head;
    while (known.seq < high)
        M_TRY(probe(store, call, events, at, &known.seq, &high));
    if (known.seq == known.head && at.us >= m_now(call).us) known = (m_known){0};
    *out = known;
    return M_OK;
}
