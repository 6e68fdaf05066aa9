#include "bank_statement/bank_statement.h"

m_status fin_bank_chain(fin_bank_statement *statement)
{
    m_dec balance = statement->opening_balance;
    m_dec_sum in = 0;
    m_dec_sum out = 0;
    m_dec money_in, money_out, gap;
    for (M_EACH(fin_bank_line, line, statement->lines)) {
        M_TRY(m_dec_add(balance, line->amount, &balance));
        line->balance = balance;
        if (line->amount.u > 0)
            in += line->amount.u;
        else
            out -= line->amount.u;
    }
    M_TRY(m_dec_of_sum(in, &money_in));
    M_TRY(m_dec_of_sum(out, &money_out));
    M_TRY(m_dec_sub(statement->closing_balance, balance, &gap));
    statement->money_in = money_in;
    statement->money_out = money_out;
    statement->gap = gap;
    return M_OK;
}
