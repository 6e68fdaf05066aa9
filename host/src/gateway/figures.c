#include "figures.h"

#include <inttypes.h>

#include "metrics.h"

static void line(m_buf *out, const char *name, const char *label, const char *value, uint64_t n)
{
    m_buf_format(out, "business_m_%s{%s=\"%s\"} %" PRIu64 "\n", name, label, value, n);
}

static uint64_t positive(int64_t n)
{
    return n > 0 ? (uint64_t)n : 0;
}

/* Seconds from then to now; none: 0. */
static uint64_t age_s(m_time then, m_time now)
{
    return then.us > 0 ? positive((now.us - then.us) / 1000000) : 0;
}

/* ---- questions ---- */

typedef enum { COUNT, ERRORS, SECONDS, LONGEST, RETRIES } count_part;

static void count_line(m_buf *out, const char *name, count_part part, const m_rpc_count *row)
{
    m_buf_format(out, "business_m_%s{service=\"%s\",protocol=\"%s\",method=\"%s\"} ", name,
                 row->service, row->protocol, row->method);
    uint64_t us = part == SECONDS ? row->time_us : row->longest_us;
    uint64_t n = part == COUNT ? row->count : part == ERRORS ? row->errors : row->retries;
    if (part == SECONDS || part == LONGEST)
        m_buf_format(out, "%" PRIu64 ".%06" PRIu64 "\n", us / 1000000, us % 1000000);
    else
        m_buf_format(out, "%" PRIu64 "\n", n);
}

typedef struct {
    const char *name, *kind, *help;
    count_part part;
} count_family;

static void counts_write(const count_family *families, size_t n, const m_rpc_count *rows,
                         uint32_t count, m_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        metrics_head(out, families[i].name, families[i].kind, families[i].help);
        for (uint32_t k = 0; k < count; k++)
            count_line(out, families[i].name, families[i].part, &rows[k]);
    }
}

static void asked_write(const figures *f, m_buf *out)
{
    static const count_family families[] = {
        {"rpc_asked_total", "counter", "Questions to other processes.", COUNT},
        {"rpc_asked_errors_total", "counter", "Of these, answered with an error or not.", ERRORS},
        {"rpc_asked_seconds_total", "counter", "Time until they were answered.", SECONDS},
        {"rpc_asked_seconds_max", "gauge", "The longest since the start.", LONGEST},
        {"rpc_asked_retries_total", "counter", "Questions that were sent again.", RETRIES},
    };
    counts_write(families, sizeof families / sizeof families[0], f->asked, f->asked_count, out);
}

static void answered_write(const figures *f, m_buf *out)
{
    static const count_family families[] = {
        {"rpc_answered_total", "counter", "Questions of other processes.", COUNT},
        {"rpc_answered_errors_total", "counter", "Of these, answered with an error.", ERRORS},
        {"rpc_answered_seconds_total", "counter", "Time from taking to answering them.", SECONDS},
        {"rpc_answered_seconds_max", "gauge", "The longest since the start.", LONGEST},
    };
    counts_write(families, sizeof families / sizeof families[0], f->answered, f->answered_count,
                 out);
}

static void server_write(const m_rpc_server_stats *s, m_buf *out)
{
    const char *name = "rpc_turned_away_total";
    metrics_head(out, name, "counter", "Questions that were not answered, by reason.");
    line(out, name, "reason", "unsigned", s->refused);
    line(out, name, "reason", "replayed", s->replayed);
    line(out, name, "reason", "expired", s->expired);
    line(out, name, "reason", "unknown", s->unknown);
    metrics_single(out, "rpc_running", "gauge", "Questions taken and not answered yet.",
                   s->running);
}

static void breakers_write(const figures *f, m_buf *out)
{
    metrics_head(out, "rpc_breaker_open", "gauge",
                 "1: the service is not asked for a while, because it did not answer.");
    for (uint32_t i = 0; i < f->service_count; i++)
        line(out, "rpc_breaker_open", "service", f->services[i].name, f->services[i].open);
    metrics_head(out, "rpc_breaker_failures", "gauge", "Failures in a row.");
    for (uint32_t i = 0; i < f->service_count; i++)
        line(out, "rpc_breaker_failures", "service", f->services[i].name, f->services[i].failures);
}

static void broker_write(const m_nats_stats *s, m_buf *out)
{
    metrics_single(out, "broker_connected", "gauge", "1: the link to the broker is up.",
                   s->connected);
    metrics_single(out, "broker_connects_total", "counter", "Times it came up.", s->connects);
    metrics_single(out, "broker_permission_violations_total", "counter",
                   "What the broker forbade: a service without its rights is deaf.",
                   s->permission_violations);
    metrics_single(out, "broker_slow_consumer_total", "counter",
                   "Times messages were dropped because nobody took them.", s->slow_consumers);
    metrics_head(out, "broker_messages_total", "counter", "Messages over the link.");
    line(out, "broker_messages_total", "direction", "in", s->messages_in);
    line(out, "broker_messages_total", "direction", "out", s->messages_out);
    metrics_head(out, "broker_bytes_total", "counter", "Their bytes.");
    line(out, "broker_bytes_total", "direction", "in", s->bytes_in);
    line(out, "broker_bytes_total", "direction", "out", s->bytes_out);
}

