#include "m/status.h"

static const struct {
    const char *name;
    int http;
} statuses[M_STATUS_COUNT] = {
    [M_OK] = {"ok", 200},
    [M_INVALID] = {"invalid", 422},
    [M_DENIED] = {"denied", 403},
    [M_UNAUTHORIZED] = {"unauthorized", 401},
    [M_NOT_FOUND] = {"not_found", 404},
    [M_EXISTS] = {"exists", 409},
    [M_CONFLICT] = {"conflict", 409},
    [M_PRECONDITION] = {"precondition", 422},
    [M_AGAIN] = {"again", 429},
    [M_TIMEOUT] = {"timeout", 504},
    [M_UNAVAILABLE] = {"unavailable", 503},
    [M_RANGE] = {"range", 422},
    [M_NOMEM] = {"no_memory", 503},
    [M_UNSUPPORTED] = {"unsupported", 501},
    [M_INTERNAL] = {"internal", 500},
};

/* A status may come from another process; an unknown one counts as internal. */
static m_status known(m_status status)
{
    return (unsigned)status < M_STATUS_COUNT ? status : M_INTERNAL;
}

const char *m_status_name(m_status status)
{
    return statuses[known(status)].name;
}

int m_status_http(m_status status)
{
    return statuses[known(status)].http;
}
