#include "reports/open_items.h"
#include "revaluation/revaluation.h"

typedef struct {
    fin_module *fin;
    m_call *call;
    fin_revaluation *doc;
    int places;
    bool advances; /* by policy */
    m_list lines;  /* fin_revaluation_line */
    uint32_t capacity;
    m_list rates; /* m_currency_info, of the day */
    uint32_t rate_capacity;
} work;

/* Each currency is asked for once. */
static m_status rate_of(work *w, m_id currency, const m_currency_info **out)
{
    for (M_EACH(const m_currency_info, known, w->rates)) {
        if (!m_id_eq(known->id, currency)) continue;
        *out = known;
        return M_OK;
    }
    m_currency_info info;
    M_TRY(m_currency_on(w->fin->masters, w->call, currency, w->doc->posting_date, &info));
    m_currency_info *added =
        m_list_add(w->call->arena, &w->rates, &w->rate_capacity, sizeof *added);
    FIN_NEED(w->call, added);
    *added = info;
    *out = added;
    return M_OK;
}

static m_status add_line(work *w, const fin_revaluation_line *line)
{
    fin_revaluation_line *added =
        m_list_add(w->call->arena, &w->lines, &w->capacity, sizeof *added);
    FIN_NEED(w->call, added);
    *added = *line;
    return M_OK;
}

/* ---- accounts ---- */

static m_status read_accounts(const work *w, m_list *out_ids)
{
    m_filter foreign = {"currency", M_OP_NOT_EMPTY, NULL};
    m_query query = {.filters = &foreign, .filter_count = 1};
    m_fetch read = {.type = &fin_account_type, .query = &query};
    M_TRY(m_store_fetch(w->fin->store, w->call, &read, 1));
    m_id *ids = m_arena_array(w->call->arena, read.count, sizeof *ids);
    FIN_NEED(w->call, ids);
    for (uint32_t i = 0; i < read.count; i++)
        ids[i] = ((const fin_account *)read.records[i])->id;
    *out_ids = (m_list){ids, read.count};
    return M_OK;
}

/* All lines of such an account are of its currency; it is grouped by, as sums show nothing else. */
static m_status add_accounts(work *w)
{
    m_list ids;
    M_TRY(read_accounts(w, &ids));
    if (ids.count == 0) return M_OK;
    m_filter filters[] = {{"account", M_OP_IN, &ids},
                          {"posting_date", M_OP_LE, &w->doc->posting_date}};
    m_sum sum = {.type = &m_gl_entry_type,
                 .filters = filters,
                 .filter_count = 2,
                 .group_by = "account,currency"};
    M_TRY(m_store_sum(w->fin->store, w->call, &sum));
    for (M_EACH(const m_gl_entry, row, sum.out)) {
        fin_revaluation_line line = {.account = row->account,
                                     .currency = row->currency,
                                     .foreign_amount = row->foreign_amount,
                                     .booked = {row->debit.u - row->credit.u}};
        M_TRY(add_line(w, &line));
    }
    return M_OK;
}

/* ---- open bills, credits and advances ---- */

static fin_revaluation_line line_of(const fin_side *side, const fin_open_item *item)
{
    bool sale = side->sign < 0, bill = item->kind == side->invoice;
    int sign = bill ? -side->sign : side->sign;
    return (fin_revaluation_line){.supplier = sale ? (m_id){{0}} : item->party,
                                  .customer = sale ? item->party : (m_id){{0}},
                                  .document = item->document,
                                  .number = item->number,
                                  .prepaid = !bill,
                                  .instalment = item->instalment,
                                  .currency = item->currency,
                                  .foreign_amount = {sign * item->outstanding.u},
                                  .booked = {sign * item->base_outstanding.u}};
}

