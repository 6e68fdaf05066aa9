/* Session: what a command needs to work on one tenant: database, domains, identity, one transaction
 * at a time. */
#ifndef HOST_SESSION_H
#define HOST_SESSION_H

#include "../boot/joint.h"
#include "../service/arrivals.h"
#include "../service/service.h"
#include "../worker/asking.h"

typedef struct {
    runtime rt;
    m_uow *uow;
    const m_module *modules[DOMAINS_MAX];
    domain_set *domains;
    identity_keys *keys;
    identity *identity;
    m_arena *arena;
    m_call call;        /* a system call for the tenant of M_TENANT */
    service *service;   /* the link to other processes; NULL: nobody is asked */
    arrivals *arrivals; /* what they tell; NULL where it does not matter */
    m_answers *answers; /* what they were asked; NULL without service */
    asking asking;      /* transactions that ask them */
    joint *joint;       /* uow and domains read several databases; NULL: they do not */
} session;

/* Attaches to a running host's database or starts it, brings the schema up to date, makes the first
 * tenant when there is none at all. False: the reason is printed. Close in any case. */
bool session_open(session *s);
/* The same for commands that work for no tenant: that of M_TENANT need not exist. */
bool session_open_any(session *s);
/* For a command that looks at the books of one process among others, whichever M_DOMAINS says;
 * where everything is in one process, as session_open_any. ask: other processes are asked. */
bool session_open_books(session *s, bool ask);
/* For a command that works in one domain, with the tenant of M_TENANT: as a process of that domain
 * among the others, or where everything is in one process as session_open. */
bool session_open_domain(session *s, const char *domain);
/* For a command that reads whatever there is of the tenant of M_TENANT, in one database or several.
 * as_service: asks the running processes under this name of the broker; NULL: it does not. */
bool session_open_all(session *s, const char *as_service);
/* Transactions of the session in which other processes may be asked. */
identity_runner session_runner(session *s);
void session_close(session *s);
/* Run work(arg, call) in a write transaction of the tenant. */
m_status session_write(session *s, m_status (*work)(void *arg, m_call *call), void *arg) M_MUST_USE;

#endif
