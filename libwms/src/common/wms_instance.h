/* What every room of this library shares: the instance, the error catalogue, checks of lines. */
#ifndef WMS_INSTANCE_H
#define WMS_INSTANCE_H

#include "m/budget.h"
#include "m/ledger.h"
#include "m/masters.h"
#include "m/module.h"
#include "m/stock_keeper.h"
#include "wms/wms.h"

/* The module's instance: the protocols it was given. */
typedef struct {
    m_store store;
    m_stock_keeper keeper;
    m_ledger ledger;
    m_masters masters;
    m_budget budget;
    void *preview; /* wms_preview: the use case stops before it writes (stock/preview.h) */
} wms;

/* Lines of one document. */
#define WMS_LINES_MAX 1000

/* How much more than ordered may be received, in percent. */
#define WMS_POLICY_TOLERANCE "wms.receipt_tolerance_pct"
#define WMS_TOLERANCE_PCT    5
/* 1: goods under moving average may leave before they are booked in (stock/arrears.h). */
#define WMS_POLICY_NEGATIVE "wms.negative_stock"
/* 1: batches may be issued and delivered after their last day. */
#define WMS_POLICY_EXPIRED "wms.expired_issue"
/* 1: what a bill costs more than the receipt makes the goods still on hand dearer
 * (invoice_variance). */
#define WMS_POLICY_VARIANCE "wms.invoice_variance"

/* A movement dated before the latest one of its bin: refused; taken, and later movements keep their
 * values; or taken, and later movements are booked anew. See stock/replay.h. */
#define WMS_POLICY_BACKDATING "wms.backdating"
enum { WMS_BACKDATING_REFUSE, WMS_BACKDATING_FORWARD, WMS_BACKDATING_RESTATE };

/* ---- errors ---- */

typedef enum {
    WMS_E_ITEM_INACTIVE,
    WMS_E_ITEM_NOT_STOCK,
    WMS_E_UNIT,
    WMS_E_QTY_PLACES,
    WMS_E_WAREHOUSE_INACTIVE,
    WMS_E_WAREHOUSE_TRANSIT,
    WMS_E_WAREHOUSE_PARENT,
    WMS_E_WAREHOUSE_HAS_STOCK,
    WMS_E_WAREHOUSE_IN_USE,
    WMS_E_CURRENCY,
    WMS_E_SUPPLIER_INACTIVE,
    WMS_E_SUPPLIER_BLOCKED,
    WMS_E_CUSTOMER_INACTIVE,
    WMS_E_TAX_INACTIVE,
    WMS_E_ORDER_DATES,
    WMS_E_ORDER_NOT_OPEN,
    WMS_E_ORDER_ACCOUNT,
    WMS_E_RECEIPT_LINE,
    WMS_E_RECEIPT_MISMATCH,
    WMS_E_RECEIPT_SUM,
    WMS_E_RECEIPT_OVER,
    WMS_E_RECEIPT_NOTHING,
    WMS_E_RECEIPT_CHARGES,
    WMS_E_RECEIPT_CONSUMED,
    WMS_E_RECEIPT_RETURNED,
    WMS_E_RECEIPT_LANDED,
    WMS_E_RETURN_STATE,
    WMS_E_RETURN_LINE,
    WMS_E_RETURN_OVER,
    WMS_E_RETURN_DATE,
    WMS_E_REQUISITION_NOTHING,
    WMS_E_REQUISITION_DATES,
    WMS_E_REQUISITION_LINE,
    WMS_E_REQUISITION_NOT_OPEN,
    WMS_E_REQUISITION_ITEM,
    WMS_E_REQUISITION_OVER,
    WMS_E_STOCK_RESERVED,
    WMS_E_RESERVATION_BEYOND,
    WMS_E_RESERVATION_DATES,
    WMS_E_RESERVATION_OTHER,
    WMS_E_RESERVATION_OVER,
    WMS_E_DELIVERY_RETURNED,
    WMS_E_BACK_STATE,
    WMS_E_BACK_LINE,
    WMS_E_BACK_OVER,
    WMS_E_BACK_DATE,
    WMS_E_BACK_NOTHING,
    WMS_E_TRANSFER_SAME,
    WMS_E_TRANSFER_NO_TRANSIT,
    WMS_E_TRANSFER_LINE,
    WMS_E_TRANSFER_OVER,
    WMS_E_TRANSFER_DATE,
    WMS_E_ADJUSTMENT_OPENING,
    WMS_E_ADJUSTMENT_RATE,
    WMS_E_LANDED_STATE,
    WMS_E_LANDED_TWICE,
    WMS_E_LANDED_DATE,
    WMS_E_LANDED_BASIS,
    WMS_E_LANDED_MEASURE,
    WMS_E_LANDED_LARGE,
    WMS_E_LANDED_CONSUMED,
    WMS_E_LANDED_REASON,
    WMS_E_COUNT_TWICE,
    WMS_E_COUNT_RATE,
    WMS_E_COUNT_STANDARD,
    WMS_E_COUNT_NOTHING,
    WMS_E_COUNT_MOVED,
    WMS_E_STANDARD_METHOD,
    WMS_E_STANDARD_FUTURE,
    WMS_E_STANDARD_EARLIER,
    WMS_E_STANDARD_TRANSIT,
    WMS_E_STANDARD_MISSING,
    WMS_E_STANDARD_CHANGED,
    WMS_E_STANDARD_USED,
    WMS_E_LATE_DATE,
    WMS_E_LATE_REASON,
    WMS_E_LATE_OPEN,
    WMS_E_STOCK_LATER,
    WMS_E_REPLAY_LARGE,
    WMS_E_REPLAY_FORWARD,
    WMS_E_TRACK_HERE,
    WMS_E_TRACK_NONE,
    WMS_E_TRACK_EXISTS,
    WMS_E_TRACK_USED,
    WMS_E_BATCH_NEEDED,
    WMS_E_BATCH_ITEM,
    WMS_E_BATCH_DATES,
    WMS_E_BATCH_EXPIRED,
    WMS_E_SERIAL_FORM,
    WMS_E_SERIAL_COUNT,
    WMS_E_SERIAL_PRESENT,
    WMS_E_SERIAL_LATER,
    WMS_E_SERIAL_ABSENT,
    WMS_E_SERIAL_UNKNOWN,
    WMS_E_STOCK_METHOD,
    WMS_E_STOCK_CONSUMED,
    WMS_E_REPORT_KNOWN_AT,
    WMS_E_REPORT_LARGE,
    WMS_E_REPORT_BOUNDS,
    WMS_E_END
} wms_error;

