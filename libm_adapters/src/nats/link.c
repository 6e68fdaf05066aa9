#include "link.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "loop.h"
#include "m_adapters/nkey.h"

#define TEXT_MAX         256
#define PING_MS          5000
#define PINGS_OUT        2
#define RECONNECT_MS     100
#define JITTER_MS        100
#define WRITE_MS         2000
#define CONNECT_MS       2000
#define CLOSE_WAIT_MS    5000
#define PENDING_MESSAGES 65536
#define SPINS            20 /* of its locks; by default they burn time that others could use */
#define REFUSALS         3

#define RETIRED_MAX 256 /* subscriptions that wait to be freed */
#define RETIRED_S   10

typedef struct {
    natsSubscription *sub;
    time_t since;
} retired;

struct m_nats {
    natsConnection *connection;
    loop *loop; /* with TLS */
    const m_env *env;
    void (*closed)(void *arg);
    void *closed_arg;
    char inbox_prefix[TEXT_MAX];
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    bool let_go; /* the engine calls us no more */
    bool closing;
    m_nats_stats stats;
    retired retired[RETIRED_MAX]; /* a ring */
    uint32_t retired_first, retired_count;
};

static void say(const m_nats *link, const char *level, const char *event, const char *detail)
{
    if (link->env) link->env->log(link->env->self, level, event, detail);
}

static bool wait_until(m_nats *link, const struct timespec *until)
{
    return pthread_cond_timedwait(&link->changed, &link->lock, until) != ETIMEDOUT;
}

static struct timespec after_ms(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t ns = t.tv_nsec + ms % 1000 * 1000000;
    t.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
    t.tv_nsec = (long)(ns % 1000000000);
    return t;
}

/* ---- what the engine tells us, on threads of its own ---- */

static void on_connected(natsConnection *connection, void *arg)
{
    (void)connection;
    m_nats *link = arg;
    pthread_mutex_lock(&link->lock);
    link->stats.connects++;
    pthread_cond_broadcast(&link->changed);
    pthread_mutex_unlock(&link->lock);
    say(link, "info", "nats.connected", "");
}

static void on_disconnected(natsConnection *connection, void *arg)
{
    (void)connection;
    m_nats *link = arg;
    pthread_mutex_lock(&link->lock);
    link->stats.disconnects++;
    bool closing = link->closing;
    pthread_mutex_unlock(&link->lock);
    if (!closing) say(link, "warn", "nats.disconnected", "");
}

static void on_closed(natsConnection *connection, void *arg)
{
    (void)connection;
    m_nats *link = arg;
    pthread_mutex_lock(&link->lock);
    bool closing = link->closing;
    link->stats.closed = true;
    pthread_cond_broadcast(&link->changed);
    pthread_mutex_unlock(&link->lock);
    if (!closing) say(link, "error", "nats.closed", "The broker refuses us; this link is over.");
    if (!closing && link->closed) link->closed(link->closed_arg);
    pthread_mutex_lock(&link->lock);
    link->let_go = true;
    pthread_cond_broadcast(&link->changed);
    pthread_mutex_unlock(&link->lock);
}

static void on_error(natsConnection *connection, natsSubscription *sub, natsStatus error, void *arg)
{
    (void)sub;
    m_nats *link = arg;
    const char *text = NULL;
    char detail[sizeof link->stats.last_error];
    if (error == NATS_NOT_PERMITTED) natsConnection_GetLastError(connection, &text);
    snprintf(detail, sizeof detail, "%s", text && *text ? text : natsStatus_GetText(error));
    pthread_mutex_lock(&link->lock);
    if (error == NATS_NOT_PERMITTED)
        link->stats.permission_violations++;
    else if (error == NATS_SLOW_CONSUMER)
        link->stats.slow_consumers++;
    else
        link->stats.other_errors++;
    memcpy(link->stats.last_error, detail, sizeof detail);
    pthread_mutex_unlock(&link->lock);
    say(link, "error", error == NATS_NOT_PERMITTED ? "nats.not_permitted" : "nats.error", detail);
}

/* ---- options ---- */

static bool readable(const char *path)
{
    return access(path, R_OK) == 0;
}

/* First line of a small file. */
static bool read_line(const char *path, char *line, size_t size)
{
    FILE *file = fopen(path, "re");
    if (!file) return false;
    bool got = fgets(line, (int)size, file) != NULL;
    fclose(file);
    if (got) line[strcspn(line, "\r\n")] = 0;
    return got;
}

