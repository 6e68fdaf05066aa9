/* The rows of pending vouchers and what hangs on them. */
#include <stdio.h>

#include "budget/budget.h"
#include "commitment/commitment.h"
#include "pending_voucher/pending_voucher.h"

#define NAMED_MAX 5 /* pending vouchers that a refusal names */

m_status fin_pending_get(fin_module *fin, m_call *call, m_id id, const fin_pending **out)
{
    const void *found = NULL;
    M_TRY(m_store_get(fin->store, call, &fin_pending_type, id, &found));
    *out = found;
    return M_OK;
}

/* ---- what it holds ---- */

static m_id budget_row(m_call *call, m_id hold, int64_t i)
{
    char purpose[40];
    snprintf(purpose, sizeof purpose, "held/%lld", (long long)i);
    return m_voucher_id(call, hold, purpose);
}

static bool has_budget(const m_fetch *budgets, const fin_ceiling *at)
{
    for (uint32_t i = 0; i < budgets->count; i++) {
        const fin_budget *budget = budgets->records[i];
        if (m_id_eq(budget->account, at->account) && m_id_eq(budget->cost_center, at->cost_center))
            return true;
    }
    return false;
}

m_status fin_pending_budget(fin_module *fin, m_call *call, fin_pending *row,
                            const fin_ceiling *ceilings, uint32_t n)
{
    m_fetch budgets = {.type = &fin_budget_type, .query = &fin_budget_all};
    row->budgeted = 0;
    M_TRY(m_store_fetch(fin->store, call, &budgets, 1));
    for (uint32_t i = 0; i < n; i++) {
        m_dec amount = {ceilings[i].debit.u - ceilings[i].credit.u};
        if (amount.u <= 0 || !has_budget(&budgets, &ceilings[i])) continue;
        fin_commitment part = {.id = budget_row(call, row->id, row->budgeted++),
                               .document = row->id,
                               .number = row->voucher_type,
                               .date = row->posting_date,
                               .account = ceilings[i].account,
                               .cost_center = ceilings[i].cost_center,
                               .qty = {M_DEC_ONE},
                               .amount = amount,
                               .open = amount};
        M_TRY(m_store_put(fin->store, call, &fin_commitment_type, &part));
    }
    return M_OK;
}

static m_status free_lines(fin_module *fin, m_call *call, fin_pending *row)
{
    for (size_t at = 0; at + sizeof(m_id) <= row->source_lines.n; at += sizeof(m_id)) {
        fin_held_line key = {.hold = row->id};
        memcpy(&key.line, row->source_lines.p + at, sizeof key.line);
        M_TRY(m_store_remove(fin->store, call, &fin_held_line_type, &key));
    }
    row->source_lines = (m_str){NULL, 0};
    return M_OK;
}

m_status fin_pending_free(fin_module *fin, m_call *call, fin_pending *row)
{
    for (int64_t i = 0; i < row->budgeted; i++)
        M_TRY(m_store_remove(fin->store, call, &fin_commitment_type,
                             &(fin_commitment){.id = budget_row(call, row->id, i)}));
    row->budgeted = 0;
    return free_lines(fin, call, row);
}

m_status fin_pending_resolve(fin_module *fin, m_call *call, fin_pending *row, fin_hold_state state)
{
    M_TRY(fin_pending_free(fin, call, row));
    row->state = state;
    row->ceilings = (m_str){NULL, 0};
    row->resolved_at = m_now(call);
    return m_store_put(fin->store, call, &fin_pending_type, row);
}

/* Of an order that never came about nothing is left. */
static m_status drop_commitments(fin_module *fin, m_call *call, m_id document)
{
    m_filter filter = {"document", M_OP_EQ, &document};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch read = {.type = &fin_commitment_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    for (uint32_t i = 0; i < read.count; i++)
        M_TRY(m_store_remove(fin->store, call, &fin_commitment_type, read.records[i]));
    return M_OK;
}

m_status fin_pending_let_go(fin_module *fin, m_call *call, const fin_pending *row)
{
    fin_pending gone = *row;
    if (row->kind == FIN_HOLD_COMMITMENT) M_TRY(drop_commitments(fin, call, row->original));
    return fin_pending_resolve(fin, call, &gone, FIN_LET_GO);
}

/* ---- what it keeps from others ---- */

m_status fin_held_want(m_call *call, const m_id *ids, uint32_t n, m_fetch *out)
{
    fin_held_line *lines = m_arena_array(call->arena, n, sizeof *lines);
    const void **keys = m_arena_array(call->arena, n, sizeof *keys);
    uint32_t asked = 0;
    FIN_NEED(call, lines && keys);
    for (uint32_t i = 0; i < n; i++) {
        if (m_id_is_null(ids[i])) continue;
        lines[asked].line = ids[i];
        keys[asked] = &lines[asked];
        asked++;
    }
    *out = (m_fetch){.type = &fin_held_line_type, .keys = keys, .key_count = asked};
    return M_OK;
}

m_status fin_held_refuse(fin_module *fin, m_call *call, const m_fetch *held)
{
    for (uint32_t i = 0; i < held->count; i++) {
        const fin_held_line *line = held->records[i];
        const fin_pending *row = NULL;
        if (!line) continue;
        M_TRY(fin_pending_get(fin, call, line->hold, &row));
        m_str no = row ? row->voucher_no : (m_str){NULL, 0};
        return m_fail(call, FIN_ERR(VOUCHER_HELD), no.n ? "%.*s" : NULL, M_STR_ARG(no));
    }
    return M_OK;
}

static m_str name_of(m_call *call, const fin_pending *row)
{
    char id[M_ID_TEXT], date[M_DATE_TEXT];
    m_id_format(row->source_id, id);
    m_date_format(row->posting_date, date);
    const m_str *no = &row->voucher_no;
    char *text = m_arena_printf(call->arena, "%.*s %.*s of %s", M_STR_ARG(row->source_type),
                                no->n ? (int)no->n : (int)strlen(id), no->n ? no->p : id, date);
    return text ? m_str_of(text) : row->source_type;
}

m_status fin_refuse_pending(fin_module *fin, m_call *call, m_date from, m_date to)
{
    m_enum commitment = FIN_HOLD_COMMITMENT;
    m_filter filters[] = {fin_pending_open,
                          {"kind", M_OP_NE, &commitment},
                          {"posting_date", M_OP_GE, &from},
                          {"posting_date", M_OP_LE, &to}};
    m_order oldest = {"held_at", false};
    m_query query = {.filters = filters,
                     .filter_count = 4,
                     .orders = &oldest,
                     .order_count = 1,
                     .limit = NAMED_MAX + 1};
    m_fetch read = {.type = &fin_pending_type, .query = &query};
    m_str names = {"", 0};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    if (read.count == 0) return M_OK;
    for (uint32_t i = 0; i < read.count && i < NAMED_MAX; i++) {
        m_str name = name_of(call, read.records[i]);
        char *text = m_arena_printf(call->arena, "%.*s%s%.*s", M_STR_ARG(names), i ? "; " : "",
                                    M_STR_ARG(name));
        FIN_NEED(call, text);
        names = m_str_of(text);
    }
    return m_fail(call, FIN_ERR(PERIOD_PENDING), "%.*s%s", M_STR_ARG(names),
                  read.count > NAMED_MAX ? "; and others" : "");
}
