#include "framing.h"

#include <stdlib.h>

#include "chars.h"

/* Where the machine stands between two bytes. */
enum {
    S_METHOD,
    S_TARGET,
    S_VERSION,
    S_LINE_LF,
    S_NAME_FIRST, /* at the start of a header line */
    S_NAME,
    S_VALUE_BLANK,
    S_VALUE,
    S_VALUE_LF,
    S_HEAD_LF,
    S_BODY,
    S_CHUNK_SIZE,
    S_CHUNK_SIZE_LF,
    S_CHUNK_DATA,
    S_CHUNK_CR,
    S_CHUNK_LF,
    S_LAST_CR,
    S_LAST_LF
};

/* Headers that may come once; the bit in `seen` is the position here. */
enum { ONE_HOST, ONE_LENGTH, ONE_ENCODING, ONE_EXPECT, ONE_UPGRADE, ONE_NAMED };
static const m_str single_headers[] = {
    [ONE_HOST] = {"host", 4},
    [ONE_LENGTH] = {"content-length", 14},
    [ONE_ENCODING] = {"transfer-encoding", 17},
    [ONE_EXPECT] = {"expect", 6},
    [ONE_UPGRADE] = {"upgrade", 7},
    [ONE_NAMED] = {"authorization", 13},
    {"content-type", 12},
    {"content-encoding", 16},
    {"idempotency-key", 15},
    {"if-match", 8},
    {"if-none-match", 13},
    {"cookie", 6},
    {"origin", 6},
    {"traceparent", 11},
};
enum { SINGLE_COUNT = sizeof single_headers / sizeof single_headers[0] };

enum { HEAD_FIRST_CAP = 1024, BODY_FIRST_CAP = 4096, KEEP_CAP = 4096 };

static bool refuse(http_framing *f, http_refusal why)
{
    f->phase = HTTP_PHASE_REFUSED;
    f->why = why;
    return false;
}

static bool grow(char **block, uint32_t *cap, uint32_t first, uint64_t need, uint32_t limit)
{
    uint64_t size = *cap ? *cap : first;
    while (size < need)
        size *= 2;
    if (size > limit) size = limit;
    if (size <= *cap) return need <= *cap;
    char *bigger = realloc(*block, size);
    if (!bigger) return false;
    *block = bigger;
    *cap = (uint32_t)size;
    return true;
}

static bool head_put(http_framing *f, unsigned char c)
{
    if (f->head_n == f->head_cap &&
        !grow(&f->head, &f->head_cap, HEAD_FIRST_CAP, f->head_n + UINT64_C(1),
              f->limits.line_bytes + f->limits.header_bytes))
        return refuse(f, HTTP_REFUSE_MEMORY);
    f->head[f->head_n++] = (char)c;
    return true;
}

static m_str slice(const http_framing *f, uint32_t at, uint32_t n)
{
    return (m_str){f->head + at, n};
}

m_str http_framing_method(const http_framing *f)
{
    return slice(f, 0, f->method_n);
}

m_str http_framing_path(const http_framing *f)
{
    return slice(f, f->method_n, f->path_n);
}

m_str http_framing_query(const http_framing *f)
{
    if (f->path_n == f->target_n) return (m_str){NULL, 0};
    return slice(f, f->method_n + f->path_n + 1u, f->target_n - f->path_n - 1u);
}

bool http_framing_is_head(const http_framing *f)
{
    return f->method_n == 4 && memcmp(f->head, "HEAD", 4) == 0;
}

/* ---- request line ---- */

static bool method_end(http_framing *f)
{
    static const char *const known[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};
    m_str method = {f->head, f->head_n};
    if (method.n == 0) return refuse(f, HTTP_REFUSE_LINE);
    if (m_str_is(method, "CONNECT") || m_str_is(method, "TRACE"))
        return refuse(f, HTTP_REFUSE_METHOD);
    size_t i = 0;
    while (i < sizeof known / sizeof known[0] && !m_str_is(method, known[i]))
        i++;
    if (i == sizeof known / sizeof known[0]) return refuse(f, HTTP_REFUSE_METHOD_UNKNOWN);
    f->method_n = (uint16_t)f->head_n;
    f->state = S_TARGET;
    return true;
}

