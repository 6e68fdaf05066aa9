#include "conn.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAUSE_FIRST_MS 50
#define PAUSE_LAST_MS  2000
#define DRAIN_MS       2000 /* after a cancel */
#define PARAMS_MAX     512

static int64_t monotonic_us(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

void pg_log(const m_pg_conn *conn, const char *level, const char *event, const char *format, ...)
{
    const m_env *env = conn->options.env;
    if (!env || !env->log) return;
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t n = strlen(text);
    while (n && text[n - 1] == '\n')
        text[--n] = 0;
    env->log(env->self, level, event, text);
}

/* ---- life ---- */

static uint32_t or_default(uint32_t value, uint32_t fallback)
{
    return value ? value : fallback;
}

m_status pg_conn_new(const m_pg_options *options, bool for_store, m_pg_conn **out)
{
    m_pg_conn *conn = calloc(1, sizeof *conn);
    if (!conn) return M_NOMEM;
    m_pg_options *o = &conn->options;
    *o = *options;
    conn->arena = m_arena_new(0);
    const char *prefix = options->schema_prefix ? options->schema_prefix : "";
    if (conn->arena) {
        o->dsn = m_arena_copy(conn->arena, options->dsn, strlen(options->dsn));
        o->schema_prefix = m_arena_copy(conn->arena, prefix, strlen(prefix));
    }
    if (!conn->arena || !o->dsn || !o->schema_prefix) {
        pg_conn_free(conn);
        return M_NOMEM;
    }
    o->connect_timeout_ms = or_default(o->connect_timeout_ms, 2000);
    o->statement_timeout_ms = or_default(o->statement_timeout_ms, 5000);
    o->lock_timeout_ms = or_default(o->lock_timeout_ms, 2000);
    o->wait_ms = or_default(o->wait_ms, 30000);
    if (!o->uow_bytes) o->uow_bytes = (size_t)256 << 20;
    if (!o->cache_bytes) o->cache_bytes = (size_t)16 << 20;
    conn->for_store = for_store;
    *out = conn;
    return M_OK;
}

static void forget_statements(m_pg_conn *conn)
{
    for (size_t i = 0; i < sizeof conn->slots / sizeof *conn->slots; i++) {
        free(conn->slots[i]);
        conn->slots[i] = NULL;
    }
    conn->stmt_count = 0;
    conn->closing_count = 0;
}

void pg_conn_drop(m_pg_conn *conn)
{
    if (conn->pg) PQfinish(conn->pg);
    conn->pg = NULL;
    forget_statements(conn);
}

void pg_conn_free(m_pg_conn *conn)
{
    if (!conn) return;
    pg_conn_drop(conn);
    m_arena_free(conn->arena);
    free(conn);
}

bool pg_conn_in_transaction(const m_pg_conn *conn)
{
    return conn->pg && PQtransactionStatus(conn->pg) != PQTRANS_IDLE;
}

/* ---- waiting ---- */

static int64_t deadline_us(const m_pg_conn *conn, const m_call *call)
{
    int64_t left = (int64_t)conn->options.wait_ms * 1000;
    if (call && call->deadline.us) {
        int64_t mine = call->deadline.us - m_now(call).us;
        if (mine < left) left = mine;
    }
    return monotonic_us() + left;
}

/* Wait for the socket; 0: time is up. */
static int wait_socket(const m_pg_conn *conn, short events, int64_t until_us)
{
    for (;;) {
        int64_t left = until_us - monotonic_us();
        if (left <= 0) return 0;
        struct pollfd fd = {.fd = PQsocket(conn->pg), .events = events};
        int64_t ms = left / 1000 + 1;
        int n = poll(&fd, 1, ms > 60000 ? 60000 : (int)ms);
        if (n > 0) return 1;
        if (n < 0) { /* EINTR: again, with the time that is left */
            continue;
        }
    }
}

/* ---- connecting ---- */

static const char *settings(m_pg_conn *conn, const char *given)
{
    const m_pg_options *o = &conn->options;
    /* Keyed statements over tables that may have been small when they were planned: never a plan
     * that reads all of a table or joins by hashing it. */
    const char *store = "-c default_transaction_isolation=repeatable\\ read "
                        "-c default_transaction_read_only=on -c enable_seqscan=off "
                        "-c enable_hashjoin=off -c enable_mergejoin=off "
                        "-c plan_cache_mode=force_generic_plan "
                        "-c idle_in_transaction_session_timeout=30000";
    return m_arena_printf(conn->arena,
                          "%s -c statement_timeout=%u -c lock_timeout=%u -c jit=off "
                          "-c TimeZone=UTC -c DateStyle=ISO -c synchronous_commit=on %s",
                          given, o->statement_timeout_ms, o->lock_timeout_ms,
                          conn->for_store ? store : "");
}

/* The "options" of the DSN, which ours are added to. */
static const char *given_options(m_pg_conn *conn)
{
    PQconninfoOption *all = PQconninfoParse(conn->options.dsn, NULL);
    const char *given = "";
    for (PQconninfoOption *o = all; o && o->keyword; o++)
        if (strcmp(o->keyword, "options") == 0 && o->val)
            given = m_arena_copy(conn->arena, o->val, strlen(o->val));
    PQconninfoFree(all);
    return given ? given : "";
}

static PGconn *connect_start(m_pg_conn *conn)
{
    m_arena_mark mark = m_arena_tell(conn->arena);
    const char *ours = settings(conn, given_options(conn));
    /* Before dbname: defaults that the DSN may change. After it: what must hold. */
    const char *names[] = {"connect_timeout",  "tcp_user_timeout",
                           "keepalives_idle",  "keepalives_interval",
                           "keepalives_count", "application_name",
                           "dbname",           "client_encoding",
                           "options",          NULL};
    const char *values[] = {"2",    "3000", "2", "1", "3", "business-m", conn->options.dsn,
                            "UTF8", ours,   NULL};
    PGconn *pg = ours ? PQconnectStartParams(names, values, 1) : NULL;
    m_arena_back(conn->arena, mark);
    return pg;
}

static bool connect_wait(m_pg_conn *conn, int64_t until_us)
{
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_WRITING || next == PGRES_POLLING_READING) {
        if (!wait_socket(conn, next == PGRES_POLLING_WRITING ? POLLOUT : POLLIN, until_us))
            return false;
        next = PQconnectPoll(conn->pg);
    }
    return next == PGRES_POLLING_OK;
}

