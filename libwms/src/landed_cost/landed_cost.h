/* Landed cost: freight, duty, insurance on goods that were received before. Each charge is split
 * over the lines of the receipts named (wms_split: largest remainder, among equals the later line);
 * accepted quantities bear it, whatever became of them since.
 *
 * With the policy wms.backdating at restate, and while the periods of all the receipts are open, it
 * counts from the day of each receipt: the receipt becomes dearer by its whole share, and what left
 * since is booked anew (stock/replay.h); both sides of the ledger are dated like the receipt.
 *
 * Else valuation goes forward only. Of each line's share the part that is still on hand in the
 * receipt's warehouse (wms_landed_on_hand: moving average, the smaller of bin and accepted less
 * returned, a bin's goods counted once per document and in the order of the lines; FIFO, the rest
 * of the line's own layer) raises the value of the bin and, under FIFO, of that layer; the rest
 * goes to "landed_cost_variance". What had left on the posting date has left: a date before the
 * latest movement of a bin is good when the bin (FIFO: the layer) was empty at its end, and refused
 * as back-dated (wms.stock.backdated) when something was there.
 *
 * Ledger: Dr stock and Dr landed_cost_variance, Cr each charge's account, each warehouse with its
 * cost center, so that every cost center's part balances by itself.
 *
 * Cancel posts the exact mirror (prove L8) and so needs the value where it was put: it is refused
 * (wms.landed_cost.consumed) when goods have left the bin, or the layer, since by documents that
 * stand. Part of the value sits in their cost then and a mirror cannot say how much. One that was
 * booked with the receipts is taken out of them again the same way, whatever left. */
#ifndef WMS_LANDED_COST_H
#define WMS_LANDED_COST_H

#include "goods_receipt/goods_receipt.h"
#include "stock/stock.h"

enum { WMS_BY_QUANTITY, WMS_BY_VALUE, WMS_BY_WEIGHT, WMS_BY_VOLUME, WMS_EQUALLY };

typedef struct {
    m_id id;
    m_id account; /* credited: clearing, accrual or expense */
    m_str description;
    m_enum basis;
    m_dec amount;
} wms_landed_charge;

typedef struct {
    m_id id;
    m_id receipt;
} wms_landed_receipt;

/* What one receipt line bears of one charge. Quantities in stock units. */
typedef struct {
    m_id id;
    int64_t charge; /* number of the charge, from 1 */
    m_id receipt;
    m_id receipt_line;
    m_id item;
    m_id warehouse;
    m_dec received_qty; /* accepted */
    m_dec basis;        /* what the line weighs in the split */
    m_dec amount;       /* to_stock + to_variance */
    m_dec on_hand_qty;  /* these three are known at submit */
    m_dec to_stock;
    m_dec to_variance;
} wms_landed_split;

typedef struct {
    M_DOC;
    m_date posting_date;
    m_list charges;  /* wms_landed_charge */
    m_list receipts; /* wms_landed_receipt */
    m_list splits;   /* wms_landed_split: charge by charge, in the order of receipts and lines */
    m_dec total;
    m_dec stock_total;
    m_dec variance_total;
    bool restated; /* booked with the receipts */
    m_str remarks;
} wms_landed_cost;

#define WMS_LANDED_CHARGES_MAX  20
#define WMS_LANDED_RECEIPTS_MAX 100

extern const char *const wms_landed_bases[];
extern const m_type wms_landed_charge_type;
extern const m_type wms_landed_receipt_type;
extern const m_type wms_landed_split_type;
extern const m_type wms_landed_cost_type;
extern const m_doctype wms_landed_cost_doctype;

/* ---- rules (pure) ---- */

/* One receipt line that bears cost: something was accepted. */
typedef struct {
    const wms_goods_receipt *receipt;
    const wms_receipt_line *line;
    const m_item_info *item;
    m_dec left; /* submit: what may be on hand of it */
} wms_landed_line;

/* What the line weighs by this basis: stock quantity, value, quantity × weight or volume, or 1.
 * M_RANGE when it is too large. */
m_status wms_landed_basis(const wms_landed_line *line, m_enum basis, m_dec *out) M_MUST_USE;
/* Fills the splits of charge i (n of them, one per line) but for what submit finds out. Notes
 * under charges[i] when the basis gives nothing to split by, or an item has no weight or volume;
 * the splits' amounts are then zero. parts: n of them to work with. */
void wms_landed_share(m_call *call, const wms_landed_charge *charge, uint32_t i,
                      const wms_landed_line *lines, uint32_t n, int places, wms_part *parts,
                      wms_landed_split *out);
/* entries: m_stock_entry records of one bin or layer after the landed cost. True when a line of a
 * document took goods away and did not bring them back by its cancellation. */
bool wms_landed_left(const m_fetch *entries);

/* ---- with the receipts (landed_restate.c) ---- */

/* May the document count from the day of its receipts? Not with goods under standard cost, and not
 * when the period of one is closed: then it adjusts forward and must say why
 * (wms.landed_cost.reason). */
m_status wms_landed_may_restate(const wms *w, m_call *call, const wms_landed_cost *doc,
                                const m_fetch *receipts, const m_list *lines, bool *out) M_MUST_USE;
/* Plans that the receipt lines become dearer by their splits (sign −1: cheaper again), against the
 * accounts of the charges. */
m_status wms_landed_restate(const wms *w, m_call *call, const wms_landed_cost *doc,
                            const m_fetch *receipts, int sign, wms_stock *stock) M_MUST_USE;

/* ---- use cases ---- */

m_status wms_landed_cost_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_landed_cost_submit(void *module, m_call *call, void *doc, const void *input);
m_status wms_landed_cost_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
