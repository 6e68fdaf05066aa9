#include "account/account.h"
#include "cost_allocation/cost_allocation.h"
#include "ledger/ledger.h"

typedef struct {
    fin_module *fin;
    m_call *call;
    fin_cost_allocation *doc;
    const fin_cost_share *rule;
    int places;
} work;

/* ---- what is there ---- */

static m_status read_rule(work *w)
{
    fin_cost_allocation *doc = w->doc;
    m_filter filters[] = {{"cost_center", M_OP_EQ, &doc->cost_center},
                          {"effective_from", M_OP_LE, &doc->end}};
    m_order newest = {"effective_from", true};
    m_query query = {
        .filters = filters, .filter_count = 2, .orders = &newest, .order_count = 1, .limit = 1};
    m_fetch read = {.type = &fin_cost_share_type, .query = &query};
    M_TRY(m_store_fetch(w->fin->store, w->call, &read, 1));
    w->rule = read.count ? read.records[0] : NULL;
    if (!w->rule) {
        m_field_fail(w->call, FIN_ERR(SHARE_NONE), M_STR("cost_center"), NULL);
        return M_OK;
    }
    doc->rule = w->rule->id;
    doc->rule_from = w->rule->effective_from;
    return M_OK;
}

/* Turnovers of the accounts: those by month where that is exact, else those by day. */
static m_status read_balances(const work *w, m_sum *sum)
{
    const fin_cost_allocation *doc = w->doc;
    m_date next = {doc->end.d + 1};
    bool months = m_date_cmp(doc->start, m_date_month(doc->start)) == 0 &&
                  m_date_cmp(next, m_date_month(next)) == 0;
    const char *date = months ? "month" : "day";
    m_filter filters[] = {{"cost_center", M_OP_EQ, &doc->cost_center},
                          {date, M_OP_GE, &doc->start},
                          {date, M_OP_LE, &doc->end}};
    *sum = (m_sum){.type = months ? &m_account_balance_type : &m_account_day_type,
                   .filters = filters,
                   .filter_count = 3,
                   .group_by = "account"};
    M_TRY(m_store_sum(w->fin->store, w->call, sum));
    sum->filters = NULL;
    return M_OK;
}

static m_dec_sum balance_at(const m_sum *sum, uint32_t i, m_id *account)
{
    const m_account_balance *row = M_AT(sum->out, const m_account_balance, i);
    *account = row->account;
    return row->debit - row->credit;
}

static m_status make_lines(const work *w, m_list *out)
{
    m_sum sum;
    M_TRY(read_balances(w, &sum));
    uint32_t n = sum.out.count;
    m_id *ids = m_arena_array(w->call->arena, n, sizeof *ids);
    fin_allocation_line *lines = m_arena_array(w->call->arena, n, sizeof *lines);
    FIN_NEED(w->call, ids && lines);
    for (uint32_t i = 0; i < n; i++)
        balance_at(&sum, i, &ids[i]);
    m_fetch read = {.type = &fin_account_type, .ids = ids, .key_count = n};
    if (n) M_TRY(m_store_fetch(w->fin->store, w->call, &read, 1));
    m_list made = {lines, 0};
    for (uint32_t i = 0; i < n; i++) {
        const fin_account *account = read.records[i];
        m_dec_sum balance = balance_at(&sum, i, &ids[i]);
        if (!account || !fin_account_is_result(account) || balance == 0) continue;
        fin_allocation_line *line = &lines[made.count++];
        line->account = ids[i];
        FIN_TRY(w->call, m_dec_of_sum(balance, &line->amount));
    }
    *out = made;
    return M_OK;
}

/* ---- shares ---- */

static m_status split_line(const work *w, const fin_allocation_line *line, m_list *splits)
{
    m_dec weights[FIN_SHARES_MAX], parts[FIN_SHARES_MAX];
    uint32_t n = 0;
    for (M_EACH(const fin_share, share, w->rule->shares))
        weights[n++] = share->percent;
    FIN_TRY(w->call, m_money_split(line->amount, w->places, weights, n, parts));
    for (uint32_t i = 0; i < n; i++) {
        const fin_share *share = M_AT(w->rule->shares, const fin_share, i);
        *M_AT(*splits, fin_allocation_split, splits->count++) =
            (fin_allocation_split){line->account, share->cost_center, share->percent, parts[i]};
    }
    return M_OK;
}

static m_status compute(work *w)
{
    fin_cost_allocation *doc = w->doc;
    m_dec_sum total = 0;
    M_TRY(make_lines(w, &doc->lines));
    size_t most = (size_t)doc->lines.count * w->rule->shares.count;
    if (doc->lines.count > FIN_ALLOCATION_LINES_MAX || most > FIN_ALLOCATION_SPLITS_MAX)
        return m_fail(w->call, FIN_ERR(SHARE_SIZE), NULL);
    doc->splits = (m_list){m_arena_array(w->call->arena, most, sizeof(fin_allocation_split)), 0};
    FIN_NEED(w->call, doc->splits.items);
    for (M_EACH(const fin_allocation_line, line, doc->lines)) {
        M_TRY(split_line(w, line, &doc->splits));
        total += line->amount.u;
    }
    return m_told(w->call, m_dec_of_sum(total, &doc->total));
}

m_status fin_cost_allocation_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    fin_cost_allocation *doc = record;
    work w = {.fin = module, .call = call, .doc = doc};
    m_tenant_info tenant;
    if (m_id_is_null(doc->cost_center) || m_date_is_none(doc->start) || m_date_is_none(doc->end))
        return M_OK; /* told as required */
    if (m_date_cmp(doc->end, doc->start) < 0) {
        m_field_fail(call, FIN_ERR(DATES_ORDER), M_STR("end"), NULL);
        return M_OK;
    }
    if (m_date_is_none(doc->posting_date)) doc->posting_date = doc->end;
    if (m_date_cmp(doc->posting_date, doc->start) < 0 ||
        m_date_cmp(doc->posting_date, doc->end) > 0)
        m_field_fail(call, FIN_ERR(SHARE_DATE), M_STR("posting_date"), NULL);
    M_TRY(fin_read_tenant(module, call, &tenant));
    w.places = (int)tenant.currency_places;
    M_TRY(read_rule(&w));
    return call->error.field_count ? M_OK : compute(&w);
}

/* ---- posting ---- */

m_status fin_cost_allocation_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    fin_cost_allocation *doc = record;
    fin_lines lines = {.call = call};
    bool posted;
    if (doc->lines.count == 0) return m_fail(call, FIN_ERR(SHARE_NOTHING), NULL);
    for (M_EACH(const fin_allocation_line, line, doc->lines))
        M_TRY(fin_lines_credit(
            &lines, (m_ledger_line){.account = line->account, .cost_center = doc->cost_center},
            line->amount));
    for (M_EACH(const fin_allocation_split, split, doc->splits))
        M_TRY(fin_lines_debit(
            &lines, (m_ledger_line){.account = split->account, .cost_center = split->cost_center},
            split->amount));
    m_ledger_voucher voucher =
        fin_voucher_of(call, &fin_cost_allocation_type, &doc->doc, "cost_allocation",
                       doc->posting_date, M_STR("Cost allocation"));
    voucher.lines = lines.lines;
    return fin_ledger_post(module, call, &voucher, FIN_LINES_MADE, &posted);
}

m_status fin_cost_allocation_cancel(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    return fin_ledger_cancel(module, call, record);
}
