#include "simulate.h"

#define LOCK_DAY  12 /* of the month: the month before is locked */
#define CLOSE_DAY 8  /* of the first month of a fiscal year: the one before is closed */

/* The fiscal year that a day falls in. */
static m_status year_of(sim *s, m_call *call, m_date day, m_id *out)
{
    const m_type *type =
        m_registry_collection(s->domains->registry, M_STR("finance"), M_STR("fiscal-years"))
            ->doctype->type;
    m_filter filters[] = {{"start", M_OP_LE, &day}, {"end", M_OP_GE, &day}};
    m_query query = {.filters = filters, .filter_count = 2, .limit = 1};
    m_fetch read = {.type = type, .query = &query};
    M_TRY(m_store_fetch(s->domains->store, call, &read, 1));
    if (!read.count) return m_fail(call, m_err_not_found, "no fiscal year");
    *out = ((const m_doc *)read.records[0])->id;
    return M_OK;
}

static m_date month_before(const sim *s)
{
    return m_date_add_months(m_date_month(s->today), -1);
}

m_status sim_lock(sim *s, m_call *call)
{
    m_id year;
    char day[M_DATE_TEXT];
    m_date_format(month_before(s), day);
    M_TRY(year_of(s, call, month_before(s), &year));
    return sim_move(s, call, "finance/fiscal-years", year, "lock",
                    sim_text(call, "{'start':'%s'}", day));
}

m_status sim_close_year(sim *s, m_call *call)
{
    m_id year;
    M_TRY(year_of(s, call, month_before(s), &year));
    return sim_make(s, call, SIM_CLOSING, "finance/year-closings",
                    sim_text(call, "{'fiscal_year':'%s'}", sim_id(call, year)));
}

m_status sim_reopen_year(sim *s, m_call *call)
{
    m_id id = sim_any(s, SIM_CLOSING);
    if (m_id_is_null(id)) return M_OK;
    return sim_move(s, call, "finance/year-closings", id, "cancel", m_str_of("{}"));
}

sim_play sim_calendar(const sim *s)
{
    int year, month, day;
    m_date_split(s->today, &year, &month, &day);
    if (day == LOCK_DAY) return sim_lock;
    if (month != 4) return NULL;
    /* It is opened once more for what was forgotten, and closed again. */
    if (day == CLOSE_DAY || day == CLOSE_DAY + 2) return sim_close_year;
    return day == CLOSE_DAY + 1 ? sim_reopen_year : NULL;
}
