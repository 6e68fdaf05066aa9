/* A tenant at first sight. */
#include "internal.h"

#define BUSY_US INT64_C(30000000) /* a fill without a step for so long was broken off */

/* ---- what is missing ---- */

typedef struct {
    const m_replica *replica;
    const kept *k; /* the first one that is missing; NULL: none */
    uint32_t from; /* where to go on looking */
    bool needed;   /* only what no use case can do without; else whatever is not right */
    bool busy;     /* another process fills it */
    bool seeds;
} looking;

static bool is_missing(const looking *l, const kept *k, const m_replica_row *row)
{
    if (l->needed) return k->type && !(row && row->complete);
    return row ? row->status == M_REPLICA_FILLING : !k->type;
}

static m_status step_missing(void *arg, m_call *call)
{
    looking *l = arg;
    l->k = NULL;
    l->busy = false;
    for (uint32_t i = l->from; i < l->replica->count && !l->k; i++) {
        const kept *k = &l->replica->items[i];
        const m_replica_row *row = NULL;
        M_TRY(state_get(l->replica, call, k, &row));
        if (!is_missing(l, k, row)) continue;
        l->k = k;
        l->from = i;
        l->busy = row && m_now(call).us - row->at.us < BUSY_US;
    }
    return M_OK;
}

/* ---- standard data ---- */

static m_status find_seeded(const m_replica *replica, m_call *call, const m_module *module,
                            bool *out)
{
    m_tenant_module key = {.module = m_str_of(module->name)};
    const void *found = NULL;
    M_TRY(m_store_get_key(replica->config.store, call, &m_tenant_module_type, &key, &found));
    *out = found != NULL;
    return M_OK;
}

static m_status step_look(void *arg, m_call *call)
{
    looking *l = arg;
    uint32_t n = 0;
    const m_module_instance *modules = m_registry_modules(l->replica->config.registry, &n);
    l->seeds = false;
    for (uint32_t i = 0; i < n; i++) {
        bool seeded = true;
        if (!modules[i].replica) M_TRY(find_seeded(l->replica, call, modules[i].module, &seeded));
        l->seeds = l->seeds || !seeded;
    }
    return step_missing(arg, call);
}

static m_status seed(const m_replica *replica, m_call *call, const m_module_instance *at)
{
    bool seeded = true;
    M_TRY(find_seeded(replica, call, at->module, &seeded));
    if (seeded) return M_OK;
    if (at->module->seed) M_TRY(at->module->seed(at->instance, call));
    m_tenant_module row = {.module = m_str_of(at->module->name),
                           .version = m_str_of(at->module->version),
                           .at = m_now(call)};
    return m_store_insert(replica->config.store, call, &m_tenant_module_type, &row);
}

static m_status step_seed(void *arg, m_call *call)
{
    const looking *l = arg;
    uint32_t n = 0;
    const m_module_instance *modules = m_registry_modules(l->replica->config.registry, &n);
    for (uint32_t i = 0; i < n; i++)
        if (!modules[i].replica) M_TRY(seed(l->replica, call, &modules[i]));
    return M_OK;
}

/* ---- welcome, tend ---- */

static m_status fill_missing(stepper *s, looking *l, m_call *call)
{
    while (l->k) {
        m_replica_filled filled;
        if (l->busy) return m_fail(call, &m_replica_errors[REPLICA_E_BUSY], "%s", l->k->name);
        M_TRY(m_replica_fill(l->replica, call, s->uow, l->k->name, &filled));
        M_TRY(stepper_run(s, M_UOW_READ, step_missing, l));
    }
    return M_OK;
}

static m_status welcome(stepper *s, m_call *call)
{
    looking l = {.replica = s->replica, .needed = true};
    M_TRY(stepper_run(s, M_UOW_READ, step_look, &l));
    M_TRY(fill_missing(s, &l, call));
    return l.seeds ? stepper_run(s, M_UOW_WRITE, step_seed, &l) : M_OK;
}

m_status m_replica_welcome(const m_replica *replica, m_call *call, m_uow *uow)
{
    stepper s;
    M_TRY(stepper_open(&s, replica, call, uow));
    m_status status = welcome(&s, call);
    stepper_close(&s);
    return status;
}

/* What fails is passed over: it is tried again at the next call. */
static m_status tend(stepper *s, m_call *call, uint32_t *out_filled)
{
    looking l = {.replica = s->replica};
    uint32_t n = 0;
    M_TRY(stepper_run(s, M_UOW_READ, step_missing, &l));
    while (l.k) {
        m_replica_filled filled;
        const m_env *env = s->replica->config.env;
        if (!l.busy && l.k->owner) {
            if (m_replica_fill(l.replica, call, s->uow, l.k->name, &filled) == M_OK)
                n++;
            else
                env->log(env->self, "warn", "replica_not_filled", l.k->name);
        }
        l.from++;
        M_TRY(stepper_run(s, M_UOW_READ, step_missing, &l));
    }
    m_error_clear(call);
    *out_filled = n;
    return M_OK;
}

m_status m_replica_tend(const m_replica *replica, m_call *call, m_uow *uow, uint32_t *out_filled)
{
    stepper s;
    M_TRY(stepper_open(&s, replica, call, uow));
    m_status status = tend(&s, call, out_filled);
    stepper_close(&s);
    return status;
}

/* ---- where to begin ---- */

m_status m_replica_floor(const m_replica *replica, m_call *call, m_str owner, int64_t *out_seq,
                         m_id *out_last)
{
    const m_replica_row *lowest = NULL;
    bool all = true;
    for (uint32_t i = 0; i < replica->count; i++) {
        const kept *k = &replica->items[i];
        const m_replica_row *row = NULL;
        if (!k->owner || !m_str_is(owner, k->owner->module)) continue;
        M_TRY(state_get(replica, call, k, &row));
        if (row && row->status == M_REPLICA_ASKED) continue;
        all = all && row && row->complete;
        if (row && (!lowest || row->seq < lowest->seq)) lowest = row;
    }
    *out_seq = all && lowest ? lowest->seq : 0;
    *out_last = all && lowest ? lowest->last : (m_id){{0}};
    return M_OK;
}
