#include "receiving/receiving.h"

static m_status lines(void *self, m_call *call, const m_ids *in, m_received_lines *out)
{
    const wms *w = self;
    m_received_line *rows = NULL;
    uint32_t n = in->ids.count;
    m_fetch read = {.type = &wms_received_line_type, .ids = in->ids.items, .key_count = n};
    if (n) M_TRY(m_store_fetch(w->store, call, &read, 1));
    M_TRY(WMS_ARRAY(call, rows, n));
    for (uint32_t i = 0; i < n; i++)
        if (read.records[i]) rows[i] = *(const m_received_line *)read.records[i];
    out->lines = (m_list){rows, n};
    return M_OK;
}

static m_status of_order(void *self, m_call *call, const m_ids *in, m_received_lines *out)
{
    const wms *w = self;
    m_received_line *rows = NULL;
    m_filter orders = {"purchase_order", M_OP_IN, &in->ids};
    m_query query = {.filters = &orders, .filter_count = 1};
    m_fetch read = {.type = &wms_received_line_type, .query = &query};
    if (in->ids.count) M_TRY(m_store_fetch(w->store, call, &read, 1));
    M_TRY(WMS_ARRAY(call, rows, read.count));
    for (uint32_t i = 0; i < read.count; i++)
        rows[i] = *(const m_received_line *)read.records[i];
    out->lines = (m_list){rows, read.count};
    return M_OK;
}

const m_receiving_ops wms_receiving_ops = {
    .head = {.size = sizeof wms_receiving_ops, .version = 1, .protocol = "receiving"},
    .lines = lines,
    .of_order = of_order};
