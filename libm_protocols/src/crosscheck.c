#include "m/crosscheck.h"

#include <stdlib.h>

/* ---- types ---- */

static const m_field span_fields[] = {
    M_F_STR(m_crosscheck_span, caller, "Caller", .flags = M_REQUIRED, .max = 40),
    M_F_DATE(m_crosscheck_span, from, "First day", .flags = M_REQUIRED),
    M_F_DATE(m_crosscheck_span, to, "Last day", .flags = M_REQUIRED),
    M_F_BOOL(m_crosscheck_span, stock, "Stock too"),
};
const m_type m_crosscheck_span_type = {
    .name = "crosscheck.span", .size = sizeof(m_crosscheck_span), M_FIELDS(span_fields)};

static const m_field day_fields[] = {
    M_F_DATE(m_crosscheck_day, date, "Day"),
    M_F_INT(m_crosscheck_day, vouchers, "Vouchers"),
    M_F_SUM(m_crosscheck_day, voucher_sum, "Sum of debits"),
    M_F_ID(m_crosscheck_day, voucher_digest, "Digest of vouchers"),
    M_F_INT(m_crosscheck_day, documents, "Documents"),
    M_F_SUM(m_crosscheck_day, stock_sum, "Change of stock"),
    M_F_ID(m_crosscheck_day, stock_digest, "Digest of stock"),
};
const m_type m_crosscheck_day_type = {
    .name = "crosscheck.day", .size = sizeof(m_crosscheck_day), M_FIELDS(day_fields)};

static const m_field days_fields[] = {
    M_F_LIST(m_crosscheck_days, days, "Days", &m_crosscheck_day_type),
};
const m_type m_crosscheck_days_type = {
    .name = "crosscheck.days", .size = sizeof(m_crosscheck_days), M_FIELDS(days_fields)};

static const m_field date_fields[] = {
    M_F_STR(m_crosscheck_date, caller, "Caller", .flags = M_REQUIRED, .max = 40),
    M_F_DATE(m_crosscheck_date, date, "Day", .flags = M_REQUIRED),
    M_F_BOOL(m_crosscheck_date, stock, "Stock too"),
};
const m_type m_crosscheck_date_type = {
    .name = "crosscheck.date", .size = sizeof(m_crosscheck_date), M_FIELDS(date_fields)};

static const char *const kinds[] = {"voucher", "stock", NULL};
static const m_field row_fields[] = {
    M_F_ENUM(m_crosscheck_row, kind, "Kind", kinds),
    M_F_ID(m_crosscheck_row, id, "Id"),
    M_F_SUM(m_crosscheck_row, amount, "Amount"),
};
const m_type m_crosscheck_row_type = {
    .name = "crosscheck.row", .size = sizeof(m_crosscheck_row), M_FIELDS(row_fields)};

static const m_field rows_fields[] = {
    M_F_LIST(m_crosscheck_rows, rows, "Rows", &m_crosscheck_row_type),
    M_F_BOOL(m_crosscheck_rows, more, "More"),
};
const m_type m_crosscheck_rows_type = {
    .name = "crosscheck.rows", .size = sizeof(m_crosscheck_rows), M_FIELDS(rows_fields)};

static const m_method methods[] = {
    M_METHOD(crosscheck, digests, &m_crosscheck_span_type, &m_crosscheck_days_type, M_METHOD_READ),
    M_METHOD(crosscheck, list, &m_crosscheck_date_type, &m_crosscheck_rows_type, M_METHOD_READ),
    {.name = NULL},
};
const m_protocol m_crosscheck_protocol = {"crosscheck", 1, methods};

/* ---- one day ---- */

static int by_key(const void *a, const void *b)
{
    const m_crosscheck_row *x = a, *y = b;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    return m_id_cmp(x->id, y->id);
}

/* Rows of one id together; what sums to zero says something of vouchers only. */
static void settle(m_list *rows)
{
    m_crosscheck_row *all = rows->items;
    uint32_t kept = 0;
    if (rows->count) qsort(all, rows->count, sizeof *all, by_key);
    for (uint32_t i = 0; i < rows->count;) {
        m_crosscheck_row row = all[i];
        for (i++; i < rows->count && by_key(&row, &all[i]) == 0; i++)
            row.amount += all[i].amount;
        if (row.amount || row.kind == M_CROSSCHECK_VOUCHER) all[kept++] = row;
    }
    rows->count = kept;
}

static void mix(m_call *call, m_date date, const m_crosscheck_row *row, m_id *digest)
{
    uint8_t bytes[1 + sizeof(m_id) + 16 + 4];
    __uint128_t amount = (__uint128_t)row->amount;
    uint32_t day = (uint32_t)date.d;
    bytes[0] = (uint8_t)row->kind;
    memcpy(bytes + 1, row->id.b, sizeof row->id.b);
    for (unsigned i = 0; i < 16; i++)
        bytes[17 + i] = (uint8_t)(amount >> (8 * i));
    for (unsigned i = 0; i < 4; i++)
        bytes[33 + i] = (uint8_t)(day >> (8 * i));
    m_id one = call->env->derive_id(call->env->self, bytes, sizeof bytes);
    for (unsigned i = 0; i < sizeof one.b; i++)
        digest->b[i] ^= one.b[i];
}

static void add(m_call *call, m_crosscheck_day *day, const m_crosscheck_row *row)
{
    bool voucher = row->kind == M_CROSSCHECK_VOUCHER;
    *(voucher ? &day->vouchers : &day->documents) += 1;
    *(voucher ? &day->voucher_sum : &day->stock_sum) += row->amount;
    mix(call, day->date, row, voucher ? &day->voucher_digest : &day->stock_digest);
}

/* ---- for those who provide it ---- */

m_status m_crosscheck_days_of(void *self, m_call *call, m_crosscheck_read read,
                              const m_crosscheck_span *in, m_crosscheck_days *out)
{
    m_list days = {NULL, 0};
    uint32_t capacity = 0;
    if (m_date_is_none(in->from) || m_date_cmp(in->from, in->to) > 0 ||
        in->to.d - in->from.d >= M_CROSSCHECK_DAYS_MAX) {
        m_field_fail(call, m_err_range, M_STR("to"), "1 to %d days", M_CROSSCHECK_DAYS_MAX);
        return m_failed_fields(call);
    }
    for (m_date date = in->from; m_date_cmp(date, in->to) <= 0; date.d++) {
        m_list rows = {NULL, 0};
        m_crosscheck_date asked = {in->caller, date, in->stock};
        M_TRY(read(self, call, &asked, &rows));
        settle(&rows);
        if (rows.count == 0) continue;
        m_crosscheck_day *day = m_list_add(call->arena, &days, &capacity, sizeof *day);
        if (!day) return m_fail(call, m_err_memory, NULL);
        day->date = date;
        for (M_EACH(const m_crosscheck_row, row, rows))
            add(call, day, row);
    }
    out->days = days;
    return M_OK;
}

m_status m_crosscheck_rows_of(void *self, m_call *call, m_crosscheck_read read,
                              const m_crosscheck_date *in, m_crosscheck_rows *out)
{
    m_list rows = {NULL, 0};
    M_TRY(read(self, call, in, &rows));
    settle(&rows);
    bool more = rows.count > M_CROSSCHECK_ROWS_MAX;
    if (more) rows.count = M_CROSSCHECK_ROWS_MAX;
    *out = (m_crosscheck_rows){.rows = rows, .more = more};
    return M_OK;
}
