#include "deferral/deferral.h"
#include "posting_rule/posting_rule.h"
#include "purchase_invoice/purchase_invoice.h"
#include "sales_invoice/sales_invoice.h"

typedef struct {
    fin_module *fin;
    m_call *call;
    fin_deferral *deferral;
    int places;
} work;

static void fault(const work *w, const m_error_def *def, const char *member, const char *detail)
{
    m_field_fail(w->call, def, m_str_of(member), detail ? "%s" : NULL,
                 detail ? m_say(w->call, detail) : "");
}

/* ---- the line of an invoice ---- */

static m_status refuse_twice(const work *w)
{
    const fin_deferral *deferral = w->deferral;
    m_enum submitted = M_SUBMITTED;
    bool bought = !m_id_is_null(deferral->purchase_invoice);
    m_filter same[] = {{bought ? "purchase_invoice" : "sales_invoice", M_OP_EQ,
                        bought ? &deferral->purchase_invoice : &deferral->sales_invoice},
                       {"invoice_line", M_OP_EQ, &deferral->invoice_line},
                       {"state", M_OP_EQ, &submitted},
                       {"id", M_OP_NE, &deferral->id}};
    m_query query = {.filters = same, .filter_count = 4, .limit = 1, .without_lists = true};
    m_fetch read = {.type = &fin_deferral_type, .query = &query};
    M_TRY(m_store_fetch(w->fin->store, w->call, &read, 1));
    if (read.count == 0) return M_OK;
    const fin_deferral *other = read.records[0];
    m_field_fail(w->call, FIN_ERR(DEFERRED_TWICE), M_STR("invoice_line"), "%.*s",
                 M_STR_ARG(other->number));
    return M_OK;
}

/* cost: of the line, in the currency of the invoice; it is deferred as it was booked. */
static m_status take_from_line(const work *w, const fin_invoice *invoice, const fin_bill_line *line,
                               m_dec cost)
{
    fin_deferral *deferral = w->deferral;
    fin_invoice head = *invoice;
    fin_currency currency;
    m_dec worth;
    M_TRY(fin_invoice_currency(w->fin, w->call, &head, &currency));
    M_TRY(fin_currency_base(w->call, &currency, cost, &worth));
    if (m_date_is_none(deferral->posting_date)) deferral->posting_date = invoice->posting_date;
    if (deferral->description.n == 0) deferral->description = line->description;
    if (m_id_is_null(deferral->cost_center)) deferral->cost_center = line->cost_center;
    if (deferral->amount.u == 0) deferral->amount = worth;
    if (m_id_is_null(deferral->account)) deferral->account = line->account;
    if (!m_id_eq(deferral->account, line->account))
        fault(w, FIN_ERR(DEFERRED_LINE), "account", "it was booked on another account");
    if (m_date_cmp(deferral->posting_date, invoice->posting_date) < 0)
        fault(w, FIN_ERR(DEFERRED_LINE), "posting_date", "the invoice is of a later day");
    char text[M_DEC_TEXT];
    m_dec_format(worth, 2, text);
    if (deferral->amount.u > worth.u)
        m_field_fail(w->call, FIN_ERR(DEFERRED_LINE), M_STR("amount"), "it comes to %s", text);
    return M_OK;
}

static m_status read_invoice(const work *w, const m_type *type, m_id id, const char *member,
                             const fin_invoice **out)
{
    const void *found = NULL;
    *out = NULL;
    M_TRY(m_store_get(w->fin->store, w->call, type, id, &found));
    const fin_invoice *invoice = found;
    if (invoice && invoice->state == M_SUBMITTED)
        *out = invoice;
    else
        fault(w, FIN_ERR(DEFERRED_LINE), member, "the invoice is not posted");
    return M_OK;
}

