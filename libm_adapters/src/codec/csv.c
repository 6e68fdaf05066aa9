/* CSV after RFC 4180, strict where guessing would lose data. */
#include "codec.h"

#define CELLS_MAX      1000
#define CELL_BYTES_MAX 65536

static m_status bad(m_call *call, const m_csv *csv, const char *why)
{
    return m_fail(call, m_err_body, "line %u: %s", csv->line, m_say(call, why));
}

static bool at_end(const m_csv *csv)
{
    return csv->at >= csv->text.n;
}

static char here(const m_csv *csv)
{
    return csv->text.p[csv->at];
}

/* Eats one line break (CR LF, LF or CR) when there is one. */
static bool eat_break(m_csv *csv)
{
    if (at_end(csv) || (here(csv) != '\n' && here(csv) != '\r')) return false;
    if (here(csv) == '\r' && csv->at + 1 < csv->text.n && csv->text.p[csv->at + 1] == '\n')
        csv->at++;
    csv->at++;
    csv->next_line++;
    return true;
}

/* The one that occurs more often in the first line, outside of quotes. */
static char guess_separator(m_str text)
{
    size_t commas = 0;
    size_t semicolons = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n' || c == '\r') break;
        commas += c == ',';
        semicolons += c == ';';
    }
    return semicolons > commas ? ';' : ',';
}

static m_status start(m_call *call, m_csv *csv)
{
    csv->line = csv->next_line = 1;
    if (!m_utf8_valid(csv->text)) return bad(call, csv, "the file is not valid UTF-8");
    if (csv->text.n >= 3 && memcmp(csv->text.p, "\xef\xbb\xbf", 3) == 0) csv->at = 3;
    m_str rest = {csv->text.p + csv->at, csv->text.n - csv->at};
    if (!csv->separator) csv->separator = guess_separator(rest);
    return M_OK;
}

/* ---- cells ---- */

/* The cell behind an opening quote. */
static m_status read_quoted(m_call *call, m_csv *csv, m_buf *cell)
{
    csv->at++;
    for (;;) {
        size_t from = csv->at;
        while (!at_end(csv) && here(csv) != '"' && here(csv) != '\n' && here(csv) != '\r')
            csv->at++;
        m_buf_bytes(cell, csv->text.p + from, csv->at - from);
        if (at_end(csv)) return bad(call, csv, "a quoted cell does not end");
        if (cell->n > CELL_BYTES_MAX) return bad(call, csv, "a cell is too long");
        from = csv->at;
        if (eat_break(csv)) {
            m_buf_bytes(cell, csv->text.p + from, csv->at - from);
            continue;
        }
        csv->at++;
        if (at_end(csv) || here(csv) != '"') return M_OK;
        m_buf_char(cell, '"');
        csv->at++;
    }
}

static m_status read_plain(m_call *call, m_csv *csv, m_str *out)
{
    size_t from = csv->at;
    while (!at_end(csv) && here(csv) != csv->separator && here(csv) != '\n' && here(csv) != '\r') {
        if (here(csv) == '"') return bad(call, csv, "a quote inside a cell that has none around");
        csv->at++;
    }
    *out = (m_str){csv->text.p + from, csv->at - from};
    if (out->n > CELL_BYTES_MAX) return bad(call, csv, "a cell is too long");
    return M_OK;
}

/* A spreadsheet would run it: begins as a formula does and is more than a number. */
static bool looks_like_formula(m_str cell)
{
    size_t i = 0;
    while (i < cell.n && cell.p[i] == '\'')
        i++;
    if (i == cell.n) return false;
    char c = cell.p[i];
    if (c == '=' || c == '@' || c == '\t' || c == '\r') return true;
    if (c != '+' && c != '-') return false;
    for (i++; i < cell.n; i++)
        if (!strchr("0123456789 .,-/()", cell.p[i])) return true;
    return false;
}

static m_status read_cell(m_call *call, m_csv *csv, m_str *out)
{
    if (!at_end(csv) && here(csv) == '"') {
        m_buf cell = {.arena = call->arena};
        M_TRY(read_quoted(call, csv, &cell));
        if (cell.failed) return m_fail(call, m_err_memory, NULL);
        *out = m_buf_str(&cell);
        bool ends =
            at_end(csv) || here(csv) == csv->separator || here(csv) == '\n' || here(csv) == '\r';
        if (!ends) return bad(call, csv, "text behind a closing quote");
    } else {
        M_TRY(read_plain(call, csv, out));
    }
    if (out->n && out->p[0] == '\'' && looks_like_formula(*out)) {
        out->p++; /* the mark m_csv_cell put there */
        out->n--;
    }
    return M_OK;
}

m_status m_csv_next(m_call *call, m_csv *csv, m_str **out_cells, uint32_t *out_count,
                    bool *out_more)
{
    if (csv->next_line == 0) M_TRY(start(call, csv));
    while (eat_break(csv)) { /* lines without anything */
    }
    if (at_end(csv)) {
        *out_cells = NULL;
        *out_count = 0;
        *out_more = false;
        return M_OK;
    }
    csv->line = csv->next_line;
    m_list cells = {NULL, 0};
    uint32_t capacity = 0;
    for (;;) {
        if (cells.count == CELLS_MAX) return bad(call, csv, "too many cells");
        m_str *cell = m_list_add(call->arena, &cells, &capacity, sizeof *cell);
        if (!cell) return m_fail(call, m_err_memory, NULL);
        M_TRY(read_cell(call, csv, cell));
        if (at_end(csv) || here(csv) != csv->separator) break;
        csv->at++;
    }
    eat_break(csv);
    *out_cells = cells.items;
    *out_count = cells.count;
    *out_more = true;
    return M_OK;
}

void m_csv_cell(m_buf *buf, m_str cell)
{
    bool formula = looks_like_formula(cell);
    bool quote = cell.n && (cell.p[0] == ' ' || cell.p[cell.n - 1] == ' ');
    for (size_t i = 0; i < cell.n && !quote; i++)
        quote = cell.p[i] == '"' || cell.p[i] == ',' || cell.p[i] == ';' || cell.p[i] == '\n' ||
                cell.p[i] == '\r';
    if (quote) m_buf_char(buf, '"');
    if (formula) m_buf_char(buf, '\'');
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.p[i] == '"') m_buf_char(buf, '"');
        m_buf_char(buf, cell.p[i]);
    }
    if (quote) m_buf_char(buf, '"');
}
