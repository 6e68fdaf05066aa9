#include "identity_internal.h"

/* Life cycle: active ⇄ disabled. A disabled user gets no new tokens; see identity.h for how long an
 * access token already given goes on. */

static const char *const user_states[] = {"active", "disabled", NULL};

static const m_field role_fields[] = {
    M_F_STR(core_user_role, role, "Role", .flags = M_REQUIRED, .max = ROLE_NAME_MAX),
};
const m_type core_user_role_type = {
    .name = "core.user_role", .size = sizeof(core_user_role), M_FIELDS(role_fields)};

static const m_field user_fields[] = {
    M_DOC_FIELDS(core_user, user_states),
    M_F_STR(core_user, email, "E-mail", .flags = M_REQUIRED | M_UNIQUE, .max = EMAIL_MAX),
    M_F_STR(core_user, name, "Name", .flags = M_REQUIRED, .max = 100),
    M_F_STR(core_user, password_hash, "Password", .flags = M_READONLY | M_SECRET | M_HIDDEN,
            .max = crypto_pwhash_STRBYTES),
    M_F_INT(core_user, token_epoch, "Token epoch", .flags = M_READONLY | M_HIDDEN),
    M_F_LIST(core_user, roles, "Roles", &core_user_role_type, .max = IDENTITY_ROLES_MAX),
};
const m_type core_user_type = {.name = "core.user",
                               .schema = "core",
                               .table = "app_user",
                               .size = sizeof(core_user),
                               M_FIELDS(user_fields)};

static const m_permission administrators[] = {{ROLE_ADMINISTRATOR, M_CAN_ALL}, {NULL, 0}};

static bool is_administrator(const core_user *user)
{
    return user->state == USER_ACTIVE && roles_have(&user->roles, M_STR(ROLE_ADMINISTRATOR));
}

/* Somebody must be left who can let others in. */
static m_status check_administrator_left(const identity_part *part, m_call *call, m_id leaving)
{
    m_enum active = USER_ACTIVE;
    m_filter filter = {"state", M_OP_EQ, &active};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch fetch = {.type = &core_user_type, .query = &query};
    M_TRY(m_store_fetch(part->store, call, &fetch, 1));
    for (uint32_t i = 0; i < fetch.count; i++) {
        const core_user *user = fetch.records[i];
        if (!m_id_eq(user->id, leaving) && is_administrator(user)) return M_OK;
    }
    return m_fail(call, &core_errors[CORE_E_LAST_ADMIN], NULL);
}

static void check_email(m_call *call, m_str email)
{
    const char *at = email.n ? memchr(email.p, '@', email.n) : NULL;
    bool ok = at && at > email.p && at < email.p + email.n - 1;
    for (size_t i = 0; ok && i < email.n; i++)
        ok = (unsigned char)email.p[i] > ' ';
    if (!ok) m_field_fail(call, m_err_form, M_STR("email"), "an e-mail address");
}

static m_status user_check(void *module, m_call *call, void *doc, const void *before)
{
    identity_part *part = module;
    core_user *user = doc;
    const core_user *was = before;
    user->email = email_normal(call->arena, user->email);
    check_email(call, user->email);
    M_TRY(roles_check(part->identity, call, &user->roles));
    M_TRY(m_failed_fields(call));
    if (was && is_administrator(was) && !is_administrator(user))
        return check_administrator_left(part, call, user->id);
    return M_OK;
}

static m_status user_delete(void *module, m_call *call, const void *doc)
{
    const core_user *user = doc;
    if (is_administrator(user)) return check_administrator_left(module, call, user->id);
    return M_OK;
}

/* ---- moves ---- */

typedef struct {
    m_str password;
} password_input;
static const m_field password_fields[] = {
    M_F_STR(password_input, password, "New password", .flags = M_REQUIRED | M_SECRET,
            .max = PASSWORD_BYTES_MAX),
};
static const m_type password_type = {
    .name = "core.user_set_password", .size = sizeof(password_input), M_FIELDS(password_fields)};

