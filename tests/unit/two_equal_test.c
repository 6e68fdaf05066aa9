/* The same documents in one process and in two leave the same ledger. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "m/stock_keeper.h"
#include "two_world.h"
#include "unit.h"

typedef struct {
    const char *depot, *outlet, *supplier, *customer, *item, *fifo_item, *center;
} company;
static company C;

static const char *made(const char *module, const char *collection, const char *body)
{
    return two_id(two_make(module, collection, NULL, body).id);
}

static void found_company(void)
{
    C.center = two_code("finance.cost_center", "Main");
    C.depot =
        made("wms", "warehouses",
             two_text("{\"code\":\"DEPOT\",\"name\":\"Depot\",\"cost_center\":\"%s\"}", C.center));
    C.outlet = made("wms", "warehouses",
                    two_text("{\"code\":\"OUT\",\"name\":\"Outlet\",\"kind\":\"outlet\","
                             "\"parent\":\"%s\",\"cost_center\":\"%s\"}",
                             C.depot, C.center));
    made("wms", "warehouses",
         two_text("{\"code\":\"WAY\",\"name\":\"On the way\",\"kind\":\"transit\","
                  "\"cost_center\":\"%s\"}",
                  C.center));
    C.supplier = made("core", "suppliers", "{\"code\":\"S1\",\"name\":\"Assam Tea Co\"}");
    C.customer = made("core", "customers", "{\"code\":\"C1\",\"name\":\"Hotel Savali\"}");
    C.item = made("core", "items",
                  two_text("{\"code\":\"TEA\",\"name\":\"Tea\",\"stock_unit\":\"%s\","
                           "\"purchase_tax\":\"%s\"}",
                           two_code("core.unit", "Nos"), two_code("core.tax", "GST18")));
    C.fifo_item = made("core", "items",
                       two_text("{\"code\":\"RICE\",\"name\":\"Rice\",\"stock_unit\":\"%s\","
                                "\"valuation\":\"fifo\"}",
                                two_code("core.unit", "Kg")));
    made("core", "items",
         two_text("{\"code\":\"PENS\",\"name\":\"Pens\",\"stock_unit\":\"%s\",\"is_stock\":false}",
                  two_code("core.unit", "Nos")));
    made("core", "policies",
         "{\"name\":\"wms.invoice_variance\",\"value\":\"1\",\"effective_from\":\"2020-01-01\"}");
    made("core", "policies",
         "{\"name\":\"wms.backdating\",\"value\":\"2\",\"effective_from\":\"2020-01-01\"}");
}

static m_document_reply order(const char *item, const char *qty, const char *rate)
{
    return two_make("wms", "purchase-orders", "submit",
                    two_text("{\"supplier\":\"%s\",\"warehouse\":\"%s\",\"lines\":[{\"item\":"
                             "\"%s\",\"qty\":\"%s\",\"rate\":\"%s\"}]}",
                             C.supplier, C.depot, item, qty, rate));
}

static m_document_reply receive(const char *item, const char *qty, const char *rate)
{
    m_document_reply ordered = order(item, qty, rate);
    return two_make("wms", "goods-receipts", "submit",
                    two_text("{\"purchase_order\":\"%s\"}", two_id(ordered.id)));
}

static const char *line_of(m_document_reply reply)
{
    return two_member(reply, "id", 1);
}

static m_document_reply issue(const char *item, const char *qty)
{
    return two_make("wms", "stock-issues", "submit",
                    two_text("{\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\",\"qty\":\"%s\"}]}",
                             C.depot, item, qty));
}

static m_document_reply bill(m_document_reply receipt, const char *no, const char *qty,
                             const char *rate)
{
    return two_make("finance", "purchase-invoices", "submit",
                    two_text("{\"supplier\":\"%s\",\"supplier_invoice_no\":\"%s\",\"lines\":["
                             "{\"receipt_line\":\"%s\",\"qty\":\"%s\",\"rate\":\"%s\"}]}",
                             C.supplier, no, line_of(receipt), qty, rate));
}

/* ---- the story ---- */