static bool escapes_whole(m_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '%') continue;
        if (text.n - i < 3 || m_hex_digit(text.p[i + 1]) < 0 || m_hex_digit(text.p[i + 2]) < 0)
            return false;
        if (text.p[i + 1] == '0' && text.p[i + 2] == '0') return false;
    }
    return true;
}

static bool target_end(http_framing *f)
{
    f->target_n = (uint16_t)(f->head_n - f->method_n);
    if (f->target_n == 0 || f->head[f->method_n] != '/') return refuse(f, HTTP_REFUSE_TARGET);
    const char *mark = memchr(f->head + f->method_n, '?', f->target_n);
    f->path_n = mark ? (uint16_t)(mark - f->head - f->method_n) : f->target_n;
    if (!escapes_whole(http_framing_query(f))) return refuse(f, HTTP_REFUSE_TARGET);
    char decoded[HTTP_LINE_BYTES_MAX];
    size_t decoded_n;
    if (!http_path_decode(http_framing_path(f), decoded, &decoded_n))
        return refuse(f, HTTP_REFUSE_PATH);
    f->state = S_VERSION;
    f->chunk_digits = 0; /* counts the letters of the version here */
    return true;
}

static bool on_method(http_framing *f, unsigned char c)
{
    if (c == ' ') return method_end(f);
    if (c == '\n' || c == '\r')
        return refuse(f, f->head_n ? HTTP_REFUSE_LINE : HTTP_REFUSE_LINE_END);
    if (!http_is(c, HTTP_TOKEN)) return refuse(f, HTTP_REFUSE_LINE);
    return head_put(f, c);
}

static bool on_target(http_framing *f, unsigned char c)
{
    if (c == ' ') return target_end(f);
    if (c == '\n' || c == '\r') return refuse(f, HTTP_REFUSE_LINE);
    if (!http_is(c, HTTP_QUERY)) return refuse(f, HTTP_REFUSE_TARGET);
    return head_put(f, c);
}

static bool on_version(http_framing *f, unsigned char c)
{
    static const char prefix[] = "HTTP/1.";
    unsigned at = f->chunk_digits++;
    if (at < 5) return c == (unsigned char)prefix[at] || refuse(f, HTTP_REFUSE_LINE);
    if (at < 7) return c == (unsigned char)prefix[at] || refuse(f, HTTP_REFUSE_VERSION);
    if (at == 7) {
        if (c != '0' && c != '1') return refuse(f, HTTP_REFUSE_VERSION);
        f->minor = (uint8_t)(c - '0');
        return true;
    }
    if (c == '\n') return refuse(f, HTTP_REFUSE_LINE_END);
    if (c != '\r') return refuse(f, http_is_digit(c) ? HTTP_REFUSE_VERSION : HTTP_REFUSE_LINE);
    f->state = S_LINE_LF;
    return true;
}

/* ---- headers ---- */

static bool on_name_first(http_framing *f, unsigned char c)
{
    if (c == '\r') {
        f->state = S_HEAD_LF;
        return true;
    }
    if (c == '\n') return refuse(f, HTTP_REFUSE_LINE_END);
    if (c == ' ' || c == '\t') return refuse(f, HTTP_REFUSE_FOLDED);
    if (!http_is(c, HTTP_TOKEN)) return refuse(f, HTTP_REFUSE_HEADER_NAME);
    if (f->header_count == f->limits.header_count) return refuse(f, HTTP_REFUSE_HEADERS_MANY);
    f->headers[f->header_count].name = (uint16_t)f->head_n;
    f->state = S_NAME;
    return head_put(f, c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c);
}

