#include "together.h"

#include <stdlib.h>

#include "m_adapters/codec.h"

#define FRESH_US (INT64_C(5) * 1000000) /* anybody may ask for the document, so not each time */
#define WAIT_US  (INT64_C(2) * 1000000)

/* One round of questions to all other processes. */
typedef struct {
    gateway *gateway;
    const m_method *method;
    const m_document_request *in;
    m_call *call;
    m_str about;              /* what is asked, and for whom */
    m_str texts[DOMAINS_MAX]; /* by remote; empty: it never said anything */
    m_buf down;               /* names, with commas between */
} circle;

static m_str text_of(circle *c, const m_question *q)
{
    m_document_reply reply = {.version = 0};
    m_call one = *c->call;
    m_error_clear(&one);
    if (q->status == M_OK &&
        m_json_read(&one, &m_document_reply_type, q->reply, M_JSON_TRUSTED, &reply, NULL) == M_OK) {
        said_note(&c->gateway->said, q->service, c->about, reply.body);
        return reply.body;
    }
    m_buf_format(&c->down, "%s%s", c->down.n ? "," : "", q->service);
    return said_last(&c->gateway->said, c->call->arena, q->service, c->about);
}

static void ask_all(circle *c, const m_asker *asker)
{
    const gateway_config *config = &c->gateway->config;
    m_question questions[DOMAINS_MAX];
    m_question *sent[DOMAINS_MAX];
    const m_call *as[DOMAINS_MAX];
    m_buf body = {.arena = c->call->arena};
    c->down.arena = c->call->arena;
    m_json_canonical(&body, c->method->in, c->in);
    for (uint32_t i = 0; i < config->remote_count; i++) {
        questions[i] = (m_question){.service = config->remotes[i],
                                    .protocol = &m_reports_protocol,
                                    .method = c->method,
                                    .arena = c->call->arena,
                                    .body = m_buf_str(&body)};
        sent[i] = &questions[i];
        as[i] = c->call;
    }
    asker->ask(asker->self, sent, as, config->remote_count);
    for (uint32_t i = 0; i < config->remote_count; i++)
        c->texts[i] = text_of(c, &questions[i]);
}

static m_status say_here(const circle *c, m_document_reply *out)
{
    m_iface here = {&use_case_reports_ops, (void *)(uintptr_t)c->gateway->config.domains};
    return m_invoke(here, c->method, c->call, c->in, out);
}

/* ---- the list ---- */

/* Who has the same roles and language is told the same. */
static m_str about_list(m_arena *arena, const m_call *call)
{
    m_buf about = {.arena = arena};
    m_buf_format(&about, "list,%s", m_language(call));
    for (uint32_t i = 0; i < call->role_count; i++)
        m_buf_format(&about, ",%.*s", M_STR_ARG(call->roles[i]));
    return m_buf_str(&about);
}

static void write_down(m_buf *out, m_str names)
{
    m_buf_text(out, ",\"down\":[\"");
    for (size_t i = 0; i < names.n; i++) {
        if (names.p[i] == ',')
            m_buf_text(out, "\",\"");
        else
            m_buf_bytes(out, &names.p[i], 1);
    }
    m_buf_text(out, "\"]");
}

void together_answer_list(http_job *j, const m_asker *asker)
{
    m_call call = http_job_call(j);
    identity_apply(&j->who, &call);
    call.deadline.us = m_now(&call).us + WAIT_US; /* one that hangs does not keep the others */
    circle c = {.gateway = j->gateway,
                .method = j->work.method,
                .in = &j->work.in,
                .call = &call,
                .about = about_list(j->arena, &call)};
    m_document_reply own = {.version = 0};
    ask_all(&c, asker);
    bool some = say_here(&c, &own) == M_OK && own.body.n;
    m_buf out = {.arena = j->arena};
    m_buf_format(&out, "{\"items\":[%.*s", M_STR_ARG(own.body));
    for (uint32_t i = 0; i < j->gateway->config.remote_count; i++) {
        if (!c.texts[i].n) continue;
        m_buf_text(&out, some ? "," : "");
        m_buf_bytes(&out, c.texts[i].p, c.texts[i].n);
        some = true;
    }
    m_buf_text(&out, "]");
    if (c.down.n) write_down(&out, m_buf_str(&c.down));
    m_buf_text(&out, "}");
    http_job_answer(j, 200, m_buf_str(&out));
}

/* ---- the OpenAPI document ---- */

static bool read_part(m_call *call, m_str text, m_openapi_part *out)
{
    m_call one = *call;
    m_error_clear(&one);
    return text.n &&
           m_json_read(&one, &m_openapi_part_type, text, M_JSON_TRUSTED, out, NULL) == M_OK;
}

static m_status join(circle *c, const m_asker *asker, m_buf *out)
{
    m_openapi_part parts[DOMAINS_MAX + 1];
    m_document_reply own = {.version = 0};
    uint32_t n = 0;
    M_TRY(say_here(c, &own));
    n += read_part(c->call, own.body, &parts[n]);
    ask_all(c, asker);
    for (uint32_t i = 0; i < c->gateway->config.remote_count; i++)
        n += read_part(c->call, c->texts[i], &parts[n]);
    const char *down = c->down.n ? m_str_z(c->call->arena, m_buf_str(&c->down)) : "";
    if (!down) return m_fail(c->call, m_err_memory, NULL);
    m_openapi_join(out, parts, n, HOST_VERSION, down);
    return out->failed ? m_fail(c->call, m_err_memory, NULL) : M_OK;
}

static void keep(gateway_document *d, const m_buf *text, m_time now)
{
    char *copy = text->n ? malloc(text->n) : NULL;
    if (copy) memcpy(copy, text->p, text->n);
    pthread_mutex_lock(&d->lock);
    if (copy) {
        free(d->text);
        d->text = copy;
        d->n = text->n;
        d->made = now;
    }
    d->asking = false;
    pthread_mutex_unlock(&d->lock);
}

/* The document is larger than what one request may use. */
static void make_document(http_job *j, const m_asker *asker)
{
    m_arena *arena = m_arena_new(0);
    m_call call = http_job_call(j);
    m_buf text = {.arena = arena};
    m_time now = m_now(&call);
    m_status status = arena ? M_OK : m_fail(&call, m_err_memory, NULL);
    if (arena) {
        call.arena = arena;
        call.deadline.us = now.us + WAIT_US;
        circle c = {.gateway = j->gateway,
                    .method = j->work.method,
                    .in = &j->work.in,
                    .call = &call,
                    .about = M_STR("openapi")};
        status = join(&c, asker, &text);
    }
    keep(&j->gateway->document, status == M_OK ? &text : &(m_buf){.n = 0}, now);
    if (status == M_OK)
        http_job_answer(j, 200, m_buf_str(&text));
    else
        http_job_refuse(j, &call);
    m_arena_free(arena);
}

void together_answer_openapi(http_job *j, const m_asker *asker)
{
    gateway_document *d = &j->gateway->document;
    m_call call = http_job_call(j);
    pthread_mutex_lock(&d->lock);
    bool old = !d->text || m_now(&call).us - d->made.us > FRESH_US;
    if (old && !d->asking) {
        d->asking = true;
        pthread_mutex_unlock(&d->lock);
        make_document(j, asker);
        return;
    }
    if (d->text) {
        http_job_answer(j, 200, (m_str){d->text, d->n});
    } else {
        (void)m_fail(&call, m_err_busy, NULL);
        http_job_refuse(j, &call);
    }
    pthread_mutex_unlock(&d->lock);
}
