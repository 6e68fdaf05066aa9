#include "reminder/reminder.h"

static const m_field param_fields[] = {
    M_F_LINK(fin_reminders_params, customer, "Customer", "core.customer"),
    M_F_DATE(fin_reminders_params, as_of, "As of", .help = "Today when left empty."),
    M_F_BOOL(fin_reminders_params, all, "Also what is not due for a reminder"),
};
static const m_type params_type = {.name = "finance.reminders_params",
                                   .size = sizeof(fin_reminders_params),
                                   M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_LINK(fin_reminders_row, customer, "Customer id", "core.customer", .flags = M_HIDDEN),
    M_F_STR(fin_reminders_row, customer_name, "Customer"),
    M_F_STR(fin_reminders_row, document_type, "Document type", .flags = M_HIDDEN),
    M_F_ID(fin_reminders_row, document, "Document id", .flags = M_HIDDEN),
    M_F_STR(fin_reminders_row, number, "Invoice"),
    M_F_INT(fin_reminders_row, instalment, "Instalment"),
    M_F_DATE(fin_reminders_row, due_date, "Due"),
    M_F_INT(fin_reminders_row, days_late, "Days late"),
    M_F_MONEY(fin_reminders_row, outstanding, "Outstanding"),
    M_F_INT(fin_reminders_row, last_level, "Last level"),
    M_F_DATE(fin_reminders_row, last_date, "Sent"),
    M_F_INT(fin_reminders_row, level, "Due level"),
    M_F_MONEY(fin_reminders_row, fee, "Fee"),
    M_F_MONEY(fin_reminders_row, interest, "Interest"),
};
static const m_type row_type = {
    .name = "finance.reminders_row", .size = sizeof(fin_reminders_row), M_FIELDS(row_fields)};

/* Rows come by customer, so each one is asked for once. */
static m_status fill_names(fin_module *fin, m_call *call, const m_list *rows)
{
    m_id *ids = m_arena_array(call->arena, rows->count, sizeof *ids);
    FIN_NEED(call, ids);
    m_ids in = {.ids = {ids, 0}};
    for (M_EACH(const fin_reminders_row, row, *rows))
        if (in.ids.count == 0 || !m_id_eq(ids[in.ids.count - 1], row->customer))
            ids[in.ids.count++] = row->customer;
    m_parties parties = {0};
    if (in.ids.count == 0) return M_OK;
    M_TRY(m_masters_customers(fin->masters, call, &in, &parties));
    if (parties.parties.count != in.ids.count) return m_fail(call, m_err_internal, NULL);
    uint32_t at = 0;
    for (M_EACH(fin_reminders_row, row, *rows)) {
        while (!m_id_eq(ids[at], row->customer))
            at++;
        row->customer_name = M_AT(parties.parties, m_party_info, at)->name;
    }
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    fin_module *fin = module;
    const fin_reminders_params *in = params;
    m_date as_of = m_date_is_none(in->as_of) ? m_today(call) : in->as_of;
    m_list due;
    M_TRY(fin_reminders_due(fin, call, in->customer, as_of, &due));
    fin_reminders_row *rows = m_arena_array(call->arena, due.count, sizeof *rows);
    FIN_NEED(call, rows);
    m_list list = {rows, 0};
    for (M_EACH(const fin_reminder_due, one, due)) {
        if (one->line.level == 0 && !in->all) continue;
        rows[list.count++] =
            (fin_reminders_row){.customer = one->party,
                                .document_type = m_str_of(fin_customer_side.invoices->name),
                                .document = one->line.invoice,
                                .number = one->number,
                                .instalment = one->line.instalment,
                                .due_date = one->line.due_date,
                                .days_late = one->line.days_late,
                                .outstanding = one->line.outstanding,
                                .last_level = one->last_level,
                                .last_date = one->last_date,
                                .level = one->line.level,
                                .fee = one->line.fee,
                                .interest = one->line.interest};
    }
    M_TRY(fill_names(fin, call, &list));
    *out_rows = list;
    return M_OK;
}

const m_report fin_reminders_report = {.name = "reminders-due",
                                       .label = "Reminders due",
                                       .group = "Accounts",
                                       .permissions = fin_report_permissions,
                                       .params = &params_type,
                                       .row = &row_type,
                                       .run = run,
                                       .drill = "document:document",
                                       .totals = "fee,interest"};
