/* Stock: turns what a document moves into stock-keeper moves, values them by the item's costing
 * method, and posts stock and ledger together.
 *
 *   wms_stock_want …            every bin the document touches
 *   wms_stock_reads             → reads to make together with the use case's other reads
 *   wms_stock_ready
 *   wms_stock_enter / _out …    the moves, in the document's order
 *   wms_post                    prepare the ledger, record the moves, confirm the ledger
 *
 * One plan belongs to one call; its memory is the call's arena. */
#ifndef WMS_STOCK_H
#define WMS_STOCK_H

#include "common/wms_instance.h"

typedef struct wms_replay wms_replay; /* stock/replay.h */

/* Working copy of one bin: as it is now; or, when the plan's date lies before its latest movement
 * and the policy wms.backdating allows that, as it was at the end of that date. */
typedef struct {
    m_id item;
    m_id warehouse;
    m_str item_code;
    m_enum method;   /* m_valuation_method */
    m_enum tracking; /* m_tracking */
    bool draws;      /* something goes out of it */
    m_dec standard;  /* standard cost: per stock unit on the plan's date */
    m_id rule;       /* the document it is from; null id: there is none */
    wms_pool pool;
    m_dec on_hand;     /* now, whatever the plan's date is */
    m_dec reserved;    /* of it: held for others than this document */
    m_date last_date;  /* of the latest movement, or of a standard cost that is in force since */
    bool backdated;    /* the plan's date lies before last_date */
    bool replayed;     /* and that is taken */
    wms_layer *layers; /* open ones, oldest first: FIFO, batches, pieces */
    uint32_t layer_count;
    const wms_layer *kept; /* replayed: those that are open now */
    uint32_t kept_count;
} wms_bin;

/* What the read of standard costs points to. */
typedef struct {
    m_list items; /* m_id */
    m_enum submitted;
    m_filter filters[2];
    m_order newest;
    m_query query;
} wms_standard_read;

/* What the read of reservations points to. */
typedef struct {
    m_list items, warehouses; /* m_id */
    m_filter filters[3];
    m_query query;
} wms_reserved_read;

#define WMS_STOCK_READS 4

typedef struct {
    m_date date; /* of all moves */
    bool tracks; /* the document names batches and serial numbers (stock/tracked.h) */
    int places;  /* of the base currency */
    m_list bins; /* wms_bin, sorted by key once read */
    uint32_t bin_capacity;
    m_list moves; /* m_stock_move */
    uint32_t move_capacity;
    const wms *w;
    bool overdraw;  /* something goes below zero, as the tenant allows */
    m_list arrears; /* wms_arrears: what goods that came in settle */
    uint32_t arrears_capacity;
    wms_replay *replay;       /* of the bins that are dated back; NULL: none, or it is refused */
    bool forward;             /* then: others keep their values */
    const m_error_def *fault; /* first refusal noted with a path; wms_post ends with it */
    m_str fault_detail;
    /* What the reads point to. */
    m_list layer_items, layer_warehouses;
    m_filter filters[3];
    m_query query;
    wms_standard_read standards;
    wms_reserved_read reserved;
} wms_stock;

/* The document will move this item in this warehouse; draws: out of it. May be called twice for one
 * bin. */
m_status wms_stock_want(m_call *call, wms_stock *stock, const m_item_info *item, m_id warehouse,
                        bool draws) M_MUST_USE;
/* Fills reads[0 .. *out_count): at most WMS_STOCK_READS. */
m_status wms_stock_reads(m_call *call, wms_stock *stock, m_fetch *reads,
                         uint32_t *out_count) M_MUST_USE;
/* After the reads were made. */
m_status wms_stock_ready(const wms *w, m_call *call, wms_stock *stock, const m_fetch *reads,
                         uint32_t count) M_MUST_USE;

/* Part of wms_stock_ready for who fills the bins himself: what the policy says of bins whose
 * last_date is later than the plan's date, and their state on that date. */
m_status wms_stock_look_back(const wms *w, m_call *call, wms_stock *stock) M_MUST_USE;

/* qty stock units come in for `cost`; *out_value is what they are worth in stock: the cost, or
 * under standard cost the standard (the difference is the caller's to post). Else as wms_stock_in.
 */
m_status wms_stock_enter(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                         m_dec cost, m_id layer, m_id source_line, m_str path,
                         m_dec *out_value) M_MUST_USE;
/* qty stock units worth exactly value come in. layer: the layer they make under FIFO (ignored
 * otherwise). path: where the document's user sees the quantity. */
m_status wms_stock_in(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                      m_dec value, m_id layer, m_id source_line, m_str path) M_MUST_USE;
/* qty stock units go out, from layer `first` before others. Adds one move per layer drawn from;
 * *out_value: what they are worth. Too little stock or too early a date is noted under path and
 * ends wms_post; the call goes on so that every such line is told. */
m_status wms_stock_out(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                       m_id first, m_id source_line, m_str path, m_dec *out_value) M_MUST_USE;
/* The working copy of a bin that was wanted; NULL for another one. */
const wms_bin *wms_stock_bin(const wms_stock *stock, m_id item, m_id warehouse);
/* More of a wanted bin is held for others; qty below zero: less of it, for it is this document's
 * own to take. */
void wms_stock_reserve(wms_stock *stock, m_id item, m_id warehouse, m_dec qty);
/* What is there becomes dearer by value (below zero: cheaper); its quantity stays. layer: the layer
 * it is spread over under FIFO (ignored otherwise). Zero moves nothing. */
