/* The relay: one thread that delivers the events of the outbox to the listeners of this process. */
#ifndef HOST_RELAY_THREAD_H
#define HOST_RELAY_THREAD_H

#include "../gateway/figures.h"
#include "../runtime/runtime.h"

typedef struct relay_thread relay_thread;

/* Own connections: one as relay to look, one as application to handle. NULL: the reason is printed.
 */
relay_thread *relay_thread_start(const runtime *rt, identity *id);
/* There is something new. Any thread; accepts NULL. */
void relay_thread_wake(relay_thread *relay);
/* What /metrics shows. Any thread. */
void relay_thread_figures(relay_thread *relay, figures_listening *out);
/* Finishes the event at hand, ends the thread, frees. Accepts NULL. */
void relay_thread_stop(relay_thread *relay);

#endif
