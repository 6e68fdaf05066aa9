/* Purchase invoice: a supplier's bill, matched with what was ordered and received.
 *
 * A line is either for goods (receipt_line: clears what the receipt credited to "goods received not
 * invoiced") or for a service (account). Drafts may be beyond the receipt; submit refuses that.
 * A price beyond tolerance puts the invoice on hold: numbered, not posted, until it is released. */
#ifndef FIN_PURCHASE_INVOICE_H
#define FIN_PURCHASE_INVOICE_H

#include "invoice/invoice.h"

/* The first three as in m_states_submittable. */
enum { FIN_INVOICE_ON_HOLD = 3 };

typedef struct {
    union {
        fin_bill_line bill;
        struct {
            FIN_BILL_LINE_MEMBERS; /* account: of a service; rate: zero: that of the order */
        };
    };
    m_id receipt_line;
    m_id order_line;  /* of a service: the order's line that held the budget; or null id */
    m_dec cost_tax;   /* its share of tax that cannot be reclaimed, and of charges */
    m_dec grni_value; /* what it cleared; set when posted, as are: */
    m_dec variance;   /* what the goods cost more than that, in base currency, */
    m_dec exchange;   /* and what they only cost more because the rate is another than at receipt */
    m_dec grni_foreign; /* grni_value in the currency of the order; zero in the base currency */
} fin_invoice_line;
extern const m_type fin_invoice_line_type;

typedef struct {
    int64_t line; /* from 1 */
    m_str code;   /* of the error catalogue */
    m_str reason;
    m_dec expected;
    m_dec actual;
} fin_hold_reason;
extern const m_type fin_hold_reason_type;

typedef struct {
    union {
        fin_invoice head;
        struct {
            FIN_INVOICE_MEMBERS(supplier);
        };
    };
    m_str supplier_invoice_no;
    m_date supplier_invoice_date; /* none: the posting date */
    m_id withholding;             /* category of tax withheld, or null id */
    m_dec withheld_on;            /* what of the year is withheld on with this bill, */
    m_dec withheld_before;        /* what of the bill was withheld on when it was paid in advance */
    m_dec withheld_rate;          /* (both in the books), and the percentage in force */
    m_dec base_net;               /* net_total in the books, of a bill in another currency */
    m_list hold_reasons;          /* fin_hold_reason */
} fin_purchase_invoice;
extern const m_type fin_purchase_invoice_type;
extern const m_doctype fin_purchase_invoice_doctype;

/* finance.invoiced_line, key receipt_line: what was invoiced of it so far. */
typedef struct {
    m_id receipt_line;
    m_dec_sum qty;
    m_dec_sum value;         /* taken out of GRNI, */
    m_dec_sum foreign_value; /* and in the currency of the order */
} fin_invoiced_line;
extern const m_type fin_invoiced_line_type;

/* ---- rules (purchase_invoice_rules.c); pure ---- */

/* The amount of each line. */
M_MUST_USE m_status fin_purchase_price(fin_purchase_invoice *invoice, int places);

/* The same, taxes, charges and totals. taxes: m_tax_info, one per line in its order (null id:
 * none).
 */
M_MUST_USE m_status fin_invoice_compute(m_arena *arena, fin_purchase_invoice *invoice,
                                        const m_list *taxes, int places);

/* How much of a receipt line one may still invoice, and for what GRNI value: in the books, and in
 * the currency of the order. */
typedef struct {
    m_dec qty;
    m_foreign value;
} fin_receipt_rest;

/* accepted − returned − invoiced; qty may be below zero when goods went back after they were
 * invoiced. invoiced: NULL: nothing so far. */
M_MUST_USE m_status fin_receipt_rest_of(const m_received_line *line,
                                        const fin_invoiced_line *invoiced, fin_receipt_rest *out);
/* Value of qty out of the rest (0 < qty ≤ rest->qty), taken off it; the last one takes all. places:
 * of the base currency. */
M_MUST_USE m_status fin_receipt_take(fin_receipt_rest *rest, m_dec qty, int places, m_foreign *out);

/* The order's price of one unit in the base currency, as the receipt valued it. */
M_MUST_USE m_status fin_order_rate(const m_received_line *line, m_dec *out);

/* Is the price of the line (without tax) near enough to the order's? percent and absolute: the
 * larger of both is allowed per unit. */
bool fin_price_matches(m_dec net, m_dec qty, m_dec order_rate, m_dec percent, m_dec absolute);

/* ---- hooks ---- */

m_status fin_invoice_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_invoice_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_invoice_release(void *module, m_call *call, void *doc, const void *input);
m_status fin_invoice_revise(void *module, m_call *call, void *doc, const void *input);
m_status fin_invoice_cancel(void *module, m_call *call, void *doc, const void *input);

/* ---- inside ---- */

/* The received lines of all goods lines, in their order. Nothing is asked when there are none. */
M_MUST_USE m_status fin_invoice_received(fin_module *fin, m_call *call,
                                         const fin_purchase_invoice *invoice, m_list *out);
/* Three-way match: quantities beyond the receipt refuse; prices beyond tolerance fill hold_reasons.
 * Sets grni_value of the goods lines. */
M_MUST_USE m_status fin_invoice_match(fin_module *fin, m_call *call, fin_purchase_invoice *invoice);
/* What is withheld of a computed bill, and its instalments. */
M_MUST_USE m_status fin_invoice_settle(fin_module *fin, m_call *call, fin_purchase_invoice *invoice,
                                       const fin_currency *currency);
/* The voucher, what was invoiced, the open item. After a match. */
M_MUST_USE m_status fin_invoice_post(fin_module *fin, m_call *call, fin_purchase_invoice *invoice);

#endif
