/* What is open on one side of trade: now, and at the end of an earlier day. */
#ifndef FIN_OPEN_ITEMS_H
#define FIN_OPEN_ITEMS_H

#include "open_item/open_item.h"
#include "reports/known.h"

/* Nobody sees more open items at once than this: M_INVALID finance.report.too_many. */
#define FIN_OPEN_MAX (M_QUERY_LIMIT_MAX - 1)
/* Looking back takes away at most this many ledger lines: M_INVALID finance.report.past. */
#define FIN_LATER_MAX 20000

/* out_items: fin_open_item of the party (null id: of all), an invoice's instalments instead of the
 * invoice, by party and due date. */
M_MUST_USE m_status fin_open_now(const fin_side *side, fin_module *fin, m_call *call, m_id party,
                                 m_list *out_items);
/* The same without all vouchers of later days, and without those not known then: documents,
 * allocations, refunds, and cancellations too. An invoice that was paid before it was posted is
 * below zero. reference is left empty where the item is gone by now. M_INVALID finance.report.past
 * when too much was posted since. */
M_MUST_USE m_status fin_open_on(const fin_side *side, fin_module *fin, m_call *call, m_id party,
                                m_date day, const m_known *known, m_list *out_items);
/* out_rows: fin_outstanding_row of the items, in their order; days late count to as_of. */
M_MUST_USE m_status fin_outstanding_rows(const fin_side *side, fin_module *fin, m_call *call,
                                         const m_list *items, m_date as_of, m_list *out_rows);

#endif
