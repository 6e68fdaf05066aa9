#include "wms_world.h"

#include <stdio.h>
#include <stdlib.h>

#include "m/uow.h"
#include "m_adapters/keepers.h"
#include "m_adapters/memory.h"

world W;

static m_memory_db *db;
static m_uow *uow;
static m_store store;
static uint32_t next_number;

/* ---- masters ---- */

static m_item_unit boxes[1], grams[3];

static m_item_info item_of(m_id id)
{
    m_item_info item = {.id = id, .active = true, .is_stock = true, .stock_unit = test_id(N_PIECE)};
    item.code = m_str_of(m_arena_printf(W.call->arena, "ITEM-%u", (unsigned)id.b[15]));
    item.name = item.code;
    uint32_t n = (uint32_t)id.b[14] << 8 | id.b[15];
    boxes[0] = (m_item_unit){.unit = test_id(N_BOX), .factor = m_dec_of_int(12), .places = 2};
    grams[0] = (m_item_unit){.unit = test_id(N_GRAM), .factor = test_dec("0.001")};
    grams[1] = (m_item_unit){.unit = test_id(N_POUND), .factor = test_dec("0.453592"), .places = 3};
    grams[2] =
        (m_item_unit){.unit = test_id(N_LOAF), .factor = m_dec_of_int(1), .per = m_dec_of_int(3)};
    switch (n) {
    case N_AVERAGE:
        if (W.turned) item.valuation = M_FIFO;
        item.weight = test_dec("2.5");
        item.volume = test_dec("0.1");
        item.units = (m_list){boxes, 1};
        item.reorder_level = test_dec("10");
        item.reorder_qty = test_dec("15");
        return item;
    case N_SECOND:
        item.reorder_level = test_dec("20");
        item.units = (m_list){boxes, 1};
        return item;
    case N_FIFO:
    case N_FIFO_TWO:
        item.valuation = M_FIFO;
        item.weight = test_dec("1");
        item.stock_unit = test_id(N_KG);
        item.unit_places = 3;
        item.units = (m_list){grams, 3};
        return item;
    case N_BATCH:
    case N_BATCH_TWO:
        item.valuation = M_BATCH_AVERAGE;
        item.tracking = M_TRACK_BATCH;
        item.stock_unit = test_id(N_KG);
        item.unit_places = 3;
        return item;
    case N_SERIAL:
        item.valuation = M_BATCH_AVERAGE;
        item.tracking = M_TRACK_SERIAL;
        return item;
    case N_STANDARD:
        item.valuation = M_STANDARD;
        item.units = (m_list){boxes, 1};
        return item;
    case N_SERVICE:
        item.is_stock = false;
        return item;
    case N_OLD:
        item.active = false;
        item.reorder_level = item.reorder_qty = test_dec("5");
        return item;
    default:
        return (m_item_info){0};
    }
}

static m_status items(void *self, m_call *call, const m_ids *in, m_items *out)
{
    (void)self;
    m_item_info *found = m_arena_array(call->arena, in->ids.count + 1, sizeof *found);
    for (uint32_t i = 0; i < in->ids.count; i++)
        found[i] = item_of(*M_AT(in->ids, m_id, i));
    out->items = (m_list){found, in->ids.count};
    return M_OK;
}

static m_status reordered(void *self, m_call *call, const m_ids *in, m_items *out)
{
    m_id ids[] = {test_id(N_AVERAGE), test_id(N_OLD), test_id(N_SECOND)};
    (void)in;
    return items(self, call, &(m_ids){{ids, 3}}, out);
}

static m_status suppliers(void *self, m_call *call, const m_ids *in, m_parties *out)
{
    (void)self;
    m_party_info *found = m_arena_alloc(call->arena, sizeof *found);
    m_id id = *M_AT(in->ids, m_id, 0);
    bool known = m_id_cmp(id, test_id(N_GOOD)) >= 0 && m_id_cmp(id, test_id(N_INACTIVE)) <= 0;
    if (known)
        *found = (m_party_info){.id = id,
                                .code = M_STR("SUP"),
                                .active = !m_id_eq(id, test_id(N_INACTIVE)),
                                .blocked = m_id_eq(id, test_id(N_BLOCKED))};
    out->parties = (m_list){found, 1};
    return M_OK;
}

