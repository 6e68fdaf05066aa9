/* One use case to be run by a worker. Made by the gateway, owned by one thread at a time. */
#ifndef HOST_JOB_H
#define HOST_JOB_H

#include "m/store.h"

typedef struct job job;
typedef struct domain_set domain_set; /* boot.h: the module instances of one worker */

#define JOB_WANTS_MAX 8

typedef struct {
    /* Fill in who asks. The strings live as long as the job. */
    void (*describe)(job *j, m_call *call);
    /* Reads it will surely make; at most max; returns how many. May be NULL. */
    uint32_t (*wants)(job *j, domain_set *domains, m_call *call, m_fetch *out, uint32_t max);
    /* The use case. May run again after a conflict: it must not keep anything from a former run. */
    m_status (*run)(job *j, domain_set *domains, m_call *call);
    /* After the commit or the refusal: answer and free the job. call holds reply memory and error.
     */
    void (*finish)(job *j, m_call *call, m_status status);
} job_ops;

struct job {
    struct job *next;
    const job_ops *ops;
    m_id tenant;
    m_time deadline;
    m_str after; /* events of other processes it must come after: "core=42"; mostly empty */
};

#endif
