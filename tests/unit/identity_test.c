/* Identity on the memory store: sign-in, sessions, API keys, users as documents. */
#include <check.h>
#include <stdlib.h>

#include "identity.h"
#include "identity_internal.h"
#include "m_adapters/memory.h"
#include "test_env.h"

#define SECOND   INT64_C(1000000)
#define PASSWORD M_STR("correct horse battery")

static m_call *call;
static m_memory_db *db;
static m_uow *uow;
static identity_keys *keys;
static identity *id;
static identity_part part;
static m_id tenant;
static m_id ann;
static bool in_transaction;

static m_status run(void *self, m_call *c, m_uow_mode mode, m_status (*work)(void *, m_call *),
                    void *arg)
{
    (void)self;
    ck_assert_msg(!in_transaction, "a transaction inside another");
    in_transaction = true;
    m_status status = uow->ops->begin(uow, c, mode, NULL, 0);
    ck_assert_int_eq(status, M_OK);
    status = work(arg, c);
    if (status == M_OK && mode == M_UOW_WRITE)
        status = uow->ops->commit(uow, c);
    else
        uow->ops->rollback(uow);
    in_transaction = false;
    return status;
}

static identity_config config(void)
{
    return (identity_config){.store = m_memory_store(db),
                             .runner = {run, NULL},
                             .keys = keys,
                             .password_passes = crypto_pwhash_OPSLIMIT_MIN,
                             .password_memory_bytes = crypto_pwhash_MEMLIMIT_MIN};
}

static m_id add_user(const char *email, const char *role)
{
    m_str roles[] = {m_str_of(role)};
    m_id user;
    call->system = true;
    ck_assert_int_eq(
        identity_create_user(id, call, m_str_of(email), M_STR("Ann"), PASSWORD, roles, 1, &user),
        M_OK);
    call->system = false;
    return user;
}

static void setup(void)
{
    static const uint32_t ids[] = {7};
    static const uint8_t bytes[][IDENTITY_KEY_BYTES] = {{1, 2, 3}};
    call = test_call();
    db = m_memory_db_new();
    uow = m_memory_uow(db);
    in_transaction = false;
    ck_assert_int_eq(identity_keys_make(ids, bytes, 1, &keys), M_OK);
    identity_config c = config();
    ck_assert_int_eq(identity_open(&c, &id), M_OK);
    part = (identity_part){m_memory_store(db), id};
    ck_assert_int_eq(identity_create_tenant(id, call, M_STR("acme"), M_STR("Acme"), &tenant), M_OK);
    call->tenant = tenant;
    ann = add_user("ann@example.org", "Administrator");
}

static void teardown(void)
{
    identity_close(id);
    identity_keys_free(keys);
    m_memory_db_free(db);
    test_call_free(call);
}

static m_status sign_in(const char *slug, const char *email, m_str password, identity_grant *out)
{
    m_error_clear(call);
    call->tenant = (m_id){0};
    m_status status = identity_sign_in(id, call, m_str_of(slug), m_str_of(email), password, out);
    call->tenant = tenant;
    return status;
}

static m_status refresh(m_str token, identity_grant *out)
{
    m_error_clear(call);
    m_status status = identity_refresh(id, call, token, out);
    call->tenant = tenant;
    return status;
}

static bool is_code(const char *code)
{
    return m_str_is(call->error.code, code);
}

static bool field_is_wrong(const char *path, const char *code)
{
    for (uint32_t i = 0; i < call->error.field_count; i++)
        if (m_str_is(call->error.fields[i].path, path) &&
            m_str_is(call->error.fields[i].code, code))
            return true;
    return false;
}

/* Read a record outside of any other transaction. */
static const void *stored(const m_type *type, m_id key)
{
    const void *found;
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_READ, NULL, 0), M_OK);
    ck_assert_int_eq(m_store_get(m_memory_store(db), call, type, key, &found), M_OK);
    uow->ops->rollback(uow);
    return found;
}

