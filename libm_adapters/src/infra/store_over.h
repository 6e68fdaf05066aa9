/* What a store over another one passes through. Every self begins with the inner m_store. */
#ifndef M_SRC_STORE_OVER_H
#define M_SRC_STORE_OVER_H

#include "m/store.h"

#pragma GCC visibility push(hidden)

m_store store_over_inner(const void *self);
m_status store_over_fetch(void *self, m_call *call, m_fetch *fetches, uint32_t n) M_MUST_USE;
m_status store_over_sum(void *self, m_call *call, m_sum *what) M_MUST_USE;
m_status store_over_accumulate(void *self, m_call *call, const m_type *type,
                               const void *record) M_MUST_USE;
m_status store_over_count(void *self, m_call *call, const m_type *type, const m_query *query,
                          uint32_t limit, uint32_t *out) M_MUST_USE;

#pragma GCC visibility pop
#endif
