/* Identity: who is asking. Tenants, users, roles, sessions, API keys, access tokens.
 *
 * Access tokens are short-lived and checked without the database; what follows from that: a user
 * who is disabled, loses a role or signs out can use an access token already given until it ends,
 * 15 minutes at the latest (access_life_s). Refreshing stops at once. API keys are checked against
 * the database, with a cache of 30 seconds.
 *
 * Every refusal of a sign-in is the same error, takes the same time (a password is hashed in any
 * case), and tells nobody whether tenant or user exist. After lock_after failures in a row a user
 * rests: 30 s, then twice as long with every further failure, at most 15 minutes.
 *
 * Thread rule: an `identity` is made once and then used by all threads. Functions with a call block
 * (database, password hashing) and must not run on an I/O thread; identity_verify_token() may. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include "m/module.h"
#include "m/uow.h"

#include "keys.h"

typedef struct identity identity;

/* Runs work(arg, call) in a transaction of call->tenant (null id: tenants themselves only) and
 * commits it; tries again on conflicts (M_AGAIN, M_CONFLICT of the engine), a bounded number of
 * times, so work may run more than once. Any other failure of work is rolled back and returned as
 * it is, also one without an error in the call (M_PRECONDITION of a dry run). call->uow is the
 * transaction's while work runs. */
typedef struct {
    m_status (*run)(void *self, m_call *call, m_uow_mode mode,
                    m_status (*work)(void *arg, m_call *call), void *arg);
    void *self;
} identity_runner;

#define IDENTITY_REFRESH_LIFE_S (14 * 86400) /* of refresh tokens, where nothing else is said */

typedef struct {
    m_store store;
    identity_runner runner;
    const identity_keys *keys; /* signs the access tokens; outlives the identity */
    /* Roles a user may have: all that occur in the permission tables of these modules, and
     * "Administrator". Without modules any role is accepted. */
    const m_module *const *modules;
    uint32_t module_count;
    /* Argon2id; 0: libsodium's interactive limits (2 passes, 64 MiB). */
    uint64_t password_passes;
    uint64_t password_memory_bytes;
    uint32_t password_parallel;  /* hashes at the same time; 0: 2 */
    uint32_t password_min_chars; /* 0: 10 */
    int64_t access_life_s;       /* 0: 900 */
    int64_t refresh_life_s;      /* 0: IDENTITY_REFRESH_LIFE_S */
    int64_t lock_after;          /* failures in a row; 0: 10 */
} identity_config;

/* M_INTERNAL when libsodium or memory fail. The configuration is copied; pointers in it are not. */
m_status identity_open(const identity_config *config, identity **out) M_MUST_USE;
void identity_close(identity *id);

/* ---- signing in ---- */

typedef struct {
    m_str access_token;
    m_str refresh_token;
    int64_t expires_in_s; /* of the access token */
    m_id tenant;
    m_id user;
    m_str name;
    m_str email;
    m_list roles; /* m_str */
    int64_t token_epoch;
} identity_grant;

/* call->tenant is set to the tenant found (needed for the transactions inside); strings of *out
 * live in the call's arena. Refusals: M_UNAUTHORIZED core.auth.failed; M_AGAIN core.auth.busy. */
m_status identity_sign_in(identity *id, m_call *call, m_str tenant_slug, m_str email,
                          m_str password, identity_grant *out) M_MUST_USE;
/* A refresh token works once and is replaced. Using a replaced one ends all tokens that came from
 * the same sign-in: somebody has a copy. Except within half a minute and while nobody has used what
 * replaced it: then the answer was lost, as when a page is reloaded while it asks, and another is
 * given. M_UNAUTHORIZED core.auth.refresh. */
m_status identity_refresh(identity *id, m_call *call, m_str refresh_token,
                          identity_grant *out) M_MUST_USE;
/* Ends the sign-in the refresh token belongs to. An unknown token is no error. */
m_status identity_sign_out(identity *id, m_call *call, m_str refresh_token) M_MUST_USE;

/* ---- who is it ---- */

#define IDENTITY_ROLES_MAX 32

typedef struct {
    m_id tenant;
    m_id user;
    m_str name;
    m_str roles[IDENTITY_ROLES_MAX];
    uint32_t role_count;
    int64_t token_epoch;
    int64_t expires_at_s; /* seconds since 1970 */
} identity_principal;

/* Is it a token of ours, whole and in time? Pure; a few microseconds. Strings of *out live in the
 * arena. M_UNAUTHORIZED otherwise; M_NOMEM. */
m_status identity_verify_token(const identity_keys *keys, m_str text, m_time now, m_arena *arena,
                               identity_principal *out) M_MUST_USE;
/* "bm_…": sets call->tenant, then looks the key up (cached for 30 s). core.auth.api_key. */
m_status identity_verify_api_key(identity *id, m_call *call, m_str text,
                                 identity_principal *out) M_MUST_USE;
/* Put the principal into the call: tenant, actor, actor_name, roles (shared with *principal). */
void identity_apply(const identity_principal *principal, m_call *call);

/* ---- administration ---- */

/* slug: [a-z0-9-]{2,40}. Runs without a tenant. */
m_status identity_create_tenant(identity *id, m_call *call, m_str slug, m_str name,
                                m_id *out) M_MUST_USE;
/* *out is the null id when there is none. */
m_status identity_find_tenant(identity *id, m_call *call, m_str slug, m_id *out) M_MUST_USE;
/* Is there any tenant, active or not? */
m_status identity_has_tenants(identity *id, m_call *call, bool *out) M_MUST_USE;

/* A user of call->tenant. Notes wrong fields (email, name, password, roles). Needs the role
 * Administrator or a system call. */
m_status identity_create_user(identity *id, m_call *call, m_str email, m_str name, m_str password,
                              const m_str *roles, uint32_t role_count, m_id *out) M_MUST_USE;
/* For the command line; the same as the action "set-password". Ends the user's sessions. */
m_status identity_set_password(identity *id, m_call *call, m_str email, m_str password) M_MUST_USE;
/* The signed-in user changes the own password; the old one is asked. */
m_status identity_change_password(identity *id, m_call *call, m_str old_password,
                                  m_str new_password) M_MUST_USE;

/* The secret is in *out_text ("bm_…", in the arena) and nowhere else. roles: a part of the user's,
 * at least one. expires_at: none for a key without end. Needs the role Administrator. */
m_status identity_create_api_key(identity *id, m_call *call, m_str name, m_id user,
                                 const m_str *roles, uint32_t role_count, m_time expires_at,
                                 m_id *out_id, m_str *out_text) M_MUST_USE;

/* ---- roles ---- */

/* A role and what it is for. description is "" for roles that only their module knows. */
typedef struct {
    m_str name;
    m_str description;
} identity_role;
/* All roles, by name: those of the permission tables and "Administrator". items: identity_role. */
m_status identity_roles(const m_module *const *modules, uint32_t module_count, m_arena *arena,
                        m_list *out) M_MUST_USE;

/* ---- for the module "core" ---- */

/* What identity's documents see of the module instance: its first member. */
typedef struct {
    m_store store;
    identity *identity; /* NULL: "set-password" is refused */
} identity_part;

extern const m_doctype identity_user_doctype;
extern const m_doctype identity_api_key_doctype;
/* Stored types beyond the documents: core.tenant (without tenant), core.session, core.sign_in. */
extern const m_type identity_tenant_type;
extern const m_type identity_session_type;
extern const m_type identity_sign_in_type;

#endif
