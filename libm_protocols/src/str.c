#include "m/value.h"

int m_str_cmp(m_str a, m_str b)
{
    size_t common = a.n < b.n ? a.n : b.n;
    int order = common ? memcmp(a.p, b.p, common) : 0;
    if (order) return order;
    return (a.n > b.n) - (a.n < b.n);
}

m_str m_str_dup(m_arena *arena, m_str s)
{
    if (s.n == 0) return (m_str){NULL, 0};
    const char *p = m_arena_copy(arena, s.p, s.n);
    return (m_str){p, p ? s.n : 0};
}

char *m_str_z(m_arena *arena, m_str s)
{
    return m_arena_copy(arena, s.p, s.n);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

m_str m_str_trim(m_str s)
{
    while (s.n && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* Length of the sequence that starts at p, 0 when it is malformed. Unicode standard, table 3-7. */
static size_t sequence_length(const unsigned char *p, size_t left)
{
    unsigned char lead = p[0];
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t n;
    if (lead < 0x80) return lead ? 1 : 0;
    if (lead >= 0xc2 && lead <= 0xdf) {
        n = 2;
    } else if (lead >= 0xe0 && lead <= 0xef) {
        n = 3;
        low = lead == 0xe0 ? 0xa0 : low;   /* overlong */
        high = lead == 0xed ? 0x9f : high; /* surrogates */
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        n = 4;
        low = lead == 0xf0 ? 0x90 : low;   /* overlong */
        high = lead == 0xf4 ? 0x8f : high; /* above U+10FFFF */
    } else {
        return 0;
    }
    if (left < n || p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    return n;
}

/* Eight bytes of plain ASCII without a zero, which is what most text is made of. */
static bool eight_plain(const unsigned char *p)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = UINT64_C(0x8080808080808080);
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return ((word | (word - ones)) & highs) == 0;
}

bool m_utf8_valid(m_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = 0;
    while (i < s.n) {
        if (s.n - i >= 8 && eight_plain(p + i)) {
            i += 8;
            continue;
        }
        size_t n = sequence_length(p + i, s.n - i);
        if (n == 0) return false;
        i += n;
    }
    return true;
}

size_t m_utf8_length(m_str s)
{
    size_t length = 0;
    for (size_t i = 0; i < s.n; i++)
        length += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return length;
}
