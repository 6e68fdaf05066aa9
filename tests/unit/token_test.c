/* Access tokens and the file of the keys that sign them. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "identity.h"
#include "identity_internal.h"
#include "test_env.h"

#define SECOND INT64_C(1000000)

static m_call *call;
static identity_keys *keys;
static m_id tenant;
static m_id ann;

static void setup(void)
{
    static const uint32_t ids[] = {7};
    static const uint8_t bytes[][IDENTITY_KEY_BYTES] = {{1, 2, 3}};
    call = test_call();
    tenant = test_id(1);
    ann = test_id(2);
    ck_assert_int_eq(identity_keys_make(ids, bytes, 1, &keys), M_OK);
}

static void teardown(void)
{
    identity_keys_free(keys);
    test_call_free(call);
}

/* ---- access tokens ---- */

static m_str signed_token(const identity_keys *with, int64_t expires_at_s)
{
    identity_principal who = {.tenant = tenant,
                              .user = ann,
                              .name = M_STR("Ann"),
                              .roles = {M_STR("Purchase User"), M_STR("Stock User")},
                              .role_count = 2,
                              .expires_at_s = expires_at_s};
    m_str text;
    ck_assert_int_eq(token_sign(with, call, &who, &text), M_OK);
    return text;
}

static m_status verify(m_str text)
{
    identity_principal who;
    return identity_verify_token(keys, text, m_now(call), call->arena, &who);
}

static int64_t now_s(void)
{
    return m_now(call).us / SECOND;
}

START_TEST(every_flipped_bit_is_seen)
{
    m_str token = signed_token(keys, now_s() + 900);
    ck_assert_int_eq(verify(token), M_OK);
    char *copy = m_arena_copy(call->arena, token.p, token.n);
    for (size_t i = 0; i < token.n; i++)
        for (int bit = 0; bit < 8; bit++) {
            copy[i] = (char)(token.p[i] ^ 1 << bit);
            ck_assert_msg(verify((m_str){copy, token.n}) == M_UNAUTHORIZED, "byte %zu bit %d", i,
                          bit);
            copy[i] = token.p[i];
        }
    for (size_t n = 0; n < token.n; n++)
        ck_assert_int_eq(verify((m_str){copy, n}), M_UNAUTHORIZED);
    ck_assert_int_eq(verify(token), M_OK);
}
END_TEST