/* One of the user's moves, as the documents service makes it. */
static m_status act(const m_doctype *doctype, m_id doc_id, const char *action, const void *input)
{
    m_store store = m_memory_store(db);
    const void *found;
    m_error_clear(call);
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0), M_OK);
    ck_assert_int_eq(m_store_get(store, call, doctype->type, doc_id, &found), M_OK);
    m_doc *doc = m_record_copy(doctype->type, found, call->arena);
    const m_move *move = m_lifecycle_find(doctype->life, m_str_of(action));
    ck_assert_ptr_nonnull(move);
    m_status status = m_move_allowed(doctype->life, move, doc->state) ? M_OK : M_PRECONDITION;
    if (status == M_OK && move->effect) status = move->effect(&part, call, doc, input);
    if (status == M_OK && move->to)
        doc->state = m_state_index(doctype->life->states, m_str_of(move->to));
    doc->version++;
    if (status == M_OK) status = m_store_update(store, call, doctype->type, doc);
    if (status == M_OK)
        ck_assert_int_eq(uow->ops->commit(uow, call), M_OK);
    else
        uow->ops->rollback(uow);
    return status;
}

/* ---- sign-in ---- */

START_TEST(a_good_sign_in_gives_both_tokens)
{
    identity_grant grant;
    identity_principal who;
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &grant), M_OK);
    ck_assert(m_id_eq(grant.user, ann) && m_id_eq(grant.tenant, tenant));
    ck_assert_int_eq(grant.expires_in_s, 900);
    ck_assert(m_str_is(grant.email, "ann@example.org"));
    ck_assert_int_eq(
        identity_verify_token(keys, grant.access_token, m_now(call), call->arena, &who), M_OK);
    ck_assert(m_id_eq(who.user, ann) && m_id_eq(who.tenant, tenant));
    ck_assert(m_str_is(who.name, "Ann"));
    ck_assert_uint_eq(who.role_count, 1);
    ck_assert(m_str_is(who.roles[0], "Administrator"));
    ck_assert_int_eq(who.expires_at_s, m_now(call).us / SECOND + 900);
    identity_apply(&who, call);
    ck_assert(m_call_has_role(call, "Administrator"));
    ck_assert(m_id_eq(call->actor, ann) && !call->system);
}
END_TEST

START_TEST(the_address_is_read_ignoring_case)
{
    identity_grant grant;
    ck_assert_int_eq(sign_in("acme", "  Ann@Example.ORG ", PASSWORD, &grant), M_OK);
}
END_TEST

START_TEST(every_refusal_is_the_same)
{
    static char longest[300];
    memset(longest, 'a', sizeof longest - 1);
    add_user("off@example.org", "Auditor");
    const core_user *off;
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_READ, NULL, 0), M_OK);
    m_str email = M_STR("off@example.org");
    const void *found;
    ck_assert_int_eq(
        m_store_find_one(m_memory_store(db), call, &core_user_type, "email", &email, &found), M_OK);
    uow->ops->rollback(uow);
    off = found;
    ck_assert_int_eq(act(&identity_user_doctype, off->id, "disable", NULL), M_OK);
    const struct {
        const char *slug, *email, *password;
    } cases[] = {{"acme", "ann@example.org", "wrong"},
                 {"acme", "ann@example.org", ""},
                 {"acme", "ann@example.org", longest},
                 {"acme", "nobody@example.org", "correct horse battery"},
                 {"acme", "", "correct horse battery"},
                 {"acme", longest, "correct horse battery"},
                 {"acme", "off@example.org", "correct horse battery"},
                 {"other", "ann@example.org", "correct horse battery"},
                 {"", "ann@example.org", "correct horse battery"},
                 {"ACME", "ann@example.org", "correct horse battery"},
                 {longest, "ann@example.org", "correct horse battery"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        identity_grant grant = {.expires_in_s = 42};
        ck_assert_int_eq(
            sign_in(cases[i].slug, cases[i].email, m_str_of(cases[i].password), &grant),
            M_UNAUTHORIZED);
        ck_assert_msg(is_code("core.auth.failed"), "case %zu", i);
        ck_assert_uint_eq(call->error.field_count, 0);
        ck_assert_int_eq(grant.expires_in_s, 42);
    }
}
END_TEST

