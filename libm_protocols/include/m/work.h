/* Work: what takes longer than a question may, done by the process that owns the documents and the
 * books: it is asked for once and asked about until it is over. Provided by the host of every
 * domain; asked by the gateway. */
#ifndef M_WORK_H
#define M_WORK_H

#include "m/documents.h"

typedef enum { M_WORK_PROVE, M_WORK_IMPORT, M_WORK_KINDS } m_work_kind;

typedef struct {
    m_enum kind;  /* m_work_kind */
    m_list query; /* m_pair: how it shall be done */
    m_str body;   /* bytes: a file */
    m_str after;  /* events of other domains to be seen first, "core=42,wms=7"; or empty */
} m_work_order;
extern const m_type m_work_order_type;

typedef struct {
    m_id id;
    int64_t seen; /* bytes of the rows that were told before */
} m_work_ref;
extern const m_type m_work_ref_type;

typedef enum { M_WORK_WAITING, M_WORK_RUNNING, M_WORK_DONE, M_WORK_FAILED } m_work_state;

typedef struct {
    bool known; /* false: another process of the domain has it, or the one that had it is gone */
    m_enum state;
    int64_t done;
    int64_t total;
    m_str rows;       /* what came since: JSON objects with commas between, one in front too */
    int64_t left_out; /* rows that there was no room for */
    m_str result;     /* JSON object, or empty */
    m_str refusal;    /* FAILED: {"error":…} */
    int64_t mark;     /* number of the last event that left with it; 0: none did */
} m_work_news;
extern const m_type m_work_news_type;

/* A table that a proof elsewhere compares with its own. */
typedef struct {
    m_str table; /* "wms.received_line": one of those that proofs borrow */
    m_id after;  /* the last row of the page before; the null id: the first page */
} m_work_loan;
extern const m_type m_work_loan_type;

typedef struct {
    m_str rows; /* JSON objects with commas between: ids as uuid, amounts as text */
    m_id last;
    bool more;
} m_work_lent;
extern const m_type m_work_lent_type;

typedef struct {
    m_ops_head head;
    /* *out: what to ask about. core.busy: too much waits. */
    m_status (*ask)(void *self, m_call *call, const m_work_order *in, m_work_ref *out);
    /* By the person who asked for it. */
    m_status (*tell)(void *self, m_call *call, const m_work_ref *in, m_work_news *out);
    /* One page of the tenant's rows. Administrators only; core.not_found: nobody borrows that. */
    m_status (*lend)(void *self, m_call *call, const m_work_loan *in, m_work_lent *out);
} m_work_ops;

typedef struct {
    const m_work_ops *ops;
    void *self;
} m_work;

M_WRAPPER(work, ask, m_work_order, m_work_ref)
M_WRAPPER(work, tell, m_work_ref, m_work_news)
M_WRAPPER(work, lend, m_work_loan, m_work_lent)

extern const m_protocol m_work_protocol;

#endif
