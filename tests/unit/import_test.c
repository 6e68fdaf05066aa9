/* CSV import and its undo, with the module "core" over the memory store. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "import_internal.h"
#include "m_adapters/documents.h"
#include "m_adapters/memory.h"
#include "m_adapters/outbox.h"
#include "masters.h"
#include "records.h"
#include "test_env.h"

enum { ROWS_MAX = 2000, TEXT_MAX = 200 };

typedef struct {
    uint32_t line;
    import_verdict verdict;
    m_id document;
    char name[TEXT_MAX];
    char note[TEXT_MAX];
} told;

static m_call *call;
static m_memory_db *db;
static m_uow *uow;
static m_store store;
static void *core;
static m_registry *registry;
static m_documents_service *service;
static import_config config;
static told rows[ROWS_MAX];
static uint32_t row_count;
static uint32_t last_done, last_total;
static import_summary sum;

static m_status run(void *self, m_call *c, m_uow_mode mode, m_status (*work)(void *, m_call *),
                    void *arg)
{
    (void)self;
    ck_assert_int_eq(uow->ops->begin(uow, c, mode, NULL, 0), M_OK);
    m_status status = work(arg, c);
    if (status == M_OK) return uow->ops->commit(uow, c);
    uow->ops->rollback(uow);
    return status;
}

static m_status seed(void *arg, m_call *c)
{
    (void)arg;
    return core_module()->seed(core, c);
}

static void setup(void)
{
    static const m_module *modules[1];
    modules[0] = core_module();
    call = test_call();
    db = m_memory_db_new();
    uow = m_memory_uow(db);
    store = m_memory_store(db);
    core = calloc(1, core_module()->instance_size);
    memcpy((char *)core + core_module()->requires_[0].offset, &store, sizeof store);
    core_configure(core, &(core_config){.modules = modules, .module_count = 1});
    registry = m_registry_new(&(m_module_instance){core_module(), core}, 1);
    service = m_documents_new(&(m_documents_config){
        .registry = registry,
        .store = store,
        .events = m_outbox_events(&store),
        .masters = {core_module()->provides[0].ops, core},
    });
    config = (import_config){registry, m_documents_of(service), store, {run, NULL}};
    ck_assert_int_eq(run(NULL, call, M_UOW_WRITE, seed, NULL), M_OK);
}

static void teardown(void)
{
    m_documents_free(service);
    m_registry_free(registry);
    m_memory_db_free(db);
    test_call_free(call);
    free(core);
}

static void on_row(void *self, const import_row *row)
{
    (void)self;
    ck_assert_uint_lt(row_count, ROWS_MAX);
    told *t = &rows[row_count++];
    *t = (told){.line = row->line, .verdict = row->verdict};
    t->document = row->document;
    snprintf(t->name, sizeof t->name, "%.*s", M_STR_ARG(row->name));
    snprintf(t->note, sizeof t->note, "%.*s", M_STR_ARG(row->note));
    ck_assert((row->verdict == IMPORT_ERROR) == (row->error != NULL));
}

static void on_progress(void *self, uint32_t done, uint32_t total)
{
    (void)self;
    ck_assert_uint_ge(done, last_done);
    last_done = done;
    last_total = total;
}

static import_request request(const char *collection, const char *text, const char *mapping)
{
    import_request r = {.collection = m_str_of(collection),
                        .file_name = M_STR("test.csv"),
                        .text = m_str_of(text),
                        .commit = true,
                        .listener = {on_row, on_progress, NULL}};
    m_error_clear(call);
    ck_assert_int_eq(import_mapping_parse(call, m_str_of(mapping), &r.mapping), M_OK);
    return r;
}

static m_status start(const import_request *r)
{
    row_count = last_done = last_total = 0;
    sum = (import_summary){0};
    m_error_clear(call);
    return import_run(&config, call, r, &sum);
}

static void load(const char *collection, const char *text, const char *mapping)
{
    import_request r = request(collection, text, mapping);
    ck_assert_int_eq(start(&r), M_OK);
}

static void loaded(const char *collection, const char *text, const char *mapping, uint32_t created)
{
    load(collection, text, mapping);
    for (uint32_t i = 0; i < row_count; i++)
        ck_assert_msg(rows[i].verdict != IMPORT_ERROR, "%s: %s", rows[i].name, rows[i].note);
    ck_assert_uint_eq(sum.created, created);
}

/* The document with this number; NULL when there is none. */
static const void *find(const m_type *type, const char *number)
{
    const void *found;
    m_str text = m_str_of(number);
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_READ, NULL, 0), M_OK);
    ck_assert_int_eq(m_store_find_one(store, call, type, "number", &text, &found), M_OK);
    uow->ops->rollback(uow);
    return found;
}

