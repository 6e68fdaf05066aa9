#include "import_internal.h"

enum { COLUMNS_MAX = 500 };

m_str header_normal(m_arena *arena, m_str text)
{
    char *out = m_arena_alloc(arena, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < text.n; i++) {
        char c = text.p[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        bool keep = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c > 127;
        if (keep) out[n++] = c;
        if (!keep && n && out[n - 1] != '_') out[n++] = '_';
    }
    while (n && out[n - 1] == '_')
        n--;
    return (m_str){out, n};
}

/* ---- the collection ---- */

static bool is_named(const m_collection *c, m_str text)
{
    const char *slash = text.n ? memchr(text.p, '/', text.n) : NULL;
    if (!slash) return m_str_is(text, c->doctype->collection);
    size_t n = (size_t)(slash - text.p);
    return m_str_is((m_str){text.p, n}, c->module->name) &&
           m_str_is((m_str){slash + 1, text.n - n - 1}, c->doctype->collection);
}

m_status job_collection(import_job *job)
{
    uint32_t n;
    m_str name = job->request->collection;
    const m_collection *all = m_registry_collections(job->config->registry, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (!is_named(&all[i], name)) continue;
        if (job->at)
            return m_fail(job->call, &core_errors[CORE_E_IMPORT_AMBIGUOUS], "%.*s",
                          M_STR_ARG(name));
        job->at = &all[i];
    }
    if (!job->at) return m_fail(job->call, m_err_not_found, "collection %.*s", M_STR_ARG(name));
    job->doctype = job->at->doctype;
    uint32_t can = M_CAN_IMPORT | M_CAN_CREATE;
    if (!m_may(job->call, job->doctype, can))
        return m_fail(job->call, m_err_denied, "import %s",
                      m_say(job->call, job->doctype->label_plural));
    return M_OK;
}

/* ---- fields by name ---- */

static bool can_take(const m_field *field)
{
    return field && !(field->flags & (M_READONLY | M_SECRET)) && field->kind != M_KIND_LIST &&
           field->kind != M_KIND_STRUCT;
}

static bool is_called(const m_call *call, const m_field *field, m_str normal)
{
    m_str said = m_str_of(m_say(call, field->label));
    return m_str_is(normal, field->name) ||
           m_str_eq(normal, header_normal(call->arena, m_str_of(field->label))) ||
           m_str_eq(normal, header_normal(call->arena, said));
}

static bool has_tail(m_str normal, m_str head)
{
    static const char *const tails[] = {"_id", "_code", "_no", "_number", "_name"};
    if (normal.n <= head.n || memcmp(normal.p, head.p, head.n) != 0) return false;
    m_str tail = {normal.p + head.n, normal.n - head.n};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++)
        if (m_str_is(tail, tails[i])) return true;
    return false;
}

/* A member of the type itself, by name or label, in English or as the reader calls it; a link also
 * with a tail. */
static const m_field *own_field(const m_call *call, const m_type *type, m_str normal)
{
    for (uint16_t i = 0; i < type->count; i++)
        if (can_take(&type->fields[i]) && is_called(call, &type->fields[i], normal))
            return &type->fields[i];
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *field = &type->fields[i];
        if (can_take(field) && field->kind == M_KIND_LINK &&
            has_tail(normal, m_str_of(field->name)))
            return field;
    }
    return NULL;
}

static bool set_field(column *c, const m_field *list, const m_field *group, const m_field *field)
{
    c->list = list;
    c->group = group;
    c->field = field;
    return field != NULL;
}

/* The one struct, or failing that the one list, that has such a member. */
static bool inner_field(const m_call *call, const m_type *type, m_str normal, m_kind kind,
                        column *c)
{
    column found = *c;
    int hits = 0;
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *holder = &type->fields[i];
        if (holder->kind != kind || (holder->flags & M_READONLY)) continue;
        const m_field *field = own_field(call, holder->type, normal);
        if (!field) continue;
        hits++;
        set_field(&found, kind == M_KIND_LIST ? holder : NULL,
                  kind == M_KIND_STRUCT ? holder : NULL, field);
    }
    if (hits == 1) *c = found;
    return hits == 1;
}

/* "address_city": a member of a struct or list; "address": its first one. */
static bool flat_field(const m_call *call, const m_type *type, m_str normal, column *c)
{
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *holder = &type->fields[i];
        bool list = holder->kind == M_KIND_LIST;
        size_t n = strlen(holder->name);
        if ((!list && holder->kind != M_KIND_STRUCT) || (holder->flags & M_READONLY)) continue;
        if (normal.n < n || memcmp(normal.p, holder->name, n) != 0) continue;
        const m_field *field = NULL;
        if (normal.n == n)
            field = &holder->type->fields[0];
        else if (normal.p[n] == '_')
            field = own_field(call, holder->type, (m_str){normal.p + n + 1, normal.n - n - 1});
        if (can_take(field)) return set_field(c, list ? holder : NULL, list ? NULL : holder, field);
    }
    return false;
}

