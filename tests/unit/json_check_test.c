/* The strict check of JSON text. */
#include <check.h>
#include <stdlib.h>

#include "m_adapters/codec.h"
#include "unit.h"

#define T(s)                                                                                       \
    {                                                                                              \
        s, sizeof(s) - 1, true, NULL, 0                                                            \
    }
#define F(s, w, a)                                                                                 \
    {                                                                                              \
        s, sizeof(s) - 1, false, w, a                                                              \
    }

typedef struct {
    const char *text;
    size_t n;
    bool good;
    const char *why; /* part of it */
    size_t at;
} row;

static const row rows[] = {
    T("null"),
    T("true"),
    T(" false\r\n\t"),
    T("0"),
    T("-0"),
    T("-0.0"),
    T("12.50"),
    T("1e400"),
    T("1E+2"),
    T("1.5e-10"),
    T("123456789012345678901234567890.123456789"),
    T("\"\""),
    T("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\""),
    T("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\""),
    T("[]"),
    T("{}"),
    T("[ ]"),
    T("{ }"),
    T("[1,2,[3,{\"a\":[]}]]"),
    T("{\"a\":1,\"b\":{\"a\":2},\"c\":[{\"a\":3},{\"a\":4}]}"),
    T("{\"\":1,\" \":2}"),
    T("{\"a\":1,\"A\":2}"),
    T("{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10}"),
    T("\"\\u0001\""),
    T("\"\\uFFFF\\uE000\""),

    F("", "missing", 0),
    F("   ", "missing", 3),
    F("nul", "not known", 0),
    F("nullx", "more text", 4),
    F("True", "not known", 0),
    F("NaN", "not known", 0),
    F("-NaN", "not known", 0),
    F("Infinity", "not known", 0),
    F("-Infinity", "not known", 0),
    F("undefined", "not known", 0),
    F("+1", "not known", 0),
    F(".5", "not known", 0),
    F("-", "not known", 0),
    F("01", "zeros", 0),
    F("-01", "zeros", 0),
    F("00", "zeros", 0),
    F("1.", "digit", 0),
    F("1.e5", "digit", 0),
    F("1e", "digit", 0),
    F("1e+", "digit", 0),
    F("0x10", "more text", 1),
    F("1_000", "more text", 1),
    F("1 2", "more text", 2),
    F("[1,]", "not known", 3),
    F("[,1]", "not known", 1),
    F("[1 2]", "comma", 3),
    F("[1", "too early", 2),
    F("[", "missing", 1),
    F("]", "not known", 0),
    F("[}", "not known", 1),
    F("[1}", "comma", 2),
    F("{", "key", 1),
    F("}", "not known", 0),
    F("{]", "key", 1),
    F("{\"a\"", "colon", 4),
    F("{\"a\"}", "colon", 4),
    F("{\"a\":", "missing", 5),
    F("{\"a\":}", "not known", 5),
    F("{\"a\":1,}", "key", 7),
    F("{\"a\":1]", "comma", 6),
    F("{\"a\":1 \"b\":2}", "comma", 7),
    F("{a:1}", "key", 1),
    F("{'a':1}", "key", 1),
    F("{1:1}", "key", 1),
    F("{null:1}", "key", 1),
    F("{\"a\" 1}", "colon", 5),
    F("{} {}", "more text", 3),
    F("[]]", "more text", 2),
    F("/* c */ 1", "not known", 0),
    F("1 // c", "more text", 2),
    F("\"", "does not end", 0),
    F("\"abc", "does not end", 0),
    F("\"abc\\", "escape", 4),
    F("\"abc\\\"", "does not end", 0),
    F("\"\\x41\"", "escape", 1),
    F("\"\\'\"", "escape", 1),
    F("\"\\U0041\"", "escape", 1),
    F("\"\\u12\"", "hexadecimal", 1),
    F("\"\\u12g4\"", "hexadecimal", 1),
    F("\"\\u", "hexadecimal", 1),
    F("\"\\u0000\"", "u0000", 1),
    F("\"a\\u0000b\"", "u0000", 2),
    F("\"\\ud800\"", "surrogate", 1),
    F("\"\\ud83d\\u0041\"", "surrogate", 1),
    F("\"\\ud83d\\ud83d\"", "surrogate", 1),
    F("\"\\ude00\"", "surrogate", 1),
    F("\"\\ude00\\ud83d\"", "surrogate", 1),
    F("\"\\ud83dx\"", "surrogate", 1),
    F("\"a\nb\"", "control", 2),
    F("\"a\tb\"", "control", 2),
    F("\"\x1f\"", "control", 1),
    F("\"a\0b\"", "UTF-8", 2),
    F("1\0", "UTF-8", 1),
    F("\xef\xbb\xbf{}", "not known", 0),   /* byte order mark */
    F("\"\xc0\xaf\"", "UTF-8", 1),         /* overlong */
    F("\"\xe0\x80\xaf\"", "UTF-8", 1),     /* overlong */
    F("\"\xed\xa0\x80\"", "UTF-8", 1),     /* surrogate */
    F("\"\xf4\x90\x80\x80\"", "UTF-8", 1), /* above U+10FFFF */
    F("\"\xff\"", "UTF-8", 1),
    F("\"\x80\"", "UTF-8", 1),
    F("\"ab\xe2\x82\"", "UTF-8", 3), /* cut off */
    F("\"ab\xe2\x82", "UTF-8", 3),
    F("{\"a\":\"\xc3\xa9\",\"b\":\"\xc3\"}", "UTF-8", 15),
    F("\xa0{}", "UTF-8", 0),
    F("{\"a\":1,\"a\":2}", "twice", 7),
    F("{\"a\":1,\"\\u0061\":2}", "twice", 7),
    F("{\"\\u00e9\":1,\"\xc3\xa9\":2}", "twice", 12),
    F("{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}", "twice", 18),
    F("{\"/\":1,\"\\/\":2}", "twice", 7),
    F("{\"\":1,\"\":2}", "twice", 6),
    F("{\"x\":{\"a\":1,\"b\":2,\"a\":3}}", "twice", 18),
    F("{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"a\":10}", "twice",
      55),
};

