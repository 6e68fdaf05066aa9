/* The module "core": checks of its documents, standard data, and the protocol "masters". */
#include <check.h>
#include <stdlib.h>

#include "m/sharing.h"
#include "m_adapters/memory.h"
#include "masters.h"
#include "records.h"
#include "saved_view.h"
#include "test_env.h"

static const m_policy_def policies[] = {{"wms.receipt_tolerance_pct", "Tolerance", {5 * M_DEC_ONE}},
                                        {0}};
static const m_module other_module = {
    .size = sizeof(m_module), .name = "wms", .policies = policies};

static m_call *call;
static m_memory_db *db;
static m_store store;
static m_uow *uow;
static void *core;
static const m_module *modules[2];
static m_masters masters;

static void setup(void)
{
    call = test_call();
    db = m_memory_db_new();
    store = m_memory_store(db);
    uow = m_memory_uow(db);
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0), M_OK);
    core = calloc(1, core_module()->instance_size);
    memcpy((char *)core + core_module()->requires_[0].offset, &store, sizeof store);
    modules[0] = core_module();
    modules[1] = &other_module;
    core_configure(core, &(core_config){.modules = modules, .module_count = 2});
    masters = (m_masters){core_module()->provides[0].ops, core};
}

static void teardown(void)
{
    uow->ops->rollback(uow);
    m_memory_db_free(db);
    test_call_free(call);
    free(core);
}

static const m_doctype *doctype_of(const m_type *type)
{
    for (const m_doctype *const *d = core_module()->doctypes; *d; d++)
        if ((*d)->type == type) return *d;
    ck_abort_msg("no document type %s", type->name);
    return NULL;
}

static m_status check_doc(const m_type *type, void *doc, const void *before)
{
    m_error_clear(call);
    const m_doctype *doctype = doctype_of(type);
    return doctype->check ? doctype->check(core, call, doc, before) : M_OK;
}

static bool field_is_wrong(const char *path, const char *code)
{
    for (uint32_t i = 0; i < call->error.field_count; i++)
        if (m_str_is(call->error.fields[i].path, path) &&
            m_str_is(call->error.fields[i].code, code))
            return true;
    return false;
}

static void insert(const m_type *type, void *doc)
{
    ck_assert_int_eq(m_store_insert(store, call, type, doc), M_OK);
}

static void *fresh(const m_type *type, uint32_t n)
{
    m_doc *doc = m_record_new(type, call->arena);
    ck_assert_ptr_nonnull(doc);
    doc->id = test_id(n);
    doc->version = 1;
    return doc;
}

static core_unit *add_unit(uint32_t n, const char *code, int64_t places)
{
    core_unit *unit = fresh(&core_unit_type, n);
    unit->code = m_str_of(code);
    unit->name = unit->code;
    unit->places = places;
    insert(&core_unit_type, unit);
    return unit;
}

static core_item *new_item(uint32_t n, const char *code, m_id stock_unit)
{
    core_item *item = fresh(&core_item_type, n);
    item->code = m_str_of(code);
    item->name = item->code;
    item->stock_unit = stock_unit;
    return item;
}

static core_supplier *add_supplier(uint32_t n, const char *code)
{
    core_supplier *supplier = fresh(&core_supplier_type, n);
    supplier->code = m_str_of(code);
    supplier->name = supplier->code;
    insert(&core_supplier_type, supplier);
    return supplier;
}

static m_status act(const m_doctype *doctype, const char *action, void *doc, const void *input)
{
    m_error_clear(call);
    const m_move *move = m_lifecycle_find(doctype->life, m_str_of(action));
    ck_assert_ptr_nonnull(move);
    ck_assert(m_move_allowed(doctype->life, move, ((m_doc *)doc)->state));
    m_status status = move->effect ? move->effect(core, call, doc, input) : M_OK;
    if (status == M_OK && move->to)
        ((m_doc *)doc)->state = m_state_index(doctype->life->states, m_str_of(move->to));
    return status;
}

/* ---- tables ---- */

