/* Counters of the host in Prometheus' text form. Any thread; relaxed atomics. */
#ifndef HOST_METRICS_H
#define HOST_METRICS_H

#include <stdatomic.h>

#include "m_adapters/codec.h"
#include "route.h"

#define METRICS_BUCKETS 12

typedef struct {
    _Atomic uint64_t answers[ROUTE_COUNT][6];      /* [route][status / 100] */
    _Atomic uint64_t latency[METRICS_BUCKETS + 1]; /* by bucket; the last one is +Inf */
    _Atomic uint64_t latency_us_total;
    m_time started;
} metrics;

void metrics_count(metrics *m, route_kind kind, int status, int64_t latency_us);
/* Values that others keep. */
typedef struct {
    uint64_t connections, in_flight, refused, dropped_slow, queued_reads, queued_writes;
    uint64_t batches, use_cases, use_cases_refused, reruns;
} metrics_gauges;
/* The lines before the values of a family; names get "business_m_" in front. */
void metrics_head(m_buf *out, const char *name, const char *kind, const char *help);
/* A family with one value. */
void metrics_single(m_buf *out, const char *name, const char *kind, const char *help,
                    uint64_t value);
void metrics_write(const metrics *m, const metrics_gauges *gauges, m_time now, m_buf *out);

#endif
