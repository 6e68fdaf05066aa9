/* A copy made to what the owner has, while both go on being written.
 *
 * Pages are of different moments, and events older and newer than a page are applied in between.
 * Both meet by three rules: events up to the seq of the first page add nothing, for the pages hold
 * them; newer ones are applied as they come, whatever the copy's version; and a page leaves alone
 * what an event newer than itself has touched. When the consumer's mark has passed the seq of the
 * last page, the copy is the owner's. */
#include <stdlib.h>

#include "internal.h"

#define LOCAL_ROWS 1000 /* looked through in one step for what the owner has no more */
#define STEPS_MAX  100000

/* A document of a page, its pieces joined. */
typedef struct {
    m_id id;
    int64_t version;
    m_str body;
} arrival;

typedef struct {
    stepper steps;
    const kept *k;
    m_arena *arena; /* of the page */
    m_id run;
    m_share_page page;
    arrival *items;
    uint32_t count;
    m_id after;
    m_id scanned; /* local copies up to here were looked at */
    m_id scan_next;
    bool first;
    bool displace; /* values that must be unique are held by others */
    bool more;     /* this range is not done, or touches are left */
    uint32_t written;
    uint32_t removed;
    m_replica_filled result;
} filling;

static m_id last_of(const filling *f)
{
    return f->page.more && f->count ? f->items[f->count - 1].id : (m_id){{0}};
}

/* ---- state ---- */

static m_status check_run(const filling *f, m_call *call, m_replica_row *out)
{
    const m_replica_row *row = NULL;
    M_TRY(state_get(f->steps.replica, call, f->k, &row));
    if (!row || !m_id_eq(row->run, f->run))
        return m_fail(call, &m_replica_errors[REPLICA_E_OVERTAKEN], "%s", f->k->name);
    *out = *row;
    out->at = m_now(call);
    return M_OK;
}

/* From here on events leave their touch. Those of a fill that was broken off are of no use: what
 * they stand for is older than the first page. */
static m_status step_begin(void *arg, m_call *call)
{
    filling *f = arg;
    const m_replica_row *row = NULL;
    M_TRY(state_get(f->steps.replica, call, f->k, &row));
    m_replica_row next = row ? *row : (m_replica_row){.seq = 0};
    next.type = m_str_of(f->k->name);
    next.status = M_REPLICA_FILLING;
    next.run = f->run;
    next.at = m_now(call);
    M_TRY(state_put(f->steps.replica, call, &next));
    return touch_clear(f->steps.replica, call, f->k, &f->more);
}

static m_status step_asked(void *arg, m_call *call)
{
    const filling *f = arg;
    m_replica_row row;
    M_TRY(check_run(f, call, &row));
    row.status = M_REPLICA_ASKED;
    return state_put(f->steps.replica, call, &row);
}

static m_status step_end(void *arg, m_call *call)
{
    filling *f = arg;
    m_replica_row row;
    M_TRY(check_run(f, call, &row));
    row.status = M_REPLICA_READY;
    row.filled = f->result.documents;
    row.complete = true;
    M_TRY(state_put(f->steps.replica, call, &row));
    return touch_clear(f->steps.replica, call, f->k, &f->more);
}

/* ---- one page ---- */

static m_status put_arrivals(filling *f, m_call *call)
{
    const m_replica *replica = f->steps.replica;
    const void **local = NULL;
    uint32_t n = 0;
    uint32_t displaced = 0;
    m_id *ids = m_arena_array(call->arena, f->count, sizeof *ids);
    int64_t *seqs = m_arena_array(call->arena, f->count, sizeof *seqs);
    const void **rows = m_arena_array(call->arena, f->count, sizeof *rows);
    if (!ids || !seqs || !rows) return m_fail(call, m_err_memory, "%s", f->k->name);
    for (uint32_t i = 0; i < f->count; i++)
        ids[i] = f->items[i].id;
    M_TRY(rows_get(replica, call, f->k, ids, f->count, &local));
    M_TRY(touch_get(replica, call, f->k, ids, f->count, seqs));
    for (uint32_t i = 0; i < f->count; i++) {
        const arrival *a = &f->items[i];
        void *row = NULL;
        if (seqs[i] > f->page.seq) continue;
        M_TRY(rows_read(call, f->k, a->id, a->version, a->body, &row));
        if (!local[i] || !rows_equal(f->k, row, local[i])) rows[n++] = row;
    }
    if (f->displace) M_TRY(rows_displace(replica, call, f->k, rows, n, &displaced));
    if (displaced) { /* they may be in this page too: written in the next step */
        f->more = true;
        return M_OK;
    }
    for (uint32_t i = 0; i < n; i++)
        M_TRY(rows_put(replica, call, f->k, rows[i]));
    f->written = n;
    return M_OK;
}

static int by_id(const void *a, const void *b)
{
    return m_id_cmp(((const arrival *)a)->id, ((const arrival *)b)->id);
}

static bool in_page(const filling *f, m_id id)
{
    arrival key = {.id = id};
    return f->count && bsearch(&key, f->items, f->count, sizeof *f->items, by_id) != NULL;
}

static m_status remove_others(filling *f, m_call *call)
{
    const m_replica *replica = f->steps.replica;
    const void **local = NULL;
    uint32_t n = 0;
    uint32_t gone = 0;
    M_TRY(rows_between(replica, call, f->k, f->scanned, last_of(f), LOCAL_ROWS, &local, &n));
    m_id *ids = m_arena_array(call->arena, n, sizeof *ids);
    int64_t *seqs = m_arena_array(call->arena, n, sizeof *seqs);
    if (!ids || !seqs) return m_fail(call, m_err_memory, "%s", f->k->name);
    for (uint32_t i = 0; i < n; i++)
        if (!in_page(f, rows_id(f->k, local[i]))) ids[gone++] = rows_id(f->k, local[i]);
    M_TRY(touch_get(replica, call, f->k, ids, gone, seqs));
    for (uint32_t i = 0; i < gone; i++) {
        if (seqs[i] > f->page.seq) continue;
        M_TRY(rows_remove(replica, call, f->k, ids[i]));
        f->removed++;
    }
    f->more = f->more || n == LOCAL_ROWS;
    f->scan_next = n ? rows_id(f->k, local[n - 1]) : f->scanned;
    return M_OK;
}

