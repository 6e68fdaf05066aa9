/* The reports of finance; see m/module.h. Each takes known_at: its figures as they were recorded by
 * then (reports/known.h). */
#ifndef FIN_REPORTS_H
#define FIN_REPORTS_H

#include "account/account.h"

/* One row of the trial balance. Debit counts above zero in opening and closing. The last row is the
 * total of all leaves. */
typedef struct {
    m_id account;
    m_str code;
    m_str name;
    int64_t level; /* in the tree, from 0 */
    bool is_group;
    m_dec_sum opening;
    m_dec_sum debit;
    m_dec_sum credit;
    m_dec_sum closing;
    m_list columns; /* fin_statement_column: closing, then what it is compared with; or none */
} fin_trial_balance_row;

typedef struct {
    m_date from;  /* none: start of the fiscal year of as_of */
    m_date as_of; /* none: today */
    m_str known_at;
    m_id cost_center;
    bool all;            /* also accounts without any amount */
    bool before_closing; /* without the year closings dated from … as_of */
    m_enum compare;      /* fin_compare: closing balances of other days */
} fin_trial_balance_params;

/* One row of balance sheet, and profit and loss: above zero is what the section is about. */
typedef struct {
    m_id account; /* null id: a computed row */
    m_str code;
    m_str name;
    int64_t level;
    bool is_group;
    m_dec_sum amount;
    m_list columns; /* fin_statement_column; the first is `amount` */
} fin_statement_row;

/* A figure, and what leads to its general ledger. */
typedef struct {
    m_str label;
    m_date from;
    m_date to;
    m_id cost_center; /* null id: all */
    m_dec_sum amount;
} fin_statement_column;

typedef struct {
    m_date as_of; /* none: today */
    m_str known_at;
    m_id cost_center;
    m_enum compare; /* fin_compare */
} fin_balance_sheet_params;

typedef struct {
    m_date from; /* none: start of the fiscal year of `to` */
    m_date to;   /* none: today */
    m_str known_at;
    m_id cost_center;
    m_enum compare; /* fin_compare */
} fin_profit_and_loss_params;

typedef struct {
    m_date from; /* none: the day `to` */
    m_date to;   /* none: today */
    m_str known_at;
    m_id cost_center;
    int64_t limit;
    m_str cursor; /* of the last row of the page before */
} fin_day_book_params;

typedef struct {
    m_date posting_date;
    m_str voucher_type;
    m_str voucher_no;
    m_id voucher_id;
    m_str source_type;
    m_id source_id;
    m_id account;
    m_str code;
    m_str name;
    m_id cost_center;
    m_id party;
    m_str narration;
    m_dec debit;
    m_dec credit;
    m_str cursor;
} fin_day_book_row;

typedef struct {
    m_id account; /* a group: all accounts below it */
    m_id cost_center;
    m_id party;    /* a supplier */
    m_id customer; /* one of the two at most */
    m_date from;   /* none: start of the fiscal year of `to` */
    m_date to;     /* none: today */
    m_str known_at;
    int64_t limit;
    m_str cursor; /* of the last row of the page before */
} fin_general_ledger_params;

typedef struct {
    m_date posting_date;
    m_str voucher_type;
    m_str voucher_no;
    m_id voucher_id;
    m_str source_type;
    m_id source_id;
    m_id account;
    m_id cost_center;
    m_id party;
    m_str narration;
    m_dec debit;
    m_dec credit;
    m_dec_sum balance; /* after this row */
    m_str cursor;
    m_id currency;
    m_dec foreign_amount; /* in that currency; a credit below zero */
} fin_general_ledger_row;

typedef struct {
    union {
        m_id party; /* null id: all */
        m_id supplier;
        m_id customer;
    };
    m_date as_of; /* days late count to this day; none: today */
    m_str known_at;
} fin_outstanding_params;

