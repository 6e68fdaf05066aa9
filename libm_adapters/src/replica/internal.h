/* What the files of this room share. */
#ifndef M_SRC_REPLICA_INTERNAL_H
#define M_SRC_REPLICA_INTERNAL_H

#include "m_adapters/codec.h"
#include "m_adapters/infra.h"
#include "m_adapters/replica.h"

#pragma GCC visibility push(hidden)

enum { REPLICA_E_NONE, REPLICA_E_KEPT, REPLICA_E_OVERTAKEN, REPLICA_E_BUSY, REPLICA_E_MARKS };

#define STORED  "stored"
#define REMOVED "removed"

/* One type that is kept. */
typedef struct {
    const char *name;
    const m_type *type;           /* its own table; NULL: m.replica_record */
    const char *columns;          /* as digests are made; NULL: all */
    const m_replica_owner *owner; /* NULL: nobody can be asked */
} kept;

struct m_replica {
    m_replica_config config;
    kept *items; /* by name */
    const char **names;
    uint32_t count;
};

const kept *replica_find(const m_replica *replica, m_str type);

static inline const m_doc *doc_in(const void *record)
{
    return record;
}

/* ---- rows.c: copies, whatever table they are in ---- */

/* The copies with these ids; NULL where there is none: m_doc records or m_replica_record. */
M_MUST_USE m_status rows_get(const m_replica *replica, m_call *call, const kept *k, const m_id *ids,
                             uint32_t n, const void ***out);
/* Ids after `after` (null id: all) up to `last` (null id: no end), in order, at most `limit`. */
M_MUST_USE m_status rows_between(const m_replica *replica, m_call *call, const kept *k, m_id after,
                                 m_id last, uint32_t limit, const void ***out, uint32_t *out_count);
int64_t rows_version(const kept *k, const void *row);
m_id rows_id(const kept *k, const void *row);
/* The row this text stands for. */
M_MUST_USE m_status rows_read(m_call *call, const kept *k, m_id id, int64_t version, m_str body,
                              void **out);
bool rows_equal(const kept *k, const void *a, const void *b);
M_MUST_USE m_status rows_put(const m_replica *replica, m_call *call, const kept *k,
                             const void *row);
M_MUST_USE m_status rows_remove(const m_replica *replica, m_call *call, const kept *k, m_id id);
/* Removes other copies that hold a value which must be unique and which this row has. *out: how
 * many. */
M_MUST_USE m_status rows_displace(const m_replica *replica, m_call *call, const kept *k,
                                  const void *const *rows, uint32_t n, uint32_t *out);

/* ---- state.c ---- */

/* *out NULL: never filled. */
M_MUST_USE m_status state_get(const m_replica *replica, m_call *call, const kept *k,
                              const m_replica_row **out);
M_MUST_USE m_status state_put(const m_replica *replica, m_call *call, const m_replica_row *row);
M_MUST_USE m_status touch_put(const m_replica *replica, m_call *call, const kept *k, m_id id,
                              int64_t seq);
/* seqs[i] of each id; 0: not touched. */
M_MUST_USE m_status touch_get(const m_replica *replica, m_call *call, const kept *k,
                              const m_id *ids, uint32_t n, int64_t *seqs);
/* Removes some of the type's; *out_more: call again in another transaction. */
M_MUST_USE m_status touch_clear(const m_replica *replica, m_call *call, const kept *k,
                                bool *out_more);

/* ---- digest.c ---- */

#define DIGEST_BYTES 32
typedef struct {
    int64_t count;
    uint8_t sum[DIGEST_BYTES];
} digest;
void digest_add(digest *d, m_str body);

/* ---- step.c ---- */

/* Transactions one after the other, for what runs outside of them. */
typedef struct {
    const m_replica *replica;
    m_call *call; /* whose tenant; gets the error */
    m_uow *uow;
    m_arena *arena; /* emptied before each step */
} stepper;

M_MUST_USE m_status stepper_open(stepper *s, const m_replica *replica, m_call *call, m_uow *uow);
void stepper_close(stepper *s);
/* The system's call for one step or question: deadline of now, memory of `arena`. */
m_call stepper_call(const stepper *s, m_arena *arena);
/* The error of such a call becomes the error of s->call. */
m_status stepper_fail(const stepper *s, const m_call *inner, m_status status);
/* One transaction: fn does the work; rolled back unless it returns M_OK. It may run several times.
 * Results that must last go into arg, not into the call's arena. */
typedef m_status (*step_fn)(void *arg, m_call *call);
M_MUST_USE m_status stepper_run(const stepper *s, m_uow_mode mode, step_fn fn, void *arg);

#pragma GCC visibility pop

#endif