static uint32_t count_of(const m_type *type)
{
    uint32_t n;
    m_query all = {0};
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_READ, NULL, 0), M_OK);
    ck_assert_int_eq(m_store_count(store, call, type, &all, 100000, &n), M_OK);
    uow->ops->rollback(uow);
    return n;
}

static bool fault_at(const char *path, const char *code)
{
    for (uint32_t i = 0; i < call->error.field_count; i++)
        if (m_str_is(call->error.fields[i].path, path) &&
            m_str_is(call->error.fields[i].code, code))
            return true;
    return false;
}

static const char suppliers[] =
    "supplier_id,company_name,contact_name,contact_title,address,city,region,postal_code,country,"
    "phone,fax,homepage\r\n"
    "1,Exotic Liquids,Charlotte Cooper,Purchasing Manager,49 Gilbert St.,London,,EC1 4SD,UK,"
    "(171) 555-2222,,\r\n"
    "2,\"Cajun, Delights\",Shelley Burke,Order Administrator,P.O. Box 78934,New Orleans,LA,70117,"
    "USA,(100) 555-4822,,#CAJUN.HTM#\r\n";
static const char supplier_map[] = "company_name=name";
static const char categories[] = "category_id,category_name,description\n"
                                 "1,Beverages,\"Soft drinks, coffees\"\n"
                                 "2,Condiments,Sweet and savory\n";
static const char products[] =
    "product_id,product_name,supplier_id,category_id,quantity_per_unit,unit_price,units_in_stock,"
    "reorder_level,discontinued\n"
    "1,Chai,1,1,10 boxes x 30 bags,18,39,10,1\n"
    "2,Chang,1,Beverages,24 - 12 oz bottles,9.80000019,17,25,0\n"
    "3,Aniseed Syrup,2,2,12 - 550 ml bottles,123.790001,13,25,0\n";
static const char product_map[] = "product_id=code,product_name=name,quantity_per_unit=description,"
                                  "unit_price=standard_rate,units_in_stock=,discontinued=!active";

static m_status load_products(bool commit, const char *text)
{
    import_request r = request("core/items", text, product_map);
    m_pair unit = {M_STR("stock_unit"), M_STR("Nos")};
    r.constants = (m_list){&unit, 1};
    r.commit = commit;
    return start(&r);
}

static void load_partners(void)
{
    loaded("suppliers", suppliers, supplier_map, 2);
    loaded("item-categories", categories, "", 2);
}

/* ---- what arrives ---- */

START_TEST(suppliers_arrive)
{
    loaded("suppliers", suppliers, supplier_map, 2);
    const core_supplier *s = find(&core_supplier_type, "2");
    ck_assert_ptr_nonnull(s);
    ck_assert(m_str_is(s->name, "Cajun, Delights"));
    ck_assert(m_str_is(s->contact.name, "Shelley Burke"));
    ck_assert(m_str_is(s->contact.homepage, "#CAJUN.HTM#"));
    ck_assert(m_str_is(s->address.line1, "P.O. Box 78934"));
    ck_assert(m_str_is(s->address.region, "LA"));
    ck_assert_uint_eq(s->contact.fax.n, 0);
    ck_assert_uint_eq(rows[0].line, 2);
    ck_assert_uint_eq(rows[1].line, 3);
    ck_assert_str_eq(rows[1].name, "2");
    ck_assert_uint_eq(last_done, 2);
    ck_assert_uint_eq(last_total, 2);
    ck_assert(!m_id_is_null(sum.batch));
}
END_TEST

