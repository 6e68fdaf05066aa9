/* Documents found when the period of their day is closed: posted on an open day, with the day they
 * belong on and a reason; of every type that moves goods. */
#include "reports/reports.h"
#include "unit.h"
#include "wms_world.h"

typedef struct {
    const m_doctype *doctype;
    void *(*make)(void); /* a draft of April that is not stored yet */
} kind;

static wms_goods_receipt *received;
static wms_delivery_note *delivered;

static void *a_receipt(void)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "5", "20");
    world_submit(&wms_purchase_order_doctype, order);
    return world_receipt(order, "5");
}

static void *a_return(void)
{
    wms_purchase_return *doc = world_new(&wms_purchase_return_type);
    doc->receipt = received->id;
    wms_return_line *line = world_lines(&doc->lines, 1, sizeof *line);
    line->receipt_line = M_AT(received->lines, wms_receipt_line, 0)->id;
    line->qty = test_dec("1");
    return doc;
}

static void *a_delivery(void)
{
    return world_delivery(N_AVERAGE, "1");
}

static void *a_customer_return(void)
{
    return world_back(delivered, "1");
}

static void *an_issue(void)
{
    return world_issue(N_AVERAGE, N_DEPOT, "1");
}

static void *an_adjustment(void)
{
    wms_stock_adjustment *doc = world_new(&wms_stock_adjustment_type);
    doc->warehouse = test_id(N_DEPOT);
    doc->reason = WMS_REASON_DAMAGE;
    wms_adjustment_line *line = world_lines(&doc->lines, 1, sizeof *line);
    line->item = test_id(N_AVERAGE);
    line->direction = WMS_ADJUST_OUT;
    line->qty = test_dec("1");
    return doc;
}

static void *a_transfer(void)
{
    wms_stock_transfer *doc = world_new(&wms_stock_transfer_type);
    doc->from_warehouse = test_id(N_DEPOT);
    doc->to_warehouse = test_id(N_OUTLET);
    wms_transfer_line *line = world_lines(&doc->lines, 1, sizeof *line);
    line->item = test_id(N_AVERAGE);
    line->qty = test_dec("1");
    return doc;
}

static void *a_reconciliation(void)
{
    return world_reconcile(N_AVERAGE, "5", NULL);
}

static const kind kinds[] = {{&wms_goods_receipt_doctype, a_receipt},
                             {&wms_purchase_return_doctype, a_return},
                             {&wms_delivery_note_doctype, a_delivery},
                             {&wms_customer_return_doctype, a_customer_return},
                             {&wms_stock_issue_doctype, an_issue},
                             {&wms_stock_adjustment_doctype, an_adjustment},
                             {&wms_stock_transfer_doctype, a_transfer},
                             {&wms_stock_reconciliation_doctype, a_reconciliation}};
#define KINDS ((int)(sizeof kinds / sizeof kinds[0]))

/* ---- small hands ---- */

/* Ten pieces for 100, of which one is sold, on 10 March; April is open. */
static void open_books(void)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "10", "10");
    order->order_date = test_date("2026-03-10");
    world_submit(&wms_purchase_order_doctype, order);
    received = world_receipt(order, "10");
    received->posting_date = test_date("2026-03-10");
    world_submit(&wms_goods_receipt_doctype, received);
    delivered = world_delivery(N_AVERAGE, "1");
    delivered->posting_date = test_date("2026-03-10");
    world_submit(&wms_delivery_note_doctype, delivered);
    W.open_from = test_date("2026-04-01");
}

static void *member(const kind *k, void *doc, const char *name)
{
    const m_field *field = m_field_find(k->doctype->type, m_str_of(name));
    ck_assert_ptr_nonnull(field);
    return m_field_at(k->doctype->type, field, doc);
}

static m_doc *late(const kind *k, const char *posted, const char *belongs_on, const char *reason)
{
    m_doc *doc = k->make();
    *(m_date *)member(k, doc, "posting_date") = test_date(posted);
    if (belongs_on) *(m_date *)member(k, doc, "belongs_on") = test_date(belongs_on);
    if (reason) *(m_str *)member(k, doc, "late_reason") = m_str_of(reason);
    return doc;
}

static const m_stock_event *event_of(m_id source)
{
    m_filter filter = {"source_id", M_OP_EQ, &source};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch read = {.type = &m_stock_event_type, .query = &query};
    ck_assert_int_eq(m_store_fetch(W.module.store, W.call, &read, 1), M_OK);
    ck_assert_uint_eq(read.count, 1);
    return read.records[0];
}

/* ---- tests ---- */

START_TEST(a_reason_is_needed)
{
    const kind *k = &kinds[_i];
    open_books();
    field_failed(world_create(k->doctype, late(k, "2026-04-05", "2026-03-20", NULL)),
                 "wms.late.reason", "late_reason");
    field_failed(world_create(k->doctype, late(k, "2026-04-05", "2026-03-20", "  ")),
                 "wms.late.reason", "late_reason");
    field_failed(world_create(k->doctype, late(k, "2026-04-05", "2026-04-05", "Found")),
                 "wms.late.date", "belongs_on");
    field_failed(world_create(k->doctype, late(k, "2026-04-05", NULL, "Found")),
                 "core.field.required", "belongs_on");
}
END_TEST

