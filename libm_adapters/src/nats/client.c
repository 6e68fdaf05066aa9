/* Asking. Each asker takes a lane: an inbox of its own with a synchronous subscription, so that a
 * reply wakes the thread that waits for it and no other.
 *
 * The engine takes the notice "nobody listens" off the inbox and does not say for which question it
 * was. But each question gets either a reply or that notice: once there are as many notices as
 * questions without a reply, these are the ones. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "breaker.h"
#include "counts.h"
#include "envelope.h"
#include "ring.h"
#include "rpc.h"

#define LANES_MAX     64
#define SERVICES_MAX  32
#define INBOX_MAX     128
#define LANE_KEEP     (1u << 20) /* scratch memory a lane may keep */
#define SLICE_US      100000     /* how often to look whether the link went down */
#define PAUSE_US      20000      /* before the first repeat; then longer */
#define LEAST_WAIT_US 50000
#define FAULTS_MAX    100

typedef struct {
    char name[SERVICE_MAX];
    breaker breaker;
} service;

typedef struct lane {
    struct lane *next;
    natsSubscription *sub; /* NULL: to be made */
    m_arena *arena;
    char inbox[INBOX_MAX];
    uint64_t token;
    bool stale; /* something may still come that nobody waits for */
} lane;

struct m_rpc_client {
    m_nats *link;
    const m_rpc_ring *ring;
    const m_env *env;
    bool unsigned_too; /* as m_rpc_client_accept_unsigned says */
    char inbox[INBOX_MAX];
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t freed;
    lane *idle;
    uint32_t lane_count;
    service services[SERVICES_MAX];
    uint32_t service_count;
    counts counts;
};

typedef enum { WAITING, OPEN, DONE } phase;

typedef struct {
    m_rpc_question *q;
    service *service; /* NULL: there is no room to keep an opinion */
    phase phase;
    uint32_t attempts;
    int64_t due;  /* WAITING: when to send; OPEN: when this attempt is over */
    int64_t end;  /* deadline on our clock … */
    m_time until; /* … and on everybody's */
    int64_t started;
    uint64_t tokens[M_RPC_ATTEMPTS];
    uint64_t disconnects;
} pending;

typedef struct {
    m_rpc_client *client;
    lane *lane;
    pending *all;
    uint32_t n, open, unheard, faults;
} asking;

/* ---- the client ---- */

m_rpc_client *m_rpc_client_new(m_nats *link, const m_rpc_ring *ring, const m_env *env)
{
    if (sodium_init() < 0) return NULL;
    m_rpc_client *client = calloc(1, sizeof *client);
    if (!client) return NULL;
    uint8_t random[8];
    char unique[2 * sizeof random + 1];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(unique, sizeof unique, random, sizeof random);
    int n =
        snprintf(client->inbox, sizeof client->inbox, "%s.%s", m_nats_inbox_prefix(link), unique);
    if (n < 0 || (size_t)n + 40 > sizeof client->inbox) {
        free(client);
        return NULL;
    }
    client->link = link;
    client->ring = ring;
    client->env = env;
    pthread_mutex_init(&client->lock, NULL);
    pthread_cond_init(&client->freed, NULL);
    counts_init(&client->counts);
    return client;
}

void m_rpc_client_accept_unsigned(m_rpc_client *client)
{
    client->unsigned_too = true;
}

static void lane_free(m_rpc_client *client, lane *l)
{
    m_nats_retire(client->link, l->sub);
    m_arena_free(l->arena);
    free(l);
}

void m_rpc_client_free(m_rpc_client *client)
{
    if (!client) return;
    while (client->idle) {
        lane *l = client->idle;
        client->idle = l->next;
        lane_free(client, l);
    }
    counts_end(&client->counts);
    pthread_cond_destroy(&client->freed);
    pthread_mutex_destroy(&client->lock);
    free(client);
}

/* ---- lanes ---- */

static lane *lane_new(m_rpc_client *client, uint32_t number)
{
    lane *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    l->arena = m_arena_new(0);
    int n = snprintf(l->inbox, sizeof l->inbox, "%s.%u", client->inbox, (unsigned)number);
    if (l->arena && n > 0 && (size_t)n < sizeof l->inbox) return l;
    lane_free(client, l);
    return NULL;
}

