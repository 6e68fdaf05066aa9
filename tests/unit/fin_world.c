#include "fin_world.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "account/account.h"
#include "cost_center/cost_center.h"
#include "ledger/ledger.h"
#include "m_adapters/keepers.h"
#include "m_adapters/outbox.h"
#include "seed/seed.h"

/* ---- bindings ---- */

#ifdef FIN_WORLD_PG
#include <sys/random.h>

#include "m_adapters/infra.h"
#include "pg_fixture.h"

const bool fin_world_on_pg = true;
static pg_fixture *fixture;

/* Every test has a tenant of its own in the one database. */
static void open_store(fin_world *w)
{
    ck_assert_int_eq(getrandom(&w->call->tenant, sizeof(m_id), 0), sizeof(m_id));
    w->uow = pg_fixture_uow(fixture);
    w->store = m_pg_store();
}

static void close_store(fin_world *w)
{
    m_pg_uow_close(w->uow);
}

static uint32_t list_types(const m_type **out)
{
    uint32_t n = 0;
    for (const m_doctype *const *at = finance_module()->doctypes; *at; at++)
        out[n++] = (*at)->type;
    for (const m_type *const *at = finance_module()->types; *at; at++)
        out[n++] = *at;
    for (const m_type *const *at = m_infra_types; *at; at++)
        out[n++] = *at;
    return n;
}

int fin_world_run(TCase *cases, const char *name)
{
    const m_type *types[96] = {NULL};
    list_types(types);
    fixture = pg_fixture_start();
    pg_fixture_migrate(fixture, types, NULL);
    tcase_set_timeout(cases, 120);
    int failed = unit_run(cases, name);
    pg_fixture_stop(fixture);
    return failed;
}
#else
const bool fin_world_on_pg = false;

static void open_store(fin_world *w)
{
    w->db = m_memory_db_new();
    w->uow = m_memory_uow(w->db);
    w->store = m_memory_store(w->db);
}

static void close_store(fin_world *w)
{
    m_memory_db_free(w->db);
}

int fin_world_run(TCase *cases, const char *name)
{
    return unit_run(cases, name);
}
#endif

/* ---- stubs ---- */

static m_tax_component gst18[] = {{M_STR("CGST"), {9000000}, M_STR("input_tax")},
                                  {M_STR("SGST"), {9000000}, M_STR("input_tax")}};
static m_tax_component igst18[] = {{M_STR("IGST"), {18000000}, M_STR("input_tax")}};
static m_tax_component blocked10[] = {{M_STR("Blocked"), {10000000}, M_STR("input_tax")}};

static m_tax_component vat19[] = {{M_STR("VAT"), {19000000}, M_STR("input_tax")}};
static m_tax_component vat15[] = {{M_STR("VAT"), {15000000}, M_STR("input_tax")}};
static m_tax_component vat12[] = {{M_STR("VAT"), {12000000}, M_STR("input_tax")}};
static m_tax_component vat21[] = {{M_STR("VAT"), {21000000}, M_STR("input_tax")}};
static m_tax_component vat10[] = {{M_STR("VAT"), {10000000}, M_STR("input_tax")}};
static m_tax_component fixed10[] = {
    {M_STR("Eco"), {0}, M_STR("input_tax"), .fixed = {10000000}, .adds_to_base = true},
    {M_STR("VAT"), {10000000}, M_STR("input_tax")}};
static m_tax_component excise10[] = {{M_STR("Excise"), {10000000}, M_STR("input_excise")}};
static m_tax_component excise12[] = {{M_STR("Excise"), {12000000}, M_STR("input_excise")}};

