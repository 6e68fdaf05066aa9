#include "reports/columns.h"
#include "cost_center/cost_center.h"
#include "reports/reports.h"

const char *const fin_compare_names[] = {
    "none", "previous", "year_ago", "previous_and_year_ago", "months", "cost_centers", NULL};
const char *const fin_compare_times[] = {"none",   "previous", "year_ago", "previous_and_year_ago",
                                         "months", NULL};

static const m_field column_fields[] = {
    M_F_STR(fin_statement_column, label, "Column"),
    M_F_DATE(fin_statement_column, from, "From"),
    M_F_DATE(fin_statement_column, to, "To"),
    M_F_LINK(fin_statement_column, cost_center, "Cost center", "finance.cost_center"),
    M_F_SUM(fin_statement_column, amount, "Amount"),
};
const m_type fin_statement_column_type = {.name = "finance.statement_column",
                                          .size = sizeof(fin_statement_column),
                                          M_FIELDS(column_fields)};

m_status fin_columns_made(m_call *call, const m_list *columns, m_list *out)
{
    fin_statement_column *made = m_arena_array(call->arena, columns->count, sizeof *made);
    FIN_NEED(call, made);
    for (uint32_t c = 0; c < columns->count; c++) {
        const fin_column *column = M_AT(*columns, const fin_column, c);
        made[c] = (fin_statement_column){.label = column->label,
                                         .from = column->span.from,
                                         .to = column->span.to,
                                         .cost_center = column->cost_center};
    }
    *out = (m_list){made, columns->count};
    return M_OK;
}

/* ---- spans ---- */

static m_status bounded(m_call *call, uint32_t n)
{
    if (n <= FIN_COLUMNS_MAX) return M_OK;
    m_field_fail(call, FIN_ERR(COLUMNS), M_STR("compare"), "%u", (unsigned)n);
    return m_failed_fields(call);
}

static m_status label_of(m_call *call, bool turnover, fin_span span, m_str *out)
{
    char day[M_DATE_TEXT];
    m_date_format(span.to, day);
    *out = turnover ? fin_span_label(call, span) : m_str_of(m_arena_printf(call->arena, "%s", day));
    FIN_NEED(call, out->p);
    return M_OK;
}

/* out: room for FIN_COLUMNS_MAX; first the span asked for. */
static m_status list_spans(m_call *call, fin_span span, m_enum compare, fin_span *out,
                           uint32_t *out_count)
{
    uint32_t n = 0;
    out[n++] = span;
    if (compare == FIN_COMPARE_PREVIOUS || compare == FIN_COMPARE_BOTH)
        out[n++] = fin_span_before(span);
    if (compare == FIN_COMPARE_YEAR_AGO || compare == FIN_COMPARE_BOTH)
        out[n++] = fin_span_year_ago(span);
    if (compare == FIN_COMPARE_MONTHS) n += fin_span_months(span, &out[n], FIN_COLUMNS_MAX - n);
    M_TRY(bounded(call, n));
    *out_count = n;
    return M_OK;
}

fin_span fin_span_until(const fin_book *book, m_date as_of, m_enum compare)
{
    bool month = compare == FIN_COMPARE_PREVIOUS || compare == FIN_COMPARE_BOTH;
    return (fin_span){month ? m_date_month(as_of) : fin_book_year_start(book, as_of), as_of};
}

/* ---- the same accounts ---- */

typedef struct {
    const fin_columns_asked *in;
    m_call *call;
    fin_column *columns;
    uint32_t count;
    m_date last; /* what was read last for this book: all before this day, not rolled up */
    fin_sums before_last;
    const fin_book *book_of_last;
} reading;

/* What stood at the end of one month is where the next one begins. */
static m_status sums_before(reading *r, const fin_book *book, m_date day, fin_sums *out)
{
    bool goes_on = r->book_of_last == book && m_date_cmp(r->last, day) <= 0;
    M_TRY(fin_sums_new(book, out));
    for (uint32_t i = 0; goes_on && i < book->count; i++) {
        out->debit[i] = r->before_last.debit[i];
        out->credit[i] = r->before_last.credit[i];
    }
    M_TRY(fin_sums_between(book, goes_on ? r->last : M_DATE_NONE, day, 1, out));
    M_TRY(fin_sums_new(book, &r->before_last));
    memcpy(r->before_last.debit, out->debit, book->count * sizeof *out->debit);
    memcpy(r->before_last.credit, out->credit, book->count * sizeof *out->credit);
    r->last = day;
    r->book_of_last = book;
    return M_OK;
}

static m_status fill(reading *r, const fin_book *book, fin_column *column)
{
    fin_span span = column->span;
    m_date after = {span.to.d + 1};
    if (r->in->turnover) {
        M_TRY(fin_sums_new(book, &column->sums));
        M_TRY(fin_sums_between(book, span.from, after, 1, &column->sums));
        /* a closed year keeps its figures */
        M_TRY(fin_sums_closings(book, span.from, span.to, -1, &column->sums));
    } else {
        M_TRY(sums_before(r, book, after, &column->sums));
        if (r->in->before_closing)
            M_TRY(fin_sums_closings(book, span.from, span.to, -1, &column->sums));
    }
    fin_sums_roll_up(book, &column->sums);
    return M_OK;
}

static m_status more(reading *r, uint32_t by)
{
    return bounded(r->call, r->count + by);
}

