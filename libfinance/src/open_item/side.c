#include "note/note.h"
#include "open_item/open_item.h"
#include "payment/payment.h"
#include "purchase_invoice/purchase_invoice.h"
#include "receipt/receipt.h"
#include "sales_invoice/sales_invoice.h"

static m_status suppliers(m_masters masters, m_call *call, const m_ids *in, m_parties *out)
{
    return m_masters_suppliers(masters, call, in, out);
}

static m_status customers(m_masters masters, m_call *call, const m_ids *in, m_parties *out)
{
    return m_masters_customers(masters, call, in, out);
}

const fin_side fin_supplier_side = {.party = "supplier",
                                    .invoice = FIN_OPEN_INVOICE,
                                    .advance = FIN_OPEN_ADVANCE,
                                    .credit = FIN_OPEN_CREDIT,
                                    .control = "payable",
                                    .prepaid = "supplier_advance",
                                    .write_off = "write_off",
                                    .early = "early_discount",
                                    .voucher = "payment",
                                    .invoices = &fin_purchase_invoice_type,
                                    .money = &fin_payment_record_type,
                                    .notes = &fin_debit_note_type,
                                    .note = "debit_note",
                                    .sign = 1,
                                    .inactive = FIN_ERR(SUPPLIER_INACTIVE),
                                    .other = FIN_ERR(OTHER_SUPPLIER),
                                    .parties = suppliers};

const fin_side fin_customer_side = {.party = "customer",
                                    .invoice = FIN_OPEN_RECEIVABLE,
                                    .advance = FIN_OPEN_CUSTOMER_ADVANCE,
                                    .credit = FIN_OPEN_CUSTOMER_CREDIT,
                                    .control = "receivable",
                                    .prepaid = "customer_advance",
                                    .write_off = "write_off_allowed",
                                    .early = "early_discount_allowed",
                                    .voucher = "receipt",
                                    .invoices = &fin_sales_invoice_type,
                                    .money = &fin_receipt_record_type,
                                    .notes = &fin_credit_note_type,
                                    .note = "credit_note",
                                    .sign = -1,
                                    .may_end = true,
                                    .limit = FIN_RECEIPT_WRITE_OFF,
                                    .limit_pct = FIN_RECEIPT_WRITE_OFF_PCT,
                                    .inactive = FIN_ERR(CUSTOMER_INACTIVE),
                                    .other = FIN_ERR(OTHER_CUSTOMER),
                                    .parties = customers};

m_status fin_read_party(fin_module *fin, m_call *call, const fin_side *side, m_id party,
                        bool active, m_party_info *out)
{
    m_ids ids = {.ids = {&party, 1}};
    m_parties parties = {0};
    *out = (m_party_info){0};
    if (m_id_is_null(party)) return M_OK; /* the field table demands it */
    M_TRY(side->parties(fin->masters, call, &ids, &parties));
    if (parties.parties.count) *out = *M_AT(parties.parties, m_party_info, 0);
    if (m_id_is_null(out->id)) {
        m_field_fail(call, m_err_link, m_str_of(side->party), NULL);
    } else if (active && !out->active) {
        m_field_fail(call, side->inactive, m_str_of(side->party), "%.*s", M_STR_ARG(out->name));
    }
    return M_OK;
}
