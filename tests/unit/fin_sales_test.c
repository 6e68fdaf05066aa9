/* Sales invoices, receipts, advances and refunds: the customer's side of the books. */
#include <check.h>
#include <stdlib.h>

#include "fin_charges_parts.h"
#include "open_item/open_item.h"
#include "receipt/receipt.h"
#include "reports/reports.h"
#include "sales_invoice/sales_invoice.h"

#define INVOICES "sales-invoices"
#define RECEIPTS "receipts"

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

/* A line without an item; more: further members, with a comma in front. */
static const char *line(const char *qty, const char *rate, uint32_t tax, const char *more)
{
    return fin_text(w, "{\"description\":\"Goods\",\"qty\":\"%s\",\"rate\":\"%s\"%s%s%s%s}", qty,
                    rate, tax ? ",\"tax\":\"" : "", tax ? fin_id_text(w, test_id(tax)) : "",
                    tax ? "\"" : "", more);
}

static const char *of_item(uint32_t item, const char *more)
{
    return fin_text(w, "{\"item\":\"%s\",\"qty\":\"2\",\"rate\":\"50\"%s}",
                    fin_id_text(w, test_id(item)), more);
}

static const char *bill_to(uint32_t customer, const char *lines, const char *more)
{
    return fin_text(w,
                    "{\"customer\":\"%s\",\"customer_order_no\":\"PO-7\",\"posting_date\":"
                    "\"2026-04-01\",\"lines\":[%s]%s}",
                    fin_id_text(w, test_id(customer)), lines, more);
}

static m_document_reply submit(const char *lines, const char *more)
{
    return fin_create(w, INVOICES, "submit", bill_to(CUSTOMER, lines, more));
}

static m_id open_bill(const char *amount, const char *more)
{
    return submit(line("1", amount, 0, ""), more).id;
}

static void outstanding_is(m_id document, const char *amount)
{
    const void *found = NULL;
    fin_open_item key = {.document = document};
    fin_begin(w);
    ck_assert_int_eq(m_store_get_key(w->store, w->call, &fin_open_item_type, &key, &found), M_OK);
    fin_end(w, M_OK);
    const fin_open_item *item = found;
    if (!amount) {
        ck_assert_ptr_null(item);
        return;
    }
    ck_assert_ptr_nonnull(item);
    ck_assert_int_eq(item->outstanding.u, test_dec(amount).u);
}

/* ---- invoices ---- */

/* 3.4 "Outlet sale" without its stock: 1,234.55 and 18 % tax. */
START_TEST(a_sale_posts_both_sides)
{
    m_document_reply reply = submit(line("1", "1234.55", GST18, ""), "");
    fin_has(reply.body, "\"number\":\"SINV-2026-00001\"");
    fin_has(reply.body, "\"state\":\"submitted\"");
    fin_has(reply.body, "\"tax_total\":\"222.22\"");
    fin_has(reply.body, "\"grand_total\":\"1456.77\"");
    fin_has(reply.body, "\"outstanding\":\"1456.77\"");
    fin_has(reply.body, "\"due_date\":\"2026-04-16\"");
    fin_has(reply.body, "\"purpose\":\"output_tax\"");
    fin_balance_is(w, "1130", "1456.77");
    fin_balance_is(w, "4100", "-1234.55");
    fin_balance_is(w, "2130", "-222.22");
    fin_balance_is(w, "1160", "0");
    ck_assert_uint_eq(fin_books_balance(w), 4);
    outstanding_is(reply.id, "1456.77");
    submit(line("1", "1234.55", IGST18, ""), "");
    fin_balance_is(w, "2130", "-444.44");
}
END_TEST

/* V032: four prices including twice 9 %, the total rounded to the unit. */
START_TEST(prices_with_tax_inside)
{
    const char *lines =
        fin_text(w, "%s,%s,%s,%s", line("1", "400", GST18, ""), line("1", "400.25", GST18, ""),
                 line("1", "600.30", GST18, ""), line("1", "100.65", GST18, ""));
    m_document_reply reply = submit(lines, ",\"prices_include_tax\":true,\"round_to\":\"1\"");
    fin_has(reply.body, "\"net_total\":\"1272.20\"");
    fin_has(reply.body, "\"tax_total\":\"229.00\"");
    fin_has(reply.body, "\"rounding\":\"-0.20\"");
    fin_has(reply.body, "\"grand_total\":\"1501.00\"");
    fin_balance_is(w, "1130", "1501.00");
    fin_balance_is(w, "4100", "-1272.20");
    fin_balance_is(w, "2130", "-229.00");
    fin_balance_is(w, "5290", "0.20");
}
END_TEST

