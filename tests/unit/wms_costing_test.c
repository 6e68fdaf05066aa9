/* Costing rules: the worked cases of tests/cases (moving average, FIFO), the figures of the domain
 * rules, and properties over random sequences. */
#include <check.h>
#include <stdlib.h>

#include "wms/wms.h"

#define PLACES 2
#define LAYERS 64

static m_dec dec(const char *text)
{
    m_dec value;
    ck_assert_msg(m_dec_parse(m_str_of(text), &value) == M_OK, "%s", text);
    return value;
}

static void same(m_dec got, const char *want, const char *what)
{
    char text[M_DEC_TEXT];
    m_dec_format(got, 0, text);
    ck_assert_msg(got.u == dec(want).u, "%s: got %s, want %s", what, text, want);
}

/* One step of a case: 'r' receives qty at rate, 'i' issues, 's' returns to the supplier from the
 * receipt numbered `of`, 'l' adds landed cost (rate: the amount) to that receipt: value goes into
 * stock, variance not. value: what the step must move; balance_*: what must be left; NULL: not
 * asked. */
typedef struct {
    char op;
    const char *qty;
    const char *rate;
    const char *factor;
    int of;
    const char *value;
    const char *variance;
    const char *balance_qty;
    const char *balance_value;
} step;

typedef struct {
    const char *name;
    const step *steps;
} table;

#define IN(q, r, ...)                                                                              \
    {                                                                                              \
        .op = 'r', .qty = q, .rate = r, ##__VA_ARGS__                                              \
    }
#define OUT(q, v, ...)                                                                             \
    {                                                                                              \
        .op = 'i', .qty = q, .value = v, ##__VA_ARGS__                                             \
    }
#define LAND(amount, receipt, v, lost, ...)                                                        \
    {                                                                                              \
        .op = 'l', .qty = "0", .rate = amount, .of = receipt, .value = v, .variance = lost,        \
        ##__VA_ARGS__                                                                              \
    }
#define LEFT(q, v) .balance_qty = q, .balance_value = v
#define END                                                                                        \
    {                                                                                              \
        0                                                                                          \
    }

static void stock_qty(const step *s, m_dec *qty, m_dec *value)
{
    m_dec given = dec(s->qty);
    *qty = given;
    if (s->factor)
        ck_assert_int_eq(m_dec_mul(given, dec(s->factor), 6, M_ROUND_HALF_UP, qty), M_OK);
    if (s->rate)
        ck_assert_int_eq(m_dec_mul(given, dec(s->rate), PLACES, M_ROUND_HALF_UP, value), M_OK);
}

/* Landed cost on what is left of a receipt; returns what goes into stock. */
static m_dec land(const table *t, const step *s, wms_pool *here, m_dec received)
{
    m_dec amount = dec(s->rate), value;
    m_dec on_hand = wms_landed_on_hand(here->qty, received, (m_dec){0});
    ck_assert_int_eq(wms_landed_part(amount, on_hand, received, PLACES, &value), M_OK);
    ck_assert_int_eq(wms_pool_raise(here, value), here->qty.u ? M_OK : M_PRECONDITION);
    same((m_dec){amount.u - value.u}, s->variance, t->name);
    return value;
}

static void run_average(const table *t)
{
    wms_pool pool = {0};
    m_dec received[LAYERS + 1];
    int receipts = 0;
    for (const step *s = t->steps; s->op; s++) {
        m_dec qty, value = {0};
        stock_qty(s, &qty, &value);
        if (s->op == 'r') {
            ck_assert_int_eq(wms_pool_in(&pool, qty, value), M_OK);
            received[++receipts] = qty;
        } else if (s->op == 'l')
            value = land(t, s, &pool, received[s->of]);
        else
            ck_assert_int_eq(wms_pool_out(&pool, qty, PLACES, &value), M_OK);
        if (s->value) same(value, s->value, t->name);
        if (s->balance_qty) same(pool.qty, s->balance_qty, t->name);
        if (s->balance_value) same(pool.value, s->balance_value, t->name);
    }
}

static m_id nth_id(uint32_t n)
{
    m_id id = {{0}};
    id.b[14] = (uint8_t)(n >> 8);
    id.b[15] = (uint8_t)n;
    return id;
}