static m_status stub_suppliers(void *self, m_call *call, const m_ids *in, m_parties *out)
{
    (void)self;
    m_party_info *infos = m_arena_array(call->arena, in->ids.count, sizeof *infos);
    ck_assert_ptr_nonnull(infos);
    for (uint32_t i = 0; i < in->ids.count; i++) {
        m_id id = *M_AT(in->ids, m_id, i);
        for (uint32_t n = SUPPLIER; n <= RETIRED; n++)
            if (m_id_eq(id, test_id(n)))
                infos[i] =
                    (m_party_info){.id = id,
                                   .code = M_STR("S"),
                                   .name = n == SUPPLIER ? M_STR("Assam Tea Co") : M_STR("Other"),
                                   .active = n != RETIRED,
                                   .payment_hold = n == HELD,
                                   .credit_days = 30};
    }
    out->parties = (m_list){infos, in->ids.count};
    return M_OK;
}

static m_status stub_customers(void *self, m_call *call, const m_ids *in, m_parties *out)
{
    (void)self;
    m_party_info *infos = m_arena_array(call->arena, in->ids.count, sizeof *infos);
    ck_assert_ptr_nonnull(infos);
    for (uint32_t i = 0; i < in->ids.count; i++) {
        m_id id = *M_AT(in->ids, m_id, i);
        for (uint32_t n = CUSTOMER; n <= GONE; n++)
            if (m_id_eq(id, test_id(n)))
                infos[i] = (m_party_info){.id = id,
                                          .code = M_STR("C"),
                                          .name = M_STR("Hotel Savali"),
                                          .active = n != GONE,
                                          .credit_days = 15,
                                          .credit_limit = m_dec_of_int(n == LIMITED ? 1000 : 0)};
    }
    out->parties = (m_list){infos, in->ids.count};
    return M_OK;
}

static m_status stub_items(void *self, m_call *call, const m_ids *in, m_items *out)
{
    const fin_world *w = self;
    static m_item_unit chest;
    chest = (m_item_unit){test_id(CHEST), test_dec("40")};
    m_item_info *infos = m_arena_array(call->arena, in->ids.count, sizeof *infos);
    ck_assert_ptr_nonnull(infos);
    for (uint32_t i = 0; i < in->ids.count; i++) {
        m_id id = *M_AT(in->ids, m_id, i);
        if (m_id_eq(id, test_id(TEA)))
            infos[i] = (m_item_info){.id = id,
                                     .name = M_STR("Tea"),
                                     .active = true,
                                     .is_stock = true,
                                     .stock_unit = test_id(KILO),
                                     .units = {&chest, 1}};
        if (m_id_eq(id, test_id(CLEANING)))
            infos[i] = (m_item_info){
                .id = id, .name = M_STR("Cleaning"), .active = true, .tax = w->cleaning_tax};
    }
    out->items = (m_list){infos, in->ids.count};
    return M_OK;
}

static m_status stub_taxes(void *self, m_call *call, const m_ids *in, m_taxes *out)
{
    (void)self;
    m_tax_info *infos = m_arena_array(call->arena, in->ids.count, sizeof *infos);
    ck_assert_ptr_nonnull(infos);
    const m_tax_info known[] = {
        {test_id(GST18), M_STR("GST18"), true, true, {gst18, 2}},
        {test_id(IGST18), M_STR("IGST18"), true, true, {igst18, 1}},
        {test_id(BLOCKED10), M_STR("B10"), true, false, {blocked10, 1}},
        {test_id(VAT19), M_STR("V19"), true, true, {vat19, 1}},
        {test_id(VAT12), M_STR("V12"), true, true, {vat12, 1}},
        {test_id(VAT21), M_STR("V21"), true, true, {vat21, 1}},
        {test_id(FIXED10), M_STR("F10"), true, true, {fixed10, 2}},
        {test_id(HALF10), M_STR("H10"), true, true, {vat10, 1}, {50000000}},
        {test_id(REVERSE18), M_STR("R18"), true, true, {igst18, 1}, .reverse_charge = true},
        {test_id(VAT15), M_STR("V15"), true, true, {vat15, 1}},
        {test_id(EXCISE10), M_STR("E10"), true, true, {excise10, 1}},
        {test_id(EXCISE12), M_STR("E12"), true, true, {excise12, 1}},
    };
    for (uint32_t i = 0; i < in->ids.count; i++)
        for (uint32_t k = 0; k < UNIT_COUNT(known); k++)
            if (m_id_eq(*M_AT(in->ids, m_id, i), known[k].id)) infos[i] = known[k];
    out->taxes = (m_list){infos, in->ids.count};
    return M_OK;
}