/* V049: 42.06 becomes 42.10 upwards and 42.05 to the nearest. */
START_TEST(cash_rounding_has_a_direction)
{
    m_document_reply reply =
        submit(line("1", "42.06", 0, ""), ",\"round_to\":\"0.05\",\"round_total\":\"up\"");
    fin_has(reply.body, "\"grand_total\":\"42.10\"");
    fin_has(reply.body, "\"rounding\":\"0.04\"");
    fin_balance_is(w, "5290", "-0.04");
    reply = submit(line("1", "42.06", 0, ""), ",\"round_to\":\"0.05\"");
    fin_has(reply.body, "\"grand_total\":\"42.05\"");
    reply = submit(line("1", "42.09", 0, ""), ",\"round_to\":\"0.05\",\"round_total\":\"down\"");
    fin_has(reply.body, "\"grand_total\":\"42.05\"");
}
END_TEST

static const char *eight(const char *more)
{
    fin_create(w, "posting-rules", NULL,
               fin_text(w, "{\"purpose\":\"output_excise\",\"account\":\"%s\"}",
                        fin_account_text(w, "2140")));
    return eight_charges(w, "4900", "", more);
}

static const char *excise_lines(void)
{
    return fin_text(w, "%s,%s", line("10", "50", EXCISE10, ""), line("5", "150", EXCISE12, ""));
}

/* V030: eight charge rows, some on others. */
START_TEST(charges_on_charges)
{
    m_document_reply reply = submit(excise_lines(), eight(""));
    is_v030(w, reply.body);
    fin_balance_is(w, "1130", "1627.05");
    fin_balance_is(w, "4100", "-1250");
    fin_balance_is(w, "4900", "-100");
    fin_balance_is(w, "2140", "-140"); /* output_excise */
    fin_balance_is(w, "2130", "-137.05");
    fin_books_balance(w);
    fin_act(w, INVOICES, reply.id, "cancel", NULL);
    fin_balance_is(w, "2130", "0");
}
END_TEST

START_TEST(charges_after_a_discount)
{
    m_document_reply reply = submit(excise_lines(), eight(V031_DISCOUNT));
    is_v031(w, reply.body);
    fin_balance_is(w, "4100", "-625");
    fin_balance_is(w, "1130", "859.42");
}
END_TEST

START_TEST(charges_that_do_not_fit)
{
    for (size_t i = 0; i < UNIT_COUNT(bad_charges); i++)
        fin_create_refused(
            w, INVOICES, NULL,
            bill_to(CUSTOMER, line("1", "100", GST18, ""), fin_text(w, ",%s", bad_charges[i].more)),
            bad_charges[i].code, bad_charges[i].path);
    fin_create_refused(w, INVOICES, NULL,
                       bill_to(CUSTOMER, line("1", "100", 0, ""),
                               fin_text(w,
                                        ",\"charges\":[{\"name\":\"A\",\"basis\":\"actual\","
                                        "\"amount\":\"1\",\"account\":\"%s\"}]",
                                        fin_account_text(w, "4900"))),
                       "finance.cost_center.required", "charges[0].cost_center");
    submit(line("1", "100", 0, ""), /* no taxes in their place */
           ",\"charges\":[{\"name\":\"T\",\"basis\":\"line_tax\"},{\"name\":\"A\",\"basis\":"
           "\"row\",\"row\":1,\"rate\":\"5\"}]");
    fin_balance_is(w, "1130", "100");
}
END_TEST

START_TEST(discount_of_a_line)
{
    m_document_reply reply =
        submit(line("3", "33.33", GST18, ",\"discount_percent\":\"12.5\""), "");
    fin_has(reply.body, "\"discount\":\"12.50\""); /* of 99.99 */
    fin_has(reply.body, "\"amount\":\"87.49\"");
    fin_has(reply.body, "\"tax_total\":\"15.74\"");
    fin_balance_is(w, "4100", "-87.49");
    fin_create_refused(w, INVOICES, NULL,
                       bill_to(CUSTOMER, line("1", "1", 0, ",\"discount_percent\":\"100.5\""), ""),
                       "core.validation", "lines[0].discount_percent");
    fin_create_refused(w, INVOICES, "submit",
                       bill_to(CUSTOMER, line("1", "1", 0, ",\"discount_percent\":\"100\""), ""),
                       "finance.invoice.zero", "lines");
}
END_TEST

