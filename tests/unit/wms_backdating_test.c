/* Movements dated back of goods by batch, by serial number and at standard cost: what they do to
 * later ones, what is refused, and that the order of recording makes no difference. */
#include <stdio.h>
#include <stdlib.h>

#include "reports/reports.h"
#include "unit.h"
#include "wms_world.h"

static const m_doctype *const adjustment = &wms_stock_adjustment_doctype;
static const m_doctype *const issue_type = &wms_stock_issue_doctype;

/* ---- documents with a date ---- */

/* Which goods: a batch, serial numbers, or neither. */
typedef struct {
    m_id batch;
    const char *serials;
} which;

static const which plain;

static wms_batch *batch(const char *code, const char *expires_on)
{
    wms_batch *doc = world_new(&wms_batch_type);
    doc->item = test_id(N_BATCH);
    doc->code = m_str_of(code);
    if (expires_on) doc->expires_on = test_date(expires_on);
    world_draft(&wms_batch_doctype, doc);
    return doc;
}

static wms_stock_adjustment *found(uint32_t item, which goods, const char *date, const char *qty,
                                   const char *rate)
{
    wms_stock_adjustment *doc = world_new(&wms_stock_adjustment_type);
    doc->warehouse = test_id(N_DEPOT);
    doc->posting_date = test_date(date);
    doc->reason = WMS_REASON_OTHER;
    wms_adjustment_line *line = world_lines(&doc->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->batch = goods.batch;
    if (goods.serials) line->serials = m_str_of(goods.serials);
    line->qty = test_dec(qty);
    line->rate = test_dec(rate);
    return doc;
}

static wms_stock_issue *issue_of(uint32_t item, which goods, uint32_t warehouse, const char *date,
                                 const char *qty)
{
    wms_stock_issue *doc = world_issue(item, warehouse, qty);
    wms_issue_line *line = M_AT(doc->lines, wms_issue_line, 0);
    doc->posting_date = test_date(date);
    line->batch = goods.batch;
    if (goods.serials) line->serials = m_str_of(goods.serials);
    return doc;
}

static m_status post(const m_doctype *type, void *doc)
{
    world_draft(type, doc);
    return world_act(type, ((m_doc *)doc)->id, "submit", NULL);
}

static void posted(m_status status)
{
    ck_assert_msg(status == M_OK, "%.*s: %.*s", M_STR_ARG(W.call->error.code),
                  M_STR_ARG(W.call->error.message));
    world_prove();
    world_prove_days();
}

static m_id in(uint32_t item, which goods, const char *date, const char *qty, const char *rate)
{
    wms_stock_adjustment *doc = found(item, goods, date, qty, rate);
    posted(post(adjustment, doc));
    return doc->id;
}

static m_id out(uint32_t item, which goods, const char *date, const char *qty)
{
    wms_stock_issue *doc = issue_of(item, goods, N_DEPOT, date, qty);
    posted(post(issue_type, doc));
    return doc->id;
}

static void not_out(uint32_t item, which goods, const char *date, const char *qty, const char *code)
{
    wms_stock_issue *doc = issue_of(item, goods, N_DEPOT, date, qty);
    world_draft(issue_type, doc);
    failed_with(world_act(issue_type, doc->id, "submit", NULL), code, NULL);
}

static void moved(m_id source, const char *value, const char *what)
{
    same_dec(world_moved(source, 0), value, what);
}

static void layer_is(uint32_t item, m_id layer, const char *qty, const char *value)
{
    m_stock_layer key = {.item = test_id(item), .warehouse = test_id(N_DEPOT), .layer = layer};
    const void *row = NULL;
    ck_assert_int_eq(m_store_get_key(W.module.store, W.call, &m_stock_layer_type, &key, &row),
                     M_OK);
    ck_assert_ptr_nonnull(row);
    same_dec(((const m_stock_layer *)row)->qty, qty, "quantity of the batch");
    same_dec(((const m_stock_layer *)row)->value, value, "value of the batch");
}

static m_id sent(uint32_t item, which goods, const char *date, const char *qty)
{
    wms_stock_transfer *doc = world_new(&wms_stock_transfer_type);
    doc->from_warehouse = test_id(N_DEPOT);
    doc->to_warehouse = test_id(N_OUTLET);
    doc->posting_date = test_date(date);
    wms_transfer_line *line = world_lines(&doc->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->batch = goods.batch;
    if (goods.serials) line->serials = m_str_of(goods.serials);
    line->qty = test_dec(qty);
    m_status status = post(&wms_stock_transfer_doctype, doc);
    return status == M_OK ? doc->id : (m_id){{0}};
}

static m_status arrived(m_id transfer, const char *date)
{
    wms_receive_input input = {.posting_date = test_date(date)};
    return world_act(&wms_stock_transfer_doctype, transfer, "receive", &input);
}

static wms_standard_cost *standard(const char *date, const char *rate)
{
    wms_standard_cost *doc = world_standard(N_STANDARD, rate);
    doc->posting_date = test_date(date);
    return doc;
}

/* ---- batches ---- */

/* V010 through documents: told in another order than that of the dates. */
START_TEST(v010_batch_average)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    which b = {.batch = batch("B", NULL)->id};
    in(N_BATCH, b, "2024-03-01", "1", "10");
    in(N_BATCH, b, "2024-03-03", "1", "30");
    in(N_BATCH, b, "2024-03-02", "1", "20");
    m_id first = out(N_BATCH, b, "2024-03-02", "1"), second = out(N_BATCH, b, "2024-03-04", "2");
    moved(first, "-15", "I1");
    moved(second, "-45", "I2");
    world_bin_is(N_BATCH, N_DEPOT, "0", "0");
}
END_TEST

/* The same goods, but the early receipt comes to light last: both issues are booked anew. */
START_TEST(batches_are_restated)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    which b = {.batch = batch("B", NULL)->id}, other = {.batch = batch("C", NULL)->id};
    in(N_BATCH, b, "2024-03-01", "2", "10");
    in(N_BATCH, other, "2024-03-01", "5", "7");
    m_id first = out(N_BATCH, b, "2024-03-03", "1"),
         second = out(N_BATCH, other, "2024-03-04", "1");
    moved(first, "-10", "before");
    in(N_BATCH, b, "2024-03-02", "2", "20");
    moved(first, "-15", "after");
    moved(second, "-7", "the other batch");
    layer_is(N_BATCH, b.batch, "3", "45");
    world_ledger_is("stock_issue", "22");
}
END_TEST

