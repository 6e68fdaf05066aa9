/* The protocol "outbox" over a source of rows. */
#include "m_adapters/stream.h"

#define SWEEP_STEP 1000
#define US_PER_DAY INT64_C(86400000000)

static m_status only_services(m_call *call)
{
    return call->system ? M_OK : m_fail(call, m_err_denied, "the outbox is for services");
}

static m_status since(void *self, m_call *call, const m_outbox_ask *in, m_outbox_page *out)
{
    const m_outgoing_source *source = self;
    M_TRY(only_services(call));
    m_outbox_ask ask = *in;
    if (ask.limit < 1 || ask.limit > M_OUTBOX_PAGE) ask.limit = M_OUTBOX_PAGE;
    return source->ops->since(source->self, call, &ask, out);
}

static m_status heads(void *self, m_call *call, const m_heads_ask *in, m_heads *out)
{
    const m_outgoing_source *source = self;
    M_TRY(only_services(call));
    return source->ops->heads(source->self, call, in, out);
}

static m_status told(void *self, m_call *call, const m_marks_told *in, m_marks_kept *out)
{
    const m_outgoing_source *source = self;
    M_TRY(only_services(call));
    if (!in->consumer.n || m_str_is(in->consumer, M_READER_HEAD) ||
        m_str_is(in->consumer, M_READER_BROKER))
        return m_fail(call, m_err_validation, "this is no consumer");
    if (in->marks.count)
        M_TRY(
            source->ops->mark(source->self, call, in->consumer, in->marks.items, in->marks.count));
    out->count = in->marks.count;
    return M_OK;
}

m_outbox m_outbox_of(m_outgoing_source *source)
{
    static const m_outbox_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "outbox"},
        .since = since,
        .heads = heads,
        .told = told,
    };
    return (m_outbox){&ops, source};
}

m_status m_outgoing_sweep(m_outgoing_source source, m_call *call, int days,
                          const char *const *readers, uint32_t *out_removed)
{
    m_time before = {m_now(call).us - days * US_PER_DAY};
    uint32_t removed = 0;
    uint32_t step = 0;
    do {
        M_TRY(source.ops->sweep(source.self, call, before, readers, SWEEP_STEP, &step));
        removed += step;
    } while (step);
    *out_removed = removed;
    return M_OK;
}
