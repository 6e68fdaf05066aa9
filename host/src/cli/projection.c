/* business-m projection: copies of other domains' documents, looked at and made anew. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../service/service.h"
#include "../worker/runner.h"
#include "commands.h"
#include "m_adapters/pg_stream.h"

#define COMPARE_TRIES 10 /* events may be on their way */
#define COMPARE_PAUSE 500000

typedef struct {
    runtime rt;
    service *service;
    m_uow *uow;
    domain_set *domains;
    m_pg_conn *relay;
    m_arena *arena;
    m_list tenants; /* m_id: all that have copies here */
} projection;

static bool open_all(projection *p)
{
    *p = (projection){.arena = m_arena_new(0)};
    if (!p->arena || !runtime_open(&p->rt)) return false;
    if (!p->rt.others.self || domains_own("core")) {
        fprintf(stderr,
                "Copies are kept by one process among several, of another domain than core: "
                "M_DOMAINS says which, and the other settings are as for serve.\n");
        return false;
    }
    if (!runtime_connect(&p->rt, true) || !(p->service = service_open(&p->rt))) return false;
    m_pg_options options = runtime_pg(&p->rt, p->rt.app_dsn);
    m_call call = runtime_call(&p->rt, p->arena);
    if (m_pg_uow_open(&options, &p->uow) != M_OK || !(p->domains = runtime_domains(&p->rt, NULL)))
        return false;
    if (m_nats_wait(service_link(p->service), 5000) &&
        runtime_relay(&p->rt, &call, &p->relay) == M_OK &&
        m_pg_copy_tenants(p->relay, &call, &p->tenants) == M_OK)
        return true;
    if (!call.error.message.n) fprintf(stderr, "The broker does not answer.\n");
    if (call.error.message.n) runtime_print_error("The copies cannot be looked at", &call);
    return false;
}

static void close_all(projection *p)
{
    m_pg_conn_close(p->relay);
    domains_free(p->domains);
    m_pg_uow_close(p->uow);
    service_close(p->service);
    m_arena_free(p->arena);
    runtime_close(&p->rt);
}

/* ---- of one tenant and type ---- */

typedef struct {
    projection *p;
    m_call call;
    const char *type;
    char tenant[M_ID_TEXT];
} one;

static bool rebuild(one *o)
{
    m_replica_filled filled;
    const m_replica *replica = domains_replica(o->p->domains);
    if (m_replica_fill(replica, &o->call, o->p->uow, o->type, &filled) != M_OK) {
        runtime_print_error(o->type, &o->call);
        return false;
    }
    printf("%s  %-24s %8lld documents, %lld written, %lld removed\n", o->tenant, o->type,
           (long long)filled.documents, (long long)filled.written, (long long)filled.removed);
    return true;
}

/* What is on its way may make them differ for a moment. */
static bool check(one *o)
{
    m_replica_verdict verdict = {.equal = false};
    const m_replica *replica = domains_replica(o->p->domains);
    m_status status = M_AGAIN;
    for (int i = 0; i < COMPARE_TRIES && (status == M_AGAIN || !verdict.equal); i++) {
        if (i) usleep(COMPARE_PAUSE);
        m_error_clear(&o->call);
        status = m_replica_compare(replica, &o->call, o->p->uow, o->type, &verdict);
        if (status != M_OK && status != M_AGAIN) break;
    }
    if (status != M_OK) {
        if (m_str_is(o->call.error.code, "core.share.none")) return true; /* asked, not copied */
        runtime_print_error(o->type, &o->call);
        return false;
    }
    printf("%s  %-24s %8lld documents, the owner has %lld: %s\n", o->tenant, o->type,
           (long long)verdict.count, (long long)verdict.owner_count,
           verdict.equal ? "equal" : "DIFFERENT");
    return verdict.equal;
}

/* "core.item", or "core" for all of its types; NULL: all. */
static bool is_named(const char *type, const char *name)
{
    size_t n = name ? strlen(name) : 0;
    return !name || strcmp(type, name) == 0 || (strncmp(type, name, n) == 0 && type[n] == '.');
}