static m_status step_page(void *arg, m_call *call)
{
    filling *f = arg;
    m_replica_row row;
    f->more = false;
    f->written = f->removed = 0;
    M_TRY(check_run(f, call, &row));
    if (f->first) {
        row.seq = f->page.seq;
        row.last = f->page.last;
    }
    M_TRY(state_put(f->steps.replica, call, &row));
    M_TRY(remove_others(f, call));
    return put_arrivals(f, call);
}

static m_status take_page(filling *f)
{
    for (int i = 0; i < STEPS_MAX; i++) {
        m_status status = stepper_run(&f->steps, M_UOW_WRITE, step_page, f);
        if (status == M_EXISTS && !f->displace) {
            f->displace = true;
            continue;
        }
        M_TRY(status);
        f->result.written += f->written;
        f->result.removed += f->removed;
        f->scanned = f->scan_next;
        if (f->more) continue;
        f->displace = false;
        return M_OK;
    }
    return m_fail(f->steps.call, m_err_internal, "%s does not settle", f->k->name);
}

/* ---- asking ---- */

static m_status join(filling *f, m_call *call)
{
    m_list rows = f->page.rows;
    f->items = m_arena_array(f->arena, rows.count, sizeof *f->items);
    if (!f->items) return m_fail(call, m_err_memory, "%s", f->k->name);
    f->count = 0;
    for (uint32_t i = 0; i < rows.count; i++) {
        m_buf body = {.arena = f->arena};
        const m_share_row *row = M_AT(rows, const m_share_row, i);
        f->items[f->count++] = (arrival){.id = row->id, .version = row->version};
        m_buf_bytes(&body, row->body.p, row->body.n);
        while (row->continued && i + 1 < rows.count) {
            row = M_AT(rows, const m_share_row, ++i);
            m_buf_bytes(&body, row->body.p, row->body.n);
        }
        if (body.failed) return m_fail(call, m_err_memory, "%s", f->k->name);
        f->items[f->count - 1].body = m_buf_str(&body);
    }
    if (f->page.more && !f->count)
        return m_fail(call, m_err_internal, "an empty page of %s", f->k->name);
    return M_OK;
}

static m_status ask_page(filling *f)
{
    m_arena_reset(f->arena);
    m_call call = stepper_call(&f->steps, f->arena);
    m_share_page_question in = {.type = m_str_of(f->k->name), .after = f->after};
    m_status status = m_sharing_page(f->k->owner->now, &call, &in, &f->page);
    if (status == M_OK) status = join(f, &call);
    return status == M_OK ? M_OK : stepper_fail(&f->steps, &call, status);
}

static bool is_not_shared(const m_call *call)
{
    return m_str_is(call->error.code, m_replica_errors[REPLICA_E_NONE].code);
}

static m_status fill_pages(filling *f)
{
    do {
        m_status status = ask_page(f);
        if (status == M_NOT_FOUND && is_not_shared(f->steps.call) && !f->k->type)
            return stepper_run(&f->steps, M_UOW_WRITE, step_asked, f);
        M_TRY(status);
        M_TRY(take_page(f));
        if (f->first) f->result.seq = f->page.seq;
        f->result.documents += f->count;
        if (f->count) f->after = f->scanned = f->items[f->count - 1].id;
        f->first = false;
    } while (f->page.more);
    return M_OK;
}

/* Broken off: the next one need not wait to see that. */
static m_status step_let_go(void *arg, m_call *call)
{
    const filling *f = arg;
    m_replica_row row;
    M_TRY(check_run(f, call, &row));
    row.at = (m_time){0};
    return state_put(f->steps.replica, call, &row);
}

static void let_go(filling *f, m_call *call)
{
    m_error why = call->error;
    m_status gone = stepper_run(&f->steps, M_UOW_WRITE, step_let_go, f);
    (void)gone;
    call->error = why;
}

static m_status fill(filling *f)
{
    do
        M_TRY(stepper_run(&f->steps, M_UOW_WRITE, step_begin, f));
    while (f->more);
    M_TRY(fill_pages(f));
    if (f->first) return M_OK; /* it is not shared */
    do
        M_TRY(stepper_run(&f->steps, M_UOW_WRITE, step_end, f));
    while (f->more);
    return M_OK;
}

m_status m_replica_fill(const m_replica *replica, m_call *call, m_uow *uow, const char *type,
                        m_replica_filled *out)
{
    filling f = {.k = replica_find(replica, m_str_of(type)), .first = true};
    if (!f.k) return m_fail(call, &m_replica_errors[REPLICA_E_KEPT], "%s", type);
    if (!f.k->owner)
        return m_fail(call, m_err_unavailable, "nobody here can be asked for %s", type);
    f.run = replica->config.env->new_id(replica->config.env->self);
    f.arena = m_arena_new(0);
    if (!f.arena) return m_fail(call, m_err_memory, "%s", type);
    m_status status = stepper_open(&f.steps, replica, call, uow);
    if (status == M_OK) {
        status = fill(&f);
        if (status != M_OK) let_go(&f, call);
        stepper_close(&f.steps);
    }
    m_arena_free(f.arena);
    if (status == M_OK) *out = f.result;
    return status;
}
