/* JSON into records, guided by the field table.
 *
 * cJSON turns numbers into doubles and so loses digits. Therefore every number of the text is
 * replaced by its index before cJSON sees it, and read from the original text by that index. */
#include <cjson/cJSON.h>

#include "codec.h"

static bool is_ours(m_json_mode mode)
{
    return mode == M_JSON_TRUSTED || mode == M_JSON_MESSAGE;
}

/* What we wrote ourselves may be large (a body inside a message); its size is bounded elsewhere. */
static const m_json_limits trusted_limits = {
    .max_depth = 64, .max_nodes = 4000000, .max_string = 64u << 20};

#define PATH_MAX_BYTES 256

typedef struct {
    m_str *items;
    uint32_t count;
    uint32_t capacity;
    m_str text;
    m_arena *arena;
    bool failed;
} numbers;

typedef struct {
    m_call *call;
    const numbers *numbers;
    char path[PATH_MAX_BYTES];
    size_t path_n;
} reader;

/* ---- numbers ---- */

static void keep_number(void *arg, size_t at, size_t n)
{
    numbers *all = arg;
    m_list list = {all->items, all->count};
    m_str *item = all->failed ? NULL : m_list_add(all->arena, &list, &all->capacity, sizeof *item);
    if (!item) {
        all->failed = true;
        return;
    }
    *item = (m_str){all->text.p + at, n};
    all->items = list.items;
    all->count = list.count;
}

static m_str with_indexes(const numbers *all)
{
    m_buf out = {.arena = all->arena};
    m_buf_room(&out, all->text.n + 8);
    const char *done = all->text.p;
    for (uint32_t i = 0; i < all->count; i++) {
        m_buf_bytes(&out, done, (size_t)(all->items[i].p - done));
        m_buf_int(&out, i);
        done = all->items[i].p + all->items[i].n;
    }
    m_buf_bytes(&out, done, (size_t)(all->text.p + all->text.n - done));
    return out.failed ? (m_str){NULL, 0} : m_buf_str(&out);
}

static m_str number_text(const reader *r, const cJSON *item)
{
    return r->numbers->items[item->valueint];
}

/* ---- paths ---- */

static size_t enter_name(reader *r, const char *name)
{
    size_t before = r->path_n;
    size_t n = strlen(name);
    size_t dot = before > 0;
    if (n > PATH_MAX_BYTES - 1 - before - dot) return before; /* cut: the path names the parent */
    if (dot) r->path[r->path_n++] = '.';
    memcpy(r->path + r->path_n, name, n);
    r->path_n += n;
    return before;
}

static size_t enter_index(reader *r, uint32_t i)
{
    char text[16] = {0};
    m_buf digits = {.p = text, .capacity = sizeof text};
    size_t before = r->path_n;
    m_buf_char(&digits, '[');
    m_buf_int(&digits, i);
    m_buf_char(&digits, ']');
    if (digits.n > PATH_MAX_BYTES - 1 - before) return before;
    memcpy(r->path + before, text, digits.n);
    r->path_n += digits.n;
    return before;
}

static void fault(reader *r, const m_error_def *def, const char *detail)
{
    m_str path = {r->path, r->path_n};
    if (detail)
        m_field_fail(r->call, def, path, "%s", m_say(r->call, detail));
    else
        m_field_fail(r->call, def, path, NULL);
}

/* ---- values ---- */

static void read_object(reader *r, const m_type *type, const cJSON *object, m_json_mode mode,
                        bool is_line, void *record, m_presence *present);

static void read_text(reader *r, const m_field *field, m_str text, void *value)
{
    const char *detail = NULL;
    const m_error_def *def = m_value_from_text(r->call->arena, field, text, value, &detail);
    if (def) fault(r, def, detail);
}

static bool is_decimal(m_kind kind)
{
    return kind == M_KIND_DEC || kind == M_KIND_QTY || kind == M_KIND_MONEY || kind == M_KIND_SUM;
}

static void read_list(reader *r, const m_field *field, const cJSON *array, m_json_mode mode,
                      m_list *out)
{
    const m_type *type = field->type;
    m_list list = {NULL, 0};
    uint32_t capacity = 0;
    for (const cJSON *item = array->child; item; item = item->next) {
        size_t length = enter_index(r, list.count);
        void *line = m_list_add(r->call->arena, &list, &capacity, type->size);
        if (!line || m_record_init(type, line, r->call->arena) != M_OK) {
            fault(r, m_err_memory, NULL);
            return;
        }
        if (cJSON_IsObject(item))
            read_object(r, type, item, mode == M_JSON_PATCH ? M_JSON_CREATE : mode, true, line,
                        NULL);
        else
            fault(r, m_err_form, "a line is an object");
        r->path_n = length;
    }
    *out = list;
}

static void read_struct(reader *r, const m_field *field, const cJSON *item, m_json_mode mode,
                        void *value)
{
    if (cJSON_IsObject(item))
        read_object(r, field->type, item, mode, false, value, NULL);
    else
        fault(r, m_err_form, "it must be an object");
}

static const char *expected(m_kind kind)
{
    switch (kind) {
    case M_KIND_BOOL:
        return "it must be true or false";
    case M_KIND_INT:
        return "it must be a whole number";
    case M_KIND_STRUCT:
        return "it must be an object";
    case M_KIND_LIST:
        return "it must be a list";
    default:
        return "it must be a text";
    }
}

