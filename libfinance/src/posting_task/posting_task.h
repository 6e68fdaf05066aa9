/* Posting task: a voucher of another process that was posted otherwise than it was told, because
 * the books could not take it so: on another day, to the suspense account, beyond what was checked.
 * Somebody looks at it, corrects by a journal, and says that it is done. */
#ifndef FIN_POSTING_TASK_H
#define FIN_POSTING_TASK_H

#include "fin.h"

typedef struct {
    M_DOC;
    m_id voucher;
    m_str voucher_type;
    m_str voucher_no;
    m_str source_type;
    m_id source_id;
    m_date told_date;
    m_date posting_date;
    m_dec_sum in_suspense; /* debit less credit on the suspense account */
    m_str reasons;
    m_str remarks; /* what was done about it */
} fin_posting_task;
extern const m_type fin_posting_task_type;
extern const m_doctype fin_posting_task_doctype;

/* One task for a voucher; told again it stays as it is. task: without what every document has. */
M_MUST_USE m_status fin_posting_task_add(fin_module *fin, m_call *call,
                                         const fin_posting_task *task);

typedef struct {
    m_str remarks;
} fin_posting_task_input;
extern const m_type fin_posting_task_input_type;

#endif
