/* Imprest: a float of cash that an employee holds for small expenses. Three documents: the account
 * with its limit, the vouchers paid out of it, and the recoupments that pay back what was approved.
 *
 * Always: funded = cash in hand + submitted + approved and not paid back + disallowed and not
 * refunded. Balance of the account's ledger = cash in hand + submitted. */
#ifndef FIN_IMPREST_H
#define FIN_IMPREST_H

#include "fin.h"

/* Where the money of a float is. Vouchers move it between the places; only the bank changes what is
 * funded. */
typedef struct {
    m_dec limit;
    m_dec funded; /* given less taken back; above the limit after a cut that cash could not pay */
    m_dec cash;   /* in the holder's hand */
    m_dec submitted;  /* paid out, not yet decided */
    m_dec approved;   /* accepted as expense, not yet paid back */
    m_dec disallowed; /* owed by the holder */
} fin_imprest_float;

typedef enum { FIN_IMPREST_FORTNIGHT, FIN_IMPREST_MONTH, FIN_IMPREST_NO_CYCLE } fin_imprest_cycle;
extern const char *const fin_imprest_cycles[];

typedef enum {
    FIN_IMPREST_NOT_DUE,
    FIN_IMPREST_THRESHOLD, /* enough of the limit is approved */
    FIN_IMPREST_CYCLE_DAY,
    FIN_IMPREST_YEAR_END
} fin_imprest_reason;
extern const char *const fin_imprest_reasons[];

/* ---- rules: pure ---- */

/* The largest limit for what an office spent in twelve months: pct percent of its monthly average,
 * rounded down. */
M_MUST_USE m_status fin_imprest_size(m_dec spent, m_dec pct, int places, m_dec *out);
/* Does the identity hold, with no place below zero? */
bool fin_imprest_holds(const fin_imprest_float *f);
/* Is a recoupment due on `date`? trigger_pct of the limit; fiscal_start_month 1 to 12. */
fin_imprest_reason fin_imprest_due(const fin_imprest_float *f, m_dec trigger_pct, m_enum cycle,
                                   m_date date, int64_t fiscal_start_month);
/* Of a recoupment of `amount`: what is kept because the float holds more than its limit, and what
 * is paid. Restores at most the limit. */
void fin_imprest_net(const fin_imprest_float *f, m_dec amount, m_dec *out_less, m_dec *out_pay);
/* What the bank gives (above zero) or gets back (below) at once when the limit becomes `limit`;
 * never more back than there is cash. */
m_dec fin_imprest_change(const fin_imprest_float *f, m_dec limit);

/* ---- the account ---- */

typedef enum {
    FIN_IMPREST_DRAFT,
    FIN_IMPREST_SANCTIONED,
    FIN_IMPREST_FUNDED,
    FIN_IMPREST_SUSPENDED,
    FIN_IMPREST_CLOSING,
    FIN_IMPREST_CLOSED
} fin_imprest_state;

/* The limits in force from a day on. */
typedef struct {
    m_date from_date;
    m_dec limit;
    m_dec voucher_cap;
    m_dec trigger_pct;
} fin_imprest_limit;
extern const m_type fin_imprest_limit_type;

/* Who held it from a day on, and the cash counted and signed for. */
typedef struct {
    m_date from_date;
    m_id holder;
    m_dec cash;
} fin_imprest_holder;
extern const m_type fin_imprest_holder_type;

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    m_id holder;      /* an employee */
    m_id holder_user; /* the user who is the holder; null id: not said */
    m_str office;
    m_id cost_center;
    m_id ledger; /* of the kind imprest; of this account alone */
    m_id source; /* bank account that pays it */
    m_dec limit;
    m_dec voucher_cap; /* largest voucher; zero: the policy's */
    m_dec trigger_pct; /* likewise */
    m_enum cycle;      /* fin_imprest_cycle */
    m_dec spent;       /* in the last twelve months; zero: a new office */
    m_date sanction_date;
    m_date review_on; /* of a new office */
    m_dec funded;
    m_dec cash;
    m_dec submitted;
    m_dec approved;
    m_dec disallowed;
    int64_t movements; /* vouchers posted by the account itself */
    m_list limits;     /* fin_imprest_limit */
    m_list holders;    /* fin_imprest_holder */
} fin_imprest_account;
extern const m_type fin_imprest_account_type;
extern const m_doctype fin_imprest_account_doctype;

