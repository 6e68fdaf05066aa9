#include "sales_invoice/sales_invoice.h"

static m_status price_line(fin_sales_line *line, int places)
{
    m_dec gross, discount;
    M_TRY(m_dec_mul(line->qty, line->rate, places, M_ROUND_HALF_UP, &gross));
    M_TRY(m_dec_mul_div(gross, line->discount_percent, m_dec_of_int(100), places, M_ROUND_HALF_UP,
                        &discount));
    line->discount = discount;
    line->amount.u = gross.u - discount.u;
    return M_OK;
}

m_status fin_sales_price(fin_sales_invoice *invoice, int places)
{
    for (M_EACH(fin_sales_line, line, invoice->lines))
        M_TRY(price_line(line, places));
    return M_OK;
}

static m_rounding rounding_of(m_enum round_total)
{
    switch (round_total) {
    case FIN_ROUND_UPWARDS:
        return M_ROUND_UP;
    case FIN_ROUND_DOWNWARDS:
        return M_ROUND_DOWN;
    default:
        return M_ROUND_HALF_UP;
    }
}

m_status fin_sales_compute(m_arena *arena, fin_sales_invoice *invoice, const m_list *taxes,
                           int places)
{
    fin_bill bill;
    fin_tax_result result;
    fin_bill_terms terms = {.taxes = taxes,
                            .places = places,
                            .sale = true,
                            .round_to_how = rounding_of(invoice->round_total)};
    M_TRY(fin_sales_price(invoice, places));
    M_TRY(fin_bill_open(arena, &invoice->head, sizeof(fin_sales_line), &bill));
    return fin_bill_compute(arena, &bill, &terms, &result);
}

m_status fin_beyond_limit(const m_fetch *open, m_dec limit, m_dec more, m_dec *out)
{
    m_dec_sum owed = more.u;
    for (uint32_t i = 0; i < open->count; i++) {
        const fin_open_item *item = open->records[i];
        bool advance =
            item->kind == FIN_OPEN_CUSTOMER_ADVANCE || item->kind == FIN_OPEN_CUSTOMER_CREDIT;
        m_dec base = fin_open_base(item);
        owed += advance ? -(m_dec_sum)base.u : base.u;
    }
    bool inside = limit.u == 0 || owed <= limit.u;
    return m_dec_of_sum(inside ? 0 : owed - limit.u, out);
}