START_TEST(lines_take_what_is_usual)
{
    m_document_reply reply = submit(of_item(CLEANING, ""), "");
    fin_has(reply.body, "\"description\":\"Cleaning\"");
    fin_has(reply.body, fin_text(w, "\"account\":\"%s\"", fin_account_text(w, "4100")));
    fin_has(reply.body, fin_text(w, "\"cost_center\":\"%s\"", fin_center_text(w, "Main")));
    fin_has(reply.body, "\"tax_total\":\"18.00\""); /* of the item */
    reply = submit(of_item(TEA, ""), "");
    fin_has(reply.body, fin_text(w, "\"unit\":\"%s\"", fin_id_text(w, test_id(KILO))));
    fin_balance_is(w, "1140", "0"); /* stock is not touched */
    const char *in_chests = fin_text(w, ",\"unit\":\"%s\"", fin_id_text(w, test_id(CHEST)));
    submit(of_item(TEA, in_chests), "");
    const char *in_pounds = fin_text(w, ",\"unit\":\"%s\"", fin_id_text(w, test_id(POUND)));
    fin_create_refused(w, INVOICES, NULL, bill_to(CUSTOMER, of_item(TEA, in_pounds), ""),
                       "finance.invoice.other_unit", "lines[0].unit");
    const char *rule = fin_text(w, "{\"purpose\":\"sales\",\"subject\":\"%s\",\"account\":\"%s\"}",
                                fin_id_text(w, test_id(TEA)), fin_account_text(w, "4900"));
    fin_create(w, "posting-rules", NULL, rule);
    fin_create_refused(w, INVOICES, NULL, bill_to(CUSTOMER, of_item(TEA, ""), ""),
                       "finance.cost_center.required", "lines[0].cost_center");
    const char *center = fin_text(w, ",\"cost_center\":\"%s\"", fin_center_text(w, "Main"));
    submit(of_item(TEA, center), "");
    fin_balance_is(w, "4900", "-100");
}
END_TEST

/* What was lost on purchases is collected in full on sales; it is only not proposed. */
START_TEST(tax_that_cannot_be_reclaimed)
{
    m_document_reply reply = submit(line("1", "100", BLOCKED10, ""), "");
    fin_has(reply.body, "\"grand_total\":\"110.00\"");
    fin_balance_is(w, "2130", "-10");
    fin_balance_is(w, "4100", "-100");
    w->cleaning_tax = test_id(BLOCKED10);
    reply = submit(of_item(CLEANING, ""), "");
    fin_has(reply.body, "\"tax_total\":\"0.00\"");
}
END_TEST

START_TEST(purposes_of_sales)
{
    static const char *const cases[][2] = {{"input_tax", "output_tax"},
                                           {"input_cgst", "output_cgst"},
                                           {"levy", "levy"},
                                           {"input", "input"},
                                           {"", ""}};
    for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
        m_str out;
        ck_assert_int_eq(fin_output_purpose(w->call->arena, m_str_of(cases[i][0]), &out), M_OK);
        ck_assert_msg(m_str_is(out, cases[i][1]), "%s", cases[i][0]);
    }
}
END_TEST

START_TEST(sales_that_do_not_fit)
{
    const char *good = line("1", "10", 0, "");
    fin_create_refused(w, INVOICES, NULL, bill_to(404, good, ""), "core.link.not_found",
                       "customer");
    fin_create_refused(w, INVOICES, NULL, bill_to(GONE, good, ""), "finance.customer.inactive",
                       "customer");
    fin_create_refused(w, INVOICES, NULL, bill_to(CUSTOMER, good, ",\"due_date\":\"2026-03-31\""),
                       "finance.invoice.due_date", "due_date");
    fin_create_refused(w, INVOICES, NULL, bill_to(CUSTOMER, "{\"qty\":\"1\",\"rate\":\"1\"}", ""),
                       "core.field.required", "lines[0].description");
    fin_create_refused(w, INVOICES, NULL, bill_to(CUSTOMER, line("1", "1", 555, ""), ""),
                       "core.link.not_found", "lines[0].tax");
    fin_create_refused(w, INVOICES, NULL, bill_to(CUSTOMER, of_item(777, ""), ""),
                       "core.link.not_found", "lines[0].item");
    fin_create_refused(w, INVOICES, NULL, bill_to(CUSTOMER, line("0", "1", 0, ""), ""),
                       "core.validation", "lines[0].qty");
    fin_create_refused(w, INVOICES, NULL,
                       bill_to(CUSTOMER, line("999999999999", "999999999999", 0, ""), ""),
                       "core.range", NULL);
    const char *group = fin_text(w, ",\"account\":\"%s\"", fin_account_text(w, "4000"));
    fin_create_refused(w, INVOICES, NULL, bill_to(CUSTOMER, line("1", "1", 0, group), ""),
                       "finance.account.group", "lines[0].account");
    fin_create_refused(w, INVOICES, NULL, bill_to(CUSTOMER, good, ",\"round_to\":\"0.001\""),
                       "core.field.places", "round_to");
}
END_TEST

