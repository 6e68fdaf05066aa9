/* The balance of an account: from the trial balance down to the last lines that made it. */
#include "why_internal.h"

static m_dec_sum sum_at(const m_type *type, const void *row, const char *name)
{
    const m_dec_sum *sum = m_field_value(type, name, row);
    return sum ? *sum : 0;
}

static const char *side(m_dec_sum amount)
{
    return amount < 0 ? "credit" : "debit";
}

static m_dec_sum size(m_dec_sum amount)
{
    return amount < 0 ? -amount : amount;
}

/* The row of the trial balance; NULL: nothing was ever posted. */
static m_status balance_row(const why *w, m_id account, const m_type **type, const void **out)
{
    char day[M_DATE_TEXT];
    m_list rows;
    m_date_format(w->as_of, day);
    why_param params[] = {{"as_of", day}, {"all", "true"}};
    M_TRY(why_report(w, "finance", "trial-balance", params, 2, type, &rows));
    *out = NULL;
    for (uint32_t i = 0; i < rows.count; i++) {
        const void *row = (const char *)rows.items + i * (*type)->size;
        const m_id *id = m_field_value(*type, "account", row);
        if (id && m_id_eq(*id, account)) *out = row;
    }
    return *out ? M_OK : m_fail(w->call, m_err_internal, "the trial balance lacks the account");
}

static m_status put_lines(const why *w, m_id account, m_dec_sum closing)
{
    m_filter filters[] = {{"account", M_OP_EQ, &account}, {"posting_date", M_OP_LE, &w->as_of}};
    m_order last_first = {"posting_date", true};
    m_query query = {.filters = filters,
                     .filter_count = 2,
                     .orders = &last_first,
                     .order_count = 1,
                     .limit = w->q->lines};
    m_fetch lines = {.type = &m_gl_entry_type, .query = &query};
    M_TRY(m_store_fetch(w->q->domains->store, w->call, &lines, 1));
    m_dec_sum balance = closing;
    for (uint32_t i = 0; i < lines.count; i++) {
        const m_gl_entry *line = lines.records[i];
        balance -= (m_dec_sum)line->debit.u - line->credit.u;
    }
    if (lines.count == w->q->lines)
        fprintf(w->out, "  before the last %u lines: %s %s (general-ledger tells the rest)\n",
                (unsigned)lines.count, why_amount(w, size(balance)), side(balance));
    for (uint32_t i = lines.count; i-- > 0;) {
        const m_gl_entry *line = lines.records[i];
        const void *event = NULL;
        char day[M_DATE_TEXT];
        m_book_event key = {.seq = line->seq};
        m_dec_sum amount = (m_dec_sum)line->debit.u - line->credit.u;
        balance += amount;
        M_TRY(m_store_get_key(w->q->domains->store, w->call, &m_book_event_type, &key, &event));
        if (!event) return m_fail(w->call, m_err_internal, "a line without its event");
        m_date_format(line->posting_date, day);
        fprintf(w->out, "\n  %s  %s %s, so that it stands at %s %s\n", day, side(amount),
                why_amount(w, size(amount)), why_amount(w, size(balance)), side(balance));
        M_TRY(why_voucher(w, event, line->line_no));
    }
    return M_OK;
}

/* A group is what its accounts are. */
static m_status put_children(const why *w, const m_type *type, const void *group)
{
    const m_id *id = &((const m_doc *)group)->id;
    m_filter below = {"parent", M_OP_EQ, id};
    m_query query = {.filters = &below, .filter_count = 1, .limit = 1000};
    m_fetch children = {.type = type, .query = &query};
    M_TRY(m_store_fetch(w->q->domains->store, w->call, &children, 1));
    fprintf(w->out, "  It is a group, the sum of:\n");
    for (uint32_t i = 0; i < children.count; i++) {
        const m_type *row_type;
        const void *row;
        M_TRY(balance_row(w, ((const m_doc *)children.records[i])->id, &row_type, &row));
        m_dec_sum closing = sum_at(row_type, row, "closing");
        fprintf(w->out, "    %.*s %.*s: %s %s\n",
                M_STR_ARG(why_text(type, children.records[i], "code")),
                M_STR_ARG(why_text(type, children.records[i], "name")),
                why_amount(w, size(closing)), side(closing));
    }
    return M_OK;
}

m_status why_account(const why *w, const m_type *type, const void *account)
{
    const m_type *row_type;
    const void *row;
    char day[M_DATE_TEXT];
    const bool *group = m_field_value(type, "is_group", account);
    m_id id = ((const m_doc *)account)->id;
    M_TRY(balance_row(w, id, &row_type, &row));
    m_dec_sum closing = sum_at(row_type, row, "closing"),
              opening = sum_at(row_type, row, "opening");
    m_date_format(w->as_of, day);
    fprintf(w->out, "Account %.*s %.*s as of %s: %s %s\n",
            M_STR_ARG(why_text(type, account, "code")), M_STR_ARG(why_text(type, account, "name")),
            day, why_amount(w, size(closing)), side(closing));
    fprintf(w->out, "  trial-balance: opening of the year %s %s, debit %s, credit %s\n",
            why_amount(w, size(opening)), side(opening),
            why_amount(w, sum_at(row_type, row, "debit")),
            why_amount(w, sum_at(row_type, row, "credit")));
    return group && *group ? put_children(w, type, account) : put_lines(w, id, closing);
}
