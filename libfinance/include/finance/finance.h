/* Finance: the book of accounts. This header is all that a program linking libfinance sees: the
 * module descriptor for a host, and the pure rules for an embedder.
 *
 * The rules are pure: no store, no clock, no I/O; safe in any thread. Results live in the arena
 * given. Amounts are in one currency; `places` is the number of its decimal places (0 to 6).
 * M_INVALID: the input makes no sense; M_RANGE: a number does not fit; M_NOMEM: the arena is full.
 * Out parameters are written only on success. */
#ifndef FINANCE_FINANCE_H
#define FINANCE_FINANCE_H

#include "m/module.h"
#include "m/money.h"

#define FIN_API __attribute__((visibility("default")))

/* The module "finance": documents, reports, the protocol "ledger". */
FIN_API const m_module *finance_module(void);

/* ---- taxes and charges of a document ---- */

typedef enum {
    FIN_ON_NET,        /* rate percent of the net of each line */
    FIN_ACTUAL,        /* a fixed amount */
    FIN_ON_ROW_AMOUNT, /* rate percent of the amount of the earlier charge `row` (see `rows`) */
    FIN_PER_LINE,      /* a fixed amount for each line */
    FIN_ON_ROW_TOTAL   /* rate percent of the running total after the earlier charge `row` */
} fin_charge_basis;

typedef struct {
    fin_charge_basis basis;
    m_dec rate;              /* percent, ≥ 0 */
    m_dec amount;            /* FIN_ACTUAL */
    uint32_t row;            /* FIN_ON_ROW_…: index of an earlier charge, from 0 */
    uint32_t rows;           /* FIN_ON_ROW_AMOUNT: of so many charges, `row` the last; 0: of one */
    bool deduct;             /* takes away instead of adding */
    bool included;           /* FIN_ON_NET: the line amounts contain it already */
    m_dec not_recoverable;   /* percent of it that becomes cost of the lines: 0 to 100 */
    const m_dec *line_rates; /* FIN_ON_NET: a rate for each line instead of `rate`; or NULL */
    const m_dec *line_amounts; /* FIN_PER_LINE */
    bool adds_to_base;         /* FIN_PER_LINE or with line_rates: later charges with line_rates are
                                  computed on it too; neither is included then */
    bool self_assessed;        /* owed, but not to the seller: no part of the total */
} fin_charge;

typedef struct {
    const m_dec *amounts; /* of the lines, as priced, ≥ 0 */
    uint32_t line_count;
    const fin_charge *charges;
    uint32_t charge_count;
    m_dec net_discount; /* taken off the net, spread over the lines; not with included charges */
    int places;
    m_rounding rounding;
    bool per_line;  /* round each line's tax; else the tax of all lines once */
    m_dec round_to; /* the grand total is a multiple of this; zero: as it comes */
    m_rounding round_to_how;
} fin_tax_input;

typedef struct {
    m_dec *net;         /* per line, without included charges and discount */
    m_dec *cost;        /* per line: its share of what is not recoverable */
    m_dec *taxable;     /* per charge: what it was computed on (FIN_ACTUAL: zero) */
    m_dec *tax;         /* per charge, also of a deducted one ≥ 0 */
    m_dec *recoverable; /* per charge: tax less what became cost */
    m_dec *running;     /* per charge: net plus all charges up to it */
    m_dec net_total;
    m_dec tax_total; /* deducted ones count below zero */
    m_dec grand_total;
    m_dec rounded_total; /* to `round_to` */
    m_dec adjustment;    /* rounded_total − grand_total */
} fin_tax_result;

/* Exact: Σ net + tax_total = grand_total; with included charges only, grand_total = Σ amounts; the
 * shares of cost sum to what is not recoverable. An included price gives the base first and the
 * last included charge takes what is left. */
FIN_API M_MUST_USE m_status fin_tax_compute(m_arena *arena, const fin_tax_input *in,
                                            fin_tax_result *out);

/* total as a multiple of unit (> 0). */
FIN_API M_MUST_USE m_status fin_round_to(m_dec total, m_dec unit, m_rounding how, m_dec *out);

/* ---- payment terms ---- */

/* Applied in this order: months, days, end of month, then days. All ≥ 0. */
typedef struct {
    int64_t months;
    int64_t days;
    bool end_of_month;
    int64_t then_days;
} fin_due_rule;

FIN_API m_date fin_due_date(m_date from, const fin_due_rule *rule);

typedef struct {
    m_dec percent;
    m_dec amount; /* instead of a percentage; zero: none */
    bool balance; /* takes the rest; only the last term may, and without one the last does too */
    m_dec discount_percent; /* for early payment, */
    int64_t discount_days;  /* until so many days after the bill; ≥ 0 */
    fin_due_rule due;
} fin_term;

