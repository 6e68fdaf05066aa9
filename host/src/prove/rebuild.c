#include "rebuild.h"

#include <stdio.h>
#include <stdlib.h>

#include "../worker/runner.h"
#include "m_adapters/codec.h"
#include "m_adapters/infra.h"
#include "m_adapters/keepers.h"
#include "proof.h"

#define PREFIX     "prove_"
#define PAGE       500
#define TIMEOUT_MS 600000

/* What is rebuilt, and the column lists that must agree. */
static const m_type *const projections[] = {
    &m_gl_entry_type,  &m_account_balance_type, &m_account_day_type,     &m_stock_entry_type,
    &m_stock_bin_type, &m_stock_layer_type,     &m_stock_checkpoint_type};
static const m_type *const logs[] = {&m_book_event_type, &m_stock_event_type};
#define PROJECTIONS (sizeof projections / sizeof projections[0])
#define LOGS        (sizeof logs / sizeof logs[0])

/* A process among others keeps its own books only. */
static bool is_here(const m_type *type)
{
    return domains_own(type->schema);
}

typedef struct {
    const runtime *rt;
    m_call *call;
    m_id tenant;
    m_pg_conn *owner;
    m_uow *uow; /* writes into the scratch schemas */
    m_store store;
    rebuild_progress progress;
    void *progress_arg;
    uint64_t total;
    rebuild_result result;
} rebuild;

static m_status drop(rebuild *r)
{
    return m_pg_script(r->owner, r->call,
                       "SET client_min_messages = warning; DROP SCHEMA IF EXISTS prove_finance "
                       "CASCADE; DROP SCHEMA IF EXISTS prove_wms CASCADE; "
                       "DROP SCHEMA IF EXISTS prove_m CASCADE");
}

static m_status make_schema(rebuild *r)
{
    const m_type *types[PROJECTIONS + 16];
    uint32_t n = 0;
    for (size_t i = 0; i < PROJECTIONS; i++)
        types[n++] = projections[i];
    for (const m_type *const *t = m_infra_types; *t && n < PROJECTIONS + 16; t++)
        types[n++] = *t;
    m_pg_schema schema = {.types = types,
                          .count = n,
                          .schema_prefix = PREFIX,
                          .today = m_today(r->call),
                          .scratch = true};
    m_pg_migration done;
    return m_pg_migrate(r->owner, r->call, &schema, M_PG_APPLY, &done);
}

/* Copies of the log and of the live rows, all from one snapshot. */
static m_status take_snapshot(rebuild *r)
{
    m_buf sql = {.arena = r->call->arena};
    char tenant[M_PG_ID_TEXT];
    m_pg_id_format(r->tenant, tenant);
    m_buf_format(
        &sql,
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT set_config('app.tenant_id', '%s', true);",
        tenant);
    for (size_t i = 0; i < LOGS; i++)
        m_buf_format(&sql,
                     "CREATE UNLOGGED TABLE " PREFIX
                     "m.log_%s AS SELECT seq, payload, hash FROM %s.%s;",
                     logs[i]->table, logs[i]->schema, logs[i]->table);
    for (size_t i = 0; i < PROJECTIONS; i++)
        if (is_here(projections[i]))
            m_buf_format(&sql, "CREATE UNLOGGED TABLE " PREFIX "m.was_%s AS SELECT * FROM %s.%s;",
                         projections[i]->table, projections[i]->schema, projections[i]->table);
    m_buf_text(&sql, "COMMIT;");
    for (size_t i = 0; i < LOGS; i++)
        m_buf_format(&sql, "CREATE UNIQUE INDEX ON " PREFIX "m.log_%s (seq);", logs[i]->table);
    const char *text = m_str_z(r->call->arena, m_buf_str(&sql));
    return text ? m_pg_script(r->owner, r->call, text) : m_fail(r->call, m_err_memory, NULL);
}

static m_status count_rows(rebuild *r, const char *sql, uint64_t *out)
{
    m_pg_result rows;
    M_TRY(m_pg_query(r->owner, r->call, &r->tenant, sql, NULL, 0, &rows));
    char text[32] = "";
    m_str cell = rows.rows ? m_pg_cell(&rows, 0, 0) : (m_str){NULL, 0};
    if (cell.n < sizeof text) memcpy(text, cell.p, cell.n);
    *out = strtoull(text, NULL, 10);
    return M_OK;
}

static void note_once(rebuild *r, const char *what, const char *why, uint64_t n)
{
    if (!r->result.first[0])
        snprintf(r->result.first, sizeof r->result.first, "%s: %s %llu", what, why,
                 (unsigned long long)n);
}

/* ---- replay ---- */

typedef struct {
    rebuild *rebuild;
    bool stock; /* which of the two logs */
    const m_pg_result *rows;
    m_chain *chain;
    m_chain chain_before; /* the work may run again */
} page;

static m_status replay_event(page *p, m_call *call, m_str payload)
{
    if (p->stock) {
        m_stock_event event = {.seq = 0};
        M_TRY(m_stock_event_parse(call, payload, &event));
        return m_stock_project(p->rebuild->store, call, &event);
    }
    m_book_event event = {.seq = 0};
    M_TRY(m_book_event_parse(call, payload, &event));
    return m_book_project(p->rebuild->store, call, &event);
}

static m_str from_hex(m_arena *arena, m_str hex)
{
    char *out = m_arena_alloc(arena, hex.n / 2 + 1);
    for (size_t i = 0; out && i + 1 < hex.n; i += 2) {
        char pair[3] = {hex.p[i], hex.p[i + 1], 0};
        out[i / 2] = (char)strtoul(pair, NULL, 16);
    }
    return (m_str){out, out ? hex.n / 2 : 0};
}