static int for_each(projection *p, const char *name, bool (*work)(one *))
{
    uint32_t count, found = 0;
    bool good = true;
    const char *const *types = m_replica_types(domains_replica(p->domains), &count);
    for (uint32_t i = 0; i < count; i++) {
        if (!is_named(types[i], name)) continue;
        found++;
        for (M_EACH(const m_id, tenant, p->tenants)) {
            one o = {.p = p, .call = runtime_call(&p->rt, p->arena), .type = types[i]};
            o.call.tenant = *tenant;
            m_id_format(*tenant, o.tenant);
            good = work(&o) && good;
            fflush(stdout);
        }
    }
    if (found) return good ? 0 : 1;
    fprintf(stderr, "No copy of that name is kept here. There are:\n");
    for (uint32_t i = 0; i < count; i++)
        fprintf(stderr, "  %s\n", types[i]);
    return 1;
}

/* ---- thawing ---- */

typedef struct {
    projection *p;
    m_str producer;
    int64_t seq; /* the mark to go on from */
    m_id last;
    bool lost; /* events were applied here that the producer does not have any more */
} thaw;

/* Is what was applied here a part of what the producer has? Else its present is where to go on. */
static m_status look(thaw *t, m_call *call, m_outbox outbox, const m_consumer_mark *mark)
{
    m_outbox_ask ask = {.after = mark->seq, .limit = 1};
    m_outbox_page page = {.head = 0};
    M_TRY(m_outbox_since(outbox, call, &ask, &page));
    const m_stream_event *next = page.events.count ? M_AT(page.events, m_stream_event, 0) : NULL;
    bool at_head = page.head == mark->seq && m_id_eq(page.last, mark->last);
    bool before = next && next->seq == mark->seq + 1 && m_id_eq(next->previous, mark->last);
    t->lost = !at_head && !before;
    t->seq = t->lost ? page.head : mark->seq;
    t->last = t->lost ? page.last : mark->last;
    return M_OK;
}

static m_status go_on(void *arg, m_call *call)
{
    const thaw *t = arg;
    return m_consumer_mark_set(t->p->domains->store, call, t->producer, t->seq, t->last);
}

static bool thaw_tenant(thaw *t, m_outbox outbox, const m_pg_mark *row)
{
    projection *p = t->p;
    char tenant[M_ID_TEXT];
    m_call call = runtime_call(&p->rt, p->arena);
    call.tenant = row->tenant;
    m_id_format(row->tenant, tenant);
    if (look(t, &call, outbox, &row->mark) != M_OK ||
        runner_run(p->uow, &call, M_UOW_WRITE, go_on, t) != M_OK) {
        runtime_print_error(tenant, &call);
        return false;
    }
    printf("%s  goes on after event %lld of %.*s%s\n", tenant, (long long)t->seq,
           M_STR_ARG(t->producer),
           t->lost ? ": what it lost stays applied here; look at both with business-m prove" : "");
    return true;
}

static int thaw_all(projection *p, const char *producer)
{
    m_list marks;
    m_remote_value value;
    m_call call = runtime_call(&p->rt, p->arena);
    m_iface iface =
        m_remote_bind_now(&value, service_asker(p->service), producer, &m_outbox_protocol);
    thaw t = {.p = p, .producer = m_str_of(producer)};
    if (m_pg_consumer_marks(p->relay, &call, t.producer, &marks) != M_OK) {
        runtime_print_error("The marks cannot be read", &call);
        return 1;
    }
    uint32_t frozen = 0;
    bool good = true, lost = false;
    for (M_EACH(const m_pg_mark, row, marks)) {
        if (row->mark.state != M_MARK_FROZEN) continue;
        frozen++;
        good = thaw_tenant(&t, (m_outbox){iface.ops, iface.self}, row) && good;
        lost = lost || t.lost;
    }
    if (!frozen) printf("No tenant is frozen here because of %s.\n", producer);
    if (lost && for_each(p, producer, rebuild) != 0) good = false;
    return good ? 0 : 1;
}

int command_projection(int n, char **arguments)
{
    bool anew = n >= 1 && n <= 2 && strcmp(arguments[0], "rebuild") == 0;
    bool look_only = n >= 1 && n <= 2 && strcmp(arguments[0], "check") == 0;
    bool melt = n == 2 && strcmp(arguments[0], "thaw") == 0;
    if (!anew && !look_only && !melt) return COMMAND_USAGE;
    projection p;
    int answer = 1;
    const char *name = n == 2 ? arguments[1] : NULL;
    if (open_all(&p))
        answer = melt ? thaw_all(&p, name) : for_each(&p, name, anew ? rebuild : check);
    close_all(&p);
    return answer;
}
