#include <check.h>
#include <stdlib.h>

#include "m_adapters/codec.h"
#include "test_env.h"
#include "unit.h"

/* Records joined with |, cells in <>; a fault: "!" and its line. */
static const struct {
    const char *text;
    const char *records;
} rows[] = {
    {"", ""},
    {"\n\r\n\r", ""},
    {"\xef\xbb\xbf", ""},
    {"a", "<a>|"},
    {"a,b\n1,2\n", "<a><b>|<1><2>|"},
    {"a,b\r\n1,2\r\n\r\n3,4", "<a><b>|<1><2>|<3><4>|"},
    {"a,b\r1,2", "<a><b>|<1><2>|"},
    {"\xef\xbb\xbf"
     "a;b\n1,5;2",
     "<a><b>|<1,5><2>|"},
    {"\"a;;;\",b\n1,2", "<a;;;><b>|<1><2>|"},
    {",\n", "<><>|"},
    {"a,\n,b", "<a><>|<><b>|"},
    {"\"\"", "<>|"},
    {"\"a \"\"b\"\"\",c", "<a \"b\"><c>|"},
    {"\"two\nlines\",x\ny,z", "<two\nlines><x>|<y><z>|"},
    {"\"two\r\nlines\"", "<two\r\nlines>|"},
    {" a , b ", "< a >< b >|"},
    {"caf\xc3\xa9", "<caf\xc3\xa9>|"},
    {"'=1+1,'tis,''-x,'-5", "<=1+1><'tis><'-x><'-5>|"},
    {"\"abc", "!1"},
    {"x\n\"abc\n\n", "<x>|!2"},
    {"\"abc\"d", "!1"},
    {"ab\"c", "!1"},
    {"a\n\"b\nc\"\nd\"", "<a>|<b\nc>|!4"},
    {"caf\xe9", "!1"},
};

static const char *parse(m_call *call, m_str text)
{
    m_csv csv = {.text = text};
    m_buf out = {.arena = call->arena};
    m_str *cells;
    uint32_t count;
    bool more = true;
    while (more) {
        m_status status = m_csv_next(call, &csv, &cells, &count, &more);
        if (status != M_OK) {
            ck_assert_int_eq(status, M_INVALID);
            m_buf_format(&out, "!%u", csv.line);
            break;
        }
        for (uint32_t i = 0; i < count; i++)
            m_buf_format(&out, "<%.*s>", M_STR_ARG(cells[i]));
        if (more) m_buf_text(&out, "|");
    }
    return out.n ? m_str_z(call->arena, m_buf_str(&out)) : "";
}

START_TEST(table)
{
    m_call *call = test_call();
    ck_assert_str_eq(parse(call, m_str_of(rows[_i].text)), rows[_i].records);
    test_call_free(call);
}
END_TEST

START_TEST(cells_come_back)
{
    static const char *const cells[] = {"",       "plain", "a,b",      "a;b",  "a\"b", "a\nb",
                                        "a\r\nb", " lead", "trail ",   "=1+1", "@sum", "+a",
                                        "-a",     "-5.00", "+91 98",   "'=x",  "''=x", "'tis",
                                        "\tx",    "-",     "=\"a,b\"", "'",    "'-5"};
    m_call *call = test_call();
    m_buf out = {.arena = call->arena};
    for (size_t i = 0; i < UNIT_COUNT(cells); i++) {
        if (i) m_buf_text(&out, ",");
        m_csv_cell(&out, m_str_of(cells[i]));
    }
    m_csv csv = {.text = m_buf_str(&out), .separator = ','};
    m_str *back;
    uint32_t count;
    bool more;
    ck_assert_int_eq(m_csv_next(call, &csv, &back, &count, &more), M_OK);
    ck_assert_uint_eq(count, UNIT_COUNT(cells));
    for (size_t i = 0; i < UNIT_COUNT(cells); i++)
        ck_assert_msg(m_str_is(back[i], cells[i]), "%s: %.*s", cells[i], M_STR_ARG(back[i]));
    out = (m_buf){.arena = call->arena};
    m_csv_cell(&out, M_STR("=1+1"));
    ck_assert(m_str_is(m_buf_str(&out), "'=1+1"));
    out = (m_buf){.arena = call->arena};
    m_csv_cell(&out, M_STR("-5.00"));
    ck_assert(m_str_is(m_buf_str(&out), "-5.00"));
    test_call_free(call);
}
END_TEST

START_TEST(sizes_are_bounded)
{
    static char text[70000];
    m_call *call = test_call();
    memset(text, 'x', sizeof text);
    ck_assert_str_eq(parse(call, (m_str){text, sizeof text}), "!1");
    text[0] = '"';
    ck_assert_str_eq(parse(call, (m_str){text, sizeof text}), "!1");
    memset(text, ',', sizeof text);
    ck_assert_str_eq(parse(call, (m_str){text, 1000}), "!1");
    test_call_free(call);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("all");
    tcase_add_loop_test(tc, table, 0, (int)UNIT_COUNT(rows));
    tcase_add_test(tc, cells_come_back);
    tcase_add_test(tc, sizes_are_bounded);
    return unit_run(tc, "csv");
}
