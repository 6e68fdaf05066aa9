#ifndef REMOTE_INTERNAL_H
#define REMOTE_INTERNAL_H

#include "m_adapters/remote.h"

/* The question with this input, or NULL. */
m_question *answers_find(m_answers *answers, const char *service, const m_method *method,
                         m_str body);
/* Keeps a copy; answers core.remote.wanted, or why it could not be kept. */
m_status answers_note(m_answers *answers, m_call *call, const m_question *question) M_MUST_USE;

#endif