static void purchases(void)
{
    m_document_reply tea = receive(C.item, "100", "10");
    m_document_reply rice = receive(C.fifo_item, "10", "30");
    receive(C.fifo_item, "10", "40.37");
    two_carry();
    m_document_reply billed = bill(tea, "B-1", "100", "10");
    m_document_reply dear = bill(rice, "B-2", "10", "33");
    two_act("finance", "purchase-invoices", dear.id, "release");
    two_carry();
    two_act("finance", "purchase-invoices", billed.id, "cancel");
    two_carry();
    two_act("wms", "goods-receipts", tea.id, "cancel");
    m_document_reply more = receive(C.item, "7", "3.333333");
    two_make("wms", "purchase-returns", "submit",
             two_text("{\"receipt\":\"%s\",\"lines\":[{\"receipt_line\":\"%s\",\"qty\":\"2\"}]}",
                      two_id(more.id), line_of(more)));
}

static void sales(void)
{
    m_document_reply note =
        two_make("wms", "delivery-notes", "submit",
                 two_text("{\"customer\":\"%s\",\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\","
                          "\"qty\":\"12\"}]}",
                          C.customer, C.depot, C.fifo_item));
    two_carry();
    m_document_reply invoice =
        two_make("finance", "sales-invoices", "submit",
                 two_text("{\"customer\":\"%s\",\"lines\":[{\"delivery_line\":\"%s\",\"qty\":"
                          "\"8\",\"rate\":\"55\"}]}",
                          C.customer, line_of(note)));
    two_make("wms", "customer-returns", "submit",
             two_text("{\"delivery\":\"%s\",\"lines\":[{\"delivery_line\":\"%s\",\"qty\":\"3\"}]}",
                      two_id(note.id), line_of(note)));
    two_carry();
    two_act("finance", "sales-invoices", invoice.id, "cancel");
    m_document_reply other =
        two_make("wms", "delivery-notes", "submit",
                 two_text("{\"customer\":\"%s\",\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\","
                          "\"qty\":\"1.5\"}]}",
                          C.customer, C.depot, C.fifo_item));
    two_act("wms", "delivery-notes", other.id, "cancel");
}

static void within(void)
{
    m_document_reply oil = receive(C.item, "30", "9");
    m_document_reply rice = receive(C.fifo_item, "20", "50");
    m_document_reply gone = issue(C.fifo_item, "4");
    m_document_reply landed = two_make(
        "wms", "landed-costs", "submit",
        two_text("{\"remarks\":\"freight\",\"charges\":[{\"account\":\"%s\",\"basis\":\"value\","
                 "\"amount\":\"150\"}],\"receipts\":[{\"receipt\":\"%s\"},{\"receipt\":\"%s\"}]}",
                 two_code("finance.account", "5160"), two_id(oil.id), two_id(rice.id)));
    two_act("wms", "landed-costs", landed.id, "cancel");
    two_act("wms", "stock-issues", gone.id, "cancel");
    m_document_reply transfer = two_make(
        "wms", "stock-transfers", "submit",
        two_text("{\"from_warehouse\":\"%s\",\"to_warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\","
                 "\"qty\":\"5.25\"},{\"item\":\"%s\",\"qty\":\"2\"}]}",
                 C.depot, C.outlet, C.fifo_item, C.item));
    request receive_it = {
        .module = "wms",
        .collection = "stock-transfers",
        .action = "receive",
        .body = two_text("{\"lines\":[{\"line\":\"%s\",\"qty\":\"5\"}]}", line_of(transfer)),
        .id = transfer.id};
    ck_assert_int_eq(two_ask(&receive_it), M_OK);
    two_act("wms", "stock-transfers", transfer.id, "write_off");
    two_make("wms", "stock-adjustments", "submit",
             two_text("{\"warehouse\":\"%s\",\"reason\":\"opening\",\"lines\":[{\"item\":\"%s\","
                      "\"qty\":\"39\",\"rate\":\"12.6\"}]}",
                      C.outlet, C.item));
    /* dated back: what left since is priced anew, on the days it left */
    for (int day = 1; day <= 20; day++)
        two_make("wms", "stock-issues", "submit",
                 two_text("{\"warehouse\":\"%s\",\"posting_date\":\"2026-04-%02d\",\"lines\":[{"
                          "\"item\":\"%s\",\"qty\":\"0.5\"}]}",
                          C.depot, day, C.fifo_item));
    m_document_reply late = order(C.fifo_item, "5", "11");
    two_make(
        "wms", "goods-receipts", "submit",
        two_text("{\"purchase_order\":\"%s\",\"posting_date\":\"2026-03-31\"}", two_id(late.id)));
}

