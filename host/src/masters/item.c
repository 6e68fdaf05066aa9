#include "core_internal.h"

static const m_field item_unit_fields[] = {
    M_F_LINK(m_item_unit, unit, "Unit", "core.unit", .flags = M_REQUIRED),
    M_F_DEC(m_item_unit, factor, "Stock units", .flags = M_REQUIRED | M_POSITIVE,
            .help = "In one of the unit, or in as many as the next field says. Box of 12: 12."),
    M_F_DEC(m_item_unit, per, "In so many", .flags = M_NON_NEGATIVE, .fallback = "1",
            .help = "Where one is no whole number of stock units: three to the kilogram are 1 "
                    "stock unit in 3."),
};
static const m_type item_unit_type = {
    .name = "core.item_unit_line", .size = sizeof(m_item_unit), M_FIELDS(item_unit_fields)};

/* The stock ledger is kept in the stock unit with one valuation: neither may change, nor whether
 * the item is kept in stock. A wrong choice is mended with a new item. */
static const m_field item_fields[] = {
    M_DOC_FIELDS(core_item, m_states_active),
    M_F_STR(core_item, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 40),
    M_F_STR(core_item, name, "Name", .flags = M_REQUIRED),
    M_F_TEXT(core_item, description, "Description"),
    M_F_LINK(core_item, category, "Category", "core.item_category"),
    M_F_LINK(core_item, stock_unit, "Stock unit", "core.unit", .flags = M_REQUIRED | M_IMMUTABLE),
    M_F_BOOL(core_item, is_stock, "Kept in stock", .flags = M_IMMUTABLE, .fallback = "true",
             .help = "Services are not."),
    M_F_ENUM(core_item, valuation, "Valuation", m_valuation_methods, .flags = M_IMMUTABLE,
             .section = "Stock", .depends_on = "is_stock"),
    M_F_ENUM(core_item, tracking, "Told apart by", m_trackings, .flags = M_IMMUTABLE,
             .help = "Batches or serial numbers; such items are valued at their batch average.",
             .section = "Stock", .depends_on = "is_stock"),
    M_F_LINK(core_item, purchase_tax, "Purchase tax", "core.tax", .section = "Buying"),
    M_F_STR(core_item, barcode, "Barcode", .flags = M_UNIQUE, .max = 60, .section = "Codes"),
    M_F_STR(core_item, tariff_code, "Tariff code", .max = 20, .help = "HSN, SAC, customs tariff.",
            .section = "Codes"),
    M_F_LINK(core_item, supplier, "Preferred supplier", "core.supplier", .section = "Buying"),
    M_F_QTY(core_item, reorder_level, "Reorder level", .flags = M_NON_NEGATIVE,
            .help = "In stock units; order again at this level.", .section = "Stock",
            .depends_on = "is_stock"),
    M_F_QTY(core_item, reorder_qty, "Reorder quantity", .flags = M_NON_NEGATIVE,
            .help = "In stock units.", .section = "Stock", .depends_on = "is_stock"),
    M_F_MONEY(core_item, standard_rate, "Standard rate", .flags = M_NON_NEGATIVE, .places = 6,
              .help = "Per stock unit in the base currency; proposed in orders.",
              .section = "Buying"),
    M_F_DEC(core_item, weight, "Weight", .flags = M_NON_NEGATIVE,
            .help = "Of one stock unit, in the same measure for all items; shares out freight.",
            .section = "Stock", .depends_on = "is_stock"),
    M_F_DEC(core_item, volume, "Volume", .flags = M_NON_NEGATIVE,
            .help = "Of one stock unit, in the same measure for all items; shares out freight.",
            .section = "Stock", .depends_on = "is_stock"),
    M_F_BOOL(core_item, active, "Active", .fallback = "true"),
    M_F_LIST(core_item, units, "Other units", &item_unit_type, .max = 50),
};
static const m_index item_indexes[] = {
    {.fields = "name"}, {.fields = "category"}, {.fields = "supplier"}, {0}};
const m_type core_item_type = {.name = "core.item",
                               .schema = "core",
                               .table = "item",
                               .size = sizeof(core_item),
                               .flags = M_TYPE_REFERENCE,
                               .indexes = item_indexes,
                               .ext_at = offsetof(core_item, ext) + 1,
                               M_FIELDS(item_fields)};

static void check_units(m_call *call, const core_item *item)
{
    for (uint32_t i = 0; i < item->units.count; i++) {
        m_id unit = M_AT(item->units, m_item_unit, i)->unit;
        if (m_id_is_null(unit)) continue;
        bool again = m_id_eq(unit, item->stock_unit);
        for (uint32_t k = 0; k < i && !again; k++)
            again = m_id_eq(unit, M_AT(item->units, m_item_unit, k)->unit);
        if (!again) continue;
        char *path = m_arena_printf(call->arena, "units[%u].unit", i);
        m_field_fail(call, &core_errors[CORE_E_DUPLICATE_LINE], m_str_of(path), NULL);
    }
}

static void check_places(m_call *call, m_dec qty, int64_t places, const char *path)
{
    m_dec rounded;
    if (m_dec_mul(qty, m_dec_of_int(1), (int)places, M_ROUND_HALF_UP, &rounded) != M_OK ||
        m_dec_cmp(qty, rounded) != 0)
        m_field_fail(call, m_err_places, m_str_of(path), "%d", (int)places);
}

/* Goods that are told apart have each their own cost. */
static void check_tracking(m_call *call, const core_item *item)
{
    bool tracked = item->tracking != M_TRACK_NONE;
    if (tracked != (item->valuation == M_BATCH_AVERAGE) || (tracked && !item->is_stock))
        m_field_fail(call, &core_errors[CORE_E_ITEM_TRACKING], M_STR("tracking"), NULL);
}

static m_status item_check(void *module, m_call *call, void *doc, const void *before)
{
    const core_item *item = doc, *was = before;
    check_units(call, item);
    check_tracking(call, item);
    if (!item->is_stock) {
        if (item->reorder_level.u || item->reorder_qty.u)
            m_field_fail(call, &core_errors[CORE_E_ITEM_REORDER], M_STR("reorder_level"), NULL);
        return m_failed_fields(call);
    }
    const void *found;
    M_TRY(m_store_get(core_store(module), call, &core_unit_type, item->stock_unit, &found));
    if (!found) return m_failed_fields(call);
    const core_unit *unit = found;
    if (!was && !unit->active)
        m_field_fail(call, &core_errors[CORE_E_INACTIVE], M_STR("stock_unit"), "%.*s",
                     M_STR_ARG(unit->code));
    if (item->tracking == M_TRACK_SERIAL && unit->places > 0)
        m_field_fail(call, &core_errors[CORE_E_ITEM_SERIAL], M_STR("tracking"), "%.*s",
                     M_STR_ARG(unit->code));
    check_places(call, item->reorder_level, unit->places, "reorder_level");
    check_places(call, item->reorder_qty, unit->places, "reorder_qty");
    return m_failed_fields(call);
}

static m_status item_delete(void *module, m_call *call, const void *doc)
{
    return core_check_unreferenced(module, call, &core_item_doctype, doc);
}

const m_doctype core_item_doctype = {.type = &core_item_type,
                                     .module = "core",
                                     .collection = "items",
                                     .label = "Item",
                                     .label_plural = "Items",
                                     .group = "Items",
                                     .code_field = "code",
                                     .permissions = core_can_item,
                                     .list_columns =
                                         "code,name,category,stock_unit,standard_rate,active",
                                     .search_fields = "code,name,barcode",
                                     .title_field = "name",
                                     .check = item_check,
                                     .on_delete = item_delete};
