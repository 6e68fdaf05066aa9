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

/* ---- pay ---- */

/* A leave, or the part of it inside the month. */
typedef struct {
    m_dec days;
    m_dec unpaid_fraction; /* 0 … 1 */
} ppl_unpaid;

typedef struct {
    m_dec working;
    m_dec lwp;     /* without pay */
    m_dec payment; /* working less lwp less the days before employed_from */
} ppl_month_days;

/* Days of the month that holds `month`. weekly_off: 1 Monday … 7 Sunday, 0 none; such days count
 * only when they are paid. */
PPL_API m_status ppl_payment_days(m_date month, int weekly_off, bool holidays_paid,
                                  m_date employed_from, const ppl_unpaid *leaves, uint32_t n,
                                  ppl_month_days *out) M_MUST_USE;

typedef enum { PPL_EARNING, PPL_DEDUCTION, PPL_STATISTICAL } ppl_component_kind;

#define PPL_PAY_COMPONENTS 50
enum { PPL_PAY_FIXED = -3, PPL_PAY_BASE = -2 }; /* other values of `of` below zero: no such one */

typedef struct {
    ppl_component_kind kind;
    m_dec fixed;   /* of = PPL_PAY_FIXED */
    m_dec percent; /* else: of the base, or of the earlier component with this index */
    int32_t of;
    bool prorate; /* × days paid ÷ working days */
    bool on_paid; /* percent of what the other comes to after its days */
} ppl_pay_component;

typedef struct {
    m_dec base;
    m_dec working; /* > 0 */
    m_dec payment;
    int places;
} ppl_pay_input_days;

typedef struct {
    m_dec gross;
    m_dec deductions;
    m_dec net;
} ppl_pay_totals;

/* What each component comes to: out_paid[0 … n−1]; statistical ones are in no total. */
PPL_API m_status ppl_pay(const ppl_pay_input_days *in, const ppl_pay_component *components,
                         uint32_t n, m_dec *out_paid, ppl_pay_totals *out) M_MUST_USE;

/* ---- gratuity ---- */

/* Whole years, halves up, a year having so many days. */
PPL_API m_status ppl_service_years(m_date joined, m_date left, m_dec year_days,
                                   m_dec *out) M_MUST_USE;

typedef enum { PPL_CURRENT_SLAB, PPL_DAYS_OVER_DAYS } ppl_gratuity_kind;

typedef struct {
    m_dec from; /* years, with */
    m_dec upto; /* years, without; zero: no end */
    m_dec fraction;
} ppl_gratuity_slab;

typedef struct {
    ppl_gratuity_kind kind;
    m_dec numerator;   /* PPL_DAYS_OVER_DAYS: 15 … */
    m_dec denominator; /* … of 26 days' pay for a year */
    m_dec min_years;
    const ppl_gratuity_slab *slabs; /* PPL_CURRENT_SLAB: the one that holds the years */
    uint32_t slab_count;
} ppl_gratuity_terms;

PPL_API m_status ppl_gratuity_amount(const ppl_gratuity_terms *terms, m_dec years, m_dec last_basic,
                                     int places, m_dec *out) M_MUST_USE;

#endif
