#include "account/account.h"
#include "fiscal_year/fiscal_year.h"
#include "imprest/imprest.h"

static const m_str none = {NULL, 0};

/* ---- draft ---- */

static m_status check_expense(fin_module *fin, m_call *call, const fin_imprest_voucher *v)
{
    const void *found = NULL;
    if (m_id_is_null(v->expense_account)) return M_OK; /* the field table tells */
    M_TRY(m_store_get(fin->store, call, &fin_account_type, v->expense_account, &found));
    const fin_account *account = found;
    if (account && (account->root_type != FIN_EXPENSE || account->is_group))
        m_field_fail(call, FIN_ERR(IMPREST_EXPENSE), M_STR("expense_account"), "%.*s %.*s",
                     M_STR_ARG(account->code), M_STR_ARG(account->name));
    return M_OK;
}

m_status fin_imprest_voucher_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    fin_module *fin = module;
    fin_imprest_voucher *v = doc;
    m_tenant_info tenant;
    const void *found = NULL;
    M_TRY(fin_read_tenant(fin, call, &tenant));
    fin_check_places(call, v->amount, tenant.currency_places, NULL, 0, "amount");
    if (m_date_is_none(v->date)) v->date = m_today(call);
    if (!m_id_is_null(v->imprest))
        M_TRY(m_store_get(fin->store, call, &fin_imprest_account_type, v->imprest, &found));
    const fin_imprest_account *account = found;
    if (account && m_id_is_null(v->employee)) v->employee = account->holder;
    if (account && m_id_is_null(v->cost_center)) v->cost_center = account->cost_center;
    return check_expense(fin, call, v);
}

/* ---- submit: the holder pays out ---- */

static m_dec cap_on(const fin_imprest_account *account, m_date date)
{
    m_dec cap = account->voucher_cap;
    for (M_EACH(const fin_imprest_limit, limit, account->limits))
        if (m_date_cmp(limit->from_date, date) <= 0) cap = limit->voucher_cap;
    return cap;
}

static bool is_other_user(m_call *call, const fin_imprest_account *account)
{
    return !call->system && !m_id_is_null(account->holder_user) &&
           !m_id_eq(call->actor, account->holder_user);
}

static m_status judge_duplicate(fin_module *fin, m_call *call, const fin_imprest_voucher *v)
{
    m_enum draft = FIN_IMPREST_V_DRAFT;
    m_filter same[] = {{"bill_ref", M_OP_EQ, &v->bill_ref},
                       {"amount", M_OP_EQ, &v->amount},
                       {"state", M_OP_NE, &draft}};
    m_query query = {.filters = same, .filter_count = 3};
    m_fetch read = {.type = &fin_imprest_voucher_type, .query = &query};
    if (!v->bill_ref.n) return M_OK;
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    for (uint32_t i = 0; i < read.count; i++) {
        const fin_imprest_voucher *other = read.records[i];
        if (fin_same_text(other->payee, v->payee))
            return fin_imprest_refuse(call, FIN_ERR(IMPREST_DUPLICATE), "bill_ref", other->number);
    }
    return M_OK;
}

static m_status judge(fin_module *fin, m_call *call, const fin_imprest_voucher *v,
                      const fin_imprest_account *account, m_dec cap)
{
    m_fetch years = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    if (account->state != FIN_IMPREST_FUNDED)
        return fin_imprest_refuse(call, FIN_ERR(IMPREST_NOT_FUNDED), "imprest", account->name);
    if (!m_id_eq(v->employee, account->holder))
        return fin_imprest_refuse(call, FIN_ERR(IMPREST_HOLDER), "employee", none);
    if (is_other_user(call, account))
        return fin_imprest_refuse(call, FIN_ERR(IMPREST_HOLDER), NULL, none);
    if (v->amount.u > cap.u)
        return fin_imprest_refuse_amount(call, FIN_ERR(IMPREST_CAP), "amount", cap);
    if (v->amount.u > account->cash.u)
        return fin_imprest_refuse_amount(call, FIN_ERR(IMPREST_CASH), "amount", account->cash);
    M_TRY(m_store_fetch(fin->store, call, &years, 1));
    M_TRY(fin_period_check(call, &years, v->date, "date"));
    return judge_duplicate(fin, call, v);
}

m_status fin_imprest_voucher_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    fin_imprest_voucher *v = doc;
    fin_imprest_account account;
    M_TRY(fin_imprest_read(module, call, v->imprest, &account));
    m_dec cap = cap_on(&account, v->date);
    M_TRY(judge(module, call, v, &account, cap));
    v->cap = cap;
    account.cash.u -= v->amount.u;
    account.submitted.u += v->amount.u;
    return fin_imprest_write(module, call, &account);
}