/* base64url of bytes, in the arena. */
static const char *encoded(const void *bytes, size_t n)
{
    size_t size = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = m_arena_alloc(call->arena, size);
    return sodium_bin2base64(text, size, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* A token with this payload, signed by us: for what only the payload's own checks can catch. */
static m_str sealed(const char *prefix, const uint8_t *payload, size_t n)
{
    uint32_t key_id;
    uint8_t mac[MAC_BYTES];
    const uint8_t *key = keys_current(keys, &key_id);
    const char *body = m_arena_printf(call->arena, "%s%s", prefix, encoded(payload, n));
    token_mac(key, body, strlen(body), mac);
    return m_str_of(m_arena_printf(call->arena, "%s.%s", body, encoded(mac, sizeof mac)));
}

typedef struct {
    const char *name;
    m_str text;
} tampered;

static tampered cases[64];
static size_t case_count;

static void add_case(const char *name, m_str text)
{
    ck_assert_uint_lt(case_count, sizeof cases / sizeof cases[0]);
    cases[case_count++] = (tampered){name, text};
}

static void add_text(const char *name, const char *text)
{
    add_case(name, m_str_of(text));
}

/* Forms that are not tokens of ours. */
static void add_forms(m_str good)
{
    const char *rest = m_arena_copy(call->arena, good.p + 3, good.n - 3);
    char *body = m_arena_copy(call->arena, good.p, good.n);
    char *point = strrchr(body, '.');
    add_text("empty", "");
    add_text("prefix only", "m1.");
    add_text("two points", "m1..");
    add_text("no signature", m_arena_printf(call->arena, "%.*s", (int)(point - body), body));
    add_text("empty signature", m_arena_printf(call->arena, "%.*s.", (int)(point - body), body));
    add_text("version 2", m_arena_printf(call->arena, "m2.%s", rest));
    add_text("version 0", m_arena_printf(call->arena, "m0.%s", rest));
    add_text("upper case prefix", m_arena_printf(call->arena, "M1.%s", rest));
    add_text("no prefix", rest);
    add_text("blank before", m_arena_printf(call->arena, " %s", body));
    add_text("blank behind", m_arena_printf(call->arena, "%s ", body));
    add_text("line end behind", m_arena_printf(call->arena, "%s\n", body));
    add_text("padding behind", m_arena_printf(call->arena, "%s=", body));
    add_text("point behind", m_arena_printf(call->arena, "%s.", body));
    add_text("twice", m_arena_printf(call->arena, "%s%s", body, body));
    add_text("scheme before", m_arena_printf(call->arena, "Bearer %s", body));
    add_text("third part", m_arena_printf(call->arena, "%s.%s", body, point + 1));
    add_text("signature of zeros", m_arena_printf(call->arena, "%.*s.%s", (int)(point - body), body,
                                                  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    add_text("zero byte inside", "m1.\0AAAA");
    char *huge = m_arena_alloc(call->arena, 100001);
    memset(huge, 'A', 100000);
    memcpy(huge, "m1.", 3);
    add_text("100,000 letters", huge);
    huge = m_arena_copy(call->arena, huge, 4097);
    add_text("one letter beyond the limit", huge);
    m_str unsafe = {m_arena_copy(call->arena, good.p, good.n), good.n};
    ((char *)(uintptr_t)unsafe.p)[10] = '+';
    add_case("plus instead of minus", unsafe);
}

/* Tokens of the other kind, with and without signature: there is no algorithm to choose. */
static void add_web_tokens(void)
{
    static const char *const heads[] = {"{\"alg\":\"none\"}", "{\"alg\":\"NONE\",\"typ\":\"JWT\"}",
                                        "{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
                                        "{\"alg\":\"RS256\",\"jwk\":{}}"};
    static const char body[] = "{\"sub\":\"admin\",\"exp\":9999999999}";
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        const char *head = encoded(heads[i], strlen(heads[i]));
        const char *claims = encoded(body, sizeof body - 1);
        add_text("web token", m_arena_printf(call->arena, "%s.%s.", head, claims));
        add_text("web token with our prefix",
                 m_arena_printf(call->arena, "m1.%s.%s", head, claims));
    }
    add_case("whole body as json, signed by us", sealed("m1.", (const uint8_t *)body, sizeof body));
}

/* Signed by us, but with a payload that is none. */
static void add_payloads(void)
{
    identity_principal who = {.tenant = tenant,
                              .user = ann,
                              .name = M_STR("Ann"),
                              .roles = {M_STR("Auditor")},
                              .role_count = 1,
                              .expires_at_s = now_s() + 900};
    uint8_t good[TOKEN_PAYLOAD_MAX], bad[TOKEN_PAYLOAD_MAX + 200];
    size_t n = principal_pack(&who, 7, good);
    ck_assert_int_eq(verify(sealed("m1.", good, n)), M_OK);
    add_case("signed, other prefix", sealed("m2.", good, n));
    add_case("signed, no payload", sealed("m1.", good, 0));
    add_case("signed, head only", sealed("m1.", good, 53));
    add_case("signed, one byte short", sealed("m1.", good, n - 1));
    memcpy(bad, good, n);
    bad[n] = 0;
    add_case("signed, one byte more", sealed("m1.", bad, n + 1));
    memcpy(bad, good, n);
    bad[0] = 2;
    add_case("signed, other payload version", sealed("m1.", bad, n));
    memcpy(bad, good, n);
    bad[4] = 8;
    add_case("signed, unknown key id", sealed("m1.", bad, n));
    memcpy(bad, good, n);
    bad[53] = 255;
    add_case("signed, name beyond the end", sealed("m1.", bad, n));
    memcpy(bad, good, n);
    bad[57] = 2;
    add_case("signed, one role too many", sealed("m1.", bad, n));
    bad[57] = 0;
    add_case("signed, one role too few", sealed("m1.", bad, n));
    bad[57] = IDENTITY_ROLES_MAX + 1;
    add_case("signed, more roles than there may be", sealed("m1.", bad, n));
    memset(bad, 0, sizeof bad);
    memcpy(bad, good, 53);
    add_case("signed, longer than a payload", sealed("m1.", bad, sizeof bad));
}

static void add_foreign(void)
{
    static const uint32_t ids[] = {7, 9};
    static const uint8_t bytes[][IDENTITY_KEY_BYTES] = {{1, 2, 4}, {5}};
    identity_keys *same_id, *other_id;
    ck_assert_int_eq(identity_keys_make(&ids[0], &bytes[0], 1, &same_id), M_OK);
    ck_assert_int_eq(identity_keys_make(&ids[1], &bytes[1], 1, &other_id), M_OK);
    add_case("another key under our id", signed_token(same_id, now_s() + 900));
    add_case("another key under its own id", signed_token(other_id, now_s() + 900));
    identity_keys_free(same_id);
    identity_keys_free(other_id);
}

static void add_ends(void)
{
    add_case("ends now", signed_token(keys, now_s()));
    add_case("ended a second ago", signed_token(keys, now_s() - 1));
    add_case("ended in 1970", signed_token(keys, 0));
    add_case("ends before 1970", signed_token(keys, -1));
    add_case("least number", signed_token(keys, INT64_MIN));
}

/* Payload of one token, signature of another that is good as well. */
static void add_mixed(void)
{
    m_str a = signed_token(keys, now_s() + 900), b = signed_token(keys, now_s() + 901);
    char *mixed = m_arena_copy(call->arena, a.p, a.n);
    memcpy(mixed + a.n - 43, b.p + b.n - 43, 43);
    add_case("signature of another token", (m_str){mixed, a.n});
    m_id before = tenant;
    tenant = test_id(77);
    m_str foreign = signed_token(keys, now_s() + 900);
    tenant = before;
    mixed = m_arena_copy(call->arena, foreign.p, foreign.n);
    memcpy(mixed + foreign.n - 43, a.p + a.n - 43, 43);
    add_case("tenant replaced", (m_str){mixed, foreign.n});
}

START_TEST(whatever_is_no_token_of_ours_is_refused)
{
    m_str good = signed_token(keys, now_s() + 900);
    case_count = 0;
    add_forms(good);
    add_web_tokens();
    add_payloads();
    add_foreign();
    add_ends();
    add_mixed();
    ck_assert_uint_ge(case_count, 40);
    for (size_t i = 0; i < case_count; i++) {
        identity_principal who = {.expires_at_s = 42};
        m_status status =
            identity_verify_token(keys, cases[i].text, m_now(call), call->arena, &who);
        ck_assert_msg(status == M_UNAUTHORIZED, "%s: %d", cases[i].name, status);
    }
    ck_assert_int_eq(verify(good), M_OK);
}
END_TEST

START_TEST(tokens_end_on_the_second)
{
    m_str token = signed_token(keys, now_s() + 1);
    ck_assert_int_eq(verify(token), M_OK);
    test_advance_us(call, SECOND - 1);
    ck_assert_int_eq(verify(token), M_OK);
    test_advance_us(call, 1);
    ck_assert_int_eq(verify(token), M_UNAUTHORIZED);
}
END_TEST

START_TEST(the_longest_principal_fits)
{
    static const char role[] = "A role with a name of sixty characters, which is the longest";
    identity_principal who = {.tenant = tenant,
                              .user = ann,
                              .role_count = IDENTITY_ROLES_MAX,
                              .token_epoch = INT64_MAX,
                              .expires_at_s = INT64_MAX};
    char name[301];
    for (int i = 0; i < 100; i++)
        memcpy(name + 3 * i, "₹", 3);
    who.name = (m_str){name, 300};
    ck_assert_uint_eq(sizeof role - 1, ROLE_NAME_MAX);
    for (int i = 0; i < IDENTITY_ROLES_MAX; i++)
        who.roles[i] = m_str_of(role);
    m_str text;
    ck_assert_int_eq(token_sign(keys, call, &who, &text), M_OK);
    ck_assert_uint_le(text.n, TOKEN_TEXT_MAX);
    identity_principal back;
    ck_assert_int_eq(identity_verify_token(keys, text, m_now(call), call->arena, &back), M_OK);
    ck_assert_uint_eq(back.role_count, IDENTITY_ROLES_MAX);
    ck_assert(m_str_is(back.roles[IDENTITY_ROLES_MAX - 1], role));
    ck_assert_int_eq(back.token_epoch, INT64_MAX);
    ck_assert_uint_eq(back.name.n, 120);
    ck_assert(m_utf8_valid(back.name));
}
END_TEST

START_TEST(a_rotated_key_still_verifies)
{
    static const uint32_t ids[] = {8, 7};
    static const uint8_t bytes[][IDENTITY_KEY_BYTES] = {{9, 9}, {1, 2, 3}};
    m_str old = signed_token(keys, now_s() + 900);
    identity_keys *rotated;
    identity_principal who;
    ck_assert_int_eq(identity_keys_make(ids, bytes, 2, &rotated), M_OK);
    ck_assert_int_eq(identity_verify_token(rotated, old, m_now(call), call->arena, &who), M_OK);
    m_str new_token = signed_token(rotated, now_s() + 900);
    ck_assert_int_eq(identity_verify_token(rotated, new_token, m_now(call), call->arena, &who),
                     M_OK);
    ck_assert_int_eq(verify(new_token), M_UNAUTHORIZED);
    identity_keys_free(rotated);
}
END_TEST

/* ---- the key file ---- */

static char directory[] = "/tmp/identity_test_XXXXXX";
static char path[64];

static void file_setup(void)
{
    memcpy(directory + sizeof directory - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/token.keys", directory);
}

static void file_teardown(void)
{
    unlink(path);
    rmdir(directory);
}

static m_status open_file(identity_keys **out)
{
    const char *why = "";
    m_status status = identity_keys_open(path, out, &why);
    ck_assert(status == M_OK || *why);
    return status;
}

START_TEST(the_first_start_makes_the_file)
{
    identity_keys *first, *second;
    struct stat st;
    ck_assert_int_eq(open_file(&first), M_OK);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0400);
    ck_assert_int_eq(open_file(&second), M_OK);
    uint32_t a, b;
    ck_assert_mem_eq(keys_current(first, &a), keys_current(second, &b), IDENTITY_KEY_BYTES);
    ck_assert_uint_eq(a, b);
    identity_keys_free(first);
    identity_keys_free(second);
}
END_TEST

START_TEST(rotation_keeps_the_key_before)
{
    identity_keys *first, *second, *third;
    const char *why;
    uint32_t a, b, c;
    ck_assert_int_eq(open_file(&first), M_OK);
    ck_assert_int_eq(identity_keys_rotate(path, &why), M_OK);
    ck_assert_int_eq(open_file(&second), M_OK);
    keys_current(first, &a);
    keys_current(second, &b);
    ck_assert_uint_ne(a, b);
    ck_assert_ptr_nonnull(keys_find(second, a));
    ck_assert_mem_eq(keys_find(second, a), keys_find(first, a), IDENTITY_KEY_BYTES);
    ck_assert_int_eq(identity_keys_rotate(path, &why), M_OK);
    ck_assert_int_eq(open_file(&third), M_OK);
    keys_current(third, &c);
    ck_assert_ptr_nonnull(keys_find(third, b));
    ck_assert_ptr_null(keys_find(third, a));
    identity_keys_free(first);
    identity_keys_free(second);
    identity_keys_free(third);
}
END_TEST

static void put_file(const char *text, mode_t mode)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fchmod(fd, mode), 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

START_TEST(bad_key_files_are_refused)
{
    static const struct {
        const char *text;
        mode_t mode;
        m_status status;
    } files[] = {{"00000007 " HEX "\n", 0400, M_OK},
                 {"00000007 " HEX "\n", 0600, M_OK},
                 {"00000007 " HEX "\n00000008 " HEX "\n", 0400, M_OK},
                 {"00000007 " HEX "\n", 0440, M_INTERNAL},
                 {"00000007 " HEX "\n", 0404, M_INTERNAL},
                 {"00000007 " HEX "\n", 0602, M_INTERNAL},
                 {"", 0400, M_INTERNAL},
                 {"\n", 0400, M_INTERNAL},
                 {"00000007 " HEX, 0400, M_INTERNAL},
                 {"00000007 " HEX "\n\n", 0400, M_INTERNAL},
                 {"00000007-" HEX "\n", 0400, M_INTERNAL},
                 {"0000000g " HEX "\n", 0400, M_INTERNAL},
                 {"00000007 " HEX "\n00000007 " HEX "\n", 0400, M_INTERNAL},
                 {"00000007 " HEX "\n00000008 " HEX "\n00000009 " HEX "\n", 0400, M_INTERNAL}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        identity_keys *made = NULL;
        put_file(files[i].text, files[i].mode);
        ck_assert_msg(open_file(&made) == files[i].status, "file %zu", i);
        if (made) identity_keys_free(made);
    }
    unlink(path);
    ck_assert_int_eq(symlink("/dev/zero", path), 0);
    identity_keys *made;
    ck_assert_int_eq(open_file(&made), M_INTERNAL);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("token");
    TCase *t = tcase_create("tokens");
    TCase *f = tcase_create("key file");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, every_flipped_bit_is_seen);
    tcase_add_test(t, whatever_is_no_token_of_ours_is_refused);
    tcase_add_test(t, tokens_end_on_the_second);
    tcase_add_test(t, the_longest_principal_fits);
    tcase_add_test(t, a_rotated_key_still_verifies);
    suite_add_tcase(s, t);
    tcase_add_checked_fixture(f, file_setup, file_teardown);
    tcase_add_test(f, the_first_start_makes_the_file);
    tcase_add_test(f, rotation_keeps_the_key_before);
    tcase_add_test(f, bad_key_files_are_refused);
    suite_add_tcase(s, f);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
