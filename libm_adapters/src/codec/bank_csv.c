/* Statements as CSV: no two banks agree on the columns, so they are found by their headers. */
#include "bank_file.h"
#include "codec.h"

typedef enum {
    COLUMN_NONE,
    COLUMN_DATE,
    COLUMN_AMOUNT,
    COLUMN_IN,
    COLUMN_OUT,
    COLUMN_REFERENCE,
    COLUMN_NARRATION,
    COLUMN_BALANCE,
    COLUMN_COUNT
} column;

static const char *const names[COLUMN_COUNT] = {"",    "date",      "amount",    "in",
                                                "out", "reference", "narration", "balance"};

/* Words of headers as banks write them, in small letters. */
static const struct {
    const char *header;
    column column;
} known[] = {{"date", COLUMN_DATE},
             {"booking date", COLUMN_DATE},
             {"transaction date", COLUMN_DATE},
             {"txn date", COLUMN_DATE},
             {"amount", COLUMN_AMOUNT},
             {"deposit", COLUMN_IN},
             {"deposits", COLUMN_IN},
             {"deposit amt.", COLUMN_IN},
             {"credit", COLUMN_IN},
             {"money in", COLUMN_IN},
             {"withdrawal", COLUMN_OUT},
             {"withdrawals", COLUMN_OUT},
             {"withdrawal amt.", COLUMN_OUT},
             {"debit", COLUMN_OUT},
             {"money out", COLUMN_OUT},
             {"reference", COLUMN_REFERENCE},
             {"ref", COLUMN_REFERENCE},
             {"ref no", COLUMN_REFERENCE},
             {"ref no.", COLUMN_REFERENCE},
             {"cheque no", COLUMN_REFERENCE},
             {"cheque no.", COLUMN_REFERENCE},
             {"chq./ref.no.", COLUMN_REFERENCE},
             {"narration", COLUMN_NARRATION},
             {"description", COLUMN_NARRATION},
             {"details", COLUMN_NARRATION},
             {"particulars", COLUMN_NARRATION},
             {"payee", COLUMN_NARRATION},
             {"balance", COLUMN_BALANCE},
             {"closing balance", COLUMN_BALANCE}};

#define COLUMNS_MAX 100
#define TEXT_SHOWN  40 /* characters of a cell in a sentence */

typedef struct {
    bank_reading base;
    const m_bank_csv *how;
    column columns[COLUMNS_MAX];
    uint32_t count;
    bool has[COLUMN_COUNT];
} reading;

/* ---- header ---- */

static bool same_word(m_str a, const char *b)
{
    if (a.n != strlen(b)) return false;
    for (size_t i = 0; i < a.n; i++) {
        char c = a.p[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (c == '_') c = ' ';
        if (c != b[i]) return false;
    }
    return true;
}

static m_status choose(const reading *r, m_str header, column *out)
{
    *out = COLUMN_NONE;
    for (M_EACH(const m_pair, pair, r->how->columns)) {
        if (!m_str_eq(m_str_trim(pair->name), header)) continue;
        for (int c = 0; c < COLUMN_COUNT; c++)
            if (m_str_is(pair->value, names[c])) {
                *out = (column)c;
                return M_OK;
            }
        return m_fail(r->base.call, m_err_body, "no such column: %.*s", M_STR_ARG(pair->value));
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (same_word(header, known[i].header)) *out = known[i].column;
    return M_OK;
}

static m_status read_header(reading *r, const m_str *cells, uint32_t count)
{
    if (count > COLUMNS_MAX) return m_fail(r->base.call, m_err_body, "too many columns");
    r->count = count;
    for (uint32_t i = 0; i < count; i++) {
        column c;
        M_TRY(choose(r, m_str_trim(cells[i]), &c));
        if (c != COLUMN_NARRATION && r->has[c]) c = COLUMN_NONE; /* the first one counts */
        r->columns[i] = c;
        r->has[c] = c != COLUMN_NONE;
    }
    if (!r->has[COLUMN_DATE]) return m_fail(r->base.call, m_err_body, "no column is the date");
    if (!r->has[COLUMN_AMOUNT] && !r->has[COLUMN_IN] && !r->has[COLUMN_OUT])
        return m_fail(r->base.call, m_err_body, "no column is the amount");
    return M_OK;
}

/* ---- dates ---- */

static bool month_of(m_str word, int *out)
{
    static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec"};
    for (int i = 0; i < 12; i++)
        if (word.n >= 3 && same_word((m_str){word.p, 3}, months[i])) {
            *out = i + 1;
            return true;
        }
    return false;
}

/* Three parts between / . - and blanks; what stands behind them (a time) is passed over. */
static bool split_date(m_str text, m_str parts[3])
{
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        size_t from = at;
        while (at < text.n && !strchr("/.- T", text.p[at]))
            at++;
        if (at == from) return false;
        parts[i] = (m_str){text.p + from, at - from};
        if (at < text.n) at++;
    }
    return true;
}

static bool number_of(m_str text, int *out)
{
    int value = 0;
    if (text.n == 0 || text.n > 4) return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9') return false;
        value = value * 10 + (text.p[i] - '0');
    }
    *out = value;
    return true;
}

