/* PostgreSQL binding of m_store and m_uow, and the keeper of its schema.
 *
 * A unit of work owns one connection and belongs to one thread. The store value is the same for all
 * of them: it finds its connection through call->uow.
 *
 * How records become rows: one table per stored type, columns as field.h says; struct members
 * "<name>_<field>". Ids, dates and times that are empty are NULL, except in keys and in required
 * fields, which are NOT NULL (the null id is stored as zeros there). Everything else is NOT NULL.
 *
 * Reads take one round trip. A write transaction begins with the first read (or at commit): BEGIN,
 * the tenant, the tenant's gate row, then the reads; all writes and COMMIT are one more round trip.
 * Reference types are answered from a cache per connection and tenant as long as the epoch in the
 * gate row is the same. */
#ifndef M_ADAPTERS_PG_H
#define M_ADAPTERS_PG_H

#include "m/store.h"
#include "m/uow.h"

typedef struct {
    const char *dsn;           /* "host=/run/bm dbname=bm user=bm_app" or a URL */
    const char *schema_prefix; /* put before every schema name ("prove_"); NULL: none */
    const m_env *env;          /* log of what goes wrong; NULL: no log */
    /* 0 takes the value in brackets. */
    uint32_t connect_timeout_ms;   /* [2000] */
    uint32_t statement_timeout_ms; /* [5000], kept by the server */
    uint32_t lock_timeout_ms;      /* [2000] */
    uint32_t wait_ms;              /* [30000] longest wait for calls without a deadline */
    size_t uow_bytes;              /* [256 MiB] memory of one transaction */
    size_t cache_bytes;            /* [16 MiB] reference data of one tenant */
} m_pg_options;

/* ---- unit of work and store ---- */

/* Does not connect yet: begin does, and again after a lost connection (then with growing pauses, in
 * which it answers M_UNAVAILABLE at once). The options are copied, env is not. */
M_MUST_USE m_status m_pg_uow_open(const m_pg_options *options, m_uow **out);
/* Rolls back what is open. Accepts NULL. */
void m_pg_uow_close(m_uow *uow);
m_store m_pg_store(void);

/* Records handed out stay until the next begin of the same unit of work; so do the ones of a use
 * case that was refused. */

typedef struct {
    uint64_t round_trips;
    uint64_t statements;
    uint64_t commits;
    uint64_t rows_written;
    uint64_t rows_read;
    uint64_t cache_hits; /* records and query results answered from the reference cache */
    uint64_t reconnects;
} m_pg_stats;
void m_pg_uow_stats(const m_uow *uow, m_pg_stats *out);

/* ---- plain connection for host tools ---- */

typedef struct m_pg_conn m_pg_conn;
/* Connects; M_UNAVAILABLE when that fails. */
M_MUST_USE m_status m_pg_conn_open(const m_pg_options *options, m_call *call, m_pg_conn **out);
void m_pg_conn_close(m_pg_conn *conn);

typedef struct {
    uint32_t rows;
    uint32_t columns;
    uint64_t affected;  /* by INSERT, UPDATE, DELETE */
    const m_str *cells; /* rows × columns, in the call's arena; NULL is {NULL,0} */
} m_pg_result;

static inline m_str m_pg_cell(const m_pg_result *result, uint32_t row, uint32_t column)
{
    return result->cells[(size_t)row * result->columns + column];
}

/* One statement with text parameters ($1 …, NULL: SQL NULL) and text results, in a transaction of
 * its own; with a tenant set for row level security (tenant NULL: none). Text of users must travel
 * as a parameter, never in sql. statement_timeout applies. */
M_MUST_USE m_status m_pg_query(m_pg_conn *conn, m_call *call, const m_id *tenant, const char *sql,
                               const char *const *params, uint32_t n, m_pg_result *out);
/* An id as uuid text, as parameters and results have it: lower case with dashes, zero-terminated.
 * Reading expects such text; SQL NULL and anything too short give what is there and zeros: the null
 * id for nothing. */
#define M_PG_ID_TEXT 37
void m_pg_id_format(m_id id, char out[M_PG_ID_TEXT]);
m_id m_pg_id_of(m_str text);
/* Several statements without parameters or results, in one transaction unless they say otherwise.
 */
M_MUST_USE m_status m_pg_script(m_pg_conn *conn, m_call *call, const char *sql);

/* ---- roles, database, schema ---- */

/* As a superuser connected to any database: roles bm_owner, bm_app, bm_relay (login, no password),
 * the database (UTF-8, C.UTF-8) owned by bm_owner, no rights for PUBLIC. What exists stays. */
M_MUST_USE m_status m_pg_bootstrap(m_pg_conn *conn, m_call *call, const char *database);
/* As a superuser connected to that database: no rights for PUBLIC in its schema "public". */
M_MUST_USE m_status m_pg_bootstrap_database(m_pg_conn *conn, m_call *call);

/* A table that is new in a database with rows already is filled from another one: of each tenant
 * the row `columns` (SQL, in the order of the type's fields), grouped by `group_by`. */
typedef struct {
    const m_type *type;
    const m_type *from;
    const char *columns;
    const char *group_by;
} m_pg_fill;

typedef struct {
    const m_type *const *types; /* stored types, no duplicates */
    uint32_t count;
    const char *schema_prefix; /* as in m_pg_options */
    m_date today;              /* partitions by month reach from 2024-01 to 15 months after it */
    const m_pg_fill *fills;    /* ends with a NULL type; NULL: none */
    /* Tables for a while, written once and read once: no write-ahead log, so empty after a crash,
     * no partitions; what is only added to has its unique indexes alone. */
    bool scratch;
} m_pg_schema;

/* The whole schema as SQL for an empty database. M_UNSUPPORTED: a type cannot be stored (the detail
 * says why). */
M_MUST_USE m_status m_pg_ddl(const m_pg_schema *schema, m_call *call, m_str *out_sql);

typedef enum {
    M_PG_CHECK, /* compare only */
    M_PG_PRINT, /* same, for people: nothing is applied */
    M_PG_APPLY  /* make the differences go away, in one transaction */
} m_pg_migrate_mode;

typedef struct {
    m_str sql;         /* what was or would be applied; empty: nothing to do */
    m_str refused;     /* differences that need a hand-written step, one line each */
    uint32_t steps;    /* statements groups in sql */
    int64_t last_step; /* number of the newest row in m.migration */
} m_pg_migration;

/* As bm_owner. Forward only: new schemas, tables (filled as declared), columns, indexes,
 * partitions. Anything else (a
 * type that changed, a column that is not declared any more) is listed in `refused` and APPLY then
 * answers M_PRECONDITION and changes nothing. CHECK answers M_OK; look at sql and refused. Applied
 * steps are kept with text and checksum in m.migration. */
M_MUST_USE m_status m_pg_migrate(m_pg_conn *conn, m_call *call, const m_pg_schema *schema,
                                 m_pg_migrate_mode mode, m_pg_migration *out);

#endif
