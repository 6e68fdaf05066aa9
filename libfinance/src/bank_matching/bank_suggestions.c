#include "bank_matching/bank_reports.h"

static const m_field param_fields[] = {
    M_F_LINK(fin_bank_suggestions_params, statement, "Statement", "finance.bank_statement",
             .flags = M_REQUIRED),
};
static const m_type params_type = {.name = "finance.bank_suggestions_params",
                                   .size = sizeof(fin_bank_suggestions_params),
                                   M_FIELDS(param_fields)};
static const m_field row_fields[] = {
    M_F_INT(fin_bank_suggestion_row, pair, "Pair"),
    M_F_INT(fin_bank_suggestion_row, score, "Score"),
    M_F_BOOL(fin_bank_suggestion_row, certain, "Certain"),
    M_F_ID(fin_bank_suggestion_row, line, "Line of the bank", .flags = M_HIDDEN),
    M_F_DATE(fin_bank_suggestion_row, date, "Date"),
    M_F_MONEY(fin_bank_suggestion_row, amount, "Amount"),
    M_F_STR(fin_bank_suggestion_row, reference, "Reference"),
    M_F_STR(fin_bank_suggestion_row, narration, "Narration", .max = 500),
    M_F_INT(fin_bank_suggestion_row, seq, "Sequence", .flags = M_HIDDEN),
    M_F_INT(fin_bank_suggestion_row, line_no, "Line", .flags = M_HIDDEN),
    M_F_DATE(fin_bank_suggestion_row, posting_date, "Posting date"),
    M_F_MONEY(fin_bank_suggestion_row, booked, "Booked"),
    M_F_STR(fin_bank_suggestion_row, number, "Number"),
    M_F_STR(fin_bank_suggestion_row, party, "Party"),
    M_F_ID(fin_bank_suggestion_row, voucher_id, "Voucher", .flags = M_HIDDEN),
};
static const m_type row_type = {.name = "finance.bank_suggestion_row",
                                .size = sizeof(fin_bank_suggestion_row),
                                M_FIELDS(row_fields)};

static fin_bank_suggestion_row row_of(const fin_bank_pair *pair, int64_t number,
                                      const fin_bank_line *line, const fin_bank_candidate *c)
{
    return (fin_bank_suggestion_row){.pair = number,
                                     .score = pair->score,
                                     .certain = pair->certain,
                                     .line = line->id,
                                     .date = line->date,
                                     .amount = line->amount,
                                     .reference = line->reference,
                                     .narration = line->narration,
                                     .seq = c->seq,
                                     .line_no = c->line_no,
                                     .posting_date = c->date,
                                     .booked = c->amount,
                                     .number = c->voucher_no,
                                     .party = c->party,
                                     .voucher_id = c->voucher};
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    const fin_bank_suggestions_params *in = params;
    fin_module *fin = module;
    const void *found;
    m_list candidates, pairs;
    m_list rows = {NULL, 0};
    uint32_t capacity = 0;
    int64_t number = 0;
    M_TRY(m_store_need(fin->store, call, &fin_bank_statement_type, in->statement, &found));
    const fin_bank_statement *statement = found;
    if (statement->state != M_SUBMITTED)
        return m_fail(call, m_err_state, "%.*s", M_STR_ARG(statement->number));
    M_TRY(fin_bank_statement_pairs(fin, call, statement, &candidates, &pairs));
    for (M_EACH(const fin_bank_pair, pair, pairs)) {
        number++;
        for (uint32_t i = 0; i < pair->count; i++) {
            fin_bank_suggestion_row *row = m_list_add(call->arena, &rows, &capacity, sizeof *row);
            FIN_NEED(call, row);
            *row = row_of(pair, number, M_AT(statement->lines, fin_bank_line, pair->line),
                          M_AT(candidates, fin_bank_candidate, pair->candidates[i]));
        }
    }
    *out_rows = rows;
    return M_OK;
}

const m_report fin_bank_suggestions_report = {.name = "bank-suggestions",
                                              .label = "Bank lines and what they may be",
                                              .group = "Accounts",
                                              .permissions = fin_report_permissions,
                                              .params = &params_type,
                                              .row = &row_type,
                                              .run = run,
                                              .drill = "voucher_id:voucher"};
