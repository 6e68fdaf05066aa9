#include "commitment/commitment.h"
#include "purchase_invoice/purchase_invoice.h"
#include "withholding/withholding.h"

static fin_invoice_line *line_at(const fin_purchase_invoice *invoice, uint32_t i)
{
    return M_AT(invoice->lines, fin_invoice_line, i);
}

m_status fin_invoice_received(fin_module *fin, m_call *call, const fin_purchase_invoice *invoice,
                              m_list *out)
{
    m_id *ids = m_arena_array(call->arena, invoice->lines.count, sizeof *ids);
    FIN_NEED(call, ids);
    m_ids in = {.ids = {ids, 0}};
    for (M_EACH(const fin_invoice_line, line, invoice->lines))
        if (!m_id_is_null(line->receipt_line)) ids[in.ids.count++] = line->receipt_line;
    m_received_lines lines = {0};
    if (in.ids.count) M_TRY(m_receiving_lines(fin->receiving, call, &in, &lines));
    if (lines.lines.count != in.ids.count) return m_fail(call, m_err_internal, NULL);
    *out = lines.lines;
    return M_OK;
}

/* ---- goods ---- */

static void fill_from_receipt(m_call *call, const fin_purchase_invoice *invoice, uint32_t i,
                              const m_received_line *received)
{
    fin_invoice_line *line = line_at(invoice, i);
    if (m_id_is_null(received->id)) {
        m_field_fail(call, m_err_link, m_line_path(call, "lines", i, "receipt_line"), NULL);
        return;
    }
    if (!m_id_eq(received->supplier, invoice->supplier))
        m_field_fail(call, FIN_ERR(OTHER_SUPPLIER), m_line_path(call, "lines", i, "receipt_line"),
                     "%.*s", M_STR_ARG(received->receipt_no));
    if (!m_id_is_null(line->item) && !m_id_eq(line->item, received->item))
        m_field_fail(call, FIN_ERR(OTHER_ITEM), m_line_path(call, "lines", i, "item"), NULL);
    if (!m_id_is_null(line->account))
        m_field_fail(call, FIN_ERR(LINE_KIND), m_line_path(call, "lines", i, "account"), NULL);
    line->item = received->item;
    if (m_id_is_null(line->tax)) line->tax = received->tax;
    if (m_id_is_null(line->cost_center)) line->cost_center = received->cost_center;
}

/* What is left empty is priced as it was ordered. */
static m_status price_as_ordered(m_call *call, fin_invoice_line *line,
                                 const m_received_line *received, const fin_currency *currency)
{
    if (line->rate.u) return M_OK;
    line->rate = received->order_rate;
    if (m_id_eq(received->currency, currency->id)) return M_OK;
    FIN_TRY(call, fin_order_rate(received, &line->rate));
    if (!currency->foreign) return M_OK;
    return m_told(call, m_dec_mul_div(line->rate, currency->rate.per, currency->rate.rate,
                                      M_DEC_SCALE, M_ROUND_HALF_UP, &line->rate));
}

static m_status fill_receipts(fin_module *fin, m_call *call, const fin_purchase_invoice *invoice,
                              const fin_currency *currency)
{
    m_list received;
    M_TRY(fin_invoice_received(fin, call, invoice, &received));
    uint32_t at = 0;
    for (uint32_t i = 0; i < invoice->lines.count; i++) {
        if (m_id_is_null(line_at(invoice, i)->receipt_line)) continue;
        const m_received_line *line = M_AT(received, m_received_line, at++);
        fill_from_receipt(call, invoice, i, line);
        M_TRY(price_as_ordered(call, line_at(invoice, i), line, currency));
    }
    return M_OK;
}

/* ---- orders ---- */

static void fill_from_order(m_call *call, const fin_purchase_invoice *invoice, uint32_t i,
                            const fin_commitment *ordered)
{
    fin_invoice_line *line = line_at(invoice, i);
    bool good = ordered && !ordered->ended && m_id_is_null(line->receipt_line) &&
                m_id_eq(ordered->party, invoice->supplier);
    if (!good) {
        m_field_fail(call, FIN_ERR(ORDER_LINE), m_line_path(call, "lines", i, "order_line"), NULL);
        return;
    }
    if (m_id_is_null(line->account)) line->account = ordered->account;
    if (m_id_is_null(line->cost_center)) line->cost_center = ordered->cost_center;
}

static m_status fill_orders(fin_module *fin, m_call *call, const fin_purchase_invoice *invoice)
{
    m_id *ids = m_arena_array(call->arena, invoice->lines.count, sizeof *ids);
    FIN_NEED(call, ids);
    m_fetch read = {.type = &fin_commitment_type, .ids = ids};
    for (M_EACH(const fin_invoice_line, line, invoice->lines))
        if (!m_id_is_null(line->order_line)) ids[read.key_count++] = line->order_line;
    if (read.key_count == 0) return M_OK;
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    uint32_t at = 0;
    for (uint32_t i = 0; i < invoice->lines.count; i++)
        if (!m_id_is_null(line_at(invoice, i)->order_line))
            fill_from_order(call, invoice, i, read.records[at++]);
    return M_OK;
}

/* ---- items ---- */

static void judge_item(m_call *call, fin_invoice_line *line, uint32_t i, const m_item_info *item)
{
    if (m_id_is_null(item->id) || !m_id_is_null(line->receipt_line)) return;
    if (item->is_stock)
        m_field_fail(call, FIN_ERR(RECEIPT_REQUIRED), m_line_path(call, "lines", i, "receipt_line"),
                     NULL);
    if (m_id_is_null(line->tax)) line->tax = item->tax;
}

