/* The whole house in one process without a database: the real modules of host, finance, warehouse
 * and people over the memory store, spoken to in JSON as the gateway does. */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../arch/all_modules.h"
#include "m/book_keeper.h"
#include "m/stock_keeper.h"
#include "m_adapters/codec.h"
#include "m_adapters/documents.h"
#include "m_adapters/keepers.h"
#include "m_adapters/memory.h"
#include "m_adapters/outbox.h"
#include "m_adapters/relay.h"
#include "m_adapters/remote_ledger.h"
#include "masters.h"
#include "test_env.h"

static m_call *call;
static m_memory_db *db;
static m_uow *uow;
static m_store store;
static m_module_instance house[ALL_MODULES_MAX];
static uint32_t house_count;
static m_registry *registry;
static m_documents_service *service;
static m_documents documents;

/* ---- a small boot ---- */

static m_iface provided(const char *name)
{
    if (strcmp(name, "store") == 0) return (m_iface){store.ops, store.self};
    m_book_keeper book = m_book_keeper_make(&store);
    if (strcmp(name, "book_keeper") == 0) return (m_iface){book.ops, book.self};
    m_stock_keeper stock = m_stock_keeper_make(&store);
    if (strcmp(name, "stock_keeper") == 0) return (m_iface){stock.ops, stock.self};
    m_events events = m_outbox_events(&store);
    if (strcmp(name, "events") == 0) return (m_iface){events.ops, events.self};
    m_deciding deciding = m_decisions_of(&store);
    if (strcmp(name, "deciding") == 0) return (m_iface){deciding.ops, deciding.self};
    for (uint32_t i = 0; i < house_count; i++)
        for (const m_provided *p = house[i].module->provides; p && p->name; p++)
            if (strcmp(name, p->name) == 0) return (m_iface){p->ops, house[i].instance};
    ck_abort_msg("nobody provides %s", name);
    return (m_iface){0};
}

static void begin(void)
{
    m_error_clear(call);
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0), M_OK);
}

static void end(m_status status)
{
    if (status == M_OK)
        ck_assert_int_eq(uow->ops->commit(uow, call), M_OK);
    else
        uow->ops->rollback(uow);
}

static const m_module *modules[ALL_MODULES_MAX];

static void open_house(void)
{
    call = test_call();
    db = m_memory_db_new();
    uow = m_memory_uow(db);
    store = m_memory_store(db);
    house_count = all_modules(modules);
    for (uint32_t i = 0; i < house_count; i++)
        house[i] = (m_module_instance){modules[i], calloc(1, modules[i]->instance_size)};
    for (uint32_t i = 0; i < house_count; i++)
        for (const m_required *r = modules[i]->requires_; r && r->name; r++) {
            m_iface iface = provided(r->name);
            memcpy((char *)house[i].instance + r->offset, &iface, sizeof iface);
        }
    core_configure(house[0].instance,
                   &(core_config){.modules = modules, .module_count = house_count});
    registry = m_registry_new(house, house_count);
    m_iface masters = provided("masters");
    service = m_documents_new(&(m_documents_config){.registry = registry,
                                                    .store = store,
                                                    .events = m_outbox_events(&store),
                                                    .masters = {masters.ops, masters.self}});
    documents = m_documents_of(service);
    for (uint32_t i = 0; i < house_count; i++) {
        begin();
        m_status status = modules[i]->seed ? modules[i]->seed(house[i].instance, call) : M_OK;
        ck_assert_msg(status == M_OK, "%s: %.*s", modules[i]->name, M_STR_ARG(call->error.message));
        end(M_OK);
    }
}

static void close_house(void)
{
    m_documents_free(service);
    m_registry_free(registry);
    for (uint32_t i = 0; i < house_count; i++)
        free(house[i].instance);
    m_memory_db_free(db);
    test_call_free(call);
}

/* ---- requests ---- */

__attribute__((format(printf, 1, 2))) static const char *text(const char *format, ...)
{
    char buffer[4000];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    ck_assert_int_lt(n, (int)sizeof buffer);
    return m_arena_copy(call->arena, buffer, (size_t)n);
}

static const char *id_text(m_id id)
{
    char out[M_ID_TEXT];
    m_id_format(id, out);
    return text("%s", out);
}

