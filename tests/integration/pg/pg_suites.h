/* Parts of the integration test of the PostgreSQL binding; all use one cluster. */
#ifndef PG_SUITES_H
#define PG_SUITES_H

#include <check.h>

#include "../../contract/store_types.h"
#include "pg_fixture.h"
#include "test_env.h"

extern pg_fixture *cluster;

TCase *pg_security_cases(void);
TCase *pg_uow_cases(void);
TCase *pg_migrate_cases(void);
TCase *pg_decimal_cases(void);

/* Connection of a tool; ends the test when it cannot be had. */
m_pg_conn *connect_as(const char *role, m_call *call);
/* One value of one row as text; "" when there is no row. */
const char *value_of(m_pg_conn *conn, m_call *call, const char *sql);
/* A tenant nobody else uses. */
m_id fresh_tenant(void);
int64_t monotonic_ms(void);

#define OK(call, expression)                                                                       \
    do {                                                                                           \
        m_status got_ = (expression);                                                              \
        ck_assert_msg(got_ == M_OK, "%s: %s: %.*s", #expression, m_status_name(got_),              \
                      M_STR_ARG((call)->error.message));                                           \
    } while (0)

#endif