START_TEST(refused_or_forward_by_policy)
{
    which b = {.batch = batch("B", NULL)->id};
    in(N_BATCH, b, "2024-03-01", "2", "10");
    m_id issued = out(N_BATCH, b, "2024-03-03", "1");
    wms_stock_adjustment *late = found(N_BATCH, b, "2024-03-02", "2", "20");
    world_draft(adjustment, late);
    failed_with(world_act(adjustment, late->id, "submit", NULL), "wms.stock.backdated",
                "lines[0].qty");
    W.backdating = WMS_BACKDATING_FORWARD;
    posted(world_act(adjustment, late->id, "submit", NULL));
    moved(issued, "-10", "kept");
    layer_is(N_BATCH, b.batch, "3", "50");
    m_id early = out(N_BATCH, b, "2024-03-02", "1");
    moved(early, "-16.67", "a third of what is left of it");
}
END_TEST

/* Other batches do not help: what left, left from its own. */
START_TEST(each_batch_must_be_there)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    which b = {.batch = batch("B", "2098-01-01")->id}, c = {.batch = batch("C", NULL)->id};
    in(N_BATCH, b, "2024-03-01", "5", "10");
    in(N_BATCH, c, "2024-03-01", "5", "20");
    out(N_BATCH, b, "2024-03-05", "5");
    not_out(N_BATCH, b, "2024-03-02", "1", "wms.stock.later");
    not_out(N_BATCH, b, "2024-02-27", "1", "wms.stock.negative");
    m_id taken = out(N_BATCH, plain, "2024-03-02", "2"); /* B expires first, but is gone later */
    moved(taken, "-40", "of what is still there");
    layer_is(N_BATCH, c.batch, "3", "60");
}
END_TEST

