/* Leave: its types, and the ledger of days that every balance is the sum of. Nothing in the ledger
 * is changed; what was wrong is taken back by another entry. */
#ifndef PPL_LEAVE_H
#define PPL_LEAVE_H

#include "common/ppl_instance.h"

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    bool draws_balance;    /* taken out of what was allocated */
    m_dec unpaid_fraction; /* of a day's pay: 0 paid, 0.5 half paid, 1 unpaid */
    m_dec max_carry;       /* days that go over into the next period; 0: none */
    m_dec max_encashable;  /* days at a time; 0: none */
    bool active;
} ppl_leave_type;
extern const m_type ppl_leave_type_type;
extern const m_doctype ppl_leave_type_doctype;

typedef enum {
    PPL_LEAVE_ALLOCATED,
    PPL_LEAVE_CARRIED,
    PPL_LEAVE_LAPSED,
    PPL_LEAVE_TAKEN,
    PPL_LEAVE_ENCASHED,
    PPL_LEAVE_REVERSED
} ppl_leave_reason;

/* people.leave_entry; append-only. */
typedef struct {
    m_id id;
    m_id employee;
    m_id leave_type;
    m_date date;
    m_dec days;    /* below zero: taken away */
    m_enum reason; /* ppl_leave_reason */
    m_str source_type;
    m_id source; /* the document */
} ppl_leave_entry;
extern const m_type ppl_leave_entry_type;

/* Whose leave of which type. */
typedef struct {
    m_id employee;
    m_id leave_type;
} ppl_leave_of;

/* Days up to and with the day; none: all. */
m_status ppl_leave_balance(const ppl *p, m_call *call, const ppl_leave_of *of, m_date until,
                           m_dec *out) M_MUST_USE;
/* Days taken from … to, as a number above zero. */
m_status ppl_leave_taken(const ppl *p, m_call *call, const ppl_leave_of *of, m_date from, m_date to,
                         m_dec *out) M_MUST_USE;
/* One entry; zero days write nothing. */
m_status ppl_leave_write(const ppl *p, m_call *call, const ppl_leave_of *of, const m_type *type,
                         m_id source, m_date date, m_enum reason, m_dec days) M_MUST_USE;
/* Takes back all that the document wrote, on the days it wrote it; refused when days of it are gone
 * (people.leave.balance). */
m_status ppl_leave_reverse(const ppl *p, m_call *call, const ppl_leave_of *of, const m_type *type,
                           m_id source) M_MUST_USE;
/* people.leave.balance unless so many days are there. */
m_status ppl_leave_need(m_call *call, m_dec balance, m_dec days, const char *member) M_MUST_USE;

extern const m_report ppl_leave_balances_report;

#endif