static natsStatus set_password(natsOptions *o, const m_nats_options *in, const char **why)
{
    char password[TEXT_MAX];
    *why = "The password file cannot be read.";
    if (!in->password_file || !read_line(in->password_file, password, sizeof password))
        return NATS_INVALID_ARG;
    natsStatus s = natsOptions_SetUserInfo(o, in->user, password);
    explicit_bzero(password, sizeof password);
    return s;
}

static natsStatus set_nkey(natsOptions *o, const m_nats_options *in, const char **why)
{
    char seed[TEXT_MAX], public_key[M_NKEY_PUBLIC];
    *why = "The nkey seed file cannot be read.";
    if (!read_line(in->nkey_seed_file, seed, sizeof seed)) return NATS_INVALID_ARG;
    m_status status = m_nkey_public(m_str_of(seed), public_key);
    explicit_bzero(seed, sizeof seed);
    *why = "The nkey seed file holds no seed.";
    if (status != M_OK) return NATS_INVALID_ARG;
    return natsOptions_SetNKeyFromSeed(o, public_key, in->nkey_seed_file);
}

static bool wants_tls(const m_nats_options *in)
{
    return in->ca_file || in->cert_file || strncmp(in->url, "tls://", 6) == 0;
}

static natsStatus set_tls(natsOptions *o, const m_nats_options *in, const char **why)
{
    if (!wants_tls(in)) return NATS_OK;
    *why = "A TLS file cannot be read.";
    natsStatus s = natsOptions_SetSecure(o, true);
    if (s == NATS_OK && in->ca_file)
        s = readable(in->ca_file) ? natsOptions_LoadCATrustedCertificates(o, in->ca_file)
                                  : NATS_INVALID_ARG;
    if (s == NATS_OK && in->cert_file)
        s = in->key_file && readable(in->cert_file) && readable(in->key_file)
                ? natsOptions_LoadCertificatesChain(o, in->cert_file, in->key_file)
                : NATS_INVALID_ARG;
    return s;
}

static natsStatus set_identity(natsOptions *o, const m_nats_options *in, const char **why)
{
    natsStatus s = natsOptions_SetName(o, in->name ? in->name : "business-m");
    if (s == NATS_OK && in->inbox_prefix) {
        *why = "The inbox prefix is wrong.";
        s = natsOptions_SetCustomInboxPrefix(o, in->inbox_prefix);
    }
    if (s == NATS_OK && in->user) s = set_password(o, in, why);
    if (s == NATS_OK && in->nkey_seed_file) s = set_nkey(o, in, why);
    if (s == NATS_OK) s = set_tls(o, in, why);
    return s;
}

/* A list of addresses: the engine takes one by one. */
static natsStatus set_url(natsOptions *o, const char *url)
{
    const char *servers[16];
    int n = 0;
    char *text = strdup(url), *rest = text, *one;
    if (!text) return NATS_NO_MEMORY;
    while ((one = strsep(&rest, ",")) && n < 16)
        if (*one) servers[n++] = one;
    natsStatus s = n ? natsOptions_SetServers(o, servers, n) : NATS_INVALID_ARG;
    free(text);
    return s;
}

/* Nothing is buffered while the link is down (a caller who gave up must not be served later), it
 * never gives up, and writes go out at once: without that each message waits a millisecond. */
static natsStatus set_conduct(natsOptions *o, const m_nats_options *in)
{
    int64_t connect_ms = in->connect_timeout_ms > 0 ? in->connect_timeout_ms : CONNECT_MS;
    natsStatus s = natsOptions_SetReconnectBufSize(o, 0);
    if (s == NATS_OK) s = natsOptions_SetSendAsap(o, true);
    if (s == NATS_OK) s = natsOptions_SetMaxReconnect(o, -1);
    if (s == NATS_OK) s = natsOptions_SetReconnectWait(o, RECONNECT_MS);
    if (s == NATS_OK) s = natsOptions_SetReconnectJitter(o, JITTER_MS, JITTER_MS);
    if (s == NATS_OK) s = natsOptions_SetPingInterval(o, PING_MS);
    if (s == NATS_OK) s = natsOptions_SetMaxPingsOut(o, PINGS_OUT);
    if (s == NATS_OK) s = natsOptions_SetTimeout(o, connect_ms);
    if (s == NATS_OK) s = natsOptions_SetWriteDeadline(o, WRITE_MS);
    if (s == NATS_OK) s = natsOptions_SetMaxPendingMsgs(o, PENDING_MESSAGES);
    return s;
}

static natsStatus set_callbacks(natsOptions *o, m_nats *link)
{
    natsStatus s = natsOptions_SetReconnectedCB(o, on_connected, link);
    if (s == NATS_OK) s = natsOptions_SetDisconnectedCB(o, on_disconnected, link);
    if (s == NATS_OK) s = natsOptions_SetClosedCB(o, on_closed, link);
    if (s == NATS_OK) s = natsOptions_SetErrorHandler(o, on_error, link);
    return s;
}

