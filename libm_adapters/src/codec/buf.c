/* m_buf: text that grows by doubling inside an arena. */
#include <stdarg.h>
#include <stdio.h>

#include "codec.h"

#define FIRST_CAPACITY ((size_t)512)

bool m_buf_room(m_buf *buf, size_t more)
{
    if (buf->failed) return false;
    if (buf->capacity - buf->n >= more) return true;
    size_t capacity = buf->capacity ? buf->capacity : FIRST_CAPACITY;
    while (capacity - buf->n < more) {
        if (capacity > SIZE_MAX / 2) {
            buf->failed = true;
            return false;
        }
        capacity *= 2;
    }
    char *p = m_arena_alloc(buf->arena, capacity);
    if (!p) {
        buf->failed = true;
        return false;
    }
    if (buf->n) memcpy(p, buf->p, buf->n);
    buf->p = p;
    buf->capacity = capacity;
    return true;
}

void m_buf_bytes(m_buf *buf, const char *bytes, size_t n)
{
    if (n == 0 || !m_buf_room(buf, n)) return;
    memcpy(buf->p + buf->n, bytes, n);
    buf->n += n;
}

void m_buf_text(m_buf *buf, const char *zero_terminated)
{
    m_buf_bytes(buf, zero_terminated, strlen(zero_terminated));
}

void m_buf_char(m_buf *buf, char c)
{
    if (!m_buf_room(buf, 1)) return;
    buf->p[buf->n++] = c;
}

void m_buf_format(m_buf *buf, const char *format, ...)
{
    char small[256];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0) {
        buf->failed = true;
        return;
    }
    if ((size_t)n < sizeof small) {
        m_buf_bytes(buf, small, (size_t)n);
        return;
    }
    if (!m_buf_room(buf, (size_t)n + 1)) return;
    va_start(args, format);
    n = vsnprintf(buf->p + buf->n, (size_t)n + 1, format, args);
    va_end(args);
    if (n > 0) buf->n += (size_t)n;
}

void m_buf_int(m_buf *buf, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0) digits[--at] = '-';
    m_buf_bytes(buf, digits + at, sizeof digits - at);
}
