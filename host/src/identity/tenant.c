#include "identity_internal.h"

static const m_field tenant_fields[] = {
    M_F_ID(core_tenant, id, "Id", .flags = M_READONLY),
    M_F_STR(core_tenant, slug, "Short name", .flags = M_REQUIRED | M_UNIQUE, .max = 40),
    M_F_STR(core_tenant, name, "Name", .flags = M_REQUIRED),
    M_F_TIME(core_tenant, created_at, "Created at"),
    M_F_BOOL(core_tenant, active, "Active", .fallback = "true"),
};
const m_type identity_tenant_type = {.name = "core.tenant",
                                     .schema = "core",
                                     .table = "tenant",
                                     .size = sizeof(core_tenant),
                                     .flags = M_TYPE_NO_TENANT | M_TYPE_REFERENCE,
                                     M_FIELDS(tenant_fields)};

static bool slug_valid(m_str slug)
{
    return m_pattern_match("[a-z0-9][a-z0-9\\-]{1,39}", slug);
}

typedef struct {
    identity *id;
    m_str slug;
    m_str name;
    bool found;
    bool active;
    m_id tenant;
} tenant_work;

static m_status work_find(void *arg, m_call *call)
{
    tenant_work *work = arg;
    const void *found;
    M_TRY(m_store_find_one(work->id->config.store, call, &identity_tenant_type, "slug", &work->slug,
                           &found));
    const core_tenant *tenant = found;
    work->found = tenant != NULL;
    work->active = tenant && tenant->active;
    if (tenant) work->tenant = tenant->id;
    return M_OK;
}

static m_status work_create(void *arg, m_call *call)
{
    tenant_work *work = arg;
    M_TRY(work_find(arg, call));
    if (work->found) return m_fail(call, &core_errors[CORE_E_SLUG_TAKEN], NULL);
    core_tenant tenant = {.id = m_new_id(call),
                          .slug = work->slug,
                          .name = work->name,
                          .created_at = m_now(call),
                          .active = true};
    work->tenant = tenant.id;
    return m_store_insert(work->id->config.store, call, &identity_tenant_type, &tenant);
}

static m_status run_without_tenant(identity *id, m_call *call, m_uow_mode mode,
                                   m_status (*work)(void *, m_call *), void *arg)
{
    m_id before = call->tenant;
    call->tenant = (m_id){0};
    m_status status = id->config.runner.run(id->config.runner.self, call, mode, work, arg);
    call->tenant = before;
    return status;
}

m_status identity_create_tenant(identity *id, m_call *call, m_str slug, m_str name, m_id *out)
{
    if (!slug_valid(slug)) m_field_fail(call, &core_errors[CORE_E_SLUG], M_STR("slug"), NULL);
    if (!m_utf8_valid(name) || !m_str_trim(name).n || m_utf8_length(name) > 140)
        m_field_fail(call, m_err_required, M_STR("name"), NULL);
    M_TRY(m_failed_fields(call));
    tenant_work work = {.id = id, .slug = slug, .name = m_str_trim(name)};
    M_TRY(run_without_tenant(id, call, M_UOW_WRITE, work_create, &work));
    *out = work.tenant;
    return M_OK;
}

static m_status work_any(void *arg, m_call *call)
{
    tenant_work *work = arg;
    m_query all = {0};
    uint32_t n;
    M_TRY(m_store_count(work->id->config.store, call, &identity_tenant_type, &all, 1, &n));
    work->found = n > 0;
    return M_OK;
}

m_status identity_has_tenants(identity *id, m_call *call, bool *out)
{
    tenant_work work = {.id = id};
    M_TRY(run_without_tenant(id, call, M_UOW_READ, work_any, &work));
    *out = work.found;
    return M_OK;
}

m_status identity_find_tenant(identity *id, m_call *call, m_str slug, m_id *out)
{
    tenant_work work = {.id = id, .slug = slug};
    m_id found = {0};
    if (slug_valid(slug)) M_TRY(run_without_tenant(id, call, M_UOW_READ, work_find, &work));
    if (work.active) found = work.tenant;
    *out = found;
    return M_OK;
}