START_TEST(table)
{
    const row *r = &rows[_i];
    size_t at = 999;
    const char *why = NULL;
    /* In memory of its exact size, so that reading past the end is seen. */
    char *copy = malloc(r->n ? r->n : 1);
    memcpy(copy, r->text, r->n);
    bool good = m_json_check((m_str){copy, r->n}, &m_json_default_limits, &at, &why);
    free(copy);
    ck_assert_msg(good == r->good, "%s: %s", r->text, why);
    if (r->good) return;
    ck_assert_msg(strstr(why, r->why) != NULL, "%s: %s", r->text, why);
    ck_assert_msg(at == r->at, "%s: at %zu", r->text, at);
}
END_TEST

static bool check_text(m_str text, const char **why)
{
    size_t at;
    return m_json_check(text, &m_json_default_limits, &at, why);
}

START_TEST(depth_is_bounded)
{
    enum { DEEP = 100000 };
    static char text[2 * DEEP];
    const char *why;
    memset(text, '[', DEEP);
    memset(text + DEEP, ']', DEEP);
    ck_assert(check_text((m_str){text + DEEP - 32, 64}, &why));
    ck_assert(!check_text((m_str){text + DEEP - 33, 66}, &why));
    ck_assert_ptr_nonnull(strstr(why, "deeply"));
    ck_assert(!check_text((m_str){text, 2 * DEEP}, &why));
    ck_assert(!check_text((m_str){text, DEEP}, &why));
    /* Whatever the caller asks for, the stack ends at 1,024. */
    m_json_limits wide = m_json_default_limits;
    wide.max_depth = UINT32_MAX;
    wide.max_nodes = UINT32_MAX;
    size_t at;
    ck_assert(!m_json_check((m_str){text, 2 * DEEP}, &wide, &at, &why));
    ck_assert_uint_eq(at, 1024);
    for (size_t i = 0; i + 5 <= sizeof text; i += 5)
        memcpy(text + i, "{\"a\":", 5);
    ck_assert(!check_text((m_str){text, sizeof text}, &why));
    ck_assert_ptr_nonnull(strstr(why, "deeply"));
}
END_TEST

START_TEST(size_is_bounded)
{
    static char text[200000];
    const char *why;
    memset(text, 'x', sizeof text);
    text[0] = '"';
    text[65537] = '"';
    ck_assert(check_text((m_str){text, 65538}, &why));
    text[65537] = 'x';
    text[65538] = '"';
    ck_assert(!check_text((m_str){text, 65539}, &why));
    ck_assert_ptr_nonnull(strstr(why, "too long"));
    text[0] = '[';
    for (size_t i = 1; i < sizeof text; i += 2)
        memcpy(text + i, "1,", i + 2 > sizeof text ? 1 : 2);
    text[2 * 49999] = ']'; /* the list and 49,999 numbers */
    ck_assert(check_text((m_str){text, 2 * 49999 + 1}, &why));
    text[2 * 49999] = ',';
    text[2 * 50000] = ']';
    ck_assert(!check_text((m_str){text, 2 * 50000 + 1}, &why));
    ck_assert_ptr_nonnull(strstr(why, "too many"));
}
END_TEST

/* 40,000 keys in one object; one of them twice when asked for. */
static m_str many_keys(m_arena *arena, bool twice)
{
    m_buf buf = {.arena = arena};
    m_buf_text(&buf, "{");
    for (int i = 0; i < 40000; i++)
        m_buf_format(&buf, "%s\"key%d\":0", i ? "," : "", twice && i == 39999 ? 77 : i);
    m_buf_text(&buf, "}");
    ck_assert(!buf.failed);
    return m_buf_str(&buf);
}

START_TEST(many_keys_are_compared_fast)
{
    m_arena *arena = m_arena_new(0);
    const char *why;
    ck_assert(check_text(many_keys(arena, false), &why));
    ck_assert(!check_text(many_keys(arena, true), &why));
    ck_assert_ptr_nonnull(strstr(why, "twice"));
    m_arena_free(arena);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("all");
    tcase_add_loop_test(tc, table, 0, (int)UNIT_COUNT(rows));
    tcase_add_test(tc, depth_is_bounded);
    tcase_add_test(tc, size_is_bounded);
    tcase_add_test(tc, many_keys_are_compared_fast);
    return unit_run(tc, "json_check");
}
