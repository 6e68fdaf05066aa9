/* What asking and serving share. */
#ifndef NATS_RPC_H
#define NATS_RPC_H

#include "link.h"
#include "m_adapters/codec.h"
#include "m_adapters/rpc.h"

#define HEADER_CALL   "M-Call"
#define HEADER_SIGN   "M-Sign"
#define HEADER_TRACE  "traceparent"
#define HEADER_STATUS "M-Status" /* of an error: its name; a good reply has none */
/* As NATS micro has them, for its tools. */
#define HEADER_ERROR      "Nats-Service-Error"
#define HEADER_ERROR_CODE "Nats-Service-Error-Code"

#define SUBJECT_MAX 256
#define SERVICE_MAX 32

/* "rpc.<service>.<protocol>.<method>"; false when it is too long. */
bool rpc_subject(char out[SUBJECT_MAX], const char *service, const char *protocol,
                 const char *method);
/* 1 to 31 of [a-z0-9_-]. */
bool rpc_name_valid(const char *name);

/* An error as JSON and back. Texts of *out live in the arena. */
void rpc_error_write(m_buf *buf, m_status status, const m_error *error);
M_MUST_USE m_status rpc_error_read(m_arena *arena, const m_env *env, m_str text, m_error *out);
/* The status of that name; M_STATUS_COUNT: there is none. */
m_status rpc_status_of(m_str name);
/* The error as m_fail would fill it, without a call. detail may be NULL. */
void rpc_error_fill(m_error *out, m_arena *arena, const m_error_def *def, const char *detail);

int64_t rpc_clock_us(void); /* monotonic */

#endif
