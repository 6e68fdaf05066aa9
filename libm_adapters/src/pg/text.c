#include "text.h"

#include <stdlib.h>

const char *pg_uuid_text(m_arena *arena, m_id id)
{
    char *text = m_arena_alloc(arena, M_PG_ID_TEXT);
    if (text) m_pg_id_format(id, text);
    return text;
}

const char *pg_int_text(m_arena *arena, int64_t value)
{
    return m_arena_printf(arena, "%lld", (long long)value);
}

int64_t pg_int_of(m_str text)
{
    char digits[24];
    if (text.n == 0 || text.n >= sizeof digits) return 0;
    memcpy(digits, text.p, text.n);
    digits[text.n] = 0;
    return strtoll(digits, NULL, 10);
}

m_status pg_text_run(m_pg_conn *conn, m_call *call, const char *sql, const char *const *params,
                     uint32_t n, m_pg_result *out)
{
    for (uint32_t i = 0; i < n; i++)
        if (!params[i]) return m_fail(call, m_err_memory, NULL);
    return m_pg_query(conn, call, NULL, sql, params, n, out);
}
