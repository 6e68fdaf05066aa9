/* A bounded queue of jobs between threads. */
#ifndef HOST_QUEUE_H
#define HOST_QUEUE_H

#include <pthread.h>

#include "job.h"

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    job *first, *last;
    uint32_t count, limit;
    bool closed;
} queue;

void queue_init(queue *q, uint32_t limit);
void queue_destroy(queue *q);
/* False when the queue is full or closed; the caller keeps the job. Any thread. */
bool queue_push(queue *q, job *j);
/* Waits for work, then takes the first job and up to max − 1 later ones of the same tenant, in
 * their order; others keep theirs. 0: closed and empty. */
uint32_t queue_take(queue *q, job **out, uint32_t max);
/* The same, but returns 0 also as soon as called(arg) is true; it is asked under the queue's lock,
 * after every queue_wake. max may be 0. */
uint32_t queue_take_unless(queue *q, job **out, uint32_t max, bool (*called)(void *arg), void *arg);
/* Whoever waits looks again. */
void queue_wake(queue *q);
/* No more jobs are let in; takers empty the queue and then get 0. */
void queue_close(queue *q);
uint32_t queue_depth(queue *q);

/* The queue of the lane that writes for this tenant. */
queue *queue_of_tenant(queue *lanes, uint32_t lane_count, m_id tenant);

#endif