static m_status stub_policy(void *self, m_call *call, const m_policy_question *in,
                            m_policy_value *out)
{
    (void)call;
    const fin_world *w = self;
    *out = (m_policy_value){0};
    if (w->policy && m_str_is(in->name, w->policy))
        *out = (m_policy_value){.found = true, .value = w->policy_value};
    return M_OK;
}

static m_status stub_tenant(void *self, m_call *call, const m_ids *in, m_tenant_info *out)
{
    (void)call, (void)in;
    *out = ((fin_world *)self)->tenant;
    return M_OK;
}

static m_status stub_currency(void *self, m_call *call, const m_currency_question *in,
                              m_currency_info *out)
{
    (void)call;
    const fin_world *w = self;
    const m_currency_info known[] = {
        {.code = M_STR("INR"), .places = 2, .base = true, .rate = {M_DEC_ONE}, .per = {M_DEC_ONE}},
        {.code = M_STR("USD"), .places = 2, .rate = w->usd, .per = {M_DEC_ONE}},
        {.code = M_STR("JPY"), .places = 0, .rate = w->jpy, .per = m_dec_of_int(100)},
    };
    *out = (m_currency_info){.found = false};
    for (uint32_t n = INR; n <= JPY; n++) {
        if (!m_id_eq(in->currency, test_id(n))) continue;
        *out = known[n - INR];
        out->id = in->currency;
        out->active = true;
        out->found = out->rate.u != 0;
    }
    return M_OK;
}

static m_status stub_lines(void *self, m_call *call, const m_ids *in, m_received_lines *out)
{
    const fin_world *w = self;
    m_received_line *lines = m_arena_array(call->arena, in->ids.count, sizeof *lines);
    ck_assert_ptr_nonnull(lines);
    for (uint32_t i = 0; i < in->ids.count; i++)
        for (uint32_t k = 0; k < w->received_count; k++)
            if (m_id_eq(*M_AT(in->ids, m_id, i), w->received[k].id)) lines[i] = w->received[k];
    out->lines = (m_list){lines, in->ids.count};
    return M_OK;
}

static m_status stub_delivered(void *self, m_call *call, const m_ids *in, m_delivered_lines *out)
{
    const fin_world *w = self;
    m_delivered_line *lines = m_arena_array(call->arena, in->ids.count, sizeof *lines);
    ck_assert_ptr_nonnull(lines);
    for (uint32_t i = 0; i < in->ids.count; i++)
        for (uint32_t k = 0; k < w->delivered_count; k++)
            if (m_id_eq(*M_AT(in->ids, m_id, i), w->delivered[k].id)) lines[i] = w->delivered[k];
    out->lines = (m_list){lines, in->ids.count};
    return M_OK;
}

static const m_masters_ops masters_ops = {
    .head = {.size = sizeof masters_ops, .version = 1, .protocol = "masters"},
    .items = stub_items,
    .suppliers = stub_suppliers,
    .taxes = stub_taxes,
    .policy = stub_policy,
    .tenant = stub_tenant,
    .customers = stub_customers,
    .currency = stub_currency,
};
static const m_receiving_ops receiving_ops = {
    .head = {.size = sizeof receiving_ops, .version = 1, .protocol = "receiving"},
    .lines = stub_lines,
};

static const m_delivering_ops delivering_ops = {
    .head = {.size = sizeof delivering_ops, .version = 1, .protocol = "delivering"},
    .lines = stub_delivered,
};

