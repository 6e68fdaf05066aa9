#include "m/value.h"
#include "unit.h"

START_TEST(a_known_ulid)
{
    /* 1469918176385 ms is written 01ARYZ6S41 */
    const uint8_t random[10] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    m_id id = m_id_make(UINT64_C(1469918176385), random);
    char text[M_ID_TEXT];
    m_id_format(id, text);
    ck_assert_str_eq(text, "01ARYZ6S41ZZZZZZZZZZZZZZZZ");
    ck_assert_int_eq(id.b[0], 0x01);
    ck_assert_int_eq(id.b[5], 0x81);
}
END_TEST

START_TEST(the_ends_are_written_and_read)
{
    m_id none = {{0}};
    m_id most;
    m_id back;
    char text[M_ID_TEXT];
    memset(&most, 0xff, sizeof most);
    m_id_format(none, text);
    ck_assert_str_eq(text, "00000000000000000000000000");
    ck_assert_int_eq(m_id_parse(m_str_of(text), &back), M_OK);
    ck_assert(m_id_is_null(back));
    m_id_format(most, text);
    ck_assert_str_eq(text, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    ck_assert_int_eq(m_id_parse(m_str_of(text), &back), M_OK);
    ck_assert(m_id_eq(back, most));
}
END_TEST

static const char *const refused[] = {
    "",
    "01ARYZ6S41",
    "01ARYZ6S41ZZZZZZZZZZZZZZZ",   /* 25 */
    "01ARYZ6S41ZZZZZZZZZZZZZZZZZ", /* 27 */
    "81ARYZ6S41ZZZZZZZZZZZZZZZZ",  /* more than 128 bits */
    "Z1ARYZ6S41ZZZZZZZZZZZZZZZZ",
    "01ARYZ6S41ZZZZZZZZZZZZZZZI",
    "01ARYZ6S41ZZZZZZZZZZZZZZZL",
    "01ARYZ6S41ZZZZZZZZZZZZZZZO",
    "01ARYZ6S41ZZZZZZZZZZZZZZZU",
    "01ARYZ6S41ZZZZZZZ-ZZZZZZZZ",
    "01ARYZ6S41ZZZZZZZZZZZZZZZ ",
    "01ARYZ6S41ZZZZZZZZZZZZZZ\xc3\x84",
};

START_TEST(refuses_other_texts)
{
    m_id out = {{42}};
    ck_assert_int_eq(m_id_parse(m_str_of(refused[_i]), &out), M_INVALID);
    ck_assert_int_eq(out.b[0], 42);
}
END_TEST

START_TEST(ids_round_trip_in_both_cases_and_sort_by_time)
{
    uint64_t state = 26;
    m_id last = {{0}};
    char last_text[M_ID_TEXT] = "";
    for (uint64_t ms = 1; ms < UINT64_C(1) << 47; ms += ms / 50 + 1) {
        uint8_t random[10];
        for (size_t i = 0; i < sizeof random; i++)
            random[i] = (uint8_t)unit_random(&state);
        m_id id = m_id_make(ms, random);
        char text[M_ID_TEXT];
        m_id back;
        m_id_format(id, text);
        ck_assert(m_id_cmp(last, id) < 0 && strcmp(last_text, text) < 0);
        ck_assert_int_eq(m_id_parse(m_str_of(text), &back), M_OK);
        ck_assert(m_id_eq(id, back));
        memcpy(last_text, text, sizeof text);
        for (size_t i = 0; text[i]; i++)
            if (text[i] >= 'A') text[i] = (char)(text[i] + 32);
        ck_assert_int_eq(m_id_parse(m_str_of(text), &back), M_OK);
        ck_assert(m_id_eq(id, back));
        last = id;
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("id");
    tcase_add_test(t, a_known_ulid);
    tcase_add_test(t, the_ends_are_written_and_read);
    tcase_add_loop_test(t, refuses_other_texts, 0, (int)UNIT_COUNT(refused));
    tcase_add_test(t, ids_round_trip_in_both_cases_and_sort_by_time);
    return unit_run(t, "id");
}