static inline fin_imprest_float fin_imprest_float_of(const fin_imprest_account *a)
{
    return (fin_imprest_float){a->limit,     a->funded,   a->cash,
                               a->submitted, a->approved, a->disallowed};
}

/* ---- the voucher ---- */

typedef enum {
    FIN_IMPREST_V_DRAFT,
    FIN_IMPREST_V_SUBMITTED,
    FIN_IMPREST_V_APPROVED,
    FIN_IMPREST_V_RECOUPED,
    FIN_IMPREST_V_DISALLOWED
} fin_imprest_voucher_state;

typedef enum {
    FIN_IMPREST_NOT_REFUNDED,
    FIN_IMPREST_BY_CASH,
    FIN_IMPREST_BY_PAYROLL
} fin_imprest_refund_by;
extern const char *const fin_imprest_refunds[];

typedef struct {
    M_DOC;
    m_id imprest;
    m_date date;   /* none: today */
    m_id employee; /* who pays it out; null id: the holder */
    m_str payee;
    m_id expense_account;
    m_id cost_center; /* null id: the account's */
    m_dec amount;
    m_str bill_ref;
    m_str attachment;
    m_str narration;
    m_dec cap;         /* the largest voucher when it was submitted */
    m_date decided_on; /* approved or disallowed */
    m_str reason;      /* of disallowing */
    m_enum refunded;   /* fin_imprest_refund_by */
    m_date refunded_on;
    m_id recoupment; /* that paid it back; null id also when the closing did */
} fin_imprest_voucher;
extern const m_type fin_imprest_voucher_type;
extern const m_doctype fin_imprest_voucher_doctype;

/* ---- the recoupment ---- */

typedef enum {
    FIN_IMPREST_R_DRAFT,
    FIN_IMPREST_R_APPROVED,
    FIN_IMPREST_R_PAID,
    FIN_IMPREST_R_CANCELLED
} fin_imprest_recoupment_state;

typedef struct {
    m_id voucher;
    m_str number;
    m_date date;
    m_dec amount;
} fin_imprest_recoup_line;
extern const m_type fin_imprest_recoup_line_type;

#define FIN_IMPREST_VOUCHERS_MAX 2000

typedef struct {
    M_DOC;
    m_id imprest;
    m_date date;   /* none: today */
    m_enum reason; /* fin_imprest_reason; not_due: made by hand */
    m_list lines;  /* fin_imprest_recoup_line: all approved vouchers */
    m_dec amount;  /* their sum */
    m_dec less;    /* kept, because the float holds more than its limit */
    m_dec paid;    /* amount − less; set when it is paid */
    m_date paid_on;
    m_dec limit; /* by which it was judged */
    m_dec trigger_pct;
    m_str open_key; /* the account while it is open: so there is one at most */
} fin_imprest_recoupment;
extern const m_type fin_imprest_recoupment_type;
extern const m_doctype fin_imprest_recoupment_doctype;

/* ---- shared by the services ---- */

#define FIN_IMPREST_VOUCHER     "imprest" /* voucher_type of all it posts */
#define FIN_IMPREST_CAP         "finance.imprest_voucher_cap"
#define FIN_IMPREST_CAP_VALUE   2000
#define FIN_IMPREST_TRIGGER     "finance.imprest_trigger_pct"
#define FIN_IMPREST_TRIGGER_PCT 50
#define FIN_IMPREST_SIZING      "finance.imprest_sizing_pct"
#define FIN_IMPREST_SIZING_PCT  50
#define FIN_IMPREST_NEW         "finance.imprest_new_office_limit"
#define FIN_IMPREST_NEW_VALUE   10000
#define FIN_IMPREST_REVIEW      "finance.imprest_review_months"
#define FIN_IMPREST_REVIEW_TIME 6

/* The stored account; M_NOT_FOUND. *out is a copy that may be changed. */
M_MUST_USE m_status fin_imprest_read(fin_module *fin, m_call *call, m_id id,
                                     fin_imprest_account *out);
