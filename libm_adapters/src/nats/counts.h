/* Counts per method. Any thread. */
#ifndef NATS_COUNTS_H
#define NATS_COUNTS_H

#include <pthread.h>

#include "m_adapters/rpc.h"

typedef struct {
    pthread_mutex_t lock;
    const m_method *methods[M_RPC_COUNTS]; /* by hash of address and service */
    m_rpc_count rows[M_RPC_COUNTS];
} counts;

void counts_init(counts *c);
void counts_end(counts *c);
typedef struct {
    const char *service; /* must live as long as the counts */
    const m_protocol *protocol;
    const m_method *method;
    m_status status;
    m_str error; /* its code */
    int64_t time_us;
    uint32_t retries;
} counted;
/* When the table is full the method is not counted. */
void counts_add(counts *c, const counted *what);
uint32_t counts_read(counts *c, m_rpc_count *out, uint32_t max);

#endif
