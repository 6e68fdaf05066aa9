#include "bank_import.h"

#include "import_internal.h"

/* Longer statements become several, so that each fits a request. */
#define PART_LINES 4000

typedef struct {
    const import_config *config;
    const bank_import_request *request;
    m_call *call;
    const m_type *statements; /* "finance.bank_statement" */
    m_id account;
    m_bank_file file;
    m_list rows; /* import_row */
    uint32_t capacity;
    bool broken; /* the transaction is lost */
} job;

/* Lines of one document to be. */
typedef struct {
    const m_bank_statement *statement;
    m_list lines;  /* m_bank_line */
    uint32_t part; /* from 1; 0: the whole statement */
    m_date from, to;
    m_dec opening, closing;
    m_str mark;
} piece;

/* ---- verdicts ---- */

static m_status add_row(job *j, import_row row)
{
    import_row *added = m_list_add(j->call->arena, &j->rows, &j->capacity, sizeof *added);
    if (!added) return m_fail(j->call, m_err_memory, NULL);
    *added = row;
    return M_OK;
}

static m_str amount_text(job *j, const m_bank_line *line)
{
    char text[M_DEC_TEXT];
    m_dec_format(line->amount, 2, text);
    return m_str_dup(j->call->arena, m_str_of(text));
}

static m_status judge_all(job *j, const m_list *lines, import_verdict verdict, m_id document,
                          m_str note)
{
    for (M_EACH(const m_bank_line, line, *lines))
        M_TRY(add_row(j, (import_row){.line = line->line,
                                      .verdict = verdict,
                                      .document = document,
                                      .name = amount_text(j, line),
                                      .note = note}));
    return M_OK;
}

/* "lines[12].amount" → 12. */
static bool line_of(m_str path, uint32_t *out)
{
    uint32_t value = 0;
    size_t i = 6;
    if (path.n < 9 || memcmp(path.p, "lines[", 6) != 0) return false;
    for (; i < path.n && path.p[i] >= '0' && path.p[i] <= '9' && value < M_BANK_FILE_LINES_MAX; i++)
        value = value * 10 + (uint32_t)(path.p[i] - '0');
    *out = value;
    return i < path.n && path.p[i] == ']';
}

/* The faults of lines to their lines, what is wrong with the statement to the others. */
static m_status judge_refused(job *j, const piece *p)
{
    const m_error *error = &j->call->error;
    m_str whole = error->message;
    uint32_t at;
    bool of_line = false;
    if (error->field_count) whole = error->fields[0].message;
    for (uint32_t f = 0; f < error->field_count; f++)
        of_line |= line_of(error->fields[f].path, &at);
    if (of_line) whole = M_STR("not loaded: see its other lines");
    for (uint32_t i = 0; i < p->lines.count; i++) {
        const m_bank_line *line = M_AT(p->lines, m_bank_line, i);
        m_str note = whole;
        for (uint32_t f = 0; f < error->field_count; f++)
            if (line_of(error->fields[f].path, &at) && at == i) note = error->fields[f].message;
        M_TRY(add_row(j, (import_row){.line = line->line,
                                      .verdict = IMPORT_ERROR,
                                      .name = amount_text(j, line),
                                      .note = m_str_dup(j->call->arena, note)}));
    }
    if (!p->lines.count)
        M_TRY(add_row(j, (import_row){.line = p->statement->line,
                                      .verdict = IMPORT_ERROR,
                                      .note = m_str_dup(j->call->arena, whole)}));
    m_error_clear(j->call);
    return M_OK;
}

/* ---- the document ---- */

static void write_date(m_buf *buf, const char *name, m_date date)
{
    char text[M_DATE_TEXT];
    if (m_date_is_none(date)) return;
    m_date_format(date, text);
    m_buf_format(buf, ",\"%s\":\"%s\"", name, text);
}

static void write_amount(m_buf *buf, const char *name, m_dec amount)
{
    char text[M_DEC_TEXT];
    m_dec_format(amount, 0, text);
    m_buf_format(buf, ",\"%s\":\"%s\"", name, text);
}

static void write_text(m_buf *buf, const char *name, m_str text)
{
    if (!text.n) return;
    m_buf_format(buf, ",\"%s\":", name);
    m_json_string(buf, text);
}

static void write_lines(m_buf *buf, const piece *p)
{
    m_buf_text(buf, ",\"lines\":[");
    for (uint32_t i = 0; i < p->lines.count; i++) {
        const m_bank_line *line = M_AT(p->lines, m_bank_line, i);
        char date[M_DATE_TEXT];
        m_date_format(line->date, date);
        m_buf_format(buf, "%s{\"date\":\"%s\"", i ? "," : "", date);
        write_amount(buf, "amount", line->amount);
        write_text(buf, "reference", line->reference);
        write_text(buf, "narration", line->narration);
        if (line->has_balance) write_amount(buf, "printed", line->balance);
        m_buf_text(buf, "}");
    }
    m_buf_text(buf, "]");
}