static m_status ask(const char *module, const char *collection, m_id id, const char *action,
                    const char *body, m_document_reply *out)
{
    m_document_request in = {.module = m_str_of(module),
                             .collection = m_str_of(collection),
                             .id = id,
                             .action = m_str_of(action),
                             .body = m_str_of(body)};
    begin();
    m_status status = m_id_is_null(id) ? m_documents_create(documents, call, &in, out)
                                       : m_documents_act(documents, call, &in, out);
    end(status);
    return status;
}

static void good(m_status status)
{
    ck_assert_msg(status == M_OK, "%.*s: %.*s; %.*s %.*s", M_STR_ARG(call->error.code),
                  M_STR_ARG(call->error.message), M_STR_ARG(call->error.fields[0].path),
                  M_STR_ARG(call->error.fields[0].message));
}

/* Create (and make the move `action`). */
static m_document_reply make(const char *module, const char *collection, const char *action,
                             const char *body)
{
    m_document_reply reply = {{0}};
    good(ask(module, collection, (m_id){{0}}, action, body, &reply));
    return reply;
}

static void act(const char *module, const char *collection, m_id id, const char *action)
{
    m_document_reply reply;
    good(ask(module, collection, id, action, NULL, &reply));
}

static void refused(m_status status, const char *code)
{
    ck_assert_msg(status != M_OK, "it went through, want %s", code);
    ck_assert_msg(m_str_is(call->error.code, code), "got %.*s, want %s",
                  M_STR_ARG(call->error.code), code);
}

static const char *by_code(const char *type_name, const char *code)
{
    const m_type *type = m_registry_type(registry, m_str_of(type_name));
    m_str wanted = m_str_of(code);
    const void *found = NULL;
    begin();
    ck_assert_int_eq(m_store_find_one(store, call, type, "code", &wanted, &found), M_OK);
    ck_assert_msg(found != NULL, "%s %s", type_name, code);
    const char *id = id_text(((const m_doc *)found)->id);
    end(M_OK);
    return id;
}

/* The n-th id (from 0) of the member `name` in a JSON body. */
static const char *member(m_document_reply reply, const char *name, uint32_t n)
{
    const char *body = m_str_z(call->arena, reply.body);
    const char *sought = text("\"%s\":\"", name);
    for (uint32_t i = 0; body; i++, body += strlen(sought)) {
        body = strstr(body, sought);
        if (body && i == n) return text("%.26s", body + strlen(sought));
    }
    ck_abort_msg("no %s in %.*s", name, M_STR_ARG(reply.body));
    return NULL;
}

static m_list report(const char *module, const char *name, const char *params_json)
{
    void *instance = NULL;
    const m_report *found =
        m_registry_report(registry, m_str_of(module), m_str_of(name), &instance);
    ck_assert_ptr_nonnull(found);
    void *params = m_record_new(found->params, call->arena);
    m_list rows = {0};
    begin();
    good(m_json_read(call, found->params, m_str_of(params_json), M_JSON_CREATE, params, NULL));
    good(found->run(instance, call, params, &rows));
    end(M_OK);
    return rows;
}

/* A decimal of a report's row by the name of its column. */
static m_dec_sum cell(const m_report *of, const void *row, const char *name)
{
    const m_field *field = m_field_find(of->row, m_str_of(name));
    ck_assert_msg(field != NULL, "%s", name);
    const void *at = m_field_get(of->row, field, row);
    return field->kind == M_KIND_SUM ? *(const m_dec_sum *)at : ((const m_dec *)at)->u;
}

/* Balance of an account, debit less credit, from the general ledger's entries. */
static m_dec_sum balance(const char *code)
{
    m_id account;
    ck_assert_int_eq(m_id_parse(m_str_of(by_code("finance.account", code)), &account), M_OK);
    m_filter filter = {"account", M_OP_EQ, &account};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch read = {.type = &m_gl_entry_type, .query = &query};
    m_dec_sum sum = 0;
    begin();
    ck_assert_int_eq(m_store_fetch(store, call, &read, 1), M_OK);
    for (uint32_t i = 0; i < read.count; i++) {
        const m_gl_entry *entry = read.records[i];
        sum += (m_dec_sum)entry->debit.u - entry->credit.u;
    }
    end(M_OK);
    return sum;
}

