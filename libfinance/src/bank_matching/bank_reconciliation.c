#include "bank_matching/bank_reports.h"

/* Balance of the bank + what the books have and the bank has not − what the bank has and the books
 * have not = balance of the books. A match counts once all of it has happened, so that this holds
 * on every day. */

const char *const fin_bank_row_kinds[] = {
    "bank_balance", "brought_forward", "deposit_in_transit", "outstanding_payment",
    "not_booked",   "older",           "book_balance",       NULL};

static const m_field param_fields[] = {
    M_F_LINK(fin_bank_reconciliation_params, account, "Bank account", "finance.account",
             .flags = M_REQUIRED),
    M_F_DATE(fin_bank_reconciliation_params, as_of, "As of", .help = "Today when left empty."),
};
static const m_type params_type = {.name = "finance.bank_reconciliation_params",
                                   .size = sizeof(fin_bank_reconciliation_params),
                                   M_FIELDS(param_fields)};
static const m_field row_fields[] = {
    M_F_ENUM(fin_bank_reconciliation_row, kind, "Kind", fin_bank_row_kinds),
    M_F_DATE(fin_bank_reconciliation_row, date, "Date"),
    M_F_STR(fin_bank_reconciliation_row, number, "Number"),
    M_F_STR(fin_bank_reconciliation_row, reference, "Reference"),
    M_F_STR(fin_bank_reconciliation_row, narration, "Narration", .max = 500),
    M_F_SUM(fin_bank_reconciliation_row, amount, "Amount"),
    M_F_LINK(fin_bank_reconciliation_row, statement, "Statement", "finance.bank_statement",
             .flags = M_HIDDEN),
    M_F_ID(fin_bank_reconciliation_row, line, "Line of the bank", .flags = M_HIDDEN),
    M_F_INT(fin_bank_reconciliation_row, seq, "Sequence", .flags = M_HIDDEN),
    M_F_INT(fin_bank_reconciliation_row, line_no, "Line", .flags = M_HIDDEN),
    M_F_ID(fin_bank_reconciliation_row, voucher_id, "Voucher", .flags = M_HIDDEN),
};
static const m_type row_type = {.name = "finance.bank_reconciliation_row",
                                .size = sizeof(fin_bank_reconciliation_row),
                                M_FIELDS(row_fields)};

typedef struct {
    fin_module *fin;
    m_call *call;
    m_id account;
    fin_bank_account of;
    m_date as_of;
    m_date from; /* ledger lines of before are one figure */
    m_list rows;
    uint32_t capacity;
    m_dec_sum sum;
} report;

static m_status add(report *r, fin_bank_reconciliation_row row)
{
    fin_bank_reconciliation_row *added =
        m_list_add(r->call->arena, &r->rows, &r->capacity, sizeof *added);
    FIN_NEED(r->call, added);
    *added = row;
    r->sum += row.amount;
    return M_OK;
}

/* ---- the bank's side ---- */

#define READS 5

/* [0]: the last statement that has begun; [1]: the first one; [2]: those that may have open lines;
 * [3]: older ones that have; [4]: older ones that had some on the day asked for. */
static m_status read_statements(const report *r, m_fetch reads[READS])
{
    m_enum submitted = M_SUBMITTED;
    int64_t none = 0;
    const m_filter account = {"account", M_OP_EQ, &r->account};
    const m_filter state = {"state", M_OP_EQ, &submitted};
    const m_filter begun = {"from_date", M_OP_LE, &r->as_of};
    m_filter all[] = {account, state, begun};
    m_filter recent[] = {account, state, begun, {"to_date", M_OP_GE, &r->from}};
    m_filter older[] = {
        account, state, {"to_date", M_OP_LT, &r->from}, {"open_lines", M_OP_GT, &none}};
    m_filter later[] = {account,
                        state,
                        {"to_date", M_OP_LT, &r->from},
                        {"open_lines", M_OP_EQ, &none},
                        {"cleared_on", M_OP_GT, &r->as_of}};
    m_order last = {"to_date", true};
    m_order first = {"to_date", false};
    m_query queries[] = {
        {.filters = all, .filter_count = 3, .orders = &last, .order_count = 1, .limit = 1},
        {.filters = all, .filter_count = 2, .orders = &first, .order_count = 1, .limit = 1},
        {.filters = recent, .filter_count = 4, .orders = &first, .order_count = 1},
        {.filters = older, .filter_count = 4, .orders = &first, .order_count = 1},
        {.filters = later, .filter_count = 5, .orders = &first, .order_count = 1}};
    for (int i = 0; i < READS; i++)
        reads[i] = (m_fetch){.type = &fin_bank_statement_type, .query = &queries[i]};
    M_TRY(m_store_fetch(r->fin->store, r->call, reads, READS));
    for (int i = 0; i < READS; i++)
        reads[i].query = NULL;
    return M_OK;
}

static m_status add_balance(report *r, const fin_bank_statement *last,
                            const fin_bank_statement *first)
{
    fin_bank_reconciliation_row row = {.kind = FIN_BANK_BALANCE, .date = r->as_of};
    if (last) {
        row.number = last->number;
        row.reference = last->statement_no;
        row.statement = last->id;
        row.amount = last->closing_balance.u;
        if (m_date_cmp(r->as_of, last->to_date) < 0) row.amount = last->opening_balance.u;
        for (M_EACH(const fin_bank_line, line, last->lines))
            if (m_date_cmp(r->as_of, last->to_date) < 0 && m_date_cmp(line->date, r->as_of) <= 0)
                row.amount += line->amount.u;
    }
    M_TRY(add(r, row));
    if (!last || first->opening_balance.u == 0) return M_OK;
    return add(r, (fin_bank_reconciliation_row){.kind = FIN_BANK_BROUGHT_FORWARD,
                                                .date = first->from_date,
                                                .number = first->number,
                                                .statement = first->id,
                                                .amount = -first->opening_balance.u});
}

