/* Reports of the warehouse: what is where and what it is worth, how it came to that, and how far
 * the orders are. */
#ifndef WMS_REPORTS_H
#define WMS_REPORTS_H

#include "common/wms_instance.h"

/* M_INVALID wms.report.too_large when the read was cut off: a part would look like the whole. */
m_status wms_report_whole(m_call *call, const m_fetch *read) M_MUST_USE;

/* ---- stock-balance ---- */

typedef struct {
    m_date as_of; /* none: now */
    m_id item;    /* null id: all */
    m_id warehouse;
} wms_balance_params;

typedef struct {
    m_id item;
    m_str item_code;
    m_str item_name;
    m_id warehouse;
    m_str warehouse_code;
    m_dec qty;
    m_dec_sum value;
    m_dec rate; /* value ÷ qty, six places */
} wms_balance_row;

/* ---- stock-ledger ---- */

typedef struct {
    m_id item;
    m_id warehouse; /* null id: all together */
    m_date from;    /* none: from the beginning */
    m_date to;      /* none: until now */
} wms_ledger_params;

/* The first row is the opening balance when `from` is given. */
typedef struct {
    m_date posting_date;
    m_id item;
    m_id warehouse;
    m_str event_type; /* "opening": balance before */
    m_str voucher_no;
    m_str source_type;
    m_id source_id;
    m_dec qty;
    m_dec_sum value;
    m_dec balance_qty;
    m_dec_sum balance_value;
} wms_ledger_row;

/* ---- purchase-order-status ---- */

typedef struct {
    m_id supplier; /* null id: all */
    m_date from;   /* order dates */
    m_date to;
    bool open_only;
} wms_order_params;

typedef struct {
    m_id order;
    m_str number;
    m_str state;
    m_date order_date;
    m_date expected_date;
    m_id supplier;
    m_id item;
    m_str description;
    m_dec ordered;
    m_dec received;
    m_dec accepted;
    m_dec returned;
    m_dec billed;
    m_dec open; /* still to come: ordered − (accepted − returned), not below zero */
    m_dec_sum amount;
} wms_order_row;

extern const m_report wms_stock_balance_report;
extern const m_report wms_stock_ledger_report;
extern const m_report wms_order_status_report;

#endif
