/* The module "core" on PostgreSQL: identity, standard data, documents and import with undo. What
 * the rules are is shown by the unit tests; here, that they hold on the engine, with its own
 * transactions, row level security and lifetimes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "identity_internal.h"
#include "import.h"
#include "m_adapters/codec.h"
#include "m_adapters/documents.h"
#include "m_adapters/infra.h"
#include "m_adapters/outbox.h"
#include "masters.h"
#include "pg_fixture.h"
#include "records.h"
#include "test_env.h"

#define SECOND   INT64_C(1000000)
#define PASSWORD M_STR("correct horse battery")

enum { TYPES_MAX = 64, TRIES = 5 };

static pg_fixture *fixture;
static m_call *call;
static m_uow *uow;
static m_store store;
static identity_keys *keys;
static identity *id;
static void *core;
static const m_module *modules[1];
static m_registry *registry;
static m_documents_service *service;
static import_config config;
static m_id tenant;
static char slug[16];
static uint32_t world_count;

static m_status run(void *self, m_call *c, m_uow_mode mode, m_status (*work)(void *, m_call *),
                    void *arg)
{
    (void)self;
    m_status status = M_AGAIN;
    for (int i = 0; i < TRIES && status == M_AGAIN; i++) {
        m_error_clear(c);
        c->uow = uow;
        status = uow->ops->begin(uow, c, mode, NULL, 0);
        if (status != M_OK) continue;
        status = work(arg, c);
        if (status == M_OK)
            status = uow->ops->commit(uow, c);
        else
            uow->ops->rollback(uow);
    }
    return status;
}

static m_status seed(void *arg, m_call *c)
{
    (void)arg;
    return core_module()->seed(core, c);
}

static void must(m_status status)
{
    if (status == M_OK) return;
    ck_abort_msg("%s: %.*s %.*s", m_status_name(status), M_STR_ARG(call->error.code),
                 M_STR_ARG(call->error.message));
}

static m_id add_tenant(void)
{
    m_id made, user;
    m_str role = M_STR("Administrator");
    snprintf(slug, sizeof slug, "t%u", ++world_count);
    call->tenant = (m_id){0};
    call->system = true;
    must(identity_create_tenant(id, call, m_str_of(slug), M_STR("Acme"), &made));
    call->tenant = made;
    must(run(NULL, call, M_UOW_WRITE, seed, NULL));
    must(identity_create_user(id, call, M_STR("ann@example.org"), M_STR("Ann"), PASSWORD, &role, 1,
                              &user));
    call->system = false;
    return made;
}

static void setup(void)
{
    static const uint32_t ids[] = {1};
    static const uint8_t bytes[][IDENTITY_KEY_BYTES] = {{1}};
    modules[0] = core_module();
    call = test_call();
    /* ids that no earlier test has used */
    for (uint32_t i = 0; i < 5000 * world_count; i++)
        (void)m_new_id(call);
    uow = pg_fixture_uow(fixture);
    store = m_pg_store();
    must(identity_keys_make(ids, bytes, 1, &keys));
    must(identity_open(&(identity_config){.store = store,
                                          .runner = {run, NULL},
                                          .keys = keys,
                                          .modules = modules,
                                          .module_count = 1,
                                          .password_passes = crypto_pwhash_OPSLIMIT_MIN,
                                          .password_memory_bytes = crypto_pwhash_MEMLIMIT_MIN},
                       &id));
    core = calloc(1, core_module()->instance_size);
    memcpy((char *)core + core_module()->requires_[0].offset, &store, sizeof store);
    core_configure(core, &(core_config){.modules = modules, .module_count = 1, .identity = id});
    registry = m_registry_new(&(m_module_instance){core_module(), core}, 1);
    service = m_documents_new(&(m_documents_config){
        .registry = registry,
        .store = store,
        .events = m_outbox_events(&store),
        .masters = {core_module()->provides[0].ops, core},
    });
    config = (import_config){registry, m_documents_of(service), store, {run, NULL}};
    tenant = add_tenant();
}

static void teardown(void)
{
    m_documents_free(service);
    m_registry_free(registry);
    free(core);
    identity_close(id);
    identity_keys_free(keys);
    m_pg_uow_close(uow);
    test_call_free(call);
}

