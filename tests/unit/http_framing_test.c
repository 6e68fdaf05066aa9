/* The HTTP parser alone: every raw case, its limits, and a replay of the fuzz target on mutated
 * cases. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "../fuzz/http_framing_fuzz.h"
#include "../http_cases.h"
#include "framing.h"

static const http_limits house = {4096, 8192, 64, 2u << 20, 0, NULL};

START_TEST(case_parses_as_expected)
{
    const http_case *t = &http_cases[_i];
    http_framing f;
    http_framing_init(&f, &house);
    size_t at = 0, count = 0;
    bool open = true;
    while (open && at < t->n) {
        at += http_framing_feed(&f, t->bytes + at, t->n - at);
        if (f.phase == HTTP_PHASE_DONE) {
            ck_assert_msg(t->expect[count] == 200, "%s: accepted", t->name);
            open = f.keep_alive;
            http_framing_reset(&f);
        } else {
            ck_assert_msg(f.phase == HTTP_PHASE_REFUSED, "%s: neither whole nor refused", t->name);
            ck_assert_msg(http_refusal_of(f.why)->status == t->expect[count], "%s: %s", t->name,
                          http_refusal_of(f.why)->code);
            open = false;
        }
        count++;
    }
    ck_assert_msg(t->expect[count] == 0, "%s: fewer answers than expected", t->name);
    http_framing_clear(&f);
}
END_TEST

static http_refusal refusal(const char *bytes, size_t n)
{
    http_framing f;
    http_framing_init(&f, &house);
    http_framing_feed(&f, bytes, n);
    http_refusal why = f.phase == HTTP_PHASE_REFUSED ? f.why : HTTP_REFUSE_NONE;
    ck_assert(why != HTTP_REFUSE_NONE || f.phase == HTTP_PHASE_DONE);
    http_framing_clear(&f);
    return why;
}

START_TEST(line_limit_is_exact)
{
    char text[4200];
    for (int over = 0; over < 2; over++) {
        int pad = 4096 - (int)strlen("GET / HTTP/1.1") + over;
        int n = snprintf(text, sizeof text, "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n", pad, 0);
        ck_assert_int_eq(refusal(text, (size_t)n), over ? HTTP_REFUSE_LINE_LONG : HTTP_REFUSE_NONE);
    }
}
END_TEST

START_TEST(header_bytes_limit_is_exact)
{
    char text[9000];
    for (int over = 0; over < 2; over++) {
        int pad = 8192 - (int)strlen("Host: a\r\nX: \r\n\r\n") + over;
        int n = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\nX: %0*d\r\n\r\n", pad, 0);
        ck_assert_int_eq(refusal(text, (size_t)n),
                         over ? HTTP_REFUSE_HEADERS_LARGE : HTTP_REFUSE_NONE);
    }
}
END_TEST

START_TEST(header_count_limit_is_exact)
{
    char text[2048];
    for (int over = 0; over < 2; over++) {
        int n = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n");
        for (int i = 0; i < 63 + over; i++)
            n += snprintf(text + n, sizeof text - (size_t)n, "X: %d\r\n", i);
        n += snprintf(text + n, sizeof text - (size_t)n, "\r\n");
        ck_assert_int_eq(refusal(text, (size_t)n),
                         over ? HTTP_REFUSE_HEADERS_MANY : HTTP_REFUSE_NONE);
    }
}
END_TEST

START_TEST(chunked_body_is_decoded_and_limited)
{
    static const char text[] = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "5\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\n\r\n";
    for (uint32_t limit = 15; limit <= 16; limit++) {
        http_limits limits = house;
        limits.body_bytes = limit;
        http_framing f;
        http_framing_init(&f, &limits);
        http_framing_feed(&f, text, sizeof text - 1);
        if (limit == 16) {
            ck_assert_int_eq(f.phase, HTTP_PHASE_DONE);
            ck_assert_uint_eq(f.body_n, 16);
            ck_assert_mem_eq(f.body, "hello 0123456789", 16);
        } else {
            ck_assert_int_eq(f.phase, HTTP_PHASE_REFUSED);
            ck_assert_int_eq(f.why, HTTP_REFUSE_BODY_LARGE);
        }
        http_framing_clear(&f);
    }
}
END_TEST

START_TEST(announced_length_takes_no_memory)
{
    static const char text[] = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2097152\r\n\r\nx";
    http_framing f;
    http_framing_init(&f, &house);
    http_framing_feed(&f, text, sizeof text - 1);
    ck_assert_int_eq(f.phase, HTTP_PHASE_BODY);
    ck_assert_uint_le(f.body_cap, 4096);
    http_framing_clear(&f);
}
END_TEST

START_TEST(views_show_the_request)
{
    static const char text[] =
        "GET /caf%C3%A9/a?x=1&y=%20 HTTP/1.1\r\nHOST: a\r\nX-Thing: \t v w \r\n\r\n";
    http_framing f;
    http_framing_init(&f, &house);
    ck_assert_uint_eq(http_framing_feed(&f, text, sizeof text - 1), sizeof text - 1);
    ck_assert_int_eq(f.phase, HTTP_PHASE_DONE);
    ck_assert(m_str_is(http_framing_method(&f), "GET"));
    ck_assert(m_str_is(http_framing_path(&f), "/caf%C3%A9/a"));
    ck_assert(m_str_is(http_framing_query(&f), "x=1&y=%20"));
    char path[64];
    size_t n;
    ck_assert(http_path_decode(http_framing_path(&f), path, &n));
    ck_assert(m_str_is((m_str){path, n}, "/caf\xc3\xa9/a"));
    ck_assert_uint_eq(f.header_count, 2);
    const http_framing_header *h = &f.headers[1];
    ck_assert(m_str_is((m_str){f.head + h->name, h->name_n}, "x-thing"));
    ck_assert(m_str_is((m_str){f.head + h->value, h->value_n}, "v w"));
    http_framing_clear(&f);
}
END_TEST

/* A small fixed generator, so that the replay is the same everywhere. */
static uint32_t next_number(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

START_TEST(fuzz_target_holds_on_mutated_cases)
{
    const http_case *t = &http_cases[_i];
    uint32_t state = (uint32_t)_i + 1;
    uint8_t bytes[512];
    ck_assert_uint_le(t->n, sizeof bytes);
    for (int round = 0; round < 200; round++) {
        memcpy(bytes, t->bytes, t->n);
        for (int i = 0; i < round % 4; i++)
            bytes[next_number(&state) % t->n] = (uint8_t)next_number(&state);
        LLVMFuzzerTestOneInput(bytes, t->n - (round % 5 == 4 ? next_number(&state) % t->n : 0));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http_framing");
    TCase *tc = tcase_create("framing");
    tcase_add_loop_test(tc, case_parses_as_expected, 0, HTTP_CASES);
    tcase_add_loop_test(tc, fuzz_target_holds_on_mutated_cases, 0, HTTP_CASES);
    tcase_add_test(tc, line_limit_is_exact);
    tcase_add_test(tc, header_bytes_limit_is_exact);
    tcase_add_test(tc, header_count_limit_is_exact);
    tcase_add_test(tc, chunked_body_is_decoded_and_limited);
    tcase_add_test(tc, announced_length_takes_no_memory);
    tcase_add_test(tc, views_show_the_request);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
