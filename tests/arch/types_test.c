/* What every registered type must be: the field tables, life cycles and reports of all modules are
 * read and held against one another, and generated records make the round trip through JSON. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../host/src/boot/told.h"
#include "../unit/unit.h"
#include "all_modules.h"
#include "m_adapters/codec.h"
#include "m_adapters/infra.h"
#include "test_env.h"

#define TYPES_MAX 512
#define NAME_MAX_ 63 /* of a PostgreSQL identifier */

static const m_type *types[TYPES_MAX]; /* documents, stored types, and every type inside them */
static uint32_t type_count;
static const m_doctype *doctypes[TYPES_MAX];
static uint32_t doctype_count;

/* ---- collecting ---- */

static void add_type(const m_type *type)
{
    for (uint32_t i = 0; i < type_count; i++)
        if (types[i] == type) return;
    ck_assert(type_count < TYPES_MAX);
    types[type_count++] = type;
    for (uint16_t i = 0; i < type->count; i++)
        if (type->fields[i].type) add_type(type->fields[i].type);
}

static void collect(void)
{
    const m_module *modules[ALL_MODULES_MAX];
    uint32_t n = all_modules(modules);
    type_count = doctype_count = 0;
    for (const m_type *const *t = m_infra_types; *t; t++)
        add_type(*t);
    for (uint32_t m = 0; m < n; m++) {
        for (const m_doctype *const *d = modules[m]->doctypes; d && *d; d++) {
            add_type((*d)->type);
            doctypes[doctype_count++] = *d;
            const m_move *move = (*d)->life ? (*d)->life->moves : NULL;
            for (; move && move->action; move++)
                if (move->input) add_type(move->input);
        }
        for (const m_type *const *t = modules[m]->types; t && *t; t++)
            add_type(*t);
        for (const m_report *const *r = modules[m]->reports; r && *r; r++) {
            add_type((*r)->params);
            add_type((*r)->row);
        }
    }
}

static const m_doctype *doctype_of(const char *name)
{
    for (uint32_t i = 0; i < doctype_count; i++)
        if (strcmp(doctypes[i]->type->name, name) == 0) return doctypes[i];
    return NULL;
}

/* Calls fn for each comma-separated word. */
static void each_word(const char *words, void (*fn)(void *arg, const char *word), void *arg)
{
    char word[128];
    while (words && *words) {
        size_t n = strcspn(words, ",");
        ck_assert(n > 0 && n < sizeof word);
        memcpy(word, words, n);
        word[n] = 0;
        fn(arg, word);
        words += n + (words[n] == ',');
    }
}

/* ---- names ---- */

START_TEST(names_are_good_and_unique)
{
    for (uint32_t i = 0; i < type_count; i++) {
        const m_type *t = types[i];
        ck_assert_msg(m_pattern_match("[a-z][a-z0-9_]*.[a-z][a-z0-9_]*", m_str_of(t->name)) ||
                          strchr(t->name, '.'),
                      "%s: a type is named module.noun", t->name);
        for (uint32_t k = 0; k < i; k++) {
            ck_assert_msg(strcmp(t->name, types[k]->name) != 0 || t->fields == types[k]->fields ||
                              (t->table == NULL) != (types[k]->table == NULL),
                          "%s: two types have this name", t->name);
            if (!t->table || !types[k]->table) continue;
            ck_assert_msg(strcmp(t->schema, types[k]->schema) != 0 ||
                              strcmp(t->table, types[k]->table) != 0,
                          "%s and %s: the same table", t->name, types[k]->name);
        }
    }
}
END_TEST

START_TEST(fields_are_named_and_labelled)
{
    for (uint32_t i = 0; i < type_count; i++)
        for (uint16_t f = 0; f < types[i]->count; f++) {
            const m_field *field = &types[i]->fields[f];
            ck_assert_msg(m_pattern_match("[a-z][a-z0-9_]*", m_str_of(field->name)),
                          "%s.%s: not snake_case", types[i]->name, field->name);
            ck_assert_msg(field->label && *field->label, "%s.%s: no label", types[i]->name,
                          field->name);
            ck_assert_msg(strlen(field->name) <= NAME_MAX_, "%s.%s: too long", types[i]->name,
                          field->name);
            for (uint16_t k = 0; k < f; k++)
                ck_assert_msg(strcmp(field->name, types[i]->fields[k].name) != 0, "%s.%s: twice",
                              types[i]->name, field->name);
        }
}
END_TEST

