#include "batch/batch.h"
#include "billing/billing.h"
#include "customer_return/customer_return.h"
#include "delivering/delivering.h"
#include "goods_receipt/goods_receipt.h"
#include "invoice_variance/invoice_variance.h"
#include "landed_cost/landed_cost.h"
#include "purchase_requisition/purchase_requisition.h"
#include "purchase_return/purchase_return.h"
#include "receiving/receiving.h"
#include "reports/reports.h"
#include "standard_cost/standard_cost.h"
#include "stock_adjustment/stock_adjustment.h"
#include "stock_issue/stock_issue.h"
#include "stock_reconciliation/stock_reconciliation.h"
#include "stock_reservation/stock_reservation.h"
#include "stock_transfer/stock_transfer.h"
#include "warehouse/warehouse.h"

static const m_doctype *const doctypes[] = {&wms_purchase_requisition_doctype,
                                            &wms_purchase_order_doctype,
                                            &wms_goods_receipt_doctype,
                                            &wms_purchase_return_doctype,
                                            &wms_landed_cost_doctype,
                                            &wms_stock_transfer_doctype,
                                            &wms_stock_issue_doctype,
                                            &wms_stock_adjustment_doctype,
                                            &wms_standard_cost_doctype,
                                            &wms_stock_reconciliation_doctype,
                                            &wms_delivery_note_doctype,
                                            &wms_stock_reservation_doctype,
                                            &wms_customer_return_doctype,
                                            &wms_batch_doctype,
                                            &wms_serial_number_doctype,
                                            &wms_warehouse_doctype,
                                            NULL};

static const m_type *const types[] = {
    &m_stock_event_type,      &m_stock_entry_type,      &m_stock_bin_type,
    &m_stock_layer_type,      &m_stock_checkpoint_type, &wms_received_line_type,
    &wms_billed_line_type,    &wms_sold_line_type,      &wms_variance_line_type,
    &wms_delivered_line_type, &wms_reserved_line_type,  NULL};

static const m_report *const reports[] = {&wms_stock_balance_report,
                                          &wms_stock_ledger_report,
                                          &wms_stock_ageing_report,
                                          &wms_order_status_report,
                                          &wms_drafts_report,
                                          &wms_delivery_status_report,
                                          &wms_reorder_report,
                                          &wms_batches_report,
                                          &wms_track_report,
                                          &wms_backdating_preview_report,
                                          NULL};

static const m_provided provides[] = {
    {"receiving", &wms_receiving_ops}, {"delivering", &wms_delivering_ops}, {NULL, NULL}};

static const m_required requires_[] = {
    {"store", offsetof(wms, store)},   {"stock_keeper", offsetof(wms, keeper)},
    {"ledger", offsetof(wms, ledger)}, {"masters", offsetof(wms, masters)},
    {"budget", offsetof(wms, budget)}, {NULL, 0}};

static const m_policy_def policies[] = {
    {WMS_POLICY_TOLERANCE,
     "Receipt above the ordered quantity, percent",
     {WMS_TOLERANCE_PCT * M_DEC_ONE}},
    {WMS_POLICY_EXPIRED, "Expired batches may be issued: 0 no, 1 yes", {0}},
    {WMS_POLICY_NEGATIVE, "Stock may go below zero: 0 no, 1 yes (moving average)", {0}},
    {WMS_POLICY_VARIANCE,
     "Bill dearer than the receipt: 0 all variance, 1 the part on hand to stock",
     {0}},
    {WMS_POLICY_BACKDATING,
     "Movements dated back: 0 refuse, 1 forward only, 2 restate",
     {WMS_BACKDATING_REFUSE * M_DEC_ONE}},
    {NULL, NULL, {0}}};

#define INVOICE "finance.purchase_invoice."
static const m_listener listeners[] = {
    {INVOICE "submitted", "wms.billing", wms_billing_posted, &wms_bill_type},
    {INVOICE "released", "wms.billing", wms_billing_posted, &wms_bill_type},
    {INVOICE "cancelled", "wms.billing", wms_billing_cancelled, &wms_bill_type},
    {"finance.sales_invoice.submitted", "wms.billing", wms_sale_posted, &wms_sale_type},
    {"finance.sales_invoice.cancelled", "wms.billing", wms_sale_cancelled, &wms_sale_type},
    {INVOICE "submitted", "wms.invoice_variance", wms_variance_posted, &wms_dear_bill_type},
    {INVOICE "released", "wms.invoice_variance", wms_variance_posted, &wms_dear_bill_type},
    {INVOICE "cancelled", "wms.invoice_variance", wms_variance_cancelled, &wms_dear_bill_type},
    {NULL, NULL, NULL, NULL}};

static const m_shared shared[] = {
    {&wms_warehouse_doctype, "id,version,code,name,kind,cost_center,active"}, {NULL, NULL}};

const m_module *wms_module(void)
{
    static const m_module module = {.size = sizeof module,
                                    .name = "wms",
                                    .label = "Warehouse",
                                    .version = "0.1.0",
                                    .instance_size = sizeof(wms),
                                    .doctypes = doctypes,
                                    .types = types,
                                    .reports = reports,
                                    .errors = wms_errors,
                                    .words = wms_words,
                                    .provides = provides,
                                    .requires_ = requires_,
                                    .listeners = listeners,
                                    .policies = policies,
                                    .shared = shared};
    return &module;
}
