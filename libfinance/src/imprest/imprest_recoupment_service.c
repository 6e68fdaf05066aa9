#include "imprest/imprest.h"

static const m_str none = {NULL, 0};

m_status fin_imprest_open_recoupment(fin_module *fin, m_call *call, m_id account,
                                     const fin_imprest_recoupment **out)
{
    char key[M_ID_TEXT];
    const void *found;
    m_id_format(account, key);
    m_str wanted = m_str_of(key);
    M_TRY(m_store_find_one(fin->store, call, &fin_imprest_recoupment_type, "open_key", &wanted,
                           &found));
    *out = found;
    return M_OK;
}

/* ---- making one ---- */

static void add_voucher(fin_imprest_recoupment *r, fin_imprest_recoup_line *lines,
                        const fin_imprest_voucher *v)
{
    lines[r->lines.count++] = (fin_imprest_recoup_line){v->id, v->number, v->date, v->amount};
    r->amount.u += v->amount.u;
}

/* All approved vouchers, as many as one document takes; `also` is on its way to be approved. */
static m_status fill(fin_module *fin, m_call *call, const fin_imprest_account *account,
                     const fin_imprest_voucher *also, fin_imprest_recoupment *r)
{
    m_fetch approved;
    char key[M_ID_TEXT];
    M_TRY(fin_imprest_approved(fin, call, account->id, &approved));
    fin_imprest_recoup_line *lines =
        m_arena_array(call->arena, FIN_IMPREST_VOUCHERS_MAX + 1, sizeof *lines);
    FIN_NEED(call, lines);
    r->lines = (m_list){lines, 0};
    r->amount.u = 0;
    for (uint32_t i = 0; i < approved.count && r->lines.count < FIN_IMPREST_VOUCHERS_MAX; i++)
        add_voucher(r, lines, approved.records[i]);
    if (also && r->lines.count < FIN_IMPREST_VOUCHERS_MAX) add_voucher(r, lines, also);
    m_id_format(account->id, key);
    r->open_key = m_str_dup(call->arena, m_str_of(key));
    FIN_NEED(call, r->open_key.n);
    r->limit = account->limit;
    r->trigger_pct = account->trigger_pct;
    fin_imprest_float f = fin_imprest_float_of(account);
    fin_imprest_net(&f, r->amount, &r->less, &r->paid);
    r->paid.u = 0; /* so far */
    return M_OK;
}

m_status fin_imprest_trigger(fin_module *fin, m_call *call, const fin_imprest_account *account,
                             const fin_imprest_voucher *also, m_date date, bool *out_made)
{
    m_tenant_info tenant;
    const fin_imprest_recoupment *open;
    fin_imprest_float f = fin_imprest_float_of(account);
    *out_made = false;
    M_TRY(fin_read_tenant(fin, call, &tenant));
    fin_imprest_reason reason =
        fin_imprest_due(&f, account->trigger_pct, account->cycle, date, tenant.fiscal_start_month);
    if (reason == FIN_IMPREST_NOT_DUE) return M_OK;
    M_TRY(fin_imprest_open_recoupment(fin, call, account->id, &open));
    if (open) return M_OK;
    fin_imprest_recoupment r = {.id = m_new_id(call),
                                .version = 1,
                                .created_by = call->actor,
                                .created_at = m_now(call),
                                .modified_by = call->actor,
                                .modified_at = m_now(call),
                                .imprest = account->id,
                                .date = date,
                                .reason = (m_enum)reason};
    M_TRY(fill(fin, call, account, also, &r));
    *out_made = true;
    return m_store_insert(fin->store, call, &fin_imprest_recoupment_type, &r);
}

