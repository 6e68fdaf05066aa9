/* The outbox of all tenants in one PostgreSQL database, read as the role bm_relay: one statement
 * for a batch, whatever number of tenants there are. */
#ifndef M_ADAPTERS_PG_RELAY_H
#define M_ADAPTERS_PG_RELAY_H

#include "m_adapters/pg.h"
#include "m_adapters/relay.h"

/* conn belongs to the caller and to this source alone. Zero `after` before the first use: it is the
 * tenant served last, so that a busy one does not keep the others waiting. */
typedef struct {
    m_pg_conn *conn;
    m_id after;
} m_pg_relay;

/* relay must live as long as the value. One thread. */
m_relay_source m_pg_relay_source(m_pg_relay *relay);

typedef struct {
    int64_t ready, dead; /* events not taken by all listeners yet, and those given up */
    m_time oldest;       /* of the ready ones; none: there are none */
} m_outbox_stats;
/* Of all tenants. As bm_relay. */
M_MUST_USE m_status m_pg_outbox_stats(m_pg_conn *conn, m_call *call, m_outbox_stats *out);

#endif
