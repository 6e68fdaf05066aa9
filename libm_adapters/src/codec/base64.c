#include "m_adapters/base64.h"

#include <sodium.h>

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

m_str m_base64_text(m_arena *arena, m_str bytes)
{
    size_t n = sodium_base64_encoded_len(bytes.n, VARIANT); /* with the terminating zero */
    char *out = m_arena_alloc(arena, n);
    if (!out) return (m_str){NULL, 0};
    sodium_bin2base64(out, n, (const unsigned char *)bytes.p, bytes.n, VARIANT);
    return (m_str){out, n - 1};
}

m_status m_base64_bytes(m_arena *arena, m_str text, m_str *out)
{
    size_t n = 0;
    unsigned char *bytes = m_arena_alloc(arena, text.n);
    if (!bytes) return M_NOMEM;
    if (sodium_base642bin(bytes, text.n, text.p, text.n, NULL, &n, NULL, VARIANT) != 0)
        return M_INVALID;
    *out = (m_str){(char *)bytes, n};
    return M_OK;
}