START_TEST(links_and_amounts_arrive)
{
    load_partners();
    ck_assert_int_eq(load_products(true, products), M_OK);
    ck_assert_uint_eq(sum.created, 3);
    const core_item *chang = find(&core_item_type, "2"), *syrup = find(&core_item_type, "3"),
                    *chai = find(&core_item_type, "1");
    const m_doc *category = find(&core_item_category_type, "1"),
                *supplier = find(&core_supplier_type, "2"), *nos = find(&core_unit_type, "Nos");
    ck_assert(m_id_eq(chang->category, category->id)); /* by name */
    ck_assert(m_id_eq(chai->category, category->id));  /* by code */
    ck_assert(m_id_eq(syrup->supplier, supplier->id));
    ck_assert(m_id_eq(chang->stock_unit, nos->id));
    ck_assert_int_eq(chang->standard_rate.u, 9800000);
    ck_assert_int_eq(syrup->standard_rate.u, 123790000);
    ck_assert_int_eq(chai->standard_rate.u, 18 * M_DEC_ONE);
    ck_assert(chang->active && !chai->active);
    ck_assert_int_eq(chang->reorder_level.u, 25 * M_DEC_ONE);
}
END_TEST

START_TEST(lines_arrive)
{
    loaded("taxes",
           "Code,Name,Recoverable,components.name,Rate %\n"
           "VAT,Value added tax,yes,State,9\n"
           ",,,Federal,9.5\n"
           "DUTY,Duty,no,Duty,4\n"
           "ZERO,Nothing,no,,\n",
           "", 3);
    const core_tax *vat = find(&core_tax_type, "VAT");
    ck_assert_uint_eq(vat->components.count, 2);
    ck_assert(m_str_is(M_AT(vat->components, m_tax_component, 1)->name, "Federal"));
    ck_assert_int_eq(M_AT(vat->components, m_tax_component, 1)->rate.u, 9500000);
    ck_assert(m_str_is(M_AT(vat->components, m_tax_component, 1)->purpose, "input_tax"));
    ck_assert(!((const core_tax *)find(&core_tax_type, "DUTY"))->recoverable);
    ck_assert_uint_eq(((const core_tax *)find(&core_tax_type, "ZERO"))->components.count, 0);
    ck_assert_uint_eq(sum.rows, 4);
    ck_assert_uint_eq(rows[1].line, 4);
}
END_TEST

START_TEST(repeated_heads_are_one_document)
{
    load("items",
         "code,name,stock_unit,units.unit,factor\n"
         "A,Tea,Nos,Box,12\n"
         "A,Tea,Nos,Pack,6\n"
         "B,Milk,Litre,Bottle,0.5\n",
         "");
    ck_assert_uint_eq(sum.created, 2);
    const core_item *tea = find(&core_item_type, "A");
    ck_assert_uint_eq(tea->units.count, 2);
    ck_assert_int_eq(M_AT(tea->units, m_item_unit, 0)->factor.u, 12 * M_DEC_ONE);
}
END_TEST

START_TEST(a_key_column_tells_documents_apart)
{
    load("taxes",
         "no,code,name,components.name,components.rate\n"
         "1,A,First,X,1\n"
         "1,,,Y,2\n"
         "2,B,Second,X,3\n",
         "no=@key");
    ck_assert_uint_eq(sum.created, 2);
    ck_assert_uint_eq(((const core_tax *)find(&core_tax_type, "A"))->components.count, 2);
}
END_TEST

