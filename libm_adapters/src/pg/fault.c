/* SQLSTATE → status, and what users may know of it. The server's own sentences only go to the log.
 */
#include <stdio.h>

#include "conn.h"
#include "plan.h"

static void keep(char *to, size_t room, const PGresult *result, int what)
{
    const char *text = PQresultErrorField(result, what);
    snprintf(to, room, "%s", text ? text : "");
}

static bool is(const char *state, const char *code)
{
    return strcmp(state, code) == 0;
}

static bool is_class(const char *state, const char *two)
{
    return strncmp(state, two, 2) == 0;
}

void pg_fault_note(m_pg_conn *conn, const pg_step *step, const PGresult *result)
{
    pg_fault *f = &conn->fault;
    *f = (pg_fault){.seen = true, .step = step};
    keep(f->state, sizeof f->state, result, PG_DIAG_SQLSTATE);
    keep(f->constraint, sizeof f->constraint, result, PG_DIAG_CONSTRAINT_NAME);
    keep(f->table, sizeof f->table, result, PG_DIAG_TABLE_NAME);
    keep(f->column, sizeof f->column, result, PG_DIAG_COLUMN_NAME);
    const char *function = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
    f->stale_plan = is(f->state, "26000") ||
                    (is(f->state, "0A000") && function && is(function, "RevalidateCachedQuery"));
    bool usual =
        is(f->state, "23505") || is(f->state, "40001") || is(f->state, "22012") || f->stale_plan;
    bool foreseen = is(f->state, "55P03") || is(f->state, "57014") || is_class(f->state, "23") ||
                    is_class(f->state, "22");
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    pg_log(conn,
           usual      ? "info"
           : foreseen ? "warn"
                      : "error",
           "pg.statement", "SQLSTATE %s: %s%s%s", f->state[0] ? f->state : "none",
           message ? message : PQresultErrorMessage(result), f->constraint[0] ? " constraint " : "",
           f->constraint);
}

static const m_error_def *definition(const pg_fault *f)
{
    const char *s = f->state;
    if (f->stale_plan) return m_err_busy;
    if (is(s, "23505")) return m_err_exists;
    if (is(s, "22012")) return f->step && f->step->checked ? m_err_stale : m_err_internal;
    if (is(s, "40001") || is(s, "40P01")) return m_err_busy;
    if (is(s, "55P03") || is(s, "57014")) return m_err_timeout;
    if (is(s, "25P03") || is_class(s, "08") || is_class(s, "53") || strncmp(s, "57P0", 4) == 0)
        return m_err_unavailable;
    if (is(s, "22003")) return m_err_overflow;
    if (is(s, "23502") || is(s, "23514") || is(s, "22021") || is(s, "22P05") || is(s, "22008"))
        return m_err_validation;
    if (s[0] == 0) return m_err_unavailable; /* libpq itself: the connection */
    return m_err_internal;                   /* 42501 too: our own rights are wrong */
}

/* The field a broken rule is about, or NULL. */
static const char *blamed(const pg_fault *f, const pg_plan *plan, const m_error_def *def)
{
    if (!plan) return NULL;
    if (def == m_err_exists) return pg_plan_blame(plan, f->constraint);
    if (f->column[0]) { /* not null: the column is named */
        const pg_col *c = pg_col_find(&plan->cols, m_str_of(f->column));
        return c ? c->name : NULL;
    }
    const char *best =
        NULL; /* checks are named <table>_<column>_check: the longest column that fits */
    size_t n = strlen(f->constraint);
    for (uint16_t i = 0; n > 6 && i < plan->cols.count; i++) {
        const char *name = plan->cols.items[i].name;
        size_t length = strlen(name);
        const char *at = length + 6 < n ? f->constraint + n - 6 - length : NULL;
        if (at && memcmp(at, name, length) == 0 && strcmp(at + length, "_check") == 0 &&
            (!best || length > strlen(best)))
            best = name;
    }
    if (best) return best;
    return NULL;
}

m_status pg_fault_tell(const m_pg_conn *conn, m_call *call)
{
    const pg_fault *f = &conn->fault;
    const m_error_def *def = definition(f);
    if (!call) return def->status;
    const pg_plan *plan = f->step ? f->step->plan : NULL;
    if (def == m_err_stale && plan && plan->version < 0) def = m_err_not_found;
    const char *name = plan ? plan->type->name : "the database";
    if (def != m_err_exists && def != m_err_validation) return m_fail(call, def, "%s", name);
    const char *field = blamed(f, plan, def);
    if (!field) return m_fail(call, def == m_err_exists ? def : m_err_internal, "%s", name);
    const m_error_def *why = def == m_err_exists     ? m_err_exists
                             : is(f->state, "23502") ? m_err_required
                                                     : m_err_range;
    m_field_fail(call, why, m_str_of(field), NULL);
    return m_fail(call, def, "%s of %s", field, name);
}
