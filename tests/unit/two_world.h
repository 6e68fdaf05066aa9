/* The whole house over memory stores, in one process or in two that talk: goods and people in one,
 * finance in the other. Questions are answered and events carried by hand, so that a test can lose,
 * repeat and reorder them, or stop anywhere. */
#ifndef TWO_WORLD_H
#define TWO_WORLD_H

#include "../arch/all_modules.h"
#include "m_adapters/documents.h"
#include "m_adapters/infra.h"
#include "m_adapters/memory.h"
#include "m_adapters/remote_ledger.h"
#include "test_env.h"

typedef struct {
    const char *name; /* "wms", "finance"; "all" when there is one process */
    m_call *call;
    m_memory_db *db;
    m_uow *uow;
    m_store store;
    m_module_instance house[ALL_MODULES_MAX];
    uint32_t count;
    m_registry *registry;
    m_documents_service *service;
    m_documents documents;
    m_answers *answers;
    m_remote_books books;
    m_remote_value receiving, delivering;
} process;

typedef struct {
    process processes[2]; /* [0]: goods (and masters); [1]: finance, the same one if there is one */
    process *goods, *finance;
    bool ahead;         /* use cases run ahead of the answers from the start */
    bool cut;           /* no question gets through */
    bool stop;          /* the process that asks dies when it has its answers */
    bool twice;         /* every question arrives two times */
    uint32_t questions; /* so far */
} two_world;
extern two_world T;

void two_open(bool split, bool ahead);
void two_close(void);
/* Finance comes back from a copy of the day it was founded. */
void two_restore(void);

/* ---- use cases ---- */

typedef m_status (*two_case)(process *p, void *arg);
/* As a worker does it: run, ask, run again, commit. The error stays in p->call. */
m_status two_run(process *p, two_case use_case, void *arg);
/* The runs that are left of one that was stopped: the same attempt. */
m_status two_go_on(process *p, two_case use_case, void *arg);
/* Between begin and end the test reads a store itself. */
void two_begin(process *p);
void two_end(process *p);

/* A protocol's value in this process. */
m_iface two_provided(process *p, const char *name);

/* ---- documents ---- */

const char *two_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *two_id(m_id id);
typedef struct {
    const char *module, *collection, *action, *body;
    m_id id;
    m_document_reply reply;
} request;
m_status two_ask(request *r);
/* Create (and make the move), and it must work. */
m_document_reply two_make(const char *module, const char *collection, const char *action,
                          const char *body);
void two_act(const char *module, const char *collection, m_id id, const char *action);
/* The last use case of the process failed so. */
void two_refused(process *p, m_status status, const char *code);
/* The id of the master with this code; of the n-th member in a reply. */
const char *two_code(const char *type_name, const char *code);
const char *two_member(m_document_reply reply, const char *name, uint32_t n);

/* ---- events ---- */

/* What p has to tell, oldest first, at most max; copies. */
uint32_t two_outbox(process *p, m_outbox_row *out, uint32_t max);
/* To everybody who listens; must work. Does not mark it done. */
void two_deliver(const m_outbox_row *row);
void two_done(process *p, const m_outbox_row *row);
/* All of both, until nothing is left. */
void two_carry(void);

/* ---- what is there ---- */

/* Debit less credit of an account. */
m_dec_sum two_balance(const char *code);
void two_balance_is(const char *code, const char *want);
/* Rows of a type in a process that match one field. */
uint32_t two_count(process *p, const m_type *type, const m_filter *filter);
/* The ledger as text: one line per voucher, in order of their texts, without ids and times. */
const char *two_ledger(void);

#endif
