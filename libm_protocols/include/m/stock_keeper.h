/* Stock-keeper: the engine control of the stock ledger. It records movements as events and keeps
 * the projections (entries, bins, layers) in the same transaction. What a movement is worth is
 * decided by the WMS rules before; the stock-keeper refuses what would break the books (negative
 * stock but where an event says overdraw, a layer below zero, value left at quantity zero, or of
 * the other sign).
 *
 * Event log: inv_event, append-only, seq and hash chain as in book_keeper.h.
 *
 * A bin is a pool of cost that runs in the order (posting_date, at_seq, at_line): by date, and on
 * one date as recorded. An entry that corrects another one stands where that one stands. So the
 * state of a pool on any day is the sum of its entries up to there, or the nearest checkpoint and
 * the entries since. */
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
    m_enum basis;     /* how its value came to be: what a later replay does with it */
    m_id follows;     /* as the basis says, or null id */
} m_stock_move;
extern const m_type m_stock_move_type;

/* Moves of one event, bin and source line are one movement; its basis is that of the first one. */
enum {
    M_STOCK_GIVEN,   /* it stands: a receipt at its price, a standard cost */
    M_STOCK_COST,    /* out, at what the pool costs then. follows: the layer that goes first */
    M_STOCK_RATE,    /* in, at the pool's rate of then */
    M_STOCK_PAIR,    /* in, as much and for as much as left another bin by the same event and
                        source line. follows: that source line */
    M_STOCK_FOLLOWS, /* a part of what moved the other way before: goods leaving transit, goods
                        coming back from a customer. follows: its source line */
    M_STOCK_MIRROR,  /* all of what moved the other way before: a cancellation. follows: its source
                        line */
    M_STOCK_COUNT,   /* what was counted there is there: what is recorded later for an earlier date
                        ends here, and this movement takes up the difference */
    M_STOCK_ARREARS  /* a value alone: goods that left below zero cost less or more than assumed.
                        It has the source line of the goods that came in and settled it. follows:
                        that line when it is the mirror of one */
};

/* What makes an earlier entry right; it stands beside that entry and speaks of the same document.
 * Quantity is zero but for layers that are exchanged and counts. Signs as in a move. */
typedef struct {
    int64_t seq; /* the entry; 0: there is none, it stands behind everything of its day */
    int64_t line;
    m_date posting_date; /* of the entry; and all below but qty, value and layer */
    m_id item;
    m_id warehouse;
    m_dec qty;
    m_dec value;
    m_id layer;
    m_id source_line;
    m_enum method;
    m_id rule;
    m_str event_type;
    m_str voucher_no;
    m_str source_type;
    m_id source_id;
    m_enum basis; /* arrears, else given */
} m_stock_correction;
extern const m_type m_stock_correction_type;

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
    m_date belongs_on; /* its right day, when that was in a closed period; or none */
    m_str late_reason;
    /* Where a change of its value goes in the ledger, if ever there is one: purpose or account,
     * as in m_ledger_line; neither: both ends are stock. */
    m_str counter_purpose;
    m_id counter_account;
    m_id counter_subject;
    m_id counter_center;
    /* The caller has looked at all later movements of the bins: an earlier date is taken. */
    bool backdated;
    bool overdraw;      /* the tenant lets stock go below zero on this date */
    bool partial;       /* value and quantity agree only after the next event */
    m_list moves;       /* m_stock_move; kept in payload */
    m_list corrections; /* m_stock_correction; kept in payload */
    m_str payload;
    m_str hash;
} m_stock_event;
extern const m_type m_stock_event_type;   /* as stored: without moves and corrections */
extern const m_type m_stock_payload_type; /* as hashed: with them, without payload and hash */

/* wms.stock_entry, key (seq, line_no): one per move and correction, partitioned by month. */
typedef struct {
    int64_t seq;
    int64_t line_no; /* corrections count on after the moves */
    m_date posting_date;
    int64_t at_seq; /* its place in the pool: its own seq and line, or those of the entry it
                       corrects */
    int64_t at_line;
    m_id item;
    m_id warehouse;
    m_dec qty;
    m_dec value;
    m_enum basis; /* with follows as in the move; of a correction as there */
    m_id follows;
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
    m_date last_date; /* of the latest movement */
    int64_t last_seq; /* recorded last, whatever its date */
    int64_t entries;  /* so far */
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

/* wms.stock_checkpoint, key (item, warehouse, posting_date, at_seq): a bin after all its entries
 * up to this event. A cache of the entries before it, made every M_STOCK_CHECKPOINT_EVERY entries
 * and kept right when something is recorded for an earlier date. A bin with more than
 * M_STOCK_CHECKPOINT_LAYERS open layers gets none. */
typedef struct {
    m_id item;
    m_id warehouse;
    m_date posting_date;
    int64_t at_seq;
    m_dec qty;
    m_dec value;
    m_str layers; /* open ones, oldest first: m_stock_layers_pack */
} m_stock_checkpoint;
extern const m_type m_stock_checkpoint_type;

#define M_STOCK_CHECKPOINT_EVERY  256
#define M_STOCK_CHECKPOINT_LAYERS 2000

/* The order in which layers are used up: by opened_on, opened_seq, opened_line. For qsort. */
int m_stock_layer_order(const void *a, const void *b);
/* Layers (without item and warehouse) as bytes in the arena and back; item and warehouse are filled
 * in from the arguments. M_NOMEM; M_INVALID when the bytes are no layers. */
m_status m_stock_layers_pack(m_arena *arena, const m_stock_layer *layers, uint32_t n,
                             m_str *out) M_MUST_USE;
m_status m_stock_layers_unpack(m_arena *arena, m_str bytes, m_id item, m_id warehouse,
                               m_stock_layer **out, uint32_t *out_count) M_MUST_USE;

typedef struct {
    int64_t seq;
} m_stock_receipt;
extern const m_type m_stock_receipt_type;

typedef struct {
    m_ops_head head;
    /* M_PRECONDITION wms.stock.negative, wms.stock.backdated (posting_date before a bin's
     * last_date, and the event does not say backdated); M_EXISTS wms.stock.duplicate. Of balances
     * between the posting date and the present only those at checkpoints are looked at. */
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
