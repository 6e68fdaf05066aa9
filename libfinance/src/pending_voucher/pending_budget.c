/* Commitments of another process: they hold their part of the budget from the moment they are held;
 * what is decided later only says whether they stay. */
#include "commitment/commitment.h"
#include "pending_voucher/pending_voucher.h"

static m_status read_rows(fin_module *fin, m_call *call, m_id document, m_fetch *out)
{
    m_filter filter = {"document", M_OP_EQ, &document};
    m_query query = {.filters = &filter, .filter_count = 1};
    *out = (m_fetch){.type = &fin_commitment_type, .query = &query};
    m_status status = m_store_fetch(fin->store, call, out, 1);
    out->query = NULL;
    return status;
}

static const fin_commitment *stored_of(const m_fetch *rows, m_id line)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        const fin_commitment *row = rows->records[i];
        if (m_id_eq(row->id, line)) return row;
    }
    return NULL;
}

/* Nothing is judged any more; the number is known now. */
static m_status keep_line(fin_module *fin, m_call *call, const m_commitment *in,
                          const m_commitment_line *line, const fin_commitment *stored, bool ended)
{
    fin_commitment row = {.id = line->id,
                          .document = in->document,
                          .party = in->party,
                          .date = in->date,
                          .account = line->account,
                          .cost_center = line->cost_center,
                          .qty = line->qty,
                          .amount = line->amount};
    if (stored) row = *stored;
    row.number = in->document_no;
    row.ended = row.ended || ended;
    row.open = fin_commitment_open(&row);
    return m_store_put(fin->store, call, &fin_commitment_type, &row);
}

static fin_pending row_of(m_call *call, const fin_pending *stored, m_id id, m_str caller,
                          m_id document)
{
    if (stored) return *stored;
    return (fin_pending){.id = id,
                         .kind = FIN_HOLD_COMMITMENT,
                         .caller = caller,
                         .original = document,
                         .source_id = document,
                         .voucher_type = M_STR("commitment"),
                         .held_at = m_now(call)};
}

m_status fin_pending_commit(fin_module *fin, m_call *call, m_str caller, const m_commitment *in)
{
    m_id id = m_commitment_hold(call, in->document);
    const fin_pending *stored = NULL;
    m_fetch rows;
    M_TRY(fin_pending_get(fin, call, id, &stored));
    if (stored && (stored->state == FIN_POSTED || stored->state == FIN_EMPTY)) return M_OK;
    bool ended = stored && stored->state == FIN_WAITING;
    M_TRY(read_rows(fin, call, in->document, &rows));
    for (M_EACH(const m_commitment_line, line, in->lines))
        M_TRY(keep_line(fin, call, in, line, stored_of(&rows, line->id), ended));
    fin_pending row = row_of(call, stored, id, caller, in->document);
    row.voucher_no = in->document_no;
    row.posting_date = in->date;
    row.amount = 0;
    for (M_EACH(const m_commitment_line, line, in->lines))
        row.amount += line->amount.u;
    return fin_pending_resolve(fin, call, &row, FIN_POSTED);
}

/* Told before what it ends: that is remembered. */
m_status fin_pending_release(fin_module *fin, m_call *call, m_str caller,
                             const m_commitment_end *in)
{
    m_id id = m_commitment_hold(call, in->document);
    const fin_pending *stored = NULL;
    m_budget_result result;
    m_fetch rows;
    M_TRY(fin_pending_get(fin, call, id, &stored));
    M_TRY(read_rows(fin, call, in->document, &rows));
    bool early = stored ? stored->state != FIN_POSTED : rows.count == 0;
    M_TRY(fin_budget_ops.release(fin, call, in, &result));
    if (!early) return M_OK;
    fin_pending row = row_of(call, stored, id, caller, in->document);
    row.state = FIN_WAITING;
    return m_store_put(fin->store, call, &fin_pending_type, &row);
}