START_TEST(a_tree_arrives_in_one_file)
{
    const char *tree = "code,name,parent\nFOOD,Food,\nFRUIT,Fruit,FOOD\nAPPLE,Apples,FRUIT\n";
    import_request dry = request("item-categories", tree, "");
    dry.commit = false;
    ck_assert_int_eq(start(&dry), M_OK);
    ck_assert_uint_eq(sum.created, 3);
    loaded("item-categories", tree, "", 3);
    const core_item_category *apple = find(&core_item_category_type, "APPLE");
    const m_doc *fruit = find(&core_item_category_type, "FRUIT");
    ck_assert(m_id_eq(apple->parent, fruit->id));
    uint32_t deleted;
    ck_assert_int_eq(import_undo(&config, call, sum.batch, (import_listener){0}, &deleted), M_OK);
    ck_assert_uint_eq(deleted, 3);
}
END_TEST

START_TEST(codes_are_not_numbers)
{
    loaded("customers", "customer_id;Name;credit limit\nALFKI;Alfreds;1000\n007;Bond;0.5\n", "", 2);
    ck_assert_ptr_nonnull(find(&core_customer_type, "007"));
    const core_customer *c = find(&core_customer_type, "ALFKI");
    ck_assert_int_eq(c->credit_limit.u, 1000 * M_DEC_ONE);
}
END_TEST

/* ---- doing it again ---- */

START_TEST(a_dry_run_leaves_nothing)
{
    load_partners();
    uint32_t audits = count_of(&m_audit_type);
    ck_assert_int_eq(load_products(false, products), M_OK);
    ck_assert_uint_eq(sum.created, 3);
    ck_assert(m_id_is_null(sum.batch));
    ck_assert(m_id_is_null(rows[0].document));
    ck_assert_uint_eq(count_of(&core_item_type), 0);
    ck_assert_uint_eq(count_of(&m_audit_type), audits);
    ck_assert_uint_eq(count_of(&m_import_batch_type), 2);
}
END_TEST

START_TEST(the_same_file_again_does_nothing)
{
    load_partners();
    ck_assert_int_eq(load_products(true, products), M_OK);
    ck_assert_int_eq(load_products(true, products), M_OK);
    ck_assert_uint_eq(sum.created + sum.errors, 0);
    ck_assert_uint_eq(sum.unchanged, 3);
    ck_assert(m_id_is_null(sum.batch));
    ck_assert_str_eq(rows[0].note, "loaded before");
    ck_assert_uint_eq(count_of(&core_item_type), 3);
    ck_assert_uint_eq(count_of(&m_import_batch_type), 3);
}
END_TEST

START_TEST(existing_codes_are_told_what_differs)
{
    loaded("units", "code,name,places\nCrate,Crate,0\n", "", 1);
    loaded("units", "code,name,places\nNos,Numbers (pieces),0\nCrate,Big crate,0\nKg,Kilo,3\n", "",
           0);
    ck_assert_uint_eq(sum.unchanged, 3);
    ck_assert_str_eq(rows[0].note, "exists");
    ck_assert_str_eq(rows[1].note, "exists and differs in name; not changed");
    const core_unit *kg = find(&core_unit_type, "Kg");
    ck_assert(m_str_is(kg->name, "Kilogram"));
    ck_assert(m_id_eq(rows[2].document, kg->id));
}
END_TEST

START_TEST(a_code_twice_in_one_file)
{
    for (int commit = 0; commit < 2; commit++) {
        import_request r =
            request("units", "code,name\nA,First\nA,First\nA,Other\nB,Bad name for\n", "");
        r.commit = commit;
        ck_assert_int_eq(start(&r), M_OK);
        ck_assert_int_eq(rows[0].verdict, IMPORT_CREATED);
        ck_assert_int_eq(rows[1].verdict, IMPORT_UNCHANGED);
        ck_assert_str_eq(rows[1].note, "as line 2");
        ck_assert_int_eq(rows[2].verdict, IMPORT_ERROR);
        ck_assert_int_eq(rows[3].verdict, IMPORT_CREATED);
    }
}
END_TEST

