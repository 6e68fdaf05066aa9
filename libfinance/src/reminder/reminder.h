/* Reminders to customers who pay late. Levels say how many days late each is due, its fee, interest
 * and text, from a day on: what is in force on the day of the reminder holds. The report tells what
 * is due, and the document records what was sent: never two of one level for an instalment. Fees
 * and interest are told to the customer; where the policy finance.reminder_fees says 1 on the day
 * of the reminder, a draft of their sales invoice is made with it, which is thrown away with it
 * while it is a draft; interest then runs on from the last one that was billed. Amounts are in the
 * base currency. */
#ifndef FIN_REMINDER_H
#define FIN_REMINDER_H

#include "open_item/open_item.h"

#define FIN_REMINDER_LEVELS 20
#define FIN_REMINDED_MAX    500

#define FIN_REMINDER_FEES "finance.reminder_fees" /* policy: 0 told, 1 billed */

/* What holds for a level from a day on. (level, effective_from) is unique. */
typedef struct {
    M_DOC;
    int64_t level;         /* from 1 */
    m_date effective_from; /* none: before all others */
    int64_t days_overdue;  /* earliest so many days after the due date, */
    int64_t wait_days;     /* and so many after the level before */
    m_dec fee;
    m_dec interest_percent; /* a year, on what is outstanding */
    m_str text;
    bool active; /* else the level is not sent from that day on */
} fin_reminder_level;
extern const m_type fin_reminder_level_type;
extern const m_doctype fin_reminder_level_doctype;

typedef struct {
    m_id invoice;
    int64_t instalment; /* 0: the whole */
    m_str number;
    m_date due_date;
    int64_t days_late;
    m_dec outstanding;
    int64_t level;
    m_id terms; /* the fin_reminder_level that was in force */
    m_dec fee;
    m_dec interest;
} fin_reminder_line;
extern const m_type fin_reminder_line_type;

typedef struct {
    M_DOC;
    m_id customer;
    m_date date;  /* none: today; no day to come */
    m_list lines; /* fin_reminder_line; none: all that is due */
    m_dec outstanding;
    m_dec fees;
    m_dec interest;
    m_str text; /* none: that of the highest level */
    bool own_text;
    m_id bill; /* sales invoice of fees and interest; null id: none */
} fin_reminder;
extern const m_type fin_reminder_type;
extern const m_doctype fin_reminder_doctype;

/* finance.reminded: a level that was sent. */
typedef struct {
    m_id invoice;
    int64_t instalment;
    int64_t level;
    m_id customer;
    m_date date;
    m_id reminder;
} fin_reminded;
extern const m_type fin_reminded_type;

/* ---- rules (reminder_rules.c); pure ---- */

/* Of each level the latest of `all` that holds on the day, when it is active. out: room for
 * FIN_REMINDER_LEVELS, filled by level. Returns how many. */
uint32_t fin_reminder_in_force(const fin_reminder_level *const *all, uint32_t n, m_date day,
                               const fin_reminder_level **out);
/* The level that is due next: the one after `last` (0: none was sent) when it is late enough and
 * the last one (sent on last_date) long enough ago; NULL: none. levels: by level. */
const fin_reminder_level *fin_reminder_next(const fin_reminder_level *const *levels, uint32_t n,
                                            int64_t days_late, int64_t last, m_date last_date,
                                            m_date today);
/* percent a year of the amount for so many days. */
M_MUST_USE m_status fin_reminder_interest(m_dec amount, m_dec percent, int64_t days, int places,
                                          m_dec *out);

/* ---- inside ---- */

typedef struct {
    m_id party;
    m_str number;
    int64_t last_level; /* 0: none */
    m_date last_date;
    m_date billed_to;       /* interest is billed up to this day; none: it is not */
    fin_reminder_line line; /* level 0: none is due yet */
    m_str text;
} fin_reminder_due;

/* *out: fin_reminder_due of all that is late on the day, of one customer or of all. */
M_MUST_USE m_status fin_reminders_due(fin_module *fin, m_call *call, m_id customer, m_date today,
                                      m_list *out);

/* Drafts the invoice of what the reminder costs, as the policy says. */
M_MUST_USE m_status fin_reminder_bill(fin_module *fin, m_call *call, fin_reminder *reminder);
/* Removes the draft. M_PRECONDITION finance.reminder.billed: it was submitted. */
M_MUST_USE m_status fin_reminder_unbill(fin_module *fin, m_call *call, fin_reminder *reminder);

/* ---- hooks ---- */

m_status fin_reminder_level_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_reminder_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_reminder_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_reminder_cancel(void *module, m_call *call, void *doc, const void *input);

/* ---- report ---- */

typedef struct {
    m_id customer; /* null id: all */
    m_date as_of;  /* none: today */
    bool all;      /* also what is late and not due for a reminder */
} fin_reminders_params;

typedef struct {
    m_id customer;
    m_str customer_name;
    m_str document_type;
    m_id document;
    m_str number;
    int64_t instalment;
    m_date due_date;
    int64_t days_late;
    m_dec outstanding;
    int64_t last_level;
    m_date last_date;
    int64_t level; /* that is due; 0: none */
    m_dec fee;
    m_dec interest;
} fin_reminders_row;

extern const m_report fin_reminders_report;

#endif
