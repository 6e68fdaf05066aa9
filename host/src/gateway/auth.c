/* Sign-in and the like: run by the slow worker, because password hashing takes long on purpose.
 * Identity opens its own transactions, so these jobs run outside the worker's. */
#include "auth.h"

#include "cookie.h"
#include "m_adapters/codec.h"

typedef struct {
    m_str tenant, email, password;
    bool cookie;
} sign_in_body;
static const m_field sign_in_fields[] = {
    M_F_STR(sign_in_body, tenant, "Tenant", .fallback = "main", .max = 40),
    M_F_STR(sign_in_body, email, "E-mail", .flags = M_REQUIRED, .max = 254),
    M_F_STR(sign_in_body, password, "Password", .flags = M_REQUIRED, .max = 1024),
    M_F_BOOL(sign_in_body, cookie, "Keep the refresh token in a cookie"),
};
static const m_type sign_in_type = {
    .name = "auth.sign_in", .size = sizeof(sign_in_body), M_FIELDS(sign_in_fields)};

typedef struct {
    m_str refresh_token;
    bool cookie;
} refresh_body;
static const m_field refresh_fields[] = {
    M_F_STR(refresh_body, refresh_token, "Refresh token", .max = 400),
    M_F_BOOL(refresh_body, cookie, "The refresh token is in a cookie"),
};
static const m_type refresh_type = {
    .name = "auth.refresh", .size = sizeof(refresh_body), M_FIELDS(refresh_fields)};

typedef struct {
    m_str old_password, new_password;
} password_body;
static const m_field password_fields[] = {
    M_F_STR(password_body, old_password, "Old password", .flags = M_REQUIRED, .max = 1024),
    M_F_STR(password_body, new_password, "New password", .flags = M_REQUIRED, .max = 1024),
};
static const m_type password_type = {
    .name = "auth.password", .size = sizeof(password_body), M_FIELDS(password_fields)};

typedef struct {
    m_str role;
} role_item;
static const m_field role_fields[] = {M_F_STR(role_item, role, "Role", .flags = M_REQUIRED)};
static const m_type role_type = {
    .name = "auth.role", .size = sizeof(role_item), M_FIELDS(role_fields)};
typedef struct {
    m_str name;
    m_id user;
    m_list roles; /* role_item */
    m_time expires_at;
} api_key_body;
static const m_field api_key_fields[] = {
    M_F_STR(api_key_body, name, "Name", .flags = M_REQUIRED),
    M_F_LINK(api_key_body, user, "User", "core.user", .flags = M_REQUIRED),
    M_F_LIST(api_key_body, roles, "Roles", &role_type, .max = IDENTITY_ROLES_MAX),
    M_F_TIME(api_key_body, expires_at, "Expires at"),
};
static const m_type api_key_type = {
    .name = "auth.api_key", .size = sizeof(api_key_body), M_FIELDS(api_key_fields)};

static m_status body_read(http_job *j, m_call *call, const m_type *type, void **out)
{
    *out = m_record_new(type, call->arena);
    if (!*out) return m_fail(call, m_err_memory, NULL);
    return m_json_read(call, type, j->request->body, M_JSON_CREATE, *out, NULL);
}

static void grant_write(const identity_grant *grant, bool cookie, m_buf *out)
{
    char user[M_ID_TEXT], tenant[M_ID_TEXT];
    m_id_format(grant->user, user);
    m_id_format(grant->tenant, tenant);
    m_buf_text(out, "{\"access_token\":");
    m_json_string(out, grant->access_token);
    if (!cookie) {
        m_buf_text(out, ",\"refresh_token\":");
        m_json_string(out, grant->refresh_token);
    }
    m_buf_format(out,
                 ",\"token_type\":\"Bearer\",\"expires_in\":%lld,\"tenant\":\"%s\",\"user\":\"%s\","
                 "\"name\":",
                 (long long)grant->expires_in_s, tenant, user);
    m_json_string(out, grant->name);
    m_buf_text(out, "}");
}

/* A browser keeps the cookie as long as a token may live; identity says when this one ends. */
static m_status keep_in_cookie(http_job *j, m_call *call, m_str token)
{
    j->set_cookie = cookie_text(j, token, IDENTITY_REFRESH_LIFE_S);
    return j->set_cookie.n ? M_OK : m_fail(call, m_err_memory, NULL);
}

/* Whom the new cookie replaces is signed out: as another user, or in another company. */
static m_status end_replaced(http_job *j, m_call *call)
{
    m_str old = cookie_token(j);
    if (!old.n || cookie_check_origin(j, call) != M_OK) return M_OK;
    return identity_sign_out(j->gateway->config.identity, call, old);
}

