/* What questions between processes are made of: signatures, the envelope, the window against
 * replays, and when a service is left alone. */
#include "m_adapters/env.h"
#include "nats/breaker.h"
#include "nats/envelope.h"
#include "nats/ring.h"
#include "nats/window.h"
#include "test_env.h"
#include "unit.h"

/* ---- keys ---- */

#define K1 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define K2 "f00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static m_rpc_ring *ring_of(const char *text)
{
    m_rpc_ring *ring = NULL;
    const char *why = "";
    m_status status = m_rpc_ring_parse(m_str_of(text), &ring, &why);
    ck_assert_msg(status == M_OK, "%s: %s", text, why);
    return ring;
}

START_TEST(key_files_are_read_strictly)
{
    static const char *const good[] = {
        "a:" K1,
        "a:" K1 "\n",
        "# keys\n\n  2026-04:" K1 "  \r\nold:" K2 "\n#end",
    };
    static const char *const bad[] = {
        "",
        "# none\n",
        K1,
        "a:" K1 "0",
        "a:00",
        "A:" K1,
        "a b:" K1,
        "abcdefghijklmnopq:" K1,
        ":" K1,
        "a:" K1 "\na:" K2,
        "a:g0" K1,
        "a:" K1 "\nb:" K1 "\nc:" K1 "\nd:" K1 "\ne:" K1 "\nf:" K1 "\ng:" K1 "\nh:" K1 "\ni:" K1,
    };
    m_rpc_ring *ring = NULL;
    const char *why;
    for (size_t i = 0; i < UNIT_COUNT(good); i++)
        m_rpc_ring_free(ring_of(good[i]));
    for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
        why = "";
        ck_assert_msg(m_rpc_ring_parse(m_str_of(bad[i]), &ring, &why) == M_INVALID, "%s", bad[i]);
        ck_assert_uint_gt(strlen(why), 10);
    }
    ck_assert_int_eq(m_rpc_ring_read("/nowhere", &ring, &why), M_INVALID);
    ck_assert_int_eq(m_rpc_ring_read(NULL, &ring, &why), M_INVALID);
    ck_assert_ptr_null(ring);
    char line[M_RPC_KEY_TEXT];
    ck_assert_int_eq(m_rpc_key_make("new", line), M_OK);
    m_rpc_ring_free(ring_of(line));
    ck_assert_int_eq(m_rpc_key_make("No", line), M_INVALID);
}
END_TEST

static const ring_signed whole = {{"rpc.a.b.c", 9}, {"time=1", 6}, {"00-1", 4}, {"{\"a\":1}", 7}};

START_TEST(a_signature_holds_for_exactly_what_was_signed)
{
    m_rpc_ring *ring = ring_of("a:" K1);
    char sign[RING_SIGN_TEXT];
    ring_sign(ring, &whole, sign);
    ck_assert(ring_verify(ring, &whole, m_str_of(sign)));
    for (int part = 0; part < 4; part++) {
        ring_signed other = whole;
        m_str *changed[] = {&other.subject, &other.call, &other.trace, &other.body};
        m_str was = *changed[part];
        *changed[part] = (m_str){was.p, was.n - 1};
        ck_assert(!ring_verify(ring, &other, m_str_of(sign)));
    }
    /* The end of one part is not the beginning of the next. */
    ring_signed moved = whole;
    moved.call = M_STR("time=100-1");
    moved.trace = (m_str){NULL, 0};
    ck_assert(!ring_verify(ring, &moved, m_str_of(sign)));
    for (size_t i = 0; i < strlen(sign); i++) {
        char was = sign[i];
        sign[i] = was == 'b' ? 'c' : 'b';
        /* the last letter holds two bits that mean nothing, and must be zero all the same */
        ck_assert_msg(!ring_verify(ring, &whole, m_str_of(sign)), "letter %zu", i);
        sign[i] = was;
    }
    static const char *const bad[] = {"", ":", "a:", "a", "b:", "a:AAAA", "a:\xff\xff"};
    for (size_t i = 0; i < UNIT_COUNT(bad); i++)
        ck_assert(!ring_verify(ring, &whole, m_str_of(bad[i])));
    m_rpc_ring_free(ring);
}
END_TEST