static m_status customers(void *self, m_call *call, const m_ids *in, m_parties *out)
{
    (void)self;
    m_party_info *found = m_arena_alloc(call->arena, sizeof *found);
    m_id id = *M_AT(in->ids, m_id, 0);
    if (m_id_cmp(id, test_id(N_HOTEL)) >= 0 && m_id_cmp(id, test_id(N_GONE)) <= 0)
        *found =
            (m_party_info){.id = id, .code = M_STR("CUS"), .active = !m_id_eq(id, test_id(N_GONE))};
    out->parties = (m_list){found, 1};
    return M_OK;
}

static m_status taxes(void *self, m_call *call, const m_ids *in, m_taxes *out)
{
    (void)self;
    static m_tax_component gst[2], duty[1];
    gst[0] = gst[1] = (m_tax_component){.rate = {9 * M_DEC_ONE}};
    duty[0] = (m_tax_component){.rate = {10 * M_DEC_ONE}};
    m_tax_info *found = m_arena_array(call->arena, in->ids.count + 1, sizeof *found);
    for (uint32_t i = 0; i < in->ids.count; i++) {
        m_id id = *M_AT(in->ids, m_id, i);
        if (m_id_eq(id, test_id(N_GST)))
            found[i] =
                (m_tax_info){.id = id, .active = true, .recoverable = true, .components = {gst, 2}};
        if (m_id_eq(id, test_id(N_DUTY)))
            found[i] = (m_tax_info){.id = id, .active = true, .components = {duty, 1}};
        if (m_id_eq(id, test_id(N_ABOLISHED)))
            found[i] = (m_tax_info){.id = id, .code = M_STR("OLD"), .components = {duty, 1}};
    }
    out->taxes = (m_list){found, in->ids.count};
    return M_OK;
}

static m_status policy(void *self, m_call *call, const m_policy_question *in, m_policy_value *out)
{
    (void)self, (void)call;
    bool on = (W.negative && m_str_is(in->name, WMS_POLICY_NEGATIVE)) ||
              (W.expired && m_str_is(in->name, WMS_POLICY_EXPIRED));
    *out = (m_policy_value){.found = on, .value = m_dec_of_int(1)};
    if (m_str_is(in->name, WMS_POLICY_BACKDATING))
        *out = (m_policy_value){.found = true, .value = m_dec_of_int(W.backdating)};
    return M_OK;
}

static m_status tenant(void *self, m_call *call, const m_ids *in, m_tenant_info *out)
{
    (void)self, (void)call, (void)in;
    *out = (m_tenant_info){
        .base_currency = M_STR("INR"), .currency_places = 2, .fiscal_start_month = 4};
    return M_OK;
}

static m_status currency(void *self, m_call *call, const m_currency_question *in,
                         m_currency_info *out)
{
    (void)self, (void)call;
    if (m_id_eq(in->currency, test_id(N_RUPEE)))
        *out = (m_currency_info){
            .id = in->currency, .code = M_STR("INR"), .places = 2, .base = true, .found = true};
    if (m_id_eq(in->currency, test_id(N_DOLLAR)))
        *out = (m_currency_info){.id = in->currency,
                                 .code = M_STR("USD"),
                                 .places = 2,
                                 .active = true,
                                 .found = W.dollar,
                                 .rate = test_dec(W.dollar ? W.dollar : "0"),
                                 .per = m_dec_of_int(1)};
    return M_OK;
}

static const m_masters_ops masters_ops = {.head = {sizeof masters_ops, 1, "masters"},
                                          .items = items,
                                          .suppliers = suppliers,
                                          .customers = customers,
                                          .taxes = taxes,
                                          .policy = policy,
                                          .tenant = tenant,
                                          .currency = currency,
                                          .reordered = reordered};

/* ---- ledger: one list of signed amounts ---- */

#define NOTES_MAX 20000
typedef struct {
    m_id voucher;
    char purpose[32];
    m_id subject;
    m_dec amount; /* debit less credit */
    m_date date;
} entry;
static entry book[NOTES_MAX];
static char narration[400];
static uint32_t book_count, book_mark;

static const m_error_def locked = {"finance.period.locked", M_PRECONDITION, "Locked.", "Wait."};

static m_status ledger_prepare(void *self, m_call *call, const m_ledger_voucher *in,
                               m_ledger_result *out)
{
    (void)self;
    m_dec_sum sum = 0;
    if (W.ledger_says != M_OK || m_date_cmp(in->posting_date, W.open_from) < 0)
        return m_fail(call, &locked, NULL);
    for (M_EACH(const m_ledger_line, line, in->lines)) {
        ck_assert((line->debit.u > 0) != (line->credit.u > 0));
        sum += (m_dec_sum)line->debit.u - line->credit.u;
    }
    ck_assert(sum == 0 && in->lines.count >= 2);
    W.prepared++;
    *out = (m_ledger_result){in->voucher_id, false};
    return M_OK;
}

