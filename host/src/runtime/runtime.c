#include "runtime.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

#define CONFIG_ARENA_BYTES (1u << 20)

void runtime_print_error(const char *what, const m_call *call)
{
    const m_error *e = &call->error;
    fprintf(stderr, "%s: %.*s\n", what, M_STR_ARG(e->message));
    for (uint32_t i = 0; i < e->field_count; i++)
        fprintf(stderr, "  %.*s: %.*s\n", M_STR_ARG(e->fields[i].path),
                M_STR_ARG(e->fields[i].message));
    bool over_http =
        m_str_eq(e->code, m_str_of(m_err_validation->code)); /* its hint speaks of it */
    if (e->hint.n && !over_http) fprintf(stderr, "  %.*s\n", M_STR_ARG(e->hint));
}

m_call runtime_call(const runtime *rt, m_arena *arena)
{
    return (m_call){.env = rt->env, .arena = arena, .system = true, .actor_name = M_STR("system")};
}

static bool default_state_dir(char *out, size_t n)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int length;
    if (geteuid() == 0)
        length = snprintf(out, n, "/var/lib/business-m");
    else if (state && *state)
        length = snprintf(out, n, "%s/business-m", state);
    else
        length = snprintf(out, n, "%s/.local/state/business-m", home ? home : "");
    return length > 0 && (size_t)length < n && out[0] == '/';
}

static bool choose_state_dir(runtime *rt)
{
    m_str given = rt->config.state_dir;
    bool good = given.n ? given.n < sizeof rt->state_dir && given.p[0] == '/'
                        : default_state_dir(rt->state_dir, sizeof rt->state_dir);
    if (given.n && good) memcpy(rt->state_dir, given.p, given.n);
    if (!good) fprintf(stderr, "M_STATE_DIR must be an absolute path.\n");
    return good;
}

static bool load_domains(const runtime *rt)
{
    char why[512];
    if (domains_load(m_str_z(rt->arena, rt->config.domains), why, sizeof why)) return true;
    fprintf(stderr, "M_DOMAINS: %s.\n", why);
    return false;
}

/* A command beside a running process asks nobody. */
static void ask_nobody(void *self, m_question **questions, const m_call *const *as, uint32_t n)
{
    (void)self;
    for (uint32_t i = 0; i < n; i++) {
        m_call call = *as[i];
        call.arena = questions[i]->arena;
        (void)m_fail(&call, m_err_unavailable, "%s", questions[i]->service);
        m_question_refuse(questions[i], &call);
    }
}

/* The domains of the company that are not in this process. */
static void name_others(runtime *rt)
{
    static const m_asker nobody = {ask_nobody, NULL};
    if (!host_config_among_others(&rt->config)) return;
    char *rest = NULL, *all = m_str_z(rt->arena, rt->config.all_domains);
    uint32_t n = 0;
    for (char *name = all ? strtok_r(all, ",", &rest) : NULL; name && n < DOMAINS_MAX;
         name = strtok_r(NULL, ",", &rest))
        if (!domains_own(name)) rt->other_domains[n++] = name;
    char *self = m_str_z(rt->arena, rt->config.domains);
    if (self) self[strcspn(self, ",")] = 0;
    rt->others = (domains_others){
        .self = self, .domains = rt->other_domains, .asker = &nobody, .env = rt->env};
}

/* ---- a command beside several processes ---- */

#define SEVERAL_FOLDER "enterprise"
#define BROKER_FILE    "nats/broker.url"

static m_str joined_path(const runtime *rt, const char *name, const char *end)
{
    const char *path =
        m_arena_printf(rt->arena, "%s/" SEVERAL_FOLDER "/%s%s", rt->state_dir, name, end);
    return path ? m_str_of(path) : (m_str){NULL, 0};
}

/* Empty: there is none. */
static m_str broker_url(const runtime *rt)
{
    char url[512] = "";
    FILE *file = fopen(m_str_z(rt->arena, joined_path(rt, BROKER_FILE, "")), "re");
    size_t n = file ? fread(url, 1, sizeof url - 1, file) : 0;
    if (file) fclose(file);
    url[n] = 0;
    url[strcspn(url, "\n")] = 0;
    return m_str_dup(rt->arena, m_str_of(url));
}

