/* The worked cases of tests/cases that belong to Finance (taxes, payment terms, payments,
 * rounding), run through the rules that its documents use. The ids are those of the collection;
 * tests/cases/README.md lists what is left out and why. */
#include <check.h>
#include <stdlib.h>

#include "finance/finance.h"

#define PLACES 2

static m_arena *arena;

static void setup(void)
{
    arena = m_arena_new(0);
    ck_assert_ptr_nonnull(arena);
}

static void teardown(void)
{
    m_arena_free(arena);
}

static m_dec dec(const char *text)
{
    m_dec value = {0};
    if (text) ck_assert_msg(m_dec_parse(m_str_of(text), &value) == M_OK, "%s", text);
    return value;
}

static void same(m_dec got, const char *want, const char *what)
{
    char text[M_DEC_TEXT];
    if (!want) return;
    m_dec_format(got, 0, text);
    ck_assert_msg(got.u == dec(want).u, "%s: got %s, want %s", what, text, want);
}

static m_date date(const char *text)
{
    m_date d;
    ck_assert_int_eq(m_date_parse(m_str_of(text), &d), M_OK);
    return d;
}

/* ---- documents with charges ---- */

#define LINES   5
#define CHARGES 9

typedef struct {
    const char *name;
    fin_charge_basis basis;
    const char *rate;
    const char *amount;
    int row; /* from 1, as the cases count */
    bool deduct;
    bool included;
    const char *not_recoverable;
    const char *line_rates[LINES];
    const char *tax;     /* expected */
    const char *running; /* expected */
} charge_row;

typedef struct {
    const char *id;
    const char *amounts[LINES]; /* qty × rate */
    charge_row charges[CHARGES];
    const char *discount;
    m_rounding rounding;
    int places;
    const char *round_to;
    const char *net[LINES]; /* expected, as all below */
    const char *cost[LINES];
    const char *net_total;
    const char *tax_total;
    const char *grand_total;
    const char *rounded_total;
    const char *adjustment;
} document_case;

#define SALE(t2, t3, t4, t5, t6, t7, t8, r1, r2, r3, r4, r5, r6, r7, r8)                           \
    {                                                                                              \
        {"Shipping", FIN_ACTUAL, .amount = "100", .tax = "100.00", .running = r1},                 \
            {"Customs", FIN_ON_NET, .rate = "10", .tax = t2, .running = r2},                       \
            {"Excise", FIN_ON_NET, .line_rates = {"10", "12"}, .tax = t3, .running = r3},          \
            {"Cess", FIN_ON_ROW_AMOUNT, .rate = "2", .row = 3, .tax = t4, .running = r4},          \
            {"HCess", FIN_ON_ROW_AMOUNT, .rate = "1", .row = 3, .tax = t5, .running = r5},         \
            {"CST", FIN_ON_ROW_TOTAL, .rate = "2", .row = 5, .tax = t6, .running = r6},            \
            {"VAT", FIN_ON_NET, .rate = "12.5", .tax = t7, .running = r7},                         \
        {                                                                                          \
            "Discount", FIN_ON_ROW_TOTAL, .rate = "10", .row = 7, .deduct = true, .tax = t8,       \
                                          .running = r8                                            \
        }                                                                                          \
    }