static m_status ledger_confirm(void *self, m_call *call, const m_ledger_voucher *in,
                               m_ledger_result *out)
{
    (void)self, (void)call;
    ck_assert(in->voucher_no.n > 0);
    for (uint32_t i = 0; i < book_count; i++)
        ck_assert(!m_id_eq(book[i].voucher, in->voucher_id));
    for (M_EACH(const m_ledger_line, line, in->lines)) {
        ck_assert_uint_lt(book_count, NOTES_MAX);
        entry *e = &book[book_count++];
        *e = (entry){.voucher = in->voucher_id, .subject = line->subject, .date = in->posting_date};
        snprintf(e->purpose, sizeof e->purpose, "%.*s", M_STR_ARG(line->purpose));
        e->amount.u = line->debit.u - line->credit.u;
        snprintf(narration, sizeof narration, "%.*s", M_STR_ARG(line->narration));
    }
    W.posted++;
    *out = (m_ledger_result){in->voucher_id, true};
    return M_OK;
}

static m_status ledger_reverse(void *self, m_call *call, const m_ledger_reversal *in,
                               m_ledger_result *out)
{
    static const m_error_def invoiced = {"finance.voucher.invoiced", M_PRECONDITION, "Invoiced.",
                                         "Return the goods."};
    (void)self;
    if (W.invoiced && in->source_lines.count) return m_fail(call, &invoiced, NULL);
    uint32_t n = book_count, found = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!m_id_eq(book[i].voucher, in->voucher_id)) continue;
        ck_assert_uint_lt(book_count, NOTES_MAX);
        book[book_count] = book[i];
        book[book_count].voucher = in->reversal_id;
        book[book_count].date = in->posting_date;
        book[book_count++].amount.u = -book[i].amount.u;
        found++;
    }
    if (found) W.reversed++;
    *out = (m_ledger_result){in->reversal_id, found > 0};
    return M_OK;
}

static m_status ledger_check_date(void *self, m_call *call, const m_ledger_date *in,
                                  m_ledger_result *out)
{
    (void)self;
    if (m_date_cmp(in->date, W.open_from) < 0) return m_fail(call, &locked, NULL);
    *out = (m_ledger_result){.posted = false};
    return M_OK;
}

static const m_ledger_ops ledger_ops = {.head = {sizeof ledger_ops, 1, "ledger"},
                                        .prepare = ledger_prepare,
                                        .confirm = ledger_confirm,
                                        .reverse = ledger_reverse,
                                        .check_date = ledger_check_date};

/* ---- the world ---- */

static void add_warehouse(uint32_t n, const char *code, m_enum kind, bool active)
{
    wms_warehouse *doc = world_new(&wms_warehouse_type);
    doc->id = test_id(n);
    doc->code = doc->name = doc->number = m_str_of(code);
    doc->kind = kind;
    doc->active = active;
    doc->cost_center = test_id(N_CENTER + n - N_DEPOT);
    ck_assert_int_eq(m_store_insert(store, W.call, &wms_warehouse_type, doc), M_OK);
}

void world_open(void)
{
    W = (world){.call = test_call()};
    db = m_memory_db_new();
    store = m_memory_store(db);
    uow = m_memory_uow(db);
    book_count = 0;
    next_number = 0;
    W.module = (wms){.store = store,
                     .keeper = m_stock_keeper_make(&store),
                     .ledger = {&ledger_ops, NULL},
                     .masters = {&masters_ops, NULL}};
    ck_assert_int_eq(uow->ops->begin(uow, W.call, M_UOW_WRITE, NULL, 0), M_OK);
    add_warehouse(N_DEPOT, "DEPOT", WMS_DEPOT, true);
    add_warehouse(N_OUTLET, "OUTLET", WMS_OUTLET, true);
    add_warehouse(N_TRANSIT, "TRANSIT", WMS_TRANSIT, true);
    add_warehouse(N_CLOSED, "CLOSED", WMS_OUTLET, false);
    uow->ops->accept(uow);
}

void world_close(void)
{
    ck_assert_int_eq(uow->ops->commit(uow, W.call), M_OK);
    m_memory_db_free(db);
    test_call_free(W.call);
}