bool runtime_several(const runtime *rt, const char *url)
{
    const char *path = m_str_z(rt->arena, joined_path(rt, BROKER_FILE, ""));
    if (!url) return unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR;
    FILE *file = fopen(path, "we");
    bool good = file && fprintf(file, "%s\n", url) > 0;
    if (file && fclose(file) != 0) good = false;
    if (!good) fprintf(stderr, "%s cannot be written: %s.\n", path, strerror(errno));
    return good;
}

void runtime_sign_in(runtime *rt, const char *name)
{
    host_config *c = &rt->config;
    if (!c->nats_url.n) c->nats_url = broker_url(rt);
    if (!c->call_keys_file.n) c->call_keys_file = joined_path(rt, "nats/call.keys", "");
    if (!c->nats_nkey_file.n)
        c->nats_nkey_file = joined_path(rt, m_arena_printf(rt->arena, "nats/%s", name), ".nk");
}

/* Settings that are given decide, so does a database that is. */
static void join(runtime *rt, const char *domain)
{
    host_config *c = &rt->config;
    rt->several = !c->database_url.n && broker_url(rt).n > 0;
    if (!rt->several) return;
    m_str name = m_str_eq(c->domains, c->all_domains) ? m_str_of(domain) : c->domains;
    if (!name.n) return;
    const char *text = m_str_z(rt->arena, name);
    host_config_join(c, name);
    runtime_sign_in(rt, text);
    snprintf(rt->keys_dir, sizeof rt->keys_dir, "%.*s", M_STR_ARG(joined_path(rt, text, "")));
}

static bool open_as(runtime *rt, bool command, const char *domain)
{
    *rt = (runtime){.arena = m_arena_new(CONFIG_ARENA_BYTES)};
    rt->env_owner = m_system_env_new("info");
    if (!rt->arena || !rt->env_owner) {
        fprintf(stderr, "There is not enough memory to start.\n");
        return false;
    }
    rt->env = m_system_env_of(rt->env_owner);
    m_call call = runtime_call(rt, rt->arena);
    if (host_config_read(&call, environ, &rt->config) != M_OK) {
        runtime_print_error("Configuration", &call);
        return false;
    }
    static const char *const levels[] = {"info", "debug", "warn", "error"};
    const char *level = levels[rt->config.log_level];
    if (command && level == levels[0]) level = "warn"; /* people read what it prints */
    m_system_env *leveled = m_system_env_new(level);
    if (leveled) {
        m_system_env_free(rt->env_owner);
        rt->env_owner = leveled;
        rt->env = m_system_env_of(leveled);
    }
    if (!choose_state_dir(rt)) return false;
    snprintf(rt->keys_dir, sizeof rt->keys_dir, "%s", rt->state_dir);
    if (command) join(rt, domain);
    if (rt->several && !host_config_among_others(&rt->config)) return true; /* of none of them */
    return runtime_load(rt);
}

bool runtime_load(runtime *rt)
{
    if (!load_domains(rt)) return false;
    name_others(rt);
    return true;
}

bool runtime_open(runtime *rt)
{
    return open_as(rt, false, NULL);
}

bool runtime_open_for(runtime *rt, const char *domain)
{
    return open_as(rt, true, domain);
}

static bool copy_dsn(char out[RUNTIME_DSN_MAX], m_str dsn)
{
    if (dsn.n >= RUNTIME_DSN_MAX) return false;
    memcpy(out, dsn.p ? dsn.p : "", dsn.n);
    out[dsn.n] = 0;
    return true;
}

static bool use_given_database(runtime *rt)
{
    const host_config *c = &rt->config;
    if (copy_dsn(rt->app_dsn, c->database_url) && copy_dsn(rt->owner_dsn, c->database_owner_url) &&
        copy_dsn(rt->relay_dsn, c->database_relay_url))
        return true;
    fprintf(stderr, "A database URL is longer than %d characters.\n", RUNTIME_DSN_MAX - 1);
    return false;
}