static m_status add_span(reading *r, fin_span span)
{
    const fin_book *book = r->in->book;
    M_TRY(more(r, 1));
    fin_column *column = &r->columns[r->count];
    *column = (fin_column){.span = span, .cost_center = book->center};
    M_TRY(label_of(r->call, r->in->turnover, span, &column->label));
    M_TRY(fill(r, book, column));
    r->count++;
    return M_OK;
}

/* What belongs to none of the cost centers shown. */
static m_status add_rest(reading *r)
{
    const fin_book *book = r->in->book;
    fin_column rest = {.label = m_str_of(m_say(book->call, "Other")),
                       .span = r->in->span,
                       .cost_center = book->center};
    bool any = false;
    M_TRY(fin_sums_new(book, &rest.sums));
    for (uint32_t i = 0; i < book->count; i++) {
        rest.sums.debit[i] = r->columns[0].sums.debit[i];
        rest.sums.credit[i] = r->columns[0].sums.credit[i];
        for (uint32_t c = 1; c < r->count; c++) {
            rest.sums.debit[i] -= r->columns[c].sums.debit[i];
            rest.sums.credit[i] -= r->columns[c].sums.credit[i];
        }
        any |= rest.sums.debit[i] || rest.sums.credit[i];
    }
    if (!any) return M_OK;
    M_TRY(more(r, 1));
    r->columns[r->count++] = rest;
    return M_OK;
}

static m_status add_centers(reading *r)
{
    const fin_book *book = r->in->book;
    for (uint32_t i = 0; i < book->all_centers.count; i++) {
        const fin_cost_center *center = book->all_centers.records[i];
        if (!m_id_eq(center->parent, book->center)) continue;
        fin_book *part = m_arena_array(r->call->arena, 1, sizeof *part);
        FIN_NEED(r->call, part);
        M_TRY(more(r, 1));
        M_TRY(fin_book_within(book, center->id, part));
        fin_column *column = &r->columns[r->count];
        *column =
            (fin_column){.label = center->name, .span = r->in->span, .cost_center = center->id};
        M_TRY(fill(r, part, column));
        r->count++;
    }
    return add_rest(r);
}

m_status fin_columns_read(const fin_columns_asked *in, m_list *out_columns)
{
    m_call *call = in->book->call;
    reading r = {.in = in, .call = call};
    r.columns = m_arena_array(call->arena, FIN_COLUMNS_MAX, sizeof *r.columns);
    FIN_NEED(call, r.columns);
    fin_span spans[FIN_COLUMNS_MAX];
    uint32_t n;
    M_TRY(list_spans(call, in->span, in->compare, spans, &n));
    for (uint32_t i = 0; i < n; i++)
        M_TRY(add_span(&r, spans[i]));
    if (in->compare == FIN_COMPARE_CENTERS) M_TRY(add_centers(&r));
    *out_columns = (m_list){r.columns, r.count};
    return M_OK;
}

/* ---- the same rows ---- */

typedef struct {
    m_call *call;
    const fin_beside *how;
    m_list columns; /* fin_column, without sums */
    m_list rows;    /* of the spans so far */
} joining;

static m_status columns_beside(joining *j, fin_span span, m_enum compare)
{
    fin_span spans[FIN_COLUMNS_MAX];
    uint32_t n;
    M_TRY(list_spans(j->call, span, compare, spans, &n));
    fin_column *columns = m_arena_array(j->call->arena, n, sizeof *columns);
    FIN_NEED(j->call, columns);
    for (uint32_t i = 0; i < n; i++) {
        columns[i] = (fin_column){.span = spans[i], .cost_center = j->how->cost_center};
        M_TRY(label_of(j->call, j->how->turnover, spans[i], &columns[i].label));
    }
    j->columns = (m_list){columns, n};
    return M_OK;
}

static const char *row_at(const joining *j, const m_list *rows, uint32_t at)
{
    return at < rows->count ? (const char *)rows->items + at * j->how->size : NULL;
}

/* Both are in order, so is what comes out. */
static m_status join(joining *j, uint32_t column, const m_list *rows)
{
    const fin_beside *how = j->how;
    char *made = m_arena_array(j->call->arena, (size_t)j->rows.count + rows->count, how->size);
    FIN_NEED(j->call, made);
    uint32_t n = 0, a = 0, b = 0;
    while (a < j->rows.count || b < rows->count) {
        const char *old = row_at(j, &j->rows, a), *now = row_at(j, rows, b);
        int order = !now ? -1 : !old ? 1 : how->order(old, now);
        char *row = made + n++ * how->size;
        m_list *columns = (m_list *)(row + how->columns);
        memcpy(row, order <= 0 ? old : now, how->size);
        if (order > 0) M_TRY(fin_columns_made(j->call, &j->columns, columns));
        if (order > 0 && column) how->empty(row, M_AT(j->columns, const fin_column, 0)->span);
        if (order >= 0) M_AT(*columns, fin_statement_column, column)->amount = how->amount(now);
        a += order <= 0;
        b += order >= 0;
    }
    j->rows = (m_list){made, n};
    return M_OK;
}

m_status fin_beside_read(m_call *call, const fin_beside *how, void *self, fin_span span,
                         m_enum compare, m_list *out_rows)
{
    joining j = {.call = call, .how = how};
    if (compare == FIN_COMPARE_NONE) return how->read(self, span, out_rows);
    M_TRY(columns_beside(&j, span, compare));
    for (uint32_t i = 0; i < j.columns.count; i++) {
        m_list rows;
        M_TRY(how->read(self, M_AT(j.columns, const fin_column, i)->span, &rows));
        M_TRY(join(&j, i, &rows));
    }
    *out_rows = j.rows;
    return M_OK;
}