extern const m_error_def wms_errors[]; /* ends with a NULL code */
extern const m_words *const wms_words[];
#define WMS_ERR(name) (&wms_errors[WMS_E_##name])

/* ---- paths and memory ---- */

#define WMS_PATH 64
/* "lines[3].qty" */
m_str wms_path(char out[WMS_PATH], const char *list, uint32_t i, const char *member);
/* Zeroed array from the call's arena; M_NOMEM (core.memory) when there is none. */
#define WMS_ARRAY(call, out, n) wms_array(call, (void **)&(out), n, sizeof *(out))
m_status wms_array(m_call *call, void **out, size_t n, size_t size) M_MUST_USE;

/* ---- items ---- */

/* The items behind n records of `size` bytes whose m_id at `offset` names them, in their order, in
 * one question. Unknown ones have a null id. */
m_status wms_items(const wms *w, m_call *call, const void *records, size_t size, size_t offset,
                   uint32_t n, const m_item_info **out) M_MUST_USE;
#define WMS_LINE_ITEMS(w, call, list, Line, out)                                                   \
    wms_items(w, call, (list).items, sizeof(Line), offsetof(Line, item), (list).count, out)
/* Notes what is wrong with the item that line i asked for, under `member`; false when something is
 * (silently when the line names none: then the field table says that it is required). */
bool wms_item_good(m_call *call, const m_item_info *item, m_id asked, uint32_t i,
                   const char *member, bool must_be_stock);
/* qty of `unit` in stock units. It may have the decimal places of its unit. A counted item (no
 * decimal places) must come out whole, a measured one converted from another unit is rounded to its
 * places. Notes a fault under lines[i].unit or lines[i].member and answers false. */
bool wms_to_stock(m_call *call, const m_item_info *item, m_id unit, m_dec qty, uint32_t i,
                  const char *member, m_dec *out);
/* As wms_to_stock, for a part of what is left of something counted before: the whole rest takes all
 * its stock units, however they were rounded. */
bool wms_to_stock_part(m_call *call, const m_item_info *item, m_id unit, m_dec qty, m_dec left_qty,
                       m_dec left_stock, uint32_t i, const char *member, m_dec *out);

/* ---- small checks ---- */

/* Decimal places of the base currency. */
m_status wms_places(const wms *w, m_call *call, int *out) M_MUST_USE;
/* A document that moves goods as of today unless it says otherwise. */
static inline void wms_default_date(const m_call *call, m_date *date)
{
    if (m_date_is_none(*date)) *date = m_today(call);
}

/* ---- documents that come late ---- */

/* Members of a document that may come to light when its day is in a closed period: it is posted on
 * an open day, at the values of that day, and says where it belongs and why it comes late. Both
 * stand in the stock event and in the narration of the voucher. */
#define WMS_LATE                                                                                   \
    m_date belongs_on; /* none: on its posting date */                                             \
    m_str late_reason

#define WMS_LATE_REASON_MAX 300
#define WMS_LATE_FIELDS(T)                                                                         \
    M_F_DATE(T, belongs_on, "Belongs on",                                                          \
             .help = "Its right day, when that is in a closed period and it is posted later."),    \
        M_F_STR(T, late_reason, "Why it comes late", .max = WMS_LATE_REASON_MAX)

/* *posting_date: today unless set. Notes what is wrong with the others: a date that is not earlier
 * (wms.late.date), no reason (wms.late.reason). */
void wms_late_check(m_call *call, m_date *posting_date, m_date belongs_on, m_str reason);
/* At submit: may it be posted later than where it belongs? wms.late.open where that day is open
 * and the policy wms.backdating takes it. */
m_status wms_late_allowed(const wms *w, m_call *call, m_date belongs_on) M_MUST_USE;

/* ---- cancelling ---- */

/* Body of every cancel. */
typedef struct {
    m_date posting_date; /* of the mirror; none: today, but not before the document's own */
} wms_cancel_input;
extern const m_type wms_cancel_input_type;
/* Date of the mirror; input may be NULL. */
m_date wms_cancel_date(const m_call *call, const wms_cancel_input *input, m_date posted_on);

#endif