static m_status add_bank_lines(report *r, const m_fetch *statements)
{
    for (uint32_t i = 0; i < statements->count; i++) {
        const fin_bank_statement *s = statements->records[i];
        for (M_EACH(const fin_bank_line, line, s->lines)) {
            bool booked = line->match && m_date_cmp(line->cleared_on, r->as_of) <= 0;
            if (booked || m_date_cmp(line->date, r->as_of) > 0) continue;
            M_TRY(add(r, (fin_bank_reconciliation_row){.kind = FIN_BANK_NOT_BOOKED,
                                                       .date = line->date,
                                                       .number = s->number,
                                                       .reference = line->reference,
                                                       .narration = line->narration,
                                                       .amount = -line->amount.u,
                                                       .statement = s->id,
                                                       .line = line->id}));
        }
    }
    return M_OK;
}

/* ---- the books' side ---- */

static m_status add_candidates(report *r, const m_list *candidates, bool in)
{
    for (M_EACH(const fin_bank_candidate, c, *candidates)) {
        if ((c->amount.u > 0) != in) continue;
        M_TRY(add(r, (fin_bank_reconciliation_row){
                         .kind = in ? FIN_BANK_IN_TRANSIT : FIN_BANK_OUTSTANDING,
                         .date = c->date,
                         .number = c->voucher_no,
                         .reference = c->references[0],
                         .narration = c->party.n ? c->party : c->references[1],
                         .amount = c->amount.u,
                         .seq = c->seq,
                         .line_no = c->line_no,
                         .voucher_id = c->voucher}));
    }
    return M_OK;
}

static m_status ledger_sum(const report *r, m_filter_op op, const m_date *date, m_dec_sum *out)
{
    m_filter filters[] = {{"account", M_OP_EQ, &r->account}, {"posting_date", op, date}};
    m_sum sum = {.type = &m_gl_entry_type, .filters = filters, .filter_count = 2, .group_by = ""};
    M_TRY(m_store_sum(r->fin->store, r->call, &sum));
    *out = 0;
    bool base = m_id_is_null(r->of.currency);
    for (M_EACH(const m_gl_entry, row, sum.out))
        *out += base ? (m_dec_sum)row->debit.u - row->credit.u : row->foreign_amount.u;
    return M_OK;
}

static m_status add_older(report *r)
{
    m_filter filters[] = {{"account", M_OP_EQ, &r->account},
                          {"posting_date", M_OP_LT, &r->from},
                          {"cleared_on", M_OP_LE, &r->as_of}};
    m_sum cleared = {
        .type = &fin_bank_match_type, .filters = filters, .filter_count = 3, .group_by = ""};
    m_dec_sum booked;
    M_TRY(ledger_sum(r, M_OP_LT, &r->from, &booked));
    M_TRY(m_store_sum(r->fin->store, r->call, &cleared));
    for (M_EACH(const fin_bank_match, row, cleared.out))
        booked -= row->amount.u;
    if (booked == 0) return M_OK;
    return add(r, (fin_bank_reconciliation_row){
                      .kind = FIN_BANK_OLDER, .date = r->from, .amount = booked});
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    const fin_bank_reconciliation_params *in = params;
    report r = {.fin = module, .call = call, .account = in->account, .as_of = in->as_of};
    int64_t window;
    m_fetch statements[READS];
    m_list candidates;
    m_dec_sum book;
    if (m_date_is_none(r.as_of)) r.as_of = m_today(call);
    M_TRY(fin_bank_read_account(r.fin, call, r.account, &r.of));
    M_TRY(fin_bank_window(r.fin, call, r.as_of, &window));
    r.from = (m_date){(int32_t)(r.as_of.d - window)};
    M_TRY(read_statements(&r, statements));
    const void *last = statements[0].count ? statements[0].records[0] : NULL;
    const void *first = statements[1].count ? statements[1].records[0] : NULL;
    M_TRY(add_balance(&r, last, first));
    M_TRY(fin_bank_candidates(r.fin, call, r.account, r.from, r.as_of, r.as_of, &candidates));
    M_TRY(add_candidates(&r, &candidates, true));
    M_TRY(add_candidates(&r, &candidates, false));
    M_TRY(add_bank_lines(&r, &statements[4]));
    M_TRY(add_bank_lines(&r, &statements[3]));
    M_TRY(add_bank_lines(&r, &statements[2]));
    M_TRY(add_older(&r));
    M_TRY(ledger_sum(&r, M_OP_LE, &r.as_of, &book));
    if (book != r.sum) return m_fail(call, m_err_internal, "bank and books do not add up");
    M_TRY(add(
        &r, (fin_bank_reconciliation_row){.kind = FIN_BANK_BOOK, .date = r.as_of, .amount = book}));
    *out_rows = r.rows;
    return M_OK;
}

const m_report fin_bank_reconciliation_report = {.name = "bank-reconciliation",
                                                 .label = "Bank reconciliation",
                                                 .group = "Accounts",
                                                 .permissions = fin_report_permissions,
                                                 .params = &params_type,
                                                 .row = &row_type,
                                                 .run = run,
                                                 .drill = "statement:document,voucher_id:voucher"};
