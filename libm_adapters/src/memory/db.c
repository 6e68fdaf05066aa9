/* Tables, rows, undo and compaction. */
#include "memory.h"

#include <stdlib.h>

#define ARENA_LIMIT ((size_t)1 << 30)
#define COMPACT_MIN ((size_t)4 << 20)

/* ---- hash map ---- */

static void hashmap_put(slot *slots, size_t capacity, slot s)
{
    size_t i = s.hash & (capacity - 1);
    while (slots[i].row)
        i = (i + 1) & (capacity - 1);
    slots[i] = s;
}

bool hashmap_add(hashmap *map, uint64_t hash, entry *row)
{
    for (size_t i = hash; map->capacity; i++) {
        const slot *s = &map->slots[i & (map->capacity - 1)];
        if (!s->row) break;
        if (s->row == row && s->hash == hash) return true;
    }
    if (map->used + map->used / 2 >= map->capacity) {
        size_t larger = map->capacity ? map->capacity * 2 : 16;
        slot *slots = calloc(larger, sizeof *slots);
        if (!slots) return false;
        for (size_t i = 0; i < map->capacity; i++)
            if (map->slots[i].row) hashmap_put(slots, larger, map->slots[i]);
        free(map->slots);
        map->slots = slots;
        map->capacity = larger;
    }
    hashmap_put(map->slots, map->capacity, (slot){hash, row});
    map->used++;
    return true;
}

/* The live row other than `except` whose columns equal those of record. */
static entry *hashmap_find(const hashmap *map, const columns *cs, const void *record,
                           const entry *except)
{
    uint64_t hash = columns_hash(cs, record);
    for (size_t i = hash; map->capacity; i++) {
        const slot *s = &map->slots[i & (map->capacity - 1)];
        if (!s->row) break;
        if (s->hash == hash && s->row != except && s->row->record &&
            columns_compare(cs, s->row->record, record) == 0)
            return s->row;
    }
    return NULL;
}

/* ---- tables ---- */

static bool parse_clause(const m_type *type, m_str text, clause *out)
{
    text = m_str_trim(text);
    size_t n = 0;
    while (n < text.n && (text.p[n] == '_' || (text.p[n] >= 'a' && text.p[n] <= 'z') ||
                          (text.p[n] >= '0' && text.p[n] <= '9')))
        n++;
    if (!column_find(type, (m_str){text.p, n}, &out->column)) return false;
    m_str rest = m_str_trim((m_str){text.p + n, text.n - n});
    out->equal = false;
    out->text = (m_str){NULL, 0};
    if (m_str_is(rest, "IS NOT NULL")) return true;
    out->equal = rest.n > 0 && rest.p[0] == '=';
    size_t skip = out->equal ? 1 : 2;
    if (!out->equal && (rest.n < 2 || memcmp(rest.p, "<>", 2) != 0)) return false;
    rest = m_str_trim((m_str){rest.p + skip, rest.n - skip});
    if (rest.n < 2 || rest.p[0] != '\'' || rest.p[rest.n - 1] != '\'') return false;
    out->text = (m_str){rest.p + 1, rest.n - 2};
    m_kind kind = column_field(&out->column)->kind;
    return kind == M_KIND_STR || kind == M_KIND_TEXT || kind == M_KIND_ENUM;
}

static bool parse_where(const m_type *type, const char *where, unique *u)
{
    while (where && *where) {
        const char *and = strstr(where, " AND ");
        m_str text = {where, and? (size_t)(and-where) : strlen(where)};
        if (u->clause_count == CLAUSES_MAX ||
            !parse_clause(type, text, &u->clauses[u->clause_count]))
            return false;
        u->clause_count++;
        where = and? and+5 : NULL;
    }
    return true;
}

