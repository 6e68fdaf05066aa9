#include "crosscheck/crosscheck.h"

#include "account/account.h"
#include "ledger/ledger.h"
#include "pending_voucher/pending_voucher.h"

#define CHUNK 1000 /* vouchers read at a time */

typedef struct {
    fin_module *fin;
    m_call *call;
    m_list rows;
    uint32_t capacity;
} day;

static m_status add(day *d, m_crosscheck_kind kind, m_id id, m_dec_sum amount)
{
    m_crosscheck_row *row = m_list_add(d->call->arena, &d->rows, &d->capacity, sizeof *row);
    FIN_NEED(d->call, row);
    *row = (m_crosscheck_row){kind, id, amount};
    return M_OK;
}

/* ---- vouchers ---- */

static m_dec_sum debits(const fin_vouchers *vouchers, int64_t seq)
{
    m_dec_sum sum = 0;
    for (uint32_t i = 0; i < vouchers->entries.count; i++) {
        const m_gl_entry *entry = vouchers->entries.records[i];
        if (entry->seq == seq) sum += entry->debit.u;
    }
    return sum;
}

/* What the ledger says of them, not what their rows say. */
static m_status add_chunk(day *d, const void *const *records, uint32_t n)
{
    m_id *ids = m_arena_array(d->call->arena, n, sizeof *ids);
    fin_vouchers vouchers;
    FIN_NEED(d->call, ids);
    for (uint32_t i = 0; i < n; i++)
        ids[i] = ((const fin_pending *)records[i])->id;
    M_TRY(fin_vouchers_read(d->fin, d->call, ids, n, &vouchers));
    for (uint32_t i = 0; i < vouchers.events.count; i++) {
        const m_book_event *event = vouchers.events.records[i];
        bool mirror = !m_id_is_null(event->reverses);
        M_TRY(add(d, M_CROSSCHECK_VOUCHER, event->voucher_id,
                  mirror ? 0 : debits(&vouchers, event->seq)));
    }
    return M_OK;
}

static m_status add_vouchers(day *d, m_str caller, m_date date)
{
    m_enum posted = FIN_POSTED, commitment = FIN_HOLD_COMMITMENT;
    m_filter filters[] = {{"posting_date", M_OP_EQ, &date},
                          {"state", M_OP_EQ, &posted},
                          {"caller", M_OP_EQ, &caller},
                          {"kind", M_OP_NE, &commitment}};
    m_query query = {.filters = filters, .filter_count = 4};
    m_fetch read = {.type = &fin_pending_type, .query = &query};
    M_TRY(m_store_fetch(d->fin->store, d->call, &read, 1));
    if (read.count == M_QUERY_LIMIT_MAX) return m_fail(d->call, m_err_overflow, "a day's vouchers");
    for (uint32_t at = 0; at < read.count; at += CHUNK)
        M_TRY(add_chunk(d, read.records + at, read.count - at < CHUNK ? read.count - at : CHUNK));
    return M_OK;
}

/* ---- stock ---- */

static m_status stock_accounts(day *d, m_list *out)
{
    m_enum kind = FIN_KIND_STOCK;
    m_filter filter = {"kind", M_OP_EQ, &kind};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch read = {.type = &fin_account_type, .query = &query};
    M_TRY(m_store_fetch(d->fin->store, d->call, &read, 1));
    m_id *ids = m_arena_array(d->call->arena, read.count, sizeof *ids);
    FIN_NEED(d->call, ids);
    for (uint32_t i = 0; i < read.count; i++)
        ids[i] = ((const fin_account *)read.records[i])->id;
    *out = (m_list){ids, read.count};
    return M_OK;
}

/* Finance's own documents do not post to these accounts. */
static m_status add_stock(day *d, m_date date)
{
    m_list accounts;
    M_TRY(stock_accounts(d, &accounts));
    if (accounts.count == 0) return M_OK;
    m_filter filters[] = {{"account", M_OP_IN, &accounts}, {"posting_date", M_OP_EQ, &date}};
    m_sum sum = {
        .type = &m_gl_entry_type, .filters = filters, .filter_count = 2, .group_by = "seq"};
    M_TRY(m_store_sum(d->fin->store, d->call, &sum));
    m_book_event *keys = m_arena_array(d->call->arena, sum.out.count, sizeof *keys);
    const void **asked = m_arena_array(d->call->arena, sum.out.count, sizeof *asked);
    FIN_NEED(d->call, keys && asked);
    for (uint32_t i = 0; i < sum.out.count; i++) {
        keys[i].seq = M_AT(sum.out, const m_gl_entry, i)->seq;
        asked[i] = &keys[i];
    }
    m_fetch read = {.type = &m_book_event_type, .keys = asked, .key_count = sum.out.count};
    if (sum.out.count) M_TRY(m_store_fetch(d->fin->store, d->call, &read, 1));
    for (uint32_t i = 0; i < sum.out.count; i++) {
        const m_book_event *event = read.records[i];
        const m_gl_entry *of = M_AT(sum.out, const m_gl_entry, i);
        if (!event) return m_fail(d->call, m_err_internal, "entry without event");
        M_TRY(add(d, M_CROSSCHECK_STOCK, event->source_id, (m_dec_sum)of->debit.u - of->credit.u));
    }
    return M_OK;
}

static m_status read_day(void *self, m_call *call, const m_crosscheck_date *in, m_list *out_rows)
{
    day d = {.fin = self, .call = call};
    M_TRY(add_vouchers(&d, in->caller, in->date));
    if (in->stock) M_TRY(add_stock(&d, in->date));
    *out_rows = d.rows;
    return M_OK;
}

static m_status op_digests(void *self, m_call *call, const m_crosscheck_span *in,
                           m_crosscheck_days *out)
{
    return m_crosscheck_days_of(self, call, read_day, in, out);
}

static m_status op_list(void *self, m_call *call, const m_crosscheck_date *in,
                        m_crosscheck_rows *out)
{
    return m_crosscheck_rows_of(self, call, read_day, in, out);
}

const m_crosscheck_ops fin_crosscheck_ops = {
    .head = {.size = sizeof fin_crosscheck_ops, .version = 1, .protocol = "crosscheck"},
    .digests = op_digests,
    .list = op_list,
};
