#include "queue.h"

#include "job.h"

void queue_init(queue *q, uint32_t limit)
{
    *q = (queue){.limit = limit};
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->filled, NULL);
}

void queue_destroy(queue *q)
{
    pthread_cond_destroy(&q->filled);
    pthread_mutex_destroy(&q->lock);
}

bool queue_push(queue *q, job *j)
{
    pthread_mutex_lock(&q->lock);
    bool taken = !q->closed && q->count < q->limit;
    if (taken) {
        j->next = NULL;
        if (q->last)
            q->last->next = j;
        else
            q->first = j;
        q->last = j;
        q->count++;
        pthread_cond_signal(&q->filled);
    }
    pthread_mutex_unlock(&q->lock);
    return taken;
}

/* Under the lock: unlink up to max jobs of the first one's tenant. */
static uint32_t take_same_tenant(queue *q, job **out, uint32_t max)
{
    uint32_t n = 0;
    m_id tenant = q->first->tenant;
    job **link = &q->first, *previous = NULL;
    while (*link && n < max) {
        job *j = *link;
        if (m_id_eq(j->tenant, tenant)) {
            *link = j->next;
            out[n++] = j;
            q->count--;
        } else {
            previous = j;
            link = &j->next;
        }
    }
    if (!*link) q->last = previous;
    return n;
}

uint32_t queue_take_unless(queue *q, job **out, uint32_t max, bool (*called)(void *arg), void *arg)
{
    pthread_mutex_lock(&q->lock);
    bool elsewhere;
    while (!(elsewhere = called(arg)) && !(q->first && max) && !q->closed)
        pthread_cond_wait(&q->filled, &q->lock);
    uint32_t n = !elsewhere && q->first && max ? take_same_tenant(q, out, max) : 0;
    pthread_mutex_unlock(&q->lock);
    return n;
}

static bool never(void *arg)
{
    (void)arg;
    return false;
}

uint32_t queue_take(queue *q, job **out, uint32_t max)
{
    return queue_take_unless(q, out, max, never, NULL);
}

void queue_wake(queue *q)
{
    pthread_mutex_lock(&q->lock);
    pthread_cond_broadcast(&q->filled);
    pthread_mutex_unlock(&q->lock);
}

void queue_close(queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->filled);
    pthread_mutex_unlock(&q->lock);
}

uint32_t queue_depth(queue *q)
{
    pthread_mutex_lock(&q->lock);
    uint32_t n = q->count;
    pthread_mutex_unlock(&q->lock);
    return n;
}

queue *queue_of_tenant(queue *lanes, uint32_t lane_count, m_id tenant)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < sizeof tenant.b; i++)
        hash = (hash ^ tenant.b[i]) * 16777619u;
    return &lanes[hash % lane_count];
}
