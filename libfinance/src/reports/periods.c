#include "reports/periods.h"

static bool ends_month(m_date day)
{
    return m_date_cmp(m_date_month((m_date){day.d + 1}), day) > 0;
}

static bool starts_month(m_date day)
{
    return m_date_cmp(m_date_month(day), day) == 0;
}

fin_span fin_span_before(fin_span span)
{
    fin_span before = {.to = {span.from.d - 1}};
    if (starts_month(span.from) && ends_month(span.to)) {
        int months = (int)fin_span_months(span, NULL, 0);
        before.from = m_date_add_months(span.from, -months);
    } else {
        before.from.d = span.from.d - (span.to.d - span.from.d + 1);
    }
    return before;
}

fin_span fin_span_year_ago(fin_span span)
{
    fin_span ago = {m_date_add_months(span.from, -12), m_date_add_months(span.to, -12)};
    if (ends_month(span.to)) ago.to.d = m_date_add_months(m_date_month(span.to), -11).d - 1;
    return ago;
}

uint32_t fin_span_months(fin_span span, fin_span *out, uint32_t room)
{
    uint32_t n = 0;
    for (m_date at = span.from; !m_date_is_none(at) && m_date_cmp(at, span.to) <= 0; n++) {
        m_date next = m_date_add_months(m_date_month(at), 1);
        m_date last = {next.d - 1};
        if (m_date_is_none(next) || m_date_cmp(last, span.to) > 0) last = span.to;
        if (n < room) out[n] = (fin_span){at, last};
        at = next;
    }
    return n;
}

m_str fin_span_label(m_call *call, fin_span span)
{
    char from[M_DATE_TEXT], to[M_DATE_TEXT];
    m_date_format(span.from, from);
    m_date_format(span.to, to);
    bool month = starts_month(span.from) && ends_month(span.to) &&
                 m_date_cmp(m_date_month(span.to), span.from) == 0;
    char *text = month ? m_arena_printf(call->arena, "%.7s", from)
                       : m_arena_printf(call->arena, m_say(call, "%s to %s"), from, to);
    return m_str_of(text);
}
