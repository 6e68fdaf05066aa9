/* One verdict per invariant. */
#include "prove.h"

#include <stdio.h>
#include <stdlib.h>

#include "checks.h"
#include "rebuild.h"

#define TIMEOUT_MS   600000
#define OTHER_CHECKS 4 /* numbers, context, hash chains, rebuild */

typedef struct {
    const prove_config *config;
    m_call *call;
    m_pg_conn *conn;
    uint32_t broken;
    bool stopped; /* the listener does not want to hear more */
} proof;

static void verdict(proof *p, bool holds, const char *id, const char *title, const char *detail)
{
    const prove_listener *listener = &p->config->listener;
    prove_verdict v = {.id = id, .title = title, .detail = detail, .holds = holds};
    if (!holds) p->broken++;
    if (!listener->verdict(listener->self, &v)) p->stopped = true;
}

/* Offending rows of one check for one tenant (NULL: catalogue); text: the first of them. */
static bool check_run(proof *p, const check *c, const m_id *tenant, uint32_t *rows_out, char *text,
                      size_t n)
{
    m_pg_result rows;
    if (m_pg_query(p->conn, p->call, tenant, c->sql, NULL, 0, &rows) != M_OK) return false;
    if (rows.rows && !*text) {
        size_t at = 0;
        for (uint32_t i = 0; i < rows.columns && at < n - 1; i++)
            at += (size_t)snprintf(text + at, n - at, "%s%.*s", i ? ", " : "",
                                   M_STR_ARG(m_pg_cell(&rows, 0, i)));
    }
    *rows_out += rows.rows;
    return true;
}

static void check_verdict(proof *p, const check *c)
{
    char first[200] = "", detail[300] = "";
    uint32_t rows = 0;
    bool ran = true;
    m_arena_mark mark = m_arena_tell(p->call->arena);
    if (c->catalogue) ran = check_run(p, c, NULL, &rows, first, sizeof first);
    for (uint32_t i = 0; ran && !c->catalogue && i < p->config->tenant_count; i++)
        ran = check_run(p, c, &p->config->tenants[i], &rows, first, sizeof first);
    if (!ran)
        snprintf(detail, sizeof detail, "could not be checked (%.*s)",
                 M_STR_ARG(p->call->error.message));
    else if (rows)
        snprintf(detail, sizeof detail, "%u offending, the first is %s", rows, first);
    if (!ran) m_error_clear(p->call);
    m_arena_back(p->call->arena, mark);
    verdict(p, ran && !rows, c->id, c->title, detail);
}

/* Gapless numbers: one statement per document type that has a series. */
static void numbers_verdict(proof *p)
{
    char detail[300] = "";
    bool holds = true;
    for (uint32_t m = 0; m < p->config->domains->count; m++)
        for (const m_doctype *const *d = p->config->domains->modules[m]->doctypes; d && *d && holds;
             d++) {
            if (!(*d)->series) continue;
            char sql[1000];
            snprintf(sql, sizeof sql,
                     "SELECT s, count(*), max(n) FROM (SELECT left(number, -6) AS s, right(number, "
                     "5)::bigint AS n "
                     "FROM %s.%s WHERE number ~ '^%s-[0-9]{4}-[0-9]{5}$') x GROUP BY s HAVING "
                     "count(*) <> max(n) "
                     "OR count(DISTINCT n) <> count(*)",
                     (*d)->type->schema, (*d)->type->table, (*d)->series);
            check c = {"N1", "", sql, false};
            uint32_t rows = 0;
            char first[200] = "";
            for (uint32_t i = 0; holds && i < p->config->tenant_count; i++)
                holds =
                    check_run(p, &c, &p->config->tenants[i], &rows, first, sizeof first) && !rows;
            if (!holds) snprintf(detail, sizeof detail, "%s: %s", (*d)->type->name, first);
        }
    verdict(p, holds, "N1", "numbers of every series are gapless", detail);
}

static void context_verdict(proof *p)
{
    check c = {
        "T6", "",
        "SELECT 1 FROM finance.acc_event UNION ALL SELECT 1 FROM m.audit UNION ALL SELECT 1 FROM "
        "core.item",
        true};
    uint32_t rows = 0;
    char first[200] = "";
    bool ran = check_run(p, &c, NULL, &rows, first, sizeof first);
    verdict(p, ran && !rows, "T6", "without a tenant set, tables show nothing",
            ran && rows ? "rows were seen" : "");
}

static bool rebuilding(void *arg, uint64_t done, uint64_t total)
{
    proof *p = arg;
    const prove_listener *listener = &p->config->listener;
    if (!listener->rebuilding(listener->self, done, total)) p->stopped = true;
    return !p->stopped;
}

static void rebuild_verdicts(proof *p)
{
    rebuild_result all = {.events = 0};
    m_status status = M_OK;
    for (uint32_t i = 0; status == M_OK && i < p->config->tenant_count; i++) {
        rebuild_result one = {.events = 0};
        m_call call = *p->call;
        status = rebuild_run(p->config->rt, &call, p->config->tenants[i], rebuilding, p, &one);
        if (status != M_OK)
            snprintf(all.first, sizeof all.first, "%.*s", M_STR_ARG(call.error.message));
        all.events += one.events;
        all.chain_breaks += one.chain_breaks;
        all.differing_rows += one.differing_rows;
        if (!all.first[0]) memcpy(all.first, one.first, sizeof all.first);
    }
    if (p->stopped) return;
    char title[200];
    verdict(p, status == M_OK && !all.chain_breaks, "L5",
            "the hash chains of both event logs are whole",
            all.chain_breaks || status != M_OK ? all.first : "");
    snprintf(title, sizeof title,
             "%llu events rebuild to exactly the ledgers, balances, bins and layers in use",
             (unsigned long long)all.events);
    verdict(p, status == M_OK && !all.differing_rows, "L6", title,
            all.differing_rows || status != M_OK ? all.first : "");
}

/* What holds between the books of several processes is not compared yet; a proof of less than all
 * would read like a whole one. */
static m_status check_whole(const proof *p)
{
    static const m_error_def partial = {"core.prove.partial", M_UNSUPPORTED,
                                        "prove looks at one database that holds everything; it "
                                        "does not know several processes yet.",
                                        "Run it where all domains are in one process."};
    return p->config->rt->others.self ? m_fail(p->call, &partial, NULL) : M_OK;
}

uint32_t prove_count(void)
{
    uint32_t n = OTHER_CHECKS;
    for (const check *c = checks_all; c->id; c++)
        n++;
    return n;
}

m_status prove_run(const prove_config *config, m_call *call, uint32_t *out_broken)
{
    proof p = {.config = config, .call = call};
    M_TRY(check_whole(&p));
    m_pg_options options = runtime_pg(config->rt, config->rt->app_dsn);
    options.statement_timeout_ms = options.wait_ms = TIMEOUT_MS;
    M_TRY(m_pg_conn_open(&options, call, &p.conn));
    for (const check *c = checks_all; c->id && !p.stopped; c++)
        check_verdict(&p, c);
    if (!p.stopped) numbers_verdict(&p);
    if (!p.stopped) context_verdict(&p);
    if (!p.stopped) rebuild_verdicts(&p);
    m_pg_conn_close(p.conn);
    if (p.stopped) return m_fail(call, m_err_unavailable, "prove");
    *out_broken = p.broken;
    return M_OK;
}
