/* business-m demo: a sample company. */
#include "../demo/demo.h"

#include <stdio.h>
#include <unistd.h>

#include "../gateway/marks.h"
#include "../worker/runner.h"
#include "commands.h"
#include "m_adapters/codec.h"
#include "progress.h"
#include "session.h"

typedef struct {
    demo_build build;
    bool there; /* it was there before */
    session *s;
    marks marks; /* events each process must have seen: what the steps before made */
    uint32_t step;
    m_document_request in;
} demo;

static void show_progress(void *self, uint32_t done, uint32_t total)
{
    (void)self;
    progress_show(done, total);
}

static m_status make(void *arg, m_call *call)
{
    demo *d = arg;
    d->build.failed = NULL;
    M_TRY(demo_exists(&d->build, call, &d->there));
    return d->there ? M_OK : demo_run(&d->build, call);
}

/* ---- through the running processes ---- */

static m_status read_request(void *arg, m_call *call)
{
    demo *d = arg;
    d->build.failed = &d->build.steps[d->step];
    return demo_request(&d->build, call, d->build.failed, &d->in);
}

static m_status look(void *arg, m_call *call)
{
    demo *d = arg;
    return demo_exists(&d->build, call, &d->there);
}

static m_status ask(demo *d, m_call *call, m_document_reply *out)
{
    const m_protocol *documents = &m_documents_protocol;
    const char *name = d->build.failed->of ? "act" : "create";
    const m_call *as = call;
    m_buf body = {.arena = call->arena};
    m_question q = {.service = m_str_z(call->arena, d->in.module),
                    .protocol = documents,
                    .method = m_protocol_method(documents, m_str_of(name)),
                    .arena = call->arena,
                    .after = marks_text(&d->marks, call->arena, call->tenant)},
               *question = &q;
    m_json_canonical(&body, q.method->in, &d->in);
    q.body = m_buf_str(&body);
    const m_asker *asker = service_asker(d->s->service);
    asker->ask(asker->self, &question, &as, 1);
    if (q.status != M_OK) {
        call->error = q.error;
        return q.status;
    }
    M_TRY(m_json_read(call, &m_document_reply_type, q.reply, M_JSON_TRUSTED, out, NULL));
    marks_saw(&d->marks, call->tenant, q.service, out->mark);
    return M_OK;
}

static m_status take(demo *d, m_call *call)
{
    char key[32];
    m_document_reply reply = {.version = 0};
    M_TRY(runner_run(d->s->uow, call, M_UOW_READ, read_request, d));
    snprintf(key, sizeof key, "demo-%u", d->step);
    call->idempotency_key = m_str_of(key); /* so that a question may be sent again */
    M_TRY(ask(d, call, &reply));
    return d->build.failed->of ? M_OK : demo_made(&d->build, call, d->build.failed, reply.id);
}

static m_status make_there(demo *d, m_call *call)
{
    marks_init(&d->marks);
    M_TRY(runner_run(d->s->uow, call, M_UOW_READ, look, d));
    for (d->step = 0; !d->there && d->step < d->build.step_count; d->step++) {
        show_progress(d, d->step, d->build.step_count);
        M_TRY(take(d, call));
    }
    d->build.failed = NULL;
    if (!d->there) show_progress(d, d->step, d->build.step_count);
    return M_OK;
}

/* ---- the command ---- */

static void tell_what_next(const session *s)
{
    printf(
        "\nLook at it with the host running (script/server), signed in as the README shows:\n"
        "  GET /api/v1/finance/reports/trial-balance\n"
        "  GET /api/v1/finance/reports/supplier-outstanding\n"
        "  GET /api/v1/wms/reports/stock-balance\n"
        "  GET /api/v1/wms/reports/purchase-order-status\n"
        "  GET /api/v1/finance/purchase-invoices?state=on_hold     a bill dearer than its order\n"
        "  GET /api/v1/wms/stock-transfers?state=submitted         goods on their way\n"
        "  business-m prove                                        both books, checked\n"
        "Tenant: %.*s.\n",
        M_STR_ARG(s->rt.config.tenant));
}

static int run(session *s)
{
    demo d = {.build = {.domains = s->domains,
                        .steps = demo_steps,
                        .step_count = demo_step_count,
                        .progress = show_progress}};
    d.s = s;
    s->call.actor_name = s->call.request_id = M_STR("demo");
    m_status status = s->service ? make_there(&d, &s->call) : session_write(s, make, &d);
    if (status != M_OK) {
        if (isatty(STDERR_FILENO)) fprintf(stderr, "\n");
        runtime_print_error("The sample company was not made", &s->call);
        if (d.build.failed)
            fprintf(stderr, "  at: %s %s\n", d.build.failed->collection,
                    d.build.failed->name ? d.build.failed->name : "");
        return 1;
    }
    if (d.there)
        printf("The sample company is there already; nothing was changed.\n");
    else
        printf("The sample company is made: %u steps, a grocer with a depot and two shops.\n",
               demo_step_count);
    tell_what_next(s);
    return 0;
}

int command_demo(int n, char **arguments)
{
    (void)arguments;
    if (n != 0) return COMMAND_USAGE;
    session s;
    int answer = session_open_all(&s, "command") ? run(&s) : 1;
    session_close(&s);
    return answer;
}
