#include "budget/budget.h"
#include "commitment/commitment.h"
#include "year_closing/year_closing.h"

/* ---- what was used ---- */

static bool whole_months(m_date from, m_date to)
{
    return m_date_cmp(from, m_date_month(from)) == 0 &&
           m_date_cmp((m_date){to.d + 1}, m_date_month((m_date){to.d + 1})) == 0;
}

/* From the turnovers by month where that is exact, else from those by day. */
static m_status posted(fin_module *fin, m_call *call, const fin_budget *budget, m_date from,
                       m_date to, m_dec_sum *out)
{
    bool months = whole_months(from, to);
    const char *date = months ? "month" : "day";
    m_filter filters[] = {{"account", M_OP_EQ, &budget->account},
                          {"cost_center", M_OP_EQ, &budget->cost_center},
                          {date, M_OP_GE, &from},
                          {date, M_OP_LE, &to}};
    m_sum sum = {.type = months ? &m_account_balance_type : &m_account_day_type,
                 .filters = filters,
                 .filter_count = 4,
                 .group_by = ""};
    M_TRY(m_store_sum(fin->store, call, &sum));
    if (sum.out.count != 1) return m_fail(call, m_err_internal, "sum");
    const m_account_balance *row = sum.out.items;
    *out = row->debit - row->credit;
    return M_OK;
}

/* What the closing of the year took off the account is no saving. */
static m_status closed(fin_module *fin, m_call *call, const fin_budget *budget, m_id closing,
                       m_dec_sum *sum)
{
    const void *found = NULL;
    M_TRY(m_store_get(fin->store, call, &fin_year_closing_type, closing, &found));
    const fin_year_closing *document = found;
    if (!document) return m_fail(call, m_err_internal, "the closing of a year is gone");
    for (M_EACH(const fin_closing_line, line, document->lines))
        if (m_id_eq(line->account, budget->account) &&
            m_id_eq(line->cost_center, budget->cost_center))
            *sum -= line->amount.u;
    return M_OK;
}

m_status fin_budget_used(fin_module *fin, m_call *call, const fin_budget *budget,
                         const fin_fiscal_year *year, m_date from, m_date to, fin_budget_use *out)
{
    fin_budget_use use = {0, 0};
    m_filter filters[] = {{"account", M_OP_EQ, &budget->account},
                          {"cost_center", M_OP_EQ, &budget->cost_center},
                          {"date", M_OP_GE, &from},
                          {"date", M_OP_LE, &to}};
    m_sum sum = {
        .type = &fin_commitment_type, .filters = filters, .filter_count = 4, .group_by = ""};
    M_TRY(posted(fin, call, budget, from, to, &use.actual));
    M_TRY(m_store_sum(fin->store, call, &sum));
    if (sum.out.count != 1) return m_fail(call, m_err_internal, "sum");
    use.committed = ((const fin_commitment *)sum.out.items)->open.u;
    if (!m_id_is_null(year->closing) && m_date_cmp(to, year->end) >= 0)
        M_TRY(closed(fin, call, budget, year->closing, &use.actual));
    *out = use;
    return M_OK;
}

m_dec_sum fin_budget_until(const fin_budget *budget, m_date date, m_date *out_end)
{
    m_dec_sum sum = 0;
    for (M_EACH(const fin_budget_period, period, budget->periods)) {
        if (m_date_cmp(period->start, date) > 0) break;
        sum += period->amount.u;
        *out_end = period->end;
    }
    return sum;
}

/* ---- guarding ---- */

typedef struct {
    fin_module *fin;
    m_call *call;
    m_date date;
    const fin_fiscal_year *year;
    m_dec_sum beyond; /* of budgets that warn */
} guard;

