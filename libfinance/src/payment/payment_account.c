#include "payment/payment.h"

/* It was computed for what has changed since. */
static bool outdated(const fin_payment *payment, const fin_payment *before)
{
    if (!before || before->account_amount.u != payment->account_amount.u) return false;
    return before->amount.u != payment->amount.u || before->withheld.u != payment->withheld.u ||
           !m_id_eq(before->account_currency, payment->account_currency);
}

static void refuse_amount(m_call *call, fin_payment *payment, const fin_payment *before)
{
    bool old = before && before->account_amount.u == payment->account_amount.u;
    if (payment->account_amount.u && !old)
        m_field_fail(call, FIN_ERR(ACCOUNT_AMOUNT), M_STR("account_amount"), NULL);
    payment->account_amount = (m_dec){0};
}

m_status fin_payment_account_amount(fin_module *fin, m_call *call, fin_payment *payment,
                                    const fin_payment *before)
{
    fin_currency currency;
    m_dec rate = {0}, per = {0}, moved;
    m_id id = payment->account_currency;
    if (m_id_is_null(id)) refuse_amount(call, payment, before);
    if (m_id_is_null(id) || call->error.field_count) return M_OK;
    bool given = payment->account_amount.u != 0 && !outdated(payment, before);
    if (given) rate = per = m_dec_of_int(1); /* none is asked for */
    M_TRY(fin_currency_read(fin, call, &id, &rate, &per, payment->posting_date, &currency));
    if (given) {
        fin_check_places(call, payment->account_amount, currency.places, NULL, 0, "account_amount");
        return M_OK;
    }
    moved.u = fin_payment_worth(payment).base.u - fin_payment_withheld(payment).base.u;
    M_TRY(fin_currency_of_base(call, &currency, moved, &payment->account_amount));
    if (payment->account_amount.u == 0)
        m_field_fail(call, FIN_ERR(WORTH_NOTHING), M_STR("account_amount"), "0 %.*s",
                     M_STR_ARG(currency.code));
    return M_OK;
}
