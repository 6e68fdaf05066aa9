/* Masters: the host's own module "core". It owns what all domains point to (items, suppliers,
 * units, taxes, …) and provides the protocol "masters"; users, roles and API keys of
 * host/src/identity are its documents too.
 *
 * Thread rule: the instance is read-only after core_configure(). */
#ifndef CORE_MASTERS_H
#define CORE_MASTERS_H

#include "m/masters.h"
#include "m/module.h"
#include "m/sharing.h"

#include "../identity/identity.h"

/* What the host knows and the module does not. Everything pointed to must outlive the instance. */
typedef struct {
    const m_module *const
        *modules; /* all modules of this process: their policies and roles count */
    uint32_t module_count;
    identity *identity;      /* hashes passwords for "set-password"; NULL: that action is refused */
    m_str company_name;      /* of the company profile a new tenant starts with */
    m_str base_currency;     /* ISO code; empty: INR */
    int fiscal_start_month;  /* 0: 4 (April) */
    m_str default_locale;    /* empty: "en" */
    const m_sharing *others; /* processes that are asked before a document is deleted; or NULL */
    uint32_t other_count;
} core_config;

/* The descriptor of the module. */
const m_module *core_module(void);

/* Tell an instance (core_module()->instance_size bytes, zeroed, "store" filled in) about the host.
 * Without this the seeds use their defaults and every policy name is refused. */
void core_configure(void *instance, const core_config *config);

/* The policy of that name among the configured modules; NULL when no module knows it. */
const m_policy_def *core_policy_find(const void *instance, m_str name);

#endif
