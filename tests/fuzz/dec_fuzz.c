#include "fuzz.h"
#include "m/value.h"

/* A text that parses is the value's own text but for zeros at the end. */
static void check_text(m_str text, m_dec value)
{
    char shortest[M_DEC_TEXT];
    char longest[M_DEC_TEXT];
    m_dec back;
    size_t n = m_dec_format(value, 0, shortest);
    FUZZ_CHECK(n <= text.n || value.u == 0);
    FUZZ_CHECK(m_dec_parse((m_str){shortest, n}, &back) == M_OK && back.u == value.u);
    n = m_dec_format(value, M_DEC_SCALE, longest);
    FUZZ_CHECK(n < M_DEC_TEXT);
    FUZZ_CHECK(m_dec_parse((m_str){longest, n}, &back) == M_OK && back.u == value.u);
    FUZZ_CHECK(value.u == 0 || memcmp(text.p, longest, text.n < n ? text.n : n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    m_str text = {(const char *)data, size};
    m_dec value = {0};
    m_dec rounded = {0};
    m_status status = m_dec_parse(text, &value);
    m_status loose = m_dec_parse_round(text, M_DEC_SCALE, M_ROUND_HALF_EVEN, &rounded);
    FUZZ_CHECK((status == M_INVALID) == (loose == M_INVALID));
    if (status == M_OK) {
        FUZZ_CHECK(value.u <= M_DEC_MAX && value.u >= -M_DEC_MAX);
        FUZZ_CHECK(loose == M_OK && rounded.u == value.u);
        check_text(text, value);
    }
    for (int places = 0; places <= M_DEC_SCALE; places++) {
        m_dec low;
        m_dec high;
        if (m_dec_parse_round(text, places, M_ROUND_FLOOR, &low) != M_OK ||
            m_dec_parse_round(text, places, M_ROUND_CEILING, &high) != M_OK)
            continue;
        FUZZ_CHECK(m_dec_fits(low, places) && m_dec_fits(high, places));
        FUZZ_CHECK(low.u <= rounded.u && rounded.u <= high.u);
        FUZZ_CHECK(status != M_OK || m_dec_fits(value, places) == (low.u == high.u));
    }
    return 0;
}