START_TEST(a_good_row_follows_a_bad_one_of_its_code)
{
    load("units", "code,name,places\nA,First,99\nA,First,2\n", "");
    ck_assert_int_eq(rows[0].verdict, IMPORT_ERROR);
    ck_assert_int_eq(rows[1].verdict, IMPORT_CREATED);
}
END_TEST

START_TEST(rows_without_code_may_repeat)
{
    const char *twice = "label,line1,city\nOffice,1 Main St,Pune\nOffice,1 Main St,Pune\n";
    loaded("addresses", twice, "", 2);
    loaded("addresses", twice, "", 0);
    ck_assert_uint_eq(sum.unchanged, 2);
    loaded("addresses",
           "label,line1,city\nOffice,1 Main St,Pune\nOffice,1 Main St,Pune\n"
           "Office,1 Main St,Pune\n",
           "", 1);
}
END_TEST

START_TEST(more_rows_than_a_chunk)
{
    static char text[64 * 1024];
    size_t n = (size_t)snprintf(text, sizeof text, "code,name,places\n");
    for (int i = 0; i < 1000; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "U%d,Unit %d,%d\n", i, i,
                              i % 100 == 7 ? 9 : 2);
    uint32_t before = count_of(&core_unit_type);
    load("units", text, "");
    ck_assert_uint_eq(sum.created, 990);
    ck_assert_uint_eq(sum.errors, 10);
    ck_assert_uint_eq(last_done, 1000);
    ck_assert_uint_eq(count_of(&core_unit_type), before + 990);
    ck_assert_uint_eq(count_of(&m_import_row_type), 990);
    uint32_t deleted;
    ck_assert_int_eq(import_undo(&config, call, sum.batch, (import_listener){0}, &deleted), M_OK);
    ck_assert_uint_eq(count_of(&core_unit_type), before);
}
END_TEST

/* ---- what is wrong ---- */

