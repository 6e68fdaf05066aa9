/* MT940: tags ":61:" at the beginning of lines; whatever else begins a line goes on with the tag
 * above it. Blocks of SWIFT around it ({1:…}{4: … -}) are passed over. */
#include "bank_file.h"

typedef struct {
    bank_reading base;
    m_str text;
    size_t at;
    uint32_t line; /* of the file, that `at` is in */
    m_str tag;     /* "61" */
    m_str value;   /* with line breaks */
    uint32_t tag_line;
    bool in_statement;
    bool has_movement; /* its ":86:" may follow */
    m_bank_line movement;
} reading;

/* ---- lines and tags ---- */

static bool next_line(reading *r, m_str *out)
{
    if (r->at >= r->text.n) return false;
    size_t from = r->at;
    while (r->at < r->text.n && r->text.p[r->at] != '\n')
        r->at++;
    size_t n = r->at - from;
    if (r->at < r->text.n) r->at++;
    if (n && r->text.p[from + n - 1] == '\r') n--;
    *out = (m_str){r->text.p + from, n};
    r->line++;
    return true;
}

static bool is_upper_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

/* ":61:" or ":28C:" at the beginning; SWIFT's block 4 may stand before it. */
static size_t tag_length(m_str line)
{
    size_t i = 1;
    if (line.n < 4 || line.p[0] != ':') return 0;
    while (i < line.n && i < 4 && is_upper_or_digit(line.p[i]))
        i++;
    return i >= 3 && i < line.n && line.p[i] == ':' ? i + 1 : 0;
}

static bool is_end(m_str line)
{
    return m_str_is(line, "-") || (line.n >= 2 && line.p[0] == '-' && line.p[1] == '}');
}

/* The next tag with all its lines; false at the end of the file. */
static bool next_tag(reading *r)
{
    m_str line;
    size_t n = 0;
    do {
        if (!next_line(r, &line)) return false;
        n = tag_length(line);
    } while (n == 0);
    r->tag = (m_str){line.p + 1, n - 2};
    r->tag_line = r->line;
    r->value = (m_str){line.p + n, line.n - n};
    for (;;) {
        size_t at = r->at;
        if (!next_line(r, &line)) return true;
        if (tag_length(line) || is_end(line) || (line.n && line.p[0] == '{')) {
            r->at = at;
            r->line--;
            if (!tag_length(line)) next_line(r, &line);
            return true;
        }
        r->value.n = (size_t)(line.p + line.n - r->value.p);
    }
}

/* ---- parts ---- */

static bool two_digits(m_str *rest, int *out)
{
    if (rest->n < 2) return false;
    char a = rest->p[0], b = rest->p[1];
    if (a < '0' || a > '9' || b < '0' || b > '9') return false;
    *out = (a - '0') * 10 + (b - '0');
    rest->p += 2;
    rest->n -= 2;
    return true;
}

static bool take_date(m_str *rest, m_date *out)
{
    int year, month, day;
    if (!two_digits(rest, &year) || !two_digits(rest, &month) || !two_digits(rest, &day))
        return false;
    return m_date_make(year < 80 ? 2000 + year : 1900 + year, month, day, out) == M_OK;
}

/* MMDD of the booking, in the year that is nearest to the value date. */
static bool take_booking(m_str *rest, m_date value, m_date *out)
{
    int month, day, year, m, d;
    m_str after = *rest;
    if (!two_digits(&after, &month) || !two_digits(&after, &day)) return false;
    m_date_split(value, &year, &m, &d);
    if (month - m > 6) year--;
    if (m - month > 6) year++;
    if (m_date_make(year, month, day, out) != M_OK) return false;
    *rest = after;
    return true;
}

static bool take_mark(m_str *rest, int *sign)
{
    static const struct {
        const char *mark;
        int sign;
    } marks[] = {{"RC", -1}, {"RD", 1}, {"C", 1}, {"D", -1}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        size_t n = strlen(marks[i].mark);
        if (rest->n < n || memcmp(rest->p, marks[i].mark, n) != 0) continue;
        *sign = marks[i].sign;
        rest->p += n;
        rest->n -= n;
        return true;
    }
    return false;
}

static bool take_amount(m_str *rest, m_dec *out)
{
    size_t n = 0;
    while (n < rest->n && ((rest->p[n] >= '0' && rest->p[n] <= '9') || rest->p[n] == ','))
        n++;
    if (!bank_amount((m_str){rest->p, n}, true, out)) return false;
    rest->p += n;
    rest->n -= n;
    return true;
}