START_TEST(every_type_is_well_formed)
{
    for (const m_doctype *const *d = core_module()->doctypes; *d; d++) {
        const m_type *type = (*d)->type;
        ck_assert_str_eq(type->schema, "core");
        ck_assert_str_eq((*d)->module, "core");
        ck_assert_ptr_nonnull((*d)->permissions);
        ck_assert_ptr_nonnull(m_field_find(type, m_str_of((*d)->title_field)));
        if ((*d)->code_field) {
            const m_field *code = m_field_find(type, m_str_of((*d)->code_field));
            ck_assert_ptr_nonnull(code);
            ck_assert(code->flags & M_UNIQUE);
        }
        ck_assert_msg(m_record_new(type, call->arena) != NULL, "%s", type->name);
        for (uint16_t i = 0; i < type->count; i++)
            ck_assert_msg(type->fields[i].label && *type->fields[i].label, "%s.%s", type->name,
                          type->fields[i].name);
    }
}
END_TEST

START_TEST(list_columns_and_search_fields_exist)
{
    for (const m_doctype *const *d = core_module()->doctypes; *d; d++) {
        const char *lists[] = {(*d)->list_columns, (*d)->search_fields};
        for (int i = 0; i < 2; i++) {
            char *text = m_arena_copy(call->arena, lists[i], strlen(lists[i])), *rest = text;
            for (char *word; (word = strsep(&rest, ","));) {
                m_field field;
                ck_assert_msg(m_field_resolve((*d)->type, m_str_of(word), &field) == M_OK, "%s: %s",
                              (*d)->type->name, word);
            }
        }
    }
}
END_TEST

START_TEST(error_codes_are_complete_and_unique)
{
    const m_error_def *errors = core_module()->errors;
    int n = 0;
    for (; errors[n].code; n++) {
        ck_assert(strncmp(errors[n].code, "core.", 5) == 0);
        ck_assert(errors[n].status != M_OK);
        for (int k = 0; k < n; k++)
            ck_assert_str_ne(errors[n].code, errors[k].code);
    }
    ck_assert_int_ge(n, 30);
}
END_TEST

/* ---- seeds ---- */

static uint32_t count_of(const m_type *type)
{
    m_query all = {0};
    uint32_t n;
    ck_assert_int_eq(m_store_count(store, call, type, &all, 1000, &n), M_OK);
    return n;
}

START_TEST(seed_twice_is_seed_once)
{
    ck_assert_int_eq(core_module()->seed(core, call), M_OK);
    uint32_t units = count_of(&core_unit_type), currencies = count_of(&core_currency_type),
             taxes = count_of(&core_tax_type);
    ck_assert_uint_ge(units, 7);
    ck_assert_uint_ge(currencies, 20);
    ck_assert_uint_ge(taxes, 5);
    ck_assert_uint_eq(count_of(&core_company_type), 1);
    ck_assert_int_eq(core_module()->seed(core, call), M_OK);
    ck_assert_uint_eq(count_of(&core_unit_type), units);
    ck_assert_uint_eq(count_of(&core_currency_type), currencies);
    ck_assert_uint_eq(count_of(&core_tax_type), taxes);
    ck_assert_uint_eq(count_of(&core_company_type), 1);
}
END_TEST

START_TEST(seed_records_pass_their_own_checks)
{
    ck_assert_int_eq(core_module()->seed(core, call), M_OK);
    const m_type *types[] = {&core_unit_type, &core_currency_type, &core_tax_type,
                             &core_company_type};
    for (int i = 0; i < 4; i++) {
        m_query all = {0};
        m_fetch fetch = {.type = types[i], .query = &all};
        ck_assert_int_eq(m_store_fetch(store, call, &fetch, 1), M_OK);
        for (uint32_t r = 0; r < fetch.count; r++) {
            void *doc = m_record_copy(types[i], fetch.records[r], call->arena);
            m_record_validate(call, types[i], doc, "");
            ck_assert_uint_eq(call->error.field_count, 0);
            ck_assert_int_eq(check_doc(types[i], doc, fetch.records[r]), M_OK);
        }
    }
}
END_TEST

