#include "people_world.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../arch/all_modules.h"
#include "m/stock_keeper.h"
#include "m_adapters/codec.h"
#include "m_adapters/keepers.h"
#include "m_adapters/memory.h"
#include "m_adapters/outbox.h"
#include "m_adapters/remote_ledger.h"
#include "masters.h"

m_call *pw_call;
static m_memory_db *db;
static m_uow *uow;
static m_store store;
static m_module_instance house[ALL_MODULES_MAX];
static const m_module *modules[ALL_MODULES_MAX];
static uint32_t house_count;
static m_registry *registry;
static m_documents_service *service;
static m_documents documents;
static const char *department;

/* ---- a small boot ---- */

static m_iface provided(const char *name)
{
    m_book_keeper book = m_book_keeper_make(&store);
    m_stock_keeper stock = m_stock_keeper_make(&store);
    m_events events = m_outbox_events(&store);
    if (strcmp(name, "store") == 0) return (m_iface){store.ops, store.self};
    if (strcmp(name, "book_keeper") == 0) return (m_iface){book.ops, book.self};
    if (strcmp(name, "stock_keeper") == 0) return (m_iface){stock.ops, stock.self};
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
    m_error_clear(pw_call);
    ck_assert_int_eq(uow->ops->begin(uow, pw_call, M_UOW_WRITE, NULL, 0), M_OK);
}

static void end(m_status status)
{
    if (status == M_OK)
        ck_assert_int_eq(uow->ops->commit(uow, pw_call), M_OK);
    else
        uow->ops->rollback(uow);
}

static void wire(void)
{
    for (uint32_t i = 0; i < house_count; i++)
        house[i] = (m_module_instance){modules[i], calloc(1, modules[i]->instance_size)};
    for (uint32_t i = 0; i < house_count; i++)
        for (const m_required *r = modules[i]->requires_; r && r->name; r++) {
            m_iface iface = provided(r->name);
            memcpy((char *)house[i].instance + r->offset, &iface, sizeof iface);
        }
    core_configure(house[0].instance,
                   &(core_config){.modules = modules, .module_count = house_count});
}

void pw_setup(void)
{
    pw_call = test_call();
    db = m_memory_db_new();
    uow = m_memory_uow(db);
    store = m_memory_store(db);
    house_count = all_modules(modules);
    wire();
    registry = m_registry_new(house, house_count);
    m_iface masters = provided("masters");
    service = m_documents_new(&(m_documents_config){.registry = registry,
                                                    .store = store,
                                                    .events = m_outbox_events(&store),
                                                    .masters = {masters.ops, masters.self}});
    documents = m_documents_of(service);
    for (uint32_t i = 0; i < house_count; i++) {
        begin();
        m_status status = modules[i]->seed ? modules[i]->seed(house[i].instance, pw_call) : M_OK;
        ck_assert_msg(status == M_OK, "%s", modules[i]->name);
        end(M_OK);
    }
    department = pw_id(pw_make("people", "departments", NULL,
                               pw_text("{\"code\":\"D\",\"name\":\"Depot\",\"cost_center\":\"%s\"}",
                                       pw_code("finance.cost_center", "Main")))
                           .id);
}

void pw_teardown(void)
{
    m_documents_free(service);
    m_registry_free(registry);
    for (uint32_t i = 0; i < house_count; i++)
        free(house[i].instance);
    m_memory_db_free(db);
    test_call_free(pw_call);
}

/* ---- text ---- */

const char *pw_text(const char *format, ...)
{
    char buffer[4000];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    ck_assert_int_lt(n, (int)sizeof buffer);
    return m_arena_copy(pw_call->arena, buffer, (size_t)n);
}

const char *pw_id(m_id id)
{
    char out[M_ID_TEXT];
    m_id_format(id, out);
    return pw_text("%s", out);
}

const char *pw_code(const char *type_name, const char *code)
{
    const m_type *type = m_registry_type(registry, m_str_of(type_name));
    m_str wanted = m_str_of(code);
    const void *found = NULL;
    begin();
    ck_assert_int_eq(m_store_find_one(store, pw_call, type, "code", &wanted, &found), M_OK);
    ck_assert_msg(found != NULL, "%s %s", type_name, code);
    const char *id = pw_id(((const m_doc *)found)->id);
    end(M_OK);
    return id;
}