/* New key last everywhere, then first, then the old one away: nobody is refused on the way. */
START_TEST(keys_are_changed_step_by_step)
{
    m_rpc_ring *steps[] = {ring_of("old:" K1), ring_of("old:" K1 "\nnew:" K2),
                           ring_of("new:" K2 "\nold:" K1), ring_of("new:" K2)};
    for (int from = 0; from < 4; from++)
        for (int to = 0; to < 4; to++) {
            char sign[RING_SIGN_TEXT];
            ring_sign(steps[from], &whole, sign);
            bool near = from - to <= 1 && to - from <= 1;
            bool good = ring_verify(steps[to], &whole, m_str_of(sign));
            ck_assert_msg(good || !near, "from %d to %d", from, to);
        }
    char sign[RING_SIGN_TEXT];
    ring_sign(steps[0], &whole, sign);
    ck_assert(!ring_verify(steps[3], &whole, m_str_of(sign)));
    for (int i = 0; i < 4; i++)
        m_rpc_ring_free(steps[i]);
}
END_TEST

/* ---- the envelope ---- */

static m_call *call;

static void set_up(void)
{
    call = test_call();
}

static void tear_down(void)
{
    test_call_free(call);
}

START_TEST(an_envelope_comes_back_as_it_was)
{
    static const m_str roles[] = {{"A, B", 4}, {"100 %", 5}, {"Z\xc3\xbcrich", 7}};
    call->roles = roles;
    call->role_count = 3;
    call->actor_name = M_STR("a=b&c%d,\"e\"");
    call->source_address = M_STR("2001:db8::1");
    call->idempotency_key = M_STR("k");
    envelope e, back;
    ck_assert_int_eq(envelope_of_call(call, &e), M_OK);
    e.time.us = 1775034000000000;
    e.until.us = 1775034005000000;
    memcpy(e.nonce, "\x00\xff\x10\x20\x30\x40\x50\x60\x70\x80\x90\xa0", NONCE_BYTES);
    e.contract = 3;
    e.after = M_STR("core=42,wms=7");
    m_buf text = {.arena = call->arena};
    envelope_write(&text, &e);
    ck_assert_int_eq(envelope_read(m_buf_str(&text), call->arena, &back), M_OK);
    ck_assert(m_id_eq(back.tenant, call->tenant) && m_id_eq(back.actor, call->actor));
    ck_assert(back.time.us == e.time.us && back.until.us == e.until.us && back.contract == 3);
    ck_assert_int_eq(memcmp(back.nonce, e.nonce, NONCE_BYTES), 0);
    ck_assert(m_str_eq(back.name, call->actor_name) && m_str_eq(back.from, call->source_address));
    ck_assert(m_str_eq(back.key, call->idempotency_key) && m_str_eq(back.after, e.after));
    ck_assert(m_str_eq(back.request, call->request_id) && !back.system);
    ck_assert_uint_eq(back.role_count, 3);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert(m_str_eq(back.roles[i], roles[i]));
    for (size_t i = 0; i < text.n; i++) /* it is one line of plain text */
        ck_assert_int_gt(text.p[i], 0x20);
}
END_TEST

#define NEEDED "time=1&until=2&nonce=00112233445566778899aabb&contract=1"

START_TEST(envelopes_are_read_strictly)
{
    static const struct {
        const char *text;
        m_status status;
    } cases[] = {
        {NEEDED, M_OK},
        {NEEDED "&future=1&future=2", M_OK},
        {NEEDED "&roles=a,b", M_OK},
        {NEEDED "&name=%c3%a4", M_OK},
        {NEEDED "&name=", M_OK},
        {"", M_INVALID},
        {"time=1&until=2&contract=1", M_INVALID},
        {"until=2&nonce=00112233445566778899aabb&contract=1", M_INVALID},
        {NEEDED "&time=1", M_INVALID},
        {NEEDED "&", M_INVALID},
        {NEEDED "&name", M_INVALID},
        {NEEDED "&name=%", M_INVALID},
        {NEEDED "&name=%a", M_INVALID},
        {NEEDED "&name=%zz", M_INVALID},
        {NEEDED "&name=%00", M_INVALID},
        {NEEDED "&name=%0a", M_INVALID},
        {NEEDED "&name=%ff", M_INVALID},
        {NEEDED "&roles=", M_INVALID},
        {NEEDED "&roles=a,,b", M_INVALID},
        {NEEDED "&roles=a,", M_INVALID},
        {NEEDED "&system=2", M_INVALID},
        {NEEDED "&system=", M_INVALID},
        {NEEDED "&tenant=1", M_INVALID},
        {"time=-1&until=2&nonce=00112233445566778899aabb&contract=1", M_INVALID},
        {"time=01&until=2&nonce=00112233445566778899aabb&contract=1", M_INVALID},
        {"time=1&until=1111111111111111111&nonce=00112233445566778899aabb&contract=1", M_INVALID},
        {"time=1&until=2&nonce=00112233445566778899aab&contract=1", M_INVALID},
        {"time=1&until=2&nonce=00112233445566778899aabg&contract=1", M_INVALID},
        {"time=1&until=2&nonce=00112233445566778899aabb&contract=65536", M_INVALID},
    };
    for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
        envelope e;
        m_status status = envelope_read(m_str_of(cases[i].text), call->arena, &e);
        ck_assert_msg(status == cases[i].status, "%s: %s", cases[i].text, m_status_name(status));
    }
}
END_TEST