static m_status fill_from_purchase(const work *w)
{
    const fin_invoice *invoice;
    M_TRY(read_invoice(w, &fin_purchase_invoice_type, w->deferral->purchase_invoice,
                       "purchase_invoice", &invoice));
    if (!invoice) return M_OK;
    for (M_EACH(const fin_invoice_line, line, invoice->lines)) {
        if (!m_id_eq(line->id, w->deferral->invoice_line)) continue;
        if (!m_id_is_null(line->receipt_line))
            fault(w, FIN_ERR(DEFERRED_LINE), "invoice_line", "it is for goods");
        else
            M_TRY(take_from_line(w, invoice, &line->bill, (m_dec){line->net.u + line->cost_tax.u}));
        return refuse_twice(w);
    }
    fault(w, FIN_ERR(DEFERRED_LINE), "invoice_line", "the invoice has no such line");
    return M_OK;
}

static m_status fill_from_sale(const work *w)
{
    const fin_invoice *invoice;
    M_TRY(read_invoice(w, &fin_sales_invoice_type, w->deferral->sales_invoice, "sales_invoice",
                       &invoice));
    if (!invoice) return M_OK;
    for (M_EACH(const fin_sales_line, line, invoice->lines)) {
        const fin_bill_line *bill = (const fin_bill_line *)line;
        if (!m_id_eq(bill->id, w->deferral->invoice_line)) continue;
        M_TRY(take_from_line(w, invoice, bill, bill->net));
        return refuse_twice(w);
    }
    fault(w, FIN_ERR(DEFERRED_LINE), "invoice_line", "the invoice has no such line");
    return M_OK;
}

static m_status fill_source(const work *w)
{
    const fin_deferral *deferral = w->deferral;
    bool bought = !m_id_is_null(deferral->purchase_invoice);
    bool sold = !m_id_is_null(deferral->sales_invoice);
    bool expense = deferral->kind == FIN_DEFERRED_EXPENSE;
    if (bought && !expense)
        fault(w, FIN_ERR(DEFERRED_LINE), "purchase_invoice", "it is an expense");
    if (sold && expense) fault(w, FIN_ERR(DEFERRED_LINE), "sales_invoice", "it is income");
    if (w->call->error.field_count) return M_OK;
    if (bought) return fill_from_purchase(w);
    return sold ? fill_from_sale(w) : M_OK;
}

/* ---- accounts ---- */

static m_status default_account(const work *w)
{
    fin_deferral *deferral = w->deferral;
    if (!m_id_is_null(deferral->deferral_account)) return M_OK;
    m_str purpose = deferral->kind == FIN_DEFERRED_EXPENSE ? M_STR("deferred_expense")
                                                           : M_STR("deferred_income");
    m_fetch rules = {.type = &fin_posting_rule_type, .query = &fin_posting_rule_all};
    M_TRY(m_store_fetch(w->fin->store, w->call, &rules, 1));
    const fin_posting_rule *rule = fin_posting_rule_find(&rules, purpose, (m_id){{0}});
    if (!rule) return m_fail(w->call, FIN_ERR(POSTING_UNMAPPED), "%.*s", M_STR_ARG(purpose));
    deferral->deferral_account = rule->account;
    return M_OK;
}

static m_status check_accounts(const work *w)
{
    const fin_deferral *deferral = w->deferral;
    m_id ids[] = {deferral->deferral_account, deferral->account};
    m_fetch read = {.type = &fin_account_type,
                    .ids = ids,
                    .key_count = m_id_is_null(deferral->account) ? 1 : 2};
    M_TRY(m_store_fetch(w->fin->store, w->call, &read, 1));
    const fin_account *kept = read.records[0];
    const fin_account *booked = read.key_count == 2 ? read.records[1] : NULL;
    bool expense = deferral->kind == FIN_DEFERRED_EXPENSE;
    if (kept && kept->kind != FIN_KIND_DEFERRAL)
        m_field_fail(w->call, FIN_ERR(DEFERRAL_ACCOUNT), M_STR("deferral_account"), "%.*s %.*s",
                     M_STR_ARG(kept->code), M_STR_ARG(kept->name));
    if (booked && booked->root_type != (expense ? FIN_EXPENSE : FIN_INCOME))
        m_field_fail(w->call, FIN_ERR(DEFERRED_RESULT), M_STR("account"), "%.*s %.*s",
                     M_STR_ARG(booked->code), M_STR_ARG(booked->name));
    if (!booked && read.key_count == 1) fault(w, m_err_required, "account", NULL);
    if (m_id_is_null(deferral->cost_center)) fault(w, m_err_required, "cost_center", NULL);
    return M_OK;
}