/* ---- the world ---- */

void fin_world_setup(fin_world *w)
{
    *w = (fin_world){.call = test_call()};
    open_store(w);
    w->cleaning_tax = test_id(GST18);
    w->tenant = (m_tenant_info){.base_currency = M_STR("INR"),
                                .currency_places = 2,
                                .fiscal_start_month = 4,
                                .company_name = M_STR("Test")};
    w->fin = (fin_module){.store = w->store,
                          .book_keeper = m_book_keeper_make(&w->store),
                          .masters = {&masters_ops, w},
                          .receiving = {&receiving_ops, w},
                          .delivering = {&delivering_ops, w}};
    w->ledger = (m_ledger){&fin_ledger_ops, &w->fin};
    m_module_instance instance = {finance_module(), &w->fin};
    w->registry = m_registry_new(&instance, 1);
    ck_assert(w->uow && w->registry);
    w->service = m_documents_new(&(m_documents_config){.registry = w->registry,
                                                       .store = w->store,
                                                       .events = m_outbox_events(&w->store),
                                                       .masters = w->fin.masters});
    w->documents = m_documents_of(w->service);
    fin_begin(w);
    fin_end(w, finance_module()->seed(&w->fin, w->call));
    ck_assert_int_eq(w->call->error.status, M_OK);
}

void fin_world_teardown(fin_world *w)
{
    m_documents_free(w->service);
    m_registry_free(w->registry);
    close_store(w);
    test_call_free(w->call);
}

m_id fin_world_receive(fin_world *w, const char *accepted, const char *order_rate,
                       const char *grni_value)
{
    ck_assert_uint_lt(w->received_count, FIN_WORLD_MAX);
    m_received_line *line = &w->received[w->received_count];
    *line = (m_received_line){.id = test_id(RECEIPT + w->received_count),
                              .receipt_no = M_STR("GRN-2026-00001"),
                              .supplier = test_id(SUPPLIER),
                              .item = test_id(TEA),
                              .accepted = test_dec(accepted),
                              .order_rate = test_dec(order_rate),
                              .grni_value = test_dec(grni_value)};
    m_id center;
    ck_assert_int_eq(m_id_parse(m_str_of(fin_center_text(w, "Main")), &center), M_OK);
    line->cost_center = center;
    w->received_count++;
    return line->id;
}

m_id fin_world_deliver(fin_world *w, const char *qty)
{
    ck_assert_uint_lt(w->delivered_count, FIN_WORLD_MAX);
    m_delivered_line *line = &w->delivered[w->delivered_count];
    *line = (m_delivered_line){.id = test_id(DELIVERY + w->delivered_count),
                               .delivery_no = M_STR("DN-2026-00001"),
                               .customer = test_id(CUSTOMER),
                               .item = test_id(TEA),
                               .unit = test_id(KILO),
                               .delivered = test_dec(qty)};
    m_id center;
    ck_assert_int_eq(m_id_parse(m_str_of(fin_center_text(w, "Main")), &center), M_OK);
    line->cost_center = center;
    w->delivered_count++;
    return line->id;
}

/* ---- text ---- */

const char *fin_text(fin_world *w, const char *format, ...)
{
    char buffer[4000];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    ck_assert_int_lt(n, (int)sizeof buffer);
    return m_arena_copy(w->call->arena, buffer, (size_t)n);
}

const char *fin_id_text(fin_world *w, m_id id)
{
    char text[M_ID_TEXT];
    m_id_format(id, text);
    return fin_text(w, "%s", text);
}

static m_id id_of_code(fin_world *w, const m_type *type, const char *code)
{
    const void *found = NULL;
    m_str wanted = m_str_of(code);
    fin_begin(w);
    m_status status = m_store_find_one(w->store, w->call, type, "code", &wanted, &found);
    fin_end(w, status);
    ck_assert_msg(found != NULL, "no %s %s", type->name, code);
    return ((const m_doc *)found)->id;
}

