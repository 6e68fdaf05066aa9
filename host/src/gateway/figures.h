/* Figures: what a process has to show besides HTTP and its workers: events it listens to and, among
 * other processes, its link to the broker, questions asked and answered, events that leave and
 * arrive, copies of others' documents. In Prometheus' text form; README.md of host/deploy tells
 * what to be woken for. */
#ifndef HOST_FIGURES_H
#define HOST_FIGURES_H

#include "m_adapters/codec.h"
#include "m_adapters/nats.h"
#include "m_adapters/pg_relay.h"
#include "m_adapters/pg_stream.h"
#include "m_adapters/rpc.h"
#include "m_adapters/stream_nats.h"

#define FIGURES_SERVICES 8

/* Events for listeners in this process. */
typedef struct {
    uint64_t delivered; /* times a listener did its work */
    uint64_t failed;    /* rounds that ended with an event to be tried again */
    m_outbox_stats waiting;
} figures_listening;

/* Events that go to other processes; one process of a database sends them. */
typedef struct {
    bool here; /* that one is this one; nothing else is known otherwise */
    uint64_t sent, failed;
    m_outgoing_stats rows;
} figures_leaving;

/* Events of other processes; one process of a database takes them. */
typedef struct {
    bool here; /* that one is this one; nothing else is known otherwise */
    m_intake_stats producers[M_INTAKE_PRODUCERS];
    m_time behind_since[M_INTAKE_PRODUCERS]; /* none: all that is known of is applied */
    uint32_t producer_count;
    m_letter_stats letters;
    m_copy_stats copies;
} figures_arriving;

typedef struct {
    figures_listening listening;
    bool among_others; /* the rest is empty otherwise */
    m_nats_stats broker;
    m_rpc_count *asked, *answered;
    uint32_t asked_count, answered_count;
    m_rpc_server_stats server;
    m_rpc_service services[FIGURES_SERVICES];
    uint32_t service_count;
    figures_leaving leaving;
    figures_arriving arriving;
} figures;

void figures_write(const figures *f, m_time now, m_buf *out);

#endif
