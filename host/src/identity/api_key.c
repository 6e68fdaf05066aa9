#include <stdlib.h>

#include "identity_internal.h"

/* "bm_" tenant prefix "_" secret: 26 characters, 12 and 64 hexadecimal digits. The tenant is in it
 * because nothing can be looked up without one. */

enum {
    START_BYTES = 3,
    ID_CHARS = M_ID_TEXT - 1,
    PREFIX_CHARS = 12,
    SECRET_CHARS = 2 * SECRET_BYTES,
    KEY_CHARS = START_BYTES + ID_CHARS + PREFIX_CHARS + 1 + SECRET_CHARS
};

static const char *const api_key_states[] = {"active", "revoked", NULL};

static const m_field api_key_fields[] = {
    M_DOC_FIELDS(core_api_key, api_key_states),
    M_F_STR(core_api_key, name, "Name", .flags = M_REQUIRED, .max = 100),
    M_F_STR(core_api_key, prefix, "Prefix", .flags = M_READONLY | M_UNIQUE, .max = PREFIX_CHARS),
    M_F_BYTES(core_api_key, secret_hash, "Secret", .flags = M_READONLY | M_SECRET | M_HIDDEN,
              .max = HASH_BYTES),
    M_F_LINK(core_api_key, user, "User", "core.user", .flags = M_READONLY),
    M_F_TIME(core_api_key, expires_at, "Ends at", .flags = M_READONLY),
    M_F_LIST(core_api_key, roles, "Roles", &core_user_role_type, .flags = M_READONLY,
             .max = IDENTITY_ROLES_MAX),
};
static const m_index api_key_indexes[] = {{.fields = "user"}, {0}};
const m_type core_api_key_type = {.name = "core.api_key",
                                  .schema = "core",
                                  .table = "api_key",
                                  .size = sizeof(core_api_key),
                                  .indexes = api_key_indexes,
                                  M_FIELDS(api_key_fields)};

static const m_permission administrators[] = {{ROLE_ADMINISTRATOR, M_CAN_ALL}, {NULL, 0}};

static const m_move api_key_moves[] = {
    {"revoke", "Revoke", "active", "revoked", M_CAN_WRITE, 0, NULL, NULL}, {0}};
static const m_lifecycle api_key_life = {api_key_states, "active,revoked", api_key_moves};

/* Its secret would be lost: nobody could be shown it. */
static m_status api_key_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)module, (void)doc;
    return before ? M_OK : m_fail(call, &core_errors[CORE_E_API_KEY_ROUTE], NULL);
}

const m_doctype identity_api_key_doctype = {.type = &core_api_key_type,
                                            .module = "core",
                                            .collection = "api-keys",
                                            .label = "API key",
                                            .label_plural = "API keys",
                                            .group = "Access",
                                            .life = &api_key_life,
                                            .permissions = administrators,
                                            .list_columns = "name,prefix,user,expires_at,state",
                                            .search_fields = "name,prefix",
                                            .title_field = "name",
                                            .check = api_key_check};

/* ---- making one ---- */

typedef struct {
    identity *id;
    core_api_key *key;
} create_work;

static m_status work_create(void *arg, m_call *call)
{
    create_work *work = arg;
    core_api_key *key = work->key;
    const core_user *user;
    M_TRY(read_active_user(work->id, call, key->user, &user));
    if (!user) {
        m_field_fail(call, m_err_link, M_STR("user"), "active user");
        return m_failed_fields(call);
    }
    for (uint32_t i = 0; i < key->roles.count; i++) {
        m_str role = M_AT(key->roles, core_user_role, i)->role;
        char *path = m_arena_printf(call->arena, "roles[%u].role", i);
        if (!roles_have(&user->roles, role))
            m_field_fail(call, &core_errors[CORE_E_API_KEY_ROLES], m_str_of(path), "%.*s",
                         M_STR_ARG(role));
    }
    M_TRY(m_failed_fields(call));
    key->id = m_new_id(call);
    key->version = 1;
    key->created_by = key->modified_by = call->actor;
    key->created_at = key->modified_at = m_now(call);
    M_TRY(m_store_insert(work->id->config.store, call, &core_api_key_type, key));
    return identity_audit(work->id, call, core_api_key_type.name, key->id, 1, "create");
}

