/* What a set of domains has of other processes: protocols that are asked for, copies of masters,
 * events that leave. Private to this room; all of it for a set with others only. */
#ifndef HOST_OTHERS_H
#define HOST_OTHERS_H

#include "domains.h"

/* Before the modules are wired: the store tells what is shared, events leave. False: no memory. */
bool others_open(domain_set *d, const domains_others *config);
/* A protocol that another process provides, or that means something else with others. */
bool others_provide(domain_set *d, const char *protocol, m_iface *out);
/* With the registry made: copies and what they are good for. False: no memory. */
bool others_start(domain_set *d, m_documents_config *config);
/* Who is asked before a master is deleted. */
void others_configure(domain_set *d, core_config *core);
/* Accepts a set without. */
void others_close(domain_set *d);
/* The value of a protocol that a module of this process provides; false when none does. */
bool domains_provided(const domain_set *d, const char *protocol, m_iface *out);

#endif
