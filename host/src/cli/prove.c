/* business-m prove: one line per invariant, of all tenants; exit status 0 only if all hold. */
#include "../prove/prove.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
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

/* Who keeps no tenants knows them by the events it has had or made of them. */
static m_status tenants_read(proof *p)
{
    bool core = domains_own("core");
    m_pg_options options = runtime_pg(&p->s.rt, core ? p->s.rt.app_dsn : p->s.rt.relay_dsn);
    m_pg_conn *conn = NULL;
    m_pg_result rows = {.rows = 0};
    M_TRY(m_pg_conn_open(&options, &p->s.call, &conn));
    m_status status = m_pg_query(conn, &p->s.call, NULL,
                                 core ? "SELECT id FROM core.tenant ORDER BY id"
                                      : "SELECT tenant_id FROM m.consumer_mark UNION SELECT "
                                        "tenant_id FROM m.outgoing_mark ORDER BY 1",
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

static bool prove(proof *p, bool cross)
{
    uint32_t broken = 0;
    m_status status = tenants_read(p);
    if (status == M_OK) {
        prove_config config = {.rt = &p->s.rt,
                               .domains = p->s.domains,
                               .tenants = p->tenants,
                               .tenant_count = p->tenant_count,
                               .listener = {show_verdict, show_progress, p},
                               .uow = p->s.uow,
                               .asker = cross ? service_asker(p->s.service) : NULL};
        status = (cross ? prove_cross : prove_run)(&config, &p->s.call, &broken);
    }
    if (status != M_OK)
        runtime_print_error("prove", &p->s.call);
    else
        printf("%u invariants hold, %u do not\n", p->held, broken);
    return status == M_OK && !broken;
}

static bool prove_here(bool cross)
{
    proof *p = calloc(1, sizeof *p);
    if (!p) return false;
    bool good = session_open_books(&p->s, cross);
    if (good && cross && !p->s.rt.others.self) {
        fprintf(stderr, "Everything is in one process here: `business-m prove` compares it all.\n");
        good = false;
    }
    good = good && prove(p, cross);
    session_close(&p->s);
    free(p);
    return good;
}

/* ---- several processes on this machine ---- */

/* This program for one domain. */
static bool prove_domain(const char *domain, bool cross)
{
    char self[512];
    int status = 0;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) return false;
    self[n] = 0;
    printf("%s\n", domain);
    fflush(stdout);
    if (setenv("M_DOMAINS", domain, 1) != 0) return false;
    pid_t pid = fork();
    if (pid == 0) {
        execl(self, self, "prove", cross ? "--cross" : (char *)NULL, (char *)NULL);
        _exit(1);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    printf("\n");
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Core keeps no books and no copies: there is nothing that it could compare. */
static bool prove_each(runtime *rt, bool cross)
{
    char bad[200] = "", *rest = NULL, *all = m_str_z(rt->arena, rt->config.all_domains);
    size_t at = 0;
    if (!runtime_connect(rt, true)) return false; /* so that not each of them starts it */
    for (char *name = all ? strtok_r(all, ",", &rest) : NULL; name;
         name = strtok_r(NULL, ",", &rest)) {
        if (cross && strcmp(name, "core") == 0) continue;
        if (!prove_domain(name, cross) && at < sizeof bad)
            at += (size_t)snprintf(bad + at, sizeof bad - at, "%s%s", at ? ", " : "", name);
    }
    if (at)
        printf("What does not hold is in %s.\n", bad);
    else if (cross)
        printf("The domains agree with one another.\n");
    else
        printf("All holds in every domain. `business-m prove --cross` compares them with one "
               "another.\n");
    return at == 0;
}

int command_prove(int n, char **arguments)
{
    bool cross = n == 1 && strcmp(arguments[0], "--cross") == 0;
    if (n > 1 || (n == 1 && !cross)) return COMMAND_USAGE;
    runtime rt;
    bool good = runtime_open_for(&rt, NULL);
    bool several = good && rt.several && !rt.others.self;
    if (several) good = prove_each(&rt, cross);
    runtime_close(&rt);
    if (good && !several) good = prove_here(cross);
    return good ? 0 : 1;
}
