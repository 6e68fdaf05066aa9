#include "imprest/imprest.h"

/* The floats, where their money is, and which of them is to be paid back on a day: what a nightly
 * job looks at before it calls "recoup" on each. */

typedef struct {
    m_date date; /* none: today */
} params;

typedef struct {
    m_id imprest;
    m_str code;
    m_str name;
    m_dec limit;
    m_dec funded;
    m_dec cash;
    m_dec submitted;
    m_dec approved;
    m_dec disallowed;
    m_enum due; /* fin_imprest_reason */
    bool open;  /* a recoupment is under way already */
} row;

static const m_field param_fields[] = {
    M_F_DATE(params, date, "Due on", .help = "Today when left empty."),
};
static const m_type params_type = {
    .name = "finance.imprest_params", .size = sizeof(params), M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_LINK(row, imprest, "Imprest", "finance.imprest_account", .flags = M_HIDDEN),
    M_F_STR(row, code, "Code"),
    M_F_STR(row, name, "Name"),
    M_F_MONEY(row, limit, "Limit"),
    M_F_MONEY(row, funded, "Funded"),
    M_F_MONEY(row, cash, "Cash in hand"),
    M_F_MONEY(row, submitted, "Submitted"),
    M_F_MONEY(row, approved, "Approved"),
    M_F_MONEY(row, disallowed, "Disallowed"),
    M_F_ENUM(row, due, "Due", fin_imprest_reasons),
    M_F_BOOL(row, open, "Under way"),
};
static const m_type row_type = {
    .name = "finance.imprest_row", .size = sizeof(row), M_FIELDS(row_fields)};

static m_status run(void *module, m_call *call, const void *in, m_list *out_rows)
{
    fin_module *fin = module;
    const params *p = in;
    m_tenant_info tenant;
    m_enum closed = FIN_IMPREST_CLOSED;
    m_filter running = {"state", M_OP_NE, &closed};
    m_order by_code = {"code", false};
    m_query query = {.filters = &running,
                     .filter_count = 1,
                     .orders = &by_code,
                     .order_count = 1,
                     .without_lists = true};
    m_fetch read = {.type = &fin_imprest_account_type, .query = &query};
    m_date date = m_date_is_none(p->date) ? m_today(call) : p->date;
    M_TRY(fin_read_tenant(fin, call, &tenant));
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    row *rows = m_arena_array(call->arena, read.count, sizeof *rows);
    FIN_NEED(call, rows);
    for (uint32_t i = 0; i < read.count; i++) {
        const fin_imprest_account *a = read.records[i];
        const fin_imprest_recoupment *open;
        fin_imprest_float f = fin_imprest_float_of(a);
        M_TRY(fin_imprest_open_recoupment(fin, call, a->id, &open));
        rows[i] = (row){a->id,        a->code,     a->name,       a->limit, a->funded,   a->cash,
                        a->submitted, a->approved, a->disallowed, 0,        open != NULL};
        rows[i].due =
            (m_enum)fin_imprest_due(&f, a->trigger_pct, a->cycle, date, tenant.fiscal_start_month);
    }
    *out_rows = (m_list){rows, read.count};
    return M_OK;
}

const m_report fin_imprest_report = {.name = "imprest",
                                     .label = "Imprest accounts and what is due",
                                     .group = "Accounts",
                                     .permissions = fin_report_permissions,
                                     .params = &params_type,
                                     .row = &row_type,
                                     .run = run,
                                     .drill = "imprest:document",
                                     .totals = "limit,funded,cash,submitted,approved,disallowed"};