static m_status clear_failures(const identity_part *part, m_call *call, m_id user)
{
    const core_sign_in key = {.user = user};
    const void *found;
    M_TRY(m_store_get_key(part->store, call, &identity_sign_in_type, &key, &found));
    if (!found) return M_OK;
    core_sign_in row = *(const core_sign_in *)found;
    row.failures = 0;
    row.locked_until = (m_time){0};
    return m_store_put(part->store, call, &identity_sign_in_type, &row);
}

static m_status set_password(void *module, m_call *call, void *doc, const void *input)
{
    identity_part *part = module;
    core_user *user = doc;
    m_str password = ((const password_input *)input)->password;
    if (!part->identity) return m_fail(call, &core_errors[CORE_E_PASSWORD_OFF], NULL);
    password_check(part->identity, call, password, user->email, user->name, "password");
    M_TRY(m_failed_fields(call));
    M_TRY(password_hash(part->identity, call, password, &user->password_hash));
    user->token_epoch++;
    return clear_failures(part, call, user->id);
}

static m_status disable(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    core_user *user = doc;
    if (roles_have(&user->roles, M_STR(ROLE_ADMINISTRATOR)))
        M_TRY(check_administrator_left(module, call, user->id));
    user->token_epoch++;
    return M_OK;
}

static m_status end_sessions(void *module, m_call *call, void *doc, const void *input)
{
    (void)module, (void)call, (void)input;
    ((core_user *)doc)->token_epoch++;
    return M_OK;
}

static m_status unlock(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    return clear_failures(module, call, ((const core_user *)doc)->id);
}

static const m_move user_moves[] = {
    {"set-password", "Set password", "active,disabled", NULL, M_CAN_WRITE, 0, &password_type,
     set_password},
    {"disable", "Disable", "active", "disabled", M_CAN_WRITE, 0, NULL, disable},
    {"enable", "Enable", "disabled", "active", M_CAN_WRITE, M_MOVE_PRIMARY, NULL, NULL},
    {"end-sessions", "Sign out everywhere", "active,disabled", NULL, M_CAN_WRITE, 0, NULL,
     end_sessions},
    {"unlock", "Forget failed sign-ins", "active,disabled", NULL, M_CAN_WRITE, 0, NULL, unlock},
    {0}};
static const m_lifecycle user_life = {user_states, "active,disabled", user_moves};

const m_doctype identity_user_doctype = {.type = &core_user_type,
                                         .module = "core",
                                         .collection = "users",
                                         .label = "User",
                                         .label_plural = "Users",
                                         .group = "Access",
                                         .life = &user_life,
                                         .permissions = administrators,
                                         .list_columns = "email,name,state",
                                         .search_fields = "email,name",
                                         .title_field = "name",
                                         .check = user_check,
                                         .on_delete = user_delete};

/* ---- for boot, the command line and the user's own page ---- */

typedef struct {
    identity *id;
    core_user *user;
    m_str email;
    m_str hash;
    m_id by_id;
    const core_user *found;
} user_work;

static m_status work_create(void *arg, m_call *call)
{
    user_work *work = arg;
    m_store store = work->id->config.store;
    const void *there;
    M_TRY(m_store_find_one(store, call, &core_user_type, "email", &work->user->email, &there));
    if (there) return m_fail(call, &core_errors[CORE_E_EMAIL_TAKEN], NULL);
    core_user *user = work->user;
    user->id = m_new_id(call);
    user->version = 1;
    user->created_by = user->modified_by = call->actor;
    user->created_at = user->modified_at = m_now(call);
    M_TRY(m_store_insert(store, call, &core_user_type, user));
    return identity_audit(work->id, call, core_user_type.name, user->id, 1, "create");
}

static m_status fill_roles(m_call *call, core_user *user, const m_str *roles, uint32_t n)
{
    core_user_role *rows = m_arena_array(call->arena, n, sizeof *rows);
    if (!rows) return m_fail(call, m_err_memory, NULL);
    for (uint32_t i = 0; i < n; i++)
        rows[i].role = roles[i];
    user->roles = (m_list){rows, n};
    return M_OK;
}

