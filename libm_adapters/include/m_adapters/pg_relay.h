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

#endif