/* Stores it with the next version, after the identity was checked. */
M_MUST_USE m_status fin_imprest_write(fin_module *fin, m_call *call, fin_imprest_account *account);
/* core.internal when the identity does not hold. */
M_MUST_USE m_status fin_imprest_sound(m_call *call, const fin_imprest_account *account);
/* Fails with the error; notes it under path, unless that is NULL. */
m_status fin_imprest_refuse(m_call *call, const m_error_def *def, const char *path, m_str detail);
m_status fin_imprest_refuse_amount(m_call *call, const m_error_def *def, const char *path,
                                   m_dec detail);

/* One posting of two lines: amount from `credit` to `debit`. Zero posts nothing. */
typedef struct {
    const m_type *type;
    const m_doc *doc;
    const char *purpose; /* makes the voucher's id */
    m_date date;
    m_str narration;
    m_id debit;
    m_str debit_purpose; /* where no account is named */
    m_id debit_center;
    m_id credit;
    m_str credit_purpose;
    m_dec amount;
} fin_imprest_posting;
M_MUST_USE m_status fin_imprest_post(fin_module *fin, m_call *call, const fin_imprest_posting *in);

/* Makes a draft recoupment of all approved vouchers when one is due on `date` and none is open;
 * `also` is a voucher on its way to be approved, or NULL. *out_made: was one made? */
M_MUST_USE m_status fin_imprest_trigger(fin_module *fin, m_call *call,
                                        const fin_imprest_account *account,
                                        const fin_imprest_voucher *also, m_date date,
                                        bool *out_made);
/* The open recoupment of the account; NULL: none. */
M_MUST_USE m_status fin_imprest_open_recoupment(fin_module *fin, m_call *call, m_id account,
                                                const fin_imprest_recoupment **out);
/* Approved vouchers of the account, oldest first: fin_imprest_voucher records. */
M_MUST_USE m_status fin_imprest_approved(fin_module *fin, m_call *call, m_id account, m_fetch *out);
/* All vouchers of `approved` become recouped, by the recoupment or by none. */
M_MUST_USE m_status fin_imprest_mark_recouped(fin_module *fin, m_call *call,
                                              const m_fetch *approved, m_id recoupment);

/* ---- inputs of actions ---- */

typedef struct {
    m_date date; /* none: today */
} fin_imprest_date_input;
extern const m_type fin_imprest_date_input_type;

typedef struct {
    m_date date;
    m_dec limit;
    m_dec voucher_cap; /* zero: as it is */
    m_dec trigger_pct; /* zero: as it is */
    m_dec spent;       /* zero: as it is */
} fin_imprest_limit_input;
extern const m_type fin_imprest_limit_input_type;

typedef struct {
    m_date date;
    m_id holder;
    m_id holder_user;
    m_dec cash; /* counted */
} fin_imprest_hand_over_input;
extern const m_type fin_imprest_hand_over_input_type;

typedef struct {
    m_date date;
    m_str reason;
} fin_imprest_disallow_input;
extern const m_type fin_imprest_disallow_input_type;

typedef struct {
    m_date date;
    m_enum by; /* fin_imprest_refund_by */
} fin_imprest_refund_input;
extern const m_type fin_imprest_refund_input_type;

/* ---- hooks ---- */

m_status fin_imprest_account_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_imprest_sanction(void *module, m_call *call, void *doc, const void *input);
m_status fin_imprest_fund(void *module, m_call *call, void *doc, const void *input);
m_status fin_imprest_top_up(void *module, m_call *call, void *doc, const void *input);
m_status fin_imprest_change_limit(void *module, m_call *call, void *doc, const void *input);
m_status fin_imprest_hand_over(void *module, m_call *call, void *doc, const void *input);
m_status fin_imprest_recoup(void *module, m_call *call, void *doc, const void *input);
m_status fin_imprest_close(void *module, m_call *call, void *doc, const void *input);

m_status fin_imprest_voucher_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_imprest_voucher_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_imprest_voucher_approve(void *module, m_call *call, void *doc, const void *input);
m_status fin_imprest_voucher_disallow(void *module, m_call *call, void *doc, const void *input);
m_status fin_imprest_voucher_refund(void *module, m_call *call, void *doc, const void *input);

m_status fin_imprest_recoupment_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_imprest_recoupment_approve(void *module, m_call *call, void *doc, const void *input);
m_status fin_imprest_recoupment_pay(void *module, m_call *call, void *doc, const void *input);
m_status fin_imprest_recoupment_cancel(void *module, m_call *call, void *doc, const void *input);

extern const m_report fin_imprest_report;

#endif