START_TEST(faults_are_told_with_field_and_reason)
{
    static const struct {
        const char *header, *row, *part;
    } cases[] = {
        {"places", "x", "places"},
        {"places", "1.5", "places"},
        {"places", "7", "places"},
        {"active", "perhaps", "active: "},
        {"code", "123456789012345678901", "code"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool code = strcmp(cases[i].header, "code") == 0;
        const char *text = code ? m_arena_printf(call->arena, "code,name\n%s,Name\n", cases[i].row)
                                : m_arena_printf(call->arena, "code,name,%s\nA,Name,%s\n",
                                                 cases[i].header, cases[i].row);
        load("units", text, "");
        ck_assert_uint_eq(sum.errors, 1);
        ck_assert_msg(strstr(rows[0].note, cases[i].part), "%s: %s", cases[i].row, rows[0].note);
    }
}
END_TEST

START_TEST(links_that_lead_nowhere_are_told)
{
    load("items",
         "code,name,stock_unit,category,supplier\n"
         "A,Tea,Nos,Nonsense,\n"
         "B,Tea,Furlong,,\n"
         "C,Tea,00000000000000000000000000,,\n"
         "D,Tea,01ARZ3NDEKTSV4RRFFQ69G5FAV,,\n"
         "E,Tea,Nos,,\n",
         "");
    ck_assert_uint_eq(sum.errors, 4);
    ck_assert_str_eq(rows[0].note, "category: There is no Item category Nonsense.");
    ck_assert(strstr(rows[1].note, "stock_unit: There is no Unit Furlong"));
    ck_assert_int_eq(rows[4].verdict, IMPORT_CREATED);
}
END_TEST

START_TEST(names_must_be_unique_to_count)
{
    loaded("item-categories", "code,name\nA,Same\nB,Same\n", "", 2);
    load("items", "code,name,stock_unit,category\n1,Tea,Nos,Same\n2,Tea,Nos,B\n", "");
    ck_assert_int_eq(rows[0].verdict, IMPORT_ERROR);
    ck_assert(strstr(rows[0].note, "not unique"));
    ck_assert_int_eq(rows[1].verdict, IMPORT_CREATED);
}
END_TEST

static void refused(const char *collection, const char *text, const char *mapping, const char *path,
                    const char *code)
{
    import_request r = request(collection, text, mapping);
    ck_assert_int_ne(start(&r), M_OK);
    if (path)
        ck_assert_msg(fault_at(path, code), "%s: %.*s", text, M_STR_ARG(call->error.message));
    else
        ck_assert_msg(m_str_is(call->error.code, code), "%.*s", M_STR_ARG(call->error.code));
    ck_assert_uint_eq(row_count, 0);
}

START_TEST(bad_headers_stop_the_import)
{
    refused("units", "code,colour\nA,red\n", "", "colour", "core.import.column");
    refused("units", "code,Code\nA,B\n", "", "Code", "core.import.twice");
    refused("units", "code,version\nA,7\n", "", "version", "core.import.column");
    refused("units", "code,id\nA,7\n", "", "id", "core.import.column");
    refused("units", "code,x\nA,7\n", "x=nowhere", "nowhere", "core.import.mapping");
    refused("units", "code,x\nA,7\n", "y=name,x=", "y", "core.import.mapping");
    refused("units", "code,x\nA,7\n", "x=!name", "!name", "core.import.mapping");
    refused("units", "", "", NULL, "core.import.empty");
    refused("users", "email,password_hash\na@b,x\n", "", "password_hash", "core.import.column");
    refused("nothing", "a\n", "", NULL, "core.not_found");
    refused("core/nothing", "a\n", "", NULL, "core.not_found");
}
END_TEST

START_TEST(bad_files_stop_the_import)
{
    refused("units", "code,name\nA,\"B\n", "", NULL, "core.body.malformed");
    refused("units", "code,name\nA,B,C\n", "", NULL, "core.body.malformed");
    refused("units", "code,name\nA,\xff\n", "", NULL, "core.body.malformed");
    loaded("units",
           "\xef\xbb\xbf"
           "code,name,\nA,B,\n\nB,C\n",
           "", 2);
}
END_TEST

START_TEST(importing_needs_the_right)
{
    test_role(call, "Purchase User");
    refused("suppliers", suppliers, supplier_map, NULL, "core.permission.denied");
    test_role(call, "Master Manager");
    loaded("suppliers", suppliers, supplier_map, 2);
    test_role(call, "Auditor");
    uint32_t deleted;
    m_error_clear(call);
    ck_assert_int_eq(import_undo(&config, call, sum.batch, (import_listener){0}, &deleted),
                     M_DENIED);
}
END_TEST

START_TEST(mappings_are_parsed)
{
    m_list pairs;
    ck_assert_int_eq(
        import_mapping_parse(call, M_STR(" a = b ,\"x, y\"=lines.qty,c=,\"p=q\"=r,"), &pairs),
        M_OK);
    ck_assert_uint_eq(pairs.count, 4);
    ck_assert(m_str_is(M_AT(pairs, m_pair, 0)->name, "a"));
    ck_assert(m_str_is(M_AT(pairs, m_pair, 0)->value, "b"));
    ck_assert(m_str_is(M_AT(pairs, m_pair, 1)->name, "x, y"));
    ck_assert_uint_eq(M_AT(pairs, m_pair, 2)->value.n, 0);
    ck_assert(m_str_is(M_AT(pairs, m_pair, 3)->name, "p=q"));
    static const char *const bad[] = {"a", "=b", "a=b,c", " = "};
    for (size_t i = 0; i < 4; i++) {
        m_error_clear(call);
        ck_assert_int_eq(import_mapping_parse(call, m_str_of(bad[i]), &pairs), M_INVALID);
    }
}
END_TEST

/* ---- undo ---- */

static m_status undo(m_id batch, uint32_t *deleted)
{
    m_error_clear(call);
    return import_undo(&config, call, batch, (import_listener){.progress = on_progress}, deleted);
}

START_TEST(undo_takes_back_a_batch)
{
    uint32_t deleted = 0;
    load_partners();
    ck_assert_int_eq(load_products(true, products), M_OK);
    m_id batch = sum.batch;
    last_done = 0;
    ck_assert_int_eq(undo(batch, &deleted), M_OK);
    ck_assert_uint_eq(deleted, 3);
    ck_assert_uint_eq(last_total, 3);
    ck_assert_uint_eq(count_of(&core_item_type), 0);
    ck_assert_int_eq(undo(batch, &deleted), M_PRECONDITION);
    ck_assert(m_str_is(call->error.code, "core.import.undone"));
    ck_assert_int_eq(load_products(true, products), M_OK);
    ck_assert_uint_eq(sum.created, 3);
}
END_TEST

START_TEST(undo_stops_at_what_is_in_use)
{
    uint32_t deleted;
    loaded("suppliers", suppliers, supplier_map, 2);
    m_id batch = sum.batch;
    loaded("item-categories", categories, "", 2);
    m_id second = sum.batch;
    ck_assert_int_eq(load_products(true, products), M_OK);
    ck_assert_int_eq(undo(batch, &deleted), M_PRECONDITION);
    ck_assert(m_str_is(call->error.code, "core.document.referenced"));
    ck_assert_int_eq(undo(second, &deleted), M_PRECONDITION);
    ck_assert_uint_eq(count_of(&core_supplier_type), 2);
    loaded("units", "code,name\nTub,Tub\n", "", 1);
    m_id units = sum.batch;
    load("items", "code,name,stock_unit,units.unit,factor\nT,Ice,Nos,Tub,4\n", "");
    ck_assert_int_eq(undo(units, &deleted), M_PRECONDITION); /* from a line */
    ck_assert(m_str_is(call->error.code, "core.document.referenced"));
}
END_TEST

START_TEST(undo_stops_at_what_was_changed)
{
    uint32_t deleted;
    loaded("suppliers", suppliers, supplier_map, 2);
    m_id batch = sum.batch;
    const m_doc *s = find(&core_supplier_type, "1");
    m_document_reply reply;
    m_document_request change = {.module = M_STR("core"),
                                 .collection = M_STR("suppliers"),
                                 .id = s->id,
                                 .if_version = 1,
                                 .body = M_STR("{\"credit_days\":30}")};
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0), M_OK);
    ck_assert_int_eq(m_documents_update(config.documents, call, &change, &reply), M_OK);
    ck_assert_int_eq(uow->ops->commit(uow, call), M_OK);
    ck_assert_int_eq(undo(batch, &deleted), M_PRECONDITION);
    ck_assert(m_str_is(call->error.code, "core.import.changed"));
    ck_assert_uint_eq(count_of(&core_supplier_type), 2);
    ck_assert_int_eq(undo(test_id(9), &deleted), M_NOT_FOUND);
    ck_assert(m_str_is(call->error.code, "core.import.batch"));
}
END_TEST

