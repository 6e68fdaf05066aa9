#include "discovery.h"

#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rpc.h"

#define WAIT_MS 200

struct discovery {
    discovery_about about;
    natsSubscription *sub;
    pthread_t thread;
    atomic_bool stopping;
    m_arena *arena;
};

/* ---- what is told ---- */

static void put_member(m_buf *buf, const char *name, const char *value)
{
    m_json_string(buf, m_str_of(name));
    m_buf_text(buf, ":");
    m_json_string(buf, m_str_of(value));
}

static void put_about(m_buf *buf, const discovery_about *about, const char *kind)
{
    m_buf_text(buf, "{");
    put_member(buf, "name", about->service);
    m_buf_text(buf, ",");
    put_member(buf, "id", about->id);
    m_buf_text(buf, ",");
    put_member(buf, "version", about->version);
    m_buf_format(buf, ",\"metadata\":%s,\"type\":\"io.nats.micro.v1.%s_response\"", about->metadata,
                 kind);
}

static const m_rpc_count *count_of(const m_rpc_count *rows, uint32_t n, const char *protocol,
                                   const char *method)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(rows[i].protocol, protocol) == 0 && strcmp(rows[i].method, method) == 0)
            return &rows[i];
    return NULL;
}

static void put_stats(m_buf *buf, const m_rpc_count *row)
{
    static const m_rpc_count none;
    if (!row) row = &none;
    unsigned long long ns = (unsigned long long)row->time_us * 1000;
    m_buf_format(buf, ",\"num_requests\":%llu,\"num_errors\":%llu,", (unsigned long long)row->count,
                 (unsigned long long)row->errors);
    put_member(buf, "last_error", row->last_error);
    m_buf_format(buf, ",\"processing_time\":%llu,\"average_processing_time\":%llu", ns,
                 row->count ? ns / row->count : 0);
}

static void put_endpoints(m_buf *buf, const discovery_about *about, bool with_stats)
{
    m_rpc_count rows[M_RPC_COUNTS];
    uint32_t n = with_stats ? counts_read(about->counts, rows, M_RPC_COUNTS) : 0;
    const char *comma = "";
    m_buf_text(buf, ",\"endpoints\":[");
    for (const m_protocol *const *p = about->protocols; *p; p++)
        for (const m_method *m = (*p)->methods; m->name; m++) {
            m_buf_format(buf,
                         "%s{\"name\":\"%s-%s\",\"subject\":\"rpc.%s.%s.%s\",\"queue_group\":"
                         "\"%s-service\"",
                         comma, (*p)->name, m->name, about->service, (*p)->name, m->name,
                         about->service);
            if (with_stats)
                put_stats(buf, count_of(rows, n, (*p)->name, m->name));
            else
                m_buf_format(buf, ",\"metadata\":{\"contract\":\"%u\"}", (unsigned)(*p)->version);
            m_buf_text(buf, "}");
            comma = ",";
        }
    m_buf_text(buf, "]");
}

/* Takes `word` and the dot before it off the front. */
static bool skip_word(const char **rest, const char *word)
{
    size_t n = strlen(word);
    if (**rest != '.' || strncmp(*rest + 1, word, n) != 0) return false;
    *rest += n + 1;
    return true;
}

/* "$SRV.<VERB>", "$SRV.<VERB>.<name>" or "$SRV.<VERB>.<name>.<id>"; is it for us? */
static bool is_ours(const discovery_about *about, const char *subject, const char *verb)
{
    const char *rest = subject + strlen("$SRV");
    if (!skip_word(&rest, verb)) return false;
    if (!*rest) return true;
    if (!skip_word(&rest, about->service)) return false;
    return !*rest || (skip_word(&rest, about->id) && !*rest);
}

