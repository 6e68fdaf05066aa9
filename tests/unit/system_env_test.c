#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "m_adapters/env.h"

#define IDS 2000

static const m_env *env;

static void *take_ids(void *arg)
{
    m_id *ids = arg;
    for (int i = 0; i < IDS; i++)
        ids[i] = env->new_id(env->self);
    return NULL;
}

static int by_id(const void *a, const void *b)
{
    return m_id_cmp(*(const m_id *)a, *(const m_id *)b);
}

START_TEST(ids_grow_and_never_repeat)
{
    static m_id ids[2 * IDS];
    m_system_env *system = m_system_env_new(NULL);
    env = m_system_env_of(system);
    pthread_t other;
    ck_assert_int_eq(pthread_create(&other, NULL, take_ids, ids), 0);
    take_ids(ids + IDS);
    pthread_join(other, NULL);
    for (int i = 1; i < IDS; i++) {
        ck_assert_int_lt(m_id_cmp(ids[i - 1], ids[i]), 0);
        ck_assert_int_lt(m_id_cmp(ids[IDS + i - 1], ids[IDS + i]), 0);
    }
    qsort(ids, 2 * IDS, sizeof *ids, by_id);
    for (int i = 1; i < 2 * IDS; i++)
        ck_assert(!m_id_eq(ids[i - 1], ids[i]));
    m_system_env_free(system);
}
END_TEST

START_TEST(time_and_derived_ids)
{
    m_system_env *system = m_system_env_new("debug");
    env = m_system_env_of(system);
    ck_assert_int_gt(env->now(env->self).us, INT64_C(1700000000000000));
    m_id a = env->derive_id(env->self, "abc", 3);
    ck_assert(m_id_eq(a, env->derive_id(env->self, "abc", 3)));
    /* SHA-256("abc") begins ba7816bf 8f01cfea 414140de 5dae2223. */
    ck_assert_mem_eq(a.b, "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23", 16);
    m_system_env_free(system);
    ck_assert_ptr_null(m_system_env_new("loud"));
}
END_TEST

START_TEST(log_lines_are_json)
{
    int pipe_ends[2];
    ck_assert_int_eq(pipe(pipe_ends), 0);
    int saved = dup(STDERR_FILENO);
    dup2(pipe_ends[1], STDERR_FILENO);
    m_system_env *system = m_system_env_new("warn");
    env = m_system_env_of(system);
    static char huge[10000];
    memset(huge, 'h', sizeof huge - 1);
    env->log(env->self, "info", "silent", "");
    env->log(env->self, "warn", "odd.text", "a\"b\\c\nd\x1b \xff");
    env->log(env->self, "error", "huge", huge);
    dup2(saved, STDERR_FILENO);
    close(pipe_ends[1]);
    static char out[20000];
    size_t n = 0;
    for (ssize_t got; (got = read(pipe_ends[0], out + n, sizeof out - 1 - n)) > 0;)
        n += (size_t)got;
    char *second = strchr(out, '\n') + 1;
    ck_assert_ptr_nonnull(strstr(out, "\"level\":\"warn\",\"event\":\"odd.text\","
                                      "\"detail\":\"a\\\"b\\\\c\\u000ad\\u001b \\u00ff\"}\n"));
    ck_assert_int_eq(strncmp(out, "{\"time\":\"2", 10), 0);
    ck_assert_ptr_nonnull(strstr(second, "\"event\":\"huge\""));
    ck_assert_str_eq(second + strlen(second) - 3, "\"}\n");
    ck_assert_uint_lt(strlen(second), 4097);
    m_system_env_free(system);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("system_env");
    TCase *tc = tcase_create("all");
    tcase_add_test(tc, ids_grow_and_never_repeat);
    tcase_add_test(tc, time_and_derived_ids);
    tcase_add_test(tc, log_lines_are_json);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
