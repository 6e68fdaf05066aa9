#include "work.h"

#include <stdio.h>

int m_fiscal_year(m_date date, int fiscal_start_month)
{
    int year = 0;
    int month = 0;
    int day = 0;
    m_date_split(date, &year, &month, &day);
    return month < fiscal_start_month ? year - 1 : year;
}

m_status m_series_next(m_store store, m_call *call, m_str series, m_str period, m_str *out)
{
    m_series_row row = {.series = series, .period = period};
    const void *found = NULL;
    M_TRY(m_store_get_key(store, call, &m_series_type, &row, &found));
    if (found) row.last = ((const m_series_row *)found)->last;
    row.last++;
    const char *text = m_arena_printf(call->arena, "%.*s%s%.*s-%05lld", M_STR_ARG(series),
                                      period.n ? "-" : "", M_STR_ARG(period), (long long)row.last);
    if (!text) return m_fail(call, m_err_memory, "number");
    M_TRY(m_store_put(store, call, &m_series_type, &row));
    *out = m_str_of(text);
    return M_OK;
}

/* "2026", the year in which the fiscal year of the document's date began. Masters count through. */
static m_status period_of(const work *w, const void *record, m_str *out)
{
    *out = (m_str){NULL, 0};
    if (!w->doctype->life) return M_OK;
    int month = 1;
    m_masters masters = w->service->config.masters;
    if (masters.ops) {
        m_ids none = {0};
        m_tenant_info info = {0};
        M_TRY(m_masters_tenant(masters, w->call, &none, &info));
        if (info.fiscal_start_month >= 1 && info.fiscal_start_month <= 12)
            month = (int)info.fiscal_start_month;
    }
    int year = m_fiscal_year(work_date(w, record), month);
    const char *text = m_arena_printf(w->call->arena, "%d", year);
    if (!text) return m_fail(w->call, m_err_memory, "number");
    *out = m_str_of(text);
    return M_OK;
}

/* The number before gets the next suffix: "GRN-2026-00017" → "…-1", and that one → "…-2". Only one
 * document can correct another, so suffixes never meet. */
static m_status amended_number(const work *w, m_id origin, m_str *out)
{
    const void *found = NULL;
    M_TRY(m_store_need(store_of(w), w->call, w->type, origin, &found));
    m_str base = doc_in(found)->number;
    unsigned suffix = 0;
    if (!m_id_is_null(doc_in(found)->amended_from)) {
        size_t dash = base.n;
        while (dash && base.p[dash - 1] != '-')
            dash--;
        for (size_t i = dash; i < base.n && suffix < 100000; i++)
            suffix = suffix * 10 + (unsigned)(base.p[i] - '0');
        if (dash) base.n = dash - 1;
    }
    const char *text = m_arena_printf(w->call->arena, "%.*s-%u", M_STR_ARG(base), suffix + 1);
    if (!text) return m_fail(w->call, m_err_memory, "number");
    *out = m_str_of(text);
    return M_OK;
}

m_status number_give(const work *w, void *record)
{
    m_doc *doc = doc_of(record);
    if (doc->number.n || !w->doctype->series) return M_OK;
    if (!m_id_is_null(doc->amended_from)) return amended_number(w, doc->amended_from, &doc->number);
    m_str period;
    M_TRY(period_of(w, record, &period));
    return m_series_next(store_of(w), w->call, m_str_of(w->doctype->series), period, &doc->number);
}
