#include "internal.h"
#include "m_adapters/codec.h"

const m_error_def m_remote_errors[] = {{"core.remote.wanted", M_AGAIN,
                                        "Another part of the system is being asked.",
                                        "Try again in a moment."},
                                       {NULL, M_OK, NULL, NULL}};
const m_error_def *const m_err_remote_wanted = &m_remote_errors[0];

/* The error of an answer as the call's own: texts live as long as the answers do, which is longer.
 */
static m_status take_error(m_call *call, const m_question *q)
{
    call->error = q->error;
    return q->status;
}

m_status m_remote_ask(m_call *call, const char *service, const m_protocol *protocol,
                      const m_method *method, const void *in, void *out)
{
    if (!call->answers) return m_fail(call, m_err_unavailable, "%s", service);
    m_buf body = {.arena = call->arena};
    m_json_canonical(&body, method->in, in);
    if (body.failed) return m_fail(call, m_err_memory, NULL);
    const m_question asked = {
        .service = service, .protocol = protocol, .method = method, .body = m_buf_str(&body)};
    const m_question *q = answers_find(call->answers, service, method, asked.body);
    if (!q) return answers_note(call->answers, call, &asked);
    if (!q->answered) return m_fail(call, m_err_remote_wanted, NULL);
    if (q->status != M_OK) return take_error(call, q);
    void *reply = m_record_new(method->out, call->arena);
    if (!reply) return m_fail(call, m_err_memory, NULL);
    M_TRY(m_json_read(call, method->out, q->reply, M_JSON_TRUSTED, reply, NULL));
    memcpy(out, reply, method->out->size);
    return M_OK;
}

/* ---- a value of any protocol ---- */

static m_status ask_slot(void *self, m_call *call, const void *in, void *out, uint32_t slot)
{
    const m_remote_value *value = self;
    uint32_t offset = (uint32_t)(offsetof(m_remote_value, ops.fns) + slot * sizeof(m_method_fn));
    for (const m_method *m = value->protocol->methods; m->name; m++)
        if (m->ops_offset == offset)
            return m_remote_ask(call, value->service, value->protocol, m, in, out);
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
