/* Account: one place of the book of accounts. Accounts form a tree by their parent; groups sum up
 * what is below them and take no postings. */
#ifndef FIN_ACCOUNT_H
#define FIN_ACCOUNT_H

#include "fin.h"

typedef enum {
    FIN_ROOT_NONE, /* not said: the parent's */
    FIN_ASSET,
    FIN_LIABILITY,
    FIN_EQUITY,
    FIN_INCOME,
    FIN_EXPENSE
} fin_root_type;
extern const char *const fin_root_types[];

typedef enum {
    FIN_KIND_OTHER,
    FIN_KIND_BANK,
    FIN_KIND_CASH,
    FIN_KIND_RECEIVABLE,
    FIN_KIND_PAYABLE,
    FIN_KIND_ADVANCE,
    FIN_KIND_STOCK,
    FIN_KIND_GRNI,
    FIN_KIND_TAX,
    FIN_KIND_FIXED_ASSET,
    FIN_KIND_ROUND_OFF,
    FIN_KIND_OPENING,
    FIN_KIND_DEFERRAL,
    FIN_KIND_EMPLOYEE_ADVANCE,
    FIN_KIND_EMPLOYEE_PAYABLE,
    FIN_KIND_IMPREST /* cash that employees hold; only imprest documents post to it */
} fin_account_kind;
extern const char *const fin_account_kinds[];

/* Where the account's changes stand in a cash flow. */
typedef enum {
    FIN_FLOW_BY_KIND,
    FIN_FLOW_OPERATING,
    FIN_FLOW_INVESTING,
    FIN_FLOW_FINANCING
} fin_flow_class;
extern const char *const fin_flow_classes[];

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    m_id parent;
    m_enum root_type; /* fin_root_type */
    bool is_group;
    m_enum kind;   /* fin_account_kind */
    m_id currency; /* null id: the base currency */
    bool active;
    m_str description;
    m_enum cash_flow; /* fin_flow_class */
} fin_account;
extern const m_type fin_account_type;
extern const m_doctype fin_account_doctype;

/* The read of the whole tree, ordered by code. */
extern const m_query fin_account_all;

/* Does it belong to profit and loss? Then lines need a cost center. */
static inline bool fin_account_is_result(const fin_account *account)
{
    return account->root_type == FIN_INCOME || account->root_type == FIN_EXPENSE;
}

/* What a change of an account is judged by. */
typedef struct {
    const fin_account *before; /* NULL: new */
    const fin_account *parent; /* NULL: none, or unknown */
    bool cycle;                /* the new parent is below it */
    bool has_children;
    bool has_postings;
} fin_account_facts;

/* Is the balance explained line by line elsewhere, so that it is not posted to by name? */
bool fin_account_is_kept(m_enum kind);
/* May an account of this kind be kept in another currency? Not what subsidiary ledgers explain. */
bool fin_account_may_be_foreign(const fin_account *account);

/* Fills the root type from the parent and notes what is wrong. Pure but for the call's error. */
void fin_account_judge(m_call *call, fin_account *account, const fin_account_facts *facts);

/* account_service.c: the doctype's hooks. */
m_status fin_account_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_account_on_delete(void *module, m_call *call, const void *doc);

#endif