static m_status sign_in(m_str password, identity_grant *out)
{
    call->tenant = (m_id){0};
    m_status status =
        identity_sign_in(id, call, m_str_of(slug), M_STR("ann@example.org"), password, out);
    call->tenant = tenant;
    return status;
}

static m_status refresh(m_str token, identity_grant *out)
{
    m_status status = identity_refresh(id, call, token, out);
    call->tenant = tenant;
    return status;
}

/* ---- identity ---- */

START_TEST(sign_in_and_refresh)
{
    identity_grant first, second, third;
    identity_principal who;
    must(sign_in(PASSWORD, &first));
    must(refresh(first.refresh_token, &second));
    must(identity_verify_token(keys, second.access_token, m_now(call), call->arena, &who));
    ck_assert(m_str_is(who.name, "Ann") && m_id_eq(who.tenant, tenant));
    ck_assert(m_str_is(who.roles[0], "Administrator"));
    must(refresh(first.refresh_token, &second)); /* the answer was lost */
    must(refresh(second.refresh_token, &third));
    ck_assert_int_eq(refresh(first.refresh_token, &second), M_UNAUTHORIZED);
    ck_assert_int_eq(refresh(third.refresh_token, &second), M_UNAUTHORIZED);
    must(sign_in(PASSWORD, &first));
    must(identity_sign_out(id, call, first.refresh_token));
    ck_assert_int_eq(refresh(first.refresh_token, &third), M_UNAUTHORIZED);
}
END_TEST

START_TEST(failures_are_counted_and_end)
{
    identity_grant grant;
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(sign_in(M_STR("wrong"), &grant), M_UNAUTHORIZED);
    ck_assert_int_eq(sign_in(PASSWORD, &grant), M_UNAUTHORIZED);
    test_advance_us(call, 31 * SECOND);
    must(sign_in(PASSWORD, &grant));
    call->tenant = (m_id){0};
    ck_assert_int_eq(
        identity_sign_in(id, call, m_str_of(slug), M_STR("nobody@example.org"), PASSWORD, &grant),
        M_UNAUTHORIZED);
    call->tenant = (m_id){0};
    ck_assert_int_eq(
        identity_sign_in(id, call, M_STR("none"), M_STR("ann@example.org"), PASSWORD, &grant),
        M_UNAUTHORIZED);
}
END_TEST

START_TEST(tenants_do_not_see_each_other)
{
    identity_grant mine, other;
    m_id first = tenant;
    must(sign_in(PASSWORD, &mine));
    tenant = add_tenant();
    must(sign_in(PASSWORD, &other));
    ck_assert(!m_id_eq(mine.user, other.user));
    ck_assert(m_id_eq(mine.tenant, first) && m_id_eq(other.tenant, tenant));
    /* the session of one under the tenant of the other */
    char *mixed = m_arena_copy(call->arena, mine.refresh_token.p, mine.refresh_token.n);
    memcpy(mixed + 4, other.refresh_token.p + 4, M_ID_TEXT - 1);
    identity_grant out;
    ck_assert_int_eq(refresh((m_str){mixed, mine.refresh_token.n}, &out), M_UNAUTHORIZED);
    must(refresh(mine.refresh_token, &out));
}
END_TEST

START_TEST(api_keys_are_found)
{
    identity_grant grant;
    identity_principal who;
    m_str role = M_STR("Administrator"), text;
    m_id key;
    must(sign_in(PASSWORD, &grant));
    call->system = true;
    must(identity_create_api_key(id, call, M_STR("robot"), grant.user, &role, 1, (m_time){0}, &key,
                                 &text));
    call->system = false;
    for (int i = 0; i < 2; i++) {
        call->tenant = (m_id){0};
        must(identity_verify_api_key(id, call, text, &who));
        ck_assert(m_id_eq(who.user, grant.user) && m_id_eq(who.tenant, tenant));
        ck_assert(m_str_is(who.name, "Ann"));
    }
    char *other = m_arena_copy(call->arena, text.p, text.n);
    other[text.n - 1] = other[text.n - 1] == 'a' ? 'b' : 'a';
    ck_assert_int_eq(identity_verify_api_key(id, call, (m_str){other, text.n}, &who),
                     M_UNAUTHORIZED);
}
END_TEST

/* ---- users through the documents service ---- */

