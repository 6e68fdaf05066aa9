#include "account/account.h"
#include "bank_matching/bank_reports.h"
#include "bank_transfer/bank_transfer.h"
#include "budget/budget.h"
#include "commitment/commitment.h"
#include "cost_allocation/cost_allocation.h"
#include "cost_center/cost_center.h"
#include "crosscheck/crosscheck.h"
#include "currency/currency.h"
#include "deferral/deferral.h"
#include "deferral/deferral_run.h"
#include "fiscal_year/fiscal_year.h"
#include "imprest/imprest.h"
#include "journal_voucher/journal_voucher.h"
#include "ledger/ledger.h"
#include "note/note.h"
#include "open_item/open_item.h"
#include "payment/payment.h"
#include "payment_terms/payment_terms.h"
#include "pending_voucher/pending_voucher.h"
#include "posting_rule/posting_rule.h"
#include "posting_task/posting_task.h"
#include "purchase_invoice/purchase_invoice.h"
#include "receipt/receipt.h"
#include "reminder/reminder.h"
#include "reports/reports.h"
#include "revaluation/revaluation.h"
#include "sales_invoice/sales_invoice.h"
#include "seed/seed.h"
#include "voucher_type/voucher_type.h"
#include "withholding/withholding.h"
#include "year_closing/year_closing.h"

/* One to a line. */
/* clang-format off */
static const m_doctype *const doctypes[] = {
    &fin_journal_voucher_doctype,
    &fin_purchase_invoice_doctype,
    &fin_payment_doctype,
    &fin_sales_invoice_doctype,
    &fin_receipt_doctype,
    &fin_year_closing_doctype,
    &fin_bank_statement_doctype,
    &fin_account_doctype,
    &fin_cost_center_doctype,
    &fin_fiscal_year_doctype,
    &fin_voucher_type_doctype,
    &fin_posting_rule_doctype,
    &fin_deferral_doctype,
    &fin_deferral_run_doctype,
    &fin_payment_terms_doctype,
    &fin_bank_transfer_doctype,
    &fin_budget_doctype,
    &fin_imprest_account_doctype,
    &fin_imprest_voucher_doctype,
    &fin_imprest_recoupment_doctype,
    &fin_cost_allocation_doctype,
    &fin_cost_share_doctype,
    &fin_credit_note_doctype,
    &fin_debit_note_doctype,
    &fin_revaluation_doctype,
    &fin_withholding_doctype,
    &fin_supplier_terms_doctype,
    &fin_reminder_level_doctype,
    &fin_reminder_doctype,
    &fin_posting_task_doctype,
    NULL,
};

static const m_type *const types[] = {
    &m_book_event_type,
    &m_gl_entry_type,
    &m_account_balance_type,
    &m_account_day_type,
    &fin_open_item_type,
    &fin_instalment_type,
    &fin_invoiced_line_type,
    &fin_billed_delivery_type,
    &fin_commitment_type,
    &fin_bank_match_type,
    &fin_withheld_type,
    &fin_withheld_advance_type,
    &fin_reminded_type,
    &fin_pending_type,
    &fin_held_line_type,
    NULL,
};

static const m_report *const reports[] = {
    &fin_trial_balance_report,
    &fin_general_ledger_report,
    &fin_balance_sheet_report,
    &fin_profit_and_loss_report,
    &fin_day_book_report,
    &fin_cash_flow_report,
    &fin_tax_summary_report,
    &fin_trade_report,
    &fin_period_checklist_report,
    &fin_outstanding_report,
    &fin_customer_outstanding_report,
    &fin_supplier_ageing_report,
    &fin_customer_ageing_report,
    &fin_supplier_statement_report,
    &fin_customer_statement_report,
    &fin_voucher_report,
    &fin_deferrals_report,
    &fin_budget_report,
    &fin_bank_reconciliation_report,
    &fin_bank_suggestions_report,
    &fin_imprest_report,
    &fin_reminders_report,
    &fin_pending_report,
    NULL,
};
/* clang-format on */