typedef struct {
    union {
        m_id party;
        m_id supplier;
        m_id customer;
    };
    union {
        m_str party_name;
        m_str supplier_name;
        m_str customer_name;
    };
    m_str document_type;
    m_id document;
    m_str number;
    m_str reference;
    int64_t instalment; /* from 1; 0: the whole */
    m_date posting_date;
    m_date due_date;
    int64_t days_late; /* 0: not due */
    m_dec amount;
    m_dec paid; /* with what was forgiven */
    m_dec credited;
    m_dec outstanding; /* an advance: below zero */
    m_dec not_due;
    m_dec late_30; /* 1 to 30 days */
    m_dec late_60;
    m_dec late_90;
    m_dec older;
    m_id currency;             /* null id: the base currency, in which all above is */
    m_dec foreign_outstanding; /* in that currency */
} fin_outstanding_row;

typedef struct {
    union {
        m_id party; /* null id: all */
        m_id supplier;
        m_id customer;
    };
    m_date as_of; /* none: today */
    m_str known_at;
    int64_t bound_1; /* days late up to which a span reaches; 0: 30 */
    int64_t bound_2; /* 0: 60 */
    int64_t bound_3; /* 0: 90 */
    bool detail;     /* a row per document, else one per party */
    m_enum compare;  /* fin_compare, without cost centers */
} fin_ageing_params;

/* outstanding is the sum of not_due … advance. */
typedef struct {
    union {
        m_id party;
        m_id supplier;
        m_id customer;
    };
    union {
        m_str party_name;
        m_str supplier_name;
        m_str customer_name;
    };
    m_str document_type; /* with detail; and the next six */
    m_id document;
    m_str number;
    int64_t instalment;
    m_date posting_date;
    m_date due_date;
    int64_t days_late;
    m_dec_sum outstanding;
    m_list columns; /* fin_statement_column: outstanding, also of other days; or none */
    m_dec_sum not_due;
    m_dec_sum span_1; /* 1 … bound_1 days late */
    m_dec_sum span_2;
    m_dec_sum span_3;
    m_dec_sum beyond;
    m_dec_sum advance; /* not yet allocated: below zero */
    m_id currency;     /* with detail: of a document in another currency, … */
    m_dec_sum foreign; /* … what is outstanding in it */
} fin_ageing_row;

typedef struct {
    union {
        m_id party;
        m_id supplier;
        m_id customer;
    };
    m_date from; /* none: start of the fiscal year of `to` */
    m_date to;   /* none: today */
    m_str known_at;
    int64_t limit;
    m_str cursor;               /* of the last row of the page before */
} fin_account_statement_params; /* its rows: fin_general_ledger_row; balance: what is owed */

typedef struct {
    m_id voucher;  /* or */
    m_id document; /* its posting and, when cancelled, the mirror */
} fin_voucher_params;

typedef struct {
    int64_t seq;
    m_date posting_date;
    m_str voucher_type;
    m_str voucher_no;
    m_id voucher_id;
    m_str source_type;
    m_id source_id;
    m_id account;
    m_str code;
    m_str name;
    m_id cost_center;
    m_id party;
    m_dec debit;
    m_dec credit;
    m_str narration;
} fin_voucher_report_row;

typedef struct {
    m_date as_of; /* none: today */
    bool all;     /* also those released wholly */
} fin_deferrals_params;

/* A submitted deferral and what was released of it by that day. */
typedef struct {
    m_id document;
    m_str number;
    m_str kind;
    m_str description;
    m_id account;
    m_id deferral_account;
    m_date start;
    m_date end;
    m_dec amount;
    m_dec released;
    m_dec remaining;
    m_dec due; /* could be released on that day */
} fin_deferrals_row;

typedef struct {
    m_date from; /* none: start of the fiscal year of `to` */
    m_date to;   /* none: today */
    m_str known_at;
    m_id cost_center;
    m_enum method;  /* 0 indirect, 1 direct */
    m_enum compare; /* fin_compare, without cost centers */
} fin_cash_flow_params;

