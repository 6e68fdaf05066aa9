/* What to look at before a period is closed. It finds; whether that forbids is a policy. */
#include "bank_matching/bank_matching.h"
#include "bank_statement/bank_statement.h"
#include "deferral/deferral.h"
#include "fiscal_year/fiscal_year.h"
#include "reports/book.h"
#include "reports/reports.h"

/* Documents shown of one kind; all are counted. */
#define SHOWN_MAX    50
#define COUNTED_MAX  10000
#define DEFERRAL_MAX 5000

static const char *const verdicts[] = {"ok", "look", "stop", NULL};
enum { GOOD, LOOK, STOP };

static const m_field param_fields[] = {
    M_F_DATE(fin_period_checklist_params, date, "A day of the period",
             .help = "The month before this one when left empty."),
};
static const m_type params_type = {.name = "finance.period_checklist_params",
                                   .size = sizeof(fin_period_checklist_params),
                                   M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_STR(fin_period_checklist_row, check, "Check"),
    M_F_ENUM(fin_period_checklist_row, verdict, "Verdict", verdicts),
    M_F_INT(fin_period_checklist_row, count, "Count"),
    M_F_SUM(fin_period_checklist_row, amount, "Amount"),
    M_F_STR(fin_period_checklist_row, note, "What it is about", .max = 500),
    M_F_STR(fin_period_checklist_row, document_type, "Document type", .flags = M_HIDDEN),
    M_F_ID(fin_period_checklist_row, document, "Document", .flags = M_HIDDEN),
    M_F_LINK(fin_period_checklist_row, account, "Account", "finance.account", .flags = M_HIDDEN),
};
static const m_type row_type = {.name = "finance.period_checklist_row",
                                .size = sizeof(fin_period_checklist_row),
                                M_FIELDS(row_fields)};

typedef struct {
    fin_book book;
    m_call *call;
    const fin_period *period;
    fin_sums end; /* balances at the end of the period */
    m_list rows;
    uint32_t capacity;
} checklist;

#define SAID(c, text) m_str_of(m_say((c)->call, text))

static m_status add(checklist *c, fin_period_checklist_row row)
{
    fin_period_checklist_row *added =
        m_list_add(c->call->arena, &c->rows, &c->capacity, sizeof *added);
    FIN_NEED(c->call, added);
    *added = row;
    return M_OK;
}

static m_status text_of(checklist *c, const char *made, m_str *out)
{
    FIN_NEED(c->call, made);
    *out = m_str_of(made);
    return M_OK;
}

/* ---- the period itself ---- */

static m_status add_state(checklist *c)
{
    char from[M_DATE_TEXT], to[M_DATE_TEXT];
    m_date_format(c->period->start, from);
    m_date_format(c->period->end, to);
    fin_period_checklist_row row = {
        .check = SAID(c, "Period"),
        .verdict = m_date_cmp(m_today(c->call), c->period->end) > 0 ? GOOD : LOOK};
    M_TRY(text_of(c,
                  m_arena_printf(c->call->arena, m_say(c->call, "%s to %s: %s%s"), from, to,
                                 m_say(c->call, fin_period_states[c->period->status]),
                                 row.verdict == LOOK ? m_say(c->call, "; it is not over") : ""),
                  &row.note));
    return add(c, row);
}

static m_status add_earlier(checklist *c)
{
    fin_period_checklist_row row = {.check = SAID(c, "Earlier periods"),
                                    .note = SAID(c, "Periods before it that are not locked")};
    for (uint32_t i = 0; i < c->book.years.count; i++) {
        const fin_fiscal_year *year = c->book.years.records[i];
        for (M_EACH(const fin_period, period, year->periods))
            if (m_date_cmp(period->end, c->period->start) < 0 && period->status != FIN_LOCKED)
                row.count++;
    }
    row.verdict = row.count ? LOOK : GOOD;
    return add(c, row);
}

/* ---- documents ---- */

