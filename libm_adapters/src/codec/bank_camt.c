/* CAMT.053 of ISO 20022: what expat tells of elements, by their path below Stmt. Versions and name
 * spaces are not looked at; a document type declaration is refused, so that no entity is expanded.
 */
#include <expat.h>

#include "bank_file.h"
#include "codec.h"

enum { DEPTH_MAX = 40, PATH_MAX_BYTES = 600, TEXT_MAX_BYTES = 4000 };

typedef struct {
    bank_reading base;
    XML_Parser parser;
    m_status status; /* not M_OK: stopped, the call has the error */
    char path[PATH_MAX_BYTES];
    uint32_t depth;
    size_t path_n;
    size_t ends[DEPTH_MAX]; /* length of the path at each depth */
    m_buf text;             /* of the element */
    bool overlong;          /* more of it than anything we take has */
    bool in_statement;
    uint32_t entry_line;
    /* of a balance */
    m_dec balance;
    bool balance_read, debit;
    m_str balance_code;
    m_date balance_date;
    /* of an entry */
    m_bank_line line;
    bool amount_read, booked;
    uint32_t transactions;
    m_str end_to_end, bank_ref, entry_ref, debtor, creditor;
    m_buf narration;
} reading;

static void stop(reading *r, m_status status)
{
    if (r->status == M_OK) r->status = status;
    XML_StopParser(r->parser, XML_FALSE);
}

static m_bank_statement *current(const reading *r)
{
    const m_list *all = &r->base.out.statements;
    return M_AT(*all, m_bank_statement, all->count - 1);
}

static bool at(const reading *r, const char *path)
{
    return r->in_statement && strcmp(r->path, path) == 0;
}

static bool ends_with(const reading *r, const char *path)
{
    size_t n = strlen(path);
    return r->path_n > n && r->path[r->path_n - n - 1] == '/' &&
           strcmp(r->path + r->path_n - n, path) == 0;
}

/* ---- begin of elements ---- */

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

/* The path counts from Stmt on; above it is empty. */
static bool push(reading *r, const char *name)
{
    if (r->depth == DEPTH_MAX) return false;
    r->ends[r->depth++] = r->path_n;
    if (!r->in_statement) return true;
    size_t n = strlen(name);
    if (r->path_n + n + 2 > sizeof r->path) return false;
    if (r->path_n) r->path[r->path_n++] = '/';
    memcpy(r->path + r->path_n, name, n + 1);
    r->path_n += n;
    return true;
}

static void begin_entry(reading *r)
{
    m_arena *arena = r->base.call->arena;
    r->entry_line = (uint32_t)XML_GetCurrentLineNumber(r->parser);
    r->line = (m_bank_line){.line = r->entry_line};
    r->amount_read = r->booked = r->debit = false;
    r->transactions = 0;
    r->end_to_end = r->bank_ref = r->entry_ref = r->debtor = r->creditor = (m_str){NULL, 0};
    r->narration = (m_buf){.arena = arena};
}

/* Each amount says its currency: all of a statement say the same. */
static void take_currency(reading *r, const XML_Char **attributes)
{
    m_bank_statement *s = current(r);
    for (; attributes[0]; attributes += 2) {
        if (strcmp(attributes[0], "Ccy") != 0) continue;
        m_status status = M_OK;
        if (!s->currency.n)
            status = bank_text(r->base.call, m_str_of(attributes[1]), 3, &s->currency);
        else if (!m_str_is(s->currency, attributes[1]))
            status = bank_add_fault(&r->base, (uint32_t)XML_GetCurrentLineNumber(r->parser),
                                    "The amounts are in two currencies.");
        if (status != M_OK) stop(r, status);
    }
}

static void XMLCALL on_begin(void *user, const XML_Char *raw, const XML_Char **attributes)
{
    reading *r = user;
    const char *name = local_name(raw);
    if (r->status != M_OK) return;
    if (!push(r, name)) {
        stop(r, m_fail(r->base.call, m_err_body, "elements too deep"));
        return;
    }
    r->text = (m_buf){.arena = r->base.call->arena};
    r->overlong = false;
    if (!r->in_statement && strcmp(name, "Stmt") == 0) {
        m_bank_statement *added;
        uint32_t line = (uint32_t)XML_GetCurrentLineNumber(r->parser);
        m_status status = bank_add_statement(&r->base, line, &added);
        if (status != M_OK) stop(r, status);
        r->in_statement = status == M_OK;
    } else if (at(r, "Ntry")) {
        begin_entry(r);
    } else if (at(r, "Bal")) {
        r->balance_read = r->debit = false;
        r->balance_code = (m_str){NULL, 0};
        r->balance_date = M_DATE_NONE;
    } else if (at(r, "Ntry/NtryDtls/TxDtls")) {
        r->transactions++;
    } else if (at(r, "Bal/Amt") || at(r, "Ntry/Amt")) {
        take_currency(r, attributes);
    }
}