/* One made by hand: any day, of what there is. */
m_status fin_imprest_recoupment_check(void *module, m_call *call, void *doc, const void *before)
{
    fin_imprest_recoupment *r = doc;
    fin_module *fin = module;
    const fin_imprest_recoupment *open;
    const void *found = NULL;
    if (m_date_is_none(r->date)) r->date = m_today(call);
    const fin_imprest_recoupment *was = before;
    if (was && !m_id_eq(was->imprest, r->imprest))
        return fin_imprest_refuse(call, m_err_read_only, "imprest", none);
    if (was || m_id_is_null(r->imprest)) return M_OK;
    M_TRY(m_store_get(fin->store, call, &fin_imprest_account_type, r->imprest, &found));
    const fin_imprest_account *account = found;
    if (!account) return M_OK; /* told as a link that leads nowhere */
    r->reason = FIN_IMPREST_NOT_DUE;
    M_TRY(fin_imprest_open_recoupment(fin, call, account->id, &open));
    if (open)
        return fin_imprest_refuse(call, FIN_ERR(IMPREST_RECOUPMENT_OPEN), "imprest", open->number);
    if (account->approved.u == 0 || account->state == FIN_IMPREST_CLOSING)
        return fin_imprest_refuse(call, FIN_ERR(IMPREST_NOTHING), "imprest", none);
    return fill(fin, call, account, NULL, r);
}

/* ---- moves ---- */

m_status fin_imprest_recoupment_approve(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    const fin_imprest_recoupment *r = doc;
    fin_imprest_account account;
    M_TRY(fin_imprest_read(module, call, r->imprest, &account));
    bool own = !call->system && !m_id_is_null(account.holder_user) &&
               m_id_eq(call->actor, account.holder_user);
    return own ? fin_imprest_refuse(call, FIN_ERR(IMPREST_OWN), NULL, none) : M_OK;
}

static m_status read_vouchers(fin_module *fin, m_call *call, const fin_imprest_recoupment *r,
                              m_fetch *out)
{
    m_id *ids = m_arena_array(call->arena, r->lines.count, sizeof *ids);
    FIN_NEED(call, ids);
    uint32_t n = 0;
    for (M_EACH(const fin_imprest_recoup_line, line, r->lines))
        ids[n++] = line->voucher;
    *out = (m_fetch){.type = &fin_imprest_voucher_type, .ids = ids, .key_count = n};
    M_TRY(m_store_fetch(fin->store, call, out, 1));
    for (uint32_t i = 0; i < out->count; i++) {
        const fin_imprest_voucher *v = out->records[i];
        if (!v || v->state != FIN_IMPREST_V_APPROVED)
            return m_fail(call, m_err_internal, "a voucher of a recoupment is not approved");
    }
    return M_OK;
}

m_status fin_imprest_recoupment_pay(void *module, m_call *call, void *doc, const void *input)
{
    const fin_imprest_date_input *in = input;
    fin_imprest_recoupment *r = doc;
    fin_imprest_account account;
    m_fetch vouchers;
    m_date date = in && !m_date_is_none(in->date) ? in->date : m_today(call);
    if (m_date_cmp(date, r->date) < 0) {
        if (in && !m_date_is_none(in->date))
            return fin_imprest_refuse(call, FIN_ERR(IMPREST_BEFORE), "date", none);
        date = r->date;
    }
    M_TRY(fin_imprest_read(module, call, r->imprest, &account));
    M_TRY(read_vouchers(module, call, r, &vouchers));
    fin_imprest_float f = fin_imprest_float_of(&account);
    fin_imprest_net(&f, r->amount, &r->less, &r->paid);
    r->paid_on = date;
    r->open_key = none;
    fin_imprest_posting posting = {.type = &fin_imprest_recoupment_type,
                                   .doc = &r->doc,
                                   .purpose = "post",
                                   .date = date,
                                   .narration = account.name,
                                   .debit = account.ledger,
                                   .credit = account.source,
                                   .amount = r->paid};
    M_TRY(fin_imprest_post(module, call, &posting));
    M_TRY(fin_imprest_mark_recouped(module, call, &vouchers, r->id));
    account.approved.u -= r->amount.u;
    account.cash.u += r->paid.u;
    account.funded.u -= r->less.u;
    return fin_imprest_write(module, call, &account);
}

m_status fin_imprest_recoupment_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)module, (void)call, (void)input;
    fin_imprest_recoupment *r = doc;
    r->open_key = none;
    return M_OK;
}