START_TEST(seed_follows_the_host_configuration)
{
    core_configure(core, &(core_config){.company_name = M_STR("Acme"),
                                        .base_currency = M_STR("KWD"),
                                        .fiscal_start_month = 1});
    ck_assert_int_eq(core_module()->seed(core, call), M_OK);
    m_tenant_info info;
    m_ids none = {0};
    ck_assert_int_eq(m_masters_tenant(masters, call, &none, &info), M_OK);
    ck_assert(m_str_is(info.company_name, "Acme"));
    ck_assert(m_str_is(info.base_currency, "KWD"));
    ck_assert_int_eq(info.currency_places, 3);
    ck_assert_int_eq(info.fiscal_start_month, 1);
}
END_TEST

START_TEST(seed_refuses_an_unknown_currency)
{
    core_configure(core, &(core_config){.base_currency = M_STR("XXX")});
    ck_assert_int_ne(core_module()->seed(core, call), M_OK);
}
END_TEST

/* ---- checks ---- */

START_TEST(unit_places_only_grow)
{
    core_unit *before = add_unit(10, "Kg", 2), *after = fresh(&core_unit_type, 10);
    *after = *before;
    after->places = 3;
    ck_assert_int_eq(check_doc(&core_unit_type, after, before), M_OK);
    after->places = 1;
    ck_assert_int_eq(check_doc(&core_unit_type, after, before), M_INVALID);
    ck_assert(field_is_wrong("places", "core.unit.places"));
}
END_TEST

START_TEST(item_units_are_listed_once)
{
    core_unit *nos = add_unit(10, "Nos", 0), *box = add_unit(11, "Box", 0);
    core_item *item = new_item(20, "A", nos->id);
    m_item_unit lines[] = {
        {box->id, m_dec_of_int(12)}, {nos->id, m_dec_of_int(1)}, {box->id, m_dec_of_int(10)}};
    item->units = (m_list){lines, 1};
    ck_assert_int_eq(check_doc(&core_item_type, item, NULL), M_OK);
    item->units.count = 3;
    ck_assert_int_eq(check_doc(&core_item_type, item, NULL), M_INVALID);
    ck_assert(field_is_wrong("units[1].unit", "core.list.duplicate"));
    ck_assert(field_is_wrong("units[2].unit", "core.list.duplicate"));
    ck_assert(!field_is_wrong("units[0].unit", "core.list.duplicate"));
}
END_TEST

START_TEST(item_quantities_fit_the_unit)
{
    core_unit *kg = add_unit(10, "Kg", 3);
    core_item *item = new_item(20, "A", kg->id);
    item->reorder_level = test_dec("1.125");
    ck_assert_int_eq(check_doc(&core_item_type, item, NULL), M_OK);
    item->reorder_qty = test_dec("1.1255");
    ck_assert_int_eq(check_doc(&core_item_type, item, NULL), M_INVALID);
    ck_assert(field_is_wrong("reorder_qty", "core.field.places"));
}
END_TEST

START_TEST(tracking_goes_with_its_valuation)
{
    core_unit *piece = add_unit(10, "Nos", 0), *kg = add_unit(11, "Kg", 3);
    core_item *item = new_item(20, "A", piece->id);
    item->tracking = M_TRACK_SERIAL;
    ck_assert_int_eq(check_doc(&core_item_type, item, NULL), M_INVALID);
    ck_assert(field_is_wrong("tracking", "core.item.tracking"));
    item->valuation = M_BATCH_AVERAGE;
    ck_assert_int_eq(check_doc(&core_item_type, item, NULL), M_OK);
    item->stock_unit = kg->id;
    ck_assert_int_eq(check_doc(&core_item_type, item, NULL), M_INVALID);
    ck_assert(field_is_wrong("tracking", "core.item.serial_unit"));
    item->tracking = M_TRACK_BATCH;
    ck_assert_int_eq(check_doc(&core_item_type, item, NULL), M_OK);
    item->tracking = M_TRACK_NONE;
    ck_assert_int_eq(check_doc(&core_item_type, item, NULL), M_INVALID);
    ck_assert(field_is_wrong("tracking", "core.item.tracking"));
}
END_TEST

