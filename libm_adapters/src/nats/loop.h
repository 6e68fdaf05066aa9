/* One thread that does all reading and writing of a connection.
 *
 * The engine reads on one thread and writes on those that send. With TLS both work on one SSL
 * object without a lock (nats.c 3.4.1; mended in 3.11), which OpenSSL does not allow. So links with
 * TLS get a loop; plain ones do without, it costs them a thread and a wake-up for each message. */
#ifndef NATS_LOOP_H
#define NATS_LOOP_H

#include <nats/nats.h>

typedef struct loop loop;

/* Starts the thread; NULL when memory is short or there is no thread. */
loop *loop_new(void);
/* For the options of one connection, before it connects. */
natsStatus loop_set(loop *l, natsOptions *options);
/* After the connection was closed and before it is destroyed. Accepts NULL. */
void loop_free(loop *l);

#endif
