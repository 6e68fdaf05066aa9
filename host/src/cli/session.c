#include "session.h"

#include <stdio.h>

#include "../serve/first_start.h"
#include "../serve/slow.h"
#include "../worker/runner.h"

/* Tenants and users are core's; the books of one domain alone are not yet looked at by a command.
 */
static bool is_core_here(void)
{
    if (domains_own("core")) return true;
    fprintf(stderr, "This command needs the domain core: it works where everything is in one "
                    "process, or with M_DOMAINS=core.\n");
    return false;
}

bool session_open_any(session *s)
{
    *s = (session){.arena = m_arena_new(0)};
    if (!s->arena || !runtime_open(&s->rt) || !is_core_here() || !runtime_connect(&s->rt, true) ||
        !runtime_migrate(&s->rt))
        return false;
    m_pg_options options = runtime_pg(&s->rt, s->rt.app_dsn);
    if (m_pg_uow_open(&options, &s->uow) != M_OK ||
        !runtime_identity(&s->rt, slow_runner(s->uow), s->modules, &s->keys, &s->identity) ||
        !(s->domains = runtime_domains(&s->rt, s->identity)) ||
        !first_start(&s->rt, s->identity, s->domains, s->uow))
        return false;
    s->call = runtime_call(&s->rt, s->arena);
    return true;
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
    domains_free(s->domains);
    identity_close(s->identity);
    identity_keys_free(s->keys);
    m_pg_uow_close(s->uow);
    m_arena_free(s->arena);
    runtime_close(&s->rt);
}

m_status session_write(session *s, m_status (*work)(void *arg, m_call *call), void *arg)
{
    return runner_run(s->uow, &s->call, M_UOW_WRITE, work, arg);
}