static void balance_is(const char *code, const char *want)
{
    char got[M_DEC_SUM_TEXT];
    m_dec_sum sum = balance(code);
    m_dec_sum_format(sum, 2, got);
    ck_assert_msg(sum == test_dec(want).u, "account %s: %s, want %s", code, got, want);
}

/* Everything told to listeners until nothing is due. */
static void tell(void)
{
    m_relay_store over = {store, uow, &call->tenant, 1};
    m_relay *relay = m_relay_new(&(m_relay_config){.registry = registry,
                                                   .source = m_relay_store_source(&over),
                                                   .store = store,
                                                   .uow = uow,
                                                   .env = call->env});
    m_id mine = call->tenant;
    m_relay_result result;
    do {
        ck_assert_int_eq(m_relay_run_once(relay, call, &result), M_OK);
        ck_assert_uint_eq(result.failed + result.dead, 0);
    } while (result.done);
    call->tenant = mine;
    m_relay_free(relay);
}

/* ---- standing data ---- */

typedef struct {
    const char *depot, *outlet, *supplier, *item, *fifo_item;
} company;
static company C;

static const char *made(const char *module, const char *collection, const char *body)
{
    return id_text(make(module, collection, NULL, body).id);
}

static void found_company(void)
{
    open_house();
    const char *center = by_code("finance.cost_center", "Main");
    C.depot = made("wms", "warehouses",
                   text("{\"code\":\"DEPOT\",\"name\":\"Depot\",\"cost_center\":\"%s\"}", center));
    C.outlet = made("wms", "warehouses",
                    text("{\"code\":\"OUT\",\"name\":\"Outlet\",\"kind\":\"outlet\","
                         "\"parent\":\"%s\",\"cost_center\":\"%s\"}",
                         C.depot, center));
    made("wms", "warehouses",
         text("{\"code\":\"WAY\",\"name\":\"On the way\",\"kind\":\"transit\","
              "\"cost_center\":\"%s\"}",
              center));
    C.supplier = made("core", "suppliers", "{\"code\":\"S1\",\"name\":\"Assam Tea Co\"}");
    C.item = made("core", "items",
                  text("{\"code\":\"TEA\",\"name\":\"Tea\",\"stock_unit\":\"%s\","
                       "\"purchase_tax\":\"%s\"}",
                       by_code("core.unit", "Nos"), by_code("core.tax", "GST18")));
    C.fifo_item = made("core", "items",
                       text("{\"code\":\"RICE\",\"name\":\"Rice\",\"stock_unit\":\"%s\","
                            "\"valuation\":\"fifo\"}",
                            by_code("core.unit", "Kg")));
}

static m_document_reply order(const char *item, const char *qty, const char *rate)
{
    return make("wms", "purchase-orders", "submit",
                text("{\"supplier\":\"%s\",\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\","
                     "\"qty\":\"%s\",\"rate\":\"%s\"}]}",
                     C.supplier, C.depot, item, qty, rate));
}

static m_document_reply receive_all(m_document_reply of)
{
    return make("wms", "goods-receipts", "submit",
                text("{\"purchase_order\":\"%s\"}", id_text(of.id)));
}

/* Ids in a body: the document's own comes first, then those of its lines. */
static const char *line_of(m_document_reply reply)
{
    return member(reply, "id", 1);
}

/* ---- stories ---- */

/* Domain rules 3.4: receipt of 10,000, invoice with 18 % tax: GRNI is empty again. */
START_TEST(order_receipt_invoice)
{
    m_document_reply ordered = order(C.item, "100", "100");
    m_document_reply receipt = receive_all(ordered);
    balance_is("1140", "10000");
    balance_is("2120", "-10000");
    m_document_reply invoice = make(
        "finance", "purchase-invoices", "submit",
        text("{\"supplier\":\"%s\",\"supplier_invoice_no\":\"B-7\",\"lines\":[{\"receipt_line\":"
             "\"%s\",\"qty\":\"100\"}]}",
             C.supplier, line_of(receipt)));
    balance_is("1140", "10000");
    balance_is("2120", "0");
    balance_is("1160", "1800");
    balance_is("2110", "-11800");
    /* What was invoiced may not be taken back … */
    m_document_reply reply;
    refused(ask("wms", "goods-receipts", receipt.id, "cancel", NULL, &reply),
            "finance.voucher.invoiced");
    balance_is("1140", "10000");
    /* … until the invoice is. The report of orders hears of both. */
    const m_report *status =
        m_registry_report(registry, M_STR("wms"), M_STR("purchase-order-status"), NULL);
    tell();
    m_list rows = report("wms", "purchase-order-status", "{}");
    ck_assert(cell(status, rows.items, "billed") == test_dec("100").u);
    act("finance", "purchase-invoices", invoice.id, "cancel");
    tell();
    rows = report("wms", "purchase-order-status", "{}");
    ck_assert(cell(status, rows.items, "billed") == 0);
    act("wms", "goods-receipts", receipt.id, "cancel");
    balance_is("1140", "0");
    balance_is("2120", "0");
}
END_TEST

