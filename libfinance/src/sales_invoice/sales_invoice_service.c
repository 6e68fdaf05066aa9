#include "ledger/ledger.h"
#include "posting_rule/posting_rule.h"
#include "sales_invoice/sales_invoice.h"

/* ---- draft: lines ---- */

static void judge_unit(m_call *call, fin_sales_line *line, uint32_t i, const m_item_info *item)
{
    if (m_id_is_null(item->id)) return;
    if (m_id_is_null(line->unit)) line->unit = item->stock_unit;
    bool known = m_id_eq(line->unit, item->stock_unit);
    for (M_EACH(const m_item_unit, unit, item->units))
        known |= m_id_eq(line->unit, unit->unit);
    if (!known)
        m_field_fail(call, FIN_ERR(OTHER_UNIT), m_line_path(call, "lines", i, "unit"), "%.*s",
                     M_STR_ARG(item->name));
}

/* The item's tax is the one it is bought with. What cannot be reclaimed there is no tax of ours to
 * collect, so it is not proposed. */
static m_status fill_taxes(fin_module *fin, m_call *call, const fin_bill *bill, const m_list *items,
                           m_list *out)
{
    bool *proposed = m_arena_array(call->arena, bill->count, sizeof *proposed);
    FIN_NEED(call, proposed);
    for (uint32_t i = 0; i < bill->count; i++) {
        proposed[i] = m_id_is_null(bill->lines[i]->tax);
        if (proposed[i]) bill->lines[i]->tax = M_AT(*items, m_item_info, i)->tax;
    }
    M_TRY(fin_bill_taxes(fin, call, bill, out));
    for (uint32_t i = 0; i < bill->count; i++) {
        m_tax_info *tax = M_AT(*out, m_tax_info, i);
        if (!proposed[i] || tax->recoverable) continue;
        bill->lines[i]->tax = (m_id){{0}};
        *tax = (m_tax_info){0};
    }
    return M_OK;
}

/* Lines without an account are sales, as the posting matrix has them for the item. */
static m_status fill_accounts(fin_module *fin, m_call *call, const fin_bill *bill)
{
    m_fetch rules = {.type = &fin_posting_rule_type, .query = &fin_posting_rule_all};
    M_TRY(m_store_fetch(fin->store, call, &rules, 1));
    for (uint32_t i = 0; i < bill->count; i++) {
        fin_bill_line *line = bill->lines[i];
        if (!m_id_is_null(line->account)) continue;
        const fin_posting_rule *rule = fin_posting_rule_find(&rules, M_STR("sales"), line->item);
        if (!rule) {
            m_field_fail(call, FIN_ERR(POSTING_UNMAPPED), m_line_path(call, "lines", i, "account"),
                         "sales");
            continue;
        }
        line->account = rule->account;
        if (m_id_is_null(line->cost_center)) line->cost_center = rule->cost_center;
    }
    return M_OK;
}

static m_status fill_lines(fin_module *fin, m_call *call, fin_sales_invoice *invoice, m_list *taxes)
{
    fin_bill bill;
    m_list items;
    FIN_TRY(call, fin_bill_open(call->arena, &invoice->head, sizeof(fin_sales_line), &bill));
    M_TRY(fin_bill_items(fin, call, &bill, &items));
    for (uint32_t i = 0; i < bill.count; i++) {
        judge_unit(call, (fin_sales_line *)bill.lines[i], i, M_AT(items, m_item_info, i));
        if (bill.lines[i]->description.n == 0 && m_id_is_null(bill.lines[i]->item))
            m_field_fail(call, m_err_required, m_line_path(call, "lines", i, "description"), NULL);
    }
    M_TRY(fill_accounts(fin, call, &bill));
    M_TRY(fin_bill_accounts(fin, call, &bill));
    return fill_taxes(fin, call, &bill, &items, taxes);
}

/* ---- draft: head ---- */

static void fill_dates(m_call *call, fin_sales_invoice *invoice, const m_party_info *customer)
{
    if (m_date_is_none(invoice->posting_date)) invoice->posting_date = m_today(call);
    fin_due_rule rule = {.days = customer->credit_days};
    if (m_date_is_none(invoice->due_date))
        invoice->due_date = fin_due_date(invoice->posting_date, &rule);
    if (m_date_cmp(invoice->due_date, invoice->posting_date) < 0)
        m_field_fail(call, FIN_ERR(DUE_BEFORE), M_STR("due_date"), NULL);
}

/* Can it be computed? The field table tells of what cannot. */
static bool computable(const fin_sales_invoice *invoice)
{
    for (M_EACH(const fin_sales_line, line, invoice->lines)) {
        bool discount =
            line->discount_percent.u >= 0 && line->discount_percent.u <= 100 * M_DEC_ONE;
        if (line->qty.u <= 0 || line->rate.u < 0 || !discount) return false;
    }
    return fin_charges_computable(&invoice->head);
}

static m_status compare_limit(fin_module *fin, m_call *call, fin_sales_invoice *invoice,
                              const m_party_info *customer)
{
    m_dec zero = {0};
    m_filter of_customer[] = {{"party", M_OP_EQ, &invoice->customer},
                              {"outstanding", M_OP_GT, &zero}};
    m_query query = {.filters = of_customer, .filter_count = 2};
    m_fetch open = {.type = &fin_open_item_type, .query = &query};
    invoice->beyond_limit = zero;
    if (customer->credit_limit.u == 0) return M_OK;
    M_TRY(m_store_fetch(fin->store, call, &open, 1));
    FIN_TRY(call, fin_beyond_limit(&open, customer->credit_limit,
                                   fin_invoice_base_total(&invoice->head), &invoice->beyond_limit));
    return M_OK;
}

