/* Voucher type: the folder a journal voucher is filed in. */
#ifndef FIN_VOUCHER_TYPE_H
#define FIN_VOUCHER_TYPE_H

#include "fin.h"

typedef struct {
    M_DOC;
    m_str code; /* "Journal" */
    m_enum category;
    m_str description;
    bool active;
} fin_voucher_type;
extern const m_type fin_voucher_type_type;
extern const m_doctype fin_voucher_type_doctype;

typedef enum {
    FIN_VOUCHER_RECEIPT,
    FIN_VOUCHER_PAYMENT,
    FIN_VOUCHER_JOURNAL,
    FIN_VOUCHER_PURCHASE,
    FIN_VOUCHER_SALES
} fin_voucher_category;
extern const char *const fin_voucher_categories[];

#endif
