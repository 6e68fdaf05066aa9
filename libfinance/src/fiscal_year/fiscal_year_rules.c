#include "fiscal_year/fiscal_year.h"

m_status fin_periods_make(m_arena *arena, m_date start, m_date end, m_list *out)
{
    fin_period *periods = m_arena_array(arena, FIN_PERIODS_MAX, sizeof *periods);
    if (!periods) return M_NOMEM;
    uint32_t n = 0;
    for (m_date at = start; m_date_cmp(at, end) <= 0;) {
        if (n == FIN_PERIODS_MAX) return M_INVALID;
        m_date next = m_date_add_months(m_date_month(at), 1);
        m_date last = {next.d - 1};
        if (m_date_cmp(last, end) > 0) last = end;
        periods[n] = (fin_period){.number = n + 1, .start = at, .end = last, .status = FIN_OPEN};
        n++;
        at = next;
    }
    if (n == 0) return M_INVALID;
    *out = (m_list){periods, n};
    return M_OK;
}

m_str fin_fiscal_year_label(m_arena *arena, m_date start, m_date end)
{
    int first, last, month, day;
    m_date_split(start, &first, &month, &day);
    m_date_split(end, &last, &month, &day);
    char *text = first == last ? m_arena_printf(arena, "%d", first)
                               : m_arena_printf(arena, "%d-%02d", first, last % 100);
    return m_str_of(text);
}

const fin_period *fin_period_find(const m_fetch *years, m_date date)
{
    for (uint32_t i = 0; i < years->count; i++) {
        const fin_fiscal_year *year = years->records[i];
        if (m_date_cmp(date, year->start) < 0 || m_date_cmp(date, year->end) > 0) continue;
        for (M_EACH(const fin_period, period, year->periods))
            if (m_date_cmp(date, period->start) >= 0 && m_date_cmp(date, period->end) <= 0)
                return period;
    }
    return NULL;
}

const fin_fiscal_year *fin_closed_year(const m_fetch *years, m_date date)
{
    for (uint32_t i = 0; i < years->count; i++) {
        const fin_fiscal_year *year = years->records[i];
        if (!m_id_is_null(year->closing) && m_date_cmp(date, year->end) <= 0) return year;
    }
    return NULL;
}

static m_status refuse(m_call *call, const m_error_def *def, const char *path, const char *detail)
{
    if (path) m_field_fail(call, def, m_str_of(path), "%s", detail);
    return m_fail(call, def, "%s", detail);
}

m_status fin_period_check(m_call *call, const m_fetch *years, m_date date, const char *path)
{
    char detail[2 * M_DATE_TEXT + 4];
    m_date_format(date, detail);
    const fin_period *period = fin_period_find(years, date);
    if (!period) return refuse(call, FIN_ERR(PERIOD_MISSING), path, detail);
    if (period->status == FIN_OPEN) return M_OK;
    m_date_format(period->start, detail);
    memcpy(detail + M_DATE_TEXT - 1, " to ", 4);
    m_date_format(period->end, detail + M_DATE_TEXT + 3);
    if (period->status == FIN_LOCKED) return refuse(call, FIN_ERR(PERIOD_LOCKED), path, detail);
    bool may = call->system || m_call_has_role(call, FIN_MANAGER) ||
               m_call_has_role(call, "Administrator");
    return may ? M_OK : refuse(call, FIN_ERR(PERIOD_SOFT_CLOSED), path, detail);
}
