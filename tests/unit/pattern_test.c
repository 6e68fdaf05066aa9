#include "m/field.h"
#include "unit.h"

static const struct {
    const char *pattern;
    const char *text;
    bool matches;
} cases[] = {
    {"", "", true},
    {"", "a", false},
    {"abc", "abc", true},
    {"abc", "ab", false},
    {"abc", "abcd", false},
    {"abc", "xabc", false},
    {"a.c", "a.c", true},
    {"a.c", "abc", false}, /* a point is a point */
    {"a\\?", "a?", true},
    {"a\\?", "a", false},
    {"a\\\\b", "a\\b", true},
    {"\\[x]", "[x]", true},
    {"\\d\\d", "42", true},
    {"\\d\\d", "4a", false},
    {"\\d{6}", "560001", true},
    {"\\d{6}", "56001", false},
    {"\\d{6}", "5600011", false},
    {"\\d{2,4}", "1", false},
    {"\\d{2,4}", "12", true},
    {"\\d{2,4}", "1234", true},
    {"\\d{2,4}", "12345", false},
    {"\\d{0,2}", "", true},
    {"a{0}b", "b", true},
    {"a{0}b", "ab", false},
    {"[A-Z0-9]+", "SKU42", true},
    {"[A-Z0-9]+", "", false},
    {"[A-Z0-9]+", "SKU-42", false},
    {"[A-Z0-9-]+", "SKU-42", true},
    {"[-a]+", "a-a", true},
    {"[\\]\\d]+", "]1", true},
    {"[a-c]?", "", true},
    {"[a-c]?", "b", true},
    {"[a-c]?", "bb", false},
    {"a*", "", true},
    {"a*", "aaaa", true},
    {"a*ab", "aaab", true}, /* must give one back */
    {"a*ab", "b", false},
    {"a+a+a+", "aa", false},
    {"a+a+a+", "aaa", true},
    {"[a-z]*[0-9]?z", "abz", true},
    {"[a-z]{2,3}[b-z]{2}", "abcd", true},
    {"[a-z]{2,3}[b-z]{2}", "abcde", true},
    {"[a-z]{2,3}[b-z]{2}", "abcdef", false},
    {"[a-z]{2,3}[b-z]{2}", "bbaab", false},
    {"\\d{2}[A-Z]{5}\\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]", "27AAPFU0939F1ZV", true}, /* GSTIN */
    {"\\d{2}[A-Z]{5}\\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]", "27AAPFU0939F0ZV", false},
    {"[A-Z]{5}\\d{4}[A-Z]", "AAPFU0939F", true}, /* PAN */
    {"[A-Z]{5}\\d{4}[A-Z]", "AAPFU0939f", false},
    {"caf\xc3\xa9", "caf\xc3\xa9", true},
    /* malformed patterns match nothing */
    {"*a", "a", false},
    {"+", "+", false},
    {"a**", "aa", false},
    {"{2}", "", false},
    {"[a-z", "a", false},
    {"[z-a]", "a", false},
    {"a\\", "a", false},
    {"a{", "a", false},
    {"a{2", "aa", false},
    {"a{x}", "a", false},
    {"a{3,2}", "aaa", false},
    {"a{1,}", "a", false},
    {"a{1234567}", "a", false},
    {"[]", "", false},
};

START_TEST(whole_texts_match)
{
    ck_assert_msg(m_pattern_match(cases[_i].pattern, m_str_of(cases[_i].text)) == cases[_i].matches,
                  "%s on \"%s\"", cases[_i].pattern, cases[_i].text);
}
END_TEST

START_TEST(hard_patterns_stay_fast)
{
    static char text[1001];
    memset(text, 'a', sizeof text);
    const char *pattern = "a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b";
    for (int i = 0; i < 100; i++)
        ck_assert(!m_pattern_match(pattern, (m_str){text, 1000}));
    ck_assert(m_pattern_match("a*", (m_str){text, 1000}));
    ck_assert(!m_pattern_match("a*", (m_str){text, 1001}));
}
END_TEST

START_TEST(bytes_and_empty_views_are_safe)
{
    ck_assert(m_pattern_match("a*", (m_str){NULL, 0}));
    ck_assert(!m_pattern_match("a", (m_str){"a\0", 2}));
    ck_assert(!m_pattern_match("[a-z]", (m_str){"\xff", 1}));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("pattern");
    tcase_add_loop_test(t, whole_texts_match, 0, (int)UNIT_COUNT(cases));
    tcase_add_test(t, hard_patterns_stay_fast);
    tcase_add_test(t, bytes_and_empty_views_are_safe);
    return unit_run(t, "pattern");
}
