#include "pending_voucher/pending_voucher.h"

static const char *const kinds[] = {"voucher", "reversal", "commitment", NULL};
static const char *const states[] = {"held", "waiting", "posted", "empty", "let_go", NULL};

static const m_field fields[] = {
    M_F_ID(fin_pending, id, "Hold"),
    M_F_ENUM(fin_pending, kind, "Kind", kinds),
    M_F_ENUM(fin_pending, state, "State", states),
    M_F_STR(fin_pending, caller, "Caller", .max = 40),
    M_F_ID(fin_pending, attempt, "Attempt"),
    M_F_ID(fin_pending, actor, "Actor"),
    M_F_ID(fin_pending, original, "Original"),
    M_F_STR(fin_pending, voucher_type, "Voucher type"),
    M_F_STR(fin_pending, voucher_no, "Voucher number"),
    M_F_STR(fin_pending, source_type, "Source type"),
    M_F_ID(fin_pending, source_id, "Source"),
    M_F_DATE(fin_pending, posting_date, "Posting date"),
    M_F_SUM(fin_pending, amount, "Amount"),
    M_F_TIME(fin_pending, held_at, "Held at"),
    M_F_TIME(fin_pending, resolved_at, "Resolved at"),
    M_F_TIME(fin_pending, ask_at, "Ask at"),
    M_F_INT(fin_pending, asked, "Asked"),
    M_F_INT(fin_pending, budgeted, "Parts of budgets"),
    M_F_BYTES(fin_pending, ceilings, "Ceilings", .max = 16777216),
    M_F_BYTES(fin_pending, source_lines, "Source lines", .max = 16777216),
};
/* Few are open at a time. */
static const m_index indexes[] = {
    {"state,held_at", false, NULL},
    {"original", false, "original IS NOT NULL"},
    {"posting_date", false, NULL},
    {NULL, false, NULL},
};
const m_type fin_pending_type = {.name = "finance.pending_voucher",
                                 .schema = "finance",
                                 .table = "pending_voucher",
                                 .size = sizeof(fin_pending),
                                 M_FIELDS(fields),
                                 .indexes = indexes};

static const m_field held_fields[] = {
    M_F_ID(fin_held_line, line, "Line", .flags = M_KEY),
    M_F_ID(fin_held_line, hold, "Hold"),
};
const m_type fin_held_line_type = {.name = "finance.held_line",
                                   .schema = "finance",
                                   .table = "held_line",
                                   .size = sizeof(fin_held_line),
                                   M_FIELDS(held_fields)};

static m_enum open_states[] = {FIN_HELD, FIN_WAITING};
static const m_list open_list = {open_states, 2};
const m_filter fin_pending_open = {"state", M_OP_IN, &open_list};

/* ---- report ---- */

#define SHOWN_MAX 2000

static const m_field param_fields[] = {
    M_F_STR(fin_pending_params, caller, "Domain", .max = 40),
    M_F_BOOL(fin_pending_params, all, "Also what is posted or let go"),
};
static const m_type params_type = {
    .name = "finance.pending_params", .size = sizeof(fin_pending_params), M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_ID(fin_pending_row, hold, "Hold", .flags = M_HIDDEN),
    M_F_STR(fin_pending_row, caller, "Domain"),
    M_F_ENUM(fin_pending_row, kind, "Kind", kinds),
    M_F_ENUM(fin_pending_row, state, "State", states),
    M_F_STR(fin_pending_row, voucher_type, "Voucher type"),
    M_F_STR(fin_pending_row, voucher_no, "Number"),
    M_F_DATE(fin_pending_row, posting_date, "Posting date"),
    M_F_SUM(fin_pending_row, amount, "Amount"),
    M_F_TIME(fin_pending_row, held_at, "Held at"),
    M_F_INT(fin_pending_row, age_s, "Age (seconds)"),
    M_F_INT(fin_pending_row, asked, "Times asked"),
    M_F_STR(fin_pending_row, source_type, "Document type", .flags = M_HIDDEN),
    M_F_ID(fin_pending_row, source_id, "Document", .flags = M_HIDDEN),
};
static const m_type row_type = {
    .name = "finance.pending_row", .size = sizeof(fin_pending_row), M_FIELDS(row_fields)};

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    fin_module *fin = module;
    const fin_pending_params *in = params;
    m_filter filters[2];
    m_order oldest = {"held_at", false};
    m_query query = {.filters = filters, .orders = &oldest, .order_count = 1, .limit = SHOWN_MAX};
    if (!in->all) filters[query.filter_count++] = fin_pending_open;
    if (in->caller.n) filters[query.filter_count++] = (m_filter){"caller", M_OP_EQ, &in->caller};
    m_fetch read = {.type = &fin_pending_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    fin_pending_row *rows = m_arena_array(call->arena, read.count, sizeof *rows);
    FIN_NEED(call, rows);
    for (uint32_t i = 0; i < read.count; i++) {
        const fin_pending *at = read.records[i];
        rows[i] = (fin_pending_row){.hold = at->id,
                                    .caller = at->caller,
                                    .kind = at->kind,
                                    .state = at->state,
                                    .voucher_type = at->voucher_type,
                                    .voucher_no = at->voucher_no,
                                    .posting_date = at->posting_date,
                                    .amount = at->amount,
                                    .held_at = at->held_at,
                                    .age_s = (m_now(call).us - at->held_at.us) / 1000000,
                                    .asked = at->asked,
                                    .source_type = at->source_type,
                                    .source_id = at->source_id};
    }
    *out_rows = (m_list){rows, read.count};
    return M_OK;
}

const m_report fin_pending_report = {.name = "pending-vouchers",
                                     .label = "Pending vouchers",
                                     .group = "Accounts",
                                     .permissions = fin_report_permissions,
                                     .params = &params_type,
                                     .row = &row_type,
                                     .run = run,
                                     .drill = "source_id:document"};