static m_status exceed(guard *g, const fin_budget *budget, m_enum action, m_dec_sum over,
                       int64_t line)
{
    if (over <= 0 || action == FIN_BUDGET_IGNORE) return M_OK;
    if (action == FIN_BUDGET_WARN) {
        if (over > g->beyond) g->beyond = over;
        return M_OK;
    }
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(over, 2, text);
    if (line >= 0)
        m_field_fail(g->call, FIN_ERR(BUDGET_EXCEEDED),
                     m_line_path(g->call, "lines", (uint32_t)line, "amount"), "%.*s by %s",
                     M_STR_ARG(budget->name), text);
    return m_fail(g->call, FIN_ERR(BUDGET_EXCEEDED), "%.*s by %s", M_STR_ARG(budget->name), text);
}

static m_status guard_one(guard *g, const fin_budget *budget, m_dec_sum amount, int64_t line)
{
    fin_budget_use use;
    if (budget->action != FIN_BUDGET_IGNORE) {
        M_TRY(
            fin_budget_used(g->fin, g->call, budget, g->year, g->year->start, g->year->end, &use));
        M_TRY(exceed(g, budget, budget->action,
                     amount - fin_available(budget->amount.u, use.actual, use.committed), line));
    }
    if (budget->period_action == FIN_BUDGET_IGNORE) return M_OK;
    m_date end = g->year->end;
    m_dec_sum so_far = fin_budget_until(budget, g->date, &end);
    M_TRY(fin_budget_used(g->fin, g->call, budget, g->year, g->year->start, end, &use));
    return exceed(g, budget, budget->period_action,
                  amount - fin_available(so_far, use.actual, use.committed), line);
}

static const fin_fiscal_year *year_of(const m_fetch *years, m_date date)
{
    for (uint32_t i = 0; i < years->count; i++) {
        const fin_fiscal_year *year = years->records[i];
        if (m_date_cmp(date, year->start) >= 0 && m_date_cmp(date, year->end) <= 0) return year;
    }
    return NULL;
}

static m_status guard_budget(guard *g, const fin_budget *budget, const fin_spending *spendings,
                             uint32_t n)
{
    m_dec_sum sum = 0;
    int64_t line = -1;
    for (uint32_t i = 0; i < n; i++) {
        if (!m_id_eq(spendings[i].account, budget->account) ||
            !m_id_eq(spendings[i].cost_center, budget->cost_center))
            continue;
        sum += spendings[i].amount.u;
        if (spendings[i].amount.u > 0) line = spendings[i].line;
    }
    return sum > 0 ? guard_one(g, budget, sum, line) : M_OK;
}

m_status fin_budget_guard(fin_module *fin, m_call *call, m_date date, const fin_spending *spendings,
                          uint32_t n, m_dec *out_beyond)
{
    guard g = {.fin = fin, .call = call, .date = date};
    m_fetch reads[] = {{.type = &fin_budget_type, .query = &fin_budget_all},
                       {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all}};
    M_TRY(m_store_fetch(fin->store, call, reads, 2));
    g.year = year_of(&reads[1], date);
    for (uint32_t i = 0; g.year && i < reads[0].count; i++) {
        const fin_budget *budget = reads[0].records[i];
        if (m_id_eq(budget->fiscal_year, g.year->id)) M_TRY(guard_budget(&g, budget, spendings, n));
    }
    FIN_TRY(call, m_dec_of_sum(g.beyond, out_beyond));
    return M_OK;
}

m_status fin_budget_guard_lines(fin_module *fin, m_call *call, m_date date, const m_list *lines,
                                const m_list *freed)
{
    fin_spending *spendings =
        m_arena_array(call->arena, (size_t)lines->count + freed->count, sizeof *spendings);
    FIN_NEED(call, spendings);
    uint32_t n = 0;
    m_dec beyond;
    for (M_EACH(const m_book_line, line, *lines))
        spendings[n++] = (fin_spending){line->account, line->cost_center,
                                        (m_dec){line->debit.u - line->credit.u}, -1};
    for (M_EACH(const fin_spending, part, *freed))
        spendings[n++] = *part;
    return fin_budget_guard(fin, call, date, spendings, n, &beyond);
}
