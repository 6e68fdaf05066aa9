#include "identity_internal.h"

/* Refresh tokens: "mr1." tenant session "." base64url(secret); the store has a hash of the secret.
 */

enum {
    PREFIX_BYTES = 4,
    ID_CHARS = M_ID_TEXT - 1,
    SECRET_TEXT = 43,
    REFRESH_TEXT = PREFIX_BYTES + 2 * ID_CHARS + 1 + SECRET_TEXT
};

static const m_field session_fields[] = {
    M_F_ID(core_session, id, "Id", .flags = M_READONLY),
    M_F_LINK(core_session, user, "User", "core.user", .flags = M_REQUIRED),
    M_F_ID(core_session, family, "Sign-in"),
    M_F_BYTES(core_session, secret_hash, "Secret", .flags = M_SECRET, .max = HASH_BYTES),
    M_F_INT(core_session, token_epoch, "Token epoch"),
    M_F_TIME(core_session, created_at, "Created at"),
    M_F_TIME(core_session, expires_at, "Ends at"),
    M_F_ID(core_session, replaced_by, "Replaced by"),
    M_F_TIME(core_session, revoked_at, "Revoked at"),
};
static const m_index session_indexes[] = {{.fields = "user"}, {.fields = "family"}, {0}};
const m_type identity_session_type = {.name = "core.session",
                                      .schema = "core",
                                      .table = "session",
                                      .size = sizeof(core_session),
                                      .indexes = session_indexes,
                                      M_FIELDS(session_fields)};

