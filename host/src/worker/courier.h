/* Courier: a thread that waits for the answers of other processes while a worker goes on. */
#ifndef HOST_COURIER_H
#define HOST_COURIER_H

#include "queue.h"

typedef struct courier courier;

/* do_errand(arg) is the courier's to run whenever it is sent; afterwards who takes from `tell` is
 * woken. NULL when memory or the thread cannot be had. */
courier *courier_start(void (*do_errand)(void *arg), void *arg, queue *tell);
/* Not while it is out. Until it is back, what its errand uses is the courier's. */
void courier_send(courier *c);
bool courier_is_out(courier *c);
void courier_wait(courier *c); /* until it is back */
/* Waits for it, ends the thread and frees. Accepts NULL. */
void courier_stop(courier *c);

#endif
