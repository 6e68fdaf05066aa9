#include "work.h"

#define TEXT_MAX     500   /* bytes of one filter value */
#define IN_MAX       100   /* values of [in] */
#define DEFAULT_SORT "-id" /* newest first: ids hold the time */

static void fault(const work *w, m_str path, const char *why)
{
    m_field_fail(w->call, m_err_query, path, "%s", m_say(w->call, why));
}

/* Cuts the part before the separator off *rest; false when nothing is left. */
static bool next_word(m_str *rest, m_str *out)
{
    if (!rest->p) return false;
    const char *end = rest->n ? memchr(rest->p, ',', rest->n) : NULL;
    *out = (m_str){rest->p, end ? (size_t)(end - rest->p) : rest->n};
    if (end)
        *rest = (m_str){end + 1, rest->n - out->n - 1};
    else
        *rest = (m_str){NULL, 0};
    return true;
}

bool query_limit(m_str text, uint32_t *out)
{
    uint32_t limit = 0;
    if (text.n == 0 || text.n > 3) return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9') return false;
        limit = limit * 10 + (uint32_t)(text.p[i] - '0');
    }
    if (limit == 0 || limit > LIST_LIMIT_MAX) return false;
    *out = limit;
    return true;
}

/* ---- columns ---- */

/* A value in the table: a field of the record or of a struct in it. */
typedef struct {
    const m_type *holder;
    const m_field *field;
    const char *name; /* as the store calls it: "address_city" */
} column;

/* "date" or "address.city"; NULL field when there is none that may be asked for. */
static column find_column(const work *w, m_str name)
{
    column none = {0};
    const m_type *holder = w->type;
    const char *dot = name.n ? memchr(name.p, '.', name.n) : NULL;
    m_str inner = name;
    const m_field *group = NULL;
    if (dot) {
        group = m_field_find(w->type, (m_str){name.p, (size_t)(dot - name.p)});
        if (!group || group->kind != M_KIND_STRUCT || (group->flags & M_SECRET)) return none;
        holder = group->type;
        inner = (m_str){dot + 1, name.n - (size_t)(dot + 1 - name.p)};
    }
    const m_field *field = m_field_find(holder, inner);
    if (!field || (field->flags & M_SECRET) || field->kind == M_KIND_LIST ||
        field->kind == M_KIND_STRUCT || field->kind == M_KIND_BYTES)
        return none;
    const char *stored =
        group ? m_arena_printf(w->call->arena, "%s_%s", group->name, field->name) : field->name;
    return stored ? (column){holder, field, stored} : none;
}

static bool is_text(const m_field *field)
{
    return field->kind == M_KIND_STR || field->kind == M_KIND_TEXT;
}

static bool has_order(const m_field *field)
{
    switch (field->kind) {
    case M_KIND_INT:
    case M_KIND_STR:
    case M_KIND_DATE:
    case M_KIND_TIME:
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
    case M_KIND_SUM:
        return true;
    default:
        return false;
    }
}

/* ---- filters ---- */

static const char *const op_names[] = {
    [M_OP_EQ] = "eq",       [M_OP_NE] = "ne",         [M_OP_LT] = "lt",
    [M_OP_LE] = "le",       [M_OP_GT] = "gt",         [M_OP_GE] = "ge",
    [M_OP_IN] = "in",       [M_OP_PREFIX] = "prefix", [M_OP_CONTAINS] = "contains",
    [M_OP_EMPTY] = "empty",
};

/* "date[ge]" → "date", M_OP_GE. */
static bool split_name(m_str name, m_str *field, m_filter_op *op)
{
    const char *open = name.n ? memchr(name.p, '[', name.n) : NULL;
    *field = name;
    *op = M_OP_EQ;
    if (!open) return true;
    field->n = (size_t)(open - name.p);
    m_str word = {open + 1, name.n - field->n - 1};
    if (word.n < 2 || word.p[word.n - 1] != ']') return false;
    word.n--;
    for (size_t i = 0; i < sizeof op_names / sizeof op_names[0]; i++) {
        if (!m_str_is(word, op_names[i])) continue;
        *op = (m_filter_op)i;
        return true;
    }
    return false;
}

static bool op_fits(const m_field *field, m_filter_op op)
{
    if (op == M_OP_PREFIX || op == M_OP_CONTAINS) return is_text(field);
    if (op == M_OP_LT || op == M_OP_LE || op == M_OP_GT || op == M_OP_GE) return has_order(field);
    return true;
}

/* The C value of the text; NULL after a fault was noted. */
static const void *read_value(const work *w, const column *at, m_str text, m_str path)
{
    if (is_text(at->field)) {
        m_str *value = m_arena_alloc(w->call->arena, sizeof *value);
        if (value) *value = text;
        return value;
    }
    void *scratch = m_record_new(at->holder, w->call->arena);
    if (!scratch || m_text_read(w->call, at->holder, at->field, text, path, scratch) != M_OK)
        return NULL;
    return m_field_get(at->holder, at->field, scratch);
}

static const void *read_values(const work *w, const column *at, m_str text, m_str path)
{
    size_t size = m_field_bytes(at->field);
    m_list *list = m_arena_alloc(w->call->arena, sizeof *list);
    char *items = m_arena_array(w->call->arena, IN_MAX, size);
    if (!list || !items) return NULL;
    m_str word;
    while (next_word(&text, &word)) {
        if (list->count == IN_MAX) {
            fault(w, path, "too many values");
            return NULL;
        }
        const void *value = read_value(w, at, word, path);
        if (!value) return NULL;
        memcpy(items + list->count++ * size, value, size);
    }
    list->items = items;
    return list;
}

