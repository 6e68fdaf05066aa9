#include "revaluation/revaluation.h"

#define VOUCHERS 2 /* the revaluation, and what takes it back */

static const char *const posted_as[VOUCHERS] = {"post", "next"};
static const char *const undone_as[VOUCHERS] = {"cancel", "cancel/next"};

/* ---- voucher ---- */

static m_ledger_line subject_of(const fin_revaluation_line *line)
{
    m_ledger_line made = {
        .account = line->account, .currency = line->currency, .narration = line->number};
    if (!m_id_is_null(line->account)) return made;
    const fin_side *side = m_id_is_null(line->supplier) ? &fin_customer_side : &fin_supplier_side;
    made.party = fin_either(line->supplier, line->customer);
    made.purpose = m_str_of(line->prepaid ? side->prepaid : side->control);
    return made;
}

/* Gains and losses by currency. */
typedef struct {
    m_id currency;
    m_dec_sum gains;
    m_dec_sum losses;
} result;

static m_status add_result(fin_lines *lines, const fin_revaluation *doc, const result *of, int sign)
{
    m_dec gains, losses;
    FIN_TRY(lines->call, m_dec_of_sum(sign * of->gains, &gains));
    FIN_TRY(lines->call, m_dec_of_sum(sign * of->losses, &losses));
    m_ledger_line gain = {.purpose = M_STR("unrealised_gain"),
                          .cost_center = doc->cost_center,
                          .currency = of->currency};
    m_ledger_line loss = gain;
    loss.purpose = M_STR("unrealised_loss");
    M_TRY(fin_lines_credit(lines, gain, gains));
    return fin_lines_debit(lines, loss, losses);
}

static m_status note_result(m_call *call, m_list *results, uint32_t *capacity,
                            const fin_revaluation_line *line)
{
    result *of = NULL;
    for (M_EACH(result, known, *results))
        if (m_id_eq(known->currency, line->currency)) of = known;
    if (!of) {
        of = m_list_add(call->arena, results, capacity, sizeof *of);
        FIN_NEED(call, of);
        of->currency = line->currency;
    }
    if (line->gain.u > 0)
        of->gains += line->gain.u;
    else
        of->losses -= line->gain.u;
    return M_OK;
}

/* sign −1: the other way round. */
static m_status make_lines(m_call *call, const fin_revaluation *doc, int sign, m_list *out)
{
    fin_lines lines = {.call = call};
    m_list results = {NULL, 0};
    uint32_t capacity = 0;
    for (M_EACH(const fin_revaluation_line, line, doc->lines)) {
        M_TRY(fin_lines_debit(&lines, subject_of(line), (m_dec){sign * line->gain.u}));
        M_TRY(note_result(call, &results, &capacity, line));
    }
    for (M_EACH(const result, of, results))
        M_TRY(add_result(&lines, doc, of, sign));
    *out = lines.lines;
    return M_OK;
}

static m_status post(fin_module *fin, m_call *call, const fin_revaluation *doc, bool back)
{
    bool posted;
    m_ledger_voucher voucher =
        fin_voucher_of(call, &fin_revaluation_type, &doc->doc, FIN_REVALUATION_VOUCHER,
                       back ? doc->reversed_on : doc->posting_date, doc->narration);
    voucher.voucher_id = m_voucher_id(call, doc->id, posted_as[back]);
    M_TRY(make_lines(call, doc, back ? -1 : 1, &voucher.lines));
    return fin_ledger_post(fin, call, &voucher, FIN_LINES_MADE, &posted);
}

/* ---- hooks ---- */

m_status fin_revaluation_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    const fin_revaluation *revaluation = doc;
    if (revaluation->lines.count == 0) return m_fail(call, FIN_ERR(REVALUATION_NOTHING), NULL);
    M_TRY(post(module, call, revaluation, false));
    return m_date_is_none(revaluation->reversed_on) ? M_OK : post(module, call, revaluation, true);
}

m_status fin_revaluation_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    const fin_revaluation *revaluation = doc;
    m_id vouchers[VOUCHERS], mirrors[VOUCHERS];
    for (int i = 0; i < VOUCHERS; i++) {
        vouchers[i] = m_voucher_id(call, revaluation->id, posted_as[i]);
        mirrors[i] = m_voucher_id(call, revaluation->id, undone_as[i]);
    }
    fin_reversal reversal = {.vouchers = vouchers,
                             .mirrors = mirrors,
                             .count = m_date_is_none(revaluation->reversed_on) ? 1 : VOUCHERS,
                             .voucher_no = revaluation->number};
    uint32_t posted;
    return fin_ledger_reverse(module, call, &reversal, &posted);
}
