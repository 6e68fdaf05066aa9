/* Service: this process among the others of an enterprise. The link to the broker, the keys that
 * questions are signed with, who asks for the use cases of this process, and who answers others. */
#ifndef HOST_SERVICE_H
#define HOST_SERVICE_H

#include "../gateway/figures.h"
#include "../gateway/reach.h"
#include "../runtime/runtime.h"
#include "m_adapters/nats.h"
#include "m_adapters/rpc.h"
#include "rpc_job.h"

typedef struct service service;

/* Prints all that is missing in the configuration of an enterprise process; true: nothing is. */
bool service_configured(const runtime *rt);
/* Connects, in the background where the broker is not there yet; from now on the domains of rt ask
 * through it. NULL: the reason is printed. rt must outlive it. */
service *service_open(runtime *rt);
/* The same under a name of the broker that is no domain's, with the file of its key: for a command.
 */
service *service_open_as(runtime *rt, const char *name);
m_nats *service_link(service *s);
/* The broker refuses us for good (it has told the process to stop, as SIGTERM does): end with an
 * error, so that who looks after us starts us again. Accepts NULL. */
bool service_lost(const service *s);
const m_asker *service_asker(const service *s);
/* Looks from now on who is there, for service_reaches. False: no memory or thread. */
bool service_look_around(service *s);
/* What is known of a domain. arg: the service. Any thread. */
service_reach service_reaches(void *arg, const char *domain);
/* What /metrics shows of links and questions; lists in the arena. Any thread. */
void service_figures(service *s, m_arena *arena, figures *out);
/* Is the broker there? arg: the service. Any thread. */
bool service_linked(void *arg);
/* Begins to answer what the domains of this process provide. False: the reason is printed. */
bool service_serve(service *s, const rpc_queues *queues, domain_set *domains);
/* Takes no more questions and finishes what it has; workers must still run. */
void service_drain(service *s);
/* Accepts NULL. Nobody may be asking. */
void service_close(service *s);

#endif
