/* Shared inside host/src/identity. */
#ifndef IDENTITY_INTERNAL_H
#define IDENTITY_INTERNAL_H

#include <pthread.h>
#include <sodium.h>

#include "core_errors.h"
#include "identity.h"

#define ROLE_ADMINISTRATOR "Administrator"

enum {
    TOKEN_TEXT_MAX = 4096,
    TOKEN_PAYLOAD_MAX = 2560,
    TOKEN_NAME_MAX = 120, /* bytes of the name a token carries */
    ROLE_NAME_MAX = 60,
    SECRET_BYTES = 32,
    HASH_BYTES = 32,
    MAC_BYTES = 32,
    PASSWORD_BYTES_MAX = 256,
    EMAIL_MAX = 254,
    SESSIONS_MAX = 20,  /* live ones per user; the oldest give way */
    REFRESH_LOST_S = 30 /* how long a refresh whose answer was lost may be asked again */
};

/* ---- records ---- */

typedef struct {
    m_id id;
    m_str slug;
    m_str name;
    m_time created_at;
    bool active;
} core_tenant;

enum { USER_ACTIVE, USER_DISABLED };

typedef struct {
    m_str role;
} core_user_role;
extern const m_type core_user_role_type;

typedef struct {
    M_DOC;
    m_str email; /* lower case */
    m_str name;
    m_str password_hash; /* Argon2id in its text form; empty: cannot sign in with a password */
    int64_t token_epoch; /* counts what ends all sessions: new password, sign-out everywhere */
    m_list roles;        /* core_user_role */
} core_user;
extern const m_type core_user_type;

/* Failures in a row; apart from the user, so that signing in changes no document version. */
typedef struct {
    m_id user;
    int64_t failures;
    m_time locked_until;
    m_time last_failure_at;
    m_time last_success_at;
} core_sign_in;

/* One refresh token. Rows of one sign-in share the family. */
typedef struct {
    m_id id;
    m_id user;
    m_id family;
    m_str secret_hash;
    int64_t token_epoch; /* of the user when the row was made */
    m_time created_at;
    m_time expires_at;
    m_id replaced_by;
    m_time revoked_at;
} core_session;

enum { API_KEY_ACTIVE, API_KEY_REVOKED };

typedef struct {
    M_DOC;
    m_str name;
    m_str prefix; /* how people recognise the key */
    m_str secret_hash;
    m_id user;
    m_time expires_at; /* none: without end */
    m_list roles;      /* core_user_role */
} core_api_key;
extern const m_type core_api_key_type;

/* ---- tokens ---- */

/* The principal as bytes; roles and name beyond the limits are cut off, never made up. Returns the
 * length, 0 when it does not fit. */
size_t principal_pack(const identity_principal *principal, uint32_t key_id,
                      uint8_t out[TOKEN_PAYLOAD_MAX]);
/* False: not a principal. Strings go to the arena; *out_nomem tells why it failed. */
bool principal_unpack(const uint8_t *bytes, size_t n, m_arena *arena, identity_principal *out,
                      bool *out_nomem);
/* Access token text in the arena. */
m_status token_sign(const identity_keys *keys, m_call *call, const identity_principal *principal,
                    m_str *out);

/* Strict base64url without padding: false for anything else and beyond limit. */
bool base64url_decode(const char *text, size_t length, uint8_t *out, size_t limit, size_t *out_n);

/* The signature of a token's text. */
void token_mac(const uint8_t *key, const char *text, size_t n, uint8_t out[MAC_BYTES]);

/* The key that signs. */
const uint8_t *keys_current(const identity_keys *keys, uint32_t *out_id);
/* NULL when there is no key of this id. */
const uint8_t *keys_find(const identity_keys *keys, uint32_t id);

/* ---- sessions ---- */

/* In a write transaction: a new refresh token for the user; fills the grant but for the access
 * token. */
m_status session_start(identity *id, m_call *call, const core_user *user, identity_grant *grant);
/* The access token of a filled grant. */
m_status grant_access(identity *id, m_call *call, identity_grant *grant);

/* ---- passwords ---- */

/* At most `parallel` hashes at a time; the others wait a little. */
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    uint32_t running;
    uint32_t waiting;
    uint32_t parallel;
} password_gate;

m_status password_gate_init(password_gate *gate, uint32_t parallel);
void password_gate_close(password_gate *gate);
/* Argon2id text into the arena. M_AGAIN core.auth.busy. */
m_status password_hash(identity *id, m_call *call, m_str password, m_str *out);
/* *out_match: is it the password of that hash? Takes as long when hash is empty. */
m_status password_verify(identity *id, m_call *call, m_str hash, m_str password, bool *out_match);
/* Notes under `path` what is wrong with a new password. */
void password_check(const identity *id, m_call *call, m_str password, m_str email, m_str name,
                    const char *path);

/* ---- API keys: the cache ---- */

typedef struct api_key_cache api_key_cache;
api_key_cache *api_key_cache_new(void);
void api_key_cache_free(api_key_cache *cache);

/* ---- the whole ---- */

struct identity {
    identity_config config;
    password_gate gate;
    char dummy_hash[crypto_pwhash_STRBYTES]; /* of a password nobody has */
    api_key_cache *cache;
};

/* BLAKE2b-256 of the secret, in the arena; {NULL,0} without memory. */
m_str secret_hash(m_arena *arena, const void *secret, size_t n);
/* Are both 32 bytes and the same? In constant time. */
bool hash_equal(m_str a, m_str b);
/* Lower-case and trimmed, in the arena. */
m_str email_normal(m_arena *arena, m_str email);
bool roles_have(const m_list *roles, m_str role);
/* Notes unknown and doubled roles of the list under "roles[i].role". */
m_status roles_check(identity *id, m_call *call, const m_list *roles);
/* Name and roles of the user as a principal (strings shared with the record). */
void principal_of(const m_call *call, const core_user *user, identity_principal *out);
/* Reads tenant and user; *out_user (in the arena) NULL when one is missing or not active. */
m_status read_active_user(identity *id, m_call *call, m_id user, const core_user **out_user);
/* One row of the audit log, for what does not go through the documents service. */
m_status identity_audit(identity *id, m_call *call, const char *type, m_id document,
                        int64_t version, const char *action);
static inline m_time time_after(m_time at, int64_t seconds)
{
    return (m_time){at.us + seconds * 1000000};
}

#endif