START_TEST(services_have_no_reorder_level)
{
    core_unit *hour = add_unit(10, "Hour", 2);
    core_item *item = new_item(20, "A", hour->id);
    item->is_stock = false;
    ck_assert_int_eq(check_doc(&core_item_type, item, NULL), M_OK);
    item->reorder_level = test_dec("1");
    ck_assert_int_eq(check_doc(&core_item_type, item, NULL), M_INVALID);
    ck_assert(field_is_wrong("reorder_level", "core.item.reorder"));
}
END_TEST

START_TEST(new_items_need_an_active_unit)
{
    core_unit *old = fresh(&core_unit_type, 10);
    old->code = old->name = M_STR("Old");
    old->active = false;
    insert(&core_unit_type, old);
    core_item *item = new_item(20, "A", old->id);
    ck_assert_int_eq(check_doc(&core_item_type, item, NULL), M_INVALID);
    ck_assert(field_is_wrong("stock_unit", "core.master.inactive"));
    ck_assert_int_eq(check_doc(&core_item_type, item, item), M_OK);
}
END_TEST

START_TEST(what_the_ledger_stands_on_is_immutable)
{
    const char *const names[] = {"valuation", "stock_unit", "is_stock"};
    for (int i = 0; i < 3; i++)
        ck_assert(m_field_find(&core_item_type, m_str_of(names[i]))->flags & M_IMMUTABLE);
    ck_assert(m_field_find(&core_company_type, M_STR("base_currency"))->flags & M_IMMUTABLE);
    ck_assert(m_field_find(&core_currency_type, M_STR("places"))->flags & M_IMMUTABLE);
}
END_TEST

static core_item_category *category(uint32_t n, m_id parent)
{
    core_item_category *c = fresh(&core_item_category_type, n);
    c->code = m_str_of(m_arena_printf(call->arena, "C%u", n));
    c->name = c->code;
    c->parent = parent;
    return c;
}

START_TEST(categories_make_no_loop)
{
    core_item_category *a = category(30, (m_id){0}), *b = category(31, a->id),
                       *c = category(32, b->id);
    insert(&core_item_category_type, a);
    insert(&core_item_category_type, b);
    insert(&core_item_category_type, c);
    ck_assert_int_eq(check_doc(&core_item_category_type, c, c), M_OK);
    core_item_category moved = *a;
    moved.parent = c->id;
    ck_assert_int_eq(check_doc(&core_item_category_type, &moved, a), M_INVALID);
    ck_assert(field_is_wrong("parent", "core.item_category.loop"));
    moved.parent = moved.id;
    ck_assert_int_eq(check_doc(&core_item_category_type, &moved, a), M_INVALID);
}
END_TEST

START_TEST(categories_have_a_deepest_level)
{
    m_id up = {0};
    for (uint32_t i = 0; i < 20; i++) {
        core_item_category *c = category(30 + i, up);
        ck_assert_int_eq(check_doc(&core_item_category_type, c, NULL), M_OK);
        insert(&core_item_category_type, c);
        up = c->id;
    }
    ck_assert_int_eq(check_doc(&core_item_category_type, category(60, up), NULL), M_INVALID);
    ck_assert(field_is_wrong("parent", "core.item_category.depth"));
}
END_TEST

START_TEST(tax_components_have_different_names)
{
    core_tax *tax = fresh(&core_tax_type, 40);
    m_tax_component components[] = {{M_STR("CGST"), test_dec("9"), M_STR("input_tax")},
                                    {M_STR("CGST"), test_dec("9"), M_STR("input_tax")}};
    tax->components = (m_list){components, 2};
    ck_assert_int_eq(check_doc(&core_tax_type, tax, NULL), M_INVALID);
    ck_assert(field_is_wrong("components[1].name", "core.list.duplicate"));
    components[1].name = M_STR("SGST");
    ck_assert_int_eq(check_doc(&core_tax_type, tax, NULL), M_OK);
}
END_TEST

START_TEST(emails_have_a_form)
{
    static const struct {
        const char *email;
        bool good;
    } cases[] = {{"", true},       {"a@b", true},    {"first.last@example.org", true},
                 {"@b", false},    {"a@", false},    {"ab", false},
                 {"a b@c", false}, {"a@b@c", false}, {"a@b\tc", false}};
    core_supplier *supplier = fresh(&core_supplier_type, 50);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        supplier->contact.email = m_str_of(cases[i].email);
        m_status status = check_doc(&core_supplier_type, supplier, NULL);
        ck_assert_msg((status == M_OK) == cases[i].good, "%s", cases[i].email);
        if (!cases[i].good) ck_assert(field_is_wrong("contact.email", "core.field.form"));
    }
}
END_TEST

