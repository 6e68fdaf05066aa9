#include "m_adapters/nats_config.h"

#include "rpc.h"

#define PATH_MAX_BYTES 1024
#define STORE_BYTES    (INT64_C(4) << 30)

/* ---- what may stand in it ---- */

/* Inside quotes: nothing that ends them or begins something else. */
static bool is_text(const char *text)
{
    size_t n = strlen(text);
    if (n == 0 || n > PATH_MAX_BYTES) return false;
    for (size_t i = 0; i < n; i++)
        if ((uint8_t)text[i] < 0x20 || text[i] == 0x7f || strchr("\"\\'$", text[i])) return false;
    return m_utf8_valid((m_str){text, n});
}

static bool is_key(const char *key)
{
    return key && strlen(key) == 56 && key[0] == 'U' &&
           strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == 56;
}

/* "service" or "service.protocol". */
static bool is_asked(const char *text)
{
    char name[SERVICE_MAX];
    const char *dot = strchr(text, '.');
    size_t n = dot ? (size_t)(dot - text) : strlen(text);
    if (n >= sizeof name) return false;
    memcpy(name, text, n);
    name[n] = 0;
    return rpc_name_valid(name) && (!dot || rpc_name_valid(dot + 1));
}

static const char *wrong_service(const m_nats_service *s)
{
    if (!rpc_name_valid(s->name))
        return "A service's name is not 1 to 31 of a-z, 0-9, \"_\", \"-\".";
    if (!is_key(s->key)) return "A service's key is not the public nkey of a user.";
    for (const char *const *a = s->asks; a && *a; a++)
        if (!is_asked(*a)) return "A service asks something that is no service.";
    for (const char *const *h = s->hears; h && *h; h++)
        if (!rpc_name_valid(*h)) return "A service hears something that is no service.";
    return NULL;
}

static const char *wrong(const m_nats_config *c)
{
    const char *const texts[] = {c->listen,   c->server_name, c->store_dir, c->monitor,
                                 c->tls_cert, c->tls_key,     c->tls_ca};
    if (!c->listen) return "There is no address to listen on.";
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i] && !is_text(texts[i])) return "An address or a path holds what it may not.";
    if (!c->tls_cert != !c->tls_key) return "TLS needs a certificate and its key.";
    if (c->tls_ca && !c->tls_cert) return "Certificates are only asked for with TLS.";
    if ((c->deploy_key && !is_key(c->deploy_key)) || (c->system_key && !is_key(c->system_key)))
        return "A key is not the public nkey of a user.";
    if (c->store_bytes < 0) return "The size of the store is wrong.";
    for (uint32_t i = 0; i < c->service_count; i++) {
        const char *why = wrong_service(&c->services[i]);
        if (why) return why;
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(c->services[k].name, c->services[i].name) == 0 ||
                strcmp(c->services[k].key, c->services[i].key) == 0)
                return "A service or a key is there twice.";
    }
    return NULL;
}

/* ---- writing ---- */

/* A list of subjects, one a line. */
static void put_subject(m_buf *out, const char *format, const char *a, const char *b)
{
    m_buf_text(out, "            \"");
    for (; *format; format++) {
        if (*format == '1')
            m_buf_text(out, a);
        else if (*format == '2')
            m_buf_text(out, b);
        else
            m_buf_bytes(out, format, 1);
    }
    m_buf_text(out, "\"\n");
}

static void put_publish(m_buf *out, const m_nats_service *s, bool streams)
{
    char stream[NATS_STREAM];
    m_buf_text(out, "          publish { allow: [\n");
    for (const char *const *a = s->asks; a && *a; a++)
        put_subject(out, strchr(*a, '.') ? "rpc.1.*" : "rpc.1.>", *a, "");
    put_subject(out, "evt.1.>", s->name, "");
    put_subject(out, "head.1", s->name, "");
    m_nats_stream(s->name, stream);
    if (streams) put_subject(out, "$JS.API.STREAM.INFO.2", "", stream);
    for (const char *const *h = s->hears; streams && h && *h; h++) {
        m_nats_stream(*h, stream);
        put_subject(out, "$JS.API.CONSUMER.INFO.2.1", s->name, stream);
        put_subject(out, "$JS.API.CONSUMER.MSG.NEXT.2.1", s->name, stream);
    }
    if (s->discovers) put_subject(out, "$SRV.>", "", "");
    m_buf_text(out, "          ] }\n");
}

