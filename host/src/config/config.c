#include "config.h"

#include <ctype.h>
#include <stdio.h>

#include "m_adapters/codec.h"

static const char *const modes[] = {"indie", "enterprise", NULL};
static const char *const unsigned_replies[] = {"refuse", "accept", NULL};
static const char *const log_levels[] = {"info", "debug", "warn", "error", NULL};

static const m_field fields[] = {
    M_F_ENUM(host_config, mode, "Mode", modes,
             .help = "indie: everything in this process; enterprise: one process per domain"),
    M_F_STR(host_config, domains, "Domains", .fallback = "core,finance,wms,people", .max = 200,
            .pattern = "[a-z,]+",
            .help = "domains of this process; core: masters, users and the gateway"),
    M_F_STR(host_config, database_url, "Database", .max = 1000, .flags = M_SECRET,
            .help = "PostgreSQL conninfo; empty: a private cluster that this program looks after"),
    M_F_STR(host_config, database_owner_url, "Database, as owner", .max = 1000, .flags = M_SECRET,
            .help =
                "conninfo of the role that owns the schema; needed by migrate with M_DATABASE_URL"),
    M_F_STR(host_config, database_relay_url, "Database, as relay", .max = 1000, .flags = M_SECRET,
            .help =
                "conninfo of the role that delivers events; needed by serve with M_DATABASE_URL"),
    M_F_STR(host_config, all_domains, "All domains", .fallback = "core,finance,wms,people",
            .max = 200, .pattern = "[a-z,]+",
            .help = "enterprise: all domains of the company, its other processes' too"),
    M_F_STR(host_config, nats_url, "NATS", .max = 1000,
            .help = "enterprise: the broker, nats://host:4222 or tls://…; several with commas"),
    M_F_STR(host_config, nats_nkey_file, "NATS nkey", .max = 400,
            .help = "enterprise: file with the nkey seed this process signs in with"),
    M_F_STR(host_config, nats_ca_file, "NATS CA", .max = 400,
            .help = "enterprise: PEM file of who signed the broker's certificate"),
    M_F_STR(host_config, nats_tls_cert_file, "NATS certificate", .max = 400,
            .help = "enterprise: PEM file of this process's own certificate"),
    M_F_STR(host_config, nats_tls_key_file, "NATS certificate's key", .max = 400,
            .help = "enterprise: PEM file of its private key"),
    M_F_STR(host_config, call_keys_file, "Call keys", .max = 400,
            .help = "enterprise: file with the keys that all processes share"),
    M_F_INT(host_config, replica_max_age_s, "Age of copies", .fallback = "300", .min = 0,
            .max = 86400,
            .help = "enterprise: seconds a tenant may be worked for with copies not known to be "
                    "current; 0: for ever"),
    M_F_ENUM(host_config, unsigned_replies, "Unsigned answers", unsigned_replies,
             .help = "enterprise: accept while processes of the version before are replaced, which "
                     "do not sign their answers"),
    M_F_STR(host_config, state_dir, "State directory", .max = 400,
            .help = "keys and the private cluster; empty: the usual place of the user"),
    M_F_STR(host_config, pg_bindir, "PostgreSQL programs", .max = 400,
            .help = "directory of initdb and postgres; empty: looked for"),
    M_F_STR(host_config, desk_dir, "Desk", .max = 400,
            .help = "directory of the web client's packs; empty: looked for beside the program"),
    M_F_STR(host_config, http_address, "HTTP address", .fallback = "127.0.0.1", .max = 64,
            .help = "IPv4 or IPv6 address to listen on"),
    M_F_INT(host_config, http_port, "HTTP port", .fallback = "8888", .min = 0, .max = 65535,
            .help = "TCP port; 0: any free one"),
    M_F_INT(host_config, lanes, "Writer lanes", .fallback = "2", .min = 1, .max = 64,
            .help = "threads that write, one database connection each"),
    M_F_INT(host_config, readers, "Readers", .fallback = "2", .min = 1, .max = 64,
            .help = "threads that read, one database connection each"),
    M_F_INT(host_config, batch, "Batch", .fallback = "32", .min = 1, .max = 32,
            .help = "use cases that may share one transaction"),
    M_F_INT(host_config, queue, "Queue", .fallback = "1024", .min = 1, .max = 4096,
            .help = "requests that may wait per lane and for the readers; more are answered 429"),
    M_F_INT(host_config, request_memory_mb, "Request memory", .fallback = "64", .min = 8,
            .max = 1024, .help = "MiB one request may use"),
    M_F_INT(host_config, attachment_kb, "Attachment size", .fallback = "5120", .min = 64,
            .max = 10240,
            .help = "KiB one attached file may have; several processes: at most 5120, or a larger "
                    "max_payload of the broker"),
    M_F_INT(host_config, token_minutes, "Token life", .fallback = "15", .min = 1, .max = 60,
            .help = "minutes an access token is good for"),
    M_F_STR(host_config, company, "Company", .fallback = "My Company",
            .help = "name of the first company, used at the very first start"),
    M_F_STR(host_config, currency, "Base currency", .fallback = "INR", .pattern = "[A-Z]{3}",
            .help = "of the first company, used at the very first start"),
    M_F_INT(host_config, fiscal_start_month, "Fiscal year starts", .fallback = "4", .min = 1,
            .max = 12, .help = "month, used at the very first start"),
    M_F_STR(host_config, tenant, "Tenant", .fallback = "main", .pattern = "[a-z][a-z0-9\\-]{0,39}",
            .help = "short name of the tenant that is made first and that commands work for"),
    M_F_STR(host_config, admin_email, "Administrator", .fallback = "admin@example.com",
            .help = "who may sign in after the very first start"),
    M_F_STR(host_config, admin_password, "Administrator's password", .flags = M_SECRET,
            .help = "used at the very first start; empty: one is made up and shown once"),
    M_F_INT(host_config, password_memory_mb, "Password hash memory", .fallback = "64", .min = 8,
            .max = 1024, .help = "MiB that hashing one password takes (Argon2id)"),
    M_F_ENUM(host_config, log_level, "Log level", log_levels, .help = "least level that is logged"),
};
const m_type host_config_type = {
    .name = "host.config", .size = sizeof(host_config), M_FIELDS(fields)};