START_TEST(stock_report_equals_the_accounts)
{
    receive_all(order(C.item, "7", "3.333333"));
    receive_all(order(C.fifo_item, "10.5", "41.27"));
    receive_all(order(C.fifo_item, "3", "55"));
    m_document_reply transfer =
        make("wms", "stock-transfers", "submit",
             text("{\"from_warehouse\":\"%s\",\"to_warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\","
                  "\"qty\":\"11.25\"},{\"item\":\"%s\",\"qty\":\"2\"}]}",
                  C.depot, C.outlet, C.fifo_item, C.item));
    m_document_reply reply;
    good(ask("wms", "stock-transfers", transfer.id, "receive",
             text("{\"lines\":[{\"line\":\"%s\",\"qty\":\"11\"}]}", line_of(transfer)), &reply));
    make("wms", "stock-issues", "submit",
         text("{\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\",\"qty\":\"0.125\"}]}", C.outlet,
              C.fifo_item));
    act("wms", "stock-transfers", transfer.id, "write_off");
    make("wms", "stock-adjustments", "submit",
         text("{\"warehouse\":\"%s\",\"reason\":\"opening\",\"lines\":[{\"item\":\"%s\","
              "\"qty\":\"39\",\"rate\":\"12.6\"}]}",
              C.outlet, C.item));
    const m_report *of = m_registry_report(registry, M_STR("wms"), M_STR("stock-balance"), NULL);
    m_list rows = report("wms", "stock-balance", "{}");
    m_dec_sum value = 0;
    for (uint32_t i = 0; i < rows.count; i++)
        value += cell(of, (const char *)rows.items + i * of->row->size, "value");
    ck_assert_uint_eq(rows.count, 4);
    ck_assert(value == balance("1140") + balance("1145"));
    m_list then = report("wms", "stock-balance", "{\"as_of\":\"2026-04-01\"}");
    ck_assert_uint_eq(then.count, rows.count);
}
END_TEST

static const char *landed_body(const char *account, const char *basis, m_document_reply one,
                               m_document_reply two)
{
    return text("{\"charges\":[{\"account\":\"%s\",\"basis\":\"%s\",\"amount\":\"150\"}],"
                "\"receipts\":[{\"receipt\":\"%s\"},{\"receipt\":\"%s\"}]}",
                account, basis, id_text(one.id), id_text(two.id));
}

/* Freight on goods of which some have left, with the real ledger and the house's item master: both
 * books move alike, and take it back alike. Control accounts are not for the user to credit. */