static void on_cluster(void *arg, cluster_event event, const char *text)
{
    const runtime *rt = arg;
    if (rt->attach) { /* only what takes a while or goes wrong */
        if (event != CLUSTER_READY && event != CLUSTER_STOPPED) fprintf(stderr, "%s\n", text);
        return;
    }
    static const char *const names[] = {"database.creating", "database.waiting", "database.ready",
                                        "database.died", "database.stopped"};
    rt->env->log(rt->env->self, event == CLUSTER_DIED ? "error" : "info", names[event], text);
}

bool runtime_database_of(const runtime *rt, const char *domain, char out[RUNTIME_DSN_MAX])
{
    const char *name = m_arena_printf(rt->arena, RUNTIME_DATABASE "_%s", domain);
    return rt->several && rt->cluster && name &&
           cluster_dsn(rt->cluster, CLUSTER_ROLE_APP, name, out, RUNTIME_DSN_MAX);
}

/* One database for everything, or one for each process of a company. */
static const char *database_of(const runtime *rt)
{
    const char *name =
        rt->others.self ? m_arena_printf(rt->arena, RUNTIME_DATABASE "_%s", rt->others.self) : NULL;
    return name ? name : RUNTIME_DATABASE;
}

static bool use_private_cluster(runtime *rt, bool attach)
{
    char error[512] = "";
    rt->attach = attach;
    char *bin_dir = rt->config.pg_bindir.n ? m_str_z(rt->arena, rt->config.pg_bindir) : NULL;
    cluster_config config = {
        .state_dir = rt->state_dir, .bin_dir = bin_dir, .listener = on_cluster, .arg = rt};
    m_status status = attach ? cluster_attach(&config, &rt->cluster, error, sizeof error)
                             : cluster_start(&config, &rt->cluster, error, sizeof error);
    if (status != M_OK) {
        fprintf(stderr, "%s\n", error);
        return false;
    }
    const char *database = database_of(rt);
    return cluster_dsn(rt->cluster, CLUSTER_ROLE_APP, database, rt->app_dsn, RUNTIME_DSN_MAX) &&
           cluster_dsn(rt->cluster, CLUSTER_ROLE_OWNER, database, rt->owner_dsn, RUNTIME_DSN_MAX) &&
           cluster_dsn(rt->cluster, CLUSTER_ROLE_RELAY, database, rt->relay_dsn, RUNTIME_DSN_MAX);
}

bool runtime_connect(runtime *rt, bool attach)
{
    /* who starts the database says what commands beside it find */
    if (!attach && !rt->config.database_url.n && !runtime_several(rt, NULL)) return false;
    return rt->config.database_url.n ? use_given_database(rt) : use_private_cluster(rt, attach);
}

void runtime_close(runtime *rt)
{
    cluster_stop(rt->cluster);
    m_system_env_free(rt->env_owner);
    m_arena_free(rt->arena);
    *rt = (runtime){.arena = NULL};
}

m_pg_options runtime_pg(const runtime *rt, const char *dsn)
{
    return (m_pg_options){.dsn = dsn, .env = rt->env};
}

m_status runtime_relay(const runtime *rt, m_call *call, m_pg_conn **conn)
{
    if (*conn) return M_OK;
    m_pg_options options = runtime_pg(rt, rt->relay_dsn);
    return m_pg_conn_open(&options, call, conn);
}

void runtime_relay_lost(const runtime *rt, const m_call *call, const char *what, m_pg_conn **conn)
{
    rt->env->log(rt->env->self, "warn", what, m_str_z(call->arena, call->error.message));
    m_pg_conn_close(*conn);
    *conn = NULL;
}

/* ---- schema ---- */

/* As superuser in `in`: roles and the database `made`, or, in that database itself, its rights. */
static m_status bootstrap_in(runtime *rt, m_call *call, const char *in, const char *made)
{
    char dsn[RUNTIME_DSN_MAX];
    if (!cluster_dsn(rt->cluster, CLUSTER_ROLE_SUPER, in, dsn, sizeof dsn))
        return m_fail(call, m_err_internal, NULL);
    m_pg_options options = runtime_pg(rt, dsn);
    m_pg_conn *conn = NULL;
    M_TRY(m_pg_conn_open(&options, call, &conn));
    m_status status = made ? m_pg_bootstrap(conn, call, made) : m_pg_bootstrap_database(conn, call);
    m_pg_conn_close(conn);
    return status;
}

