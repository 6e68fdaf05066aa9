/* Inside of a consumer: who gets an event, and how. */
#ifndef M_SRC_CONSUMER_H
#define M_SRC_CONSUMER_H

#include "m_adapters/stream.h"

#pragma GCC visibility push(hidden)

#define RECEIVERS_MAX 32
#define AGAIN_ROUNDS  16

struct m_consumer {
    m_consumer_config config;
    m_arena *arena; /* of the transaction that runs */
};

/* A listener with its module, or a sink. */
typedef struct {
    const char *consumer;
    const m_listener *listener;
    void *instance;
    const m_stream_sink *sink;
} receiver;

/* A test wants to see what the protection (M_WITHOUT_…) is for. */
bool goes_without(const m_consumer *c, uint32_t protection);
/* Who here takes events of that type? M_INTERNAL: more than RECEIVERS_MAX. */
m_status receivers_of(const m_consumer *c, m_call *call, m_str type, receiver out[RECEIVERS_MAX],
                      uint32_t *n);
/* A system call in the consumer's arena for the tenant of `call`. */
m_call inner_call(const m_consumer *c, const m_call *call);
/* Gives the event to the receiver in the running unit of work. */
m_status give(const m_consumer *c, m_call *inner, m_str producer, const m_stream_event *event,
              const receiver *to);
/* "code: message" of a failure, in the arena. */
m_str cause_of(m_arena *arena, const m_call *call, m_status status);
/* The host did what M_AGAIN waits for: run it again with the same call. */
bool asked_again(const m_consumer *c, m_call *inner, m_status status, uint32_t *rounds);
void tell(const m_consumer *c, const char *level, const char *event, m_str detail);
/* Takes the error of the inner call over; texts are copied. */
void error_over(m_call *call, const m_call *inner);

/* letters.c */
m_id letter_id(const m_call *call, m_id event, const char *consumer);
m_status letter_write(const m_consumer *c, m_call *inner, m_str producer,
                      const m_stream_event *event, const receiver *to, m_letter_state state,
                      m_str cause);
/* Is there a letter before this event of the aggregate? */
m_status letter_before(const m_consumer *c, m_call *inner, const char *consumer, m_id aggregate,
                       bool *out);

/* The mark as it is; zero when there is none. */
m_status mark_read(m_store store, m_call *call, m_str producer, m_consumer_mark *out);

#pragma GCC visibility pop
#endif
