#include "internal.h"
#include "m_adapters/codec.h"
#include "m_adapters/remote_ledger.h"

const m_error_def m_remote_errors[] = {
    {"core.remote.wanted", M_AGAIN, "Another part of the system is being asked.",
     "Try again in a moment."},
    {"core.remote.let_go", M_AGAIN, "It took too long, and the ledger did not wait.",
     "Nothing was written. Try again."},
    {NULL, M_OK, NULL, NULL}};
const m_error_def *const m_err_remote_wanted = &m_remote_errors[0];
const m_error_def *const m_err_remote_let_go = &m_remote_errors[1];

/* The error of an answer as the call's own: texts live as long as the answers do, which is longer.
 */
static m_status take_error(m_call *call, const m_question *q)
{
    call->error = q->error;
    return q->status;
}

/* Faults that a check has noted so far are its own, not the answer's. */
static m_status read_reply(m_call *call, const m_question *q, void *reply)
{
    m_call reading = *call;
    m_error_clear(&reading);
    m_status status = m_json_read(&reading, q->method->out, q->reply, M_JSON_TRUSTED, reply, NULL);
    if (status != M_OK) call->error = reading.error;
    return status;
}

m_status remote_take(m_call *call, const m_question *q, void *out)
{
    if (!q->answered) return m_fail(call, m_err_remote_wanted, NULL);
    if (q->status != M_OK) return take_error(call, q);
    void *reply = m_record_new(q->method->out, call->arena);
    if (!reply) return m_fail(call, m_err_memory, NULL);
    M_TRY(read_reply(call, q, reply));
    memcpy(out, reply, q->method->out->size);
    return M_OK;
}

static m_status make(m_call *call, const char *service, const m_protocol *protocol,
                     const m_method *method, const void *in, m_question *out)
{
    m_buf body = {.arena = call->arena};
    m_json_canonical(&body, method->in, in);
    if (body.failed) return m_fail(call, m_err_memory, NULL);
    *out = (m_question){.service = service,
                        .protocol = protocol,
                        .method = method,
                        .arena = call->arena,
                        .body = m_buf_str(&body),
                        .in = in};
    return M_OK;
}

m_status remote_note(m_call *call, const char *service, const m_protocol *protocol,
                     const m_method *method, const void *in)
{
    m_question asked;
    M_TRY(make(call, service, protocol, method, in, &asked));
    return answers_note(call->answers, call, &asked);
}

m_status m_remote_ask(m_call *call, const char *service, const m_protocol *protocol,
                      const m_method *method, const void *in, void *out)
{
    m_question asked;
    if (!call->answers) return m_fail(call, m_err_unavailable, "%s", service);
    M_TRY(make(call, service, protocol, method, in, &asked));
    const m_question *q = answers_find(call->answers, service, method, asked.body);
    return q ? remote_take(call, q, out) : answers_note(call->answers, call, &asked);
}

static m_status ask_now(const m_remote_value *value, m_call *call, const m_method *method,
                        const void *in, void *out)
{
    m_question asked, *question = &asked;
    const m_call *as = call;
    M_TRY(make(call, value->service, value->protocol, method, in, &asked));
    value->asker->ask(value->asker->self, &question, &as, 1);
    return remote_take(call, &asked, out);
}

/* ---- a value of any protocol ---- */

static m_status ask_slot(void *self, m_call *call, const void *in, void *out, uint32_t slot)
{
    const m_remote_value *value = self;
    uint32_t offset = (uint32_t)(offsetof(m_remote_value, ops.fns) + slot * sizeof(m_method_fn));
    for (const m_method *m = value->protocol->methods; m->name; m++)
        if (m->ops_offset == offset)
            return value->asker ? ask_now(value, call, m, in, out)
                                : m_remote_ask(call, value->service, value->protocol, m, in, out);
    return m_fail(call, m_err_unsupported, "%s", value->protocol->name);
}

/* A method does not know its own name: one function for each place in the operations. */
#define SLOT(n)                                                                                    \
    static m_status slot_##n(void *self, m_call *call, const void *in, void *out)                  \
    {                                                                                              \
        return ask_slot(self, call, in, out, n);                                                   \
    }
SLOT(0)
SLOT(1)
SLOT(2)
SLOT(3)
SLOT(4)
SLOT(5)
SLOT(6)
SLOT(7)
SLOT(8)
SLOT(9)
SLOT(10)
SLOT(11)
SLOT(12)
SLOT(13)
SLOT(14)
SLOT(15)

m_iface m_remote_bind(m_remote_value *value, const char *service, const m_protocol *protocol)
{
    static const m_method_fn slots[M_REMOTE_METHODS] = {
        slot_0, slot_1, slot_2,  slot_3,  slot_4,  slot_5,  slot_6,  slot_7,
        slot_8, slot_9, slot_10, slot_11, slot_12, slot_13, slot_14, slot_15};
    *value = (m_remote_value){.service = service, .protocol = protocol};
    value->ops.head = (m_ops_head){sizeof value->ops, protocol->version, protocol->name};
    memcpy(value->ops.fns, slots, sizeof slots);
    return (m_iface){&value->ops, value};
}

m_iface m_remote_bind_now(m_remote_value *value, const m_asker *asker, const char *service,
                          const m_protocol *protocol)
{
    m_iface bound = m_remote_bind(value, service, protocol);
    value->asker = asker;
    return bound;
}

/* ---- the other side ---- */

m_status m_remote_dispatch(m_iface value, const m_method *method, m_call *call, m_str body,
                           m_str *out_reply)
{
    void *in = m_record_new(method->in, call->arena);
    void *out = m_record_new(method->out, call->arena);
    if (!in || !out) return m_fail(call, m_err_memory, NULL);
    M_TRY(m_json_read(call, method->in, body, M_JSON_MESSAGE, in, NULL));
    M_TRY(m_invoke(value, method, call, in, out));
    m_buf reply = {.arena = call->arena};
    m_json_canonical(&reply, method->out, out);
    if (reply.failed) return m_fail(call, m_err_memory, NULL);
    *out_reply = m_buf_str(&reply);
    return M_OK;
}

const m_method *m_protocol_method(const m_protocol *protocol, m_str name)
{
    for (const m_method *m = protocol->methods; m->name; m++)
        if (m_str_is(name, m->name)) return m;
    return NULL;
}
