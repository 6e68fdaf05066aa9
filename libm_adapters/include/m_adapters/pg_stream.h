/* The outgoing rows of all tenants in one PostgreSQL database, read as the role bm_relay. */
#ifndef M_ADAPTERS_PG_STREAM_H
#define M_ADAPTERS_PG_STREAM_H

#include "m_adapters/pg.h"
#include "m_adapters/stream.h"

/* conn belongs to the caller and to this source alone. Zero `after` before the first use: it is the
 * tenant published last. */
typedef struct {
    m_pg_conn *conn;
    m_id after;
} m_pg_outgoing;
/* outgoing must live as long as the value. One thread. */
m_outgoing_source m_pg_outgoing_source(m_pg_outgoing *outgoing);

/* Only one process of a database does a thing: true while this connection has the lock of that
 * name; another process gets it when the connection ends. M_OK with *out false: somebody else has
 * it. */
M_MUST_USE m_status m_pg_lock_try(m_pg_conn *conn, m_call *call, const char *name, bool *out);

typedef struct {
    m_id tenant;
    m_consumer_mark mark;
} m_pg_mark;
/* Marks of all tenants for one producer; *out: m_pg_mark, by tenant. As bm_relay. */
M_MUST_USE m_status m_pg_consumer_marks(m_pg_conn *conn, m_call *call, m_str producer, m_list *out);

typedef struct {
    int64_t waiting, dead, parked, discarded; /* letters of all tenants */
    int64_t frozen;                           /* (tenant, producer) pairs */
} m_letter_stats;
M_MUST_USE m_status m_pg_letter_stats(m_pg_conn *conn, m_call *call, m_letter_stats *out);
typedef struct {
    int64_t filling, ready, asked; /* (tenant, type) pairs of m_replica_row */
    m_time oldest_filling;         /* last step of the one that stands longest; none: none */
} m_copy_stats;
/* Tenants with copies; *out: m_id. */
M_MUST_USE m_status m_pg_copy_tenants(m_pg_conn *conn, m_call *call, m_list *out);
M_MUST_USE m_status m_pg_copy_stats(m_pg_conn *conn, m_call *call, m_copy_stats *out);
/* Tenants with letters that are due; *out: m_id, at most `limit`. */
M_MUST_USE m_status m_pg_letters_due(m_pg_conn *conn, m_call *call, uint32_t limit, m_list *out);

#endif
