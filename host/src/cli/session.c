#include "session.h"

#include <stdio.h>

#include "../serve/first_start.h"
#include "../serve/slow.h"
#include "../worker/runner.h"

/* Tenants and users are core's. */
static bool is_core_here(void)
{
    if (domains_own("core")) return true;
    fprintf(stderr, "This command needs the domain core: it works where everything is in one "
                    "process, or with M_DOMAINS=core.\n");
    return false;
}

static bool open_link(session *s, bool ask)
{
    if (!ask || !s->rt.others.self) return true;
    return (s->service = service_open(&s->rt)) != NULL;
}

static bool open_identity(session *s)
{
    return !domains_own("core") ||
           runtime_identity(&s->rt, slow_runner(s->uow), s->modules, &s->keys, &s->identity);
}

static bool open_arrivals(session *s)
{
    if (!s->service) return true;
    if (!(s->answers = m_answers_new(0))) return false;
    if (domains_own("core")) return true;
    return (s->arrivals = arrivals_new(&s->rt, s->uow, s->domains)) != NULL;
}

/* With the runtime opened. */
static bool open_rest(session *s, bool ask)
{
    if (!runtime_connect(&s->rt, true) || !runtime_migrate(&s->rt) || !open_link(s, ask))
        return false;
    m_pg_options options = runtime_pg(&s->rt, s->rt.app_dsn);
    if (m_pg_uow_open(&options, &s->uow) != M_OK || !open_identity(s) ||
        !(s->domains = runtime_domains(&s->rt, s->identity)) ||
        (s->identity && !first_start(&s->rt, s->identity, s->domains, s->uow)))
        return false;
    s->call = runtime_call(&s->rt, s->arena);
    return open_arrivals(s);
}

bool session_open_any(session *s)
{
    *s = (session){.arena = m_arena_new(0)};
    return s->arena && runtime_open_for(&s->rt, "core") && is_core_here() && open_rest(s, false);
}

bool session_open_books(session *s, bool ask)
{
    *s = (session){.arena = m_arena_new(0)};
    return s->arena && runtime_open_for(&s->rt, NULL) && open_rest(s, ask);
}

/* ---- the tenant ---- */

static bool has_tenant(const session *s)
{
    if (!m_id_is_null(s->call.tenant)) return true;
    fprintf(stderr,
            "There is no tenant \"%.*s\". M_TENANT says which one to work for; `business-m tenant "
            "list` shows those there are.\n",
            M_STR_ARG(s->rt.config.tenant));
    return false;
}

/* Only core knows tenants by their short names. */
static m_status ask_core(session *s, m_id *out)
{
    char dsn[RUNTIME_DSN_MAX];
    const char *slug = m_str_z(s->arena, s->rt.config.tenant);
    m_pg_conn *conn = NULL;
    m_pg_result rows = {.rows = 0};
    if (!runtime_database_of(&s->rt, "core", dsn))
        return m_fail(&s->call, m_err_unavailable, "the database of core is not on this machine");
    m_pg_options options = runtime_pg(&s->rt, dsn);
    M_TRY(m_pg_conn_open(&options, &s->call, &conn));
    m_status status = m_pg_query(conn, &s->call, NULL, "SELECT id FROM core.tenant WHERE slug = $1",
                                 &slug, 1, &rows);
    m_pg_conn_close(conn);
    *out = rows.rows ? m_pg_id_of(m_pg_cell(&rows, 0, 0)) : (m_id){{0}};
    return status;
}

static bool find_tenant(session *s)
{
    m_status status = s->identity ? runtime_tenant(&s->rt, s->identity, &s->call, &s->call.tenant)
                                  : ask_core(s, &s->call.tenant);
    if (status == M_OK) return has_tenant(s);
    runtime_print_error("The tenant could not be found", &s->call);
    return false;
}

bool session_open(session *s)
{
    return session_open_any(s) && find_tenant(s);
}

bool session_open_domain(session *s, const char *domain)
{
    *s = (session){.arena = m_arena_new(0)};
    if (!s->arena || !runtime_open_for(&s->rt, domain) || !open_rest(s, true) || !find_tenant(s))
        return false;
    if (!s->arrivals || arrivals_catch_up(s->arrivals, &s->call) == M_OK) return true;
    runtime_print_error("The other processes could not be asked", &s->call);
    return false;
}

/* ---- several databases ---- */

static bool open_joint(session *s, const char *as_service)
{
    char *rest = NULL, *all = m_str_z(s->rt.arena, s->rt.config.all_domains);
    char dsn[RUNTIME_DSN_MAX];
    s->joint = runtime_load(&s->rt) ? joint_open() : NULL;
    for (char *name = all ? strtok_r(all, ",", &rest) : NULL; name && s->joint;
         name = strtok_r(NULL, ",", &rest)) {
        m_pg_options options = runtime_pg(&s->rt, dsn);
        if (!runtime_database_of(&s->rt, name, dsn) || !joint_add(s->joint, name, &options))
            return false;
    }
    if (!s->joint || !(s->domains = runtime_domains_on(&s->rt, NULL, joint_store(s->joint))))
        return false;
    s->uow = joint_uow(s->joint);
    s->call = runtime_call(&s->rt, s->arena);
    if (as_service) runtime_sign_in(&s->rt, as_service);
    return !as_service || (s->service = service_open_as(&s->rt, as_service));
}

bool session_open_all(session *s, const char *as_service)
{
    *s = (session){.arena = m_arena_new(0)};
    if (!s->arena || !runtime_open_for(&s->rt, NULL)) return false;
    bool several = s->rt.several && !s->rt.others.self;
    if (several)
        return runtime_connect(&s->rt, true) && open_joint(s, as_service) && find_tenant(s);
    return is_core_here() && open_rest(s, false) && find_tenant(s);
}

identity_runner session_runner(session *s)
{
    if (!s->service) return slow_runner(s->uow);
    s->asking = (asking){s->uow, s->answers, service_asker(s->service)};
    return asking_runner(&s->asking);
}

void session_close(session *s)
{
    arrivals_free(s->arrivals);
    domains_free(s->domains);
    identity_close(s->identity);
    identity_keys_free(s->keys);
    if (!s->joint) m_pg_uow_close(s->uow);
    joint_close(s->joint);
    m_answers_free(s->answers);
    service_close(s->service);
    m_arena_free(s->arena);
    runtime_close(&s->rt);
}

m_status session_write(session *s, m_status (*work)(void *arg, m_call *call), void *arg)
{
    return runner_run(s->uow, &s->call, M_UOW_WRITE, work, arg);
}