static lane *lane_take(m_rpc_client *client)
{
    pthread_mutex_lock(&client->lock);
    while (!client->idle && client->lane_count == LANES_MAX)
        pthread_cond_wait(&client->freed, &client->lock);
    lane *l = client->idle;
    uint32_t number = client->lane_count;
    if (l)
        client->idle = l->next;
    else
        client->lane_count++;
    pthread_mutex_unlock(&client->lock);
    if (l) return l;
    l = lane_new(client, number);
    if (l) return l;
    pthread_mutex_lock(&client->lock);
    client->lane_count--;
    pthread_mutex_unlock(&client->lock);
    return NULL;
}

static void lane_give(m_rpc_client *client, lane *l)
{
    if (l->stale) {
        m_nats_retire(client->link, l->sub);
        l->sub = NULL;
        l->stale = false;
    }
    if (m_arena_used(l->arena) > LANE_KEEP) {
        m_arena *fresh = m_arena_new(0);
        if (fresh) m_arena_free(l->arena);
        if (fresh) l->arena = fresh;
    }
    m_arena_reset(l->arena);
    pthread_mutex_lock(&client->lock);
    l->next = client->idle;
    client->idle = l;
    pthread_cond_signal(&client->freed);
    pthread_mutex_unlock(&client->lock);
}

static bool lane_listen(m_rpc_client *client, lane *l)
{
    char subject[INBOX_MAX + 2];
    if (l->sub) return true;
    snprintf(subject, sizeof subject, "%s.*", l->inbox);
    return natsConnection_SubscribeSync(&l->sub, m_nats_connection(client->link), subject) ==
           NATS_OK;
}

/* ---- services ---- */

static service *service_of(m_rpc_client *client, const char *name)
{
    service *found = NULL;
    pthread_mutex_lock(&client->lock);
    for (uint32_t i = 0; i < client->service_count && !found; i++)
        if (strcmp(client->services[i].name, name) == 0) found = &client->services[i];
    if (!found && client->service_count < SERVICES_MAX) {
        found = &client->services[client->service_count++];
        snprintf(found->name, sizeof found->name, "%s", name);
    }
    pthread_mutex_unlock(&client->lock);
    return found;
}

static m_time wall(const m_rpc_client *client)
{
    return client->env->now(client->env->self);
}

static bool may_pass(m_rpc_client *client, const pending *p)
{
    if (!p->service) return true;
    pthread_mutex_lock(&client->lock);
    bool pass = breaker_pass(&p->service->breaker, wall(client));
    pthread_mutex_unlock(&client->lock);
    return pass;
}

static bool may_repeat(m_rpc_client *client, const pending *p)
{
    if (!p->service) return false;
    pthread_mutex_lock(&client->lock);
    bool may = breaker_repeat(&p->service->breaker);
    pthread_mutex_unlock(&client->lock);
    return may;
}

typedef enum { ANSWERED, SILENT, ABSENT, LOST } outcome;

static void report(m_rpc_client *client, const pending *p, outcome what)
{
    if (!p->service) return;
    pthread_mutex_lock(&client->lock);
    if (what == LOST)
        breaker_lose(&p->service->breaker, wall(client));
    else if (what == ABSENT)
        breaker_absent(&p->service->breaker, wall(client));
    else
        breaker_report(&p->service->breaker, wall(client), what == ANSWERED);
    pthread_mutex_unlock(&client->lock);
}

/* ---- settling ---- */

static void settle(asking *a, pending *p, m_status status)
{
    m_rpc_question *q = p->q;
    if (p->phase == OPEN) a->open--;
    p->phase = DONE;
    q->status = status;
    const counted what = {.service = p->service ? p->service->name : "other",
                          .protocol = q->protocol,
                          .method = q->method,
                          .status = status,
                          .error = q->error.code,
                          .time_us = rpc_clock_us() - p->started,
                          .retries = p->attempts > 1 ? p->attempts - 1 : 0};
    counts_add(&a->client->counts, &what);
}

static void fail(asking *a, pending *p, const m_error_def *def)
{
    char detail[SUBJECT_MAX];
    snprintf(detail, sizeof detail, "%s.%s.%s", p->q->service, p->q->protocol->name,
             p->q->method->name);
    rpc_error_fill(&p->q->error, p->q->arena, def, detail);
    settle(a, p, def->status);
}

/* Sent again after a pause when that is harmless and there is time, else over. */
static void repeat_or_fail(asking *a, pending *p, const m_error_def *def)
{
    bool harmless = p->q->method->flags & (M_METHOD_READ | M_METHOD_IDEMPOTENT);
    int64_t base = (int64_t)PAUSE_US << (2 * p->attempts);
    int64_t pause = base / 2 + (int64_t)randombytes_uniform((uint32_t)base);
    int64_t at = rpc_clock_us() + pause;
    if (!harmless || p->attempts >= M_RPC_ATTEMPTS || at + LEAST_WAIT_US / 5 > p->end ||
        !may_repeat(a->client, p)) {
        fail(a, p, def);
        return;
    }
    if (p->phase == OPEN) a->open--;
    p->phase = WAITING;
    p->due = at;
}

