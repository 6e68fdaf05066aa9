/* Holding: Finance checks what another process is about to decide, and remembers it. */
#include "budget/budget.h"
#include "commitment/commitment.h"
#include "ledger/ledger.h"
#include "pending_voucher/pending_voucher.h"

/* ---- what is there already ---- */

typedef struct {
    const fin_pending *row; /* or NULL */
    bool done;              /* nothing is to be held: it is posted, or a later attempt holds it */
} before;

/* Attempts are numbered by time: the earlier of two that overlap is the one nobody waits for. What
 * the ledger has was posted, whoever told it. */
static m_status look(fin_module *fin, m_call *call, m_id id, m_id attempt, before *out)
{
    m_filter filter = {"voucher_id", M_OP_EQ, &id};
    m_query query = {.filters = &filter, .filter_count = 1, .limit = 1};
    m_fetch reads[] = {{.type = &fin_pending_type, .ids = &id, .key_count = 1},
                       {.type = &m_book_event_type, .query = &query}};
    M_TRY(m_store_fetch(fin->store, call, reads, 2));
    const fin_pending *row = reads[0].records[0];
    *out = (before){.row = row, .done = reads[1].count > 0};
    if (!row) return M_OK;
    if (row->state == FIN_LET_GO && m_id_eq(row->attempt, attempt))
        return m_fail(call, FIN_ERR(PENDING_LET_GO), NULL);
    out->done = out->done || row->state == FIN_POSTED || row->state == FIN_EMPTY ||
                row->state == FIN_WAITING ||
                (row->state == FIN_HELD && m_id_cmp(attempt, row->attempt) < 0);
    return M_OK;
}

/* Before anything is counted anew: what the same voucher held so far. */
static m_status drop_earlier(fin_module *fin, m_call *call, const before *was)
{
    if (!was->row || was->row->state != FIN_HELD) return M_OK;
    return fin_pending_let_go(fin, call, was->row);
}

static fin_pending new_row(m_call *call, m_id id, fin_hold_kind kind, m_id attempt, m_str caller)
{
    return (fin_pending){.id = id,
                         .kind = kind,
                         .state = FIN_HELD,
                         .caller = caller,
                         .attempt = attempt,
                         .actor = call->actor,
                         .held_at = m_now(call)};
}

/* ---- vouchers ---- */

static m_status check_voucher(fin_module *fin, m_call *call, const m_hold_voucher *in,
                              fin_pending *row)
{
    const m_ledger_voucher *voucher = &in->voucher;
    m_list lines;
    fin_ceiling *ceilings;
    uint32_t n;
    M_TRY(fin_ledger_check(fin, call, voucher, FIN_LINES_DOMAIN, &lines));
    M_TRY(fin_budget_guard_lines(fin, call, voucher->posting_date, &lines, &(m_list){NULL, 0}));
    row->voucher_type = voucher->voucher_type;
    row->source_type = voucher->source_type;
    row->source_id = voucher->source_id;
    row->posting_date = voucher->posting_date;
    for (M_EACH(const m_book_line, line, lines))
        row->amount += line->debit.u;
    M_TRY(fin_ceilings_of(call, &lines, &ceilings, &n));
    row->ceilings = fin_ceilings_pack(ceilings, n);
    return fin_pending_budget(fin, call, row, ceilings, n);
}

static m_status op_hold(void *self, m_call *call, const m_hold_voucher *in, m_hold_result *out)
{
    fin_module *fin = self;
    before was;
    m_id id = in->voucher.voucher_id;
    M_TRY(look(fin, call, id, in->attempt, &was));
    if (!was.done) {
        fin_pending row = new_row(call, id, FIN_HOLD_VOUCHER, in->attempt, in->caller);
        M_TRY(drop_earlier(fin, call, &was));
        M_TRY(check_voucher(fin, call, in, &row));
        M_TRY(m_store_put(fin->store, call, &fin_pending_type, &row));
    }
    *out = (m_hold_result){.hold = id, .known = true, .date = in->voucher.posting_date};
    return M_OK;
}

/* ---- reversals ---- */

