/* What a call answers. The status says what kind of thing happened; the detail is in m_error. */
#ifndef M_STATUS_H
#define M_STATUS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    M_OK = 0,
    M_INVALID,      /* the input is wrong; say so and change it */
    M_DENIED,       /* the actor may not do this */
    M_UNAUTHORIZED, /* nobody is signed in, or the token is not good */
    M_NOT_FOUND,
    M_EXISTS,       /* a unique value is taken */
    M_CONFLICT,     /* somebody else changed it meanwhile, or the key was used for another body */
    M_PRECONDITION, /* the state of the business does not allow it (locked period, not enough stock)
                     */
    M_AGAIN,        /* too busy; the same request may succeed later */
    M_TIMEOUT,
    M_UNAVAILABLE,
    M_RANGE, /* a number does not fit */
    M_NOMEM,
    M_UNSUPPORTED,
    M_INTERNAL,
    M_STATUS_COUNT
} m_status;

#define M_MUST_USE __attribute__((warn_unused_result))

/* Propagate any failure to the caller. */
#define M_TRY(expression)                                                                          \
    do {                                                                                           \
        m_status m_try_status_ = (expression);                                                     \
        if (m_try_status_ != M_OK) return m_try_status_;                                           \
    } while (0)

/* Lower-case word for logs and metrics: "ok", "invalid", … Never NULL. */
const char *m_status_name(m_status status);

/* HTTP status code that stands for it: 200, 422, 403, 401, 404, 409, 409, 422, 429, 504, 503, 422,
 * 503, 501, 500. */
int m_status_http(m_status status);

#endif
