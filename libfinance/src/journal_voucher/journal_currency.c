#include "account/account.h"
#include "currency/currency.h"
#include "journal_voucher/journal_voucher.h"

/* One minor unit of a currency with so many places. */
static int64_t unit_of(int64_t places)
{
    int64_t unit = M_DEC_ONE;
    for (int64_t i = 0; i < places; i++)
        unit /= 10;
    return unit;
}

static bool is_foreign(const fin_journal_line *line)
{
    return !m_id_is_null(line->currency) || line->foreign_debit.u || line->foreign_credit.u ||
           line->rate.u;
}

/* An amount in another currency without saying which is in that of the account. */
static m_status fill_currency(fin_module *fin, m_call *call, fin_journal_line *line, uint32_t i)
{
    const void *found = NULL;
    if (!m_id_is_null(line->currency)) return M_OK;
    if (!m_id_is_null(line->account))
        M_TRY(m_store_get(fin->store, call, &fin_account_type, line->account, &found));
    if (found) line->currency = ((const fin_account *)found)->currency;
    if (m_id_is_null(line->currency))
        m_field_fail(call, m_err_required, m_line_path(call, "lines", i, "currency"), NULL);
    return M_OK;
}

static void judge_sides(m_call *call, const fin_journal_line *line, uint32_t i)
{
    if (line->foreign_debit.u && line->foreign_credit.u)
        m_field_fail(call, FIN_ERR(LINE_SIDE), m_line_path(call, "lines", i, "foreign_credit"),
                     NULL);
    if ((line->foreign_debit.u && line->credit.u) || (line->foreign_credit.u && line->debit.u))
        m_field_fail(call, m_err_voucher_currency, m_line_path(call, "lines", i, "foreign_debit"),
                     "it is on the other side");
}

static m_status convert_line(fin_module *fin, m_call *call, fin_journal_line *line, m_date on,
                             uint32_t i)
{
    fin_currency currency;
    bool amount = line->foreign_debit.u || line->foreign_credit.u;
    bool given = line->rate.u == 0 && (line->debit.u || line->credit.u || !amount);
    m_dec own = m_dec_of_int(1); /* of no use, but asks for none of the table */
    M_TRY(fill_currency(fin, call, line, i));
    if (m_id_is_null(line->currency)) return M_OK;
    M_TRY(fin_currency_read(fin, call, &line->currency, given ? &own : &line->rate, &line->per, on,
                            &currency));
    if (!currency.foreign) {
        if (line->foreign_debit.u) line->debit = line->foreign_debit;
        if (line->foreign_credit.u) line->credit = line->foreign_credit;
        line->foreign_debit = line->foreign_credit = (m_dec){0};
        return M_OK;
    }
    fin_check_places(call, line->foreign_debit, currency.places, "lines", i, "foreign_debit");
    fin_check_places(call, line->foreign_credit, currency.places, "lines", i, "foreign_credit");
    judge_sides(call, line, i);
    if (given || !amount) return M_OK;
    M_TRY(fin_currency_base(call, &currency, line->foreign_debit, &line->debit));
    return fin_currency_base(call, &currency, line->foreign_credit, &line->credit);
}

m_status fin_journal_convert(fin_module *fin, m_call *call, fin_journal_voucher *voucher)
{
    uint32_t i = 0;
    for (M_EACH(fin_journal_line, line, voucher->lines)) {
        bool sound = line->rate.u >= 0 && line->per.u >= 0; /* else the field table tells */
        if (is_foreign(line) && sound)
            M_TRY(convert_line(fin, call, line, voucher->posting_date, i));
        i++;
    }
    return M_OK;
}

m_status fin_journal_round(fin_module *fin, m_call *call, fin_journal_voucher *voucher)
{
    m_dec units;
    m_tenant_info tenant;
    bool foreign = false;
    int64_t over = voucher->total_debit.u - voucher->total_credit.u;
    for (M_EACH(const fin_journal_line, line, voucher->lines))
        foreign |= line->foreign_debit.u || line->foreign_credit.u;
    voucher->rounding = (m_dec){0};
    if (over == 0 || !foreign) return M_OK;
    M_TRY(fin_read_tenant(fin, call, &tenant));
    M_TRY(m_policy(fin->masters, call, FIN_CURRENCY_ROUNDING, voucher->posting_date,
                   m_dec_of_int(FIN_CURRENCY_ROUNDING_UNITS), &units));
    m_dec_sum most = (m_dec_sum)units.u / M_DEC_ONE * unit_of(tenant.currency_places);
    if ((over < 0 ? -over : over) <= most) voucher->rounding.u = -over;
    return M_OK;
}

/* When all lines are of one currency this one is too, so that they are seen to balance in it. */
m_ledger_line fin_journal_rounding(const fin_journal_voucher *voucher)
{
    m_ledger_line line = {.purpose = M_STR("round_off")};
    uint32_t i = 0;
    for (M_EACH(const fin_journal_line, other, voucher->lines)) {
        if (i++ == 0) line.currency = other->currency;
        if (!m_id_eq(line.currency, other->currency)) line.currency = (m_id){{0}};
    }
    if (voucher->rounding.u > 0)
        line.debit = voucher->rounding;
    else
        line.credit = m_dec_neg(voucher->rounding);
    return line;
}