/* ---- life ---- */

static void init_lock(m_nats *link)
{
    pthread_condattr_t attr;
    pthread_mutex_init(&link->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&link->changed, &attr);
    pthread_condattr_destroy(&attr);
}

static void free_link(m_nats *link)
{
    loop_free(link->loop);
    pthread_cond_destroy(&link->changed);
    pthread_mutex_destroy(&link->lock);
    free(link);
}

static m_status connect_status(natsStatus s, const char **why)
{
    if (s == NATS_NO_MEMORY) return M_NOMEM;
    if (s == NATS_CONNECTION_AUTH_FAILED) {
        *why = "The broker refuses these credentials.";
        return M_UNAUTHORIZED;
    }
    if (s == NATS_SSL_ERROR || s == NATS_SECURE_CONNECTION_WANTED ||
        s == NATS_SECURE_CONNECTION_REQUIRED) {
        *why = "TLS with the broker failed.";
        return M_UNAUTHORIZED;
    }
    return M_INVALID;
}

/* libnats before 3.10 forgets a signature that begins with a zero byte, so the broker refuses one
 * good key in 256 (nats.c #705). Another try signs something else. */
static natsStatus connect_signed(m_nats *link, natsOptions *o)
{
    natsStatus s = NATS_CONNECTION_AUTH_FAILED;
    for (int i = 0; i < REFUSALS && s == NATS_CONNECTION_AUTH_FAILED; i++)
        s = natsConnection_Connect(&link->connection, o);
    return s;
}

static natsStatus connect_link(m_nats *link, const m_nats_options *in, const char **why)
{
    natsOptions *o = NULL;
    nats_Open(SPINS); /* counts the first time only */
    natsStatus s = natsOptions_Create(&o);
    if (s == NATS_OK) s = set_url(o, in->url);
    if (s == NATS_OK) s = set_conduct(o, in);
    if (s == NATS_OK) s = set_callbacks(o, link);
    if (s == NATS_OK && link->loop) s = loop_set(link->loop, o);
    if (s == NATS_OK) s = set_identity(o, in, why);
    if (s == NATS_OK) {
        *why = "The broker's address is wrong.";
        s = connect_signed(link, o);
    }
    /* Only now with retries: they would hide from us that a broker which is there refuses us. */
    if (s == NATS_NO_SERVER) {
        s = natsOptions_SetRetryOnFailedConnect(o, true, on_connected, link);
        if (s == NATS_OK) s = natsConnection_Connect(&link->connection, o);
    }
    natsOptions_Destroy(o);
    return s;
}

m_status m_nats_open(const m_nats_options *options, m_nats **out, const char **out_why)
{
    const char *why = "The broker's address is wrong.";
    *out_why = why;
    if (!options->url || !*options->url) return M_INVALID;
    m_nats *link = calloc(1, sizeof *link);
    if (!link) return M_NOMEM;
    init_lock(link);
    if (wants_tls(options) && !(link->loop = loop_new())) {
        free_link(link);
        return M_NOMEM;
    }
    link->env = options->env;
    link->closed = options->closed;
    link->closed_arg = options->closed_arg;
    const char *prefix = options->inbox_prefix ? options->inbox_prefix : "_INBOX";
    snprintf(link->inbox_prefix, sizeof link->inbox_prefix, "%s", prefix);
    natsStatus s = connect_link(link, options, &why);
    if (s == NATS_OK) on_connected(link->connection, link);
    if (s == NATS_OK || s == NATS_NOT_YET_CONNECTED) {
        *out = link;
        return M_OK;
    }
    free_link(link);
    m_status status = connect_status(s, &why);
    *out_why = why;
    return status;
}

/* ---- subscriptions that ended ---- */

static natsSubscription *oldest_retired(m_nats *link)
{
    natsSubscription *sub = link->retired[link->retired_first].sub;
    link->retired_first = (link->retired_first + 1) % RETIRED_MAX;
    link->retired_count--;
    return sub;
}

void m_nats_retire(m_nats *link, natsSubscription *sub)
{
    natsSubscription *old[2] = {NULL, NULL}; /* two for one: the ring gets empty again */
    time_t now = after_ms(0).tv_sec;
    if (!sub) return;
    (void)natsSubscription_Unsubscribe(sub);
    pthread_mutex_lock(&link->lock);
    for (int i = 0; i < 2 && link->retired_count; i++)
        if (link->retired_count == RETIRED_MAX ||
            now - link->retired[link->retired_first].since > RETIRED_S)
            old[i] = oldest_retired(link);
    uint32_t at = (link->retired_first + link->retired_count++) % RETIRED_MAX;
    link->retired[at] = (retired){sub, now};
    pthread_mutex_unlock(&link->lock);
    for (int i = 0; i < 2; i++)
        natsSubscription_Destroy(old[i]);
}

