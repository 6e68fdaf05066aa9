/* A producer and a consumer of events in one store (their rows are different ones), and a sink that
 * leaves a trail. */
#ifndef STREAM_WORLD_H
#define STREAM_WORLD_H

#include <check.h>

#include "m_adapters/pg_stream.h"
#include "toy.h"

#define SECOND INT64_C(1000000)
#define DAY    (INT64_C(86400) * SECOND)
#define WMS    M_STR("wms")

/* What the sink leaves per aggregate: the numbers it took, in order. */
typedef struct {
    m_id aggregate;
    m_str trail; /* "1 2 3 " */
    m_str code;  /* unique */
} effect;
extern const m_type effect_type;
extern const m_type *const stream_types[];

/* How the sink behaves, and what it saw. */
typedef struct {
    m_status answer; /* for events of refuse_aggregate, all when null */
    m_id refuse_aggregate;
    uint32_t fails; /* times it fails; 0: always */
    int64_t once;   /* > 0: each event fails at first; the one that did last */
    uint32_t calls;
    uint32_t failed;
    bool late;  /* effects first, then the failure */
    bool clash; /* it wants a unique value that is taken */
} sink_conduct;
extern sink_conduct how;

extern toy_world world;
extern m_outgoing outgoing;
extern m_outgoing_source rows;
extern m_outbox outbox;
extern m_consumer *consumer;
extern m_id tenants[2];

void stream_setup(void);
void stream_teardown(void);
m_status stream_sink_take(void *arg, m_call *call, m_str producer, const m_stream_event *event);
/* Instead of the one there is; again: may be NULL. prefix: of the sink. */
void new_consumer(const char *prefix, uint32_t without, m_status (*again)(void *, m_call *));

/* Short forms; those that work must succeed. */
void begin(void);
void commit(void);
void put_event(const char *type, uint32_t aggregate, const char *address);
void emit(uint32_t aggregate);
m_outbox_page page_after(int64_t after);
const m_stream_event *event_at(const m_outbox_page *page, uint32_t i);
m_take_result take_n(const m_stream_event *events, uint32_t n);
m_take_result catch_up(void);
m_retry_result retry(void);
const char *trail(uint32_t aggregate);
m_consumer_mark mark(void);
void set_mark(int64_t seq, m_id last);
/* The letter of an event (by its number); a copy. */
m_dead_letter letter_of(int64_t seq);
m_status by_hand(m_status (*fn)(m_store, m_call *, m_id), int64_t seq);

#endif
