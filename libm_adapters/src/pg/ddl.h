/* What tables there should be. */
#ifndef M_SRC_PG_DDL_H
#define M_SRC_PG_DDL_H

#include "m_adapters/codec.h"
#include "m_adapters/pg.h"
#include "plan.h"

#pragma GCC visibility push(hidden)

typedef struct {
    const char *name; /* not quoted */
    const char *type; /* as format_type() writes it */
    bool not_null;
    const char *fallback; /* DEFAULT, SQL; NULL: none */
    bool text;            /* compared by bytes */
} pg_want_col;

typedef struct {
    const char *schema; /* with prefix */
    const char *name;
    const char *full;        /* quoted */
    const char *primary_key; /* inside the brackets */
    const char *rights;      /* of bm_app, sorted: "DELETE,INSERT,SELECT,UPDATE" */
    bool tenant;             /* row level security */
    bool monthly;
    bool scratch;      /* as in m_pg_schema */
    const char *relay; /* rights of bm_relay, which sees the rows of all tenants; NULL: none */
    pg_want_col *cols;
    uint16_t col_count;
    const pg_plan *plan; /* its indexes; NULL: none */
} pg_want;

typedef struct {
    pg_want *tables;
    uint32_t count;
    m_date today;
    bool scratch; /* as in m_pg_schema */
    const char *prefix;
} pg_wants;

/* In order of creation: pg's own tables, then those of the types. */
m_status pg_wants_make(const m_pg_schema *schema, m_call *call, pg_wants *out);

/* Statements, each ending with ";\n". */
void pg_ddl_schema(m_buf *b, const char *schema, bool relay);
void pg_ddl_table(m_buf *b, const pg_want *w);
void pg_ddl_column(m_buf *b, const pg_want_col *c); /* definition only */
void pg_ddl_index(m_buf *b, const pg_want *w, const pg_index *x);
/* Is the table to have that index of its plan? */
bool pg_has_index(const pg_want *w, const pg_index *x);
void pg_ddl_security(m_buf *b, const pg_want *w, const char *table);
/* For a table that the relay reads for all tenants. */
void pg_ddl_relay(m_buf *b, const pg_want *w);
void pg_ddl_grants(m_buf *b, const pg_want *w);
/* Months from 2024-01 on: true while there is one. name: of the partition. */
#define PG_PARTITION_NAME 96
uint32_t pg_month_count(m_date today);
void pg_month_name(const pg_want *w, uint32_t month, char out[PG_PARTITION_NAME]);
void pg_ddl_month(m_buf *b, const pg_want *w, uint32_t month);
void pg_ddl_rest(m_buf *b, const pg_want *w); /* the DEFAULT partition */
/* Takes the DEFAULT partition off, and brings it back without its rows of the months from `first`
 * up to `end`, which go where they belong. In one transaction. */
void pg_ddl_rest_apart(m_buf *b, const pg_want *w);
void pg_ddl_rest_back(m_buf *b, const pg_want *w, uint32_t first, uint32_t end);

#pragma GCC visibility pop
#endif
