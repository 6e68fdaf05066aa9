#include <check.h>
#include <stdlib.h>

#include "m_adapters/nkey.h"

START_TEST(a_pair_is_made_of_its_seed)
{
    for (m_nkey_kind kind = M_NKEY_USER; kind <= M_NKEY_ACCOUNT; kind++) {
        char seed[M_NKEY_SEED], key[M_NKEY_PUBLIC], again[M_NKEY_PUBLIC];
        ck_assert_int_eq(m_nkey_make(kind, seed, key), M_OK);
        ck_assert_uint_eq(strlen(seed), M_NKEY_SEED - 1);
        ck_assert_uint_eq(strlen(key), M_NKEY_PUBLIC - 1);
        ck_assert_int_eq(seed[0], 'S');
        ck_assert_int_eq(seed[1], kind == M_NKEY_USER ? 'U' : 'A');
        ck_assert_int_eq(key[0], kind == M_NKEY_USER ? 'U' : 'A');
        ck_assert_int_eq(m_nkey_public(m_str_of(seed), again), M_OK);
        ck_assert_str_eq(key, again);
    }
}
END_TEST

/* Each single changed character breaks the check sum, or the form. */
START_TEST(a_mistyped_seed_is_none)
{
    char seed[M_NKEY_SEED], key[M_NKEY_PUBLIC];
    ck_assert_int_eq(m_nkey_make(M_NKEY_USER, seed, key), M_OK);
    for (size_t i = 0; i + 1 < M_NKEY_SEED - 1; i++) {
        char was = seed[i];
        seed[i] = was == 'B' ? 'C' : 'B';
        ck_assert_int_eq(m_nkey_public(m_str_of(seed), key), M_INVALID);
        seed[i] = was;
    }
    ck_assert_int_eq(m_nkey_public((m_str){seed, 57}, key), M_INVALID);
    ck_assert_int_eq(m_nkey_public(m_str_of(key), key), M_INVALID);
    ck_assert_int_eq(m_nkey_public(M_STR(""), key), M_INVALID);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nkey");
    TCase *c = tcase_create("nkey");
    tcase_add_test(c, a_pair_is_made_of_its_seed);
    tcase_add_test(c, a_mistyped_seed_is_none);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