static m_status sign_in(http_job *j, m_call *call, m_buf *out)
{
    void *record;
    M_TRY(body_read(j, call, &sign_in_type, &record));
    const sign_in_body *body = record;
    identity_grant grant;
    M_TRY(identity_sign_in(j->gateway->config.identity, call, body->tenant, body->email,
                           body->password, &grant));
    if (body->cookie) {
        M_TRY(end_replaced(j, call));
        M_TRY(keep_in_cookie(j, call, grant.refresh_token));
    }
    grant_write(&grant, body->cookie, out);
    return M_OK;
}

/* The token of the body, or that of the browser's cookie. */
static m_status read_refresh(http_job *j, m_call *call, m_str *out_token, bool *out_cookie)
{
    void *record;
    M_TRY(body_read(j, call, &refresh_type, &record));
    const refresh_body *body = record;
    if (!body->cookie && !body->refresh_token.n)
        m_field_fail(call, m_err_required, M_STR("refresh_token"), NULL);
    M_TRY(m_failed_fields(call));
    if (body->cookie) M_TRY(cookie_check_origin(j, call));
    *out_token = body->cookie ? cookie_token(j) : body->refresh_token;
    *out_cookie = body->cookie;
    return M_OK;
}

static m_status refresh(http_job *j, m_call *call, m_buf *out)
{
    m_str token;
    bool cookie;
    M_TRY(read_refresh(j, call, &token, &cookie));
    identity_grant grant;
    M_TRY(identity_refresh(j->gateway->config.identity, call, token, &grant));
    if (cookie) M_TRY(keep_in_cookie(j, call, grant.refresh_token));
    grant_write(&grant, cookie, out);
    return M_OK;
}

static m_status sign_out(http_job *j, m_call *call, m_buf *out)
{
    m_str token;
    bool cookie;
    M_TRY(read_refresh(j, call, &token, &cookie));
    M_TRY(identity_sign_out(j->gateway->config.identity, call, token));
    if (cookie) M_TRY(keep_in_cookie(j, call, (m_str){NULL, 0}));
    m_buf_text(out, "{}");
    return M_OK;
}

static m_status password(http_job *j, m_call *call, m_buf *out)
{
    void *record;
    M_TRY(body_read(j, call, &password_type, &record));
    const password_body *body = record;
    M_TRY(identity_change_password(j->gateway->config.identity, call, body->old_password,
                                   body->new_password));
    m_buf_text(out, "{}");
    return M_OK;
}

static m_status api_key(http_job *j, m_call *call, m_buf *out)
{
    void *record;
    M_TRY(body_read(j, call, &api_key_type, &record));
    const api_key_body *body = record;
    m_id id;
    m_str text;
    M_TRY(identity_create_api_key(j->gateway->config.identity, call, body->name, body->user,
                                  body->roles.items, body->roles.count, body->expires_at, &id,
                                  &text));
    char id_text[M_ID_TEXT];
    m_id_format(id, id_text);
    m_buf_format(out, "{\"id\":\"%s\",\"api_key\":", id_text);
    m_json_string(out, text);
    m_buf_text(out, "}");
    return M_OK;
}

static m_status run(http_job *j, m_call *call, m_buf *out)
{
    switch (j->route.kind) {
    case ROUTE_SIGN_IN:
        return sign_in(j, call, out);
    case ROUTE_REFRESH:
        return refresh(j, call, out);
    case ROUTE_SIGN_OUT:
        return sign_out(j, call, out);
    case ROUTE_PASSWORD:
        return password(j, call, out);
    case ROUTE_API_KEY:
        return api_key(j, call, out);
    default:
        return m_fail(call, m_err_internal, NULL);
    }
}

void auth_run(job *base)
{
    http_job *j = (http_job *)base;
    m_call call = http_job_call(j);
    call.uow = NULL;
    if (j->api_key.n) {
        m_str text = j->api_key;
        j->api_key = (m_str){NULL, 0};
        if (identity_verify_api_key(j->gateway->config.identity, &call, text, &j->who) == M_OK)
            gateway_dispatch(j);
        else
            http_job_refuse(j, &call);
        return;
    }
    if (!m_id_is_null(j->who.user)) identity_apply(&j->who, &call);
    m_buf out = {.arena = j->arena};
    m_status status = run(j, &call, &out);
    if (status == M_OK && out.failed) status = m_fail(&call, m_err_memory, NULL);
    http_header cookie = {M_STR("set-cookie"), j->set_cookie};
    if (status == M_OK)
        http_job_answer_with(j, j->route.kind == ROUTE_API_KEY ? 201 : 200, NULL, &cookie,
                             j->set_cookie.n ? 1 : 0, m_buf_str(&out));
    else
        http_job_refuse(j, &call);
}
