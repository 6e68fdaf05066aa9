/* Stock-keeper: the engine control of the stock ledger. It records movements as events and keeps
 * the projections (entries, bins, layers) in the same transaction. What a movement is worth is
 * decided by the WMS rules before; the stock-keeper refuses what would break the books (negative
 * stock, a layer below zero, value left at quantity zero).
 *
 * Event log: inv_event, append-only, seq and hash chain as in book_keeper.h. */
#ifndef M_STOCK_KEEPER_H
#define M_STOCK_KEEPER_H

#include "m/masters.h"
#include "m/store.h"

/* One movement: quantity in stock units, value in base currency; both ≥ 0 coming in, both ≤ 0 going
 * out. Quantity zero with a value changes what is there in value alone (landed cost): of the bin,
 * and of its layer when one is named; where nothing is, wms.stock.value refuses it. */
typedef struct {
    m_id item;
    m_id warehouse;
    m_dec qty;
    m_dec value;
    m_id layer; /* FIFO: the layer it makes (in) or draws from (out); null id for moving average */
    m_id source_line; /* line of the source document */
    m_enum method;    /* m_valuation_method that gave the value */
    m_id rule;        /* what fixed it: the standard cost in force; null id: the bin itself */
} m_stock_move;
extern const m_type m_stock_move_type;

/* wms.inv_event, key seq. */
typedef struct {
    int64_t seq;      /* set by the stock-keeper */
    m_id event_id;    /* unique: the same event is never recorded twice */
    m_str event_type; /* "goods_receipt", "stock_issue", "stock_transfer", … */
    m_str voucher_no;
    m_date posting_date;
    m_time recorded_at; /* set by the stock-keeper */
    m_str source_type;
    m_id source_id;
    m_id reverses;
    m_id actor;
    m_list moves; /* m_stock_move; kept in payload */
    m_str payload;
    m_str hash;
} m_stock_event;
extern const m_type m_stock_event_type;   /* as stored: without moves */
extern const m_type m_stock_payload_type; /* as hashed: with them, without payload and hash */

/* wms.stock_entry, key (seq, line_no): one per movement, partitioned by month. */
typedef struct {
    int64_t seq;
    int64_t line_no;
    m_date posting_date;
    m_id item;
    m_id warehouse;
    m_dec qty;
    m_dec value;
    m_dec balance_qty; /* of the bin after this movement */
    m_dec balance_value;
    m_id layer;
    m_str event_type;
    m_str voucher_no;
    m_str source_type;
    m_id source_id;
    m_id source_line;
    m_enum method; /* as in the move */
    m_id rule;
} m_stock_entry;
extern const m_type m_stock_entry_type;

/* wms.stock_bin, key (item, warehouse): what is there now. */
typedef struct {
    m_id item;
    m_id warehouse;
    m_dec qty;
    m_dec value;
    m_date last_date; /* of the latest movement; back-dating before it is refused */
    int64_t last_seq;
} m_stock_bin;
extern const m_type m_stock_bin_type;

/* wms.stock_layer, key (item, warehouse, layer): what is left of one receipt under FIFO. Emptied
 * layers stay with zeros. */
typedef struct {
    m_id item;
    m_id warehouse;
    m_id layer;
    int64_t opened_seq; /* seq and line of the movement that made it: the order of consumption */
    int64_t opened_line;
    m_date opened_on;
    m_dec qty;
    m_dec value;
} m_stock_layer;
extern const m_type m_stock_layer_type;

typedef struct {
    int64_t seq;
} m_stock_receipt;
extern const m_type m_stock_receipt_type;

typedef struct {
    m_ops_head head;
    /* M_PRECONDITION wms.stock.negative, wms.stock.backdated (posting_date before the bin's
     * last_date); M_EXISTS wms.stock.duplicate. */
    m_status (*post)(void *self, m_call *call, const m_stock_event *event, m_stock_receipt *out);
} m_stock_keeper_ops;

typedef struct {
    const m_stock_keeper_ops *ops;
    void *self;
} m_stock_keeper;

M_WRAPPER(stock_keeper, post, m_stock_event, m_stock_receipt)

/* Its refusals, as in book_keeper.h. */
extern const m_error_def m_stock_errors[];
extern const m_error_def *const m_err_stock_negative;  /* wms.stock.negative */
extern const m_error_def *const m_err_stock_backdated; /* wms.stock.backdated */
extern const m_error_def *const m_err_stock_duplicate; /* wms.stock.duplicate */
extern const m_error_def *const m_err_stock_layer;     /* wms.stock.layer: drawn below zero */
extern const m_error_def *const m_err_stock_value;     /* wms.stock.value: left at quantity zero */
extern const m_error_def *const m_err_stock_move; /* wms.stock.move: signs differ, or nothing */

#endif
