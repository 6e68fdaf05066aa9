#include "fiscal_year/fiscal_year.h"
#include "ledger/ledger.h"
#include "pending_voucher/pending_voucher.h"

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

/* A year that ends before a closed one would take postings that its closing knows nothing of. */
static void note_closed(m_call *call, const fin_fiscal_year *year, const m_fetch *all)
{
    const fin_fiscal_year *closed = fin_closed_year(all, year->end);
    if (closed)
        m_field_fail(call, FIN_ERR(YEAR_CLOSED), M_STR("start"), "%.*s", M_STR_ARG(closed->label));
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
            m_field_fail(call, FIN_ERR(YEAR_DATES), M_STR("end"),
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
    if (!before) note_closed(call, year, &all);
    return M_OK;
}

m_status fin_fiscal_year_on_delete(void *module, m_call *call, const void *doc)
{
    fin_module *fin = module;
    const fin_fiscal_year *year = doc;
    m_filter inside[] = {{"posting_date", M_OP_GE, &year->start},
                         {"posting_date", M_OP_LE, &year->end}};
    m_query query = {.filters = inside, .filter_count = 2};
    uint32_t count;
    if (!m_id_is_null(year->closing))
        return m_fail(call, FIN_ERR(YEAR_CLOSED), "%.*s", M_STR_ARG(year->label));
    M_TRY(m_store_count(fin->store, call, &m_gl_entry_type, &query, 1, &count));
    return count ? m_fail(call, FIN_ERR(YEAR_USED), "%.*s", M_STR_ARG(year->label)) : M_OK;
}

/* The periods up to the end of a closed year stay locked. */
static m_status refuse_closed(fin_module *fin, m_call *call, const fin_period *period)
{
    m_fetch all = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    M_TRY(m_store_fetch(fin->store, call, &all, 1));
    const fin_fiscal_year *closed = fin_closed_year(&all, period->end);
    if (!closed) return M_OK;
    m_field_fail(call, FIN_ERR(YEAR_CLOSED), M_STR("number"), "%.*s", M_STR_ARG(closed->label));
    return m_fail(call, FIN_ERR(YEAR_CLOSED), "%.*s", M_STR_ARG(closed->label));
}

static m_status turnover_of(fin_module *fin, m_call *call, const fin_period *period, m_dec_sum *out)
{
    m_filter dated[] = {{"day", M_OP_GE, &period->start}, {"day", M_OP_LE, &period->end}};
    m_sum sum = {.type = &m_account_day_type, .filters = dated, .filter_count = 2, .group_by = ""};
    M_TRY(m_store_sum(fin->store, call, &sum));
    *out = 0;
    for (M_EACH(const m_account_balance, row, sum.out))
        *out += row->debit;
    return M_OK;
}

m_status fin_period_lock(fin_module *fin, m_call *call, fin_period *period)
{
    if (period->status == FIN_LOCKED) return M_OK; /* nothing can have been posted since */
    M_TRY(fin_refuse_pending(fin, call, period->start, period->end));
    M_TRY(turnover_of(fin, call, period, &period->turnover));
    M_TRY(fin_ledger_head(fin, call, &period->locked_seq));
    period->locked_at = m_now(call);
    period->status = FIN_LOCKED;
    return M_OK;
}

void fin_period_unlock(fin_period *period, m_enum status)
{
    period->locked_at = (m_time){0};
    period->locked_seq = 0;
    period->turnover = 0;
    period->unready = 0;
    period->status = status;
}

/* What the checklist finds is ignored, kept with the period, or reason enough not to lock it. */
static m_status judge_ready(fin_module *fin, m_call *call, fin_period *period)
{
    m_dec action;
    m_str first;
    if (period->status == FIN_LOCKED) return M_OK;
    M_TRY(m_policy(fin->masters, call, FIN_PERIOD_READY, m_today(call),
                   m_dec_of_int(FIN_READY_IGNORE), &action));
    period->unready = 0;
    if (action.u == m_dec_of_int(FIN_READY_IGNORE).u) return M_OK;
    M_TRY(fin_period_unready(fin, call, period->start, &period->unready, &first));
    if (period->unready == 0 || action.u < m_dec_of_int(FIN_READY_STOP).u) return M_OK;
    return m_fail(call, FIN_ERR(PERIOD_UNREADY), "%lld, the first: %.*s",
                  (long long)period->unready, M_STR_ARG(first));
}

static m_status set_period(fin_module *fin, m_call *call, fin_fiscal_year *year,
                           const fin_period_input *in, fin_period_state status)
{
    for (M_EACH(fin_period, period, year->periods)) {
        bool meant =
            in->number ? period->number == in->number : m_date_cmp(period->start, in->start) == 0;
        if (!meant) continue;
        if (status != FIN_LOCKED) M_TRY(refuse_closed(fin, call, period));
        if (status == FIN_LOCKED) {
            M_TRY(judge_ready(fin, call, period));
            return fin_period_lock(fin, call, period);
        }
        fin_period_unlock(period, status);
        return M_OK;
    }
    char first[M_DATE_TEXT];
    m_date_format(in->start, first);
    if (in->number)
        m_field_fail(call, FIN_ERR(PERIOD_UNKNOWN), M_STR("number"), "number %lld",
                     (long long)in->number);
    else
        m_field_fail(call, FIN_ERR(PERIOD_UNKNOWN), M_STR("start"), "%s",
                     m_date_is_none(in->start) ? m_say(call, "no number and no first day given")
                                               : first);
    return m_failed_fields(call);
}

m_status fin_fiscal_year_soft_close(void *module, m_call *call, void *doc, const void *input)
{
    return set_period(module, call, doc, input, FIN_SOFT_CLOSED);
}

m_status fin_fiscal_year_lock(void *module, m_call *call, void *doc, const void *input)
{
    return set_period(module, call, doc, input, FIN_LOCKED);
}

m_status fin_fiscal_year_reopen(void *module, m_call *call, void *doc, const void *input)
{
    return set_period(module, call, doc, input, FIN_OPEN);
}
