#include "account/account.h"
#include "imprest/imprest.h"

static m_date day_of(m_call *call, const void *input)
{
    const fin_imprest_date_input *in = input; /* every input begins with its date */
    return in && !m_date_is_none(in->date) ? in->date : m_today(call);
}

/* ---- draft ---- */

static m_status read_accounts(fin_module *fin, m_call *call, const fin_imprest_account *a,
                              const fin_account *out[2])
{
    const m_id ids[] = {a->ledger, a->source};
    for (int i = 0; i < 2; i++) {
        const void *found = NULL;
        if (!m_id_is_null(ids[i]))
            M_TRY(m_store_get(fin->store, call, &fin_account_type, ids[i], &found));
        out[i] = found;
    }
    return M_OK;
}

static void note_account(m_call *call, const m_error_def *def, const char *path,
                         const fin_account *account)
{
    m_field_fail(call, def, m_str_of(path), "%.*s %.*s", M_STR_ARG(account->code),
                 M_STR_ARG(account->name));
}

static m_status check_accounts(fin_module *fin, m_call *call, const fin_imprest_account *a)
{
    const fin_account *accounts[2];
    M_TRY(read_accounts(fin, call, a, accounts));
    const fin_account *ledger = accounts[0], *source = accounts[1];
    if (ledger && (ledger->kind != FIN_KIND_IMPREST || ledger->is_group))
        note_account(call, FIN_ERR(IMPREST_LEDGER), "ledger", ledger);
    bool pays = source && (source->kind == FIN_KIND_BANK || source->kind == FIN_KIND_CASH ||
                           source->kind == FIN_KIND_OPENING);
    if (source && (!pays || source->is_group))
        note_account(call, FIN_ERR(NOT_MONEY), "source", source);
    return M_OK;
}

static m_status fill_limits(fin_module *fin, m_call *call, fin_imprest_account *a)
{
    m_dec value;
    if (a->voucher_cap.u == 0) {
        M_TRY(m_policy(fin->masters, call, FIN_IMPREST_CAP, a->sanction_date,
                       m_dec_of_int(FIN_IMPREST_CAP_VALUE), &value));
        a->voucher_cap = value.u < a->limit.u ? value : a->limit;
    }
    if (a->trigger_pct.u == 0) {
        M_TRY(m_policy(fin->masters, call, FIN_IMPREST_TRIGGER, a->sanction_date,
                       m_dec_of_int(FIN_IMPREST_TRIGGER_PCT), &value));
        a->trigger_pct = value;
    }
    if (a->limit.u > 0 && a->voucher_cap.u > a->limit.u)
        m_field_fail(call, FIN_ERR(IMPREST_CAP_LIMIT), M_STR("voucher_cap"), NULL);
    return M_OK;
}

m_status fin_imprest_account_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    fin_imprest_account *a = doc;
    m_tenant_info tenant;
    M_TRY(fin_read_tenant(module, call, &tenant));
    if (m_date_is_none(a->sanction_date)) a->sanction_date = m_today(call);
    fin_check_places(call, a->limit, tenant.currency_places, NULL, 0, "limit");
    fin_check_places(call, a->voucher_cap, tenant.currency_places, NULL, 0, "voucher_cap");
    M_TRY(check_accounts(module, call, a));
    return fill_limits(module, call, a);
}

/* ---- sanction ---- */

/* An office that has a history is sized by it; a new one starts low and is looked at again. */
static m_status judge_size(fin_module *fin, m_call *call, fin_imprest_account *a, m_dec limit,
                           m_date on)
{
    m_dec pct, most, months;
    m_tenant_info tenant;
    M_TRY(fin_read_tenant(fin, call, &tenant));
    if (a->spent.u == 0) {
        M_TRY(m_policy(fin->masters, call, FIN_IMPREST_NEW, on, m_dec_of_int(FIN_IMPREST_NEW_VALUE),
                       &most));
        M_TRY(m_policy(fin->masters, call, FIN_IMPREST_REVIEW, on,
                       m_dec_of_int(FIN_IMPREST_REVIEW_TIME), &months));
        a->review_on = m_date_add_months(on, (int)(months.u / M_DEC_ONE));
    } else {
        M_TRY(m_policy(fin->masters, call, FIN_IMPREST_SIZING, on,
                       m_dec_of_int(FIN_IMPREST_SIZING_PCT), &pct));
        FIN_TRY(call, fin_imprest_size(a->spent, pct, (int)tenant.currency_places, &most));
        a->review_on = M_DATE_NONE;
    }
    if (limit.u <= most.u) return M_OK;
    return fin_imprest_refuse_amount(call, FIN_ERR(IMPREST_SIZE), "limit", most);
}

