/* The general ledger: what may be posted, and posting it through the book-keeper. Finance's own
 * documents and, by the ledger protocol, other domains use the same functions. */
#ifndef FIN_LEDGER_H
#define FIN_LEDGER_H

#include "currency/currency.h"
#include "m/known.h"
#include "m/ledger.h"

/* Whose lines are they: made by a document of Finance, the user's own (a journal), or made by a
 * document of another domain? Faults in the user's own lines are noted under "lines[i].…". Another
 * domain may not name outright an account that a subsidiary ledger explains line by line: stock,
 * goods received, payables, receivables, advances (finance.account.kept); it says the purpose. */
typedef enum { FIN_LINES_MADE, FIN_LINES_OWN, FIN_LINES_DOMAIN } fin_lines_owner;

/* Is the voucher good, and the actor allowed to post it? Purposes become accounts; lines of zero
 * are dropped. *out_lines: m_book_line, may be empty. Reads only. */
M_MUST_USE m_status fin_ledger_check(fin_module *fin, m_call *call, const m_ledger_voucher *in,
                                     fin_lines_owner owner, m_list *out_lines);
/* Check and record; *out_posted: false when every line is zero. */
M_MUST_USE m_status fin_ledger_post(fin_module *fin, m_call *call, const m_ledger_voucher *in,
                                    fin_lines_owner owner, bool *out_posted);

/* Record lines (m_book_line) that were checked, dated `date`, as the voucher. */
M_MUST_USE m_status fin_ledger_record(fin_module *fin, m_call *call, const m_ledger_voucher *in,
                                      m_date date, const m_list *lines);

/* As fin_ledger_post, when the same document frees parts of budgets. freed: fin_spending
 * (budget.h), below zero. */
M_MUST_USE m_status fin_ledger_post_freeing(fin_module *fin, m_call *call,
                                            const m_ledger_voucher *in, fin_lines_owner owner,
                                            const m_list *freed, bool *out_posted);

/* For a voucher that another process has decided to post: lines that the books cannot take are
 * given to the account `suspense`, and so is what is missing to balance. The date is not looked at.
 * Reads only. */
typedef struct {
    m_list lines;          /* m_book_line */
    m_dec_sum in_suspense; /* debit less credit of what went there */
    m_str why;             /* the first fault; empty: there was none */
} fin_forced;
M_MUST_USE m_status fin_ledger_force(fin_module *fin, m_call *call, const m_ledger_voucher *in,
                                     m_id suspense, fin_forced *out);

/* Sequence of the last event recorded; 0: none. */
M_MUST_USE m_status fin_ledger_head(fin_module *fin, m_call *call, int64_t *out);

/* Recorded vouchers and their ledger lines. */
typedef struct {
    m_fetch events;  /* m_book_event, by seq */
    m_fetch entries; /* m_gl_entry of all of them, by seq and line */
} fin_vouchers;

/* Those of the ids that are recorded. The lines are found through the events, so that the ledger
 * needs no index for it. Two round trips. */
M_MUST_USE m_status fin_vouchers_read(fin_module *fin, m_call *call, const m_id *ids,
                                      uint32_t count, fin_vouchers *out);
/* The event of an entry; NULL when it is not among them. */
const m_book_event *fin_vouchers_event(const fin_vouchers *vouchers, int64_t seq);
/* The events of entries: out->records[i] is that of entries->records[i]. */
M_MUST_USE m_status fin_entry_events(fin_module *fin, m_call *call, const m_fetch *entries,
                                     m_fetch *out);

/* Mirrors to post: vouchers[i] gets the mirror mirrors[i]. */
typedef struct {
    const m_id *vouchers;
    const m_id *mirrors;
    uint32_t count;
    m_str voucher_no; /* of the reversing document */
    m_date date;      /* none: the original's date when one may post there, else today */
    bool decided;     /* nothing is refused any more: date and budgets are as they are */
} fin_reversal;

/* All or nothing. A voucher that was never posted has no mirror; *out_posted: how many have. */
M_MUST_USE m_status fin_ledger_reverse(fin_module *fin, m_call *call, const fin_reversal *in,
                                       uint32_t *out_posted);

/* Would it be refused? *out_date: of the last mirror; none when there is nothing to mirror. */
M_MUST_USE m_status fin_ledger_reverse_check(fin_module *fin, m_call *call, const fin_reversal *in,
                                             m_date *out_date);
/* Where a mirror of a voucher of that date would be dated, if asked for `wanted` (none: as in
 * fin_reversal). */
M_MUST_USE m_status fin_mirror_date(fin_module *fin, m_call *call, m_date wanted, m_date original,
                                    m_date *out);
/* M_PRECONDITION finance.voucher.invoiced: one of source_lines stands on a posted invoice. */
M_MUST_USE m_status fin_refuse_invoiced(fin_module *fin, m_call *call, const m_ledger_reversal *in);

/* The mirror of the one voucher a document posted (ids "post" and "cancel"). */
M_MUST_USE m_status fin_ledger_cancel(fin_module *fin, m_call *call, const m_doc *doc);

/* ---- building vouchers ---- */

/* Of a document's own posting: source and ids from `doc`. */
m_ledger_voucher fin_voucher_of(m_call *call, const m_type *type, const m_doc *doc,
                                const char *voucher_type, m_date date, m_str narration);

typedef struct {
    m_call *call;
    m_list lines; /* m_ledger_line */
    uint32_t capacity;
} fin_lines;

/* Adds `line` with the amount as debit (credit when negative); zero adds nothing. */
M_MUST_USE m_status fin_lines_debit(fin_lines *lines, m_ledger_line line, m_dec amount);
M_MUST_USE m_status fin_lines_credit(fin_lines *lines, m_ledger_line line, m_dec amount);
/* A loss by the exchange rate (a gain below zero) to its purpose, "exchange_loss" or
 * "exchange_gain". currency: what it was lost on. */
M_MUST_USE m_status fin_lines_exchange(fin_lines *lines, m_id cost_center, m_id currency,
                                       m_dec loss);

/* Lines in a document's currency that say no currency yet become lines of it: what they say becomes
 * their foreign amount, debit and credit follow by the rate. What the rounding of each leaves over
 * goes to the purpose "round_off". Nothing happens in the base currency. */
M_MUST_USE m_status fin_lines_convert(fin_lines *lines, const fin_currency *currency);

/* The protocol; self is the module's instance. */
extern const m_ledger_ops fin_ledger_ops;

#endif