typedef struct {
    wms_layer layers[LAYERS];
    uint32_t count;
} queue;

static m_dec queue_in(queue *q, m_dec qty, m_dec value)
{
    ck_assert_uint_lt(q->count, LAYERS);
    q->layers[q->count] = (wms_layer){nth_id(q->count + 1), qty, value};
    q->count++;
    return value;
}

static m_dec queue_out(queue *q, m_dec qty, m_id first)
{
    wms_draw draws[LAYERS];
    uint32_t count;
    ck_assert_int_eq(wms_fifo_out(q->layers, q->count, first, qty, PLACES, draws, &count), M_OK);
    m_dec_sum drawn = 0, value = 0;
    for (uint32_t i = 0; i < count; i++) {
        drawn += draws[i].qty.u;
        value += draws[i].value.u;
    }
    ck_assert(drawn == qty.u);
    return (m_dec){(int64_t)value};
}

static wms_pool queue_total(const queue *q)
{
    wms_pool total = {0};
    for (uint32_t i = 0; i < q->count; i++) {
        total.qty.u += q->layers[i].qty.u;
        total.value.u += q->layers[i].value.u;
    }
    return total;
}

static void run_fifo(const table *t)
{
    queue q = {0};
    m_dec received[LAYERS];
    for (const step *s = t->steps; s->op; s++) {
        m_dec qty, value = {0};
        stock_qty(s, &qty, &value);
        if (s->op == 'r') {
            received[q.count] = qty;
            queue_in(&q, qty, value);
        } else if (s->op == 'l') {
            wms_layer *layer = &q.layers[s->of - 1];
            wms_pool here = {layer->qty, layer->value};
            value = land(t, s, &here, received[s->of - 1]);
            layer->value = here.value;
        } else
            value = queue_out(&q, qty, nth_id((uint32_t)s->of));
        wms_pool total = queue_total(&q);
        if (s->value) same(value, s->value, t->name);
        if (s->balance_qty) same(total.qty, s->balance_qty, t->name);
        if (s->balance_value) same(total.value, s->balance_value, t->name);
    }
}

/* ---- moving average ---- */

static const step v001[] = {IN("10", "10"), IN("10", "20", LEFT("20", "300")),
                            OUT("15", "225", LEFT("5", "75")), END};
static const step v003[] = {IN("1", "1.02"), IN("1", "1.00"), IN("1", "1.00"),
                            OUT("3", "3.02", LEFT("0", "0")), END};
static const step v004[] = {IN("1000", "0.17"), IN("800", "0.23", LEFT("1800", "354")),
                            OUT("1000", NULL), OUT("800", NULL, LEFT("0", "0")), END};
static const step v006[] = {IN("1", "100", LEFT("1", "100")), IN("1", "200", LEFT("2", "300")),
                            IN("2", "200", LEFT("4", "700")), END};
static const step rules_3_1[] = {IN("100", "10"), IN("50", "13", LEFT("150", "1650")),
                                 OUT("70", "770", LEFT("80", "880")),
                                 OUT("80", "880", LEFT("0", "0")), END};
static const step thirds[] = {IN("3", "3.333333", LEFT("3", "10")), OUT("1", "3.33"),
                              OUT("1", "3.34"), OUT("1", "3.33", LEFT("0", "0")), END};
static const step tiny[] = {IN("1", "0.01"), OUT("0.999", "0.01", LEFT("0.001", "0")),
                            OUT("0.001", "0", LEFT("0", "0")), END};

/* In the order of the dates: the freight of the 2nd finds nothing left of the receipt. */
static const step v008[] = {IN("10", "5"),
                            OUT("10", "50"),
                            LAND("10", 1, "0", "10", LEFT("0", "0")),
                            IN("12", "7"),
                            OUT("10", "70", LEFT("2", "14")),
                            END};
static const step v023_average[] = {IN("10", "100"), LAND("100", 1, "100", "0"),
                                    LAND("50", 1, "50", "0", LEFT("10", "1150")), OUT("1", "115"),
                                    END};
