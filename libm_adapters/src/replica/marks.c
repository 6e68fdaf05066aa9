#include "internal.h"

#define SEQ_DIGITS 18

static bool next_part(m_str *rest, m_str *out)
{
    if (!rest->n) return false;
    const char *comma = memchr(rest->p, ',', rest->n);
    out->p = rest->p;
    out->n = comma ? (size_t)(comma - rest->p) : rest->n;
    size_t used = out->n + (comma != NULL);
    *rest = (m_str){rest->p + used, rest->n - used};
    *out = m_str_trim(*out);
    return true;
}

static bool read_mark(m_str part, m_mark *out)
{
    const char *equals = part.n ? memchr(part.p, '=', part.n) : NULL;
    if (!equals || equals == part.p) return false;
    m_str digits = {equals + 1, part.n - (size_t)(equals + 1 - part.p)};
    if (!digits.n || digits.n > SEQ_DIGITS) return false;
    *out = (m_mark){.producer = {part.p, (size_t)(equals - part.p)}};
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9') return false;
        out->seq = out->seq * 10 + (digits.p[i] - '0');
    }
    return true;
}

m_status m_marks_read(m_call *call, m_str text, m_marks *out)
{
    m_marks marks = {.count = 0};
    m_str rest = m_str_trim(text);
    m_str part;
    while (next_part(&rest, &part)) {
        m_mark mark;
        if (marks.count == M_MARKS_MAX || !read_mark(part, &mark) ||
            m_marks_of(&marks, mark.producer))
            return m_fail(call, &m_replica_errors[REPLICA_E_MARKS], "%.*s",
                          (int)(text.n < 80 ? text.n : 80), text.p);
        marks.items[marks.count++] = mark;
    }
    *out = marks;
    return M_OK;
}

m_str m_marks_write(m_arena *arena, const m_marks *marks)
{
    m_buf buf = {.arena = arena};
    for (uint32_t i = 0; i < marks->count; i++)
        m_buf_format(&buf, "%s%.*s=%lld", i ? "," : "", M_STR_ARG(marks->items[i].producer),
                     (long long)marks->items[i].seq);
    return buf.failed ? (m_str){NULL, 0} : m_buf_str(&buf);
}

int64_t m_marks_of(const m_marks *marks, m_str producer)
{
    for (uint32_t i = 0; i < marks->count; i++)
        if (m_str_eq(marks->items[i].producer, producer)) return marks->items[i].seq;
    return 0;
}

uint32_t m_replica_require(const m_marks *wanted, const m_marks *have, const char *self,
                           m_mark out_from[M_MARKS_MAX])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < wanted->count; i++) {
        m_str producer = wanted->items[i].producer;
        int64_t now = m_marks_of(have, producer);
        if (now >= wanted->items[i].seq || m_words_have(self, producer)) continue;
        out_from[n++] = (m_mark){producer, now};
    }
    return n;
}

int64_t m_marks_lag(const m_marks *heads, const m_marks *have)
{
    int64_t lag = 0;
    for (uint32_t i = 0; i < heads->count; i++)
        for (uint32_t k = 0; k < have->count; k++)
            if (m_str_eq(heads->items[i].producer, have->items[k].producer) &&
                heads->items[i].seq > have->items[k].seq)
                lag += heads->items[i].seq - have->items[k].seq;
    return lag;
}
