#include "others.h"

#include <stdlib.h>

#include "m/delivering.h"
#include "m/receiving.h"
#include "told.h"

struct others {
    domains_others config;
    m_share_over share;
    m_outgoing outgoing;
    m_remote_books books;
    m_remote_value remotes[DOMAINS_MAX]; /* receiving, delivering, … */
    uint32_t remote_count;
    m_remote_value now[DOMAINS_MAX], within[DOMAINS_MAX];
    m_replica_owner owners[DOMAINS_MAX];
    m_sharing asked[DOMAINS_MAX];
    uint32_t owner_count;
    m_replica *replica;
    m_share_server server;
};

bool others_open(domain_set *d, const domains_others *config)
{
    struct others *o = calloc(1, sizeof *o);
    if (!o) return false;
    d->others = o;
    o->config = *config;
    o->outgoing = (m_outgoing){.store = d->store, .address = config->self};
    d->events = m_outgoing_events(&o->outgoing);
    o->share = (m_share_over){.inner = d->store, .events = d->events};
    d->audit.inner = m_share_store(&o->share);
    o->books = (m_remote_books){
        .store = d->store, .events = d->events, .service = "finance", .caller = config->self};
    return true;
}

void others_close(domain_set *d)
{
    if (!d->others) return;
    m_replica_free(d->others->replica);
    free(d->others);
    d->others = NULL;
}

/* ---- protocols ---- */

/* Asked of the process that provides it, from within a transaction. */
static bool bind_remote(struct others *o, const char *name, m_iface *out)
{
    static const struct {
        const m_protocol *protocol;
        const char *service;
    } homes[] = {{&m_receiving_protocol, "wms"}, {&m_delivering_protocol, "wms"}};
    for (size_t i = 0; i < sizeof homes / sizeof homes[0]; i++) {
        if (strcmp(homes[i].protocol->name, name) != 0 || o->remote_count == DOMAINS_MAX) continue;
        *out = m_remote_bind(&o->remotes[o->remote_count++], homes[i].service, homes[i].protocol);
        return true;
    }
    return false;
}

bool others_provide(domain_set *d, const char *protocol, m_iface *out)
{
    struct others *o = d->others;
    if (domains_provided(d, protocol, out)) return true;
    if (strcmp(protocol, "ledger") == 0) {
        m_ledger ledger = m_remote_ledger(&o->books);
        *out = (m_iface){ledger.ops, ledger.self};
        return true;
    }
    if (strcmp(protocol, "budget") == 0) {
        m_budget budget = m_remote_budget(&o->books);
        *out = (m_iface){budget.ops, budget.self};
        return true;
    }
    if (strcmp(protocol, "deciding") == 0) { /* Finance asks those who post to it */
        m_deciding deciding = m_remote_deciding();
        *out = (m_iface){deciding.ops, deciding.self};
        return true;
    }
    return bind_remote(o, protocol, out);
}

bool domains_served(domain_set *d, const char *protocol, m_iface *out)
{
    m_sharing sharing = m_share_serve(&d->others->server);
    m_deciding deciding = m_decisions_of(&d->store);
    m_crosscheck crosscheck = m_crosscheck_of(&d->store);
    const struct {
        const char *name;
        m_iface value;
    } engines[] = {{"sharing", {sharing.ops, sharing.self}},
                   {"deciding", {deciding.ops, deciding.self}},
                   {"crosscheck", {crosscheck.ops, crosscheck.self}}};
    if (strcmp(protocol, "masters") == 0) return false; /* everybody has copies */
    if (domains_provided(d, protocol, out)) return true;
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++)
        if (strcmp(engines[i].name, protocol) == 0) {
            *out = engines[i].value;
            return true;
        }
    return false;
}

/* ---- copies ---- */

m_status domains_mark(domain_set *d, m_call *call, int64_t *out)
{
    m_id last;
    *out = 0;
    return d->others ? m_outgoing_head(d->store, call, out, &last) : M_OK;
}

static void add_owner(struct others *o, const char *domain)
{
    uint32_t i = o->owner_count;
    if (i == DOMAINS_MAX) return;
    m_iface now = m_remote_bind_now(&o->now[i], o->config.asker, domain, &m_sharing_protocol);
    m_iface within = m_remote_bind(&o->within[i], domain, &m_sharing_protocol);
    o->owners[i] = (m_replica_owner){
        .module = domain, .now = {now.ops, now.self}, .within = {within.ops, within.self}};
    o->asked[i] = o->owners[i].within;
    o->owner_count++;
}

bool others_start(domain_set *d, m_documents_config *config)
{
    struct others *o = d->others;
    o->share.registry = d->registry;
    o->outgoing.registry = d->registry;
    o->server = (m_share_server){.registry = d->registry, .store = d->store};
    for (const char *const *name = o->config.domains; *name; name++)
        add_owner(o, *name);
    m_replica_config replica = {.registry = d->registry,
                                .store = d->store,
                                .env = o->config.env,
                                .owners = o->owners,
                                .owner_count = o->owner_count};
    o->replica = m_replica_new(&replica);
    if (!o->replica) return false;
    config->foreign = m_replica_links(o->replica);
    config->told = boot_told;
    config->outgoing = true;
    return true;
}

void others_configure(domain_set *d, core_config *core)
{
    core->others = d->others->asked;
    core->other_count = d->others->owner_count;
}

const m_replica *domains_replica(const domain_set *d)
{
    return d->others ? d->others->replica : NULL;
}

uint64_t domains_told(const domain_set *d)
{
    return d->others ? d->others->outgoing.told : 0;
}