/* "supplier_id" among suppliers: the code. */
static bool noun_field(const import_job *job, m_str normal, column *c)
{
    const char *name = strchr(job->doctype->type->name, '.');
    m_str noun = m_str_of(name ? name + 1 : job->doctype->type->name);
    while (noun.n) {
        if (has_tail(normal, noun)) {
            bool title = normal.n == noun.n + 5 && memcmp(normal.p + noun.n, "_name", 5) == 0;
            const char *field = title ? job->doctype->title_field : job->doctype->code_field;
            const m_field *found = field ? m_field_find(job->doctype->type, m_str_of(field)) : NULL;
            return can_take(found) && set_field(c, NULL, NULL, found);
        }
        const char *rest = memchr(noun.p, '_', noun.n); /* item_category: category */
        noun = rest ? (m_str){rest + 1, (size_t)(noun.p + noun.n - rest) - 1} : (m_str){0};
    }
    return false;
}

/* "address.city", "lines.qty". */
static bool path_field(const m_type *type, m_str path, column *c)
{
    const char *dot = path.n ? memchr(path.p, '.', path.n) : NULL;
    if (!dot) {
        const m_field *field = m_field_find(type, path);
        return can_take(field) && set_field(c, NULL, NULL, field);
    }
    m_str head = {path.p, (size_t)(dot - path.p)}, tail = {dot + 1, path.n - head.n - 1};
    const m_field *holder = m_field_find(type, head);
    if (!holder || (holder->flags & M_READONLY) ||
        (holder->kind != M_KIND_LIST && holder->kind != M_KIND_STRUCT))
        return false;
    bool list = holder->kind == M_KIND_LIST;
    const m_field *field = m_field_find(holder->type, tail);
    return can_take(field) && set_field(c, list ? holder : NULL, list ? NULL : holder, field);
}

static bool header_field(const import_job *job, m_str header, column *c)
{
    const m_type *type = job->doctype->type;
    const m_call *call = job->call;
    m_str normal = header_normal(call->arena, header);
    if (path_field(type, header, c)) return true;
    const m_field *own = own_field(call, type, normal);
    if (own) return set_field(c, NULL, NULL, own);
    return noun_field(job, normal, c) || flat_field(call, type, normal, c) ||
           inner_field(call, type, normal, M_KIND_STRUCT, c) ||
           inner_field(call, type, normal, M_KIND_LIST, c);
}

/* ---- mapping ---- */

static bool same_header(m_arena *arena, m_str a, m_str b)
{
    return m_str_eq(a, b) || m_str_eq(header_normal(arena, a), header_normal(arena, b));
}

static const m_pair *mapped(const import_job *job, m_str header)
{
    for (uint32_t i = 0; i < job->request->mapping.count; i++) {
        const m_pair *pair = M_AT(job->request->mapping, m_pair, i);
        if (same_header(job->call->arena, pair->name, header)) return pair;
    }
    return NULL;
}

static bool bind_target(const import_job *job, m_str target, column *c)
{
    if (target.n == 0) return c->skipped = true;
    if (m_str_is(target, "@key")) return c->is_key = true;
    if (target.p[0] == '!') {
        c->inverted = true;
        target = (m_str){target.p + 1, target.n - 1};
    }
    if (!header_field(job, target, c)) return false;
    return !c->inverted || c->field->kind == M_KIND_BOOL;
}

static void note_unknown(const import_job *job, m_str name, int error)
{
    m_field_fail(job->call, &core_errors[error], name, "%.*s", M_STR_ARG(name));
}

static void bind_header(import_job *job, column *c)
{
    const m_pair *pair = mapped(job, c->header);
    if (pair) {
        if (!bind_target(job, pair->value, c))
            note_unknown(job, pair->value, CORE_E_IMPORT_MAPPING);
    } else if (!header_field(job, c->header, c)) {
        note_unknown(job, c->header, CORE_E_IMPORT_COLUMN);
    }
}

/* A mapping for a header that the file does not have is a slip of the pen. */
static void check_mapping(const import_job *job)
{
    for (uint32_t i = 0; i < job->request->mapping.count; i++) {
        m_str name = M_AT(job->request->mapping, m_pair, i)->name;
        bool used = false;
        for (uint32_t k = 0; k < job->column_count && !used; k++)
            used = job->columns[k].header.n &&
                   same_header(job->call->arena, name, job->columns[k].header);
        if (!used) note_unknown(job, name, CORE_E_IMPORT_MAPPING);
    }
}

