#include "m/call.h"

#include <stdarg.h>
#include <stdio.h>

#define DETAIL_MAX 512

/* Printf into out; a character that was cut in two at the end is left out. */
__attribute__((format(printf, 2, 0))) static m_str print_detail(char out[DETAIL_MAX],
                                                                const char *format, va_list args)
{
    int printed = vsnprintf(out, DETAIL_MAX, format, args);
    if (printed < 0) return (m_str){NULL, 0};
    if (printed < DETAIL_MAX) return (m_str){out, (size_t)printed};
    size_t n = DETAIL_MAX - 1;
    while (n && ((unsigned char)out[n - 1] & 0xc0) == 0x80)
        n--;
    if (n && (unsigned char)out[n - 1] >= 0xc0) n--;
    return (m_str){out, n};
}

/* message with the detail at %s; without a detail, or without memory for it, ": %s" is left out.
 * With no memory at all the constant text before that must do, so the full stop is missing then. */
static m_str compose(m_arena *arena, const char *message, m_str detail)
{
    const char *hole = strstr(message, "%s");
    if (!hole) return m_str_of(message);
    size_t head = (size_t)(hole - message);
    if (detail.n) {
        const char *text =
            m_arena_printf(arena, "%.*s%.*s%s", (int)head, message, M_STR_ARG(detail), hole + 2);
        if (text) return m_str_of(text);
    }
    while (head && (message[head - 1] == ' ' || message[head - 1] == ':'))
        head--;
    const char *text = m_arena_printf(arena, "%.*s%s", (int)head, message, hole + 2);
    return text ? m_str_of(text) : (m_str){message, head};
}

m_status m_fail(m_call *call, const m_error_def *def, const char *detail_format, ...)
{
    char buffer[DETAIL_MAX];
    m_str detail = {NULL, 0};
    if (detail_format) {
        va_list args;
        va_start(args, detail_format);
        detail = print_detail(buffer, m_say(call, detail_format), args);
        va_end(args);
    }
    call->error.status = def->status;
    call->error.code = m_str_of(def->code);
    call->error.message = compose(call->arena, m_say(call, def->message), detail);
    call->error.hint = m_str_of(m_say(call, def->hint));
    return def->status;
}

void m_field_fail(m_call *call, const m_error_def *def, m_str path, const char *detail_format, ...)
{
    m_error *error = &call->error;
    m_str kept = {NULL, 0};
    if (error->field_count < M_ERROR_FIELDS_MAX) kept = m_str_dup(call->arena, path);
    if (error->field_count >= M_ERROR_FIELDS_MAX || kept.n != path.n) {
        error->fields_dropped++; /* too many, or no memory: still counts as wrong */
        return;
    }
    char buffer[DETAIL_MAX];
    m_str detail = {NULL, 0};
    if (detail_format) {
        va_list args;
        va_start(args, detail_format);
        detail = print_detail(buffer, m_say(call, detail_format), args);
        va_end(args);
    }
    error->fields[error->field_count++] = (m_field_error){
        .path = kept,
        .code = m_str_of(def->code),
        .message = compose(call->arena, m_say(call, def->message), detail),
    };
}

m_status m_failed_fields(m_call *call)
{
    uint64_t wrong = (uint64_t)call->error.field_count + call->error.fields_dropped;
    if (wrong == 0) return M_OK;
    if (wrong == 1) return m_fail(call, m_err_validation, "one field is wrong");
    return m_fail(call, m_err_validation, "%llu fields are wrong", (unsigned long long)wrong);
}

m_status m_told(m_call *call, m_status status)
{
    switch (status) {
    case M_OK:
        return M_OK;
    case M_NOMEM:
        return m_fail(call, m_err_memory, NULL);
    case M_RANGE:
        return m_fail(call, m_err_overflow, "an amount of this document");
    default:
        return m_fail(call, m_err_internal, NULL);
    }
}

m_str m_line_path(m_call *call, const char *list, uint32_t line, const char *member)
{
    const char *text = m_arena_printf(call->arena, "%s[%u].%s", list, (unsigned)line, member);
    return m_str_of(text ? text : list);
}

void m_error_clear(m_call *call)
{
    m_error *error = &call->error;
    error->status = M_OK;
    error->code = error->message = error->hint = (m_str){NULL, 0};
    error->field_count = 0;
    error->fields_dropped = 0;
}

bool m_call_has_role(const m_call *call, const char *role)
{
    for (uint32_t i = 0; i < call->role_count; i++)
        if (m_str_is(call->roles[i], role)) return true;
    return false;
}

m_date m_today(const m_call *call)
{
    const int64_t us_per_day = INT64_C(86400000000);
    int64_t us = m_now(call).us;
    int64_t days = us / us_per_day - (us % us_per_day < 0);
    return (m_date){(int32_t)(days + M_DATE_1970)};
}