static bool read_filter(const work *w, const column *at, m_filter_op op, const m_pair *pair,
                        m_filter *out)
{
    *out = (m_filter){.field = at->name, .op = op};
    if (op == M_OP_EMPTY) {
        bool yes = m_str_is(pair->value, "true");
        if (!yes && !m_str_is(pair->value, "false")) {
            fault(w, pair->name, "true or false");
            return false;
        }
        out->op = yes ? M_OP_EMPTY : M_OP_NOT_EMPTY;
        return true;
    }
    uint32_t noted = w->call->error.field_count;
    out->value = op == M_OP_IN ? read_values(w, at, pair->value, pair->name)
                               : read_value(w, at, pair->value, pair->name);
    if (!out->value && w->call->error.field_count == noted)
        fault(w, pair->name, "the value cannot be read");
    return out->value != NULL;
}

static void add_filter(const work *w, const m_pair *pair, list_query *q)
{
    m_str name;
    m_filter_op op;
    if (!split_name(pair->name, &name, &op)) {
        fault(w, pair->name, "use field[eq|ne|lt|le|gt|ge|in|prefix|contains|empty]");
        return;
    }
    column at = find_column(w, name);
    if (!at.field)
        fault(w, pair->name, "there is no such field to ask for");
    else if (!op_fits(at.field, op))
        fault(w, pair->name, "this comparison does not suit the field");
    else if (pair->value.n > TEXT_MAX || !m_utf8_valid(pair->value))
        fault(w, pair->name, "the value is too long or not UTF-8");
    else if (q->query.filter_count == M_QUERY_FILTERS_MAX)
        fault(w, pair->name, "too many filters");
    else if (read_filter(w, &at, op, pair, &q->filters[q->query.filter_count]))
        q->query.filter_count++;
}

/* ---- order and columns ---- */

static void read_sort(const work *w, m_str text, list_query *q)
{
    m_str rest = text;
    m_str word;
    q->sort = text;
    q->query.order_count = 0;
    while (next_word(&rest, &word)) {
        bool descending = word.n && word.p[0] == '-';
        if (descending) word = (m_str){word.p + 1, word.n - 1};
        const m_field *field = m_field_find(w->type, word);
        bool known = field && !(field->flags & M_SECRET) &&
                     (has_order(field) || field == &w->type->fields[0]);
        if (!known || q->query.order_count == 2) {
            fault(w, M_STR("sort"), "one or two fields that have an order, such as -date,number");
            return;
        }
        q->orders[q->query.order_count++] = (m_order){field->name, descending};
    }
}

static void read_fields(const work *w, m_str text, list_query *q)
{
    m_buf buf = {.arena = w->call->arena};
    m_str rest = text;
    m_str word;
    m_buf_text(&buf, "id,version");
    while (next_word(&rest, &word)) {
        const m_field *field = m_field_find(w->type, word);
        if (!field || (field->flags & M_SECRET)) {
            fault(w, M_STR("fields"), "one of these is not a field");
            return;
        }
        if (field->kind == M_KIND_LIST) q->query.without_lists = false;
        m_buf_text(&buf, ",");
        m_buf_text(&buf, field->name);
    }
    q->only = m_str_z(w->call->arena, m_buf_str(&buf));
}

static void read_search(const work *w, m_str text, list_query *q)
{
    if (!w->doctype->search_fields)
        fault(w, M_STR("q"), "this collection has no search");
    else if (text.n > TEXT_MAX || !m_utf8_valid(text))
        fault(w, M_STR("q"), "the text is too long or not UTF-8");
    else {
        q->query.search = m_str_trim(text);
        q->query.search_fields = w->doctype->search_fields;
    }
}

static void read_pair(const work *w, const m_pair *pair, list_query *q)
{
    if (m_str_is(pair->name, "limit")) {
        if (!query_limit(pair->value, &q->limit)) fault(w, pair->name, "a number from 1 to 200");
    } else if (m_str_is(pair->name, "sort")) {
        read_sort(w, pair->value, q);
    } else if (m_str_is(pair->name, "fields")) {
        read_fields(w, pair->value, q);
    } else if (m_str_is(pair->name, "q")) {
        read_search(w, pair->value, q);
    } else if (m_str_is(pair->name, "cursor")) {
        q->cursor = pair->value;
    } else {
        add_filter(w, pair, q);
    }
}

m_status query_read(const work *w, list_query *out)
{
    const char *columns = w->doctype->list_columns;
    *out = (list_query){.limit = LIST_LIMIT,
                        .only = m_arena_printf(w->call->arena, "id,version,number,state%s%s",
                                               columns ? "," : "", columns ? columns : "")};
    out->query = (m_query){.filters = out->filters, .orders = out->orders, .without_lists = true};
    read_sort(w, M_STR(DEFAULT_SORT), out);
    for (M_EACH(const m_pair, pair, w->in->query))
        read_pair(w, pair, out);
    if (w->call->error.field_count + w->call->error.fields_dropped)
        return m_fail(w->call, m_err_query, "see the fields listed");
    if (!out->only) return m_fail(w->call, m_err_memory, "list");
    return M_OK;
}
