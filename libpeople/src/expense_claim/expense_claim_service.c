#include "expense_claim/expense_claim.h"

#include "employee_advance/employee_advance.h"
#include "posting/posting.h"

static ppl_voucher voucher_of(const ppl_expense_claim *claim, const char *purpose, m_date date)
{
    return (ppl_voucher){.type = &ppl_expense_claim_type,
                         .doc = &claim->doc,
                         .voucher_type = "expense_claim",
                         .purpose = purpose,
                         .date = date,
                         .narration = claim->purpose};
}

/* ---- approving ---- */

static m_status sanction(m_call *call, ppl_expense_claim *claim, const ppl_approve_input *in)
{
    for (uint32_t i = 0; in && i < in->lines.count; i++) {
        const ppl_sanction *said = M_AT(in->lines, const ppl_sanction, i);
        ppl_claim_line *line = NULL;
        for (M_EACH(ppl_claim_line, at, claim->lines))
            if (m_id_eq(at->id, said->line)) line = at;
        if (!line || said->sanctioned.u > line->amount.u)
            m_field_fail(call, PPL_ERR(CLAIM_SANCTION), m_line_path(call, "lines", i, "sanctioned"),
                         NULL);
        else
            line->sanctioned = said->sanctioned;
    }
    return m_failed_fields(call);
}

static m_status add_line(ppl_lines *lines, const ppl_claim_line *line, const m_tax_info *tax,
                         int places)
{
    m_dec shares[20];
    m_dec cost = line->net;
    PPL_TRY(lines->call, ppl_tax_shares(line->tax_amount, places, tax, shares));
    for (uint32_t i = 0; line->tax_amount.u && i < tax->components.count; i++) {
        const m_tax_component *component = M_AT(tax->components, m_tax_component, i);
        m_ledger_line input = {
            .purpose = component->purpose, .subject = tax->id, .narration = component->name};
        if (tax->recoverable)
            M_TRY(ppl_debit(lines, input, shares[i]));
        else
            PPL_TRY(lines->call, m_dec_add(cost, shares[i], &cost));
    }
    m_ledger_line expense = {
        .account = line->account, .cost_center = line->cost_center, .narration = line->description};
    return ppl_debit(lines, expense, cost);
}

static m_status post_claim(const ppl *p, m_call *call, const ppl_expense_claim *claim,
                           const m_list *taxes)
{
    ppl_lines lines = {.call = call};
    m_tenant_info tenant;
    m_dec owed;
    M_TRY(m_masters_tenant(p->masters, call, &(m_ids){{0}}, &tenant));
    for (uint32_t i = 0; i < claim->lines.count; i++)
        M_TRY(add_line(&lines, M_AT(claim->lines, ppl_claim_line, i), M_AT(*taxes, m_tax_info, i),
                       (int)tenant.currency_places));
    PPL_TRY(call, m_dec_sub(claim->total, claim->advanced, &owed));
    m_ledger_line payable = {.purpose = M_STR("employee_payable"), .party = claim->employee};
    m_ledger_line advance = {.purpose = M_STR("employee_advance"), .party = claim->employee};
    M_TRY(ppl_credit(&lines, payable, owed));
    M_TRY(ppl_credit(&lines, advance, claim->advanced));
    ppl_voucher voucher = voucher_of(claim, "post", claim->posting_date);
    return ppl_post(p, call, &voucher, &lines);
}

static m_status settle_advances(const ppl *p, m_call *call, const ppl_expense_claim *claim,
                                int sign)
{
    for (M_EACH(const ppl_claim_advance, line, claim->advances))
        M_TRY(ppl_advance_settle(p, call, line->advance, (m_dec){sign * line->amount.u}));
    return M_OK;
}

/* What was open when it was written may be gone. */
static m_status advances_left(const ppl *p, m_call *call, const ppl_expense_claim *claim)
{
    for (M_EACH(const ppl_claim_advance, line, claim->advances)) {
        const void *found = NULL;
        M_TRY(m_store_need(p->store, call, &ppl_employee_advance_type, line->advance, &found));
        const ppl_employee_advance *advance = found;
        char text[M_DEC_TEXT];
        m_dec_format(advance->open, 2, text);
        if (advance->state != M_SUBMITTED || line->amount.u > advance->open.u)
            return m_fail(call, PPL_ERR(CLAIM_ADVANCE), "%.*s has %s", M_STR_ARG(advance->number),
                          text);
    }
    return claim->outstanding.u < 0
               ? m_fail(call, PPL_ERR(CLAIM_ADVANCE), "more than what is approved")
               : M_OK;
}

