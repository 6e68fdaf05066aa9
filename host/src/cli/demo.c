/* business-m demo: a sample company. */
#include "../demo/demo.h"

#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "progress.h"
#include "session.h"

typedef struct {
    demo_build build;
    bool there; /* it was there before */
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
    s->call.actor_name = s->call.request_id = M_STR("demo");
    if (session_write(s, make, &d) != M_OK) {
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
    int answer = session_open(&s) ? run(&s) : 1;
    session_close(&s);
    return answer;
}
