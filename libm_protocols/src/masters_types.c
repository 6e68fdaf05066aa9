#include "m/masters.h"

const char *const m_valuation_methods[] = {"moving_average", "fifo", "standard", "batch_average",
                                           NULL};
const char *const m_trackings[] = {"none", "batch", "serial", NULL};

/* A list of bare ids has a one-member struct as its item; m_id itself has that layout. */
typedef struct {
    m_id id;
} id_item;
static const m_field id_item_fields[] = {M_F_ID(id_item, id, "Id")};
static const m_type id_item_type = {
    .name = "core.id", .size = sizeof(id_item), M_FIELDS(id_item_fields)};
static const m_field ids_fields[] = {M_F_LIST(m_ids, ids, "Ids", &id_item_type)};
const m_type m_ids_type = {.name = "core.ids", .size = sizeof(m_ids), M_FIELDS(ids_fields)};

static const m_field unit_fields[] = {
    M_F_ID(m_item_unit, unit, "Unit"),
    M_F_DEC(m_item_unit, factor, "Stock units"),
    M_F_DEC(m_item_unit, per, "In so many"),
    M_F_INT(m_item_unit, places, "Decimal places"),
};
const m_type m_item_unit_type = {
    .name = "core.item_unit_info", .size = sizeof(m_item_unit), M_FIELDS(unit_fields)};

static const m_field item_fields[] = {
    M_F_ID(m_item_info, id, "Id"),
    M_F_STR(m_item_info, code, "Code"),
    M_F_STR(m_item_info, name, "Name"),
    M_F_BOOL(m_item_info, active, "Active"),
    M_F_BOOL(m_item_info, is_stock, "Kept in stock"),
    M_F_ENUM(m_item_info, valuation, "Valuation", m_valuation_methods),
    M_F_ENUM(m_item_info, tracking, "Tracking", m_trackings),
    M_F_ID(m_item_info, stock_unit, "Stock unit"),
    M_F_INT(m_item_info, unit_places, "Places of the stock unit"),
    M_F_ID(m_item_info, tax, "Tax"),
    M_F_DEC(m_item_info, weight, "Weight of one stock unit"),
    M_F_DEC(m_item_info, volume, "Volume of one stock unit"),
    M_F_LIST(m_item_info, units, "Units", &m_item_unit_type),
    M_F_DEC(m_item_info, reorder_level, "Reorder level"),
    M_F_DEC(m_item_info, reorder_qty, "Reorder quantity"),
};
const m_type m_item_info_type = {
    .name = "core.item_info", .size = sizeof(m_item_info), M_FIELDS(item_fields)};
static const m_field items_fields[] = {M_F_LIST(m_items, items, "Items", &m_item_info_type)};
const m_type m_items_type = {.name = "core.items", .size = sizeof(m_items), M_FIELDS(items_fields)};

static const m_field party_fields[] = {
    M_F_ID(m_party_info, id, "Id"),
    M_F_STR(m_party_info, code, "Code"),
    M_F_STR(m_party_info, name, "Name"),
    M_F_BOOL(m_party_info, active, "Active"),
    M_F_BOOL(m_party_info, blocked, "Blocked"),
    M_F_BOOL(m_party_info, payment_hold, "Payment hold"),
    M_F_INT(m_party_info, credit_days, "Credit days"),
    M_F_MONEY(m_party_info, credit_limit, "Credit limit"),
};
const m_type m_party_info_type = {
    .name = "core.party_info", .size = sizeof(m_party_info), M_FIELDS(party_fields)};
static const m_field parties_fields[] = {
    M_F_LIST(m_parties, parties, "Parties", &m_party_info_type)};
const m_type m_parties_type = {
    .name = "core.parties", .size = sizeof(m_parties), M_FIELDS(parties_fields)};

static const m_field component_fields[] = {
    M_F_STR(m_tax_component, name, "Name"),
    M_F_DEC(m_tax_component, rate, "Rate in percent"),
    M_F_STR(m_tax_component, purpose, "Purpose"),
    M_F_DEC(m_tax_component, fixed, "Fixed amount for a unit"),
    M_F_BOOL(m_tax_component, adds_to_base, "In the base of later components"),
};
const m_type m_tax_component_type = {
    .name = "core.tax_component_info", .size = sizeof(m_tax_component), M_FIELDS(component_fields)};
static const m_field tax_fields[] = {
    M_F_ID(m_tax_info, id, "Id"),
    M_F_STR(m_tax_info, code, "Code"),
    M_F_BOOL(m_tax_info, active, "Active"),
    M_F_BOOL(m_tax_info, recoverable, "Recoverable"),
    M_F_LIST(m_tax_info, components, "Components", &m_tax_component_type),
    M_F_DEC(m_tax_info, not_deductible, "Percent that is not deductible"),
    M_F_BOOL(m_tax_info, reverse_charge, "Reverse charge"),
};
const m_type m_tax_info_type = {
    .name = "core.tax_info", .size = sizeof(m_tax_info), M_FIELDS(tax_fields)};
static const m_field taxes_fields[] = {M_F_LIST(m_taxes, taxes, "Taxes", &m_tax_info_type)};
const m_type m_taxes_type = {.name = "core.taxes", .size = sizeof(m_taxes), M_FIELDS(taxes_fields)};

static const m_field question_fields[] = {
    M_F_STR(m_policy_question, name, "Name", .flags = M_REQUIRED),
    M_F_DATE(m_policy_question, on, "On", .flags = M_REQUIRED),
};
const m_type m_policy_question_type = {
    .name = "core.policy_question", .size = sizeof(m_policy_question), M_FIELDS(question_fields)};
