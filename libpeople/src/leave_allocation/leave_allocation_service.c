#include "leave_allocation/leave_allocation.h"

#include "employee/employee.h"
#include "posting/posting.h"

static ppl_leave_of of(const ppl_leave_allocation *doc)
{
    return (ppl_leave_of){doc->employee, doc->leave_type};
}

/* Calendar months that begin between the two, both with them; the month of `from` counts when it is
 * its first day. */
static int64_t months_between(m_date from, m_date to)
{
    int64_t n = 0;
    m_date at = m_date_month(from);
    if (m_date_cmp(at, from) < 0) at = m_date_add_months(at, 1);
    for (; m_date_cmp(at, to) <= 0 && n < 1200; at = m_date_add_months(at, 1))
        n++;
    return n;
}

static m_status fill_start(const ppl *p, m_call *call, ppl_leave_allocation *doc)
{
    const void *found = NULL;
    if (!m_date_is_none(doc->start)) return M_OK;
    doc->start = doc->period_start;
    M_TRY(m_store_get(p->store, call, &ppl_employee_type, doc->employee, &found));
    const ppl_employee *who = found;
    if (who && m_date_cmp(who->joining_date, doc->start) > 0) doc->start = who->joining_date;
    return M_OK;
}

static m_status count_days(const ppl_leave_allocation *doc, m_dec *out)
{
    switch (doc->mode) {
    case PPL_LEAVE_BY_MONTHS:
        return ppl_leave_months_left(doc->whole, months_between(doc->start, doc->period_end),
                                     months_between(doc->period_start, doc->period_end), out);
    case PPL_LEAVE_BY_DAYS:
        return ppl_leave_prorated(doc->whole, doc->start, doc->period_start,
                                  (m_date){doc->period_end.d + 1}, doc->full_periods, out);
    default:
        *out = doc->whole;
        return M_OK;
    }
}

static bool dates_good(m_call *call, const ppl_leave_allocation *doc)
{
    bool good = m_date_cmp(doc->period_end, doc->period_start) >= 0;
    if (!good) m_field_fail(call, PPL_ERR(LEAVE_DATES), M_STR("period_end"), NULL);
    bool started = doc->mode == PPL_LEAVE_GIVEN || m_date_cmp(doc->start, doc->period_end) <= 0;
    if (good && !started) m_field_fail(call, PPL_ERR(LEAVE_DATES), M_STR("start"), NULL);
    bool lapse = m_date_is_none(doc->carried_until) ||
                 m_date_cmp(doc->carried_until, doc->period_start) >= 0;
    if (good && !lapse) m_field_fail(call, PPL_ERR(LEAVE_DATES), M_STR("carried_until"), NULL);
    return good && started && lapse;
}

m_status ppl_leave_allocation_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const ppl *p = module;
    ppl_leave_allocation *doc = record;
    if (m_id_is_null(doc->employee) || m_date_is_none(doc->period_start) ||
        m_date_is_none(doc->period_end))
        return M_OK; /* told as required */
    M_TRY(fill_start(p, call, doc));
    doc->days = doc->carried = doc->total = doc->expired = (m_dec){0};
    doc->expiry_done = false;
    if (!dates_good(call, doc) || doc->whole.u < 0) return M_OK;
    m_status status = count_days(doc, &doc->days);
    if (status == M_INVALID)
        m_field_fail(call, PPL_ERR(LEAVE_DATES), M_STR("period_end"), NULL);
    else
        PPL_TRY(call, status);
    doc->total = doc->days;
    return M_OK;
}

/* What is left of earlier periods ends here; a part of it may begin again. */
m_status ppl_leave_allocation_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const ppl *p = module;
    ppl_leave_allocation *doc = record;
    ppl_leave_of whose = of(doc);
    const void *found = NULL;
    m_dec unused;
    m_date eve = {doc->period_start.d - 1};
    M_TRY(m_store_need(p->store, call, &ppl_leave_type_type, doc->leave_type, &found));
    const ppl_leave_type *type = found;
    M_TRY(ppl_leave_balance(p, call, &whose, eve, &unused));
    if (unused.u < 0) unused.u = 0;
    if (doc->carry_forward) PPL_TRY(call, ppl_leave_carry(unused, type->max_carry, &doc->carried));
    PPL_TRY(call, m_dec_add(doc->days, doc->carried, &doc->total));
    const m_type *mine = &ppl_leave_allocation_type;
    M_TRY(ppl_leave_write(p, call, &whose, mine, doc->id, doc->period_start, PPL_LEAVE_LAPSED,
                          m_dec_neg(unused)));
    M_TRY(ppl_leave_write(p, call, &whose, mine, doc->id, doc->period_start, PPL_LEAVE_CARRIED,
                          doc->carried));
    return ppl_leave_write(p, call, &whose, mine, doc->id, doc->period_start, PPL_LEAVE_ALLOCATED,
                           doc->days);
}

m_status ppl_leave_allocation_expire(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const ppl *p = module;
    ppl_leave_allocation *doc = record;
    ppl_leave_of whose = of(doc);
    m_dec taken;
    if (doc->expiry_done) return M_OK;
    if (m_date_is_none(doc->carried_until) || m_date_cmp(m_today(call), doc->carried_until) <= 0)
        return m_fail(call, PPL_ERR(LEAVE_NOT_YET), NULL);
    M_TRY(ppl_leave_taken(p, call, &whose, doc->period_start, doc->carried_until, &taken));
    doc->expired = ppl_leave_expired(doc->carried, taken);
    doc->expiry_done = true;
    return ppl_leave_write(p, call, &whose, &ppl_leave_allocation_type, doc->id,
                           (m_date){doc->carried_until.d + 1}, PPL_LEAVE_LAPSED,
                           m_dec_neg(doc->expired));
}

m_status ppl_leave_allocation_cancel(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const ppl_leave_allocation *doc = record;
    ppl_leave_of whose = of(doc);
    return ppl_leave_reverse(module, call, &whose, &ppl_leave_allocation_type, doc->id);
}
