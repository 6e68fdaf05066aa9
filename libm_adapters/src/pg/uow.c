/* Begin, mark, accept, refuse, commit, rollback. */
#include "uow.h"

#include <stdlib.h>

/* ---- plans ---- */

static bool same_plan(const void *item, const void *key)
{
    return ((const pg_plan *)item)->type == key;
}

static uint64_t hash_of_type(const void *type)
{
    return pg_hash(&type, sizeof type, 0);
}

static uint64_t hash_of_plan(const void *item)
{
    return hash_of_type(((const pg_plan *)item)->type);
}

m_status pg_uow_plan(pg_uow *u, m_call *call, const m_type *type, pg_plan **out)
{
    void **slot = pg_table_slot(&u->plans, hash_of_type(type), same_plan, type, hash_of_plan);
    if (!slot) return m_fail(call, m_err_memory, NULL);
    if (!*slot) {
        const char *why;
        pg_plan *plan = m_arena_alloc(u->plan_arena, sizeof *plan);
        if (!plan) return m_fail(call, m_err_memory, NULL);
        m_status status =
            pg_plan_make(type, u->conn->options.schema_prefix, u->plan_arena, plan, &why);
        if (status == M_NOMEM) return m_fail(call, m_err_memory, NULL);
        if (status != M_OK) return m_fail(call, m_err_unsupported, "%s", why);
        *slot = plan;
        u->plans.count++;
    }
    *out = *slot;
    return M_OK;
}

/* ---- the fixed statements ---- */

static const char begin_sql[] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
static const char commit_sql[] = "COMMIT";
static const char rollback_sql[] = "ROLLBACK";
static const char replan_sql[] = "DISCARD PLANS";
static const char tenant_sql[] = "SELECT set_config('app.tenant_id',$1::text,true)";

typedef enum { GATE_MAKE, GATE_TAKE, GATE_READ, GATE_RAISE } gate_use;

static m_status add_gate(pg_uow *u, m_call *call, gate_use use, pg_result_fn fn)
{
    static const char *const heads[] = {[GATE_MAKE] = "INSERT INTO",
                                        [GATE_TAKE] = "SELECT epoch FROM",
                                        [GATE_READ] = "SELECT epoch FROM",
                                        [GATE_RAISE] = "UPDATE"};
    static const char *const tails[] = {
        [GATE_MAKE] = "(tenant_id,epoch) VALUES ($1::uuid,0) ON CONFLICT DO NOTHING",
        [GATE_TAKE] = "WHERE tenant_id=$1::uuid FOR UPDATE",
        [GATE_READ] = "WHERE tenant_id=$1::uuid",
        [GATE_RAISE] = "SET epoch=epoch+1 WHERE tenant_id=$1::uuid",
    };
    const char *sql = m_arena_printf(u->arena, "%s \"%sm\".gate %s", heads[use],
                                     u->conn->options.schema_prefix, tails[use]);
    pg_pipe_mark mark = pg_pipe_tell(&u->pipe);
    pg_param_id(&u->pipe, u->tenant);
    pg_step *step = sql ? pg_pipe_step(&u->pipe, mark, pg_sql_of(sql), NULL) : NULL;
    if (!step) return m_fail(call, m_err_memory, NULL);
    step->fn = fn;
    step->arg = u;
    return M_OK;
}

static m_status add_plain(pg_uow *u, m_call *call, const char *sql, pg_result_fn fn)
{
    pg_step *step = pg_pipe_step(&u->pipe, pg_pipe_tell(&u->pipe), pg_sql_of(sql), NULL);
    if (!step) return call ? m_fail(call, m_err_memory, NULL) : M_NOMEM;
    step->fn = fn;
    step->arg = u;
    return M_OK;
}

static m_status add_tenant(pg_uow *u, m_call *call)
{
    char text[M_PG_ID_TEXT];
    m_pg_id_format(u->tenant, text);
    pg_pipe_mark mark = pg_pipe_tell(&u->pipe);
    pg_param_text(&u->pipe, m_str_of(text));
    if (pg_pipe_step(&u->pipe, mark, pg_sql_of(tenant_sql), NULL)) return M_OK;
    return m_fail(call, m_err_memory, NULL);
}

static m_status read_epoch(void *arg, m_call *call, PGresult *result, bool *keep)
{
    (void)call, (void)keep;
    pg_uow *u = arg;
    u->epoch = PQntuples(result) == 1 ? pg_get_int(result, 0, 0) : -1;
    return M_OK;
}

#define REPLAN_FIRST 16
#define REPLAN_STEP  16384

/* Generic plans are made while a new table is empty, and the server's own analysis comes a minute
 * later at best: until then an index on the tenant alone looks as good as the key. So plans are
 * made anew while tables may have grown many times over, and from then on now and then. */
static m_status add_replan(pg_uow *u, m_call *call)
{
    if (u->started || u->begins < u->replan_at) return M_OK;
    uint64_t step = u->begins < REPLAN_FIRST ? REPLAN_FIRST : 3 * u->begins;
    u->replan_at = u->begins + (step < REPLAN_STEP ? step : REPLAN_STEP);
    return add_plain(u, call, replan_sql, NULL);
}

