#include "deferral/deferral.h"
#include "fiscal_year/fiscal_year.h"
#include "ledger/ledger.h"

/* "release/3" */
static m_status part_voucher(m_call *call, const fin_deferral *deferral, const char *purpose,
                             int64_t number, m_id *out)
{
    const char *own = m_arena_printf(call->arena, "%s/%lld", purpose, (long long)number);
    FIN_NEED(call, own);
    *out = m_voucher_id(call, deferral->id, own);
    return M_OK;
}

/* What goes to the deferral account (above zero) or comes back from it. */
static m_status post(fin_module *fin, m_call *call, const fin_deferral *deferral, m_id voucher_id,
                     m_date date, m_dec amount)
{
    fin_lines lines = {.call = call};
    bool expense = deferral->kind == FIN_DEFERRED_EXPENSE;
    m_dec debit = expense ? amount : m_dec_neg(amount);
    m_ledger_line kept = {.account = deferral->deferral_account,
                          .cost_center = deferral->cost_center};
    m_ledger_line booked = {.account = deferral->account, .cost_center = deferral->cost_center};
    M_TRY(fin_lines_debit(&lines, kept, debit));
    M_TRY(fin_lines_credit(&lines, booked, debit));
    m_ledger_voucher voucher = fin_voucher_of(call, &fin_deferral_type, &deferral->doc, "deferral",
                                              date, deferral->description);
    voucher.voucher_id = voucher_id;
    voucher.lines = lines.lines;
    bool posted;
    return fin_ledger_post(fin, call, &voucher, FIN_LINES_MADE, &posted);
}

m_status fin_deferral_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    const fin_deferral *deferral = doc;
    return post(module, call, deferral, m_voucher_id(call, deferral->id, "post"),
                deferral->posting_date, deferral->amount);
}

/* The last day of the part; the day of the release when one may no longer post there, or when the
 * deferral itself is of a later day. */
static m_date date_of(m_call *call, const fin_deferral *deferral, const m_fetch *years, m_date last,
                      m_date date)
{
    if (m_date_cmp(last, deferral->posting_date) < 0) last = deferral->posting_date;
    if (m_date_cmp(last, date) >= 0) return last;
    m_status status = fin_period_check(call, years, last, NULL);
    if (status == M_OK) return last;
    m_error_clear(call);
    return date;
}

m_status fin_deferral_release_due(fin_module *fin, m_call *call, fin_deferral *deferral,
                                  const m_fetch *years, m_date date, int64_t *out_parts)
{
    int64_t parts = 0;
    for (M_EACH(fin_deferral_part, part, deferral->parts)) {
        if (!m_date_is_none(part->released_on) || m_date_cmp(part->last, date) > 0) continue;
        m_id voucher;
        M_TRY(part_voucher(call, deferral, "release", part->number, &voucher));
        part->released_on = date_of(call, deferral, years, part->last, date);
        M_TRY(post(fin, call, deferral, voucher, part->released_on, m_dec_neg(part->amount)));
        FIN_TRY(call, m_dec_add(deferral->released, part->amount, &deferral->released));
        FIN_TRY(call, m_dec_sub(deferral->remaining, part->amount, &deferral->remaining));
        parts++;
    }
    *out_parts = parts;
    return M_OK;
}

m_status fin_deferral_refuse_nothing(m_call *call, m_date date)
{
    char text[M_DATE_TEXT];
    m_date_format(date, text);
    m_field_fail(call, FIN_ERR(DEFERRAL_NOTHING), M_STR("date"), "%s", text);
    return m_fail(call, FIN_ERR(DEFERRAL_NOTHING), "%s", text);
}

m_status fin_deferral_release(void *module, m_call *call, void *doc, const void *input)
{
    fin_module *fin = module;
    const fin_deferral_release_input *in = input;
    m_date date = in && !m_date_is_none(in->date) ? in->date : m_today(call);
    m_fetch years = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    int64_t parts;
    M_TRY(m_store_fetch(fin->store, call, &years, 1));
    M_TRY(fin_deferral_release_due(fin, call, doc, &years, date, &parts));
    return parts ? M_OK : fin_deferral_refuse_nothing(call, date);
}

m_status fin_deferral_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    fin_deferral *deferral = doc;
    m_id vouchers[1 + FIN_DEFER_MONTHS_MAX];
    m_id mirrors[1 + FIN_DEFER_MONTHS_MAX];
    fin_reversal reversal = {
        .vouchers = vouchers, .mirrors = mirrors, .count = 1, .voucher_no = deferral->number};
    vouchers[0] = m_voucher_id(call, deferral->id, "post");
    mirrors[0] = m_voucher_id(call, deferral->id, "cancel");
    for (M_EACH(const fin_deferral_part, part, deferral->parts)) {
        if (m_date_is_none(part->released_on)) continue;
        uint32_t n = reversal.count++;
        M_TRY(part_voucher(call, deferral, "release", part->number, &vouchers[n]));
        M_TRY(part_voucher(call, deferral, "cancel", part->number, &mirrors[n]));
    }
    deferral->remaining = (m_dec){0};
    uint32_t posted;
    return fin_ledger_reverse(module, call, &reversal, &posted);
}

m_status fin_deferral_refuse_undo(fin_module *fin, m_call *call, m_id invoice)
{
    m_enum submitted = M_SUBMITTED;
    m_filter bought[] = {{"purchase_invoice", M_OP_EQ, &invoice}, {"state", M_OP_EQ, &submitted}};
    m_filter sold[] = {{"sales_invoice", M_OP_EQ, &invoice}, {"state", M_OP_EQ, &submitted}};
    m_query queries[] = {{.filters = bought, .filter_count = 2, .limit = 1, .without_lists = true},
                         {.filters = sold, .filter_count = 2, .limit = 1, .without_lists = true}};
    m_fetch reads[] = {{.type = &fin_deferral_type, .query = &queries[0]},
                       {.type = &fin_deferral_type, .query = &queries[1]}};
    M_TRY(m_store_fetch(fin->store, call, reads, 2));
    for (int i = 0; i < 2; i++)
        if (reads[i].count) {
            const fin_deferral *deferral = reads[i].records[0];
            return m_fail(call, FIN_ERR(INVOICE_DEFERRED), "%.*s", M_STR_ARG(deferral->number));
        }
    return M_OK;
}