static bool read_date(m_str text, m_enum order, m_date *out)
{
    static const int places[3][3] = {{0, 1, 2}, {2, 1, 0}, {2, 0, 1}}; /* of year, month, day */
    m_str parts[3];
    int year, month, day;
    if (text.n > 40 || memchr(text.p, 0, text.n) || !split_date(text, parts)) return false;
    const int *at = places[order];
    if (parts[0].n == 4) at = places[M_BANK_YMD]; /* a year in front is plain enough */
    if (!number_of(parts[at[0]], &year) || !number_of(parts[at[2]], &day)) return false;
    if (!number_of(parts[at[1]], &month) && !month_of(parts[at[1]], &month)) return false;
    if (parts[at[0]].n == 2) year += year < 80 ? 2000 : 1900;
    if (m_date_make(year, month, day, out) != M_OK) return false;
    return out->d >= M_DATE_FIRST && out->d <= M_DATE_LAST;
}

/* ---- rows ---- */

typedef struct {
    m_str cells[COLUMN_COUNT];
    m_buf narration;
} row_texts;

static m_status gather(reading *r, const m_str *cells, uint32_t count, row_texts *out)
{
    *out = (row_texts){.narration = {.arena = r->base.call->arena}};
    for (uint32_t i = 0; i < count && i < r->count; i++) {
        m_str cell = m_str_trim(cells[i]);
        out->cells[r->columns[i]] = cell;
        if (r->columns[i] != COLUMN_NARRATION || !cell.n) continue;
        if (out->narration.n) m_buf_text(&out->narration, " ");
        m_buf_bytes(&out->narration, cell.p, cell.n);
    }
    return out->narration.failed ? m_fail(r->base.call, m_err_memory, NULL) : M_OK;
}

/* One side of a pair of columns; banks leave the other empty or write 0.00 (or -). */
static bool read_side(const reading *r, m_str text, m_dec *out)
{
    out->u = 0;
    if (text.n == 0 || m_str_is(text, "-")) return true;
    return bank_amount(text, r->how->decimal_comma, out);
}

/* What is wrong, as a sentence; *bad: the text that cannot be read, when it is that. */
static const char *read_amounts(const reading *r, const row_texts *row, m_bank_line *out,
                                m_str *bad)
{
    static const column sides[] = {COLUMN_AMOUNT, COLUMN_IN, COLUMN_OUT};
    m_dec read[3];
    for (int i = 0; i < 3; i++) {
        *bad = row->cells[sides[i]];
        if (!read_side(r, *bad, &read[i])) return "The amount cannot be read";
    }
    *bad = (m_str){NULL, 0};
    m_dec amount = read[0], in = read[1], out_of = read[2];
    if (in.u < 0) return "Money in is below zero.";
    if (out_of.u < 0) out_of = m_dec_neg(out_of); /* some banks write the sign as well */
    int given = (amount.u != 0) + (in.u != 0) + (out_of.u != 0);
    if (given == 0) return "There is no amount.";
    if (given > 1) return "There is more than one amount.";
    out->amount.u = amount.u + in.u - out_of.u;
    if (!row->cells[COLUMN_BALANCE].n) return NULL;
    out->has_balance =
        bank_amount(row->cells[COLUMN_BALANCE], r->how->decimal_comma, &out->balance);
    *bad = row->cells[COLUMN_BALANCE];
    return out->has_balance ? NULL : "The balance cannot be read";
}

