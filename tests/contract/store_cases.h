/* What the parts of the store suite share. */
#ifndef STORE_CASES_H
#define STORE_CASES_H

#include "store_suite.h"
#include "store_types.h"
#include "test_env.h"

extern const store_binding *binding;
extern m_store store;
extern m_call *call;
extern m_uow *uow;

#define OK(expression)                                                                             \
    do {                                                                                           \
        m_status got_ = (expression);                                                              \
        ck_assert_msg(got_ == M_OK, "%s: %s: %.*s", #expression, m_status_name(got_),              \
                      M_STR_ARG(call->error.message));                                             \
    } while (0)

m_id fresh_tenant(void);
/* A write transaction, marked. */
void begin(void);
void begin_read(void);
void commit(void);
/* Commit and begin the next one. */
void again(void);
sample make(uint32_t n);
void add(sample s);
const sample *get(uint32_t n);
m_fetch run(const m_query *query);
/* The codes of what a query finds, one after the other. */
const char *codes(const m_query *query);
/* The same for one filter. */
const char *where(const char *field, m_filter_op op, const void *value);
/* A record with something in every field. */
sample full(uint32_t n, sample_line lines[2], sample_address tags[1]);
/* An operation that is not told of its fault at once is told at the commit. */
m_status told(m_status at_once);
/* Accumulate one row of balances. */
void gather(uint32_t account, const char *kind, const char *month, int64_t amount);
const balance *balance_of(uint32_t account, const char *kind, const char *month);
void is_balance(const balance *b, int64_t amount, int64_t hits);
/* Five samples with the codes a to e, committed. */
void fill(void);

void add_row_cases(TCase *tc);
void add_query_cases(TCase *tc);
void add_transaction_cases(TCase *tc);

#endif