/* A list of a stored type is a table of its own, a struct's members are columns: neither may
 * collide. */
START_TEST(tables_and_columns_do_not_collide)
{
    for (uint32_t i = 0; i < type_count; i++) {
        const m_type *t = types[i];
        for (uint16_t f = 0; t->table && f < t->count; f++) {
            const m_field *field = &t->fields[f];
            char name[256];
            snprintf(name, sizeof name, "%s_%s", t->table, field->name);
            ck_assert_msg(field->kind != M_KIND_LIST || strlen(name) <= NAME_MAX_,
                          "%s: table name too long", name);
            for (uint32_t k = 0; field->kind == M_KIND_LIST && k < type_count; k++)
                ck_assert_msg(!types[k]->table || strcmp(types[k]->schema, t->schema) != 0 ||
                                  strcmp(types[k]->table, name) != 0,
                              "%s: a table of its own and the lines of %s", name, t->name);
            for (uint16_t s = 0; field->kind == M_KIND_STRUCT && s < field->type->count; s++) {
                snprintf(name, sizeof name, "%s_%s", field->name, field->type->fields[s].name);
                ck_assert_msg(strlen(name) <= NAME_MAX_, "%s.%s: column name too long", t->name,
                              name);
                ck_assert_msg(!m_field_find(t, m_str_of(name)), "%s.%s: two columns", t->name,
                              name);
            }
        }
    }
}
END_TEST

START_TEST(stored_types_have_a_key)
{
    for (uint32_t i = 0; i < type_count; i++) {
        const m_type *t = types[i];
        if (!t->table) continue;
        bool key = strcmp(t->fields[0].name, "id") == 0 && t->fields[0].kind == M_KIND_ID;
        for (uint16_t f = 0; f < t->count; f++)
            key = key || (t->fields[f].flags & M_KEY);
        ck_assert_msg(key, "%s: neither an id nor a key", t->name);
        if (t->flags & M_TYPE_MONTHLY)
            ck_assert_msg(m_field_find(t, M_STR("posting_date")),
                          "%s: monthly without posting_date", t->name);
        for (const m_index *x = t->indexes; x && x->fields; x++) {
            char copy[256];
            snprintf(copy, sizeof copy, "%s", x->fields);
            char *rest = copy;
            for (char *word = strsep(&rest, ","); word; word = strsep(&rest, ",")) {
                m_field found;
                bool there = m_field_find(t, m_str_of(word)) != NULL;
                for (char *c = word; !there && (c = strchr(c, '_'));
                     c++) { /* address_city: address.city */
                    *c = '.';
                    there = m_field_resolve(t, m_str_of(word), &found) == M_OK;
                    *c = '_';
                }
                ck_assert_msg(there, "%s: index on %s, which is no column", t->name, word);
            }
        }
    }
}
END_TEST

/* ---- the struct behind the table ---- */

static size_t kind_size(const m_field *f, size_t *align)
{
    switch (f->kind) {
    case M_KIND_BOOL:
        *align = 1;
        return 1;
    case M_KIND_ID:
    case M_KIND_LINK:
        *align = 1;
        return sizeof(m_id);
    case M_KIND_DATE:
        *align = 4;
        return sizeof(m_date);
    case M_KIND_ENUM:
        *align = 4;
        return sizeof(m_enum);
    case M_KIND_SUM:
        *align = 16;
        return sizeof(m_dec_sum);
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
    case M_KIND_LIST:
        *align = 8;
        return sizeof(m_str);
    case M_KIND_STRUCT:
        *align = 16;
        return f->type->size;
    default:
        *align = 8;
        return 8;
    }
}

/* One struct with two tables: what only the other one uses is not forgotten. */
static const char *const twins[][2] = {{"finance.receipt", "finance.payment"}};

static void cover_twin(const m_type *t, bool *covered)
{
    for (size_t k = 0; k < sizeof twins / sizeof twins[0]; k++)
        for (uint32_t i = 0; strcmp(twins[k][0], t->name) == 0 && i < doctype_count; i++) {
            const m_type *twin = doctypes[i]->type;
            if (strcmp(twin->name, twins[k][1]) != 0) continue;
            ck_assert_uint_eq(twin->size, t->size);
            for (uint16_t f = 0; f < twin->count; f++) {
                size_t align, n = kind_size(&twin->fields[f], &align);
                if (!(twin->fields[f].flags & M_EXT))
                    memset(covered + twin->fields[f].offset, 1, n);
            }
        }
}