static const step part_left[] = {IN("10", "10"), OUT("7", "70"),
                                 LAND("10", 1, "3", "7", LEFT("3", "33")),
                                 OUT("3", "33", LEFT("0", "0")), END};
/* Other goods in the bin: no more of it can be the receipt's than the receipt brought. */
static const step mixed[] = {IN("10", "10"), IN("90", "10"),
                             LAND("5", 1, "5", "0", LEFT("100", "1005")), END};
static const step three_places[] = {IN("1.001", "9.99", LEFT("1.001", "10")),
                                    OUT("0.334", "3.34"),
                                    LAND("1", 1, "0.67", "0.33", LEFT("0.667", "7.33")),
                                    OUT("0.333", "3.66"),
                                    OUT("0.334", "3.67", LEFT("0", "0")),
                                    END};

static const table averages[] = {
    {"V008", v008},
    {"V023 by moving average", v023_average},
    {"landed cost on a part", part_left},
    {"landed cost among others", mixed},
    {"landed cost, three places", three_places},
    {"V001", v001},
    {"V003", v003},
    {"V004", v004},
    {"V006", v006},
    {"rules 3.1", rules_3_1},
    {"thirds", thirds},
    {"tiny", tiny},
};

START_TEST(moving_average_cases)
{
    run_average(&averages[_i]);
}
END_TEST

START_TEST(rate_is_derived)
{
    wms_pool pool = {dec("1800"), dec("354")};
    m_dec rate;
    ck_assert_int_eq(wms_pool_rate(&pool, &rate), M_OK);
    same(rate, "0.196667", "rate");
    wms_pool empty = {0};
    ck_assert_int_eq(wms_pool_rate(&empty, &rate), M_OK);
    same(rate, "0", "rate of nothing");
}
END_TEST

START_TEST(pool_refuses)
{
    wms_pool pool = {dec("5"), dec("50")};
    m_dec value = dec("7");
    ck_assert_int_eq(wms_pool_out(&pool, dec("5.000001"), PLACES, &value), M_PRECONDITION);
    ck_assert_int_eq(wms_pool_out(&pool, dec("0"), PLACES, &value), M_INVALID);
    ck_assert_int_eq(wms_pool_out(&pool, dec("-1"), PLACES, &value), M_INVALID);
    ck_assert_int_eq(wms_pool_in(&pool, dec("0"), dec("1")), M_INVALID);
    ck_assert_int_eq(wms_pool_in(&pool, dec("1"), dec("-1")), M_INVALID);
    ck_assert_int_eq(wms_pool_in(&pool, (m_dec){M_DEC_MAX}, dec("0")), M_RANGE);
    same(value, "7", "out is written on success only");
    same(pool.qty, "5", "unchanged");
    same(pool.value, "50", "unchanged");
}
END_TEST

START_TEST(take_mirrors_or_refuses)
{
    wms_pool pool = {dec("15"), dec("225")};
    ck_assert_int_eq(wms_pool_take(&pool, dec("20"), dec("200")), M_PRECONDITION);
    ck_assert_int_eq(wms_pool_take(&pool, dec("10"), dec("300")), M_PRECONDITION);
    ck_assert_int_eq(wms_pool_take(&pool, dec("15"), dec("200")), M_PRECONDITION);
    ck_assert_int_eq(wms_pool_take(&pool, dec("10"), dec("200")), M_OK);
    same(pool.value, "25", "rest");
    ck_assert_int_eq(wms_pool_take(&pool, dec("5"), dec("25")), M_OK);
    same(pool.qty, "0", "all");
}
END_TEST

/* ---- FIFO ---- */

static const step v014[] = {IN("10", "100"),
                            IN("10", "80"),
                            OUT("15", "1400"),
                            IN("5", "60"),
                            OUT("7", "520", LEFT("3", "180")),
                            END};
static const step v015[] = {IN("10", "10"), IN("10", "20"), OUT("15", "200", LEFT("5", "100")),
                            END};
static const step v016[] = {IN("10", "10"), IN("10", "20"),
                            OUT("2", "20", .of = 1, LEFT("18", "280")), END};