static m_status fill_items(fin_module *fin, m_call *call, const fin_bill *bill)
{
    m_list items;
    M_TRY(fin_bill_items(fin, call, bill, &items));
    for (uint32_t i = 0; i < bill->count; i++) {
        fin_invoice_line *line = (fin_invoice_line *)bill->lines[i];
        judge_item(call, line, i, M_AT(items, m_item_info, i));
        bool service = m_id_is_null(line->receipt_line);
        if (service && m_id_is_null(line->account))
            m_field_fail(call, FIN_ERR(EXPENSE_REQUIRED), m_line_path(call, "lines", i, "account"),
                         NULL);
    }
    return M_OK;
}

/* ---- head ---- */

static m_status refuse_second_bill(fin_module *fin, m_call *call,
                                   const fin_purchase_invoice *invoice)
{
    m_enum cancelled = M_CANCELLED;
    m_filter same[] = {{"supplier", M_OP_EQ, &invoice->supplier},
                       {"supplier_invoice_no", M_OP_EQ, &invoice->supplier_invoice_no},
                       {"state", M_OP_NE, &cancelled},
                       {"id", M_OP_NE, &invoice->id}};
    m_query query = {.filters = same, .filter_count = 4, .limit = 1, .without_lists = true};
    m_fetch read = {.type = &fin_purchase_invoice_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    if (read.count == 0) return M_OK;
    const fin_purchase_invoice *other = read.records[0];
    m_str no = other->number.n ? other->number : M_STR("a draft");
    m_field_fail(call, FIN_ERR(BILL_DUPLICATE), M_STR("supplier_invoice_no"), "%.*s",
                 M_STR_ARG(no));
    return m_fail(call, FIN_ERR(BILL_DUPLICATE), "%.*s", M_STR_ARG(no));
}

static m_date billed_on(const fin_purchase_invoice *invoice)
{
    return m_date_is_none(invoice->supplier_invoice_date) ? invoice->posting_date
                                                          : invoice->supplier_invoice_date;
}

static void fill_dates(m_call *call, fin_purchase_invoice *invoice, const m_party_info *supplier)
{
    if (m_date_is_none(invoice->posting_date)) invoice->posting_date = m_today(call);
    m_date from = billed_on(invoice);
    fin_due_rule rule = {.days = supplier->credit_days};
    if (m_date_is_none(invoice->due_date)) invoice->due_date = fin_due_date(from, &rule);
    if (m_date_cmp(invoice->due_date, from) < 0)
        m_field_fail(call, FIN_ERR(DUE_BEFORE), M_STR("due_date"), NULL);
}

/* Can it be computed? The field table tells of what cannot. */
static bool computable(const fin_purchase_invoice *invoice)
{
    for (M_EACH(const fin_invoice_line, line, invoice->lines))
        if (line->qty.u <= 0 || line->rate.u < 0) return false;
    return fin_charges_computable(&invoice->head);
}

m_status fin_invoice_settle(fin_module *fin, m_call *call, fin_purchase_invoice *invoice,
                            const fin_currency *currency)
{
    M_TRY(fin_invoice_withhold(fin, call, invoice, currency));
    return fin_invoice_plan(fin, call, &invoice->head, billed_on(invoice), currency->places);
}

m_status fin_invoice_check(void *module, m_call *call, void *doc, const void *before)
{
    fin_module *fin = module;
    fin_purchase_invoice *invoice = doc;
    m_party_info supplier;
    fin_currency currency;
    m_list taxes;
    fin_bill bill;
    if (invoice->lines.count > FIN_LINES_MAX || invoice->charges.count > FIN_CHARGES_MAX)
        return M_OK; /* the field table tells */
    invoice->supplier_invoice_no = m_str_trim(invoice->supplier_invoice_no);
    M_TRY(fin_read_party(fin, call, &fin_supplier_side, invoice->supplier, true, &supplier));
    if (invoice->supplier_invoice_no.n && supplier.name.n)
        M_TRY(refuse_second_bill(fin, call, invoice));
    if (!before) M_TRY(fin_supplier_defaults(fin, call, invoice));
    fill_dates(call, invoice, &supplier);
    M_TRY(fin_invoice_currency(fin, call, &invoice->head, &currency));
    M_TRY(fill_receipts(fin, call, invoice, &currency));
    M_TRY(fill_orders(fin, call, invoice));
    FIN_TRY(call, fin_bill_open(call->arena, &invoice->head, sizeof(fin_invoice_line), &bill));
    M_TRY(fill_items(fin, call, &bill));
    M_TRY(fin_bill_accounts(fin, call, &bill));
    M_TRY(fin_bill_taxes(fin, call, &bill, &taxes));
    if (!computable(invoice)) return M_OK;
    fin_check_places(call, invoice->round_to, currency.places, NULL, 0, "round_to");
    FIN_TRY(call, fin_purchase_price(invoice, currency.places));
    M_TRY(fin_charges_check(fin, call, &bill, currency.places));
    if (call->error.field_count) return M_OK;
    FIN_TRY(call, fin_invoice_compute(call->arena, invoice, &taxes, currency.places));
    M_TRY(fin_invoice_base(call, &invoice->head, &currency));
    return fin_invoice_settle(fin, call, invoice, &currency);
}