static void XMLCALL on_text(void *user, const XML_Char *text, int n)
{
    reading *r = user;
    if (r->status != M_OK || !r->in_statement || n <= 0) return;
    r->overlong |= r->text.n + (size_t)n > TEXT_MAX_BYTES;
    if (!r->overlong) m_buf_bytes(&r->text, text, (size_t)n);
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system,
                               const XML_Char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    reading *r = user;
    stop(r, m_fail(r->base.call, m_err_body, "a document type declaration is not accepted"));
}

/* ---- end of elements ---- */

/* 2026-04-30, 2026-04-30+02:00, or the day of 2026-04-30T10:00:00. */
static bool read_day(m_str text, m_date *out)
{
    if (text.n > 10) text.n = 10;
    return m_date_parse(text, out) == M_OK;
}

static void keep(reading *r, m_str *slot, size_t most)
{
    m_str text;
    if (slot->n) return; /* the first one counts */
    m_str raw = r->overlong ? (m_str){NULL, 0} : m_buf_str(&r->text);
    m_status status = bank_text(r->base.call, raw, most, &text);
    if (status != M_OK)
        stop(r, status);
    else
        *slot = text;
}

static void narrate(reading *r, m_str text)
{
    if (!text.n || r->narration.n > TEXT_MAX_BYTES) return;
    if (r->narration.n) m_buf_text(&r->narration, " ");
    m_buf_bytes(&r->narration, text.p, text.n);
}

static void end_balance(reading *r)
{
    m_bank_statement *s = current(r);
    m_dec amount = r->debit ? m_dec_neg(r->balance) : r->balance;
    bool opens = m_str_is(r->balance_code, "OPBD") || m_str_is(r->balance_code, "PRCD");
    bool closes = m_str_is(r->balance_code, "CLBD");
    if ((!opens && !closes) || !r->balance_read) return;
    if (opens && (!s->has_opening || m_str_is(r->balance_code, "OPBD"))) {
        s->has_opening = true;
        s->opening = amount;
        if (m_date_is_none(s->from)) s->from = r->balance_date;
    }
    if (closes) {
        s->has_closing = true;
        s->closing = amount;
        if (m_date_is_none(s->to)) s->to = r->balance_date;
    }
}

static m_str reference_of(const reading *r)
{
    bool own = r->transactions == 1 && r->end_to_end.n && !m_str_is(r->end_to_end, "NOTPROVIDED");
    if (own) return r->end_to_end;
    return r->bank_ref.n ? r->bank_ref : r->entry_ref;
}

/* What is not booked yet is not part of the balances. */
static m_status end_entry(reading *r)
{
    if (!r->booked) return M_OK;
    if (!r->amount_read || r->line.amount.u <= 0)
        return bank_add_fault(&r->base, r->entry_line, "The amount cannot be read.");
    if (m_date_is_none(r->line.date))
        return bank_add_fault(&r->base, r->entry_line, "There is no date of booking.");
    narrate(r, r->debit ? r->creditor : r->debtor);
    if (r->narration.failed) return m_fail(r->base.call, m_err_memory, NULL);
    if (r->debit) r->line.amount = m_dec_neg(r->line.amount);
    r->line.reference = reference_of(r);
    M_TRY(bank_text(r->base.call, m_buf_str(&r->narration), M_BANK_TEXT_MAX, &r->line.narration));
    return bank_add_line(&r->base, &r->line);
}

static m_status end_statement(reading *r)
{
    m_bank_statement *s = current(r);
    if (!s->has_opening) M_TRY(bank_add_fault(&r->base, s->line, "There is no opening balance."));
    if (!s->has_closing) M_TRY(bank_add_fault(&r->base, s->line, "There is no closing balance."));
    for (M_EACH(m_bank_line, line, s->lines)) {
        if (m_date_is_none(s->from) || m_date_cmp(line->date, s->from) < 0) s->from = line->date;
        if (m_date_is_none(s->to) || m_date_cmp(line->date, s->to) > 0) s->to = line->date;
    }
    return M_OK;
}