/* M_UNIQUE fields, at any depth of structs. */
static void add_unique_fields(table *t, const m_type *type, column at)
{
    for (uint16_t i = 0; i < type->count && at.depth < COLUMN_DEPTH; i++) {
        column c = at;
        c.types[c.depth] = type;
        c.fields[c.depth++] = &type->fields[i];
        if (type->fields[i].kind == M_KIND_STRUCT) {
            add_unique_fields(t, type->fields[i].type, c);
        } else if (type->fields[i].flags & M_UNIQUE) {
            if (t->uniques)
                t->uniques[t->unique_count] =
                    (unique){.columns = {.columns = {c}, .count = 1}, .not_empty = true};
            t->unique_count++;
        }
    }
}

static void add_unique_indexes(table *t)
{
    for (const m_index *x = t->type->indexes; x && x->fields; x++) {
        if (!x->unique) continue;
        if (t->uniques) {
            unique *u = &t->uniques[t->unique_count];
            if (!columns_of(t->type, x->fields, &u->columns) || !parse_where(t->type, x->where, u))
                t->unsupported = true;
        }
        t->unique_count++;
    }
}

static bool find_uniques(m_memory_db *db, table *t)
{
    add_unique_fields(t, t->type, (column){.depth = 0}); /* first round: count */
    add_unique_indexes(t);
    t->uniques = m_arena_array(db->structure, t->unique_count, sizeof *t->uniques);
    if (!t->uniques) return false;
    t->unique_count = 0;
    add_unique_fields(t, t->type, (column){.depth = 0});
    add_unique_indexes(t);
    return true;
}

static void find_key(table *t)
{
    const m_field *id = m_field_find(t->type, M_STR("id"));
    for (uint16_t i = 0; i < t->type->count && t->key.count < KEY_MAX; i++) {
        const m_field *f = &t->type->fields[i];
        if (id ? f == id : (f->flags & M_KEY) != 0)
            t->key.columns[t->key.count++] =
                (column){.depth = 1, .types = {t->type}, .fields = {f}};
    }
    if (t->key.count == 0) t->unsupported = true;
}

table *db_table(m_memory_db *db, m_id tenant, const m_type *type)
{
    if (type->flags & M_TYPE_NO_TENANT) memset(&tenant, 0, sizeof tenant);
    for (table *t = db->tables; t; t = t->next)
        if (m_id_eq(t->tenant, tenant) && (t->type == type || !strcmp(t->type->name, type->name)))
            return t;
    table *t = m_arena_alloc(db->structure, sizeof *t);
    if (!t) return NULL;
    t->tenant = tenant;
    t->type = type;
    find_key(t);
    if (!column_find(type, M_STR("version"), &t->version)) t->version.depth = 0;
    if (!find_uniques(db, t)) return NULL;
    t->next = db->tables;
    db->tables = t;
    return t;
}

entry *table_find(const table *t, const void *record)
{
    return hashmap_find(&t->by_key, &t->key, record, NULL);
}

/* ---- rows ---- */

static bool is_in(const unique *u, const void *record)
{
    for (uint32_t i = 0; i < u->columns.count; i++) {
        const column *c = &u->columns.columns[i];
        const void *value = column_get(c, record);
        if (value_absent(column_field(c), value)) return false;
        if (u->not_empty && value_compare(column_field(c), value, NULL) == 0) return false;
    }
    for (uint32_t i = 0; i < u->clause_count; i++) {
        const clause *k = &u->clauses[i];
        const m_field *f = column_field(&k->column);
        const void *value = column_get(&k->column, record);
        bool same = value_absent(f, value);
        if (f->kind == M_KIND_ENUM && value)
            same = m_str_is(k->text, choice_name(f, *(const m_enum *)value));
        else if ((f->kind == M_KIND_STR || f->kind == M_KIND_TEXT) && value)
            same = m_str_eq(k->text, *(const m_str *)value);
        if (same != k->equal) return false;
    }
    return true;
}

