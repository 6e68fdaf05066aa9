#ifndef REMOTE_INTERNAL_H
#define REMOTE_INTERNAL_H

#include "m_adapters/remote.h"

/* The question with this input, or NULL. */
m_question *answers_find(m_answers *answers, const char *service, const m_method *method,
                         m_str body);
/* Keeps a copy; answers core.remote.wanted, or why it could not be kept. */
m_status answers_note(m_answers *answers, m_call *call, const m_question *question) M_MUST_USE;

/* The next question of this method, from place *at on, or NULL. */
m_question *answers_next(m_answers *answers, const m_method *method, uint32_t *at);
bool answers_run_ahead(const m_answers *answers);

/* Notes the question (answers_note). */
m_status remote_note(m_call *call, const char *service, const m_protocol *protocol,
                     const m_method *method, const void *in) M_MUST_USE;
/* What was answered; core.remote.wanted when nothing was yet. */
m_status remote_take(m_call *call, const m_question *question, void *out) M_MUST_USE;

#endif