static bool on_name(http_framing *f, unsigned char c)
{
    http_framing_header *h = &f->headers[f->header_count];
    if (c == ':') {
        h->name_n = (uint16_t)(f->head_n - h->name);
        h->value = (uint16_t)f->head_n;
        f->state = S_VALUE_BLANK;
        return true;
    }
    if (!http_is(c, HTTP_TOKEN)) return refuse(f, HTTP_REFUSE_HEADER_NAME);
    return head_put(f, c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c);
}

static void connection_options(http_framing *f, m_str value)
{
    for (size_t i = 0; i < value.n;) {
        size_t end = i;
        while (end < value.n && value.p[end] != ',')
            end++;
        while (i < end && (value.p[i] == ' ' || value.p[i] == '\t'))
            i++;
        size_t n = end - i;
        while (n > 0 && (value.p[i + n - 1] == ' ' || value.p[i + n - 1] == '\t'))
            n--;
        if (n == 5 && strncasecmp(value.p + i, "close", 5) == 0) f->keep_alive = false;
        if (n == 7 && strncasecmp(value.p + i, "upgrade", 7) == 0) f->seen |= 1u << ONE_UPGRADE;
        i = end + 1;
    }
}

static bool value_end(http_framing *f)
{
    http_framing_header *h = &f->headers[f->header_count];
    while (f->head_n > h->value &&
           (f->head[f->head_n - 1] == ' ' || f->head[f->head_n - 1] == '\t'))
        f->head_n--;
    h->value_n = (uint16_t)(f->head_n - h->value);
    f->header_count++;
    f->state = S_VALUE_LF;

    m_str name = slice(f, h->name, h->name_n);
    if (m_str_is(name, "connection")) connection_options(f, slice(f, h->value, h->value_n));
    for (unsigned i = 0; i < SINGLE_COUNT; i++) {
        if (!m_str_eq(name, single_headers[i])) continue;
        if (f->seen & (1u << i)) return refuse(f, HTTP_REFUSE_DUPLICATE);
        f->seen |= 1u << i;
    }
    return true;
}

static bool on_value(http_framing *f, unsigned char c)
{
    if (c == '\r') return value_end(f);
    if (c == '\n') return refuse(f, HTTP_REFUSE_LINE_END);
    if (!http_is(c, HTTP_VALUE)) return refuse(f, HTTP_REFUSE_HEADER_VALUE);
    if (f->state == S_VALUE_BLANK && (c == ' ' || c == '\t')) return true;
    f->state = S_VALUE;
    return head_put(f, c);
}

/* ---- what the head means ---- */

static m_str single(const http_framing *f, unsigned which)
{
    for (uint32_t i = 0; i < f->header_count; i++) {
        const http_framing_header *h = &f->headers[i];
        if (m_str_eq(slice(f, h->name, h->name_n), single_headers[which]))
            return slice(f, h->value, h->value_n);
    }
    return (m_str){NULL, 0};
}

static bool came(const http_framing *f, unsigned which)
{
    return (f->seen & (1u << which)) != 0;
}

static bool host_good(const http_framing *f)
{
    if (!came(f, ONE_HOST)) return f->minor == 0;
    m_str host = single(f, ONE_HOST);
    for (size_t i = 0; i < host.n; i++)
        if (!http_is((unsigned char)host.p[i], HTTP_HOST)) return false;
    return host.n > 0;
}

/* Reads Content-Length; more than 18 digits cannot be meant. */
static bool length_parse(m_str text, uint64_t *out)
{
    uint64_t length = 0;
    if (text.n == 0 || text.n > 18) return false;
    for (size_t i = 0; i < text.n; i++) {
        if (!http_is_digit((unsigned char)text.p[i])) return false;
        length = length * 10 + (uint64_t)(text.p[i] - '0');
    }
    *out = length;
    return true;
}

static uint32_t body_max(const http_framing *f)
{
    bool large =
        f->limits.is_large && f->limits.is_large(http_framing_method(f), http_framing_path(f));
    return large ? f->limits.large_bytes : f->limits.body_bytes;
}

