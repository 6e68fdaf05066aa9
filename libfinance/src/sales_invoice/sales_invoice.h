/* Sales invoice: a bill to a customer. Stock is not touched by it; goods leave by delivery notes. A
 * line that names a line of a delivery note bills no more than was delivered and kept; the others
 * stand for themselves. */
#ifndef FIN_SALES_INVOICE_H
#define FIN_SALES_INVOICE_H

#include "invoice/invoice.h"

typedef enum { FIN_ROUND_NEAREST, FIN_ROUND_UPWARDS, FIN_ROUND_DOWNWARDS } fin_round_total;

/* What happens beyond a customer's credit limit; policy of the tenant. */
#define FIN_CREDIT_LIMIT "finance.credit_limit"
enum { FIN_LIMIT_IGNORE, FIN_LIMIT_WARN, FIN_LIMIT_STOP };

typedef struct {
    union {
        fin_bill_line bill;
        struct {
            FIN_BILL_LINE_MEMBERS; /* account, cost_center: null id: by the purpose "sales" */
        };
    };
    m_id unit; /* of qty and rate; none: the item's stock unit */
    m_dec discount_percent;
    m_dec discount;     /* taken off qty × rate; amount is what is left */
    m_id delivery_line; /* null id: none */
} fin_sales_line;
extern const m_type fin_sales_line_type;

typedef struct {
    union {
        fin_invoice head;
        struct {
            FIN_INVOICE_MEMBERS(customer);
        };
    };
    m_str customer_order_no;
    m_enum round_total; /* fin_round_total */
    m_dec beyond_limit; /* of the customer's credit, with this invoice */
} fin_sales_invoice;
extern const m_type fin_sales_invoice_type;
extern const m_doctype fin_sales_invoice_doctype;

/* ---- rules (sales_invoice_rules.c); pure ---- */

/* Discount and amount of each line. */
M_MUST_USE m_status fin_sales_price(fin_sales_invoice *invoice, int places);

/* The same, taxes, charges and totals. taxes: m_tax_info, one per line in its order
 * (null id: none). */
M_MUST_USE m_status fin_sales_compute(m_arena *arena, fin_sales_invoice *invoice,
                                      const m_list *taxes, int places);

/* What a customer with open items (fin_open_item) would owe beyond `limit` with `more` on top; zero
 * when inside, or when there is no limit (0). */
M_MUST_USE m_status fin_beyond_limit(const m_fetch *open, m_dec limit, m_dec more, m_dec *out);

/* ---- deliveries (sales_invoice_delivered.c) ---- */

/* finance.billed_delivery, key delivery_line: what was invoiced of it so far. */
typedef struct {
    m_id delivery_line;
    m_dec_sum qty;
} fin_billed_delivery;
extern const m_type fin_billed_delivery_type;

/* Pure: delivered − returned − billed; below zero when goods came back after they were billed.
 * billed: NULL: nothing so far. */
M_MUST_USE m_status fin_delivery_rest(const m_delivered_line *line,
                                      const fin_billed_delivery *billed, m_dec *out);
/* Item, unit and cost center of lines that name a delivery line come from there. */
M_MUST_USE m_status fin_sales_fill_delivered(fin_module *fin, m_call *call,
                                             fin_sales_invoice *invoice);
/* Refuses lines beyond what was delivered and kept. */
M_MUST_USE m_status fin_sales_match(fin_module *fin, m_call *call,
                                    const fin_sales_invoice *invoice);
/* Notes what the invoice bills of deliveries; sign −1 takes it back. */
M_MUST_USE m_status fin_sales_note(fin_module *fin, m_call *call, const fin_sales_invoice *invoice,
                                   int sign);

/* ---- hooks ---- */

m_status fin_sales_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_sales_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_sales_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
