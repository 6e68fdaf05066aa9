#include "account/account.h"
#include "journal_voucher/journal_voucher.h"
#include "ledger/ledger.h"

#define OPENING "opening" /* voucher_type */

/* ---- opening balances ---- */

static m_status read_opening(fin_module *fin, m_call *call, const fin_journal_voucher *voucher,
                             m_fetch reads[2])
{
    m_str opening = M_STR(OPENING);
    m_filter others[] = {{"posting_date", M_OP_LT, &voucher->posting_date},
                         {"voucher_type", M_OP_NE, &opening}};
    m_order by_date = {"posting_date", false};
    m_query query = {
        .filters = others, .filter_count = 2, .orders = &by_date, .order_count = 1, .limit = 1};
    m_id *ids = m_arena_array(call->arena, voucher->lines.count, sizeof *ids);
    FIN_NEED(call, ids);
    reads[0] = (m_fetch){.type = &m_book_event_type, .query = &query};
    reads[1] = (m_fetch){.type = &fin_account_type, .ids = ids};
    for (M_EACH(const fin_journal_line, line, voucher->lines))
        if (!m_id_is_null(line->account)) ids[reads[1].key_count++] = line->account;
    m_status status = m_store_fetch(fin->store, call, reads, reads[1].key_count ? 2 : 1);
    reads[0].query = NULL;
    return status;
}

/* They come before all else, and only where a balance may stand: the stock of the ledger is that of
 * the warehouses, and results begin at zero. */
static m_status check_opening(fin_module *fin, m_call *call, const fin_journal_voucher *voucher)
{
    m_fetch reads[2];
    M_TRY(read_opening(fin, call, voucher, reads));
    if (reads[0].count) {
        const m_book_event *first = reads[0].records[0];
        char date[M_DATE_TEXT];
        m_date_format(first->posting_date, date);
        m_field_fail(call, FIN_ERR(OPENING_DATE), M_STR("posting_date"), "%.*s of %s",
                     M_STR_ARG(first->voucher_no), date);
    }
    uint32_t i = 0;
    uint32_t read = 0;
    for (M_EACH(const fin_journal_line, line, voucher->lines)) {
        const fin_account *account = m_id_is_null(line->account) ? NULL : reads[1].records[read++];
        bool good =
            !account || (!fin_account_is_result(account) && account->kind != FIN_KIND_STOCK);
        if (!good)
            m_field_fail(call, FIN_ERR(OPENING_ACCOUNT), m_line_path(call, "lines", i, "account"),
                         "%.*s %.*s", M_STR_ARG(account->code), M_STR_ARG(account->name));
        i++;
    }
    return M_OK;
}

/* ---- journals ---- */

m_status fin_journal_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    fin_journal_voucher *voucher = doc;
    m_tenant_info tenant;
    M_TRY(fin_read_tenant(module, call, &tenant));
    if (m_date_is_none(voucher->posting_date)) voucher->posting_date = m_today(call);
    M_TRY(fin_journal_convert(module, call, voucher));
    m_dec_sum debit = 0;
    m_dec_sum credit = 0;
    uint32_t i = 0;
    for (M_EACH(const fin_journal_line, line, voucher->lines)) {
        if (line->debit.u && line->credit.u)
            m_field_fail(call, FIN_ERR(LINE_SIDE), m_line_path(call, "lines", i, "credit"), NULL);
        if (!m_id_is_null(line->party) && !m_id_is_null(line->customer))
            m_field_fail(call, FIN_ERR(ONE_PARTY), m_line_path(call, "lines", i, "customer"), NULL);
        fin_check_places(call, line->debit, tenant.currency_places, "lines", i, "debit");
        fin_check_places(call, line->credit, tenant.currency_places, "lines", i, "credit");
        debit += line->debit.u;
        credit += line->credit.u;
        i++;
    }
    FIN_TRY(call, m_dec_of_sum(debit, &voucher->total_debit));
    FIN_TRY(call, m_dec_of_sum(credit, &voucher->total_credit));
    M_TRY(fin_journal_round(module, call, voucher));
    return voucher->opening ? check_opening(module, call, voucher) : M_OK;
}

m_status fin_journal_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    const fin_journal_voucher *voucher = doc;
    m_ledger_line *lines =
        m_arena_array(call->arena, voucher->lines.count + (size_t)1, sizeof *lines);
    FIN_NEED(call, lines);
    uint32_t n = 0;
    for (M_EACH(const fin_journal_line, line, voucher->lines))
        lines[n++] = (m_ledger_line){
            .account = line->account,
            .cost_center = line->cost_center,
            .party = fin_either(line->party, line->customer),
            .debit = line->debit,
            .credit = line->credit,
            .narration = line->narration,
            .currency = line->currency,
            .foreign_amount = {line->foreign_debit.u - line->foreign_credit.u},
        };
    if (voucher->rounding.u) lines[n++] = fin_journal_rounding(voucher);
    m_ledger_voucher posting = fin_voucher_of(call, &fin_journal_voucher_type, &voucher->doc,
                                              voucher->opening ? OPENING : "journal",
                                              voucher->posting_date, voucher->narration);
    posting.lines = (m_list){lines, n};
    bool posted;
    return fin_ledger_post(module, call, &posting, FIN_LINES_OWN, &posted);
}

m_status fin_journal_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    return fin_ledger_cancel(module, call, doc);
}