START_TEST(cancel_gives_everything_back)
{
    m_id a = submit(line("1", "100", GST18, ""), "").id;
    fin_act(w, INVOICES, a, "cancel", NULL);
    outstanding_is(a, NULL);
    fin_balance_is(w, "1130", "0");
    fin_balance_is(w, "4100", "0");
    fin_balance_is(w, "2130", "0");
    m_document_reply draft = fin_act(w, INVOICES, a, "amend", NULL);
    fin_has(draft.body, "\"outstanding\":\"0.00\"");
}
END_TEST

/* ---- credit limit ---- */

START_TEST(credit_limit)
{
    m_id first =
        fin_create(w, INVOICES, "submit", bill_to(LIMITED, line("1", "900", 0, ""), "")).id;
    const char *beyond = bill_to(LIMITED, line("1", "100.01", 0, ""), "");
    m_document_reply warned = fin_create(w, INVOICES, NULL, beyond);
    fin_has(warned.body, "\"beyond_limit\":\"0.01\"");
    w->policy = FIN_CREDIT_LIMIT;
    w->policy_value = m_dec_of_int(FIN_LIMIT_STOP);
    fin_act_refused(w, INVOICES, warned.id, "submit", NULL, "finance.customer.credit_limit",
                    "customer");
    fin_create(w, INVOICES, "submit", bill_to(LIMITED, line("1", "100", 0, ""), ""));
    fin_create(w, RECEIPTS, "submit",
               fin_text(w,
                        "{\"customer\":\"%s\",\"amount\":\"100.01\",\"allocations\":[{\"invoice\":"
                        "\"%s\",\"amount\":\"50\"}]}",
                        fin_id_text(w, test_id(LIMITED)), fin_id_text(w, first)));
    fin_has(fin_act(w, INVOICES, warned.id, "submit", NULL).body, "\"beyond_limit\":\"0.00\"");
    w->policy_value = m_dec_of_int(FIN_LIMIT_WARN);
    fin_has(fin_create(w, INVOICES, "submit", beyond).body, "\"beyond_limit\":\"100.01\"");
}
END_TEST

/* ---- receipts ---- */

static const char *receive(const char *amount, const char *more)
{
    return fin_text(w, "{\"customer\":\"%s\",\"posting_date\":\"2026-04-01\",\"amount\":\"%s\"%s}",
                    fin_id_text(w, test_id(CUSTOMER)), amount, more);
}

static const char *to(m_id invoice, const char *amount, const char *write_off)
{
    return fin_text(w, "{\"invoice\":\"%s\",\"amount\":\"%s\",\"write_off\":\"%s\"}",
                    fin_id_text(w, invoice), amount, write_off);
}

static const char *allocations(const char *list)
{
    return fin_text(w, ",\"allocations\":[%s]", list);
}