static m_status make_database(runtime *rt, m_call *call, const char *database)
{
    M_TRY(bootstrap_in(rt, call, "postgres", database));
    return bootstrap_in(rt, call, database, NULL);
}

bool runtime_make_database(runtime *rt, const char *database)
{
    m_arena *arena = m_arena_new(0);
    if (!arena) return false;
    m_call call = runtime_call(rt, arena);
    m_status status = make_database(rt, &call, database);
    if (status != M_OK) runtime_print_error("The database could not be made", &call);
    m_arena_free(arena);
    return status == M_OK;
}

/* Filling a new table reads all of a ledger. */
#define MIGRATE_MS 3600000

static m_status migrate(runtime *rt, m_call *call, m_pg_migration *out)
{
    const m_type *types[RUNTIME_TYPES_MAX];
    uint32_t count = domains_stored_types(types, RUNTIME_TYPES_MAX);
    m_pg_schema schema = {
        .types = types, .count = count, .today = m_today(call), .fills = domains_fills};
    m_pg_options options = runtime_pg(rt, rt->owner_dsn);
    options.statement_timeout_ms = 600000;
    options.wait_ms = MIGRATE_MS;
    m_pg_conn *conn = NULL;
    M_TRY(m_pg_conn_open(&options, call, &conn));
    m_status status = m_pg_migrate(conn, call, &schema, M_PG_APPLY, out);
    m_pg_conn_close(conn);
    return status;
}

bool runtime_migrate(runtime *rt)
{
    m_arena *arena = m_arena_new(0);
    if (!arena) return false;
    m_call call = runtime_call(rt, arena);
    m_pg_migration done = {.steps = 0};
    m_status status = M_OK;
    if (rt->cluster) status = make_database(rt, &call, database_of(rt));
    if (status == M_OK && rt->owner_dsn[0]) status = migrate(rt, &call, &done);
    if (status != M_OK) runtime_print_error("The database could not be brought up to date", &call);
    if (done.refused.n) fprintf(stderr, "%.*s\n", M_STR_ARG(done.refused));
    m_arena_free(arena);
    return status == M_OK;
}

m_status runtime_tenant(runtime *rt, identity *id, m_call *call, m_id *out_tenant)
{
    return identity_find_tenant(id, call, rt->config.tenant, out_tenant);
}

/* ---- identity and domains ---- */

bool runtime_identity(const runtime *rt, identity_runner runner, const m_module **modules,
                      identity_keys **out_keys, identity **out)
{
    char path[RUNTIME_DSN_MAX];
    const char *why = "the path is too long";
    int n = snprintf(path, sizeof path, "%s/token.keys", rt->keys_dir);
    if (n < 0 || (size_t)n >= sizeof path || identity_keys_open(path, out_keys, &why) != M_OK) {
        fprintf(stderr, "The signing keys in %s cannot be used: %s.\n", rt->keys_dir, why);
        return false;
    }
    identity_config config = {
        .store = m_pg_store(),
        .runner = runner,
        .keys = *out_keys,
        .modules = modules,
        .module_count = domains_modules(modules),
        .password_memory_bytes = (uint64_t)rt->config.password_memory_mb << 20,
        .access_life_s = rt->config.token_minutes * 60,
    };
    if (identity_open(&config, out) == M_OK) return true;
    fprintf(stderr, "There is not enough memory to start.\n");
    return false;
}

domain_set *runtime_domains(const runtime *rt, identity *id)
{
    return runtime_domains_on(rt, id, m_pg_store());
}

domain_set *runtime_domains_on(const runtime *rt, identity *id, m_store store)
{
    domains_config config = {.identity = id,
                             .company_name = rt->config.company,
                             .base_currency = rt->config.currency,
                             .fiscal_start_month = (int)rt->config.fiscal_start_month,
                             .attachment_bytes = (uint32_t)rt->config.attachment_kb * 1024,
                             .others = rt->others.self ? &rt->others : NULL};
    char missing[1024];
    domain_set *domains = domains_new(store, &config, missing, sizeof missing);
    if (!domains) fprintf(stderr, "The domains do not fit together: %s\n", missing);
    return domains;
}
