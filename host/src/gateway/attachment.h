/* Files over HTTP: the body of an upload becomes the text that a use case takes, and what a use
 * case answers becomes a download that a browser saves and does not run. */
#ifndef HOST_ATTACHMENT_H
#define HOST_ATTACHMENT_H

#include "http_job.h"

/* An upload begins: they are few at once, because each is held in memory several times. core.busy
 * beyond that. Nothing for other requests. */
m_status attachment_begin(http_job *j, m_call *call) M_MUST_USE;
/* It has ended, with its job. */
void attachment_end(http_job *j);

/* The body of an upload as base64url text, once; long work, so not on the HTTP loop. False when
 * memory is short. */
bool attachment_take(http_job *j) M_MUST_USE;

/* Answers a download with the bytes; frees the job. */
void attachment_answer(http_job *j, m_call *call);

#endif
