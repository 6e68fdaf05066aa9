#include "posting_rule/posting_rule.h"
#include "reminder/reminder.h"
#include "sales_invoice/sales_invoice.h"

/* What the posting matrix says of fees and of interest. */
typedef struct {
    m_call *call;
    const fin_posting_rule *fees, *interest;
    fin_sales_line *lines;
    uint32_t count;
} billing;

static m_status find_rules(fin_module *fin, m_call *call, const fin_reminder *reminder, billing *b)
{
    m_fetch rules = {.type = &fin_posting_rule_type, .query = &fin_posting_rule_all};
    M_TRY(m_store_fetch(fin->store, call, &rules, 1));
    b->fees = fin_posting_rule_find(&rules, M_STR("reminder_fees"), reminder->customer);
    b->interest = fin_posting_rule_find(&rules, M_STR("late_interest"), reminder->customer);
    if (!b->fees && reminder->fees.u)
        return m_fail(call, FIN_ERR(POSTING_UNMAPPED), "reminder_fees");
    if (!b->interest && reminder->interest.u)
        return m_fail(call, FIN_ERR(POSTING_UNMAPPED), "late_interest");
    return M_OK;
}

static m_status add_line(billing *b, const fin_posting_rule *rule, m_dec amount, const char *text)
{
    if (amount.u == 0) return M_OK;
    FIN_NEED(b->call, text);
    fin_sales_line *line = &b->lines[b->count++];
    line->id = m_new_id(b->call);
    line->description = m_str_of(text);
    line->account = rule->account;
    line->cost_center = rule->cost_center;
    line->qty = m_dec_of_int(1);
    line->rate = amount;
    return M_OK;
}

static m_status add_lines(billing *b, const fin_reminder *reminder)
{
    for (M_EACH(const fin_reminder_line, line, reminder->lines)) {
        M_TRY(add_line(b, b->fees, line->fee,
                       m_arena_printf(b->call->arena, "Reminder %lld of %.*s",
                                      (long long)line->level, M_STR_ARG(line->number))));
        M_TRY(add_line(b, b->interest, line->interest,
                       m_arena_printf(b->call->arena, "Interest on %.*s, %lld days late",
                                      M_STR_ARG(line->number), (long long)line->days_late)));
    }
    return M_OK;
}

m_status fin_reminder_bill(fin_module *fin, m_call *call, fin_reminder *reminder)
{
    m_dec policy;
    billing b = {.call = call};
    if (reminder->fees.u == 0 && reminder->interest.u == 0) return M_OK;
    M_TRY(m_policy(fin->masters, call, FIN_REMINDER_FEES, reminder->date, (m_dec){0}, &policy));
    if (policy.u < M_DEC_ONE) return M_OK;
    M_TRY(find_rules(fin, call, reminder, &b));
    b.lines = m_arena_array(call->arena, 2 * (size_t)reminder->lines.count, sizeof *b.lines);
    FIN_NEED(call, b.lines);
    M_TRY(add_lines(&b, reminder));
    fin_sales_invoice *invoice = m_record_new(&fin_sales_invoice_type, call->arena);
    FIN_NEED(call, invoice);
    invoice->id = m_new_id(call);
    invoice->version = 1;
    invoice->created_by = invoice->modified_by = call->actor;
    invoice->created_at = invoice->modified_at = m_now(call);
    invoice->customer = reminder->customer;
    invoice->posting_date = reminder->date;
    invoice->narration = reminder->number;
    invoice->lines = (m_list){b.lines, b.count};
    M_TRY(fin_sales_check(fin, call, invoice, NULL));
    m_record_validate(call, &fin_sales_invoice_type, invoice, "");
    M_TRY(m_failed_fields(call));
    reminder->bill = invoice->id;
    return m_store_insert(fin->store, call, &fin_sales_invoice_type, invoice);
}

m_status fin_reminder_unbill(fin_module *fin, m_call *call, fin_reminder *reminder)
{
    const void *found = NULL;
    if (m_id_is_null(reminder->bill)) return M_OK;
    M_TRY(m_store_get(fin->store, call, &fin_sales_invoice_type, reminder->bill, &found));
    const fin_sales_invoice *invoice = found;
    if (invoice && invoice->state == M_SUBMITTED)
        return m_fail(call, FIN_ERR(REMINDER_BILLED), "%.*s", M_STR_ARG(invoice->number));
    if (!invoice || invoice->state != M_DRAFT) return M_OK; /* thrown away, or cancelled */
    reminder->bill = (m_id){{0}};
    return m_store_remove(fin->store, call, &fin_sales_invoice_type, invoice);
}