/* ---- schedule ---- */

static m_status read_weights(const work *w, uint32_t months, const m_dec **out)
{
    const m_list *weights = &w->deferral->weights;
    *out = NULL;
    if (weights->count == 0) return M_OK;
    m_dec *values = m_arena_array(w->call->arena, weights->count, sizeof *values);
    FIN_NEED(w->call, values);
    m_dec_sum sum = 0;
    uint32_t n = 0;
    for (M_EACH(const fin_deferral_weight, weight, *weights)) {
        if (weight->weight.u < 0) return M_OK; /* the field table tells */
        sum += weight->weight.u;
        values[n++] = weight->weight;
    }
    if (w->deferral->mode == FIN_DEFER_DAYS)
        fault(w, FIN_ERR(DEFERRAL_WEIGHTS), "weights", "days weigh by themselves");
    else if (n != months)
        m_field_fail(w->call, FIN_ERR(DEFERRAL_WEIGHTS), M_STR("weights"), "%u, for %u months",
                     (unsigned)n, (unsigned)months);
    else if (sum == 0)
        fault(w, FIN_ERR(DEFERRAL_WEIGHTS), "weights", "all are zero");
    *out = values;
    return M_OK;
}

static m_status make_schedule(const work *w)
{
    fin_deferral *deferral = w->deferral;
    fin_defer_part parts[FIN_DEFER_MONTHS_MAX];
    const m_dec *weights;
    uint32_t n;
    if (fin_defer_months(deferral->start, deferral->end, &n) != M_OK) {
        fault(w, FIN_ERR(DEFERRAL_PERIOD), "end", NULL);
        return M_OK;
    }
    M_TRY(read_weights(w, n, &weights));
    if (w->call->error.field_count) return M_OK;
    fin_defer_span span = {deferral->start, deferral->end, deferral->mode == FIN_DEFER_DAYS,
                           weights};
    FIN_TRY(w->call, fin_defer(deferral->amount, w->places, &span, n, parts));
    fin_deferral_part *made = m_arena_array(w->call->arena, n, sizeof *made);
    FIN_NEED(w->call, made);
    for (uint32_t i = 0; i < n; i++)
        made[i] = (fin_deferral_part){.number = i + 1,
                                      .first = parts[i].first,
                                      .last = parts[i].last,
                                      .amount = parts[i].amount};
    deferral->parts = (m_list){made, n};
    return M_OK;
}

m_status fin_deferral_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    work w = {.fin = module, .call = call, .deferral = doc};
    fin_deferral *deferral = doc;
    m_tenant_info tenant;
    M_TRY(fin_read_tenant(w.fin, call, &tenant));
    w.places = (int)tenant.currency_places;
    deferral->parts = (m_list){NULL, 0};
    M_TRY(fill_source(&w));
    bool of_invoice =
        !m_id_is_null(deferral->purchase_invoice) || !m_id_is_null(deferral->sales_invoice);
    if (of_invoice && call->error.field_count) return M_OK; /* its line would fill the rest */
    if (m_date_is_none(deferral->posting_date)) deferral->posting_date = m_today(call);
    M_TRY(default_account(&w));
    M_TRY(check_accounts(&w));
    if (deferral->amount.u == 0) fault(&w, m_err_required, "amount", NULL);
    fin_check_places(call, deferral->amount, w.places, NULL, 0, "amount");
    deferral->released = (m_dec){0};
    deferral->remaining = deferral->amount;
    bool computable = deferral->amount.u > 0 && !m_date_is_none(deferral->start) &&
                      !m_date_is_none(deferral->end) && call->error.field_count == 0;
    return computable ? make_schedule(&w) : M_OK;
}