static void answer(discovery *d, natsMsg *message)
{
    const discovery_about *about = &d->about;
    const char *subject = natsMsg_GetSubject(message), *reply = natsMsg_GetReply(message);
    m_buf buf = {.arena = d->arena};
    char started[M_TIME_TEXT];
    if (!reply) return;
    if (is_ours(about, subject, "PING")) {
        put_about(&buf, about, "ping");
    } else if (is_ours(about, subject, "INFO")) {
        put_about(&buf, about, "info");
        m_buf_text(&buf, ",\"description\":\"Business M\"");
        put_endpoints(&buf, about, false);
    } else if (is_ours(about, subject, "STATS")) {
        put_about(&buf, about, "stats");
        m_time_format(about->started, started);
        m_buf_format(&buf, ",\"started\":\"%s\"", started);
        put_endpoints(&buf, about, true);
    } else {
        return;
    }
    m_buf_text(&buf, "}");
    if (!buf.failed)
        natsConnection_Publish(m_nats_connection(about->link), reply, buf.p, (int)buf.n);
}

/* ---- the thread ---- */

static void *listen_and_tell(void *arg)
{
    discovery *d = arg;
    while (!atomic_load(&d->stopping)) {
        natsMsg *message = NULL;
        natsStatus s = natsSubscription_NextMsg(&message, d->sub, WAIT_MS);
        if (s == NATS_OK) {
            answer(d, message);
            natsMsg_Destroy(message);
            m_arena_reset(d->arena);
        } else if (s != NATS_TIMEOUT) {
            usleep(WAIT_MS * 1000);
        }
    }
    return NULL;
}

discovery *discovery_start(const discovery_about *about)
{
    discovery *d = calloc(1, sizeof *d);
    if (!d) return NULL;
    d->about = *about;
    d->arena = m_arena_new(0);
    if (d->arena &&
        natsConnection_SubscribeSync(&d->sub, m_nats_connection(about->link), "$SRV.>") ==
            NATS_OK &&
        pthread_create(&d->thread, NULL, listen_and_tell, d) == 0)
        return d;
    m_nats_retire(d->about.link, d->sub);
    m_arena_free(d->arena);
    free(d);
    return NULL;
}

void discovery_stop(discovery *d)
{
    if (!d) return;
    atomic_store(&d->stopping, true);
    pthread_join(d->thread, NULL);
    m_nats_retire(d->about.link, d->sub);
    m_arena_free(d->arena);
    free(d);
}

/* ---- looking ---- */

static m_str keep(m_arena *arena, natsMsg *message)
{
    size_t n = (size_t)natsMsg_GetDataLength(message);
    char *copy = m_arena_copy(arena, natsMsg_GetData(message), n);
    return copy ? (m_str){copy, n} : (m_str){NULL, 0};
}

uint32_t m_rpc_discover(m_nats *link, const m_rpc_look *look, m_arena *arena, m_str *out,
                        uint32_t max)
{
    char subject[SUBJECT_MAX], inbox[SUBJECT_MAX];
    natsConnection *nc = m_nats_connection(link);
    natsSubscription *sub = NULL;
    uint32_t n = 0;
    int64_t until = rpc_clock_us() + look->wait_ms * 1000, left;
    if (look->service && !rpc_name_valid(look->service)) return 0;
    snprintf(subject, sizeof subject, "$SRV.%s%s%s", look->stats ? "STATS" : "PING",
             look->service ? "." : "", look->service ? look->service : "");
    uint8_t random[8];
    char unique[2 * sizeof random + 1];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(unique, sizeof unique, random, sizeof random);
    snprintf(inbox, sizeof inbox, "%.100s.%s", m_nats_inbox_prefix(link), unique);
    if (natsConnection_SubscribeSync(&sub, nc, inbox) != NATS_OK) return 0;
    natsStatus s = natsConnection_PublishRequest(nc, subject, inbox, "", 0);
    while (s == NATS_OK && n < max && (left = until - rpc_clock_us()) > 0) {
        natsMsg *message = NULL;
        s = natsSubscription_NextMsg(&message, sub, left / 1000 + 1);
        if (s == NATS_OK && (out[n] = keep(arena, message)).n) n++;
        natsMsg_Destroy(message);
    }
    m_nats_retire(link, sub);
    return n;
}
