#include "core_internal.h"

static const m_field policy_fields[] = {
    M_DOC_FIELDS(core_policy, m_states_active),
    M_F_STR(core_policy, name, "Policy", .flags = M_REQUIRED | M_IMMUTABLE, .max = 80,
            .help = "Such as wms.receipt_tolerance_pct."),
    M_F_DEC(core_policy, value, "Value", .flags = M_REQUIRED | M_NON_NEGATIVE),
    M_F_DATE(core_policy, effective_from, "Effective from", .flags = M_REQUIRED),
    M_F_STR(core_policy, reason, "Reason", .max = 500),
};
static const m_index policy_indexes[] = {{.fields = "name,effective_from", .unique = true}, {0}};
const m_type core_policy_type = {.name = "core.policy",
                                 .schema = "core",
                                 .table = "policy",
                                 .size = sizeof(core_policy),
                                 .flags = M_TYPE_REFERENCE,
                                 .indexes = policy_indexes,
                                 M_FIELDS(policy_fields)};

/* The index would refuse a second one too; here it can be said which field is at fault. */
static m_status check_unique(void *module, m_call *call, const core_policy *policy)
{
    m_filter same[] = {{"name", M_OP_EQ, &policy->name},
                       {"effective_from", M_OP_EQ, &policy->effective_from},
                       {"id", M_OP_NE, &policy->id}};
    m_query query = {.filters = same, .filter_count = 3};
    uint32_t n;
    M_TRY(m_store_count(core_store(module), call, &core_policy_type, &query, 1, &n));
    if (n)
        m_field_fail(call, &core_errors[CORE_E_POLICY_EXISTS], M_STR("effective_from"), "%.*s",
                     M_STR_ARG(policy->name));
    return M_OK;
}

static m_status policy_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    const core_policy *policy = doc;
    bool known = true;
    if (policy->name.n) M_TRY(core_policy_known(module, call, policy->name, &known));
    if (!known)
        m_field_fail(call, &core_errors[CORE_E_POLICY_UNKNOWN], M_STR("name"), "%.*s",
                     M_STR_ARG(policy->name));
    M_TRY(check_unique(module, call, policy));
    return m_failed_fields(call);
}

const m_doctype core_policy_doctype = {.type = &core_policy_type,
                                       .module = "core",
                                       .collection = "policies",
                                       .label = "Policy",
                                       .label_plural = "Policies",
                                       .group = "Setup",
                                       .permissions = core_can_reference,
                                       .list_columns = "name,value,effective_from,reason",
                                       .search_fields = "name,reason",
                                       .title_field = "name",
                                       .check = policy_check};
