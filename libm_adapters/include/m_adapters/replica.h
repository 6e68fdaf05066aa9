/* Replicas: what a process keeps of documents that another process owns, so that links are checked
 * and masters are read without asking. See README.md of src/replica for who keeps what and why.
 *
 * Owner's side: m_share_store tells every write of a shared type (m_module.shared), whoever makes
 * it, as an event of the same transaction:
 *   "<type>.stored"  payload: the document's shared columns
 *   "<type>.removed" payload: {"id","version"}
 * m_share_serve answers the protocol "sharing" (m/sharing.h).
 *
 * Keeper's side: a module of the registry that is a replica (core, everywhere but in its own
 * process) is kept in its own tables; shared types of modules this process does not have are kept
 * as JSON in m.replica_record, and only those that its documents link to. Both are fed by
 * m_replica_apply, event by event, in the transaction that also moves the consumer's mark; and
 * filled, or put right, by m_replica_fill. */
#ifndef M_ADAPTERS_REPLICA_H
#define M_ADAPTERS_REPLICA_H

#include "m/sharing.h"
#include "m/uow.h"
#include "m_adapters/documents.h"
#include "m_adapters/registry.h"
#include "m_adapters/stream.h"

/* ---- the owner's side ---- */

/* A store that tells. Give it to whatever writes documents, below the audit store. events must
 * write into the same transaction; it gets this very store or the inner one. */
typedef struct {
    m_store inner;
    const m_registry *registry; /* NULL until boot has it: nothing is told */
    m_events events;
} m_share_over;

/* over must live as long as the value. Reads and other types pass through. */
m_store m_share_store(m_share_over *over);

typedef struct {
    const m_registry *registry;
    m_store store;
    /* The tenant's last event that left (0: none) and its id; NULL: as stream.h counts them. */
    m_status (*head)(void *arg, m_call *call, int64_t *out_seq, m_id *out_last);
    void *arg;
} m_share_server;

/* Each method in a unit of work that the caller began. server must live as long as the value. */
m_sharing m_share_serve(const m_share_server *server);

/* ---- what is kept ---- */

typedef enum {
    M_REPLICA_FILLING, /* a fill is under way, or was broken off */
    M_REPLICA_READY,
    M_REPLICA_ASKED /* the owner does not share it: its links are checked by asking */
} m_replica_status;

/* m.replica, key type: how far the copies of one type are good. */
typedef struct {
    m_str type;
    m_enum status;  /* m_replica_status */
    int64_t seq;    /* the fill began when the owner's events stood here; older ones add nothing */
    m_id last;      /* id of that event */
    m_id run;       /* of the fill; another one makes it stop */
    m_time at;      /* of the last step of a fill */
    int64_t filled; /* documents the last fill brought */
    bool complete;  /* it was filled to the end once */
} m_replica_row;
extern const m_type m_replica_type;

/* m.replica_record, key (type, id). */
typedef struct {
    m_str type;
    m_id id;
    int64_t version;
    m_str body; /* JSON of the shared columns */
} m_replica_record;
extern const m_type m_replica_record_type;

/* m.replica_touch, key (type, id): events applied while the type is being filled. */
typedef struct {
    m_str type;
    m_id id;
    int64_t seq;
} m_replica_touch;
extern const m_type m_replica_touch_type;

/* m.tenant_module, key module: its standard data is there. */
typedef struct {
    m_str module;
    m_str version;
    m_time at;
} m_tenant_module;
extern const m_type m_tenant_module_type;

/* ---- the keeper's side ---- */

/* A process that owns something. */
typedef struct {
    const char *module;   /* "finance"; of one process with several modules there are several */
    m_sharing now;        /* outside of transactions: answers at once, or fails */
    m_sharing within;     /* inside of them: M_AGAIN first (remote.h) */
    const char *producer; /* of its events; NULL: as the module */
} m_replica_owner;

typedef struct {
    const m_registry *registry;
    m_store store; /* the engine's: copies are neither audited nor told */
    const m_env *env;
    const m_replica_owner *owners;
    uint32_t owner_count;
    /* Types to keep besides core's and those that are linked to: "finance.fiscal_year". NULL-
     * terminated, may be NULL. */
    const char *const *also;
    int64_t timeout_ms; /* of one step of a fill; 0: 30,000 */
} m_replica_config;

typedef struct m_replica m_replica;

/* What is pointed to must outlive it. NULL when memory is short. Read-only afterwards: safe in any
 * thread as far as store and owners are. */
m_replica *m_replica_new(const m_replica_config *config);
/* Accepts NULL. */
void m_replica_free(m_replica *replica);

/* Names of the types kept, sorted; *out_count of them. */
const char *const *m_replica_types(const m_replica *replica, uint32_t *out_count);
/* Is it an event of a type that is kept? For the subscription. */
bool m_replica_wants(const m_replica *replica, m_str event_type);

