/* Stock issue: goods are used up in a warehouse; their cost becomes an expense of a cost center. */
#ifndef WMS_STOCK_ISSUE_H
#define WMS_STOCK_ISSUE_H

#include "common/wms_instance.h"

/* Quantity in `unit`. */
typedef struct {
    m_id id;
    m_id item;
    m_id unit; /* none: the item's stock unit */
    m_dec qty;
    m_id batch;
    m_str serials;
    m_dec stock_qty;
    m_dec value;
} wms_issue_line;

typedef struct {
    M_DOC;
    m_id warehouse;
    m_date posting_date;
    m_id cost_center;     /* none: the warehouse's */
    m_id expense_account; /* none: what the posting matrix has for "stock_issue" */
    m_str purpose;        /* what for, in words */
    m_list lines;         /* wms_issue_line */
    m_dec total;
    m_str remarks;
    WMS_LATE;
} wms_stock_issue;

extern const m_type wms_issue_line_type;
extern const m_type wms_stock_issue_type;
extern const m_doctype wms_stock_issue_doctype;

m_status wms_stock_issue_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_stock_issue_submit(void *module, m_call *call, void *doc, const void *input);
m_status wms_stock_issue_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
