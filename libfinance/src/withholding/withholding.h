/* Tax withheld at source: a part of a supplier's bill that is paid to the tax office instead. A
 * category has rates and thresholds by date; which category (and which payment terms) a supplier
 * has by default is kept per supplier. Thresholds count by fiscal year.
 *
 * Tax is due once, when the supplier is credited or paid, whichever comes first (as by India's
 * Income-tax Act 1961, section 194J). So it is withheld of an advance that is paid, and the next
 * bills of that category are spared for as much, whichever of them the advance is allocated to; an
 * advance that stays below the thresholds counts when it is billed. Of a bill or an advance in
 * another currency it is a part of what that is worth in the books, by its rate (as by rule 26 of
 * the Income-tax Rules 1962, the rate of the day when it is withheld). */
#ifndef FIN_WITHHOLDING_H
#define FIN_WITHHOLDING_H

#include "payment/payment.h"
#include "purchase_invoice/purchase_invoice.h"

/* In force from its date until the next one. */
typedef struct {
    m_date from;
    m_dec rate;                 /* percent of the net */
    m_dec single_threshold;     /* a bill of at least this is withheld on; zero: no such bill */
    m_dec cumulative_threshold; /* so are all bills of a year that come to this; zero: likewise */
} fin_withholding_rate;
extern const m_type fin_withholding_rate_type;

typedef struct {
    M_DOC;
    m_str code;
    m_str description;
    m_list rates; /* fin_withholding_rate, by date */
    bool active;
} fin_withholding;
extern const m_type fin_withholding_type;
extern const m_doctype fin_withholding_doctype;

/* What new bills of a supplier start with. */
typedef struct {
    M_DOC;
    m_id supplier;
    m_id payment_terms;
    m_id withholding;
} fin_supplier_terms;
extern const m_type fin_supplier_terms_type;
extern const m_doctype fin_supplier_terms_doctype;

/* finance.withheld: of one supplier, category and fiscal year so far. */
typedef struct {
    m_id supplier;
    m_id category;
    m_date year;        /* its first day */
    m_dec_sum billed;   /* net of all bills, and advances that were withheld on */
    m_dec_sum taxed;    /* of it, what was withheld on */
    m_dec_sum withheld; /* and how much */
} fin_withheld;
extern const m_type fin_withheld_type;

/* finance.withheld_advance: of one supplier and category. */
typedef struct {
    m_id supplier;
    m_id category;
    m_dec_sum open; /* advances that were withheld on, as far as no bill was spared for them */
} fin_withheld_advance;
extern const m_type fin_withheld_advance_type;

/* ---- rules (withholding_rules.c); pure ---- */

/* The rate in force; NULL: none yet. */
const fin_withholding_rate *fin_withholding_on(const fin_withholding *category, m_date date);

/* What is withheld of a bill of `net`, of which `spared` (≤ net) was withheld on in advance.
 * Nothing below the thresholds; a bill that reaches the single one, and every bill after something
 * was withheld in the year, on the rest of its net; the bill that reaches the cumulative one on all
 * of the year that was not withheld on. Without thresholds on every bill. so_far: NULL: nothing.
 * *out_on: what it is a percentage of. */
M_MUST_USE m_status fin_withhold(m_dec net, m_dec spared, const fin_withholding_rate *rate,
                                 const fin_withheld *so_far, int places, m_dec *out_on,
                                 m_dec *out_amount);

/* First day of the fiscal year that holds the date. */
m_date fin_year_start(m_date date, int64_t first_month);

/* ---- inside ---- */

/* A new bill gets what its supplier has by default. */
M_MUST_USE m_status fin_supplier_defaults(fin_module *fin, m_call *call,
                                          fin_purchase_invoice *invoice);
/* Sets what is withheld of the bill, once its net is known. */
M_MUST_USE m_status fin_invoice_withhold(fin_module *fin, m_call *call,
                                         fin_purchase_invoice *invoice,
                                         const fin_currency *currency);
/* The year knows of a posted bill; sign −1: of its cancellation. */
M_MUST_USE m_status fin_note_withheld(fin_module *fin, m_call *call,
                                      const fin_purchase_invoice *invoice, int sign);

/* The same of the advance in a payment, and of a payment. Refuses to take back (sign −1) an advance
 * for which a bill was spared. */
M_MUST_USE m_status fin_payment_withhold(fin_module *fin, m_call *call, fin_payment *payment);
M_MUST_USE m_status fin_payment_note_withheld(fin_module *fin, m_call *call,
                                              const fin_payment *payment, int sign);

/* ---- hooks ---- */

m_status fin_withholding_check(void *module, m_call *call, void *doc, const void *before);

#endif
