/* Reads. What the transaction knows (identity map), then what is cached, else one pipeline. */
#include "uow.h"

typedef struct {
    pg_uow *u;
    m_fetch *fetch;
    pg_plan *plan;
    const void **records;
    pg_entry **entries; /* keys: all; queries: when they go through the identity map */
    uint32_t count;
    const pg_cached *cached; /* the answer of a query */
    bool by_map;             /* query results become entries */
    bool cacheable;
    const uint8_t *text; /* of the query: statement and parameters */
    uint32_t text_n;
    uint64_t text_hash;
    uint16_t list; /* whose rows a list reader reads */
} reading;

typedef struct {
    reading *r;
    uint16_t list;
} list_reading;

static m_status no_memory(m_call *call)
{
    return m_fail(call, m_err_memory, NULL);
}

static m_status keep_result(pg_uow *u, m_call *call, PGresult *result, bool *keep)
{
    if (*keep) return M_OK;
    if (m_arena_on_free(u->arena, (void (*)(void *))PQclear, result) != M_OK)
        return no_memory(call);
    *keep = true;
    return M_OK;
}

static m_status decode_row(reading *r, m_call *call, PGresult *result, int row, void **out)
{
    void *record = pg_blank(r->u->arena, r->plan->type);
    if (!record) return no_memory(call);
    m_status status = pg_row_decode(r->plan, result, row, record);
    if (status != M_OK)
        return m_fail(call, status == M_RANGE ? m_err_overflow : m_err_internal, "stored %s",
                      r->plan->type->name);
    *out = record;
    return M_OK;
}

static pg_entry *entry_of(reading *r, const void *record)
{
    uint8_t buffer[PG_KEY_BYTES];
    uint32_t n;
    const uint8_t *key = pg_key_of(r->u, r->plan, record, buffer, &n);
    return key ? pg_entry_get(r->u, r->plan, key, n) : NULL;
}

static void set_loaded(pg_entry *e, const void *record)
{
    e->loading = true;
    e->row.base = record;
    e->row.known = true;
    e->row.seen = record;
}

static m_status read_keyed(void *arg, m_call *call, PGresult *result, bool *keep)
{
    reading *r = arg;
    M_TRY(keep_result(r->u, call, result, keep));
    int n = PQntuples(result);
    r->u->conn->stats.rows_read += (uint64_t)n;
    for (int i = 0; i < n; i++) {
        void *record;
        M_TRY(decode_row(r, call, result, i, &record));
        pg_entry *e = entry_of(r, record);
        if (!e) return no_memory(call);
        if (e->loading) set_loaded(e, record);
    }
    return M_OK;
}

static m_status read_query(void *arg, m_call *call, PGresult *result, bool *keep)
{
    reading *r = arg;
    pg_uow *u = r->u;
    M_TRY(keep_result(u, call, result, keep));
    int n = PQntuples(result);
    u->conn->stats.rows_read += (uint64_t)n;
    r->records = m_arena_array(u->arena, (size_t)n, sizeof *r->records);
    r->entries = r->by_map ? m_arena_array(u->arena, (size_t)n, sizeof *r->entries) : NULL;
    if (!r->records || (r->by_map && !r->entries)) return no_memory(call);
    for (int i = 0; i < n; i++) {
        void *record;
        M_TRY(decode_row(r, call, result, i, &record));
        r->records[i] = record;
        if (!r->by_map) continue;
        pg_entry *e = entry_of(r, record);
        if (!e) return no_memory(call);
        r->entries[i] = e;
        /* Under the gate what is known stays true; a reader takes the newer row. */
        if (u->mode == M_UOW_WRITE && e->row.known && e->row.seen && !e->loading)
            r->records[i] = e->row.seen;
        else
            set_loaded(e, record);
    }
    r->count = (uint32_t)n;
    return M_OK;
}