const unique *table_clash(const table *t, const entry *row, const void *record)
{
    for (uint32_t i = 0; i < t->unique_count; i++) {
        const unique *u = &t->uniques[i];
        if (!is_in(u, record)) continue;
        const entry *other = hashmap_find(&u->map, &u->columns, record, row);
        if (other && is_in(u, other->record)) return u;
    }
    return NULL;
}

static bool table_index(table *t, entry *row, const void *record)
{
    if (!hashmap_add(&t->by_key, columns_hash(&t->key, record), row)) return false;
    for (uint32_t i = 0; i < t->unique_count; i++) {
        unique *u = &t->uniques[i];
        if (is_in(u, record) && !hashmap_add(&u->map, columns_hash(&u->columns, record), row))
            return false;
    }
    return true;
}

entry *table_add(m_memory_db *db, table *t, const void *record)
{
    if (t->count == t->capacity) {
        size_t larger = t->capacity ? t->capacity * 2 : 64;
        entry **rows = reallocarray(t->rows, larger, sizeof(entry *));
        if (!rows) return NULL;
        t->rows = rows;
        t->capacity = larger;
    }
    entry *row = m_arena_alloc(db->structure, sizeof *row);
    if (!row || !db_set(db, t, row, record)) return NULL;
    t->rows[t->count++] = row;
    return row;
}

bool db_set(m_memory_db *db, table *t, entry *row, const void *record)
{
    if (db->undo_count == db->undo_capacity) {
        size_t larger = db->undo_capacity ? db->undo_capacity * 2 : 256;
        undo *undos = reallocarray(db->undos, larger, sizeof *undos);
        if (!undos) return false;
        db->undos = undos;
        db->undo_capacity = larger;
    }
    if (record && !table_index(t, row, record)) return false;
    db->undos[db->undo_count++] = (undo){row, row->record};
    row->record = record;
    return true;
}

void db_undo(m_memory_db *db, size_t down_to)
{
    while (db->undo_count > down_to) {
        undo *u = &db->undos[--db->undo_count];
        u->row->record = u->before;
    }
}

/* ---- life of a db ---- */

bool db_content_new(m_memory_db *db)
{
    db->arena = m_arena_new(ARENA_LIMIT);
    db->structure = m_arena_new(ARENA_LIMIT);
    return db->arena && db->structure;
}

void db_content_free(m_memory_db *db)
{
    for (table *t = db->tables; t; t = t->next) {
        free(t->rows);
        free(t->by_key.slots);
        for (uint32_t i = 0; i < t->unique_count; i++)
            free(t->uniques[i].map.slots);
    }
    free(db->undos);
    m_arena_free(db->arena);
    m_arena_free(db->structure);
}

static bool copy_content(const m_memory_db *from, m_memory_db *to)
{
    for (const table *t = from->tables; t; t = t->next) {
        table *fresh = db_table(to, t->tenant, t->type);
        if (!fresh) return false;
        for (size_t i = 0; i < t->count; i++) {
            if (!t->rows[i]->record) continue;
            const void *record = m_record_copy(t->type, t->rows[i]->record, to->arena);
            if (!record || !table_add(to, fresh, record)) return false;
        }
        to->undo_count = 0;
    }
    return true;
}

void db_compact(m_memory_db *db)
{
    if (m_arena_used(db->arena) < COMPACT_MIN + 2 * db->used_after_compaction) return;
    m_memory_db fresh = {.tables = NULL};
    m_memory_db *drop = &fresh;
    m_memory_db old = *db;
    if (db_content_new(&fresh) && copy_content(db, &fresh)) {
        db->arena = fresh.arena;
        db->structure = fresh.structure;
        db->tables = fresh.tables;
        db->undos = fresh.undos;
        db->undo_count = 0;
        db->undo_capacity = fresh.undo_capacity;
        drop = &old;
    } /* else short of memory: go on as before */
    db->used_after_compaction = m_arena_used(db->arena);
    db_content_free(drop);
}
