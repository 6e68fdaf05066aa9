/* A store to test on: linked with bind_memory.c or with bind_pg.c, the same tests run on both. */
#ifndef BIND_H
#define BIND_H

#include "m/uow.h"

typedef struct {
    m_store store;
    m_uow *uow;
    void *db;
} bind;

/* Before the suite: make room for the infra types and these (NULL-terminated). */
void bind_start(const m_type *const *types);
void bind_stop(void);
/* In a test: an empty store and its unit of work. */
void bind_open(bind *b);
void bind_close(bind *b);
/* On PostgreSQL: a DSN as this role; NULL in memory. */
const char *bind_dsn(const char *role);

#endif
