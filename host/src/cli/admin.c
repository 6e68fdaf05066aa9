/* The short commands: serve, migrate, user, tenant, config, version. */
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "../serve/first_start.h"
#include "../serve/serve.h"
#include "commands.h"
#include "session.h"

extern char **environ;

int command_serve(int n, char **arguments)
{
    (void)arguments;
    return n == 0 ? serve_main() : COMMAND_USAGE;
}

int command_version(int n, char **arguments)
{
    (void)arguments;
    if (n != 0) return COMMAND_USAGE;
    printf("business-m %s\n", HOST_VERSION);
    return 0;
}

int command_config(int n, char **arguments)
{
    (void)arguments;
    if (n != 0) return COMMAND_USAGE;
    runtime rt;
    bool good = runtime_open(&rt);
    if (good) host_config_print(&rt.config, environ);
    runtime_close(&rt);
    return good ? 0 : 1;
}

/* ---- migrate ---- */

static int migrate_look(runtime *rt, bool check)
{
    m_arena *arena = m_arena_new(0);
    m_call call = runtime_call(rt, arena);
    const m_type *types[RUNTIME_TYPES_MAX];
    m_pg_schema schema = {.types = types,
                          .count = domains_stored_types(types, RUNTIME_TYPES_MAX),
                          .today = m_today(&call),
                          .fills = domains_fills};
    m_pg_options options = runtime_pg(rt, rt->owner_dsn);
    m_pg_conn *conn = NULL;
    m_pg_migration found = {.steps = 0};
    m_status status = m_pg_conn_open(&options, &call, &conn);
    if (status == M_OK)
        status = m_pg_migrate(conn, &call, &schema, check ? M_PG_CHECK : M_PG_PRINT, &found);
    if (status != M_OK)
        runtime_print_error("migrate", &call);
    else
        printf("%.*s%.*s", M_STR_ARG(found.sql), M_STR_ARG(found.refused));
    bool equal = status == M_OK && !found.sql.n && !found.refused.n;
    if (equal) printf("The database fits this program.\n");
    m_pg_conn_close(conn);
    m_arena_free(arena);
    return status == M_OK && (equal || !check) ? 0 : 1;
}

static int migrate(runtime *rt)
{
    if (!runtime_migrate(rt)) return 1;
    printf("The database is up to date.\n");
    return 0;
}

int command_migrate(int n, char **arguments)
{
    bool check = n == 1 && strcmp(arguments[0], "--check") == 0;
    bool print = n == 1 && strcmp(arguments[0], "--print") == 0;
    if (n > 1 || (n == 1 && !check && !print)) return COMMAND_USAGE;
    runtime rt;
    int answer = 1;
    if (runtime_open(&rt) && runtime_connect(&rt, true))
        answer = n ? migrate_look(&rt, check) : migrate(&rt);
    runtime_close(&rt);
    return answer;
}

/* ---- tenant, user ---- */

static int tenant_add(session *s, char **arguments)
{
    m_str password, given = s->rt.config.admin_password;
    m_call call = runtime_call(&s->rt, s->arena);
    m_status status =
        first_start_tenant(s->identity, s->domains, s->uow, &call, m_str_of(arguments[1]),
                           m_str_of(arguments[2]), m_str_of(arguments[3]), given, &password);
    if (status != M_OK) {
        runtime_print_error("The tenant was not made", &call);
        return 1;
    }
    printf("Tenant %s is made. Administrator: %s, password: %.*s\n", arguments[1], arguments[3],
           M_STR_ARG(password));
    return 0;
}

static int tenant_list(session *s)
{
    m_pg_options options = runtime_pg(&s->rt, s->rt.app_dsn);
    m_pg_conn *conn = NULL;
    m_pg_result rows;
    m_status status = m_pg_conn_open(&options, &s->call, &conn);
    if (status == M_OK)
        status = m_pg_query(conn, &s->call, NULL,
                            "SELECT slug, name FROM core.tenant ORDER BY slug", NULL, 0, &rows);
    if (status != M_OK) runtime_print_error("tenant list", &s->call);
    for (uint32_t i = 0; status == M_OK && i < rows.rows; i++)
        printf("%-20.*s %.*s\n", M_STR_ARG(m_pg_cell(&rows, i, 0)),
               M_STR_ARG(m_pg_cell(&rows, i, 1)));
    m_pg_conn_close(conn);
    return status == M_OK ? 0 : 1;
}

int command_tenant(int n, char **arguments)
{
    bool add = n == 4 && strcmp(arguments[0], "add") == 0;
    bool list = n == 1 && strcmp(arguments[0], "list") == 0;
    if (!add && !list) return COMMAND_USAGE;
    session s;
    int answer = 1;
    if (session_open_any(&s)) answer = add ? tenant_add(&s, arguments) : tenant_list(&s);
    session_close(&s);
    return answer;
}

static bool read_password(char *line, size_t room)
{
    struct termios shown, hidden;
    bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (terminal) {
        fprintf(stderr, "Password: ");
        hidden = shown;
        hidden.c_lflag &= (tcflag_t)~ECHO;
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    bool good = fgets(line, (int)room, stdin) != NULL;
    if (terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fprintf(stderr, "\n");
    }
    if (good) line[strcspn(line, "\r\n")] = 0;
    if (!good) fprintf(stderr, "The password is missing: one line on standard input.\n");
    return good;
}

static m_status user_change(session *s, int n, char **arguments, m_str password)
{
    m_str email = m_str_of(arguments[1]);
    if (strcmp(arguments[0], "password") == 0)
        return identity_set_password(s->identity, &s->call, email, password);
    m_str roles[IDENTITY_ROLES_MAX];
    uint32_t count = 0;
    for (int i = 3; i < n && count < IDENTITY_ROLES_MAX; i++)
        roles[count++] = m_str_of(arguments[i]);
    m_id id;
    return identity_create_user(s->identity, &s->call, email, m_str_of(arguments[2]), password,
                                roles, count, &id);
}

int command_user(int n, char **arguments)
{
    bool add = n >= 4 && strcmp(arguments[0], "add") == 0;
    bool change = n == 2 && strcmp(arguments[0], "password") == 0;
    if (!add && !change) return COMMAND_USAGE;
    char line[1024];
    if (!read_password(line, sizeof line)) return 1;
    session s;
    int answer = 1;
    if (session_open(&s)) {
        answer = user_change(&s, n, arguments, m_str_of(line)) == M_OK ? 0 : 1;
        if (answer)
            runtime_print_error("The user was not changed", &s.call);
        else
            printf("%s: %s\n", arguments[1], add ? "added" : "the password is changed");
    }
    explicit_bzero(line, sizeof line);
    session_close(&s);
    return answer;
}