START_TEST(another_tenant_is_another_world)
{
    identity_grant grant;
    m_id second;
    ck_assert_int_eq(identity_create_tenant(id, call, M_STR("beta"), M_STR("Beta"), &second), M_OK);
    ck_assert_int_eq(sign_in("beta", "ann@example.org", PASSWORD, &grant), M_UNAUTHORIZED);
    call->tenant = second;
    m_id other = add_user("ann@example.org", "Auditor");
    ck_assert_int_eq(sign_in("beta", "ann@example.org", PASSWORD, &grant), M_OK);
    ck_assert(m_id_eq(grant.user, other) && m_id_eq(grant.tenant, second));
}
END_TEST

static void fail_times(int n)
{
    identity_grant grant;
    for (int i = 0; i < n; i++)
        ck_assert_int_eq(sign_in("acme", "ann@example.org", M_STR("wrong"), &grant),
                         M_UNAUTHORIZED);
}

START_TEST(ten_failures_make_a_user_rest)
{
    identity_grant grant;
    fail_times(9);
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &grant), M_OK);
    fail_times(10);
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &grant), M_UNAUTHORIZED);
    test_advance_us(call, 29 * SECOND);
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &grant), M_UNAUTHORIZED);
    test_advance_us(call, 2 * SECOND);
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &grant), M_OK);
}
END_TEST

START_TEST(every_further_failure_doubles_the_rest)
{
    static const int64_t rests_s[] = {30, 60, 120, 240, 480, 900, 900};
    identity_grant grant;
    fail_times(9);
    for (size_t i = 0; i < sizeof rests_s / sizeof rests_s[0]; i++) {
        fail_times(1);
        fail_times(3); /* while resting: counts for nothing */
        test_advance_us(call, (rests_s[i] - 1) * SECOND);
        ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &grant), M_UNAUTHORIZED);
        test_advance_us(call, 2 * SECOND);
    }
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &grant), M_OK);
    fail_times(9);
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &grant), M_OK);
}
END_TEST

START_TEST(an_administrator_can_end_the_rest)
{
    identity_grant grant;
    fail_times(10);
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &grant), M_UNAUTHORIZED);
    ck_assert_int_eq(act(&identity_user_doctype, ann, "unlock", NULL), M_OK);
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &grant), M_OK);
}
END_TEST

/* ---- sessions ---- */

START_TEST(a_refresh_token_works_once)
{
    identity_grant first, second, third;
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &first), M_OK);
    ck_assert_int_eq(refresh(first.refresh_token, &second), M_OK);
    ck_assert(!m_str_eq(first.refresh_token, second.refresh_token));
    identity_principal who;
    ck_assert_int_eq(
        identity_verify_token(keys, second.access_token, m_now(call), call->arena, &who), M_OK);
    ck_assert(m_id_eq(who.user, ann));
    ck_assert_int_eq(refresh(second.refresh_token, &third), M_OK);
}
END_TEST

START_TEST(a_reused_refresh_token_ends_the_family)
{
    identity_grant first, second, third, elsewhere;
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &elsewhere), M_OK);
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &first), M_OK);
    ck_assert_int_eq(refresh(first.refresh_token, &second), M_OK);
    ck_assert_int_eq(refresh(second.refresh_token, &third), M_OK);
    ck_assert_int_eq(refresh(first.refresh_token, &second), M_UNAUTHORIZED);
    ck_assert(is_code("core.auth.refresh"));
    ck_assert_int_eq(refresh(third.refresh_token, &second), M_UNAUTHORIZED);
    ck_assert_int_eq(refresh(elsewhere.refresh_token, &second), M_OK);
}
END_TEST

START_TEST(a_refresh_whose_answer_was_lost_may_be_asked_again)
{
    identity_grant first, lost, second, third, out;
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &first), M_OK);
    ck_assert_int_eq(refresh(first.refresh_token, &lost), M_OK);
    test_advance_us(call, 29 * SECOND);
    ck_assert_int_eq(refresh(first.refresh_token, &second), M_OK);
    ck_assert_int_eq(refresh(second.refresh_token, &third), M_OK);
    /* who comes with the one that was lost has a copy of it */
    ck_assert_int_eq(refresh(lost.refresh_token, &out), M_UNAUTHORIZED);
    ck_assert_int_eq(refresh(third.refresh_token, &out), M_UNAUTHORIZED);
}
END_TEST