static m_status unavailable(m_call *call, const char *why)
{
    return call ? m_fail(call, m_err_unavailable, "%s", why) : M_UNAVAILABLE;
}

m_status pg_conn_ready(m_pg_conn *conn, m_call *call)
{
    if (conn->pg && PQstatus(conn->pg) == CONNECTION_OK) return M_OK;
    pg_conn_drop(conn);
    if (conn->must_last) return unavailable(call, "the connection to the database was lost");
    int64_t now = monotonic_us();
    if (now < conn->retry_at_us) return unavailable(call, "the database");
    int64_t until = now + (int64_t)conn->options.connect_timeout_ms * 1000;
    int64_t wanted = deadline_us(conn, call);
    if (wanted < until) until = wanted;
    conn->pg = connect_start(conn);
    bool good = conn->pg && PQstatus(conn->pg) != CONNECTION_BAD && connect_wait(conn, until);
    if (good) good = PQsetnonblocking(conn->pg, 1) == 0 && PQenterPipelineMode(conn->pg) == 1;
    if (!good) {
        pg_log(conn, "error", "pg.connect", "%s",
               conn->pg ? PQerrorMessage(conn->pg) : "out of memory");
        pg_conn_drop(conn);
        conn->pause_ms = conn->pause_ms ? conn->pause_ms * 2 : PAUSE_FIRST_MS;
        if (conn->pause_ms > PAUSE_LAST_MS) conn->pause_ms = PAUSE_LAST_MS;
        conn->retry_at_us = monotonic_us() + (int64_t)conn->pause_ms * 1000;
        return unavailable(call, "the database");
    }
    conn->pause_ms = 0;
    conn->retry_at_us = 0;
    conn->stats.reconnects++;
    return M_OK;
}

/* ---- prepared statements ---- */

#define SLOTS (2 * PG_STATEMENTS_MAX)

static size_t stmt_slot(const m_pg_conn *conn, pg_sql sql)
{
    size_t i = sql.hash % SLOTS;
    for (; conn->slots[i]; i = (i + 1) % SLOTS) {
        const pg_stmt *s = conn->slots[i];
        if (s->sql.hash == sql.hash && s->sql.n == sql.n && memcmp(s->sql.p, sql.p, sql.n) == 0)
            break;
    }
    return i;
}

static void queue_close(m_pg_conn *conn, const pg_stmt *s)
{
    if (s->state == PG_STMT_READY && conn->closing_count < PG_STATEMENTS_MAX)
        memcpy(conn->closing[conn->closing_count++], s->name, sizeof s->name);
}

