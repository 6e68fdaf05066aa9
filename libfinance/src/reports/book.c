#include "reports/book.h"
#include "cost_center/cost_center.h"
#include "fiscal_year/fiscal_year.h"
#include "ledger/ledger.h"
#include "year_closing/year_closing.h"

/* ---- opening ---- */

static m_status plant(fin_book *book, const m_fetch *accounts)
{
    fin_node *nodes = m_arena_array(book->call->arena, accounts->count, sizeof *nodes);
    FIN_NEED(book->call, nodes);
    book->count = accounts->count;
    book->accounts = (const fin_account **)accounts->records;
    for (uint32_t i = 0; i < book->count; i++)
        nodes[i] = (fin_node){book->accounts[i]->id, book->accounts[i]->parent};
    return m_told(book->call, fin_tree_make(book->call->arena, nodes, book->count, &book->tree));
}

m_status fin_book_within(const fin_book *book, m_id cost_center, fin_book *out)
{
    m_call *call = book->call;
    const m_fetch *all = &book->all_centers;
    fin_node *nodes = m_arena_array(call->arena, all->count, sizeof *nodes);
    m_id *ids = m_arena_array(call->arena, all->count, sizeof *ids);
    FIN_NEED(call, nodes && ids);
    for (uint32_t i = 0; i < all->count; i++) {
        const fin_cost_center *center = all->records[i];
        nodes[i] = (fin_node){center->id, center->parent};
    }
    fin_tree tree;
    FIN_TRY(call, fin_tree_make(call->arena, nodes, all->count, &tree));
    uint32_t at = fin_tree_find(&tree, cost_center);
    if (at == tree.count) {
        m_field_fail(call, m_err_link, M_STR("cost_center"), "finance.cost_center");
        return m_failed_fields(call);
    }
    *out = *book;
    out->by_center = true;
    out->center = cost_center;
    out->centers = (m_list){ids, 0};
    for (uint32_t i = 0; i < all->count; i++)
        if (fin_tree_under(&tree, i, at)) ids[out->centers.count++] = nodes[i].id;
    return M_OK;
}

m_status fin_book_open(fin_module *fin, m_call *call, m_id cost_center, fin_book *out)
{
    m_fetch reads[] = {{.type = &fin_account_type, .query = &fin_account_all},
                       {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all},
                       {.type = &fin_cost_center_type, .query = &fin_cost_center_all}};
    *out = (fin_book){.fin = fin, .call = call};
    M_TRY(m_store_fetch(fin->store, call, reads, 3));
    out->years = reads[1];
    out->all_centers = reads[2];
    M_TRY(plant(out, &reads[0]));
    return m_id_is_null(cost_center) ? M_OK : fin_book_within(out, cost_center, out);
}

m_status fin_book_known(fin_book *book, m_str known_at)
{
    return fin_known_read(book->fin, book->call, known_at, &book->known);
}

const fin_account *fin_book_account(const fin_book *book, m_id id)
{
    uint32_t at = fin_tree_find(&book->tree, id);
    return at == book->count ? NULL : book->accounts[at];
}

m_date fin_book_year_start(const fin_book *book, m_date date)
{
    int year, month, day;
    m_date start = date;
    for (uint32_t i = 0; i < book->years.count; i++) {
        const fin_fiscal_year *at = book->years.records[i];
        if (m_date_cmp(date, at->start) >= 0 && m_date_cmp(date, at->end) <= 0) return at->start;
    }
    m_date_split(date, &year, &month, &day);
    if (m_date_make(year, 1, 1, &start) != M_OK) return date;
    return start;
}

/* ---- summing ---- */

/* Which months count whole, and which days of a month are added or taken off again. */
typedef struct {
    m_date months_before; /* months that start before this day */
    m_date first, last;
    int sign; /* of these days; 0: there are none */
} month_cut;

/* Days are read on the shorter side. From today on that is the side behind, where there is next to
 * nothing. */
static month_cut cut_at(m_date date, m_date today)
{
    m_date month = m_date_month(date);
    if (m_date_cmp(date, month) == 0) return (month_cut){.months_before = date};
    m_date next = m_date_add_months(month, 1);
    if (m_date_cmp(date, today) > 0 || date.d - month.d > 15)
        return (month_cut){.months_before = next, .first = date, .last = {next.d - 1}, .sign = -1};
    return (month_cut){.months_before = month, .first = month, .last = {date.d - 1}, .sign = 1};
}

