/* Taxes through documents: included in the price, tax on tax, fixed amounts, a deductible part,
 * reverse charge; per line and per document. */
#include <check.h>
#include <stdlib.h>

#include "fin_world.h"

static fin_world world;
static fin_world *w = &world;

static void setup(void)
{
    fin_world_setup(w);
}

static void teardown(void)
{
    fin_world_teardown(w);
}

static const char *line(bool sale, const char *qty, const char *rate, uint32_t tax)
{
    return fin_text(w,
                    "{\"description\":\"Work\",\"qty\":\"%s\",\"rate\":\"%s\",\"account\":\"%s\","
                    "\"cost_center\":\"%s\",\"tax\":\"%s\"}",
                    qty, rate, fin_account_text(w, sale ? "4100" : "5300"),
                    fin_center_text(w, "Main"), fin_id_text(w, test_id(tax)));
}

static const char *body(bool sale, const char *lines, const char *more)
{
    static int no;
    const char *bill_no = sale ? "" : fin_text(w, ",\"supplier_invoice_no\":\"X-%d\"", ++no);
    return fin_text(w, "{\"%s\":\"%s\",\"posting_date\":\"2026-04-01\",\"lines\":[%s]%s%s}",
                    sale ? "customer" : "supplier",
                    fin_id_text(w, test_id(sale ? CUSTOMER : SUPPLIER)), lines, bill_no, more);
}

static const char *bills(bool sale)
{
    return sale ? "sales-invoices" : "purchase-invoices";
}

static m_document_reply submit(bool sale, const char *lines, const char *more)
{
    return fin_create(w, bills(sale), "submit", body(sale, lines, more));
}

/* ---- included ---- */

/* V033 and V034, and both together under either rounding. */
static const struct {
    const char *price;
    uint32_t tax;
    const char *base, *amount;
} inside[] = {{"52.50", VAT12, "46.88", "5.62"}, {"7.00", VAT21, "5.79", "1.21"}};

START_TEST(tax_in_the_price)
{
    bool sale = _i % 2;
    int k = _i / 2;
    m_document_reply reply = submit(sale, line(sale, "1", inside[k].price, inside[k].tax),
                                    k ? ",\"prices_include_tax\":true"
                                      : ",\"prices_include_tax\":true,\"tax_rounding\":\"line\"");
    fin_has(reply.body, fin_text(w, "\"net_total\":\"%s\"", inside[k].base));
    fin_has(reply.body, fin_text(w, "\"tax_total\":\"%s\"", inside[k].amount));
    fin_has(reply.body, fin_text(w, "\"grand_total\":\"%s\"", inside[k].price));
    const char *sign = sale ? "-" : "";
    fin_balance_is(w, sale ? "4100" : "5300", fin_text(w, "%s%s", sign, inside[k].base));
    fin_balance_is(w, sale ? "2130" : "1160", fin_text(w, "%s%s", sign, inside[k].amount));
}
END_TEST

/* ---- fixed, and tax on tax ---- */

/* V035: 10 on 200 are in the base of the next 10 %. */
START_TEST(a_fixed_part_in_the_base)
{
    bool sale = _i;
    m_document_reply reply = submit(sale, line(sale, "1", "200", FIXED10), "");
    fin_has(reply.body, "\"amount\":\"10.00\"");
    fin_has(reply.body, "\"taxable\":\"210.00\",\"amount\":\"21.00\"");
    fin_has(reply.body, "\"grand_total\":\"231.00\"");
    fin_balance_is(w, sale ? "2130" : "1160", sale ? "-31" : "31");
    reply = submit(
        sale, fin_text(w, "%s,%s", line(sale, "3", "1", FIXED10), line(sale, "1", "100", GST18)),
        "");
    fin_has(reply.body, "\"tax_total\":\"51.30\""); /* 30.00, 3.30 and 18.00 */
    fin_books_balance(w);
    fin_create_refused(w, bills(sale), NULL,
                       body(sale, line(sale, "1", "200", FIXED10), ",\"prices_include_tax\":true"),
                       "finance.invoice.tax_included", "lines[0].tax");
}
END_TEST

/* ---- deductible ---- */