/* Lines come sorted by parent: the lines of one parent are one array. */
static m_status read_list(void *arg, m_call *call, PGresult *result, bool *keep)
{
    const list_reading *l = arg;
    reading *r = l->r;
    const pg_list *list = &r->plan->lists[l->list];
    M_TRY(keep_result(r->u, call, result, keep));
    int n = PQntuples(result);
    r->u->conn->stats.rows_read += (uint64_t)n;
    for (int from = 0, to; from < n; from = to) {
        m_id parent = pg_get_id(result, from, 0);
        for (to = from + 1; to < n && m_id_eq(parent, pg_get_id(result, to, 0));)
            to++;
        const pg_entry *e = pg_entry_find(r->u, r->plan, parent.b, sizeof parent);
        if (!e || !e->loading || !e->row.base) continue;
        m_list *member = pg_cell(r->plan->type, list->offset, list->ext, e->row.base);
        char *items = m_arena_array(r->u->arena, (size_t)(to - from), list->type->size);
        if (!items || !member) return no_memory(call);
        for (int i = from; i < to; i++) {
            char *item = items + (size_t)(i - from) * list->type->size;
            if (pg_item_decode(list, result, i, item) != M_OK)
                return m_fail(call, m_err_internal, "stored %s", list->type->name);
        }
        *member = (m_list){items, (uint32_t)(to - from)};
    }
    return M_OK;
}

/* ---- asking ---- */

static m_status add_list_steps(reading *r, m_call *call, pg_pipe_mark mark, const pg_sql *sqls)
{
    for (uint16_t i = 0; i < r->plan->list_count; i++) {
        list_reading *l = m_arena_alloc(r->u->arena, sizeof *l);
        pg_step *step =
            pg_pipe_step(&r->u->pipe, mark, sqls ? sqls[i] : r->plan->lists[i].by_parents, r->plan);
        if (!l || !step) return no_memory(call);
        *l = (list_reading){r, i};
        step->fn = read_list;
        step->arg = l;
    }
    return M_OK;
}

/* One array per key column of all entries that are being loaded. */
static void add_key_arrays(reading *r, uint32_t missing, const void *const *keys)
{
    pg_pipe *pipe = &r->u->pipe;
    if (r->plan->tenant) pg_param_id(pipe, r->u->tenant);
    for (uint16_t k = 0; k < r->plan->key_count; k++) {
        const pg_col *c = &r->plan->cols.items[r->plan->key[k]];
        pg_array_open(pipe, pg_kind_oid(c->field->kind), missing);
        for (uint32_t i = 0; i < missing; i++)
            pg_array_value(pipe, c->field, false,
                           r->plan->by_id ? keys[i]
                                          : pg_col_get(r->plan, r->plan->key[k], keys[i]));
        pg_array_close(pipe);
    }
}

/* What is known of the key: true when *out is the answer. */
static bool known_row(reading *r, const uint8_t *key, uint32_t n, const void **out)
{
    const pg_entry *e = pg_entry_find(r->u, r->plan, key, n);
    if (e && e->row.known) {
        *out = e->row.seen;
        return true;
    }
    if (e && e->row.op != PG_NONE) return false;
    if (!r->cacheable) return false;
    const pg_cached *c =
        pg_cache_find(r->u->cache, r->plan->type, false, key, n, pg_key_hash(r->plan, key, n));
    if (!c) return false;
    r->u->conn->stats.cache_hits++;
    *out = c->record;
    return true;
}

static m_status ask_keys(reading *r, m_call *call)
{
    pg_uow *u = r->u;
    m_fetch *f = r->fetch;
    uint32_t n = f->key_count;
    if (n && !f->ids && !f->keys) return m_fail(call, m_err_internal, "fetch without keys");
    if (f->ids && !r->plan->by_id)
        return m_fail(call, m_err_internal, "%s has no id", r->plan->type->name);
    r->records = m_arena_array(u->arena, n, sizeof *r->records);
    r->entries = m_arena_array(u->arena, n, sizeof *r->entries);
    const void **missing = m_arena_array(u->arena, n, sizeof *missing);
    if (!r->records || !r->entries || !missing) return no_memory(call);
    uint32_t missing_n = 0;
    r->count = n;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t buffer[PG_KEY_BYTES];
        uint32_t key_n = sizeof(m_id);
        const uint8_t *key =
            f->ids ? f->ids[i].b : pg_key_of(u, r->plan, f->keys[i], buffer, &key_n);
        if (!key) return no_memory(call);
        if (known_row(r, key, key_n, &r->records[i])) continue;
        pg_entry *e = r->entries[i] = pg_entry_get(u, r->plan, key, key_n);
        if (!e) return no_memory(call);
        if (e->loading) continue; /* asked for twice */
        e->loading = true;
        missing[missing_n++] = r->plan->by_id ? (const void *)e->key : f->keys[i];
    }
    if (missing_n == 0) return M_OK;
    pg_pipe_mark mark = pg_pipe_tell(&u->pipe);
    add_key_arrays(r, missing_n, missing);
    pg_step *step = pg_pipe_step(&u->pipe, mark, r->plan->by_keys, r->plan);
    if (!step) return no_memory(call);
    step->fn = read_keyed;
    step->arg = r;
    return add_list_steps(r, call, mark, NULL);
}

