#include "withholding/withholding.h"

m_status fin_withholding_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)module, (void)before;
    const fin_withholding *category = doc;
    for (uint32_t i = 1; i < category->rates.count; i++) {
        const fin_withholding_rate *rate = M_AT(category->rates, fin_withholding_rate, i);
        if (m_date_cmp(rate->from, M_AT(category->rates, fin_withholding_rate, i - 1)->from) <= 0)
            m_field_fail(call, FIN_ERR(WITHHOLDING_DATES), m_line_path(call, "rates", i, "from"),
                         NULL);
    }
    return M_OK;
}

m_status fin_supplier_defaults(fin_module *fin, m_call *call, fin_purchase_invoice *invoice)
{
    const void *found = NULL;
    if (m_id_is_null(invoice->supplier)) return M_OK;
    M_TRY(m_store_find_one(fin->store, call, &fin_supplier_terms_type, "supplier",
                           &invoice->supplier, &found));
    const fin_supplier_terms *terms = found;
    if (!terms) return M_OK;
    invoice->payment_terms = fin_either(invoice->payment_terms, terms->payment_terms);
    invoice->withholding = fin_either(invoice->withholding, terms->withholding);
    return M_OK;
}

/* ---- what counts ---- */

/* One bill or advance, in the base currency. */
typedef struct {
    m_id supplier;
    m_id category;
    m_date date;
    m_dec net;
    m_dec spared; /* of it: of a bill, for advances; of an advance (−net): for bills to come */
    m_dec on;
    m_dec amount;
    m_dec rate;
} part;

static m_status key_of(fin_module *fin, m_call *call, const part *p, fin_withheld *out)
{
    m_tenant_info tenant;
    M_TRY(fin_read_tenant(fin, call, &tenant));
    *out = (fin_withheld){.supplier = p->supplier,
                          .category = p->category,
                          .year = fin_year_start(p->date, tenant.fiscal_start_month)};
    return M_OK;
}

/* The rate in force; NULL: nothing is withheld. */
static m_status find_rate(fin_module *fin, m_call *call, const part *p,
                          const fin_withholding_rate **out)
{
    const void *found = NULL;
    M_TRY(m_store_get(fin->store, call, &fin_withholding_type, p->category, &found));
    const fin_withholding *category = found;
    *out = NULL;
    if (!category) return M_OK; /* told as a link that leads nowhere */
    if (category->active)
        *out = fin_withholding_on(category, p->date);
    else
        m_field_fail(call, FIN_ERR(WITHHOLDING_INACTIVE), M_STR("withholding"), "%.*s",
                     M_STR_ARG(category->code));
    return M_OK;
}

static m_status open_advances(fin_module *fin, m_call *call, const part *p, m_dec_sum *out)
{
    fin_withheld_advance key = {.supplier = p->supplier, .category = p->category};
    const void *found = NULL;
    M_TRY(m_store_get_key(fin->store, call, &fin_withheld_advance_type, &key, &found));
    *out = found ? ((const fin_withheld_advance *)found)->open : 0;
    return M_OK;
}

static m_status withhold(fin_module *fin, m_call *call, int places, part *p)
{
    const fin_withholding_rate *rate;
    const void *so_far = NULL;
    fin_withheld key;
    M_TRY(find_rate(fin, call, p, &rate));
    if (!rate) return M_OK;
    M_TRY(key_of(fin, call, p, &key));
    M_TRY(m_store_get_key(fin->store, call, &fin_withheld_type, &key, &so_far));
    FIN_TRY(call, fin_withhold(p->net, p->spared, rate, so_far, places, &p->on, &p->amount));
    if (p->on.u) p->rate = rate->rate;
    return M_OK;
}

static m_status note(fin_module *fin, m_call *call, const part *p, int sign)
{
    fin_withheld by;
    bool advance = p->spared.u < 0;
    M_TRY(key_of(fin, call, p, &by));
    by.billed = sign * ((m_dec_sum)p->net.u - (advance ? 0 : p->spared.u));
    by.taxed = (m_dec_sum)p->on.u * sign;
    by.withheld = (m_dec_sum)p->amount.u * sign;
    M_TRY(m_store_accumulate(fin->store, call, &fin_withheld_type, &by));
    if (p->spared.u == 0) return M_OK;
    fin_withheld_advance open = {
        .supplier = p->supplier, .category = p->category, .open = (m_dec_sum)p->spared.u * -sign};
    return m_store_accumulate(fin->store, call, &fin_withheld_advance_type, &open);
}

static void refuse_all(m_call *call, m_dec withheld, m_dec of)
{
    if (withheld.u >= of.u && withheld.u)
        m_field_fail(call, FIN_ERR(WITHHOLDING_ALL), M_STR("withholding"), NULL);
}

