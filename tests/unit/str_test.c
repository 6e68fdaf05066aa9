#include "m/value.h"
#include "unit.h"

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const struct {
    m_str s;
    bool valid;
    size_t length; /* of valid text */
} utf8_cases[] = {
    {TEXT(""), true, 0},
    {TEXT("plain"), true, 5},
    {TEXT("plain text of more than eight bytes\x7f"), true, 36},
    {TEXT("\xc3\xa9t\xc3\xa9"), true, 3},
    {TEXT("\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\xa8\xe0\xa5\x8d\xe0\xa4\xa6\xe0\xa5\x80"), true, 6},
    {TEXT("\xf0\x9f\x93\xa6"), true, 1},
    {TEXT("\xc2\x80"), true, 1},          /* first of two bytes */
    {TEXT("\xdf\xbf"), true, 1},          /* last of two bytes */
    {TEXT("\xe0\xa0\x80"), true, 1},      /* first of three */
    {TEXT("\xed\x9f\xbf"), true, 1},      /* last before the surrogates */
    {TEXT("\xee\x80\x80"), true, 1},      /* first after them */
    {TEXT("\xef\xbf\xbf"), true, 1},      /* last of three */
    {TEXT("\xf0\x90\x80\x80"), true, 1},  /* first of four */
    {TEXT("\xf4\x8f\xbf\xbf"), true, 1},  /* U+10FFFF */
    {TEXT("\xf4\x90\x80\x80"), false, 0}, /* U+110000 */
    {TEXT("\xf5\x80\x80\x80"), false, 0},
    {TEXT("\xff"), false, 0},
    {TEXT("\xc0\x80"), false, 0},         /* overlong zero */
    {TEXT("\xc1\xbf"), false, 0},         /* overlong */
    {TEXT("\xe0\x9f\xbf"), false, 0},     /* overlong */
    {TEXT("\xf0\x8f\xbf\xbf"), false, 0}, /* overlong */
    {TEXT("\xed\xa0\x80"), false, 0},     /* surrogate */
    {TEXT("\xed\xbf\xbf"), false, 0},     /* surrogate */
    {TEXT("\x80"), false, 0},             /* continuation alone */
    {TEXT("abc\xbf"), false, 0},
    {TEXT("\xc3"), false, 0},         /* cut */
    {TEXT("\xe0\xa4"), false, 0},     /* cut */
    {TEXT("\xf0\x9f\x93"), false, 0}, /* cut */
    {TEXT("\xc3\x28"), false, 0},     /* no continuation */
    {TEXT("\xe0\xa4\x28"), false, 0},
    {TEXT("\xf0\x9f\x93\x28"), false, 0},
    {TEXT("a\0b"), false, 0},                /* U+0000 */
    {TEXT("seven77\0seven77x"), false, 0},   /* … inside eight bytes */
    {TEXT("eight888eight88\x80"), false, 0}, /* … and at the end of them */
    {TEXT("eight888\xe0\xa4\xb9"), true, 9},
};

START_TEST(utf8_is_checked_strictly)
{
    ck_assert_int_eq(m_utf8_valid(utf8_cases[_i].s), utf8_cases[_i].valid);
    if (utf8_cases[_i].valid)
        ck_assert_uint_eq(m_utf8_length(utf8_cases[_i].s), utf8_cases[_i].length);
}
END_TEST

/* Writes the code point without looking at whether it may exist. */
static m_str encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return (m_str){out, 1};
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | code);
    return (m_str){out, n};
}

START_TEST(every_code_point_is_judged)
{
    for (uint32_t code = 0; code < 0x120000; code++) {
        char bytes[4];
        bool exists = code != 0 && !(code >= 0xd800 && code <= 0xdfff) && code <= 0x10ffff;
        if (m_utf8_valid(encode(code, bytes)) != exists) ck_abort_msg("U+%04X", code);
    }
}
END_TEST

START_TEST(texts_are_compared)
{
    ck_assert(m_str_cmp(M_STR("a"), M_STR("b")) < 0);
    ck_assert(m_str_cmp(M_STR("a"), M_STR("ab")) < 0);
    ck_assert(m_str_cmp(M_STR("ab"), M_STR("a")) > 0);
    ck_assert(m_str_cmp(M_STR("\xc3"), M_STR("a")) > 0);
    ck_assert(m_str_cmp(M_STR("ab"), M_STR("ab")) == 0);
    ck_assert(m_str_cmp((m_str){NULL, 0}, M_STR("")) == 0);
    ck_assert(m_str_eq((m_str){NULL, 0}, M_STR("")));
    ck_assert(!m_str_eq(M_STR("a"), M_STR("b")));
    ck_assert(m_str_is(M_STR("abc"), "abc") && !m_str_is(M_STR("abc"), "ab"));
    ck_assert(m_str_is((m_str){NULL, 0}, NULL));
}
END_TEST

START_TEST(blanks_are_trimmed)
{
    ck_assert(m_str_is(m_str_trim(M_STR(" \t a b\r\n")), "a b"));
    ck_assert(m_str_is(m_str_trim(M_STR("ab")), "ab"));
    ck_assert_uint_eq(m_str_trim(M_STR(" \n ")).n, 0);
    ck_assert_uint_eq(m_str_trim((m_str){NULL, 0}).n, 0);
}
END_TEST

START_TEST(texts_are_copied)
{
    m_arena *arena = m_arena_new(64);
    m_str copy = m_str_dup(arena, M_STR("abc"));
    ck_assert(m_str_is(copy, "abc") && copy.p[3] == 0);
    copy = m_str_dup(arena, M_STR(""));
    ck_assert(copy.p == NULL && copy.n == 0);
    ck_assert_str_eq(m_str_z(arena, (m_str){"abcdef", 3}), "abc");
    ck_assert_str_eq(m_str_z(arena, (m_str){NULL, 0}), "");
    m_arena_fail_nth(arena, 1);
    copy = m_str_dup(arena, M_STR("abc"));
    ck_assert(copy.p == NULL && copy.n == 0);
    m_arena_fail_nth(arena, 1);
    ck_assert_ptr_null(m_str_z(arena, M_STR("abc")));
    m_arena_free(arena);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("str");
    tcase_add_loop_test(t, utf8_is_checked_strictly, 0, (int)UNIT_COUNT(utf8_cases));
    tcase_add_test(t, every_code_point_is_judged);
    tcase_add_test(t, texts_are_compared);
    tcase_add_test(t, blanks_are_trimmed);
    tcase_add_test(t, texts_are_copied);
    return unit_run(t, "str");
}
