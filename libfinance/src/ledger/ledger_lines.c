#include "ledger/ledger.h"

m_status fin_lines_debit(fin_lines *lines, m_ledger_line line, m_dec amount)
{
    if (amount.u == 0 && line.foreign_amount.u == 0) return M_OK;
    m_ledger_line *added =
        m_list_add(lines->call->arena, &lines->lines, &lines->capacity, sizeof line);
    FIN_NEED(lines->call, added);
    *added = line;
    if (amount.u > 0)
        added->debit = amount;
    else
        added->credit = m_dec_neg(amount);
    return M_OK;
}

m_status fin_lines_credit(fin_lines *lines, m_ledger_line line, m_dec amount)
{
    return fin_lines_debit(lines, line, m_dec_neg(amount));
}

m_status fin_lines_exchange(fin_lines *lines, m_id cost_center, m_id currency, m_dec loss)
{
    m_ledger_line line = {.purpose = loss.u > 0 ? M_STR("exchange_loss") : M_STR("exchange_gain"),
                          .cost_center = cost_center,
                          .currency = currency};
    return fin_lines_debit(lines, line, loss);
}

static m_status convert_line(m_call *call, const fin_currency *currency, m_ledger_line *line)
{
    if (!m_id_is_null(line->currency)) return M_OK;
    m_dec debit, credit;
    M_TRY(fin_currency_base(call, currency, line->debit, &debit));
    M_TRY(fin_currency_base(call, currency, line->credit, &credit));
    line->currency = currency->id;
    line->foreign_amount = (m_dec){line->debit.u - line->credit.u};
    line->debit = debit;
    line->credit = credit;
    return M_OK;
}

m_status fin_lines_convert(fin_lines *lines, const fin_currency *currency)
{
    m_dec_sum over = 0;
    m_dec rest;
    if (!currency->foreign) return M_OK;
    for (M_EACH(m_ledger_line, line, lines->lines)) {
        M_TRY(convert_line(lines->call, currency, line));
        over += (m_dec_sum)line->debit.u - line->credit.u;
    }
    FIN_TRY(lines->call, m_dec_of_sum(over, &rest));
    m_ledger_line round_off = {.purpose = M_STR("round_off"), .currency = currency->id};
    return fin_lines_credit(lines, round_off, rest);
}
