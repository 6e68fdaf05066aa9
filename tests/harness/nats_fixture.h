/* A throw-away broker for one test program: loopback, a free port, own directory, JetStream on,
 * stopped by pid. */
#ifndef NATS_FIXTURE_H
#define NATS_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct nats_fixture nats_fixture;

/* A running broker. config: text put into its configuration besides address and JetStream, or NULL.
 * Ends the program when there is no nats-server or it does not start. Stopped and removed at
 * nats_fixture_stop (also at exit). Several at once are fine. */
nats_fixture *nats_fixture_start(const char *config);
/* As start, but `config` is all of the configuration but "listen" (which it may hold); JetStream
 * only if it says so
 * ("jetstream { store_dir: js }" is in the fixture's directory). */
nats_fixture *nats_fixture_start_bare(const char *config);
void nats_fixture_stop(nats_fixture *fixture);

/* In two steps, for a configuration that names files of its own: its directory and port first … */
nats_fixture *nats_fixture_prepare(void);
/* … then start it (again) with this configuration, as start_bare. "js", "conf" and "log" in the
 * directory are taken. */
void nats_fixture_run(nats_fixture *fixture, const char *config);
const char *nats_fixture_dir(const nats_fixture *fixture);

/* "nats://127.0.0.1:<port>", the same after a restart. Any thread. */
const char *nats_fixture_url(const nats_fixture *fixture);
int nats_fixture_port(const nats_fixture *fixture);
pid_t nats_fixture_pid(const nats_fixture *fixture);

/* End it (hard: kill −9) and start it again later with the configuration it had. */
void nats_fixture_down(nats_fixture *fixture, bool hard);
void nats_fixture_up(nats_fixture *fixture);
/* While down: all of JetStream's data is gone. */
void nats_fixture_wipe(nats_fixture *fixture);

/* "<dir>/<name>" with this text, readable by us alone; the path lives as long as the fixture. */
const char *nats_fixture_file(nats_fixture *fixture, const char *name, const char *text);

#endif
