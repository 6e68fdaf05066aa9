/* Stock adjustment: goods enter or leave the books without a business partner: opening stock, what
 * a count found or missed, damage. */
#ifndef WMS_STOCK_ADJUSTMENT_H
#define WMS_STOCK_ADJUSTMENT_H

#include "common/wms_instance.h"

enum { WMS_REASON_COUNT, WMS_REASON_OPENING, WMS_REASON_DAMAGE, WMS_REASON_OTHER };
enum { WMS_ADJUST_IN, WMS_ADJUST_OUT };

/* Quantity in `unit`. */
typedef struct {
    m_id id;
    m_enum direction;
    m_id item;
    m_id unit; /* none: the item's stock unit */
    m_dec qty;
    m_dec rate; /* in: cost of one unit; zero: the present rate of the bin */
    m_id batch;
    m_str serials;
    m_dec stock_qty;
    m_dec value;
} wms_adjustment_line;

typedef struct {
    M_DOC;
    m_id warehouse;
    m_date posting_date;
    m_enum reason;
    m_list lines; /* wms_adjustment_line */
    m_dec value_in;
    m_dec value_out;
    m_str remarks;
    WMS_LATE;
} wms_stock_adjustment;

extern const m_type wms_adjustment_line_type;
extern const m_type wms_stock_adjustment_type;
extern const m_doctype wms_stock_adjustment_doctype;

m_status wms_stock_adjustment_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_stock_adjustment_submit(void *module, m_call *call, void *doc, const void *input);
m_status wms_stock_adjustment_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
