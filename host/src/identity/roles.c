#include "identity_internal.h"

#include <stdlib.h>

/* What the roles are for. A role need not be here: whatever a permission table names is a role. */
static const struct {
    const char *name;
    const char *description;
} known[] = {
    {ROLE_ADMINISTRATOR, "May do everything, also users, roles and API keys."},
    {"Master Manager", "Keeps items, suppliers, customers, units, taxes and policies."},
    {"Purchase User", "Orders goods; adds suppliers and items."},
    {"Purchase Manager", "Approves and cancels orders; suspends suppliers."},
    {"Stock User", "Receives, moves and issues goods."},
    {"Stock Manager", "Keeps warehouses; cancels stock documents."},
    {"Accounts User", "Enters vouchers, invoices and payments."},
    {"Accounts Manager", "Keeps accounts and periods; cancels; posts into soft-closed periods."},
    {"HR User", "Reads and enters employee records."},
    {"HR Manager", "Keeps departments, designations and pay scales."},
    {"Auditor", "Reads everything, changes nothing."},
};

static m_str describe(m_str role)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (m_str_is(role, known[i].name)) return m_str_of(known[i].description);
    return M_STR("");
}

static bool listed(const m_list *roles, m_str name)
{
    for (uint32_t i = 0; i < roles->count; i++)
        if (m_str_eq(M_AT(*roles, identity_role, i)->name, name)) return true;
    return false;
}

static bool add_role(m_arena *arena, m_list *roles, uint32_t *capacity, const char *name)
{
    m_str text = m_str_of(name);
    if (listed(roles, text)) return true;
    identity_role *role = m_list_add(arena, roles, capacity, sizeof *role);
    if (!role) return false;
    *role = (identity_role){text, describe(text)};
    return true;
}

static bool add_table(m_arena *arena, m_list *roles, uint32_t *capacity, const m_permission *table)
{
    for (; table && table->role; table++)
        if (!add_role(arena, roles, capacity, table->role)) return false;
    return true;
}

static bool add_module(m_arena *arena, m_list *roles, uint32_t *capacity, const m_module *module)
{
    for (uint32_t i = 0; module->doctypes && module->doctypes[i]; i++)
        if (!add_table(arena, roles, capacity, module->doctypes[i]->permissions)) return false;
    for (uint32_t i = 0; module->reports && module->reports[i]; i++)
        if (!add_table(arena, roles, capacity, module->reports[i]->permissions)) return false;
    return true;
}

static int by_name(const void *a, const void *b)
{
    return m_str_cmp(((const identity_role *)a)->name, ((const identity_role *)b)->name);
}

m_status identity_roles(const m_module *const *modules, uint32_t module_count, m_arena *arena,
                        m_list *out)
{
    m_list roles = {0};
    uint32_t capacity = 0;
    if (!add_role(arena, &roles, &capacity, ROLE_ADMINISTRATOR)) return M_NOMEM;
    for (uint32_t i = 0; i < module_count; i++)
        if (!add_module(arena, &roles, &capacity, modules[i])) return M_NOMEM;
    qsort(roles.items, roles.count, sizeof(identity_role), by_name);
    *out = roles;
    return M_OK;
}

bool roles_have(const m_list *roles, m_str role)
{
    for (uint32_t i = 0; i < roles->count; i++)
        if (m_str_eq(M_AT(*roles, core_user_role, i)->role, role)) return true;
    return false;
}

m_status roles_check(identity *id, m_call *call, const m_list *roles)
{
    m_list all = {0};
    bool any = id && id->config.module_count > 0;
    if (any && identity_roles(id->config.modules, id->config.module_count, call->arena, &all))
        return m_fail(call, m_err_memory, NULL);
    for (uint32_t i = 0; i < roles->count; i++) {
        m_str role = M_AT(*roles, core_user_role, i)->role;
        m_list earlier = {roles->items, i};
        char *path = m_arena_printf(call->arena, "roles[%u].role", i);
        if (any && !listed(&all, role))
            m_field_fail(call, &core_errors[CORE_E_ROLE_UNKNOWN], m_str_of(path), "%.*s",
                         M_STR_ARG(role));
        else if (roles_have(&earlier, role))
            m_field_fail(call, &core_errors[CORE_E_DUPLICATE_LINE], m_str_of(path), NULL);
    }
    return M_OK;
}