void m_nats_close(m_nats *link)
{
    if (!link) return;
    pthread_mutex_lock(&link->lock);
    link->closing = true;
    pthread_mutex_unlock(&link->lock);
    natsConnection_Close(link->connection);
    struct timespec until = after_ms(CLOSE_WAIT_MS);
    pthread_mutex_lock(&link->lock);
    bool in_time = true;
    while (!link->let_go && in_time)
        in_time = wait_until(link, &until);
    bool let_go = link->let_go;
    pthread_mutex_unlock(&link->lock);
    loop_free(link->loop);
    link->loop = NULL;
    while (link->retired_count)
        natsSubscription_Destroy(oldest_retired(link));
    natsConnection_Destroy(link->connection);
    if (let_go) free_link(link); /* else a late call-back finds it still there */
}

/* ---- questions about it ---- */

bool m_nats_connected(m_nats *link)
{
    return natsConnection_Status(link->connection) == NATS_CONN_STATUS_CONNECTED;
}

bool m_nats_wait(m_nats *link, int64_t timeout_ms)
{
    struct timespec until = after_ms(timeout_ms);
    pthread_mutex_lock(&link->lock);
    bool in_time = true;
    while (!m_nats_connected(link) && !link->stats.closed && in_time)
        in_time = wait_until(link, &until);
    pthread_mutex_unlock(&link->lock);
    return m_nats_connected(link);
}

m_status m_nats_flush(m_nats *link, int64_t timeout_ms)
{
    natsStatus s = natsConnection_FlushTimeout(link->connection, timeout_ms);
    return s == NATS_OK ? M_OK : m_nats_status(s);
}

int64_t m_nats_max_payload(m_nats *link)
{
    return natsConnection_GetMaxPayload(link->connection);
}

void m_nats_stats_read(m_nats *link, m_nats_stats *out)
{
    natsStatistics *counts = NULL;
    uint64_t in = 0, in_bytes = 0, sent = 0, sent_bytes = 0, reconnects;
    if (natsStatistics_Create(&counts) == NATS_OK &&
        natsConnection_GetStats(link->connection, counts) == NATS_OK)
        natsStatistics_GetCounts(counts, &in, &in_bytes, &sent, &sent_bytes, &reconnects);
    natsStatistics_Destroy(counts);
    pthread_mutex_lock(&link->lock);
    *out = link->stats;
    pthread_mutex_unlock(&link->lock);
    out->messages_in = in;
    out->bytes_in = in_bytes;
    out->messages_out = sent;
    out->bytes_out = sent_bytes;
    out->connected = m_nats_connected(link);
}

natsConnection *m_nats_connection(m_nats *link)
{
    return link->connection;
}

uint64_t m_nats_disconnects(m_nats *link)
{
    pthread_mutex_lock(&link->lock);
    uint64_t n = link->stats.disconnects;
    pthread_mutex_unlock(&link->lock);
    return n;
}

const m_env *m_nats_env(const m_nats *link)
{
    return link->env;
}

const char *m_nats_inbox_prefix(const m_nats *link)
{
    return link->inbox_prefix;
}

void m_nats_stream(const char *domain, char out[NATS_STREAM])
{
    int n = snprintf(out, NATS_STREAM, "EVT_%s", domain);
    for (int i = 0; i < n && i < NATS_STREAM; i++)
        out[i] = (char)toupper((unsigned char)out[i]);
}

m_status m_nats_status(natsStatus status)
{
    switch (status) {
    case NATS_OK:
        return M_OK;
    case NATS_TIMEOUT:
        return M_TIMEOUT;
    case NATS_NO_MEMORY:
        return M_NOMEM;
    case NATS_MAX_PAYLOAD:
        return M_RANGE;
    case NATS_CONNECTION_CLOSED:
    case NATS_CONNECTION_DISCONNECTED:
    case NATS_INSUFFICIENT_BUFFER: /* what a publish says while the link is down */
    case NATS_NO_RESPONDERS:
    case NATS_NO_SERVER:
    case NATS_IO_ERROR:
    case NATS_STALE_CONNECTION:
    case NATS_NOT_YET_CONNECTED:
    case NATS_DRAINING:
        return M_UNAVAILABLE;
    default:
        return M_INTERNAL;
    }
}