START_TEST(a_refresh_is_not_asked_again_late)
{
    identity_grant first, second, out;
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &first), M_OK);
    ck_assert_int_eq(refresh(first.refresh_token, &second), M_OK);
    test_advance_us(call, 31 * SECOND);
    ck_assert_int_eq(refresh(first.refresh_token, &out), M_UNAUTHORIZED);
    ck_assert_int_eq(refresh(second.refresh_token, &out), M_UNAUTHORIZED);
}
END_TEST

START_TEST(signing_out_ends_the_family)
{
    identity_grant first, second;
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &first), M_OK);
    ck_assert_int_eq(refresh(first.refresh_token, &second), M_OK);
    ck_assert_int_eq(identity_sign_out(id, call, second.refresh_token), M_OK);
    ck_assert_int_eq(refresh(second.refresh_token, &first), M_UNAUTHORIZED);
    ck_assert_int_eq(identity_sign_out(id, call, second.refresh_token), M_OK);
    ck_assert_int_eq(identity_sign_out(id, call, M_STR("nonsense")), M_OK);
}
END_TEST

START_TEST(refresh_tokens_end)
{
    identity_grant first, second;
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &first), M_OK);
    test_advance_us(call, (14 * 86400 - 1) * SECOND);
    ck_assert_int_eq(refresh(first.refresh_token, &second), M_OK);
    test_advance_us(call, 14 * 86400 * SECOND);
    ck_assert_int_eq(refresh(second.refresh_token, &first), M_UNAUTHORIZED);
}
END_TEST

START_TEST(refresh_tokens_that_were_touched_are_refused)
{
    identity_grant first, out;
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &first), M_OK);
    m_str token = first.refresh_token;
    char *copy = m_arena_copy(call->arena, token.p, token.n);
    for (size_t i = 0; i < 2 * token.n; i++) {
        size_t at = i / 2; /* another letter, the same one with its highest bit set */
        copy[at] = i % 2 ? (char)(token.p[at] ^ 0x80) : token.p[at] == 'Q' ? 'R' : 'Q';
        m_status status = refresh((m_str){copy, token.n}, &out);
        ck_assert_msg(status == M_UNAUTHORIZED, "byte %zu: %d", at, status);
        copy[at] = token.p[at];
    }
    for (size_t n = 0; n < token.n; n++)
        ck_assert_int_eq(refresh((m_str){copy, n}, &out), M_UNAUTHORIZED);
    ck_assert_int_eq(refresh(token, &out), M_OK);
}
END_TEST

START_TEST(disabled_users_cannot_refresh)
{
    identity_grant grant, out;
    m_id bob = add_user("bob@example.org", "Auditor");
    ck_assert_int_eq(sign_in("acme", "bob@example.org", PASSWORD, &grant), M_OK);
    ck_assert_int_eq(act(&identity_user_doctype, bob, "disable", NULL), M_OK);
    ck_assert_int_eq(refresh(grant.refresh_token, &out), M_UNAUTHORIZED);
    ck_assert_int_eq(act(&identity_user_doctype, bob, "enable", NULL), M_OK);
    ck_assert_int_eq(refresh(grant.refresh_token, &out), M_UNAUTHORIZED);
    ck_assert_int_eq(sign_in("acme", "bob@example.org", PASSWORD, &grant), M_OK);
}
END_TEST

START_TEST(all_sessions_can_be_ended)
{
    identity_grant a, b, out;
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &a), M_OK);
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &b), M_OK);
    ck_assert_int_eq(act(&identity_user_doctype, ann, "end-sessions", NULL), M_OK);
    ck_assert_int_eq(refresh(a.refresh_token, &out), M_UNAUTHORIZED);
    ck_assert_int_eq(refresh(b.refresh_token, &out), M_UNAUTHORIZED);
}
END_TEST

START_TEST(a_user_has_so_many_sessions)
{
    identity_grant first, last, out;
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &first), M_OK);
    for (int i = 0; i < SESSIONS_MAX; i++) {
        test_advance_us(call, SECOND);
        ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &last), M_OK);
    }
    ck_assert_int_eq(refresh(first.refresh_token, &out), M_UNAUTHORIZED);
    ck_assert_int_eq(refresh(last.refresh_token, &out), M_OK);
    m_query all = {0};
    uint32_t n;
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_READ, NULL, 0), M_OK);
    ck_assert_int_eq(m_store_count(m_memory_store(db), call, &identity_session_type, &all, 100, &n),
                     M_OK);
    uow->ops->rollback(uow);
    ck_assert_uint_le(n, SESSIONS_MAX + 1);
}
END_TEST

