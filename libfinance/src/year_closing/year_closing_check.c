/* The draft of a year closing: what it would close. */
#include "account/account.h"
#include "posting_rule/posting_rule.h"
#include "year_closing/year_closing.h"

typedef struct {
    fin_module *fin;
    m_call *call;
    fin_year_closing *closing;
    m_fetch years;
    m_fetch accounts;
    m_fetch rules;
    m_list leaves; /* m_id: accounts of income and expense that take postings */
    const fin_fiscal_year *year;
} drafting;

static m_status read_all(drafting *d)
{
    m_fetch reads[] = {{.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all},
                       {.type = &fin_account_type, .query = &fin_account_all},
                       {.type = &fin_posting_rule_type, .query = &fin_posting_rule_all}};
    M_TRY(m_store_fetch(d->fin->store, d->call, reads, 3));
    d->years = reads[0];
    d->accounts = reads[1];
    d->rules = reads[2];
    d->year = fin_year_find(&d->years, d->closing->fiscal_year);
    m_id *leaves = m_arena_array(d->call->arena, d->accounts.count, sizeof *leaves);
    FIN_NEED(d->call, leaves);
    d->leaves = (m_list){leaves, 0};
    for (uint32_t i = 0; i < d->accounts.count; i++) {
        const fin_account *account = d->accounts.records[i];
        if (fin_account_is_result(account) && !account->is_group)
            leaves[d->leaves.count++] = account->id;
    }
    return M_OK;
}

static const fin_account *account_of(const drafting *d, m_id id)
{
    for (uint32_t i = 0; i < d->accounts.count; i++) {
        const fin_account *account = d->accounts.records[i];
        if (m_id_eq(account->id, id)) return account;
    }
    return NULL;
}

static void fill_account(const drafting *d)
{
    fin_year_closing *closing = d->closing;
    if (m_id_is_null(closing->retained_earnings)) {
        const fin_posting_rule *rule =
            fin_posting_rule_find(&d->rules, M_STR("retained_earnings"), (m_id){{0}});
        if (!rule) {
            m_field_fail(d->call, FIN_ERR(POSTING_UNMAPPED), M_STR("retained_earnings"),
                         "retained_earnings");
            return;
        }
        closing->retained_earnings = rule->account;
    }
    const fin_account *account = account_of(d, closing->retained_earnings);
    if (!account) return; /* told as a link that leads nowhere */
    const m_error_def *fault = NULL;
    if (account->root_type != FIN_EQUITY) fault = FIN_ERR(CLOSING_ACCOUNT);
    if (account->is_group) fault = FIN_ERR(ACCOUNT_GROUP);
    if (!account->active) fault = FIN_ERR(ACCOUNT_INACTIVE);
    if (fault)
        m_field_fail(d->call, fault, M_STR("retained_earnings"), "%.*s %.*s",
                     M_STR_ARG(account->code), M_STR_ARG(account->name));
}

static void fill_date(const drafting *d)
{
    fin_year_closing *closing = d->closing;
    const fin_fiscal_year *year = d->year;
    if (m_date_is_none(closing->posting_date)) closing->posting_date = year->end;
    const fin_period *last = M_AT(year->periods, const fin_period, year->periods.count - 1);
    char from[M_DATE_TEXT], to[M_DATE_TEXT];
    if (m_date_cmp(closing->posting_date, last->start) >= 0 &&
        m_date_cmp(closing->posting_date, last->end) <= 0)
        return;
    m_date_format(last->start, from);
    m_date_format(last->end, to);
    m_field_fail(d->call, FIN_ERR(CLOSING_DATE), M_STR("posting_date"), "%s to %s", from, to);
}

/* ---- results ---- */

/* A year that cuts a month is read by days. */
static m_status sum_year(const drafting *d, const fin_fiscal_year *year, m_sum *out)
{
    bool whole = m_date_cmp(m_date_month(year->start), year->start) == 0 &&
                 m_date_cmp(m_date_month((m_date){year->end.d + 1}), year->end) > 0;
    const char *day = whole ? "month" : "day";
    m_filter filters[] = {
        {"account", M_OP_IN, &d->leaves}, {day, M_OP_GE, &year->start}, {day, M_OP_LE, &year->end}};
    *out = (m_sum){.type = whole ? &m_account_balance_type : &m_account_day_type,
                   .filters = filters,
                   .filter_count = 3,
                   .group_by = "cost_center,account"};
    m_status status = m_store_sum(d->fin->store, d->call, out);
    out->filters = NULL;
    return status;
}