static m_status check_input(m_call *call, const core_api_key *key)
{
    m_record_validate(call, &core_api_key_type, key, "");
    if (!key->roles.count) m_field_fail(call, m_err_required, M_STR("roles"), NULL);
    if (key->expires_at.us && key->expires_at.us <= m_now(call).us)
        m_field_fail(call, m_err_range, M_STR("expires_at"), "in the future");
    return m_failed_fields(call);
}

/* Prefix, secret and the text that is shown once. */
static m_status make_secret(m_call *call, core_api_key *key, m_str *out)
{
    uint8_t random[PREFIX_CHARS / 2], secret[SECRET_BYTES];
    char *text = m_arena_alloc(call->arena, KEY_CHARS + 1);
    if (!text) return m_fail(call, m_err_memory, NULL);
    randombytes_buf(random, sizeof random);
    randombytes_buf(secret, sizeof secret);
    memcpy(text, "bm_", START_BYTES);
    m_id_format(call->tenant, text + START_BYTES);
    char *prefix = text + START_BYTES + ID_CHARS;
    sodium_bin2hex(prefix, PREFIX_CHARS + 1, random, sizeof random);
    prefix[PREFIX_CHARS] = '_';
    sodium_bin2hex(prefix + PREFIX_CHARS + 1, SECRET_CHARS + 1, secret, sizeof secret);
    key->prefix = (m_str){prefix, PREFIX_CHARS};
    key->secret_hash = secret_hash(call->arena, secret, sizeof secret);
    sodium_memzero(secret, sizeof secret);
    if (!key->secret_hash.n) return m_fail(call, m_err_memory, NULL);
    *out = (m_str){text, KEY_CHARS};
    return M_OK;
}

m_status identity_create_api_key(identity *id, m_call *call, m_str name, m_id user,
                                 const m_str *roles, uint32_t role_count, m_time expires_at,
                                 m_id *out_id, m_str *out_text)
{
    if (!m_may(call, &identity_api_key_doctype, M_CAN_CREATE))
        return m_fail(call, m_err_denied, NULL);
    core_api_key *key = m_record_new(&core_api_key_type, call->arena);
    core_user_role *rows = m_arena_array(call->arena, role_count, sizeof *rows);
    if (!key || !rows) return m_fail(call, m_err_memory, NULL);
    for (uint32_t i = 0; i < role_count; i++)
        rows[i].role = roles[i];
    key->name = m_str_trim(name);
    key->user = user;
    key->roles = (m_list){rows, role_count};
    key->expires_at = expires_at;
    M_TRY(check_input(call, key));
    m_str text;
    M_TRY(make_secret(call, key, &text));
    create_work work = {id, key};
    M_TRY(id->config.runner.run(id->config.runner.self, call, M_UOW_WRITE, work_create, &work));
    *out_id = key->id;
    *out_text = text;
    return M_OK;
}

/* ---- the cache: what the last 30 seconds looked up ---- */

enum { CACHE_ENTRIES = 256, CACHE_LIFE_S = 30, CACHE_BYTES_MAX = 700 };

typedef struct {
    uint8_t hash[HASH_BYTES]; /* of the whole text */
    m_time until;
    uint32_t n;
    uint8_t principal[CACHE_BYTES_MAX];
} cache_entry;

struct api_key_cache {
    pthread_mutex_t lock;
    cache_entry entries[CACHE_ENTRIES];
};

api_key_cache *api_key_cache_new(void)
{
    api_key_cache *cache = calloc(1, sizeof *cache);
    if (cache && pthread_mutex_init(&cache->lock, NULL) != 0) {
        free(cache);
        return NULL;
    }
    return cache;
}

