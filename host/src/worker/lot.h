/* A lot: the use cases that one transaction takes, with the memory and the state of each. One
 * thread at a time. */
#ifndef HOST_LOT_H
#define HOST_LOT_H

#include "job.h"
#include "m/uow.h"
#include "m_adapters/remote.h"

#define LOT_MAX       32
#define LOT_READS_MAX 16
#define LOT_WANTS_MAX (LOT_MAX * (JOB_WANTS_MAX + 1) + LOT_READS_MAX)

typedef struct {
    uint32_t n;     /* members; 0: free */
    uint32_t round; /* how often they asked other processes */
    job *jobs[LOT_MAX];
    m_call calls[LOT_MAX];
    m_arena *arenas[LOT_MAX];
    m_answers *answers[LOT_MAX]; /* NULL without an asker */
    m_status results[LOT_MAX];
    m_fetch reads[LOT_READS_MAX]; /* what the last try read, when there will be another one */
    uint32_t read_count;
    m_arena *read_arena;
    const m_asker *asker;
    _Atomic uint64_t asked; /* questions to other processes */
} lot;

/* Memory for `room` members of at most `limit` bytes each; asker: NULL when there is nobody to ask.
 * False when memory is short; lot_close in any case. */
bool lot_open(lot *l, uint32_t room, size_t limit, const m_asker *asker);
void lot_close(lot *l);
/* Member a takes the place of b and b that of a. */
void lot_swap(lot *l, uint32_t a, uint32_t b);
/* The member's last run noted questions that are not answered. */
bool lot_asks(const lot *l, uint32_t at);
/* … and ended because of them. */
bool lot_waits(const lot *l, uint32_t at);
/* Notes what the transaction read: before it ends. */
void lot_note_reads(lot *l, m_uow *uow);
/* What the first n members will surely read, and what the last try read; reads by key of one type
 * are one read: 32 look for their idempotency keys at once. out has LOT_WANTS_MAX places; the keys
 * are the arena's. Returns how many reads these are. */
uint32_t lot_wants(lot *l, uint32_t n, domain_set *domains, m_arena *arena, m_fetch *out);
/* Sends what the members asked; returns when all is answered. Who asks one thing after the other
 * is let run ahead, so that the rest comes at once. */
void lot_ask(lot *l);

#endif