const char *fin_account_text(fin_world *w, const char *code)
{
    return fin_id_text(w, id_of_code(w, &fin_account_type, code));
}

const char *fin_center_text(fin_world *w, const char *code)
{
    return fin_id_text(w, id_of_code(w, &fin_cost_center_type, code));
}

/* ---- units of work ---- */

void fin_begin(fin_world *w)
{
    m_error_clear(w->call);
    w->call->uow = w->uow;
    ck_assert_int_eq(w->uow->ops->begin(w->uow, w->call, M_UOW_WRITE, NULL, 0), M_OK);
    w->uow->ops->mark(w->uow);
}

void fin_end(fin_world *w, m_status status)
{
    if (status == M_OK) {
        w->uow->ops->accept(w->uow);
        ck_assert_int_eq(w->uow->ops->commit(w->uow, w->call), M_OK);
    } else {
        ck_assert_int_eq(w->call->error.status, status);
        ck_assert(w->uow->ops->refuse(w->uow));
        w->uow->ops->rollback(w->uow);
    }
}

/* ---- documents ---- */

typedef m_status (*document_fn)(void *self, m_call *call, const m_document_request *in,
                                m_document_reply *out);

static m_status request(fin_world *w, document_fn fn, m_document_request in, m_document_reply *out)
{
    in.module = M_STR("finance");
    *out = (m_document_reply){0};
    fin_begin(w);
    m_status status = fn(w->documents.self, w->call, &in, out);
    fin_end(w, status);
    return status;
}

static m_document_reply good(fin_world *w, document_fn fn, m_document_request in)
{
    m_document_reply reply;
    m_status status = request(w, fn, in, &reply);
    const m_error *error = &w->call->error;
    ck_assert_msg(status == M_OK, "%.*s %.*s (%.*s %.*s)", M_STR_ARG(error->code),
                  M_STR_ARG(error->message), M_STR_ARG(error->fields[0].path),
                  M_STR_ARG(error->fields[0].message));
    return reply;
}

static bool noted(const m_error *error, const char *path)
{
    for (uint32_t i = 0; i < error->field_count; i++)
        if (m_str_is(error->fields[i].path, path)) return true;
    return false;
}

static bool coded(const m_error *error, const char *code)
{
    if (m_str_is(error->code, code)) return true;
    for (uint32_t i = 0; i < error->field_count; i++)
        if (m_str_is(error->fields[i].code, code)) return true;
    return false;
}

static void refused(fin_world *w, document_fn fn, m_document_request in, const char *code,
                    const char *path)
{
    m_document_reply reply;
    m_status status = request(w, fn, in, &reply);
    const m_error *error = &w->call->error;
    ck_assert_msg(status != M_OK, "accepted, but %s was expected", code);
    ck_assert_msg(coded(error, code), "%.*s, expected %s: %.*s (%.*s %.*s)", M_STR_ARG(error->code),
                  code, M_STR_ARG(error->message), M_STR_ARG(error->fields[0].path),
                  M_STR_ARG(error->fields[0].code));
    ck_assert_msg(!path || noted(error, path), "%s is not noted, first is %.*s", path,
                  M_STR_ARG(error->fields[0].path));
    ck_assert_uint_gt(error->message.n, 0);
    ck_assert_uint_gt(error->hint.n, 0);
}

static m_document_request create_of(const char *collection, const char *action, const char *body)
{
    return (m_document_request){
        .collection = m_str_of(collection), .action = m_str_of(action), .body = m_str_of(body)};
}

static m_document_request act_of(const char *collection, m_id id, const char *action,
                                 const char *body)
{
    return (m_document_request){.collection = m_str_of(collection),
                                .id = id,
                                .action = m_str_of(action),
                                .body = m_str_of(body)};
}