/* Who answers must have a key of ours: any process that is connected could send to an inbox. */
static bool genuine(const m_rpc_client *client, natsMsg *message, m_str body, const char *status)
{
    const char *sign = NULL;
    const ring_signed all = {.subject = m_str_of(natsMsg_GetSubject(message)),
                             .call = m_str_of(status ? status : ""),
                             .trace = M_STR(RING_REPLY),
                             .body = body};
    if (natsMsgHeader_Get(message, HEADER_SIGN, &sign) != NATS_OK || !sign)
        return client->unsigned_too;
    return ring_verify(client->ring, &all, m_str_of(sign));
}

static void take_reply(asking *a, pending *p, natsMsg *message)
{
    m_rpc_question *q = p->q;
    const char *status_name = NULL;
    m_str body = {natsMsg_GetData(message), (size_t)natsMsg_GetDataLength(message)};
    bool good = natsMsgHeader_Get(message, HEADER_STATUS, &status_name) != NATS_OK;
    if (good) status_name = NULL;
    report(a->client, p, ANSWERED);
    if (!genuine(a->client, message, body, status_name)) {
        fail(a, p, m_err_rpc_unsigned);
    } else if (good) {
        char *copy = m_arena_copy(q->arena, body.p, body.n);
        if (!copy) {
            fail(a, p, m_err_memory);
            return;
        }
        q->reply = (m_str){copy, body.n};
        settle(a, p, M_OK);
    } else if (rpc_error_read(q->arena, a->client->env, body, &q->error) != M_OK) {
        fail(a, p, m_err_rpc_reply);
    } else {
        settle(a, p, q->error.status);
    }
}

/* ---- sending ---- */

static m_status write_message(asking *a, pending *p, natsMsg **out)
{
    const m_rpc_question *q = p->q;
    uint8_t random[NONCE_BYTES + 8];
    char subject[SUBJECT_MAX], reply[INBOX_MAX + 24], trace[TRACE_TEXT], sign[RING_SIGN_TEXT];
    envelope e;
    M_TRY(envelope_of_call(q->as, &e));
    randombytes_buf(random, sizeof random);
    memcpy(e.nonce, random, NONCE_BYTES);
    e.time = wall(a->client);
    e.until = p->until;
    e.contract = q->protocol->version;
    e.after = q->after;
    trace_child(q->as->trace_parent, random + NONCE_BYTES, trace);
    if (!rpc_subject(subject, q->service, q->protocol->name, q->method->name)) return M_RANGE;
    m_buf call = {.arena = a->lane->arena};
    envelope_write(&call, &e);
    m_buf_bytes(&call, "", 1);
    if (call.failed) return M_NOMEM;
    if (call.n > ENVELOPE_MAX) return M_RANGE;
    const ring_signed all = {m_str_of(subject), {call.p, call.n - 1}, m_str_of(trace), q->body};
    ring_sign(a->client->ring, &all, sign);
    uint64_t token = ++a->lane->token;
    p->tokens[p->attempts - 1] = token;
    snprintf(reply, sizeof reply, "%s.%llu", a->lane->inbox, (unsigned long long)token);
    if (q->body.n > INT32_MAX) return M_RANGE;
    natsMsg *m = NULL;
    natsStatus s = natsMsg_Create(&m, subject, reply, q->body.p, (int)q->body.n);
    if (s == NATS_OK) s = natsMsgHeader_Set(m, HEADER_CALL, call.p);
    if (s == NATS_OK) s = natsMsgHeader_Set(m, HEADER_SIGN, sign);
    if (s == NATS_OK && *trace) s = natsMsgHeader_Set(m, HEADER_TRACE, trace);
    if (s == NATS_OK)
        *out = m;
    else
        natsMsg_Destroy(m);
    return m_nats_status(s);
}

static m_status publish(asking *a, pending *p)
{
    natsMsg *message = NULL;
    m_arena_mark mark = m_arena_tell(a->lane->arena);
    m_status status = write_message(a, p, &message);
    m_arena_back(a->lane->arena, mark);
    if (status != M_OK) return status;
    p->disconnects = m_nats_disconnects(a->client->link);
    natsStatus s = natsConnection_PublishMsg(m_nats_connection(a->client->link), message);
    natsMsg_Destroy(message);
    return m_nats_status(s);
}

