/* Rebuild: both books from their event logs, in a scratch schema, compared row by row with the live
 * ones. The log and the live rows are copied first, in one snapshot, so that a running host does
 * not disturb. */
#ifndef HOST_REBUILD_H
#define HOST_REBUILD_H

#include "../runtime/runtime.h"

typedef struct {
    uint64_t events;         /* replayed */
    uint64_t chain_breaks;   /* events whose hash or sequence is wrong */
    uint64_t differing_rows; /* rows that only one side has */
    char first[256];         /* the first trouble, for people; empty: none */
} rebuild_result;

/* done, total: events; for a progress bar. False ends the rebuild with M_UNAVAILABLE. */
typedef bool (*rebuild_progress)(void *arg, uint64_t done, uint64_t total);

/* One tenant. M_OK also when differences were found. Leaves no scratch schema behind.
 * Waits for a rebuild that another process is at. */
m_status rebuild_run(const runtime *rt, m_call *call, m_id tenant, rebuild_progress progress,
                     void *arg, rebuild_result *out) M_MUST_USE;

#endif
