/* Memory binding of m_store and m_uow: for unit tests and for embedders without a database.
 *
 * It keeps the promises of store.h and uow.h; nothing survives the process. One transaction runs at
 * a time: begin waits for the one before (bounded by the call's deadline, at most 5 seconds, then
 * M_AGAIN). begin sets call->uow; every store operation needs it and must be of the same tenant.
 * Faults are found at once (M_EXISTS, M_CONFLICT never wait for the commit), and a refused use case
 * always leaves the rest of the transaction intact.
 *
 * What differs from SQL in nothing but speed: filters and orders walk all rows of the type. Reading
 * by key and unique checks are hashed. Of a partial index's `where` only clauses `name <> ''`,
 * `name IS NOT NULL`, `name = 'text'`, `name <> 'text'` joined by AND are understood; another one
 * makes every write of that type fail with M_UNSUPPORTED.
 *
 * Comparing: text by bytes, choices by their names (as SQL does with text columns), absent values
 * (none date, null id) first. <, ≤, >, ≥ never match an absent value. Case is ignored for A–Z only.
 */
#ifndef M_ADAPTERS_MEMORY_H
#define M_ADAPTERS_MEMORY_H

#include "m/store.h"
#include "m/uow.h"

typedef struct m_memory_db m_memory_db;

/* NULL when memory is short. Safe in any thread, as are all functions here but free. */
m_memory_db *m_memory_db_new(void);
/* Also frees the units of work taken from it. No transaction may be running. Accepts NULL. */
void m_memory_db_free(m_memory_db *db);

m_store m_memory_store(m_memory_db *db);
/* A unit of work to use again and again; belongs to the db. NULL when memory is short. */
m_uow *m_memory_uow(m_memory_db *db);

#endif