static m_status add_documents(checklist *c, const m_doctype *doctype, m_enum state,
                              const char *check)
{
    m_filter filters[] = {{"state", M_OP_EQ, &state},
                          {doctype->series_date, M_OP_GE, &c->period->start},
                          {doctype->series_date, M_OP_LE, &c->period->end}};
    m_query query = {
        .filters = filters, .filter_count = 3, .limit = SHOWN_MAX, .without_lists = true};
    m_fetch read = {.type = doctype->type, .query = &query};
    uint32_t count;
    M_TRY(m_store_fetch(c->book.fin->store, c->call, &read, 1));
    if (read.count == 0) return M_OK;
    M_TRY(m_store_count(c->book.fin->store, c->call, doctype->type, &query, COUNTED_MAX, &count));
    M_TRY(add(c, (fin_period_checklist_row){
                     .check = SAID(c, check),
                     .verdict = LOOK,
                     .count = count,
                     .note = SAID(c, count == 1 ? doctype->label : doctype->label_plural)}));
    for (uint32_t i = 0; i < read.count; i++) {
        const m_doc *doc = read.records[i];
        const m_field *date = m_field_find(doctype->type, m_str_of(doctype->series_date));
        fin_period_checklist_row row = {.check = SAID(c, check),
                                        .verdict = LOOK,
                                        .document_type = m_str_of(doctype->type->name),
                                        .document = doc->id};
        char day[M_DATE_TEXT];
        m_date_format(*(const m_date *)m_field_get(doctype->type, date, doc), day);
        M_TRY(text_of(c,
                      m_arena_printf(c->call->arena, m_say(c->call, "%s %.*s of %s"),
                                     m_say(c->call, doctype->label), M_STR_ARG(doc->number), day),
                      &row.note));
        M_TRY(add(c, row));
    }
    return M_OK;
}

/* Of every kind of document that has a date; none at all is a good sign. */
static m_status add_waiting(checklist *c, const char *state_name, const char *check,
                            const char *none)
{
    uint32_t before = c->rows.count;
    for (const m_doctype *const *d = finance_module()->doctypes; *d; d++) {
        if (!(*d)->series || !(*d)->series_date || !(*d)->life) continue;
        int state = m_state_index((*d)->life->states, m_str_of(state_name));
        if (state >= 0) M_TRY(add_documents(c, *d, state, check));
    }
    if (c->rows.count != before) return M_OK;
    return add(c, (fin_period_checklist_row){.check = SAID(c, check), .note = SAID(c, none)});
}

/* Parts of deferrals that are due and not released. */
static m_status add_deferrals(checklist *c)
{
    m_enum submitted = M_SUBMITTED;
    m_dec zero = {0};
    m_filter filters[] = {{"state", M_OP_EQ, &submitted}, {"remaining", M_OP_NE, &zero}};
    m_query query = {.filters = filters, .filter_count = 2, .limit = DEFERRAL_MAX};
    m_fetch read = {.type = &fin_deferral_type, .query = &query};
    fin_period_checklist_row row = {.check = SAID(c, "Deferrals"),
                                    .note = SAID(c, "Parts that are due and not released")};
    M_TRY(m_store_fetch(c->book.fin->store, c->call, &read, 1));
    for (uint32_t i = 0; i < read.count; i++)
        for (M_EACH(const fin_deferral_part, part, ((const fin_deferral *)read.records[i])->parts))
            if (m_date_is_none(part->released_on) && m_date_cmp(part->last, c->period->end) <= 0) {
                row.count++;
                row.amount += part->amount.u;
            }
    row.verdict = row.count ? LOOK : GOOD;
    return add(c, row);
}

/* ---- balances ---- */

static m_status add_trial_balance(checklist *c)
{
    fin_period_checklist_row row = {.check = SAID(c, "Trial balance"),
                                    .note = SAID(c, "Debit less credit of all accounts")};
    for (uint32_t i = 0; i < c->book.count; i++)
        row.amount += c->end.debit[i] - c->end.credit[i];
    row.verdict = row.amount ? STOP : GOOD;
    return add(c, row);
}

static m_status add_received(checklist *c)
{
    for (uint32_t i = 0; i < c->book.count; i++) {
        const fin_account *account = c->book.accounts[i];
        if (account->kind != FIN_KIND_GRNI || account->is_group) continue;
        fin_period_checklist_row row = {.check = SAID(c, "Goods not invoiced"),
                                        .amount = c->end.credit[i] - c->end.debit[i],
                                        .note = account->name,
                                        .account = account->id};
        row.verdict = row.amount ? LOOK : GOOD;
        M_TRY(add(c, row));
    }
    return M_OK;
}

/* The last statement that ends in the period; NULL: none. */
static m_status last_statement(checklist *c, m_id account, const fin_bank_statement **out)
{
    m_enum submitted = M_SUBMITTED;
    m_filter filters[] = {{"account", M_OP_EQ, &account},
                          {"state", M_OP_EQ, &submitted},
                          {"to_date", M_OP_LE, &c->period->end}};
    m_order last_first = {"to_date", true};
    m_query query = {.filters = filters,
                     .filter_count = 3,
                     .orders = &last_first,
                     .order_count = 1,
                     .limit = 1,
                     .without_lists = true};
    m_fetch read = {.type = &fin_bank_statement_type, .query = &query};
    M_TRY(m_store_fetch(c->book.fin->store, c->call, &read, 1));
    *out = read.count ? read.records[0] : NULL;
    return M_OK;
}

