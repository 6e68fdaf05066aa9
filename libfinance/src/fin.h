/* Inside of the finance library: the instance, its errors, and what all nouns share. */
#ifndef FIN_H
#define FIN_H

#include "finance/finance.h"
#include "m/book_keeper.h"
#include "m/deciding.h"
#include "m/delivering.h"
#include "m/masters.h"
#include "m/module.h"
#include "m/receiving.h"

/* The module's instance; the host fills it. */
typedef struct {
    m_store store;
    m_book_keeper book_keeper;
    m_masters masters;
    m_receiving receiving;
    m_delivering delivering;
    m_deciding deciding;
} fin_module;

#define FIN_MANAGER "Accounts Manager"

/* Nobody reads more of a document's lines than this. */
#define FIN_LINES_MAX 2000

extern const m_permission fin_master_permissions[];  /* users read, managers change */
extern const m_permission fin_voucher_permissions[]; /* users draft and submit */
extern const m_permission fin_report_permissions[];
extern const m_permission fin_manager_permissions[]; /* managers only; others look on */

/* ---- errors ---- */

typedef enum {
    FIN_E_ACCOUNT_GROUP,
    FIN_E_ACCOUNT_INACTIVE,
    FIN_E_ACCOUNT_KEPT,
    FIN_E_ACCOUNT_PARENT,
    FIN_E_ACCOUNT_ROOT,
    FIN_E_ACCOUNT_ROOT_TYPE,
    FIN_E_ACCOUNT_CHILDREN,
    FIN_E_ACCOUNT_USED,
    FIN_E_ACCOUNT_CURRENCY,
    FIN_E_ACCOUNT_CURRENCY_KIND,
    FIN_E_TREE_CYCLE,
    FIN_E_CENTER_REQUIRED,
    FIN_E_CENTER_GROUP,
    FIN_E_CENTER_INACTIVE,
    FIN_E_CENTER_PARENT,
    FIN_E_CENTER_CHILDREN,
    FIN_E_CENTER_USED,
    FIN_E_YEAR_DATES,
    FIN_E_YEAR_OVERLAP,
    FIN_E_YEAR_USED,
    FIN_E_YEAR_CLOSED,
    FIN_E_YEAR_NOT_OVER,
    FIN_E_YEAR_EARLIER,
    FIN_E_YEAR_LATER,
    FIN_E_CLOSING_DATE,
    FIN_E_CLOSING_ACCOUNT,
    FIN_E_CLOSING_SIZE,
    FIN_E_BANK_ACCOUNT,
    FIN_E_BANK_DATES,
    FIN_E_BANK_LINE_DATE,
    FIN_E_BANK_AHEAD,
    FIN_E_BANK_ZERO,
    FIN_E_BANK_CHAIN,
    FIN_E_BANK_GAP,
    FIN_E_BANK_TWICE,
    FIN_E_BANK_CURRENCY,
    FIN_E_BANK_OVERLAP,
    FIN_E_BANK_FOLLOW,
    FIN_E_BANK_LATER,
    FIN_E_BANK_HAS_MATCHES,
    FIN_E_BANK_NO_LINE,
    FIN_E_BANK_NO_ENTRY,
    FIN_E_BANK_MATCHED,
    FIN_E_BANK_SUMS,
    FIN_E_BANK_NO_MATCH,
    FIN_E_BANK_SELF,
    FIN_E_BANK_WINDOW,
    FIN_E_IMPREST_LEDGER,
    FIN_E_IMPREST_CAP_LIMIT,
    FIN_E_IMPREST_SIZE,
    FIN_E_IMPREST_FULL,
    FIN_E_IMPREST_EARLIER,
    FIN_E_IMPREST_UNDECIDED,
    FIN_E_IMPREST_OWED,
    FIN_E_IMPREST_SAME_HOLDER,
    FIN_E_IMPREST_COUNTED,
    FIN_E_IMPREST_RECOUPMENT_OPEN,
    FIN_E_IMPREST_EXPENSE,
    FIN_E_IMPREST_NOT_FUNDED,
    FIN_E_IMPREST_HOLDER,
    FIN_E_IMPREST_CAP,
    FIN_E_IMPREST_CASH,
    FIN_E_IMPREST_DUPLICATE,
    FIN_E_IMPREST_OWN,
    FIN_E_IMPREST_BEFORE,
    FIN_E_IMPREST_REFUNDED,
    FIN_E_IMPREST_NOTHING,
    FIN_E_PERIOD_MISSING,
    FIN_E_PERIOD_SOFT_CLOSED,
    FIN_E_PERIOD_LOCKED,
    FIN_E_PERIOD_UNREADY,
    FIN_E_PERIOD_UNKNOWN,
    FIN_E_PERIOD_PENDING,
    FIN_E_POSTING_UNMAPPED,
    FIN_E_RULE_EXISTS,
    FIN_E_LINE_SIDE,
    FIN_E_ONE_PARTY,
    FIN_E_OPENING_ACCOUNT,
    FIN_E_OPENING_DATE,
    FIN_E_VOUCHER_REVERSED,
    FIN_E_VOUCHER_MATCHED,
    FIN_E_VOUCHER_INVOICED,
    FIN_E_VOUCHER_HELD,
    FIN_E_PENDING_LET_GO,
    FIN_E_SUPPLIER_INACTIVE,
    FIN_E_CUSTOMER_INACTIVE,
    FIN_E_CREDIT_LIMIT,
    FIN_E_BILL_DUPLICATE,
    FIN_E_BEYOND_RECEIPT,
    FIN_E_BEYOND_DELIVERY,
    FIN_E_DELIVERY_UNIT,
    FIN_E_OTHER_SUPPLIER,
    FIN_E_OTHER_CUSTOMER,
    FIN_E_OTHER_ITEM,
    FIN_E_OTHER_UNIT,
    FIN_E_CHARGE_ROW,
    FIN_E_CHARGE_TAXES,
    FIN_E_NET_DISCOUNT,
    FIN_E_RECEIPT_REQUIRED,
    FIN_E_EXPENSE_REQUIRED,
    FIN_E_LINE_KIND,
    FIN_E_DUE_BEFORE,
    FIN_E_TERMS_SHARES,
    FIN_E_TERMS_INACTIVE,
    FIN_E_INSTALMENT,
    FIN_E_TAX_INCLUDED,
    FIN_E_REMINDER_LEVEL,
    FIN_E_REMINDER_NOTHING,
    FIN_E_REMINDER_AHEAD,
    FIN_E_REMINDER_NOT_DUE,
    FIN_E_REMINDER_TWICE,
    FIN_E_REMINDER_LATER,
    FIN_E_REMINDER_BILLED,
    FIN_E_WITHHOLDING_DATES,
    FIN_E_WITHHOLDING_INACTIVE,
    FIN_E_WITHHOLDING_ALL,
    FIN_E_WITHHOLDING_BILLED,
    FIN_E_WITHHOLDING_REFUND,
    FIN_E_WITHHOLDING_ADVANCE,
    FIN_E_INVOICE_ZERO,
    FIN_E_PRICE_HOLD,
    FIN_E_INVOICE_PAID,
    FIN_E_INVOICE_CREDITED,
    FIN_E_NOTE_INVOICE,
    FIN_E_NOTE_BEFORE,
    FIN_E_NOTE_LINE,
    FIN_E_NOTE_BEYOND,
    FIN_E_PAYMENT_HOLD,
    FIN_E_NOT_MONEY,
    FIN_E_REVALUATION_NOTHING,
    FIN_E_WORTH_NOTHING,
    FIN_E_OTHER_CURRENCY,
    FIN_E_ACCOUNT_AMOUNT,
    FIN_E_NOTE_CURRENCY,
    FIN_E_TRANSFER_SAME,
    FIN_E_TRANSFER_RECEIVED,
    FIN_E_OVER_ALLOCATED,
    FIN_E_BEYOND_OUTSTANDING,
    FIN_E_NOT_OPEN,
    FIN_E_TWICE,
    FIN_E_WRITE_OFF_LIMIT,
    FIN_E_BEYOND_ADVANCE,
    FIN_E_REFUND_FIELDS,
    FIN_E_REFUNDED,
    FIN_E_NOTHING_OPEN,
    FIN_E_BEFORE_PAYMENT,
    FIN_E_DATES_ORDER,
    FIN_E_CURSOR,
    FIN_E_KNOWN_AT,
    FIN_E_COLUMNS,
    FIN_E_TOO_MANY_LINES,
    FIN_E_TOO_MANY_OPEN,
    FIN_E_AGEING_PAST,
    FIN_E_AGEING_BOUNDS,
    FIN_E_DEFERRED_LINE,
    FIN_E_DEFERRED_TWICE,
    FIN_E_DEFERRED_RESULT,
    FIN_E_DEFERRAL_ACCOUNT,
    FIN_E_DEFERRAL_PERIOD,
    FIN_E_DEFERRAL_WEIGHTS,
    FIN_E_DEFERRAL_NOTHING,
    FIN_E_INVOICE_DEFERRED,
    FIN_E_BUDGET_EXCEEDED,
    FIN_E_BUDGET_EXISTS,
    FIN_E_BUDGET_ACCOUNT,
    FIN_E_BUDGET_WEIGHTS,
    FIN_E_BUDGET_SPENT,
    FIN_E_ORDER_LINE,
    FIN_E_SHARE_SUM,
    FIN_E_SHARE_TWICE,
    FIN_E_SHARE_EXISTS,
    FIN_E_SHARE_NONE,
    FIN_E_SHARE_NOTHING,
    FIN_E_SHARE_DATE,
    FIN_E_SHARE_SIZE,
    FIN_E_COUNT
} fin_error;

extern const m_error_def fin_errors[]; /* ends with a NULL code */
extern const m_words *const finance_words[];
#define FIN_ERR(name) (&fin_errors[FIN_E_##name])

/* Order of texts that does not look at the case of ASCII letters. */
int fin_compare_text(m_str a, m_str b);
/* The same word, but for case and blanks around it; nothing is the same as nothing. */
bool fin_same_text(m_str a, m_str b);

/* The first that is not null. */
static inline m_id fin_either(m_id a, m_id b)
{
    return m_id_is_null(a) ? b : a;
}

#define FIN_TRY(call, expression) M_TRY(m_told(call, (expression)))
#define FIN_NEED(call, pointer)                                                                    \
    do {                                                                                           \
        if (!(pointer)) return m_fail(call, m_err_memory, NULL);                                   \
    } while (0)

/* Notes an amount with more places than the currency has, under m_line_path (list NULL: under
 * member).
 */
void fin_check_places(m_call *call, m_dec amount, int64_t places, const char *list, uint32_t line,
                      const char *member);

M_MUST_USE m_status fin_read_tenant(fin_module *fin, m_call *call, m_tenant_info *out);

#endif
