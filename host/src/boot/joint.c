#include "joint.h"

#include <stdlib.h>

struct joint {
    m_uow base; /* first: what joint_uow gives */
    const char *domains[DOMAINS_MAX];
    m_uow *parts[DOMAINS_MAX];
    uint32_t count;
};

/* ---- transactions ---- */

static m_status begin(m_uow *uow, m_call *call, m_uow_mode mode, m_fetch *wants, uint32_t n)
{
    joint *j = (joint *)uow;
    (void)wants;
    if (mode != M_UOW_READ || n) return m_fail(call, m_err_unsupported, "several databases");
    for (uint32_t i = 0; i < j->count; i++) {
        m_status status = j->parts[i]->ops->begin(j->parts[i], call, mode, NULL, 0);
        if (status == M_OK) continue;
        while (i-- > 0)
            j->parts[i]->ops->rollback(j->parts[i]);
        return status;
    }
    return M_OK;
}

static void mark(m_uow *uow)
{
    (void)uow;
}

static bool refuse(m_uow *uow)
{
    (void)uow;
    return true;
}

static void rollback(m_uow *uow)
{
    joint *j = (joint *)uow;
    for (uint32_t i = 0; i < j->count; i++)
        j->parts[i]->ops->rollback(j->parts[i]);
}

/* Only read: there is nothing that one could do without the others. */
static m_status commit(m_uow *uow, m_call *call)
{
    joint *j = (joint *)uow;
    m_status first = M_OK;
    for (uint32_t i = 0; i < j->count; i++) {
        m_status status = j->parts[i]->ops->commit(j->parts[i], call);
        if (first == M_OK) first = status;
    }
    return first;
}

static const m_uow_ops uow_ops = {.head = {.size = sizeof uow_ops, .version = 1, .protocol = "uow"},
                                  .begin = begin,
                                  .mark = mark,
                                  .accept = mark,
                                  .refuse = refuse,
                                  .commit = commit,
                                  .rollback = rollback};

/* ---- reading ---- */

static m_uow *part_of(const joint *j, const m_type *type)
{
    for (uint32_t i = 0; i < j->count; i++)
        if (strcmp(j->domains[i], type->schema) == 0) return j->parts[i];
    return j->parts[0];
}

static m_status fetch(void *self, m_call *call, m_fetch *fetches, uint32_t n)
{
    m_uow *was = call->uow;
    m_status status = M_OK;
    for (uint32_t i = 0; i < n && status == M_OK; i++) {
        call->uow = part_of(self, fetches[i].type);
        status = m_store_fetch(m_pg_store(), call, &fetches[i], 1);
    }
    call->uow = was;
    return status;
}

static m_status sum(void *self, m_call *call, m_sum *what)
{
    m_uow *was = call->uow;
    call->uow = part_of(self, what->type);
    m_status status = m_store_sum(m_pg_store(), call, what);
    call->uow = was;
    return status;
}

static m_status count(void *self, m_call *call, const m_type *type, const m_query *query,
                      uint32_t limit, uint32_t *out)
{
    m_uow *was = call->uow;
    call->uow = part_of(self, type);
    m_status status = m_store_count(m_pg_store(), call, type, query, limit, out);
    call->uow = was;
    return status;
}

static m_status no_write(void *self, m_call *call, const m_type *type, const void *record)
{
    (void)self, (void)record;
    return m_fail(call, m_err_unsupported, "%s", type->name);
}

static const m_store_ops store_ops = {
    .head = {.size = sizeof store_ops, .version = 1, .protocol = "store"},
    .fetch = fetch,
    .sum = sum,
    .insert = no_write,
    .update = no_write,
    .put = no_write,
    .accumulate = no_write,
    .remove = no_write,
    .count = count};

/* ---- making ---- */

joint *joint_open(void)
{
    joint *j = calloc(1, sizeof *j);
    if (j) j->base.ops = &uow_ops;
    return j;
}

bool joint_add(joint *j, const char *domain, const m_pg_options *options)
{
    if (j->count == DOMAINS_MAX || m_pg_uow_open(options, &j->parts[j->count]) != M_OK)
        return false;
    j->domains[j->count++] = domain;
    return true;
}

m_uow *joint_uow(joint *j)
{
    return &j->base;
}

m_store joint_store(joint *j)
{
    return (m_store){&store_ops, j};
}

void joint_close(joint *j)
{
    if (!j) return;
    for (uint32_t i = 0; i < j->count; i++)
        m_pg_uow_close(j->parts[i]);
    free(j);
}