static void budgets(void)
{
    const char *pens = two_code("core.item", "PENS");
    m_str label = M_STR("2026-27");
    const void *year = NULL;
    two_begin(T.finance);
    ck_assert_int_eq(
        m_store_find_one(T.finance->store, T.finance->call,
                         m_registry_type(T.finance->registry, M_STR("finance.fiscal_year")),
                         "number", &label, &year),
        M_OK);
    const char *year_id = year ? two_id(((const m_doc *)year)->id) : NULL;
    two_end(T.finance);
    ck_assert_ptr_nonnull(year_id);
    two_make("finance", "budgets", NULL,
             two_text("{\"cost_center\":\"%s\",\"account\":\"%s\",\"fiscal_year\":\"%s\","
                      "\"amount\":\"1000\",\"action\":\"stop\"}",
                      C.center, two_code("finance.account", "5250"), year_id));
    for (int i = 0; i < 3; i++) {
        const char *text =
            two_text("{\"supplier\":\"%s\",\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\","
                     "\"qty\":\"%d\",\"rate\":\"10\",\"account\":\"%s\",\"cost_center\":\"%s\"}]}",
                     C.supplier, C.depot, pens, i == 1 ? 190 : 60,
                     two_code("finance.account", "5250"), C.center);
        request r = {"wms", "purchase-orders", "submit", text, {{0}}, {{0}}};
        m_status status = two_ask(&r);
        if (i == 1) {
            two_refused(T.goods, status, "finance.budget.exceeded");
            ck_assert_uint_eq(T.goods->call->error.field_count, 1);
            ck_assert(m_str_is(T.goods->call->error.fields[0].path, "lines[0].amount"));
            continue;
        }
        ck_assert_msg(status == M_OK, "%.*s %.*s", M_STR_ARG(T.goods->call->error.code),
                      M_STR_ARG(T.goods->call->error.fields[0].message));
        two_act("wms", "purchase-orders", r.reply.id, "cancel");
        two_carry(); /* what is let go is told, not asked */
    }
}

static const char *story(bool split, bool ahead)
{
    two_open(split, ahead);
    found_company();
    purchases();
    sales();
    within();
    budgets();
    two_carry();
    char *text = strdup(two_ledger());
    ck_assert_ptr_nonnull(text);
    return text;
}

/* Both sides list the same postings, day by day. */
static void crosscheck(void)
{
    m_crosscheck_span span = {.caller = M_STR("wms"),
                              .from = test_date("2026-01-01"),
                              .to = test_date("2026-12-31"),
                              .stock = true};
    m_crosscheck_days days[2];
    process *of[2] = {T.goods, T.finance};
    for (int i = 0; i < 2; i++) {
        m_iface value = two_provided(of[i], "crosscheck");
        two_begin(of[i]);
        ck_assert_int_eq(m_crosscheck_digests((m_crosscheck){value.ops, value.self}, of[i]->call,
                                              &span, &days[i]),
                         M_OK);
        two_end(of[i]);
    }
    ck_assert_uint_gt(days[0].days.count, 5);
    ck_assert_uint_eq(days[0].days.count, days[1].days.count);
    for (uint32_t i = 0; i < days[0].days.count; i++) {
        const m_crosscheck_day *a = M_AT(days[0].days, m_crosscheck_day, i);
        const m_crosscheck_day *b = M_AT(days[1].days, m_crosscheck_day, i);
        ck_assert_int_eq(a->date.d, b->date.d);
        ck_assert_int_eq(a->vouchers, b->vouchers);
        ck_assert(a->voucher_sum == b->voucher_sum);
        ck_assert(m_id_eq(a->voucher_digest, b->voucher_digest));
        ck_assert_int_eq(a->documents, b->documents);
        ck_assert(a->stock_sum == b->stock_sum);
        ck_assert(m_id_eq(a->stock_digest, b->stock_digest));
    }
}

START_TEST(one_process_and_two_leave_the_same_ledger)
{
    const char *one = story(false, false);
    two_close();
    const char *two = story(true, _i == 1);
    if (strcmp(one, two) != 0) {
        fprintf(stderr, "--- one process\n%s--- two\n%s", one, two);
        ck_abort_msg("the ledgers differ");
    }
    crosscheck();
    two_close();
    free((void *)(uintptr_t)one);
    free((void *)(uintptr_t)two);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("two_equal");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, one_process_and_two_leave_the_same_ledger, 0, 2);
    return unit_run(c, "two_equal");
}
