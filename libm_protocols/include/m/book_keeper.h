/* Book-keeper: the engine control of the general ledger. It records vouchers as events and keeps
 * the projections (entries, turnovers) in the same transaction. It checks arithmetic, not business
 * rules: those are Finance's.
 *
 * Event log: acc_event, append-only, seq 1, 2, 3 … per tenant, each with
 * hash = SHA-256(previous hash ‖ canonical event text). */
#ifndef M_BOOK_KEEPER_H
#define M_BOOK_KEEPER_H

#include "m/store.h"

/* One line of a voucher: debit xor credit, > 0, base currency. A line in another currency also has
 * the amount in it: a debit above zero, a credit below; zero where only the base moves (a gain or a
 * loss by the rate). Its rate is the one amount by the other. A foreign amount may stand alone when
 * it is worth less than the base currency can say. */
typedef struct {
    m_id account;
    m_id cost_center; /* or null id */
    m_id party;       /* or null id */
    m_dec debit;
    m_dec credit;
    m_str narration;
    m_id currency; /* null id: the base currency */
    m_dec foreign_amount;
    m_str purpose;        /* row of the posting matrix that gave the account; "": named outright */
    m_id rule;            /* that row, a finance.posting_rule */
    int64_t rule_version; /* as it was then */
} m_book_line;
extern const m_type m_book_line_type;

/* One voucher as recorded. A stored type (finance.acc_event) with the key seq. */
typedef struct {
    int64_t seq;        /* set by the book-keeper */
    m_id voucher_id;    /* unique: the same voucher is never recorded twice */
    m_str voucher_type; /* "journal", "goods_receipt", "purchase_invoice", "payment", … */
    m_str voucher_no;
    m_date posting_date;
    m_time recorded_at; /* set by the book-keeper */
    m_str source_type;  /* document type name, "wms.goods_receipt" */
    m_id source_id;
    m_id reverses; /* voucher_id of the voucher this one mirrors, or null id */
    m_str narration;
    m_id actor;
    m_list lines;  /* m_book_line, 2 or more; kept as JSON text in the event row */
    m_str payload; /* canonical JSON of all of the above, what the hash covers */
    m_str hash;    /* 32 bytes */
} m_book_event;
extern const m_type m_book_event_type;   /* as stored: without lines and narration */
extern const m_type m_book_payload_type; /* as hashed: with them, without payload and hash */

/* finance.gl_entry, key (seq, line_no): one per line, partitioned by month. Number, type and source
 * of the voucher are in its event. */
typedef struct {
    int64_t seq;
    int64_t line_no; /* from 1 */
    m_date posting_date;
    m_id account;
    m_id cost_center;
    m_id party;
    m_dec debit;
    m_dec credit;
    m_str narration; /* of the line, else of the voucher */
    m_id currency;   /* null id: the base currency */
    m_dec foreign_amount;
} m_gl_entry;
extern const m_type m_gl_entry_type;

/* Turnover of one month (finance.account_balance, key (account, cost_center, month)), and of one
 * day of them (finance.account_day, key (day, account, cost_center)): what was posted up to a day
 * is the sum of the months before it and of the days of its own. */
typedef struct {
    m_id account;
    m_id cost_center;
    union {
        m_date month; /* its first day */
        m_date day;
    };
    m_dec_sum debit;
    m_dec_sum credit;
    m_dec_sum foreign_amount; /* debit less credit in the currency of the account; no meaning where
                                 lines are of several */
} m_account_balance;
extern const m_type m_account_balance_type;
extern const m_type m_account_day_type;

typedef struct {
    int64_t seq;
} m_book_receipt;
extern const m_type m_book_receipt_type;

typedef struct {
    m_ops_head head;
    /* Record and project. event: everything but seq, recorded_at, payload, hash.
     * M_EXISTS (finance.voucher.duplicate) when voucher_id is recorded already; M_INVALID
     * (finance.voucher.unbalanced) when the lines do not balance or have both or no side, also in
     * their currency when all are of one; (finance.voucher.currency) when a foreign amount has no
     * currency or the other side than its line. */
    m_status (*post)(void *self, m_call *call, const m_book_event *event, m_book_receipt *out);
} m_book_keeper_ops;

typedef struct {
    const m_book_keeper_ops *ops;
    void *self;
} m_book_keeper;

M_WRAPPER(book_keeper, post, m_book_event, m_book_receipt)

/* Its refusals; modules that check the same before use these entries and do not declare them again.
 * The list ends with a NULL code. */
extern const m_error_def m_book_errors[];
extern const m_error_def *const m_err_unbalanced;        /* finance.voucher.unbalanced */
extern const m_error_def *const m_err_voucher_duplicate; /* finance.voucher.duplicate */
extern const m_error_def *const m_err_voucher_currency;  /* finance.voucher.currency */

#endif