static const document_case documents[] = {
    {"V030 eight charge rows",
     {"500", "750"},
     SALE("125.00", "140.00", "2.80", "1.40", "32.38", "156.25", "180.78", "1350.00", "1475.00",
          "1615.00", "1617.80", "1619.20", "1651.58", "1807.83", "1627.05"),
     .places = 2,
     .net_total = "1250.00",
     .grand_total = "1627.05"},
    {"V031 half of the net given away",
     {"500", "750"},
     SALE("62.50", "70.00", "1.40", "0.70", "17.19", "78.12", "95.49", NULL, NULL, NULL, NULL, NULL,
          NULL, NULL, "859.42"),
     .discount = "625",
     .rounding = M_ROUND_HALF_EVEN,
     .places = 2,
     .net = {"250.00", "375.00"},
     .tax_total = "234.42",
     .grand_total = "859.42"},
    {"V032 prices include twice 9 %",
     {"400", "400.25", "600.30", "100.65"},
     {{"VAT", .rate = "9", .included = true, .tax = "114.50"},
      {"Service", .rate = "9", .included = true, .tax = "114.50"}},
     .places = 2,
     .round_to = "1",
     .net_total = "1272.20",
     .tax_total = "229.00",
     .grand_total = "1501.20",
     .rounded_total = "1501.00",
     .adjustment = "-0.20"},
    {"V033 52.50 including 12 %",
     {"52.50"},
     {{"VAT", .rate = "12", .included = true, .tax = "5.62"}},
     .places = 2,
     .net = {"46.88"}},
    {"V034 7.00 including 21 %",
     {"7.00"},
     {{"VAT", .rate = "21", .included = true, .tax = "1.21"}},
     .places = 2,
     .net = {"5.79"}},
    {"V035 fixed 10 in the base of 10 %",
     {"200"},
     {{"Fixed", FIN_ACTUAL, .amount = "10", .tax = "10.00"},
      {"VAT", FIN_ON_ROW_TOTAL, .rate = "10", .row = 1, .tax = "21.00"}},
     .places = 2,
     .grand_total = "231.00"},
    {"V036 six places",
     {"399.999999"},
     {{"VAT", .rate = "20", .included = true, .tax = "66.666666"}},
     .places = 6,
     .net = {"333.333333"}},
    {"V048 half of the input tax is deductible",
     {"500"},
     {{"VAT", .rate = "10", .not_recoverable = "50", .tax = "50"}},
     .places = 2,
     .cost = {"25.00"}, /* 525.00 untaxed, 25.00 tax */
     .grand_total = "550.00"},
    {"3.3 CGST and SGST of 18 %",
     {"1234.55"},
     {{"CGST", .rate = "9", .tax = "111.11"}, {"SGST", .rate = "9", .tax = "111.11"}},
     .places = 2,
     .tax_total = "222.22",
     .grand_total = "1456.77"},
    {"3.3 IGST of 18 %",
     {"1234.55"},
     {{"IGST", .rate = "18", .tax = "222.22"}},
     .places = 2,
     .grand_total = "1456.77"},
};

static uint32_t fill_charges(const document_case *c, uint32_t lines, fin_charge *charges,
                             m_dec rates[CHARGES][LINES])
{
    uint32_t n = 0;
    for (; n < CHARGES && c->charges[n].name; n++) {
        const charge_row *row = &c->charges[n];
        charges[n] = (fin_charge){.basis = row->basis,
                                  .rate = dec(row->rate),
                                  .amount = dec(row->amount),
                                  .row = row->row ? (uint32_t)row->row - 1 : 0,
                                  .deduct = row->deduct,
                                  .included = row->included,
                                  .not_recoverable = dec(row->not_recoverable)};
        if (!row->line_rates[0]) continue;
        for (uint32_t i = 0; i < lines; i++)
            rates[n][i] = dec(row->line_rates[i]);
        charges[n].line_rates = rates[n];
    }
    return n;
}

static void check_document(const document_case *c, const fin_tax_input *in,
                           const fin_tax_result *out)
{
    for (uint32_t i = 0; i < in->line_count; i++) {
        same(out->net[i], c->net[i], c->id);
        same(out->cost[i], c->cost[i], c->id);
    }
    for (uint32_t i = 0; i < in->charge_count; i++) {
        same(out->tax[i], c->charges[i].tax, c->charges[i].name);
        same(out->running[i], c->charges[i].running, c->charges[i].name);
    }
    same(out->net_total, c->net_total, c->id);
    same(out->tax_total, c->tax_total, c->id);
    same(out->grand_total, c->grand_total, c->id);
    same(out->rounded_total, c->rounded_total, c->id);
    same(out->adjustment, c->adjustment, c->id);
    ck_assert_int_eq(out->net_total.u + out->tax_total.u, out->grand_total.u);
}

