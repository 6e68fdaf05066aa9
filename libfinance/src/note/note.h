/* Notes: a credit note takes back a bill to a customer, wholly or in part; a debit note does the
 * same to a supplier's bill. Of an invoice, income or expense and each tax go back in proportion,
 * in its currency and at its rate, never more than is left of it; a note without an invoice is
 * priced like a bill. What the invoice
 * does not need any more is an open credit: it is allocated to other invoices, or refunded. Both
 * sides share the record and the rules; the field tables differ. */
#ifndef FIN_NOTE_H
#define FIN_NOTE_H

#include "payment/payment.h"

typedef struct {
    union {
        fin_bill_line bill;
        struct {
            FIN_BILL_LINE_MEMBERS; /* of an invoice: all but qty come from it; rate: not used */
        };
    };
    m_id invoice_line; /* of notes with an invoice */
    m_dec allowance;   /* instead of a quantity: so much off the net of the line */
    m_dec cost_tax;    /* purchases: its share of tax that could not be reclaimed, and of charges */
    m_dec grni_value;  /* purchases, goods: what it gives back to what was received, */
    m_dec grni_foreign; /* in the currency of the order, */
    m_dec exchange;     /* and of the exchange difference of the bill */
} fin_note_line;

typedef struct {
    M_DOC;
    union {
        m_id party;
        m_id supplier;
        m_id customer;
    };
    m_date posting_date; /* none: today */
    m_id invoice;        /* null id: stands alone */
    m_id goods_return;   /* the return of the goods, if they came back */
    m_str reference;     /* the party's own number */
    m_str reason;
    bool prices_include_tax; /* these two without an invoice only */
    m_enum tax_rounding;
    m_list lines;   /* fin_note_line; none with an invoice: all that is left of it */
    m_list taxes;   /* fin_invoice_tax */
    m_list charges; /* fin_invoice_charge, as far as they go back */
    m_dec net_total;
    m_dec tax_total;
    m_dec rounding;
    m_dec grand_total;
    m_list allocations; /* fin_allocation; batch 0: what it took off its own invoice */
    m_dec allocated;
    m_dec unallocated; /* the credit that is left */
    m_dec refunded;
    int64_t batches;  /* allocations made later */
    m_id currency;    /* of all amounts; null id: the base currency. It and the rate are … */
    m_dec rate;       /* … those of the invoice, if there is one: base units for … */
    m_dec per;        /* … so many of the currency */
    m_dec base_total; /* in another currency: grand_total in the books, */
    m_dec base_unallocated; /* and what the open credit is worth there */
} fin_note;
extern const m_type fin_credit_note_type;
extern const m_type fin_debit_note_type;
extern const m_doctype fin_credit_note_doctype;
extern const m_doctype fin_debit_note_doctype;

/* ---- rules (note_rules.c); pure ---- */

typedef struct {
    const fin_bill *bill;         /* the invoice, */
    bool sale;                    /* with fin_sales_line, else fin_invoice_line */
    const fin_note *const *notes; /* on it so far */
    uint32_t note_count;
    int places;      /* of its currency, */
    int base_places; /* and of the base currency: goods are valued in it */
} fin_note_basis;

typedef enum {
    FIN_NOTE_GOOD,
    FIN_NOTE_UNKNOWN,
    FIN_NOTE_QTY,
    FIN_NOTE_NET,
    FIN_NOTE_KIND
} fin_note_fault_kind;

typedef struct {
    fin_note_fault_kind kind;
    uint32_t line;
    m_dec left; /* of the quantity or the net */
} fin_note_fault;

/* Fills lines (all that is left when there are none), taxes, charges and totals. *fault: the first
 * line that asks for what is not there; the note is then not computed. What empties a line, a tax
 * or a charge takes all that is left of it. */
M_MUST_USE m_status fin_note_compute(m_arena *arena, const fin_note_basis *basis, fin_note *note,
                                     fin_note_fault *fault);

/* The note's credit as if it was a payment of its amount: what moves credits knows payments. */
fin_payment fin_note_as_payment(const fin_note *note);

/* ---- inside ---- */

M_MUST_USE m_status fin_note_check(const fin_side *side, fin_module *fin, m_call *call,
                                   fin_note *note);
M_MUST_USE m_status fin_note_submit(const fin_side *side, fin_module *fin, m_call *call,
                                    fin_note *note);
/* Goods that a debit note gives back: their value, and that they may be invoiced again. */
M_MUST_USE m_status fin_note_goods(fin_module *fin, m_call *call, const fin_note *note);
/* sign −1 takes back what was noted. */
M_MUST_USE m_status fin_note_invoiced(fin_module *fin, m_call *call, const fin_note *note,
                                      int sign);

/* ---- hooks ---- */

m_status fin_credit_note_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_credit_note_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_credit_note_allocate(void *module, m_call *call, void *doc, const void *input);
m_status fin_credit_note_cancel(void *module, m_call *call, void *doc, const void *input);
m_status fin_debit_note_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_debit_note_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_debit_note_allocate(void *module, m_call *call, void *doc, const void *input);
m_status fin_debit_note_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