/* ---- documents ---- */

static m_status ask(const char *module, const char *collection, m_id id, const char *action,
                    const char *body, m_document_reply *out)
{
    m_document_request in = {.module = m_str_of(module),
                             .collection = m_str_of(collection),
                             .id = id,
                             .action = m_str_of(action),
                             .body = m_str_of(body)};
    begin();
    m_status status = m_id_is_null(id) ? m_documents_create(documents, pw_call, &in, out)
                                       : m_documents_act(documents, pw_call, &in, out);
    end(status);
    return status;
}

static void good(m_status status)
{
    const m_error *error = &pw_call->error;
    ck_assert_msg(status == M_OK, "%.*s: %.*s; %.*s %.*s", M_STR_ARG(error->code),
                  M_STR_ARG(error->message), M_STR_ARG(error->fields[0].path),
                  M_STR_ARG(error->fields[0].message));
}

static void refused(m_status status, const char *code)
{
    const m_error *error = &pw_call->error;
    bool found = m_str_is(error->code, code);
    for (uint32_t i = 0; i < error->field_count; i++)
        found |= m_str_is(error->fields[i].code, code);
    ck_assert_msg(status != M_OK, "it went through, want %s", code);
    ck_assert_msg(found, "got %.*s (%.*s), want %s", M_STR_ARG(error->code),
                  M_STR_ARG(error->fields[0].code), code);
    ck_assert(error->message.n && error->hint.n);
}

m_document_reply pw_make(const char *module, const char *collection, const char *action,
                         const char *body)
{
    m_document_reply reply = {{0}};
    good(ask(module, collection, (m_id){{0}}, action, body, &reply));
    return reply;
}

m_document_reply pw_act(const char *module, const char *collection, m_id id, const char *action,
                        const char *body)
{
    m_document_reply reply = {{0}};
    good(ask(module, collection, id, action, body, &reply));
    return reply;
}

void pw_make_refused(const char *module, const char *collection, const char *action,
                     const char *body, const char *code)
{
    m_document_reply reply;
    refused(ask(module, collection, (m_id){{0}}, action, body, &reply), code);
}

void pw_act_refused(const char *module, const char *collection, m_id id, const char *action,
                    const char *body, const char *code)
{
    m_document_reply reply;
    refused(ask(module, collection, id, action, body, &reply), code);
}

void pw_has(m_document_reply reply, const char *part)
{
    const char *body = m_str_z(pw_call->arena, reply.body);
    ck_assert_msg(body && strstr(body, part), "no %s in %s", part, body ? body : "");
}

void pw_balance_is(const char *code, const char *amount)
{
    m_id account;
    ck_assert_int_eq(m_id_parse(m_str_of(pw_code("finance.account", code)), &account), M_OK);
    m_filter filter = {"account", M_OP_EQ, &account};
    m_sum sum = {.type = &m_gl_entry_type, .filters = &filter, .filter_count = 1, .group_by = ""};
    begin();
    ck_assert_int_eq(m_store_sum(store, pw_call, &sum), M_OK);
    const m_gl_entry *row = sum.out.items;
    int64_t got = row->debit.u - row->credit.u;
    end(M_OK);
    ck_assert_msg(got == test_dec(amount).u, "%s: %lld, expected %s", code, (long long)got, amount);
}

m_list pw_report(const char *module, const char *name, const char *params_json)
{
    void *instance = NULL;
    const m_report *found =
        m_registry_report(registry, m_str_of(module), m_str_of(name), &instance);
    ck_assert_ptr_nonnull(found);
    void *params = m_record_new(found->params, pw_call->arena);
    m_list rows = {0};
    begin();
    good(m_json_read(pw_call, found->params, m_str_of(params_json), M_JSON_CREATE, params, NULL));
    good(found->run(instance, pw_call, params, &rows));
    end(M_OK);
    return rows;
}

const char *pw_employee(const char *number, const char *joined)
{
    return pw_id(pw_make("people", "employees", NULL,
                         pw_text("{\"personal_number\":\"%s\",\"full_name\":\"Employee %s\","
                                 "\"birth_date\":\"1985-05-15\",\"joining_date\":\"%s\","
                                 "\"department\":\"%s\"}",
                                 number, number, joined, department))
                     .id);
}
