/* Posting: vouchers of people documents, through the ledger protocol. */
#ifndef PPL_POSTING_H
#define PPL_POSTING_H

#include "common/ppl_instance.h"

/* Lines under construction. */
typedef struct {
    m_call *call;
    m_list lines; /* m_ledger_line */
    uint32_t capacity;
} ppl_lines;

/* Adds `line` with the amount as debit (credit when negative); zero adds nothing. */
m_status ppl_debit(ppl_lines *lines, m_ledger_line line, m_dec amount) M_MUST_USE;
m_status ppl_credit(ppl_lines *lines, m_ledger_line line, m_dec amount) M_MUST_USE;
/* Amount against one purpose and the other: `to` is debited, `from` credited. */
m_status ppl_move(ppl_lines *lines, m_ledger_line to, m_ledger_line from, m_dec amount) M_MUST_USE;

typedef struct {
    const m_type *type;
    const m_doc *doc;
    const char *voucher_type;
    const char *purpose; /* "post", "pay/2": one voucher each */
    m_date date;
    m_str narration;
} ppl_voucher;

/* Checks and posts; nothing is posted without lines. */
m_status ppl_post(const ppl *p, m_call *call, const ppl_voucher *voucher,
                  const ppl_lines *lines) M_MUST_USE;
/* The mirror of voucher->purpose, dated like it where one may post there, else today. */
m_status ppl_unpost(const ppl *p, m_call *call, const ppl_voucher *voucher,
                    const char *mirror) M_MUST_USE;

/* "pay/2" */
m_status ppl_numbered(m_call *call, const char *purpose, int64_t number,
                      const char **out) M_MUST_USE;

/* Notes an amount with more places than the base currency has. */
void ppl_check_places(m_call *call, m_dec amount, int64_t places, m_str path);
#define PPL_TRY(call, expression) M_TRY(m_told(call, (expression)))
#define PPL_NEED(call, pointer)                                                                    \
    do {                                                                                           \
        if (!(pointer)) return m_fail(call, m_err_memory, NULL);                                   \
    } while (0)

/* The cost center that bears the employee: that of the department; null id: none. */
m_status ppl_cost_center(const ppl *p, m_call *call, m_id employee, m_id *out) M_MUST_USE;

#endif
