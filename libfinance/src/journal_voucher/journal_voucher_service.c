#include "journal_voucher/journal_voucher.h"
#include "ledger/ledger.h"

m_status fin_journal_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    fin_journal_voucher *voucher = doc;
    m_tenant_info tenant;
    M_TRY(fin_read_tenant(module, call, &tenant));
    if (m_date_is_none(voucher->posting_date)) voucher->posting_date = m_today(call);
    m_dec_sum debit = 0;
    m_dec_sum credit = 0;
    uint32_t i = 0;
    for (M_EACH(const fin_journal_line, line, voucher->lines)) {
        if (line->debit.u && line->credit.u)
            m_field_fail(call, FIN_ERR(LINE_SIDE), fin_path(call, "lines", i, "credit"), NULL);
        fin_check_places(call, line->debit, tenant.currency_places, "lines", i, "debit");
        fin_check_places(call, line->credit, tenant.currency_places, "lines", i, "credit");
        debit += line->debit.u;
        credit += line->credit.u;
        i++;
    }
    FIN_TRY(call, m_dec_of_sum(debit, &voucher->total_debit));
    FIN_TRY(call, m_dec_of_sum(credit, &voucher->total_credit));
    return M_OK;
}

m_status fin_journal_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    const fin_journal_voucher *voucher = doc;
    m_ledger_line *lines = m_arena_array(call->arena, voucher->lines.count, sizeof *lines);
    FIN_NEED(call, lines);
    uint32_t n = 0;
    for (M_EACH(const fin_journal_line, line, voucher->lines))
        lines[n++] = (m_ledger_line){.account = line->account,
                                     .cost_center = line->cost_center,
                                     .party = line->party,
                                     .debit = line->debit,
                                     .credit = line->credit,
                                     .narration = line->narration};
    m_ledger_voucher posting = fin_voucher_of(call, &fin_journal_voucher_type, &voucher->doc,
                                              "journal", voucher->posting_date, voucher->narration);
    posting.lines = (m_list){lines, n};
    bool posted;
    return fin_ledger_post(module, call, &posting, FIN_LINES_OWN, &posted);
}

m_status fin_journal_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    return fin_ledger_cancel(module, call, doc);
}
