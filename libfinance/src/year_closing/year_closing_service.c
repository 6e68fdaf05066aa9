#include "ledger/ledger.h"
#include "year_closing/year_closing.h"

typedef struct {
    fin_module *fin;
    m_call *call;
    fin_year_closing *closing;
    m_fetch years;
    const fin_fiscal_year *year;
} work;

static m_status begin(work *w, void *module, m_call *call, void *doc)
{
    *w = (work){.fin = module, .call = call, .closing = doc};
    w->years = (m_fetch){.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    M_TRY(m_store_fetch(w->fin->store, call, &w->years, 1));
    w->year = fin_year_find(&w->years, w->closing->fiscal_year);
    return w->year ? M_OK : m_fail(call, m_err_internal, "the year of a closing is gone");
}

/* A year to be changed: a copy with periods of its own. */
static m_status copy_year(const work *w, const fin_fiscal_year *year, fin_fiscal_year *out)
{
    uint32_t n = year->periods.count;
    fin_period *periods = m_arena_array(w->call->arena, n, sizeof *periods);
    FIN_NEED(w->call, periods);
    for (uint32_t i = 0; i < n; i++)
        periods[i] = *M_AT(year->periods, const fin_period, i);
    *out = *year;
    out->periods = (m_list){periods, n};
    out->version++;
    out->modified_at = m_now(w->call);
    out->modified_by = w->call->actor;
    return M_OK;
}

/* ---- vouchers ---- */

m_status fin_closing_vouchers(m_call *call, m_id closing, const char *purpose, int64_t n, m_id *out)
{
    for (int64_t i = 0; i < n; i++) { /* the first like the one voucher of other documents */
        const char *own =
            i ? m_arena_printf(call->arena, "%s/%lld", purpose, (long long)i) : purpose;
        if (!own) return M_NOMEM;
        out[i] = m_voucher_id(call, closing, own);
    }
    return M_OK;
}

static m_book_line book_line(const fin_closing_entry *entry)
{
    m_book_line line = {.account = entry->account, .cost_center = entry->cost_center};
    if (entry->amount.u > 0)
        line.debit = entry->amount;
    else
        line.credit = m_dec_neg(entry->amount);
    return line;
}

/* Not through the ledger's check: what stands on accounts and cost centers that are no longer in
 * use, or without a cost center, is closed too. */
static m_status post_one(const work *w, m_id voucher, m_list lines)
{
    const fin_year_closing *closing = w->closing;
    const char *narration = closing->remarks.n ? NULL
                                               : m_arena_printf(w->call->arena, "Closing of %.*s",
                                                                M_STR_ARG(w->year->label));
    FIN_NEED(w->call, closing->remarks.n || narration);
    m_book_event event = {.voucher_id = voucher,
                          .voucher_type = M_STR(FIN_CLOSING_VOUCHER),
                          .voucher_no = closing->number,
                          .posting_date = closing->posting_date,
                          .source_type = m_str_of(fin_year_closing_type.name),
                          .source_id = closing->id,
                          .narration = narration ? m_str_of(narration) : closing->remarks,
                          .actor = w->call->actor,
                          .lines = lines};
    m_book_receipt receipt;
    return m_book_keeper_post(w->fin->book_keeper, w->call, &event, &receipt);
}

static m_status entries_of(const work *w, m_list *out)
{
    const m_list *lines = &w->closing->lines;
    fin_result_balance *balances = m_arena_array(w->call->arena, lines->count, sizeof *balances);
    FIN_NEED(w->call, balances);
    uint32_t n = 0;
    for (M_EACH(const fin_closing_line, line, *lines))
        balances[n++] =
            (fin_result_balance){line->account, line->cost_center, -(m_dec_sum)line->amount.u};
    return m_told(w->call, fin_close_results(w->call->arena, balances, n,
                                             w->closing->retained_earnings, out));
}

/* One voucher per cost center. */
static m_status post_all(const work *w)
{
    uint32_t count = w->closing->centers.count;
    m_list entries;
    M_TRY(entries_of(w, &entries));
    m_book_line *lines = m_arena_array(w->call->arena, entries.count, sizeof *lines);
    m_id *vouchers = m_arena_array(w->call->arena, count, sizeof *vouchers);
    FIN_NEED(w->call, lines && vouchers);
    FIN_TRY(w->call, fin_closing_vouchers(w->call, w->closing->id, "post", count, vouchers));
    uint32_t first = 0;
    uint32_t done = 0;
    for (uint32_t i = 0; i < entries.count; i++) {
        const fin_closing_entry *entry = M_AT(entries, const fin_closing_entry, i);
        lines[i] = book_line(entry);
        bool more = i + 1 < entries.count && m_id_eq(entry[1].cost_center, entry->cost_center);
        if (more) continue;
        M_TRY(post_one(w, vouchers[done++], (m_list){lines + first, i + 1 - first}));
        first = i + 1;
    }
    w->closing->vouchers = done;
    return M_OK;
}

/* ---- locks ---- */

static m_status lock_period(const work *w, m_id year, fin_period *period, uint32_t *capacity)
{
    fin_closing_period *note =
        m_list_add(w->call->arena, &w->closing->periods, capacity, sizeof *note);
    FIN_NEED(w->call, note);
    *note = (fin_closing_period){year, period->number, period->status};
    return fin_period_lock(w->fin, w->call, period);
}

/* Nothing may be posted up to the end of a closed year, so empty years before it are locked too. */
static m_status lock_years(const work *w)
{
    uint32_t capacity = 0;
    w->closing->periods = (m_list){NULL, 0};
    for (uint32_t i = 0; i < w->years.count; i++) {
        const fin_fiscal_year *stored = w->years.records[i];
        fin_fiscal_year year;
        if (m_date_cmp(stored->end, w->year->end) > 0) continue;
        uint32_t before = w->closing->periods.count;
        M_TRY(copy_year(w, stored, &year));
        for (M_EACH(fin_period, period, year.periods))
            if (period->status != FIN_LOCKED) M_TRY(lock_period(w, year.id, period, &capacity));
        if (stored == w->year) year.closing = w->closing->id;
        if (stored == w->year || w->closing->periods.count > before)
            M_TRY(m_store_update(w->fin->store, w->call, &fin_fiscal_year_type, &year));
    }
    return M_OK;
}

static bool restore_period(const work *w, m_id year, fin_period *period)
{
    for (M_EACH(const fin_closing_period, was, w->closing->periods)) {
        if (was->number != period->number || !m_id_eq(was->fiscal_year, year)) continue;
        fin_period_unlock(period, was->status);
        return true;
    }
    return false;
}

static m_status unlock_years(const work *w)
{
    for (uint32_t i = 0; i < w->years.count; i++) {
        const fin_fiscal_year *stored = w->years.records[i];
        fin_fiscal_year year;
        bool changed = stored == w->year;
        M_TRY(copy_year(w, stored, &year));
        for (M_EACH(fin_period, period, year.periods))
            changed |= restore_period(w, year.id, period);
        if (stored == w->year) year.closing = (m_id){{0}};
        if (changed) M_TRY(m_store_update(w->fin->store, w->call, &fin_fiscal_year_type, &year));
    }
    return M_OK;
}

/* ---- submit, cancel ---- */

m_status fin_year_closing_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    work w;
    M_TRY(begin(&w, module, call, doc));
    if (m_date_cmp(m_today(call), w.year->end) < 0) {
        char end[M_DATE_TEXT];
        m_date_format(w.year->end, end);
        m_field_fail(call, FIN_ERR(YEAR_NOT_OVER), M_STR("fiscal_year"), "%s", end);
        return m_fail(call, FIN_ERR(YEAR_NOT_OVER), "%s", end);
    }
    M_TRY(fin_period_check(call, &w.years, w.closing->posting_date, "posting_date"));
    M_TRY(post_all(&w));
    return lock_years(&w);
}

