#include "m/iface.h"

m_status m_invoke(m_iface iface, const m_method *method, m_call *call, const void *in, void *out)
{
    const m_ops_head *head = iface.ops;
    if (!head || head->size < method->ops_offset + sizeof(m_method_fn))
        return m_fail(call, m_err_unsupported, "%s", method->name);
    /* Every operation has the shape of m_method_fn; only the pointed-to record types differ. */
    m_method_fn fn;
    memcpy(&fn, (const char *)iface.ops + method->ops_offset, sizeof fn);
    if (!fn) return m_fail(call, m_err_unsupported, "%s.%s", head->protocol, method->name);
    return fn(iface.self, call, in, out);
}
