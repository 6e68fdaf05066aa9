/* The stock of an item: from the stock balance down to the movements that made it. */
#include "why_internal.h"

typedef struct {
    int64_t qty;
    m_dec_sum value;
} stock;

static m_status put_balance(const why *w, m_id item, stock *out)
{
    char day[M_DATE_TEXT], id[M_ID_TEXT];
    const m_type *type;
    m_list rows;
    m_date_format(w->as_of, day);
    m_id_format(item, id);
    why_param params[] = {{"as_of", day}, {"item", id}};
    M_TRY(why_report(w, "wms", "stock-balance", params, 2, &type, &rows));
    for (uint32_t i = 0; i < rows.count; i++) {
        const void *row = (const char *)rows.items + i * type->size;
        const m_dec *qty = m_field_value(type, "qty", row);
        const m_dec_sum *value = m_field_value(type, "value", row);
        char text[M_DEC_TEXT];
        out->qty += qty ? qty->u : 0;
        out->value += value ? *value : 0;
        m_dec_format(qty ? *qty : (m_dec){0}, 0, text);
        fprintf(w->out, "  stock-balance: %s at %.*s, worth %s\n", text,
                M_STR_ARG(why_text(type, row, "warehouse_code")),
                why_amount(w, value ? *value : 0));
    }
    if (rows.count == 0) fprintf(w->out, "  stock-balance: nothing is in stock.\n");
    return M_OK;
}

static m_status put_vouchers(const why *w, const m_stock_event *event)
{
    m_filter of_document = {"source_id", M_OP_EQ, &event->source_id};
    m_query query = {.filters = &of_document, .filter_count = 1, .limit = 20};
    m_fetch vouchers = {.type = &m_book_event_type, .query = &query};
    M_TRY(m_store_fetch(w->q->domains->store, w->call, &vouchers, 1));
    for (uint32_t i = 0; i < vouchers.count; i++)
        M_TRY(why_voucher(w, vouchers.records[i], 0));
    return M_OK;
}

static m_status put_move(const why *w, const m_stock_entry *line, const stock *after)
{
    const void *event = NULL;
    char day[M_DATE_TEXT], qty[M_DEC_TEXT], balance[M_DEC_TEXT];
    m_stock_event key = {.seq = line->seq};
    m_str warehouse;
    M_TRY(m_store_get_key(w->q->domains->store, w->call, &m_stock_event_type, &key, &event));
    if (!event) return m_fail(w->call, m_err_internal, "a movement without its event");
    M_TRY(why_name(w, "wms", "warehouses", line->warehouse, &warehouse));
    m_date_format(line->posting_date, day);
    m_dec_format(line->qty, 0, qty);
    m_dec_format((m_dec){after->qty}, 0, balance);
    fprintf(w->out, "\n  %s  %s at %.*s for %s, so that there are %s worth %s\n", day, qty,
            M_STR_ARG(warehouse), why_amount(w, line->value.u), balance,
            why_amount(w, after->value));
    if (line->at_seq != line->seq)
        fprintf(w->out,
                "    corrects  the movement of event %lld, which something dated before it "
                "made dearer or cheaper\n",
                (long long)line->at_seq);
    M_TRY(why_stock_event(w, event));
    return put_vouchers(w, event);
}

static m_status put_moves(const why *w, m_id item, stock now)
{
    m_filter filters[] = {{"item", M_OP_EQ, &item}, {"posting_date", M_OP_LE, &w->as_of}};
    m_order last_first = {"posting_date", true};
    m_query query = {.filters = filters,
                     .filter_count = 2,
                     .orders = &last_first,
                     .order_count = 1,
                     .limit = w->q->lines};
    m_fetch lines = {.type = &m_stock_entry_type, .query = &query};
    M_TRY(m_store_fetch(w->q->domains->store, w->call, &lines, 1));
    for (uint32_t i = 0; i < lines.count; i++) {
        const m_stock_entry *line = lines.records[i];
        now.qty -= line->qty.u;
        now.value -= line->value.u;
    }
    for (uint32_t i = lines.count; i-- > 0;) {
        const m_stock_entry *line = lines.records[i];
        now.qty += line->qty.u;
        now.value += line->value.u;
        M_TRY(put_move(w, line, &now));
    }
    return M_OK;
}

m_status why_item(const why *w, const m_type *type, const void *item)
{
    char day[M_DATE_TEXT];
    stock now = {0};
    m_date_format(w->as_of, day);
    fprintf(w->out, "Item %.*s %.*s as of %s\n", M_STR_ARG(why_text(type, item, "code")),
            M_STR_ARG(why_text(type, item, "name")), day);
    M_TRY(put_balance(w, ((const m_doc *)item)->id, &now));
    return put_moves(w, ((const m_doc *)item)->id, now);
}
