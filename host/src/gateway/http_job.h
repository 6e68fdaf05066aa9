/* One HTTP request on its way through a worker. Private to the gateway. */
#ifndef HOST_HTTP_JOB_H
#define HOST_HTTP_JOB_H

#include "../use_case/use_case.h"
#include "../worker/job.h"
#include "gateway.h"

typedef struct {
    job base;
    gateway *gateway;
    http_request *request;
    m_arena *arena; /* principal, query; lives as long as the job */
    m_time started;
    route route;
    identity_principal who;
    m_str api_key;    /* to be looked up before the job can run */
    m_str set_cookie; /* of the answer; mostly empty */
    bool uploads;     /* counts among those of the gateway */
    use_case work;    /* documents and reports */
} http_job;

/* NULL when memory is short; the request stays the caller's. */
http_job *http_job_new(gateway *g, http_request *request, route r);
/* Answers with call's error and frees the job. */
void http_job_refuse(http_job *j, const m_call *call);
/* Answers with a JSON body (copied) and frees the job. location: path of a new document or
 * {NULL,0}. */
void http_job_answer(http_job *j, int status, m_str body);
/* Answers with j->work.reply, be it JSON or a file, and frees the job. */
void http_job_succeed(http_job *j, m_call *call, int status);
/* As answer, with another content type. */
void http_job_answer_as(http_job *j, int status, const char *content_type, m_str body);
/* As answer_as, with these headers and no others. */
void http_job_answer_with(http_job *j, int status, const char *content_type,
                          const http_header *headers, uint32_t n, m_str body);
/* A call for work outside the workers; arena is the job's. */
m_call http_job_call(http_job *j);

/* Body, query, If-Match, content type → j->work.in. Notes what is wrong; M_INVALID then. */
m_status http_job_read_request(http_job *j, m_call *call) M_MUST_USE;

extern const job_ops http_work_ops;  /* documents and reports */
extern const job_ops http_ready_ops; /* is the database there? */

/* Answers with a file of the Desk, or why there is none, and frees the job. */
void gateway_answer_file(http_job *j, const desk_found *found);
/* Give the job (signed in, request read) to a reader or its lane; answers 429 when that is full. */
void gateway_dispatch(http_job *j);

#endif