m_status fin_sums_new(const fin_book *book, fin_sums *out)
{
    fin_sums sums = {m_arena_array(book->call->arena, book->count, sizeof(m_dec_sum)),
                     m_arena_array(book->call->arena, book->count, sizeof(m_dec_sum))};
    FIN_NEED(book->call, sums.debit && sums.credit);
    *out = sums;
    return M_OK;
}

static m_status add(const fin_book *book, m_id account, m_dec_sum debit, m_dec_sum credit,
                    fin_sums *sums)
{
    uint32_t at = fin_tree_find(&book->tree, account);
    if (at == book->count) return m_fail(book->call, m_err_internal, NULL);
    sums->debit[at] += debit;
    sums->credit[at] += credit;
    return M_OK;
}

/* Months from (none: the first) … before. */
static m_status add_months(const fin_book *book, m_date from, m_date before, int sign,
                           fin_sums *sums)
{
    m_filter filters[3] = {{"month", M_OP_LT, &before}};
    uint32_t n = 1;
    if (!m_date_is_none(from)) filters[n++] = (m_filter){"month", M_OP_GE, &from};
    if (book->by_center) filters[n++] = (m_filter){"cost_center", M_OP_IN, &book->centers};
    m_sum sum = {.type = &m_account_balance_type,
                 .filters = filters,
                 .filter_count = n,
                 .group_by = "account"};
    M_TRY(m_store_sum(book->fin->store, book->call, &sum));
    for (M_EACH(const m_account_balance, row, sum.out))
        M_TRY(add(book, row->account, sign * row->debit, sign * row->credit, sums));
    return M_OK;
}

static m_status add_days(const fin_book *book, const month_cut *cut, int sign, fin_sums *sums)
{
    m_filter filters[] = {{"day", M_OP_GE, &cut->first},
                          {"day", M_OP_LE, &cut->last},
                          {"cost_center", M_OP_IN, &book->centers}};
    m_sum sum = {.type = &m_account_day_type,
                 .filters = filters,
                 .filter_count = book->by_center ? 3 : 2,
                 .group_by = "account"};
    int factor = sign * cut->sign;
    M_TRY(m_store_sum(book->fin->store, book->call, &sum));
    for (M_EACH(const m_account_balance, row, sum.out))
        M_TRY(add(book, row->account, factor * row->debit, factor * row->credit, sums));
    return M_OK;
}

/* from: none, or the first day of a month. */
static m_status add_present(const fin_book *book, m_date from, m_date before, int sign,
                            fin_sums *sums)
{
    month_cut cut = cut_at(before, m_today(book->call));
    M_TRY(add_months(book, from, cut.months_before, sign, sums));
    return cut.sign ? add_days(book, &cut, sign, sums) : M_OK;
}

/* Entries dated from … before, of events up to the one that is known last or (later) after it. */
static m_status add_recorded(const fin_book *book, bool later, m_date from, m_date before, int sign,
                             fin_sums *sums)
{
    m_filter filters[4] = {{"seq", later ? M_OP_GT : M_OP_LE, &book->known.seq},
                           {"posting_date", M_OP_LT, &before}};
    uint32_t n = 2;
    if (!m_date_is_none(from)) filters[n++] = (m_filter){"posting_date", M_OP_GE, &from};
    if (book->by_center) filters[n++] = (m_filter){"cost_center", M_OP_IN, &book->centers};
    m_sum sum = {
        .type = &m_gl_entry_type, .filters = filters, .filter_count = n, .group_by = "account"};
    M_TRY(m_store_sum(book->fin->store, book->call, &sum));
    for (M_EACH(const m_gl_entry, row, sum.out))
        M_TRY(add(book, row->account, (m_dec_sum)sign * row->debit.u,
                  (m_dec_sum)sign * row->credit.u, sums));
    return M_OK;
}

static m_status add_present_between(const fin_book *book, m_date from, m_date before, int sign,
                                    fin_sums *sums)
{
    bool begins = m_date_is_none(from) || m_date_cmp(from, m_date_month(from)) == 0;
    M_TRY(add_present(book, begins ? from : M_DATE_NONE, before, sign, sums));
    return begins ? M_OK : add_present(book, M_DATE_NONE, from, -sign, sums);
}

/* What is posted while the reads go on would be in some of them only: *still tells that nothing
 * was. */
