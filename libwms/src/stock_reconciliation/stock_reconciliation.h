/* Stock reconciliation: what was counted in a warehouse, and what it is worth, becomes what the
 * books say. Each line sets the quantity of an item, its rate, or both.
 *
 * Quantity: what is found comes in at the present rate (quantity and rate: at the rate given), what
 * is missing leaves at cost; Dr stock Cr "stock_gain", Dr "stock_loss" Cr stock. Rate: what was
 * there before becomes worth quantity × rate, under FIFO layer by layer, against
 * "stock_revaluation"; not for items at standard cost. After a line with a rate the bin is worth
 * quantity × rate, rounded once.
 *
 * A count begins the age of what was counted anew (reports/stock_ageing); pricing does not.
 *
 * Cancel posts the exact mirror; it is refused (wms.reconciliation.moved) when a bin that was
 * priced anew has moved since: a part of the new value has left with what moved. */
#ifndef WMS_STOCK_RECONCILIATION_H
#define WMS_STOCK_RECONCILIATION_H

#include "common/wms_instance.h"

enum { WMS_SET_QUANTITY, WMS_SET_BOTH, WMS_SET_RATE };

typedef struct {
    m_id id;
    m_id item;
    m_enum sets;
    m_id unit;      /* of qty; none: the item's stock unit */
    m_dec qty;      /* counted */
    m_dec rate;     /* of one stock unit */
    m_dec book_qty; /* these are known at submit, in stock units */
    m_dec book_value;
    m_dec stock_qty; /* after the count */
    m_dec value;
    m_dec difference;  /* value of what was found; below zero: of what is missing */
    m_dec revaluation; /* by how much the rest became dearer; below zero: cheaper */
} wms_reconciliation_line;

typedef struct {
    M_DOC;
    m_id warehouse;
    m_date posting_date;
    m_list lines; /* wms_reconciliation_line */
    m_dec gain;
    m_dec loss;
    m_dec revaluation;
    m_str remarks;
    WMS_LATE;
} wms_stock_reconciliation;

extern const m_type wms_reconciliation_line_type;
extern const m_type wms_stock_reconciliation_type;
extern const m_doctype wms_stock_reconciliation_doctype;

m_status wms_stock_reconciliation_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_stock_reconciliation_submit(void *module, m_call *call, void *doc, const void *input);
m_status wms_stock_reconciliation_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