/* C260430INR1234,56 */
static bool read_balance(m_str value, m_date *date, m_str *currency, m_dec *out)
{
    int sign;
    m_str rest = m_str_trim(value);
    if (!take_mark(&rest, &sign) || !take_date(&rest, date) || rest.n < 3) return false;
    for (int i = 0; i < 3; i++)
        if (rest.p[i] < 'A' || rest.p[i] > 'Z') return false;
    *currency = (m_str){rest.p, 3};
    rest.p += 3;
    rest.n -= 3;
    if (!take_amount(&rest, out) || rest.n) return false;
    if (sign < 0) *out = m_dec_neg(*out);
    return true;
}

/* ---- movements ---- */

static m_status flush(reading *r)
{
    if (!r->has_movement) return M_OK;
    r->has_movement = false;
    return bank_add_line(&r->base, &r->movement);
}

static m_bank_statement *current(const reading *r)
{
    const m_list *all = &r->base.out.statements;
    return r->in_statement ? M_AT(*all, m_bank_statement, all->count - 1) : NULL;
}

/* Without a day of booking the value date counts, as far as the statement has it. */
static m_date within(const m_bank_statement *statement, m_date date)
{
    if (!m_date_is_none(statement->from) && m_date_cmp(date, statement->from) < 0)
        return statement->from;
    return date;
}

/* What the customer wrote, else the bank's own; what follows on the next line is narration. */
static m_status read_references(reading *r, m_str rest)
{
    const char *end = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
    m_str more = {NULL, 0};
    if (end) {
        more = (m_str){end + 1, rest.n - (size_t)(end + 1 - rest.p)};
        rest.n = (size_t)(end - rest.p);
    }
    if (rest.n && rest.p[rest.n - 1] == '\r') rest.n--;
    m_str own = rest;
    m_str bank = {NULL, 0};
    for (size_t i = 0; i + 1 < rest.n; i++) {
        if (rest.p[i] != '/' || rest.p[i + 1] != '/') continue;
        own.n = i;
        bank = (m_str){rest.p + i + 2, rest.n - i - 2};
        break;
    }
    own = m_str_trim(own);
    bool none = own.n == 0 || m_str_is(own, "NONREF");
    M_TRY(bank_text(r->base.call, none ? bank : own, M_BANK_REF_MAX, &r->movement.reference));
    return bank_text(r->base.call, more, M_BANK_TEXT_MAX, &r->movement.narration);
}

static m_status read_movement(reading *r)
{
    m_str rest = r->value;
    m_date value, booked;
    int sign;
    m_dec amount;
    M_TRY(flush(r));
    m_bank_statement *statement = current(r);
    if (!statement) return bank_add_fault(&r->base, r->tag_line, "A movement before :60F:.");
    if (!take_date(&rest, &value))
        return bank_add_fault(&r->base, r->tag_line, "The value date is no date (YYMMDD).");
    if (!take_booking(&rest, value, &booked)) booked = within(statement, value);
    if (!take_mark(&rest, &sign))
        return bank_add_fault(&r->base, r->tag_line, "C, D, RC or RD is missing.");
    if (rest.n && rest.p[0] >= 'A' && rest.p[0] <= 'Z') { /* third letter of the currency */
        rest.p++;
        rest.n--;
    }
    if (!take_amount(&rest, &amount))
        return bank_add_fault(&r->base, r->tag_line, "The amount cannot be read (1234,56).");
    if (rest.n < 4 || !strchr("NSF", rest.p[0]))
        return bank_add_fault(&r->base, r->tag_line, "The kind of movement (NTRF) is missing.");
    rest.p += 4;
    rest.n -= 4;
    r->movement = (m_bank_line){.line = r->tag_line, .date = booked};
    r->movement.amount = sign < 0 ? m_dec_neg(amount) : amount;
    M_TRY(read_references(r, rest));
    r->has_movement = true;
    return M_OK;
}

/* Banks that number the parts of a narration write ?20text?21text. */
static m_status read_narration(reading *r)
{
    if (!r->has_movement) return M_OK; /* of the whole statement */
    size_t room = r->movement.narration.n + r->value.n + 2;
    char *text = m_arena_alloc(r->base.call->arena, room);
    if (!text) return m_fail(r->base.call, m_err_memory, NULL);
    size_t n = 0;
    if (r->movement.narration.n) {
        memcpy(text, r->movement.narration.p, r->movement.narration.n);
        n = r->movement.narration.n;
        text[n++] = ' ';
    }
    for (size_t i = 0; i < r->value.n; i++) {
        const char *p = r->value.p + i;
        bool part = *p == '?' && i + 2 < r->value.n && p[1] >= '0' && p[1] <= '9' && p[2] >= '0' &&
                    p[2] <= '9';
        text[n++] = part ? ' ' : *p;
        if (part) i += 2;
    }
    return bank_text(r->base.call, (m_str){text, n}, M_BANK_TEXT_MAX, &r->movement.narration);
}

