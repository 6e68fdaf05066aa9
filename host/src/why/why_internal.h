/* The parts of why. */
#ifndef HOST_WHY_INTERNAL_H
#define HOST_WHY_INTERNAL_H

#include "why.h"

#include "m_adapters/registry.h"

typedef struct {
    const why_question *q;
    m_call *call;
    FILE *out;
    m_date as_of;
} why;

/* ---- records (find.c) ---- */

/* {NULL,0} when there is none, or no such record. */
m_str why_text(const m_type *type, const void *record, const char *name);
/* A document of a collection by id; *out NULL: none. */
m_status why_get(const why *w, const char *module, const char *collection, m_id id,
                 const m_type **out_type, const void **out) M_MUST_USE;
/* Its code and name, "1140 Stock in hand"; the id when it is not there. */
m_status why_name(const why *w, const char *module, const char *collection, m_id id,
                  m_str *out) M_MUST_USE;
/* By type name, "wms.goods_receipt"; *out_collection NULL: no such type here. */
m_status why_document(const why *w, m_str type_name, m_id id, const m_collection **out_collection,
                      const void **out) M_MUST_USE;
/* "9600.00", with at least two places. */
const char *why_amount(const why *w, m_dec_sum amount);

typedef struct {
    const char *name;
    const char *value;
} why_param;

/* Runs a report; *out_row is the type of its rows. */
m_status why_report(const why *w, const char *module, const char *name, const why_param *params,
                    uint32_t n, const m_type **out_row, m_list *out_rows) M_MUST_USE;

/* ---- what an event says (chain.c) ---- */

/* The voucher of a ledger line: event, hash, source, rule of the line (0: of all lines). */
m_status why_voucher(const why *w, const m_book_event *event, int64_t line_no) M_MUST_USE;
m_status why_stock_event(const why *w, const m_stock_event *event) M_MUST_USE;
/* What the document brought: its stock events and vouchers, each whole. */
m_status why_effects(const why *w, m_id document) M_MUST_USE;

/* ---- subjects ---- */

m_status why_account(const why *w, const m_type *type, const void *account) M_MUST_USE;
m_status why_item(const why *w, const m_type *type, const void *item) M_MUST_USE;
m_status why_one_document(const why *w, const m_collection *collection,
                          const void *document) M_MUST_USE;

#endif
