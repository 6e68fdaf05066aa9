#include "expense_claim/expense_claim.h"

#include "employee_advance/employee_advance.h"
#include "posting/posting.h"

/* ---- taxes ---- */

/* One m_tax_info per line, null id where there is none. */
static m_status read_taxes(const ppl *p, m_call *call, const ppl_expense_claim *claim, m_list *out)
{
    uint32_t n = claim->lines.count, at = 0;
    m_id *ids = m_arena_array(call->arena, n, sizeof *ids);
    m_tax_info *infos = m_arena_array(call->arena, n, sizeof *infos);
    PPL_NEED(call, ids && infos);
    m_ids in = {.ids = {ids, 0}};
    m_taxes taxes = {0};
    for (M_EACH(const ppl_claim_line, line, claim->lines))
        if (!m_id_is_null(line->tax)) ids[in.ids.count++] = line->tax;
    if (in.ids.count) M_TRY(m_masters_taxes(p->masters, call, &in, &taxes));
    if (taxes.taxes.count != in.ids.count) return m_fail(call, m_err_internal, "masters.taxes");
    for (uint32_t i = 0; i < n; i++) {
        if (m_id_is_null(M_AT(claim->lines, ppl_claim_line, i)->tax)) continue;
        infos[i] = *M_AT(taxes.taxes, m_tax_info, at++);
        if (m_id_is_null(infos[i].id))
            m_field_fail(call, m_err_link, m_line_path(call, "lines", i, "tax"), "core.tax");
    }
    *out = (m_list){infos, n};
    return M_OK;
}

static m_dec rate_of(const m_tax_info *tax)
{
    m_dec sum = {0};
    for (M_EACH(const m_tax_component, component, tax->components))
        sum.u += component->rate.u;
    return sum;
}

/* ---- prices ---- */

static m_status price_line(const ppl_expense_claim *claim, ppl_claim_line *line,
                           const m_tax_info *tax, int places)
{
    m_dec base = line->sanctioned;
    ppl_expense_parts parts;
    if (claim->rate.u)
        M_TRY(m_to_base(line->sanctioned, (m_rate){claim->rate, claim->per}, places, &base));
    M_TRY(ppl_expense(base, rate_of(tax), line->tax_included, places, &parts));
    line->net = parts.net;
    line->tax_amount = parts.tax;
    line->gross = parts.gross;
    return M_OK;
}

m_status ppl_claim_price(const ppl *p, m_call *call, ppl_expense_claim *claim, m_list *out_taxes)
{
    m_tenant_info tenant;
    M_TRY(m_masters_tenant(p->masters, call, &(m_ids){{0}}, &tenant));
    M_TRY(read_taxes(p, call, claim, out_taxes));
    for (uint32_t i = 0; i < claim->lines.count; i++)
        PPL_TRY(call, price_line(claim, M_AT(claim->lines, ppl_claim_line, i),
                                 M_AT(*out_taxes, m_tax_info, i), (int)tenant.currency_places));
    PPL_TRY(call, ppl_claim_total(claim));
    return M_OK;
}

/* ---- check ---- */

/* The currency of the receipts with its rate; *out_places: its places. */
static m_status fill_rate(const ppl *p, m_call *call, ppl_expense_claim *claim, int64_t *out_places)
{
    m_currency_info currency;
    m_tenant_info tenant;
    M_TRY(m_masters_tenant(p->masters, call, &(m_ids){{0}}, &tenant));
    *out_places = tenant.currency_places;
    claim->rate = claim->per = (m_dec){0};
    claim->rate_from = M_DATE_NONE;
    if (m_id_is_null(claim->currency)) return M_OK;
    M_TRY(m_currency_on(p->masters, call, claim->currency, claim->posting_date, &currency));
    *out_places = currency.places;
    if (currency.base) return M_OK;
    claim->rate = currency.rate;
    claim->per = currency.per;
    claim->rate_from = currency.valid_from;
    return M_OK;
}

static m_status check_advances(const ppl *p, m_call *call, const ppl_expense_claim *claim)
{
    for (uint32_t i = 0; i < claim->advances.count; i++) {
        const ppl_claim_advance *line = M_AT(claim->advances, ppl_claim_advance, i);
        const void *found = NULL;
        char text[M_DEC_TEXT];
        if (m_id_is_null(line->advance)) continue; /* told as required */
        M_TRY(m_store_get(p->store, call, &ppl_employee_advance_type, line->advance, &found));
        const ppl_employee_advance *advance = found;
        if (!advance) continue; /* told as a link that leads nowhere */
        bool twice = false;
        for (uint32_t k = 0; k < i; k++)
            twice |= m_id_eq(M_AT(claim->advances, ppl_claim_advance, k)->advance, line->advance);
        if (twice || !m_id_eq(advance->employee, claim->employee) ||
            advance->state != M_SUBMITTED || line->amount.u > advance->open.u) {
            m_dec_format(advance->open, 2, text);
            m_field_fail(call, PPL_ERR(CLAIM_ADVANCE), m_line_path(call, "advances", i, "amount"),
                         "%.*s has %s", M_STR_ARG(advance->number), text);
        }
    }
    if (claim->outstanding.u < 0)
        m_field_fail(call, PPL_ERR(CLAIM_ADVANCE), M_STR("advances"), "more than the claim");
    return M_OK;
}

m_status ppl_claim_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const ppl *p = module;
    ppl_expense_claim *claim = record;
    m_id center;
    m_list taxes;
    int64_t places;
    uint32_t i = 0;
    if (m_date_is_none(claim->posting_date)) claim->posting_date = m_today(call);
    M_TRY(fill_rate(p, call, claim, &places));
    M_TRY(ppl_cost_center(p, call, claim->employee, &center));
    for (M_EACH(ppl_claim_line, line, claim->lines)) {
        if (m_id_is_null(line->cost_center)) line->cost_center = center;
        if (m_id_is_null(line->cost_center))
            m_field_fail(call, m_err_required, m_line_path(call, "lines", i, "cost_center"), NULL);
        ppl_check_places(call, line->amount, places, m_line_path(call, "lines", i, "amount"));
        if (m_date_cmp(line->date, claim->posting_date) > 0)
            m_field_fail(call, PPL_ERR(CLAIM_DATE), m_line_path(call, "lines", i, "date"), NULL);
        line->sanctioned = line->amount;
        if (line->amount.u < 0) return M_OK; /* the field table tells */
        i++;
    }
    claim->payments = (m_list){NULL, 0};
    M_TRY(ppl_claim_price(p, call, claim, &taxes));
    return check_advances(p, call, claim);
}
