/* Shared inside host/src/masters. */
#ifndef CORE_INTERNAL_H
#define CORE_INTERNAL_H

#include "../identity/core_errors.h"
#include "masters.h"
#include "records.h"

typedef struct {
    identity_part identity; /* first: identity's documents see only this */
    core_config config;
} core_instance;

static inline m_store core_store(void *module)
{
    return ((core_instance *)module)->identity.store;
}

/* Who may do what; see permissions.c. */
extern const m_permission core_can_reference[]; /* units, currencies, taxes, company, policies */
extern const m_permission core_can_item[];
extern const m_permission core_can_supplier[];
extern const m_permission core_can_customer[];
extern const m_permission core_can_party[];

extern const m_masters_ops core_masters_ops;
extern const m_words *const host_words[];

m_status core_seed(void *module, m_call *call);

/* Refuses (core.document.referenced) while another document of this process points to doc. */
m_status core_check_unreferenced(void *module, m_call *call, const m_doctype *doctype,
                                 const void *doc);

/* Notes core.field.form unless empty or of the form name@host. */
void core_check_email(m_call *call, m_str email, const char *path);

/* Does a module here, or of another process, ask for a policy of this name? */
m_status core_policy_known(void *self, m_call *call, m_str name, bool *out) M_MUST_USE;

#endif
