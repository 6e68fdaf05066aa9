#include "imprest/imprest.h"
#include "ledger/ledger.h"

m_status fin_imprest_refuse(m_call *call, const m_error_def *def, const char *path, m_str detail)
{
    const char *format = detail.n ? "%.*s" : NULL;
    if (path) {
        if (format)
            m_field_fail(call, def, m_str_of(path), "%.*s", M_STR_ARG(detail));
        else
            m_field_fail(call, def, m_str_of(path), NULL);
    }
    return format ? m_fail(call, def, "%.*s", M_STR_ARG(detail)) : m_fail(call, def, NULL);
}

m_status fin_imprest_refuse_amount(m_call *call, const m_error_def *def, const char *path,
                                   m_dec detail)
{
    char text[M_DEC_TEXT];
    m_dec_format(detail, 2, text);
    return fin_imprest_refuse(call, def, path, m_str_of(text));
}

m_status fin_imprest_sound(m_call *call, const fin_imprest_account *account)
{
    fin_imprest_float f = fin_imprest_float_of(account);
    return fin_imprest_holds(&f) ? M_OK : m_fail(call, m_err_internal, "the float does not add up");
}

m_status fin_imprest_read(fin_module *fin, m_call *call, m_id id, fin_imprest_account *out)
{
    const void *found;
    M_TRY(m_store_need(fin->store, call, &fin_imprest_account_type, id, &found));
    *out = *(const fin_imprest_account *)found;
    return M_OK;
}

m_status fin_imprest_write(fin_module *fin, m_call *call, fin_imprest_account *account)
{
    M_TRY(fin_imprest_sound(call, account));
    account->version++;
    account->modified_at = m_now(call);
    account->modified_by = call->actor;
    return m_store_update(fin->store, call, &fin_imprest_account_type, account);
}

m_status fin_imprest_post(fin_module *fin, m_call *call, const fin_imprest_posting *in)
{
    fin_lines lines = {.call = call};
    m_ledger_line debit = {
        .account = in->debit, .purpose = in->debit_purpose, .cost_center = in->debit_center};
    m_ledger_line credit = {.account = in->credit, .purpose = in->credit_purpose};
    M_TRY(fin_lines_debit(&lines, debit, in->amount));
    M_TRY(fin_lines_credit(&lines, credit, in->amount));
    m_ledger_voucher voucher =
        fin_voucher_of(call, in->type, in->doc, FIN_IMPREST_VOUCHER, in->date, in->narration);
    voucher.voucher_id = m_voucher_id(call, in->doc->id, in->purpose);
    voucher.lines = lines.lines;
    bool posted;
    return fin_ledger_post(fin, call, &voucher, FIN_LINES_MADE, &posted);
}

/* ---- vouchers of an account ---- */

m_status fin_imprest_approved(fin_module *fin, m_call *call, m_id account, m_fetch *out)
{
    m_enum approved = FIN_IMPREST_V_APPROVED;
    m_filter filters[] = {{"imprest", M_OP_EQ, &account}, {"state", M_OP_EQ, &approved}};
    m_query query = {.filters = filters, .filter_count = 2};
    *out = (m_fetch){.type = &fin_imprest_voucher_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, out, 1));
    out->query = NULL;
    return M_OK;
}

m_status fin_imprest_mark_recouped(fin_module *fin, m_call *call, const m_fetch *approved,
                                   m_id recoupment)
{
    for (uint32_t i = 0; i < approved->count; i++) {
        fin_imprest_voucher voucher = *(const fin_imprest_voucher *)approved->records[i];
        voucher.state = FIN_IMPREST_V_RECOUPED;
        voucher.recoupment = recoupment;
        voucher.version++;
        voucher.modified_at = m_now(call);
        voucher.modified_by = call->actor;
        M_TRY(m_store_update(fin->store, call, &fin_imprest_voucher_type, &voucher));
    }
    return M_OK;
}
