/* Waker: how a thread with nothing to do learns that there is something, or that it is to end. */
#ifndef HOST_WAKER_H
#define HOST_WAKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool work; /* under lock */
    atomic_bool stop;
} waker;

void waker_init(waker *w);
/* There is something to do. Any thread. */
void waker_wake(waker *w);
/* The thread is to end: every wait returns from now on. Any thread. */
void waker_stop(waker *w);
bool waker_stopping(waker *w);
/* Waits for waker_wake, waker_stop or ms milliseconds. Woken, it waits a moment more: work comes in
 * crowds, and one look serves many. False when it is time to stop. */
bool waker_wait(waker *w, int64_t ms);

#endif