/* Bytes of the struct that no field covers and alignment does not explain: a member without a
 * field. */
START_TEST(no_member_is_forgotten)
{
    for (uint32_t i = 0; i < doctype_count; i++) {
        const m_type *t = doctypes[i]->type;
        bool *covered = calloc(t->size + 1, sizeof *covered);
        ck_assert(covered);
        for (uint16_t f = 0; f < t->count; f++) {
            size_t align, n = kind_size(&t->fields[f], &align), at = t->fields[f].offset;
            if (t->fields[f].flags & M_EXT) continue;
            ck_assert_msg(at + n <= t->size, "%s.%s: outside of the struct", t->name,
                          t->fields[f].name);
            for (size_t b = at; b < at + n; b++) {
                ck_assert_msg(!covered[b], "%s.%s: overlaps another field", t->name,
                              t->fields[f].name);
                covered[b] = true;
            }
        }
        for (uint16_t f = 0; f < t->count; f++) {
            size_t align, at = t->fields[f].offset;
            kind_size(&t->fields[f], &align);
            if (t->fields[f].flags & M_EXT) continue;
            for (size_t pad = 1; pad < align && pad <= at && !covered[at - pad]; pad++)
                covered[at - pad] = true; /* alignment */
        }
        if (t->ext_at) memset(covered + t->ext_at - 1, 1, sizeof(void *));
        cover_twin(t, covered);
        size_t open = 0;
        for (size_t b = 0; b < t->size; b++) {
            open = covered[b] ? 0 : open + 1;
            ck_assert_msg(open < 16, "%s: no field covers byte %zu of the struct", t->name, b);
        }
        free(covered);
    }
}
END_TEST

/* ---- generated records ---- */

static uint32_t seed;