START_TEST(posted_in_an_open_period)
{
    const kind *k = &kinds[_i];
    open_books();
    m_doc *there = late(k, "2026-03-20", NULL, NULL);
    world_draft(k->doctype, there);
    failed_with(world_act(k->doctype, there->id, "submit", NULL), "finance.period.locked", NULL);
    m_doc *doc = late(k, "2026-04-05", "2026-03-20", "The slip lay in the van");
    world_submit(k->doctype, doc);
    const m_stock_event *event = event_of(doc->id);
    ck_assert_int_eq(m_date_cmp(event->posting_date, test_date("2026-04-05")), 0);
    ck_assert_int_eq(m_date_cmp(event->belongs_on, test_date("2026-03-20")), 0);
    ck_assert(m_str_is(event->late_reason, "The slip lay in the van"));
    world_prove();
    world_prove_days();
    ck_assert_str_eq(world_narration(), "Belongs on 2026-03-20: The slip lay in the van");
    ck_assert_int_eq(world_act(k->doctype, doc->id, "cancel", NULL), M_OK);
}
END_TEST

/* Valued as of the day it is posted on, not of that where it belongs. */
START_TEST(at_the_values_of_its_posting_date)
{
    open_books();
    W.backdating = WMS_BACKDATING_RESTATE;
    wms_stock_adjustment *more = an_adjustment();
    more->posting_date = test_date("2026-04-02");
    wms_adjustment_line *line = M_AT(more->lines, wms_adjustment_line, 0);
    line->direction = WMS_ADJUST_IN;
    line->qty = test_dec("9");
    line->rate = test_dec("20");
    world_submit(&wms_stock_adjustment_doctype, more);
    m_doc *doc = late(&kinds[4], "2026-04-05", "2026-03-20", "Found");
    world_submit(&wms_stock_issue_doctype, doc);
    same_dec(world_moved(doc->id, 0), "-15", "at the average of April");
    wms_ledger_params asked = {.item = test_id(N_AVERAGE), .from = test_date("2026-04-01")};
    m_list rows = {NULL, 0};
    ck_assert_int_eq(wms_stock_ledger_report.run(&W.module, W.call, &asked, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 3);
    const wms_ledger_row *row = rows.items;
    ck_assert(m_date_is_none(row[1].belongs_on) && row[1].late_reason.n == 0);
    ck_assert_int_eq(m_date_cmp(row[2].belongs_on, test_date("2026-03-20")), 0);
    ck_assert(m_str_is(row[2].late_reason, "Found"));
}
END_TEST

/* Where its own day is open, and the policy takes it, it is dated there. */
START_TEST(open_periods_are_dated_back)
{
    open_books();
    W.open_from = test_date("2026-03-01");
    W.backdating = WMS_BACKDATING_FORWARD;
    m_doc *doc = late(&kinds[4], "2026-04-05", "2026-03-20", "Found");
    world_draft(&wms_stock_issue_doctype, doc);
    failed_with(world_act(&wms_stock_issue_doctype, doc->id, "submit", NULL), "wms.late.open",
                "belongs_on");
    W.backdating = WMS_BACKDATING_REFUSE;
    ck_assert_int_eq(world_act(&wms_stock_issue_doctype, doc->id, "submit", NULL), M_OK);
}
END_TEST

/* So is an arrival that nobody told of. */
START_TEST(late_arrivals)
{
    open_books();
    W.open_from = test_date("2026-03-01");
    m_doc *doc = late(&kinds[6], "2026-03-20", NULL, NULL);
    world_submit(&wms_stock_transfer_doctype, doc);
    W.open_from = test_date("2026-04-01");
    wms_receive_input input = {.posting_date = test_date("2026-04-05"),
                               .belongs_on = test_date("2026-03-21")};
    failed_with(world_act(&wms_stock_transfer_doctype, doc->id, "receive", &input),
                "core.validation", "late_reason");
    input.late_reason = M_STR("The outlet was shut");
    ck_assert_int_eq(world_act(&wms_stock_transfer_doctype, doc->id, "receive", &input), M_OK);
    ck_assert_str_eq(world_narration(), "Belongs on 2026-03-21: The outlet was shut");
    world_prove();
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("late");
    tcase_add_checked_fixture(t, world_open, world_close);
    tcase_add_loop_test(t, a_reason_is_needed, 0, KINDS);
    tcase_add_loop_test(t, posted_in_an_open_period, 0, KINDS);
    tcase_add_test(t, at_the_values_of_its_posting_date);
    tcase_add_test(t, open_periods_are_dated_back);
    tcase_add_test(t, late_arrivals);
    return unit_run(t, "wms late documents");
}