static m_status add_from_behind(const fin_book *book, m_date from, m_date before, fin_sums *sums,
                                bool *still)
{
    int64_t first, last;
    M_TRY(fin_ledger_head(book->fin, book->call, &first));
    M_TRY(add_present_between(book, from, before, 1, sums));
    M_TRY(add_recorded(book, true, from, before, -1, sums));
    M_TRY(fin_ledger_head(book->fin, book->call, &last));
    *still = first == last;
    return M_OK;
}

m_status fin_sums_between(const fin_book *book, m_date from, m_date before, int sign,
                          fin_sums *sums)
{
    if (!book->known.limited) return add_present_between(book, from, before, sign, sums);
    if (fin_known_from_behind(&book->known)) {
        fin_sums then;
        bool still;
        M_TRY(fin_sums_new(book, &then));
        M_TRY(add_from_behind(book, from, before, &then, &still));
        for (uint32_t i = 0; still && i < book->count; i++) {
            sums->debit[i] += sign * then.debit[i];
            sums->credit[i] += sign * then.credit[i];
        }
        if (still) return M_OK;
    }
    return add_recorded(book, false, from, before, sign, sums);
}

m_status fin_sums_before(const fin_book *book, m_date date, int sign, fin_sums *sums)
{
    return fin_sums_between(book, M_DATE_NONE, date, sign, sums);
}

/* Ids of the vouchers that closings posted; mirrors too when their time is asked for. */
static m_status closing_ids(const fin_book *book, const m_fetch *closings, m_list *out)
{
    m_call *call = book->call;
    size_t each = book->known.limited ? 2 : 1, n = 0;
    for (uint32_t i = 0; i < closings->count; i++)
        n += each * (size_t)((const fin_year_closing *)closings->records[i])->vouchers;
    m_id *ids = m_arena_array(call->arena, n, sizeof *ids);
    FIN_NEED(call, ids);
    *out = (m_list){ids, (uint32_t)n};
    for (uint32_t i = 0; i < closings->count; i++) {
        const fin_year_closing *closing = closings->records[i];
        FIN_TRY(call, fin_closing_vouchers(call, closing->id, "post", closing->vouchers, ids));
        ids += closing->vouchers;
        if (each == 1) continue;
        FIN_TRY(call, fin_closing_vouchers(call, closing->id, "cancel", closing->vouchers, ids));
        ids += closing->vouchers;
    }
    return M_OK;
}

/* seqs: int64_t of the vouchers that closings posted. A closing that is cancelled by now counts as
 * long as that was not known. */
static m_status closing_seqs(const fin_book *book, m_date from, m_date to, m_list *out)
{
    m_call *call = book->call;
    m_enum states[] = {M_SUBMITTED, M_CANCELLED};
    m_list wanted = {states, book->known.limited ? 2 : 1};
    m_filter filters[] = {{"posting_date", M_OP_GE, &from},
                          {"posting_date", M_OP_LE, &to},
                          {"state", M_OP_IN, &wanted}};
    m_query query = {.filters = filters, .filter_count = 3, .without_lists = true};
    m_fetch closings = {.type = &fin_year_closing_type, .query = &query};
    m_list ids;
    M_TRY(m_store_fetch(book->fin->store, call, &closings, 1));
    M_TRY(closing_ids(book, &closings, &ids));
    int64_t *seqs = m_arena_array(call->arena, ids.count, sizeof *seqs);
    FIN_NEED(call, seqs);
    *out = (m_list){seqs, 0};
    if (ids.count == 0) return M_OK;
    m_filter of_closings = {"voucher_id", M_OP_IN, &ids};
    m_query vouchers = {.filters = &of_closings, .filter_count = 1};
    m_fetch events = {.type = &m_book_event_type, .query = &vouchers};
    M_TRY(m_store_fetch(book->fin->store, call, &events, 1));
    for (uint32_t i = 0; i < events.count; i++) {
        const m_book_event *event = events.records[i];
        if (book->known.limited && event->seq > book->known.seq) continue;
        seqs[out->count++] = event->seq;
    }
    return M_OK;
}

