#include "fiscal_year/fiscal_year.h"

static void note_overlaps(m_call *call, const fin_fiscal_year *year, const m_fetch *all)
{
    for (uint32_t i = 0; i < all->count; i++) {
        const fin_fiscal_year *other = all->records[i];
        bool apart =
            m_date_cmp(year->end, other->start) < 0 || m_date_cmp(year->start, other->end) > 0;
        if (apart || m_id_eq(year->id, other->id)) continue;
        m_field_fail(call, FIN_ERR(YEAR_OVERLAP), M_STR("start"), "%.*s", M_STR_ARG(other->label));
    }
}

m_status fin_fiscal_year_check(void *module, m_call *call, void *doc, const void *before)
{
    fin_module *fin = module;
    fin_fiscal_year *year = doc;
    if (m_date_is_none(year->start)) return M_OK; /* required */
    if (m_date_is_none(year->end)) year->end.d = m_date_add_months(year->start, 12).d - 1;
    if (!before) {
        m_status status = fin_periods_make(call->arena, year->start, year->end, &year->periods);
        if (status == M_INVALID) {
            m_field_fail(call, FIN_ERR(YEAR_DATES), M_STR("end"), "%s",
                         m_date_cmp(year->end, year->start) < 0 ? "it ends before it starts"
                                                                : "it is too long");
            return M_OK;
        }
        FIN_TRY(call, status);
    }
    if (year->label.n == 0)
        year->label = fin_fiscal_year_label(call->arena, year->start, year->end);
    m_fetch all = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    M_TRY(m_store_fetch(fin->store, call, &all, 1));
    note_overlaps(call, year, &all);
    return M_OK;
}

static m_status set_period(m_call *call, fin_fiscal_year *year, const fin_period_input *in,
                           fin_period_state status)
{
    for (M_EACH(fin_period, period, year->periods)) {
        bool meant =
            in->number ? period->number == in->number : m_date_cmp(period->start, in->start) == 0;
        if (!meant) continue;
        /* locking what is locked keeps the time: nothing can have been posted since */
        if (status != FIN_LOCKED)
            period->locked_at = (m_time){0};
        else if (period->status != FIN_LOCKED)
            period->locked_at = m_now(call);
        period->status = status;
        return M_OK;
    }
    char first[M_DATE_TEXT];
    m_date_format(in->start, first);
    if (in->number)
        m_field_fail(call, FIN_ERR(PERIOD_UNKNOWN), M_STR("number"), "number %lld",
                     (long long)in->number);
    else
        m_field_fail(call, FIN_ERR(PERIOD_UNKNOWN), M_STR("start"), "%s",
                     m_date_is_none(in->start) ? "no number and no first day given" : first);
    return m_failed_fields(call);
}

m_status fin_fiscal_year_soft_close(void *module, m_call *call, void *doc, const void *input)
{
    (void)module;
    return set_period(call, doc, input, FIN_SOFT_CLOSED);
}

m_status fin_fiscal_year_lock(void *module, m_call *call, void *doc, const void *input)
{
    (void)module;
    return set_period(call, doc, input, FIN_LOCKED);
}

m_status fin_fiscal_year_reopen(void *module, m_call *call, void *doc, const void *input)
{
    (void)module;
    return set_period(call, doc, input, FIN_OPEN);
}