START_TEST(one_company_profile)
{
    ck_assert_int_eq(core_module()->seed(core, call), M_OK);
    core_company *second = fresh(&core_company_type, 60);
    ck_assert_int_eq(check_doc(&core_company_type, second, NULL), M_EXISTS);
    const m_doctype *doctype = doctype_of(&core_company_type);
    m_error_clear(call);
    ck_assert_int_eq(doctype->on_delete(core, call, second), M_PRECONDITION);
}
END_TEST

static core_policy *policy(uint32_t n, const char *name, const char *value, const char *from)
{
    core_policy *p = fresh(&core_policy_type, n);
    p->name = m_str_of(name);
    p->value = test_dec(value);
    p->effective_from = test_date(from);
    return p;
}

START_TEST(policies_are_known_and_unique)
{
    core_policy *p = policy(70, "wms.receipt_tolerance_pct", "5", "2026-04-01");
    ck_assert_int_eq(check_doc(&core_policy_type, p, NULL), M_OK);
    insert(&core_policy_type, p);
    ck_assert_int_eq(check_doc(&core_policy_type, p, p), M_OK);
    core_policy *again = policy(71, "wms.receipt_tolerance_pct", "6", "2026-04-01");
    ck_assert_int_eq(check_doc(&core_policy_type, again, NULL), M_INVALID);
    ck_assert(field_is_wrong("effective_from", "core.policy.exists"));
    core_policy *unknown = policy(72, "wms.no_such", "6", "2026-04-01");
    ck_assert_int_eq(check_doc(&core_policy_type, unknown, NULL), M_INVALID);
    ck_assert(field_is_wrong("name", "core.policy.unknown"));
}
END_TEST

/* ---- supplier life cycle ---- */

/* The inputs of the moves begin with the reason; blacklist adds the last day. */
typedef struct {
    m_str reason;
    m_date until;
} block;

static m_party_info ask_supplier(m_id id)
{
    m_ids in = {{&id, 1}};
    m_parties out;
    ck_assert_int_eq(m_masters_suppliers(masters, call, &in, &out), M_OK);
    return *M_AT(out.parties, m_party_info, 0);
}

START_TEST(suspended_suppliers_are_blocked)
{
    core_supplier *s = add_supplier(80, "S");
    const m_doctype *doctype = doctype_of(&core_supplier_type);
    ck_assert(!ask_supplier(s->id).blocked);
    ck_assert_int_eq(act(doctype, "suspend", s, &(block){M_STR("late"), {0}}), M_OK);
    ck_assert(m_str_is(s->block_reason, "late"));
    s->version++;
    ck_assert_int_eq(m_store_update(store, call, &core_supplier_type, s), M_OK);
    ck_assert(ask_supplier(s->id).blocked);
    ck_assert_int_eq(act(doctype, "reactivate", s, NULL), M_OK);
    ck_assert_uint_eq(s->block_reason.n, 0);
    ck_assert_int_eq(s->state, CORE_SUPPLIER_ACTIVE);
}
END_TEST

START_TEST(a_blacklisting_may_end_by_itself)
{
    core_supplier *s = add_supplier(80, "S");
    const m_doctype *doctype = doctype_of(&core_supplier_type);
    block past = {M_STR("fraud"), test_date("2026-03-31")};
    ck_assert_int_eq(act(doctype, "blacklist", s, &past), M_INVALID);
    ck_assert(field_is_wrong("until", "core.field.range"));
    block until = {M_STR("fraud"), test_date("2026-04-01")};
    ck_assert_int_eq(act(doctype, "blacklist", s, &until), M_OK);
    ck_assert_int_eq(s->state, CORE_SUPPLIER_BLACKLISTED);
    ck_assert(core_supplier_blocked(s, test_date("2026-04-01")));
    ck_assert(!core_supplier_blocked(s, test_date("2026-04-02")));
    s->blocked_until = M_DATE_NONE;
    ck_assert(core_supplier_blocked(s, test_date("2199-12-31")));
}
END_TEST