static void take_entry(reading *r, m_str text)
{
    if (at(r, "Ntry/Amt"))
        r->amount_read = bank_amount(text, false, &r->line.amount);
    else if (at(r, "Ntry/CdtDbtInd"))
        r->debit = m_str_is(text, "DBIT");
    else if (at(r, "Ntry/Sts") || at(r, "Ntry/Sts/Cd"))
        r->booked |= m_str_is(text, "BOOK");
    else if (at(r, "Ntry/BookgDt/Dt") || at(r, "Ntry/BookgDt/DtTm"))
        (void)read_day(text, &r->line.date);
    else if (at(r, "Ntry/AcctSvcrRef"))
        keep(r, &r->bank_ref, M_BANK_REF_MAX);
    else if (at(r, "Ntry/NtryRef"))
        keep(r, &r->entry_ref, M_BANK_REF_MAX);
    else if (at(r, "Ntry/AddtlNtryInf") || ends_with(r, "RmtInf/Ustrd"))
        narrate(r, text);
    else if (ends_with(r, "Refs/EndToEndId"))
        keep(r, &r->end_to_end, M_BANK_REF_MAX);
    else if (ends_with(r, "Dbtr/Nm") || ends_with(r, "Dbtr/Pty/Nm"))
        keep(r, &r->debtor, M_BANK_REF_MAX);
    else if (ends_with(r, "Cdtr/Nm") || ends_with(r, "Cdtr/Pty/Nm"))
        keep(r, &r->creditor, M_BANK_REF_MAX);
}

static void take(reading *r, m_str text)
{
    m_bank_statement *s = current(r);
    if (strncmp(r->path, "Ntry/", 5) == 0)
        take_entry(r, text);
    else if (at(r, "Id"))
        keep(r, &s->number, 60);
    else if (at(r, "Acct/Id/IBAN") || at(r, "Acct/Id/Othr/Id"))
        keep(r, &s->account, M_BANK_REF_MAX);
    else if (at(r, "FrToDt/FrDtTm"))
        (void)read_day(text, &s->from);
    else if (at(r, "FrToDt/ToDtTm"))
        (void)read_day(text, &s->to);
    else if (at(r, "Bal/Tp/CdOrPrtry/Cd"))
        keep(r, &r->balance_code, 10);
    else if (at(r, "Bal/Amt"))
        r->balance_read = bank_amount(text, false, &r->balance);
    else if (at(r, "Bal/CdtDbtInd"))
        r->debit = m_str_is(text, "DBIT");
    else if (at(r, "Bal/Dt/Dt") || at(r, "Bal/Dt/DtTm"))
        (void)read_day(text, &r->balance_date);
    else if (at(r, "Bal"))
        end_balance(r);
}

static void XMLCALL on_end(void *user, const XML_Char *raw)
{
    (void)raw;
    reading *r = user;
    m_status status = M_OK;
    if (r->status != M_OK) return;
    if (r->text.failed) status = m_fail(r->base.call, m_err_memory, NULL);
    if (status == M_OK && at(r, "Ntry"))
        status = end_entry(r);
    else if (status == M_OK && r->in_statement && r->path_n)
        take(r, r->overlong ? (m_str){NULL, 0} : m_str_trim(m_buf_str(&r->text)));
    else if (status == M_OK && r->in_statement) {
        status = end_statement(r);
        r->in_statement = false;
    }
    r->text = (m_buf){.arena = r->base.call->arena};
    r->overlong = false;
    r->path_n = r->ends[--r->depth];
    r->path[r->path_n] = 0;
    if (status != M_OK) stop(r, status);
}

/* ---- the file ---- */

bool m_bank_is_camt(m_str text)
{
    if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
        text = (m_str){text.p + 3, text.n - 3};
    text = m_str_trim(text);
    return text.n && text.p[0] == '<';
}

static m_status parse(reading *r, m_str text)
{
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_begin, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    if (text.n > INT32_MAX) return m_fail(r->base.call, m_err_body, "too large");
    enum XML_Status done = XML_Parse(r->parser, text.n ? text.p : "", (int)text.n, 1);
    if (r->status != M_OK) return r->status;
    if (done == XML_STATUS_OK) return M_OK;
    return m_fail(r->base.call, m_err_body, "line %lu: %s",
                  (unsigned long)XML_GetCurrentLineNumber(r->parser),
                  XML_ErrorString(XML_GetErrorCode(r->parser)));
}

m_status m_bank_read_camt(m_call *call, m_str text, m_bank_file *out)
{
    reading r = {.base = {.call = call}};
    r.parser = XML_ParserCreate(NULL);
    if (!r.parser) return m_fail(call, m_err_memory, NULL);
    m_status status = parse(&r, text);
    XML_ParserFree(r.parser);
    M_TRY(status);
    if (!r.base.out.statements.count)
        return m_fail(call, m_err_body, "there is no statement of CAMT.053 in it");
    *out = r.base.out;
    return M_OK;
}