/* ---- numbers ---- */

START_TEST(float_noise_is_seen_by_its_column)
{
    static const struct {
        const char *column[6];
        const char *clean[6];
    } cases[] = {
        /* written by a program with 32-bit floats */
        {{"9.80000019", "123.790001", "14", "0.150000006", "1007.64001"},
         {"9.80000000", "123.790000", "14", "0.150000000", "1007.64000"}},
        {{"0.00999999978", "32.3800011", "-21.3500004", "99999.9922"},
         {"0.01000000000", "32.3800000", "-21.3500000", "99999.9900"}},
        /* with 64-bit floats */
        {{"9.800000000000001", "0.30000000000000004", "12345678.25", "1.1"},
         {"9.800000000000000", "0.30000000000000000", "12345678.25", "1.1"}},
        /* exact ones: never touched */
        {{"123.790001", "10000000.25", "0.453592"}, {"123.790001", "10000000.25", "0.453592"}},
        {{"9.80", "100", "-3.5", "x", ""}, {"9.80", "100", "-3.5", "x", ""}},
        {{"12345678.1234567"}, {"12345678.1234567"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        number_look look = {0};
        for (int k = 0; k < 6 && cases[i].column[k]; k++)
            number_look_at(&look, m_str_of(cases[i].column[k]));
        for (int k = 0; k < 6 && cases[i].column[k]; k++) {
            m_str clean = number_clean(&look, call->arena, m_str_of(cases[i].column[k]));
            ck_assert_msg(m_str_is(clean, cases[i].clean[k]), "%s: %.*s", cases[i].column[k],
                          M_STR_ARG(clean));
        }
    }
}
END_TEST

START_TEST(texts_are_found_again)
{
    static const char a[] = "a", b[] = "b";
    text_map map = {.arena = call->arena};
    char text[16];
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "t%u", i);
        ck_assert_ptr_null(text_map_find(&map, a, m_str_of(text)));
        map_entry *entry = text_map_add(&map, i % 2 ? a : b, m_str_of(text));
        ck_assert_ptr_nonnull(entry);
        entry->line = i;
    }
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "t%u", i);
        ck_assert_uint_eq(text_map_find(&map, i % 2 ? a : b, m_str_of(text))->line, i);
        ck_assert_ptr_null(text_map_find(&map, i % 2 ? b : a, m_str_of(text)));
    }
    text_map_clear(&map);
    ck_assert_ptr_null(text_map_find(&map, b, M_STR("t0")));
}
END_TEST

