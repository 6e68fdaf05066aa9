#include "waker.h"

#include <time.h>

#define GATHER_MS 20

void waker_init(waker *w)
{
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->woken, NULL);
    w->work = false;
    atomic_init(&w->stop, false);
}

void waker_wake(waker *w)
{
    pthread_mutex_lock(&w->lock);
    w->work = true;
    pthread_cond_signal(&w->woken);
    pthread_mutex_unlock(&w->lock);
}

void waker_stop(waker *w)
{
    pthread_mutex_lock(&w->lock);
    atomic_store(&w->stop, true);
    pthread_cond_signal(&w->woken);
    pthread_mutex_unlock(&w->lock);
}

bool waker_stopping(waker *w)
{
    return atomic_load(&w->stop);
}

bool waker_wait(waker *w, int64_t ms)
{
    struct timespec until, gather = {0, GATHER_MS * 1000000L};
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (ms % 1000) * 1000000;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&w->lock);
    while (!w->work && !waker_stopping(w))
        if (pthread_cond_timedwait(&w->woken, &w->lock, &until) != 0) break;
    bool woken = w->work, go_on = !waker_stopping(w);
    w->work = false;
    pthread_mutex_unlock(&w->lock);
    if (woken && go_on) nanosleep(&gather, NULL);
    return go_on;
}