static m_status replay_page(void *arg, m_call *call)
{
    page *p = arg;
    *p->chain = p->chain_before;
    for (uint32_t i = 0; i < p->rows->rows; i++) {
        char seq_text[24] = "";
        m_str seq_cell = m_pg_cell(p->rows, i, 0), payload = m_pg_cell(p->rows, i, 1);
        if (seq_cell.n < sizeof seq_text) memcpy(seq_text, seq_cell.p, seq_cell.n);
        int64_t seq = strtoll(seq_text, NULL, 10);
        const char *why = "";
        if (!m_chain_verify(call->arena, p->chain, seq, payload,
                            from_hex(call->arena, m_pg_cell(p->rows, i, 2)), &why)) {
            p->rebuild->result.chain_breaks++;
            note_once(p->rebuild, why, "at event", (uint64_t)seq);
            p->chain->seq = seq; /* go on: later events may be sound */
            memcpy(p->chain->hash, from_hex(call->arena, m_pg_cell(p->rows, i, 2)).p, M_HASH_BYTES);
        }
        M_TRY(replay_event(p, call, payload));
    }
    return M_OK;
}

static m_status replay_log(rebuild *r, bool stock)
{
    const char *table = stock ? logs[1]->table : logs[0]->table;
    m_chain chain = {.seq = 0};
    for (;;) {
        m_arena_mark mark = m_arena_tell(r->call->arena);
        char after[24];
        snprintf(after, sizeof after, "%lld", (long long)chain.seq);
        const char *sql = m_arena_printf(r->call->arena,
                                         "SELECT seq, payload, encode(hash, 'hex') FROM " PREFIX
                                         "m.log_%s WHERE seq > $1::bigint ORDER BY seq LIMIT %d",
                                         table, PAGE);
        const char *params[] = {after};
        m_pg_result rows;
        M_TRY(m_pg_query(r->owner, r->call, NULL, sql, params, 1, &rows));
        if (!rows.rows) return M_OK;
        page p = {
            .rebuild = r, .stock = stock, .rows = &rows, .chain = &chain, .chain_before = chain};
        r->call->tenant = r->tenant;
        M_TRY(runner_run(r->uow, r->call, M_UOW_WRITE, replay_page, &p));
        r->result.events += rows.rows;
        if (!r->progress(r->progress_arg, r->result.events, r->total))
            return m_fail(r->call, m_err_unavailable, "rebuild");
        m_arena_back(r->call->arena, mark);
    }
}

/* ---- compare ---- */

/* Each row as often on one side as on the other. */
static m_status compare(rebuild *r, const m_type *type)
{
    m_buf columns = {.arena = r->call->arena};
    for (uint16_t i = 0; i < type->count; i++)
        m_buf_format(&columns, "%s\"%s\"", i ? ", " : "", type->fields[i].name);
    const char *list = m_str_z(r->call->arena, m_buf_str(&columns));
    const char *sql = m_arena_printf(
        r->call->arena,
        "SELECT coalesce(sum(abs(n)), 0) FROM (SELECT sum(prove_side) AS n FROM (SELECT %s, 1 AS "
        "prove_side FROM " PREFIX "m.was_%s UNION ALL SELECT %s, -1 FROM " PREFIX
        "%s.%s) both_sides GROUP BY %s HAVING sum(prove_side) <> 0) differing",
        list, type->table, list, type->schema, type->table, list);
    uint64_t differing = 0;
    M_TRY(count_rows(r, sql, &differing));
    if (differing) note_once(r, type->name, "rows that differ:", differing);
    r->result.differing_rows += differing;
    return M_OK;
}

static m_status rebuild_steps(rebuild *r)
{
    /* the scratch schemas are one at a time; freed with the connection */
    M_TRY(m_pg_script(r->owner, r->call,
                      "SELECT pg_advisory_lock(hashtext('business-m prove')); " PROOF_MEMORY));
    M_TRY(drop(r));
    M_TRY(make_schema(r));
    M_TRY(take_snapshot(r));
    uint64_t book = 0, stock = 0;
    M_TRY(count_rows(r, "SELECT count(*) FROM " PREFIX "m.log_acc_event", &book));
    M_TRY(count_rows(r, "SELECT count(*) FROM " PREFIX "m.log_inv_event", &stock));
    r->total = book + stock;
    M_TRY(replay_log(r, false));
    M_TRY(replay_log(r, true));
    for (size_t i = 0; i < PROJECTIONS; i++)
        if (is_here(projections[i])) M_TRY(compare(r, projections[i]));
    return M_OK;
}

m_status rebuild_run(const runtime *rt, m_call *call, m_id tenant, rebuild_progress progress,
                     void *arg, rebuild_result *out)
{
    rebuild r = {.rt = rt,
                 .call = call,
                 .tenant = tenant,
                 .store = m_pg_store(),
                 .progress = progress,
                 .progress_arg = arg};
    m_pg_options owner = runtime_pg(rt, rt->owner_dsn), app = runtime_pg(rt, rt->app_dsn);
    owner.statement_timeout_ms = app.statement_timeout_ms = TIMEOUT_MS;
    owner.wait_ms = app.wait_ms = TIMEOUT_MS;
    app.schema_prefix = PREFIX;
    m_status status = m_pg_conn_open(&owner, call, &r.owner);
    if (status == M_OK) status = m_pg_uow_open(&app, &r.uow);
    if (status == M_OK) status = rebuild_steps(&r);
    if (r.owner) {
        m_error keep = call->error;
        if (drop(&r) != M_OK)
            rt->env->log(rt->env->self, "warn", "prove.scratch",
                         "the scratch schemas could not be dropped");
        call->error = keep;
    }
    m_pg_uow_close(r.uow);
    m_pg_conn_close(r.owner);
    if (status == M_OK) *out = r.result;
    return status;
}