/* Another reversal of the same voucher is on its way. */
static m_status refuse_second(fin_module *fin, m_call *call, const m_ledger_reversal *in)
{
    m_enum kind = FIN_HOLD_REVERSAL;
    m_filter filters[] = {fin_pending_open,
                          {"original", M_OP_EQ, &in->voucher_id},
                          {"kind", M_OP_EQ, &kind},
                          {"id", M_OP_NE, &in->reversal_id}};
    m_query query = {.filters = filters, .filter_count = 4, .limit = 1};
    m_fetch read = {.type = &fin_pending_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    if (read.count == 0) return M_OK;
    const fin_pending *other = read.records[0];
    return m_fail(call, FIN_ERR(VOUCHER_REVERSED), "%.*s", M_STR_ARG(other->voucher_no));
}

/* *date: none when there is nothing to mirror. */
static m_status check_reversal(fin_module *fin, m_call *call, const m_ledger_reversal *in,
                               m_date *date)
{
    const fin_pending *original = NULL;
    fin_reversal reversal = {.vouchers = &in->voucher_id,
                             .mirrors = &in->reversal_id,
                             .count = 1,
                             .voucher_no = in->voucher_no,
                             .date = in->posting_date};
    M_TRY(fin_refuse_invoiced(fin, call, in));
    M_TRY(refuse_second(fin, call, in));
    M_TRY(fin_ledger_reverse_check(fin, call, &reversal, date));
    if (!m_date_is_none(*date)) return M_OK;
    M_TRY(fin_pending_get(fin, call, in->voucher_id, &original));
    bool coming = original && original->state == FIN_HELD;
    if (!coming) return M_OK;
    return fin_mirror_date(fin, call, in->posting_date, original->posting_date, date);
}

static m_status keep_lines(fin_module *fin, m_call *call, const m_list *lines, fin_pending *row)
{
    for (M_EACH(const m_id, line, *lines))
        M_TRY(m_store_put(fin->store, call, &fin_held_line_type,
                          &(fin_held_line){.line = *line, .hold = row->id}));
    row->source_lines = (m_str){lines->items, lines->count * sizeof(m_id)};
    return M_OK;
}

static m_status op_hold_reversal(void *self, m_call *call, const m_hold_reversal *in,
                                 m_hold_result *out)
{
    fin_module *fin = self;
    const m_ledger_reversal *reversal = &in->reversal;
    before was;
    m_date date = M_DATE_NONE;
    M_TRY(look(fin, call, reversal->reversal_id, in->attempt, &was));
    if (was.done) {
        *out = (m_hold_result){.hold = reversal->reversal_id,
                               .known = true,
                               .date = was.row ? was.row->posting_date : reversal->posting_date};
        return M_OK;
    }
    M_TRY(drop_earlier(fin, call, &was));
    M_TRY(check_reversal(fin, call, reversal, &date));
    if (!m_date_is_none(date)) {
        fin_pending row =
            new_row(call, reversal->reversal_id, FIN_HOLD_REVERSAL, in->attempt, in->caller);
        row.original = reversal->voucher_id;
        row.voucher_type = M_STR("reversal");
        row.voucher_no = reversal->voucher_no;
        row.source_type = reversal->source_type;
        row.source_id = reversal->source_id;
        row.posting_date = date;
        M_TRY(keep_lines(fin, call, &reversal->source_lines, &row));
        M_TRY(m_store_put(fin->store, call, &fin_pending_type, &row));
    }
    *out = (m_hold_result){
        .hold = reversal->reversal_id, .known = !m_date_is_none(date), .date = date};
    return M_OK;
}

/* ---- commitments ---- */

static m_status op_hold_commitment(void *self, m_call *call, const m_hold_commitment *in,
                                   m_hold_result *out)
{
    fin_module *fin = self;
    const m_commitment *commitment = &in->commitment;
    m_id id = m_commitment_hold(call, commitment->document);
    m_budget_result result = {{0}};
    before was;
    M_TRY(look(fin, call, id, in->attempt, &was));
    if (!was.done) {
        fin_pending row = new_row(call, id, FIN_HOLD_COMMITMENT, in->attempt, in->caller);
        M_TRY(drop_earlier(fin, call, &was));
        M_TRY(fin_budget_ops.commit(fin, call, commitment, &result));
        row.original = row.source_id = commitment->document;
        row.voucher_type = M_STR("commitment");
        row.posting_date = commitment->date;
        for (M_EACH(const m_commitment_line, line, commitment->lines))
            row.amount += line->amount.u;
        M_TRY(m_store_put(fin->store, call, &fin_pending_type, &row));
    }
    *out = (m_hold_result){.hold = id, .known = true, .beyond = result.beyond};
    return M_OK;
}

/* ---- letting go, asking ---- */

static m_status op_let_go(void *self, m_call *call, const m_hold_end *in, m_hold_result *out)
{
    fin_module *fin = self;
    const fin_pending *row = NULL;
    M_TRY(fin_pending_get(fin, call, in->hold, &row));
    bool held = row && row->state == FIN_HELD && m_id_eq(row->attempt, in->attempt);
    if (held) M_TRY(fin_pending_let_go(fin, call, row));
    *out = (m_hold_result){.hold = in->hold, .known = held};
    return M_OK;
}

static m_status op_inquire(void *self, m_call *call, const m_inquiry *in, m_inquiry_result *out)
{
    if (!call->system) return m_fail(call, m_err_denied, "ledger_pending.inquire");
    return fin_pending_inquire(self, call, in, out);
}

static m_status op_check_date(void *self, m_call *call, const m_ledger_date *in,
                              m_ledger_result *out)
{
    return fin_ledger_ops.check_date(self, call, in, out);
}

const m_ledger_pending_ops fin_pending_ops = {
    .head = {.size = sizeof fin_pending_ops, .version = 1, .protocol = "ledger_pending"},
    .hold = op_hold,
    .hold_reversal = op_hold_reversal,
    .hold_commitment = op_hold_commitment,
    .let_go = op_let_go,
    .inquire = op_inquire,
    .check_date = op_check_date,
};