static const step v017[] = {IN("4", "10"),
                            IN("2000", "0.025", .factor = "0.001", LEFT("6", "90")),
                            OUT("3", "30", LEFT("3", "60")),
                            OUT("1", "10"),
                            OUT("1000", "25", .factor = "0.001", LEFT("1", "25")),
                            END};
static const step v020[] = {IN("1", "10"),
                            IN("2", "13"),
                            IN("1", "17"),
                            OUT("1", "10"),
                            OUT("1", "13"),
                            OUT("1", "13"),
                            IN("5", "17"),
                            IN("8", "11", LEFT("14", "190")),
                            END};
static const step rules_3_1_fifo[] = {IN("100", "10"), IN("50", "13"),
                                      OUT("120", "1260", LEFT("30", "390")), END};
/* The newer layer is the receipt's own: it goes first, then the oldest. */
static const step own_first[] = {IN("10", "10"), IN("10", "20"),
                                 OUT("12", "220", .of = 2, LEFT("8", "80")), END};

static const step v022[] = {IN("3", "1"),
                            LAND("1.85", 1, "1.85", "0", LEFT("3", "4.85")),
                            OUT("1", "1.62"),
                            OUT("1", "1.62"),
                            OUT("1", "1.61", LEFT("0", "0")),
                            END};
static const step v023[] = {IN("10", "100"), LAND("100", 1, "100", "0"),
                            LAND("50", 1, "50", "0", LEFT("10", "1150")), OUT("1", "115"), END};
/* The second receipt's freight stays with its own layer. */
static const step own_layer[] = {IN("10", "10"),
                                 IN("10", "10"),
                                 OUT("4", "40"),
                                 LAND("10", 1, "6", "4", LEFT("16", "166")),
                                 LAND("10", 2, "10", "0", LEFT("16", "176")),
                                 OUT("6", "66"),
                                 OUT("10", "110", LEFT("0", "0")),
                                 END};

static const table fifos[] = {
    {"V022", v022},
    {"V023", v023},
    {"landed cost by layer", own_layer},
    {"V014", v014},
    {"V015", v015},
    {"V016", v016},
    {"V017", v017},
    {"V020", v020},
    {"rules 3.1", rules_3_1_fifo},
    {"own layer first", own_first},
};

START_TEST(fifo_cases)
{
    run_fifo(&fifos[_i]);
}
END_TEST

START_TEST(fifo_keeps_the_queue)
{
    queue q = {0};
    queue_in(&q, dec("10"), dec("1000"));
    queue_in(&q, dec("10"), dec("800"));
    queue_out(&q, dec("15"), nth_id(0));
    queue_in(&q, dec("5"), dec("300"));
    queue_out(&q, dec("7"), nth_id(0));
    same(q.layers[0].qty, "0", "first");
    same(q.layers[1].qty, "0", "second");
    same(q.layers[2].qty, "3", "V014 queue");
    same(q.layers[2].value, "180", "V014 queue");
}
END_TEST

START_TEST(fifo_refuses_whole)
{
    wms_layer layers[2] = {{nth_id(1), dec("5"), dec("50")}, {nth_id(2), dec("5"), dec("75")}};
    wms_draw draws[2];
    uint32_t count = 9;
    ck_assert_int_eq(wms_fifo_out(layers, 2, nth_id(0), dec("10.5"), PLACES, draws, &count),
                     M_PRECONDITION);
    ck_assert_int_eq(wms_fifo_out(layers, 0, nth_id(0), dec("1"), PLACES, draws, &count),
                     M_PRECONDITION);
    ck_assert_int_eq(wms_fifo_out(layers, 2, nth_id(0), dec("0"), PLACES, draws, &count),
                     M_INVALID);
    ck_assert_uint_eq(count, 9);
    same(layers[0].qty, "5", "unchanged");
    same(layers[1].value, "75", "unchanged");
}
END_TEST

/* ---- splits ---- */

typedef struct {
    const char *name, *amount;
    const char *basis[5], *shares[5];
} split_case;

