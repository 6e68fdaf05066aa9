/* Tax summary: what the invoices of a time charged and its notes took back, per side, tax and rate,
 * or by document; and whether the tax accounts moved by just that. */
#include "ledger/ledger.h"
#include "note/note.h"
#include "posting_rule/posting_rule.h"
#include "purchase_invoice/purchase_invoice.h"
#include "reports/columns.h"
#include "reports/reports.h"
#include "sales_invoice/sales_invoice.h"

#include <stdlib.h>

/* Nobody sums up more invoices of one side at once than this. */
#define INVOICES_MAX 20000
#define IDS_AT_ONCE  1000

static const m_field param_fields[] = {
    M_F_DATE(fin_tax_summary_params, from, "From",
             .help = "The first day of the month when left empty."),
    M_F_DATE(fin_tax_summary_params, to, "To", .help = "Today when left empty."),
    M_F_KNOWN(fin_tax_summary_params),
    M_F_COMPARE_TIMES(fin_tax_summary_params),
    M_F_BOOL(fin_tax_summary_params, detail, "By document"),
};
static const m_type params_type = {.name = "finance.tax_summary_params",
                                   .size = sizeof(fin_tax_summary_params),
                                   M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_STR(fin_tax_summary_row, section, "Side"),
    M_F_LINK(fin_tax_summary_row, tax, "Tax id", "core.tax", .flags = M_HIDDEN),
    M_F_STR(fin_tax_summary_row, name, "Tax"),
    M_F_DEC(fin_tax_summary_row, rate, "Rate %"),
    M_F_BOOL(fin_tax_summary_row, is_group, "Total", .flags = M_HIDDEN),
    M_F_STR(fin_tax_summary_row, document_type, "Document type", .flags = M_HIDDEN),
    M_F_ID(fin_tax_summary_row, document, "Document id", .flags = M_HIDDEN),
    M_F_STR(fin_tax_summary_row, number, "Document"),
    M_F_INT(fin_tax_summary_row, documents, "Documents"),
    M_F_SUM(fin_tax_summary_row, base, "Base"),
    M_F_SUM(fin_tax_summary_row, amount, "Tax amount"),
    M_F_COLUMNS(fin_tax_summary_row, "the tax amount, or what an account moved by."),
    M_F_SUM(fin_tax_summary_row, deductible, "Deductible"),
    M_F_LINK(fin_tax_summary_row, account, "Account id", "finance.account", .flags = M_HIDDEN),
    M_F_STR(fin_tax_summary_row, code, "Account"),
    M_F_SUM(fin_tax_summary_row, opening, "Opening"),
    M_F_SUM(fin_tax_summary_row, moved, "Moved"),
    M_F_SUM(fin_tax_summary_row, by_documents, "By invoices and notes"),
    M_F_SUM(fin_tax_summary_row, difference, "By others",
            .help = "Journals, payments to the tax office and all else that is no invoice."),
    M_F_SUM(fin_tax_summary_row, closing, "Closing"),
};
static const m_type row_type = {
    .name = "finance.tax_summary_row", .size = sizeof(fin_tax_summary_row), M_FIELDS(row_fields)};

enum { SALES, PURCHASES, DUE, LEDGER };
static const char *const sections[] = {
    [SALES] = "Sales", [PURCHASES] = "Purchases", [DUE] = "Due", [LEDGER] = "Ledger"};

typedef struct {
    const m_type *type;
    int section;    /* SALES or PURCHASES */
    int sign;       /* −1: it takes back */
    size_t taxes;   /* where the list of fin_invoice_tax is */
    size_t charges; /* and that of fin_invoice_charge; 0: none */
} source;

static const source sources[] = {
    {&fin_sales_invoice_type, SALES, 1, offsetof(fin_sales_invoice, taxes),
     offsetof(fin_sales_invoice, charges)},
    {&fin_credit_note_type, SALES, -1, offsetof(fin_note, taxes), offsetof(fin_note, charges)},
    {&fin_purchase_invoice_type, PURCHASES, 1, offsetof(fin_purchase_invoice, taxes), 0},
    {&fin_debit_note_type, PURCHASES, -1, offsetof(fin_note, taxes), 0},
};
#define SOURCES (sizeof sources / sizeof *sources)

typedef struct {
    fin_book book;
    m_call *call;
    m_date from, to;
    bool detail;
    int places; /* of the base currency */
    m_fetch rules;
    m_dec_sum *explained; /* debit less credit per account of the book */
    m_list parts;         /* fin_tax_summary_row: one per tax of an invoice, then per kind of tax */
    uint32_t capacity;
} work;

/* ---- which invoices, and how often ---- */