/* The body without its end; what the mark of the file is made from. */
static void write_body(const job *j, const piece *p, m_buf *buf)
{
    char account[M_ID_TEXT];
    m_id_format(j->account, account);
    m_buf_format(buf, "{\"account\":\"%s\"", account);
    if (p->statement->number.n) {
        const char *number = m_arena_printf(buf->arena, p->part ? "%.*s part %u" : "%.*s",
                                            M_STR_ARG(p->statement->number), p->part);
        write_text(buf, "statement_no", m_str_of(number ? number : ""));
    }
    write_date(buf, "from_date", p->from);
    write_date(buf, "to_date", p->to);
    write_amount(buf, "opening_balance", p->opening);
    write_amount(buf, "closing_balance", p->closing);
    write_lines(buf, p);
}

static m_status make_body(const job *j, piece *p, m_str *out)
{
    m_buf buf = {.arena = j->call->arena};
    uint8_t hash[32];
    char mark[2 * 16 + 1];
    write_body(j, p, &buf);
    m_sha256(buf.p, buf.n, hash);
    for (int i = 0; i < 16; i++) {
        mark[2 * i] = "0123456789abcdef"[hash[i] >> 4];
        mark[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
    }
    mark[32] = 0;
    p->mark = m_str_dup(j->call->arena, m_str_of(mark));
    write_text(&buf, "file_mark", p->mark);
    write_text(&buf, "currency", p->statement->currency);
    m_buf_text(&buf, "}");
    if (buf.failed || !p->mark.n) return m_fail(j->call, m_err_memory, NULL);
    *out = m_buf_str(&buf);
    return M_OK;
}

static m_status create(job *j, const piece *p, m_str body)
{
    m_uow *uow = j->call->uow;
    m_document_request request = {.module = M_STR("finance"),
                                  .collection = M_STR("bank-statements"),
                                  .action = M_STR("submit"),
                                  .body = body};
    m_document_reply reply;
    uow->ops->mark(uow);
    m_status status = m_documents_create(j->config->documents, j->call, &request, &reply);
    if (status == M_OK) {
        uow->ops->accept(uow);
        m_id document = j->request->commit ? reply.id : (m_id){0};
        return judge_all(j, &p->lines, IMPORT_CREATED, document, (m_str){NULL, 0});
    }
    if (status == M_NOMEM || status == M_UNAVAILABLE || status == M_TIMEOUT ||
        status == M_INTERNAL || status == M_AGAIN)
        return status;
    j->broken |= !uow->ops->refuse(uow);
    return judge_refused(j, p);
}

static m_status load_piece(job *j, piece *p)
{
    const void *found;
    m_str body;
    M_TRY(make_body(j, p, &body));
    M_TRY(
        m_store_find_one(j->config->store, j->call, j->statements, "file_mark", &p->mark, &found));
    if (!found) return create(j, p, body);
    const m_doc *there = found;
    const char *note =
        m_arena_printf(j->call->arena, "read before: %.*s", M_STR_ARG(there->number));
    return judge_all(j, &p->lines, IMPORT_UNCHANGED, there->id, m_str_of(note));
}

/* ---- the file ---- */

/* Where a file without balances begins. A file that was read before begins where it did then. */
static m_status find_opening(job *j, const m_bank_statement *s, m_dec *out)
{
    m_enum submitted = M_SUBMITTED;
    m_filter filters[] = {{"account", M_OP_EQ, &j->account},
                          {"state", M_OP_EQ, &submitted},
                          {"to_date", M_OP_LE, &s->from}};
    m_order last[] = {{"to_date", true}, {"from_date", true}};
    m_query query = {.filters = filters,
                     .filter_count = 3,
                     .orders = last,
                     .order_count = 2,
                     .limit = 1,
                     .without_lists = true};
    m_fetch fetch = {.type = j->statements, .query = &query};
    out->u = 0;
    if (m_date_is_none(s->from)) return M_OK;
    M_TRY(m_store_fetch(j->config->store, j->call, &fetch, 1));
    if (!fetch.count) return M_OK;
    const m_dec *closing = m_field_value(j->statements, "closing_balance", fetch.records[0]);
    const m_date *to = m_field_value(j->statements, "to_date", fetch.records[0]);
    const m_date *from = m_field_value(j->statements, "from_date", fetch.records[0]);
    const m_dec *opening = m_field_value(j->statements, "opening_balance", fetch.records[0]);
    if (!closing || !to || !from || !opening) return m_fail(j->call, m_err_internal, NULL);
    bool same_days = m_date_cmp(*to, s->to) == 0 && m_date_cmp(*from, s->from) == 0;
    *out = same_days ? *opening : *closing;
    return M_OK;
}

static m_dec total(const m_list *lines)
{
    m_dec sum = {0};
    for (M_EACH(const m_bank_line, line, *lines))
        if (m_dec_add(sum, line->amount, &sum) != M_OK) break; /* the document tells */
    return sum;
}

static m_status load_statement(job *j, const m_bank_statement *s)
{
    const m_bank_line *lines = s->lines.items;
    piece p = {.statement = s};
    if (s->faulty)
        return judge_all(j, &s->lines, IMPORT_ERROR, (m_id){0},
                         M_STR("not loaded: a line of its statement cannot be read"));
    p.closing = s->opening;
    if (!s->has_opening) {
        p.closing = j->request->opening;
        if (!j->request->has_opening) M_TRY(find_opening(j, s, &p.closing));
    }
    for (uint32_t at = 0; at < s->lines.count || at == 0; at += PART_LINES) {
        uint32_t left = s->lines.count - at;
        bool last = left <= PART_LINES;
        uint32_t n = last ? left : PART_LINES;
        p.lines = (m_list){(void *)(uintptr_t)(n ? lines + at : NULL), n};
        p.part = last && at == 0 ? 0 : at / PART_LINES + 1;
        p.opening = p.closing;
        m_dec sum = total(&p.lines);
        if (m_dec_add(p.opening, sum, &p.closing) != M_OK) p.closing = p.opening;
        if (last && s->has_closing) p.closing = s->closing;
        p.from = at == 0 ? s->from : lines[at].date;
        p.to = last ? s->to : lines[at + n - 1].date;
        M_TRY(load_piece(j, &p));
    }
    return M_OK;
}

static m_status find_account(job *j)
{
    const m_type *accounts = m_registry_type(j->config->registry, M_STR("finance.account"));
    const void *found = NULL;
    if (!accounts || !j->statements) return m_fail(j->call, m_err_unsupported, "finance");
    M_TRY(m_store_find_one(j->config->store, j->call, accounts, "number", &j->request->account,
                           &found));
    if (!found)
        return m_fail(j->call, m_err_not_found, "account %.*s", M_STR_ARG(j->request->account));
    j->account = ((const m_doc *)found)->id;
    return M_OK;
}

/* M_PRECONDITION without an error: nothing of it shall stay. */
static m_status work(void *arg, m_call *call)
{
    job *j = arg;
    j->call = call;
    j->rows = (m_list){NULL, 0};
    j->capacity = 0;
    j->broken = false;
    M_TRY(find_account(j));
    for (M_EACH(const m_bank_fault, fault, j->file.faults))
        M_TRY(add_row(
            j, (import_row){.line = fault->line, .verdict = IMPORT_ERROR, .note = fault->why}));
    for (M_EACH(const m_bank_statement, statement, j->file.statements))
        if (!j->broken) M_TRY(load_statement(j, statement));
    return j->broken || !j->request->commit ? M_PRECONDITION : M_OK;
}

static m_status parse(job *j)
{
    const bank_import_request *request = j->request;
    m_enum format = request->format;
    if (format == BANK_IMPORT_GUESS)
        format = m_bank_is_camt(request->text)    ? BANK_IMPORT_CAMT
                 : m_bank_is_mt940(request->text) ? BANK_IMPORT_MT940
                                                  : BANK_IMPORT_CSV;
    if (request->text.n > BANK_IMPORT_BYTES_MAX)
        return m_fail(j->call, m_err_range, "at most %u MB", BANK_IMPORT_BYTES_MAX >> 20);
    if (format == BANK_IMPORT_CAMT) return m_bank_read_camt(j->call, request->text, &j->file);
    if (format == BANK_IMPORT_MT940) return m_bank_read_mt940(j->call, request->text, &j->file);
    return m_bank_read_csv(j->call, request->text, &request->how, &j->file);
}

static void report(job *j, import_summary *out)
{
    const import_listener *listener = &j->request->listener;
    import_summary sum = {.rows = j->rows.count};
    for (M_EACH(import_row, row, j->rows)) {
        if (j->broken && row->verdict == IMPORT_CREATED) {
            row->verdict = IMPORT_ERROR;
            row->document = (m_id){0};
            row->note = M_STR("not loaded: a later statement of the file is refused");
        }
        sum.created += row->verdict == IMPORT_CREATED;
        sum.unchanged += row->verdict == IMPORT_UNCHANGED;
        sum.errors += row->verdict == IMPORT_ERROR;
        if (listener->row) listener->row(listener->self, row);
    }
    if (listener->progress) listener->progress(listener->self, sum.rows, sum.rows);
    *out = sum;
}

m_status bank_import_run(const import_config *config, m_call *call,
                         const bank_import_request *request, import_summary *out)
{
    job j = {.config = config, .request = request, .call = call};
    j.statements = m_registry_type(config->registry, M_STR("finance.bank_statement"));
    M_TRY(parse(&j));
    m_status status = config->runner.run(config->runner.self, call, M_UOW_WRITE, work, &j);
    bool as_meant = status == M_PRECONDITION && !call->error.code.n;
    if (status != M_OK && !as_meant) return status;
    report(&j, out);
    return M_OK;
}