/* Make room: the statement that was not used for longest goes. Rare, so the table is rebuilt. */
static void evict(m_pg_conn *conn)
{
    size_t oldest = SLOTS;
    for (size_t i = 0; i < SLOTS; i++)
        if (conn->slots[i] && conn->slots[i]->used_at != conn->tick &&
            (oldest == SLOTS || conn->slots[i]->used_at < conn->slots[oldest]->used_at))
            oldest = i;
    if (oldest == SLOTS) return;
    queue_close(conn, conn->slots[oldest]);
    free(conn->slots[oldest]);
    conn->slots[oldest] = NULL;
    for (size_t i = (oldest + 1) % SLOTS; conn->slots[i]; i = (i + 1) % SLOTS) {
        pg_stmt *s = conn->slots[i]; /* close the gap */
        conn->slots[i] = NULL;
        conn->slots[stmt_slot(conn, s->sql)] = s;
    }
    conn->stmt_count--;
}

static pg_stmt *stmt_of(m_pg_conn *conn, pg_sql sql)
{
    size_t i = stmt_slot(conn, sql);
    pg_stmt *s = conn->slots[i];
    if (!s) {
        if (conn->stmt_count >= PG_STATEMENTS_MAX) {
            evict(conn);
            i = stmt_slot(conn, sql);
        }
        if (conn->stmt_count >= SLOTS - 1) return NULL; /* one pipeline with that many texts */
        s = malloc(sizeof *s + sql.n + 1);
        if (!s) return NULL;
        char *text = (char *)(s + 1);
        memcpy(text, sql.p, sql.n + 1);
        *s = (pg_stmt){.sql = {text, sql.n, sql.hash}, .state = PG_STMT_NEW};
        snprintf(s->name, sizeof s->name, "s%llu", (unsigned long long)conn->next_name++);
        conn->slots[i] = s;
        conn->stmt_count++;
    }
    s->used_at = conn->tick;
    return s;
}

/* ---- running ---- */

typedef struct {
    m_pg_conn *conn;
    int64_t until_us;
    bool cancelled;
    bool lost;
} run;

static bool send_step(m_pg_conn *conn, const pg_pipe *pipe, pg_step *step)
{
    const char *values[PARAMS_MAX];
    int lengths[PARAMS_MAX];
    int formats[PARAMS_MAX];
    if (step->count > PARAMS_MAX) return false;
    for (uint32_t i = 0; i < step->count; i++) {
        const pg_param *p = &pipe->params[step->first + i];
        values[i] = p->n < 0 ? NULL : (const char *)pipe->bytes + p->at;
        lengths[i] = p->n;
        formats[i] = 1;
    }
    step->stmt = stmt_of(conn, step->sql);
    if (!step->stmt) return false;
    step->prepares = step->stmt->state == PG_STMT_NEW;
    if (step->prepares) {
        if (!PQsendPrepare(conn->pg, step->stmt->name, step->stmt->sql.p, 0, NULL)) return false;
        step->stmt->state = PG_STMT_SENT;
    }
    return PQsendQueryPrepared(conn->pg, step->stmt->name, (int)step->count, values, lengths,
                               formats, 1) == 1;
}

static bool send_closes(m_pg_conn *conn, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        char text[32];
        snprintf(text, sizeof text, "DEALLOCATE %s", conn->closing[i]);
        if (!PQsendQueryParams(conn->pg, text, 0, NULL, NULL, NULL, NULL, 0)) return false;
    }
    /* A synchronisation of their own: BEGIN must come first in its transaction. */
    return n == 0 || PQpipelineSync(conn->pg) == 1;
}

/* Time is up: first ask the server to stop, then give up on the connection. */
static bool time_is_up(run *r)
{
    if (r->cancelled) return false;
    r->cancelled = true;
    char why[128];
    PGcancel *cancel = PQgetCancel(r->conn->pg);
    bool asked = cancel && PQcancel(cancel, why, sizeof why);
    PQfreeCancel(cancel);
    r->until_us = monotonic_us() + (int64_t)DRAIN_MS * 1000;
    return asked;
}

/* The next result, NULL at the end of a statement. r->lost when the connection is no more. */
static PGresult *next_result(run *r)
{
    PGconn *pg = r->conn->pg;
    for (;;) {
        if (r->conn->busy_flush) {
            int flushed = PQflush(pg);
            if (flushed < 0) break;
            r->conn->busy_flush = flushed != 0;
        }
        if (!PQisBusy(pg)) return PQgetResult(pg);
        short events = r->conn->busy_flush ? POLLIN | POLLOUT : POLLIN;
        if (!wait_socket(r->conn, events, r->until_us)) {
            if (!time_is_up(r)) break;
            continue;
        }
        if (!PQconsumeInput(pg)) {
            if (PQisBusy(pg)) break;
            return PQgetResult(pg); /* what came before the end */
        }
    }
    r->lost = true;
    return NULL;
}

