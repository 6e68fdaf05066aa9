/* The whole house over the memory store, for people documents whose money goes to the real ledger.
 * Today is 2026-04-01; fiscal years start in April. */
#ifndef PEOPLE_WORLD_H
#define PEOPLE_WORLD_H

#include "m/book_keeper.h"
#include "m_adapters/documents.h"
#include "test_env.h"
#include "unit.h"

extern m_call *pw_call;

void pw_setup(void);
void pw_teardown(void);

/* printf into the call's arena. */
const char *pw_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *pw_id(m_id id);
/* Id of the record with this code. */
const char *pw_code(const char *type, const char *code);

/* Create (and make the move `action`, or NULL) … */
m_document_reply pw_make(const char *module, const char *collection, const char *action,
                         const char *body);
/* … move; body may be NULL … */
m_document_reply pw_act(const char *module, const char *collection, m_id id, const char *action,
                        const char *body);
/* … or be refused with this code (of the error or of a field); nothing may change. */
void pw_make_refused(const char *module, const char *collection, const char *action,
                     const char *body, const char *code);
void pw_act_refused(const char *module, const char *collection, m_id id, const char *action,
                    const char *body, const char *code);

/* Does the reply hold the text? */
void pw_has(m_document_reply reply, const char *part);
/* Debit less credit of an account. */
void pw_balance_is(const char *code, const char *amount);
/* Rows of a report. */
m_list pw_report(const char *module, const char *name, const char *params);

/* A department of cost center Main, and an employee in it who joined on the day. */
const char *pw_employee(const char *number, const char *joined);

#endif
