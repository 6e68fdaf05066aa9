#include "employee_advance/employee_advance.h"

#include "posting/posting.h"

m_status ppl_advance_derive(ppl_employee_advance *advance)
{
    m_dec left;
    M_TRY(m_dec_sub(advance->asked, advance->paid, &advance->pending_payment));
    M_TRY(m_dec_sub(advance->paid, advance->returned, &left));
    return m_dec_sub(left, advance->settled, &advance->open);
}

m_status ppl_advance_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const ppl *p = module;
    ppl_employee_advance *doc = record;
    m_tenant_info tenant;
    M_TRY(m_masters_tenant(p->masters, call, &(m_ids){{0}}, &tenant));
    if (m_date_is_none(doc->posting_date)) doc->posting_date = m_today(call);
    ppl_check_places(call, doc->asked, tenant.currency_places, M_STR("asked"));
    doc->paid = doc->returned = doc->settled = (m_dec){0};
    doc->moves = (m_list){NULL, 0};
    PPL_TRY(call, ppl_advance_derive(doc));
    return M_OK;
}

/* ---- money ---- */

static m_status post_move(const ppl *p, m_call *call, const ppl_employee_advance *doc,
                          const ppl_advance_move *move)
{
    ppl_lines lines = {.call = call};
    const char *purpose;
    bool salary = move->kind == PPL_ADVANCE_FROM_SALARY;
    bool chosen = !m_id_is_null(move->account);
    m_ledger_line owed = {.purpose = M_STR("employee_advance"), .party = doc->employee};
    m_ledger_line money = {.purpose = salary ? M_STR("salary_payable") : M_STR("bank"),
                           .party = salary ? doc->employee : (m_id){{0}}};
    if (chosen) money = (m_ledger_line){.account = move->account};
    m_dec amount = move->kind == PPL_ADVANCE_PAID ? move->amount : m_dec_neg(move->amount);
    M_TRY(ppl_move(&lines, owed, money, amount));
    M_TRY(ppl_numbered(call, "move", move->number, &purpose));
    return ppl_post(p, call,
                    &(ppl_voucher){.type = &ppl_employee_advance_type,
                                   .doc = &doc->doc,
                                   .voucher_type = "employee_advance",
                                   .purpose = purpose,
                                   .date = move->date,
                                   .narration = doc->purpose},
                    &lines);
}

/* limit: what may move at most, and does when no amount is given. */
static m_status add_move(const ppl *p, m_call *call, ppl_employee_advance *doc, m_enum kind,
                         const ppl_advance_input *in, m_dec limit)
{
    m_tenant_info tenant;
    char text[M_DEC_TEXT];
    m_dec amount = in && in->amount.u ? in->amount : limit;
    m_date date = in && !m_date_is_none(in->posting_date) ? in->posting_date : m_today(call);
    M_TRY(m_masters_tenant(p->masters, call, &(m_ids){{0}}, &tenant));
    ppl_check_places(call, amount, tenant.currency_places, M_STR("amount"));
    M_TRY(m_failed_fields(call));
    if (amount.u <= 0 || amount.u > limit.u) {
        m_dec_format(limit, 2, text);
        m_field_fail(call, PPL_ERR(ADVANCE_OVER), M_STR("amount"), "%s", text);
        return m_fail(call, PPL_ERR(ADVANCE_OVER), "%s", text);
    }
    uint32_t n = doc->moves.count;
    ppl_advance_move *moves = m_arena_array(call->arena, (size_t)n + 1, sizeof *moves);
    PPL_NEED(call, moves);
    for (uint32_t i = 0; i < n; i++)
        moves[i] = *M_AT(doc->moves, const ppl_advance_move, i);
    moves[n] = (ppl_advance_move){.number = n + 1,
                                  .kind = kind,
                                  .date = date,
                                  .amount = amount,
                                  .account = in ? in->account : (m_id){{0}}};
    doc->moves = (m_list){moves, n + 1};
    m_dec *sum = kind == PPL_ADVANCE_PAID ? &doc->paid : &doc->returned;
    PPL_TRY(call, m_dec_add(*sum, amount, sum));
    PPL_TRY(call, ppl_advance_derive(doc));
    return post_move(p, call, doc, &moves[n]);
}

m_status ppl_advance_pay(void *module, m_call *call, void *record, const void *input)
{
    ppl_employee_advance *doc = record;
    return add_move(module, call, doc, PPL_ADVANCE_PAID, input, doc->pending_payment);
}

m_status ppl_advance_give_back(void *module, m_call *call, void *record, const void *input)
{
    ppl_employee_advance *doc = record;
    const ppl_advance_input *in = input;
    m_enum kind = in && in->from_salary ? PPL_ADVANCE_FROM_SALARY : PPL_ADVANCE_RETURNED;
    return add_move(module, call, doc, kind, in, doc->open);
}

m_status ppl_advance_cancel(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    ppl_employee_advance *doc = record;
    if (doc->settled.u) return m_fail(call, PPL_ERR(ADVANCE_SETTLED), NULL);
    for (M_EACH(const ppl_advance_move, move, doc->moves)) {
        const char *purpose, *mirror;
        M_TRY(ppl_numbered(call, "move", move->number, &purpose));
        M_TRY(ppl_numbered(call, "unmove", move->number, &mirror));
        M_TRY(ppl_unpost(module, call,
                         &(ppl_voucher){.type = &ppl_employee_advance_type,
                                        .doc = &doc->doc,
                                        .purpose = purpose},
                         mirror));
    }
    doc->paid = doc->returned = (m_dec){0};
    PPL_TRY(call, ppl_advance_derive(doc));
    return M_OK;
}

m_status ppl_advance_settle(const ppl *p, m_call *call, m_id id, m_dec amount)
{
    const void *found = NULL;
    M_TRY(m_store_need(p->store, call, &ppl_employee_advance_type, id, &found));
    ppl_employee_advance *advance = m_record_copy(&ppl_employee_advance_type, found, call->arena);
    PPL_NEED(call, advance);
    PPL_TRY(call, m_dec_add(advance->settled, amount, &advance->settled));
    PPL_TRY(call, ppl_advance_derive(advance));
    advance->version++;
    advance->modified_by = call->actor;
    advance->modified_at = m_now(call);
    return m_store_update(p->store, call, &ppl_employee_advance_type, advance);
}