m_status fin_sales_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    fin_module *fin = module;
    fin_sales_invoice *invoice = doc;
    m_party_info customer;
    fin_currency currency;
    m_list taxes;
    fin_bill bill;
    if (invoice->lines.count > FIN_LINES_MAX || invoice->charges.count > FIN_CHARGES_MAX)
        return M_OK; /* the field table tells */
    M_TRY(fin_read_party(fin, call, &fin_customer_side, invoice->customer, true, &customer));
    fill_dates(call, invoice, &customer);
    M_TRY(fin_sales_fill_delivered(fin, call, invoice));
    M_TRY(fill_lines(fin, call, invoice, &taxes));
    M_TRY(fin_invoice_currency(fin, call, &invoice->head, &currency));
    if (!computable(invoice)) return M_OK;
    int places = currency.places;
    fin_check_places(call, invoice->round_to, places, NULL, 0, "round_to");
    FIN_TRY(call, fin_sales_price(invoice, places));
    FIN_TRY(call, fin_bill_open(call->arena, &invoice->head, sizeof(fin_sales_line), &bill));
    M_TRY(fin_charges_check(fin, call, &bill, places));
    if (call->error.field_count) return M_OK;
    FIN_TRY(call, fin_sales_compute(call->arena, invoice, &taxes, places));
    M_TRY(fin_invoice_base(call, &invoice->head, &currency));
    M_TRY(fin_invoice_plan(fin, call, &invoice->head, invoice->posting_date, places));
    return compare_limit(fin, call, invoice, &customer);
}

/* ---- posting ---- */

static m_status make_lines(m_call *call, const fin_sales_invoice *invoice,
                           const fin_currency *currency, m_list *out)
{
    fin_lines lines = {.call = call};
    m_ledger_line receivable = {.purpose = M_STR("receivable"), .party = invoice->customer};
    m_ledger_line round_off = {.purpose = M_STR("round_off")};
    M_TRY(fin_lines_debit(&lines, receivable, invoice->grand_total));
    for (M_EACH(const fin_sales_line, line, invoice->lines)) {
        m_ledger_line income = {.account = line->account,
                                .cost_center = line->cost_center,
                                .narration = line->description};
        M_TRY(fin_lines_credit(&lines, income, line->net));
    }
    for (M_EACH(const fin_invoice_tax, tax, invoice->taxes)) {
        m_ledger_line output = {
            .purpose = tax->purpose, .subject = tax->tax, .narration = tax->name};
        M_TRY(fin_lines_credit(&lines, output, tax->amount));
    }
    M_TRY(fin_charges_debit(&lines, &invoice->charges, -1, "output_tax"));
    M_TRY(fin_lines_credit(&lines, round_off, invoice->rounding));
    M_TRY(fin_lines_convert(&lines, currency));
    *out = lines.lines;
    return M_OK;
}

static m_status refuse_beyond_limit(fin_module *fin, m_call *call, const fin_sales_invoice *invoice)
{
    m_dec action;
    if (invoice->beyond_limit.u == 0) return M_OK;
    M_TRY(m_policy(fin->masters, call, FIN_CREDIT_LIMIT, invoice->posting_date,
                   m_dec_of_int(FIN_LIMIT_WARN), &action));
    if (m_dec_cmp(action, m_dec_of_int(FIN_LIMIT_STOP)) < 0) return M_OK;
    char text[M_DEC_TEXT];
    m_dec_format(invoice->beyond_limit, 2, text);
    m_field_fail(call, FIN_ERR(CREDIT_LIMIT), M_STR("customer"), "%s beyond it", text);
    return m_fail(call, FIN_ERR(CREDIT_LIMIT), "%s beyond it", text);
}

m_status fin_sales_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    fin_module *fin = module;
    fin_sales_invoice *invoice = doc;
    fin_currency currency;
    bool posted;
    M_TRY(fin_invoice_worth(call, &invoice->head));
    M_TRY(refuse_beyond_limit(fin, call, invoice));
    M_TRY(fin_sales_match(fin, call, invoice));
    m_ledger_voucher voucher =
        fin_voucher_of(call, &fin_sales_invoice_type, &invoice->doc, "sales_invoice",
                       invoice->posting_date, invoice->narration);
    M_TRY(fin_invoice_currency(fin, call, &invoice->head, &currency));
    M_TRY(make_lines(call, invoice, &currency, &voucher.lines));
    M_TRY(fin_ledger_post(fin, call, &voucher, FIN_LINES_MADE, &posted));
    M_TRY(fin_sales_note(fin, call, invoice, 1));
    return fin_invoice_open(fin, call, &fin_customer_side, &invoice->head,
                            invoice->customer_order_no);
}

m_status fin_sales_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    fin_sales_invoice *invoice = doc;
    M_TRY(fin_invoice_undo(module, call, &fin_customer_side, &invoice->head));
    return fin_sales_note(module, call, invoice, -1);
}
