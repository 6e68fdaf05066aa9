/* Inside of the PostgreSQL unit of work.
 *
 * All that a transaction knows about one row is its entry in the identity map: the record as use
 * cases see it, the record as the database has it, and what is to be written. Records are immutable
 * once they are in an entry; changes before the commit are undone by putting old entries back. */
#ifndef M_SRC_PG_UOW_H
#define M_SRC_PG_UOW_H

#include "conn.h"
#include "plan.h"

#pragma GCC visibility push(hidden)

typedef enum { PG_NONE, PG_INSERT, PG_UPDATE, PG_PUT, PG_ADD, PG_REMOVE } pg_op;

/* What undo gives back. */
typedef struct {
    pg_op op;
    bool known;        /* seen says what there is (NULL: nothing) */
    const void *seen;  /* as use cases see it */
    const void *base;  /* as the database has it; NULL: nothing or not known */
    const void *added; /* PG_ADD: the row to add */
    int64_t expected;  /* PG_UPDATE: version in the database */
} pg_row;

typedef struct pg_entry {
    pg_plan *plan;
    uint64_t hash;
    const uint8_t *key;
    uint32_t key_n;
    bool listed;  /* in plan->dirty */
    bool loading; /* asked for by the running pipeline */
    pg_row row;
} pg_entry;

typedef struct {
    pg_entry *entry;
    pg_row before;
} pg_undo;

/* Hash table of pointers, open addressing. The item type brings its hash and its equality. */
typedef struct {
    void **slots;
    size_t capacity; /* 0 or a power of two */
    size_t count;
} pg_table;
/* A slot holding the item for which `same` is true, or an empty one; NULL: no memory to grow. */
typedef bool (*pg_same_fn)(const void *item, const void *key);
typedef uint64_t (*pg_hash_fn)(const void *item);
void **pg_table_slot(pg_table *table, uint64_t hash, pg_same_fn same, const void *key,
                     pg_hash_fn hash_of);
void pg_table_clear(pg_table *table);
void pg_table_free(pg_table *table);

/* ---- reference cache (cache.c) ---- */

typedef struct {
    const m_type *type;
    uint64_t hash;
    const uint8_t *key; /* of the row, or text and parameters of a query */
    uint32_t key_n;
    uint32_t count; /* queries */
    bool is_query;
    const void *record;   /* rows: NULL: there is none */
    const void **records; /* queries */
} pg_cached;

typedef struct {
    m_id tenant;
    bool used;
    bool gate_exists;
    bool valid; /* epoch is known */
    bool full;  /* takes nothing more until it is cleared at a begin */
    int64_t epoch;
    uint64_t used_at;
    m_arena *arena;
    pg_table items;
} pg_cache;

#define PG_CACHES 32 /* tenants of one connection */

void pg_cache_clear(pg_cache *cache);
const pg_cached *pg_cache_find(pg_cache *cache, const m_type *type, bool is_query,
                               const uint8_t *key, uint32_t key_n, uint64_t hash);
/* Deep copies. Quietly does nothing when the cache is full. */
void pg_cache_row(pg_cache *cache, const m_type *type, const uint8_t *key, uint32_t key_n,
                  uint64_t hash, const void *record);
void pg_cache_query(pg_cache *cache, const m_type *type, const uint8_t *key, uint32_t key_n,
                    uint64_t hash, const void *const *records, const pg_entry *const *entries,
                    uint32_t count);

/* ---- the unit of work ---- */

#define PG_UOW_MAGIC 0x6d706775u