/* times: +1 for a posting dated in the time, −1 for a mirror; of one invoice. */
static m_status count_events(const work *w, const m_fetch *invoices, int *times)
{
    m_call *call = w->call;
    m_id *ids = m_arena_array(call->arena, 2 * (size_t)invoices->count, sizeof *ids);
    FIN_NEED(call, ids);
    for (uint32_t i = 0; i < invoices->count; i++) {
        m_id id = ((const m_doc *)invoices->records[i])->id;
        ids[2 * i] = m_voucher_id(call, id, "post");
        ids[2 * i + 1] = m_voucher_id(call, id, "cancel");
    }
    for (uint32_t first = 0; first < invoices->count; first += IDS_AT_ONCE) {
        uint32_t n = invoices->count - first < IDS_AT_ONCE ? invoices->count - first : IDS_AT_ONCE;
        m_list asked = {ids + 2 * (size_t)first, 2 * n};
        m_filter filters[] = {{"voucher_id", M_OP_IN, &asked},
                              {"posting_date", M_OP_GE, &w->from},
                              {"posting_date", M_OP_LE, &w->to}};
        m_query query = {.filters = filters, .filter_count = 3};
        m_fetch events = {.type = &m_book_event_type, .query = &query};
        M_TRY(m_store_fetch(w->book.fin->store, call, &events, 1));
        for (uint32_t e = 0; e < events.count; e++) {
            const m_book_event *event = events.records[e];
            if (w->book.known.limited && event->seq > w->book.known.seq) continue;
            for (uint32_t i = first; i < first + n; i++)
                if (m_id_eq(((const m_doc *)invoices->records[i])->id, event->source_id))
                    times[i] += m_id_is_null(event->reverses) ? 1 : -1;
        }
    }
    return M_OK;
}

static m_status read_invoices(const work *w, const source *s, m_enum state, m_fetch *out)
{
    m_filter filters[] = {{"state", M_OP_EQ, &state},
                          {"posting_date", M_OP_GE, &w->from},
                          {"posting_date", M_OP_LE, &w->to}};
    m_query query = {.filters = filters,
                     .filter_count =
                         state == M_CANCELLED ? 1 : 3, /* mirrors may be of later days */
                     .limit = INVOICES_MAX + 1};
    m_fetch read = {.type = s->type, .query = &query};
    M_TRY(m_store_fetch(w->book.fin->store, w->call, &read, 1));
    if (read.count > INVOICES_MAX)
        return m_fail(w->call, FIN_ERR(TOO_MANY_LINES), "%d invoices", INVOICES_MAX);
    read.query = NULL;
    *out = read;
    return M_OK;
}

/* ---- what they charged ---- */

static m_status add_part(work *w, const source *s, m_str purpose, fin_tax_summary_row part)
{
    const fin_posting_rule *rule = fin_posting_rule_find(&w->rules, purpose, part.tax);
    uint32_t at = rule ? fin_tree_find(&w->book.tree, rule->account) : w->book.count;
    if (at != w->book.count)
        w->explained[at] += s->section == SALES ? -part.amount : part.deductible;
    fin_tax_summary_row *added = m_list_add(w->call->arena, &w->parts, &w->capacity, sizeof *added);
    FIN_NEED(w->call, added);
    *added = part;
    return M_OK;
}

static const m_list *list_at(const void *document, size_t offset)
{
    return (const m_list *)((const char *)document + offset);
}

static m_id currency_of(const source *s, const void *document, m_rate *out)
{
    const fin_invoice *invoice = document;
    const fin_note *note = document;
    *out = s->sign > 0 ? (m_rate){invoice->rate, invoice->per} : (m_rate){note->rate, note->per};
    return s->sign > 0 ? invoice->currency : note->currency;
}

/* What was posted for an amount of the document, `times` times. */
static m_status posted(const work *w, const source *s, const void *document, int times,
                       m_dec amount, m_dec_sum *out)
{
    m_rate rate;
    m_dec base = amount;
    if (!m_id_is_null(currency_of(s, document, &rate)))
        FIN_TRY(w->call, m_to_base(amount, rate, w->places, &base));
    *out = times * s->sign * (m_dec_sum)base.u;
    return M_OK;
}

static fin_tax_summary_row begin_part(const work *w, const source *s, const void *document,
                                      int times)
{
    const m_doc *doc = document;
    fin_tax_summary_row part = {.section = m_str_of(sections[s->section]), .documents = times};
    if (!w->detail) return part;
    part.document_type = m_str_of(s->type->name);
    part.document = doc->id;
    part.number = doc->number;
    return part;
}

