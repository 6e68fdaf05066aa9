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

static fin_withheld key_of(const fin_purchase_invoice *invoice, const m_tenant_info *tenant)
{
    return (fin_withheld){.supplier = invoice->supplier,
                          .category = invoice->withholding,
                          .year =
                              fin_year_start(invoice->posting_date, tenant->fiscal_start_month)};
}

/* The rate in force on the bill; NULL: nothing is withheld. */
static m_status find_rate(fin_module *fin, m_call *call, const fin_purchase_invoice *invoice,
                          const fin_withholding_rate **out)
{
    const void *found = NULL;
    M_TRY(m_store_get(fin->store, call, &fin_withholding_type, invoice->withholding, &found));
    const fin_withholding *category = found;
    *out = NULL;
    if (!category) return M_OK; /* told as a link that leads nowhere */
    if (!category->active) {
        m_field_fail(call, FIN_ERR(WITHHOLDING_INACTIVE), M_STR("withholding"), "%.*s",
                     M_STR_ARG(category->code));
    } else if (!m_id_is_null(invoice->currency)) {
        m_field_fail(call, FIN_ERR(WITHHOLDING_CURRENCY), M_STR("withholding"), NULL);
    } else {
        *out = fin_withholding_on(category, invoice->posting_date);
    }
    return M_OK;
}

m_status fin_invoice_withhold(fin_module *fin, m_call *call, fin_purchase_invoice *invoice,
                              int places)
{
    const fin_withholding_rate *rate;
    const void *found = NULL;
    m_tenant_info tenant;
    invoice->withheld = invoice->withheld_on = invoice->withheld_rate = (m_dec){0};
    if (m_id_is_null(invoice->withholding)) return M_OK;
    M_TRY(find_rate(fin, call, invoice, &rate));
    if (!rate) return M_OK;
    M_TRY(fin_read_tenant(fin, call, &tenant));
    fin_withheld key = key_of(invoice, &tenant);
    M_TRY(m_store_get_key(fin->store, call, &fin_withheld_type, &key, &found));
    FIN_TRY(call, fin_withhold(invoice->net_total, rate, found, places, &invoice->withheld_on,
                               &invoice->withheld));
    if (invoice->withheld_on.u) invoice->withheld_rate = rate->rate;
    if (invoice->withheld.u < invoice->grand_total.u || invoice->withheld.u == 0) return M_OK;
    m_field_fail(call, FIN_ERR(WITHHOLDING_ALL), M_STR("withholding"), NULL);
    return M_OK;
}

m_status fin_note_withheld(fin_module *fin, m_call *call, const fin_purchase_invoice *invoice,
                           int sign)
{
    m_tenant_info tenant;
    if (m_id_is_null(invoice->withholding)) return M_OK;
    M_TRY(fin_read_tenant(fin, call, &tenant));
    fin_withheld by = key_of(invoice, &tenant);
    by.billed = (m_dec_sum)invoice->net_total.u * sign;
    by.taxed = (m_dec_sum)invoice->withheld_on.u * sign;
    by.withheld = (m_dec_sum)invoice->withheld.u * sign;
    return m_store_accumulate(fin->store, call, &fin_withheld_type, &by);
}