static m_status note_limit(m_call *call, fin_imprest_account *a, m_date from)
{
    fin_imprest_limit *limits =
        m_arena_array(call->arena, (size_t)a->limits.count + 1, sizeof *limits);
    FIN_NEED(call, limits);
    uint32_t n = 0;
    for (M_EACH(const fin_imprest_limit, row, a->limits))
        limits[n++] = *row;
    limits[n++] = (fin_imprest_limit){from, a->limit, a->voucher_cap, a->trigger_pct};
    a->limits = (m_list){limits, n};
    return M_OK;
}

static m_status note_holder(m_call *call, fin_imprest_account *a, m_date from)
{
    fin_imprest_holder *holders =
        m_arena_array(call->arena, (size_t)a->holders.count + 1, sizeof *holders);
    FIN_NEED(call, holders);
    uint32_t n = 0;
    for (M_EACH(const fin_imprest_holder, row, a->holders))
        holders[n++] = *row;
    holders[n++] = (fin_imprest_holder){from, a->holder, a->cash};
    a->holders = (m_list){holders, n};
    return M_OK;
}

m_status fin_imprest_sanction(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    fin_imprest_account *a = doc;
    M_TRY(judge_size(module, call, a, a->limit, a->sanction_date));
    return note_limit(call, a, a->sanction_date);
}

/* ---- money from and to the bank ---- */

/* Above zero: from the bank into the float; below: back. */
static m_status move_money(fin_module *fin, m_call *call, fin_imprest_account *a, m_date date,
                           m_dec amount, const char *narration)
{
    char *purpose = m_arena_printf(call->arena, "move/%lld", (long long)++a->movements);
    FIN_NEED(call, purpose);
    a->funded.u += amount.u;
    a->cash.u += amount.u;
    M_TRY(fin_imprest_sound(call, a));
    fin_imprest_posting posting = {.type = &fin_imprest_account_type,
                                   .doc = &a->doc,
                                   .purpose = purpose,
                                   .date = date,
                                   .narration = m_str_of(narration),
                                   .debit = a->ledger,
                                   .credit = a->source,
                                   .amount = amount};
    return fin_imprest_post(fin, call, &posting);
}

m_status fin_imprest_fund(void *module, m_call *call, void *doc, const void *input)
{
    fin_imprest_account *a = doc;
    m_date date = day_of(call, input);
    M_TRY(move_money(module, call, a, date, a->limit, "Imprest granted"));
    return note_holder(call, a, date);
}

m_status fin_imprest_top_up(void *module, m_call *call, void *doc, const void *input)
{
    fin_imprest_account *a = doc;
    m_dec missing = {a->limit.u - a->funded.u};
    if (missing.u <= 0) return m_fail(call, FIN_ERR(IMPREST_FULL), NULL);
    return move_money(module, call, a, day_of(call, input), missing, "Imprest topped up");
}

static m_status refuse_earlier(m_call *call, m_date date, m_date last)
{
    char text[M_DATE_TEXT];
    if (m_date_cmp(date, last) >= 0) return M_OK;
    m_date_format(last, text);
    return fin_imprest_refuse(call, FIN_ERR(IMPREST_EARLIER), "date", m_str_of(text));
}

