/* Inside of an intake: what it knows of each tenant of each producer. */
#ifndef M_SRC_INTAKE_H
#define M_SRC_INTAKE_H

#include <nats/nats.h>

#include "m_adapters/stream_nats.h"

#pragma GCC visibility push(hidden)

/* Only hints: the mark in the database and the producer's own answer decide. */
typedef struct {
    m_id tenant;
    int64_t head; /* known to exist */
    int64_t mark; /* known to be applied */
    bool behind;  /* ask the producer … */
    int64_t ask_at_ms;
    uint32_t failures;
    bool frozen;
    bool named; /* by the producer, in the running comparison */
} tenant_state;

/* Sorted by tenant. */
typedef struct {
    tenant_state *items;
    uint32_t count, room;
} tenant_table;

/* Made when it is not there; NULL: memory. Valid until the next call. */
tenant_state *tenant_of(tenant_table *table, m_id tenant);

/* Ask at that time, or sooner when it was so before. */
void tenant_ask(tenant_state *t, int64_t at_ms);
/* It went wrong: ask again later, pauses grow to half a minute. */
void tenant_failed(tenant_state *t, int64_t now_ms);
/* What taking events of it said. */
void tenant_took(tenant_state *t, const m_take_result *result, int64_t now_ms);

#pragma GCC visibility pop
#endif
