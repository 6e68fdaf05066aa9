#include "envelope.h"

static const char hex_digits[] = "0123456789abcdef";

/* ---- writing ---- */

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("._~:/@-", c));
}

static void put_escaped(m_buf *buf, m_str text)
{
    size_t done = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (is_plain(text.p[i])) continue;
        uint8_t c = (uint8_t)text.p[i];
        char escaped[3] = {'%', hex_digits[c >> 4], hex_digits[c & 15]};
        m_buf_bytes(buf, text.p + done, i - done);
        m_buf_bytes(buf, escaped, sizeof escaped);
        done = i + 1;
    }
    m_buf_bytes(buf, text.p + done, text.n - done);
}

static void put_name(m_buf *buf, const char *name)
{
    if (buf->n) m_buf_bytes(buf, "&", 1);
    m_buf_text(buf, name);
    m_buf_bytes(buf, "=", 1);
}

static void put_text(m_buf *buf, const char *name, m_str text)
{
    if (!text.n) return;
    put_name(buf, name);
    put_escaped(buf, text);
}

static void put_int(m_buf *buf, const char *name, int64_t value)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    put_name(buf, name);
    m_buf_bytes(buf, digits + at, sizeof digits - at);
}

static void put_id(m_buf *buf, const char *name, m_id id)
{
    if (m_id_is_null(id)) return;
    char text[M_ID_TEXT];
    m_id_format(id, text);
    put_name(buf, name);
    m_buf_bytes(buf, text, M_ID_TEXT - 1);
}

static void put_nonce(m_buf *buf, const uint8_t nonce[NONCE_BYTES])
{
    char text[2 * NONCE_BYTES];
    for (size_t i = 0; i < NONCE_BYTES; i++) {
        text[2 * i] = hex_digits[nonce[i] >> 4];
        text[2 * i + 1] = hex_digits[nonce[i] & 15];
    }
    put_name(buf, "nonce");
    m_buf_bytes(buf, text, sizeof text);
}

static void put_roles(m_buf *buf, const envelope *e)
{
    if (!e->role_count) return;
    put_name(buf, "roles");
    for (uint32_t i = 0; i < e->role_count; i++) {
        if (i) m_buf_bytes(buf, ",", 1);
        put_escaped(buf, e->roles[i]);
    }
}

void envelope_write(m_buf *buf, const envelope *e)
{
    put_int(buf, "time", e->time.us);
    put_int(buf, "until", e->until.us);
    put_nonce(buf, e->nonce);
    put_int(buf, "contract", e->contract);
    put_id(buf, "tenant", e->tenant);
    put_id(buf, "actor", e->actor);
    if (e->system) put_int(buf, "system", 1);
    put_text(buf, "name", e->name);
    put_roles(buf, e);
    put_text(buf, "locale", e->locale);
    put_text(buf, "from", e->from);
    put_text(buf, "request", e->request);
    put_text(buf, "key", e->key);
    put_text(buf, "after", e->after);
}

/* ---- reading ---- */

static int hex_value(char c)
{
    const char *at = c ? strchr(hex_digits, c) : NULL;
    return at ? (int)(at - hex_digits) : -1;
}

/* A view when nothing is escaped. Control characters have no place in any of these texts. */
static m_status unescape(m_str text, m_arena *arena, m_str *out)
{
    *out = text;
    if (text.n && memchr(text.p, '%', text.n)) {
        char *to = m_arena_alloc(arena, text.n);
        size_t n = 0;
        if (!to) return M_NOMEM;
        for (size_t i = 0; i < text.n; i++) {
            char c = text.p[i];
            if (c == '%') {
                int high = text.n - i > 2 ? hex_value(text.p[i + 1]) : -1;
                int low = text.n - i > 2 ? hex_value(text.p[i + 2]) : -1;
                if (high < 0 || low < 0) return M_INVALID;
                c = (char)(high << 4 | low);
                i += 2;
            }
            to[n++] = c;
        }
        *out = (m_str){to, n};
    }
    for (size_t i = 0; i < out->n; i++)
        if ((uint8_t)out->p[i] < 0x20 || out->p[i] == 0x7f) return M_INVALID;
    return m_utf8_valid(*out) ? M_OK : M_INVALID;
}

static m_status read_int(m_str text, int64_t most, int64_t *out)
{
    int64_t value = 0;
    if (text.n < 1 || text.n > 18 || (text.n > 1 && text.p[0] == '0')) return M_INVALID;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9') return M_INVALID;
        value = value * 10 + (text.p[i] - '0');
    }
    if (value > most) return M_INVALID;
    *out = value;
    return M_OK;
}

