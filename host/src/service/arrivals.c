#include "arrivals.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../worker/asking.h"
#include "m/ledger_pending.h"
#include "m_adapters/fault.h"
#include "m_adapters/pg_stream.h"
#include "m_adapters/stream_nats.h"

#define TENANTS_MAX      1024 /* remembered as known; others are looked up each time */
#define WAIT_MS          200
#define INQUIRE_EVERY_MS 30000
#define SOON_MS          500 /* the same where a test cannot wait */
#define WELCOME_TRIES    100
#define WELCOME_PAUSE_MS 50
#define PAUSE_MS         500
#define TEND_EVERY_MS    5000
#define REFRESH_PAGES    8
#define REFRESH_US       1000000
#define COUNT_EVERY_MS   2000
#define MARKS_LIVE_US    5000000

typedef struct {
    m_id tenant;
    int64_t current_us;         /* when its copies were known to be current */
    int64_t marks[DOMAINS_MAX]; /* per producer: at least so far it was taken in */
    int64_t marked_us;          /* since when; our database may be set back some day */
} known_tenant;

struct arrivals {
    const runtime *rt;
    m_uow *uow;
    domain_set *domains;
    m_consumer *consumer;
    m_stream_sink sinks[2];
    m_remote_value outbox_values[DOMAINS_MAX];
    m_intake_producer producers[DOMAINS_MAX];
    uint32_t producer_count;
    known_tenant known[TENANTS_MAX];
    uint32_t known_count;
};

static void pause_ms(int64_t ms)
{
    struct timespec nap = {ms / 1000, (ms % 1000) * 1000000};
    nanosleep(&nap, NULL);
}

/* ---- tenants ---- */

static known_tenant *find_known(arrivals *a, m_id tenant)
{
    for (uint32_t i = 0; i < a->known_count; i++)
        if (m_id_eq(a->known[i].tenant, tenant)) return &a->known[i];
    return NULL;
}

static bool is_known(arrivals *a, m_id tenant)
{
    return find_known(a, tenant) != NULL;
}

/* At first sight: masters are copied and the domains' standard data is made, before anything else
 * happens to the tenant here. */
static m_status welcome(arrivals *a, m_call *call)
{
    if (is_known(a, call->tenant)) return M_OK;
    bool system = call->system;
    call->system = true;
    m_status status = m_replica_welcome(domains_replica(a->domains), call, a->uow);
    call->system = system;
    if (status == M_OK && a->known_count < TENANTS_MAX)
        a->known[a->known_count++] = (known_tenant){.tenant = call->tenant};
    return status;
}

/* ---- events ---- */

/* Before any event of a tenant that is not known here. */
static m_status wait_for_welcome(void *arg, m_call *call, m_str producer,
                                 const m_stream_event *event)
{
    (void)producer;
    (void)event;
    return is_known(arg, call->tenant) ? M_OK : m_fail(call, m_err_busy, "a new tenant");
}

/* What a listener waits for: the tenant, or answers of other processes. */
static m_status again(void *arg, m_call *call)
{
    arrivals *a = arg;
    if (!is_known(a, call->tenant)) return welcome(a, call);
    return call->answers && m_answers_ask(call->answers, a->rt->others.asker, call) ? M_OK
                                                                                    : M_AGAIN;
}

static void add_producer(arrivals *a, const char *domain)
{
    uint32_t i = a->producer_count++;
    m_iface value =
        m_remote_bind_now(&a->outbox_values[i], a->rt->others.asker, domain, &m_outbox_protocol);
    a->producers[i] = (m_intake_producer){domain, {value.ops, value.self}};
}

arrivals *arrivals_new(const runtime *rt, m_uow *uow, domain_set *domains)
{
    arrivals *a = calloc(1, sizeof *a);
    if (!a) return NULL;
    a->rt = rt;
    a->uow = uow;
    a->domains = domains;
    for (const char *const *name = rt->other_domains; *name; name++)
        add_producer(a, *name);
    a->sinks[0] = (m_stream_sink){"host.welcome", "", wait_for_welcome, a};
    a->sinks[1] = m_replica_sink(domains_replica(domains));
    m_consumer_config config = {.domain = rt->others.self,
                                .registry = domains->registry,
                                .sinks = a->sinks,
                                .sink_count = 2,
                                .store = m_pg_store(),
                                .uow = uow,
                                .env = rt->env,
                                .again = again,
                                .arg = a};
    a->consumer = m_consumer_new(&config);
    if (a->consumer) return a;
    free(a);
    return NULL;
}