/* *out: fin_result_balance of all that is not zero, by cost center. */
static m_status read_results(const drafting *d, const fin_fiscal_year *year, m_list *out)
{
    m_sum sum;
    M_TRY(sum_year(d, year, &sum));
    fin_result_balance *results = m_arena_array(d->call->arena, sum.out.count, sizeof *results);
    FIN_NEED(d->call, results);
    uint32_t n = 0;
    for (uint32_t i = 0; i < sum.out.count; i++) {
        const m_account_balance *row = M_AT(sum.out, const m_account_balance, i);
        m_dec_sum balance = row->debit - row->credit;
        if (balance) results[n++] = (fin_result_balance){row->account, row->cost_center, balance};
    }
    *out = (m_list){results, n};
    return M_OK;
}

/* A year is closed once, and after those before it. */
static m_status check_order(const drafting *d)
{
    if (!m_id_is_null(d->year->closing) && !m_id_eq(d->year->closing, d->closing->id))
        m_field_fail(d->call, FIN_ERR(YEAR_CLOSED), M_STR("fiscal_year"), "%.*s",
                     M_STR_ARG(d->year->label));
    for (uint32_t i = 0; i < d->years.count; i++) {
        const fin_fiscal_year *other = d->years.records[i];
        m_list results;
        if (m_date_cmp(other->start, d->year->start) >= 0 || !m_id_is_null(other->closing))
            continue;
        M_TRY(read_results(d, other, &results));
        if (results.count)
            m_field_fail(d->call, FIN_ERR(YEAR_EARLIER), M_STR("fiscal_year"), "%.*s",
                         M_STR_ARG(other->label));
    }
    return M_OK;
}

/* ---- lines ---- */

typedef struct {
    m_dec_sum income;
    m_dec_sum expense;
} totals;

static m_status end_center(const drafting *d, m_id center, const totals *sum, uint32_t *capacity)
{
    fin_closing_center *row =
        m_list_add(d->call->arena, &d->closing->centers, capacity, sizeof *row);
    FIN_NEED(d->call, row);
    row->cost_center = center;
    FIN_TRY(d->call, m_dec_of_sum(sum->income, &row->income));
    FIN_TRY(d->call, m_dec_of_sum(sum->expense, &row->expense));
    FIN_TRY(d->call, m_dec_of_sum(sum->income - sum->expense, &row->result));
    return M_OK;
}

static m_status fill_lines(const drafting *d, const m_list *results)
{
    fin_year_closing *closing = d->closing;
    fin_closing_line *lines = m_arena_array(d->call->arena, results->count, sizeof *lines);
    FIN_NEED(d->call, lines);
    totals all = {0}, center = {0};
    uint32_t capacity = 0;
    closing->lines = (m_list){lines, results->count};
    closing->centers = (m_list){NULL, 0};
    for (uint32_t i = 0; i < results->count; i++) {
        const fin_result_balance *result = M_AT(*results, const fin_result_balance, i);
        bool income = account_of(d, result->account)->root_type == FIN_INCOME;
        lines[i] =
            (fin_closing_line){.account = result->account, .cost_center = result->cost_center};
        FIN_TRY(d->call, m_dec_of_sum(-result->balance, &lines[i].amount));
        center.income -= income ? result->balance : 0;
        center.expense += income ? 0 : result->balance;
        bool more = i + 1 < results->count && m_id_eq(result[1].cost_center, result->cost_center);
        if (more) continue;
        M_TRY(end_center(d, result->cost_center, &center, &capacity));
        all.income += center.income;
        all.expense += center.expense;
        center = (totals){0};
    }
    FIN_TRY(d->call, m_dec_of_sum(all.income, &closing->income));
    FIN_TRY(d->call, m_dec_of_sum(all.expense, &closing->expense));
    FIN_TRY(d->call, m_dec_of_sum(all.income - all.expense, &closing->result));
    return M_OK;
}

m_status fin_year_closing_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    drafting d = {.fin = module, .call = call, .closing = doc};
    m_list results;
    M_TRY(read_all(&d));
    d.closing->periods = (m_list){NULL, 0}; /* an amended closing starts anew */
    d.closing->vouchers = 0;
    fill_account(&d);
    if (!d.year) return M_OK; /* required, or told as a link that leads nowhere */
    fill_date(&d);
    M_TRY(check_order(&d));
    M_TRY(read_results(&d, d.year, &results));
    M_TRY(fill_lines(&d, &results));
    if (d.closing->lines.count <= FIN_CLOSING_LINES_MAX &&
        d.closing->centers.count <= FIN_CLOSING_CENTERS_MAX)
        return M_OK;
    return m_fail(call, FIN_ERR(CLOSING_SIZE), "%u lines, %u cost centers",
                  (unsigned)d.closing->lines.count, (unsigned)d.closing->centers.count);
}