static m_status add_open(work *w, const fin_side *side)
{
    static const m_known all;
    m_list items;
    M_TRY(fin_open_on(side, w->fin, w->call, (m_id){{0}}, w->doc->posting_date, &all, &items));
    for (M_EACH(const fin_open_item, item, items)) {
        bool kept = item->kind == side->advance && !w->advances;
        if (m_id_is_null(item->currency) || kept) continue;
        fin_revaluation_line line = line_of(side, item);
        M_TRY(add_line(w, &line));
    }
    return M_OK;
}

/* What was posted up to the day and is not taken back by its end. */
static m_status add_standing(work *w)
{
    m_enum submitted = M_SUBMITTED;
    m_filter kept[] = {{"state", M_OP_EQ, &submitted},
                       {"posting_date", M_OP_LE, &w->doc->posting_date},
                       {"id", M_OP_NE, &w->doc->id},
                       {"reversed_on", M_OP_EMPTY, NULL}};
    m_filter later[] = {kept[0], kept[1], kept[2], {"reversed_on", M_OP_GT, &w->doc->posting_date}};
    m_query queries[] = {{.filters = kept, .filter_count = 4},
                         {.filters = later, .filter_count = 4}};
    m_fetch reads[] = {{.type = &fin_revaluation_type, .query = &queries[0]},
                       {.type = &fin_revaluation_type, .query = &queries[1]}};
    M_TRY(m_store_fetch(w->fin->store, w->call, reads, 2));
    m_fetch earlier = {.type = &fin_revaluation_type, .count = reads[0].count + reads[1].count};
    earlier.records = m_arena_array(w->call->arena, earlier.count, sizeof *earlier.records);
    FIN_NEED(w->call, earlier.records);
    for (uint32_t i = 0; i < earlier.count; i++)
        earlier.records[i] =
            i < reads[0].count ? reads[0].records[i] : reads[1].records[i - reads[0].count];
    return m_told(w->call,
                  fin_revaluation_standing(w->call->arena, &earlier, &w->lines, &w->capacity));
}

/* ---- all of it ---- */

static m_status value_lines(work *w)
{
    for (M_EACH(fin_revaluation_line, line, w->lines)) {
        const m_currency_info *info = NULL;
        line->rate = line->per = (m_dec){0};
        if (line->foreign_amount.u) {
            M_TRY(rate_of(w, line->currency, &info));
            line->rate = info->rate;
            line->per = info->per;
        }
        FIN_TRY(w->call, fin_revalue(line, w->places));
    }
    return M_OK;
}

m_status fin_revaluation_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    fin_revaluation *revaluation = doc;
    work w = {.fin = module, .call = call, .doc = revaluation};
    m_tenant_info tenant;
    m_dec reverse, advances;
    if (m_date_is_none(revaluation->posting_date)) revaluation->posting_date = m_today(call);
    M_TRY(fin_read_tenant(w.fin, call, &tenant));
    M_TRY(m_policy(w.fin->masters, call, FIN_REVALUATION_REVERSE, revaluation->posting_date,
                   m_dec_of_int(1), &reverse));
    M_TRY(m_policy(w.fin->masters, call, FIN_REVALUE_ADVANCES, revaluation->posting_date,
                   (m_dec){0}, &advances));
    w.advances = advances.u != 0;
    w.places = (int)tenant.currency_places;
    M_TRY(add_accounts(&w));
    M_TRY(add_open(&w, &fin_supplier_side));
    M_TRY(add_open(&w, &fin_customer_side));
    M_TRY(add_standing(&w));
    M_TRY(value_lines(&w));
    revaluation->lines = w.lines;
    FIN_TRY(call, fin_revaluation_total(revaluation));
    revaluation->reversed_on = M_DATE_NONE;
    if (reverse.u) revaluation->reversed_on.d = revaluation->posting_date.d + 1;
    if (revaluation->lines.count > FIN_REVALUATION_LINES_MAX)
        m_field_fail(call, m_err_range, M_STR("lines"), "at most %d", FIN_REVALUATION_LINES_MAX);
    return M_OK;
}
