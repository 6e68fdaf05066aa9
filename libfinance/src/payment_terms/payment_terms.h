/* Payment terms: when a bill is due, in one or several instalments, and what is taken off it when
 * it is paid early. */
#ifndef FIN_PAYMENT_TERMS_H
#define FIN_PAYMENT_TERMS_H

#include "invoice/invoice.h"

#define FIN_TERMS_MAX 100

typedef enum {
    FIN_EARLY_INCLUDED, /* off the bill with its tax: the tax is corrected */
    FIN_EARLY_EXCLUDED  /* off the net only */
} fin_early_basis;

/* A line with neither percent nor amount takes the rest. */
typedef struct {
    m_dec percent;
    m_dec amount;
    int64_t months; /* due: so many months and days after the bill, */
    int64_t days;
    bool end_of_month; /* then at the end of that month, */
    int64_t then_days; /* then so many days later */
    m_dec discount_percent;
    int64_t discount_days;
} fin_terms_line;
extern const m_type fin_terms_line_type;

typedef struct {
    M_DOC;
    m_str code;
    m_str description;
    m_enum early_discount; /* fin_early_basis */
    m_list lines;          /* fin_terms_line */
    bool active;
} fin_payment_terms;
extern const m_type fin_payment_terms_type;
extern const m_doctype fin_payment_terms_doctype;

/* ---- rules (payment_terms_rules.c); pure ---- */

/* out: lines.count terms. */
void fin_terms_of(const fin_payment_terms *terms, fin_term *out);
/* Line at fault, from 1; 0: the lines make a whole. */
uint32_t fin_terms_fault(const fin_payment_terms *terms);
/* *out: fin_invoice_instalment; those that come to nothing are left out. net: of the total, without
 * tax. */
M_MUST_USE m_status fin_instalments_of(m_arena *arena, const fin_payment_terms *terms, m_dec total,
                                       m_dec net, int places, m_date from, m_list *out);

m_status fin_payment_terms_check(void *module, m_call *call, void *doc, const void *before);

#endif
