/* Why does a figure stand where it does? From a figure of a report through ledger lines, voucher
 * and source document down to the event that recorded it, and the rules, rates and policies that
 * decided it; as plain text for people. */
#ifndef HOST_WHY_H
#define HOST_WHY_H

#include <stdio.h>

#include "../boot/domains.h"

typedef enum { WHY_ANY, WHY_ACCOUNT, WHY_ITEM, WHY_DOCUMENT } why_kind;

typedef struct {
    const domain_set *domains;
    why_kind kind;  /* what the word may name */
    m_str word;     /* code of an account or item, number or id of a document */
    m_date as_of;   /* none: today */
    uint32_t lines; /* of an account or item: how many of the last ones are explained */
    FILE *out;
} why_question;

/* In the running (read) transaction. M_NOT_FOUND when nothing is called so. */
m_status why_tell(const why_question *q, m_call *call) M_MUST_USE;

#endif