/* A batch in transit knows what came of which transfer. */
START_TEST(batches_on_their_way)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    which b = {.batch = batch("B", NULL)->id};
    in(N_BATCH, b, "2024-03-01", "4", "10");
    m_id one = sent(N_BATCH, b, "2024-03-03", "2");
    in(N_BATCH, b, "2024-03-04", "2", "40");
    m_id two = sent(N_BATCH, b, "2024-03-05", "2");
    ck_assert_int_eq(arrived(one, "2024-03-06"), M_OK);
    world_bin_is(N_BATCH, N_OUTLET, "2", "20");
    in(N_BATCH, b, "2024-03-02", "4", "20"); /* 8 for 120 on the 3rd, 8 for 170 on the 5th */
    world_bin_is(N_BATCH, N_OUTLET, "2", "30");
    world_bin_is(N_BATCH, N_TRANSIT, "2", "42.5");
    ck_assert_int_eq(arrived(two, "2024-03-07"), M_OK);
    world_bin_is(N_BATCH, N_OUTLET, "4", "72.5");
    world_bin_is(N_BATCH, N_TRANSIT, "0", "0");
    world_prove();
    world_prove_days();
}
END_TEST

/* A count of one batch says nothing of the others. */
START_TEST(a_count_is_of_its_batch)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    which b = {.batch = batch("B", NULL)->id}, c = {.batch = batch("C", NULL)->id};
    in(N_BATCH, b, "2024-03-01", "5", "10");
    in(N_BATCH, c, "2024-03-01", "5", "20");
    wms_stock_adjustment *count = found(N_BATCH, b, "2024-03-05", "2", "0");
    count->reason = WMS_REASON_COUNT;
    M_AT(count->lines, wms_adjustment_line, 0)->direction = WMS_ADJUST_OUT;
    posted(post(adjustment, count));
    out(N_BATCH, b, "2024-03-03", "1");
    moved(count->id, "-10", "only one was missing");
    out(N_BATCH, c, "2024-03-03", "1");
    moved(count->id, "-10", "still");
    layer_is(N_BATCH, b.batch, "3", "30");
    layer_is(N_BATCH, c.batch, "4", "80");
}
END_TEST

/* ---- serial numbers ---- */

static m_id serial_id(const char *code)
{
    m_str text = m_str_of(code);
    const void *row = NULL;
    ck_assert_int_eq(
        m_store_find_one(W.module.store, W.call, &wms_serial_number_type, "code", &text, &row),
        M_OK);
    return row ? ((const wms_serial_number *)row)->id : (m_id){{0}};
}

static void not_in(which goods, const char *date, const char *qty, const char *code)
{
    wms_stock_adjustment *doc = found(N_SERIAL, goods, date, qty, "1");
    world_draft(adjustment, doc);
    failed_with(world_act(adjustment, doc->id, "submit", NULL), code, "lines[0].serials");
}

