/* The very first start: tenant, standard data, administrator. */
#ifndef HOST_FIRST_START_H
#define HOST_FIRST_START_H

#include "../runtime/runtime.h"

/* Makes what is not there; changes nothing otherwise. Prints how to sign in when it made the
 * administrator. id and domains use uow. False: the reason is printed. */
bool first_start(runtime *rt, identity *id, domain_set *domains, m_uow *uow);

/* A new tenant with its standard data and one administrator. An empty password is made up and
 * returned in *out_password (arena). */
m_status first_start_tenant(identity *id, domain_set *domains, m_uow *uow, m_call *call, m_str slug,
                            m_str name, m_str email, m_str password,
                            m_str *out_password) M_MUST_USE;

#endif