/* Texts that are empty stand for "none" in forms and files, but JSON has null for that. */
static bool may_be_empty(m_kind kind)
{
    return kind == M_KIND_STR || kind == M_KIND_TEXT || kind == M_KIND_BYTES || kind == M_KIND_ENUM;
}

static void read_string(reader *r, const m_field *field, const cJSON *item, m_json_mode mode,
                        void *value)
{
    m_str text = m_str_of(item->valuestring);
    if (field->kind == M_KIND_BOOL || (field->kind == M_KIND_INT && !is_ours(mode)))
        fault(r, m_err_form, expected(field->kind));
    else if (text.n == 0 && !may_be_empty(field->kind))
        fault(r, m_err_form, "it is empty; leave it out or write null");
    else if (text.n == 0 && field->kind == M_KIND_ENUM && *m_choice_name(field, 0))
        fault(r, m_err_choice, "\"\"");
    else
        read_text(r, field, text, value);
}

static void read_value(reader *r, const m_field *field, const cJSON *item, m_json_mode mode,
                       void *value)
{
    if (field->kind == M_KIND_STRUCT)
        read_struct(r, field, item, mode, value);
    else if (field->kind == M_KIND_LIST && cJSON_IsArray(item))
        read_list(r, field, item, mode, value);
    else if (field->kind == M_KIND_LIST)
        fault(r, m_err_form, expected(field->kind));
    else if (cJSON_IsBool(item) && field->kind == M_KIND_BOOL)
        *(bool *)value = cJSON_IsTrue(item);
    else if (cJSON_IsNumber(item) && (is_decimal(field->kind) || field->kind == M_KIND_INT))
        read_text(r, field, number_text(r, item), value);
    else if (cJSON_IsString(item))
        read_string(r, field, item, mode, value);
    else
        fault(r, m_err_form, expected(field->kind));
}

/* ---- records ---- */

static void read_null(reader *r, const m_field *field, m_json_mode mode, void *value)
{
    if (mode == M_JSON_CREATE) return; /* as if it were not there */
    if (mode == M_JSON_PATCH && (field->flags & M_REQUIRED)) {
        fault(r, m_err_required, NULL);
        return;
    }
    m_value_clear(field, value);
    if (field->kind == M_KIND_STRUCT && m_record_init(field->type, value, r->call->arena) != M_OK)
        fault(r, m_err_memory, NULL);
}

static bool is_given_by_client(const m_field *field, bool is_line)
{
    if (!(field->flags & M_READONLY)) return true;
    return is_line && field->kind == M_KIND_ID && strcmp(field->name, "id") == 0;
}

static void read_member(reader *r, const m_type *type, const cJSON *item, m_json_mode mode,
                        bool is_line, void *record, m_presence *seen)
{
    const m_field *field = m_field_find(type, m_str_of(item->string));
    void *value = field ? m_field_at(type, field, record) : NULL;
    bool trusted = is_ours(mode);
    size_t length = enter_name(r, item->string);
    if (!value) {
        if (!trusted) fault(r, m_err_unknown, item->string);
    } else if (!trusted && !is_given_by_client(field, is_line)) {
        fault(r, m_err_read_only, NULL);
    } else {
        size_t index = (size_t)(field - type->fields);
        bool absent = cJSON_IsNull(item) && mode == M_JSON_CREATE;
        if (index < 128 && !absent) seen->bits[index / 64] |= UINT64_C(1) << index % 64;
        if (cJSON_IsNull(item))
            read_null(r, field, mode, value);
        else
            read_value(r, field, item, mode, value);
    }
    r->path_n = length;
}

static void check_required(reader *r, const m_type *type, const m_presence *seen)
{
    for (uint16_t i = 0; i < type->count && i < 128; i++) {
        const m_field *field = &type->fields[i];
        bool needed =
            (field->flags & M_REQUIRED) && !(field->flags & M_READONLY) && !field->fallback;
        if (!needed || (seen->bits[i / 64] >> i % 64 & 1)) continue;
        size_t length = enter_name(r, field->name);
        fault(r, m_err_required, NULL);
        r->path_n = length;
    }
}

static void read_object(reader *r, const m_type *type, const cJSON *object, m_json_mode mode,
                        bool is_line, void *record, m_presence *present)
{
    m_presence seen = {{0, 0}};
    for (const cJSON *item = object->child; item; item = item->next)
        read_member(r, type, item, mode, is_line, record, &seen);
    if (mode == M_JSON_CREATE || mode == M_JSON_MESSAGE) check_required(r, type, &seen);
    if (present) *present = seen;
}

m_status m_json_read(m_call *call, const m_type *type, m_str text, m_json_mode mode, void *record,
                     m_presence *present)
{
    numbers all = {.text = text, .arena = call->arena};
    size_t at;
    const char *why;
    const m_json_limits *limits = is_ours(mode) ? &trusted_limits : &m_json_default_limits;
    if (!m_json_scan(text, limits, keep_number, &all, &at, &why))
        return m_fail(call, m_err_body, "byte %zu: %s", at + 1, m_say(call, why));
    m_str indexed = with_indexes(&all);
    if (all.failed || !indexed.p) return m_fail(call, m_err_memory, NULL);
    cJSON *root = cJSON_ParseWithLength(indexed.p, indexed.n);
    if (!root) return m_fail(call, m_err_memory, NULL);
    if (!cJSON_IsObject(root)) {
        cJSON_Delete(root);
        return m_fail(call, m_err_body, "it is not an object");
    }
    reader r = {.call = call, .numbers = &all};
    read_object(&r, type, root, mode, false, record, present);
    cJSON_Delete(root);
    return m_failed_fields(call);
}