static void put_subscribe(m_buf *out, const m_nats_service *s)
{
    m_buf_text(out, "          subscribe { allow: [\n");
    put_subject(out, "rpc.1.> 1-service", s->name, "");
    put_subject(out, "_INBOX_1.>", s->name, "");
    put_subject(out, "$SRV.>", "", "");
    for (const char *const *h = s->hears; h && *h; h++)
        put_subject(out, "head.1", *h, "");
    m_buf_text(out, "          ] }\n");
}

/* Acknowledgements of events are responses too: one for each that was delivered. Were they allowed
 * by their subject, the broker would keep every delivery as not answered, and past 4,096 of them
 * walk through all on each message. */
static void put_service(m_buf *out, const m_nats_service *s, bool streams)
{
    m_buf_format(out, "      { # %s\n        nkey: %s\n        permissions {\n", s->name, s->key);
    put_publish(out, s, streams);
    put_subscribe(out, s);
    m_buf_text(out, "          allow_responses { max: 1, expires: \"60s\" }\n        }\n      }\n");
}

static void put_deploy(m_buf *out, const char *key)
{
    m_buf_format(out,
                 "      { # deploy\n        nkey: %s\n        permissions {\n"
                 "          publish { allow: [\n"
                 "            \"$JS.API.INFO\"\n            \"$JS.API.STREAM.>\"\n"
                 "            \"$JS.API.CONSUMER.>\"\n          ] }\n"
                 "          subscribe { allow: [\"_INBOX_deploy.>\"] }\n        }\n      }\n",
                 key);
}

static void put_accounts(m_buf *out, const m_nats_config *c)
{
    m_buf_text(out, "accounts {\n  BM {\n");
    if (c->store_dir) m_buf_text(out, "    jetstream: enabled\n");
    m_buf_text(out, "    users: [\n");
    for (uint32_t i = 0; i < c->service_count; i++)
        put_service(out, &c->services[i], c->store_dir != NULL);
    if (c->deploy_key && c->store_dir) put_deploy(out, c->deploy_key);
    m_buf_text(out, "    ]\n  }\n  SYS {\n    users: [");
    if (c->system_key) m_buf_format(out, " { nkey: %s } ", c->system_key);
    m_buf_text(out, "]\n  }\n}\nsystem_account: SYS\n");
}

static void put_limits(m_buf *out)
{
    m_buf_format(out,
                 "max_payload: %d\nmax_connections: 1000\nmax_subscriptions: 10000\n"
                 "write_deadline: \"5s\"\nping_interval: \"20s\"\nping_max: 2\n"
                 "authorization { timeout: 2 }\n",
                 M_NATS_MAX_PAYLOAD);
}

static void put_tls(m_buf *out, const m_nats_config *c)
{
    m_buf_format(out, "tls {\n  cert_file: \"%s\"\n  key_file: \"%s\"\n", c->tls_cert, c->tls_key);
    if (c->tls_ca) m_buf_format(out, "  ca_file: \"%s\"\n  verify: true\n", c->tls_ca);
    m_buf_text(out, "  timeout: 2\n}\n");
}

m_status m_nats_config_write(const m_nats_config *config, m_buf *out, const char **out_why)
{
    const char *why = wrong(config);
    if (why) {
        *out_why = why;
        return M_INVALID;
    }
    m_buf_format(out, "listen: \"%s\"\n", config->listen);
    if (config->server_name) m_buf_format(out, "server_name: \"%s\"\n", config->server_name);
    if (config->monitor) m_buf_format(out, "http: \"%s\"\n", config->monitor);
    put_limits(out);
    if (config->tls_cert) put_tls(out, config);
    if (config->store_dir)
        m_buf_format(out, "jetstream {\n  store_dir: \"%s\"\n  max_mem: 64M\n  max_file: %lld\n}\n",
                     config->store_dir,
                     (long long)(config->store_bytes ? config->store_bytes : STORE_BYTES));
    put_accounts(out, config);
    *out_why = "There is no memory for it.";
    return out->failed ? M_NOMEM : M_OK;
}