START_TEST(taxes_of_documents)
{
    const document_case *c = &documents[_i];
    m_dec amounts[LINES];
    m_dec rates[CHARGES][LINES];
    fin_charge charges[CHARGES];
    uint32_t lines = 0;
    for (; lines < LINES && c->amounts[lines]; lines++)
        amounts[lines] = dec(c->amounts[lines]);
    fin_tax_input in = {.amounts = amounts,
                        .line_count = lines,
                        .charges = charges,
                        .charge_count = fill_charges(c, lines, charges, rates),
                        .net_discount = dec(c->discount),
                        .places = c->places,
                        .rounding = c->rounding,
                        .round_to = dec(c->round_to)};
    fin_tax_result out;
    ck_assert_int_eq(fin_tax_compute(arena, &in, &out), M_OK);
    check_document(c, &in, &out);
}
END_TEST

START_TEST(per_line_or_per_document)
{
    m_dec amounts[] = {dec("0.55"), dec("0.55"), dec("0.55")};
    fin_charge charge = {.rate = dec("10")};
    fin_tax_input in = {.amounts = amounts,
                        .line_count = 3,
                        .charges = &charge,
                        .charge_count = 1,
                        .places = PLACES};
    fin_tax_result out;
    ck_assert_int_eq(fin_tax_compute(arena, &in, &out), M_OK);
    same(out.tax_total, "0.17", "document: 0.165");
    in.per_line = true;
    ck_assert_int_eq(fin_tax_compute(arena, &in, &out), M_OK);
    same(out.tax_total, "0.18", "lines: 3 × 0.055");
}
END_TEST

/* Whatever the figures, an included price never moves and no cent gets lost. */
START_TEST(included_prices_stay)
{
    uint64_t state = 88172645463325252u;
    for (int round = 0; round < 2000; round++) {
        m_dec amounts[4];
        m_dec_sum total = 0;
        m_dec rates[2][4];
        for (int i = 0; i < 4; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            amounts[i].u = (int64_t)(state >> 40) % 100000 * 10000;
            rates[0][i].u = (int64_t)(state >> 20) % 4 * 6 * M_DEC_ONE;
            rates[1][i].u = (int64_t)(state >> 24) % 3 * 5 * M_DEC_ONE;
            total += amounts[i].u;
        }
        fin_charge charges[] = {
            {.included = true, .line_rates = rates[0], .not_recoverable = dec("50")},
            {.included = true, .line_rates = rates[1]}};
        fin_tax_input in = {.amounts = amounts,
                            .line_count = 4,
                            .charges = charges,
                            .charge_count = 2,
                            .places = PLACES,
                            .per_line = round % 2 == 0};
        fin_tax_result out;
        ck_assert_int_eq(fin_tax_compute(arena, &in, &out), M_OK);
        ck_assert(out.grand_total.u == total);
        m_dec_sum cost = 0;
        for (int i = 0; i < 4; i++)
            cost += out.cost[i].u;
        ck_assert(cost + out.recoverable[0].u == out.tax[0].u);
        ck_assert_int_eq(out.recoverable[1].u, out.tax[1].u);
    }
}
END_TEST

START_TEST(senseless_charges)
{
    m_dec amount = dec("100");
    m_dec negative = dec("-1");
    const fin_charge bad[] = {
        {.basis = FIN_ON_ROW_TOTAL, .row = 0, .rate = amount},
        {.rate = negative},
        {.rate = amount, .not_recoverable = dec("101")},
        {.basis = FIN_ACTUAL, .amount = amount, .included = true},
        {.basis = FIN_ACTUAL, .amount = dec("0.001")},
        {.line_rates = &negative},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fin_tax_input in = {.amounts = &amount,
                            .line_count = 1,
                            .charges = &bad[i],
                            .charge_count = 1,
                            .places = PLACES};
        fin_tax_result out;
        ck_assert_int_eq(fin_tax_compute(arena, &in, &out), M_INVALID);
    }
}
END_TEST

/* ---- rounding ---- */