/* ---- users ---- */

START_TEST(new_users_are_checked)
{
    m_str none[] = {M_STR("Auditor"), M_STR("Auditor")};
    m_id user;
    call->system = true;
    static const struct {
        const char *email, *name, *password, *path, *code;
    } users[] = {
        {"", "Bob", "a long enough one", "email", "core.field.required"},
        {"bob", "Bob", "a long enough one", "email", "core.field.form"},
        {"b@c", "", "a long enough one", "name", "core.field.required"},
        {"b@c", "Bob", "short", "password", "core.password.short"},
        {"b@c", "Bob", "", "password", "core.password.short"},
        {"b@c", "Bob", "aaaaaaaaaaaa", "password", "core.password.guessable"},
        {"bob@example.org", "Bob", "BOB@example.org", "password", "core.password.guessable"},
        {"b@c", "Robert Tables", "robert tables", "password", "core.password.guessable"},
        {"b@c", "Bob", "\xff\xfe aaaaaaaaaaaa", "password", "core.field.form"},
    };
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
        m_error_clear(call);
        ck_assert_int_eq(identity_create_user(id, call, m_str_of(users[i].email),
                                              m_str_of(users[i].name), m_str_of(users[i].password),
                                              none, 1, &user),
                         M_INVALID);
        ck_assert_msg(field_is_wrong(users[i].path, users[i].code), "user %zu", i);
    }
    m_error_clear(call);
    ck_assert_int_eq(
        identity_create_user(id, call, M_STR("b@c"), M_STR("Bob"), PASSWORD, none, 2, &user),
        M_INVALID);
    ck_assert(field_is_wrong("roles[1].role", "core.list.duplicate"));
    m_error_clear(call);
    ck_assert_int_eq(identity_create_user(id, call, M_STR("ANN@example.org"), M_STR("Ann"),
                                          PASSWORD, none, 1, &user),
                     M_EXISTS);
}
END_TEST

START_TEST(only_administrators_make_users)
{
    m_id user;
    test_role(call, "Master Manager");
    ck_assert_int_eq(
        identity_create_user(id, call, M_STR("b@c"), M_STR("Bob"), PASSWORD, NULL, 0, &user),
        M_DENIED);
    m_str text;
    ck_assert_int_eq(
        identity_create_api_key(id, call, M_STR("k"), ann, NULL, 0, (m_time){0}, &user, &text),
        M_DENIED);
    ck_assert_int_eq(identity_set_password(id, call, M_STR("ann@example.org"), PASSWORD), M_DENIED);
}
END_TEST

START_TEST(roles_must_be_known)
{
    static const m_permission can[] = {{"Stock User", M_CAN_ALL}, {NULL, 0}};
    static const m_type type = {.name = "wms.x"};
    static const m_doctype doctype = {.type = &type, .permissions = can};
    static const m_doctype *const doctypes[] = {&doctype, NULL};
    static const m_module wms = {.doctypes = doctypes};
    static const m_module *const modules[] = {&wms};
    m_list roles;
    ck_assert_int_eq(identity_roles(modules, 1, call->arena, &roles), M_OK);
    ck_assert_uint_eq(roles.count, 2);
    ck_assert(m_str_is(M_AT(roles, identity_role, 0)->name, "Administrator"));
    ck_assert(m_str_is(M_AT(roles, identity_role, 1)->name, "Stock User"));
    ck_assert_uint_gt(M_AT(roles, identity_role, 1)->description.n, 0);
    identity_close(id);
    identity_config c = config();
    c.modules = modules;
    c.module_count = 1;
    ck_assert_int_eq(identity_open(&c, &id), M_OK);
    m_str wanted[] = {M_STR("Stock User"), M_STR("King")};
    m_id user;
    ck_assert_int_eq(
        identity_create_user(id, call, M_STR("b@c"), M_STR("Bob"), PASSWORD, wanted, 2, &user),
        M_INVALID);
    ck_assert(field_is_wrong("roles[1].role", "core.role.unknown"));
    m_error_clear(call);
    ck_assert_int_eq(
        identity_create_user(id, call, M_STR("b@c"), M_STR("Bob"), PASSWORD, wanted, 1, &user),
        M_OK);
}
END_TEST