/* Statement text and parameters: the same query has the same text. */
static m_status text_of_query(reading *r, m_call *call, pg_sql sql, pg_pipe_mark mark)
{
    const pg_pipe *pipe = &r->u->pipe;
    if (pipe->failed) return no_memory(call);
    size_t n = sql.n + (pipe->used - mark.used);
    uint8_t *text = m_arena_alloc(r->u->arena, n);
    if (!text || n > UINT32_MAX) return no_memory(call);
    memcpy(text, sql.p, sql.n);
    memcpy(text + sql.n, pipe->bytes + mark.used, n - sql.n); /* lengths are inside */
    r->text = text;
    r->text_n = (uint32_t)n;
    r->text_hash = pg_hash(text, n, (uint64_t)(uintptr_t)r->plan->type);
    return M_OK;
}

static bool same_memo(const void *item, const void *key)
{
    const pg_cached *c = item;
    const reading *r = key;
    return c->hash == r->text_hash && c->type == r->plan->type && c->key_n == r->text_n &&
           memcmp(c->key, r->text, r->text_n) == 0;
}

static uint64_t hash_of_memo(const void *item)
{
    return ((const pg_cached *)item)->hash;
}

static const pg_cached *known_query(reading *r)
{
    pg_uow *u = r->u;
    if (u->memo.count && !r->plan->written) {
        const pg_cached *c = *pg_table_slot(&u->memo, r->text_hash, same_memo, r, hash_of_memo);
        if (c) return c;
    }
    if (!r->cacheable) return NULL;
    const pg_cached *c =
        pg_cache_find(u->cache, r->plan->type, true, r->text, r->text_n, r->text_hash);
    if (c) u->conn->stats.cache_hits++;
    return c;
}

static m_status ask_query(reading *r, m_call *call, bool wanted_early)
{
    pg_uow *u = r->u;
    const m_query *q = r->fetch->query;
    pg_pipe_mark mark = pg_pipe_tell(&u->pipe);
    pg_query_sql sql;
    M_TRY(pg_query_make(u, call, r->plan, q, PG_Q_ROWS, q->limit, &sql));
    r->cached = NULL;
    if (r->cacheable || u->memo.count || wanted_early) {
        M_TRY(text_of_query(r, call, sql.rows, mark));
        r->cached = known_query(r);
        if (r->cached) {
            pg_pipe_back(&u->pipe, mark);
            return M_OK;
        }
    }
    bool whole = !r->plan->list_count || sql.lists;
    r->by_map = whole && (u->mode == M_UOW_WRITE || sql.lists || r->cacheable);
    pg_step *step = pg_pipe_step(&u->pipe, mark, sql.rows, r->plan);
    if (!step) return no_memory(call);
    step->fn = read_query;
    step->arg = r;
    return sql.lists ? add_list_steps(r, call, mark, sql.lists) : M_OK;
}

/* ---- answering ---- */

/* The row has come, or there is none. */
static m_status end_loading(reading *r, m_call *call, pg_entry *e)
{
    if (!e->loading) return M_OK;
    e->loading = false;
    if (!e->row.known) {
        e->row.known = true;
        e->row.base = e->row.seen = NULL;
    }
    if (e->row.op != PG_ADD) return M_OK;
    const void *base = e->row.base; /* what will be there once the addition is made */
    e->row.seen = e->row.added;
    return base ? pg_row_add(r->u, call, r->plan, base, e->row.added, &e->row.seen) : M_OK;
}

static void cache_answer(reading *r)
{
    pg_cache *cache = r->u->cache;
    const m_type *type = r->plan->type;
    if (!r->cacheable || !cache->valid) return;
    if (r->fetch->query && !r->cached) {
        pg_cache_query(cache, type, r->text, r->text_n, r->text_hash, r->records,
                       (const pg_entry *const *)r->entries, r->count);
        return;
    }
    for (uint32_t i = 0; r->entries && i < r->count; i++) {
        const pg_entry *e = r->entries[i];
        if (e) pg_cache_row(cache, type, e->key, e->key_n, e->hash, e->row.seen);
    }
}

