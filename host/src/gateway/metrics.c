#include "metrics.h"

#include <inttypes.h>

/* Upper bounds of the latency buckets. */
static const int64_t bounds_us[METRICS_BUCKETS] = {500,   1000,   2000,   5000,   10000,   20000,
                                                   50000, 100000, 200000, 500000, 1000000, 5000000};

void metrics_count(metrics *m, route_kind kind, int status, int64_t latency_us)
{
    int class = status / 100;
    if (class < 0 || class > 5) class = 0;
    atomic_fetch_add_explicit(&m->answers[kind][class], 1, memory_order_relaxed);
    int bucket = 0;
    while (bucket < METRICS_BUCKETS && latency_us > bounds_us[bucket])
        bucket++;
    atomic_fetch_add_explicit(&m->latency[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->latency_us_total, (uint64_t)(latency_us > 0 ? latency_us : 0),
                              memory_order_relaxed);
}

void metrics_head(m_buf *out, const char *name, const char *kind, const char *help)
{
    m_buf_format(out, "# HELP business_m_%s %s\n# TYPE business_m_%s %s\n", name, help, name, kind);
}

void metrics_single(m_buf *out, const char *name, const char *kind, const char *help,
                    uint64_t value)
{
    metrics_head(out, name, kind, help);
    m_buf_format(out, "business_m_%s %" PRIu64 "\n", name, value);
}

static void answers_write(const metrics *m, m_buf *out)
{
    metrics_head(out, "http_answers_total", "counter", "Answers by route and status class.");
    for (int kind = 0; kind < ROUTE_COUNT; kind++)
        for (int class = 1; class < 6; class ++) {
            uint64_t n = atomic_load_explicit(&m->answers[kind][class], memory_order_relaxed);
            if (n)
                m_buf_format(out,
                             "business_m_http_answers_total{route=\"%s\",status=\"%dxx\"} %" PRIu64
                             "\n",
                             route_name((route_kind)kind), class, n);
        }
}

static void latency_write(const metrics *m, m_buf *out)
{
    metrics_head(out, "http_latency_seconds", "histogram", "From request to answer.");
    uint64_t sum = 0;
    for (int i = 0; i <= METRICS_BUCKETS; i++) {
        sum += atomic_load_explicit(&m->latency[i], memory_order_relaxed);
        if (i < METRICS_BUCKETS)
            m_buf_format(out,
                         "business_m_http_latency_seconds_bucket{le=\"%" PRId64 ".%06" PRId64
                         "\"} %" PRIu64 "\n",
                         bounds_us[i] / 1000000, bounds_us[i] % 1000000, sum);
    }
    uint64_t total = atomic_load_explicit(&m->latency_us_total, memory_order_relaxed);
    m_buf_format(out, "business_m_http_latency_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", sum);
    m_buf_format(out, "business_m_http_latency_seconds_sum %" PRIu64 ".%06" PRIu64 "\n",
                 total / 1000000, total % 1000000);
    m_buf_format(out, "business_m_http_latency_seconds_count %" PRIu64 "\n", sum);
}

void metrics_write(const metrics *m, const metrics_gauges *g, m_time now, m_buf *out)
{
    answers_write(m, out);
    latency_write(m, out);
    metrics_single(out, "uptime_seconds", "gauge", "Since the host started.",
                   (uint64_t)((now.us - m->started.us) / 1000000));
    metrics_single(out, "http_connections", "gauge", "Open connections.", g->connections);
    metrics_single(out, "http_in_flight", "gauge", "Requests being worked on.", g->in_flight);
    metrics_single(out, "http_refused_total", "counter",
                   "Requests refused before they reached a handler.", g->refused);
    metrics_single(out, "http_slow_clients_total", "counter", "Connections cut for being too slow.",
                   g->dropped_slow);
    metrics_single(out, "queue_reads", "gauge", "Requests waiting for a reader.", g->queued_reads);
    metrics_single(out, "queue_writes", "gauge", "Requests waiting for a writer lane.",
                   g->queued_writes);
    metrics_single(out, "batches_total", "counter", "Transactions of the writer lanes.",
                   g->batches);
    metrics_single(out, "use_cases_total", "counter", "Use cases run in them.", g->use_cases);
    metrics_single(out, "use_cases_refused_total", "counter", "Use cases that ended in a refusal.",
                   g->use_cases_refused);
    metrics_single(out, "batch_reruns_total", "counter",
                   "Transactions that were run again one by one.", g->reruns);
}
