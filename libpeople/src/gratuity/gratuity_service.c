#include "gratuity/gratuity.h"

#include "employee/employee.h"
#include "posting/posting.h"

m_status ppl_gratuity_rule_check(void *module, m_call *call, void *record, const void *before)
{
    (void)module, (void)before;
    const ppl_gratuity_rule *rule = record;
    bool days = rule->kind == PPL_DAYS_OVER_DAYS;
    if (days && rule->denominator.u <= 0)
        m_field_fail(call, PPL_ERR(GRATUITY_RULE), M_STR("denominator"), NULL);
    if (!days && rule->slabs.count == 0)
        m_field_fail(call, PPL_ERR(GRATUITY_RULE), M_STR("slabs"), NULL);
    return M_OK;
}

static m_status read_rule(const ppl *p, m_call *call, ppl_gratuity *doc,
                          const ppl_gratuity_rule **out)
{
    m_filter filter = {"effective_from", M_OP_LE, &doc->left};
    m_order newest = {"effective_from", true};
    m_query query = {
        .filters = &filter, .filter_count = 1, .orders = &newest, .order_count = 1, .limit = 1};
    m_fetch read = {.type = &ppl_gratuity_rule_type, .query = &query};
    M_TRY(m_store_fetch(p->store, call, &read, 1));
    *out = read.count ? read.records[0] : NULL;
    if (!*out) {
        m_field_fail(call, PPL_ERR(GRATUITY_NO_RULE), M_STR("left"), NULL);
        return M_OK;
    }
    doc->rule = (*out)->id;
    doc->rule_from = (*out)->effective_from;
    return M_OK;
}

static m_status compute(m_call *call, ppl_gratuity *doc, const ppl_gratuity_rule *rule,
                        m_date joined, int places)
{
    ppl_gratuity_terms terms = {.kind = (ppl_gratuity_kind)rule->kind,
                                .numerator = rule->numerator,
                                .denominator = rule->denominator,
                                .min_years = rule->min_years,
                                .slabs = rule->slabs.items,
                                .slab_count = rule->slabs.count};
    if (m_date_cmp(doc->left, joined) < 0) {
        m_field_fail(call, PPL_ERR(GRATUITY_LEFT), M_STR("left"), NULL);
        return M_OK;
    }
    PPL_TRY(call, ppl_service_years(joined, doc->left, rule->year_days, &doc->years));
    PPL_TRY(call, ppl_gratuity_amount(&terms, doc->years, doc->last_basic, places, &doc->amount));
    return M_OK;
}

m_status ppl_gratuity_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const ppl *p = module;
    ppl_gratuity *doc = record;
    const ppl_gratuity_rule *rule;
    const void *found = NULL;
    m_tenant_info tenant;
    if (m_id_is_null(doc->employee) || m_date_is_none(doc->left) || doc->last_basic.u <= 0)
        return M_OK; /* the field table tells */
    if (m_date_is_none(doc->posting_date)) doc->posting_date = m_today(call);
    M_TRY(m_masters_tenant(p->masters, call, &(m_ids){{0}}, &tenant));
    ppl_check_places(call, doc->last_basic, tenant.currency_places, M_STR("last_basic"));
    if (m_id_is_null(doc->cost_center))
        M_TRY(ppl_cost_center(p, call, doc->employee, &doc->cost_center));
    if (m_id_is_null(doc->cost_center))
        m_field_fail(call, m_err_required, M_STR("cost_center"), NULL);
    M_TRY(m_store_get(p->store, call, &ppl_employee_type, doc->employee, &found));
    M_TRY(read_rule(p, call, doc, &rule));
    if (!found || !rule) return M_OK;
    return compute(call, doc, rule, ((const ppl_employee *)found)->joining_date,
                   (int)tenant.currency_places);
}

static ppl_voucher voucher_of(const ppl_gratuity *doc)
{
    return (ppl_voucher){.type = &ppl_gratuity_type,
                         .doc = &doc->doc,
                         .voucher_type = "gratuity",
                         .purpose = "post",
                         .date = doc->posting_date};
}

m_status ppl_gratuity_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const ppl_gratuity *doc = record;
    ppl_lines lines = {.call = call};
    m_ledger_line expense = {.purpose = M_STR("gratuity"), .cost_center = doc->cost_center};
    m_ledger_line payable = {.purpose = M_STR("salary_payable"), .party = doc->employee};
    if (doc->amount.u == 0) return m_fail(call, PPL_ERR(GRATUITY_NOTHING), NULL);
    M_TRY(ppl_move(&lines, expense, payable, doc->amount));
    ppl_voucher voucher = voucher_of(doc);
    return ppl_post(module, call, &voucher, &lines);
}

m_status ppl_gratuity_cancel(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    ppl_voucher voucher = voucher_of(record);
    return ppl_unpost(module, call, &voucher, "cancel");
}
