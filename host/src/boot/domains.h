/* The domains of one worker: a set of module instances wired to one another and to the engines.
 *
 * Every worker has a set of its own, so instances need no locks. */
#ifndef HOST_DOMAINS_H
#define HOST_DOMAINS_H

#include "../masters/masters.h"
#include "m/book_keeper.h"
#include "m/stock_keeper.h"
#include "m_adapters/audit.h"
#include "m_adapters/documents.h"
#include "m_adapters/outbox.h"
#include "m_adapters/pg.h"
#include "m_adapters/remote_ledger.h"
#include "m_adapters/replica.h"
#include "m_adapters/stream.h"

#define DOMAINS_MAX 8

typedef struct domain_set {
    const m_module *modules[DOMAINS_MAX];
    void *instances[DOMAINS_MAX];
    uint32_t count;
    m_store store; /* the engine's */
    m_outbox_here outbox;
    m_audit_over audit; /* around it: what modules do to other documents is audited */
    m_events events;
    m_book_keeper book_keeper;
    m_stock_keeper stock_keeper;
    m_registry *registry;
    m_documents_service *service;
    m_documents documents;
    struct others *others; /* NULL: everything is in this process */
} domain_set;

/* Loads the libraries of the domains in `names` ("finance,wms"; commas or spaces), before
 * anything else here and while no set is open; "core" is part of the host and always there. False:
 * *why tells what is wrong, all of it, in n bytes. */
bool domains_load(const char *names, char *why, size_t n);
/* The domain among `names` that has a collection of documents, "suppliers" or "core/suppliers"; ""
 * when none has. Nothing stays loaded. */
void domains_home(const char *names, m_str collection, char out[32]);
/* The call is answered in the language of a header Accept-Language, English or one that the modules
 * have catalogues of. accepted must outlive the call. */
void domains_speak(m_call *call, m_str accepted);
/* The modules of this process, core first; returns how many. */
uint32_t domains_modules(const m_module *out[DOMAINS_MAX]);

/* All types the modules, the host and the adapters store, without duplicates; at most max. Returns
 * how many there are. */
uint32_t domains_stored_types(const m_type **out, uint32_t max);
/* How those of them are filled that came after the rows they sum up. */
extern const m_pg_fill domains_fills[];

/* The other processes of the company; all of it must outlive the set. */
typedef struct {
    const char *self;           /* name of this process's service: its first domain */
    const char *const *domains; /* of the other processes; ends with NULL */
    const m_asker *asker;       /* for work outside of transactions */
    const m_env *env;
} domains_others;

/* What the core module is told about the host; strings must outlive the set. */
typedef struct {
    identity *identity; /* may be NULL: passwords cannot be set then */
    m_str company_name;
    m_str base_currency;
    int fiscal_start_month;
    uint32_t attachment_bytes;    /* most of one file */
    const domains_others *others; /* NULL: there are none */
} domains_config;

/* Instances of all modules, required protocols filled in. On failure NULL, and `missing` (n bytes)
 * lists every protocol that some module requires and nobody provides. Free with domains_free. */
domain_set *domains_new(m_store store, const domains_config *config, char *missing, size_t n);
/* Accepts NULL. */
void domains_free(domain_set *domains);

/* Does this process own the module, or does it only hold copies of its masters? */
bool domains_own(const char *module);
/* The value of a protocol that this process serves to others; false when it does not. */
bool domains_served(domain_set *domains, const char *protocol, m_iface *out);
/* What other processes own and this one has copies of; NULL when everything is here. */
const m_replica *domains_replica(const domain_set *domains);
/* Number of the tenant's last event that left, in the running transaction; 0: none, or there are no
 * others. */
m_status domains_mark(domain_set *domains, m_call *call, int64_t *out) M_MUST_USE;
/* Events that left with writes of this set so far; one thread at a time. */
uint64_t domains_told(const domain_set *domains);

/* NULL when there is no such module. */
void *domains_instance(const domain_set *domains, const char *module);

/* Standard data of a new tenant: every module's seed, in the running write transaction. */
m_status domains_seed(domain_set *domains, m_call *call) M_MUST_USE;

#endif