/* ---- documents ---- */

void *world_new(const m_type *type)
{
    m_doc *doc = m_record_new(type, W.call->arena);
    ck_assert_ptr_nonnull(doc);
    doc->id = m_new_id(W.call);
    doc->version = 1;
    return doc;
}

void *world_lines(m_list *list, uint32_t n, size_t size)
{
    *list = (m_list){m_arena_array(W.call->arena, n, size), n};
    return list->items;
}

/* Lines begin with their id. */
static void settle_lines(const m_type *type, void *doc)
{
    for (uint16_t f = 0; f < type->count; f++) {
        const m_field *field = &type->fields[f];
        if (field->kind != M_KIND_LIST || strcmp(field->type->fields[0].name, "id") != 0) continue;
        m_list *list = m_field_at(type, field, doc);
        for (uint32_t i = 0; i < list->count; i++) {
            m_id *id = (m_id *)((char *)list->items + i * field->type->size);
            if (m_id_is_null(*id)) *id = m_new_id(W.call);
        }
    }
}

static m_status check(const m_doctype *type, void *doc, const void *before)
{
    if (type->check) M_TRY(type->check(&W.module, W.call, doc, before));
    m_record_validate(W.call, type->type, doc, "");
    return m_failed_fields(W.call);
}

static m_status end_use_case(m_status status)
{
    if (status == M_OK) {
        uow->ops->accept(uow);
        return status;
    }
    ck_assert(uow->ops->refuse(uow));
    book_count = book_mark;
    return status;
}

static void begin_use_case(void)
{
    m_error_clear(W.call);
    uow->ops->mark(uow);
    book_mark = book_count;
}

m_status world_create(const m_doctype *type, void *doc)
{
    begin_use_case();
    settle_lines(type->type, doc);
    m_status status = check(type, doc, NULL);
    if (status == M_OK) status = m_store_insert(store, W.call, type->type, doc);
    return end_use_case(status);
}

static void must(m_status status)
{
    ck_assert_msg(status == M_OK, "%s: %.*s %s", m_status_name(status),
                  M_STR_ARG(W.call->error.message),
                  W.call->error.field_count ? W.call->error.fields[0].message.p : "");
}

void world_draft(const m_doctype *type, void *doc)
{
    must(world_create(type, doc));
}

static m_status move(const m_doctype *type, m_id id, const char *action, const void *input)
{
    const void *before = NULL;
    const m_move *found = m_lifecycle_find(type->life, m_str_of(action));
    ck_assert_ptr_nonnull(found);
    M_TRY(m_store_need(store, W.call, type->type, id, &before));
    m_doc *doc = m_record_copy(type->type, before, W.call->arena);
    if (!m_move_allowed(type->life, found, doc->state))
        return m_fail(W.call, m_err_state, "%s", action);
    if (doc->state == 0) M_TRY(check(type, doc, before));
    if ((found->flags & M_MOVE_NUMBER) && doc->number.n == 0)
        doc->number = m_str_of(m_arena_printf(W.call->arena, "%s-%u", type->series, ++next_number));
    if (found->effect) M_TRY(found->effect(&W.module, W.call, doc, input));
    if (found->to) doc->state = m_state_index(type->life->states, m_str_of(found->to));
    doc->version++;
    return m_store_update(store, W.call, type->type, doc);
}

m_status world_act(const m_doctype *type, m_id id, const char *action, const void *input)
{
    begin_use_case();
    return end_use_case(move(type, id, action, input));
}

void world_submit(const m_doctype *type, void *doc)
{
    world_draft(type, doc);
    must(world_act(type, ((m_doc *)doc)->id, "submit", NULL));
    world_prove();
}

const void *world_get(const m_type *type, m_id id)
{
    const void *found = NULL;
    ck_assert_int_eq(m_store_need(store, W.call, type, id, &found), M_OK);
    return found;
}

/* ---- shorthands ---- */

wms_purchase_order *world_order(uint32_t item, const char *qty, const char *rate)
{
    wms_purchase_order *order = world_new(&wms_purchase_order_type);
    order->supplier = test_id(N_GOOD);
    order->warehouse = test_id(N_DEPOT);
    wms_order_line *line = world_lines(&order->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->qty = test_dec(qty);
    line->rate = test_dec(rate);
    return order;
}

wms_goods_receipt *world_receipt(const wms_purchase_order *order, const char *qty)
{
    wms_goods_receipt *receipt = world_new(&wms_goods_receipt_type);
    receipt->purchase_order = order->id;
    wms_receipt_line *line = world_lines(&receipt->lines, 1, sizeof *line);
    line->order_line = M_AT(order->lines, wms_order_line, 0)->id;
    line->received_qty = test_dec(qty);
    return receipt;
}

wms_goods_receipt *world_receive(uint32_t item, const char *qty, const char *rate)
{
    wms_purchase_order *order = world_order(item, qty, rate);
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, qty);
    world_submit(&wms_goods_receipt_doctype, receipt);
    return receipt;
}

