#include "core_internal.h"
#include "m/sharing.h"
#include "saved_view.h"

static const m_doctype *const doctypes[] = {&core_item_doctype,        &core_item_category_doctype,
                                            &core_unit_doctype,        &core_supplier_doctype,
                                            &core_customer_doctype,    &core_party_doctype,
                                            &core_address_doctype,     &core_company_doctype,
                                            &core_currency_doctype,    &core_tax_doctype,
                                            &core_policy_doctype,      &core_exchange_rate_doctype,
                                            &core_saved_view_doctype,  &identity_user_doctype,
                                            &identity_api_key_doctype, NULL};

static const m_type *const types[] = {&identity_tenant_type, &identity_session_type,
                                      &identity_sign_in_type, NULL};

static const m_provided provides[] = {{"masters", &core_masters_ops}, {0}};

static const m_required requires_[] = {
    {"store", offsetof(core_instance, identity) + offsetof(identity_part, store)}, {0}};

/* What the domains link to and what the protocol "masters" reads; nobody's users, keys, sessions.
 */
static const m_shared shared[] = {
    {&core_item_doctype, NULL},          {&core_unit_doctype, NULL},
    {&core_supplier_doctype, NULL},      {&core_customer_doctype, NULL},
    {&core_tax_doctype, NULL},           {&core_currency_doctype, NULL},
    {&core_company_doctype, NULL},       {&core_policy_doctype, NULL},
    {&core_exchange_rate_doctype, NULL}, {NULL, NULL}};

static const m_module module = {.size = sizeof(m_module),
                                .name = "core",
                                .label = "Masters",
                                .version = "0.1.0",
                                .instance_size = sizeof(core_instance),
                                .doctypes = doctypes,
                                .types = types,
                                .errors = core_errors,
                                .words = host_words,
                                .provides = provides,
                                .requires_ = requires_,
                                .seed = core_seed,
                                .shared = shared};

const m_module *core_module(void)
{
    return &module;
}

void core_configure(void *instance, const core_config *config)
{
    core_instance *core = instance;
    core->config = *config;
    core->identity.identity = config->identity;
}

const m_policy_def *core_policy_find(const void *instance, m_str name)
{
    const core_config *config = &((const core_instance *)instance)->config;
    for (uint32_t i = 0; i < config->module_count; i++) {
        const m_policy_def *def = config->modules[i]->policies;
        for (; def && def->name; def++)
            if (m_str_is(name, def->name)) return def;
    }
    return NULL;
}

typedef m_status (*other_question)(m_sharing other, m_call *call, const m_share_document *in,
                                   m_share_reference *out);

/* All are asked, so that the questions travel together. */
static m_status ask_others(const core_config *config, m_call *call, other_question question,
                           m_share_document in, const char **out_label)
{
    m_status status = M_OK;
    for (uint32_t i = 0; i < config->other_count; i++) {
        m_share_reference found = {.label = {NULL, 0}};
        m_status answer = question(config->others[i], call, &in, &found);
        if (answer != M_OK && answer != M_AGAIN) return answer;
        if (answer == M_OK && found.label.n) *out_label = m_str_z(call->arena, found.label);
        if (status == M_OK) status = answer;
    }
    return status;
}

m_status core_check_unreferenced(void *self, m_call *call, const m_doctype *doctype,
                                 const void *doc)
{
    static const m_module *const core_only[] = {&module};
    const core_config *config = &((const core_instance *)self)->config;
    bool known = config->module_count > 0;
    const char *label;
    const m_share_document asked = {m_str_of(doctype->type->name), ((const m_doc *)doc)->id};
    M_TRY(m_find_reference(core_store(self), call, known ? config->modules : core_only,
                           known ? config->module_count : 1, doctype->type->name,
                           ((const m_doc *)doc)->id, &label));
    if (!label) M_TRY(ask_others(config, call, m_sharing_reference, asked, &label));
    if (label) return m_fail(call, &core_errors[CORE_E_REFERENCED], "%s", m_say(call, label));
    return M_OK;
}

m_status core_policy_known(void *self, m_call *call, m_str name, bool *out)
{
    const char *label = NULL;
    *out = core_policy_find(self, name) != NULL;
    if (*out) return M_OK;
    M_TRY(ask_others(&((const core_instance *)self)->config, call, m_sharing_policy,
                     (m_share_document){.type = name}, &label));
    *out = label != NULL;
    return M_OK;
}
