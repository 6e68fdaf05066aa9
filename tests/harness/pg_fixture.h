/* A throw-away PostgreSQL cluster for one test program: own directory, unix socket only, durable
 * settings, stopped by pid. As root it runs as the user "postgres". */
#ifndef PG_FIXTURE_H
#define PG_FIXTURE_H

#include "m_adapters/pg.h"

typedef struct pg_fixture pg_fixture;

/* A running cluster with the roles and the empty database "bm". Ends the program when there is no
 * PostgreSQL or it does not start. Stopped and removed at pg_fixture_stop (also at exit). */
pg_fixture *pg_fixture_start(void);
void pg_fixture_stop(pg_fixture *fixture);

/* "host=… dbname=bm user=<role>"; role: bm_super, bm_owner, bm_app, bm_relay. Lives as long as the
 * fixture. Any thread. */
const char *pg_fixture_dsn(pg_fixture *fixture, const char *role);

/* Make the tables of these types (NULL-terminated). prefix may be NULL. Ends the program when it
 * fails. */
void pg_fixture_migrate(pg_fixture *fixture, const m_type *const *types, const char *prefix);

/* A unit of work as bm_app; the caller closes it. */
m_uow *pg_fixture_uow(pg_fixture *fixture);

#endif