static m_status memorize(reading *r, m_call *call)
{
    void **slot = pg_table_slot(&r->u->memo, r->text_hash, same_memo, r, hash_of_memo);
    pg_cached *c = m_arena_alloc(r->u->arena, sizeof *c);
    if (!slot || !c) return no_memory(call);
    *c = (pg_cached){.type = r->plan->type,
                     .hash = r->text_hash,
                     .key = r->text,
                     .key_n = r->text_n,
                     .records = r->records,
                     .count = r->count};
    if (!*slot) r->u->memo.count++;
    *slot = c;
    return M_OK;
}

static m_status answer(reading *r, m_call *call, bool wanted_early)
{
    m_fetch *f = r->fetch;
    if (f->query && r->cached) {
        f->records = r->cached->records;
        f->count = r->cached->count;
        return M_OK;
    }
    for (uint32_t i = 0; r->entries && i < r->count; i++) {
        pg_entry *e = r->entries[i];
        if (!e) continue;
        M_TRY(end_loading(r, call, e));
        if (!f->query) r->records[i] = e->row.seen;
    }
    cache_answer(r);
    if (f->query && wanted_early) M_TRY(memorize(r, call));
    f->records = r->records;
    f->count = r->count;
    return M_OK;
}

/* After a failure nothing may stay marked as being loaded. */
static void forget_loading(reading *readings, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t i = 0; readings[k].entries && i < readings[k].count; i++)
            if (readings[k].entries[i]) readings[k].entries[i]->loading = false;
}

/* Reads that a queued write could change see it: the type's rows are sent first. */
static m_status ask_all(pg_uow *u, m_call *call, reading *readings, uint32_t n, bool wanted_early)
{
    for (uint32_t i = 0; i < n; i++)
        if (readings[i].fetch->query) M_TRY(pg_flush(u, call, readings[i].plan));
    for (uint32_t i = 0; i < n; i++) {
        reading *r = &readings[i];
        const pg_plan *plan = r->plan;
        r->cacheable = (plan->type->flags & M_TYPE_REFERENCE) && plan->tenant && !plan->written &&
                       (u->cache->valid || !u->started);
        if (r->fetch->query)
            M_TRY(ask_query(r, call, wanted_early));
        else
            M_TRY(ask_keys(r, call));
    }
    return M_OK;
}

static bool from_cache(const reading *readings, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (readings[i].cacheable) return true;
    return false;
}

static m_status fetch_once(pg_uow *u, m_call *call, reading *readings, uint32_t n,
                           bool wanted_early, bool *again)
{
    bool was_started = u->started;
    pg_pipe_reset(&u->pipe);
    M_TRY(pg_add_prologue(u, call));
    uint32_t prologue = u->pipe.step_count;
    m_status status = ask_all(u, call, readings, n, wanted_early);
    if (status != M_OK) { /* rows put into the pipeline count as written: they must not be lost */
        u->broken |= u->flushing;
        return status;
    }
    if (!was_started || u->pipe.step_count > prologue) M_TRY(pg_uow_run(u, call));
    /* Answers from a cache that turned out to be old are asked for again. */
    *again = !was_started && pg_settle_cache(u) && from_cache(readings, n);
    return M_OK;
}

m_status pg_fetch(pg_uow *u, m_call *call, m_fetch *fetches, uint32_t n)
{
    if (n == 0) return M_OK;
    bool wanted_early = !u->started && u->mode == M_UOW_WRITE;
    reading *readings = m_arena_array(u->arena, n, sizeof *readings);
    if (!readings) return no_memory(call);
    for (uint32_t i = 0; i < n; i++) {
        readings[i].u = u;
        readings[i].fetch = &fetches[i];
        M_TRY(pg_uow_plan(u, call, fetches[i].type, &readings[i].plan));
    }
    bool again = false;
    m_status status = fetch_once(u, call, readings, n, wanted_early, &again);
    for (uint32_t i = 0; again && i < n; i++)
        for (uint32_t k = 0; readings[i].entries && k < readings[i].count; k++)
            if (readings[i].entries[k] && status == M_OK)
                status = end_loading(&readings[i], call, readings[i].entries[k]);
    if (status == M_OK && again) status = fetch_once(u, call, readings, n, wanted_early, &again);
    for (uint32_t i = 0; i < n && status == M_OK; i++)
        status = answer(&readings[i], call, wanted_early);
    if (status != M_OK) forget_loading(readings, n);
    return status;
}