START_TEST(somebody_stays_administrator)
{
    ck_assert_int_eq(act(&identity_user_doctype, ann, "disable", NULL), M_PRECONDITION);
    ck_assert(is_code("core.user.last_administrator"));
    const core_user *before = stored(&core_user_type, ann);
    core_user after = *before;
    after.roles.count = 0;
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_READ, NULL, 0), M_OK);
    m_error_clear(call);
    ck_assert_int_eq(identity_user_doctype.check(&part, call, &after, before), M_PRECONDITION);
    ck_assert_int_eq(identity_user_doctype.on_delete(&part, call, before), M_PRECONDITION);
    uow->ops->rollback(uow);
    add_user("eve@example.org", "Administrator");
    ck_assert_int_eq(act(&identity_user_doctype, ann, "disable", NULL), M_OK);
}
END_TEST

typedef struct {
    m_str password;
} password_input;

START_TEST(a_new_password_ends_all_sessions)
{
    identity_grant grant, out;
    m_str next = M_STR("another good password");
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &grant), M_OK);
    password_input weak = {M_STR("short")};
    ck_assert_int_eq(act(&identity_user_doctype, ann, "set-password", &weak), M_INVALID);
    ck_assert(field_is_wrong("password", "core.password.short"));
    password_input strong = {next};
    ck_assert_int_eq(act(&identity_user_doctype, ann, "set-password", &strong), M_OK);
    ck_assert_int_eq(refresh(grant.refresh_token, &out), M_UNAUTHORIZED);
    ck_assert_int_eq(sign_in("acme", "ann@example.org", PASSWORD, &out), M_UNAUTHORIZED);
    ck_assert_int_eq(sign_in("acme", "ann@example.org", next, &out), M_OK);
    const core_user *user = stored(&core_user_type, ann);
    ck_assert(strncmp(user->password_hash.p, "$argon2id$", 10) == 0);
}
END_TEST

START_TEST(users_change_their_own_password)
{
    identity_grant out;
    m_str next = M_STR("another good password");
    call->actor = ann;
    ck_assert_int_eq(identity_change_password(id, call, M_STR("wrong"), next), M_UNAUTHORIZED);
    m_error_clear(call);
    ck_assert_int_eq(identity_change_password(id, call, PASSWORD, M_STR("short")), M_INVALID);
    ck_assert(field_is_wrong("new_password", "core.password.short"));
    m_error_clear(call);
    ck_assert_int_eq(identity_change_password(id, call, PASSWORD, next), M_OK);
    ck_assert_int_eq(sign_in("acme", "ann@example.org", next, &out), M_OK);
}
END_TEST

START_TEST(the_command_line_sets_passwords)
{
    identity_grant out;
    m_str next = M_STR("another good password");
    call->system = true;
    ck_assert_int_eq(identity_set_password(id, call, M_STR("nobody@x"), next), M_NOT_FOUND);
    m_error_clear(call);
    ck_assert_int_eq(identity_set_password(id, call, M_STR("Ann@example.org"), next), M_OK);
    ck_assert_int_eq(sign_in("acme", "ann@example.org", next, &out), M_OK);
}
END_TEST

START_TEST(tenants_have_good_and_unique_slugs)
{
    static const char *const bad[] = {"",     "a",    "-a",
                                      "Acme", "a b",  "a_b",
                                      "a.b",  "ämen", "0123456789012345678901234567890123456789x"};
    m_id out;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        m_error_clear(call);
        ck_assert_int_eq(identity_create_tenant(id, call, m_str_of(bad[i]), M_STR("X"), &out),
                         M_INVALID);
    }
    m_error_clear(call);
    ck_assert_int_eq(identity_create_tenant(id, call, M_STR("acme"), M_STR("X"), &out), M_EXISTS);
    ck_assert(m_id_eq(call->tenant, tenant));
    ck_assert_int_eq(identity_find_tenant(id, call, M_STR("acme"), &out), M_OK);
    ck_assert(m_id_eq(out, tenant));
    ck_assert_int_eq(identity_find_tenant(id, call, M_STR("none"), &out), M_OK);
    ck_assert(m_id_is_null(out));
}
END_TEST