/* ---- decisions ---- */

/* Nobody decides on what he paid out himself; dates go forward. */
static m_status begin_decision(fin_module *fin, m_call *call, fin_imprest_voucher *v, m_date asked,
                               fin_imprest_account *account)
{
    M_TRY(fin_imprest_read(fin, call, v->imprest, account));
    bool own = !call->system && !m_id_is_null(account->holder_user) &&
               m_id_eq(call->actor, account->holder_user);
    if (own) return fin_imprest_refuse(call, FIN_ERR(IMPREST_OWN), NULL, none);
    m_date date = m_date_is_none(asked) ? m_today(call) : asked;
    if (m_date_is_none(asked) && m_date_cmp(date, v->date) < 0) date = v->date;
    if (m_date_cmp(date, v->date) < 0)
        return fin_imprest_refuse(call, FIN_ERR(IMPREST_BEFORE), "date", none);
    v->decided_on = date;
    return M_OK;
}

static m_str narration_of(const fin_imprest_voucher *v)
{
    return v->narration.n ? v->narration : v->payee;
}

m_status fin_imprest_voucher_approve(void *module, m_call *call, void *doc, const void *input)
{
    const fin_imprest_date_input *in = input;
    fin_imprest_voucher *v = doc;
    fin_imprest_account account;
    bool made;
    M_TRY(begin_decision(module, call, v, in ? in->date : M_DATE_NONE, &account));
    fin_imprest_posting posting = {.type = &fin_imprest_voucher_type,
                                   .doc = &v->doc,
                                   .purpose = "post",
                                   .date = v->decided_on,
                                   .narration = narration_of(v),
                                   .debit = v->expense_account,
                                   .debit_center = v->cost_center,
                                   .credit = account.ledger,
                                   .amount = v->amount};
    account.submitted.u -= v->amount.u;
    account.approved.u += v->amount.u;
    if (account.state != FIN_IMPREST_CLOSING)
        M_TRY(fin_imprest_trigger(module, call, &account, v, v->decided_on, &made));
    M_TRY(fin_imprest_post(module, call, &posting));
    return fin_imprest_write(module, call, &account);
}

m_status fin_imprest_voucher_disallow(void *module, m_call *call, void *doc, const void *input)
{
    const fin_imprest_disallow_input *in = input;
    fin_imprest_voucher *v = doc;
    fin_imprest_account account;
    M_TRY(begin_decision(module, call, v, in->date, &account));
    v->reason = in->reason;
    fin_imprest_posting posting = {.type = &fin_imprest_voucher_type,
                                   .doc = &v->doc,
                                   .purpose = "post",
                                   .date = v->decided_on,
                                   .narration = in->reason,
                                   .debit_purpose = M_STR("imprest_receivable"),
                                   .credit = account.ledger,
                                   .amount = v->amount};
    M_TRY(fin_imprest_post(module, call, &posting));
    account.submitted.u -= v->amount.u;
    account.disallowed.u += v->amount.u;
    return fin_imprest_write(module, call, &account);
}

/* By cash it is in the float again; kept from the pay it is not: the bank tops the float up. */
m_status fin_imprest_voucher_refund(void *module, m_call *call, void *doc, const void *input)
{
    const fin_imprest_refund_input *in = input;
    fin_imprest_voucher *v = doc;
    fin_imprest_account account;
    m_date date = in && !m_date_is_none(in->date) ? in->date : m_today(call);
    M_TRY(fin_imprest_read(module, call, v->imprest, &account));
    if (v->refunded) return fin_imprest_refuse(call, FIN_ERR(IMPREST_REFUNDED), NULL, none);
    if (m_date_cmp(date, v->decided_on) < 0)
        return fin_imprest_refuse(call, FIN_ERR(IMPREST_BEFORE), "date", none);
    bool cash = in->by == FIN_IMPREST_BY_CASH;
    fin_imprest_posting posting = {.type = &fin_imprest_voucher_type,
                                   .doc = &v->doc,
                                   .purpose = "refund",
                                   .date = date,
                                   .narration = narration_of(v),
                                   .credit_purpose = M_STR("imprest_receivable"),
                                   .amount = v->amount};
    if (cash)
        posting.debit = account.ledger;
    else
        posting.debit_purpose = M_STR("imprest_payroll");
    M_TRY(fin_imprest_post(module, call, &posting));
    v->refunded = in->by;
    v->refunded_on = date;
    account.disallowed.u -= v->amount.u;
    if (cash)
        account.cash.u += v->amount.u;
    else
        account.funded.u -= v->amount.u;
    return fin_imprest_write(module, call, &account);
}
