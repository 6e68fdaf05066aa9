/* libpeople: employees. The module descriptor for a host, and pure rules for anybody who links the
 * library without one. The rules allocate nothing and may be called in any thread. */
#ifndef PPL_H
#define PPL_H

#include "m/module.h"

#define PPL_API __attribute__((visibility("default")))

PPL_API const m_module *people_module(void);

/* Last day of the month in which `age` is reached; who is born on the first of a month retires on
 * the last day of the month before. M_INVALID without a birth date or for an age outside 1 to 120.
 */
PPL_API m_status ppl_retirement_date(m_date birth, int age, m_date *out) M_MUST_USE;

/* Completed years between two days; negative when `on` comes first. Born on 29 February: older on
 * 1 March. */
PPL_API int ppl_age(m_date birth, m_date on);

/* Do two periods share a day? No end date: for ever. */
PPL_API bool ppl_periods_overlap(m_date from_a, m_date to_a, m_date from_b, m_date to_b);

/* One stretch of a pay scale: yearly `increment` until `upto` is reached. */
typedef struct {
    m_dec increment;
    m_dec upto;
} ppl_stretch;

/* Is start-increment-upto-increment-upto… a scale: amounts rise and each stretch is a whole number
 * of increments? */
PPL_API bool ppl_scale_good(m_dec start, const ppl_stretch *stretches, uint32_t n);
/* Pay after one increment: the next stage above `basic`; the last stage stays. An amount between
 * two stages moves to the higher one. M_INVALID below the start or for a bad scale. */
PPL_API m_status ppl_next_stage(m_dec start, const ppl_stretch *stretches, uint32_t n, m_dec basic,
                                m_dec *out) M_MUST_USE;

/* ---- expenses ---- */

typedef struct {
    m_dec net;
    m_dec tax;
    m_dec gross;
} ppl_expense_parts;

/* What an expense consists of: `amount` is the gross when its tax is included, else the net.
 * tax_rate in percent; net + tax = gross. M_INVALID for a rate below zero. */
PPL_API m_status ppl_expense(m_dec amount, m_dec tax_rate, bool included, int places,
                             ppl_expense_parts *out) M_MUST_USE;

/* ---- leave; days are decimals ---- */

/* Share of a whole period's days for the months of it that are left, to two places. M_INVALID: more
 * months left than there are. */
PPL_API m_status ppl_leave_months_left(m_dec whole, int64_t months_left, int64_t months,
                                       m_dec *out) M_MUST_USE;
/* Days of a first, cut period (leave accrues from the day after `start`; period_end is the day
 * after its last), and of full_periods whole ones, to four places. */
PPL_API m_status ppl_leave_prorated(m_dec whole, m_date start, m_date period_start,
                                    m_date period_end, int64_t full_periods, m_dec *out) M_MUST_USE;
/* What of the unused days goes over: at most `most`, to two places. */
PPL_API m_status ppl_leave_carry(m_dec unused, m_dec most, m_dec *out) M_MUST_USE;
/* What of the carried days lapses when so many days were taken in time. */
PPL_API m_dec ppl_leave_expired(m_dec carried, m_dec taken);
/* Days that are paid out, at most `most` of the balance, and what for. */
PPL_API m_status ppl_leave_encash(m_dec balance, m_dec most, m_dec per_day, int places,
                                  m_dec *out_days, m_dec *out_amount) M_MUST_USE;

#endif
