/* The general ledger as plain text, in the journal format that hledger and ledger read: so that
 * other programs can check our sums, and so that nobody's books are locked in here.
 *
 *   2025-01-01 (JV-2024-00001) journal
 *       ; seq 1, finance.journal_voucher 01JGG…
 *       assets:1120 Bank                    5000000.00 INR
 *       equity:3100 Capital                -5000000.00 INR
 *
 * Vouchers in the order they were recorded, debit above zero; amounts in the base currency, with
 * its minor unit or more places where there are more. A line's cost center is its tag. */
#ifndef HOST_LEDGER_TEXT_H
#define HOST_LEDGER_TEXT_H

#include <stdio.h>

#include "../boot/domains.h"

typedef struct {
    domain_set *domains;
    const char *currency; /* base currency, ISO code */
    FILE *out;
    uint64_t vouchers; /* written so far */
} ledger_text;

/* Writes everything in the running (read) transaction. What cannot be written to `out` is not
 * noticed here: ask ferror. */
m_status ledger_text_write(ledger_text *text, m_call *call) M_MUST_USE;

#endif
