/* Stock transfer: goods go from one warehouse to another by a transit warehouse.
 *
 * At submit they leave the source at its cost and are in transit; each receipt takes them on to the
 * destination, what is missing stays in transit until it arrives or is written off. The document
 * keeps what it has in transit piece by piece (one per line, under FIFO one per layer drawn), so
 * transfers under way do not mix their costs and value is conserved exactly. */
#ifndef WMS_STOCK_TRANSFER_H
#define WMS_STOCK_TRANSFER_H

#include "common/wms_instance.h"

enum {
    WMS_TRANSFER_DRAFT,
    WMS_TRANSFER_SUBMITTED, /* in transit */
    WMS_TRANSFER_PART_RECEIVED,
    WMS_TRANSFER_RECEIVED,
    WMS_TRANSFER_CLOSED, /* the rest was written off */
    WMS_TRANSFER_CANCELLED
};

/* Quantities in `unit`. */
typedef struct {
    m_id id;
    m_id item;
    m_id unit; /* none: the item's stock unit */
    m_dec qty;
    m_id batch;
    m_str serials;
    m_dec stock_qty;
    m_dec value; /* cost at which it left the source */
    m_dec received_qty;
    m_dec lost_qty; /* written off */
} wms_transfer_line;

/* Goods of one line that left the source together; stock units. */
typedef struct {
    m_id line;
    m_id layer; /* in transit, under FIFO; else null id */
    m_dec qty;
    m_dec value;
    m_dec left_qty; /* still in transit */
    m_dec left_value;
} wms_transit_piece;

typedef struct {
    M_DOC;
    m_id from_warehouse;
    m_id to_warehouse;
    m_id transit_warehouse;
    m_date posting_date;
    m_date last_date; /* of the latest movement: submit, receipts, write-off */
    m_str reference;
    m_list lines;   /* wms_transfer_line */
    m_list transit; /* wms_transit_piece */
    m_dec total;    /* value that left the source */
    m_dec lost_value;
    m_str remarks;
    WMS_LATE;
} wms_stock_transfer;

/* Body of "receive": what has arrived; no lines: everything. */
typedef struct {
    m_id line;
    m_dec qty; /* in the unit of the line */
} wms_arrival;
typedef struct {
    m_date posting_date;
    m_list lines; /* wms_arrival */
    WMS_LATE;
} wms_receive_input;

/* Body of "write_off". */
typedef struct {
    m_date posting_date;
} wms_write_off_input;

extern const m_type wms_transfer_line_type;
extern const m_type wms_transit_piece_type;
extern const m_type wms_stock_transfer_type;
extern const m_doctype wms_stock_transfer_doctype;
extern const m_type wms_receive_input_type;
extern const m_type wms_write_off_input_type;

/* ---- rules (pure) ---- */

/* Still under way, in the unit of the line. */
static inline m_dec wms_transfer_open(const wms_transfer_line *line)
{
    return (m_dec){line->qty.u - line->received_qty.u - line->lost_qty.u};
}
/* State as its lines say, for a transfer that has left. */
m_enum wms_transfer_state(const wms_stock_transfer *transfer);
/* Stock units of a line still in transit. */
m_dec wms_transit_left(const wms_stock_transfer *transfer, m_id line);
/* Up to *qty stock units out of one piece: *qty is reduced by them, *out_qty and *out_value are
 * what they are and are worth; emptying the piece takes all its value. */
m_status wms_transit_take(wms_transit_piece *piece, m_dec *qty, int places, m_dec *out_qty,
                          m_dec *out_value) M_MUST_USE;

/* ---- use cases ---- */

m_status wms_stock_transfer_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_stock_transfer_submit(void *module, m_call *call, void *doc, const void *input);
m_status wms_stock_transfer_receive(void *module, m_call *call, void *doc, const void *input);
m_status wms_stock_transfer_write_off(void *module, m_call *call, void *doc, const void *input);
m_status wms_stock_transfer_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