START_TEST(too_many_roles_are_refused_on_both_sides)
{
    m_str roles[ENVELOPE_ROLES + 1];
    envelope e;
    m_buf text = {.arena = call->arena};
    m_buf_text(&text, NEEDED "&roles=");
    for (uint32_t i = 0; i <= ENVELOPE_ROLES; i++) {
        roles[i] = M_STR("r");
        m_buf_text(&text, i ? ",r" : "r");
    }
    call->roles = roles;
    call->role_count = ENVELOPE_ROLES;
    ck_assert_int_eq(envelope_of_call(call, &e), M_OK);
    call->role_count++;
    ck_assert_int_eq(envelope_of_call(call, &e), M_RANGE);
    ck_assert_int_eq(envelope_read(m_buf_str(&text), call->arena, &e), M_INVALID);
    text.n -= 2;
    ck_assert_int_eq(envelope_read(m_buf_str(&text), call->arena, &e), M_OK);
}
END_TEST

START_TEST(a_trace_goes_on_with_a_span_of_its_own)
{
    static const uint8_t span[8] = {1, 2, 3, 4, 5, 6, 7, 255};
    static const char *const bad[] = {
        "",
        "00",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
    };
    char out[TRACE_TEXT];
    trace_child(M_STR("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), span, out);
    ck_assert_str_eq(out, "00-0af7651916cd43dd8448eb211c80319c-01020304050607ff-01");
    for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
        trace_child(m_str_of(bad[i]), span, out);
        ck_assert_msg(!*out, "%s", bad[i]);
    }
}
END_TEST

/* ---- the window ---- */

static m_status note(window *seen, uint32_t number, int64_t until, int64_t now)
{
    uint8_t nonce[12] = {0};
    memcpy(nonce, &number, sizeof number);
    return window_note(seen, nonce, (m_time){until}, (m_time){now});
}

START_TEST(a_nonce_is_good_once_until_its_deadline)
{
    window *seen = window_new();
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < 60000; i++) {
        wrong += note(seen, i, 1000, 10) != M_OK;
        wrong += note(seen, i, 1000, 999) != M_EXISTS;
    }
    ck_assert_uint_eq(wrong, 0);
    ck_assert_int_eq(note(seen, 7, 2000, 1000), M_OK);
    window_free(seen);
}
END_TEST

/* It never says "new" of what it could not keep. */
START_TEST(a_full_window_says_so)
{
    window *seen = window_new();
    uint32_t kept = 0, full = 0, wrong = 0;
    for (uint32_t i = 0; i < 200000; i++) {
        m_status status = note(seen, i, 1000, 10);
        wrong += note(seen, i, 1000, 10) != (status == M_OK ? M_EXISTS : M_AGAIN);
        kept += status == M_OK;
        full += status == M_AGAIN;
    }
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_gt(kept, 100000);
    ck_assert_uint_eq(kept + full, 200000);
    window_free(seen);
}
END_TEST

/* ---- the breaker ---- */

/* One letter, one step at a time in milliseconds: p may pass, n may not, g a good answer, b none,
 * a nobody there, l link lost. */
typedef struct {
    int64_t at_ms;
    const char *steps;
    breaker_state then;
} breaker_step;

static void check_breaker(const breaker_step *steps, size_t n)
{
    breaker b = {.state = BREAKER_CLOSED};
    for (size_t i = 0; i < n; i++) {
        m_time now = {1000000 + steps[i].at_ms * 1000};
        for (const char *s = steps[i].steps; *s; s++) {
            if (*s == 'p' || *s == 'n')
                ck_assert_msg(breaker_pass(&b, now) == (*s == 'p'), "%lld ms: %s",
                              (long long)steps[i].at_ms, s);
            else if (*s == 'l')
                breaker_lose(&b, now);
            else if (*s == 'a')
                breaker_absent(&b, now);
            else
                breaker_report(&b, now, *s == 'g');
        }
        ck_assert_msg(b.state == steps[i].then, "%lld ms: %d", (long long)steps[i].at_ms, b.state);
    }
}

