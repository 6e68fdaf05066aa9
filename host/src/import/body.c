#include "import_internal.h"

/* One document under way. Values are written as the documents service wants them; what cannot be
 * read as a value at all is noted here, everything else the service checks. */
typedef struct {
    import_job *job;
    m_call *call;
    m_buf buf;
} body;

static m_str path_of(const body *b, const column *c, uint32_t line)
{
    const char *text;
    if (c->list)
        text = m_arena_printf(b->call->arena, "%s[%u].%s", c->list->name, line, c->field->name);
    else if (c->group)
        text = m_arena_printf(b->call->arena, "%s.%s", c->group->name, c->field->name);
    else
        text = c->field->name;
    return m_str_of(text);
}

static void put_string(body *b, m_str text)
{
    m_json_string(&b->buf, text);
}

static void fault(body *b, m_str path, const char *what)
{
    m_field_fail(b->call, m_err_form, path, "%s", m_say(b->call, what));
    m_buf_text(&b->buf, "null");
}

static bool word_in(m_str text, const char *words)
{
    for (const char *p = words; *p; p += strlen(p) + 1)
        if (text.n == strlen(p) && strncasecmp(text.p, p, text.n) == 0) return true;
    return false;
}

static void put_bool(body *b, const column *c, m_str text, m_str path)
{
    bool yes = word_in(text, "true\0yes\0y\0"
                             "1\0"),
         no = word_in(text, "false\0no\0n\0"
                            "0\0");
    if (!yes && !no)
        fault(b, path, "yes or no");
    else
        m_buf_text(&b->buf, yes != c->inverted ? "true" : "false");
}

static void put_int(body *b, m_str text, m_str path)
{
    m_dec value;
    if (m_dec_parse_round(text, M_DEC_SCALE, M_ROUND_HALF_UP, &value) != M_OK ||
        value.u % M_DEC_ONE != 0)
        fault(b, path, "a whole number");
    else
        m_buf_format(&b->buf, "%lld", (long long)(value.u / M_DEC_ONE));
}

static void put_dec(body *b, const column *c, m_str text, m_str path)
{
    m_dec value;
    char out[M_DEC_TEXT];
    m_str clean = number_clean(&c->look, b->call->arena, text);
    if (m_dec_parse_round(clean, m_field_places(c->field), M_ROUND_HALF_UP, &value) != M_OK) {
        fault(b, path, "a number");
        return;
    }
    put_string(b, (m_str){out, m_dec_format(value, 0, out)});
}

static void put_choice(body *b, const column *c, m_str text, m_str path)
{
    m_str wanted = header_normal(b->call->arena, text);
    for (const char *const *name = c->field->choices; *name; name++) {
        if (!m_str_eq(wanted, header_normal(b->call->arena, m_str_of(*name)))) continue;
        put_string(b, m_str_of(*name));
        return;
    }
    m_field_fail(b->call, m_err_choice, path, "%.*s", M_STR_ARG(text));
    m_buf_text(&b->buf, "null");
}

/* "1996-07-04 00:00:00.000" is a date as well. */
static void put_date(body *b, m_str text, m_str path)
{
    m_date date;
    m_str day = {text.p, text.n < 10 ? text.n : 10};
    bool midnight = true;
    for (size_t i = 10; i < text.n; i++)
        midnight = midnight && strchr("0:. TZ", text.p[i]);
    if (!midnight || m_date_parse(day, &date) != M_OK)
        fault(b, path, "a date such as 2026-04-30");
    else
        put_string(b, day);
}

/* One line: breaks and tabs become blanks. */
static void put_line(body *b, m_str text)
{
    char *copy = m_arena_copy(b->call->arena, text.p, text.n);
    for (size_t i = 0; copy && i < text.n; i++)
        if (copy[i] == '\n' || copy[i] == '\r' || copy[i] == '\t') copy[i] = ' ';
    put_string(b, (m_str){copy, copy ? text.n : 0});
}

static m_status put_link(body *b, const column *c, m_str text, m_str path)
{
    m_id id;
    char out[M_ID_TEXT];
    M_TRY(job_link(b->job, b->call, c, text, path, &id));
    m_id_format(id, out);
    if (m_id_is_null(id))
        m_buf_text(&b->buf, "null");
    else
        put_string(b, m_str_of(out));
    return M_OK;
}

static m_status put_value(body *b, const column *c, m_str text, uint32_t line)
{
    m_str path = path_of(b, c, line);
    switch (c->field->kind) {
    case M_KIND_BOOL:
        put_bool(b, c, text, path);
        break;
    case M_KIND_INT:
        put_int(b, text, path);
        break;
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        put_dec(b, c, text, path);
        break;
    case M_KIND_ENUM:
        put_choice(b, c, text, path);
        break;
    case M_KIND_DATE:
        put_date(b, text, path);
        break;
    case M_KIND_LINK:
        return put_link(b, c, text, path);
    case M_KIND_STR:
        put_line(b, text);
        break;
    default:
        put_string(b, text);
        break;
    }
    return M_OK;
}

