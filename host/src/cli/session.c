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
    if (!s->service || domains_own("core")) return true;
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

bool session_open(session *s)
{
    if (!session_open_any(s)) return false;
    if (runtime_tenant(&s->rt, s->identity, &s->call, &s->call.tenant) != M_OK) {
        runtime_print_error("The tenant could not be found", &s->call);
        return false;
    }
    if (!m_id_is_null(s->call.tenant)) return true;
    fprintf(stderr,
            "There is no tenant \"%.*s\". M_TENANT says which one to work for; `business-m tenant "
            "list` shows those there are.\n",
            M_STR_ARG(s->rt.config.tenant));
    return false;
}

void session_close(session *s)
{
    arrivals_free(s->arrivals);
    domains_free(s->domains);
    identity_close(s->identity);
    identity_keys_free(s->keys);
    m_pg_uow_close(s->uow);
    service_close(s->service);
    m_arena_free(s->arena);
    runtime_close(&s->rt);
}

m_status session_write(session *s, m_status (*work)(void *arg, m_call *call), void *arg)
{
    return runner_run(s->uow, &s->call, M_UOW_WRITE, work, arg);
}