/* ---- statements ---- */

typedef struct {
    uint32_t line;
    m_str account;
    m_str number;
} heading;

static m_status open_statement(reading *r, const heading *head)
{
    m_bank_statement *statement;
    m_date date;
    m_str currency;
    m_dec opening;
    M_TRY(flush(r));
    if (current(r)) M_TRY(bank_add_fault(&r->base, r->tag_line, "The one before has no :62F:."));
    M_TRY(bank_add_statement(&r->base, head->line ? head->line : r->tag_line, &statement));
    r->in_statement = true;
    M_TRY(bank_text(r->base.call, head->account, M_BANK_REF_MAX, &statement->account));
    M_TRY(bank_text(r->base.call, head->number, 60, &statement->number));
    if (!read_balance(r->value, &date, &currency, &opening))
        return bank_add_fault(&r->base, r->tag_line, "The opening balance cannot be read.");
    M_TRY(bank_text(r->base.call, currency, 3, &statement->currency));
    statement->has_opening = true;
    statement->opening = opening;
    statement->from = date;
    return M_OK;
}

static void settle_days(m_bank_statement *statement)
{
    if (m_date_is_none(statement->from)) statement->from = statement->to;
    for (M_EACH(m_bank_line, line, statement->lines)) {
        if (m_date_cmp(line->date, statement->from) < 0) statement->from = line->date;
        if (m_date_cmp(line->date, statement->to) > 0) statement->to = line->date;
    }
}

static m_status close_statement(reading *r)
{
    m_date date;
    m_str currency;
    m_dec closing;
    M_TRY(flush(r));
    m_bank_statement *statement = current(r);
    if (!statement) return bank_add_fault(&r->base, r->tag_line, "A closing without :60F:.");
    if (!read_balance(r->value, &date, &currency, &closing))
        return bank_add_fault(&r->base, r->tag_line, "The closing balance cannot be read.");
    if (statement->currency.n && !m_str_eq(currency, statement->currency))
        return bank_add_fault(&r->base, r->tag_line, "The balances are in two currencies.");
    statement->has_closing = true;
    statement->closing = closing;
    statement->to = date;
    settle_days(statement);
    r->in_statement = false;
    return M_OK;
}

static m_status read_tag(reading *r, heading *head)
{
    if (m_str_is(r->tag, "20")) *head = (heading){.line = r->tag_line};
    if (m_str_is(r->tag, "25")) head->account = m_str_trim(r->value);
    if (m_str_is(r->tag, "28C") || m_str_is(r->tag, "28")) head->number = m_str_trim(r->value);
    if (m_str_is(r->tag, "60F") || m_str_is(r->tag, "60M")) return open_statement(r, head);
    if (m_str_is(r->tag, "61")) return read_movement(r);
    if (m_str_is(r->tag, "86")) return read_narration(r);
    if (m_str_is(r->tag, "62F") || m_str_is(r->tag, "62M")) return close_statement(r);
    return M_OK;
}

/* ---- the file ---- */

static m_status to_utf8(m_call *call, m_str *text)
{
    if (m_utf8_valid(*text)) return M_OK;
    char *out = m_arena_alloc(call->arena, 2 * text->n + 1);
    if (!out) return m_fail(call, m_err_memory, NULL);
    size_t n = 0;
    for (size_t i = 0; i < text->n; i++) {
        unsigned char c = (unsigned char)text->p[i];
        if (c >= 0x80) out[n++] = (char)(0xc0 | (c >> 6));
        out[n++] = c == 0 ? ' ' : c < 0x80 ? (char)c : (char)(0x80 | (c & 0x3f));
    }
    *text = (m_str){out, n};
    return M_OK;
}

bool m_bank_is_mt940(m_str text)
{
    reading r = {.text = text};
    m_str line;
    for (int i = 0; i < 50 && next_line(&r, &line); i++)
        if (tag_length(line) && line.n >= 4 &&
            (memcmp(line.p, ":20:", 4) == 0 || memcmp(line.p, ":60F", 4) == 0))
            return true;
    return false;
}

m_status m_bank_read_mt940(m_call *call, m_str text, m_bank_file *out)
{
    reading r = {.base = {.call = call}, .text = text};
    heading head = {.line = 0};
    bool any = false;
    M_TRY(to_utf8(call, &r.text));
    while (next_tag(&r)) {
        any = true;
        M_TRY(read_tag(&r, &head));
    }
    M_TRY(flush(&r));
    if (current(&r)) M_TRY(bank_add_fault(&r.base, r.line, "The last statement has no :62F:."));
    if (!any) return m_fail(call, m_err_body, "there is no MT940 statement in it");
    *out = r.base.out;
    return M_OK;
}