static const m_provided provided[] = {{"ledger", &fin_ledger_ops},
                                      {"budget", &fin_budget_ops},
                                      {"ledger_pending", &fin_pending_ops},
                                      {"crosscheck", &fin_crosscheck_ops},
                                      {NULL, NULL}};

#define NEEDS(name)                                                                                \
    {                                                                                              \
#name, (uint32_t)offsetof(fin_module, name)                                                \
    }
static const m_required required[] = {NEEDS(store),     NEEDS(book_keeper), NEEDS(masters),
                                      NEEDS(receiving), NEEDS(delivering),  NEEDS(deciding),
                                      {NULL, 0}};

#define BANK_POLICY(name, label, value) {name, label, {(value)*M_DEC_ONE}},
static const m_policy_def policies[] = {
    {"finance.price_variance_pct",
     "Bills: allowed difference to the order's price, percent",
     {M_DEC_ONE}},
    {"finance.price_variance_abs",
     "Bills: allowed difference to the order's price, per unit",
     {M_DEC_ONE}},
    {FIN_RECEIPT_WRITE_OFF,
     "Receipts: what may be forgiven of an invoice, percent",
     {FIN_RECEIPT_WRITE_OFF_PCT * M_DEC_ONE}},
    {FIN_CREDIT_LIMIT,
     "Beyond a customer's credit limit: 0 ignore, 1 warn, 2 stop",
     {FIN_LIMIT_WARN * M_DEC_ONE}},
    {FIN_REMINDER_FEES, "Fees and interest of reminders: 0 told, 1 billed", {0}},
    {FIN_REVALUATION_REVERSE,
     "Currency revaluations: 1 taken back on the next day, 0 kept",
     {M_DEC_ONE}},
    {FIN_PERIOD_READY,
     "Locking a period that is not in order: 0 ignore, 1 warn, 2 stop",
     {FIN_READY_IGNORE}},
    {FIN_CURRENCY_ROUNDING,
     "Journals in other currencies: rounding taken as such, smallest units",
     {FIN_CURRENCY_ROUNDING_UNITS * M_DEC_ONE}},
    {FIN_IMPREST_CAP, "Imprest: largest voucher", {FIN_IMPREST_CAP_VALUE * M_DEC_ONE}},
    {FIN_IMPREST_TRIGGER,
     "Imprest: recouped at this percent of the limit",
     {FIN_IMPREST_TRIGGER_PCT * M_DEC_ONE}},
    {FIN_IMPREST_SIZING,
     "Imprest: limit by percent of the average month",
     {FIN_IMPREST_SIZING_PCT * M_DEC_ONE}},
    {FIN_IMPREST_NEW, "Imprest: limit of a new office", {FIN_IMPREST_NEW_VALUE * M_DEC_ONE}},
    {FIN_IMPREST_REVIEW,
     "Imprest: months until a new office is reviewed",
     {FIN_IMPREST_REVIEW_TIME * M_DEC_ONE}},
    {FIN_PENDING_POLICY,
     "Pending vouchers: asked for after so many seconds",
     {FIN_PENDING_OLD_S * M_DEC_ONE}},
    FIN_BANK_POLICIES(BANK_POLICY){NULL, NULL, {0}}};

/* What others check their links with: no balances, no descriptions. */
static const m_shared shared[] = {
    {&fin_account_doctype, "id,version,code,name,root_type,is_group,kind,currency,active"},
    {&fin_cost_center_doctype, "id,version,code,name,parent,is_group,active"},
    {&fin_fiscal_year_doctype, "id,version,label,start,end,periods"},
    {NULL, NULL}};

static const m_module module = {.size = sizeof module,
                                .name = "finance",
                                .label = "Finance",
                                .version = "0.1.0",
                                .instance_size = sizeof(fin_module),
                                .doctypes = doctypes,
                                .types = types,
                                .reports = reports,
                                .errors = fin_errors,
                                .words = finance_words,
                                .provides = provided,
                                .requires_ = required,
                                .listeners = fin_pending_listeners,
                                .policies = policies,
                                .seed = fin_seed,
                                .shared = shared};

const m_module *finance_module(void)
{
    return &module;
}
