#include "cost_allocation/cost_allocation.h"
#include "cost_center/cost_center.h"

static void judge_center(m_call *call, const fin_cost_center *center, m_str path)
{
    const m_error_def *fault = NULL;
    if (!center) return; /* told as a link that leads nowhere */
    if (center->is_group) fault = FIN_ERR(CENTER_GROUP);
    if (!center->active) fault = FIN_ERR(CENTER_INACTIVE);
    if (fault)
        m_field_fail(call, fault, path, "%.*s %.*s", M_STR_ARG(center->code),
                     M_STR_ARG(center->name));
}

static m_status refuse_second(fin_module *fin, m_call *call, const fin_cost_share *rule)
{
    m_filter same[] = {{"cost_center", M_OP_EQ, &rule->cost_center},
                       {"effective_from", M_OP_EQ, &rule->effective_from},
                       {"id", M_OP_NE, &rule->id}};
    m_query query = {.filters = same, .filter_count = 3};
    uint32_t n;
    M_TRY(m_store_count(fin->store, call, &fin_cost_share_type, &query, 1, &n));
    if (n) m_field_fail(call, FIN_ERR(SHARE_EXISTS), M_STR("effective_from"), NULL);
    return M_OK;
}

static m_status judge_centers(fin_module *fin, m_call *call, const fin_cost_share *rule)
{
    m_id ids[FIN_SHARES_MAX + 1] = {rule->cost_center};
    uint32_t n = 1;
    for (M_EACH(const fin_share, share, rule->shares))
        ids[n++] = share->cost_center;
    m_fetch read = {.type = &fin_cost_center_type, .ids = ids, .key_count = n};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    judge_center(call, read.records[0], M_STR("cost_center"));
    for (uint32_t i = 1; i < n; i++) {
        m_str path = m_line_path(call, "shares", i - 1, "cost_center");
        judge_center(call, read.records[i], path);
        for (uint32_t k = 0; k < i; k++)
            if (m_id_eq(ids[k], ids[i])) m_field_fail(call, FIN_ERR(SHARE_TWICE), path, NULL);
    }
    return M_OK;
}

m_status fin_cost_share_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    const fin_cost_share *rule = doc;
    m_dec_sum sum = 0;
    char text[M_DEC_SUM_TEXT];
    if (rule->shares.count == 0 || rule->shares.count > FIN_SHARES_MAX ||
        m_id_is_null(rule->cost_center))
        return M_OK; /* the field table tells */
    for (M_EACH(const fin_share, share, rule->shares)) {
        if (share->percent.u <= 0 || m_id_is_null(share->cost_center)) return M_OK;
        sum += share->percent.u;
    }
    m_dec_sum_format(sum, 0, text);
    if (sum != 100 * (m_dec_sum)M_DEC_ONE)
        m_field_fail(call, FIN_ERR(SHARE_SUM), M_STR("shares"), "%s", text);
    M_TRY(judge_centers(module, call, rule));
    return refuse_second(module, call, rule);
}
