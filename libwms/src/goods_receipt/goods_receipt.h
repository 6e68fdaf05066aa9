/* Goods receipt: goods that arrived for a purchase order. What is accepted enters stock at the
 * order's price (plus taxes that cannot be recovered) against "grni", a price in another currency
 * at the rate of the receipt's day; what is rejected is noted and
 * goes nowhere. Charges that the supplier bills with the goods (freight) are part of their cost,
 * shared out by value, against the account of each charge: the bill's line for it clears that.
 * Under standard cost it enters stock at the standard and the difference goes to
 * "purchase_variance". */
#ifndef WMS_GOODS_RECEIPT_H
#define WMS_GOODS_RECEIPT_H

#include "m/receiving.h"
#include "purchase_order/purchase_order.h"

/* Quantities in the unit of the order line, stock_… in stock units. */
typedef struct {
    m_id id;
    m_id order_line;
    m_id item;
    m_id unit;
    m_dec received_qty;
    m_dec accepted_qty;
    m_dec rejected_qty;
    m_str reject_reason;
    m_id batch;
    m_str serials;
    m_dec rate;
    m_id tax;
    m_dec stock_qty;     /* accepted */
    m_dec value;         /* accepted, as it enters stock and "grni" */
    m_dec foreign_value; /* the same in the order's currency; zero in the base currency */
    m_dec charged;       /* its share of the charges; enters stock too */
    m_dec returned_qty;
    m_dec returned_stock_qty;
    m_dec returned_value;   /* of `value` */
    m_dec returned_foreign; /* of `foreign_value` */
    m_dec landed_value;     /* landed cost charged to it so far, into stock or as variance */
} wms_receipt_line;

/* Freight and the like on the same bill. */
typedef struct {
    m_id id;
    m_id account; /* credited here, debited by the bill's line */
    m_str description;
    m_dec amount;
} wms_receipt_charge;
#define WMS_RECEIPT_CHARGES_MAX 20

typedef struct {
    M_DOC;
    m_id purchase_order;
    m_id supplier;
    m_date posting_date;
    m_id warehouse;
    m_str delivery_note;
    m_id price_currency; /* that of the order */
    m_dec rate;          /* base units for … */
    m_dec per;           /* … so many of the currency */
    m_list lines;        /* wms_receipt_line */
    m_list charges;      /* wms_receipt_charge */
    m_dec total;         /* of value */
    m_dec charges_total;
    m_dec stock_total; /* what the goods are worth in stock; known at submit */
    m_str remarks;
    WMS_LATE;
} wms_goods_receipt;

extern const m_type wms_receipt_line_type;
extern const m_type wms_receipt_charge_type;
extern const m_type wms_goods_receipt_type;
extern const m_doctype wms_goods_receipt_doctype;

/* wms.received_line: what the receiving protocol answers, one row per line of a submitted receipt
 * with something accepted; key id = receipt line. */
extern const m_type wms_received_line_type;

/* ---- rules (pure) ---- */

/* Received, accepted and rejected from what was given: two of them give the third, received alone
 * is all accepted. Notes wms.receipt.sum under lines[i]. */
void wms_receipt_quantities(m_call *call, wms_receipt_line *line, uint32_t i);
/* What accepted goods cost, in the currency of the rate: round(accepted × rate), plus the tax when
 * it cannot be recovered. tax may be NULL. */
m_status wms_receipt_value(m_dec accepted, m_dec rate, const m_tax_info *tax, int places,
                           m_dec *out) M_MUST_USE;
/* Shares every charge out over the lines by value: the lines' `charged` and charges_total. parts:
 * one per line to work with. Notes wms.receipt.charges under charges[k].amount where there is no
 * value to share by. M_RANGE: too large. */
m_status wms_receipt_share_charges(m_call *call, wms_goods_receipt *receipt, wms_part *parts,
                                   int places) M_MUST_USE;
/* Adds the receipt to the counters of the order (sign +1) or takes it away again (−1). */
m_status wms_receipt_count(wms_purchase_order *order, const wms_goods_receipt *receipt,
                           int sign) M_MUST_USE;
/* Notes wms.receipt.over under lines[i].received_qty for every line that would bring an order line
 * above its ceiling; false when there is one. order: before this receipt. */
bool wms_receipt_within(m_call *call, const wms_purchase_order *order,
                        const wms_goods_receipt *receipt, m_dec tolerance_pct);
/* NULL when there is none. */
wms_receipt_line *wms_receipt_find(const wms_goods_receipt *receipt, m_id line);

/* ---- use cases ---- */

m_status wms_goods_receipt_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_goods_receipt_submit(void *module, m_call *call, void *doc, const void *input);
m_status wms_goods_receipt_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