static void send_one(asking *a, pending *p)
{
    int64_t now = rpc_clock_us();
    if (now >= p->end) {
        fail(a, p, m_err_rpc_timeout);
        return;
    }
    if (!may_pass(a->client, p)) {
        fail(a, p, m_err_rpc_open);
        return;
    }
    p->attempts++;
    m_status status = publish(a, p);
    if (status == M_OK) {
        bool last = p->attempts >= M_RPC_ATTEMPTS ||
                    !(p->q->method->flags & (M_METHOD_READ | M_METHOD_IDEMPOTENT));
        int64_t share = (p->end - now) / 2;
        p->due = last || share < LEAST_WAIT_US ? p->end : now + share;
        p->phase = OPEN;
        a->open++;
        return;
    }
    report(a->client, p, LOST);
    if (status == M_RANGE)
        fail(a, p, m_err_rpc_too_big);
    else if (status == M_NOMEM)
        fail(a, p, m_err_memory);
    else
        repeat_or_fail(a, p, m_err_rpc_unavailable);
}

/* ---- waiting ---- */

static void nobody_listens(asking *a, pending *p)
{
    report(a->client, p, ABSENT);
    repeat_or_fail(a, p, m_err_rpc_unavailable);
}

static void settle_unheard(asking *a)
{
    if (!a->unheard || a->unheard < a->open) return;
    a->unheard = 0;
    for (uint32_t i = 0; i < a->n; i++)
        if (a->all[i].phase == OPEN) nobody_listens(a, &a->all[i]);
}

/* Any attempt's reply will do: one that comes late spares us the next. */
static pending *pending_of(asking *a, uint64_t token)
{
    for (uint32_t i = 0; i < a->n; i++)
        for (uint32_t k = 0; k < a->all[i].attempts && a->all[i].phase != DONE; k++)
            if (a->all[i].tokens[k] == token) return &a->all[i];
    return NULL;
}

static void one_reply(asking *a, natsMsg *message)
{
    const char *subject = natsMsg_GetSubject(message);
    const char *dot = strrchr(subject, '.');
    uint64_t token = dot ? strtoull(dot + 1, NULL, 10) : 0;
    pending *p = pending_of(a, token);
    if (p && token != p->tokens[p->attempts - 1]) a->lane->stale = true;
    if (p) take_reply(a, p, message);
    natsMsg_Destroy(message);
    settle_unheard(a);
}

/* Attempts whose time is over, and questions that went down with the link. */
static void look_at_clock(asking *a)
{
    int64_t now = rpc_clock_us();
    uint64_t disconnects = m_nats_disconnects(a->client->link);
    for (uint32_t i = 0; i < a->n; i++) {
        pending *p = &a->all[i];
        if (p->phase != OPEN) continue;
        bool lost = p->disconnects != disconnects, late = now >= p->due;
        if (!lost && !late) continue;
        a->lane->stale = true;
        if (a->unheard) a->unheard--;
        report(a->client, p, lost ? LOST : SILENT);
        if (lost)
            repeat_or_fail(a, p, m_err_rpc_unavailable);
        else if (now >= p->end)
            fail(a, p, m_err_rpc_timeout);
        else
            repeat_or_fail(a, p, m_err_rpc_timeout);
    }
    settle_unheard(a);
}

/* The engine refuses to wait for us: the connection is closed for good, or worse. */
static void cannot_wait(asking *a)
{
    a->lane->stale = true;
    if (++a->faults < FAULTS_MAX && m_nats_connected(a->client->link)) {
        usleep(1000);
        return;
    }
    for (uint32_t i = 0; i < a->n; i++)
        if (a->all[i].phase == OPEN) fail(a, &a->all[i], m_err_rpc_unavailable);
    a->unheard = 0;
}

static void wait_open(asking *a, int64_t slice_us)
{
    natsMsg *message = NULL;
    natsStatus s = natsSubscription_NextMsg(&message, a->lane->sub, (slice_us + 999) / 1000);
    if (s == NATS_OK) {
        one_reply(a, message);
    } else if (s == NATS_NO_RESPONDERS) {
        a->unheard++;
        settle_unheard(a);
    } else if (s == NATS_TIMEOUT) {
        look_at_clock(a);
    } else {
        cannot_wait(a);
    }
}