wms_stock_issue *world_issue(uint32_t item, uint32_t warehouse, const char *qty)
{
    wms_stock_issue *issue = world_new(&wms_stock_issue_type);
    issue->warehouse = test_id(warehouse);
    wms_issue_line *line = world_lines(&issue->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->qty = test_dec(qty);
    return issue;
}

wms_stock_reconciliation *world_reconcile(uint32_t item, const char *qty, const char *rate)
{
    wms_stock_reconciliation *doc = world_new(&wms_stock_reconciliation_type);
    doc->warehouse = test_id(N_DEPOT);
    wms_reconciliation_line *line = world_lines(&doc->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->sets = qty && rate ? WMS_SET_BOTH : qty ? WMS_SET_QUANTITY : WMS_SET_RATE;
    if (qty) line->qty = test_dec(qty);
    if (rate) line->rate = test_dec(rate);
    return doc;
}

wms_standard_cost *world_standard(uint32_t item, const char *rate)
{
    wms_standard_cost *standard = world_new(&wms_standard_cost_type);
    standard->item = test_id(item);
    standard->rate = test_dec(rate);
    return standard;
}

wms_delivery_note *world_delivery(uint32_t item, const char *qty)
{
    wms_delivery_note *delivery = world_new(&wms_delivery_note_type);
    delivery->customer = test_id(N_HOTEL);
    delivery->warehouse = test_id(N_DEPOT);
    wms_delivery_line *line = world_lines(&delivery->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->qty = test_dec(qty);
    return delivery;
}

wms_customer_return *world_back(const wms_delivery_note *delivery, const char *qty)
{
    wms_customer_return *back = world_new(&wms_customer_return_type);
    back->delivery = delivery->id;
    wms_customer_return_line *line = world_lines(&back->lines, 1, sizeof *line);
    line->delivery_line = M_AT(delivery->lines, wms_delivery_line, 0)->id;
    line->qty = test_dec(qty);
    return back;
}

/* ---- what is there ---- */

m_stock_bin world_bin(uint32_t item, uint32_t warehouse)
{
    m_stock_bin key = {.item = test_id(item), .warehouse = test_id(warehouse)};
    const void *found = NULL;
    ck_assert_int_eq(m_store_get_key(store, W.call, &m_stock_bin_type, &key, &found), M_OK);
    return found ? *(const m_stock_bin *)found : key;
}

void world_bin_is(uint32_t item, uint32_t warehouse, const char *qty, const char *value)
{
    m_stock_bin bin = world_bin(item, warehouse);
    same_dec(bin.qty, qty, "quantity in bin");
    same_dec(bin.value, value, "value in bin");
}

m_dec world_ledger(const char *purpose, uint32_t subject)
{
    m_dec sum = {0};
    for (uint32_t i = 0; i < book_count; i++)
        if (strcmp(book[i].purpose, purpose) == 0 &&
            (!subject || m_id_eq(book[i].subject, test_id(subject))))
            sum.u += book[i].amount.u;
    return sum;
}

void world_ledger_is(const char *purpose, const char *amount)
{
    same_dec(world_ledger(purpose, 0), amount, purpose);
}

static void prove_warehouse(uint32_t warehouse, const m_fetch *bins)
{
    m_dec value = {0};
    for (uint32_t i = 0; i < bins->count; i++) {
        const m_stock_bin *bin = bins->records[i];
        if (m_id_eq(bin->warehouse, test_id(warehouse))) value.u += bin->value.u;
    }
    m_dec still = world_ledger("stock", warehouse),
          moving = world_ledger("stock_in_transit", warehouse);
    ck_assert_msg(value.u == still.u + moving.u, "warehouse %u: bins and ledger differ", warehouse);
}

m_dec world_moved(m_id source, uint32_t warehouse)
{
    m_filter filters[] = {{"source_id", M_OP_EQ, &source}};
    m_query query = {.filters = filters, .filter_count = 1};
    m_fetch read = {.type = &m_stock_entry_type, .query = &query};
    m_dec sum = {0};
    ck_assert_int_eq(m_store_fetch(store, W.call, &read, 1), M_OK);
    for (uint32_t i = 0; i < read.count; i++) {
        const m_stock_entry *row = read.records[i];
        if (!warehouse || m_id_eq(row->warehouse, test_id(warehouse))) sum.u += row->value.u;
    }
    return sum;
}

static m_dec booked_on(m_date date)
{
    m_dec sum = {0};
    for (uint32_t i = 0; i < book_count; i++)
        if (m_date_cmp(book[i].date, date) == 0 && strncmp(book[i].purpose, "stock", 5) == 0 &&
            (!book[i].purpose[5] || strcmp(book[i].purpose, "stock_in_transit") == 0))
            sum.u += book[i].amount.u;
    return sum;
}

const char *world_narration(void)
{
    return narration;
}

void world_prove_days(void)
{
    m_query everything = {0};
    m_fetch read = {.type = &m_stock_entry_type, .query = &everything};
    ck_assert_int_eq(m_store_fetch(store, W.call, &read, 1), M_OK);
    for (uint32_t i = 0; i < read.count; i++) {
        m_date date = ((const m_stock_entry *)read.records[i])->posting_date;
        m_dec sum = {0};
        char text[M_DATE_TEXT];
        for (uint32_t k = 0; k < read.count; k++) {
            const m_stock_entry *row = read.records[k];
            if (m_date_cmp(row->posting_date, date) == 0) sum.u += row->value.u;
        }
        m_date_format(date, text);
        ck_assert_msg(sum.u == booked_on(date).u, "stock and ledger differ on %s: %lld, %lld", text,
                      (long long)sum.u, (long long)booked_on(date).u);
    }
}

void world_prove(void)
{
    m_query everything = {0};
    m_fetch reads[] = {{.type = &m_stock_bin_type, .query = &everything},
                       {.type = &m_stock_layer_type, .query = &everything}};
    ck_assert_int_eq(m_store_fetch(store, W.call, reads, 2), M_OK);
    for (uint32_t n = N_DEPOT; n <= N_CLOSED; n++)
        prove_warehouse(n, &reads[0]);
    for (uint32_t i = 0; i < reads[0].count; i++) {
        const m_stock_bin *bin = reads[0].records[i];
        m_dec qty = {0}, value = {0};
        ck_assert(W.negative || W.below || bin->qty.u >= 0);
        ck_assert(bin->qty.u < 0 ? bin->value.u <= 0 : bin->value.u >= 0);
        ck_assert(bin->qty.u != 0 || bin->value.u == 0);
        m_enum method = item_of(bin->item).valuation;
        if (method != M_FIFO && method != M_BATCH_AVERAGE) continue;
        for (uint32_t k = 0; k < reads[1].count; k++) {
            const m_stock_layer *layer = reads[1].records[k];
            if (!m_id_eq(layer->item, bin->item) || !m_id_eq(layer->warehouse, bin->warehouse))
                continue;
            qty.u += layer->qty.u;
            value.u += layer->value.u;
        }
        ck_assert(qty.u == bin->qty.u && value.u == bin->value.u);
    }
}

void same_dec(m_dec got, const char *want, const char *what)
{
    char text[M_DEC_TEXT];
    m_dec_format(got, 0, text);
    ck_assert_msg(got.u == test_dec(want).u, "%s: got %s, want %s", what, text, want);
}

static const m_field_error *field_at(const char *path)
{
    for (uint32_t i = 0; i < W.call->error.field_count; i++)
        if (m_str_is(W.call->error.fields[i].path, path)) return &W.call->error.fields[i];
    return NULL;
}

void failed_with(m_status status, const char *code, const char *path)
{
    const m_error *error = &W.call->error;
    ck_assert_msg(status != M_OK, "it went through, want %s", code);
    ck_assert_msg(m_str_is(error->code, code), "got %.*s (%.*s), want %s", M_STR_ARG(error->code),
                  M_STR_ARG(error->message), code);
    if (path) ck_assert_msg(field_at(path) != NULL, "no field %s", path);
}

void field_failed(m_status status, const char *code, const char *path)
{
    failed_with(status, "core.validation", path);
    const m_field_error *field = field_at(path);
    ck_assert_msg(m_str_is(field->code, code), "%s: got %.*s, want %s", path,
                  M_STR_ARG(field->code), code);
}