/* "The date cannot be read: 31/04/2026 (…)." */
static m_status add_unreadable(reading *r, uint32_t line, const char *what, m_str text,
                               const char *how)
{
    m_str shown;
    M_TRY(bank_text(r->base.call, text, TEXT_SHOWN, &shown));
    const char *why =
        m_arena_printf(r->base.call->arena, "%s: %.*s%s.", what, M_STR_ARG(shown), how);
    return why ? bank_add_fault(&r->base, line, why) : m_fail(r->base.call, m_err_memory, NULL);
}

static m_status add_bad_date(reading *r, uint32_t line, m_str text)
{
    static const char *const orders[] = {" (expected: year, month, day)",
                                         " (expected: day, month, year)",
                                         " (expected: month, day, year)"};
    if (!text.n) return bank_add_fault(&r->base, line, "There is no date.");
    return add_unreadable(r, line, "The date cannot be read", text, orders[r->how->dates]);
}

static m_status read_row(reading *r, uint32_t line, const m_str *cells, uint32_t count)
{
    row_texts row;
    m_bank_line movement = {.line = line};
    M_TRY(gather(r, cells, count, &row));
    if (!read_date(row.cells[COLUMN_DATE], r->how->dates, &movement.date))
        return add_bad_date(r, line, row.cells[COLUMN_DATE]);
    m_str bad;
    const char *why = read_amounts(r, &row, &movement, &bad);
    if (why && bad.n) return add_unreadable(r, line, why, bad, "");
    if (why) return bank_add_fault(&r->base, line, why);
    M_TRY(
        bank_text(r->base.call, row.cells[COLUMN_REFERENCE], M_BANK_REF_MAX, &movement.reference));
    M_TRY(bank_text(r->base.call, m_buf_str(&row.narration), M_BANK_TEXT_MAX, &movement.narration));
    return bank_add_line(&r->base, &movement);
}

/* ---- the statement ---- */

static void turn_round(m_list lines)
{
    m_bank_line *all = lines.items;
    for (uint32_t i = 0, k = lines.count; i + 1 < k; i++) {
        m_bank_line swap = all[i];
        all[i] = all[--k];
        all[k] = swap;
    }
}

static bool chains(const m_bank_line *a, const m_bank_line *b)
{
    return a->has_balance && b->has_balance &&
           (m_dec_sum)a->balance.u + b->amount.u == (m_dec_sum)b->balance.u;
}

/* Oldest first: by the dates, and within one day by the balances. */
static bool is_newest_first(const m_bank_statement *s)
{
    const m_bank_line *lines = s->lines.items;
    if (s->lines.count < 2) return false;
    int order = m_date_cmp(lines[0].date, lines[s->lines.count - 1].date);
    if (order) return order > 0;
    return !chains(&lines[0], &lines[1]) && chains(&lines[1], &lines[0]);
}

static void finish(m_bank_statement *s)
{
    uint32_t n = s->lines.count;
    if (n == 0) return;
    if (is_newest_first(s)) turn_round(s->lines);
    const m_bank_line *lines = s->lines.items;
    s->from = s->to = lines[0].date;
    for (uint32_t i = 0; i < n; i++) {
        if (m_date_cmp(lines[i].date, s->from) < 0) s->from = lines[i].date;
        if (m_date_cmp(lines[i].date, s->to) > 0) s->to = lines[i].date;
    }
    s->has_closing = lines[n - 1].has_balance;
    if (s->has_closing) s->closing = lines[n - 1].balance;
    s->has_opening =
        lines[0].has_balance && m_dec_sub(lines[0].balance, lines[0].amount, &s->opening) == M_OK;
}

m_status m_bank_read_csv(m_call *call, m_str text, const m_bank_csv *how, m_bank_file *out)
{
    reading r = {.base = {.call = call}, .how = how};
    m_csv csv = {.text = text};
    m_str *cells;
    uint32_t count;
    bool more;
    m_bank_statement *statement;
    M_TRY(m_csv_next(call, &csv, &cells, &count, &more));
    if (!more) return m_fail(call, m_err_body, "the file is empty");
    M_TRY(read_header(&r, cells, count));
    M_TRY(bank_add_statement(&r.base, csv.line, &statement));
    for (;;) {
        M_TRY(m_csv_next(call, &csv, &cells, &count, &more));
        if (!more) break;
        M_TRY(read_row(&r, csv.line, cells, count));
    }
    if (!statement->lines.count && !r.base.out.faults.count)
        return m_fail(call, m_err_body, "there are no lines below the header");
    finish(statement);
    *out = r.base.out;
    return M_OK;
}