START_TEST(landed_cost_in_both_books)
{
    const char *by_weight =
        made("core", "items",
             text("{\"code\":\"OIL\",\"name\":\"Oil\",\"stock_unit\":\"%s\",\"weight\":\"0.9\"}",
                  by_code("core.unit", "Nos")));
    m_document_reply oil = receive_all(order(by_weight, "10", "100"));
    m_document_reply rice = receive_all(order(C.fifo_item, "10", "50"));
    make("wms", "stock-issues", "submit",
         text("{\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\",\"qty\":\"4\"}]}", C.depot,
              C.fifo_item));
    balance_is("1140", "1300");
    const char *freight = by_code("finance.account", "5160");
    m_document_reply reply;
    refused(ask("wms", "landed-costs", (m_id){{0}}, "submit",
                landed_body(freight, "weight", oil, rice), &reply),
            "core.validation");
    ck_assert(m_str_is(call->error.fields[0].code, "wms.landed_cost.measure"));
    ck_assert(m_str_is(call->error.fields[0].path, "charges[0].basis"));
    refused(ask("wms", "landed-costs", (m_id){{0}}, "submit",
                landed_body(by_code("finance.account", "1140"), "value", oil, rice), &reply),
            "finance.account.kept");
    balance_is("1140", "1300");
    /* 100 on the oil, 50 on the rice, of which 6 of 10 are left. */
    m_document_reply landed =
        make("wms", "landed-costs", "submit", landed_body(freight, "value", oil, rice));
    balance_is("1140", "1430");
    balance_is("5170", "20");
    balance_is("5160", "-150");
    const m_report *of = m_registry_report(registry, M_STR("wms"), M_STR("stock-balance"), NULL);
    m_list rows = report("wms", "stock-balance", "{}");
    m_dec_sum value = 0;
    for (uint32_t i = 0; i < rows.count; i++)
        value += cell(of, (const char *)rows.items + i * of->row->size, "value");
    ck_assert(value == balance("1140"));
    refused(ask("wms", "goods-receipts", oil.id, "cancel", NULL, &reply), "wms.receipt.landed");
    act("wms", "landed-costs", landed.id, "cancel");
    balance_is("1140", "1300");
    balance_is("5170", "0");
    balance_is("5160", "0");
    act("wms", "goods-receipts", oil.id, "cancel");
    balance_is("1140", "300");
}
END_TEST

/* Receipt of 10 at 10, of which `issued` leave; the bill says another price. */
static m_document_reply dear_bill(const char *item, const char *issued, const char *rate)
{
    m_document_reply receipt = receive_all(order(item, "10", "10"));
    if (issued)
        make("wms", "stock-issues", "submit",
             text("{\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\",\"qty\":\"%s\"}]}", C.depot,
                  item, issued));
    m_document_reply invoice =
        make("finance", "purchase-invoices", "submit",
             text("{\"supplier\":\"%s\",\"supplier_invoice_no\":\"B-%s-%s\",\"lines\":["
                  "{\"receipt_line\":\"%s\",\"qty\":\"10\",\"rate\":\"%s\"}]}",
                  C.supplier, issued ? issued : "0", rate, line_of(receipt), rate));
    /* 9 is within the tolerance */
    if (strcmp(rate, "13") == 0) act("finance", "purchase-invoices", invoice.id, "release");
    tell();
    return invoice;
}

/* V007: where the policy says so, what a bill costs more is in the goods that are still there. */
START_TEST(v007_invoice_variance)
{
    const char *item = _i ? C.fifo_item : C.item;
    make("core", "policies", NULL,
         "{\"name\":\"wms.invoice_variance\",\"value\":\"1\",\"effective_from\":\"2020-01-01\"}");
    m_document_reply dear = dear_bill(item, NULL, "13");
    balance_is("1140", "130");
    balance_is("5120", "0");
    act("finance", "purchase-invoices", dear.id, "cancel");
    tell();
    balance_is("1140", "100");
    balance_is("5120", "0");
    make(
        "wms", "stock-issues", "submit",
        text("{\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\",\"qty\":\"10\"}]}", C.depot, item));
    balance_is("1140", "0");
    /* 6 of 10 are left: 18 of 30, and of −10 the 6 */
    dear = dear_bill(item, "4", "13");
    balance_is("1140", "78");
    balance_is("5120", "12");
    make("wms", "stock-issues", "submit",
         text("{\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\",\"qty\":\"3\"}]}", C.depot, item));
    balance_is("1140", "39");
    /* half of the 18 has left with the goods, and stays where it went */
    act("finance", "purchase-invoices", dear.id, "cancel");
    tell();
    balance_is("1140", "30");
    balance_is("5120", "-9");
    make("wms", "stock-issues", "submit",
         text("{\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\",\"qty\":\"3\"}]}", C.depot, item));
    dear_bill(item, "4", "9");
    balance_is("1140", "54");
    balance_is("5120", "-13");
}
END_TEST