/* All cells of one list or struct (or of none) in one row, as members of an object; *any: was there
 * one? */
static m_status put_members(body *b, const m_field *list, const m_field *group, m_str *cells,
                            uint32_t line, bool *any)
{
    for (uint32_t i = 0; i < b->job->column_count; i++) {
        const column *c = &b->job->columns[i];
        if (!c->field || c->list != list || c->group != group) continue;
        m_str text = cell_of(c, cells);
        if (!text.n) continue;
        m_buf_text(&b->buf, *any ? "," : "");
        m_json_string(&b->buf, m_str_of(c->field->name));
        m_buf_text(&b->buf, ":");
        M_TRY(put_value(b, c, text, line));
        *any = true;
    }
    return M_OK;
}

static bool row_has(const import_job *job, const m_field *list, m_str *cells)
{
    for (uint32_t i = 0; i < job->column_count; i++) {
        const column *c = &job->columns[i];
        if (c->list == list && c->header.n && cell_of(c, cells).n) return true;
    }
    return false;
}

static m_status put_list(body *b, const m_field *list, const import_doc *doc)
{
    uint32_t line = 0;
    m_buf_text(&b->buf, "[");
    for (uint32_t r = 0; r < doc->rows.count; r++) {
        m_str *cells = ((m_str **)doc->rows.items)[r];
        bool any = false;
        if (!row_has(b->job, list, cells)) continue;
        m_buf_text(&b->buf, line ? ",{" : "{");
        M_TRY(put_members(b, list, NULL, cells, line++, &any));
        m_buf_text(&b->buf, "}");
    }
    m_buf_text(&b->buf, "]");
    return M_OK;
}

static bool uses_holder(const import_job *job, const m_field *holder)
{
    for (uint32_t i = 0; i < job->column_count; i++)
        if (job->columns[i].list == holder || job->columns[i].group == holder) return true;
    return false;
}

static m_status put_holder(body *b, const m_field *holder, const import_doc *doc)
{
    if (holder->kind == M_KIND_LIST) return put_list(b, holder, doc);
    bool any = false;
    m_buf_text(&b->buf, "{");
    M_TRY(put_members(b, NULL, holder, ((m_str **)doc->rows.items)[0], 0, &any));
    m_buf_text(&b->buf, "}");
    return M_OK;
}

static m_status put_document(body *b, const import_doc *doc)
{
    const m_type *type = b->job->doctype->type;
    bool any = false;
    m_buf_text(&b->buf, "{");
    M_TRY(put_members(b, NULL, NULL, ((m_str **)doc->rows.items)[0], 0, &any));
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *field = &type->fields[i];
        bool holder = field->kind == M_KIND_LIST || field->kind == M_KIND_STRUCT;
        if (!holder || !uses_holder(b->job, field)) continue;
        m_buf_text(&b->buf, any ? "," : "");
        m_json_string(&b->buf, m_str_of(field->name));
        m_buf_text(&b->buf, ":");
        M_TRY(put_holder(b, field, doc));
        any = true;
    }
    m_buf_text(&b->buf, "}");
    return M_OK;
}

/* What makes two rows the same: type, content, and what is done with it. */
static m_str row_key(const body *b, uint32_t repeat, m_str text)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t hash[32];
    const char *whole =
        m_arena_printf(b->call->arena, "%s\n%.*s\n%u\n%.*s", b->job->doctype->type->name,
                       M_STR_ARG(b->job->request->action), repeat, M_STR_ARG(text));
    char *out = m_arena_alloc(b->call->arena, 2 * sizeof hash);
    if (!whole || !out) return (m_str){0};
    m_sha256(whole, strlen(whole), hash);
    for (size_t i = 0; i < sizeof hash; i++) {
        out[2 * i] = digits[hash[i] >> 4];
        out[2 * i + 1] = digits[hash[i] & 15];
    }
    return (m_str){out, 2 * sizeof hash};
}

m_status job_body(import_job *job, m_call *call, import_doc *doc)
{
    body b = {.job = job, .call = call, .buf = {.arena = call->arena}};
    M_TRY(put_document(&b, doc));
    if (b.buf.failed) return m_fail(call, m_err_memory, "row");
    M_TRY(m_failed_fields(call));
    doc->body = m_buf_str(&b.buf);
    doc->hash = row_key(&b, doc->repeat, doc->body);
    return doc->hash.n ? M_OK : m_fail(call, m_err_memory, "row");
}