typedef struct {
    m_document_request request;
    m_document_reply reply;
    m_status (*make)(m_documents p, m_call *c, const m_document_request *in, m_document_reply *out);
} document_work;

static m_status work_document(void *arg, m_call *c)
{
    document_work *work = arg;
    return work->make(config.documents, c, &work->request, &work->reply);
}

static m_status create(m_documents p, m_call *c, const m_document_request *in,
                       m_document_reply *out)
{
    return m_documents_create(p, c, in, out);
}

static m_status act(m_documents p, m_call *c, const m_document_request *in, m_document_reply *out)
{
    return m_documents_act(p, c, in, out);
}

static bool holds(m_str text, const char *part)
{
    return text.n && memmem(text.p, text.n, part, strlen(part)) != NULL;
}

/* Is the part anywhere in the audit log or the outbox? */
static m_status work_search(void *arg, m_call *c)
{
    const char *part = arg;
    m_query all = {0};
    m_fetch fetches[] = {{.type = &m_audit_type, .query = &all},
                         {.type = &m_outbox_type, .query = &all}};
    M_TRY(m_store_fetch(store, c, fetches, 2));
    for (uint32_t i = 0; i < fetches[0].count; i++)
        ck_assert(!holds(((const m_audit_row *)fetches[0].records[i])->changes, part));
    for (uint32_t i = 0; i < fetches[1].count; i++)
        ck_assert(!holds(((const m_outbox_row *)fetches[1].records[i])->payload, part));
    ck_assert_uint_gt(fetches[0].count, 0);
    return M_OK;
}

START_TEST(users_as_documents)
{
    document_work work = {.make = create,
                          .request = {.module = M_STR("core"), .collection = M_STR("users")}};
    work.request.body = M_STR(
        "{\"email\":\"Bob@Example.org\",\"name\":\"Bob\",\"roles\":[{\"role\":\"Auditor\"}]}");
    must(run(NULL, call, M_UOW_WRITE, work_document, &work));
    ck_assert(holds(work.reply.body, "bob@example.org"));
    ck_assert(!holds(work.reply.body, "hash"));
    document_work secret = {.make = act,
                            .request = {.module = M_STR("core"),
                                        .collection = M_STR("users"),
                                        .id = work.reply.id,
                                        .action = M_STR("set-password")}};
    secret.request.body = M_STR("{\"password\":\"a very private thing\"}");
    must(run(NULL, call, M_UOW_WRITE, work_document, &secret));
    ck_assert(!holds(secret.reply.body, "private thing") && !holds(secret.reply.body, "argon2"));
    must(run(NULL, call, M_UOW_READ, work_search, (void *)(uintptr_t) "private thing"));
    must(run(NULL, call, M_UOW_READ, work_search, (void *)(uintptr_t) "argon2"));
    identity_grant grant;
    call->tenant = (m_id){0};
    must(identity_sign_in(id, call, m_str_of(slug), M_STR("bob@example.org"),
                          M_STR("a very private thing"), &grant));
    work.request.body = M_STR("{\"email\":\"x@y\",\"name\":\"X\",\"password_hash\":\"z\"}");
    ck_assert_int_eq(run(NULL, call, M_UOW_WRITE, work_document, &work), M_INVALID);
    work.request.body = M_STR("{\"email\":\"bob@example.org\",\"name\":\"X\"}");
    ck_assert_int_eq(run(NULL, call, M_UOW_WRITE, work_document, &work), M_EXISTS);
    work.request.collection = M_STR("api-keys");
    work.request.body = M_STR("{\"name\":\"k\"}");
    ck_assert_int_eq(run(NULL, call, M_UOW_WRITE, work_document, &work), M_UNSUPPORTED);
}
END_TEST

/* ---- masters and import ---- */

static m_status ask_tenant(void *arg, m_call *c)
{
    m_ids none = {0};
    m_masters masters = {core_module()->provides[0].ops, core};
    return m_masters_tenant(masters, c, &none, arg);
}

START_TEST(standard_data_is_made_once)
{
    must(run(NULL, call, M_UOW_WRITE, seed, NULL));
    must(run(NULL, call, M_UOW_WRITE, seed, NULL));
    m_tenant_info info;
    must(run(NULL, call, M_UOW_READ, ask_tenant, &info));
    ck_assert(m_str_is(info.base_currency, "INR"));
    ck_assert_int_eq(info.currency_places, 2);
}
END_TEST

