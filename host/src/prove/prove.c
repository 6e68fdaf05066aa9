/* business-m prove: one line per invariant; exit status 0 only if all hold. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../cli/commands.h"
#include "../cli/session.h"
#include "checks.h"
#include "rebuild.h"

#define TENANTS_MAX 1000
#define TIMEOUT_MS  600000

typedef struct {
    session s;
    m_pg_conn *conn;
    m_id tenants[TENANTS_MAX];
    uint32_t tenant_count;
    uint32_t held, broken;
} proof;

static void verdict(proof *p, bool holds, const char *id, const char *title, const char *detail)
{
    printf("%s  %-4s %s%s%s\n", holds ? "ok  " : "FAIL", id, title, *detail ? ": " : "", detail);
    fflush(stdout);
    if (holds)
        p->held++;
    else
        p->broken++;
}

static bool tenants_read(proof *p)
{
    m_pg_result rows;
    if (m_pg_query(p->conn, &p->s.call, NULL, "SELECT id FROM core.tenant ORDER BY id", NULL, 0,
                   &rows) != M_OK)
        return false;
    for (uint32_t i = 0; i < rows.rows && i < TENANTS_MAX; i++)
        p->tenants[p->tenant_count++] = m_pg_id_of(m_pg_cell(&rows, i, 0));
    return true;
}

/* Offending rows of one check for one tenant (NULL: catalogue); text: the first of them. */
static bool check_run(proof *p, const check *c, const m_id *tenant, uint32_t *rows_out, char *text,
                      size_t n)
{
    m_pg_result rows;
    if (m_pg_query(p->conn, &p->s.call, tenant, c->sql, NULL, 0, &rows) != M_OK) return false;
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
    m_arena_mark mark = m_arena_tell(p->s.arena);
    if (c->catalogue) ran = check_run(p, c, NULL, &rows, first, sizeof first);
    for (uint32_t i = 0; ran && !c->catalogue && i < p->tenant_count; i++)
        ran = check_run(p, c, &p->tenants[i], &rows, first, sizeof first);
    if (!ran)
        snprintf(detail, sizeof detail, "could not be checked (%.*s)",
                 M_STR_ARG(p->s.call.error.message));
    else if (rows)
        snprintf(detail, sizeof detail, "%u offending, the first is %s", rows, first);
    m_arena_back(p->s.arena, mark);
    verdict(p, ran && !rows, c->id, c->title, detail);
}

/* Gapless numbers: one statement per document type that has a series. */
static void numbers_verdict(proof *p)
{
    char detail[300] = "";
    bool holds = true;
    for (uint32_t m = 0; m < p->s.domains->count; m++)
        for (const m_doctype *const *d = p->s.domains->modules[m]->doctypes; d && *d && holds;
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
            for (uint32_t i = 0; holds && i < p->tenant_count; i++)
                holds = check_run(p, &c, &p->tenants[i], &rows, first, sizeof first) && !rows;
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

static void show_progress(void *arg, uint64_t done, uint64_t total)
{
    (void)arg;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r  rebuilding: %llu of %llu events%s", (unsigned long long)done,
                (unsigned long long)total, done >= total ? "\n" : "");
}

static void rebuild_verdicts(proof *p)
{
    rebuild_result all = {.events = 0};
    m_status status = M_OK;
    for (uint32_t i = 0; status == M_OK && i < p->tenant_count; i++) {
        rebuild_result one = {.events = 0};
        m_call call = p->s.call;
        status = rebuild_run(&p->s.rt, &call, p->tenants[i], show_progress, NULL, &one);
        if (status != M_OK)
            snprintf(all.first, sizeof all.first, "%.*s", M_STR_ARG(call.error.message));
        all.events += one.events;
        all.chain_breaks += one.chain_breaks;
        all.differing_rows += one.differing_rows;
        if (!all.first[0]) memcpy(all.first, one.first, sizeof all.first);
    }
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
static bool is_whole(const proof *p)
{
    if (!p->s.rt.others.self) return true;
    fprintf(stderr, "prove looks at one database that holds everything; it does not know several "
                    "processes yet.\n");
    return false;
}

static bool prove(proof *p)
{
    m_pg_options options = runtime_pg(&p->s.rt, p->s.rt.app_dsn);
    options.statement_timeout_ms = options.wait_ms = TIMEOUT_MS;
    if (m_pg_conn_open(&options, &p->s.call, &p->conn) != M_OK || !tenants_read(p)) {
        runtime_print_error("prove", &p->s.call);
        return false;
    }
    for (const check *c = checks_all; c->id; c++)
        check_verdict(p, c);
    numbers_verdict(p);
    context_verdict(p);
    rebuild_verdicts(p);
    printf("%u invariants hold, %u do not\n", p->held, p->broken);
    return !p->broken;
}

int command_prove(int n, char **arguments)
{
    (void)arguments;
    if (n != 0) return COMMAND_USAGE;
    proof *p = calloc(1, sizeof *p);
    if (!p) return 1;
    bool good = session_open(&p->s) && is_whole(p) && prove(p);
    m_pg_conn_close(p->conn);
    session_close(&p->s);
    free(p);
    return good ? 0 : 1;
}
