/* The call: who asks, for whom, until when, with which memory. First parameter of everything that
 * does work; there are no globals, no thread-locals and no "current user". */
#ifndef M_CALL_H
#define M_CALL_H

#include "m/value.h"

typedef struct m_uow m_uow;         /* the running transaction; only bindings look inside (uow.h) */
typedef struct m_answers m_answers; /* of other processes; only bindings look inside */
typedef struct m_words m_words;     /* of one library in one language (words.h) */

/* The outside world as functions, so that tests are deterministic. self is passed back. */
typedef struct {
    m_time (*now)(void *self);
    m_id (*new_id)(void *self);
    /* Deterministic id of n bytes (SHA-256, first 16 bytes): the same input gives the same id
     * anywhere. */
    m_id (*derive_id)(void *self, const void *bytes, size_t n);
    /* level: "debug", "info", "warn", "error". event: a stable word; detail: no personal data. */
    void (*log)(void *self, const char *level, const char *event, const char *detail);
    void *self;
} m_env;

/* One thing that is wrong with one field. path: "lines[2].qty"; code: "core.field.required". */
typedef struct {
    m_str path;
    m_str code;
    m_str message;
} m_field_error;

#define M_ERROR_FIELDS_MAX 50

/* Why the call failed. Strings live in the call's arena or are constant. */
typedef struct {
    m_status status;
    m_str code;    /* "wms.stock.negative": stable, documented, never translated */
    m_str message; /* one plain sentence, in the language of the call; so is the hint */
    m_str hint;    /* what to do now; may be empty */
    m_field_error fields[M_ERROR_FIELDS_MAX];
    uint32_t field_count;
    uint32_t fields_dropped; /* wrong fields beyond M_ERROR_FIELDS_MAX */
} m_error;

typedef struct m_call {
    m_id tenant;
    m_id actor; /* user id; null id: the system itself */
    m_str actor_name;
    const m_str *roles;
    uint32_t role_count;
    bool system;  /* trusted inner call: permissions are not asked (boot, demo, relay) */
    m_str locale; /* what the asker reads, as Accept-Language writes it */
    const m_words *const *words; /* catalogues of that language, end with NULL; NULL: English */
    m_str source_address;        /* of the client, for the audit log */
    m_str request_id;
    m_str trace_parent; /* W3C traceparent or empty */
    m_str idempotency_key;
    m_time deadline; /* none: no deadline */
    const m_env *env;
    m_arena *arena;
    m_uow *uow;
    m_answers *answers; /* NULL where nobody else is asked */
    m_error error;
} m_call;

/* One entry of a library's error catalogue. */
typedef struct {
    const char *code;
    m_status status;
    const char *message; /* default sentence, may hold one %s for the detail ("It is wrong: %s.";
                            without a detail the ": %s" is left out) */
    const char *hint;
} m_error_def;

/* The text in the language of the call; the text itself where its catalogues do not have it. Texts
 * with places for values keep these in their order. NULL gives NULL. */
const char *m_say(const m_call *call, const char *text) __attribute__((format_arg(2)));

/* Fill call->error from the definition and return its status. detail (may be NULL) is put where the
 * message has %s. Message, hint and detail_format are said in the language of the call. Field
 * errors added before are kept. */
m_status m_fail(m_call *call, const m_error_def *def, const char *detail_format, ...)
    __attribute__((format(printf, 3, 4)));
/* Note that one field is wrong; m_fail or m_failed_fields then ends the check. path is copied. */
void m_field_fail(m_call *call, const m_error_def *def, m_str path, const char *detail_format, ...)
    __attribute__((format(printf, 4, 5)));
/* M_OK when no field was noted, else M_INVALID with the code "core.validation". */
m_status m_failed_fields(m_call *call);
/* Results of pure functions know no call; this gives them one: no memory, an amount out of range,
 * or else an internal error. */
m_status m_told(m_call *call, m_status status);
/* "list[line].member" in the call's arena; list alone when memory is short. */
m_str m_line_path(m_call *call, const char *list, uint32_t line, const char *member);
/* Forget the error (after a retry). */
void m_error_clear(m_call *call);

bool m_call_has_role(const m_call *call, const char *role);
static inline m_time m_now(const m_call *call)
{
    return call->env->now(call->env->self);
}
static inline m_id m_new_id(const m_call *call)
{
    return call->env->new_id(call->env->self);
}
/* Today in UTC. */
m_date m_today(const m_call *call);

/* Catalogue of libm_protocols itself: ends with a NULL code. */
extern const m_error_def m_core_errors[];
/* Entries every library may use. */
extern const m_error_def *const m_err_validation;   /* core.validation */
extern const m_error_def *const m_err_required;     /* core.field.required */
extern const m_error_def *const m_err_too_long;     /* core.field.too_long */
extern const m_error_def *const m_err_range;        /* core.field.range */
extern const m_error_def *const m_err_pattern;      /* core.field.pattern */
extern const m_error_def *const m_err_form;         /* core.field.form: not a number, date, … */
extern const m_error_def *const m_err_places;       /* core.field.places: too many decimal places */
extern const m_error_def *const m_err_unknown;      /* core.field.unknown */
extern const m_error_def *const m_err_read_only;    /* core.field.read_only */
extern const m_error_def *const m_err_choice;       /* core.field.choice: not one of the enum */
extern const m_error_def *const m_err_link;         /* core.link.not_found */
extern const m_error_def *const m_err_not_found;    /* core.not_found */
extern const m_error_def *const m_err_exists;       /* core.exists */
extern const m_error_def *const m_err_stale;        /* core.version.stale */
extern const m_error_def *const m_err_denied;       /* core.permission.denied */
extern const m_error_def *const m_err_unauthorized; /* core.auth.required */
extern const m_error_def *const m_err_state;        /* core.state.not_allowed */
extern const m_error_def *const m_err_key_reused;   /* core.idempotency.reused */
extern const m_error_def *const m_err_busy;         /* core.busy */
extern const m_error_def *const m_err_timeout;      /* core.timeout */
extern const m_error_def *const m_err_unavailable;  /* core.unavailable */
extern const m_error_def *const m_err_overflow;     /* core.range */
extern const m_error_def *const m_err_memory;       /* core.memory */
extern const m_error_def *const m_err_unsupported;  /* core.unsupported */
extern const m_error_def *const m_err_internal;     /* core.internal */
extern const m_error_def *const m_err_body;         /* core.body.malformed */
extern const m_error_def *const m_err_query;        /* core.query.malformed */

#endif
