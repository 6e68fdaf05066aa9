/* Protocols as values: {operations, self}. A protocol value may be copied freely; self belongs to
 * the binding.
 *
 * Each protocol header declares its ops struct, one wrapper per operation and a method table. The
 * ops struct starts with m_ops_head; functions are only ever appended. The wrappers check that the
 * binding is there and has the function: a missing one answers M_UNSUPPORTED.
 *
 * Uniform shape: (self, call, in record, out record). The method table lets generic code (a remote
 * client, a remote server, a contract test, the documentation) call any method of any protocol. */
#ifndef M_IFACE_H
#define M_IFACE_H

#include "m/field.h"

typedef struct {
    uint32_t size;    /* of the ops struct the binding was built with */
    uint32_t version; /* of the contract */
    const char *protocol;
} m_ops_head;

/* Any protocol value; all have this layout. */
typedef struct {
    const void *ops;
    void *self;
} m_iface;

typedef m_status (*m_method_fn)(void *self, m_call *call, const void *in, void *out);

enum {
    M_METHOD_READ = 1 << 0,      /* changes nothing; may be retried freely */
    M_METHOD_IDEMPOTENT = 1 << 1 /* the same input twice has one effect */
};

typedef struct {
    const char *name;
    uint32_t ops_offset; /* of the function pointer in the ops struct */
    const m_type *in;
    const m_type *out;
    uint32_t flags;
} m_method;

typedef struct {
    const char *name;
    uint32_t version;
    const m_method *methods; /* ends with a NULL name */
} m_protocol;

/* Calls methods[i] of any protocol value; M_UNSUPPORTED when the binding lacks it. */
m_status m_invoke(m_iface iface, const m_method *method, m_call *call, const void *in,
                  void *out) M_MUST_USE;

/* The wrapper m_<protocol>_<name>(value, call, in, out). */
#define M_WRAPPER(protocol, name, In, Out)                                                         \
    M_MUST_USE static inline m_status m_##protocol##_##name(m_##protocol p, m_call *call,          \
                                                            const In *in, Out *out)                \
    {                                                                                              \
        if (!p.ops ||                                                                              \
            p.ops->head.size < offsetof(m_##protocol##_ops, name) + sizeof p.ops->name ||          \
            !p.ops->name)                                                                          \
            return m_fail(call, m_err_unsupported, "%s.%s", #protocol, #name);                     \
        return p.ops->name(p.self, call, in, out);                                                 \
    }

/* One row of a method table. */
#define M_METHOD(protocol, fn, InType, OutType, f)                                                 \
    {                                                                                              \
        .name = #fn, .ops_offset = offsetof(m_##protocol##_ops, fn), .in = InType, .out = OutType, \
        .flags = f                                                                                 \
    }

#endif