static m_status add_charges(work *w, const source *s, const void *document, int times)
{
    for (M_EACH(const fin_invoice_charge, charge, *list_at(document, s->charges))) {
        if (charge->basis == FIN_CHARGE_LINE_TAX || !m_id_is_null(charge->account)) continue;
        fin_tax_summary_row part = begin_part(w, s, document, times);
        part.name = charge->name;
        part.rate = charge->rate;
        int charged = charge->deduct ? -times : times;
        M_TRY(posted(w, s, document, times, charge->taxable, &part.base));
        M_TRY(posted(w, s, document, charged, charge->charged, &part.amount));
        M_TRY(add_part(w, s, M_STR("output_tax"), part));
    }
    return M_OK;
}

static m_status add_document(work *w, const source *s, const void *document, int times)
{
    for (M_EACH(const fin_invoice_tax, tax, *list_at(document, s->taxes))) {
        fin_tax_summary_row part = begin_part(w, s, document, times);
        part.tax = tax->tax;
        part.name = tax->name;
        part.rate = tax->rate;
        M_TRY(posted(w, s, document, times, tax->taxable, &part.base));
        M_TRY(posted(w, s, document, times, tax->amount, &part.amount));
        if (s->section == PURCHASES)
            M_TRY(posted(w, s, document, times, tax->recoverable, &part.deductible));
        M_TRY(add_part(w, s, tax->purpose, part));
    }
    return s->charges ? add_charges(w, s, document, times) : M_OK;
}

static m_status add_source(work *w, const source *s)
{
    static const m_enum states[] = {M_SUBMITTED, M_CANCELLED};
    for (int i = 0; i < 2; i++) {
        m_fetch read;
        M_TRY(read_invoices(w, s, states[i], &read));
        int *times = m_arena_array(w->call->arena, read.count, sizeof *times);
        FIN_NEED(w->call, times);
        if (states[i] == M_CANCELLED || w->book.known.limited)
            M_TRY(count_events(w, &read, times));
        else
            for (uint32_t k = 0; k < read.count; k++)
                times[k] = 1;
        for (uint32_t k = 0; k < read.count; k++)
            if (times[k]) M_TRY(add_document(w, s, read.records[k], times[k]));
    }
    return M_OK;
}

static int rank_of(m_str section)
{
    int rank = 0;
    while (rank < LEDGER && !m_str_is(section, sections[rank]))
        rank++;
    return rank;
}

/* Taxes before their total. */
static int by_kind(const void *a, const void *b)
{
    const fin_tax_summary_row *x = a, *y = b;
    int order = rank_of(x->section) - rank_of(y->section);
    if (order == 0) order = x->is_group - y->is_group;
    if (order == 0) order = m_str_cmp(x->code, y->code);
    if (order == 0) order = m_str_cmp(x->name, y->name);
    if (order == 0) order = (x->rate.u > y->rate.u) - (x->rate.u < y->rate.u);
    if (order == 0) order = m_id_cmp(x->tax, y->tax);
    if (order == 0) order = m_str_cmp(x->number, y->number);
    return order ? order : m_id_cmp(x->document, y->document);
}

static void add_up(fin_tax_summary_row *to, const fin_tax_summary_row *from)
{
    to->base += from->base;
    to->amount += from->amount;
    to->deductible += from->deductible;
}

static void merge(work *w)
{
    fin_tax_summary_row *at = w->parts.items;
    uint32_t n = 0;
    if (w->parts.count) qsort(at, w->parts.count, sizeof *at, by_kind);
    for (uint32_t i = 0; i < w->parts.count; i++) {
        if (n && by_kind(&at[n - 1], &at[i]) == 0) {
            add_up(&at[n - 1], &at[i]);
            at[n - 1].documents += at[i].documents;
        } else {
            at[n++] = at[i];
        }
    }
    w->parts.count = n;
}

/* ---- rows ---- */

static void add_taxes(const work *w, m_list *rows)
{
    fin_tax_summary_row *out = rows->items;
    m_dec_sum due = 0;
    for (int side = SALES; side <= PURCHASES; side++) {
        fin_tax_summary_row total = {
            .section = m_str_of(sections[side]), .name = M_STR("Total"), .is_group = true};
        for (M_EACH(const fin_tax_summary_row, part, w->parts)) {
            if (!m_str_eq(part->section, total.section)) continue;
            add_up(&total, part);
            out[rows->count++] = *part;
        }
        total.base = 0; /* several taxes lie on the same base */
        out[rows->count++] = total;
        due += side == SALES ? total.amount : -total.deductible;
    }
    out[rows->count++] = (fin_tax_summary_row){.section = m_str_of(sections[DUE]),
                                               .name = M_STR("Tax due"),
                                               .is_group = true,
                                               .amount = due};
}

