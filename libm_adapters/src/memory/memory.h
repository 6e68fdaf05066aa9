/* Inside of the memory binding.
 *
 * Rows are entries of a table, found by a hash of their key. An entry points to an immutable record
 * in the db's arena; a write makes a new record and remembers the old pointer, so that undo is one
 * assignment. Old records stay until the next compaction, which copies what lives into a new arena
 * between two transactions. */
#ifndef M_SRC_MEMORY_H
#define M_SRC_MEMORY_H

#include <pthread.h>

#include "m_adapters/memory.h"

/* A column: a field of the type, or of a struct inside it ("address_city"). */
#define COLUMN_DEPTH 4
typedef struct {
    uint32_t depth;
    const m_type *types[COLUMN_DEPTH];
    const m_field *fields[COLUMN_DEPTH];
} column;

static inline const m_field *column_field(const column *c)
{
    return c->fields[c->depth - 1];
}
bool column_find(const m_type *type, m_str name, column *out);
/* The value, NULL when the record has no ext block for it. */
const void *column_get(const column *c, const void *record);

/* Values of one field. NULL counts as empty. Lists cannot be compared. */
int value_compare(const m_field *field, const void *a, const void *b);
/* What SQL holds as NULL: none date, null id. */
bool value_absent(const m_field *field, const void *value);
const char *choice_name(const m_field *field, m_enum index);
uint64_t value_hash(uint64_t seed, const m_field *field, const void *value);
bool text_contains(m_str text, m_str part, bool at_start_only);

#define HASH_SEED UINT64_C(0xcbf29ce484222325)

#define KEY_MAX 8
typedef struct {
    column columns[KEY_MAX];
    uint32_t count;
} columns;
/* From comma-separated names. */
bool columns_of(const m_type *type, const char *names, columns *out);
int columns_compare(const columns *cs, const void *a, const void *b);
uint64_t columns_hash(const columns *cs, const void *record);

/* One row's place. record NULL: not there (removed or undone). */
typedef struct entry {
    const void *record;
} entry;

/* Hash → entries, open addressing. Stale pairs are allowed: readers compare the record. */
typedef struct {
    uint64_t hash;
    entry *row; /* NULL: free slot */
} slot;
typedef struct {
    slot *slots;
    size_t capacity; /* 0 or a power of two */
    size_t used;
} hashmap;
bool hashmap_add(hashmap *map, uint64_t hash, entry *row);

#define CLAUSES_MAX 4
typedef struct {
    column column;
    bool equal; /* must equal text, else must differ from it */
    m_str text; /* empty: '' or NULL */
} clause;

typedef struct {
    columns columns;
    bool not_empty; /* M_UNIQUE: rows with an empty value are left out */
    clause clauses[CLAUSES_MAX];
    uint32_t clause_count;
    hashmap map;
} unique;

typedef struct table {
    struct table *next;
    m_id tenant;
    const m_type *type;
    columns key;
    column version; /* depth 0: none */
    hashmap by_key;
    unique *uniques;
    uint32_t unique_count;
    bool unsupported; /* an index condition is not understood */
    entry **rows;     /* in order of first insertion */
    size_t count;
    size_t capacity;
} table;

typedef struct {
    entry *row;
    const void *before;
} undo;

struct m_memory_db {
    m_arena *arena;     /* records */
    m_arena *structure; /* tables, entries */
    table *tables;
    size_t used_after_compaction;
    undo *undos;
    size_t undo_count;
    size_t undo_capacity;
    pthread_mutex_t lock; /* guards running and units */
    pthread_cond_t idle;
    struct unit *running;
    struct unit *units;
};

typedef struct unit {
    m_uow uow;
    m_memory_db *db;
    struct unit *next;
    m_id tenant;
    m_uow_mode mode;
    bool running;
    size_t marked; /* undo_count at mark */
} unit;

/* NULL when memory is short. */
table *db_table(m_memory_db *db, m_id tenant, const m_type *type);
entry *table_find(const table *t, const void *record);
/* Make `record` (NULL: removed) what the row with its key holds; remembers how to undo it. The
 * record must live in db->arena. */
bool db_set(m_memory_db *db, table *t, entry *row, const void *record);
entry *table_add(m_memory_db *db, table *t, const void *record);
void db_undo(m_memory_db *db, size_t down_to);
bool db_content_new(m_memory_db *db);
void db_content_free(m_memory_db *db);
/* Between transactions: leave behind the old versions of rows once they are most of the memory. */
void db_compact(m_memory_db *db);
/* The unique index another row would break, or NULL. */
const unique *table_clash(const table *t, const entry *row, const void *record);

/* query.c */
m_status memory_query(m_call *call, const table *t, const m_query *query, const void ***out,
                      uint32_t *out_count);
m_status memory_sum(m_call *call, const table *t, m_sum *sum);
m_status memory_count(m_call *call, const table *t, const m_query *query, uint32_t limit,
                      uint32_t *out);
m_status memory_fetch(void *self, m_call *call, m_fetch *fetches, uint32_t n);

extern const m_store_ops memory_store_ops;
extern const m_uow_ops memory_uow_ops;

#endif
