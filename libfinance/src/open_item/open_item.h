/* Open item: what is owed on one document. Kept in the same unit of work as the documents. */
#ifndef FIN_OPEN_ITEM_H
#define FIN_OPEN_ITEM_H

#include "fin.h"

typedef enum {
    FIN_OPEN_INVOICE, /* owed to the party */
    FIN_OPEN_ADVANCE  /* paid to the party beforehand */
} fin_open_kind;
extern const char *const fin_open_kinds[];

/* finance.open_item, key document. */
typedef struct {
    m_id document;
    m_enum kind; /* fin_open_kind */
    m_id party;
    m_str number;    /* of the document */
    m_str reference; /* the party's own number */
    m_date posting_date;
    m_date due_date;
    m_dec amount;
    m_dec outstanding; /* 0 … amount */
} fin_open_item;
extern const m_type fin_open_item_type;

#endif
