/* One libpq connection: connects when needed, runs pipelines under a deadline, keeps prepared
 * statements. One thread. */
#ifndef M_SRC_PG_CONN_H
#define M_SRC_PG_CONN_H

#include "m_adapters/pg.h"
#include "pipe.h"

#pragma GCC visibility push(hidden)

#define PG_STATEMENTS_MAX 512 /* prepared on one connection */

typedef struct pg_stmt {
    pg_sql sql; /* own copy of the text */
    char name[16];
    enum { PG_STMT_NEW, PG_STMT_SENT, PG_STMT_READY } state;
    uint64_t used_at; /* tick of the last run */
} pg_stmt;

/* What the server said went wrong first. */
typedef struct {
    bool seen;
    char state[6];
    char constraint[64];
    char table[64];
    char column[64];
    bool stale_plan; /* the prepared statement must be made again */
    const pg_step *step;
} pg_fault;

struct m_pg_conn {
    m_pg_options options; /* strings are own copies, defaults filled in */
    m_arena *arena;       /* those */
    bool for_store; /* settings for short keyed statements, read-only unless begun otherwise */
    PGconn *pg;     /* NULL: not connected */
    pg_stmt *slots[2 * PG_STATEMENTS_MAX]; /* open addressing by hash */
    uint32_t stmt_count;
    uint64_t next_name;
    uint64_t tick;
    char closing[PG_STATEMENTS_MAX][16]; /* names to deallocate with the next pipeline */
    uint32_t closing_count;
    int64_t retry_at_us; /* no attempt to connect before; monotonic */
    uint32_t pause_ms;
    pg_fault fault;
    bool busy_flush; /* bytes are still to be sent */
    bool must_last;  /* a transaction is open: its statements must never run on a new connection */
    m_pg_stats stats;
};

m_status pg_conn_new(const m_pg_options *options, bool for_store, m_pg_conn **out);
void pg_conn_free(m_pg_conn *conn);
/* Connect when there is no connection. */
m_status pg_conn_ready(m_pg_conn *conn, m_call *call);
/* Close; everything prepared is forgotten. */
void pg_conn_drop(m_pg_conn *conn);
/* Is a transaction open on the server (failed ones too)? */
bool pg_conn_in_transaction(const m_pg_conn *conn);

/* Sends the pipeline, calls the handlers in order, drains. The first failure decides the status and
 * fills call->error; conn->fault has the details. call may be NULL. After M_UNAVAILABLE and
 * M_TIMEOUT the connection may be gone. */
m_status pg_run(m_pg_conn *conn, m_call *call, pg_pipe *pipe);
/* The same for a pipeline that may be made twice (nothing of the transaction has run before and it
 * does not commit): a lost connection or an outdated plan is repaired and it runs once more. */
m_status pg_run_repeatable(m_pg_conn *conn, m_call *call, pg_pipe *pipe);

/* One statement outside of pipelines, text parameters and text results (out given), or several
 * statements without either. */
m_status pg_exec(m_pg_conn *conn, m_call *call, const char *sql, const char *const *params,
                 uint32_t n, PGresult **out);

void pg_log(const m_pg_conn *conn, const char *level, const char *event, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* fault.c: the status of conn->fault, told to the call (may be NULL). */
m_status pg_fault_tell(const m_pg_conn *conn, m_call *call);
void pg_fault_note(m_pg_conn *conn, const pg_step *step, const PGresult *result);

#pragma GCC visibility pop
#endif
