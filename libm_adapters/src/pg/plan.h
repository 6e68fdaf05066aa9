/* A stored type made ready for SQL: columns, keys, indexes, fixed statements. */
#ifndef M_SRC_PG_PLAN_H
#define M_SRC_PG_PLAN_H

#include "pipe.h"

#pragma GCC visibility push(hidden)

#define PG_KEY_MAX     8
#define PG_NAME_MAX    63 /* longest SQL name */
#define PG_COLUMNS_MAX 256

typedef struct {
    const m_field *field; /* the leaf */
    const char *name;     /* flattened: "address_city"; not quoted */
    const char *quoted;
    uint32_t offset; /* in the record, or in its ext block */
    bool ext;
    bool nullable;
    bool key;
} pg_col;

typedef struct {
    pg_col *items;
    uint16_t count;
} pg_cols;

/* An INSERT in two forms, with the same columns in the same order. */
typedef struct {
    pg_sql one;  /* a row: a parameter per column */
    pg_sql many; /* rows: an array per column */
} pg_insert;

/* A list member and its table. */
typedef struct {
    const m_type *type; /* of an item */
    uint32_t offset;    /* of the m_list in the record, or in its ext block */
    bool ext;
    const char *name;  /* table without schema */
    const char *table; /* quoted, with schema */
    pg_cols cols;
    const char *select; /* "t.parent_id,t."item",…" */
    pg_sql insert;      /* $1 tenant, $2 parents, $3 line numbers, $4… columns */
    pg_sql change;      /* the same, of lines that are there */
    pg_sql remove;      /* $1 tenant, $2 parents */
    pg_sql by_parents;  /* the same; gives `select` */
} pg_list;

typedef struct {
    const char *name;
    uint16_t cols[PG_KEY_MAX];
    uint16_t count;
    bool unique;
    bool summary;
    const char *where; /* SQL or NULL */
} pg_index;

typedef struct pg_plan {
    const m_type *type;
    const char *schema; /* with prefix, not quoted */
    const char *name;   /* table without schema */
    const char *table;  /* quoted, with schema */
    bool tenant;        /* has tenant_id */
    bool by_id;
    int version;      /* column, −1: none */
    int posting_date; /* column of monthly types, −1 */
    pg_cols cols;
    uint16_t key[PG_KEY_MAX];
    uint16_t key_count;
    bool has_ext;
    pg_list *lists;
    uint16_t list_count;
    pg_index *indexes;
    uint16_t index_count;
    const char *select; /* "t."id",t."name"" */
    pg_sql by_keys;     /* $1 tenant (if any), then one array per key column */
    pg_insert insert;   /* … then the columns */
    pg_insert put;
    pg_insert accumulate;
    pg_sql update; /* … then arrays, expected versions (if any), then the count of rows */
    pg_sql remove; /* … one array per key column */
    /* state of the running transaction */
    struct pg_entry **dirty;
    uint32_t dirty_count;
    uint32_t dirty_room;
    bool written; /* it has, or had, changes of this type */
    bool flushed; /* … and some have been sent */
    struct pg_plan *next_written;
} pg_plan;

/* Into arena. M_UNSUPPORTED with the reason in *why (in the arena or constant). */
m_status pg_plan_make(const m_type *type, const char *schema_prefix, m_arena *arena, pg_plan *out,
                      const char **why);

/* Where the value of a column is; NULL: no ext block. ext_at is the one of the record's type. */
static inline void *pg_cell(const m_type *type, uint32_t offset, bool ext, const void *record)
{
    char *base = (char *)(uintptr_t)record;
    if (ext) {
        if (!type->ext_at) return NULL;
        memcpy(&base, base + type->ext_at - 1, sizeof base);
        if (!base) return NULL;
    }
    return base + offset;
}

static inline const void *pg_col_get(const pg_plan *plan, uint16_t col, const void *record)
{
    const pg_col *c = &plan->cols.items[col];
    return pg_cell(plan->type, c->offset, c->ext, record);
}

/* NULL when the type has no such column. */
const pg_col *pg_col_find(const pg_cols *cols, m_str name);
/* The field to blame for a broken constraint: never NULL. */
const char *pg_plan_blame(const pg_plan *plan, const char *constraint);

/* "name" and "schema"."name". NULL when memory is short. */
const char *pg_quote(m_arena *arena, const char *name);

#pragma GCC visibility pop
#endif
