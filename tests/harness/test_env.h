/* A deterministic world for tests: a clock that stands still, ids that count, a call with an arena
 * of its own. */
#ifndef TEST_ENV_H
#define TEST_ENV_H

#include "m/call.h"

/* 2026-04-01T09:00:00Z, where every test starts. */
#define TEST_START_US INT64_C(1775034000000000)

/* A new call: arena of 64 MiB, tenant test_id(1), actor test_id(2) named "tester", role
 * "Administrator", request id "test", no deadline. Its env gives ids test_id(1000), test_id(1001),
 * … and swallows the log. Never NULL: a test without memory ends. Free with test_call_free. */
m_call *test_call(void);
void test_call_free(m_call *call);

/* Move the clock of the call. */
void test_advance_us(m_call *call, int64_t us);
/* Replace the roles by one (NULL: none at all). */
void test_role(m_call *call, const char *role);

/* The id with number n: sorts by n, reads …0000n in base 32. */
m_id test_id(uint32_t n);
/* Shorthands that end the test when the text is not good. */
m_dec test_dec(const char *text);
m_date test_date(const char *text);

#endif
