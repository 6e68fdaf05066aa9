#include "rpc.h"

#include <stdio.h>
#include <time.h>

enum {
    E_UNAVAILABLE,
    E_TIMEOUT,
    E_OPEN,
    E_TOO_BIG,
    E_REPLY,
    E_REFUSED,
    E_CONTRACT,
    E_METHOD,
    E_UNSIGNED,
    E_END
};

const m_error_def m_rpc_errors[] = {
    [E_UNAVAILABLE] = {"core.rpc.unavailable", M_UNAVAILABLE,
                       "A part of the system cannot be reached: %s.",
                       "Try again in a moment; if it lasts, its process or the broker is down."},
    [E_TIMEOUT] = {"core.rpc.timeout", M_TIMEOUT,
                   "A part of the system did not answer in time: %s.",
                   "Try again in a moment; with the same Idempotency-Key nothing happens twice."},
    [E_OPEN] = {"core.rpc.resting", M_UNAVAILABLE,
                "A part of the system failed several times and is left alone for a moment: %s.",
                "Try again in a few seconds."},
    [E_TOO_BIG] = {"core.rpc.too_big", M_RANGE, "The message is larger than the broker takes: %s.",
                   "Ask for less at once, or raise max_payload of the broker."},
    [E_REPLY] = {"core.rpc.reply", M_INTERNAL, "An answer cannot be read: %s.",
                 "Compare the versions of the processes."},
    [E_REFUSED] = {"core.rpc.refused", M_UNAUTHORIZED,
                   "A part of the system does not accept who is asking: %s.",
                   "Compare the key files and the clocks of the processes."},
    [E_CONTRACT] = {"core.rpc.contract", M_UNSUPPORTED,
                    "This version of the contract is not spoken: %s.",
                    "Upgrade the providers first, one version at a time."},
    [E_METHOD] = {"core.rpc.method", M_UNSUPPORTED, "There is no such method: %s.",
                  "Compare the versions of the processes."},
    [E_UNSIGNED] = {"core.rpc.unsigned", M_UNAVAILABLE,
                    "An answer is not signed by a process of ours: %s.",
                    "Compare the key files of the processes. While an upgrade runs, processes of "
                    "the version before are believed with M_UNSIGNED_REPLIES=accept."},
    [E_END] = {NULL, M_OK, NULL, NULL},
};
const m_error_def *const m_err_rpc_unavailable = &m_rpc_errors[E_UNAVAILABLE];
const m_error_def *const m_err_rpc_timeout = &m_rpc_errors[E_TIMEOUT];
const m_error_def *const m_err_rpc_open = &m_rpc_errors[E_OPEN];
const m_error_def *const m_err_rpc_too_big = &m_rpc_errors[E_TOO_BIG];
const m_error_def *const m_err_rpc_reply = &m_rpc_errors[E_REPLY];
const m_error_def *const m_err_rpc_refused = &m_rpc_errors[E_REFUSED];
const m_error_def *const m_err_rpc_contract = &m_rpc_errors[E_CONTRACT];
const m_error_def *const m_err_rpc_method = &m_rpc_errors[E_METHOD];
const m_error_def *const m_err_rpc_unsigned = &m_rpc_errors[E_UNSIGNED];

bool rpc_subject(char out[SUBJECT_MAX], const char *service, const char *protocol,
                 const char *method)
{
    int n = snprintf(out, SUBJECT_MAX, "rpc.%s.%s.%s", service, protocol, method);
    return n > 0 && n < SUBJECT_MAX;
}

bool rpc_name_valid(const char *name)
{
    size_t n = name ? strlen(name) : 0;
    return n > 0 && n < SERVICE_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == n;
}

int64_t rpc_clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- errors as records ---- */

typedef struct {
    m_str path;
    m_str code;
    m_str message;
} field_row;
static const m_field field_row_fields[] = {
    M_F_STR(field_row, path, "Path"),
    M_F_STR(field_row, code, "Code"),
    M_F_TEXT(field_row, message, "Message"),
};
static const m_type field_row_type = {
    .name = "rpc.field_error", .size = sizeof(field_row), M_FIELDS(field_row_fields)};

typedef struct {
    m_str status;
    m_str code;
    m_str message;
    m_str hint;
    m_list fields;
    int64_t dropped;
} error_row;
static const m_field error_row_fields[] = {
    M_F_STR(error_row, status, "Status"),
    M_F_STR(error_row, code, "Code"),
    M_F_TEXT(error_row, message, "Message"),
    M_F_TEXT(error_row, hint, "Hint"),
    M_F_LIST(error_row, fields, "Fields", &field_row_type),
    M_F_INT(error_row, dropped, "Dropped"),
};
static const m_type error_row_type = {
    .name = "rpc.error", .size = sizeof(error_row), M_FIELDS(error_row_fields)};

void rpc_error_write(m_buf *buf, m_status status, const m_error *error)
{
    field_row rows[M_ERROR_FIELDS_MAX];
    for (uint32_t i = 0; i < error->field_count; i++)
        rows[i] =
            (field_row){error->fields[i].path, error->fields[i].code, error->fields[i].message};
    const error_row row = {.status = m_str_of(m_status_name(status)),
                           .code = error->code,
                           .message = error->message,
                           .hint = error->hint,
                           .fields = {rows, error->field_count},
                           .dropped = error->fields_dropped};
    m_json_canonical(buf, &error_row_type, &row);
}

m_status rpc_status_of(m_str name)
{
    for (m_status s = M_OK; s < M_STATUS_COUNT; s++)
        if (m_str_is(name, m_status_name(s))) return s;
    return M_STATUS_COUNT;
}

m_status rpc_error_read(m_arena *arena, const m_env *env, m_str text, m_error *out)
{
    m_call call = {.arena = arena, .env = env};
    error_row row = {.dropped = 0};
    M_TRY(m_json_read(&call, &error_row_type, text, M_JSON_TRUSTED, &row, NULL));
    m_status status = rpc_status_of(row.status);
    if (status == M_OK || status == M_STATUS_COUNT || !row.code.n ||
        row.fields.count > M_ERROR_FIELDS_MAX || row.dropped < 0)
        return M_INVALID;
    *out = (m_error){.status = status,
                     .code = row.code,
                     .message = row.message,
                     .hint = row.hint,
                     .field_count = row.fields.count,
                     .fields_dropped = (uint32_t)row.dropped};
    for (uint32_t i = 0; i < row.fields.count; i++) {
        const field_row *f = &((field_row *)row.fields.items)[i];
        out->fields[i] = (m_field_error){f->path, f->code, f->message};
    }
    return M_OK;
}

void rpc_error_fill(m_error *out, m_arena *arena, const m_error_def *def, const char *detail)
{
    m_call call = {.arena = arena};
    if (detail)
        m_fail(&call, def, "%s", detail);
    else
        m_fail(&call, def, NULL);
    *out = call.error;
}
