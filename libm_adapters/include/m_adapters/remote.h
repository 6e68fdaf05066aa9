/* Remote: protocols of other processes for use cases that run inside a transaction.
 *
 * No request leaves the process while a transaction is open. A remote protocol value looks for the
 * answer to exactly this question (service, protocol, method, input) in call->answers. When it is
 * not there, the question is noted and the use case gets M_AGAIN (core.remote.wanted), writes
 * nothing and ends. The worker then sends what was noted, waits, and runs the use case again, which
 * finds the answer and goes on. So a use case stays plain synchronous code, the questions of a
 * whole batch travel together, and no lock is held over a request.
 *
 * That holds as long as a use case asks the same when it runs again: ids and the clock are
 * therefore replayed (m_answers_env). What the database says may differ; then the question differs
 * too and is asked anew, at most M_REMOTE_ROUNDS times. */
#ifndef M_ADAPTERS_REMOTE_H
#define M_ADAPTERS_REMOTE_H

#include "m/iface.h"

#define M_REMOTE_ROUNDS    16
#define M_REMOTE_QUESTIONS 64 /* of one use case */

/* One request to another process. Its texts live in the arena. */
typedef struct {
    const char *service; /* "finance": who answers */
    const m_protocol *protocol;
    const m_method *method;
    m_arena *arena; /* where the answer is put */
    m_str body;     /* the input record as JSON */
    const void *in; /* and as itself */
    m_str after;    /* events the other side must have seen first, "core=42,wms=7"; mostly empty */
    bool answered;
    m_status status; /* of the answer */
    m_str reply;     /* M_OK: the output record as JSON */
    m_error error;   /* else */
} m_question;

/* m_answers (m/call.h): what one use case asked so far. Owned by the worker; one thread at a time.
 */

/* NULL when memory is short. */
m_answers *m_answers_new(size_t limit_bytes);
/* Accepts NULL. */
void m_answers_free(m_answers *answers);
/* For a new use case: forgets questions, answers, ids and time. */
void m_answers_reset(m_answers *answers, const m_env *env);
/* Before each run: ids are given out from the first one again. */
void m_answers_rerun(m_answers *answers);
/* The clock stands since the first question of it, and new_id repeats the ids of the run before;
 * the rest is the env given at reset. */
const m_env *m_answers_env(m_answers *answers);
/* Memory for replies and errors: lives until the reset. */
m_arena *m_answers_arena(m_answers *answers);
/* Names this use case in all its runs: a new one after each reset. */
m_id m_answers_attempt(m_answers *answers);
/* For a worker that looks for open questions after every run, also after one that went well, and
 * then refuses it, asks and runs again: what can only be granted or refused (holds, dates) is taken
 * as granted until it is answered, so that all questions of a use case travel together. Until the
 * next reset. */
void m_answers_ahead(m_answers *answers);
/* Questions without an answer, at most max; returns how many were given. */
uint32_t m_answers_open(m_answers *answers, m_question **out, uint32_t max);
/* Notes the error of the call as the answer. */
void m_question_refuse(m_question *question, const m_call *call);

/* Who brings the answers: sends all questions at once and fills every one of them before it
 * returns; as: whose call it is, one for each question. */
typedef struct {
    void (*ask)(void *self, m_question **questions, const m_call *const *as, uint32_t n);
    void *self;
} m_asker;
/* Asks all open questions as call, once; returns how many there were. Outside of transactions. */
uint32_t m_answers_ask(m_answers *answers, const m_asker *asker, const m_call *call);

/* One question with its answer: what every remote value does. M_AGAIN (core.remote.wanted): noted.
 * Without call->answers M_UNAVAILABLE. */
M_MUST_USE m_status m_remote_ask(m_call *call, const char *service, const m_protocol *protocol,
                                 const m_method *method, const void *in, void *out);

/* A value of any protocol whose every method asks `service`. Protocols have at most
 * M_REMOTE_METHODS methods, beginning right after the head. */
#define M_REMOTE_METHODS 16
typedef struct {
    struct {
        m_ops_head head;
        m_method_fn fns[M_REMOTE_METHODS];
    } ops;
    const char *service;
    const m_protocol *protocol;
    const m_asker *asker; /* NULL: within a transaction */
} m_remote_value;
/* Fills *value, which must live as long as what is returned. */
m_iface m_remote_bind(m_remote_value *value, const char *service, const m_protocol *protocol);
/* The same for work outside of transactions: asks at once and waits. */
m_iface m_remote_bind_now(m_remote_value *value, const m_asker *asker, const char *service,
                          const m_protocol *protocol);

/* What a server does with a question: reads the input, calls the method of a value in this process,
 * writes the output as JSON into the call's arena. */
M_MUST_USE m_status m_remote_dispatch(m_iface value, const m_method *method, m_call *call,
                                      m_str body, m_str *out_reply);

/* The method of that name, or NULL. */
const m_method *m_protocol_method(const m_protocol *protocol, m_str name);

/* Catalogue; ends with a NULL code. */
extern const m_error_def m_remote_errors[];
extern const m_error_def *const m_err_remote_wanted; /* core.remote.wanted: never shown */

#endif
