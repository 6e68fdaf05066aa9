/* NATS: the link to the broker that questions (rpc.h) and events (stream.h) travel on.
 *
 * A link connects in the background and comes back by itself after any outage, for ever. While it
 * is down nothing is buffered: every call fails at once, so that nothing a caller has given up is
 * delivered later. What the broker forbids is only told to us afterwards: it is counted and logged,
 * for a service without its rights is silently deaf. */
#ifndef M_ADAPTERS_NATS_H
#define M_ADAPTERS_NATS_H

#include "m/call.h"

/* All texts are copied. The seed file is read again at each connect. With TLS (tls:// or one of its
 * files) a thread of the link's own does all reading and writing: the engine would do both at once
 * on one SSL object. */
typedef struct {
    const char *url;            /* "nats://127.0.0.1:4222" or tls://…; several with commas */
    const char *name;           /* of the process, for the broker's list; NULL: "business-m" */
    const char *user;           /* with password_file; NULL: none */
    const char *password_file;  /* its first line */
    const char *nkey_seed_file; /* NULL: no nkey */
    const char *ca_file;        /* PEM; NULL: the system's when the url says tls:// */
    const char *cert_file;      /* with key_file: our own certificate; NULL: none */
    const char *key_file;
    const char *inbox_prefix;   /* "_INBOX_wms"; NULL: "_INBOX" */
    int64_t connect_timeout_ms; /* of one attempt; 0: 2,000 */
    const m_env *env;           /* for the log; must live as long as the link */
    /* The link is over for good (m_nats_stats.closed), and not by m_nats_close; once, on a thread
     * of the engine. May be NULL. */
    void (*closed)(void *arg);
    void *closed_arg;
} m_nats_options;

typedef struct m_nats m_nats;

/* Starts to connect; M_OK also when the broker is not there yet. M_INVALID: an option is wrong or a
 * file cannot be read (*out_why: constant text); M_UNAUTHORIZED: the broker is there and refuses
 * us; M_NOMEM. */
M_MUST_USE m_status m_nats_open(const m_nats_options *options, m_nats **out, const char **out_why);
/* Accepts NULL. All users of the link must be gone. Waits until its threads have let go of it. */
void m_nats_close(m_nats *link);

/* The rest: any thread. */

bool m_nats_connected(m_nats *link);
/* Waits until connected; false when `timeout_ms` have passed or the link is closed for good. */
bool m_nats_wait(m_nats *link, int64_t timeout_ms);
/* All that was sent has reached the broker: M_OK, M_TIMEOUT or M_UNAVAILABLE. */
M_MUST_USE m_status m_nats_flush(m_nats *link, int64_t timeout_ms);
/* Largest message the broker takes, headers included; 0: not known yet. */
int64_t m_nats_max_payload(m_nats *link);

/* A broker that refuses our credentials twice in a row after an outage ends the link for good:
 * `closed`; the process should then end with an error, and be started again by who looks after it.
 */
typedef struct {
    bool connected;
    bool closed;
    uint64_t connects; /* the first one too */
    uint64_t disconnects;
    uint64_t permission_violations;
    uint64_t slow_consumers; /* times messages were dropped because nobody took them */
    uint64_t other_errors;
    uint64_t messages_in, messages_out;
    uint64_t bytes_in, bytes_out;
    char last_error[160]; /* of these; empty: none */
} m_nats_stats;
void m_nats_stats_read(m_nats *link, m_nats_stats *out);

#endif
