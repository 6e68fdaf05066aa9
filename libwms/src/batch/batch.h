/* Batches and serial numbers: what tells goods of one item apart. An item whose tracking is "batch"
 * or "serial" is kept in layers of its bins, one per batch or piece, and costed by them (valuation
 * "batch_average": what leaves a batch leaves at that batch's own average). */
#ifndef WMS_BATCH_H
#define WMS_BATCH_H

#include "common/wms_instance.h"

/* A lot of an item, made or bought together. */
typedef struct {
    M_DOC;
    m_str code; /* unique per item */
    m_id item;
    m_date made_on;
    m_date expires_on; /* last day of use; none: does not expire */
    m_id supplier;
    m_str remarks;
} wms_batch;
extern const m_type wms_batch_type;
extern const m_doctype wms_batch_doctype;

/* One piece. Made by itself when a receipt names a number that is new. */
typedef struct {
    M_DOC;
    m_str code; /* unique per item */
    m_id item;
    m_str remarks;
} wms_serial_number;
extern const m_type wms_serial_number_type;
extern const m_doctype wms_serial_number_doctype;

/* Longest number of one piece. */
#define WMS_SERIAL_MAX 60

/* ---- rules (pure) ---- */

/* The numbers in a text, separated by commas, spaces or line breaks; in *out (m_str) in their
 * order. M_INVALID when one is longer than WMS_SERIAL_MAX or there twice. */
m_status wms_serials_split(m_arena *arena, m_str text, m_list *out) M_MUST_USE;
/* May goods that are good until expires_on leave on that day? */
static inline bool wms_batch_good(m_date expires_on, m_date on)
{
    return m_date_is_none(expires_on) || m_date_cmp(on, expires_on) <= 0;
}
/* Does the first one leave before the second? Those that never expire leave last. */
static inline int wms_batch_order(m_date a, m_date b)
{
    if (m_date_is_none(a) || m_date_is_none(b))
        return (int)m_date_is_none(a) - (int)m_date_is_none(b);
    return m_date_cmp(a, b);
}

/* ---- use cases ---- */

m_status wms_batch_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_batch_on_delete(void *module, m_call *call, const void *doc);
m_status wms_serial_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_serial_on_delete(void *module, m_call *call, const void *doc);

#endif
