#include "bank_transfer/bank_transfer.h"
#include "ledger/ledger.h"

/* Both accounts; NULL where there is none, which is told as a link that leads nowhere. */
typedef struct {
    const fin_account *from;
    const fin_account *to;
} both;

static void judge_money(m_call *call, const fin_account *account, const char *path)
{
    if (!account) return;
    const m_error_def *fault = NULL;
    if (account->kind != FIN_KIND_BANK && account->kind != FIN_KIND_CASH)
        fault = FIN_ERR(NOT_MONEY);
    if (account->is_group) fault = FIN_ERR(ACCOUNT_GROUP);
    if (!account->active) fault = FIN_ERR(ACCOUNT_INACTIVE);
    if (fault)
        m_field_fail(call, fault, m_str_of(path), "%.*s %.*s", M_STR_ARG(account->code),
                     M_STR_ARG(account->name));
}

static m_status read_accounts(fin_module *fin, m_call *call, const fin_bank_transfer *transfer,
                              both *out)
{
    m_id ids[] = {transfer->from_account, transfer->to_account};
    *out = (both){NULL, NULL};
    if (m_id_is_null(ids[0]) || m_id_is_null(ids[1])) return M_OK; /* the field table tells */
    m_fetch read = {.type = &fin_account_type, .ids = ids, .key_count = 2};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    *out = (both){read.records[0], read.records[1]};
    judge_money(call, out->from, "from_account");
    judge_money(call, out->to, "to_account");
    if (m_id_eq(ids[0], ids[1]))
        m_field_fail(call, FIN_ERR(TRANSFER_SAME), M_STR("to_account"), NULL);
    return M_OK;
}

/* The rate is that of the one other currency, or of what is sent. */
static m_status read_currencies(fin_module *fin, m_call *call, fin_bank_transfer *transfer,
                                const both *accounts, fin_transfer_currencies *out)
{
    m_id from = accounts->from->currency, to = accounts->to->currency;
    bool sells = !m_id_is_null(from);
    bool known = !sells && transfer->received.u != 0; /* then no rate is needed */
    m_dec none = {0}, own = m_dec_of_int(1), own_per = own;
    M_TRY(fin_currency_read(fin, call, &from, sells ? &transfer->rate : &none,
                            sells ? &transfer->per : &none, transfer->posting_date, &out->from));
    bool asks = !sells && !known;
    M_TRY(fin_currency_read(fin, call, &to, asks ? &transfer->rate : &own,
                            asks ? &transfer->per : &own_per, transfer->posting_date, &out->to));
    fin_check_places(call, transfer->amount, out->from.places, NULL, 0, "amount");
    fin_check_places(call, transfer->received, out->to.places, NULL, 0, "received");
    return M_OK;
}

m_status fin_bank_transfer_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    fin_bank_transfer *transfer = doc;
    fin_transfer_currencies of;
    both accounts;
    if (m_date_is_none(transfer->posting_date)) transfer->posting_date = m_today(call);
    M_TRY(read_accounts(module, call, transfer, &accounts));
    bool sound = transfer->amount.u > 0 && transfer->received.u >= 0 && transfer->rate.u >= 0 &&
                 transfer->per.u >= 0; /* else the field table tells */
    if (!accounts.from || !accounts.to || !sound) return M_OK;
    M_TRY(read_currencies(module, call, transfer, &accounts, &of));
    m_status status = fin_transfer_compute(transfer, &of);
    if (status == M_PRECONDITION) {
        m_field_fail(call, m_err_required, M_STR("received"), NULL);
        return M_OK;
    }
    if (status == M_INVALID) {
        m_field_fail(call, FIN_ERR(TRANSFER_RECEIVED), M_STR("received"), NULL);
        return M_OK;
    }
    return m_told(call, status);
}

static m_status make_lines(m_call *call, const fin_bank_transfer *transfer, const both *accounts,
                           m_list *out)
{
    fin_lines lines = {.call = call};
    m_id from = accounts->from->currency, to = accounts->to->currency;
    m_ledger_line sent = {.account = transfer->from_account,
                          .narration = transfer->reference,
                          .currency = from,
                          .foreign_amount = {m_id_is_null(from) ? 0 : -transfer->amount.u}};
    m_ledger_line received = {.account = transfer->to_account,
                              .narration = transfer->reference,
                              .currency = to,
                              .foreign_amount = {m_id_is_null(to) ? 0 : transfer->arrives.u}};
    M_TRY(fin_lines_credit(&lines, sent, transfer->base_sent));
    M_TRY(fin_lines_debit(&lines, received, transfer->base_received));
    M_TRY(fin_lines_exchange(&lines, transfer->cost_center, from, transfer->loss));
    *out = lines.lines;
    return M_OK;
}

m_status fin_bank_transfer_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    const fin_bank_transfer *transfer = doc;
    both accounts;
    bool posted;
    M_TRY(read_accounts(module, call, transfer, &accounts));
    M_TRY(m_failed_fields(call));
    if (!accounts.from || !accounts.to) return m_fail(call, m_err_internal, NULL);
    m_ledger_voucher voucher =
        fin_voucher_of(call, &fin_bank_transfer_type, &transfer->doc, "bank_transfer",
                       transfer->posting_date, transfer->narration);
    M_TRY(make_lines(call, transfer, &accounts, &voucher.lines));
    return fin_ledger_post(module, call, &voucher, FIN_LINES_MADE, &posted);
}

m_status fin_bank_transfer_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    return fin_ledger_cancel(module, call, doc);
}
