/* When and how much to order again. A pure rule. */
#ifndef WMS_REORDER_H
#define WMS_REORDER_H

#include "m/value.h"

/* Stock units, all ≥ 0. */
typedef struct {
    m_dec projected; /* on hand + on order + in transit − reserved */
    m_dec level;     /* order when projected is at or below it */
    m_dec target;    /* fill up to this */
    m_dec least;     /* smallest order; 0: none */
    m_dec lot;       /* whole multiples of this; 0: any quantity */
} wms_reorder_case;

/* Zero above the level. Else max(target − projected, least), in whole lots rounded up, and one lot
 * more where that would only just reach the level: what was proposed and ordered is not proposed
 * again. M_RANGE when it does not fit. */
m_status wms_reorder(const wms_reorder_case *c, m_dec *out) M_MUST_USE;

#endif
