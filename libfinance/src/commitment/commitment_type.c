#include "commitment/commitment.h"

static const m_field fields[] = {
    M_F_ID(fin_commitment, id, "Line of the order"),
    M_F_ID(fin_commitment, document, "Order"),
    M_F_STR(fin_commitment, number, "Order number"),
    M_F_ID(fin_commitment, party, "Party"),
    M_F_DATE(fin_commitment, date, "Date"),
    M_F_LINK(fin_commitment, account, "Account", "finance.account"),
    M_F_LINK(fin_commitment, cost_center, "Cost center", "finance.cost_center"),
    M_F_QTY(fin_commitment, qty, "Quantity"),
    M_F_MONEY(fin_commitment, amount, "Amount"),
    M_F_QTY(fin_commitment, invoiced_qty, "Quantity invoiced"),
    M_F_MONEY(fin_commitment, invoiced, "Invoiced"),
    M_F_BOOL(fin_commitment, ended, "Ended"),
    M_F_MONEY(fin_commitment, open, "Open", .flags = M_SUMMED),
};
static const m_index indexes[] = {
    {"document", false, NULL}, {"account,cost_center,date", false, NULL}, {NULL, false, NULL}};
const m_type fin_commitment_type = {.name = "finance.commitment",
                                    .schema = "finance",
                                    .table = "commitment",
                                    .size = sizeof(fin_commitment),
                                    M_FIELDS(fields),
                                    .indexes = indexes};

m_dec fin_commitment_open(const fin_commitment *commitment)
{
    bool over = commitment->ended || commitment->invoiced_qty.u >= commitment->qty.u ||
                commitment->invoiced.u >= commitment->amount.u;
    return over ? (m_dec){0} : (m_dec){commitment->amount.u - commitment->invoiced.u};
}
