/* One verdict per invariant. */
#include "proof.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "rebuild.h"

#define OTHER_CHECKS   2 /* numbers, context */
#define REBUILD_CHECKS 2 /* hash chains, rebuild: of who keeps a book */

void proof_verdict(proof *p, bool holds, const char *id, const char *title, const char *detail)
{
    const prove_listener *listener = &p->config->listener;
    prove_verdict v = {.id = id, .title = title, .detail = detail, .holds = holds};
    if (!holds) p->broken++;
    if (!listener->verdict(listener->self, &v)) p->stopped = true;
}

/* "wms." as the beginning of a name, not within a text or another name. */
static bool names_schema(const char *sql, const char *schema)
{
    size_t n = strlen(schema);
    for (const char *at = sql; (at = strstr(at, schema)); at += n) {
        char before = at == sql ? ' ' : at[-1];
        if (at[n] == '.' && before != '\'' && before != '_' && !isalnum((unsigned char)before))
            return true;
    }
    return false;
}

/* Does this process own all tables the statement names? Copies of masters count as own. */
static bool is_ours(const char *sql)
{
    static const char *const schemas[] = {"finance", "wms", "people"};
    for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++)
        if (!domains_own(schemas[i]) && names_schema(sql, schemas[i])) return false;
    return true;
}

static bool keeps_books(void)
{
    return domains_own("finance") || domains_own("wms");
}

const check *proof_check(const char *id)
{
    const check *c = checks_all;
    while (strcmp(c->id, id) != 0)
        c++;
    return c;
}

bool proof_rows(proof *p, const char *sql, const m_id *tenant, const char *param,
                uint32_t *rows_out, char *text, size_t n)
{
    m_pg_result rows;
    if (m_pg_query(p->conn, p->call, tenant, sql, &param, param ? 1 : 0, &rows) != M_OK)
        return false;
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
    char first[PROOF_FIRST] = "", detail[300] = "";
    uint32_t rows = 0;
    bool ran = true;
    m_arena_mark mark = m_arena_tell(p->call->arena);
    if (c->catalogue) ran = proof_rows(p, c->sql, NULL, NULL, &rows, first, sizeof first);
    for (uint32_t i = 0; ran && !c->catalogue && i < p->config->tenant_count; i++)
        ran = proof_rows(p, c->sql, &p->config->tenants[i], NULL, &rows, first, sizeof first);
    if (!ran)
        snprintf(detail, sizeof detail, "could not be checked (%.*s)",
                 M_STR_ARG(p->call->error.message));
    else if (rows)
        snprintf(detail, sizeof detail, "%u offending, the first is %s", rows, first);
    if (!ran) m_error_clear(p->call);
    m_arena_back(p->call->arena, mark);
    proof_verdict(p, ran && !rows, c->id, c->title, detail);
}

/* One statement per document type that has a series. */
static bool numbers_gapless(proof *p, const m_doctype *d, char *first, size_t n)
{
    uint32_t rows = 0;
    const char *sql =
        m_arena_printf(p->call->arena,
                       "SELECT s, count(*), max(n) FROM (SELECT left(number, -6) AS s, "
                       "right(number, 5)::bigint AS n FROM %s.%s WHERE number ~ "
                       "'^%s-[0-9]{4}-[0-9]{5}$') x GROUP BY s HAVING count(*) <> max(n) "
                       "OR count(DISTINCT n) <> count(*)",
                       d->type->schema, d->type->table, d->series);
    for (uint32_t i = 0; sql && i < p->config->tenant_count; i++)
        if (!proof_rows(p, sql, &p->config->tenants[i], NULL, &rows, first, n) || rows)
            return false;
    return sql != NULL;
}

static void numbers_verdict(proof *p)
{
    char detail[300] = "";
    bool holds = true;
    for (uint32_t m = 0; m < p->config->domains->count; m++) {
        const m_module *module = p->config->domains->modules[m];
        for (const m_doctype *const *d = module->doctypes; d && *d && holds; d++) {
            char first[PROOF_FIRST] = "";
            if (!(*d)->series || !domains_own(module->name)) continue;
            holds = numbers_gapless(p, *d, first, sizeof first);
            if (!holds) snprintf(detail, sizeof detail, "%s: %s", (*d)->type->name, first);
        }
    }
    proof_verdict(p, holds, "N1", "numbers of every series are gapless", detail);
}

static void context_verdict(proof *p)
{
    static const char sql[] = "SELECT 1 FROM finance.acc_event UNION ALL SELECT 1 FROM m.audit "
                              "UNION ALL SELECT 1 FROM core.item";
    uint32_t rows = 0;
    char first[PROOF_FIRST] = "";
    bool ran = proof_rows(p, sql, NULL, NULL, &rows, first, sizeof first);
    proof_verdict(p, ran && !rows, "T6", "without a tenant set, tables show nothing",
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
    proof_verdict(p, status == M_OK && !all.chain_breaks, "L5",
                  "the hash chains of the event logs are whole",
                  all.chain_breaks || status != M_OK ? all.first : "");
    snprintf(title, sizeof title,
             "%llu events rebuild to exactly the ledgers, balances, bins and layers in use",
             (unsigned long long)all.events);
    proof_verdict(p, status == M_OK && !all.differing_rows, "L6", title,
                  all.differing_rows || status != M_OK ? all.first : "");
}

uint32_t prove_count(void)
{
    uint32_t n = OTHER_CHECKS + (keeps_books() ? REBUILD_CHECKS : 0);
    for (const check *c = checks_all; c->id; c++)
        n += is_ours(c->sql);
    return n;
}

static m_status connect(proof *p)
{
    m_pg_options options = runtime_pg(p->config->rt, p->config->rt->app_dsn);
    options.statement_timeout_ms = options.wait_ms = PROOF_TIMEOUT_MS;
    M_TRY(m_pg_conn_open(&options, p->call, &p->conn));
    m_status status = m_pg_script(p->conn, p->call, PROOF_MEMORY);
    if (status != M_OK) m_pg_conn_close(p->conn);
    return status;
}

static m_status finish(proof *p, uint32_t *out_broken)
{
    m_pg_conn_close(p->conn);
    if (p->stopped) return m_fail(p->call, m_err_unavailable, "prove");
    *out_broken = p->broken;
    return M_OK;
}

m_status prove_run(const prove_config *config, m_call *call, uint32_t *out_broken)
{
    proof p = {.config = config, .call = call};
    M_TRY(connect(&p));
    for (const check *c = checks_all; c->id && !p.stopped; c++)
        if (is_ours(c->sql)) check_verdict(&p, c);
    if (!p.stopped) numbers_verdict(&p);
    if (!p.stopped) context_verdict(&p);
    if (!p.stopped && keeps_books()) rebuild_verdicts(&p);
    return finish(&p, out_broken);
}

m_status prove_cross(const prove_config *config, m_call *call, uint32_t *out_broken)
{
    proof p = {.config = config, .call = call};
    M_TRY(connect(&p));
    proof_cross(&p);
    return finish(&p, out_broken);
}
