#include "account/account.h"
#include "budget/budget.h"
#include "cost_center/cost_center.h"

typedef struct {
    fin_module *fin;
    m_call *call;
    fin_budget *budget;
    const fin_account *account;
    const fin_cost_center *center;
    const fin_fiscal_year *year;
} work;

static void note_others(const work *w, const m_fetch *all)
{
    const fin_budget *budget = w->budget;
    for (uint32_t i = 0; i < all->count; i++) {
        const fin_budget *other = all->records[i];
        bool same = m_id_eq(other->account, budget->account) &&
                    m_id_eq(other->cost_center, budget->cost_center) &&
                    m_id_eq(other->fiscal_year, budget->fiscal_year) &&
                    !m_id_eq(other->id, budget->id);
        if (same)
            m_field_fail(w->call, FIN_ERR(BUDGET_EXISTS), M_STR("account"), "%.*s",
                         M_STR_ARG(other->name));
    }
}

static void judge(const work *w)
{
    const fin_account *account = w->account;
    const fin_cost_center *center = w->center;
    if (account->is_group)
        m_field_fail(w->call, FIN_ERR(ACCOUNT_GROUP), M_STR("account"), "%.*s %.*s",
                     M_STR_ARG(account->code), M_STR_ARG(account->name));
    else if (account->root_type != FIN_EXPENSE)
        m_field_fail(w->call, FIN_ERR(BUDGET_ACCOUNT), M_STR("account"), "%.*s %.*s",
                     M_STR_ARG(account->code), M_STR_ARG(account->name));
    if (center->is_group)
        m_field_fail(w->call, FIN_ERR(CENTER_GROUP), M_STR("cost_center"), "%.*s %.*s",
                     M_STR_ARG(center->code), M_STR_ARG(center->name));
}

static m_status spread(const work *w, int places)
{
    fin_budget *budget = w->budget;
    uint32_t n = w->year->periods.count;
    m_dec weights[FIN_PERIODS_MAX];
    m_dec amounts[FIN_PERIODS_MAX];
    m_dec_sum sum = 0;
    if (n == 0 || n > FIN_PERIODS_MAX) return m_fail(w->call, m_err_internal, "periods");
    for (uint32_t i = 0; i < n; i++)
        weights[i] = (m_dec){M_DEC_ONE};
    for (uint32_t i = 0; i < budget->weights.count && i < n; i++) {
        weights[i] = M_AT(budget->weights, fin_budget_weight, i)->weight;
        sum += weights[i].u;
    }
    if (budget->weights.count && (budget->weights.count != n || sum == 0)) {
        m_field_fail(w->call, FIN_ERR(BUDGET_WEIGHTS), M_STR("weights"), "%u of %u periods",
                     (unsigned)budget->weights.count, (unsigned)n);
        return M_OK;
    }
    FIN_TRY(w->call, m_money_split(budget->amount, places, weights, n, amounts));
    fin_budget_period *periods = m_arena_array(w->call->arena, n, sizeof *periods);
    FIN_NEED(w->call, periods);
    for (uint32_t i = 0; i < n; i++) {
        const fin_period *period = M_AT(w->year->periods, const fin_period, i);
        periods[i] = (fin_budget_period){period->start, period->end, amounts[i]};
    }
    budget->periods = (m_list){periods, n};
    return M_OK;
}

/* A budget that stops was never exceeded: not when it is made either, nor when it is lowered. */
static m_status refuse_spent(const work *w)
{
    const fin_budget *budget = w->budget;
    fin_budget_use use;
    if (budget->action != FIN_BUDGET_STOP) return M_OK;
    M_TRY(fin_budget_used(w->fin, w->call, budget, w->year, w->year->start, w->year->end, &use));
    if (use.actual + use.committed <= budget->amount.u) return M_OK;
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(use.actual + use.committed, 2, text);
    m_field_fail(w->call, FIN_ERR(BUDGET_SPENT), M_STR("amount"), "%s", text);
    return M_OK;
}

static m_status read_all(work *w, m_fetch *all)
{
    const fin_budget *budget = w->budget;
    m_fetch reads[] = {
        {.type = &fin_budget_type, .query = &fin_budget_all},
        {.type = &fin_account_type, .ids = &budget->account, .key_count = 1},
        {.type = &fin_cost_center_type, .ids = &budget->cost_center, .key_count = 1},
        {.type = &fin_fiscal_year_type, .ids = &budget->fiscal_year, .key_count = 1}};
    M_TRY(m_store_fetch(w->fin->store, w->call, reads, 4));
    *all = reads[0];
    w->account = reads[1].records[0];
    w->center = reads[2].records[0];
    w->year = reads[3].records[0];
    return M_OK;
}

m_status fin_budget_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    work w = {.fin = module, .call = call, .budget = doc};
    fin_budget *budget = doc;
    m_tenant_info tenant;
    m_fetch all;
    bool named = !m_id_is_null(budget->account) && !m_id_is_null(budget->cost_center) &&
                 !m_id_is_null(budget->fiscal_year);
    if (!named || budget->amount.u < 0) return M_OK; /* the field table tells */
    M_TRY(fin_read_tenant(w.fin, call, &tenant));
    fin_check_places(call, budget->amount, tenant.currency_places, NULL, 0, "amount");
    M_TRY(read_all(&w, &all));
    if (!w.account || !w.center || !w.year) return M_OK; /* links that lead nowhere are told */
    note_others(&w, &all);
    judge(&w);
    for (M_EACH(const fin_budget_weight, weight, budget->weights))
        if (weight->weight.u < 0) return M_OK;
    if (call->error.field_count) return M_OK;
    if (budget->name.n == 0) {
        const char *name =
            m_arena_printf(call->arena, "%.*s, %.*s, %.*s", M_STR_ARG(w.center->name),
                           M_STR_ARG(w.account->name), M_STR_ARG(w.year->label));
        FIN_NEED(call, name);
        budget->name = m_str_of(name);
        if (m_utf8_length(budget->name) > 140) budget->name = w.account->name;
    }
    M_TRY(spread(&w, (int)tenant.currency_places));
    return refuse_spent(&w);
}