/* What of the balance no line of the bank explains. */
static m_status add_unmatched(checklist *c, const fin_account *account, m_dec_sum holds)
{
    m_filter filters[] = {{"account", M_OP_EQ, &account->id},
                          {"posting_date", M_OP_LE, &c->period->end}};
    m_sum matched = {
        .type = &fin_bank_match_type, .filters = filters, .filter_count = 2, .group_by = ""};
    fin_period_checklist_row row = {
        .check = SAID(c, "Bank matching"), .amount = holds, .account = account->id};
    M_TRY(m_store_sum(c->book.fin->store, c->call, &matched));
    for (M_EACH(const fin_bank_match, match, matched.out))
        row.amount -= match->amount.u;
    row.verdict = row.amount ? LOOK : GOOD;
    M_TRY(text_of(c,
                  m_arena_printf(c->call->arena, m_say(c->call, "%.*s: not matched with the bank"),
                                 M_STR_ARG(account->name)),
                  &row.note));
    return add(c, row);
}

static m_status add_bank(checklist *c, uint32_t node)
{
    const fin_account *account = c->book.accounts[node];
    const fin_bank_statement *statement;
    m_dec_sum holds = c->end.debit[node] - c->end.credit[node];
    char day[M_DATE_TEXT] = "";
    M_TRY(last_statement(c, account->id, &statement));
    if (!statement && holds == 0) return M_OK;
    fin_period_checklist_row row = {.check = SAID(c, "Bank statements"), .account = account->id};
    bool reaches = statement && m_date_cmp(statement->to_date, c->period->end) == 0;
    if (statement) m_date_format(statement->to_date, day);
    row.amount = statement ? holds - statement->closing_balance.u : holds;
    row.verdict = reaches && row.amount == 0 ? GOOD : LOOK;
    M_TRY(
        text_of(c,
                m_arena_printf(
                    c->call->arena, m_say(c->call, "%.*s: %s%s; the ledger differs by the amount"),
                    M_STR_ARG(account->name),
                    m_say(c->call, statement ? "statement up to " : "there is no statement"), day),
                &row.note));
    M_TRY(add(c, row));
    return add_unmatched(c, account, holds);
}

static m_status make(fin_module *fin, m_call *call, m_date day, m_list *out_rows)
{
    checklist c = {.call = call};
    M_TRY(fin_book_open(fin, call, (m_id){{0}}, &c.book));
    c.period = fin_period_find(&c.book.years, day);
    if (!c.period) {
        char text[M_DATE_TEXT];
        m_date_format(day, text);
        m_field_fail(call, FIN_ERR(PERIOD_MISSING), M_STR("date"), "%s", text);
        return m_failed_fields(call);
    }
    M_TRY(fin_sums_new(&c.book, &c.end));
    M_TRY(fin_sums_before(&c.book, (m_date){c.period->end.d + 1}, 1, &c.end));
    M_TRY(add_state(&c));
    M_TRY(add_earlier(&c));
    M_TRY(add_waiting(&c, "draft", "Drafts", "No drafts are dated in it"));
    M_TRY(add_waiting(&c, "on_hold", "On hold", "Nothing dated in it waits to be posted"));
    M_TRY(add_deferrals(&c));
    M_TRY(add_received(&c));
    for (uint32_t i = 0; i < c.book.count; i++)
        if (c.book.accounts[i]->kind == FIN_KIND_BANK && !c.book.accounts[i]->is_group)
            M_TRY(add_bank(&c, i));
    M_TRY(add_trial_balance(&c));
    *out_rows = c.rows;
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    m_date day = ((const fin_period_checklist_params *)params)->date;
    if (m_date_is_none(day)) day.d = m_date_month(m_today(call)).d - 1;
    return make(module, call, day, out_rows);
}

m_status fin_period_unready(fin_module *fin, m_call *call, m_date day, int64_t *out_count,
                            m_str *out_first)
{
    m_list rows;
    int64_t n = 0;
    M_TRY(make(fin, call, day, &rows));
    for (M_EACH(const fin_period_checklist_row, row, rows)) {
        /* a document is counted by the line above it */
        if (row->verdict == GOOD || !m_id_is_null(row->document)) continue;
        if (n++) continue;
        const char *first =
            m_arena_printf(call->arena, "%.*s: %.*s", M_STR_ARG(row->check), M_STR_ARG(row->note));
        FIN_NEED(call, first);
        *out_first = m_str_of(first);
    }
    *out_count = n;
    return M_OK;
}

const m_report fin_period_checklist_report = {.name = "period-checklist",
                                              .label = "Before a period is closed",
                                              .group = "Accounts",
                                              .permissions = fin_report_permissions,
                                              .params = &params_type,
                                              .row = &row_type,
                                              .run = run,
                                              .drill = "document:document,account:general-ledger"};