static void check_twice(const import_job *job)
{
    for (uint32_t i = 0; i < job->column_count; i++) {
        const column *a = &job->columns[i];
        for (uint32_t k = 0; k < i && a->field; k++) {
            const column *b = &job->columns[k];
            if (a->field != b->field || a->group != b->group || a->list != b->list) continue;
            m_field_fail(job->call, &core_errors[CORE_E_IMPORT_TWICE], a->header, "%s",
                         a->field->name);
        }
    }
}

/* What the columns together mean. */
static void note_kinds(import_job *job)
{
    const char *code = job->doctype->code_field;
    for (uint32_t i = 0; i < job->column_count; i++) {
        column *c = &job->columns[i];
        job->has_key = job->has_key || c->is_key;
        if (!c->field) continue;
        job->has_lists = job->has_lists || c->list;
        if (c->field->kind == M_KIND_LINK)
            c->target = m_registry_doctype(job->config->registry, m_str_of(c->field->link));
        if (c->target == job->at) job->points_to_itself = true;
        if (code && !c->list && !c->group && strcmp(c->field->name, code) == 0) job->code = c;
    }
}

static void bind_constants(import_job *job)
{
    for (uint32_t i = 0; i < job->request->constants.count; i++) {
        const m_pair *pair = M_AT(job->request->constants, m_pair, i);
        column *c = &job->columns[job->column_count];
        *c = (column){.constant = pair->value};
        if (header_field(job, pair->name, c))
            job->column_count++;
        else
            note_unknown(job, pair->name, CORE_E_IMPORT_MAPPING);
    }
}

/* Tells where the columns go; also when some go nowhere. */
static m_status tell_columns(const import_job *job)
{
    const import_listener *listener = &job->request->listener;
    for (uint32_t i = 0; listener->column && i < job->cell_count; i++) {
        const column *c = &job->columns[i];
        const m_field *holder = c->list ? c->list : c->group;
        const char *path = c->is_key ? "@key" : "";
        if (c->field)
            path = m_arena_printf(job->call->arena, "%s%s%s%s", c->inverted ? "!" : "",
                                  holder ? holder->name : "", holder ? "." : "", c->field->name);
        if (!path) return m_fail(job->call, m_err_memory, "columns");
        listener->column(listener->self, c->header, m_str_of(path));
    }
    return M_OK;
}

m_status job_columns(import_job *job)
{
    m_str *cells;
    uint32_t n, constants = job->request->constants.count;
    bool more;
    M_TRY(m_csv_next(job->call, &job->csv, &cells, &n, &more));
    if (!more) return m_fail(job->call, &core_errors[CORE_E_IMPORT_NO_COLUMNS], NULL);
    if (n > COLUMNS_MAX || constants > COLUMNS_MAX)
        return m_fail(job->call, m_err_range, "at most %d columns", COLUMNS_MAX);
    job->columns = m_arena_array(job->call->arena, (size_t)n + constants, sizeof *job->columns);
    if (!job->columns) return m_fail(job->call, m_err_memory, "columns");
    job->cell_count = n;
    for (uint32_t i = 0; i < n; i++) {
        column *c = &job->columns[job->column_count++];
        *c = (column){.header = m_str_trim(cells[i]), .cell = i};
        if (c->header.n)
            bind_header(job, c);
        else
            c->skipped = true;
    }
    check_mapping(job);
    bind_constants(job);
    check_twice(job);
    note_kinds(job);
    M_TRY(tell_columns(job));
    return m_failed_fields(job->call);
}

/* ---- "header=field,…" ---- */

/* Up to the next comma outside of quotes. */
static m_str next_part(m_str *rest)
{
    bool quoted = false;
    size_t i = 0;
    for (; i < rest->n && (quoted || rest->p[i] != ','); i++)
        if (rest->p[i] == '"') quoted = !quoted;
    m_str part = {rest->p, i};
    if (i < rest->n) i++;
    *rest = (m_str){rest->p + i, rest->n - i};
    return m_str_trim(part);
}

static m_str unquoted(m_str text)
{
    text = m_str_trim(text);
    if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
        return (m_str){text.p + 1, text.n - 2};
    return text;
}

m_status import_mapping_parse(m_call *call, m_str text, m_list *out)
{
    m_list pairs = {0};
    uint32_t capacity = 0;
    while (text.n) {
        m_str part = next_part(&text);
        if (!part.n) continue;
        const char *equals = memrchr(part.p, '=', part.n);
        size_t n = equals ? (size_t)(equals - part.p) : 0;
        m_str name = unquoted((m_str){part.p, n});
        if (!name.n)
            return m_fail(call, &core_errors[CORE_E_IMPORT_MAPPING], "%.*s", M_STR_ARG(part));
        m_pair *pair = m_list_add(call->arena, &pairs, &capacity, sizeof *pair);
        if (!pair) return m_fail(call, m_err_memory, "mapping");
        *pair = (m_pair){name, unquoted((m_str){equals + 1, part.n - n - 1})};
    }
    *out = pairs;
    return M_OK;
}
