/* Reports of the warehouse: what is where, what it is worth and how old it is, how it came to
 * that, how far the orders are, and what to order again. */
#ifndef WMS_REPORTS_H
#define WMS_REPORTS_H

#include "common/wms_instance.h"
#include "m/known.h"

/* M_INVALID wms.report.too_large when the read was cut off: a part would look like the whole. */
m_status wms_report_whole(m_call *call, const m_fetch *read) M_MUST_USE;

/* text: a report's parameter known_at; M_INVALID wms.report.known_at. Corrections of earlier
 * movements count from when they were recorded. */
m_status wms_known_read(const wms *w, m_call *call, m_str text, m_known *out) M_MUST_USE;

/* ---- stock-balance ---- */

typedef struct {
    m_date as_of; /* none: now */
    m_id item;    /* null id: all */
    m_id warehouse;
    m_str known_at;
} wms_balance_params;

typedef struct {
    m_id item;
    m_str item_code;
    m_str item_name;
    m_id warehouse;
    m_str warehouse_code;
    m_dec qty;
    m_dec_sum value;
    m_dec rate;      /* value ÷ qty, six places */
    m_dec reserved;  /* now; zero as of a day */
    m_dec available; /* qty − reserved */
} wms_balance_row;

/* The rows of the report: wms_balance_row. */
m_status wms_balance_rows(const wms *w, m_call *call, const wms_balance_params *asked,
                          m_list *out) M_MUST_USE;

/* ---- stock-ageing ---- */

/* Movements one run reads; more end it with wms.report.too_large. */
#define WMS_AGE_MOVES_MAX M_QUERY_LIMIT_MAX

typedef struct {
    m_date as_of; /* none: now */
    m_id item;    /* null id: all */
    m_id warehouse;
    int64_t bound_1; /* days; all zero: 30, 60, 90 */
    int64_t bound_2;
    int64_t bound_3;
    m_str known_at;
} wms_ageing_params;

/* Quantity and value as in stock-balance, and how they spread over the brackets of age: up to
 * bound 1, up to bound 2, up to bound 3, older. */
typedef struct {
    m_id item;
    m_str item_code;
    m_str item_name;
    m_id warehouse;
    m_str warehouse_code;
    m_dec qty;
    m_dec_sum value;
    m_date oldest; /* since when the oldest of it is there */
    m_dec qty_1;
    m_dec_sum value_1;
    m_dec qty_2;
    m_dec_sum value_2;
    m_dec qty_3;
    m_dec_sum value_3;
    m_dec qty_older;
    m_dec_sum value_older;
} wms_ageing_row;

/* ---- reorder-proposals ---- */

typedef struct {
    m_id item; /* null id: all */
    bool all;  /* also what is not due */
} wms_reorder_params;

/* Stock units, all warehouses together: an item has one reorder level. */
typedef struct {
    m_id item;
    m_str item_code;
    m_str item_name;
    m_dec on_hand;    /* depots and outlets; returns warehouses do not count */
    m_dec in_transit; /* transit warehouses */
    m_dec on_order;   /* what is still to come of open purchase orders, and what open requisitions
                         still ask for */
    m_dec reserved;   /* of what is on hand */
    m_dec projected;  /* the first three together less what is reserved */
    m_dec level;
    m_dec lot;      /* the item's reorder quantity */
    m_dec proposed; /* zero: not due, or see note */
    m_str note;     /* why what is due has no proposal */
} wms_reorder_row;

/* The rows of the report: wms_reorder_row. */
m_status wms_reorder_rows(const wms *w, m_call *call, const wms_reorder_params *asked,
                          m_list *out) M_MUST_USE;

/* ---- stock-ledger ---- */

typedef struct {
    m_id item;
    m_id warehouse; /* null id: all together */
    m_date from;    /* none: from the beginning */
    m_date to;      /* none: until now */
    m_str known_at;
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
    m_date belongs_on; /* posted late: its right day, and why */
    m_str late_reason;
} wms_ledger_row;

/* ---- drafts ---- */

typedef struct {
    m_date from; /* none: first day of the month before this one */
    m_date to;   /* none: the end of the month of `from` */
} wms_drafts_params;

typedef struct {
    m_date date;
    m_str label;
    m_str document_type;
    m_id document;
    m_time modified_at;
} wms_drafts_row;

/* ---- backdating-preview ---- */

/* What submitting a draft would change in what is booked: nothing is written. Where the policy
 * wms.backdating refuses, what it would be with restating. The draft's own movements count in the
 * stock rows, not in the others. */
typedef struct {
    m_id document; /* draft of a document that moves stock */
} wms_preview_params;

enum { WMS_MOVES_STOCK, WMS_MOVES_DOCUMENT, WMS_MOVES_LEDGER };

/* A pool (by how much it will be more now), a document that is booked anew, or a month of the
 * ledger by purpose of the account. */
typedef struct {
    m_enum moves;
    m_id item;
    m_str item_code;
    m_id warehouse;
    m_str warehouse_code;
    m_str voucher_no;
    m_str source_type;
    m_id source_id;
    m_date date;
    m_str purpose;
    m_dec qty;
    m_dec_sum value;
} wms_preview_row;

/* ---- stock-by-batch, batch-and-serial-history ---- */

typedef struct {
    m_id item;      /* null id: all */
    m_id warehouse; /* null id: all */
    m_date expiring_by;
} wms_batches_params;

/* One batch in one warehouse; what expires first comes first. */
typedef struct {
    m_id item;
    m_str item_code;
    m_id warehouse;
    m_id batch;
    m_str code;
    m_date expires_on;
    int64_t days_left; /* from today; below zero: expired */
    m_dec qty;
    m_dec_sum value;
} wms_batches_row;

/* One of them. */
typedef struct {
    m_id serial;
    m_id batch;
} wms_track_params;

typedef struct {
    m_date posting_date;
    m_id warehouse;
    m_str event_type;
    m_str voucher_no;
    m_str source_type;
    m_id source_id;
    m_dec qty;
    m_dec_sum value;
} wms_track_row;

extern const m_report wms_batches_report;
extern const m_report wms_track_report;

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

/* ---- delivery-status ---- */

typedef struct {
    m_id customer; /* null id: all */
    m_date from;   /* posting dates */
    m_date to;
    bool open_only;
} wms_delivery_params;

/* Quantities in the unit of the line. */
typedef struct {
    m_id delivery;
    m_str number;
    m_date posting_date;
    m_id customer;
    m_id line;
    m_id item;
    m_str description;
    m_id unit;
    m_dec delivered;
    m_dec returned;
    m_dec billed;   /* as told by Finance's events */
    m_dec open;     /* still to be billed: delivered − returned − billed, not below zero */
    m_dec_sum cost; /* of what was delivered and kept */
} wms_delivery_row;

extern const m_report wms_delivery_status_report;
extern const m_report wms_stock_balance_report;
extern const m_report wms_stock_ledger_report;
extern const m_report wms_stock_ageing_report;
extern const m_report wms_order_status_report;
extern const m_report wms_drafts_report;
extern const m_report wms_reorder_report;
extern const m_report wms_backdating_preview_report;

#endif
