#include "cookie.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 24

/* Cookies do not tell ports apart: two hosts on one machine would take each other's. */
static void cookie_name(const http_job *j, char out[NAME_MAX_BYTES])
{
    m_str host = http_request_header(j->request, "host");
    size_t n = (size_t)snprintf(out, NAME_MAX_BYTES, "bm_refresh");
    size_t from = host.n;
    while (from > 0 && host.p[from - 1] >= '0' && host.p[from - 1] <= '9')
        from--;
    bool port = from > 0 && from < host.n && host.n - from <= 5 && host.p[from - 1] == ':';
    if (port) snprintf(out + n, NAME_MAX_BYTES - n, "_%.*s", (int)(host.n - from), host.p + from);
}

m_str cookie_token(const http_job *j)
{
    char name[NAME_MAX_BYTES];
    cookie_name(j, name);
    size_t length = strlen(name);
    m_str rest = http_request_header(j->request, "cookie");
    while (rest.n) {
        const char *end = memchr(rest.p, ';', rest.n);
        m_str pair = m_str_trim((m_str){rest.p, end ? (size_t)(end - rest.p) : rest.n});
        if (pair.n > length + 1 && memcmp(pair.p, name, length) == 0 && pair.p[length] == '=')
            return (m_str){pair.p + length + 1, pair.n - length - 1};
        rest = end ? (m_str){end + 1, (size_t)(rest.p + rest.n - end) - 1} : (m_str){NULL, 0};
    }
    return (m_str){NULL, 0};
}

/* SameSite keeps other sites out and the JSON body other origins; a browser that says where the
 * request comes from is believed as well. */
m_status cookie_check_origin(const http_job *j, m_call *call)
{
    m_str from = http_request_header(j->request, "sec-fetch-site");
    if (!from.n || m_str_is(from, "same-origin")) return M_OK;
    return m_fail(call, m_err_unauthorized, NULL);
}

m_str cookie_text(const http_job *j, m_str token, int64_t life_s)
{
    char name[NAME_MAX_BYTES];
    cookie_name(j, name);
    bool tls = m_str_is(http_request_header(j->request, "x-forwarded-proto"), "https");
    char *text = m_arena_printf(
        j->arena, "%s=%.*s; Path=/api/v1/auth; HttpOnly; SameSite=Strict; Max-Age=%lld%s", name,
        M_STR_ARG(token), (long long)(token.n ? life_s : 0), tls ? "; Secure" : "");
    return text ? m_str_of(text) : (m_str){NULL, 0};
}
