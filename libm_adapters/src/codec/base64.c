#include "m_adapters/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

m_str m_base64_text(m_arena *arena, m_str bytes)
{
    size_t n = (bytes.n * 4 + 2) / 3;
    char *out = m_arena_alloc(arena, n + 1);
    if (!out) return (m_str){NULL, 0};
    uint32_t held = 0;
    int bits = 0;
    size_t at = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        held = held << 8 | (uint8_t)bytes.p[i];
        for (bits += 8; bits >= 6; bits -= 6)
            out[at++] = alphabet[held >> (bits - 6) & 63];
    }
    if (bits) out[at++] = alphabet[held << (6 - bits) & 63];
    return (m_str){out, at};
}

/* Of one character of the alphabet, or −1. Whole files come this way: it must not search. */
static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

m_status m_base64_bytes(m_arena *arena, m_str text, m_str *out)
{
    char *bytes = m_arena_alloc(arena, text.n);
    if (!bytes) return M_NOMEM;
    if (text.n % 4 == 1) return M_INVALID;
    uint32_t held = 0;
    int bits = 0;
    size_t at = 0;
    for (size_t i = 0; i < text.n; i++) {
        int digit = value_of(text.p[i]);
        if (digit < 0) return M_INVALID;
        held = held << 6 | (uint32_t)digit;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes[at++] = (char)(held >> bits & 255);
    }
    if (held & ((1U << bits) - 1)) return M_INVALID; /* one text, one spelling */
    *out = (m_str){bytes, at};
    return M_OK;
}