/* Result of one statement into the run's state. Returns whether it succeeded. */
static bool take_result(run *r, const pg_step *step, PGresult **out)
{
    m_pg_conn *conn = r->conn;
    PGresult *result = next_result(r);
    if (!result) {
        r->lost = true;
        return false;
    }
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    if (!good) {
        if (status != PGRES_PIPELINE_ABORTED) {
            if (!conn->fault.seen) pg_fault_note(conn, step, result);
            if (PQstatus(conn->pg) == CONNECTION_BAD) r->lost = true;
        }
        PQclear(result);
        result = NULL;
    }
    PGresult *end = r->lost ? NULL : next_result(r);
    if (end) { /* cannot be: one result per statement */
        PQclear(end);
        r->lost = true;
    }
    if (r->lost) {
        PQclear(result);
        return false;
    }
    *out = result;
    return good;
}

static void take_step(run *r, m_call *call, pg_step *step, m_status *status)
{
    PGresult *result = NULL;
    if (step->prepares) {
        bool good = take_result(r, step, &result);
        PQclear(result);
        result = NULL;
        if (r->lost) return;
        step->stmt->state = good ? PG_STMT_READY : PG_STMT_NEW;
    }
    if (!take_result(r, step, &result)) return;
    r->conn->stats.statements++;
    bool keep = false;
    if (*status == M_OK && !r->conn->fault.seen && step->fn)
        *status = step->fn(step->arg, call, result, &keep);
    if (!keep) PQclear(result);
}

static void take_sync(run *r)
{
    PGresult *result = next_result(r);
    if (!result || PQresultStatus(result) != PGRES_PIPELINE_SYNC) r->lost = true;
    PQclear(result);
}

/* A plan the server threw away, or a statement it does not know any more: a new name next time. */
static void renew_statements(m_pg_conn *conn, const pg_pipe *pipe)
{
    for (uint32_t i = 0; i < pipe->step_count; i++) {
        pg_stmt *s = pipe->steps[i].stmt;
        if (s && s->state == PG_STMT_READY) {
            queue_close(conn, s);
            s->state = PG_STMT_NEW;
            snprintf(s->name, sizeof s->name, "s%llu", (unsigned long long)conn->next_name++);
        }
    }
}

static m_status end_lost(run *r, m_call *call)
{
    m_pg_conn *conn = r->conn;
    bool timed_out = r->cancelled;
    if (!conn->fault.seen)
        pg_log(conn, "error", "pg.lost", "%s",
               timed_out ? "no answer before the deadline" : PQerrorMessage(conn->pg));
    pg_conn_drop(conn);
    if (timed_out) return call ? m_fail(call, m_err_timeout, "the database") : M_TIMEOUT;
    return unavailable(call, "the connection to the database was lost");
}

m_status pg_run(m_pg_conn *conn, m_call *call, pg_pipe *pipe)
{
    conn->fault.seen = false;
    if (pipe->failed) return call ? m_fail(call, m_err_memory, NULL) : M_NOMEM;
    if (pipe->step_count == 0) return M_OK;
    M_TRY(pg_conn_ready(conn, call));
    run r = {.conn = conn, .until_us = deadline_us(conn, call)};
    if (r.until_us <= monotonic_us())
        return call ? m_fail(call, m_err_timeout, "the database") : M_TIMEOUT;
    conn->tick++;
    bool sent = true;
    for (uint32_t i = 0; i < pipe->step_count; i++)
        pipe->steps[i].stmt = NULL;
    /* A failed transaction takes nothing but its end. */
    bool failed = PQtransactionStatus(conn->pg) == PQTRANS_INERROR;
    uint32_t closes = failed ? 0 : conn->closing_count;
    sent = send_closes(conn, closes);
    for (uint32_t i = 0; i < pipe->step_count && sent; i++)
        sent = send_step(conn, pipe, &pipe->steps[i]);
    if (!sent || !PQpipelineSync(conn->pg)) {
        r.lost = true; /* half a pipeline cannot be taken back */
        return end_lost(&r, call);
    }
    conn->busy_flush = true;
    conn->stats.round_trips++;
    m_status status = M_OK;
    PGresult *ignored = NULL;
    for (uint32_t i = 0; i < closes && !r.lost; i++) {
        take_result(&r, NULL, &ignored);
        PQclear(ignored);
        ignored = NULL;
    }
    if (closes && !r.lost) take_sync(&r);
    conn->fault.seen = false; /* a name that is not there any more is no fault */
    for (uint32_t i = 0; i < pipe->step_count && !r.lost; i++)
        take_step(&r, call, &pipe->steps[i], &status);
    if (!r.lost) take_sync(&r);
    if (r.lost) return end_lost(&r, call);
    /* Statements pushed out while this pipeline was put together wait for the next one. */
    conn->closing_count -= closes;
    memmove(conn->closing, conn->closing[closes], conn->closing_count * sizeof conn->closing[0]);
    if (conn->fault.seen) {
        if (conn->fault.stale_plan) renew_statements(conn, pipe);
        m_status told = pg_fault_tell(conn, call);
        if (r.cancelled && told == M_TIMEOUT) pg_conn_drop(conn);
        return status != M_OK ? status : told;
    }
    if (r.cancelled) {
        /* The cancel came too late for this pipeline and could hit the next: never mind the
         * connection. */
        pg_conn_drop(conn);
    }
    return status;
}