/* V048: 10 × 50 and 10 %, half of it deductible. */
START_TEST(half_is_deductible)
{
    m_document_reply reply = submit(false, line(false, "10", "50", HALF10), "");
    fin_has(reply.body, "\"grand_total\":\"550.00\"");
    fin_has(reply.body, "\"cost_tax\":\"25.00\"");
    fin_balance_is(w, "5300", "525");
    fin_balance_is(w, "1160", "25");
    fin_balance_is(w, "2110", "-550");
    fin_create(w, "purchase-debit-notes", "submit",
               fin_text(w, "{\"supplier\":\"%s\",\"reason\":\"All\",\"invoice\":\"%s\"}",
                        fin_id_text(w, test_id(SUPPLIER)), fin_id_text(w, reply.id)));
    fin_balance_is(w, "5300", "0");
    fin_balance_is(w, "1160", "0");
    submit(true, line(true, "10", "50", HALF10), "");
    fin_balance_is(w, "2130", "-50"); /* what is sold is taxed in full */
}
END_TEST

/* ---- reverse charge ---- */

/* The supplier gets the net; the tax stands on both sides. */
START_TEST(the_buyer_owes_the_tax)
{
    const char *more = _i ? ",\"prices_include_tax\":true" : "";
    m_document_reply reply = submit(false, line(false, "1", "1000", REVERSE18), more);
    fin_has(reply.body, "\"tax_total\":\"0.00\"");
    fin_has(reply.body, "\"grand_total\":\"1000.00\"");
    fin_has(reply.body, "\"amount\":\"180.00\",\"recoverable\":\"180.00\",\"reverse\":true");
    fin_balance_is(w, "2110", "-1000");
    fin_balance_is(w, "5300", "1000");
    fin_balance_is(w, "1160", "180");
    fin_balance_is(w, "2130", "-180");
    fin_create(w, "payments", "submit",
               fin_text(w,
                        "{\"supplier\":\"%s\",\"amount\":\"990\",\"cost_center\":\"%s\","
                        "\"allocations\":[{\"invoice\":\"%s\",\"amount\":\"990\",\"write_off\":"
                        "\"10\"}]}",
                        fin_id_text(w, test_id(SUPPLIER)), fin_center_text(w, "Main"),
                        fin_id_text(w, reply.id)));
    fin_balance_is(w, "1160", "180"); /* forgiven of the net, which held no tax */
    fin_balance_is(w, "4200", "-10");
    fin_create(w, "purchase-debit-notes", "submit",
               fin_text(w, "{\"supplier\":\"%s\",\"reason\":\"All\",\"invoice\":\"%s\"}",
                        fin_id_text(w, test_id(SUPPLIER)), fin_id_text(w, reply.id)));
    fin_balance_is(w, "1160", "0");
    fin_balance_is(w, "2130", "0");
    fin_balance_is(w, "5300", "0");
    fin_balance_is(w, "1150", "1000");
    fin_books_balance(w);
}
END_TEST

START_TEST(the_seller_charges_nothing)
{
    m_document_reply reply = submit(true, line(true, "1", "1000", REVERSE18), "");
    fin_has(reply.body, "\"grand_total\":\"1000.00\"");
    fin_has(reply.body, "\"taxes\":[]");
    fin_balance_is(w, "2130", "0");
}
END_TEST

/* ---- rounding ---- */

/* Three times 0.03 at 18 %: 0.0054 each. */
START_TEST(per_line_or_per_document)
{
    bool sale = _i;
    const char *one = line(sale, "1", "0.03", IGST18);
    const char *lines = fin_text(w, "%s,%s,%s", one, one, one);
    fin_has(submit(sale, lines, "").body, "\"tax_total\":\"0.02\"");
    fin_has(submit(sale, lines, ",\"tax_rounding\":\"line\"").body, "\"tax_total\":\"0.03\"");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("taxes");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, tax_in_the_price, 0, 4);
    tcase_add_loop_test(cases, a_fixed_part_in_the_base, 0, 2);
    tcase_add_test(cases, half_is_deductible);
    tcase_add_loop_test(cases, the_buyer_owes_the_tax, 0, 2);
    tcase_add_test(cases, the_seller_charges_nothing);
    tcase_add_loop_test(cases, per_line_or_per_document, 0, 2);
    return fin_world_run(cases, "fin_taxes");
}