START_TEST(pieces_are_in_one_place)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    which one = {.serials = "S1"}, both = {.serials = "S1 S2"}, third = {.serials = "S3"};
    in(N_SERIAL, both, "2024-03-01", "2", "5");
    m_id issued = out(N_SERIAL, one, "2024-03-10", "1");
    not_in(one, "2024-03-05", "1", "wms.serial.later");
    not_in(both, "2024-03-12", "2", "wms.serial.present");
    not_out(N_SERIAL, one, "2024-03-05", "1", "wms.stock.later");
    not_out(N_SERIAL, third, "2024-03-05", "1", "wms.serial.absent");
    in(N_SERIAL, third, "2024-02-20", "1", "9");
    out(N_SERIAL, third, "2024-02-25", "1");
    in(N_SERIAL, one, "2024-03-12", "1", "6");
    /* it is here again: the mirror of its issue would make it two */
    failed_with(world_act(issue_type, issued, "cancel", NULL), "wms.serial.present", NULL);
    out(N_SERIAL, one, "2024-03-13", "1");
    wms_cancel_input on = {test_date("2024-03-11")};
    failed_with(world_act(issue_type, issued, "cancel", &on), "wms.serial.later", NULL);
    world_bin_is(N_SERIAL, N_DEPOT, "1", "5");
    moved(issued, "-5", "issued");
}
END_TEST

START_TEST(preview_makes_no_numbers)
{
    m_list rows = {NULL, 0};
    in(N_SERIAL, (which){.serials = "S1"}, "2024-03-05", "1", "5");
    wms_stock_adjustment *late = found(N_SERIAL, (which){.serials = "S2"}, "2024-03-01", "1", "7");
    world_draft(adjustment, late);
    wms_preview_params params = {.document = late->id};
    ck_assert_int_eq(wms_backdating_preview_report.run(&W.module, W.call, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 1);
    same_dec(M_AT(rows, const wms_preview_row, 0)->qty, "1", "comes in");
    ck_assert(m_id_is_null(serial_id("S2")));
}
END_TEST

/* ---- standard cost ---- */

START_TEST(the_rate_is_that_of_the_day)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    world_submit(&wms_standard_cost_doctype, standard("2024-03-01", "10"));
    in(N_STANDARD, plain, "2024-03-02", "10", "12");
    m_id issued = out(N_STANDARD, plain, "2024-03-05", "4");
    in(N_STANDARD, plain, "2024-03-03", "5", "11");
    moved(issued, "-40", "at the standard, as before");
    world_ledger_is("purchase_variance", "25"); /* 20 and 5: that of the later one stays */
    world_bin_is(N_STANDARD, N_DEPOT, "11", "110");
    not_out(N_STANDARD, plain, "2024-03-04", "12", "wms.stock.later");
    wms_stock_adjustment *early = found(N_STANDARD, plain, "2024-02-28", "1", "10");
    world_draft(adjustment, early);
    failed_with(world_act(adjustment, early->id, "submit", NULL), "wms.standard_cost.missing",
                NULL);
}
END_TEST

/* V021 with goods that come to light after the new standard. */
START_TEST(v021_later_standards_revalue)
{
    W.backdating = _i ? WMS_BACKDATING_RESTATE : WMS_BACKDATING_FORWARD;
    world_submit(&wms_standard_cost_doctype, standard("2024-03-01", "10"));
    in(N_STANDARD, plain, "2024-03-02", "20", "10");
    out(N_STANDARD, plain, "2024-03-03", "15");
    wms_standard_cost *dearer = standard("2024-03-10", "15");
    world_submit(&wms_standard_cost_doctype, dearer);
    world_ledger_is("stock_revaluation", "-25");
    in(N_STANDARD, plain, "2024-03-05", "2", "10");
    world_bin_is(N_STANDARD, N_DEPOT, "7", "105");
    world_ledger_is("stock_revaluation", "-35");
    moved(dearer->id, "35", "the standard revalued seven");
    m_id later = out(N_STANDARD, plain, "2024-03-12", "7");
    moved(later, "-105", "at the new one");
    failed_with(world_act(&wms_standard_cost_doctype, dearer->id, "cancel", NULL),
                "wms.standard_cost.used", NULL);
}
END_TEST

