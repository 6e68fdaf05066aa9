/* Open item: what is owed on one document, by us or to us, and on each of its instalments. Kept in
 * the same unit of work as the documents. */
#ifndef FIN_OPEN_ITEM_H
#define FIN_OPEN_ITEM_H

#include "fin.h"

typedef enum {
    FIN_OPEN_INVOICE,          /* owed to a supplier */
    FIN_OPEN_ADVANCE,          /* paid to a supplier beforehand */
    FIN_OPEN_RECEIVABLE,       /* owed by a customer */
    FIN_OPEN_CUSTOMER_ADVANCE, /* received from a customer beforehand */
    FIN_OPEN_CREDIT,           /* of debit notes: a supplier owes it */
    FIN_OPEN_CUSTOMER_CREDIT   /* of credit notes: owed to a customer */
} fin_open_kind;
extern const char *const fin_open_kinds[];

/* finance.open_item, key document; finance.instalment, key document and instalment. The instalments
 * of a document sum to its open item; a document without any is due at once. */
typedef struct {
    m_id document;
    int64_t instalment;  /* from 1; 0: the whole document */
    int64_t instalments; /* of the whole document: how many it has */
    m_enum kind;         /* fin_open_kind */
    m_id party;          /* a supplier or a customer */
    m_str number;        /* of the document */
    m_str reference;     /* the party's own number */
    m_date posting_date;
    m_date due_date;
    m_dec amount;
    m_dec credited;    /* taken off by notes */
    m_dec outstanding; /* 0 … amount */
    /* Of a document in another currency the amounts above are in it, and these two in the base
     * currency, by the rate of the document; they end at zero together. */
    m_id currency; /* null id: the base currency; then the two are zero */
    m_dec base_amount;
    m_dec base_outstanding;
} fin_open_item;
extern const m_type fin_open_item_type;
extern const m_type fin_instalment_type;

/* What is outstanding, in the base currency. */
static inline m_dec fin_open_base(const fin_open_item *item)
{
    return m_id_is_null(item->currency) ? item->outstanding : item->base_outstanding;
}

/* What is open in parts that fall due: whole documents, those with instalments replaced by them; by
 * due date, posting date and document. items, instalments: fetches of fin_open_item. */
M_MUST_USE m_status fin_open_parts(m_arena *arena, const m_fetch *items, const m_fetch *instalments,
                                   m_list *out);

/* ---- the two sides of trade ---- */

/* Everything that differs between suppliers and customers; the rules know only this. */
typedef struct {
    const char *party;      /* the field that names it: "supplier" */
    m_enum invoice;         /* fin_open_kind of its invoices */
    m_enum advance;         /* and of its advances, */
    m_enum credit;          /* and of the credits of its notes; both stand at `prepaid` */
    const char *control;    /* purposes of the posting matrix: "payable" */
    const char *prepaid;    /* "supplier_advance" */
    const char *write_off;  /* "write_off" */
    const char *early;      /* "early_discount" */
    const char *voucher;    /* voucher type of money: "payment" */
    const m_type *invoices; /* record type; begins with fin_invoice */
    const m_type *money;    /* record type of payments: a fin_payment */
    const m_type *notes;    /* record type of notes: a fin_note */
    const char *note;       /* their voucher type: "debit_note" */
    bool credits;           /* what moves is a note's credit: batch 0 is taken off the bill */
    int sign;               /* 1: money goes out and clears a credit; −1: the other way */
    bool may_end;           /* money also moves when the party takes no business any more */
    const char *limit;      /* policy: percent of an invoice that may be forgiven; or NULL */
    int limit_pct;          /* where the tenant has none */
    const m_error_def *inactive;
    const m_error_def *other; /* a document of another party */
    m_status (*parties)(m_masters masters, m_call *call, const m_ids *in, m_parties *out);
} fin_side;
extern const fin_side fin_supplier_side;
extern const fin_side fin_customer_side;

/* An amount that is a debit on the supplier side. */
static inline m_dec fin_on_side(const fin_side *side, m_dec amount)
{
    return (m_dec){side->sign * amount.u};
}

/* The party; noted under side->party when it does not exist, and when `active` is demanded but it
 * takes no business. */
M_MUST_USE m_status fin_read_party(fin_module *fin, m_call *call, const fin_side *side, m_id party,
                                   bool active, m_party_info *out);

#endif
