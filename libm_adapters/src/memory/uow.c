/* The unit of work of the memory binding, and the db as a whole. */
#include "memory.h"

#include <stdlib.h>
#include <time.h>

#define WAIT_SECONDS  5
#define US_PER_SECOND INT64_C(1000000)
#define NS_PER_SECOND INT64_C(1000000000)

m_memory_db *m_memory_db_new(void)
{
    m_memory_db *db = calloc(1, sizeof *db);
    if (!db) return NULL;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&db->lock, NULL);
    pthread_cond_init(&db->idle, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (!db_content_new(db)) {
        m_memory_db_free(db);
        return NULL;
    }
    return db;
}

void m_memory_db_free(m_memory_db *db)
{
    if (!db) return;
    while (db->units) {
        unit *u = db->units;
        db->units = u->next;
        free(u);
    }
    pthread_cond_destroy(&db->idle);
    pthread_mutex_destroy(&db->lock);
    db_content_free(db);
    free(db);
}

m_uow *m_memory_uow(m_memory_db *db)
{
    unit *u = calloc(1, sizeof *u);
    if (!u) return NULL;
    u->uow.ops = &memory_uow_ops;
    u->db = db;
    pthread_mutex_lock(&db->lock);
    u->next = db->units;
    db->units = u;
    pthread_mutex_unlock(&db->lock);
    return &u->uow;
}

/* How long begin may wait, as an instant of the monotonic clock. */
static struct timespec wait_until(const m_call *call)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t us = (int64_t)WAIT_SECONDS * US_PER_SECOND;
    if (call->deadline.us) {
        int64_t left = call->deadline.us - m_now(call).us;
        if (left < us) us = left > 0 ? left : 0;
    }
    int64_t ns = at.tv_nsec + us % US_PER_SECOND * 1000;
    at.tv_sec += (time_t)(us / US_PER_SECOND + ns / NS_PER_SECOND);
    at.tv_nsec = (long)(ns % NS_PER_SECOND);
    return at;
}

static bool take_turn(unit *u, const m_call *call)
{
    m_memory_db *db = u->db;
    struct timespec until = wait_until(call);
    int failed = 0;
    pthread_mutex_lock(&db->lock);
    while (db->running && !failed)
        failed = pthread_cond_timedwait(&db->idle, &db->lock, &until);
    bool mine = !db->running;
    if (mine) db->running = u;
    u->running = mine;
    pthread_mutex_unlock(&db->lock);
    return mine;
}

static void end_turn(unit *u)
{
    m_memory_db *db = u->db;
    u->running = false;
    db->undo_count = 0;
    db_compact(db);
    pthread_mutex_lock(&db->lock);
    db->running = NULL;
    pthread_cond_signal(&db->idle);
    pthread_mutex_unlock(&db->lock);
}

static void rollback(m_uow *uow)
{
    unit *u = (unit *)uow;
    if (!u->running) return;
    db_undo(u->db, 0);
    end_turn(u);
}

static m_status begin(m_uow *uow, m_call *call, m_uow_mode mode, m_fetch *wants, uint32_t n)
{
    unit *u = (unit *)uow;
    if (u->running) return m_fail(call, m_err_internal, "unit of work began twice");
    if (!take_turn(u, call)) return m_fail(call, m_err_busy, "another transaction is running");
    u->tenant = call->tenant;
    u->mode = mode;
    u->marked = 0;
    call->uow = uow;
    m_status status = memory_fetch(u->db, call, wants, n);
    if (status != M_OK) rollback(uow);
    return status;
}

static void mark(m_uow *uow)
{
    unit *u = (unit *)uow;
    u->marked = u->db->undo_count;
}

static void accept(m_uow *uow)
{
    mark(uow);
}

static bool refuse(m_uow *uow)
{
    unit *u = (unit *)uow;
    if (u->running) db_undo(u->db, u->marked);
    return true;
}

static m_status commit(m_uow *uow, m_call *call)
{
    unit *u = (unit *)uow;
    if (!u->running) return m_fail(call, m_err_internal, "unit of work is not running");
    end_turn(u);
    return M_OK;
}

const m_uow_ops memory_uow_ops = {
    .head = {sizeof(m_uow_ops), 1, "uow"},
    .begin = begin,
    .mark = mark,
    .accept = accept,
    .refuse = refuse,
    .commit = commit,
    .rollback = rollback,
};