static m_status mirror_all(const work *w)
{
    const fin_year_closing *closing = w->closing;
    size_t n = (size_t)closing->vouchers;
    m_id *vouchers = m_arena_array(w->call->arena, n, sizeof *vouchers);
    m_id *mirrors = m_arena_array(w->call->arena, n, sizeof *mirrors);
    FIN_NEED(w->call, vouchers && mirrors);
    FIN_TRY(w->call,
            fin_closing_vouchers(w->call, closing->id, "post", closing->vouchers, vouchers));
    FIN_TRY(w->call,
            fin_closing_vouchers(w->call, closing->id, "cancel", closing->vouchers, mirrors));
    fin_reversal reversal = {.vouchers = vouchers,
                             .mirrors = mirrors,
                             .count = (uint32_t)n,
                             .voucher_no = closing->number,
                             .date = closing->posting_date};
    uint32_t posted;
    return fin_ledger_reverse(w->fin, w->call, &reversal, &posted);
}

m_status fin_year_closing_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    work w;
    M_TRY(begin(&w, module, call, doc));
    const fin_fiscal_year *later = fin_closed_year(&w.years, (m_date){w.year->end.d + 1});
    if (later) return m_fail(call, FIN_ERR(YEAR_LATER), "%.*s", M_STR_ARG(later->label));
    M_TRY(unlock_years(&w));
    return mirror_all(&w);
}
