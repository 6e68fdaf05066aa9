#include "import_internal.h"

enum { ROWS_PER_DOCUMENT_MAX = 10000 };

m_str cell_of(const column *c, m_str *const cells)
{
    return c->header.n ? m_str_trim(cells[c->cell]) : c->constant;
}

/* The next record, filled up with empty cells; too many cells are a fault of the file. */
static m_status next_row(import_job *job, m_call *call, m_str **out_cells, bool *out_more)
{
    m_str *cells;
    uint32_t n;
    M_TRY(m_csv_next(call, &job->csv, &cells, &n, out_more));
    if (!*out_more) return M_OK;
    for (uint32_t i = job->cell_count; i < n; i++)
        if (m_str_trim(cells[i]).n)
            return m_fail(call, m_err_body, "line %u has more cells than the header",
                          job->csv.line);
    if (n < job->cell_count) {
        m_str *full = m_arena_array(call->arena, job->cell_count, sizeof *full);
        if (!full) return m_fail(call, m_err_memory, "row");
        memcpy(full, cells, n * sizeof *full);
        cells = full;
    }
    *out_cells = cells;
    return M_OK;
}

static bool is_number(const column *c)
{
    return c->field && c->header.n &&
           (c->field->kind == M_KIND_DEC || c->field->kind == M_KIND_QTY ||
            c->field->kind == M_KIND_MONEY);
}

m_status job_each_row(import_job *job, m_call *call,
                      m_status (*each)(import_job *job, m_call *call, m_str *cells))
{
    m_csv place = job->csv;
    m_arena_mark mark = m_arena_tell(call->arena);
    job->csv = job->first;
    for (;;) {
        m_str *cells;
        bool more;
        M_TRY(next_row(job, call, &cells, &more));
        if (!more) break;
        M_TRY(each(job, call, cells));
        m_arena_back(call->arena, mark);
    }
    m_arena_back(call->arena, mark);
    job->csv = place;
    return M_OK;
}

static m_status survey_row(import_job *job, m_call *call, m_str *cells)
{
    (void)call;
    for (uint32_t i = 0; i < job->column_count; i++)
        if (is_number(&job->columns[i]))
            number_look_at(&job->columns[i].look, cell_of(&job->columns[i], cells));
    job->total++;
    return M_OK;
}

m_status job_survey(import_job *job)
{
    job->first = job->csv;
    return job_each_row(job, job->call, survey_row);
}

/* Does the row belong to the document that `first` began? */
static bool goes_on(const import_job *job, m_str *first, m_str *cells)
{
    if (!job->has_lists) return false;
    for (uint32_t i = 0; i < job->column_count; i++) {
        const column *c = &job->columns[i];
        bool asked = job->has_key ? c->is_key : c->field && !c->list && c->header.n;
        if (!asked) continue;
        m_str cell = cell_of(c, cells);
        if (!m_str_eq(cell, cell_of(c, first)) && (cell.n || job->has_key)) return false;
    }
    return true;
}

m_status job_next(import_job *job, m_call *call, import_doc *out, bool *out_more)
{
    import_doc doc = {0};
    uint32_t capacity = 0;
    for (;;) {
        m_csv before = job->csv;
        m_str *cells;
        bool more;
        M_TRY(next_row(job, call, &cells, &more));
        m_str **first = doc.rows.items;
        if (!more || (doc.rows.count && !goes_on(job, first[0], cells))) {
            job->csv = before;
            break;
        }
        if (!doc.rows.count) doc.line = job->csv.line;
        if (doc.rows.count >= ROWS_PER_DOCUMENT_MAX)
            return m_fail(call, m_err_range, "line %u: more than %d rows for one document",
                          doc.line, ROWS_PER_DOCUMENT_MAX);
        m_str **row = m_list_add(call->arena, &doc.rows, &capacity, sizeof *row);
        if (!row) return m_fail(call, m_err_memory, "row");
        *row = cells;
    }
    *out_more = doc.rows.count > 0;
    *out = doc;
    return M_OK;
}
