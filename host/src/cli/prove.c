/* business-m prove: one line per invariant, of all tenants; exit status 0 only if all hold. */
#include "../prove/prove.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands.h"
#include "session.h"

#define TENANTS_MAX 1000

typedef struct {
    session s;
    m_id tenants[TENANTS_MAX];
    uint32_t tenant_count;
    uint32_t held;
} proof;

static m_status tenants_read(proof *p)
{
    m_pg_options options = runtime_pg(&p->s.rt, p->s.rt.app_dsn);
    m_pg_conn *conn = NULL;
    m_pg_result rows = {.rows = 0};
    M_TRY(m_pg_conn_open(&options, &p->s.call, &conn));
    m_status status = m_pg_query(conn, &p->s.call, NULL, "SELECT id FROM core.tenant ORDER BY id",
                                 NULL, 0, &rows);
    for (uint32_t i = 0; status == M_OK && i < rows.rows && i < TENANTS_MAX; i++)
        p->tenants[p->tenant_count++] = m_pg_id_of(m_pg_cell(&rows, i, 0));
    m_pg_conn_close(conn);
    return status;
}

static bool show_verdict(void *self, const prove_verdict *v)
{
    printf("%s  %-4s %s%s%s\n", v->holds ? "ok  " : "FAIL", v->id, v->title, *v->detail ? ": " : "",
           v->detail);
    fflush(stdout);
    if (v->holds) ((proof *)self)->held++;
    return true;
}

static bool show_progress(void *self, uint64_t done, uint64_t total)
{
    (void)self;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r  rebuilding: %llu of %llu events%s", (unsigned long long)done,
                (unsigned long long)total, done >= total ? "\n" : "");
    return true;
}

static bool prove(proof *p)
{
    uint32_t broken = 0;
    m_status status = tenants_read(p);
    if (status == M_OK) {
        prove_config config = {.rt = &p->s.rt,
                               .domains = p->s.domains,
                               .tenants = p->tenants,
                               .tenant_count = p->tenant_count,
                               .listener = {show_verdict, show_progress, p}};
        status = prove_run(&config, &p->s.call, &broken);
    }
    if (status != M_OK)
        runtime_print_error("prove", &p->s.call);
    else
        printf("%u invariants hold, %u do not\n", p->held, broken);
    return status == M_OK && !broken;
}

int command_prove(int n, char **arguments)
{
    (void)arguments;
    if (n != 0) return COMMAND_USAGE;
    proof *p = calloc(1, sizeof *p);
    if (!p) return 1;
    bool good = session_open(&p->s) && prove(p);
    session_close(&p->s);
    free(p);
    return good ? 0 : 1;
}