/* Results of a simple query until the last one, which is kept when out is given. */
static m_status take_all(run *r, m_call *call, PGresult **out)
{
    m_pg_conn *conn = r->conn;
    PGresult *last = NULL;
    for (;;) {
        PGresult *result = next_result(r);
        if (!result) break;
        ExecStatusType status = PQresultStatus(result);
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && !conn->fault.seen)
            pg_fault_note(conn, NULL, result);
        PQclear(last);
        last = result;
        if (PQstatus(conn->pg) == CONNECTION_BAD) r->lost = true;
        if (r->lost) break;
    }
    if (r->lost || conn->fault.seen || !out)
        PQclear(last);
    else
        *out = last;
    if (r->lost) return end_lost(r, call);
    return conn->fault.seen ? pg_fault_tell(conn, call) : M_OK;
}

/* What was sent outside of pipelines. */
static m_status take_sent(run *r, m_call *call, int sent, PGresult **out)
{
    if (!sent) return end_lost(r, call);
    r->conn->busy_flush = true;
    r->conn->stats.round_trips++;
    return take_all(r, call, out);
}

/* Statements with results come again and again: their plans are kept. */
static m_status exec_prepared(run *r, m_call *call, const char *sql, const char *const *params,
                              uint32_t n, PGresult **out)
{
    PGconn *pg = r->conn->pg;
    r->conn->tick++;
    pg_stmt *s = stmt_of(r->conn, pg_sql_of(sql));
    if (!s) return call ? m_fail(call, m_err_memory, NULL) : M_NOMEM;
    if (s->state != PG_STMT_READY)
        M_TRY(take_sent(r, call, PQsendPrepare(pg, s->name, sql, 0, NULL), NULL));
    s->state = PG_STMT_READY;
    return take_sent(r, call, PQsendQueryPrepared(pg, s->name, (int)n, params, NULL, NULL, 0), out);
}

m_status pg_exec(m_pg_conn *conn, m_call *call, const char *sql, const char *const *params,
                 uint32_t n, PGresult **out)
{
    conn->fault.seen = false;
    M_TRY(pg_conn_ready(conn, call));
    run r = {.conn = conn, .until_us = deadline_us(conn, call)};
    m_status status;
    if (!PQexitPipelineMode(conn->pg))
        status = end_lost(&r, call);
    else if (out)
        status = exec_prepared(&r, call, sql, params, n, out);
    else
        status = take_sent(&r, call, PQsendQuery(conn->pg, sql), NULL);
    if (conn->pg && !PQenterPipelineMode(conn->pg)) pg_conn_drop(conn);
    return status;
}

m_status pg_run_repeatable(m_pg_conn *conn, m_call *call, pg_pipe *pipe)
{
    bool was_connected = conn->pg != NULL;
    m_status status = pg_run(conn, call, pipe);
    bool lost = status == M_UNAVAILABLE && was_connected && !conn->pg;
    bool outdated = conn->fault.seen && conn->fault.stale_plan && !pg_conn_in_transaction(conn);
    if (!lost && !outdated) return status;
    if (call) { /* but keep the wrong fields noted so far */
        call->error.status = M_OK;
        call->error.code = call->error.message = call->error.hint = (m_str){NULL, 0};
    }
    return pg_run(conn, call, pipe);
}