m_status ppl_claim_approve(void *module, m_call *call, void *record, const void *input)
{
    const ppl *p = module;
    ppl_expense_claim *claim = record;
    m_list taxes;
    M_TRY(sanction(call, claim, input));
    M_TRY(ppl_claim_price(p, call, claim, &taxes));
    if (claim->total.u == 0) return m_fail(call, PPL_ERR(CLAIM_NOTHING), NULL);
    M_TRY(advances_left(p, call, claim));
    claim->state = claim->outstanding.u ? PPL_CLAIM_APPROVED : PPL_CLAIM_PAID;
    M_TRY(post_claim(p, call, claim, &taxes));
    return settle_advances(p, call, claim, 1);
}

/* ---- paying ---- */

m_status ppl_claim_pay(void *module, m_call *call, void *record, const void *input)
{
    const ppl *p = module;
    ppl_expense_claim *claim = record;
    const ppl_pay_input *in = input;
    char text[M_DEC_TEXT];
    const char *purpose;
    m_tenant_info tenant;
    uint32_t n = claim->payments.count;
    m_dec amount = in && in->amount.u ? in->amount : claim->outstanding;
    M_TRY(m_masters_tenant(p->masters, call, &(m_ids){{0}}, &tenant));
    ppl_check_places(call, amount, tenant.currency_places, M_STR("amount"));
    M_TRY(m_failed_fields(call));
    if (amount.u <= 0 || amount.u > claim->outstanding.u) {
        m_dec_format(claim->outstanding, 2, text);
        m_field_fail(call, PPL_ERR(CLAIM_OVER), M_STR("amount"), "%s", text);
        return m_fail(call, PPL_ERR(CLAIM_OVER), "%s", text);
    }
    ppl_claim_payment *payments = m_arena_array(call->arena, (size_t)n + 1, sizeof *payments);
    PPL_NEED(call, payments);
    for (uint32_t i = 0; i < n; i++)
        payments[i] = *M_AT(claim->payments, const ppl_claim_payment, i);
    ppl_claim_payment *payment = &payments[n];
    *payment = (ppl_claim_payment){.number = n + 1, .date = m_today(call), .amount = amount};
    if (in && !m_date_is_none(in->posting_date)) payment->date = in->posting_date;
    if (in) payment->account = in->account;
    claim->payments = (m_list){payments, n + 1};
    PPL_TRY(call, ppl_claim_total(claim));
    claim->state = claim->outstanding.u ? PPL_CLAIM_APPROVED : PPL_CLAIM_PAID;
    ppl_lines lines = {.call = call};
    m_ledger_line payable = {.purpose = M_STR("employee_payable"), .party = claim->employee};
    m_ledger_line money = {.purpose = M_STR("bank")};
    if (!m_id_is_null(payment->account)) money = (m_ledger_line){.account = payment->account};
    M_TRY(ppl_move(&lines, payable, money, amount));
    M_TRY(ppl_numbered(call, "pay", payment->number, &purpose));
    ppl_voucher voucher = voucher_of(claim, purpose, payment->date);
    return ppl_post(p, call, &voucher, &lines);
}

m_status ppl_claim_undo_payment(void *module, m_call *call, void *record, const void *input)
{
    ppl_expense_claim *claim = record;
    const ppl_undo_input *in = input;
    const char *purpose, *mirror;
    ppl_claim_payment *payment = NULL;
    for (M_EACH(ppl_claim_payment, at, claim->payments))
        if (in && at->number == in->number && !at->undone) payment = at;
    if (!payment) {
        m_field_fail(call, PPL_ERR(CLAIM_NO_PAYMENT), M_STR("number"), NULL);
        return m_failed_fields(call);
    }
    payment->undone = true;
    PPL_TRY(call, ppl_claim_total(claim));
    M_TRY(ppl_numbered(call, "pay", payment->number, &purpose));
    M_TRY(ppl_numbered(call, "unpay", payment->number, &mirror));
    ppl_voucher voucher = voucher_of(claim, purpose, payment->date);
    return ppl_unpost(module, call, &voucher, mirror);
}

m_status ppl_claim_cancel(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const ppl *p = module;
    ppl_expense_claim *claim = record;
    if (claim->paid.u) return m_fail(call, PPL_ERR(CLAIM_IS_PAID), NULL);
    if (claim->state == PPL_CLAIM_SUBMITTED) return M_OK; /* nothing is posted so far */
    claim->outstanding = (m_dec){0};
    ppl_voucher voucher = voucher_of(claim, "post", claim->posting_date);
    M_TRY(ppl_unpost(p, call, &voucher, "cancel"));
    return settle_advances(p, call, claim, -1);
}
