#include "session.h"

#include <stdio.h>

#include "../serve/first_start.h"
#include "../serve/slow.h"
#include "../worker/runner.h"

static bool identity_start(session *s)
{
    char path[600];
    const char *why = "";
    snprintf(path, sizeof path, "%s/token.keys", s->rt.state_dir);
    if (identity_keys_open(path, &s->keys, &why) != M_OK) {
        fprintf(stderr, "The signing keys in %s cannot be used: %s.\n", s->rt.state_dir, why);
        return false;
    }
    identity_config config = {.store = m_pg_store(),
                              .runner = slow_runner(s->uow),
                              .keys = s->keys,
                              .password_memory_bytes = (uint64_t)s->rt.config.password_memory_mb
                                                       << 20};
    config.module_count = domains_modules(s->modules);
    config.modules = s->modules;
    return identity_open(&config, &s->identity) == M_OK;
}

static bool domains_start(session *s)
{
    domains_config config = {.identity = s->identity,
                             .company_name = s->rt.config.company,
                             .base_currency = s->rt.config.currency,
                             .fiscal_start_month = (int)s->rt.config.fiscal_start_month};
    char missing[1024];
    s->domains = domains_new(m_pg_store(), &config, missing, sizeof missing);
    if (!s->domains) fprintf(stderr, "The domains do not fit together: %s\n", missing);
    return s->domains != NULL;
}

bool session_open_any(session *s)
{
    *s = (session){.arena = m_arena_new(0)};
    if (!s->arena || !runtime_open(&s->rt) || !runtime_connect(&s->rt, true) ||
        !runtime_migrate(&s->rt))
        return false;
    m_pg_options options = runtime_pg(&s->rt, s->rt.app_dsn);
    if (m_pg_uow_open(&options, &s->uow) != M_OK || !identity_start(s) || !domains_start(s) ||
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
