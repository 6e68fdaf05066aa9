/* Charges on suppliers' bills: some on others, in the cost of the lines or on accounts of their
 * own, on goods, in other currencies, and what cannot be charged. */
#include <check.h>

#include "fin_charges_parts.h"
#include "invoice/invoice.h"

#define INVOICES "purchase-invoices"

static fin_world world;
static fin_world *w = &world;

static void setup(void)
{
    fin_world_setup(w);
}

static void teardown(void)
{
    fin_books_balance(w);
    fin_world_teardown(w);
}

/* more: further members, with a comma in front. */
static const char *bill(const char *lines, const char *more)
{
    static int no;
    return fin_text(w, "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"C-%d\",\"lines\":[%s]%s}",
                    fin_id_text(w, test_id(SUPPLIER)), ++no, lines, more);
}

static m_document_reply submit(const char *lines, const char *more)
{
    return fin_create(w, INVOICES, "submit", bill(lines, more));
}

static const char *work(const char *qty, const char *rate, uint32_t tax)
{
    return fin_text(w,
                    "{\"description\":\"Work\",\"qty\":\"%s\",\"rate\":\"%s\",\"account\":\"%s\","
                    "\"cost_center\":\"%s\"%s%s%s}",
                    qty, rate, fin_account_text(w, "5300"), fin_center_text(w, "Main"),
                    tax ? ",\"tax\":\"" : "", tax ? fin_id_text(w, test_id(tax)) : "",
                    tax ? "\"" : "");
}

static const char *goods(m_id line, const char *qty, const char *rate)
{
    return fin_text(w, "{\"receipt_line\":\"%s\",\"qty\":\"%s\",\"rate\":\"%s\"}",
                    fin_id_text(w, line), qty, rate);
}

static const char *fixed(const char *name, const char *amount, const char *account)
{
    return fixed_charge(w, name, amount, account);
}

static const char *charges(const char *rows)
{
    return fin_text(w, ",\"charges\":[%s]", rows);
}

/* ---- V030, V031 ---- */

/* tax: where the charges of percentages go, by its code; NULL: all of them into the cost. */
static const char *eight(const char *tax, const char *more)
{
    const char *to = tax ? fin_text(w, ",\"account\":\"%s\"", fin_account_text(w, tax)) : "";
    fin_create(w, "posting-rules", NULL,
               fin_text(w, "{\"purpose\":\"input_excise\",\"account\":\"%s\"}",
                        fin_account_text(w, "1170")));
    return eight_charges(w, tax ? "5160" : NULL, to, more);
}

static const char *excise_lines(void)
{
    return fin_text(w, "%s,%s", work("10", "50", EXCISE10), work("5", "150", EXCISE12));
}

START_TEST(charges_with_accounts)
{
    m_document_reply reply = submit(excise_lines(), eight("1160", ""));
    is_v030(w, reply.body);
    fin_has(reply.body, "\"tax_total\":\"377.05\"");
    fin_balance_is(w, "2110", "-1627.05");
    fin_balance_is(w, "5300", "1250");
    fin_balance_is(w, "5160", "100");
    fin_balance_is(w, "1170", "140"); /* input_excise */
    fin_balance_is(w, "1160", "137.05");
    fin_act(w, INVOICES, reply.id, "cancel", NULL);
    fin_balance_is(w, "1160", "0");
    fin_balance_is(w, "5160", "0");
}
END_TEST

START_TEST(charges_in_the_cost)
{
    m_document_reply reply = submit(excise_lines(), eight(NULL, ""));
    is_v030(w, reply.body);
    fin_balance_is(w, "2110", "-1627.05");
    fin_balance_is(w, "5300", "1487.05");
    fin_balance_is(w, "1170", "140");
    fin_balance_is(w, "1160", "0");
}
END_TEST

START_TEST(charges_after_a_discount)
{
    m_document_reply reply = submit(excise_lines(), eight(NULL, V031_DISCOUNT));
    is_v031(w, reply.body);
    fin_balance_is(w, "2110", "-859.42");
    fin_balance_is(w, "5300", "789.42");
    fin_balance_is(w, "1170", "70");
}
END_TEST

/* ---- goods ---- */