m_status fin_imprest_change_limit(void *module, m_call *call, void *doc, const void *input)
{
    const fin_imprest_limit_input *in = input;
    fin_imprest_account *a = doc;
    m_tenant_info tenant;
    m_date date = day_of(call, input);
    const fin_imprest_limit *last =
        a->limits.count ? M_AT(a->limits, fin_imprest_limit, a->limits.count - 1) : NULL;
    M_TRY(fin_read_tenant(module, call, &tenant));
    fin_check_places(call, in->limit, tenant.currency_places, NULL, 0, "limit");
    fin_check_places(call, in->voucher_cap, tenant.currency_places, NULL, 0, "voucher_cap");
    M_TRY(m_failed_fields(call));
    if (last) M_TRY(refuse_earlier(call, date, last->from_date));
    if (in->spent.u) a->spent = in->spent;
    if (in->limit.u > a->limit.u) M_TRY(judge_size(module, call, a, in->limit, date));
    fin_imprest_float f = fin_imprest_float_of(a);
    m_dec by = fin_imprest_change(&f, in->limit);
    a->limit = in->limit;
    if (in->voucher_cap.u) a->voucher_cap = in->voucher_cap;
    if (in->trigger_pct.u) a->trigger_pct = in->trigger_pct;
    if (a->voucher_cap.u > a->limit.u)
        return fin_imprest_refuse(call, FIN_ERR(IMPREST_CAP_LIMIT), "voucher_cap",
                                  (m_str){NULL, 0});
    M_TRY(note_limit(call, a, date));
    return move_money(module, call, a, date, by,
                      by.u < 0 ? "Imprest limit lowered" : "Imprest limit raised");
}

/* ---- another holder, the end ---- */

/* Nothing may be under way that the holder answers for. */
static m_status check_settled(m_call *call, const fin_imprest_account *a)
{
    if (a->submitted.u)
        return fin_imprest_refuse_amount(call, FIN_ERR(IMPREST_UNDECIDED), NULL, a->submitted);
    if (a->disallowed.u)
        return fin_imprest_refuse_amount(call, FIN_ERR(IMPREST_OWED), NULL, a->disallowed);
    return M_OK;
}

m_status fin_imprest_hand_over(void *module, m_call *call, void *doc, const void *input)
{
    (void)module;
    const fin_imprest_hand_over_input *in = input;
    fin_imprest_account *a = doc;
    m_date date = day_of(call, input);
    const fin_imprest_holder *last =
        a->holders.count ? M_AT(a->holders, fin_imprest_holder, a->holders.count - 1) : NULL;
    M_TRY(check_settled(call, a));
    if (last) M_TRY(refuse_earlier(call, date, last->from_date));
    if (m_id_eq(in->holder, a->holder))
        return fin_imprest_refuse(call, FIN_ERR(IMPREST_SAME_HOLDER), "holder", (m_str){NULL, 0});
    if (in->cash.u != a->cash.u)
        return fin_imprest_refuse_amount(call, FIN_ERR(IMPREST_COUNTED), "cash", a->cash);
    a->holder = in->holder;
    a->holder_user = in->holder_user;
    return note_holder(call, a, date);
}

m_status fin_imprest_close(void *module, m_call *call, void *doc, const void *input)
{
    fin_imprest_account *a = doc;
    const fin_imprest_recoupment *open;
    m_fetch approved;
    M_TRY(check_settled(call, a));
    M_TRY(fin_imprest_open_recoupment(module, call, a->id, &open));
    if (open) return fin_imprest_refuse(call, FIN_ERR(IMPREST_RECOUPMENT_OPEN), NULL, open->number);
    M_TRY(fin_imprest_approved(module, call, a->id, &approved));
    M_TRY(fin_imprest_mark_recouped(module, call, &approved, (m_id){{0}}));
    /* instead of being paid back and returned: the vouchers have used up that part of the grant */
    a->funded.u -= a->approved.u;
    a->approved.u = 0;
    return move_money(module, call, a, day_of(call, input), m_dec_neg(a->cash), "Imprest closed");
}

m_status fin_imprest_recoup(void *module, m_call *call, void *doc, const void *input)
{
    bool made;
    return fin_imprest_trigger(module, call, doc, NULL, day_of(call, input), &made);
}
