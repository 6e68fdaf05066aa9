/* The error catalogue of libm_protocols. Codes are stable: they are documented and never change. */
#include "m/call.h"

enum {
    E_VALIDATION,
    E_REQUIRED,
    E_TOO_LONG,
    E_RANGE,
    E_PATTERN,
    E_FORM,
    E_PLACES,
    E_UNKNOWN,
    E_READ_ONLY,
    E_CHOICE,
    E_LINK,
    E_NOT_FOUND,
    E_EXISTS,
    E_STALE,
    E_DENIED,
    E_UNAUTHORIZED,
    E_STATE,
    E_KEY_REUSED,
    E_BUSY,
    E_TIMEOUT,
    E_UNAVAILABLE,
    E_OVERFLOW,
    E_MEMORY,
    E_UNSUPPORTED,
    E_INTERNAL,
    E_BODY,
    E_QUERY,
    E_END
};

const m_error_def m_core_errors[] = {
    [E_VALIDATION] = {"core.validation", M_INVALID, "The input is not valid: %s.",
                      "Correct the fields listed here and send the request again."},
    [E_REQUIRED] = {"core.field.required", M_INVALID, "This field is required.",
                    "Give it a value."},
    [E_TOO_LONG] = {"core.field.too_long", M_INVALID, "This value is too long: %s.", "Shorten it."},
    [E_RANGE] = {"core.field.range", M_INVALID, "This value is out of range: %s.",
                 "Give a value inside the limits."},
    [E_PATTERN] = {"core.field.pattern", M_INVALID, "This text does not have the right form: %s.",
                   "Write it in the form shown in the help of the field."},
    [E_FORM] = {"core.field.form", M_INVALID, "This value cannot be read: %s.",
                "Amounts are texts such as \"12.50\", dates are written YYYY-MM-DD, times "
                "YYYY-MM-DDThh:mm:ssZ."},
    [E_PLACES] = {"core.field.places", M_INVALID, "This number has too many decimal places: %s.",
                  "Round it before sending it."},
    [E_UNKNOWN] = {"core.field.unknown", M_INVALID, "There is no such field: %s.",
                   "Check the spelling against the metadata of this type."},
    [E_READ_ONLY] = {"core.field.read_only", M_INVALID,
                     "This field is set by the system and cannot be given.",
                     "Leave it out of the request."},
    [E_CHOICE] = {"core.field.choice", M_INVALID, "This is not one of the choices: %s.",
                  "Use one of the listed values, spelled exactly so."},
    [E_LINK] = {"core.link.not_found", M_INVALID, "The linked document does not exist: %s.",
                "Choose an existing document, or create it first."},
    [E_NOT_FOUND] = {"core.not_found", M_NOT_FOUND, "There is no such document: %s.",
                     "Check the address or the id; it may have been deleted."},
    [E_EXISTS] = {"core.exists", M_EXISTS, "This value is already taken: %s.",
                  "Choose another value, or change the document that has it."},
    [E_STALE] = {"core.version.stale", M_CONFLICT,
                 "Somebody else changed this document in the meantime: %s.",
                 "Load it again, repeat your change and save."},
    [E_DENIED] = {"core.permission.denied", M_DENIED, "You may not do this: %s.",
                  "Ask an administrator for a role that allows it."},
    [E_UNAUTHORIZED] = {"core.auth.required", M_UNAUTHORIZED, "You are not signed in: %s.",
                        "Sign in, or send a valid token or API key."},
    [E_STATE] = {"core.state.not_allowed", M_PRECONDITION,
                 "The document is in a state that does not allow this: %s.",
                 "Look at the actions that the document offers now."},
    [E_KEY_REUSED] = {"core.idempotency.reused", M_CONFLICT,
                      "This idempotency key was already used for another request: %s.",
                      "Use a new key for every new request; keep the key only to repeat it."},
    [E_BUSY] = {"core.busy", M_AGAIN, "The system is too busy right now: %s.",
                "Send the same request again in a moment."},
    [E_TIMEOUT] = {"core.timeout", M_TIMEOUT, "The work took longer than allowed: %s.",
                   "Send the same request again with the same idempotency key."},
    [E_UNAVAILABLE] = {"core.unavailable", M_UNAVAILABLE,
                       "A service that is needed cannot be reached: %s.",
                       "Try again later; a write with the same idempotency key is made once."},
    [E_OVERFLOW] = {"core.range", M_RANGE, "A number became too large: %s.",
                    "Amounts and quantities must stay below 1,000,000,000,000."},
    [E_MEMORY] = {"core.memory", M_NOMEM, "The request needs more memory than it may use: %s.",
                  "Send less at once."},
    [E_UNSUPPORTED] = {"core.unsupported", M_UNSUPPORTED, "This is not supported: %s.",
                       "Check the metadata for what this type or report offers."},
    [E_INTERNAL] = {"core.internal", M_INTERNAL, "Something went wrong on our side: %s.",
                    "Try again; if it stays, report it with the request id."},
    [E_BODY] = {"core.body.malformed", M_INVALID, "What was sent cannot be read: %s.",
                "Send UTF-8: one JSON object, or a file of the kind that is asked for."},
    [E_QUERY] = {"core.query.malformed", M_INVALID, "The query cannot be read: %s.",
                 "Check the names and values behind the question mark."},
    [E_END] = {NULL, M_OK, NULL, NULL},
};

const m_error_def *const m_err_validation = &m_core_errors[E_VALIDATION];
const m_error_def *const m_err_required = &m_core_errors[E_REQUIRED];
const m_error_def *const m_err_too_long = &m_core_errors[E_TOO_LONG];
const m_error_def *const m_err_range = &m_core_errors[E_RANGE];
const m_error_def *const m_err_pattern = &m_core_errors[E_PATTERN];
const m_error_def *const m_err_form = &m_core_errors[E_FORM];
const m_error_def *const m_err_places = &m_core_errors[E_PLACES];
const m_error_def *const m_err_unknown = &m_core_errors[E_UNKNOWN];
const m_error_def *const m_err_read_only = &m_core_errors[E_READ_ONLY];
const m_error_def *const m_err_choice = &m_core_errors[E_CHOICE];
const m_error_def *const m_err_link = &m_core_errors[E_LINK];
const m_error_def *const m_err_not_found = &m_core_errors[E_NOT_FOUND];
const m_error_def *const m_err_exists = &m_core_errors[E_EXISTS];
const m_error_def *const m_err_stale = &m_core_errors[E_STALE];
const m_error_def *const m_err_denied = &m_core_errors[E_DENIED];
const m_error_def *const m_err_unauthorized = &m_core_errors[E_UNAUTHORIZED];
const m_error_def *const m_err_state = &m_core_errors[E_STATE];
const m_error_def *const m_err_key_reused = &m_core_errors[E_KEY_REUSED];
const m_error_def *const m_err_busy = &m_core_errors[E_BUSY];
const m_error_def *const m_err_timeout = &m_core_errors[E_TIMEOUT];
const m_error_def *const m_err_unavailable = &m_core_errors[E_UNAVAILABLE];
const m_error_def *const m_err_overflow = &m_core_errors[E_OVERFLOW];
const m_error_def *const m_err_memory = &m_core_errors[E_MEMORY];
const m_error_def *const m_err_unsupported = &m_core_errors[E_UNSUPPORTED];
const m_error_def *const m_err_internal = &m_core_errors[E_INTERNAL];
const m_error_def *const m_err_body = &m_core_errors[E_BODY];
const m_error_def *const m_err_query = &m_core_errors[E_QUERY];