/* The warehouse was empty when the standards changed; then goods of before are found. */
START_TEST(standards_of_an_empty_warehouse)
{
    W.backdating = _i ? WMS_BACKDATING_RESTATE : WMS_BACKDATING_FORWARD;
    world_submit(&wms_standard_cost_doctype, standard("2024-03-01", "10"));
    wms_standard_cost *second = standard("2024-03-10", "15");
    world_submit(&wms_standard_cost_doctype, second);
    m_id same_day = in(N_STANDARD, plain, "2024-03-10", "5", "15");
    wms_standard_cost *third = standard("2024-03-20", "12");
    world_submit(&wms_standard_cost_doctype, third);
    in(N_STANDARD, plain, "2024-03-05", "10", "10");
    moved(same_day, "75", "not touched");
    moved(second->id, "50", "ten of them were there already");
    moved(third->id, "-45", "fifteen");
    world_bin_is(N_STANDARD, N_DEPOT, "15", "180");
    world_ledger_is("stock_revaluation", "-5");
    out(N_STANDARD, plain, "2024-03-06", "4");
    moved(second->id, "30", "six of them");
    moved(third->id, "-33", "eleven");
    world_bin_is(N_STANDARD, N_DEPOT, "11", "132");
    failed_with(world_act(&wms_standard_cost_doctype, third->id, "cancel", NULL),
                "wms.standard_cost.used", NULL);
    world_prove();
    world_prove_days();
}
END_TEST

START_TEST(a_standard_itself_is_not_dated_back)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    world_submit(&wms_standard_cost_doctype, standard("2024-03-01", "10"));
    in(N_STANDARD, plain, "2024-03-12", "5", "10");
    wms_standard_cost *late = standard("2024-03-10", "15");
    world_draft(&wms_standard_cost_doctype, late);
    failed_with(world_act(&wms_standard_cost_doctype, late->id, "submit", NULL),
                "wms.stock.backdated", NULL);
    /* nor may goods be on their way while one begins, whenever that is recorded */
    posted(post(&wms_standard_cost_doctype, standard("2024-03-20", "15")));
    ck_assert(m_id_is_null(sent(N_STANDARD, plain, "2024-03-15", "1")));
    failed_with(M_PRECONDITION, "wms.standard_cost.in_transit", NULL);
}
END_TEST

/* ---- any order ---- */

#define STEPS  26
#define TRACKS 6

typedef struct {
    int kind; /* 0 in, 1 out of the depot, 2 sent and received, 3 out of the outlet, 4 standard */
    int track;
    char qty[16];
    char rate[16];
    m_id doc;
    int stage; /* 0 nothing is recorded, 1 sent, 2 done */
} event;

typedef struct {
    m_dec value[STEPS][3];
    m_stock_bin bins[3];
    m_dec ledger[4];
} outcome;

static event events[STEPS];
static which tracks[TRACKS];
static uint32_t seed;

static uint32_t any(uint32_t n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 8) % n;
}

static const char *day(int i, int part)
{
    static char text[40];
    int n = 3 * i + part;
    snprintf(text, sizeof text, "2024-%02d-%02d", 4 + n / 28, 1 + n % 28);
    return text;
}

/* Feasible in the order of dates. Pieces come in once, one by one. */
static void invent(uint32_t item, bool transfers, int standards)
{
    int depot[TRACKS] = {0}, outlet[TRACKS] = {0}, new_piece = 0;
    int kinds = item == N_BATCH ? 2 : item == N_SERIAL ? TRACKS : 1;
    for (int i = 0; i < STEPS; i++) {
        event *e = &events[i];
        int t = (int)any((uint32_t)kinds);
        *e = (event){.kind = (int)any(4)};
        snprintf(e->rate, sizeof e->rate, "%u.%03u", 1 + any(30), any(1000));
        if (item != N_STANDARD) e->rate[strlen(e->rate) - 1] = 0;
        if (standards && i % (STEPS / (standards + 1)) == STEPS / (standards + 1) - 1) {
            e->kind = 4;
            continue;
        }
        if (item == N_SERIAL && e->kind == 0) t = new_piece < TRACKS ? new_piece : t;
        if (e->kind == 3 && outlet[t] == 0) e->kind = 2;
        if (e->kind == 2 && !transfers) e->kind = 1;
        if (e->kind && e->kind != 3 && depot[t] == 0) e->kind = 0;
        if (item == N_SERIAL && e->kind == 0 && t != new_piece) {
            if (new_piece == TRACKS) { /* nothing is left to do for this one */
                e->stage = 3;
                continue;
            }
            t = new_piece;
        }
        new_piece += e->kind == 0;
        e->track = t;
        int have = e->kind == 3 ? outlet[t] : depot[t];
        int qty = item == N_SERIAL ? 1 : 1 + (int)any(e->kind ? (uint32_t)have : 12);
        snprintf(e->qty, sizeof e->qty, "%d", qty);
        depot[t] += e->kind == 0 ? qty : e->kind == 3 ? 0 : -qty;
        outlet[t] += e->kind == 2 ? qty : e->kind == 3 ? -qty : 0;
    }
}

