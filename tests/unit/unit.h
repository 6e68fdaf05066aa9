/* What every unit test shares: running one test case, and random numbers that are the same each
 * time. */
#ifndef UNIT_H
#define UNIT_H

#include <check.h>
#include <stdint.h>
#include <stdlib.h>

/* Runs the case and returns the exit status of the program. */
static inline int unit_run(TCase *test_case, const char *name)
{
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, test_case);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* xorshift64; *state must not be 0. */
static inline uint64_t unit_random(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

#define UNIT_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