static const split_case splits[] = {
    {"V024", "1000", {"6", "6", "3", "6"}, {"285.71", "285.71", "142.86", "285.72"}},
    {"rules 3.1", "1000", {"20000", "5000", "3000"}, {"714.29", "178.57", "107.14"}},
    {"equal thirds", "100", {"1", "1", "1"}, {"33.33", "33.33", "33.34"}},
    {"two coins for three", "0.02", {"1", "1", "1"}, {"0", "0.01", "0.01"}},
    {"no basis, no share", "0.05", {"0", "1", "0", "1"}, {"0", "0.02", "0", "0.03"}},
    {"one", "7.77", {"0.000001"}, {"7.77"}},
    {"nothing", "0", {"1", "2"}, {"0", "0"}},
    {"large",
     "999999999999.99",
     {"999999999999", "999999999999"},
     {"499999999999.99", "500000000000"}},
};

START_TEST(split_cases)
{
    const split_case *c = &splits[_i];
    wms_part parts[5];
    uint32_t n = 0;
    for (; n < 5 && c->basis[n]; n++)
        parts[n] = (wms_part){.basis = dec(c->basis[n])};
    ck_assert_int_eq(wms_split(dec(c->amount), parts, n, PLACES), M_OK);
    for (uint32_t i = 0; i < n; i++)
        same(parts[i].amount, c->shares[i], c->name);
}
END_TEST

START_TEST(split_refuses)
{
    wms_part parts[2] = {{.basis = {0}}, {.basis = {0}}};
    ck_assert_int_eq(wms_split(dec("1"), parts, 2, PLACES), M_INVALID);
    ck_assert_int_eq(wms_split(dec("1"), parts, 0, PLACES), M_INVALID);
    parts[0].basis = dec("2");
    parts[1].basis = dec("-1");
    ck_assert_int_eq(wms_split(dec("1"), parts, 2, PLACES), M_INVALID);
    parts[1].basis = dec("1");
    ck_assert_int_eq(wms_split(dec("0.001"), parts, 2, PLACES), M_INVALID);
    ck_assert_int_eq(wms_split(dec("-1"), parts, 2, PLACES), M_INVALID);
}
END_TEST

/* ---- properties, fixed seeds ---- */

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}
static m_dec random_qty(uint64_t *state)
{
    return (m_dec){(int64_t)(next(state) % 5000000000u) + 1};
}
static m_dec random_value(uint64_t *state)
{
    return (m_dec){(int64_t)(next(state) % 100000000u) * 10000};
}
static m_dec random_part(uint64_t *state, m_dec of)
{
    return (m_dec){(int64_t)(next(state) % (uint64_t)of.u) + 1};
}

/* Whatever came and went, what is left plus what left equals what came; empty means zero. */
START_TEST(average_empties_to_zero)
{
    uint64_t seed = UINT64_C(0x9E3779B97F4A7C15) + (uint64_t)_i;
    wms_pool pool = {0};
    m_dec_sum came = 0, left = 0;
    for (int i = 0; i < 200; i++) {
        if (pool.qty.u == 0 || next(&seed) % 2) {
            m_dec value = random_value(&seed);
            ck_assert_int_eq(wms_pool_in(&pool, random_qty(&seed), value), M_OK);
            came += value.u;
        } else {
            m_dec value;
            m_dec qty = next(&seed) % 5 ? random_part(&seed, pool.qty) : pool.qty;
            ck_assert_int_eq(wms_pool_out(&pool, qty, PLACES, &value), M_OK);
            ck_assert(m_dec_fits(value, PLACES));
            left += value.u;
        }
        ck_assert(pool.value.u >= 0 && pool.qty.u >= 0);
        ck_assert(came - left == pool.value.u);
        ck_assert(pool.qty.u != 0 || pool.value.u == 0);
    }
}
END_TEST

START_TEST(fifo_empties_to_zero)
{
    uint64_t seed = UINT64_C(0xD1B54A32D192ED03) + (uint64_t)_i;
    queue q = {0};
    m_dec_sum came = 0, left = 0;
    while (q.count < LAYERS) {
        wms_pool total = queue_total(&q);
        if (total.qty.u == 0 || next(&seed) % 2) {
            came += queue_in(&q, random_qty(&seed), random_value(&seed)).u;
        } else {
            m_dec qty = next(&seed) % 5 ? random_part(&seed, total.qty) : total.qty;
            m_id first = nth_id((uint32_t)(next(&seed) % (q.count + 1)));
            left += queue_out(&q, qty, first).u;
        }
        total = queue_total(&q);
        ck_assert(came - left == total.value.u);
        for (uint32_t i = 0; i < q.count; i++) {
            ck_assert(q.layers[i].qty.u >= 0 && q.layers[i].value.u >= 0);
            ck_assert(q.layers[i].qty.u != 0 || q.layers[i].value.u == 0);
        }
    }
}
END_TEST