static m_status write_token(m_call *call, m_id session, const uint8_t *secret, m_str *out)
{
    char *text = m_arena_alloc(call->arena, REFRESH_TEXT + 1);
    if (!text) return m_fail(call, m_err_memory, NULL);
    memcpy(text, "mr1.", PREFIX_BYTES);
    m_id_format(call->tenant, text + PREFIX_BYTES);
    m_id_format(session, text + PREFIX_BYTES + ID_CHARS);
    text[PREFIX_BYTES + 2 * ID_CHARS] = '.';
    sodium_bin2base64(text + PREFIX_BYTES + 2 * ID_CHARS + 1, SECRET_TEXT + 1, secret, SECRET_BYTES,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    *out = (m_str){text, REFRESH_TEXT};
    return M_OK;
}

typedef struct {
    m_id tenant;
    m_id session;
    uint8_t secret[SECRET_BYTES];
} refresh_parts;

static bool read_token(m_str text, refresh_parts *out)
{
    size_t n;
    if (text.n != REFRESH_TEXT || memcmp(text.p, "mr1.", PREFIX_BYTES) != 0) return false;
    const char *p = text.p + PREFIX_BYTES;
    if (m_id_parse((m_str){p, ID_CHARS}, &out->tenant) != M_OK) return false;
    if (m_id_parse((m_str){p + ID_CHARS, ID_CHARS}, &out->session) != M_OK) return false;
    if (p[2 * ID_CHARS] != '.') return false;
    return base64url_decode(p + 2 * ID_CHARS + 1, SECRET_TEXT, out->secret, SECRET_BYTES, &n) &&
           n == SECRET_BYTES;
}

/* A new row and its token; family null id: a new one. *out_id: the row. */
static m_status make_session(identity *id, m_call *call, const core_user *user, m_id family,
                             identity_grant *grant, m_id *out_id)
{
    uint8_t secret[SECRET_BYTES];
    randombytes_buf(secret, sizeof secret);
    core_session row = {.id = m_new_id(call),
                        .user = user->id,
                        .secret_hash = secret_hash(call->arena, secret, sizeof secret),
                        .token_epoch = user->token_epoch,
                        .created_at = m_now(call),
                        .expires_at = time_after(m_now(call), id->config.refresh_life_s)};
    row.family = m_id_is_null(family) ? row.id : family;
    if (!row.secret_hash.n) return m_fail(call, m_err_memory, NULL);
    *grant = (identity_grant){.tenant = call->tenant,
                              .user = user->id,
                              .name = user->name,
                              .email = user->email,
                              .token_epoch = user->token_epoch,
                              .roles = user->roles,
                              .expires_in_s = id->config.access_life_s};
    m_status status = write_token(call, row.id, secret, &grant->refresh_token);
    sodium_memzero(secret, sizeof secret);
    M_TRY(status);
    *out_id = row.id;
    return m_store_insert(id->config.store, call, &identity_session_type, &row);
}

/* What has ended goes; of the live ones the newest SESSIONS_MAX − 1 stay. */
static m_status prune(identity *id, m_call *call, m_id user)
{
    m_filter filter = {"user", M_OP_EQ, &user};
    m_order newest = {"created_at", true};
    m_query query = {.filters = &filter,
                     .filter_count = 1,
                     .orders = &newest,
                     .order_count = 1,
                     .limit = 10 * SESSIONS_MAX};
    m_fetch fetch = {.type = &identity_session_type, .query = &query};
    M_TRY(m_store_fetch(id->config.store, call, &fetch, 1));
    uint32_t live = 0;
    for (uint32_t i = 0; i < fetch.count; i++) {
        const core_session *row = fetch.records[i];
        bool ended = row->expires_at.us <= m_now(call).us;
        if (!ended && m_id_is_null(row->replaced_by) && !row->revoked_at.us) live++;
        if (!ended && live < SESSIONS_MAX) continue;
        M_TRY(m_store_remove(id->config.store, call, &identity_session_type, row));
    }
    return M_OK;
}

m_status session_start(identity *id, m_call *call, const core_user *user, identity_grant *grant)
{
    m_id row;
    M_TRY(prune(id, call, user->id));
    return make_session(id, call, user, (m_id){0}, grant, &row);
}

m_status grant_access(identity *id, m_call *call, identity_grant *grant)
{
    identity_principal principal = {.tenant = grant->tenant,
                                    .user = grant->user,
                                    .name = grant->name,
                                    .token_epoch = grant->token_epoch,
                                    .expires_at_s =
                                        m_now(call).us / 1000000 + id->config.access_life_s};
    for (uint32_t i = 0; i < grant->roles.count && i < IDENTITY_ROLES_MAX; i++)
        principal.roles[principal.role_count++] = *M_AT(grant->roles, m_str, i);
    return token_sign(id->config.keys, call, &principal, &grant->access_token);
}

/* ---- refresh and sign-out ---- */

typedef struct {
    identity *id;
    refresh_parts token;
    bool refused;
    const char *reason;
    identity_grant grant;
} refresh_work;

static m_status revoke_family(identity *id, m_call *call, m_id family)
{
    m_filter filter = {"family", M_OP_EQ, &family};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch fetch = {.type = &identity_session_type, .query = &query};
    M_TRY(m_store_fetch(id->config.store, call, &fetch, 1));
    for (uint32_t i = 0; i < fetch.count; i++) {
        core_session row = *(const core_session *)fetch.records[i];
        if (row.revoked_at.us) continue;
        row.revoked_at = m_now(call);
        M_TRY(m_store_update(id->config.store, call, &identity_session_type, &row));
    }
    return M_OK;
}

/* *out NULL: no such session, or the secret is another. */
static m_status find_session(refresh_work *work, m_call *call, const core_session **out)
{
    const void *found;
    M_TRY(m_store_get(work->id->config.store, call, &identity_session_type, work->token.session,
                      &found));
    const core_session *row = found;
    m_str hash = secret_hash(call->arena, work->token.secret, SECRET_BYTES);
    if (row && !hash_equal(row->secret_hash, hash)) row = NULL;
    *out = row;
    return M_OK;
}

/* A refusal is no failure of the transaction: what it revokes must be committed. */
static m_status refused(refresh_work *work, const char *reason)
{
    work->refused = true;
    work->reason = reason;
    return M_OK;
}

/* What replaced the row, when its answer may have been lost on the way: young, and nobody has used
 * it. NULL otherwise: then somebody has a copy of the row's token. */
static m_status find_unclaimed(refresh_work *work, m_call *call, const core_session *row,
                               const core_session **out)
{
    *out = NULL;
    if (row->revoked_at.us) return M_OK;
    const void *found;
    M_TRY(m_store_get(work->id->config.store, call, &identity_session_type, row->replaced_by,
                      &found));
    const core_session *next = found;
    if (!next || next->revoked_at.us || !m_id_is_null(next->replaced_by)) return M_OK;
    if (m_now(call).us < time_after(next->created_at, REFRESH_LOST_S).us) *out = next;
    return M_OK;
}

/* The row and what was handed out in vain give way to a new one. Whoever comes with the latter has
 * a copy: it is revoked and replaced. */
static m_status replace_session(refresh_work *work, m_call *call, const core_user *user,
                                const core_session *old, const core_session *unclaimed)
{
    m_store store = work->id->config.store;
    core_session row = *old;
    M_TRY(make_session(work->id, call, user, old->family, &work->grant, &row.replaced_by));
    M_TRY(m_store_update(store, call, &identity_session_type, &row));
    if (!unclaimed) return M_OK;
    core_session vain = *unclaimed;
    vain.replaced_by = row.replaced_by;
    vain.revoked_at = m_now(call);
    return m_store_update(store, call, &identity_session_type, &vain);
}

static m_status work_refresh(void *arg, m_call *call)
{
    refresh_work *work = arg;
    const core_session *old, *unclaimed = NULL;
    const core_user *user;
    work->refused = false;
    M_TRY(find_session(work, call, &old));
    if (!old) return refused(work, "unknown");
    if (old->expires_at.us <= m_now(call).us) return refused(work, "ended");
    if (!m_id_is_null(old->replaced_by)) {
        M_TRY(find_unclaimed(work, call, old, &unclaimed));
        if (!unclaimed) {
            M_TRY(revoke_family(work->id, call, old->family));
            return refused(work, "reused");
        }
    } else if (old->revoked_at.us)
        return refused(work, "ended");
    M_TRY(read_active_user(work->id, call, old->user, &user));
    if (!user || user->token_epoch != old->token_epoch) return refused(work, "user");
    return replace_session(work, call, user, old, unclaimed);
}

static m_status work_look(void *arg, m_call *call)
{
    refresh_work *work = arg;
    const core_session *row;
    M_TRY(find_session(work, call, &row));
    return row ? M_OK : refused(work, "unknown");
}

/* Anybody may send any tenant's id: only who knows a secret of it makes the tenant's writers wait.
 */
static m_status run_if_known(refresh_work *work, m_call *call,
                             m_status (*then)(void *arg, m_call *call))
{
    const identity_runner *runner = &work->id->config.runner;
    call->tenant = work->token.tenant;
    M_TRY(runner->run(runner->self, call, M_UOW_READ, work_look, work));
    if (work->refused) return M_OK;
    return runner->run(runner->self, call, M_UOW_WRITE, then, work);
}

m_status identity_refresh(identity *id, m_call *call, m_str refresh_token, identity_grant *out)
{
    refresh_work work = {.id = id};
    if (!read_token(refresh_token, &work.token))
        return m_fail(call, &core_errors[CORE_E_REFRESH], NULL);
    M_TRY(run_if_known(&work, call, work_refresh));
    if (work.refused) {
        call->env->log(call->env->self, "warn", "refresh_refused", work.reason);
        return m_fail(call, &core_errors[CORE_E_REFRESH], NULL);
    }
    M_TRY(grant_access(id, call, &work.grant));
    *out = work.grant;
    return M_OK;
}

static m_status work_sign_out(void *arg, m_call *call)
{
    refresh_work *work = arg;
    const core_session *row;
    M_TRY(find_session(work, call, &row));
    return row ? revoke_family(work->id, call, row->family) : M_OK;
}

m_status identity_sign_out(identity *id, m_call *call, m_str refresh_token)
{
    refresh_work work = {.id = id};
    if (!read_token(refresh_token, &work.token)) return M_OK;
    return run_if_known(&work, call, work_sign_out);
}
