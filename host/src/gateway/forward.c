#include "forward.h"

#include <pthread.h>
#include <stdlib.h>

#include "../desk/desk_files.h"
#include "attachment.h"
#include "http_job.h"
#include "m_adapters/codec.h"
#include "together.h"

#define THREADS_MAX 64
#define TOGETHER    8 /* requests that one thread sends at once */

struct forwarder {
    const m_asker *asker;
    queue *jobs;
    pthread_t threads[THREADS_MAX];
    uint32_t count;
};

/* ---- one request ---- */

static bool is_bundle(const http_job *j)
{
    return j->route.kind == ROUTE_DESK;
}

/* Of the Desk's bundle of a domain: nobody is signed in, nothing has to be seen before. */
static bool make_bundle_question(http_job *j, const char *service, m_question *out)
{
    desk_question question = desk_question_of(j->request);
    m_buf body = {.arena = j->arena};
    m_json_canonical(&body, desk_files_file->in, &question);
    *out = (m_question){.service = service,
                        .protocol = &desk_files_protocol,
                        .method = desk_files_file,
                        .arena = j->arena,
                        .body = m_buf_str(&body)};
    return !body.failed;
}

static bool make_question(http_job *j, const char *service, m_question *out)
{
    if (is_bundle(j)) return make_bundle_question(j, service, out);
    m_buf body = {.arena = j->arena};
    if (!attachment_take(j)) return false;
    m_json_canonical(&body, j->work.method->in, &j->work.in);
    *out = (m_question){.service = service,
                        .protocol = j->work.protocol,
                        .method = j->work.method,
                        .arena = j->arena,
                        .body = m_buf_str(&body),
                        .after = marks_text(&j->gateway->marks, j->arena, j->who.tenant)};
    return !body.failed;
}

static m_call call_of(http_job *j)
{
    m_call call = http_job_call(j);
    if (!is_bundle(j)) http_work_ops.describe(&j->base, &call);
    return call;
}

static m_status take_reply(http_job *j, m_call *call, const m_question *q)
{
    if (q->status != M_OK) {
        call->error = q->error;
        return q->status;
    }
    return m_json_read(call, &m_document_reply_type, q->reply, M_JSON_TRUSTED, &j->work.reply,
                       NULL);
}

static void answer_bundle(http_job *j, m_call *call, const m_question *q)
{
    desk_found found = {.status = 404};
    m_status status = q->status;
    if (status != M_OK)
        call->error = q->error;
    else
        status = m_json_read(call, desk_files_file->out, q->reply, M_JSON_TRUSTED, &found, NULL);
    found.type.p = m_str_z(j->arena, found.type);
    if (status == M_OK && !found.type.p) status = m_fail(call, m_err_memory, NULL);
    if (status == M_OK)
        gateway_answer_file(j, &found);
    else
        http_job_refuse(j, call);
}

static void answer(http_job *j, m_call *call, const m_question *q)
{
    if (is_bundle(j))
        answer_bundle(j, call, q);
    else if (take_reply(j, call, q) == M_OK) {
        marks_saw(&j->gateway->marks, j->who.tenant, q->service, j->work.reply.mark);
        http_job_succeed(j, call, use_case_success(&j->work));
    } else {
        http_job_refuse(j, call);
    }
}

/* ---- threads ---- */

/* What all domains say as one. */
static bool answer_together(const forwarder *f, http_job *j)
{
    if (j->route.kind == ROUTE_META_LIST)
        together_answer_list(j, f->asker);
    else if (j->route.kind == ROUTE_OPENAPI)
        together_answer_openapi(j, f->asker);
    else
        return false;
    return true;
}

static void forward(const forwarder *f, job **jobs, uint32_t n)
{
    m_question questions[TOGETHER];
    m_question *sent[TOGETHER];
    const m_call *as[TOGETHER];
    m_call *calls = calloc(TOGETHER, sizeof *calls);
    http_job *of[TOGETHER];
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        http_job *j = (http_job *)jobs[i];
        if (answer_together(f, j)) continue;
        if (!calls ||
            !make_question(j, gateway_remote(j->gateway, j->route.module), &questions[count])) {
            m_call call = http_job_call(j);
            (void)m_fail(&call, m_err_memory, NULL);
            http_job_refuse(j, &call);
            continue;
        }
        calls[count] = call_of(j);
        sent[count] = &questions[count];
        as[count] = &calls[count];
        of[count++] = j;
    }
    if (count) f->asker->ask(f->asker->self, sent, as, count);
    for (uint32_t i = 0; i < count; i++)
        answer(of[i], &calls[i], &questions[i]);
    free(calls);
}

static void *main_loop(void *arg)
{
    forwarder *f = arg;
    job *jobs[TOGETHER];
    uint32_t n;
    while ((n = queue_take(f->jobs, jobs, TOGETHER)) > 0)
        forward(f, jobs, n);
    return NULL;
}

forwarder *forwarder_start(const m_asker *asker, queue *jobs, uint32_t threads)
{
    forwarder *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    f->asker = asker;
    f->jobs = jobs;
    while (f->count < threads && f->count < THREADS_MAX &&
           pthread_create(&f->threads[f->count], NULL, main_loop, f) == 0)
        f->count++;
    if (f->count) return f;
    free(f);
    return NULL;
}

void forwarder_join(forwarder *f)
{
    if (!f) return;
    for (uint32_t i = 0; i < f->count; i++)
        pthread_join(f->threads[i], NULL);
    free(f);
}