/* V029, with the bill: what the receipt credited to freight the bill's line for it clears. */
START_TEST(v029_freight_billed_with_the_goods)
{
    const char *freight = by_code("finance.account", "5160");
    m_document_reply ordered = order(C.fifo_item, "10", "1000");
    m_document_reply receipt = make(
        "wms", "goods-receipts", "submit",
        text("{\"purchase_order\":\"%s\",\"charges\":[{\"account\":\"%s\",\"amount\":\"2000\"}]}",
             id_text(ordered.id), freight));
    balance_is("1140", "12000");
    balance_is("2120", "-10000");
    balance_is("5160", "-2000");
    make("finance", "purchase-invoices", "submit",
         text("{\"supplier\":\"%s\",\"supplier_invoice_no\":\"B-29\",\"lines\":[{\"receipt_line\":"
              "\"%s\",\"qty\":\"10\"},{\"account\":\"%s\",\"cost_center\":\"%s\",\"qty\":\"1\","
              "\"rate\":\"2000\"}]}",
              C.supplier, line_of(receipt), freight, by_code("finance.cost_center", "Main")));
    balance_is("2120", "0");
    balance_is("5160", "0");
    balance_is("2110", "-12000");
    make("wms", "landed-costs", "submit",
         text("{\"charges\":[{\"account\":\"%s\",\"basis\":\"value\",\"amount\":\"2000\"}],"
              "\"receipts\":[{\"receipt\":\"%s\"}]}",
              by_code("finance.account", "2150"), id_text(receipt.id)));
    balance_is("1140", "14000");
    balance_is("2150", "-2000");
}
END_TEST

/* Without the policy stock does not hear of it. */
START_TEST(variance_stays_a_variance)
{
    dear_bill(C.item, NULL, "13");
    balance_is("1140", "100");
    balance_is("5120", "30");
}
END_TEST

static const char *bill_of(const char *customer, const char *delivery_line, const char *qty)
{
    return text("{\"customer\":\"%s\",\"lines\":[{\"delivery_line\":\"%s\",\"qty\":\"%s\","
                "\"rate\":\"55\"}]}",
                customer, delivery_line, qty);
}

/* Goods leave, are billed and come back in part: cost of goods sold, stock and sales agree. */
START_TEST(delivery_invoice_return)
{
    const char *hotel = made("core", "customers", "{\"code\":\"C1\",\"name\":\"Hotel Savali\"}");
    receive_all(order(C.fifo_item, "10", "30"));
    receive_all(order(C.fifo_item, "10", "40"));
    m_document_reply note =
        make("wms", "delivery-notes", "submit",
             text("{\"customer\":\"%s\",\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\","
                  "\"qty\":\"12\"}]}",
                  hotel, C.depot, C.fifo_item));
    balance_is("5110", "380");
    balance_is("1140", "320");
    m_document_reply reply;
    refused(ask("finance", "sales-invoices", (m_id){{0}}, "submit",
                bill_of(hotel, line_of(note), "12.5"), &reply),
            "finance.invoice.beyond_delivery");
    m_document_reply invoice =
        make("finance", "sales-invoices", "submit", bill_of(hotel, line_of(note), "8"));
    balance_is("4100", "-440");
    refused(ask("wms", "delivery-notes", note.id, "cancel", NULL, &reply),
            "finance.voucher.invoiced");
    m_document_reply back =
        make("wms", "customer-returns", "submit",
             text("{\"delivery\":\"%s\",\"lines\":[{\"delivery_line\":\"%s\",\"qty\":\"3\"}]}",
                  id_text(note.id), line_of(note)));
    balance_is("5110", "285");
    balance_is("1140", "415");
    refused(ask("finance", "sales-invoices", (m_id){{0}}, "submit",
                bill_of(hotel, line_of(note), "2"), &reply),
            "finance.invoice.beyond_delivery");
    /* the report of deliveries hears of the bill */
    const m_report *status =
        m_registry_report(registry, M_STR("wms"), M_STR("delivery-status"), NULL);
    tell();
    m_list rows = report("wms", "delivery-status", "{}");
    ck_assert_uint_eq(rows.count, 1);
    ck_assert(cell(status, rows.items, "billed") == test_dec("8").u);
    ck_assert(cell(status, rows.items, "open") == test_dec("1").u);
    ck_assert(cell(status, rows.items, "cost") == test_dec("285").u);
    act("wms", "customer-returns", back.id, "cancel");
    act("finance", "sales-invoices", invoice.id, "cancel");
    tell();
    rows = report("wms", "delivery-status", "{\"open_only\":true}");
    ck_assert(cell(status, rows.items, "open") == test_dec("12").u);
    act("wms", "delivery-notes", note.id, "cancel");
    balance_is("5110", "0");
    balance_is("1140", "700");
    balance_is("4100", "0");
}
END_TEST

