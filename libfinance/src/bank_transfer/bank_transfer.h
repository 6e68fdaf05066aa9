/* Bank transfer (contra): money moved between two bank or cash accounts of one's own, also of
 * different currencies. What arrives more or less in the base currency than what left was worth is
 * a gain or a loss by the exchange rate. */
#ifndef FIN_BANK_TRANSFER_H
#define FIN_BANK_TRANSFER_H

#include "account/account.h"
#include "currency/currency.h"

typedef struct {
    M_DOC;
    m_date posting_date; /* none: today */
    m_id from_account;
    m_id to_account;
    m_dec amount;   /* in the currency of from_account */
    m_dec received; /* in the currency of to_account, as the bank tells; zero: by the rate */
    m_dec rate;     /* base units for … */
    m_dec per;      /* … so many of the other currency; from_account's when both are in others */
    m_id cost_center;
    m_str reference;
    m_date reference_date;
    m_str narration;
    m_dec arrives; /* in the currency of to_account */
    m_dec base_sent;
    m_dec base_received;
    m_dec loss; /* base_sent − base_received; a gain below zero */
} fin_bank_transfer;
extern const m_type fin_bank_transfer_type;
extern const m_doctype fin_bank_transfer_doctype;

/* ---- rules (bank_transfer_rules.c); pure ---- */

/* The currencies of both accounts. */
typedef struct {
    fin_currency from;
    fin_currency to;
} fin_transfer_currencies;

/* What both sides come to in the base currency; and what arrives.
 * M_PRECONDITION: it is needed (two other currencies); M_INVALID: both sides are of one currency
 * and it is not the amount. */
M_MUST_USE m_status fin_transfer_compute(fin_bank_transfer *transfer,
                                         const fin_transfer_currencies *of);

/* ---- hooks ---- */

m_status fin_bank_transfer_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_bank_transfer_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_bank_transfer_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