/* ---- API keys ---- */

static m_str make_key(m_time expires_at, m_id *out_id)
{
    m_str roles[] = {M_STR("Administrator")}, text;
    call->system = true;
    m_error_clear(call);
    ck_assert_int_eq(
        identity_create_api_key(id, call, M_STR("robot"), ann, roles, 1, expires_at, out_id, &text),
        M_OK);
    call->system = false;
    return text;
}

static m_status verify_key(m_str text, identity_principal *out)
{
    m_error_clear(call);
    call->tenant = (m_id){0};
    m_status status = identity_verify_api_key(id, call, text, out);
    call->tenant = tenant;
    return status;
}

START_TEST(an_api_key_stands_for_its_user)
{
    m_id key;
    identity_principal who;
    m_str text = make_key((m_time){0}, &key);
    ck_assert_int_eq(strncmp(text.p, "bm_", 3), 0);
    for (int i = 0; i < 2; i++) { /* from the store, from the cache */
        ck_assert_int_eq(verify_key(text, &who), M_OK);
        ck_assert(m_id_eq(who.user, ann) && m_id_eq(who.tenant, tenant));
        ck_assert_uint_eq(who.role_count, 1);
        ck_assert(m_str_is(who.name, "Ann"));
    }
    const core_api_key *row = stored(&core_api_key_type, key);
    ck_assert_uint_eq(row->secret_hash.n, HASH_BYTES);
    ck_assert_ptr_null(memmem(row->secret_hash.p, row->secret_hash.n, text.p + 42, 16));
}
END_TEST

START_TEST(an_api_key_that_was_touched_is_refused)
{
    m_id key;
    identity_principal who;
    m_str text = make_key((m_time){0}, &key);
    ck_assert_int_eq(verify_key(text, &who), M_OK);
    char *copy = m_arena_copy(call->arena, text.p, text.n);
    for (size_t i = 0; i < 2 * text.n; i++) {
        size_t at = i / 2; /* another digit, the same one with its highest bit set */
        copy[at] = i % 2 ? (char)(text.p[at] ^ 0x80) : text.p[at] == '5' ? '6' : '5';
        m_status status = verify_key((m_str){copy, text.n}, &who);
        ck_assert_msg(status == M_UNAUTHORIZED, "byte %zu: %d", at, status);
        ck_assert(is_code("core.auth.api_key"));
        copy[at] = text.p[at];
    }
    for (size_t n = 0; n < text.n; n++)
        ck_assert_int_eq(verify_key((m_str){copy, n}, &who), M_UNAUTHORIZED);
}
END_TEST

START_TEST(revoked_keys_end_within_the_cache_time)
{
    m_id key;
    identity_principal who;
    m_str text = make_key((m_time){0}, &key);
    ck_assert_int_eq(verify_key(text, &who), M_OK);
    ck_assert_int_eq(act(&identity_api_key_doctype, key, "revoke", NULL), M_OK);
    test_advance_us(call, 31 * SECOND);
    ck_assert_int_eq(verify_key(text, &who), M_UNAUTHORIZED);
}
END_TEST

START_TEST(keys_end_with_their_day)
{
    m_id key;
    identity_principal who;
    m_str text = make_key((m_time){m_now(call).us + 10 * SECOND}, &key);
    ck_assert_int_eq(verify_key(text, &who), M_OK);
    test_advance_us(call, 10 * SECOND); /* still in the cache */
    ck_assert_int_eq(verify_key(text, &who), M_UNAUTHORIZED);
    test_advance_us(call, 60 * SECOND);
    ck_assert_int_eq(verify_key(text, &who), M_UNAUTHORIZED);
}
END_TEST

