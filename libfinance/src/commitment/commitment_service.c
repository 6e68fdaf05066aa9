#include "account/account.h"
#include "budget/budget.h"
#include "commitment/commitment.h"
#include "cost_center/cost_center.h"

/* ---- committing ---- */

static void judge(m_call *call, const m_commitment_line *line, const fin_account *account,
                  const fin_cost_center *center)
{
    uint32_t i = (uint32_t)line->line;
    const m_error_def *fault = NULL;
    if (account && account->is_group) fault = FIN_ERR(ACCOUNT_GROUP);
    if (account && !account->active) fault = FIN_ERR(ACCOUNT_INACTIVE);
    if (account && !fault && account->root_type != FIN_EXPENSE &&
        account->kind != FIN_KIND_FIXED_ASSET)
        fault = FIN_ERR(BUDGET_ACCOUNT);
    if (!account)
        m_field_fail(call, m_err_link, m_line_path(call, "lines", i, "account"), "finance.account");
    else if (fault)
        m_field_fail(call, fault, m_line_path(call, "lines", i, "account"), "%.*s %.*s",
                     M_STR_ARG(account->code), M_STR_ARG(account->name));
    fault = NULL;
    if (center && center->is_group) fault = FIN_ERR(CENTER_GROUP);
    if (center && !center->active) fault = FIN_ERR(CENTER_INACTIVE);
    if (!center)
        m_field_fail(call, m_err_link, m_line_path(call, "lines", i, "cost_center"),
                     "finance.cost_center");
    else if (fault)
        m_field_fail(call, fault, m_line_path(call, "lines", i, "cost_center"), "%.*s %.*s",
                     M_STR_ARG(center->code), M_STR_ARG(center->name));
}

static m_status judge_lines(fin_module *fin, m_call *call, const m_commitment *in, m_fetch *rows)
{
    uint32_t n = in->lines.count;
    m_id *ids = m_arena_array(call->arena, (size_t)n * 3, sizeof *ids);
    FIN_NEED(call, ids);
    for (uint32_t i = 0; i < n; i++) {
        const m_commitment_line *line = M_AT(in->lines, const m_commitment_line, i);
        ids[i] = line->account;
        ids[n + i] = line->cost_center;
        ids[2 * n + i] = line->id;
    }
    m_fetch reads[] = {{.type = &fin_account_type, .ids = ids, .key_count = n},
                       {.type = &fin_cost_center_type, .ids = ids + n, .key_count = n},
                       {.type = &fin_commitment_type, .ids = ids + 2 * n, .key_count = n}};
    M_TRY(m_store_fetch(fin->store, call, reads, 3));
    for (uint32_t i = 0; i < n; i++)
        judge(call, M_AT(in->lines, const m_commitment_line, i), reads[0].records[i],
              reads[1].records[i]);
    *rows = reads[2];
    return m_failed_fields(call);
}

static m_status op_commit(void *self, m_call *call, const m_commitment *in, m_budget_result *out)
{
    fin_module *fin = self;
    m_fetch rows;
    uint32_t n = 0;
    m_dec beyond = {0};
    fin_spending *spendings = m_arena_array(call->arena, in->lines.count, sizeof *spendings);
    FIN_NEED(call, spendings);
    if (in->lines.count) M_TRY(judge_lines(fin, call, in, &rows));
    for (uint32_t i = 0; i < in->lines.count; i++) {
        const m_commitment_line *line = M_AT(in->lines, const m_commitment_line, i);
        if (!rows.records[i]) /* told twice, held once */
            spendings[n++] =
                (fin_spending){line->account, line->cost_center, line->amount, line->line};
    }
    M_TRY(fin_budget_guard(fin, call, in->date, spendings, n, &beyond));
    for (uint32_t i = 0; i < in->lines.count; i++) {
        const m_commitment_line *line = M_AT(in->lines, const m_commitment_line, i);
        fin_commitment row = {.id = line->id,
                              .document = in->document,
                              .number = in->document_no,
                              .party = in->party,
                              .date = in->date,
                              .account = line->account,
                              .cost_center = line->cost_center,
                              .qty = line->qty,
                              .amount = line->amount,
                              .open = line->amount};
        if (!rows.records[i]) M_TRY(m_store_insert(fin->store, call, &fin_commitment_type, &row));
    }
    *out = (m_budget_result){.beyond = beyond};
    return M_OK;
}

static m_status op_release(void *self, m_call *call, const m_commitment_end *in,
                           m_budget_result *out)
{
    fin_module *fin = self;
    m_filter filter = {"document", M_OP_EQ, &in->document};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch read = {.type = &fin_commitment_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    for (uint32_t i = 0; i < read.count; i++) {
        fin_commitment row = *(const fin_commitment *)read.records[i];
        row.ended = true;
        row.open = fin_commitment_open(&row);
        M_TRY(m_store_put(fin->store, call, &fin_commitment_type, &row));
    }
    *out = (m_budget_result){{0}};
    return M_OK;
}

const m_budget_ops fin_budget_ops = {
    .head = {.size = sizeof fin_budget_ops, .version = 1, .protocol = "budget"},
    .commit = op_commit,
    .release = op_release,
};

/* ---- invoicing ---- */

static m_status apply(m_call *call, fin_commitment *row, const fin_fulfilment *line, int sign)
{
    m_dec qty = {sign * line->qty.u};
    m_dec amount = {sign * line->amount.u};
    FIN_TRY(call, m_dec_add(row->invoiced_qty, qty, &row->invoiced_qty));
    FIN_TRY(call, m_dec_add(row->invoiced, amount, &row->invoiced));
    row->open = fin_commitment_open(row);
    return M_OK;
}

/* Two lines may name the same line of the order. */
static fin_commitment *row_of(m_list *rows, const fin_commitment *stored)
{
    for (M_EACH(fin_commitment, row, *rows))
        if (m_id_eq(row->id, stored->id)) return row;
    fin_commitment *row = M_AT(*rows, fin_commitment, rows->count++);
    *row = *stored;
    return row;
}

m_status fin_commitment_plan(fin_module *fin, m_call *call, const fin_fulfilment *lines, uint32_t n,
                             int sign, m_list *out_rows, m_list *out_change)
{
    m_id *ids = m_arena_array(call->arena, n, sizeof *ids);
    m_list rows = {m_arena_array(call->arena, n, sizeof(fin_commitment)), 0};
    fin_spending *change = m_arena_array(call->arena, n, sizeof *change);
    FIN_NEED(call, ids && rows.items && change);
    uint32_t changes = 0;
    for (uint32_t i = 0; i < n; i++)
        ids[i] = lines[i].order_line;
    m_fetch read = {.type = &fin_commitment_type, .ids = ids, .key_count = n};
    if (n) M_TRY(m_store_fetch(fin->store, call, &read, 1));
    for (uint32_t i = 0; i < n; i++) {
        if (!read.records[i]) continue;
        fin_commitment *row = row_of(&rows, read.records[i]);
        int64_t held = row->open.u;
        M_TRY(apply(call, row, &lines[i], sign));
        change[changes++] =
            (fin_spending){row->account, row->cost_center, {row->open.u - held}, -1};
    }
    *out_rows = rows;
    *out_change = (m_list){change, changes};
    return M_OK;
}

m_status fin_commitment_write(fin_module *fin, m_call *call, const m_list *rows)
{
    for (M_EACH(const fin_commitment, row, *rows))
        M_TRY(m_store_put(fin->store, call, &fin_commitment_type, row));
    return M_OK;
}
