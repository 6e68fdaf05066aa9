#include "m/value.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

m_id m_id_make(uint64_t unix_ms, const uint8_t random[10])
{
    m_id id;
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(unix_ms >> (40 - 8 * i));
    memcpy(id.b + 6, random, 10);
    return id;
}

void m_id_format(m_id id, char out[M_ID_TEXT])
{
    unsigned __int128 value = 0;
    for (int i = 0; i < 16; i++)
        value = value << 8 | id.b[i];
    for (int i = M_ID_TEXT - 2; i >= 0; i--) {
        out[i] = alphabet[(unsigned)value & 31];
        value >>= 5;
    }
    out[M_ID_TEXT - 1] = 0;
}

/* Value of a character plus one; 0: not in the alphabet. */
static const uint8_t digit_of[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
    ['G'] = 17, ['H'] = 18, ['J'] = 19, ['K'] = 20, ['M'] = 21, ['N'] = 22, ['P'] = 23, ['Q'] = 24,
    ['R'] = 25, ['S'] = 26, ['T'] = 27, ['V'] = 28, ['W'] = 29, ['X'] = 30, ['Y'] = 31, ['Z'] = 32,
    ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['g'] = 17, ['h'] = 18,
    ['j'] = 19, ['k'] = 20, ['m'] = 21, ['n'] = 22, ['p'] = 23, ['q'] = 24, ['r'] = 25, ['s'] = 26,
    ['t'] = 27, ['v'] = 28, ['w'] = 29, ['x'] = 30, ['y'] = 31, ['z'] = 32,
};

m_status m_id_parse(m_str text, m_id *out)
{
    /* 26 × 5 bits are 130: the first character may only carry three. */
    if (text.n != M_ID_TEXT - 1 || text.p[0] < '0' || text.p[0] > '7') return M_INVALID;
    unsigned __int128 value = 0;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t digit = digit_of[(unsigned char)text.p[i]];
        if (!digit) return M_INVALID;
        value = value << 5 | (unsigned)(digit - 1);
    }
    for (int i = 15; i >= 0; i--) {
        out->b[i] = (uint8_t)value;
        value >>= 8;
    }
    return M_OK;
}
