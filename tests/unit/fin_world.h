/* Finance over the memory store (with FIN_WORLD_PG: over PostgreSQL): the real module, documents
 * service and book-keeper; masters and goods receipts are stubs that hold what a test puts there.
 * Today is 2026-04-01; fiscal years start in April; standard data is seeded. */
#ifndef FIN_WORLD_H
#define FIN_WORLD_H

#include "fin.h"
#include "m/ledger.h"
#include "m_adapters/documents.h"
#include "m_adapters/memory.h"
#include "test_env.h"
#include "unit.h"

#define FIN_WORLD_MAX 8

/* Ids of what the stubs know at the start. */
#define SUPPLIER  11 /* 30 credit days */
#define OTHER     12
#define HELD      13 /* payments on hold */
#define RETIRED   14 /* not active */
#define GST18     21 /* 9 % + 9 %, recoverable */
#define IGST18    22
#define BLOCKED10 23 /* 10 %, not recoverable */
#define EXCISE10  24
#define EXCISE12  25
#define VAT19     26
#define VAT15     27
#define VAT12     81
#define VAT21     82
#define FIXED10   83 /* 10 a unit, and 10 % on it too */
#define HALF10    84 /* 10 %, half deductible */
#define REVERSE18 85 /* the buyer owes it */
#define TEA       31 /* kept in stock */
#define CLEANING  32 /* a service */
#define RECEIPT   41 /* the first receipt line a test adds; then 42, … */
#define DELIVERY  51 /* the first delivery line a test adds; then 52, … */
#define CUSTOMER  61 /* 15 credit days */
#define LIMITED   62 /* credit limit 1000 */
#define GONE      63 /* not active */
#define KILO      71 /* stock unit of TEA */
#define CHEST     72 /* of 40 kilos */
#define POUND     73 /* not a unit of TEA */
#define INR       81 /* the base currency */
#define USD       82 /* worth `usd` */
#define JPY       83 /* no places, worth `jpy` for 100 */

typedef struct {
    m_call *call;
    m_memory_db *db;
    m_uow *uow;
    m_store store;
    m_registry *registry;
    m_documents_service *service;
    m_documents documents;
    m_ledger ledger;
    fin_module fin;
    m_tenant_info tenant;
    m_id cleaning_tax;  /* of CLEANING; at the start GST18 */
    const char *policy; /* the only one the tenant has; NULL: none */
    m_dec policy_value;
    m_dec usd; /* zero: there is no rate; so at the start */
    m_dec jpy;
    m_received_line received[FIN_WORLD_MAX];
    uint32_t received_count;
    m_delivered_line delivered[FIN_WORLD_MAX];
    uint32_t delivered_count;
} fin_world;

extern const bool fin_world_on_pg;
/* Runs the cases; over PostgreSQL with a cluster of their own. Returns the exit status. */
int fin_world_run(TCase *cases, const char *name);

void fin_world_setup(fin_world *w);
void fin_world_teardown(fin_world *w);

/* Goods of SUPPLIER are received: `accepted` units for grni_value, ordered at order_rate. Returns
 * the id of the line. */
m_id fin_world_receive(fin_world *w, const char *accepted, const char *order_rate,
                       const char *grni_value);

/* Kilos of TEA are delivered to CUSTOMER. Returns the id of the line. */
m_id fin_world_deliver(fin_world *w, const char *qty);

/* printf into the call's arena. */
const char *fin_text(fin_world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *fin_id_text(fin_world *w, m_id id);
/* Id of an account or cost center by its code, as text. */
const char *fin_account_text(fin_world *w, const char *code);
const char *fin_center_text(fin_world *w, const char *code);

/* A unit of work around whatever a test does with the store or the ledger. */
void fin_begin(fin_world *w);
void fin_end(fin_world *w, m_status status); /* commits when M_OK, else rolls back */

/* Requests of the documents service; body may be NULL. The reply must be good … */
m_document_reply fin_create(fin_world *w, const char *collection, const char *action,
                            const char *body);
m_document_reply fin_act(fin_world *w, const char *collection, m_id id, const char *action,
                         const char *body);
m_document_reply fin_update(fin_world *w, const char *collection, m_id id, int64_t version,
                            const char *body);
m_document_reply fin_get(fin_world *w, const char *collection, m_id id);
/* … or the request is refused with this code; nothing may change. path: a field that must be noted
 * too, or NULL. */
void fin_create_refused(fin_world *w, const char *collection, const char *action, const char *body,
                        const char *code, const char *path);
void fin_act_refused(fin_world *w, const char *collection, m_id id, const char *action,
                     const char *body, const char *code, const char *path);
void fin_update_refused(fin_world *w, const char *collection, m_id id, int64_t version,
                        const char *body, const char *code, const char *path);

/* Does the reply hold the text? */
void fin_has(m_str body, const char *part);

/* Debit less credit of an account, from its balances; the entries must sum to the same. */
void fin_balance_is(fin_world *w, const char *code, const char *amount);
/* Σ of all balances is zero; returns the number of entries. */
uint32_t fin_books_balance(fin_world *w);

/* Runs a report in a unit of work of its own. */
m_status fin_report(fin_world *w, const m_report *report, const void *params, m_list *out);

#endif