m_status identity_create_user(identity *id, m_call *call, m_str email, m_str name, m_str password,
                              const m_str *roles, uint32_t role_count, m_id *out)
{
    if (!m_may(call, &identity_user_doctype, M_CAN_CREATE)) return m_fail(call, m_err_denied, NULL);
    core_user *user = m_record_new(&core_user_type, call->arena);
    if (!user) return m_fail(call, m_err_memory, NULL);
    user->email = email_normal(call->arena, email);
    user->name = m_str_trim(name);
    M_TRY(fill_roles(call, user, roles, role_count));
    m_record_validate(call, &core_user_type, user, "");
    check_email(call, user->email);
    M_TRY(roles_check(id, call, &user->roles));
    password_check(id, call, password, user->email, user->name, "password");
    M_TRY(m_failed_fields(call));
    M_TRY(password_hash(id, call, password, &user->password_hash));
    user_work work = {.id = id, .user = user};
    M_TRY(id->config.runner.run(id->config.runner.self, call, M_UOW_WRITE, work_create, &work));
    *out = user->id;
    return M_OK;
}

static m_status work_find(void *arg, m_call *call)
{
    user_work *work = arg;
    m_store store = work->id->config.store;
    const void *found;
    if (m_id_is_null(work->by_id))
        M_TRY(m_store_find_one(store, call, &core_user_type, "email", &work->email, &found));
    else
        M_TRY(m_store_get(store, call, &core_user_type, work->by_id, &found));
    if (!found) return m_fail(call, m_err_not_found, NULL);
    work->found = m_record_copy(&core_user_type, found, call->arena);
    return work->found ? M_OK : m_fail(call, m_err_memory, NULL);
}

static m_status work_set_hash(void *arg, m_call *call)
{
    user_work *work = arg;
    M_TRY(work_find(arg, call));
    core_user user = *work->found;
    user.version++;
    user.password_hash = work->hash;
    user.token_epoch++;
    user.modified_by = call->actor;
    user.modified_at = m_now(call);
    const identity_part part = {work->id->config.store, work->id};
    M_TRY(clear_failures(&part, call, user.id));
    M_TRY(m_store_update(work->id->config.store, call, &core_user_type, &user));
    return identity_audit(work->id, call, core_user_type.name, user.id, user.version,
                          "set-password");
}

/* Hashing happens between two transactions: it is slow, and writers wait for each other. */
static m_status replace_password(user_work *work, m_call *call, m_str password, const char *path)
{
    identity *id = work->id;
    password_check(id, call, password, work->found->email, work->found->name, path);
    M_TRY(m_failed_fields(call));
    M_TRY(password_hash(id, call, password, &work->hash));
    return id->config.runner.run(id->config.runner.self, call, M_UOW_WRITE, work_set_hash, work);
}

m_status identity_set_password(identity *id, m_call *call, m_str email, m_str password)
{
    if (!m_may(call, &identity_user_doctype, M_CAN_WRITE)) return m_fail(call, m_err_denied, NULL);
    user_work work = {.id = id, .email = email_normal(call->arena, email)};
    M_TRY(id->config.runner.run(id->config.runner.self, call, M_UOW_READ, work_find, &work));
    return replace_password(&work, call, password, "password");
}

m_status identity_change_password(identity *id, m_call *call, m_str old_password,
                                  m_str new_password)
{
    if (m_id_is_null(call->actor)) return m_fail(call, m_err_unauthorized, NULL);
    user_work work = {.id = id, .by_id = call->actor};
    M_TRY(id->config.runner.run(id->config.runner.self, call, M_UOW_READ, work_find, &work));
    bool match;
    M_TRY(password_verify(id, call, work.found->password_hash, old_password, &match));
    if (!match) return m_fail(call, &core_errors[CORE_E_SIGN_IN], NULL);
    return replace_password(&work, call, new_password, "new_password");
}
