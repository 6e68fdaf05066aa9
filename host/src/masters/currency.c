#include "core_internal.h"

static const m_field currency_fields[] = {
    M_DOC_FIELDS(core_currency, m_states_active),
    M_F_STR(core_currency, code, "Code", .flags = M_REQUIRED | M_UNIQUE | M_IMMUTABLE, .max = 3,
            .pattern = "[A-Z]{3}", .help = "Three letters of ISO 4217."),
    M_F_STR(core_currency, name, "Name", .flags = M_REQUIRED, .max = 60),
    M_F_STR(core_currency, symbol, "Symbol", .max = 8),
    M_F_INT(core_currency, places, "Decimal places", .flags = M_IMMUTABLE, .min = 0, .max = 6,
            .fallback = "2", .help = "Of the minor unit: 2 for paise and cents, 0 for yen."),
    M_F_BOOL(core_currency, active, "Active", .fallback = "true"),
};
const m_type core_currency_type = {.name = "core.currency",
                                   .schema = "core",
                                   .table = "currency",
                                   .size = sizeof(core_currency),
                                   .flags = M_TYPE_REFERENCE,
                                   M_FIELDS(currency_fields)};

static m_status currency_delete(void *module, m_call *call, const void *doc)
{
    return core_check_unreferenced(module, call, &core_currency_doctype, doc);
}

const m_doctype core_currency_doctype = {.type = &core_currency_type,
                                         .module = "core",
                                         .collection = "currencies",
                                         .label = "Currency",
                                         .label_plural = "Currencies",
                                         .group = "Setup",
                                         .code_field = "code",
                                         .permissions = core_can_reference,
                                         .list_columns = "code,name,symbol,places,active",
                                         .search_fields = "code,name",
                                         .title_field = "code",
                                         .on_delete = currency_delete};