m_status wms_stock_raise(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec value,
                         m_id layer, m_id source_line, m_str path) M_MUST_USE;
/* What is there is worth quantity × rate from now on, under FIFO layer by layer (the bin must have
 * been wanted as drawn from). *out_rise: how much more than before. Not for standard cost. */
m_status wms_stock_reprice(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec rate,
                           m_id source_line, m_str path, m_dec *out_rise) M_MUST_USE;
/* Under standard cost: what is there is worth quantity × rate from now on, by the rule (document)
 * given; *out_rise: how much more than before. */
m_status wms_stock_set_standard(m_call *call, wms_stock *stock, m_id item, m_id warehouse,
                                m_dec rate, m_id rule, m_id source_line, m_str path,
                                m_dec *out_rise) M_MUST_USE;
/* Just this move: goods whose value is known from before (leaving transit). The stock-keeper
 * refuses what does not fit. */
m_status wms_stock_move(m_call *call, wms_stock *stock, m_stock_move move) M_MUST_USE;
/* Says of the moves made since there were `from` of them how they got their value (M_STOCK_…; the
 * functions above say given for what comes in and cost for what goes out). */
void wms_stock_mark(wms_stock *stock, uint32_t from, m_enum basis, m_id follows);
/* What qty more stock units of a bin would be worth at its present rate; false when it has none:
 * nothing is there, and there is no standard cost. */
bool wms_stock_at_rate(const wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                       m_dec *out_value);

/* What a bin held at the end of a day: its nearest checkpoint and the entries since. */
m_status wms_stock_then(const wms *w, m_call *call, m_id item, m_id warehouse, m_date on,
                        wms_pool *out) M_MUST_USE;

/* ---- reservations (stock_reservation/reserved_stock.c) ---- */

/* What is held in the bins something goes out of; not needed where nothing does. */
m_status wms_reserved_query(m_call *call, wms_stock *stock, m_fetch *read,
                            bool *out_needed) M_MUST_USE;
void wms_reserved_share(m_call *call, wms_stock *stock, const m_fetch *read);
/* Refuses moves that were not planned (a mirror) when they would take what is held. */
m_status wms_reserved_guard(const wms *w, m_call *call, const m_list *moves) M_MUST_USE;

/* ---- for rooms that value moves themselves ---- */

/* Notes a date before the latest movement of the bin where that is not taken; false then. */
bool wms_stock_dated(m_call *call, wms_stock *stock, const wms_bin *bin, m_str path);

/* qty goes out; notes it and answers false where it is held for others. */
bool wms_stock_claim(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                     m_str path);
/* Notes a refusal under path; the first one ends wms_post. */
void wms_stock_note(m_call *call, wms_stock *stock, const m_error_def *def, m_str path,
                    const char *detail);
/* The moves of what was drawn from layers of a bin; *out_value: what it is worth. */
m_status wms_stock_drawn(m_call *call, wms_stock *stock, m_id item, m_id warehouse,
                         const wms_draw *draws, uint32_t count, m_id source_line,
                         m_dec *out_value) M_MUST_USE;

/* ---- both books ---- */

typedef struct {
    const char *event;  /* "goods_receipt": event type and voucher type */
    const m_type *type; /* of the source document */
    const m_doc *doc;
    m_date date;
    const char *purpose;   /* of the voucher id: "post"; one id for event and voucher */
    m_ledger_line counter; /* where a later change of the value of its moves goes; its first line
                              that is not stock when nothing else is said here */
    m_list lines;          /* m_ledger_line */
    uint32_t line_capacity;
    WMS_LATE; /* of the document, when its purpose is "post"; else the caller's */
} wms_posting;

/* One side of the voucher; exactly one of debit and credit is set, zero adds nothing. subject and
 * cost_center may be null ids. */
m_status wms_debit(m_call *call, wms_posting *posting, const char *purpose, m_id subject,
                   m_id cost_center, m_dec amount) M_MUST_USE;
m_status wms_credit(m_call *call, wms_posting *posting, const char *purpose, m_id subject,
                    m_id cost_center, m_dec amount) M_MUST_USE;
/* A debit of what is above zero, a credit of what is below. */
m_status wms_difference(m_call *call, wms_posting *posting, const char *purpose, m_id subject,
                        m_id cost_center, m_dec amount) M_MUST_USE;
/* A debit or credit to an account the user chose. */
m_status wms_debit_account(m_call *call, wms_posting *posting, m_id account, m_id cost_center,
                           m_dec amount) M_MUST_USE;
m_status wms_credit_account(m_call *call, wms_posting *posting, m_id account, m_id cost_center,
                            m_dec amount) M_MUST_USE;
/* Prepare the ledger, record the moves, confirm the ledger. Without moves only the date is checked.
 * First ends with the stock's noted refusals, if any. */
m_status wms_post(const wms *w, m_call *call, wms_stock *stock, wms_posting *posting) M_MUST_USE;
/* What undoes a document that was posted with the purpose "post". */
typedef struct {
    const char *event;
    const m_type *type;
    const m_doc *doc;
    m_date posted_on;
    m_date on;                   /* date of the mirror */
    m_list source_lines;         /* m_id: lines that Finance may have invoiced; or empty */
    const m_error_def *consumed; /* ends the call when what came in is not there any more */
} wms_undo;

/* The mirror in both books. */
m_status wms_unpost(const wms *w, m_call *call, const wms_undo *undo) M_MUST_USE;

#endif