START_TEST(over_receipt_over_json)
{
    m_document_reply ordered = order(C.item, "100", "1");
    m_document_reply receipt =
        make("wms", "goods-receipts", NULL,
             text("{\"purchase_order\":\"%s\",\"lines\":[{\"order_line\":\"%s\","
                  "\"received_qty\":\"106\"}]}",
                  id_text(ordered.id), line_of(ordered)));
    m_document_reply reply;
    refused(ask("wms", "goods-receipts", receipt.id, "submit", NULL, &reply), "wms.receipt.over");
    ck_assert(m_str_is(call->error.fields[0].path, "lines[0].received_qty"));
    refused(ask("wms", "goods-receipts", (m_id){{0}}, NULL,
                text("{\"purchase_order\":\"%s\"}", C.item), &reply),
            "core.validation");
    ck_assert_uint_eq(call->error.field_count, 1);
    ck_assert(m_str_is(call->error.fields[0].code, "core.link.not_found"));
}
END_TEST

START_TEST(locked_period_keeps_goods_out)
{
    m_document_reply ordered = order(C.item, "100", "1");
    m_document_reply reply;
    refused(ask("wms", "goods-receipts", (m_id){{0}}, "submit",
                text("{\"purchase_order\":\"%s\",\"posting_date\":\"1999-04-01\"}",
                     id_text(ordered.id)),
                &reply),
            "finance.period.missing");
    ck_assert_uint_eq(report("wms", "stock-balance", "{}").count, 0);
}
END_TEST

START_TEST(amended_receipt_has_lines_of_its_own)
{
    m_document_reply receipt = receive_all(order(C.fifo_item, "4", "10"));
    m_document_reply amended;
    act("wms", "goods-receipts", receipt.id, "cancel");
    good(ask("wms", "goods-receipts", receipt.id, "amend", NULL, &amended));
    ck_assert_str_ne(line_of(receipt), line_of(amended));
    act("wms", "goods-receipts", amended.id, "submit");
    balance_is("1140", "40");
    balance_is("2120", "-40");
}
END_TEST

START_TEST(staff)
{
    m_document_reply reply = make(
        "people", "employees", NULL,
        text("{\"personal_number\":\"P-1\",\"full_name\":\"Asha Rao\",\"birth_date\":\"1990-06-15\""
             ",\"joining_date\":\"2015-04-01\",\"depot\":\"%s\"}",
             C.depot));
    ck_assert_ptr_nonnull(
        strstr(m_str_z(call->arena, reply.body), "\"retirement_date\":\"2050-06-30\""));
    make("core", "policies", NULL,
         "{\"name\":\"people.retirement_age\",\"effective_from\":\"2020-01-01\",\"value\":\"62\"}");
    reply = make("people", "employees", NULL,
                 "{\"personal_number\":\"P-2\",\"full_name\":\"Ravi\",\"birth_date\":"
                 "\"1990-06-01\",\"joining_date\":\"2015-04-01\"}");
    ck_assert_ptr_nonnull(
        strstr(m_str_z(call->arena, reply.body), "\"retirement_date\":\"2052-05-31\""));
    refused(ask("people", "employees", (m_id){{0}}, NULL,
                "{\"personal_number\":\"P-1\",\"full_name\":\"Twin\",\"birth_date\":\"1991-06-01\","
                "\"joining_date\":\"2015-04-01\"}",
                &reply),
            "core.exists");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("company");
    TCase *c = tcase_create("company");
    tcase_add_checked_fixture(c, found_company, close_house);
    tcase_add_test(c, order_receipt_invoice);
    tcase_add_test(c, stock_report_equals_the_accounts);
    tcase_add_test(c, landed_cost_in_both_books);
    tcase_add_loop_test(c, v007_invoice_variance, 0, 2);
    tcase_add_test(c, variance_stays_a_variance);
    tcase_add_test(c, v029_freight_billed_with_the_goods);
    tcase_add_test(c, delivery_invoice_return);
    tcase_add_test(c, over_receipt_over_json);
    tcase_add_test(c, locked_period_keeps_goods_out);
    tcase_add_test(c, amended_receipt_has_lines_of_its_own);
    tcase_add_test(c, staff);
    suite_add_tcase(s, c);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