typedef struct {
    m_uow uow; /* first */
    uint32_t magic;
    m_pg_conn *conn;
    pg_pipe pipe;
    m_arena *arena; /* of the transaction; emptied at begin */
    m_arena *plan_arena;
    pg_table plans; /* by m_type pointer */
    pg_cache caches[PG_CACHES];
    uint64_t begins;
    uint64_t replan_at; /* begins */
    /* running transaction */
    bool open;
    bool started;  /* the prologue has run */
    bool broken;   /* the database refused something: only rollback helps */
    bool sent_own; /* writes made since mark have left */
    bool wrote;    /* there is something to commit */
    bool flushing; /* the pipeline being put together holds rows */
    bool epoch_changes;
    m_uow_mode mode;
    m_id tenant;
    pg_cache *cache;
    int64_t epoch; /* as read by the prologue; −1: there was no gate row */
    pg_table entries;
    pg_plan *written; /* types with changes */
    pg_undo *undos;
    uint32_t undo_count;
    uint32_t undo_room;
    /* results of the reads announced at begin */
    pg_table memo;
} pg_uow;

/* The pg unit of work of the call, checked: open, same tenant, not broken. */
m_status pg_uow_of(m_call *call, pg_uow **out);
m_status pg_uow_plan(pg_uow *u, m_call *call, const m_type *type, pg_plan **out);

/* Key bytes of a record (or of an id); into buffer if they fit, else into the arena. NULL: memory.
 */
#define PG_KEY_BYTES 160
const uint8_t *pg_key_of(pg_uow *u, const pg_plan *plan, const void *record,
                         uint8_t buffer[PG_KEY_BYTES], uint32_t *n);
pg_entry *pg_entry_find(pg_uow *u, const pg_plan *plan, const uint8_t *key, uint32_t n);
/* Makes it when it is not there. NULL: memory. */
pg_entry *pg_entry_get(pg_uow *u, pg_plan *plan, const uint8_t *key, uint32_t n);
uint64_t pg_key_hash(const pg_plan *plan, const uint8_t *key, uint32_t n);

/* ---- pipelines ---- */

/* Puts BEGIN, tenant, gate in front when they have not run yet. */
m_status pg_add_prologue(pg_uow *u, m_call *call);
/* Runs u->pipe; a failure breaks the transaction. */
m_status pg_uow_run(pg_uow *u, m_call *call);
/* The cache agrees with the epoch (empties it when not). True when it had to be emptied. */
bool pg_settle_cache(pg_uow *u);

/* flush.c: steps for all pending rows of the type, whose entries then count as written. */
m_status pg_flush(pg_uow *u, m_call *call, pg_plan *plan);

/* store.c: a copy of `to` with the summed fields of `more` added. */
m_status pg_row_add(pg_uow *u, m_call *call, const pg_plan *plan, const void *to, const void *more,
                    const void **out);

/* fetch.c */
m_status pg_fetch(pg_uow *u, m_call *call, m_fetch *fetches, uint32_t n);

/* query.c: the statement for a query; parameters go to the pipe. */
typedef enum { PG_Q_ROWS, PG_Q_COUNT } pg_q_kind;
typedef struct {
    pg_sql rows;   /* records, or the count */
    pg_sql *lists; /* one per list of the plan; NULL: none wanted */
} pg_query_sql;
m_status pg_query_make(pg_uow *u, m_call *call, const pg_plan *plan, const m_query *query,
                       pg_q_kind kind, uint32_t limit, pg_query_sql *out);
m_status pg_sum_make(pg_uow *u, m_call *call, const pg_plan *plan, const m_sum *sum, pg_sql *out,
                     uint16_t *group, uint16_t *group_count);

/* rows.c: result rows to records. */
/* A blank record: zeros, ext block. NULL: memory. */
void *pg_blank(m_arena *arena, const m_type *type);
m_status pg_row_decode(const pg_plan *plan, const PGresult *result, int row, void *record);
m_status pg_item_decode(const pg_list *list, const PGresult *result, int row, void *item);

uint32_t pg_reads(m_uow *uow, m_arena *arena, m_fetch *out, uint32_t max);
extern const m_uow_ops pg_uow_ops;
extern const m_store_ops pg_store_ops;

#pragma GCC visibility pop
#endif
