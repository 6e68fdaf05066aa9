/* Configuration: environment variables, declared in one field table. The variable of a field is
 * "M_" and its name in capitals. Read once at start; nothing reads the environment afterwards. */
#ifndef HOST_CONFIG_H
#define HOST_CONFIG_H

#include "m/field.h"

typedef enum { MODE_INDIE, MODE_ENTERPRISE } host_mode;
typedef enum { UNSIGNED_REFUSED, UNSIGNED_ACCEPTED } host_unsigned;

typedef struct {
    m_enum mode;              /* host_mode */
    m_str domains;            /* that this process runs: "wms" or "finance,people" */
    m_str database_url;       /* for the application role; empty: a private cluster in state_dir */
    m_str database_owner_url; /* for migrations */
    m_str database_relay_url; /* for the outbox relay */
    m_str all_domains;        /* of the company, in whatever process */
    m_str nats_url;
    m_str nats_nkey_file; /* seed */
    m_str nats_ca_file;
    m_str nats_tls_cert_file; /* with nats_tls_key_file */
    m_str nats_tls_key_file;
    int64_t replica_max_age_s; /* 0: however old */
    m_str call_keys_file;      /* what questions between processes are signed with */
    m_enum unsigned_replies;   /* host_unsigned */
    m_str state_dir; /* empty: /var/lib/business-m for root, else ~/.local/state/business-m */
    m_str pg_bindir; /* empty: looked for */
    m_str desk_dir;  /* of the packs; empty: looked for beside the program */
    m_str http_address;
    int64_t http_port;
    int64_t lanes;   /* writer threads */
    int64_t readers; /* reader threads */
    int64_t batch;   /* use cases in one transaction */
    int64_t queue;   /* waiting requests per lane or reader group */
    int64_t request_memory_mb;
    int64_t attachment_kb; /* of one file */
    int64_t token_minutes;
    m_str company; /* of the first tenant */
    m_str currency;
    int64_t fiscal_start_month;
    m_str tenant;               /* slug of the tenant the command line works for */
    m_str admin_email;          /* of the first administrator */
    m_str admin_password;       /* empty: one is made up and shown once */
    int64_t password_memory_mb; /* Argon2id cost */
    m_enum log_level;
} host_config;
extern const m_type host_config_type;

/* Reads environ-like "NAME=value" strings. Unknown M_… variables and bad values are noted as field
 * errors; then M_INVALID. Strings point into the environment or the call's arena. */
m_status host_config_read(m_call *call, char *const *environment, host_config *out) M_MUST_USE;
/* Is this one of several processes of a company? */
static inline bool host_config_among_others(const host_config *config)
{
    return config->mode == MODE_ENTERPRISE;
}
/* Makes it that of one process among others, which runs `domains`. */
static inline void host_config_join(host_config *config, m_str domains)
{
    config->mode = MODE_ENTERPRISE;
    config->domains = domains;
}
/* Prints name, value, where it comes from and what it is for; secrets are masked. */
void host_config_print(const host_config *config, char *const *environment);
/* "M_HTTP_PORT" of the field "http_port". */
void host_config_variable(const m_field *field, char out[64]);

#endif