static m_status add_accounts(const work *w, m_list *rows)
{
    const fin_book *book = &w->book;
    fin_tax_summary_row *out = rows->items;
    fin_tax_summary_row total = {
        .section = m_str_of(sections[LEDGER]), .name = M_STR("Total"), .is_group = true};
    fin_sums before, after;
    M_TRY(fin_sums_new(book, &before));
    M_TRY(fin_sums_new(book, &after));
    M_TRY(fin_sums_before(book, w->from, 1, &before));
    M_TRY(fin_sums_before(book, (m_date){w->to.d + 1}, 1, &after));
    for (uint32_t node = 0; node < book->count; node++) {
        const fin_account *account = book->accounts[node];
        bool tax = account->kind == FIN_KIND_TAX || w->explained[node] != 0;
        if (account->is_group || !tax) continue;
        fin_tax_summary_row row = {.section = total.section,
                                   .name = account->name,
                                   .account = account->id,
                                   .code = account->code,
                                   .opening = before.debit[node] - before.credit[node],
                                   .closing = after.debit[node] - after.credit[node],
                                   .by_documents = w->explained[node]};
        row.moved = row.closing - row.opening;
        row.difference = row.moved - row.by_documents;
        total.opening += row.opening;
        total.closing += row.closing;
        total.moved += row.moved;
        total.by_documents += row.by_documents;
        total.difference += row.difference;
        out[rows->count++] = row;
    }
    out[rows->count++] = total;
    return M_OK;
}

/* The rows of one span. */
static m_status summary_of(void *self, fin_span span, m_list *out)
{
    work w = *(const work *)self;
    w.from = span.from;
    w.to = span.to;
    w.explained = m_arena_array(w.call->arena, w.book.count, sizeof *w.explained);
    FIN_NEED(w.call, w.explained);
    for (size_t i = 0; i < SOURCES; i++)
        M_TRY(add_source(&w, &sources[i]));
    merge(&w);
    fin_tax_summary_row *rows = m_arena_array(
        w.call->arena, (size_t)w.parts.count + w.book.count + SOURCES + 2, sizeof *rows);
    FIN_NEED(w.call, rows);
    m_list list = {rows, 0};
    add_taxes(&w, &list);
    M_TRY(add_accounts(&w, &list));
    *out = list;
    return M_OK;
}

static m_dec_sum amount_of(const void *row)
{
    const fin_tax_summary_row *of = row;
    return m_str_is(of->section, sections[LEDGER]) ? of->moved : of->amount;
}

static void empty(void *row, fin_span span)
{
    fin_tax_summary_row *of = row;
    (void)span;
    of->documents = 0;
    of->base = of->amount = of->deductible = 0;
    of->opening = of->moved = of->by_documents = of->difference = of->closing = 0;
}

static const fin_beside beside = {.size = sizeof(fin_tax_summary_row),
                                  .columns = offsetof(fin_tax_summary_row, columns),
                                  .turnover = true,
                                  .read = summary_of,
                                  .order = by_kind,
                                  .amount = amount_of,
                                  .empty = empty};

/* Sections and totals are told apart by their English names until here. */
static void say_headings(const m_call *call, const m_list *rows)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        fin_tax_summary_row *row = M_AT(*rows, fin_tax_summary_row, i);
        row->section = m_str_of(m_say(call, sections[rank_of(row->section)]));
        if (row->is_group) row->name = m_str_of(m_say(call, row->name.p));
    }
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    const fin_tax_summary_params *in = params;
    work w = {.call = call,
              .detail = in->detail,
              .rules = {.type = &fin_posting_rule_type, .query = &fin_posting_rule_all}};
    m_date to = m_date_is_none(in->to) ? m_today(call) : in->to;
    m_date from = m_date_is_none(in->from) ? m_date_month(to) : in->from;
    M_TRY(fin_book_open(module, call, (m_id){{0}}, &w.book));
    M_TRY(fin_book_known(&w.book, in->known_at));
    if (m_date_cmp(from, to) > 0) {
        m_field_fail(call, FIN_ERR(DATES_ORDER), M_STR("from"), NULL);
        return m_failed_fields(call);
    }
    m_tenant_info tenant;
    M_TRY(fin_read_tenant(w.book.fin, call, &tenant));
    w.places = (int)tenant.currency_places;
    M_TRY(m_store_fetch(w.book.fin->store, call, &w.rules, 1));
    M_TRY(fin_beside_read(call, &beside, &w, (fin_span){from, to}, in->compare, out_rows));
    say_headings(call, out_rows);
    return M_OK;
}

const m_report fin_tax_summary_report = {.name = "tax-summary",
                                         .label = "Tax summary",
                                         .group = "Accounts",
                                         .permissions = fin_report_permissions,
                                         .params = &params_type,
                                         .row = &row_type,
                                         .run = run,
                                         .drill = "account:general-ledger,document:document"};
