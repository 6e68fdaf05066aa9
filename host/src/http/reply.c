#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "chars.h"
#include "internal.h"

enum { JOIN_BYTES = 16384, ERROR_TEXT = 2048 };

static const char *reason(int status)
{
    static const struct {
        int status;
        const char *text;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status) return reasons[i].text;
    return "Status";
}

/* Unique by the server's random start and its counter. */
void http_request_id(http_server *server, char out[M_ID_TEXT])
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    uint8_t tail[10];
    memcpy(tail, server->id_seed, sizeof server->id_seed);
    uint64_t count = server->id_next++;
    for (unsigned i = 0; i < 5; i++)
        tail[5 + i] = (uint8_t)(count >> (32 - 8 * i));
    m_id_format(m_id_make((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000, tail),
                out);
}

/* A bounded writer: what does not fit is only counted, so that the caller can size and try again.
 */
typedef struct {
    char *p;
    size_t n, cap;
} sink;

static void put(sink *s, const char *text, size_t n)
{
    if (s->n < s->cap) memcpy(s->p + s->n, text, n < s->cap - s->n ? n : s->cap - s->n);
    s->n += n;
}

static void put_z(sink *s, const char *text)
{
    put(s, text, strlen(text));
}

static void put_number(sink *s, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    put(s, digits + at, sizeof digits - at);
}

static void put_date(sink *s)
{
    char text[32];
    struct tm parts;
    time_t now = time(NULL);
    gmtime_r(&now, &parts);
    put(s, text, strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts));
}

static void put_json(sink *s, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        char escape[7];
        if (c == '"' || c == '\\') {
            put(s, "\\", 1);
            put(s, text, 1);
        } else if (c < 0x20) {
            snprintf(escape, sizeof escape, "\\u%04x", c);
            put_z(s, escape);
        } else {
            put(s, text, 1);
        }
    }
}

static void put_error(sink *s, const char *code, const char *message, const char *hint,
                      const char *request_id)
{
    put_z(s, "{\"error\":{\"code\":\"");
    put_json(s, code);
    put_z(s, "\",\"message\":\"");
    put_json(s, message);
    put_z(s, "\",\"hint\":\"");
    put_json(s, hint ? hint : "");
    put_z(s, "\",\"fields\":[],\"request_id\":\"");
    put_json(s, request_id);
    put_z(s, "\"}}");
}

static bool has_body(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

static void put_head(sink *s, const http_response *r, const char *request_id, bool close)
{
    bool cache = false, id = false;
    put_z(s, "HTTP/1.1 ");
    put_number(s, (uint64_t)r->status);
    put_z(s, " ");
    put_z(s, reason(r->status));
    put_z(s, "\r\nDate: ");
    put_date(s);
    for (uint32_t i = 0; i < r->header_count; i++) {
        const http_header *h = &r->headers[i];
        cache = cache || (h->name.n == 13 && strncasecmp(h->name.p, "cache-control", 13) == 0);
        id = id || (h->name.n == 12 && strncasecmp(h->name.p, "x-request-id", 12) == 0);
        put_z(s, "\r\n");
        put(s, h->name.p, h->name.n);
        put_z(s, ": ");
        put(s, h->value.p, h->value.n);
    }
    if (has_body(r->status)) {
        put_z(s, "\r\nContent-Type: ");
        put_z(s, r->content_type ? r->content_type : "application/json");
        put_z(s, "\r\nContent-Length: ");
        put_number(s, r->body_n);
    }
    if (!cache) put_z(s, "\r\nCache-Control: no-store");
    if (!id) {
        put_z(s, "\r\nX-Request-Id: ");
        put_z(s, request_id);
    }
    put_z(s, "\r\nX-Content-Type-Options: nosniff");
    if (close) put_z(s, "\r\nConnection: close");
    put_z(s, "\r\n\r\n");
}

char *http_refusal_text(http_refusal why, const char *request_id, bool is_head, bool close,
                        size_t *n)
{
    const http_header again = {M_STR("Retry-After"), M_STR("1")};
    const http_header allow = {M_STR("Allow"),
                               M_STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")};
    const http_refusal_info *info = http_refusal_of(why);
    char json[ERROR_TEXT];
    sink body = {json, 0, sizeof json};
    put_error(&body, info->code, info->message, info->hint, request_id);
    http_response r = {.status = info->status, .body_n = body.n};
    if (info->status == 429 || info->status == 503) r.headers = &again;
    if (info->status == 405) r.headers = &allow;
    r.header_count = r.headers ? 1 : 0;

    char *text = malloc(2 * ERROR_TEXT);
    if (!text) return NULL;
    sink all = {text, 0, 2 * ERROR_TEXT};
    put_head(&all, &r, request_id, close);
    if (!is_head) put(&all, json, body.n);
    *n = all.n;
    return text;
}

/* A header that could break the framing of the answer, or that this layer itself writes. */
static bool header_good(const http_header *h)
{
    static const char *const ours[] = {"content-length", "transfer-encoding", "connection",
                                       "content-type", "date"};
    if (h->name.n == 0) return false;
    for (size_t i = 0; i < h->name.n; i++)
        if (!http_is((unsigned char)h->name.p[i], HTTP_TOKEN)) return false;
    for (size_t i = 0; i < h->value.n; i++)
        if (!http_is((unsigned char)h->value.p[i], HTTP_VALUE)) return false;
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (h->name.n == strlen(ours[i]) && strncasecmp(h->name.p, ours[i], h->name.n) == 0)
            return false;
    return true;
}

static bool response_good(const http_response *r)
{
    if (r->status < 200 || r->status > 599) return false;
    for (const char *p = r->content_type; p && *p; p++)
        if (!http_is((unsigned char)*p, HTTP_VALUE)) return false;
    for (uint32_t i = 0; i < r->header_count; i++)
        if (!header_good(&r->headers[i])) return false;
    return true;
}

void http_answer_format(http_request *q, const http_response *r)
{
    if (r->close) q->keep_alive = false;
    bool sent = !q->is_head && has_body(r->status);
    bool joined = sent && r->body_n <= JOIN_BYTES;
    bool good = response_good(r);
    if (good) {
        sink measure = {NULL, 0, 0};
        put_head(&measure, r, q->request_id, !q->keep_alive);
        size_t cap = measure.n + (joined ? r->body_n : 0);
        sink all = {malloc(cap), 0, cap};
        if (all.p) {
            put_head(&all, r, q->request_id, !q->keep_alive);
            if (joined) put(&all, r->body, r->body_n);
            q->out_n = all.n < cap ? all.n : cap;
        }
        q->out = all.p;
    } else {
        sent = false;
        q->out = http_refusal_text(HTTP_REFUSE_RESPONSE, q->request_id, q->is_head, !q->keep_alive,
                                   &q->out_n);
    }
    if (q->out && sent && !joined) {
        q->out_body = r->body;
        q->out_body_n = r->body_n;
    } else {
        free(r->body);
    }
}

void http_reply_error(http_request *request, int status, const char *code, const char *message,
                      const char *hint)
{
    sink measure = {NULL, 0, 0};
    put_error(&measure, code, message, hint, request->request_id);
    sink all = {malloc(measure.n), 0, measure.n};
    if (all.p) put_error(&all, code, message, hint, request->request_id);
    http_response response = {.status = status, .body = all.p, .body_n = all.p ? all.n : 0};
    http_reply(request, &response);
}

m_str http_request_header(const http_request *request, const char *name)
{
    for (uint32_t i = 0; i < request->header_count; i++)
        if (m_str_is(request->headers[i].name, name)) return request->headers[i].value;
    return (m_str){NULL, 0};
}
