/* Ledger: how other domains post to the general ledger. Provided by Finance. Two-phase:
 * prepare checks and holds, confirm posts, void lets go. In one process prepare checks only and
 * confirm posts in the caller's transaction; between processes prepare is a call before the
 * transaction opens and confirm travels by the outbox. Same ids, same states.
 *
 * A caller names accounts by purpose ("stock", "grni", "purchase_variance"); Finance's posting
 * matrix turns purpose (and warehouse or tax) into an account. */
#ifndef M_LEDGER_H
#define M_LEDGER_H

#include "m/iface.h"

typedef struct {
    m_str purpose;    /* row of the posting matrix; or empty when `account` is given */
    m_id account;     /* explicit account, or null id */
    m_id subject;     /* what may select a special account: warehouse or tax id; or null id */
    m_id cost_center; /* or null id */
    m_id party;       /* or null id */
    m_dec debit;
    m_dec credit; /* base currency, like debit */
    m_str narration;
    m_id currency;        /* null id: the base currency */
    m_dec foreign_amount; /* in that currency: a debit above zero, a credit below (book_keeper.h) */
} m_ledger_line;
extern const m_type m_ledger_line_type;

typedef struct {
    m_id voucher_id;    /* deterministic: m_voucher_id(); the client's idempotency key */
    m_str voucher_type; /* "goods_receipt" */
    m_str voucher_no;   /* number of the source document; empty at prepare */
    m_date posting_date;
    m_str source_type; /* "wms.goods_receipt" */
    m_id source_id;
    m_id reverses; /* voucher mirrored by this one, or null id */
    m_str narration;
    m_list lines; /* m_ledger_line; Σ debit = Σ credit. At prepare amounts are ceilings where the
                     exact cost is known only later. Lines of zero are left out. */
} m_ledger_voucher;
extern const m_type m_ledger_voucher_type;

typedef struct {
    m_id voucher_id;
    m_str source_type;
    m_id source_id;
    m_str voucher_no;    /* of the reversing document */
    m_date posting_date; /* none: the original's when one may post there, else today */
    m_id reversal_id;    /* voucher_id of the mirror */
    m_list source_lines; /* m_id: lines of the source document that Finance may have invoiced; may
                            be empty */
} m_ledger_reversal;
extern const m_type m_ledger_reversal_type;

typedef struct {
    m_id voucher_id;
    bool posted;
} m_ledger_result;
extern const m_type m_ledger_result_type;

typedef struct {
    m_date date;
} m_ledger_date;
extern const m_type m_ledger_date_type;

typedef struct {
    m_ops_head head;
    /* Are date, accounts and dimensions good? M_PRECONDITION finance.period.locked,
     * finance.period.missing, finance.account.group, finance.account.inactive,
     * finance.account.kept (an account named outright that stands for stock, goods received,
     * payables, receivables or advances), finance.posting.unmapped; M_DENIED
     * finance.period.soft_closed; M_INVALID finance.voucher.unbalanced,
     * finance.cost_center.required. */
    m_status (*prepare)(void *self, m_call *call, const m_ledger_voucher *in, m_ledger_result *out);
    /* Post what was prepared, with the exact lines. Idempotent by voucher_id. A voucher without
     * lines (everything zero) posts nothing and answers posted = false. */
    m_status (*confirm)(void *self, m_call *call, const m_ledger_voucher *in, m_ledger_result *out);
    /* Post the mirror of a posted voucher (of one that posted nothing: posted = false);
     * M_PRECONDITION finance.voucher.reversed when done before, finance.voucher.invoiced when one
     * of source_lines stands on a posted invoice. */
    m_status (*reverse)(void *self, m_call *call, const m_ledger_reversal *in,
                        m_ledger_result *out);
    /* M_OK when postings dated `date` are allowed for the caller. */
    m_status (*check_date)(void *self, m_call *call, const m_ledger_date *in, m_ledger_result *out);
} m_ledger_ops;

typedef struct {
    const m_ledger_ops *ops;
    void *self;
} m_ledger;

M_WRAPPER(ledger, prepare, m_ledger_voucher, m_ledger_result)
M_WRAPPER(ledger, confirm, m_ledger_voucher, m_ledger_result)
M_WRAPPER(ledger, reverse, m_ledger_reversal, m_ledger_result)
M_WRAPPER(ledger, check_date, m_ledger_date, m_ledger_result)

extern const m_protocol m_ledger_protocol;

/* Id of the voucher a document causes: derived from tenant, document id and purpose ("post",
 * "cancel"). */
m_id m_voucher_id(m_call *call, m_id document, const char *purpose);

#endif