static m_status read_nonce(m_str text, uint8_t out[NONCE_BYTES])
{
    if (text.n != 2 * NONCE_BYTES) return M_INVALID;
    for (size_t i = 0; i < NONCE_BYTES; i++) {
        int high = hex_value(text.p[2 * i]), low = hex_value(text.p[2 * i + 1]);
        if (high < 0 || low < 0) return M_INVALID;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return M_OK;
}

/* The next piece up to `separator`; false when there is none left. */
static bool next_piece(m_str *rest, char separator, m_str *piece)
{
    if (!rest->p) return false;
    const char *end = rest->n ? memchr(rest->p, separator, rest->n) : NULL;
    *piece = (m_str){rest->p, end ? (size_t)(end - rest->p) : rest->n};
    *rest = end ? (m_str){end + 1, rest->n - piece->n - 1} : (m_str){NULL, 0};
    return true;
}

static m_status read_roles(m_str text, m_arena *arena, envelope *e)
{
    m_str piece;
    while (next_piece(&text, ',', &piece)) {
        if (!piece.n || e->role_count == ENVELOPE_ROLES) return M_INVALID;
        M_TRY(unescape(piece, arena, &e->roles[e->role_count]));
        e->role_count++;
    }
    return M_OK;
}

enum {
    P_TIME,
    P_UNTIL,
    P_NONCE,
    P_CONTRACT,
    P_TENANT,
    P_ACTOR,
    P_SYSTEM,
    P_NAME,
    P_ROLES,
    P_LOCALE,
    P_FROM,
    P_REQUEST,
    P_KEY,
    P_AFTER,
    P_COUNT
};
static const char *const pair_names[P_COUNT] = {
    "time", "until", "nonce",  "contract", "tenant",  "actor", "system",
    "name", "roles", "locale", "from",     "request", "key",   "after",
};
#define NEEDED (1u << P_TIME | 1u << P_UNTIL | 1u << P_NONCE | 1u << P_CONTRACT)

static m_status read_number(int pair, m_str value, envelope *e)
{
    int64_t number;
    M_TRY(read_int(value,
                   pair == P_SYSTEM     ? 1
                   : pair == P_CONTRACT ? UINT16_MAX
                                        : INT64_MAX,
                   &number));
    if (pair == P_TIME) e->time.us = number;
    if (pair == P_UNTIL) e->until.us = number;
    if (pair == P_CONTRACT) e->contract = (uint32_t)number;
    if (pair == P_SYSTEM) e->system = number == 1;
    return M_OK;
}

static m_status read_pair(int pair, m_str value, m_arena *arena, envelope *e)
{
    switch (pair) {
    case P_NONCE:
        return read_nonce(value, e->nonce);
    case P_TENANT:
        return m_id_parse(value, &e->tenant);
    case P_ACTOR:
        return m_id_parse(value, &e->actor);
    case P_ROLES:
        return read_roles(value, arena, e);
    case P_NAME:
        return unescape(value, arena, &e->name);
    case P_LOCALE:
        return unescape(value, arena, &e->locale);
    case P_FROM:
        return unescape(value, arena, &e->from);
    case P_REQUEST:
        return unescape(value, arena, &e->request);
    case P_KEY:
        return unescape(value, arena, &e->key);
    case P_AFTER:
        return unescape(value, arena, &e->after);
    default:
        return read_number(pair, value, e);
    }
}

static int pair_of(m_str name)
{
    for (int i = 0; i < P_COUNT; i++)
        if (m_str_is(name, pair_names[i])) return i;
    return -1;
}

m_status envelope_read(m_str text, m_arena *arena, envelope *out)
{
    envelope e = {.role_count = 0};
    uint32_t seen = 0;
    m_str piece;
    if (!text.n || text.n > ENVELOPE_MAX) return M_INVALID;
    while (next_piece(&text, '&', &piece)) {
        const char *equals = piece.n ? memchr(piece.p, '=', piece.n) : NULL;
        if (!equals) return M_INVALID;
        m_str name = {piece.p, (size_t)(equals - piece.p)};
        int pair = pair_of(name);
        if (pair < 0) continue;
        if (seen >> pair & 1) return M_INVALID;
        seen |= 1u << pair;
        M_TRY(read_pair(pair, (m_str){equals + 1, piece.n - name.n - 1}, arena, &e));
    }
    if ((seen & NEEDED) != NEEDED) return M_INVALID;
    *out = e;
    return M_OK;
}

/* ---- calls ---- */

m_status envelope_of_call(const m_call *call, envelope *out)
{
    if (call->role_count > ENVELOPE_ROLES) return M_RANGE;
    *out = (envelope){
        .tenant = call->tenant,
        .actor = call->actor,
        .system = call->system,
        .name = call->actor_name,
        .role_count = call->role_count,
        .locale = call->locale,
        .from = call->source_address,
        .request = call->request_id,
        .key = call->idempotency_key,
    };
    for (uint32_t i = 0; i < call->role_count; i++)
        out->roles[i] = call->roles[i];
    return M_OK;
}

void envelope_to_call(const envelope *e, m_call *call)
{
    call->tenant = e->tenant;
    call->actor = e->actor;
    call->system = e->system;
    call->actor_name = e->name;
    call->roles = e->roles;
    call->role_count = e->role_count;
    call->locale = e->locale;
    call->source_address = e->from;
    call->request_id = e->request;
    call->idempotency_key = e->key;
    call->deadline = e->until;
}

/* ---- trace ---- */

#define TRACE_SPAN 36 /* "00-<32>-" */

static bool all_hex(m_str text, bool *out_zero)
{
    *out_zero = true;
    for (size_t i = 0; i < text.n; i++) {
        if (hex_value(text.p[i]) < 0) return false;
        if (text.p[i] != '0') *out_zero = false;
    }
    return true;
}

bool trace_valid(m_str trace)
{
    bool no_trace, no_span, no_flags;
    return trace.n == TRACE_TEXT - 1 && memcmp(trace.p, "00-", 3) == 0 && trace.p[35] == '-' &&
           trace.p[52] == '-' && all_hex((m_str){trace.p + 3, 32}, &no_trace) && !no_trace &&
           all_hex((m_str){trace.p + TRACE_SPAN, 16}, &no_span) && !no_span &&
           all_hex((m_str){trace.p + 53, 2}, &no_flags);
}

void trace_child(m_str parent, const uint8_t span[8], char out[TRACE_TEXT])
{
    out[0] = 0;
    if (!trace_valid(parent)) return;
    memcpy(out, parent.p, parent.n);
    out[parent.n] = 0;
    for (size_t i = 0; i < 8; i++) {
        out[TRACE_SPAN + 2 * i] = hex_digits[span[i] >> 4];
        out[TRACE_SPAN + 2 * i + 1] = hex_digits[span[i] & 15];
    }
}
