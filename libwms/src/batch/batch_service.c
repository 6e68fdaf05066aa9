#include "batch/batch.h"

/* Is the item one that is told apart this way, and the code new for it? */
static m_status check(const wms *w, m_call *call, const m_type *type, m_id id, m_id item_id,
                      m_str code, m_enum tracking)
{
    const m_item_info *item = NULL;
    m_filter same[] = {{"item", M_OP_EQ, &item_id}, {"code", M_OP_EQ, &code}, {"id", M_OP_NE, &id}};
    m_query query = {.filters = same, .filter_count = 3};
    uint32_t n = 0;
    if (m_id_is_null(item_id)) return M_OK; /* told as required */
    M_TRY(wms_items(w, call, &item_id, sizeof item_id, 0, 1, &item));
    if (m_id_is_null(item->id))
        m_field_fail(call, m_err_link, M_STR("item"), "item");
    else if (item->tracking != tracking)
        m_field_fail(call, WMS_ERR(TRACK_NONE), M_STR("item"), "%.*s", M_STR_ARG(item->code));
    M_TRY(m_store_count(w->store, call, type, &query, 1, &n));
    if (n) m_field_fail(call, WMS_ERR(TRACK_EXISTS), M_STR("code"), "%.*s", M_STR_ARG(code));
    return M_OK;
}

m_status wms_batch_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    const wms_batch *batch = doc;
    bool both = !m_date_is_none(batch->made_on) && !m_date_is_none(batch->expires_on);
    if (both && m_date_cmp(batch->expires_on, batch->made_on) < 0)
        m_field_fail(call, WMS_ERR(BATCH_DATES), M_STR("expires_on"), NULL);
    return check(module, call, &wms_batch_type, batch->id, batch->item, batch->code, M_TRACK_BATCH);
}

m_status wms_serial_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    const wms_serial_number *serial = doc;
    m_list parts;
    m_status split = wms_serials_split(call->arena, serial->code, &parts);
    if (split == M_NOMEM) return m_fail(call, m_err_memory, NULL);
    if (split != M_OK || parts.count > 1)
        m_field_fail(call, WMS_ERR(SERIAL_FORM), M_STR("code"), "%.*s", M_STR_ARG(serial->code));
    return check(module, call, &wms_serial_number_type, serial->id, serial->item, serial->code,
                 M_TRACK_SERIAL);
}

/* What was ever in stock keeps its name. */
static m_status check_unused(const wms *w, m_call *call, m_id item, m_id layer, m_str code)
{
    m_filter filters[] = {{"item", M_OP_EQ, &item}, {"layer", M_OP_EQ, &layer}};
    m_query query = {.filters = filters, .filter_count = 2};
    uint32_t n = 0;
    M_TRY(m_store_count(w->store, call, &m_stock_layer_type, &query, 1, &n));
    if (n) return m_fail(call, WMS_ERR(TRACK_USED), "%.*s", M_STR_ARG(code));
    return M_OK;
}

m_status wms_batch_on_delete(void *module, m_call *call, const void *doc)
{
    const wms_batch *batch = doc;
    return check_unused(module, call, batch->item, batch->id, batch->code);
}

m_status wms_serial_on_delete(void *module, m_call *call, const void *doc)
{
    const wms_serial_number *serial = doc;
    return check_unused(module, call, serial->item, serial->id, serial->code);
}
