/* What one use case asked other processes, and what its runs have in common. */
#include <stdlib.h>

#include "internal.h"

#define IDS_MAX 65536

typedef struct id_page {
    struct id_page *next;
    m_id ids[62];
} id_page;
#define PAGE_IDS (sizeof((id_page *)NULL)->ids / sizeof(m_id))

struct m_answers {
    m_arena *arena;
    m_question *questions[M_REMOTE_QUESTIONS];
    uint32_t count;
    const m_env *inner;
    m_env env;
    m_time now;
    id_page *first, *at; /* ids given so far; the page of the next one */
    uint32_t given, used;
    m_id attempt;
    bool ahead;
};

m_answers *m_answers_new(size_t limit_bytes)
{
    m_answers *answers = calloc(1, sizeof *answers);
    if (!answers) return NULL;
    answers->arena = m_arena_new(limit_bytes);
    if (answers->arena) return answers;
    free(answers);
    return NULL;
}

void m_answers_free(m_answers *answers)
{
    if (!answers) return;
    m_arena_free(answers->arena);
    free(answers);
}

static m_time now(void *self)
{
    m_answers *answers = self;
    if (!answers->now.us) answers->now = answers->inner->now(answers->inner->self);
    return answers->now;
}

/* The place of the next id; NULL when there is no memory or there are too many: that id is new in
 * every run, which costs another round and nothing else. */
static m_id *next_place(m_answers *answers)
{
    uint32_t in_page = answers->used % PAGE_IDS;
    if (answers->used >= IDS_MAX) return NULL;
    if (in_page == 0) {
        id_page **link = answers->at ? &answers->at->next : &answers->first;
        if (!*link) *link = m_arena_alloc(answers->arena, sizeof **link);
        if (!*link) return NULL;
        if (answers->used >= answers->given) (*link)->next = NULL;
        answers->at = *link;
    }
    answers->used++;
    return &answers->at->ids[in_page];
}

static m_id new_id(void *self)
{
    m_answers *answers = self;
    uint32_t place = answers->used;
    m_id *at = next_place(answers);
    if (at && place < answers->given) return *at;
    m_id id = answers->inner->new_id(answers->inner->self);
    if (!at) return id;
    answers->given = answers->used;
    return *at = id;
}

static m_id derive_id(void *self, const void *bytes, size_t n)
{
    const m_env *env = ((m_answers *)self)->inner;
    return env->derive_id(env->self, bytes, n);
}

static void write_log(void *self, const char *level, const char *event, const char *detail)
{
    const m_env *env = ((m_answers *)self)->inner;
    if (env->log) env->log(env->self, level, event, detail);
}

void m_answers_reset(m_answers *answers, const m_env *env)
{
    m_arena_reset(answers->arena);
    *answers = (m_answers){
        .arena = answers->arena, .inner = env, .env = {now, new_id, derive_id, write_log, answers}};
}

void m_answers_rerun(m_answers *answers)
{
    answers->used = 0;
    answers->at = NULL;
}

const m_env *m_answers_env(m_answers *answers)
{
    return &answers->env;
}

m_arena *m_answers_arena(m_answers *answers)
{
    return answers->arena;
}

uint32_t m_answers_open(m_answers *answers, m_question **out, uint32_t max)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < answers->count && n < max; i++)
        if (!answers->questions[i]->answered) out[n++] = answers->questions[i];
    return n;
}

uint32_t m_answers_ask(m_answers *answers, const m_asker *asker, const m_call *call)
{
    m_question *open[M_REMOTE_QUESTIONS];
    const m_call *as[M_REMOTE_QUESTIONS];
    uint32_t n = m_answers_open(answers, open, M_REMOTE_QUESTIONS);
    for (uint32_t i = 0; i < n; i++)
        as[i] = call;
    if (n) asker->ask(asker->self, open, as, n);
    return n;
}

m_id m_answers_attempt(m_answers *answers)
{
    if (m_id_is_null(answers->attempt))
        answers->attempt = answers->inner->new_id(answers->inner->self);
    return answers->attempt;
}

void m_answers_ahead(m_answers *answers)
{
    answers->ahead = true;
}

bool answers_run_ahead(const m_answers *answers)
{
    return answers->ahead;
}

m_question *answers_next(m_answers *answers, const m_method *method, uint32_t *at)
{
    while (*at < answers->count) {
        m_question *q = answers->questions[(*at)++];
        if (q->method == method) return q;
    }
    return NULL;
}

m_question *answers_find(m_answers *answers, const char *service, const m_method *method,
                         m_str body)
{
    for (uint32_t i = 0; i < answers->count; i++) {
        m_question *q = answers->questions[i];
        if (q->method == method && strcmp(q->service, service) == 0 && m_str_eq(q->body, body))
            return q;
    }
    return NULL;
}

m_status answers_note(m_answers *answers, m_call *call, const m_question *question)
{
    if (answers->count == M_REMOTE_QUESTIONS)
        return m_fail(call, m_err_busy, "%s.%s", question->protocol->name, question->method->name);
    m_question *kept = m_arena_alloc(answers->arena, sizeof *kept);
    if (!kept) return m_fail(call, m_err_memory, NULL);
    *kept = *question;
    char *body = m_arena_copy(answers->arena, question->body.p, question->body.n);
    kept->in = m_record_copy(question->method->in, question->in, answers->arena);
    if (!body || !kept->in) return m_fail(call, m_err_memory, NULL);
    kept->body = (m_str){body, question->body.n};
    kept->arena = answers->arena;
    answers->questions[answers->count++] = kept;
    return m_fail(call, m_err_remote_wanted, NULL);
}

void m_question_refuse(m_question *question, const m_call *call)
{
    question->answered = true;
    question->status = call->error.status == M_OK ? M_INTERNAL : call->error.status;
    question->error = call->error;
}
