#include "../prove/prove.h"
#include "works.h"

#define REBUILD_STEPS 50 /* of the progress; verdicts are one each */

typedef struct {
    m_call *call;
    task *task;
    uint32_t verdicts, broken;
    uint64_t rebuilt; /* steps */
} progress;

static bool tell(progress *p)
{
    return task_progress(p->task, p->verdicts + p->rebuilt, prove_count() + REBUILD_STEPS);
}

static bool on_verdict(void *self, const prove_verdict *v)
{
    progress *p = self;
    m_arena_mark mark = m_arena_tell(p->call->arena);
    m_buf row = {.arena = p->call->arena};
    m_buf_format(&row, "{\"id\":\"%s\",\"holds\":%s,\"title\":", v->id,
                 v->holds ? "true" : "false");
    m_json_string(&row, m_str_of(v->title));
    m_buf_text(&row, ",\"detail\":");
    m_json_string(&row, m_str_of(v->detail));
    m_buf_text(&row, "}");
    if (!row.failed) task_row(p->task, m_buf_str(&row));
    m_arena_back(p->call->arena, mark);
    p->verdicts++;
    return tell(p) && !row.failed;
}

static bool on_rebuilding(void *self, uint64_t done, uint64_t total)
{
    progress *p = self;
    p->rebuilt = total ? done * REBUILD_STEPS / total : REBUILD_STEPS;
    return tell(p);
}

m_status task_prove(void *arg, m_call *call, const task_order *order, task *t)
{
    (void)order;
    const task_tools *tools = arg;
    progress p = {.call = call, .task = t};
    prove_config config = {.rt = tools->rt,
                           .domains = tools->domains,
                           .tenants = &call->tenant,
                           .tenant_count = 1,
                           .listener = {on_verdict, on_rebuilding, &p}};
    if (!m_permitted(call, NULL, M_CAN_READ)) return m_fail(call, m_err_denied, "prove");
    uint32_t broken = 0;
    (void)tell(&p);
    M_TRY(prove_run(&config, call, &broken));
    const char *result =
        m_arena_printf(call->arena, "{\"held\":%u,\"broken\":%u}", p.verdicts - broken, broken);
    if (!result) return m_fail(call, m_err_memory, "prove");
    p.rebuilt = REBUILD_STEPS;
    (void)tell(&p);
    task_result(t, m_str_of(result));
    return M_OK;
}
