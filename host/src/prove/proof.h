/* One run of prove, inside of its room. */
#ifndef HOST_PROOF_H
#define HOST_PROOF_H

#include "checks.h"
#include "prove.h"

#define PROOF_TIMEOUT_MS 600000
#define PROOF_FIRST      200 /* of the first offending row, for people */
/* Sums over whole ledgers stay in memory; one session at a time asks. */
#define PROOF_MEMORY "SET work_mem = '64MB'"

typedef struct {
    const prove_config *config;
    m_call *call;
    m_pg_conn *conn; /* as the application */
    uint32_t broken;
    bool stopped; /* the listener does not want to hear more */
} proof;

/* Told and counted. detail: why it does not hold, or "". */
void proof_verdict(proof *p, bool holds, const char *id, const char *title, const char *detail);
/* Offending rows of a statement for one tenant (NULL: none is set), added to *rows_out; text (n
 * bytes) gets the first of them when it is still empty. param: $1, or NULL. False: it could not
 * run, the call tells why. */
bool proof_rows(proof *p, const char *sql, const m_id *tenant, const char *param,
                uint32_t *rows_out, char *text, size_t n);
/* The check of that id; it must exist. */
const check *proof_check(const char *id);

/* This database against those of the other processes: books, events, copies (cross.c). */
void proof_cross(proof *p);
/* Checks whose tables are in two databases: the smaller side is brought over (borrowed.c). */
void proof_borrowed(proof *p);
/* For questions to other processes; arena is the caller's. */
m_call proof_call(const proof *p, m_id tenant, m_arena *arena);
/* Until it holds, a few times with a pause: what is on its way arrives. Returns what the last look
 * said. */
bool proof_patiently(bool (*look)(void *arg), void *arg);

#endif
