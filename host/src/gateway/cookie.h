/* The refresh token of a browser: a cookie that its scripts cannot read and that no other site can
 * send or use. Private to the gateway. */
#ifndef HOST_COOKIE_H
#define HOST_COOKIE_H

#include "http_job.h"

/* The token the browser sent; {NULL,0} when there is none. */
m_str cookie_token(const http_job *j);
/* Refuses requests that a page of another origin made. */
m_status cookie_check_origin(const http_job *j, m_call *call) M_MUST_USE;
/* The value of Set-Cookie, in the job's arena; an empty token makes the browser forget it. {NULL,0}
 * when memory is short. */
m_str cookie_text(const http_job *j, m_str token, int64_t life_s);

#endif
