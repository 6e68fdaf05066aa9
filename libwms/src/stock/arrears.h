/* Stock below zero, inside this room only. Where the policy wms.negative_stock says 1, goods under
 * moving average may leave before they are booked in, at the bin's present rate (at zero when it
 * has none). What comes in later covers them at its real cost: the difference goes from stock to
 * "stock_arrears" with the voucher of what came in. FIFO and standard cost never go below zero.
 *
 * A cancellation posts the mirror of what its document did; what a receipt settled for it stays
 * settled. */
#ifndef WMS_ARREARS_H
#define WMS_ARREARS_H

#include "stock/stock.h"

typedef struct {
    m_id warehouse;
    m_dec amount; /* by how much stock changes; below zero: goods cost more than was assumed */
} wms_arrears;

/* May stock go below zero on that date? */
m_status wms_arrears_allowed(const wms *w, m_call *call, m_date on, bool *out) M_MUST_USE;
/* qty worth value come into a bin below zero: its pool, the settling move (before theirs), and what
 * is to be posted. The move of the goods is the caller's. */
m_status wms_arrears_settle(m_call *call, wms_stock *stock, wms_bin *bin, m_dec qty, m_dec value,
                            m_id source_line) M_MUST_USE;
/* Adds the lines of what was settled to the voucher. */
m_status wms_arrears_post(const wms *w, m_call *call, const wms_stock *stock,
                          wms_posting *posting) M_MUST_USE;

#endif