/* Sends what is due; how long there is nothing to do but wait, or −1 when all is done. */
static int64_t send_due(asking *a)
{
    int64_t soonest = INT64_MAX, now = rpc_clock_us();
    for (uint32_t i = 0; i < a->n; i++) {
        pending *p = &a->all[i];
        if (p->phase == WAITING && p->due <= now) send_one(a, p);
        if (p->phase != DONE && p->due < soonest) soonest = p->due;
    }
    if (soonest == INT64_MAX) return -1;
    now = rpc_clock_us();
    int64_t wait = soonest > now ? soonest - now : 0;
    return wait > SLICE_US ? SLICE_US : wait;
}

static void ask_all(asking *a)
{
    int64_t wait;
    while ((wait = send_due(a)) >= 0) {
        if (a->open && wait)
            wait_open(a, wait);
        else if (a->open)
            look_at_clock(a);
        else if (wait)
            usleep((useconds_t)wait);
    }
}

static void prepare(asking *a, pending *p, m_rpc_question *q)
{
    int64_t now = rpc_clock_us(), left = M_RPC_DEFAULT_MS * INT64_C(1000);
    m_time today = wall(a->client);
    if (q->as->deadline.us) left = q->as->deadline.us - today.us;
    if (left > M_RPC_LONGEST_MS * INT64_C(1000)) left = M_RPC_LONGEST_MS * INT64_C(1000);
    *p = (pending){.q = q,
                   .service = service_of(a->client, q->service),
                   .due = now,
                   .end = now + left,
                   .until = {today.us + left},
                   .started = now};
    q->reply = (m_str){NULL, 0};
    memset(&q->error, 0, sizeof q->error);
}

static void refuse_all(m_rpc_question *questions, uint32_t n, const m_error_def *def)
{
    for (uint32_t i = 0; i < n; i++) {
        rpc_error_fill(&questions[i].error, questions[i].arena, def, questions[i].service);
        questions[i].status = def->status;
    }
}

void m_rpc_ask(m_rpc_client *client, m_rpc_question *questions, uint32_t n)
{
    asking a = {.client = client, .n = n, .lane = n ? lane_take(client) : NULL};
    if (n && a.lane) a.all = m_arena_array(a.lane->arena, n, sizeof *a.all);
    if (n && a.all && lane_listen(client, a.lane)) {
        for (uint32_t i = 0; i < n; i++)
            prepare(&a, &a.all[i], &questions[i]);
        ask_all(&a);
    } else if (n) {
        refuse_all(questions, n, a.all ? m_err_rpc_unavailable : m_err_memory);
    }
    if (a.lane) lane_give(client, a.lane);
}

/* ---- for use cases inside a transaction ---- */

static void ask_for_worker(void *self, m_question **questions, const m_call *const *as, uint32_t n)
{
    m_rpc_question *all = calloc(n ? n : 1, sizeof *all);
    for (uint32_t i = 0; i < n; i++) {
        m_question *q = questions[i];
        q->answered = true;
        q->status = M_NOMEM;
        if (!all) {
            rpc_error_fill(&q->error, q->arena, m_err_memory, q->service);
            continue;
        }
        all[i] = (m_rpc_question){.service = q->service,
                                  .protocol = q->protocol,
                                  .method = q->method,
                                  .as = as[i],
                                  .body = q->body,
                                  .after = q->after,
                                  .arena = q->arena};
    }
    if (all) m_rpc_ask(self, all, n);
    for (uint32_t i = 0; all && i < n; i++) {
        questions[i]->status = all[i].status;
        questions[i]->reply = all[i].reply;
        questions[i]->error = all[i].error;
    }
    free(all);
}

m_asker m_rpc_asker(m_rpc_client *client)
{
    return (m_asker){ask_for_worker, client};
}

/* ---- what it knows ---- */

uint32_t m_rpc_client_services(m_rpc_client *client, m_rpc_service *out, uint32_t max)
{
    uint32_t n = 0;
    pthread_mutex_lock(&client->lock);
    for (uint32_t i = 0; i < client->service_count && n < max; i++) {
        const service *s = &client->services[i];
        m_rpc_service *o = &out[n++];
        memset(o, 0, sizeof *o);
        memcpy(o->name, s->name, sizeof s->name);
        o->open = s->breaker.state != BREAKER_CLOSED;
        if (o->open) o->open_until = s->breaker.until;
        o->failures = s->breaker.failures;
    }
    pthread_mutex_unlock(&client->lock);
    return n;
}

uint32_t m_rpc_client_counts(m_rpc_client *client, m_rpc_count *out, uint32_t max)
{
    return counts_read(&client->counts, out, max);
}