/* V044: 14.00 over two invoices of 5.95. */
START_TEST(a_receipt_clears_invoices)
{
    m_id a = open_bill("5.95", "");
    m_id b = open_bill("5.95", "");
    const char *both = fin_text(w, "%s,%s", to(a, "5.95", "0"), to(b, "5.95", "0"));
    m_document_reply paid = fin_create(w, RECEIPTS, "submit", receive("14", allocations(both)));
    fin_has(paid.body, "\"number\":\"RCPT-2026-00001\"");
    fin_has(paid.body, "\"unallocated\":\"2.10\"");
    outstanding_is(a, "0");
    outstanding_is(paid.id, "2.10");
    fin_has(fin_get(w, INVOICES, b).body, "\"outstanding\":\"0.00\"");
    fin_balance_is(w, "1130", "0");
    fin_balance_is(w, "2170", "-2.10");
    fin_balance_is(w, "1120", "14");
    fin_act_refused(w, INVOICES, a, "cancel", NULL, "finance.invoice.paid", NULL);
    fin_act(w, RECEIPTS, paid.id, "cancel", NULL);
    outstanding_is(a, "5.95");
    outstanding_is(paid.id, NULL);
    fin_balance_is(w, "1130", "11.90");
    fin_balance_is(w, "2170", "0");
    fin_balance_is(w, "1120", "0");
    fin_act(w, INVOICES, a, "cancel", NULL);
}
END_TEST

START_TEST(never_more_than_outstanding)
{
    m_id a = open_bill("100", "");
    fin_create_refused(w, RECEIPTS, "submit", receive("110", allocations(to(a, "100.01", "0"))),
                       "finance.payment.beyond_outstanding", "allocations[0].amount");
    fin_create_refused(w, RECEIPTS, "submit", receive("50", allocations(to(a, "60", "0"))),
                       "finance.payment.over_allocated", "allocations");
    const char *twice = fin_text(w, "%s,%s", to(a, "60", "0"), to(a, "40", "0"));
    fin_create_refused(w, RECEIPTS, "submit", receive("100", allocations(twice)),
                       "finance.payment.twice", "allocations[1].invoice");
    fin_create(w, RECEIPTS, "submit", receive("110", allocations(to(a, "100", "0")))); /* V047 */
    fin_balance_is(w, "2170", "-10");
    fin_create_refused(w, RECEIPTS, "submit", receive("1", allocations(to(a, "1", "0"))),
                       "finance.payment.beyond_outstanding", "allocations[0].amount");
}
END_TEST

START_TEST(receipts_that_do_not_fit)
{
    m_id a = open_bill("100", "");
    m_id draft = fin_create(w, INVOICES, NULL, bill_to(CUSTOMER, line("1", "10", 0, ""), "")).id;
    fin_create_refused(w, RECEIPTS, "submit", receive("10", allocations(to(draft, "10", "0"))),
                       "finance.payment.not_open", "allocations[0].invoice");
    fin_create_refused(
        w, RECEIPTS, "submit",
        receive("10", fin_text(w, ",\"account\":\"%s\"", fin_account_text(w, "4100"))),
        "finance.payment.account", "account");
    fin_create_refused(w, RECEIPTS, "submit",
                       fin_text(w, "{\"customer\":\"%s\",\"amount\":\"10\"%s}",
                                fin_id_text(w, test_id(LIMITED)), allocations(to(a, "10", "0"))),
                       "finance.invoice.other_customer", "allocations[0].invoice");
    fin_create_refused(w, RECEIPTS, "submit", receive("0", ""), "core.validation", "amount");
    fin_create_refused(
        w, RECEIPTS, "submit",
        fin_text(w, "{\"customer\":\"%s\",\"amount\":\"10\"}", fin_id_text(w, test_id(404))),
        "core.link.not_found", "customer");
    fin_create(
        w, RECEIPTS, "submit", /* who has left may still pay */
        fin_text(w, "{\"customer\":\"%s\",\"amount\":\"10\"}", fin_id_text(w, test_id(GONE))));
}
END_TEST

/* The two sides do not meet: a receipt clears no bill of a supplier, a payment no sale. */
START_TEST(sides_stay_apart)
{
    m_id sale = open_bill("100", "");
    m_id goods = fin_world_receive(w, "1", "50", "50");
    m_id bill = fin_create(w, "purchase-invoices", "submit",
                           fin_text(w,
                                    "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"B\",\"lines\":"
                                    "[{\"receipt_line\":\"%s\",\"qty\":\"1\"}]}",
                                    fin_id_text(w, test_id(SUPPLIER)), fin_id_text(w, goods)))
                    .id;
    fin_create_refused(w, RECEIPTS, "submit", receive("50", allocations(to(bill, "50", "0"))),
                       "core.link.not_found", "allocations[0].invoice");
    fin_create_refused(w, "payments", "submit",
                       fin_text(w, "{\"supplier\":\"%s\",\"amount\":\"10\"%s}",
                                fin_id_text(w, test_id(SUPPLIER)),
                                allocations(to(sale, "10", "0"))),
                       "core.link.not_found", "allocations[0].invoice");
}
END_TEST