/* ---- bills ---- */

static part part_of_bill(const fin_purchase_invoice *invoice)
{
    bool foreign = !m_id_is_null(invoice->currency);
    return (part){.supplier = invoice->supplier,
                  .category = invoice->withholding,
                  .date = invoice->posting_date,
                  .net = foreign ? invoice->base_net : invoice->net_total,
                  .spared = invoice->withheld_before,
                  .on = invoice->withheld_on,
                  .amount = foreign ? invoice->base_withheld : invoice->withheld};
}

m_status fin_invoice_withhold(fin_module *fin, m_call *call, fin_purchase_invoice *invoice,
                              const fin_currency *currency)
{
    m_dec zero = {0};
    m_dec_sum open;
    invoice->withheld = invoice->withheld_on = invoice->withheld_rate = zero;
    invoice->base_net = invoice->base_withheld = invoice->withheld_before = zero;
    if (m_id_is_null(invoice->withholding)) return M_OK;
    part p = part_of_bill(invoice);
    M_TRY(fin_currency_base(call, currency, invoice->net_total, &p.net));
    M_TRY(open_advances(fin, call, &p, &open));
    p.spared = open < p.net.u ? (m_dec){(int64_t)open} : p.net;
    M_TRY(withhold(fin, call, currency->base_places, &p));
    M_TRY(fin_currency_of_base(call, currency, p.amount, &invoice->withheld));
    if (currency->foreign) {
        invoice->base_net = p.net;
        invoice->base_withheld = p.amount;
    }
    invoice->withheld_before = p.spared;
    invoice->withheld_on = p.on;
    invoice->withheld_rate = p.rate;
    refuse_all(call, invoice->withheld, invoice->grand_total);
    return M_OK;
}

m_status fin_note_withheld(fin_module *fin, m_call *call, const fin_purchase_invoice *invoice,
                           int sign)
{
    if (m_id_is_null(invoice->withholding)) return M_OK;
    part p = part_of_bill(invoice);
    return note(fin, call, &p, sign);
}

/* ---- advances ---- */

/* What was paid in advance at first, whatever was allocated of it later. */
static m_dec paid_before(const fin_payment *payment)
{
    m_dec net = payment->amount;
    for (M_EACH(const fin_allocation, line, payment->allocations))
        if (line->batch == 0) net.u -= line->amount.u;
    return net;
}

static part part_of_payment(const fin_payment *payment)
{
    bool foreign = !m_id_is_null(payment->currency);
    return (part){.supplier = payment->supplier,
                  .category = payment->withholding,
                  .date = payment->posting_date,
                  .net = foreign ? payment->base_net : paid_before(payment),
                  .on = payment->withheld_on,
                  .amount = foreign ? payment->base_withheld : payment->withheld};
}

m_status fin_payment_withhold(fin_module *fin, m_call *call, fin_payment *payment)
{
    fin_currency currency;
    m_dec net = paid_before(payment);
    payment->withheld = payment->withheld_on = payment->withheld_rate = (m_dec){0};
    payment->base_net = payment->base_withheld = (m_dec){0};
    if (m_id_is_null(payment->withholding)) return M_OK;
    if (payment->type == FIN_REFUND || net.u <= 0)
        m_field_fail(call, FIN_ERR(WITHHOLDING_ADVANCE), M_STR("withholding"), NULL);
    if (call->error.field_count) return M_OK;
    part p = part_of_payment(payment);
    M_TRY(fin_payment_currency(fin, call, payment, &currency));
    M_TRY(fin_currency_base(call, &currency, net, &p.net));
    M_TRY(withhold(fin, call, currency.base_places, &p));
    M_TRY(fin_currency_of_base(call, &currency, p.amount, &payment->withheld));
    if (currency.foreign) {
        payment->base_net = p.net;
        payment->base_withheld = p.amount;
    }
    payment->withheld_on = p.on;
    payment->withheld_rate = p.rate;
    refuse_all(call, p.amount, p.net);
    return M_OK;
}

m_status fin_payment_note_withheld(fin_module *fin, m_call *call, const fin_payment *payment,
                                   int sign)
{
    m_dec_sum open;
    if (payment->withheld_on.u == 0) return M_OK;
    part p = part_of_payment(payment);
    p.spared = m_dec_neg(p.net);
    M_TRY(open_advances(fin, call, &p, &open));
    if (sign < 0 && open < p.net.u) return m_fail(call, FIN_ERR(WITHHOLDING_BILLED), NULL);
    return note(fin, call, &p, sign);
}