START_TEST(blocking_is_for_managers)
{
    const m_doctype *doctype = doctype_of(&core_supplier_type);
    const struct {
        const char *role;
        bool create;
        bool block;
    } cases[] = {{"Purchase User", true, false}, {"Purchase Manager", true, true},
                 {"Stock User", false, false},   {"Master Manager", true, true},
                 {"Auditor", false, false},      {"Accounts User", true, false},
                 {"Somebody else", false, false}};
    const m_move *suspend = m_lifecycle_find(doctype->life, M_STR("suspend"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        test_role(call, cases[i].role);
        ck_assert(m_may(call, doctype, M_CAN_CREATE) == cases[i].create);
        ck_assert(m_may(call, doctype, suspend->can) == cases[i].block);
    }
    test_role(call, "Auditor");
    for (const m_doctype *const *d = core_module()->doctypes; *d; d++) {
        bool own = *d == &core_saved_view_doctype; /* views of lists are everybody's own */
        ck_assert(m_may(call, *d, M_CAN_WRITE) == own);
        ck_assert(m_may(call, *d, M_CAN_READ) == (strcmp((*d)->group, "Access") != 0));
    }
}
END_TEST

/* ---- deleting ---- */

START_TEST(what_is_referred_to_stays)
{
    core_unit *nos = add_unit(10, "Nos", 0), *box = add_unit(11, "Box", 0),
              *free_unit = add_unit(12, "Free", 0);
    core_supplier *supplier = add_supplier(80, "S");
    core_item *item = new_item(20, "A", nos->id);
    m_item_unit lines[] = {{box->id, m_dec_of_int(12)}};
    item->units = (m_list){lines, 1};
    item->supplier = supplier->id;
    insert(&core_item_type, item);
    const m_doctype *units = doctype_of(&core_unit_type);
    ck_assert_int_eq(units->on_delete(core, call, nos), M_PRECONDITION);
    ck_assert(m_str_is(call->error.code, "core.document.referenced"));
    ck_assert_int_eq(units->on_delete(core, call, box), M_PRECONDITION);
    ck_assert_int_eq(units->on_delete(core, call, free_unit), M_OK);
    ck_assert_int_eq(doctype_of(&core_supplier_type)->on_delete(core, call, supplier),
                     M_PRECONDITION);
    ck_assert_int_eq(doctype_of(&core_item_type)->on_delete(core, call, item), M_OK);
}
END_TEST

/* ---- the protocol ---- */

START_TEST(items_come_in_the_order_asked)
{
    core_unit *nos = add_unit(10, "Nos", 0), *kg = add_unit(11, "Kg", 3);
    core_item *a = new_item(20, "A", nos->id), *b = new_item(21, "B", kg->id);
    b->valuation = M_FIFO;
    b->purchase_tax = test_id(40);
    b->active = false;
    m_item_unit lines[] = {{.unit = nos->id, .factor = m_dec_of_int(1), .per = m_dec_of_int(4)}};
    b->units = (m_list){lines, 1};
    insert(&core_item_type, a);
    insert(&core_item_type, b);
    m_id ids[] = {b->id, test_id(999), a->id, b->id};
    m_ids in = {{ids, 4}};
    m_items out;
    ck_assert_int_eq(m_masters_items(masters, call, &in, &out), M_OK);
    ck_assert_uint_eq(out.items.count, 4);
    const m_item_info *first = M_AT(out.items, m_item_info, 0);
    ck_assert(m_str_is(first->code, "B"));
    ck_assert_int_eq(first->unit_places, 3);
    ck_assert_int_eq(first->valuation, M_FIFO);
    ck_assert(!first->active && first->is_stock);
    ck_assert(m_id_eq(first->tax, test_id(40)));
    ck_assert_uint_eq(first->units.count, 1);
    ck_assert(m_id_is_null(M_AT(out.items, m_item_info, 1)->id));
    ck_assert(m_str_is(M_AT(out.items, m_item_info, 2)->code, "A"));
    ck_assert(m_id_eq(M_AT(out.items, m_item_info, 3)->id, b->id));
    m_dec one = m_dec_of_int(1), stock;
    ck_assert_int_eq(m_unit_to_stock(call, first, nos->id, one, 6, &stock), M_OK);
    ck_assert_int_eq(stock.u, 250000);
    ck_assert_int_eq(m_unit_to_stock(call, first, kg->id, one, 6, &stock), M_OK);
    ck_assert_int_eq(stock.u, M_DEC_ONE);
    ck_assert_int_eq(m_unit_to_stock(call, first, test_id(999), one, 6, &stock), M_INVALID);
    m_item_unit unit;
    ck_assert(m_unit_of(first, kg->id, &unit) && unit.places == 3);
    ck_assert(m_unit_of(first, nos->id, &unit) && unit.places == 0);
}
END_TEST

START_TEST(customers_in_the_order_asked)
{
    core_customer customer = {.code = M_STR("C"),
                              .name = M_STR("Hotel Savali"),
                              .credit_days = 15,
                              .credit_limit = test_dec("1000.50"),
                              .active = true};
    customer.id = test_id(91);
    customer.version = 1;
    ck_assert_int_eq(m_store_insert(store, call, &core_customer_type, &customer), M_OK);
    m_id ids[] = {test_id(404), test_id(91)};
    m_ids in = {{ids, 2}};
    m_parties out;
    ck_assert_int_eq(m_masters_customers(masters, call, &in, &out), M_OK);
    ck_assert_uint_eq(out.parties.count, 2);
    ck_assert(m_id_is_null(M_AT(out.parties, m_party_info, 0)->id));
    const m_party_info *found = M_AT(out.parties, m_party_info, 1);
    ck_assert(m_str_is(found->name, "Hotel Savali") && found->active);
    ck_assert_int_eq(found->credit_days, 15);
    ck_assert_int_eq(found->credit_limit.u, test_dec("1000.50").u);
}
END_TEST

START_TEST(items_with_a_reorder_level)
{
    core_unit *nos = add_unit(10, "Nos", 0);
    core_item *last = new_item(20, "Z", nos->id), *first = new_item(21, "A", nos->id);
    last->reorder_level = first->reorder_level = test_dec("10");
    last->reorder_qty = test_dec("15");
    first->active = false;
    insert(&core_item_type, last);
    insert(&core_item_type, first);
    insert(&core_item_type, new_item(22, "NONE", nos->id));
    m_items out;
    ck_assert_int_eq(m_masters_reordered(masters, call, &(m_ids){{0}}, &out), M_OK);
    ck_assert_uint_eq(out.items.count, 2);
    ck_assert(m_id_eq(M_AT(out.items, m_item_info, 0)->id, first->id));
    ck_assert(!M_AT(out.items, m_item_info, 0)->active);
    ck_assert_int_eq(M_AT(out.items, m_item_info, 1)->reorder_qty.u, test_dec("15").u);
}
END_TEST

START_TEST(empty_questions_have_empty_answers)
{
    m_ids none = {0};
    m_items items;
    m_parties parties;
    m_taxes taxes;
    ck_assert_int_eq(m_masters_items(masters, call, &none, &items), M_OK);
    ck_assert_int_eq(m_masters_suppliers(masters, call, &none, &parties), M_OK);
    ck_assert_int_eq(m_masters_customers(masters, call, &none, &parties), M_OK);
    ck_assert_uint_eq(parties.parties.count, 0);
    ck_assert_int_eq(m_masters_taxes(masters, call, &none, &taxes), M_OK);
    ck_assert_uint_eq(items.items.count + parties.parties.count + taxes.taxes.count, 0);
}
END_TEST

START_TEST(taxes_have_their_components)
{
    ck_assert_int_eq(core_module()->seed(core, call), M_OK);
    const void *gst, *exempt;
    m_str code = M_STR("GST18"), none = M_STR("EXEMPT");
    ck_assert_int_eq(m_store_find_one(store, call, &core_tax_type, "code", &code, &gst), M_OK);
    ck_assert_int_eq(m_store_find_one(store, call, &core_tax_type, "code", &none, &exempt), M_OK);
    m_id ids[] = {((const m_doc *)gst)->id, ((const m_doc *)exempt)->id, test_id(9)};
    m_ids in = {{ids, 3}};
    m_taxes out;
    ck_assert_int_eq(m_masters_taxes(masters, call, &in, &out), M_OK);
    const m_tax_info *tax = M_AT(out.taxes, m_tax_info, 0);
    ck_assert(tax->active && tax->recoverable);
    ck_assert_uint_eq(tax->components.count, 2);
    ck_assert_int_eq(M_AT(tax->components, m_tax_component, 1)->rate.u, 9 * M_DEC_ONE);
    ck_assert(m_str_is(M_AT(tax->components, m_tax_component, 1)->purpose, "input_tax"));
    ck_assert_uint_eq(M_AT(out.taxes, m_tax_info, 1)->components.count, 0);
    ck_assert(m_id_is_null(M_AT(out.taxes, m_tax_info, 2)->id));
}
END_TEST

START_TEST(policies_take_effect_on_their_day)
{
    const char *name = "wms.receipt_tolerance_pct";
    insert(&core_policy_type, policy(70, name, "5", "2026-04-01"));
    insert(&core_policy_type, policy(71, name, "3", "2026-07-01"));
    insert(&core_policy_type, policy(72, "wms.other", "99", "2026-01-01"));
    static const struct {
        const char *on;
        const char *value;
    } cases[] = {{"2026-03-31", "7"},
                 {"2026-04-01", "5"},
                 {"2026-06-30", "5"},
                 {"2026-07-01", "3"},
                 {"2030-01-01", "3"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        m_dec value;
        ck_assert_int_eq(
            m_policy(masters, call, name, test_date(cases[i].on), m_dec_of_int(7), &value), M_OK);
        ck_assert_msg(m_dec_cmp(value, test_dec(cases[i].value)) == 0, "%s", cases[i].on);
    }
}
END_TEST

START_TEST(a_tenant_without_profile_is_told_so)
{
    m_tenant_info info;
    m_ids none = {0};
    ck_assert_int_eq(m_masters_tenant(masters, call, &none, &info), M_PRECONDITION);
    ck_assert(m_str_is(call->error.code, "core.company.missing"));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("masters");
    TCase *t = tcase_create("core");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, every_type_is_well_formed);
    tcase_add_test(t, list_columns_and_search_fields_exist);
    tcase_add_test(t, error_codes_are_complete_and_unique);
    tcase_add_test(t, seed_twice_is_seed_once);
    tcase_add_test(t, seed_records_pass_their_own_checks);
    tcase_add_test(t, seed_follows_the_host_configuration);
    tcase_add_test(t, seed_refuses_an_unknown_currency);
    tcase_add_test(t, unit_places_only_grow);
    tcase_add_test(t, item_units_are_listed_once);
    tcase_add_test(t, item_quantities_fit_the_unit);
    tcase_add_test(t, services_have_no_reorder_level);
    tcase_add_test(t, tracking_goes_with_its_valuation);
    tcase_add_test(t, new_items_need_an_active_unit);
    tcase_add_test(t, what_the_ledger_stands_on_is_immutable);
    tcase_add_test(t, categories_make_no_loop);
    tcase_add_test(t, categories_have_a_deepest_level);
    tcase_add_test(t, tax_components_have_different_names);
    tcase_add_test(t, emails_have_a_form);
    tcase_add_test(t, one_company_profile);
    tcase_add_test(t, policies_are_known_and_unique);
    tcase_add_test(t, suspended_suppliers_are_blocked);
    tcase_add_test(t, a_blacklisting_may_end_by_itself);
    tcase_add_test(t, blocking_is_for_managers);
    tcase_add_test(t, what_is_referred_to_stays);
    tcase_add_test(t, items_come_in_the_order_asked);
    tcase_add_test(t, customers_in_the_order_asked);
    tcase_add_test(t, items_with_a_reorder_level);
    tcase_add_test(t, empty_questions_have_empty_answers);
    tcase_add_test(t, taxes_have_their_components);
    tcase_add_test(t, policies_take_effect_on_their_day);
    tcase_add_test(t, a_tenant_without_profile_is_told_so);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