START_TEST(rounding_to_a_unit)
{
    m_dec out;
    ck_assert_int_eq(fin_round_to(dec("42.06"), dec("0.05"), M_ROUND_UP, &out), M_OK);
    same(out, "42.10", "V049 up");
    ck_assert_int_eq(fin_round_to(dec("42.06"), dec("0.05"), M_ROUND_HALF_UP, &out), M_OK);
    same(out, "42.05", "V049 nearest");
    ck_assert_int_eq(fin_round_to(dec("-2.5"), dec("1"), M_ROUND_HALF_UP, &out), M_OK);
    same(out, "-3", "away from zero");
    ck_assert_int_eq(fin_round_to(dec("-2.5"), dec("1"), M_ROUND_HALF_EVEN, &out), M_OK);
    same(out, "-2", "even");
    ck_assert_int_eq(fin_round_to(dec("1"), dec("0"), M_ROUND_UP, &out), M_INVALID);
}
END_TEST

START_TEST(v054_allotment)
{
    m_dec weights[] = {dec("1"), dec("1"), dec("0")};
    m_dec parts[3];
    ck_assert_int_eq(m_money_split(dec("15"), 0, weights, 3, parts), M_OK);
    same(parts[0], "8", "half");
    same(parts[1], "7", "half");
    same(parts[2], "0", "remainder");
}
END_TEST

/* ---- terms ---- */

START_TEST(v037_early_payment)
{
    fin_early_payment out;
    ck_assert_int_eq(fin_early_payment_compute(dec("200"), dec("18"), dec("10"), PLACES, &out),
                     M_OK);
    same(out.total, "236.00", "total");
    same(out.paid, "212.40", "paid");
    same(out.discount_net, "20.00", "net");
    same(out.discount_tax, "3.60", "tax");
}
END_TEST

START_TEST(v038_v039_instalments)
{
    const fin_term terms[] = {{.percent = dec("10"), .discount_percent = dec("10")},
                              {.percent = dec("20"), .discount_percent = dec("20")},
                              {.percent = dec("20")},
                              {.balance = true, .discount_percent = dec("20")}};
    static const char *const amounts[] = {"115.00", "230.00", "230.00", "575.00"};
    static const char *const early[2][4] = {{"105.00", "190.00", "0.00", "475.00"},
                                            {"103.50", "184.00", "0.00", "460.00"}};
    for (int on_tax = 0; on_tax < 2; on_tax++) {
        fin_instalment out[4];
        ck_assert_int_eq(fin_terms_compute(dec("1150"), dec("1000"), PLACES, terms, 4, on_tax == 1,
                                           date("2026-04-01"), out),
                         M_OK);
        for (int i = 0; i < 4; i++) {
            same(out[i].amount, amounts[i], "amount");
            same(out[i].pay_if_early, early[on_tax][i], "early");
        }
    }
}
END_TEST

START_TEST(terms_sum_to_the_whole)
{
    const fin_term thirds[] = {
        {.percent = dec("33.33")}, {.percent = dec("33.33")}, {.percent = dec("33.34")}};
    fin_instalment out[3];
    ck_assert_int_eq(fin_terms_compute(dec("100.01"), dec("100.01"), PLACES, thirds, 3, true,
                                       date("2026-04-01"), out),
                     M_OK);
    ck_assert_int_eq(out[0].amount.u + out[1].amount.u + out[2].amount.u, dec("100.01").u);
    const fin_term short_of[] = {{.percent = dec("50")}, {.percent = dec("49")}};
    ck_assert_int_eq(
        fin_terms_compute(dec("1"), dec("1"), PLACES, short_of, 2, true, date("2026-04-01"), out),
        M_INVALID);
    const fin_term early_rest[] = {{.balance = true}, {.percent = dec("50")}};
    ck_assert_int_eq(
        fin_terms_compute(dec("1"), dec("1"), PLACES, early_rest, 2, true, date("2026-04-01"), out),
        M_INVALID);
}
END_TEST

