/* Parameters and cells of statements written by hand: values as PostgreSQL writes and reads them.
 */
#ifndef M_SRC_PG_TEXT_H
#define M_SRC_PG_TEXT_H

#include "m_adapters/pg.h"

#pragma GCC visibility push(hidden)

/* $n as an instant; instants come and go as microseconds since 1970. */
#define PG_INSTANT(n)      "(timestamptz 'epoch'+$" n "::bigint*interval '1 microsecond')"
#define PG_MICROSECONDS(x) "(extract(epoch FROM " x ")*1000000)::bigint"

/* Parameters; NULL when memory is short. */
const char *pg_uuid_text(m_arena *arena, m_id id);
const char *pg_int_text(m_arena *arena, int64_t value);
/* A cell; 0 when it is empty. */
int64_t pg_int_of(m_str text);
/* m_pg_query, where a parameter that is NULL is memory that was short. */
m_status pg_text_run(m_pg_conn *conn, m_call *call, const char *sql, const char *const *params,
                     uint32_t n, m_pg_result *out) M_MUST_USE;

#pragma GCC visibility pop
#endif
