#include "long_work.h"

#include "m_adapters/codec.h"

/* ?id=…: that task, else the newest. */
static m_status wanted_id(const http_job *j, m_call *call, m_id *out)
{
    for (M_EACH(m_pair, pair, j->work.in.query)) {
        if (!m_str_is(pair->name, "id"))
            m_field_fail(call, m_err_unknown, pair->name, NULL);
        else if (m_id_parse(pair->value, out) != M_OK)
            return m_fail(call, m_err_not_found, "task");
    }
    return m_failed_fields(call);
}

static m_status tell(http_job *j, m_call *call, m_work_kind kind, m_buf *out)
{
    m_id id = {0};
    M_TRY(wanted_id(j, call, &id));
    return task_tell(j->gateway->config.tasks, call, kind, id, out);
}

/* What is checked before anybody waits; the work itself checks the rest. */
static m_status ask(http_job *j, m_call *call, m_work_kind kind, m_buf *out)
{
    static const m_error_def no_text = {"core.import.no_text", M_INVALID, "The file is empty.",
                                        "Send a CSV file; its first line names the fields."};
    task_order order = {.kind = kind,
                        .query = j->work.in.query,
                        .body = j->work.in.body,
                        .after = marks_text(&j->gateway->marks, j->arena, j->who.tenant)};
    if (kind == M_WORK_IMPORT && !order.body.n) return m_fail(call, &no_text, NULL);
    m_id id;
    M_TRY(task_ask(j->gateway->config.tasks, &j->who, call, &order, &id));
    return task_tell(j->gateway->config.tasks, call, kind, id, out);
}

bool long_work_answer(http_job *j, m_call *call)
{
    m_buf out = {.arena = j->arena};
    bool asks = j->route.kind == ROUTE_PROVE || j->route.kind == ROUTE_IMPORT;
    bool prove = j->route.kind == ROUTE_PROVE || j->route.kind == ROUTE_PROOF;
    if (!asks && !prove && j->route.kind != ROUTE_IMPORTED) return false;
    m_status status = M_OK;
    if (prove && !m_permitted(call, NULL, M_CAN_READ))
        status = m_fail(call, m_err_denied, "prove");
    else if (asks)
        status = ask(j, call, prove ? M_WORK_PROVE : M_WORK_IMPORT, &out);
    else
        status = tell(j, call, prove ? M_WORK_PROVE : M_WORK_IMPORT, &out);
    if (status == M_OK)
        http_job_answer(j, asks ? 202 : 200, m_buf_str(&out));
    else
        http_job_refuse(j, call);
    return true;
}