/* Freight makes goods dearer than they were received for; it is no other price. */
START_TEST(freight_on_goods)
{
    m_id tea = fin_world_receive(w, "10", "10", "100");
    m_id more = fin_world_receive(w, "10", "30", "300");
    m_document_reply reply =
        submit(fin_text(w, "%s,%s", goods(tea, "10", "10"), goods(more, "10", "30")),
               charges(fin_text(w, "%s,%s", fixed("Freight", "20.01", NULL),
                                fixed("Handling", "7", "5160"))));
    fin_has(reply.body, "\"state\":\"submitted\"");
    fin_has(reply.body, "\"cost_tax\":\"5.00\"");
    fin_has(reply.body, "\"variance\":\"5.00\"");
    fin_has(reply.body, "\"cost_tax\":\"15.01\"");
    fin_has(reply.body, "\"variance\":\"15.01\"");
    fin_balance_is(w, "2120", "400");
    fin_balance_is(w, "5120", "20.01");
    fin_balance_is(w, "5160", "7");
    fin_balance_is(w, "2110", "-427.01");
}
END_TEST

/* A discount on the whole bill is part of the price, which is matched with the order's. */
START_TEST(discount_on_goods)
{
    m_id line = fin_world_receive(w, "20", "50", "1000");
    m_document_reply reply = submit(goods(line, "10", "50"), ",\"net_discount\":\"10\"");
    fin_has(reply.body, "\"state\":\"submitted\"");
    fin_has(reply.body, "\"variance\":\"-10.00\"");
    fin_balance_is(w, "2110", "-490");
    reply = submit(goods(line, "10", "50"), ",\"net_discount\":\"10.01\"");
    fin_has(reply.body, "\"state\":\"on_hold\"");
    fin_has(reply.body, "\"actual\":\"48.999\"");
    fin_act(w, INVOICES, reply.id, "release", NULL);
    fin_balance_is(w, "5120", "-20.01");
}
END_TEST

/* ---- other currencies ---- */

START_TEST(charges_in_dollars)
{
    w->usd = test_dec("75");
    m_document_reply reply = submit(
        work("1", "100", 0), fin_text(w, ",\"currency\":\"%s\"%s", fin_id_text(w, test_id(USD)),
                                      charges(fin_text(w, "%s,%s", fixed("Freight", "10", "5160"),
                                                       fixed("Insurance", "1.11", NULL)))));
    fin_has(reply.body, "\"grand_total\":\"111.11\"");
    fin_has(reply.body, "\"base_total\":\"8333.25\"");
    fin_balance_is(w, "5160", "750");
    fin_balance_is(w, "5300", "7583.25");
    fin_balance_is(w, "2110", "-8333.25");
}
END_TEST

/* ---- refusals ---- */

START_TEST(charges_that_do_not_fit)
{
    for (size_t i = 0; i < UNIT_COUNT(bad_charges); i++)
        fin_create_refused(w, INVOICES, NULL,
                           bill(work("1", "100", GST18), fin_text(w, ",%s", bad_charges[i].more)),
                           bad_charges[i].code, bad_charges[i].path);
    fin_create_refused(w, INVOICES, NULL,
                       bill(work("1", "100", 0),
                            charges(fin_text(w,
                                             "{\"name\":\"A\",\"basis\":\"actual\",\"amount\":"
                                             "\"1\",\"account\":\"%s\"}",
                                             fin_account_text(w, "5160")))),
                       "finance.cost_center.required", "charges[0].cost_center");
    fin_create_refused(w, INVOICES, NULL,
                       bill(work("1", "100", 0), charges(fixed("A", "1", "5200"))),
                       "finance.account.group", "charges[0].account");
    static const char *const kept[] = {"1130", "1140", "1150", "1185", "2110", "2120"};
    for (size_t i = 0; i < UNIT_COUNT(kept); i++)
        fin_create_refused(w, INVOICES, NULL,
                           bill(work("1", "100", 0), charges(fixed("A", "1", kept[i]))),
                           "finance.account.kept", "charges[0].account");
    fin_create_refused(
        w, INVOICES, "submit",
        bill(work("1", "100", 0), charges("{\"name\":\"All\",\"basis\":\"net\",\"rate\":\"100\","
                                          "\"deduct\":true}")),
        "finance.invoice.zero", "lines");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("charges");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, charges_with_accounts);
    tcase_add_test(cases, charges_in_the_cost);
    tcase_add_test(cases, charges_after_a_discount);
    tcase_add_test(cases, freight_on_goods);
    tcase_add_test(cases, discount_on_goods);
    tcase_add_test(cases, charges_in_dollars);
    tcase_add_test(cases, charges_that_do_not_fit);
    return fin_world_run(cases, "fin_charges");
}
