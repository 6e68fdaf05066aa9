/* Standard data of a new tenant: chart of accounts, cost center, voucher types, posting matrix,
 * fiscal years. Idempotent: what is there stays as it is. */
#ifndef FIN_SEED_H
#define FIN_SEED_H

#include "account/account.h"
#include "voucher_type/voucher_type.h"

typedef struct {
    const char *code;
    const char *name;
    const char *parent; /* code, or NULL */
    fin_root_type root;
    fin_account_kind kind;
    bool is_group;
} fin_chart_row;
extern const fin_chart_row fin_standard_chart[]; /* parents first; ends with a NULL code */

typedef struct {
    const char *purpose;
    const char *account; /* code */
    const char *description;
} fin_matrix_row;
extern const fin_matrix_row fin_standard_matrix[]; /* ends with a NULL purpose */

typedef struct {
    const char *code;
    fin_voucher_category category;
    const char *description;
} fin_voucher_row;
extern const fin_voucher_row fin_standard_vouchers[]; /* ends with a NULL code */

m_status fin_seed(void *module, m_call *call);

#endif