void arrivals_free(arrivals *a)
{
    if (!a) return;
    m_consumer_free(a->consumer);
    free(a);
}

/* ---- before a use case ---- */

static void catch_up(arrivals *a, m_call *call, uint32_t producer, int64_t seq)
{
    const m_intake_producer *p = &a->producers[producer];
    known_tenant *known = find_known(a, call->tenant);
    m_consumer_mark have;
    m_take_result taken;
    int64_t now = a->rt->env->now(a->rt->env->self).us;
    if (known && now - known->marked_us > MARKS_LIVE_US) {
        memset(known->marks, 0, sizeof known->marks);
        known->marked_us = now;
    }
    if (known && known->marks[producer] >= seq) return;
    if (m_consumer_mark_of(a->consumer, call, m_str_of(p->name), &have) != M_OK) return;
    if (have.seq < seq &&
        m_consumer_catch_up(a->consumer, call, m_str_of(p->name), p->outbox, 0, &taken) == M_OK)
        have.seq = taken.mark;
    if (known) known->marks[producer] = have.seq;
}

static void catch_up_with(arrivals *a, m_call *call, const m_mark *wanted)
{
    for (uint32_t i = 0; i < a->producer_count; i++)
        if (m_str_is(wanted->producer, a->producers[i].name)) catch_up(a, call, i, wanted->seq);
}

/* Another thread may be at it: that takes a moment, once in the life of a tenant. */
static m_status welcome_patiently(arrivals *a, m_call *call)
{
    m_status status = welcome(a, call);
    for (uint32_t i = 0; i < WELCOME_TRIES && (status == M_AGAIN || status == M_CONFLICT); i++) {
        pause_ms(WELCOME_PAUSE_MS);
        m_error_clear(call);
        status = welcome(a, call);
    }
    return status;
}

/* ---- how old copies may be ---- */

static const m_error_def stale = {
    "core.replica.stale", M_UNAVAILABLE,
    "What is known here of the domain %s is too old to work with.",
    "Try again in a moment. If it stays, tell who runs the system: the alert Stream behind."};

/* A producer that does not answer has told nothing that is missed here. */
static m_status refresh(arrivals *a, m_call *call, const m_intake_producer *producer)
{
    m_take_result taken = {.mark = 0};
    m_call ours = *call;
    ours.system = true;
    ours.deadline.us = a->rt->env->now(a->rt->env->self).us + REFRESH_US;
    m_status status = m_consumer_catch_up(a->consumer, &ours, m_str_of(producer->name),
                                          producer->outbox, REFRESH_PAGES, &taken);
    if (status != M_OK) return M_OK;
    if (!taken.frozen && taken.held == M_OK) return M_OK;
    return m_fail(call, &stale, "%s", producer->name);
}

/* Copies that were not known to be current for a while are brought up to date first. */
static m_status check_age(arrivals *a, m_call *call)
{
    int64_t most = a->rt->config.replica_max_age_s * INT64_C(1000000);
    int64_t now = a->rt->env->now(a->rt->env->self).us;
    known_tenant *known = find_known(a, call->tenant);
    if (!most || !known || now - known->current_us < most) return M_OK;
    for (uint32_t i = 0; i < a->producer_count; i++)
        M_TRY(refresh(a, call, &a->producers[i]));
    known->current_us = now;
    return M_OK;
}

m_status arrivals_ready(arrivals *a, m_call *call, m_str after)
{
    m_marks wanted;
    M_TRY(welcome_patiently(a, call));
    M_TRY(check_age(a, call));
    if (!after.n) return M_OK;
    M_TRY(m_marks_read(call, after, &wanted));
    m_call inner = *call;
    inner.system = true;
    for (uint32_t i = 0; i < wanted.count; i++)
        catch_up_with(a, &inner, &wanted.items[i]);
    return M_OK;
}