m_status pg_add_prologue(pg_uow *u, m_call *call)
{
    u->flushing = false;
    if (u->mode == M_UOW_READ) { /* every pipeline is a transaction of its own */
        M_TRY(add_replan(u, call));
        M_TRY(add_tenant(u, call));
        return u->started ? M_OK : add_gate(u, call, GATE_READ, read_epoch);
    }
    if (u->started) return M_OK;
    M_TRY(add_plain(u, call, begin_sql, NULL));
    M_TRY(add_replan(u, call));
    M_TRY(add_tenant(u, call));
    u->wrote = !u->cache->gate_exists;
    if (u->wrote) M_TRY(add_gate(u, call, GATE_MAKE, NULL));
    return add_gate(u, call, GATE_TAKE, read_epoch);
}

m_status pg_uow_run(pg_uow *u, m_call *call)
{
    m_status status = u->started && u->mode == M_UOW_WRITE
                          ? pg_run(u->conn, call, &u->pipe)
                          : pg_run_repeatable(u->conn, call, &u->pipe);
    if (status != M_OK) {
        u->broken = true;
        return status;
    }
    if (u->started) return M_OK;
    u->started = true;
    u->conn->must_last = u->mode == M_UOW_WRITE;
    if (u->mode == M_UOW_WRITE && u->epoch < 0) { /* somebody removed it: make it anew next time */
        u->cache->gate_exists = false;
        u->broken = true;
        return m_fail(call, m_err_busy, "the tenant's gate");
    }
    return M_OK;
}

bool pg_settle_cache(pg_uow *u)
{
    pg_cache *c = u->cache;
    if (c->valid && c->epoch == u->epoch) return false;
    bool had_items = c->items.count > 0;
    pg_cache_clear(c);
    c->epoch = u->epoch;
    c->valid = true;
    return had_items;
}

/* ---- begin ---- */

static pg_cache *choose_cache(pg_uow *u)
{
    pg_cache *best = &u->caches[0];
    size_t total = 0;
    for (size_t i = 0; i < PG_CACHES; i++) {
        pg_cache *c = &u->caches[i];
        if (c->arena) total += m_arena_used(c->arena);
        if (c->used && m_id_eq(c->tenant, u->tenant)) {
            best = c;
            break;
        }
        if (!c->used || (best->used && c->used_at < best->used_at)) best = c;
    }
    if (!best->used || !m_id_eq(best->tenant, u->tenant)) {
        pg_cache_clear(best);
        best->gate_exists = false;
        best->tenant = u->tenant;
        best->used = true;
    }
    for (size_t i = 0; i < PG_CACHES && total > 4 * u->conn->options.cache_bytes; i++)
        if (&u->caches[i] != best) pg_cache_clear(&u->caches[i]);
    if (!best->valid || best->full) pg_cache_clear(best);
    if (!best->arena) best->arena = m_arena_new(u->conn->options.cache_bytes);
    best->used_at = u->begins;
    return best;
}

static void forget_transaction(pg_uow *u)
{
    for (pg_plan *p = u->written; p; p = p->next_written) {
        p->written = false;
        p->dirty_count = 0;
    }
    u->written = NULL;
    u->undo_count = 0;
    pg_table_clear(&u->entries);
    pg_table_clear(&u->memo);
    m_arena_reset(u->arena);
}

static m_status begin(m_uow *uow, m_call *call, m_uow_mode mode, m_fetch *wants, uint32_t n)
{
    pg_uow *u = (pg_uow *)uow;
    if (u->open) return m_fail(call, m_err_internal, "unit of work began twice");
    forget_transaction(u);
    u->begins++;
    u->mode = mode;
    u->tenant = call->tenant;
    u->cache = choose_cache(u);
    u->started = u->broken = u->sent_own = u->epoch_changes = u->flushing = u->wrote = false;
    u->epoch = -1;
    M_TRY(pg_conn_ready(u->conn, call));
    u->open = true;
    call->uow = uow;
    m_status status = pg_fetch(u, call, wants, n);
    if (status != M_OK) uow->ops->rollback(uow);
    return status;
}

m_status pg_uow_of(m_call *call, pg_uow **out)
{
    pg_uow *u = (pg_uow *)call->uow;
    if (!u || u->uow.ops != &pg_uow_ops || u->magic != PG_UOW_MAGIC)
        return m_fail(call, m_err_internal, "no unit of work of this store");
    if (!u->open) return m_fail(call, m_err_internal, "the unit of work is not running");
    if (!m_id_eq(u->tenant, call->tenant))
        return m_fail(call, m_err_internal, "the unit of work is of another tenant");
    if (u->broken) return m_fail(call, m_err_busy, "the transaction was broken off");
    *out = u;
    return M_OK;
}

/* ---- use cases ---- */

static void mark(m_uow *uow)
{
    pg_uow *u = (pg_uow *)uow;
    u->undo_count = 0;
    u->sent_own = false;
}

static bool refuse(m_uow *uow)
{
    pg_uow *u = (pg_uow *)uow;
    if (u->broken || u->sent_own) return false;
    while (u->undo_count) {
        const pg_undo *undo = &u->undos[--u->undo_count];
        undo->entry->row = undo->before;
    }
    return true;
}

