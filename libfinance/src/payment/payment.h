/* Payment: money paid to a supplier, or given back by one. What is not allocated to invoices is an
 * advance; it can be allocated later. A receipt (receipt/receipt.h) is the same record with the
 * same rules on the customer's side. */
#ifndef FIN_PAYMENT_H
#define FIN_PAYMENT_H

#include "fin.h"
#include "invoice/invoice.h"
#include "ledger/ledger.h"
#include "open_item/open_item.h"

#define FIN_ALLOCATIONS_MAX 1000

typedef enum { FIN_PAY /* or receive */, FIN_REFUND } fin_payment_type;

typedef struct {
    m_id invoice;
    int64_t instalment; /* from 1; 0: the oldest due first, and none when it has none */
    m_dec amount;
    m_dec write_off; /* forgiven on top of the amount, */
    bool early;      /* because it was paid early: by the terms of the invoice */
    int64_t batch;   /* 0: by the payment itself, 1 …: by the n-th later allocation */
    m_date date;     /* of the voucher that allocated it */
    /* In another currency, in the base currency: */
    m_dec base_cleared; /* what amount and write-off take off the invoice, … */
    m_dec base_written; /* … of it the write-off */
    m_dec base_paid;    /* what the amount was worth when it was paid */
} fin_allocation;
extern const m_type fin_allocation_type;

typedef struct {
    M_DOC;
    m_enum type; /* fin_payment_type */
    union {
        m_id party;
        m_id supplier; /* of a payment */
        m_id customer; /* of a receipt */
    };
    m_date posting_date; /* none: today */
    m_id account;        /* bank or cash; null id: that of the purpose "bank" */
    m_dec amount;
    m_str reference;
    m_date reference_date;
    m_id refund_of;      /* refunds: the payment whose advance comes back, */
    m_id refund_of_note; /* or the note whose credit does */
    m_id cost_center;
    m_str narration;
    m_list allocations; /* fin_allocation */
    m_dec allocated;    /* of the amount, without write-offs */
    m_dec unallocated;  /* the advance that is left */
    m_dec refunded;
    int64_t batches; /* allocations made later */
    m_id currency;   /* of all amounts; null id: the base currency */
    m_dec rate;      /* base units for … */
    m_dec per;       /* … so many of the currency */
    /* In another currency: */
    m_dec base_amount;      /* what the amount is worth in the base currency */
    m_dec base_unallocated; /* what the advance is worth; of a refund what it gives back was */
    /* Of a payment: */
    m_id withholding; /* category of tax withheld of the advance, or null id */
    m_dec withheld;   /* of the amount, paid to the tax office instead */
    m_dec withheld_on;
    m_dec withheld_rate;
    m_dec base_net; /* in another currency: the advance that counts, and what is withheld of it, */
    m_dec base_withheld; /* in the books */
    /* Of an account in a currency that is not the payment's: */
    m_id account_currency; /* null id: it is, or the base currency */
    m_dec account_amount;  /* what leaves or enters it; worth what the payment is worth, so that
                              nothing is gained or lost before the account is revalued */
} fin_payment;
extern const m_type fin_payment_record_type;
extern const m_doctype fin_payment_doctype;

/* Input of the action "allocate". No allocations: oldest due first. */
typedef struct {
    m_date posting_date; /* none: today */
    m_list allocations;  /* fin_allocation */
} fin_allocate_input;
extern const m_type fin_allocate_input_type;

/* ---- inside ---- */

/* Allocations under way, with what they point to; one entry per allocation. */
typedef struct {
    fin_module *fin;
    m_call *call;
    const fin_side *side;
    fin_payment *payment;
    m_list lines;                 /* fin_allocation */
    const fin_open_item **items;  /* NULL: none */
    const fin_invoice **invoices; /* NULL: none; in full side->invoices */
    const fin_open_item **parts;  /* instalments of them, each invoice's by due date */
    uint32_t part_count;
    const fin_open_item *advance; /* of the payment, or NULL */
} fin_allocating;

/* Reads open items, instalments and invoices of lines in one round. */
M_MUST_USE m_status fin_allocating_read(fin_allocating *a);
/* Pure: does the line pay this instalment early, by its terms, on that day? Whole, and by the exact
 * amount; a write-off is left out or is the discount. */
bool fin_early_fits(const fin_invoice_instalment *part, const fin_allocation *line, m_date date);
/* Lines that do get the discount as their write-off; several instalments are named one by one. */
void fin_allocating_early(fin_allocating *a, m_date date);
/* Notes allocations that are not possible and refuses. */
M_MUST_USE m_status fin_allocating_judge(fin_allocating *a);
/* The instalment of a line; NULL: there is none. */
const fin_open_item *fin_allocating_part(const fin_allocating *a, const fin_allocation *line);
/* Judged lines without an instalment are divided over the instalments of their invoices; lines may
 * be another list afterwards. */
M_MUST_USE m_status fin_allocating_spread(fin_allocating *a);
/* After the spread: what the lines are worth in the books. whole: what they are paid from, the
 * money or the advance; *out_left: what they leave of it, all of its base with the last of it.
 * Nothing happens in the base currency. (payment_currency.c) */