m_status arrivals_catch_up(arrivals *a, m_call *call)
{
    m_take_result taken;
    m_call inner = *call;
    inner.system = true;
    M_TRY(welcome_patiently(a, call));
    for (uint32_t i = 0; i < a->producer_count; i++)
        (void)!m_consumer_catch_up(a->consumer, &inner, m_str_of(a->producers[i].name),
                                   a->producers[i].outbox, 0, &taken);
    return M_OK;
}

/* ---- the thread ---- */

struct arrivals_thread {
    const runtime *rt;
    pthread_t thread;
    atomic_bool stop;
    m_uow *uow;
    domain_set *domains;
    arrivals *a;
    m_pg_conn *conn; /* as relay */
    m_intake *intake;
    m_answers *answers;
    m_arena *arena;
    int64_t tended_us, inquired_us, counted_us;
    pthread_mutex_t lock;
    figures_arriving figures; /* under the lock */
};

/* All that were ever welcomed here, also those nothing happened to since the start. */
static bool find_tenants(arrivals_thread *t, m_call *call, m_list *out)
{
    if (t->conn && m_pg_copy_tenants(t->conn, call, out) == M_OK) return true;
    t->rt->env->log(t->rt->env->self, "warn", "tenants", m_str_z(t->arena, call->error.message));
    return false;
}

/* Copies whose filling was broken off, or could not begin while their owner was away. */
static void tend(arrivals_thread *t, m_call *call)
{
    int64_t now = t->rt->env->now(t->rt->env->self).us;
    if (now - t->tended_us < TEND_EVERY_MS * INT64_C(1000)) return;
    t->tended_us = now;
    uint32_t filled;
    m_list tenants;
    if (!find_tenants(t, call, &tenants)) return;
    for (M_EACH(m_id, tenant, tenants)) {
        call->tenant = *tenant;
        (void)!m_replica_tend(domains_replica(t->domains), call, t->uow, &filled);
    }
}

/* ---- holds that nobody decided ---- */

static m_status ask_holders(void *arg, m_call *call)
{
    m_inquiry in = {.older_than_s = m_fault_ordered("soon")}; /* else as the policy says */
    m_inquiry_result out;
    return m_ledger_pending_inquire(*(const m_ledger_pending *)arg, call, &in, &out);
}

/* Finance asks those who hold what became of it; their answers come outside of the transaction. */
static void inquire(arrivals_thread *t, m_call *call)
{
    m_iface value;
    if (!domains_served(t->domains, m_ledger_pending_protocol.name, &value)) return;
    m_ledger_pending pending = {value.ops, value.self};
    asking a = {t->uow, t->answers, t->rt->others.asker};
    const identity_runner runner = asking_runner(&a);
    m_status status = runner.run(runner.self, call, M_UOW_WRITE, ask_holders, &pending);
    if (status != M_OK)
        t->rt->env->log(t->rt->env->self, "warn", "inquiry",
                        m_str_z(t->arena, call->error.message));
}

static void inquire_all(arrivals_thread *t)
{
    int64_t now = t->rt->env->now(t->rt->env->self).us;
    int64_t every_ms = m_fault_ordered("soon") ? SOON_MS : INQUIRE_EVERY_MS;
    m_list tenants;
    m_call call = runtime_call(t->rt, t->arena);
    if (now - t->inquired_us < every_ms * INT64_C(1000) || m_fault_ordered("no_inquiry")) return;
    t->inquired_us = now;
    if (!find_tenants(t, &call, &tenants)) return;
    for (M_EACH(m_id, tenant, tenants)) {
        call = runtime_call(t->rt, t->arena);
        call.tenant = *tenant;
        inquire(t, &call);
    }
}

/* ---- figures ---- */

void arrivals_thread_figures(arrivals_thread *t, figures_arriving *out)
{
    pthread_mutex_lock(&t->lock);
    *out = t->figures;
    pthread_mutex_unlock(&t->lock);
}

static void show(arrivals_thread *t, const figures_arriving *f)
{
    pthread_mutex_lock(&t->lock);
    t->figures = *f;
    pthread_mutex_unlock(&t->lock);
}

