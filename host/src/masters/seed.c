#include <stdio.h>

#include "core_internal.h"

/* Standard data of a new tenant. A second run adds what is missing and changes nothing. Ids are
 * derived from tenant, type and code, so that the same tenant gets the same ids anywhere. */

typedef struct {
    const char *code;
    const char *name;
    int64_t places;
    const char *symbol;
} seed_row;

static const seed_row units[] = {{"Nos", "Numbers (pieces)", 0, NULL},
                                 {"Box", "Box", 0, NULL},
                                 {"Pack", "Pack", 0, NULL},
                                 {"Pair", "Pair", 0, NULL},
                                 {"Set", "Set", 0, NULL},
                                 {"Bottle", "Bottle", 0, NULL},
                                 {"Kg", "Kilogram", 3, NULL},
                                 {"Gram", "Gram", 0, NULL},
                                 {"Tonne", "Tonne", 6, NULL},
                                 {"Litre", "Litre", 3, NULL},
                                 {"ml", "Millilitre", 0, NULL},
                                 {"Metre", "Metre", 3, NULL},
                                 {"Hour", "Hour", 2, NULL},
                                 {"Day", "Day", 2, NULL}};

static const seed_row currencies[] = {{"INR", "Indian rupee", 2, "₹"},
                                      {"USD", "US dollar", 2, "$"},
                                      {"EUR", "Euro", 2, "€"},
                                      {"GBP", "Pound sterling", 2, "£"},
                                      {"JPY", "Yen", 0, "¥"},
                                      {"CNY", "Yuan renminbi", 2, "元"},
                                      {"CHF", "Swiss franc", 2, "CHF"},
                                      {"AED", "UAE dirham", 2, "AED"},
                                      {"SAR", "Saudi riyal", 2, "SAR"},
                                      {"KWD", "Kuwaiti dinar", 3, "KD"},
                                      {"BHD", "Bahraini dinar", 3, "BD"},
                                      {"OMR", "Omani rial", 3, "OMR"},
                                      {"SGD", "Singapore dollar", 2, "S$"},
                                      {"AUD", "Australian dollar", 2, "A$"},
                                      {"CAD", "Canadian dollar", 2, "C$"},
                                      {"NZD", "New Zealand dollar", 2, "NZ$"},
                                      {"LKR", "Sri Lanka rupee", 2, "Rs"},
                                      {"NPR", "Nepalese rupee", 2, "Rs"},
                                      {"BDT", "Taka", 2, "৳"},
                                      {"THB", "Baht", 2, "฿"},
                                      {"KRW", "Won", 0, "₩"},
                                      {"BRL", "Brazilian real", 2, "R$"},
                                      {"ZAR", "Rand", 2, "R"},
                                      {"SEK", "Swedish krona", 2, "kr"}};

/* Rates in micro-percent. Statutory rates are data: a tenant adds or changes taxes. */
typedef struct {
    const char *code;
    const char *name;
    struct {
        const char *name;
        int64_t rate_u;
    } components[2];
} seed_tax;

static const seed_tax taxes[] = {
    {"GST5", "GST 5 % within the state", {{"CGST", 2500000}, {"SGST", 2500000}}},
    {"GST12", "GST 12 % within the state", {{"CGST", 6000000}, {"SGST", 6000000}}},
    {"GST18", "GST 18 % within the state", {{"CGST", 9000000}, {"SGST", 9000000}}},
    {"IGST5", "GST 5 % between states", {{"IGST", 5000000}, {NULL, 0}}},
    {"IGST12", "GST 12 % between states", {{"IGST", 12000000}, {NULL, 0}}},
    {"IGST18", "GST 18 % between states", {{"IGST", 18000000}, {NULL, 0}}},
    {"EXEMPT", "Exempt from tax", {{NULL, 0}, {NULL, 0}}}};

enum {
    UNITS = sizeof units / sizeof units[0],
    CURRENCIES = sizeof currencies / sizeof currencies[0],
    TAXES = sizeof taxes / sizeof taxes[0],
    SEED_KEY_MAX = 128
};

/* What is there, read in one go before the first write. */
typedef struct {
    m_store store;
    m_call *call;
    m_fetch units;
    m_fetch currencies;
    m_fetch taxes;
    m_fetch companies;
} seeding;

static m_id seed_id(m_call *call, const m_type *type, const char *code)
{
    char text[M_ID_TEXT], key[SEED_KEY_MAX];
    m_id_format(call->tenant, text);
    int n = snprintf(key, sizeof key, "%s %s %s", text, type->name, code);
    return call->env->derive_id(call->env->self, key, (size_t)n);
}

static const m_doc *find_code(const m_fetch *fetch, m_str code)
{
    for (uint32_t i = 0; i < fetch->count; i++) {
        const m_doc *doc = fetch->records[i];
        if (m_str_eq(doc->number, code)) return doc;
    }
    return NULL;
}