M_MUST_USE m_status fin_allocating_value(fin_allocating *a, m_foreign whole, m_foreign *out_left);
/* What went: in the base currency when that is the payment's, else by the values of the lines. */
typedef struct {
    m_foreign paid;    /* Σ amounts as they were paid */
    m_foreign cleared; /* Σ what is taken off the invoices */
    m_foreign written; /* of it Σ write-offs */
} fin_allocating_sums;
M_MUST_USE m_status fin_allocating_sum(const fin_allocating *a, fin_allocating_sums *out);
/* `line` with the amount on the side's debit (below zero: credit), in the payment's currency. */
M_MUST_USE m_status fin_allocating_debit(const fin_allocating *a, fin_lines *lines,
                                         m_ledger_line line, m_foreign amount);
/* A gain or loss by the rate: paid for what was booked. */
M_MUST_USE m_status fin_allocating_exchange(const fin_allocating *a, fin_lines *lines, m_dec paid,
                                            m_dec booked);
/* Once all else is known: the amount in the account's currency, by the rate of the day when it is
 * left empty, or when what it is for has changed. before: or NULL. (payment_account.c) */
M_MUST_USE m_status fin_payment_account_amount(fin_module *fin, m_call *call, fin_payment *payment,
                                               const fin_payment *before);
M_MUST_USE m_status fin_payment_currency(fin_module *fin, m_call *call, const fin_payment *payment,
                                         fin_currency *out);
/* The money of the payment, and what is left of its advance. */
m_foreign fin_payment_worth(const fin_payment *payment);
/* What of it the tax office gets. */
m_foreign fin_payment_withheld(const fin_payment *payment);
m_foreign fin_open_worth(const fin_open_item *item);

/* The fields of a payment in another currency. */
#define FIN_PAYMENT_CURRENCY_FIELDS                                                                \
    M_F_LINK(fin_payment, currency, "Currency", "core.currency", .flags = M_SPARSE,                \
             .help = "Of all amounts; that of the bank account when left empty.",                  \
             .section = "Currency"),                                                               \
        M_F_DEC(fin_payment, rate, "Exchange rate", .flags = M_NON_NEGATIVE | M_SPARSE,            \
                .help = "That of the posting date when left empty.", .section = "Currency",        \
                .depends_on = "currency"),                                                         \
        M_F_DEC(fin_payment, per, "For", .flags = M_NON_NEGATIVE | M_SPARSE,                       \
                .help = "Units of the other currency the rate is for; 1 when left empty.",         \
                .section = "Currency", .depends_on = "currency"),                                  \
        M_F_MONEY(fin_payment, base_amount, "Amount in the books",                                 \
                  .flags = M_READONLY | M_SPARSE),                                                 \
        M_F_MONEY(fin_payment, base_unallocated, "Unallocated in the books",                       \
                  .flags = M_READONLY | M_SPARSE),                                                 \
        M_F_LINK(fin_payment, account_currency, "Currency of the account", "core.currency",        \
                 .flags = M_READONLY | M_SPARSE),                                                  \
        M_F_MONEY(fin_payment, account_amount, "Amount at the account",                            \
                  .flags = M_NON_NEGATIVE | M_SPARSE, .section = "Currency",                       \
                  .help = "Of an account in a currency that is not the payment's; by the rate of " \
                          "the day when left empty.")
#define FIN_ALLOCATION_CURRENCY_FIELDS                                                             \
    M_F_MONEY(fin_allocation, base_cleared, "Cleared in the books",                                \
              .flags = M_READONLY | M_SPARSE),                                                     \
        M_F_MONEY(fin_allocation, base_written, "Write-off in the books",                          \
                  .flags = M_READONLY | M_SPARSE),                                                 \
        M_F_MONEY(fin_allocation, base_paid, "Paid in the books", .flags = M_READONLY | M_SPARSE)

/* Σ amounts, and Σ amounts with write-offs. */
M_MUST_USE m_status fin_allocating_total(const fin_allocating *a, m_dec *out_paid,
                                         m_dec *out_cleared);
/* Lower (sign 1) or restore (sign −1) what is outstanding on each invoice. */
M_MUST_USE m_status fin_allocating_apply(const fin_allocating *a, int sign);

/* A refund is made (sign 1) or cancelled (sign −1): the payment or note it gives back is told. */
M_MUST_USE m_status fin_payment_change_refunded(const fin_allocating *a, int sign);

/* Id of the voucher that posted the payment (batch 0) or its n-th later allocation. */
M_MUST_USE m_status fin_payment_voucher(m_call *call, m_id payment, int64_t batch, m_id *out);

/* ---- the rules of both sides ---- */

M_MUST_USE m_status fin_settle_check(const fin_side *side, fin_module *fin, m_call *call,
                                     fin_payment *payment);
M_MUST_USE m_status fin_settle_submit(const fin_side *side, fin_module *fin, m_call *call,
                                      fin_payment *payment);
M_MUST_USE m_status fin_settle_allocate(const fin_side *side, fin_module *fin, m_call *call,
                                        fin_payment *payment, const fin_allocate_input *in);
M_MUST_USE m_status fin_settle_cancel(const fin_side *side, fin_module *fin, m_call *call,
                                      fin_payment *payment);

/* ---- hooks ---- */

m_status fin_payment_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_payment_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_payment_allocate(void *module, m_call *call, void *doc, const void *input);
m_status fin_payment_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