void api_key_cache_free(api_key_cache *cache)
{
    if (!cache) return;
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static bool cache_get(api_key_cache *cache, m_call *call, const uint8_t hash[HASH_BYTES],
                      identity_principal *out)
{
    cache_entry *entry = &cache->entries[hash[0]];
    bool nomem, hit = false;
    pthread_mutex_lock(&cache->lock);
    if (entry->n && entry->until.us > m_now(call).us &&
        sodium_memcmp(entry->hash, hash, HASH_BYTES) == 0)
        hit = principal_unpack(entry->principal, entry->n, call->arena, out, &nomem);
    pthread_mutex_unlock(&cache->lock);
    return hit;
}

static void cache_put(api_key_cache *cache, const m_call *call, const uint8_t hash[HASH_BYTES],
                      const identity_principal *principal)
{
    uint8_t bytes[TOKEN_PAYLOAD_MAX];
    size_t n = principal_pack(principal, 0, bytes);
    if (n == 0 || n > CACHE_BYTES_MAX) return;
    cache_entry *entry = &cache->entries[hash[0]];
    pthread_mutex_lock(&cache->lock);
    memcpy(entry->hash, hash, HASH_BYTES);
    memcpy(entry->principal, bytes, n);
    entry->n = (uint32_t)n;
    entry->until = time_after(m_now(call), CACHE_LIFE_S);
    pthread_mutex_unlock(&cache->lock);
}

/* ---- checking one ---- */

typedef struct {
    identity *id;
    m_str prefix;
    m_str hash;
    const core_api_key *key; /* NULL: refused */
    const core_user *user;
} verify_work;

static m_status work_verify(void *arg, m_call *call)
{
    verify_work *work = arg;
    const void *found;
    M_TRY(m_store_find_one(work->id->config.store, call, &core_api_key_type, "prefix",
                           &work->prefix, &found));
    const core_api_key *key = found;
    work->key = NULL;
    if (!key || !hash_equal(key->secret_hash, work->hash) || key->state != API_KEY_ACTIVE)
        return M_OK;
    M_TRY(read_active_user(work->id, call, key->user, &work->user));
    if (!work->user) return M_OK;
    work->key = m_record_copy(&core_api_key_type, key, call->arena);
    return work->key ? M_OK : m_fail(call, m_err_memory, NULL);
}

static bool split(m_str text, m_id *out_tenant, m_str *out_prefix, uint8_t out_secret[SECRET_BYTES])
{
    size_t n;
    if (text.n != KEY_CHARS || memcmp(text.p, "bm_", START_BYTES) != 0) return false;
    const char *prefix = text.p + START_BYTES + ID_CHARS;
    if (m_id_parse((m_str){text.p + START_BYTES, ID_CHARS}, out_tenant) != M_OK) return false;
    *out_prefix = (m_str){prefix, PREFIX_CHARS};
    if (!m_pattern_match("[0-9a-f]{12}_[0-9a-f]{64}",
                         (m_str){prefix, PREFIX_CHARS + 1 + SECRET_CHARS}))
        return false;
    return sodium_hex2bin(out_secret, SECRET_BYTES, prefix + PREFIX_CHARS + 1, SECRET_CHARS, NULL,
                          &n, NULL) == 0 &&
           n == SECRET_BYTES;
}

/* The key's roles that its user still has. */
static void make_principal(const m_call *call, const verify_work *work, identity_principal *out)
{
    principal_of(call, work->user, out);
    out->role_count = 0;
    for (uint32_t i = 0; i < work->key->roles.count && i < IDENTITY_ROLES_MAX; i++) {
        m_str role = M_AT(work->key->roles, core_user_role, i)->role;
        if (roles_have(&work->user->roles, role)) out->roles[out->role_count++] = role;
    }
    m_time end = work->key->expires_at;
    out->expires_at_s = end.us ? end.us / 1000000 : INT64_MAX / 1000000;
}

static m_status refuse(m_call *call)
{
    return m_fail(call, &core_errors[CORE_E_API_KEY], NULL);
}

m_status identity_verify_api_key(identity *id, m_call *call, m_str text, identity_principal *out)
{
    uint8_t secret[SECRET_BYTES], whole[HASH_BYTES];
    verify_work work = {.id = id};
    identity_principal principal;
    m_id tenant;
    if (!split(text, &tenant, &work.prefix, secret)) return refuse(call);
    call->tenant = tenant;
    crypto_generichash(whole, sizeof whole, (const unsigned char *)text.p, text.n, NULL, 0);
    if (!cache_get(id->cache, call, whole, &principal)) {
        work.hash = secret_hash(call->arena, secret, sizeof secret);
        const identity_runner *runner = &id->config.runner;
        M_TRY(runner->run(runner->self, call, M_UOW_READ, work_verify, &work));
        if (!work.key) return refuse(call);
        make_principal(call, &work, &principal);
        cache_put(id->cache, call, whole, &principal);
    }
    if (m_now(call).us / 1000000 >= principal.expires_at_s) return refuse(call);
    *out = principal;
    return M_OK;
}
