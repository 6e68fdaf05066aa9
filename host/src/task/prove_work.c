#include "works.h"

#define REBUILD_STEPS 50 /* of the progress; verdicts are one each */
#define CROSS_STEPS   8  /* verdicts about what lies between domains, at most */

typedef struct {
    m_call *call;
    task *task;
    uint32_t verdicts;
    uint64_t rebuilt; /* steps */
    uint64_t steps;
} progress;

static bool tell(const progress *p)
{
    return task_progress(p->task, p->verdicts + p->rebuilt, p->steps);
}

void works_verdict(m_buf *out, m_str id, m_str title, m_str detail, bool holds)
{
    m_buf_text(out, "{\"id\":");
    m_json_string(out, id);
    m_buf_format(out, ",\"holds\":%s,\"title\":", holds ? "true" : "false");
    m_json_string(out, title);
    m_buf_text(out, ",\"detail\":");
    m_json_string(out, detail);
    m_buf_text(out, "}");
}

static bool on_verdict(void *self, const prove_verdict *v)
{
    progress *p = self;
    m_arena_mark mark = m_arena_tell(p->call->arena);
    m_buf row = {.arena = p->call->arena};
    works_verdict(&row, m_str_of(v->id), m_str_of(v->title), m_str_of(v->detail), v->holds);
    if (!row.failed) task_row(p->task, m_buf_str(&row));
    m_arena_back(p->call->arena, mark);
    p->verdicts++;
    return tell(p) && !row.failed;
}

uint64_t works_rebuilt(uint64_t done, uint64_t total)
{
    return total ? done * REBUILD_STEPS / total : REBUILD_STEPS;
}

static bool on_rebuilding(void *self, uint64_t done, uint64_t total)
{
    progress *p = self;
    p->rebuilt = works_rebuilt(done, total);
    return tell(p);
}

m_status works_ready(const task_tools *tools, m_call *call, const task_order *order)
{
    return tools->arrivals ? arrivals_ready(tools->arrivals, call, order->after) : M_OK;
}

uint64_t works_prove_steps(const task_tools *tools)
{
    return prove_count() + REBUILD_STEPS + (tools->arrivals ? CROSS_STEPS : 0);
}

m_status works_prove(const task_tools *tools, m_call *call, const task_order *order,
                     prove_listener listener, uint32_t *out_broken)
{
    prove_config config = {.rt = tools->rt,
                           .domains = tools->domains,
                           .tenants = &call->tenant,
                           .tenant_count = 1,
                           .listener = listener,
                           .uow = tools->uow,
                           .asker = tools->asker};
    uint32_t broken = 0, between = 0;
    if (!m_permitted(call, NULL, M_CAN_READ)) return m_fail(call, m_err_denied, "prove");
    M_TRY(works_ready(tools, call, order));
    M_TRY(prove_run(&config, call, &broken));
    if (tools->arrivals) M_TRY(prove_cross(&config, call, &between));
    *out_broken = broken + between;
    return M_OK;
}

m_status task_prove(void *arg, m_call *call, const task_order *order, task *t)
{
    const task_tools *tools = arg;
    progress p = {.call = call, .task = t, .steps = works_prove_steps(tools)};
    uint32_t broken = 0;
    (void)tell(&p);
    M_TRY(
        works_prove(tools, call, order, (prove_listener){on_verdict, on_rebuilding, &p}, &broken));
    const char *result =
        m_arena_printf(call->arena, "{\"held\":%u,\"broken\":%u}", p.verdicts - broken, broken);
    if (!result) return m_fail(call, m_err_memory, "prove");
    (void)task_progress(t, p.steps, p.steps);
    task_result(t, m_str_of(result));
    return M_OK;
}
