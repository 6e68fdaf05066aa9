/* Module descriptor: everything the host needs to know about a domain. A domain library exports one
 * function that returns it. */
#ifndef M_MODULE_H
#define M_MODULE_H

#include "m/doc.h"
#include "m/events.h"
#include "m/store.h"
#include "m/words.h"

/* A report: typed parameters in, rows out. Every row carries the ids one can drill down by. */
typedef struct {
    const char *name;  /* "trial-balance" */
    const char *label; /* "Trial balance" */
    const char *group;
    const m_permission *permissions; /* M_CAN_READ */
    const m_type *params;
    const m_type *row;
    /* params: decoded record; *out_rows: row records in the call's arena. */
    m_status (*run)(void *module, m_call *call, const void *params, m_list *out_rows);
    const char *
        drill; /* how a row leads on: "account:general-ledger", "source_id:document"; may be NULL */
    const char *totals; /* comma-separated columns that are summed at the foot; may be NULL */
} m_report;

typedef struct {
    const char *name; /* protocol: "ledger" */
    const void *ops;  /* self is the module's instance */
} m_provided;

/* Where the instance keeps a protocol value it needs. Known names: "store", "events",
 * "book_keeper", "stock_keeper", and whatever modules provide ("ledger", "masters", "receiving",
 * "delivering"). */
typedef struct {
    const char *name;
    uint32_t offset; /* of an m_iface-shaped member in the instance */
} m_required;

/* A limit or rate the module asks for; the tenant may set it with a date. */
typedef struct {
    const char *name; /* "wms.receipt_tolerance_pct" */
    const char *label;
    m_dec fallback;
} m_policy_def;

/* Documents other processes may keep a copy of, to check links and to read masters without asking.
 * Nothing is done with it where all modules live in one process. */
typedef struct {
    const m_doctype *doctype;
    /* Comma-separated fields the others get: what they need to know, no more; "id,version" first.
     * NULL: all but the secret ones. */
    const char *columns;
} m_shared;

typedef struct {
    uint32_t size;    /* sizeof(m_module) */
    const char *name; /* "finance": also SQL schema and URL part */
    const char *label;
    const char *version;
    size_t instance_size; /* the host allocates it zeroed and fills the required values */
    const m_doctype *const *doctypes; /* NULL-terminated, may be NULL; so are all lists below */
    const m_type *const *types;       /* stored types beyond the documents */
    const m_report *const *reports;
    const m_error_def *errors;
    const m_provided *provides;
    const m_required *requires_;
    const m_listener *listeners;
    const m_policy_def *policies;
    /* Standard data of a new tenant (chart of accounts, …); idempotent. Runs in a write
     * transaction. */
    m_status (*seed)(void *module, m_call *call);
    const m_shared *shared; /* ends with a NULL doctype */
    /* What all its texts are in other languages, one catalogue per language. */
    const m_words *const *words;
} m_module;

#endif
