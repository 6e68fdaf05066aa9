#include "bind.h"

#include <stdlib.h>

#include "m_adapters/memory.h"

void bind_start(const m_type *const *types)
{
    (void)types;
}

void bind_stop(void) {}

void bind_open(bind *b)
{
    m_memory_db *db = m_memory_db_new();
    if (!db) abort();
    *b = (bind){m_memory_store(db), m_memory_uow(db), db};
    if (!b->uow) abort();
}

void bind_close(bind *b)
{
    m_memory_db_free(b->db);
}

const char *bind_dsn(const char *role)
{
    (void)role;
    return NULL;
}