static const m_field value_fields[] = {
    M_F_BOOL(m_policy_value, found, "Found"),
    M_F_DEC(m_policy_value, value, "Value"),
};
const m_type m_policy_value_type = {
    .name = "core.policy_value", .size = sizeof(m_policy_value), M_FIELDS(value_fields)};

static const m_field currency_question_fields[] = {
    M_F_ID(m_currency_question, currency, "Currency"),
    M_F_DATE(m_currency_question, on, "On", .flags = M_REQUIRED),
};
const m_type m_currency_question_type = {.name = "core.currency_question",
                                         .size = sizeof(m_currency_question),
                                         M_FIELDS(currency_question_fields)};
static const m_field currency_info_fields[] = {
    M_F_ID(m_currency_info, id, "Id"),
    M_F_STR(m_currency_info, code, "Code"),
    M_F_INT(m_currency_info, places, "Decimal places"),
    M_F_BOOL(m_currency_info, active, "Active"),
    M_F_BOOL(m_currency_info, base, "Base currency"),
    M_F_BOOL(m_currency_info, found, "Has a rate"),
    M_F_DEC(m_currency_info, rate, "Rate"),
    M_F_DEC(m_currency_info, per, "For"),
    M_F_DATE(m_currency_info, valid_from, "Valid from"),
};
const m_type m_currency_info_type = {
    .name = "core.currency_info", .size = sizeof(m_currency_info), M_FIELDS(currency_info_fields)};

static const m_field tenant_fields[] = {
    M_F_STR(m_tenant_info, base_currency, "Base currency"),
    M_F_INT(m_tenant_info, currency_places, "Places of the base currency"),
    M_F_INT(m_tenant_info, fiscal_start_month, "First month of the fiscal year"),
    M_F_STR(m_tenant_info, company_name, "Company"),
};
const m_type m_tenant_info_type = {
    .name = "core.tenant_info", .size = sizeof(m_tenant_info), M_FIELDS(tenant_fields)};

static const m_method methods[] = {
    M_METHOD(masters, items, &m_ids_type, &m_items_type, M_METHOD_READ),
    M_METHOD(masters, suppliers, &m_ids_type, &m_parties_type, M_METHOD_READ),
    M_METHOD(masters, taxes, &m_ids_type, &m_taxes_type, M_METHOD_READ),
    M_METHOD(masters, policy, &m_policy_question_type, &m_policy_value_type, M_METHOD_READ),
    M_METHOD(masters, tenant, &m_ids_type, &m_tenant_info_type, M_METHOD_READ),
    M_METHOD(masters, customers, &m_ids_type, &m_parties_type, M_METHOD_READ),
    M_METHOD(masters, reordered, &m_ids_type, &m_items_type, M_METHOD_READ),
    M_METHOD(masters, currency, &m_currency_question_type, &m_currency_info_type, M_METHOD_READ),
    {.name = NULL},
};
const m_protocol m_masters_protocol = {"masters", 1, methods};

m_status m_policy(m_masters masters, m_call *call, const char *name, m_date on, m_dec fallback,
                  m_dec *out)
{
    m_policy_question question = {.name = m_str_of(name), .on = on};
    m_policy_value value = {.found = false};
    M_TRY(m_masters_policy(masters, call, &question, &value));
    *out = value.found ? value.value : fallback;
    return M_OK;
}

static const m_error_def rate_missing = {
    "core.currency.rate_missing", M_PRECONDITION, "There is no exchange rate: %s.",
    "Enter the rate under Setup, Exchange rates, or give one in the document."};
static const m_error_def currency_unknown = {"core.currency.unknown", M_INVALID,
                                             "There is no such currency.",
                                             "Choose one of those under Setup, Currencies."};

m_status m_currency_on(m_masters masters, m_call *call, m_id currency, m_date on,
                       m_currency_info *out)
{
    m_currency_question question = {.currency = currency, .on = on};
    m_currency_info info = {.found = false};
    M_TRY(m_masters_currency(masters, call, &question, &info));
    if (m_id_is_null(info.id)) return m_fail(call, &currency_unknown, NULL);
    if (!info.found) {
        char day[M_DATE_TEXT];
        m_date_format(on, day);
        return m_fail(call, &rate_missing, "%.*s on %s", M_STR_ARG(info.code), day);
    }
    *out = info;
    return M_OK;
}

static const m_error_def not_convertible = {
    "core.unit.not_convertible", M_INVALID, "The item %s cannot be counted in this unit.",
    "Use the item's stock unit, or add the unit with its factor to the item."};

bool m_unit_of(const m_item_info *item, m_id unit, m_item_unit *out)
{
    if (m_id_is_null(unit) || m_id_eq(unit, item->stock_unit)) {
        *out = (m_item_unit){item->stock_unit, m_dec_of_int(1), m_dec_of_int(1), item->unit_places};
        return true;
    }
    for (M_EACH(const m_item_unit, u, item->units)) {
        if (!m_id_eq(u->unit, unit)) continue;
        *out = *u;
        if (out->per.u == 0) out->per = m_dec_of_int(1);
        return true;
    }
    return false;
}

m_status m_unit_to_stock(m_call *call, const m_item_info *item, m_id unit, m_dec qty, int places,
                         m_dec *out)
{
    m_item_unit u;
    if (!m_unit_of(item, unit, &u))
        return m_fail(call, &not_convertible, "%.*s", M_STR_ARG(item->code));
    if (m_dec_mul_div(qty, u.factor, u.per, places, M_ROUND_HALF_UP, out) != M_OK)
        return m_fail(call, m_err_overflow, "quantity");
    return M_OK;
}
