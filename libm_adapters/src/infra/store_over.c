#include "store_over.h"

m_store store_over_inner(const void *self)
{
    return *(const m_store *)self;
}

m_status store_over_fetch(void *self, m_call *call, m_fetch *fetches, uint32_t n)
{
    return m_store_fetch(store_over_inner(self), call, fetches, n);
}

m_status store_over_sum(void *self, m_call *call, m_sum *what)
{
    return m_store_sum(store_over_inner(self), call, what);
}

m_status store_over_accumulate(void *self, m_call *call, const m_type *type, const void *record)
{
    return m_store_accumulate(store_over_inner(self), call, type, record);
}

m_status store_over_count(void *self, m_call *call, const m_type *type, const m_query *query,
                          uint32_t limit, uint32_t *out)
{
    return m_store_count(store_over_inner(self), call, type, query, limit, out);
}
