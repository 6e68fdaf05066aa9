/* What tests of replays share: documents with a date. Each test is one file; it includes this once.
 */
#ifndef WMS_REPLAY_PARTS_H
#define WMS_REPLAY_PARTS_H

#include "wms_world.h"

static const m_doctype *const adjustment = &wms_stock_adjustment_doctype;
static const m_doctype *const issue_type = &wms_stock_issue_doctype;

static inline wms_stock_adjustment *found(uint32_t item, const char *date, const char *qty,
                                          const char *rate)
{
    wms_stock_adjustment *doc = world_new(&wms_stock_adjustment_type);
    doc->warehouse = test_id(N_DEPOT);
    doc->posting_date = test_date(date);
    doc->reason = WMS_REASON_OTHER;
    wms_adjustment_line *line = world_lines(&doc->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->qty = test_dec(qty);
    line->rate = test_dec(rate);
    return doc;
}

static inline m_status post(const m_doctype *type, void *doc)
{
    world_draft(type, doc);
    return world_act(type, ((m_doc *)doc)->id, "submit", NULL);
}

static inline wms_stock_issue *issue_of(uint32_t item, uint32_t warehouse, const char *date,
                                        const char *qty)
{
    wms_stock_issue *doc = world_issue(item, warehouse, qty);
    doc->posting_date = test_date(date);
    return doc;
}

static inline m_id sent(uint32_t item, const char *date, const char *qty)
{
    wms_stock_transfer *doc = world_new(&wms_stock_transfer_type);
    doc->from_warehouse = test_id(N_DEPOT);
    doc->to_warehouse = test_id(N_OUTLET);
    doc->posting_date = test_date(date);
    wms_transfer_line *line = world_lines(&doc->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->qty = test_dec(qty);
    m_status status = post(&wms_stock_transfer_doctype, doc);
    return status == M_OK ? doc->id : (m_id){{0}};
}

static inline m_status arrived(m_id transfer, const char *date, const char *qty)
{
    const wms_stock_transfer *doc = world_get(&wms_stock_transfer_type, transfer);
    wms_receive_input input = {.posting_date = test_date(date)};
    if (qty) {
        wms_arrival *arrival = world_lines(&input.lines, 1, sizeof *arrival);
        arrival->line = M_AT(doc->lines, const wms_transfer_line, 0)->id;
        arrival->qty = test_dec(qty);
    }
    return world_act(&wms_stock_transfer_doctype, transfer, "receive", &input);
}

#endif
