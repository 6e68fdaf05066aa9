#include "bank_file.h"

m_status bank_add_statement(bank_reading *r, uint32_t line, m_bank_statement **out)
{
    m_bank_statement *added =
        m_list_add(r->call->arena, &r->out.statements, &r->statement_capacity, sizeof *added);
    if (!added) return m_fail(r->call, m_err_memory, NULL);
    added->line = line;
    r->line_capacity = 0;
    *out = added;
    return M_OK;
}

static m_bank_statement *last(const bank_reading *r)
{
    uint32_t n = r->out.statements.count;
    return n ? M_AT(r->out.statements, m_bank_statement, n - 1) : NULL;
}

m_status bank_add_line(bank_reading *r, const m_bank_line *line)
{
    if (r->lines == M_BANK_FILE_LINES_MAX)
        return m_fail(r->call, m_err_body, "more than %d lines", M_BANK_FILE_LINES_MAX);
    m_bank_line *added =
        m_list_add(r->call->arena, &last(r)->lines, &r->line_capacity, sizeof *added);
    if (!added) return m_fail(r->call, m_err_memory, NULL);
    *added = *line;
    r->lines++;
    return M_OK;
}

m_status bank_add_fault(bank_reading *r, uint32_t line, const char *why)
{
    if (r->out.faults.count == M_BANK_FILE_LINES_MAX)
        return m_fail(r->call, m_err_body, "too many faults");
    m_bank_fault *added =
        m_list_add(r->call->arena, &r->out.faults, &r->fault_capacity, sizeof *added);
    if (!added) return m_fail(r->call, m_err_memory, NULL);
    *added = (m_bank_fault){line, m_str_of(m_say(r->call, why))};
    if (last(r)) last(r)->faulty = true;
    return M_OK;
}

m_status bank_text(m_call *call, m_str raw, size_t most, m_str *out)
{
    char *text = m_arena_alloc(call->arena, raw.n + 1);
    if (!text) return m_fail(call, m_err_memory, NULL);
    size_t n = 0;
    size_t characters = 0;
    for (size_t i = 0; i < raw.n; i++) {
        unsigned char c = (unsigned char)raw.p[i];
        bool blank = c <= ' ' || c == 0x7f;
        if (blank && (n == 0 || text[n - 1] == ' ')) continue;
        bool begins = (c & 0xc0) != 0x80; /* a character of UTF-8 */
        if (begins && characters++ == most) break;
        text[n++] = blank ? ' ' : (char)c;
    }
    while (n && text[n - 1] == ' ')
        n--;
    *out = (m_str){n ? text : NULL, n};
    return M_OK;
}

/* ---- amounts ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take_sign(m_str *text, bool *negative)
{
    m_str t = m_str_trim(*text);
    if (t.n >= 2 && t.p[0] == '(' && t.p[t.n - 1] == ')') { /* as accountants write it */
        *negative = true;
        *text = m_str_trim((m_str){t.p + 1, t.n - 2});
        return true;
    }
    bool before = t.n && (t.p[0] == '-' || t.p[0] == '+');
    bool behind = t.n && (t.p[t.n - 1] == '-' || t.p[t.n - 1] == '+');
    if (before && behind) return false;
    *negative = (before && t.p[0] == '-') || (behind && t.p[t.n - 1] == '-');
    if (before) t.p++;
    if (before || behind) t.n--;
    *text = m_str_trim(t);
    return true;
}

/* Groups of thousands are taken as they come (1,20,000 is written so in India), but each is of two
 * or three digits. */
static bool clean(m_str text, bool decimal_comma, char *out, size_t room, size_t *out_n)
{
    char point = decimal_comma ? ',' : '.';
    char group = decimal_comma ? '.' : ',';
    size_t n = 0;
    size_t run = 0;
    bool grouped = false, places = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (n == room) return false;
        if (is_digit(c)) {
            if (!(n == 1 && out[0] == '0' && !places)) /* leading zeros */
                out[n++] = c;
            else
                out[0] = c;
            run++;
        } else if (c == group && !places && run && (!grouped || run == 2 || run == 3)) {
            grouped = true;
            run = 0;
        } else if (c == point && !places && run && (!grouped || run == 3)) {
            places = true;
            run = 0;
            out[n++] = '.';
        } else {
            return false;
        }
    }
    if (!n || (grouped && !places && run != 3)) return false;
    if (out[n - 1] == '.') n--; /* MT940 writes 12, */
    *out_n = n;
    return true;
}

bool bank_amount(m_str text, bool decimal_comma, m_dec *out)
{
    char plain[40];
    size_t n;
    bool negative;
    m_dec value;
    if (!take_sign(&text, &negative) || text.n == 0) return false;
    if (!clean(text, decimal_comma, plain, sizeof plain, &n)) return false;
    if (m_dec_parse((m_str){plain, n}, &value) != M_OK) return false;
    *out = negative ? m_dec_neg(value) : value;
    return true;
}
