#include "reports/known.h"
#include "ledger/ledger.h"

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

/* Events up to *low are known, those after *high are not; draws the two together. */
static m_status probe(fin_module *fin, m_call *call, m_time at, int64_t *low, int64_t *high)
{
    m_book_event keys[PROBES];
    const void *asked[PROBES];
    uint32_t n = 0;
    int64_t step = (*high - *low + PROBES) / (PROBES + 1);
    if (step == 0) step = 1;
    for (int64_t seq = *low + step; seq <= *high && n < PROBES; seq += step) {
        keys[n] = (m_book_event){.seq = seq};
        asked[n] = &keys[n];
        n++;
    }
    m_fetch read = {.type = &m_book_event_type, .keys = asked, .key_count = n};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    for (uint32_t i = 0; i < n; i++) {
        const m_book_event *event = read.records[i];
        if (!event) return m_fail(call, m_err_internal, "the events have a gap");
        if (event->recorded_at.us > at.us) {
            *high = event->seq - 1;
            return M_OK;
        }
        *low = event->seq;
    }
    return M_OK;
}

m_status fin_known_read(fin_module *fin, m_call *call, m_str text, fin_known *out)
{
    m_time at;
    fin_known known = {.limited = true};
    if (text.n == 0) {
        *out = (fin_known){0};
        return M_OK;
    }
    if (!moment_of(text, &at)) {
        m_field_fail(call, FIN_ERR(KNOWN_AT), M_STR("known_at"), NULL);
        return m_failed_fields(call);
    }
    M_TRY(fin_ledger_head(fin, call, &known.head));
    int64_t high = known.head;
    while (known.seq < high)
        M_TRY(probe(fin, call, at, &known.seq, &high));
    if (known.seq == known.head && at.us >= m_now(call).us) known = (fin_known){0};
    *out = known;
    return M_OK;
}

bool fin_known_from_behind(const fin_known *known)
{
    return known->head - known->seq <= known->seq;
}