m_document_reply fin_create(fin_world *w, const char *collection, const char *action,
                            const char *body)
{
    return good(w, w->documents.ops->create, create_of(collection, action, body));
}

m_document_reply fin_act(fin_world *w, const char *collection, m_id id, const char *action,
                         const char *body)
{
    return good(w, w->documents.ops->act, act_of(collection, id, action, body));
}

m_document_reply fin_update(fin_world *w, const char *collection, m_id id, int64_t version,
                            const char *body)
{
    m_document_request in = act_of(collection, id, NULL, body);
    in.if_version = version;
    return good(w, w->documents.ops->update, in);
}

m_document_reply fin_get(fin_world *w, const char *collection, m_id id)
{
    return good(w, w->documents.ops->get, act_of(collection, id, NULL, NULL));
}

void fin_create_refused(fin_world *w, const char *collection, const char *action, const char *body,
                        const char *code, const char *path)
{
    refused(w, w->documents.ops->create, create_of(collection, action, body), code, path);
}

void fin_act_refused(fin_world *w, const char *collection, m_id id, const char *action,
                     const char *body, const char *code, const char *path)
{
    refused(w, w->documents.ops->act, act_of(collection, id, action, body), code, path);
}

void fin_update_refused(fin_world *w, const char *collection, m_id id, int64_t version,
                        const char *body, const char *code, const char *path)
{
    m_document_request in = act_of(collection, id, NULL, body);
    in.if_version = version;
    refused(w, w->documents.ops->update, in, code, path);
}

void fin_has(m_str body, const char *part)
{
    bool found = body.n && memmem(body.p, body.n, part, strlen(part));
    ck_assert_msg(found, "%s is not in %.*s", part, M_STR_ARG(body));
}

/* ---- books ---- */

void fin_balance_is(fin_world *w, const char *code, const char *amount)
{
    m_id account = id_of_code(w, &fin_account_type, code);
    m_filter filter = {"account", M_OP_EQ, &account};
    m_sum months = {
        .type = &m_account_balance_type, .filters = &filter, .filter_count = 1, .group_by = ""};
    m_sum days = months, entries = months;
    days.type = &m_account_day_type;
    entries.type = &m_gl_entry_type;
    fin_begin(w);
    ck_assert_int_eq(m_store_sum(w->store, w->call, &months), M_OK);
    ck_assert_int_eq(m_store_sum(w->store, w->call, &days), M_OK);
    ck_assert_int_eq(m_store_sum(w->store, w->call, &entries), M_OK);
    fin_end(w, M_OK);
    m_dec_sum balance = 0, daily = 0, check = 0;
    for (M_EACH(const m_account_balance, row, days.out))
        daily += row->debit - row->credit;
    for (M_EACH(const m_account_balance, row, months.out))
        balance += row->debit - row->credit;
    for (M_EACH(const m_gl_entry, row, entries.out))
        check += (m_dec_sum)row->debit.u - row->credit.u;
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(balance, 2, text);
    ck_assert_msg(balance == test_dec(amount).u, "%s: %s, expected %s", code, text, amount);
    ck_assert(balance == check && daily == check);
}

uint32_t fin_books_balance(fin_world *w)
{
    m_sum sum = {.type = &m_account_balance_type, .group_by = ""};
    m_query all = {0};
    uint32_t entries = 0;
    fin_begin(w);
    ck_assert_int_eq(m_store_sum(w->store, w->call, &sum), M_OK);
    ck_assert_int_eq(m_store_count(w->store, w->call, &m_gl_entry_type, &all, 100000, &entries),
                     M_OK);
    fin_end(w, M_OK);
    for (M_EACH(const m_account_balance, row, sum.out))
        ck_assert(row->debit == row->credit);
    return entries;
}

m_status fin_report(fin_world *w, const m_report *report, const void *params, m_list *out)
{
    fin_begin(w);
    m_status status = report->run(&w->fin, w->call, params, out);
    fin_end(w, status);
    return status;
}
