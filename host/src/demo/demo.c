#include "demo.h"

/* One transaction makes everything, so one document tells of all. */
m_status demo_exists(const demo_build *build, m_call *call, bool *out)
{
    const m_collection *warehouses =
        m_registry_collection(build->domains->registry, M_STR("wms"), M_STR("warehouses"));
    m_str code = M_STR(DEMO_DEPOT);
    const void *found = NULL;
    if (!warehouses) return m_fail(call, m_err_internal, "no warehouses");
    M_TRY(m_store_find_one(build->domains->store, call, warehouses->doctype->type, "code", &code,
                           &found));
    *out = found != NULL;
    return M_OK;
}

static const m_collection *collection_of(const demo_build *build, const char *address)
{
    const char *slash = strchr(address, '/');
    if (!slash) return NULL;
    return m_registry_collection(build->domains->registry,
                                 (m_str){address, (size_t)(slash - address)}, m_str_of(slash + 1));
}

m_status demo_made(demo_build *build, m_call *call, const demo_step *step, m_id id)
{
    if (!step->name) return M_OK;
    if (build->named == DEMO_NAMES_MAX) return m_fail(call, m_err_internal, "too many names");
    build->names[build->named].name = step->name;
    build->names[build->named].collection = collection_of(build, step->collection);
    build->names[build->named++].id = id;
    return M_OK;
}

m_status demo_request(const demo_build *build, m_call *call, const demo_step *step,
                      m_document_request *out)
{
    const char *slash = strchr(step->collection, '/');
    if (!slash) return m_fail(call, m_err_internal, "%s", step->collection);
    *out = (m_document_request){.module = {step->collection, (size_t)(slash - step->collection)},
                                .collection = m_str_of(slash + 1),
                                .action = m_str_of(step->action)};
    for (uint32_t i = 0; step->of && i < build->named; i++)
        if (strcmp(build->names[i].name, step->of) == 0) out->id = build->names[i].id;
    return demo_body(build, call, step->body, &out->body);
}

static m_status take(demo_build *build, m_call *call, const demo_step *step)
{
    m_document_request in;
    m_document_reply reply;
    M_TRY(demo_request(build, call, step, &in));
    if (step->of) return m_documents_act(build->domains->documents, call, &in, &reply);
    M_TRY(m_documents_create(build->domains->documents, call, &in, &reply));
    return demo_made(build, call, step, reply.id);
}

m_status demo_run(demo_build *build, m_call *call)
{
    m_uow *uow = call->uow;
    build->named = 0;
    for (uint32_t i = 0; i < build->step_count; i++) {
        if (build->progress) build->progress(build->self, i, build->step_count);
        build->failed = &build->steps[i];
        uow->ops->mark(uow);
        M_TRY(take(build, call, &build->steps[i]));
        uow->ops->accept(uow);
    }
    build->failed = NULL;
    uow->ops->mark(uow);
    if (build->progress) build->progress(build->self, build->step_count, build->step_count);
    return M_OK;
}
