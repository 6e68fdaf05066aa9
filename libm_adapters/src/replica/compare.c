/* The copy against the owner's documents, range by range. */
#include "internal.h"

#define RANGES_MAX 100000

typedef struct {
    stepper steps;
    const kept *k;
    m_arena *arena; /* of the answer */
    m_id after;
    m_share_digest theirs;
    digest ours;
} comparing;

static m_status add_copy(const kept *k, m_call *call, const void *row, digest *d)
{
    if (!k->type) {
        digest_add(d, ((const m_replica_record *)row)->body);
        return M_OK;
    }
    m_arena_mark mark = m_arena_tell(call->arena);
    m_buf text = {.arena = call->arena};
    m_json_record(&text, k->type, row, k->columns);
    if (text.failed) return m_fail(call, m_err_memory, "digest");
    digest_add(d, m_buf_str(&text));
    m_arena_back(call->arena, mark);
    return M_OK;
}

/* No more than the owner's and one: then they differ anyway. */
static m_status step_range(void *arg, m_call *call)
{
    comparing *c = arg;
    const void **rows = NULL;
    uint32_t n = 0;
    bool ends = m_id_is_null(c->theirs.last);
    uint32_t limit = M_SHARE_DIGEST_ROWS + 1;
    c->ours = (digest){.count = 0};
    M_TRY(rows_between(c->steps.replica, call, c->k, c->after, ends ? (m_id){{0}} : c->theirs.last,
                       limit, &rows, &n));
    for (uint32_t i = 0; i < n; i++)
        M_TRY(add_copy(c->k, call, rows[i], &c->ours));
    return M_OK;
}

static m_status ask_range(comparing *c)
{
    m_arena_reset(c->arena);
    m_call call = stepper_call(&c->steps, c->arena);
    m_share_digest_question in = {.type = m_str_of(c->k->name), .after = c->after};
    m_status status = m_sharing_digest(c->k->owner->now, &call, &in, &c->theirs);
    return status == M_OK ? M_OK : stepper_fail(&c->steps, &call, status);
}

static bool same(const comparing *c)
{
    return c->theirs.count == c->ours.count && c->theirs.digest.n == DIGEST_BYTES &&
           memcmp(c->theirs.digest.p, c->ours.sum, DIGEST_BYTES) == 0;
}

static m_status compare_ranges(comparing *c, m_replica_verdict *out)
{
    m_replica_verdict verdict = {.equal = true};
    for (int i = 0; i < RANGES_MAX; i++) {
        M_TRY(ask_range(c));
        if (i == 0) verdict.seq = c->theirs.seq;
        if (c->theirs.seq != verdict.seq)
            return m_fail(c->steps.call, &m_replica_errors[REPLICA_E_BUSY],
                          "%s was written meanwhile", c->k->name);
        M_TRY(stepper_run(&c->steps, M_UOW_WRITE, step_range, c));
        verdict.equal = verdict.equal && same(c);
        verdict.count += c->ours.count;
        verdict.owner_count += c->theirs.count;
        if (m_id_is_null(c->theirs.last)) {
            *out = verdict;
            return M_OK;
        }
        c->after = c->theirs.last;
    }
    return m_fail(c->steps.call, m_err_range, "%s", c->k->name);
}

m_status m_replica_compare(const m_replica *replica, m_call *call, m_uow *uow, const char *type,
                           m_replica_verdict *out)
{
    comparing c = {.k = replica_find(replica, m_str_of(type))};
    if (!c.k) return m_fail(call, &m_replica_errors[REPLICA_E_KEPT], "%s", type);
    if (!c.k->owner)
        return m_fail(call, m_err_unavailable, "nobody here can be asked for %s", type);
    c.arena = m_arena_new(0);
    if (!c.arena) return m_fail(call, m_err_memory, "%s", type);
    m_status status = stepper_open(&c.steps, replica, call, uow);
    if (status == M_OK) {
        status = compare_ranges(&c, out);
        stepper_close(&c.steps);
    }
    m_arena_free(c.arena);
    return status;
}