static bool head_end(http_framing *f)
{
    uint64_t length = 0;
    bool chunked = came(f, ONE_ENCODING);
    if (!host_good(f)) return refuse(f, HTTP_REFUSE_HOST);
    if (came(f, ONE_UPGRADE)) return refuse(f, HTTP_REFUSE_UPGRADE);
    if (chunked && came(f, ONE_LENGTH)) return refuse(f, HTTP_REFUSE_BOTH);
    if (chunked && (f->minor == 0 || !m_str_is(single(f, ONE_ENCODING), "chunked")))
        return refuse(f, HTTP_REFUSE_ENCODING);
    if (came(f, ONE_LENGTH) && !length_parse(single(f, ONE_LENGTH), &length))
        return refuse(f, HTTP_REFUSE_LENGTH);
    if (came(f, ONE_EXPECT)) {
        m_str expect = single(f, ONE_EXPECT);
        if (expect.n != 12 || strncasecmp(expect.p, "100-continue", 12) != 0)
            return refuse(f, HTTP_REFUSE_EXPECT);
        f->expect_continue = f->minor == 1;
    }
    if ((chunked || length > 0) && f->head[0] != 'P') return refuse(f, HTTP_REFUSE_BODY_UNEXPECTED);
    f->body_max = body_max(f);
    if (length > f->body_max) return refuse(f, HTTP_REFUSE_BODY_LARGE);
    if (f->minor == 0) f->keep_alive = false;
    f->body_left = (uint32_t)length;
    f->phase = chunked || length > 0 ? HTTP_PHASE_BODY : HTTP_PHASE_DONE;
    f->state = chunked ? S_CHUNK_SIZE : S_BODY;
    f->chunk_digits = 0;
    return true;
}

/* ---- body ---- */

static bool chunk_size_end(http_framing *f)
{
    if (f->chunk_digits == 0) return refuse(f, HTTP_REFUSE_CHUNK);
    if (f->body_left > f->body_max - f->body_n) return refuse(f, HTTP_REFUSE_BODY_LARGE);
    f->state = S_CHUNK_SIZE_LF;
    return true;
}

static bool on_chunk_size(http_framing *f, unsigned char c)
{
    int digit = m_hex_digit((char)c);
    if (c == '\r') return chunk_size_end(f);
    if (c == '\n') return refuse(f, HTTP_REFUSE_LINE_END);
    if (digit < 0 || f->chunk_digits == 8) return refuse(f, HTTP_REFUSE_CHUNK);
    if (f->chunk_digits == 0) f->body_left = 0;
    f->body_left = f->body_left * 16 + (uint32_t)digit;
    f->chunk_digits++;
    return true;
}

static bool expect_lf(http_framing *f, unsigned char c, int next)
{
    if (c != '\n') return refuse(f, HTTP_REFUSE_LINE_END);
    f->state = next;
    return true;
}

static bool on_chunk_edge(http_framing *f, unsigned char c)
{
    switch (f->state) {
    case S_CHUNK_SIZE_LF:
        return expect_lf(f, c, f->body_left ? S_CHUNK_DATA : S_LAST_CR);
    case S_CHUNK_CR:
        if (c != '\r') return refuse(f, HTTP_REFUSE_CHUNK);
        f->state = S_CHUNK_LF;
        return true;
    case S_CHUNK_LF:
        f->chunk_digits = 0;
        return expect_lf(f, c, S_CHUNK_SIZE);
    case S_LAST_CR:
        if (c != '\r') return refuse(f, c == '\n' ? HTTP_REFUSE_LINE_END : HTTP_REFUSE_TRAILER);
        f->state = S_LAST_LF;
        return true;
    default:
        if (!expect_lf(f, c, S_LAST_LF)) return false;
        f->phase = HTTP_PHASE_DONE;
        return true;
    }
}

/* Room follows what has arrived, never what was announced. */
static size_t body_take(http_framing *f, const char *bytes, size_t n)
{
    uint32_t take = n < f->body_left ? (uint32_t)n : f->body_left;
    if (!grow(&f->body, &f->body_cap, BODY_FIRST_CAP, (uint64_t)f->body_n + take, f->body_max)) {
        refuse(f, HTTP_REFUSE_MEMORY);
        return 0;
    }
    memcpy(f->body + f->body_n, bytes, take);
    f->body_n += take;
    f->body_left -= take;
    if (f->body_left == 0) {
        if (f->state == S_BODY)
            f->phase = HTTP_PHASE_DONE;
        else
            f->state = S_CHUNK_CR;
    }
    return take;
}