static void count_producers(const arrivals_thread *t, figures_arriving *f, m_time now)
{
    f->producer_count = t->a->producer_count;
    for (uint32_t i = 0; i < f->producer_count; i++) {
        m_intake_stats_of(t->intake, i, &f->producers[i]);
        if (f->producers[i].lag <= 0)
            f->behind_since[i] = (m_time){0};
        else if (!f->behind_since[i].us)
            f->behind_since[i] = now;
    }
}

/* Every round what the intake knows, now and then what the database does. */
static m_status count_all(arrivals_thread *t, m_call *call)
{
    m_time now = t->rt->env->now(t->rt->env->self);
    figures_arriving f = t->figures; /* nobody else writes them */
    f.here = true;
    count_producers(t, &f, now);
    if (now.us - t->counted_us >= COUNT_EVERY_MS * INT64_C(1000)) {
        t->counted_us = now.us;
        M_TRY(m_pg_letter_stats(t->conn, call, &f.letters));
        M_TRY(m_pg_copy_stats(t->conn, call, &f.copies));
    }
    show(t, &f);
    return M_OK;
}

static void round_of(arrivals_thread *t)
{
    m_intake_result result;
    if (m_fault_ordered("no_arrivals")) {
        pause_ms(WAIT_MS);
        return;
    }
    m_arena_reset(t->arena);
    m_answers_reset(t->answers, t->rt->env);
    m_call call = runtime_call(t->rt, t->arena);
    call.answers = t->answers;
    bool mine = false;
    m_status status = runtime_relay(t->rt, &call, &t->conn);
    if (status == M_OK) status = m_pg_lock_try(t->conn, &call, "arrivals", &mine);
    if (status == M_OK && !mine) { /* another process of this domain takes them */
        show(t, &(figures_arriving){.here = false});
        pause_ms(PAUSE_MS);
        return;
    }
    if (status != M_OK || m_intake_run(t->intake, &call, WAIT_MS, &result) != M_OK ||
        count_all(t, &call) != M_OK) {
        runtime_relay_lost(t->rt, &call, "arrivals", &t->conn);
        pause_ms(PAUSE_MS);
        return;
    }
    call = runtime_call(t->rt, t->arena);
    tend(t, &call);
    inquire_all(t);
}

static void *main_loop(void *arg)
{
    arrivals_thread *t = arg;
    while (!atomic_load(&t->stop))
        round_of(t);
    return NULL;
}

static void close_all(arrivals_thread *t)
{
    m_intake_free(t->intake);
    arrivals_free(t->a);
    domains_free(t->domains);
    m_pg_conn_close(t->conn);
    m_pg_uow_close(t->uow);
    m_answers_free(t->answers);
    m_arena_free(t->arena);
    free(t);
}

static bool open_all(arrivals_thread *t, identity *id, m_nats *link)
{
    m_pg_options options = runtime_pg(t->rt, t->rt->app_dsn);
    t->arena = m_arena_new(0);
    t->answers = m_answers_new(0);
    if (!t->arena || !t->answers || m_pg_uow_open(&options, &t->uow) != M_OK ||
        !(t->domains = runtime_domains(t->rt, id)) ||
        !(t->a = arrivals_new(t->rt, t->uow, t->domains)))
        return false;
    m_intake_config config = {.link = link,
                              .domain = t->rt->others.self,
                              .consumer = t->a->consumer,
                              .view = m_pg_intake_view(&t->conn),
                              .producers = t->a->producers,
                              .producer_count = t->a->producer_count,
                              .env = t->rt->env};
    t->intake = m_intake_new(&config);
    return t->intake != NULL;
}

arrivals_thread *arrivals_thread_start(const runtime *rt, identity *id, m_nats *link)
{
    arrivals_thread *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    t->rt = rt;
    pthread_mutex_init(&t->lock, NULL);
    if (open_all(t, id, link) && pthread_create(&t->thread, NULL, main_loop, t) == 0) return t;
    fprintf(stderr, "The events of other processes cannot be taken.\n");
    close_all(t);
    return NULL;
}

void arrivals_thread_stop(arrivals_thread *t)
{
    if (!t) return;
    atomic_store(&t->stop, true);
    pthread_join(t->thread, NULL);
    close_all(t);
}
