/* Our decimals against PostgreSQL's numeric, an implementation that shares nothing with ours: the
 * same random operations, results and overflows must agree. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "pg_suites.h"

#define ROUNDS    40
#define PER_ROUND 500

static m_call *call;
static m_pg_conn *conn;

static void setup(void)
{
    call = test_call();
    call->tenant = fresh_tenant();
    conn = connect_as("bm_super", call);
}

static void teardown(void)
{
    m_pg_conn_close(conn);
    test_call_free(call);
}

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* All magnitudes, both signs, zero, round numbers and the ends. */
static m_dec any(uint64_t *state)
{
    static const int64_t special[] = {0, 1, 5, M_DEC_ONE, 500000, 999999, M_DEC_MAX, M_DEC_MAX - 1};
    uint64_t kind = next(state) % 8;
    int64_t u = kind == 0 ? special[next(state) % 8]
                          : (int64_t)(next(state) % (uint64_t)M_DEC_MAX) >> (next(state) % 60);
    if (kind == 1) u -= u % 10000;
    return (m_dec){next(state) % 2 ? -u : u};
}

enum { ADD, SUB, MUL, DIV, MUL_DIV, ROUND, OPS };

static m_status compute(int op, m_dec a, m_dec b, m_dec c, int places, m_rounding how, m_dec *out)
{
    switch (op) {
    case ADD:
        return m_dec_add(a, b, out);
    case SUB:
        return m_dec_sub(a, b, out);
    case MUL:
        return m_dec_mul(a, b, places, how, out);
    case DIV:
        return m_dec_div(a, b, places, how, out);
    case MUL_DIV:
        return m_dec_mul_div(a, b, c, places, how, out);
    default:
        return m_dec_round(a, places, how, out);
    }
}

/* exact = n / d in units of 10^-places, as integers; rounded by div(), numeric's integer division.
 */
static const char compare[] =
    "WITH x AS (SELECT *, CASE op WHEN 0 THEN (a + b) * d10 WHEN 1 THEN (a - b) * d10 WHEN 2 THEN "
    "a "
    "* b * d10 WHEN 3 THEN a * d10 WHEN 4 THEN a * b * d10 ELSE a * d10 END * 1e12 AS n, CASE op "
    "WHEN 3 THEN b WHEN 4 THEN c ELSE 1 END * 1e12 AS d FROM (SELECT *, power(10::numeric, places) "
    "AS d10 FROM (VALUES %s) v(op, a, b, c, places, how, answer)) w), y AS (SELECT *, sign(n) * "
    "sign(d) AS s, abs(n) AS m, abs(d) AS q, div(abs(n), abs(d)) AS low FROM x), z AS (SELECT *, s "
    "* "
    "(low + CASE WHEN m = low * q THEN 0 WHEN how = 0 THEN CASE WHEN 2 * (m - low * q) >= q THEN 1 "
    "ELSE 0 END WHEN how = 1 THEN CASE WHEN 2 * (m - low * q) > q OR (2 * (m - low * q) = q AND "
    "low "
    "%% 2 = 1) THEN 1 ELSE 0 END WHEN how = 2 THEN 0 WHEN how = 3 THEN 1 WHEN how = 4 THEN CASE "
    "WHEN "
    "s < 0 THEN 1 ELSE 0 END ELSE CASE WHEN s > 0 THEN 1 ELSE 0 END END) / d10 AS wanted FROM y) "
    "SELECT op, a, b, c, places, how, answer, wanted FROM z WHERE CASE WHEN abs(wanted) > "
    "999999999999.999999 THEN answer IS NOT NULL ELSE answer IS DISTINCT FROM wanted END LIMIT 1";

static size_t put_dec(char *to, size_t room, m_dec value)
{
    char text[M_DEC_TEXT];
    m_dec_format(value, 0, text);
    return (size_t)snprintf(to, room, "%s::numeric,", text);
}

/* One VALUES row; the answer is NULL for what does not fit. */
static size_t put_row(char *to, size_t room, uint64_t *state)
{
    int op = (int)(next(state) % OPS), places = (int)(next(state) % 7);
    m_rounding how = (m_rounding)(next(state) % 6);
    m_dec a = any(state), b = any(state), c = any(state), answer = {0};
    if (op == DIV && !b.u) b.u = 1;
    if (op == MUL_DIV && !c.u) c.u = 3;
    if (op == ADD || op == SUB) places = M_DEC_SCALE;
    m_status status = compute(op, a, b, c, places, how, &answer);
    ck_assert_msg(status == M_OK || status == M_RANGE, "operation %d answers %d", op, (int)status);
    size_t n = (size_t)snprintf(to, room, "(%d,", op);
    n += put_dec(to + n, room - n, a);
    n += put_dec(to + n, room - n, b);
    n += put_dec(to + n, room - n, c);
    n += (size_t)snprintf(to + n, room - n, "%d,%d,", places, (int)how);
    if (status == M_OK)
        n += put_dec(to + n, room - n, answer) - 1; /* without the comma */
    else
        n += (size_t)snprintf(to + n, room - n, "NULL::numeric");
    return n + (size_t)snprintf(to + n, room - n, ")");
}

START_TEST(decimals_agree_with_numeric)
{
    uint64_t state = UINT64_C(0x2545f4914f6cdd1d) + (uint64_t)_i;
    size_t room = PER_ROUND * 200, n = 0;
    char *rows = malloc(room), *sql = malloc(room + sizeof compare);
    ck_assert(rows && sql);
    for (int i = 0; i < PER_ROUND; i++) {
        if (i) rows[n++] = ',';
        n += put_row(rows + n, room - n, &state);
    }
    rows[n] = 0;
    snprintf(sql, room + sizeof compare, compare, rows);
    m_pg_result found;
    OK(call, m_pg_query(conn, call, NULL, sql, NULL, 0, &found));
    for (uint32_t i = 0; found.rows && i < found.columns; i++)
        fprintf(stderr, "%.*s ", M_STR_ARG(m_pg_cell(&found, 0, i)));
    free(rows);
    free(sql);
    ck_assert_msg(!found.rows, "operation, a, b, c, places, rounding, ours, numeric's: see above");
}
END_TEST

START_TEST(a_wrong_answer_is_noticed)
{
    char sql[sizeof compare + 200];
    m_pg_result found;
    snprintf(sql, sizeof sql, compare, "(0, 1::numeric, 2::numeric, 1::numeric, 6, 0, 3.000001)");
    OK(call, m_pg_query(conn, call, NULL, sql, NULL, 0, &found));
    ck_assert_uint_eq(found.rows, 1);
}
END_TEST

TCase *pg_decimal_cases(void)
{
    TCase *cases = tcase_create("decimals");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, decimals_agree_with_numeric, 0, ROUNDS);
    tcase_add_test(cases, a_wrong_answer_is_noticed);
    return cases;
}