/* ---- the machine ---- */

static bool line_byte(http_framing *f, unsigned char c)
{
    if (f->line_bytes++ >= f->limits.line_bytes && c != '\r' && c != '\n')
        return refuse(f, HTTP_REFUSE_LINE_LONG);
    switch (f->state) {
    case S_METHOD:
        return on_method(f, c);
    case S_TARGET:
        return on_target(f, c);
    case S_VERSION:
        return on_version(f, c);
    default:
        return expect_lf(f, c, S_NAME_FIRST);
    }
}

static bool header_byte(http_framing *f, unsigned char c)
{
    if (++f->header_bytes > f->limits.header_bytes) return refuse(f, HTTP_REFUSE_HEADERS_LARGE);
    switch (f->state) {
    case S_NAME_FIRST:
        return on_name_first(f, c);
    case S_NAME:
        return on_name(f, c);
    case S_VALUE_BLANK:
    case S_VALUE:
        return on_value(f, c);
    case S_VALUE_LF:
        return expect_lf(f, c, S_NAME_FIRST);
    default:
        return expect_lf(f, c, S_HEAD_LF) && head_end(f);
    }
}

size_t http_framing_feed(http_framing *f, const char *bytes, size_t n)
{
    size_t i = 0;
    if (f->phase == HTTP_PHASE_IDLE && n > 0) f->phase = HTTP_PHASE_HEAD;
    while (i < n && f->phase < HTTP_PHASE_DONE) {
        unsigned char c = (unsigned char)bytes[i];
        bool good = true;
        if (f->state == S_BODY || f->state == S_CHUNK_DATA) {
            i += body_take(f, bytes + i, n - i);
            continue;
        }
        if (f->state <= S_LINE_LF)
            good = line_byte(f, c);
        else if (f->state <= S_HEAD_LF)
            good = header_byte(f, c);
        else if (f->state == S_CHUNK_SIZE)
            good = on_chunk_size(f, c);
        else
            good = on_chunk_edge(f, c);
        i++;
        if (!good) break;
    }
    return i;
}

void http_framing_refuse(http_framing *f, http_refusal why)
{
    refuse(f, why);
}

void http_framing_init(http_framing *f, const http_limits *limits)
{
    *f = (http_framing){.limits = *limits, .keep_alive = true};
    if (f->limits.line_bytes > HTTP_LINE_BYTES_MAX) f->limits.line_bytes = HTTP_LINE_BYTES_MAX;
    if (f->limits.header_bytes > HTTP_HEADER_BYTES_MAX)
        f->limits.header_bytes = HTTP_HEADER_BYTES_MAX;
    if (f->limits.header_count > HTTP_HEADERS_MAX) f->limits.header_count = HTTP_HEADERS_MAX;
}

static void drop_large(char **block, uint32_t *cap)
{
    if (*cap <= KEEP_CAP) return;
    free(*block);
    *block = NULL;
    *cap = 0;
}

void http_framing_reset(http_framing *f)
{
    drop_large(&f->head, &f->head_cap);
    drop_large(&f->body, &f->body_cap);
    f->phase = HTTP_PHASE_IDLE;
    f->why = HTTP_REFUSE_NONE;
    f->state = S_METHOD;
    f->head_n = f->line_bytes = f->header_bytes = f->header_count = 0;
    f->method_n = f->target_n = f->path_n = 0;
    f->minor = f->chunk_digits = 0;
    f->keep_alive = true;
    f->expect_continue = false;
    f->seen = f->body_n = f->body_left = 0;
}

void http_framing_clear(http_framing *f)
{
    free(f->head);
    free(f->body);
    f->head = f->body = NULL;
    f->head_cap = f->body_cap = 0;
}