static uint32_t next(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

static void fill(const m_type *type, void *record, m_arena *arena);

static m_dec some_decimal(const m_field *field)
{
    int64_t unit = 1;
    for (int i = m_field_places(field); i < M_DEC_SCALE; i++)
        unit *= 10;
    int64_t value = (int64_t)(next() % 900000 + 1) * unit;
    return (m_dec){field->flags & (M_POSITIVE | M_NON_NEGATIVE) || next() % 2 ? value : -value};
}

static m_str some_text(m_arena *arena, const m_field *field)
{
    static const char *const words[] = {"a",    "Größe", "\"quoted\"", "back\\slash",
                                        "नमस्ते", "<&>",   "tab",        "€ 5"};
    int64_t most = m_field_max(field);
    const char *text = m_arena_printf(arena, "%s %u", words[next() % 8], next() % 1000);
    m_str all = m_str_of(text);
    return (int64_t)m_utf8_length(all) <= most ? all : M_STR("x");
}

static void fill_list(const m_field *field, m_list *list, m_arena *arena)
{
    list->count = 2;
    list->items = m_arena_array(arena, 2, field->type->size);
    for (uint32_t i = 0; i < 2; i++) {
        void *item = (char *)list->items + i * field->type->size;
        ck_assert_int_eq(m_record_init(field->type, item, arena), M_OK);
        fill(field->type, item, arena);
    }
}

static void fill_field(const m_type *type, const m_field *field, void *record, m_arena *arena)
{
    void *at = m_field_at(type, field, record);
    if (!at) return; /* a contributed field without a block */
    switch (field->kind) {
    case M_KIND_BOOL:
        *(bool *)at = next() % 2;
        break;
    case M_KIND_INT:
        *(int64_t *)at = field->max > field->min ? field->max : (int64_t)next();
        break;
    case M_KIND_STR:
    case M_KIND_TEXT:
        *(m_str *)at = some_text(arena, field);
        break;
    case M_KIND_BYTES:
        *(m_str *)at = m_str_dup(arena, M_STR("\x01\xff\x80z"));
        break;
    case M_KIND_ID:
    case M_KIND_LINK:
        *(m_id *)at = test_id(next());
        break;
    case M_KIND_DATE:
        *(m_date *)at = (m_date){M_DATE_1970 + (int32_t)(next() % 30000)};
        break;
    case M_KIND_TIME:
        *(m_time *)at = (m_time){(int64_t)next() * 1000003};
        break;
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        *(m_dec *)at = some_decimal(field);
        break;
    case M_KIND_SUM:
        *(m_dec_sum *)at = (m_dec_sum)M_DEC_MAX * 1000 + next();
        break;
    case M_KIND_ENUM: {
        m_enum n = 0;
        while (field->choices[n + 1])
            n++;
        *(m_enum *)at = n;
        break;
    }
    case M_KIND_STRUCT:
        fill(field->type, at, arena);
        break;
    case M_KIND_LIST:
        fill_list(field, at, arena);
        break;
    }
}

static void fill(const m_type *type, void *record, m_arena *arena)
{
    for (uint16_t i = 0; i < type->count; i++)
        fill_field(type, &type->fields[i], record, arena);
}

START_TEST(records_make_the_round_trip_through_json)
{
    for (uint32_t i = 0; i < type_count; i++)
        for (seed = 1; seed < 4 * 7919u; seed += 7919u) {
            m_call *call = test_call();
            uint32_t start = seed;
            void *record = m_record_new(types[i], call->arena),
                 *back = m_record_new(types[i], call->arena);
            ck_assert_msg(record && back, "%s: m_record_new: is a default malformed?",
                          types[i]->name);
            fill(types[i], record, call->arena);
            seed = start;
            m_buf text = {.arena = call->arena};
            m_json_canonical(&text, types[i], record);
            ck_assert(!text.failed);
            m_status status =
                m_json_read(call, types[i], m_buf_str(&text), M_JSON_TRUSTED, back, NULL);
            ck_assert_msg(status == M_OK, "%s: %.*s at %.*s", types[i]->name,
                          M_STR_ARG(call->error.code), M_STR_ARG(call->error.fields[0].path));
            ck_assert_msg(m_record_equal(types[i], record, back),
                          "%s: differs after the round trip: %.*s", types[i]->name,
                          M_STR_ARG(m_buf_str(&text)));
            ck_assert(
                m_record_equal(types[i], record, m_record_copy(types[i], record, call->arena)));
            test_call_free(call);
        }
}
END_TEST

/* ---- links, lists, life cycles ---- */

START_TEST(links_lead_to_documents)
{
    for (uint32_t i = 0; i < type_count; i++)
        for (uint16_t f = 0; f < types[i]->count; f++) {
            const m_field *field = &types[i]->fields[f];
            if (field->kind == M_KIND_LINK)
                ck_assert_msg(field->link && doctype_of(field->link),
                              "%s.%s: links to %s, which is no document type", types[i]->name,
                              field->name, field->link ? field->link : "nothing");
            if (field->kind == M_KIND_ENUM)
                ck_assert_msg(field->choices && field->choices[0], "%s.%s: no choices",
                              types[i]->name, field->name);
            if (field->kind == M_KIND_LIST || field->kind == M_KIND_STRUCT)
                ck_assert_msg(field->type, "%s.%s: no type", types[i]->name, field->name);
        }
}
END_TEST

static void choice_exists(void *arg, const char *word)
{
    const m_field *on = arg;
    for (const char *const *c = on->choices; *c; c++)
        if (strcmp(*c, word) == 0) return;
    ck_abort_msg("%s has no choice %s", on->name, word);
}

START_TEST(fields_depend_on_fields_beside_them)
{
    for (uint32_t i = 0; i < type_count; i++)
        for (uint16_t f = 0; f < types[i]->count; f++) {
            const m_field *field = &types[i]->fields[f];
            if (!field->depends_on) continue;
            size_t n = strcspn(field->depends_on, "=");
            const m_field *on = m_field_find(types[i], (m_str){field->depends_on, n});
            ck_assert_msg(on && on != field && !(field->flags & M_REQUIRED), "%s.%s depends on %s",
                          types[i]->name, field->name, field->depends_on);
            if (!field->depends_on[n]) continue;
            ck_assert_msg(on->kind == M_KIND_ENUM, "%s.%s: %s has no choices", types[i]->name,
                          field->name, on->name);
            each_word(field->depends_on + n + 1, choice_exists, (m_field *)(uintptr_t)on);
        }
}
END_TEST

static void column_exists(void *arg, const char *word)
{
    const m_type *type = arg;
    m_field found;
    ck_assert_msg(m_field_resolve(type, m_str_of(word), &found) == M_OK, "%s: no field %s",
                  type->name, word);
    ck_assert_msg(!(found.flags & M_SECRET), "%s.%s: a secret in a list", type->name, word);
}

static void text_exists(void *arg, const char *word)
{
    const m_type *type = arg;
    m_field found;
    column_exists(arg, word);
    ck_assert(m_field_resolve(type, m_str_of(word), &found) == M_OK);
    ck_assert_msg(found.kind == M_KIND_STR || found.kind == M_KIND_TEXT,
                  "%s.%s: searched, but no text", type->name, word);
}

START_TEST(documents_are_described)
{
    for (uint32_t i = 0; i < doctype_count; i++) {
        const m_doctype *d = doctypes[i];
        m_type *type = (m_type *)(uintptr_t)d->type;
        ck_assert_msg(strncmp(type->name, d->module, strlen(d->module)) == 0, "%s: not of %s",
                      type->name, d->module);
        ck_assert_msg(m_pattern_match("[a-z][a-z0-9\\-]*", m_str_of(d->collection)), "%s: %s",
                      type->name, d->collection);
        ck_assert_msg(d->label && *d->label && d->label_plural && *d->label_plural && d->group &&
                          *d->group,
                      "%s: label, plural and group are needed", type->name);
        ck_assert_msg(d->list_columns && *d->list_columns, "%s: no list columns", type->name);
        each_word(d->list_columns, column_exists, type);
        each_word(d->search_fields, text_exists, type);
        each_word(d->title_field, column_exists, type);
        each_word(d->code_field, text_exists, type);
        each_word(d->series_date, column_exists, type);
        ck_assert_msg(d->permissions && d->permissions[0].role, "%s: no permissions", type->name);
        ck_assert_msg(type->ext_at || offsetof(m_doc, id) == type->fields[0].offset,
                      "%s: M_DOC is not first", type->name);
        for (uint32_t k = 0; k < i; k++)
            ck_assert_msg(strcmp(d->module, doctypes[k]->module) != 0 ||
                              strcmp(d->collection, doctypes[k]->collection) != 0,
                          "%s/%s: two types", d->module, d->collection);
    }
}
END_TEST

typedef struct {
    const m_doctype *doctype;
    const m_move *move;
} move_of;

static void state_exists(void *arg, const char *word)
{
    const move_of *m = arg;
    ck_assert_msg(m_state_index(m->doctype->life->states, m_str_of(word)) >= 0,
                  "%s.%s: no state %s", m->doctype->type->name,
                  m->move ? m->move->action : "editable", word);
}

static void check_moves(const m_doctype *d)
{
    const m_lifecycle *life = d->life;
    bool numbers = false, open_ended = false;
    for (const m_move *move = life->moves; move->action; move++) {
        move_of arg = {d, move};
        each_word(move->from, state_exists, &arg);
        each_word(move->to, state_exists, &arg);
        ck_assert_msg(move->label && *move->label, "%s.%s: no label", d->type->name, move->action);
        ck_assert_msg(move->can || (move->flags & M_MOVE_INTERNAL), "%s.%s: no right is asked",
                      d->type->name, move->action);
        ck_assert_msg(move->to || move->effect, "%s.%s: leads nowhere", d->type->name,
                      move->action);
        numbers = numbers || (move->flags & M_MOVE_NUMBER);
        open_ended = open_ended || !move->to;
        for (const m_move *other = life->moves; other != move; other++)
            ck_assert_msg(strcmp(other->action, move->action) != 0, "%s.%s: twice", d->type->name,
                          move->action);
    }
    ck_assert_msg(!d->series || numbers, "%s: a series, but no move gives a number", d->type->name);
    for (int s = 1; life->states[s] && !open_ended; s++) {
        bool reached = false;
        for (const m_move *move = life->moves; move->action; move++)
            reached = reached || strcmp(move->to, life->states[s]) == 0 ||
                      m_words_have(move->from, m_str_of(life->states[s])); /* others set it */
        ck_assert_msg(reached, "%s: no move knows %s", d->type->name, life->states[s]);
    }
}

/* Two kinds of documents with one series would take turns with its numbers. */
START_TEST(series_are_unique)
{
    for (uint32_t i = 0; i < doctype_count; i++)
        for (uint32_t k = 0; doctypes[i]->series && k < i; k++)
            ck_assert_msg(!doctypes[k]->series || strcmp(doctypes[k]->series, doctypes[i]->series),
                          "%s and %s: both %s", doctypes[k]->type->name, doctypes[i]->type->name,
                          doctypes[i]->series);
}
END_TEST

START_TEST(life_cycles_are_consistent)
{
    for (uint32_t i = 0; i < doctype_count; i++) {
        const m_doctype *d = doctypes[i];
        const m_field *state = m_field_find(d->type, M_STR("state"));
        const char *const *states = d->life ? d->life->states : m_states_active;
        ck_assert_msg(state && state->kind == M_KIND_ENUM, "%s: no state", d->type->name);
        for (int s = 0; states[s] || state->choices[s]; s++)
            ck_assert_msg(
                states[s] && state->choices[s] && strcmp(states[s], state->choices[s]) == 0,
                "%s: the states of the field and of the life cycle differ", d->type->name);
        move_of arg = {d, NULL};
        if (!d->life) continue;
        each_word(d->life->editable, state_exists, &arg);
        check_moves(d);
    }
}
END_TEST

static bool is_told(const char *type)
{
    for (const char *const *at = boot_told; *at; at++)
        if (strncmp(type, *at, strlen(*at) - 1) == 0) return true;
    return false;
}

static bool is_of(const char *type, const m_module *module)
{
    size_t n = strlen(module->name);
    return strncmp(type, module->name, n) == 0 && type[n] == '.';
}

/* In an enterprise the one who listens and the one who is heard are two processes. What is
 * addressed to a domain, as ledger.confirmed, is of no module and goes there in any case. */
START_TEST(what_others_listen_to_is_told)
{
    const m_module *modules[ALL_MODULES_MAX];
    uint32_t n = all_modules(modules), heard = 0;
    for (uint32_t i = 0; i < n; i++)
        for (const m_listener *l = modules[i]->listeners; l && l->type; l++)
            for (uint32_t k = 0; k < n; k++) {
                if (k == i || !is_of(l->type, modules[k])) continue;
                ck_assert_msg(is_told(l->type), "%s listens to %s, which nobody tells",
                              modules[i]->name, l->type);
                heard++;
            }
    ck_assert_uint_gt(heard, 0);
}
END_TEST

START_TEST(reports_are_described)
{
    const m_module *modules[ALL_MODULES_MAX];
    uint32_t n = all_modules(modules);
    for (uint32_t m = 0; m < n; m++)
        for (const m_report *const *r = modules[m]->reports; r && *r; r++) {
            m_type *row = (m_type *)(uintptr_t)(*r)->row;
            ck_assert_msg((*r)->label && *(*r)->label && (*r)->run,
                          "%s: no label or nothing to run", (*r)->name);
            ck_assert_msg((*r)->permissions && (*r)->permissions[0].role, "%s: no permissions",
                          (*r)->name);
            each_word((*r)->totals, column_exists, row);
            if (!(*r)->drill) continue;
            char copy[256];
            snprintf(copy, sizeof copy, "%s", (*r)->drill);
            char *rest = copy;
            for (char *word = strsep(&rest, ","); word; word = strsep(&rest, ",")) {
                word[strcspn(word, ":")] = 0;
                column_exists(row, word);
            }
        }
}
END_TEST

/* ---- error catalogues ---- */

START_TEST(error_codes_are_unique_at_run_time)
{
    const m_module *modules[ALL_MODULES_MAX];
    uint32_t n = all_modules(modules);
    const char *codes[TYPES_MAX];
    uint32_t count = 0;
    for (uint32_t m = 0; m < n; m++)
        for (const m_error_def *e = modules[m]->errors; e && e->code; e++) {
            ck_assert_msg(e->message && *e->message && e->hint && *e->hint,
                          "%s: no message or hint", e->code);
            for (uint32_t i = 0; i < count; i++)
                ck_assert_msg(strcmp(codes[i], e->code) != 0, "%s: declared twice", e->code);
            ck_assert(count < TYPES_MAX);
            codes[count++] = e->code;
        }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("all modules");
    tcase_set_timeout(tests, 60);
    tcase_add_unchecked_fixture(tests, collect, NULL);
    tcase_add_test(tests, names_are_good_and_unique);
    tcase_add_test(tests, fields_are_named_and_labelled);
    tcase_add_test(tests, tables_and_columns_do_not_collide);
    tcase_add_test(tests, stored_types_have_a_key);
    tcase_add_test(tests, no_member_is_forgotten);
    tcase_add_test(tests, records_make_the_round_trip_through_json);
    tcase_add_test(tests, links_lead_to_documents);
    tcase_add_test(tests, fields_depend_on_fields_beside_them);
    tcase_add_test(tests, documents_are_described);
    tcase_add_test(tests, series_are_unique);
    tcase_add_test(tests, life_cycles_are_consistent);
    tcase_add_test(tests, what_others_listen_to_is_told);
    tcase_add_test(tests, reports_are_described);
    tcase_add_test(tests, error_codes_are_unique_at_run_time);
    return unit_run(tests, "types");
}