static const m_error_def unknown_variable = {
    "host.config.unknown", M_INVALID, "The environment variable %s is not known.",
    "Run `business-m config` for the list, or remove the variable."};

void host_config_variable(const m_field *field, char out[64])
{
    int n = snprintf(out, 64, "M_%s", field->name);
    for (int i = 0; i < n && i < 63; i++)
        out[i] = (char)toupper((unsigned char)out[i]);
}

static const char *value_of(char *const *environment, const char *variable)
{
    size_t n = strlen(variable);
    for (char *const *e = environment; *e; e++)
        if (strncmp(*e, variable, n) == 0 && (*e)[n] == '=') return *e + n + 1;
    return NULL;
}

static bool known(const char *entry)
{
    char variable[64];
    for (uint16_t i = 0; i < host_config_type.count; i++) {
        host_config_variable(&fields[i], variable);
        size_t n = strlen(variable);
        if (strncmp(entry, variable, n) == 0 && entry[n] == '=') return true;
    }
    return false;
}

/* FRAMEWORK_MODE is the older name of M_MODE. */
static const char *find(char *const *environment, const m_field *field, char variable[64])
{
    host_config_variable(field, variable);
    const char *value = value_of(environment, variable);
    if (!value && strcmp(field->name, "mode") == 0) value = value_of(environment, "FRAMEWORK_MODE");
    return value;
}

m_status host_config_read(m_call *call, char *const *environment, host_config *out)
{
    host_config *config = m_record_new(&host_config_type, call->arena);
    if (!config) return m_fail(call, m_err_memory, NULL);
    for (char *const *e = environment; *e; e++)
        if (strncmp(*e, "M_", 2) == 0 && !known(*e)) {
            m_str name = {*e, strcspn(*e, "=")};
            m_field_fail(call, &unknown_variable, name, "%.*s", M_STR_ARG(name));
        }
    for (uint16_t i = 0; i < host_config_type.count; i++) {
        char variable[64];
        const char *value = find(environment, &fields[i], variable);
        m_str path = m_str_dup(call->arena, m_str_of(variable));
        if (value &&
            m_text_read(call, &host_config_type, &fields[i], m_str_of(value), path, config) != M_OK)
            continue;
    }
    uint32_t read = call->error.field_count;
    m_record_validate(call, &host_config_type, config, "");
    for (uint32_t i = read; i < call->error.field_count; i++) {
        char variable[64];
        const m_field *field = m_field_find(&host_config_type, call->error.fields[i].path);
        if (!field) continue;
        host_config_variable(field, variable);
        call->error.fields[i].path = m_str_dup(call->arena, m_str_of(variable));
    }
    M_TRY(m_failed_fields(call));
    *out = *config;
    return M_OK;
}

void host_config_print(const host_config *config, char *const *environment)
{
    m_arena *arena = m_arena_new(1 << 20);
    for (uint16_t i = 0; arena && i < host_config_type.count; i++) {
        char variable[64];
        bool set = find(environment, &fields[i], variable) != NULL;
        m_buf text = {.arena = arena};
        m_text_write(&text, &host_config_type, &fields[i], config);
        if ((fields[i].flags & M_SECRET) && text.n)
            text = (m_buf){.arena = arena, .p = "***", .n = 3};
        printf("%-24s %-24.*s %-8s %s\n", variable, (int)text.n, text.n ? text.p : "",
               set ? "set" : "default", fields[i].help);
    }
    m_arena_free(arena);
}
