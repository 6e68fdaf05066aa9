#include "invoice/invoice.h"

bool fin_charges_computable(const fin_invoice *invoice)
{
    for (M_EACH(const fin_invoice_charge, charge, invoice->charges))
        if (charge->rate.u < 0 || charge->amount.u < 0) return false;
    return invoice->round_to.u >= 0 && invoice->net_discount.u >= 0;
}

static void judge_charge(m_call *call, const fin_invoice *invoice, uint32_t i)
{
    const fin_invoice_charge *charge = M_AT(invoice->charges, fin_invoice_charge, i);
    bool on_row = charge->basis == FIN_CHARGE_ROW || charge->basis == FIN_CHARGE_ROW_TOTAL;
    if (on_row && (charge->row < 1 || charge->row > i))
        m_field_fail(call, FIN_ERR(CHARGE_ROW), m_line_path(call, "charges", i, "row"), NULL);
    if (charge->basis != FIN_CHARGE_LINE_TAX) return;
    if (charge->deduct)
        m_field_fail(call, FIN_ERR(CHARGE_TAXES), m_line_path(call, "charges", i, "deduct"), NULL);
    for (uint32_t k = 0; k < i; k++)
        if (M_AT(invoice->charges, fin_invoice_charge, k)->basis == FIN_CHARGE_LINE_TAX)
            m_field_fail(call, FIN_ERR(CHARGE_TAXES), m_line_path(call, "charges", i, "basis"),
                         NULL);
}

static m_status judge_accounts(fin_module *fin, m_call *call, const fin_invoice *invoice)
{
    m_id ids[FIN_CHARGES_MAX];
    m_fetch read = {.type = &fin_account_type, .ids = ids};
    for (M_EACH(const fin_invoice_charge, charge, invoice->charges))
        if (!m_id_is_null(charge->account)) ids[read.key_count++] = charge->account;
    if (read.key_count == 0) return M_OK;
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    uint32_t at = 0;
    for (uint32_t i = 0; i < invoice->charges.count; i++) {
        const fin_invoice_charge *charge = M_AT(invoice->charges, fin_invoice_charge, i);
        if (!m_id_is_null(charge->account))
            fin_judge_account(call, read.records[at++], charge->cost_center, "charges", i);
    }
    return M_OK;
}

static void judge_discount(m_call *call, const fin_bill *bill, int64_t places)
{
    m_dec_sum amounts = 0;
    m_dec discount = bill->invoice->net_discount;
    fin_check_places(call, discount, places, NULL, 0, "net_discount");
    if (discount.u == 0) return;
    for (uint32_t i = 0; i < bill->count; i++)
        amounts += bill->lines[i]->amount.u;
    if (bill->invoice->prices_include_tax || discount.u > amounts)
        m_field_fail(call, FIN_ERR(NET_DISCOUNT), M_STR("net_discount"), NULL);
}

m_status fin_charges_check(fin_module *fin, m_call *call, const fin_bill *bill, int64_t places)
{
    const fin_invoice *invoice = bill->invoice;
    judge_discount(call, bill, places);
    for (uint32_t i = 0; i < invoice->charges.count; i++) {
        judge_charge(call, invoice, i);
        fin_check_places(call, M_AT(invoice->charges, fin_invoice_charge, i)->amount, places,
                         "charges", i, "amount");
    }
    return judge_accounts(fin, call, invoice);
}

m_status fin_charges_debit(fin_lines *lines, const m_list *charges, int sign, const char *purpose)
{
    for (M_EACH(const fin_invoice_charge, charge, *charges)) {
        if (charge->basis == FIN_CHARGE_LINE_TAX) continue; /* with the taxes */
        if (!purpose && fin_charge_is_cost(charge)) continue;
        m_ledger_line line = {.account = charge->account,
                              .purpose = purpose ? m_str_of(purpose) : (m_str){NULL, 0},
                              .cost_center = charge->cost_center,
                              .narration = charge->name};
        m_dec amount = {(charge->deduct ? -sign : sign) * charge->charged.u};
        M_TRY(fin_lines_debit(lines, line, amount));
    }
    return M_OK;
}