START_TEST(a_service_is_left_alone_after_five_failures)
{
    static const breaker_step steps[] = {
        {0, "pbpbpbpb", BREAKER_CLOSED}, /* four */
        {1, "g", BREAKER_CLOSED},        /* an answer forgets them */
        {2, "bbbb", BREAKER_CLOSED},     {3, "bn", BREAKER_OPEN},       {252, "n", BREAKER_OPEN},
        {253, "pnn", BREAKER_TRYING},                                   /* one may try */
        {260, "gpp", BREAKER_CLOSED},    {261, "bbbb", BREAKER_CLOSED}, /* and all begins anew */
        {262, "b", BREAKER_OPEN},        {511, "n", BREAKER_OPEN},      {512, "p", BREAKER_TRYING},
    };
    check_breaker(steps, UNIT_COUNT(steps));
}
END_TEST

START_TEST(a_failed_trial_makes_the_rest_longer_up_to_a_bound)
{
    static const breaker_step steps[] = {
        {0, "bbbbb", BREAKER_OPEN},   {100, "bbb", BREAKER_OPEN}, /* late failures of what was sent
                                                                     before */
        {249, "n", BREAKER_OPEN},     {250, "pb", BREAKER_OPEN},    {749, "n", BREAKER_OPEN},
        {750, "pb", BREAKER_OPEN},                                /* 0.5 s, now 1 s */
        {1749, "n", BREAKER_OPEN},    {1750, "pb", BREAKER_OPEN}, /* 2 s */
        {3750, "pb", BREAKER_OPEN},                               /* 4 s */
        {7749, "n", BREAKER_OPEN},    {7750, "pb", BREAKER_OPEN}, /* still 4 s */
        {11750, "p", BREAKER_TRYING}, {11751, "g", BREAKER_CLOSED}, {11752, "bbbbb", BREAKER_OPEN},
        {12002, "p", BREAKER_TRYING}, /* short again */
        {12003, "a", BREAKER_OPEN},   {12252, "n", BREAKER_OPEN},   {12253, "pa", BREAKER_OPEN},
        {12502, "n", BREAKER_OPEN},   {12503, "p", BREAKER_TRYING}, /* and stays so for who is away
                                                                     */
    };
    check_breaker(steps, UNIT_COUNT(steps));
}
END_TEST

START_TEST(a_trial_without_a_result_does_not_block)
{
    static const breaker_step steps[] = {
        {0, "bbbbb", BREAKER_OPEN},   {250, "p", BREAKER_TRYING},
        {10249, "n", BREAKER_TRYING}, {10250, "pn", BREAKER_TRYING}, /* the next one */
        {10300, "ln", BREAKER_OPEN}, /* the link went down: as long again */
        {10549, "n", BREAKER_OPEN},   {10550, "p", BREAKER_TRYING},
        {10551, "g", BREAKER_CLOSED}, {10552, "l", BREAKER_CLOSED},
    };
    check_breaker(steps, UNIT_COUNT(steps));
}
END_TEST

START_TEST(one_repeat_in_ten_beyond_the_first_ten)
{
    breaker b = {.state = BREAKER_CLOSED};
    int repeats = 0;
    while (breaker_repeat(&b))
        repeats++;
    ck_assert_int_eq(repeats, 10);
    for (int i = 0; i < 9; i++)
        breaker_report(&b, (m_time){1}, true);
    ck_assert(!breaker_repeat(&b));
    breaker_report(&b, (m_time){1}, true);
    ck_assert(breaker_repeat(&b));
    ck_assert(!breaker_repeat(&b));
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("rpc_parts");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, key_files_are_read_strictly);
    tcase_add_test(c, a_signature_holds_for_exactly_what_was_signed);
    tcase_add_test(c, keys_are_changed_step_by_step);
    tcase_add_test(c, an_envelope_comes_back_as_it_was);
    tcase_add_test(c, envelopes_are_read_strictly);
    tcase_add_test(c, too_many_roles_are_refused_on_both_sides);
    tcase_add_test(c, a_trace_goes_on_with_a_span_of_its_own);
    tcase_add_test(c, a_nonce_is_good_once_until_its_deadline);
    tcase_add_test(c, a_full_window_says_so);
    tcase_add_test(c, a_service_is_left_alone_after_five_failures);
    tcase_add_test(c, a_failed_trial_makes_the_rest_longer_up_to_a_bound);
    tcase_add_test(c, a_trial_without_a_result_does_not_block);
    tcase_add_test(c, one_repeat_in_ten_beyond_the_first_ten);
    return unit_run(c, "rpc_parts");
}