/* Above zero: money came. Bank and cash at the beginning, plus all that is no total and stands in
 * between, is bank and cash at the end. */
typedef struct {
    m_str section;
    m_id account; /* null id: a computed row */
    m_str code;
    m_str name;
    bool is_group; /* a total */
    m_dec_sum amount;
    m_date from;
    m_date to;
    m_id cost_center;
    m_list columns; /* fin_statement_column: amount, then what it is compared with; or none */
} fin_cash_flow_row;

/* Where an account's changes stand; among_current: its neighbours are payables, taxes and such. */
fin_flow_class fin_flow_class_of(const fin_account *account, bool among_current);

typedef struct {
    m_date date; /* a day of the period; none: of the month before this one */
} fin_period_checklist_params;

typedef struct {
    m_str check;
    m_enum verdict; /* 0 good, 1 to look at, 2 must not be */
    int64_t count;
    m_dec_sum amount;
    m_str note;
    m_str document_type;
    m_id document;
    m_id account;
} fin_period_checklist_row;

typedef struct {
    m_date from; /* none: first day of the month of `to` */
    m_date to;   /* none: today */
    m_str known_at;
    m_enum compare; /* fin_compare, without cost centers */
    bool detail;    /* a row per tax of a document, else one per tax */
} fin_tax_summary_params;

/* Either a tax on one side, or (section "Ledger") an account; debit counts above zero there. */
typedef struct {
    m_str section;
    m_id tax;
    m_str name;
    m_dec rate;
    bool is_group;
    m_str document_type; /* with detail; and the next two */
    m_id document;
    m_str number;
    int64_t documents; /* less those cancelled */
    m_dec_sum base;
    m_dec_sum amount;
    m_list columns; /* fin_statement_column: amount, of an account moved; or none */
    m_dec_sum deductible;
    m_id account;
    m_str code;
    m_dec_sum opening;
    m_dec_sum moved;
    m_dec_sum by_documents; /* by the posting matrix of today */
    m_dec_sum difference;   /* moved − by_documents */
    m_dec_sum closing;
} fin_tax_summary_row;

typedef struct {
    m_date from; /* none: first day of the twelve months that end with `to` */
    m_date to;   /* none: today */
} fin_trade_params;

/* A month in the base currency, tax included, less notes; cancelled documents do not count. */
typedef struct {
    m_str month;
    m_date from, to;
    int64_t invoices;
    m_dec_sum sales;
    int64_t bills;
    m_dec_sum purchases;
} fin_trade_row;

typedef struct {
    m_id fiscal_year; /* null id: that of as_of */
    m_id cost_center; /* null id: all */
    m_date as_of;     /* compare with the budget of the periods up to this day; none: the whole year
                       */
} fin_budget_params;

typedef struct {
    m_id budget;
    m_str name;
    m_id account;
    m_id cost_center;
    m_str action;
    m_dec_sum amount;
    m_dec_sum actual;
    m_dec_sum committed;
    m_dec_sum available;
} fin_budget_row;

extern const m_report fin_trial_balance_report;
extern const m_report fin_balance_sheet_report;
extern const m_report fin_profit_and_loss_report;
extern const m_report fin_day_book_report;
extern const m_report fin_period_checklist_report;
extern const m_report fin_cash_flow_report;
extern const m_report fin_tax_summary_report;
extern const m_report fin_trade_report;
extern const m_report fin_general_ledger_report;
extern const m_report fin_outstanding_report; /* suppliers */
extern const m_report fin_customer_outstanding_report;
extern const m_report fin_supplier_ageing_report;
extern const m_report fin_customer_ageing_report;
extern const m_report fin_supplier_statement_report;
extern const m_report fin_customer_statement_report;
extern const m_report fin_voucher_report;
extern const m_report fin_deferrals_report;
extern const m_report fin_budget_report;

#endif