/* Source → transit → destination in random portions: nothing is made or lost on the way. */
START_TEST(transfers_conserve_value)
{
    uint64_t seed = UINT64_C(0xA0761D6478BD642F) + (uint64_t)_i;
    wms_pool source = {random_qty(&seed), random_value(&seed)};
    wms_pool transit = {0}, destination = {0};
    m_dec_sum all_value = source.value.u, all_qty = source.qty.u;
    for (int i = 0; i < 100 && source.qty.u > 0; i++) {
        m_dec value, qty = next(&seed) % 4 ? random_part(&seed, source.qty) : source.qty;
        ck_assert_int_eq(wms_pool_out(&source, qty, PLACES, &value), M_OK);
        ck_assert_int_eq(wms_pool_in(&transit, qty, value), M_OK);
        qty = next(&seed) % 3 ? random_part(&seed, transit.qty) : transit.qty;
        ck_assert_int_eq(wms_pool_out(&transit, qty, PLACES, &value), M_OK);
        ck_assert_int_eq(wms_pool_in(&destination, qty, value), M_OK);
        ck_assert((m_dec_sum)source.value.u + transit.value.u + destination.value.u == all_value);
        ck_assert((m_dec_sum)source.qty.u + transit.qty.u + destination.qty.u == all_qty);
    }
}
END_TEST

/* The shares are the amount, each within a coin of its exact value. */
START_TEST(splits_add_up)
{
    uint64_t seed = UINT64_C(0xE7037ED1A0B428DB) + (uint64_t)_i;
    wms_part parts[LAYERS];
    uint32_t n = (uint32_t)(next(&seed) % LAYERS) + 1;
    m_dec amount = random_value(&seed);
    m_dec_sum total = 0, sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        parts[i] = (wms_part){.basis = random_qty(&seed)};
        total += parts[i].basis.u;
    }
    ck_assert_int_eq(wms_split(amount, parts, n, PLACES), M_OK);
    for (uint32_t i = 0; i < n; i++) {
        m_dec_sum exact = (m_dec_sum)amount.u * parts[i].basis.u / total;
        sum += parts[i].amount.u;
        ck_assert(m_dec_fits(parts[i].amount, PLACES));
        ck_assert(parts[i].amount.u - exact <= 10000 && exact - parts[i].amount.u <= 10000);
    }
    ck_assert(sum == amount.u);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("wms costing");
    TCase *average = tcase_create("moving average");
    tcase_add_loop_test(average, moving_average_cases, 0,
                        (int)(sizeof averages / sizeof averages[0]));
    tcase_add_test(average, rate_is_derived);
    tcase_add_test(average, pool_refuses);
    tcase_add_test(average, take_mirrors_or_refuses);
    suite_add_tcase(s, average);
    TCase *fifo = tcase_create("fifo");
    tcase_add_loop_test(fifo, fifo_cases, 0, (int)(sizeof fifos / sizeof fifos[0]));
    tcase_add_test(fifo, fifo_keeps_the_queue);
    tcase_add_test(fifo, fifo_refuses_whole);
    suite_add_tcase(s, fifo);
    TCase *split = tcase_create("splits");
    tcase_add_loop_test(split, split_cases, 0, (int)(sizeof splits / sizeof splits[0]));
    tcase_add_test(split, split_refuses);
    suite_add_tcase(s, split);
    TCase *properties = tcase_create("properties");
    tcase_add_loop_test(properties, average_empties_to_zero, 0, 50);
    tcase_add_loop_test(properties, fifo_empties_to_zero, 0, 50);
    tcase_add_loop_test(properties, splits_add_up, 0, 50);
    tcase_add_loop_test(properties, transfers_conserve_value, 0, 50);
    suite_add_tcase(s, properties);
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