static void add_loading(TCase *t)
{
    tcase_add_test(t, suppliers_arrive);
    tcase_add_test(t, links_and_amounts_arrive);
    tcase_add_test(t, lines_arrive);
    tcase_add_test(t, repeated_heads_are_one_document);
    tcase_add_test(t, a_key_column_tells_documents_apart);
    tcase_add_test(t, a_tree_arrives_in_one_file);
    tcase_add_test(t, codes_are_not_numbers);
    tcase_add_test(t, a_dry_run_leaves_nothing);
    tcase_add_test(t, the_same_file_again_does_nothing);
    tcase_add_test(t, existing_codes_are_told_what_differs);
    tcase_add_test(t, a_code_twice_in_one_file);
    tcase_add_test(t, a_good_row_follows_a_bad_one_of_its_code);
    tcase_add_test(t, rows_without_code_may_repeat);
    tcase_add_test(t, more_rows_than_a_chunk);
}

static void add_refusals(TCase *t)
{
    tcase_add_test(t, faults_are_told_with_field_and_reason);
    tcase_add_test(t, links_that_lead_nowhere_are_told);
    tcase_add_test(t, names_must_be_unique_to_count);
    tcase_add_test(t, bad_headers_stop_the_import);
    tcase_add_test(t, bad_files_stop_the_import);
    tcase_add_test(t, importing_needs_the_right);
    tcase_add_test(t, mappings_are_parsed);
    tcase_add_test(t, undo_takes_back_a_batch);
    tcase_add_test(t, undo_stops_at_what_is_in_use);
    tcase_add_test(t, undo_stops_at_what_was_changed);
    tcase_add_test(t, float_noise_is_seen_by_its_column);
    tcase_add_test(t, texts_are_found_again);
}

int main(void)
{
    Suite *s = suite_create("import");
    TCase *t = tcase_create("import");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    add_loading(t);
    add_refusals(t);
    suite_add_tcase(s, t);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