START_TEST(keys_do_no_more_than_their_user)
{
    m_id bob = add_user("bob@example.org", "Stock User"), key;
    m_str wanted[] = {M_STR("Stock User"), M_STR("Administrator")}, text;
    call->system = true;
    ck_assert_int_eq(
        identity_create_api_key(id, call, M_STR("k"), bob, wanted, 2, (m_time){0}, &key, &text),
        M_INVALID);
    ck_assert(field_is_wrong("roles[1].role", "core.api_key.roles"));
    m_error_clear(call);
    ck_assert_int_eq(
        identity_create_api_key(id, call, M_STR("k"), bob, NULL, 0, (m_time){0}, &key, &text),
        M_INVALID);
    m_error_clear(call);
    ck_assert_int_eq(identity_create_api_key(id, call, M_STR("k"), bob, wanted, 1,
                                             (m_time){m_now(call).us - 1}, &key, &text),
                     M_INVALID);
    m_error_clear(call);
    ck_assert_int_eq(identity_create_api_key(id, call, M_STR("k"), test_id(5), wanted, 1,
                                             (m_time){0}, &key, &text),
                     M_INVALID);
    m_error_clear(call);
    ck_assert_int_eq(
        identity_create_api_key(id, call, M_STR("k"), bob, wanted, 1, (m_time){0}, &key, &text),
        M_OK);
    identity_principal who;
    ck_assert_int_eq(act(&identity_user_doctype, bob, "disable", NULL), M_OK);
    ck_assert_int_eq(verify_key(text, &who), M_UNAUTHORIZED);
}
END_TEST

START_TEST(keys_are_not_made_as_documents)
{
    core_api_key key = {0};
    ck_assert_int_eq(identity_api_key_doctype.check(&part, call, &key, NULL), M_UNSUPPORTED);
    ck_assert_int_eq(identity_api_key_doctype.check(&part, call, &key, &key), M_OK);
}
END_TEST

START_TEST(secrets_are_marked)
{
    const struct {
        const m_type *type;
        const char *field;
    } secrets[] = {{&core_user_type, "password_hash"},
                   {&core_api_key_type, "secret_hash"},
                   {&identity_session_type, "secret_hash"}};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        ck_assert(m_field_find(secrets[i].type, m_str_of(secrets[i].field))->flags & M_SECRET);
}
END_TEST

static void add_sign_in(TCase *t)
{
    tcase_add_test(t, a_good_sign_in_gives_both_tokens);
    tcase_add_test(t, the_address_is_read_ignoring_case);
    tcase_add_test(t, every_refusal_is_the_same);
    tcase_add_test(t, another_tenant_is_another_world);
    tcase_add_test(t, ten_failures_make_a_user_rest);
    tcase_add_test(t, every_further_failure_doubles_the_rest);
    tcase_add_test(t, an_administrator_can_end_the_rest);
    tcase_add_test(t, a_refresh_token_works_once);
    tcase_add_test(t, a_reused_refresh_token_ends_the_family);
    tcase_add_test(t, a_refresh_whose_answer_was_lost_may_be_asked_again);
    tcase_add_test(t, a_refresh_is_not_asked_again_late);
    tcase_add_test(t, signing_out_ends_the_family);
    tcase_add_test(t, refresh_tokens_end);
    tcase_add_test(t, refresh_tokens_that_were_touched_are_refused);
    tcase_add_test(t, disabled_users_cannot_refresh);
    tcase_add_test(t, all_sessions_can_be_ended);
    tcase_add_test(t, a_user_has_so_many_sessions);
}

static void add_administration(TCase *t)
{
    tcase_add_test(t, new_users_are_checked);
    tcase_add_test(t, only_administrators_make_users);
    tcase_add_test(t, roles_must_be_known);
    tcase_add_test(t, somebody_stays_administrator);
    tcase_add_test(t, a_new_password_ends_all_sessions);
    tcase_add_test(t, users_change_their_own_password);
    tcase_add_test(t, the_command_line_sets_passwords);
    tcase_add_test(t, tenants_have_good_and_unique_slugs);
    tcase_add_test(t, an_api_key_stands_for_its_user);
    tcase_add_test(t, an_api_key_that_was_touched_is_refused);
    tcase_add_test(t, revoked_keys_end_within_the_cache_time);
    tcase_add_test(t, keys_end_with_their_day);
    tcase_add_test(t, keys_do_no_more_than_their_user);
    tcase_add_test(t, keys_are_not_made_as_documents);
    tcase_add_test(t, secrets_are_marked);
}

static Suite *suite(void)
{
    Suite *s = suite_create("identity");
    TCase *t = tcase_create("users");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    add_sign_in(t);
    add_administration(t);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