START_TEST(v040_due_dates)
{
    static const struct {
        fin_due_rule rule;
        const char *from;
        const char *due;
    } cases[] = {
        {{0}, "2019-01-15", "2019-01-15"},
        {{.end_of_month = true}, "2019-01-15", "2019-01-31"},
        {{.end_of_month = true, .then_days = 15}, "2019-01-31", "2019-02-15"},
        {{.months = 1, .end_of_month = true}, "2022-01-31", "2022-02-28"},
        {{.months = 3, .end_of_month = true, .then_days = 10}, "2022-01-31", "2022-05-10"},
        {{.days = 30}, "2026-02-15", "2026-03-17"},
        {{.end_of_month = true}, "2026-12-05", "2026-12-31"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_int_eq(fin_due_date(date(cases[i].from), &cases[i].rule).d, date(cases[i].due).d);
}
END_TEST

/* ---- payments ---- */

START_TEST(payments_over_open_items)
{
    m_dec rest;
    m_dec parts[2];
    m_dec two[] = {dec("5.95"), dec("5.95")};
    ck_assert_int_eq(fin_allocate(dec("14.00"), two, 2, parts, &rest), M_OK);
    same(parts[0], "5.95", "V044");
    same(parts[1], "5.95", "V044");
    same(rest, "2.10", "V044");
    m_dec one[] = {dec("100")};
    ck_assert_int_eq(fin_allocate(dec("110"), one, 1, parts, &rest), M_OK);
    same(parts[0], "100", "V047");
    same(rest, "10.00", "V047");
    ck_assert_int_eq(fin_allocate(dec("7"), two, 2, parts, &rest), M_OK);
    same(parts[1], "1.05", "the second waits for the first");
    same(rest, "0", "nothing left");
    ck_assert_int_eq(fin_allocate(dec("-1"), two, 2, parts, &rest), M_INVALID);
}
END_TEST

/* ---- other currencies ---- */

START_TEST(items_of_another_currency_are_set_off)
{
    static const struct {
        const char *id;
        const char *debit[2], *credit[2]; /* base, foreign */
        const char *foreign, *taken[2], *loss;
        m_status status;
    } cases[] = {
        {"V042 in part", {"60", "120"}, {"80", "240"}, "120", {"60", "40"}, "20", M_OK},
        {"V042 as far as it goes", {"60", "120"}, {"80", "240"}, "999", {"60", "40"}, "20", M_OK},
        {"V043 an advance", {"7500", "100"}, {"7000", "100"}, "100", {"7500", "7000"}, "500", M_OK},
        {"a gain", {"7000", "100"}, {"7500", "100"}, "100", {"7000", "7500"}, "-500", M_OK},
        {"thirds", {"100", "3"}, {"99", "1"}, "1", {"33.33", "99"}, "-65.67", M_OK},
        {"nothing", {"60", "120"}, {"80", "240"}, "0", {"0", "0"}, "0", M_OK},
        {"less than nothing", {"60", "120"}, {"80", "240"}, "-1", {"0", "0"}, "0", M_INVALID},
        {"a debit below zero", {"-60", "-120"}, {"80", "240"}, "1", {"0", "0"}, "0", M_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fin_currency_match match = {.foreign = dec("0")};
        m_foreign debit = {dec(cases[i].debit[0]), dec(cases[i].debit[1])};
        m_foreign credit = {dec(cases[i].credit[0]), dec(cases[i].credit[1])};
        ck_assert_int_eq(fin_currency_match_items(debit, credit, dec(cases[i].foreign), 2, &match),
                         cases[i].status);
        same(match.debit_base, cases[i].taken[0], cases[i].id);
        same(match.credit_base, cases[i].taken[1], cases[i].id);
        same(match.loss, cases[i].loss, cases[i].id);
        if (i > 0) continue;
        same(match.foreign, "120", "V042");
        same((m_dec){credit.base.u - match.credit_base.u}, "40.00", "V042 left");
        same((m_dec){credit.foreign.u - match.foreign.u}, "120", "V042 left");
    }
}
END_TEST

START_TEST(write_offs_split_off_their_tax)
{
    m_dec bill[] = {dec("500"), dec("95")};
    m_dec shares[2];
    ck_assert_int_eq(fin_split_write_off(dec("100"), PLACES, bill, 2, shares), M_OK);
    same(shares[0], "84.03", "V045 discount");
    same(shares[1], "15.97", "V045 tax");
    m_dec plain[] = {dec("100")};
    ck_assert_int_eq(fin_split_write_off(dec("5"), PLACES, plain, 1, shares), M_OK);
    same(shares[0], "5.00", "V046");
}
END_TEST

/* ---- closing a year ---- */

enum { MAIN = 1, WEST, SALES, COGS, RETAINED }; /* last byte of an id */

static m_id id(int n)
{
    m_id out = {{0}};
    out.b[sizeof out.b - 1] = (unsigned char)n;
    return out;
}

typedef struct {
    int account;
    int center; /* 0: none */
    const char *amount;
} closing_row;

static const struct {
    const char *name;
    closing_row given[4]; /* debit above zero */
    closing_row want[6];
} closings[] = {
    {"V050 by cost center",
     {{SALES, MAIN, "-400"}, {SALES, WEST, "-200"}},
     {{SALES, MAIN, "400.00"},
      {RETAINED, MAIN, "-400.00"},
      {SALES, WEST, "200.00"},
      {RETAINED, WEST, "-200.00"}}},
    {"a profit and a loss",
     {{SALES, MAIN, "-400"}, {COGS, MAIN, "250"}, {COGS, WEST, "0.01"}},
     {{SALES, MAIN, "400"},
      {COGS, MAIN, "-250"},
      {RETAINED, MAIN, "-150"},
      {COGS, WEST, "-0.01"},
      {RETAINED, WEST, "0.01"}}},
    {"nothing is left over",
     {{SALES, MAIN, "-5"}, {COGS, MAIN, "5"}, {SALES, WEST, "0"}},
     {{SALES, MAIN, "5"}, {COGS, MAIN, "-5"}}},
    {"without a cost center",
     {{SALES, 0, "-7"}, {SALES, MAIN, "-1"}},
     {{SALES, 0, "7"}, {RETAINED, 0, "-7"}, {SALES, MAIN, "1"}, {RETAINED, MAIN, "-1"}}},
    {"nothing at all", {{0}}, {{0}}},
};

START_TEST(closing_of_results)
{
    fin_result_balance balances[4];
    uint32_t n = 0;
    for (const closing_row *row = closings[_i].given; n < 4 && row->amount; row++)
        balances[n++] = (fin_result_balance){id(row->account), id(row->center), dec(row->amount).u};
    m_list entries;
    ck_assert_int_eq(fin_close_results(arena, balances, n, id(RETAINED), &entries), M_OK);
    const closing_row *want = closings[_i].want;
    for (M_EACH(const fin_closing_entry, entry, entries)) {
        ck_assert_ptr_nonnull(want->amount);
        ck_assert(m_id_eq(entry->account, id(want->account)));
        ck_assert(m_id_eq(entry->cost_center, id(want->center)));
        same(entry->amount, want->amount, closings[_i].name);
        want++;
    }
    ck_assert_ptr_null(want->amount);
}
END_TEST

START_TEST(results_too_large_to_close)
{
    fin_result_balance balances[] = {{id(SALES), id(MAIN), M_DEC_MAX}, {id(COGS), id(MAIN), 1}};
    m_list entries;
    ck_assert_int_eq(fin_close_results(arena, balances, 2, id(RETAINED), &entries), M_RANGE);
    ck_assert_int_eq(fin_close_results(arena, balances, 1, id(RETAINED), &entries), M_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("finance cases");
    TCase *cases = tcase_create("rules");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, taxes_of_documents, 0, sizeof documents / sizeof documents[0]);
    tcase_add_test(cases, per_line_or_per_document);
    tcase_add_test(cases, included_prices_stay);
    tcase_add_test(cases, senseless_charges);
    tcase_add_test(cases, rounding_to_a_unit);
    tcase_add_test(cases, v054_allotment);
    tcase_add_test(cases, v037_early_payment);
    tcase_add_test(cases, v038_v039_instalments);
    tcase_add_test(cases, terms_sum_to_the_whole);
    tcase_add_test(cases, v040_due_dates);
    tcase_add_test(cases, payments_over_open_items);
    tcase_add_test(cases, items_of_another_currency_are_set_off);
    tcase_add_test(cases, write_offs_split_off_their_tax);
    tcase_add_loop_test(cases, closing_of_results, 0, sizeof closings / sizeof closings[0]);
    tcase_add_test(cases, results_too_large_to_close);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