/* V046: 95 received, 5 forgiven. V045: 495 and 100 of 595 with 19 % tax, as 472 and 118 of 590. */
START_TEST(write_offs)
{
    m_id a = open_bill("100", "");
    fin_create(w, RECEIPTS, "submit", receive("95", allocations(to(a, "95", "5"))));
    outstanding_is(a, "0");
    fin_balance_is(w, "1130", "0");
    fin_balance_is(w, "1120", "95");
    fin_balance_is(w, "5310", "5");
    fin_balance_is(w, "4100", "-100");
    fin_has(fin_get(w, INVOICES, a).body, "\"written_off\":\"5.00\"");
    m_id b = submit(line("1", "500", GST18, ""), "").id; /* 500 + 90 */
    m_document_reply paid =
        fin_create(w, RECEIPTS, "submit", receive("472", allocations(to(b, "472", "118"))));
    outstanding_is(b, "0");
    fin_balance_is(w, "5310", "105");
    fin_balance_is(w, "2130", "-72"); /* 90 less 18 */
    fin_act(w, RECEIPTS, paid.id, "cancel", NULL);
    outstanding_is(b, "590");
    fin_balance_is(w, "2130", "-90");
    fin_has(fin_get(w, INVOICES, b).body, "\"written_off\":\"0.00\"");
}
END_TEST

/* 20 % unless the tenant says otherwise, over all receipts of an invoice. */
START_TEST(write_offs_have_a_limit)
{
    m_id a = open_bill("100", "");
    fin_create_refused(w, RECEIPTS, "submit", receive("10", allocations(to(a, "10", "20.01"))),
                       "finance.receipt.write_off_limit", "allocations[0].write_off");
    fin_create(w, RECEIPTS, "submit", receive("10", allocations(to(a, "10", "15"))));
    fin_create_refused(w, RECEIPTS, "submit", receive("10", allocations(to(a, "10", "5.01"))),
                       "finance.receipt.write_off_limit", "allocations[0].write_off");
    w->policy = FIN_RECEIPT_WRITE_OFF;
    w->policy_value = m_dec_of_int(50);
    fin_create(w, RECEIPTS, "submit", receive("10", allocations(to(a, "10", "35"))));
    outstanding_is(a, "30");
}
END_TEST

/* ---- advances ---- */

START_TEST(an_advance_finds_its_invoices)
{
    m_id advance = fin_create(w, RECEIPTS, "submit", receive("100", "")).id;
    fin_balance_is(w, "2170", "-100");
    outstanding_is(advance, "100");
    fin_act_refused(w, RECEIPTS, advance, "allocate", NULL, "finance.payment.nothing_open", NULL);
    m_id late = open_bill("70", ",\"due_date\":\"2026-06-01\"");
    m_id soon = open_bill("60", ",\"due_date\":\"2026-04-10\"");
    m_document_reply reply = fin_act(w, RECEIPTS, advance, "allocate", NULL);
    fin_has(reply.body, "\"unallocated\":\"0.00\"");
    outstanding_is(soon, "0"); /* oldest due first */
    outstanding_is(late, "30");
    outstanding_is(advance, "0");
    fin_balance_is(w, "2170", "0");
    fin_balance_is(w, "1130", "30");
    fin_act(w, RECEIPTS, advance, "cancel", NULL);
    outstanding_is(soon, "60");
    outstanding_is(late, "70");
    fin_balance_is(w, "2170", "0");
    fin_balance_is(w, "1130", "130");
    fin_balance_is(w, "1120", "0");
}
END_TEST

START_TEST(an_advance_goes_where_it_is_told)
{
    m_id advance = fin_create(w, RECEIPTS, "submit", receive("100", "")).id;
    m_id a = open_bill("80", "");
    const char *input = fin_text(w, "{\"allocations\":[%s]}", to(a, "80.01", "0"));
    fin_act_refused(w, RECEIPTS, advance, "allocate", input, "finance.payment.beyond_outstanding",
                    "allocations[0].amount");
    input = fin_text(w, "{\"allocations\":[%s]}", to(a, "30", "0"));
    fin_act(w, RECEIPTS, advance, "allocate", input);
    outstanding_is(a, "50");
    outstanding_is(advance, "70");
    input = fin_text(w, "{\"posting_date\":\"2026-03-31\",\"allocations\":[%s]}", to(a, "1", "0"));
    fin_act_refused(w, RECEIPTS, advance, "allocate", input, "finance.payment.before",
                    "posting_date");
}
END_TEST

