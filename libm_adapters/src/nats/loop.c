#include "loop.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct loop {
    pthread_t thread;
    int wake;             /* eventfd */
    pthread_mutex_t lock; /* guards what follows */
    natsConnection *connection;
    int fd; /* −1: none */
    bool reads, writes, stopping;
};

/* What the thread goes by in one round. */
typedef struct {
    natsConnection *connection;
    int fd;
    bool reads, writes, stopping;
} interest;

static interest look(loop *l)
{
    pthread_mutex_lock(&l->lock);
    interest now = {l->connection, l->fd, l->reads, l->writes, l->stopping};
    pthread_mutex_unlock(&l->lock);
    return now;
}

static void wake_up(loop *l)
{
    uint64_t one = 1;
    ssize_t n = write(l->wake, &one, sizeof one);
    (void)n; /* full: it is awake */
}

static void *run(void *arg)
{
    loop *l = arg;
    for (;;) {
        interest now = look(l);
        if (now.stopping) return NULL;
        short events = (short)((now.reads ? POLLIN : 0) | (now.writes ? POLLOUT : 0));
        struct pollfd fds[] = {{.fd = l->wake, .events = POLLIN},
                               {.fd = events ? now.fd : -1, .events = events}};
        if (poll(fds, 2, -1) < 0) continue;
        uint64_t count;
        if (fds[0].revents && read(l->wake, &count, sizeof count) < 0) continue;
        short got = fds[1].revents;
        if (now.writes && got & (POLLOUT | POLLHUP | POLLERR))
            natsConnection_ProcessWriteEvent(now.connection);
        if (now.reads && got & (POLLIN | POLLHUP | POLLERR))
            natsConnection_ProcessReadEvent(now.connection);
    }
}

/* ---- what the engine asks for, on any of its threads ---- */

static natsStatus attach(void **user, void *arg, natsConnection *connection, natsSock fd)
{
    loop *l = arg;
    *user = l;
    pthread_mutex_lock(&l->lock);
    l->connection = connection;
    l->fd = fd;
    l->reads = true;
    l->writes = false;
    pthread_mutex_unlock(&l->lock);
    wake_up(l);
    return NATS_OK;
}

static natsStatus want_read(void *arg, bool add)
{
    loop *l = arg;
    pthread_mutex_lock(&l->lock);
    l->reads = add;
    pthread_mutex_unlock(&l->lock);
    wake_up(l);
    return NATS_OK;
}

static natsStatus want_write(void *arg, bool add)
{
    loop *l = arg;
    pthread_mutex_lock(&l->lock);
    l->writes = add;
    pthread_mutex_unlock(&l->lock);
    if (!pthread_equal(pthread_self(), l->thread)) wake_up(l); /* it looks before it waits */
    return NATS_OK;
}

static natsStatus detach(void *arg)
{
    loop *l = arg;
    pthread_mutex_lock(&l->lock);
    l->fd = -1;
    l->reads = l->writes = false;
    pthread_mutex_unlock(&l->lock);
    wake_up(l);
    return NATS_OK;
}

/* ---- life ---- */

loop *loop_new(void)
{
    loop *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    l->fd = -1;
    l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&l->lock, NULL);
    if (l->wake >= 0 && pthread_create(&l->thread, NULL, run, l) == 0) return l;
    if (l->wake >= 0) close(l->wake);
    pthread_mutex_destroy(&l->lock);
    free(l);
    return NULL;
}

natsStatus loop_set(loop *l, natsOptions *options)
{
    return natsOptions_SetEventLoop(options, l, attach, want_read, want_write, detach);
}

void loop_free(loop *l)
{
    if (!l) return;
    pthread_mutex_lock(&l->lock);
    l->stopping = true;
    pthread_mutex_unlock(&l->lock);
    wake_up(l);
    pthread_join(l->thread, NULL);
    close(l->wake);
    pthread_mutex_destroy(&l->lock);
    free(l);
}
