/* Purchase return: accepted goods go back to the supplier. They leave stock at what they are worth
 * now (FIFO: from the layer of their own receipt first) and take back their share of what the
 * receipt put on "grni"; the difference is purchase variance. */
#ifndef WMS_PURCHASE_RETURN_H
#define WMS_PURCHASE_RETURN_H

#include "goods_receipt/goods_receipt.h"

/* Quantities in the unit of the receipt line. */
typedef struct {
    m_id id;
    m_id receipt_line;
    m_id item;
    m_id unit;
    m_dec qty;
    m_str serials; /* the batch is that of the receipt line */
    m_dec stock_qty;
    m_dec value;         /* what left stock */
    m_dec grni_value;    /* what is taken back from "grni" */
    m_dec foreign_value; /* the same in the order's currency; zero in the base currency */
} wms_return_line;

typedef struct {
    M_DOC;
    m_id receipt;
    m_id purchase_order;
    m_id supplier;
    m_id warehouse;
    m_date posting_date;
    m_str reason;
    m_list lines; /* wms_return_line */
    m_dec total;  /* of grni_value */
    m_str remarks;
    WMS_LATE;
} wms_purchase_return;

extern const m_type wms_return_line_type;
extern const m_type wms_purchase_return_type;
extern const m_doctype wms_purchase_return_doctype;

/* Pure: sets the shares of the receipt line's values that belong to the line's quantity: of what is
 * left of them; the whole rest takes all. */
m_status wms_return_share(const wms_receipt_line *received, int places,
                          wms_return_line *line) M_MUST_USE;

m_status wms_purchase_return_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_purchase_return_submit(void *module, m_call *call, void *doc, const void *input);
m_status wms_purchase_return_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
