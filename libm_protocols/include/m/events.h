/* Domain events: what happened, told to whoever listens, after the commit and exactly once in
 * effect. */
#ifndef M_EVENTS_H
#define M_EVENTS_H

#include "m/iface.h"

typedef struct {
    const char *type;   /* "wms.goods_receipt.submitted" */
    m_id aggregate;     /* order is kept per aggregate */
    m_date occurred_on; /* effective date; none: today */
    const m_type *payload_type;
    const void *payload;
    m_str payload_json;  /* the payload as JSON where it is at hand; else empty */
    const char *address; /* only for this domain ("finance"); NULL: for whoever listens */
} m_event;

/* As delivered. Strings live in the call's arena. */
typedef struct {
    m_id id;
    m_str type;
    m_id aggregate;
    m_date occurred_on;
    m_time recorded_at;
    m_str payload;      /* JSON */
    const void *record; /* the payload as the listener's payload_type; NULL when it names none */
    m_str producer;     /* the process it came from; empty: this one */
} m_delivery;

typedef struct {
    m_ops_head head;
    /* Queue the event in the running unit of work. */
    m_status (*emit)(void *self, m_call *call, const m_event *event);
} m_events_ops;

typedef struct {
    const m_events_ops *ops;
    void *self;
} m_events;

M_MUST_USE m_status m_events_emit(m_events events, m_call *call, const m_event *event);

/* A listener. Runs in a unit of work of its own; a failure is tried again, then parked. */
typedef struct {
    const char *type;     /* exact event type */
    const char *consumer; /* stable name; key of the inbox */
    m_status (*handle)(void *module, m_call *call, const m_delivery *event);
    /* What the listener wants to know of the payload, a type of its own: members it does not name
     * are ignored, those the payload lacks stay empty. May be NULL. */
    const m_type *payload_type;
} m_listener;

#endif