static import_summary load(const char *collection, const char *text, const char *map, bool commit)
{
    import_request request = {.collection = m_str_of(collection),
                              .file_name = M_STR("test.csv"),
                              .text = m_str_of(text),
                              .commit = commit};
    import_summary sum = {0};
    m_pair nos = {M_STR("stock_unit"), M_STR("Nos")};
    must(import_mapping_parse(call, m_str_of(map), &request.mapping));
    if (strcmp(collection, "items") == 0) request.constants = (m_list){&nos, 1};
    must(import_run(&config, call, &request, &sum));
    return sum;
}

static const char *many_items(int n)
{
    m_buf text = {.arena = call->arena};
    m_buf_text(&text, "code,name,supplier,category,standard_rate,reorder_level\n");
    for (int i = 0; i < n; i++)
        m_buf_format(&text, "I%d,Item %d,%d,%s,%d.80000019,%s\n", i, i, 1 + i % 2,
                     i % 3 ? "Beverages" : "2", i, i % 50 == 17 ? "1.5" : "10");
    return m_str_z(call->arena, m_buf_str(&text));
}

START_TEST(a_file_with_faults_is_loaded_and_taken_back)
{
    import_summary suppliers = load(
        "suppliers", "supplier_id,supplier_name,city\n1,Exotic,London\n2,Cajun,Paris\n", "", true);
    import_summary categories =
        load("item-categories", "code,name,parent\n0,All,\n1,Beverages,0\n2,Spices,0\n", "", true);
    ck_assert_uint_eq(suppliers.created, 2);
    ck_assert_uint_eq(categories.created, 3);
    const char *file = many_items(450);
    import_summary dry = load("items", file, "", false);
    ck_assert_uint_eq(dry.created, 441);
    ck_assert_uint_eq(dry.errors, 9);
    ck_assert(m_id_is_null(dry.batch));
    import_summary items = load("items", file, "", true);
    ck_assert_uint_eq(items.created, 441);
    ck_assert_uint_eq(items.errors, 9);
    import_summary again = load("items", file, "", true);
    ck_assert_uint_eq(again.created, 0);
    ck_assert_uint_eq(again.unchanged, 441);
    uint32_t deleted = 0;
    ck_assert_int_eq(import_undo(&config, call, suppliers.batch, (import_listener){0}, &deleted),
                     M_PRECONDITION);
    must(import_undo(&config, call, items.batch, (import_listener){0}, &deleted));
    ck_assert_uint_eq(deleted, 441);
    must(import_undo(&config, call, suppliers.batch, (import_listener){0}, &deleted));
    must(import_undo(&config, call, categories.batch, (import_listener){0}, &deleted));
    ck_assert_uint_eq(deleted, 3);
    items = load("suppliers", "code,name\n1,Exotic\n", "", true);
    ck_assert_uint_eq(items.created, 1);
}
END_TEST

static void migrate(void)
{
    static const m_type *types[TYPES_MAX];
    uint32_t n = 0;
    for (const m_doctype *const *d = core_module()->doctypes; *d; d++)
        types[n++] = (*d)->type;
    for (const m_type *const *t = core_module()->types; *t; t++)
        types[n++] = *t;
    for (const m_type *const *t = m_infra_types; *t; t++)
        types[n++] = *t;
    pg_fixture_migrate(fixture, types, NULL);
}

int main(void)
{
    fixture = pg_fixture_start();
    migrate();
    Suite *s = suite_create("core on PostgreSQL");
    TCase *t = tcase_create("core");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, sign_in_and_refresh);
    tcase_add_test(t, failures_are_counted_and_end);
    tcase_add_test(t, tenants_do_not_see_each_other);
    tcase_add_test(t, api_keys_are_found);
    tcase_add_test(t, users_as_documents);
    tcase_add_test(t, standard_data_is_made_once);
    tcase_add_test(t, a_file_with_faults_is_loaded_and_taken_back);
    suite_add_tcase(s, t);
    SRunner *runner = srunner_create(s);
    srunner_set_fork_status(runner, CK_NOFORK); /* the server belongs to this process */
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    pg_fixture_stop(fixture);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