static bool may_fail(void)
{
    static const char *const codes[] = {"wms.stock.negative", "wms.stock.later",
                                        "wms.serial.absent", "wms.stock.backdated"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (m_str_is(W.call->error.code, codes[i])) return true;
    return false;
}

static bool advance(event *e, int i, uint32_t item)
{
    m_status status;
    which goods = tracks[e->track];
    if (e->stage == 1) {
        status = arrived(e->doc, day(i, 1));
    } else if (e->kind == 4) {
        wms_standard_cost *doc = standard(day(i, 2), e->rate);
        e->doc = doc->id;
        status = post(&wms_standard_cost_doctype, doc);
    } else if (e->kind == 0) {
        wms_stock_adjustment *doc = found(item, goods, day(i, 0), e->qty, e->rate);
        e->doc = doc->id;
        status = post(adjustment, doc);
    } else if (e->kind == 2) {
        e->doc = sent(item, goods, day(i, 0), e->qty);
        status = m_id_is_null(e->doc) ? M_PRECONDITION : M_OK;
        if (status == M_OK) e->stage = 1;
        return status == M_OK;
    } else {
        wms_stock_issue *doc =
            issue_of(item, goods, e->kind == 3 ? N_OUTLET : N_DEPOT, day(i, 0), e->qty);
        e->doc = doc->id;
        status = post(issue_type, doc);
    }
    if (status == M_OK) e->stage = 2;
    if (status != M_OK)
        ck_assert_msg(may_fail(), "%.*s %.*s", M_STR_ARG(W.call->error.code),
                      M_STR_ARG(W.call->error.message));
    return status == M_OK;
}

static void note_outcome(uint32_t item, outcome *o)
{
    static const char *const purposes[] = {"stock_issue", "stock_adjustment", "purchase_variance",
                                           "stock_revaluation"};
    world_prove();
    world_prove_days();
    for (int i = 0; i < STEPS; i++)
        for (uint32_t k = 0; k < 3; k++)
            o->value[i][k] =
                events[i].stage == 2 ? world_moved(events[i].doc, N_DEPOT + k) : (m_dec){0};
    for (uint32_t k = 0; k < 3; k++)
        o->bins[k] = world_bin(item, N_DEPOT + k);
    for (uint32_t k = 0; k < 4; k++)
        o->ledger[k] = world_ledger(purposes[k], 0);
}

/* Recorded in the order of dates, or in any; but a standard before what is dated later. */
static void record(bool shuffled, uint32_t item, outcome *o)
{
    static const char *const codes[] = {"B1", "B2"}, *const pieces[] = {"P1", "P2", "P3",
                                                                        "P4", "P5", "P6"};
    uint32_t order[STEPS], left = 0, idle = 0;
    W.backdating = WMS_BACKDATING_RESTATE;
    for (uint32_t i = 0; i < TRACKS; i++)
        tracks[i] = (which){.serials = item == N_SERIAL ? pieces[i] : NULL};
    for (uint32_t i = 0; i < 2 && item == N_BATCH; i++)
        tracks[i].batch = batch(codes[i], NULL)->id;
    if (item == N_STANDARD)
        world_submit(&wms_standard_cost_doctype, standard("2024-03-01", "7.125"));
    for (uint32_t i = 0; i < STEPS; i++) {
        if (events[i].stage == 3) continue;
        order[left++] = i;
        events[i].stage = 0;
    }
    while (left) {
        uint32_t at = shuffled ? any(left) : 0, i = order[at];
        /* what is later than a standard to come waits for it */
        for (uint32_t k = left; k-- > 0;)
            if (events[order[k]].kind == 4 && order[k] < i) at = k;
        i = order[at];
        idle = advance(&events[i], (int)i, item) ? 0 : idle + 1;
        ck_assert_uint_lt(idle, 1000);
        if (events[i].stage < 2) continue;
        memmove(&order[at], &order[at + 1], (--left - at) * sizeof order[0]);
    }
    note_outcome(item, o);
}

static void same_outcome(const outcome *a, const outcome *b, int k)
{
    for (int i = 0; i < STEPS; i++)
        for (int w = 0; w < 3; w++)
            ck_assert_msg(a->value[i][w].u == b->value[i][w].u,
                          "seed %d, event %d (kind %d), warehouse %d: %lld in order, %lld", k, i,
                          events[i].kind, w, (long long)a->value[i][w].u,
                          (long long)b->value[i][w].u);
    for (int w = 0; w < 3; w++) {
        ck_assert_int_eq(a->bins[w].qty.u, b->bins[w].qty.u);
        ck_assert_int_eq(a->bins[w].value.u, b->bins[w].value.u);
    }
    for (int p = 0; p < 4; p++)
        ck_assert_msg(a->ledger[p].u == b->ledger[p].u, "seed %d, account %d: %lld in order, %lld",
                      k, p, (long long)a->ledger[p].u, (long long)b->ledger[p].u);
}

static void try_orders(uint32_t item, bool transfers, int standards, int k)
{
    outcome straight, mixed;
    seed = (uint32_t)k * 7919u + 1;
    invent(item, transfers, standards);
    record(false, item, &straight);
    world_close();
    for (int again = 0; again < 3; again++) {
        world_open();
        record(true, item, &mixed);
        same_outcome(&straight, &mixed, k);
        if (again < 2) world_close();
    }
}

START_TEST(any_order_batches)
{
    try_orders(N_BATCH, true, 0, _i);
}
END_TEST

START_TEST(any_order_pieces)
{
    try_orders(N_SERIAL, true, 0, _i);
}
END_TEST

START_TEST(any_order_standard)
{
    try_orders(N_STANDARD, true, 0, _i);
}
END_TEST

/* With new standards in between; so goods may not be on their way then. */
START_TEST(any_order_standards)
{
    try_orders(N_STANDARD, false, 3, _i);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("backdating");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, world_open, world_close);
    tcase_add_test(t, v010_batch_average);
    tcase_add_test(t, batches_are_restated);
    tcase_add_test(t, refused_or_forward_by_policy);
    tcase_add_test(t, each_batch_must_be_there);
    tcase_add_test(t, batches_on_their_way);
    tcase_add_test(t, a_count_is_of_its_batch);
    tcase_add_test(t, pieces_are_in_one_place);
    tcase_add_test(t, preview_makes_no_numbers);
    tcase_add_test(t, the_rate_is_that_of_the_day);
    tcase_add_loop_test(t, v021_later_standards_revalue, 0, 2);
    tcase_add_loop_test(t, standards_of_an_empty_warehouse, 0, 2);
    tcase_add_test(t, a_standard_itself_is_not_dated_back);
    tcase_add_loop_test(t, any_order_batches, 0, 16);
    tcase_add_loop_test(t, any_order_pieces, 0, 16);
    tcase_add_loop_test(t, any_order_standard, 0, 16);
    tcase_add_loop_test(t, any_order_standards, 0, 16);
    return unit_run(t, "wms backdating");
}