typedef struct {
    m_dec amount;
    m_dec pay_if_early; /* zero without a discount */
    m_date early_until; /* none without a discount */
    m_date due;
} fin_instalment;

/* Split `total`, of which `net` is without tax, into one instalment per term: out[0 … n−1] sum to
 * total. discount_on_tax: the early discount is taken off the tax as well. Terms without a balance
 * must sum to 100; fixed amounts need one, and get at most what is left. */
FIN_API M_MUST_USE m_status fin_terms_compute(m_dec total, m_dec net, int places,
                                              const fin_term *terms, uint32_t n,
                                              bool discount_on_tax, m_date from,
                                              fin_instalment *out);

typedef struct {
    m_dec total;
    m_dec paid;
    m_dec discount_net;
    m_dec discount_tax;
} fin_early_payment;

/* What is paid when discount_percent is taken off a bill of `net` plus tax in time. */
FIN_API M_MUST_USE m_status fin_early_payment_compute(m_dec net, m_dec tax_rate,
                                                      m_dec discount_percent, int places,
                                                      fin_early_payment *out);

/* ---- payments ---- */

/* Spread `amount` over open items in their order, each at most its outstanding. out_parts[0 … n−1];
 * *out_rest: what no item needed (an advance). */
FIN_API M_MUST_USE m_status fin_allocate(m_dec amount, const m_dec *outstanding, uint32_t n,
                                         m_dec *out_parts, m_dec *out_rest);

/* Take `amount` off a bill that consists of parts (net, tax, tax …) in proportion: exact, the sum
 * of out_shares is amount. */
FIN_API M_MUST_USE m_status fin_split_write_off(m_dec amount, int places, const m_dec *parts,
                                                uint32_t n, m_dec *out_shares);

/* ---- other currencies ---- */

/* Two items of one currency that are set off against each other: what goes of each. */
typedef struct {
    m_dec foreign;     /* the smaller of both, in their currency */
    m_dec debit_base;  /* what the debit loses in the base currency */
    m_dec credit_base; /* what the credit loses */
    m_dec loss;        /* the difference, a loss by the exchange rate; a gain below zero */
} fin_currency_match;

/* debit and credit: what is open of each, ≥ 0; `foreign`: at most so much, in their currency. An
 * item that is emptied in its currency is emptied in the base currency. */
FIN_API M_MUST_USE m_status fin_currency_match_items(m_foreign debit, m_foreign credit,
                                                     m_dec foreign, int places,
                                                     fin_currency_match *out);

/* ---- closing a year ---- */

/* What an income or expense account stands at in one cost center. */
typedef struct {
    m_id account;
    m_id cost_center;  /* or null id */
    m_dec_sum balance; /* debit above zero */
} fin_result_balance;

typedef struct {
    m_id account;
    m_id cost_center; /* or null id */
    m_dec amount;     /* a debit above zero, a credit below */
} fin_closing_entry;

/* What brings the balances to zero: for each cost center the opposite of each of its balances, then
 * their sum against the account `retained` in the same cost center (left out when it is zero). The
 * balances of a cost center stand next to each other; those of zero give nothing. *out_entries:
 * fin_closing_entry; those of a cost center sum to zero. */
FIN_API M_MUST_USE m_status fin_close_results(m_arena *arena, const fin_result_balance *balances,
                                              uint32_t n, m_id retained, m_list *out_entries);

/* ---- budgets ---- */

/* What may still be spent: the budget less what was posted less what was ordered and not yet
 * invoiced. Below zero: it is exceeded. */
static inline m_dec_sum fin_available(m_dec_sum budget, m_dec_sum actual, m_dec_sum committed)
{
    return budget - actual - committed;
}

/* ---- deferred income and expense ---- */

#define FIN_DEFER_MONTHS_MAX 120

typedef struct {
    m_date start;
    m_date end;           /* last day */
    bool by_days;         /* each month takes a share by its days in the span … */
    const m_dec *weights; /* … else by these, one per month, ≥ 0; NULL: whole months weigh the same,
                             a part of a month its share of it */
} fin_defer_span;

typedef struct {
    m_date first;
    m_date last;
    m_dec amount;
} fin_defer_part;

/* How many calendar months start … end touches. M_INVALID: none, or more than the most. */
FIN_API M_MUST_USE m_status fin_defer_months(m_date start, m_date end, uint32_t *out);
/* Split `amount` into one part per calendar month: out[0 … n−1] sum to it exactly. n:
 * fin_defer_months. */
FIN_API M_MUST_USE m_status fin_defer(m_dec amount, int places, const fin_defer_span *span,
                                      uint32_t n, fin_defer_part *out);

#endif