/* ---- events ---- */

static void listening_write(const figures_listening *l, m_time now, m_buf *out)
{
    metrics_single(out, "listeners_delivered_total", "counter",
                   "Events that a listener of this process took.", l->delivered);
    metrics_single(out, "listeners_failed_total", "counter",
                   "Times one could not, and is tried again.", l->failed);
    metrics_single(out, "outbox_waiting", "gauge", "Events that wait for listeners here.",
                   positive(l->waiting.ready));
    metrics_single(out, "outbox_oldest_seconds", "gauge", "Age of the oldest of them.",
                   age_s(l->waiting.oldest, now));
    metrics_single(out, "outbox_dead", "gauge", "Events given up: somebody has to look.",
                   positive(l->waiting.dead));
}

static void leaving_write(const figures_leaving *l, m_time now, m_buf *out)
{
    metrics_single(out, "relay_here", "gauge", "1: this process sends the events of its database.",
                   l->here);
    metrics_single(out, "relay_sent_total", "counter", "Events the broker took.", l->sent);
    metrics_single(out, "relay_failed_total", "counter", "Rounds that failed.", l->failed);
    if (!l->here) return;
    metrics_single(out, "relay_backlog", "gauge", "Events not sent yet.",
                   positive(l->rows.backlog));
    metrics_single(out, "relay_oldest_seconds", "gauge", "Age of the oldest of them.",
                   age_s(l->rows.oldest_unsent, now));
    metrics_single(out, "relay_rows", "gauge", "Events kept for those who go back.",
                   positive(l->rows.rows));
    metrics_single(out, "relay_slowest_reader", "gauge",
                   "Events that the slowest consumer has not told us of.",
                   positive(l->rows.slowest_reader));
}

static void letters_write(const m_letter_stats *s, m_buf *out)
{
    metrics_head(out, "letters", "gauge", "Events of other processes that a listener refused.");
    line(out, "letters", "state", "waiting", positive(s->waiting));
    line(out, "letters", "state", "dead", positive(s->dead));
    line(out, "letters", "state", "parked", positive(s->parked));
    line(out, "letters", "state", "discarded", positive(s->discarded));
    metrics_single(out, "stream_frozen", "gauge",
                   "Tenants whose producer was set back: somebody has to look.",
                   positive(s->frozen));
}

static void copies_write(const m_copy_stats *s, m_time now, m_buf *out)
{
    metrics_head(out, "copies", "gauge", "Kinds of documents copied from others, by state.");
    line(out, "copies", "state", "filling", positive(s->filling));
    line(out, "copies", "state", "ready", positive(s->ready));
    line(out, "copies", "state", "asked", positive(s->asked));
    metrics_single(out, "copies_filling_seconds", "gauge",
                   "Since the last step of a filling that is not done.",
                   age_s(s->oldest_filling, now));
}

typedef enum { LAG, STALE, BEHIND, RECEIVED, APPLIED, UNANSWERED } intake_part;

static uint64_t intake_figure(const figures_arriving *a, uint32_t i, intake_part part, m_time now)
{
    const m_intake_stats *s = &a->producers[i];
    switch (part) {
    case LAG:
        return positive(s->lag);
    case STALE:
        return age_s(a->behind_since[i], now);
    case BEHIND:
        return s->behind;
    case RECEIVED:
        return s->received;
    case APPLIED:
        return s->applied;
    default:
        return s->failed;
    }
}

static void arriving_write(const figures_arriving *a, m_time now, m_buf *out)
{
    static const struct {
        const char *name, *kind, *help;
        intake_part part;
    } families[] = {
        {"stream_lag", "gauge", "Events known to exist and not applied yet.", LAG},
        {"stream_stale_seconds", "gauge",
         "For how long some have been missing: the age of what is copied.", STALE},
        {"stream_tenants_behind", "gauge", "Tenants that miss some.", BEHIND},
        {"stream_received_total", "counter", "Messages of the broker.", RECEIVED},
        {"stream_applied_total", "counter", "Events applied.", APPLIED},
        {"stream_unanswered_total", "counter", "Times the producer did not tell what was missing.",
         UNANSWERED},
    };
    metrics_single(out, "stream_here", "gauge", "1: this process takes events for its database.",
                   a->here);
    if (!a->here) return;
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
        metrics_head(out, families[f].name, families[f].kind, families[f].help);
        for (uint32_t i = 0; i < a->producer_count; i++)
            line(out, families[f].name, "producer", a->producers[i].producer,
                 intake_figure(a, i, families[f].part, now));
    }
    letters_write(&a->letters, out);
    copies_write(&a->copies, now, out);
}

void figures_write(const figures *f, m_time now, m_buf *out)
{
    listening_write(&f->listening, now, out);
    if (!f->among_others) return;
    broker_write(&f->broker, out);
    asked_write(f, out);
    answered_write(f, out);
    server_write(&f->server, out);
    breakers_write(f, out);
    leaving_write(&f->leaving, now, out);
    arriving_write(&f->arriving, now, out);
}