m_status fin_sums_closings(const fin_book *book, m_date from, m_date to, int sign, fin_sums *sums)
{
    m_list seqs;
    M_TRY(closing_seqs(book, from, to, &seqs));
    if (seqs.count == 0) return M_OK;
    m_filter filters[] = {{"seq", M_OP_IN, &seqs},
                          {"posting_date", M_OP_GE, &from},
                          {"posting_date", M_OP_LE, &to},
                          {"cost_center", M_OP_IN, &book->centers}};
    m_sum sum = {.type = &m_gl_entry_type,
                 .filters = filters,
                 .filter_count = book->by_center ? 4 : 3,
                 .group_by = "account"};
    M_TRY(m_store_sum(book->fin->store, book->call, &sum));
    for (M_EACH(const m_gl_entry, row, sum.out))
        M_TRY(add(book, row->account, (m_dec_sum)sign * row->debit.u,
                  (m_dec_sum)sign * row->credit.u, sums));
    return M_OK;
}

void fin_sums_roll_up(const fin_book *book, fin_sums *sums)
{
    for (uint32_t i = book->count; i-- > 0;) { /* children come after their parents */
        uint32_t node = book->tree.order[i];
        uint32_t parent = book->tree.parent[node];
        if (parent == book->count) continue;
        sums->debit[parent] += sums->debit[node];
        sums->credit[parent] += sums->credit[node];
    }
}

/* ---- one account ---- */

static uint32_t balance_filters(const fin_slice *slice, m_filter *out)
{
    uint32_t n = 0;
    if (slice->accounts.count == 1) /* then the index gives the entries in order */
        out[n++] = (m_filter){"account", M_OP_EQ, slice->accounts.items};
    else if (slice->accounts.count)
        out[n++] = (m_filter){"account", M_OP_IN, &slice->accounts};
    if (slice->centers.count) out[n++] = (m_filter){"cost_center", M_OP_IN, &slice->centers};
    return n;
}

uint32_t fin_slice_filters(const fin_slice *slice, m_filter *out)
{
    uint32_t n = balance_filters(slice, out);
    if (!m_id_is_null(slice->party)) out[n++] = (m_filter){"party", M_OP_EQ, &slice->party};
    if (slice->known.limited) out[n++] = (m_filter){"seq", M_OP_LE, &slice->known.seq};
    return n;
}

static m_status slice_entries(fin_module *fin, m_call *call, const fin_slice *slice, m_date last,
                              m_dec_sum *out)
{
    m_filter filters[5];
    uint32_t n = fin_slice_filters(slice, filters);
    filters[n++] = (m_filter){"posting_date", M_OP_LE, &last};
    m_sum sum = {.type = &m_gl_entry_type, .filters = filters, .filter_count = n, .group_by = ""};
    M_TRY(m_store_sum(fin->store, call, &sum));
    *out = 0;
    for (M_EACH(const m_gl_entry, row, sum.out))
        *out += (m_dec_sum)row->debit.u - row->credit.u;
    return M_OK;
}

/* Adds what the slice turned over in the months or days that `when` means, times sign. */
static m_status add_turnover(fin_module *fin, m_call *call, const fin_slice *slice, m_filter when,
                             int sign, m_dec_sum *balance)
{
    m_filter filters[3];
    uint32_t n = balance_filters(slice, filters);
    filters[n++] = when;
    m_sum sum = {.type = when.op == M_OP_IN ? &m_account_day_type : &m_account_balance_type,
                 .filters = filters,
                 .filter_count = n,
                 .group_by = ""};
    M_TRY(m_store_sum(fin->store, call, &sum));
    for (M_EACH(const m_account_balance, row, sum.out))
        *balance += sign * (row->debit - row->credit);
    return M_OK;
}

m_status fin_slice_before(fin_module *fin, m_call *call, const fin_slice *slice, m_date date,
                          m_dec_sum *out_balance)
{
    month_cut cut = cut_at(date, m_today(call));
    m_dec_sum balance = 0;
    m_date days[31]; /* each by itself: the key begins with the day, the account comes next */
    m_list list = {days, 0};
    if (!m_id_is_null(slice->party) || slice->known.limited) /* turnovers do not know of these */
        return slice_entries(fin, call, slice, (m_date){date.d - 1}, out_balance);
    M_TRY(add_turnover(fin, call, slice, (m_filter){"month", M_OP_LT, &cut.months_before}, 1,
                       &balance));
    for (m_date day = cut.first; cut.sign && day.d <= cut.last.d; day.d++)
        days[list.count++] = day;
    if (cut.sign)
        M_TRY(
            add_turnover(fin, call, slice, (m_filter){"day", M_OP_IN, &list}, cut.sign, &balance));
    *out_balance = balance;
    return M_OK;
}