/* One event of the owner's, in order, in the running unit of work of its tenant. */
typedef struct {
    int64_t seq; /* of the tenant in the owner's outbox */
    m_str type;  /* "core.item.stored" */
    m_id aggregate;
    m_str payload;
} m_replica_event;
/* Idempotent by seq and version; what was removed comes back when an older event of it is applied
 * alone, so the consumer's mark is needed all the same. *out_used: it changed something. Events
 * that are not wanted change nothing. */
M_MUST_USE m_status m_replica_apply(const m_replica *replica, m_call *call,
                                    const m_replica_event *event, bool *out_used);

/* The same as a sink of a consumer. */
m_stream_sink m_replica_sink(const m_replica *replica);

/* What is known of one document of a type that is not stored here; *out NULL when there is none. In
 * the running unit of work. */
M_MUST_USE m_status m_replica_get(const m_replica *replica, m_call *call, const char *type, m_id id,
                                  const m_replica_record **out);

/* Link checks for the documents service: by the copy; where it has none, by asking the owner, so
 * that what was made a moment ago is found too. core.unavailable: it cannot be asked. */
m_foreign_links m_replica_links(const m_replica *replica);

/* ---- filling ---- */

typedef struct {
    int64_t documents; /* the owner has */
    int64_t written;   /* new here, or different */
    int64_t removed;   /* not there any more */
    int64_t seq;       /* of the owner when it began: the copy is complete from there on */
} m_replica_filled;

/* Makes the copy of one type what the owner has, page by page, each in a transaction of its own on
 * `uow`, while events go on being applied. Runs outside of transactions; call gives the tenant.
 * M_NOT_FOUND: not a type that is kept here; M_CONFLICT core.replica.overtaken: another fill of it
 * began; or what the owner answers. Broken off, it is simply run again. */
M_MUST_USE m_status m_replica_fill(const m_replica *replica, m_call *call, m_uow *uow,
                                   const char *type, m_replica_filled *out);

/* A tenant at first sight, before its first use case or event: fills what is missing of core's
 * copies, then runs the seed of every module owned here, once. Cheap when all is done (one read).
 * Runs outside of transactions. M_AGAIN: another process is at it. */
M_MUST_USE m_status m_replica_welcome(const m_replica *replica, m_call *call, m_uow *uow);

/* Fills what is missing of the other types, and what a fill that was broken off has left behind;
 * for a background thread, some time after m_replica_welcome and whenever an owner comes back. What
 * cannot be filled now waits: links are checked by asking until then. *out_filled: how many types
 * were settled. */
M_MUST_USE m_status m_replica_tend(const m_replica *replica, m_call *call, m_uow *uow,
                                   uint32_t *out_filled);

/* Where a consumer may begin that knows nothing of a producer yet: all copies of the owner's types
 * hold what its events up to *out_seq say. *out_seq 0: from the first event. Only for a producer
 * whose other events nobody here listens to. In the running unit of work. */
M_MUST_USE m_status m_replica_floor(const m_replica *replica, m_call *call, m_str owner,
                                    int64_t *out_seq, m_id *out_last);

/* ---- comparing (M7) ---- */

typedef struct {
    bool equal;
    int64_t seq;   /* of the owner's last event, all the time */
    int64_t count; /* documents here */
    int64_t owner_count;
} m_replica_verdict;
/* Only says something when this process has applied the owner's events up to `seq` before and
 * after: the caller looks at its mark. M_AGAIN core.replica.busy: the owner wrote meanwhile. */
M_MUST_USE m_status m_replica_compare(const m_replica *replica, m_call *call, m_uow *uow,
                                      const char *type, m_replica_verdict *out);

/* ---- marks ---- */

#define M_MARKS_MAX 8

/* How far the events of a producer are applied, or must be. */
typedef struct {
    m_str producer; /* "core" */
    int64_t seq;
} m_mark;

typedef struct {
    m_mark items[M_MARKS_MAX];
    uint32_t count;
} m_marks;

/* "core=42,finance=7", as the header M-After has it; M_INVALID core.marks.form. Texts are views. */
M_MUST_USE m_status m_marks_read(m_call *call, m_str text, m_marks *out);
/* The other way; {NULL, 0} when memory is short. */
m_str m_marks_write(m_arena *arena, const m_marks *marks);
/* The seq of a producer; 0 when it is not among them. */
int64_t m_marks_of(const m_marks *marks, m_str producer);
/* What must be caught up before a request that needs `wanted` may run where `have` is applied: for
 * each producer that is behind, the mark it has now. Returns how many; 0: run it. Own events are
 * not waited for: `self` is this process's domains, comma-separated. */
uint32_t m_replica_require(const m_marks *wanted, const m_marks *have, const char *self,
                           m_mark out_from[M_MARKS_MAX]);
/* Events not applied yet, summed over the producers that are in both. */
int64_t m_marks_lag(const m_marks *heads, const m_marks *have);

/* Catalogue; ends with a NULL code. */
extern const m_error_def m_replica_errors[];

#endif
