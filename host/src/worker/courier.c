#include "courier.h"

#include <stdlib.h>

struct courier {
    void (*do_errand)(void *arg);
    void *arg;
    queue *tell;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool out, stopping;
};

static bool waits_for_errand(courier *c)
{
    pthread_mutex_lock(&c->lock);
    while (!c->out && !c->stopping)
        pthread_cond_wait(&c->changed, &c->lock);
    bool out = c->out;
    pthread_mutex_unlock(&c->lock);
    return out;
}

static void comes_back(courier *c)
{
    pthread_mutex_lock(&c->lock);
    c->out = false;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    queue_wake(c->tell);
}

static void *main_loop(void *arg)
{
    courier *c = arg;
    while (waits_for_errand(c)) {
        c->do_errand(c->arg);
        comes_back(c);
    }
    return NULL;
}

courier *courier_start(void (*do_errand)(void *arg), void *arg, queue *tell)
{
    courier *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->do_errand = do_errand;
    c->arg = arg;
    c->tell = tell;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    if (pthread_create(&c->thread, NULL, main_loop, c) == 0) return c;
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    free(c);
    return NULL;
}

void courier_send(courier *c)
{
    pthread_mutex_lock(&c->lock);
    c->out = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

bool courier_is_out(courier *c)
{
    pthread_mutex_lock(&c->lock);
    bool out = c->out;
    pthread_mutex_unlock(&c->lock);
    return out;
}

void courier_wait(courier *c)
{
    pthread_mutex_lock(&c->lock);
    while (c->out)
        pthread_cond_wait(&c->changed, &c->lock);
    pthread_mutex_unlock(&c->lock);
}

void courier_stop(courier *c)
{
    if (!c) return;
    courier_wait(c);
    pthread_mutex_lock(&c->lock);
    c->stopping = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    free(c);
}
