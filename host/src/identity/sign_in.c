#include "identity_internal.h"

/* Sign-in in four steps: find the tenant, find the user, hash the password (no transaction is open
 * meanwhile), write down the outcome. Every path hashes once and writes once. */

enum { LOCK_FIRST_S = 30, LOCK_MAX_S = 900 };

static const m_field sign_in_fields[] = {
    M_F_ID(core_sign_in, user, "User", .flags = M_KEY),
    M_F_INT(core_sign_in, failures, "Failures in a row"),
    M_F_TIME(core_sign_in, locked_until, "Rests until"),
    M_F_TIME(core_sign_in, last_failure_at, "Last failure"),
    M_F_TIME(core_sign_in, last_success_at, "Last success"),
};
const m_type identity_sign_in_type = {.name = "core.sign_in",
                                      .schema = "core",
                                      .table = "sign_in",
                                      .size = sizeof(core_sign_in),
                                      M_FIELDS(sign_in_fields)};

typedef struct {
    identity *id;
    m_str email;
    const core_user *user; /* NULL: unknown */
    core_sign_in state;    /* of the user; of nobody when unknown */
    identity_grant *grant;
} attempt;

/* Failures with unknown addresses are counted too, under an id no user has: then they cost the same
 * time and leave a trace. */
static m_id nobody(const m_call *call)
{
    static const char text[] = "sign-in of nobody";
    return call->env->derive_id(call->env->self, text, sizeof text - 1);
}

static m_status read_state(attempt *a, m_call *call)
{
    const core_sign_in key = {.user = a->user ? a->user->id : nobody(call)};
    const void *found;
    M_TRY(m_store_get_key(a->id->config.store, call, &identity_sign_in_type, &key, &found));
    a->state = found ? *(const core_sign_in *)found : key;
    return M_OK;
}

static m_status work_read(void *arg, m_call *call)
{
    attempt *a = arg;
    const void *found;
    M_TRY(m_store_find_one(a->id->config.store, call, &core_user_type, "email", &a->email, &found));
    a->user = found ? m_record_copy(&core_user_type, found, call->arena) : NULL;
    if (found && !a->user) return m_fail(call, m_err_memory, NULL);
    return read_state(a, call);
}

static bool resting(const attempt *a, const m_call *call)
{
    return a->user && a->state.locked_until.us > m_now(call).us;
}

static m_status work_note_failure(void *arg, m_call *call)
{
    attempt *a = arg;
    M_TRY(read_state(a, call));
    core_sign_in row = a->state;
    row.last_failure_at = m_now(call);
    /* A resting user is not made to rest longer: else anybody could keep a user out for ever. */
    if (!resting(a, call)) {
        int64_t over = ++row.failures - a->id->config.lock_after;
        int64_t rest = over < 0 ? 0 : over > 5 ? LOCK_MAX_S : LOCK_FIRST_S << over;
        if (rest > LOCK_MAX_S) rest = LOCK_MAX_S;
        if (rest) row.locked_until = time_after(m_now(call), rest);
    }
    return m_store_put(a->id->config.store, call, &identity_sign_in_type, &row);
}

static m_status work_note_success(void *arg, m_call *call)
{
    attempt *a = arg;
    const core_user *user;
    M_TRY(read_active_user(a->id, call, a->user->id, &user));
    if (!user || !m_str_eq(user->password_hash, a->user->password_hash))
        return m_fail(call, &core_errors[CORE_E_SIGN_IN], NULL);
    M_TRY(read_state(a, call));
    core_sign_in row = {.user = user->id,
                        .last_failure_at = a->state.last_failure_at,
                        .last_success_at = m_now(call)};
    M_TRY(session_start(a->id, call, user, a->grant));
    return m_store_put(a->id->config.store, call, &identity_sign_in_type, &row);
}

static m_status refuse(attempt *a, m_call *call)
{
    const identity_runner *runner = &a->id->config.runner;
    if (!m_id_is_null(call->tenant)) {
        M_TRY(runner->run(runner->self, call, M_UOW_WRITE, work_note_failure, a));
        call->env->log(call->env->self, "warn", "sign_in_refused", a->user ? "known" : "unknown");
    }
    return m_fail(call, &core_errors[CORE_E_SIGN_IN], NULL);
}

m_status identity_sign_in(identity *id, m_call *call, m_str tenant_slug, m_str email,
                          m_str password, identity_grant *out)
{
    identity_grant grant = {0};
    attempt a = {.id = id, .email = email_normal(call->arena, email), .grant = &grant};
    const identity_runner *runner = &id->config.runner;
    m_id tenant;
    bool match;
    M_TRY(identity_find_tenant(id, call, tenant_slug, &tenant));
    call->tenant = tenant;
    if (!m_id_is_null(tenant) && a.email.n <= EMAIL_MAX)
        M_TRY(runner->run(runner->self, call, M_UOW_READ, work_read, &a));
    M_TRY(password_verify(id, call, a.user ? a.user->password_hash : (m_str){0}, password, &match));
    if (!match || a.user->state != USER_ACTIVE || resting(&a, call)) return refuse(&a, call);
    M_TRY(runner->run(runner->self, call, M_UOW_WRITE, work_note_success, &a));
    M_TRY(grant_access(id, call, &grant));
    *out = grant;
    return M_OK;
}