/* ---- ends ---- */

static void rollback(m_uow *uow)
{
    pg_uow *u = (pg_uow *)uow;
    u->open = false;
    u->undo_count = 0;
    u->conn->must_last = false;
    if (!pg_conn_in_transaction(u->conn)) return;
    pg_pipe_reset(&u->pipe);
    if (add_plain(u, NULL, rollback_sql, NULL) != M_OK || pg_run(u->conn, NULL, &u->pipe) != M_OK)
        pg_conn_drop(u->conn);
}

/* COMMIT of a failed transaction succeeds as ROLLBACK. */
static m_status read_commit(void *arg, m_call *call, PGresult *result, bool *keep)
{
    (void)arg, (void)keep;
    if (strcmp(PQcmdStatus(result), "COMMIT") == 0) return M_OK;
    return m_fail(call, m_err_busy, "the transaction was rolled back");
}

/* Holding the gate alone would make the server write and sync at COMMIT, which takes as long as
 * with rows: when there are none, ROLLBACK lets it go at once. */
static m_status add_end(pg_uow *u, m_call *call)
{
    pg_pipe_reset(&u->pipe);
    M_TRY(pg_add_prologue(u, call));
    for (pg_plan *p = u->written; p; p = p->next_written)
        M_TRY(pg_flush(u, call, p));
    if (u->epoch_changes) M_TRY(add_gate(u, call, GATE_RAISE, NULL));
    return u->wrote ? add_plain(u, call, commit_sql, read_commit)
                    : add_plain(u, call, rollback_sql, NULL);
}

static bool nothing_to_do(const pg_uow *u)
{
    if (u->started) return false;
    for (const pg_plan *p = u->written; p; p = p->next_written)
        if (p->dirty_count) return false;
    return true;
}

static m_status commit(m_uow *uow, m_call *call)
{
    pg_uow *u = (pg_uow *)uow;
    if (!u->open) return m_fail(call, m_err_internal, "unit of work is not running");
    u->undo_count = 0;
    if (u->broken) {
        rollback(uow);
        return m_fail(call, m_err_busy, "the transaction was broken off");
    }
    if (u->mode == M_UOW_READ || nothing_to_do(u)) {
        u->open = false;
        return M_OK;
    }
    m_status status = add_end(u, call);
    if (status == M_OK) {
        status = pg_run(u->conn, call, &u->pipe);
        if (status == M_UNAVAILABLE || status == M_TIMEOUT)
            call->error.hint = M_STR("It is not known whether it was done. Send the same request "
                                     "again with the same idempotency key.");
    }
    if (status != M_OK) {
        rollback(uow);
        return status;
    }
    u->open = false;
    u->conn->must_last = false;
    u->conn->stats.commits += u->wrote;
    u->cache->gate_exists = true;
    if (u->epoch_changes) u->cache->valid = false; /* emptied at the next begin */
    return M_OK;
}

const m_uow_ops pg_uow_ops = {
    .head = {sizeof(m_uow_ops), 1, "uow"},
    .begin = begin,
    .mark = mark,
    .accept = mark,
    .refuse = refuse,
    .commit = commit,
    .rollback = rollback,
    .reads = pg_reads,
};

/* ---- life ---- */

m_status m_pg_uow_open(const m_pg_options *options, m_uow **out)
{
    pg_uow *u = calloc(1, sizeof *u);
    if (!u) return M_NOMEM;
    u->uow.ops = &pg_uow_ops;
    u->magic = PG_UOW_MAGIC;
    m_status status = pg_conn_new(options, true, &u->conn);
    if (status == M_OK) {
        u->arena = m_arena_new(u->conn->options.uow_bytes);
        u->plan_arena = m_arena_new(0);
        if (!u->arena || !u->plan_arena) status = M_NOMEM;
    }
    if (status != M_OK) {
        m_pg_uow_close(&u->uow);
        return status;
    }
    *out = &u->uow;
    return M_OK;
}

static void free_plan_state(pg_uow *u)
{
    for (size_t i = 0; i < u->plans.capacity; i++) {
        pg_plan *p = u->plans.slots[i];
        if (p) free(p->dirty);
    }
}

void m_pg_uow_close(m_uow *uow)
{
    pg_uow *u = (pg_uow *)uow;
    if (!u) return;
    if (u->open) rollback(uow);
    free_plan_state(u);
    for (size_t i = 0; i < PG_CACHES; i++) {
        pg_table_free(&u->caches[i].items);
        m_arena_free(u->caches[i].arena);
    }
    pg_table_free(&u->plans);
    pg_table_free(&u->entries);
    pg_table_free(&u->memo);
    m_arena_free(u->arena);
    m_arena_free(u->plan_arena);
    pg_pipe_free(&u->pipe);
    pg_conn_free(u->conn);
    free(u->undos);
    u->magic = 0;
    free(u);
}

void m_pg_uow_stats(const m_uow *uow, m_pg_stats *out)
{
    *out = ((const pg_uow *)uow)->conn->stats;
}
