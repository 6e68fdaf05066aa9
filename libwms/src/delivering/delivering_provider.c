#include "delivering/delivering.h"

static m_status lines(void *self, m_call *call, const m_ids *in, m_delivered_lines *out)
{
    const wms *w = self;
    m_delivered_line *rows = NULL;
    uint32_t n = in->ids.count;
    m_fetch read = {.type = &wms_delivered_line_type, .ids = in->ids.items, .key_count = n};
    if (n) M_TRY(m_store_fetch(w->store, call, &read, 1));
    M_TRY(WMS_ARRAY(call, rows, n));
    for (uint32_t i = 0; i < n; i++)
        if (read.records[i]) rows[i] = *(const m_delivered_line *)read.records[i];
    out->lines = (m_list){rows, n};
    return M_OK;
}

const m_delivering_ops wms_delivering_ops = {
    .head = {.size = sizeof wms_delivering_ops, .version = 1, .protocol = "delivering"},
    .lines = lines};