/* *out: a new document with its head filled, or NULL when the tenant has that code already. */
static m_status start(const seeding *s, const m_fetch *known, const char *code, void **out)
{
    m_call *call = s->call;
    *out = NULL;
    if (find_code(known, m_str_of(code))) return M_OK;
    m_doc *doc = m_record_new(known->type, call->arena);
    if (!doc) return m_fail(call, m_err_memory, NULL);
    doc->id = seed_id(call, known->type, code);
    doc->version = 1;
    doc->number = m_str_of(code);
    doc->created_by = doc->modified_by = call->actor;
    doc->created_at = doc->modified_at = m_now(call);
    *out = doc;
    return M_OK;
}

static m_status seed_unit(seeding *s, const seed_row *row)
{
    void *doc;
    M_TRY(start(s, &s->units, row->code, &doc));
    core_unit *unit = doc;
    if (!unit) return M_OK;
    unit->code = m_str_of(row->code);
    unit->name = m_str_of(row->name);
    unit->places = row->places;
    return m_store_insert(s->store, s->call, &core_unit_type, unit);
}

static m_status seed_currency(seeding *s, const seed_row *row)
{
    void *doc;
    M_TRY(start(s, &s->currencies, row->code, &doc));
    core_currency *currency = doc;
    if (!currency) return M_OK;
    currency->code = m_str_of(row->code);
    currency->name = m_str_of(row->name);
    currency->symbol = m_str_of(row->symbol);
    currency->places = row->places;
    return m_store_insert(s->store, s->call, &core_currency_type, currency);
}

static m_status seed_tax_row(seeding *s, const seed_tax *row)
{
    void *doc;
    M_TRY(start(s, &s->taxes, row->code, &doc));
    core_tax *tax = doc;
    if (!tax) return M_OK;
    tax->code = m_str_of(row->code);
    tax->name = m_str_of(row->name);
    uint32_t capacity = 0;
    for (int i = 0; i < 2 && row->components[i].name; i++) {
        m_tax_component *component =
            m_list_add(s->call->arena, &tax->components, &capacity, sizeof *component);
        if (!component) return m_fail(s->call, m_err_memory, NULL);
        component->name = m_str_of(row->components[i].name);
        component->rate = (m_dec){row->components[i].rate_u};
        component->purpose = M_STR("input_tax");
    }
    return m_store_insert(s->store, s->call, &core_tax_type, tax);
}

static m_status find_currency(const seeding *s, m_str code, m_id *out)
{
    const m_doc *known = find_code(&s->currencies, code);
    if (known) {
        *out = known->id;
        return M_OK;
    }
    for (int i = 0; i < CURRENCIES; i++)
        if (m_str_is(code, currencies[i].code)) {
            *out = seed_id(s->call, &core_currency_type, currencies[i].code);
            return M_OK;
        }
    return m_fail(s->call, m_err_link, "%.*s", M_STR_ARG(code));
}

static m_status seed_company(seeding *s, const core_config *config)
{
    if (s->companies.count) return M_OK;
    m_id currency;
    M_TRY(find_currency(s, config->base_currency.n ? config->base_currency : M_STR("INR"),
                        &currency));
    void *doc;
    M_TRY(start(s, &s->companies, "", &doc));
    core_company *company = doc;
    company->company_name = config->company_name.n ? config->company_name : M_STR("My company");
    company->base_currency = currency;
    company->fiscal_start_month = config->fiscal_start_month ? config->fiscal_start_month : 4;
    company->default_locale = config->default_locale.n ? config->default_locale : M_STR("en");
    return m_store_insert(s->store, s->call, &core_company_type, company);
}

static m_status read_known(seeding *s)
{
    m_query all = {0};
    m_fetch fetches[] = {{.type = &core_unit_type, .query = &all},
                         {.type = &core_currency_type, .query = &all},
                         {.type = &core_tax_type, .query = &all},
                         {.type = &core_company_type, .query = &all}};
    M_TRY(m_store_fetch(s->store, s->call, fetches, 4));
    s->units = fetches[0];
    s->currencies = fetches[1];
    s->taxes = fetches[2];
    s->companies = fetches[3];
    return M_OK;
}

m_status core_seed(void *module, m_call *call)
{
    const core_instance *core = module;
    seeding s = {.store = core->identity.store, .call = call};
    M_TRY(read_known(&s));
    for (int i = 0; i < UNITS; i++)
        M_TRY(seed_unit(&s, &units[i]));
    for (int i = 0; i < CURRENCIES; i++)
        M_TRY(seed_currency(&s, &currencies[i]));
    for (int i = 0; i < TAXES; i++)
        M_TRY(seed_tax_row(&s, &taxes[i]));
    return seed_company(&s, &core->config);
}