START_TEST(refunds)
{
    m_id advance = fin_create(w, RECEIPTS, "submit", receive("100", "")).id;
    const char *of =
        fin_text(w, ",\"type\":\"refund\",\"refund_of\":\"%s\"", fin_id_text(w, advance));
    fin_create_refused(w, RECEIPTS, "submit", receive("100.01", of),
                       "finance.payment.beyond_advance", "amount");
    fin_create_refused(w, RECEIPTS, "submit", receive("5", ",\"type\":\"refund\""),
                       "finance.payment.refund", "refund_of");
    m_id refund = fin_create(w, RECEIPTS, "submit", receive("40", of)).id;
    fin_balance_is(w, "2170", "-60");
    fin_balance_is(w, "1120", "60");
    outstanding_is(advance, "60");
    fin_act_refused(w, RECEIPTS, advance, "cancel", NULL, "finance.payment.refunded", NULL);
    fin_act(w, RECEIPTS, refund, "cancel", NULL);
    outstanding_is(advance, "100");
    fin_act(w, RECEIPTS, advance, "cancel", NULL);
    fin_balance_is(w, "2170", "0");
    fin_balance_is(w, "1120", "0");
}
END_TEST

/* ---- report ---- */

START_TEST(outstanding_of_customers)
{
    open_bill("10", ",\"due_date\":\"2026-04-01\"");
    open_bill("20", ",\"due_date\":\"2026-05-01\"");
    m_id paid = open_bill("30", "");
    fin_create(w, RECEIPTS, "submit", receive("35", allocations(to(paid, "30", "0"))));
    fin_create(
        w, "payments", "submit",
        fin_text(w, "{\"supplier\":\"%s\",\"amount\":\"7\"}", fin_id_text(w, test_id(SUPPLIER))));
    fin_outstanding_params params = {.as_of = test_date("2026-04-11")};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_customer_outstanding_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 3);
    int64_t outstanding = 0, late = 0, not_due = 0;
    for (M_EACH(const fin_outstanding_row, row, rows)) {
        bool advance = row->outstanding.u < 0;
        ck_assert(m_str_is(row->customer_name, "Hotel Savali"));
        ck_assert(
            m_str_is(row->document_type, advance ? "finance.receipt" : "finance.sales_invoice"));
        outstanding += row->outstanding.u;
        late += row->late_30.u;
        not_due += row->not_due.u;
    }
    ck_assert_int_eq(outstanding, test_dec("25").u);
    ck_assert_int_eq(late, test_dec("10").u);
    ck_assert_int_eq(not_due, test_dec("15").u);
    params.customer = test_id(LIMITED);
    ck_assert_int_eq(fin_report(w, &fin_customer_outstanding_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 0);
    params.supplier = (m_id){{0}};
    ck_assert_int_eq(fin_report(w, &fin_outstanding_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 1);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("sales");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_sale_posts_both_sides);
    tcase_add_test(cases, prices_with_tax_inside);
    tcase_add_test(cases, cash_rounding_has_a_direction);
    tcase_add_test(cases, charges_on_charges);
    tcase_add_test(cases, charges_after_a_discount);
    tcase_add_test(cases, charges_that_do_not_fit);
    tcase_add_test(cases, discount_of_a_line);
    tcase_add_test(cases, lines_take_what_is_usual);
    tcase_add_test(cases, tax_that_cannot_be_reclaimed);
    tcase_add_test(cases, purposes_of_sales);
    tcase_add_test(cases, sales_that_do_not_fit);
    tcase_add_test(cases, cancel_gives_everything_back);
    tcase_add_test(cases, credit_limit);
    tcase_add_test(cases, a_receipt_clears_invoices);
    tcase_add_test(cases, never_more_than_outstanding);
    tcase_add_test(cases, receipts_that_do_not_fit);
    tcase_add_test(cases, sides_stay_apart);
    tcase_add_test(cases, write_offs);
    tcase_add_test(cases, write_offs_have_a_limit);
    tcase_add_test(cases, an_advance_finds_its_invoices);
    tcase_add_test(cases, an_advance_goes_where_it_is_told);
    tcase_add_test(cases, refunds);
    tcase_add_test(cases, outstanding_of_customers);
    return fin_world_run(cases, "finance sales");
}
