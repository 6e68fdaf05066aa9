#include "identity.h"

#include <stdlib.h>

#include "identity_internal.h"
#include "m_adapters/audit.h"
#include "m_adapters/infra.h"

enum { ACCESS_LIFE_S = 900, LOCK_AFTER = 10, PARALLEL = 2 };

static void defaults(identity_config *config)
{
    if (!config->password_passes) config->password_passes = crypto_pwhash_OPSLIMIT_INTERACTIVE;
    if (!config->password_memory_bytes)
        config->password_memory_bytes = crypto_pwhash_MEMLIMIT_INTERACTIVE;
    if (!config->password_parallel) config->password_parallel = PARALLEL;
    if (!config->password_min_chars) config->password_min_chars = 10;
    if (!config->access_life_s) config->access_life_s = ACCESS_LIFE_S;
    if (!config->refresh_life_s) config->refresh_life_s = IDENTITY_REFRESH_LIFE_S;
    if (!config->lock_after) config->lock_after = LOCK_AFTER;
}

/* Same cost as the real ones, so that unknown users take as long. */
static bool make_dummy(identity *id)
{
    char password[2 * SECRET_BYTES + 1];
    uint8_t random[SECRET_BYTES];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(password, sizeof password, random, sizeof random);
    return crypto_pwhash_str(id->dummy_hash, password, strlen(password), id->config.password_passes,
                             id->config.password_memory_bytes) == 0;
}

m_status identity_open(const identity_config *config, identity **out)
{
    if (sodium_init() < 0) return M_INTERNAL;
    identity *id = calloc(1, sizeof *id);
    if (!id) return M_NOMEM;
    id->config = *config;
    defaults(&id->config);
    if (password_gate_init(&id->gate, id->config.password_parallel) != M_OK) {
        free(id);
        return M_INTERNAL;
    }
    id->cache = api_key_cache_new();
    if (!id->cache || !make_dummy(id)) {
        identity_close(id);
        return M_NOMEM;
    }
    *out = id;
    return M_OK;
}

void identity_close(identity *id)
{
    if (!id) return;
    password_gate_close(&id->gate);
    api_key_cache_free(id->cache);
    free(id);
}

m_str secret_hash(m_arena *arena, const void *secret, size_t n)
{
    uint8_t hash[HASH_BYTES];
    crypto_generichash(hash, sizeof hash, secret, n, NULL, 0);
    return m_str_dup(arena, (m_str){(const char *)hash, sizeof hash});
}

bool hash_equal(m_str a, m_str b)
{
    return a.n == HASH_BYTES && b.n == HASH_BYTES && sodium_memcmp(a.p, b.p, HASH_BYTES) == 0;
}

m_str email_normal(m_arena *arena, m_str email)
{
    m_str copy = m_str_dup(arena, m_str_trim(email));
    char *p = (char *)(uintptr_t)copy.p;
    for (size_t i = 0; i < copy.n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] - 'A' + 'a');
    return copy;
}

void principal_of(const m_call *call, const core_user *user, identity_principal *out)
{
    *out = (identity_principal){.tenant = call->tenant,
                                .user = user->id,
                                .name = user->name,
                                .token_epoch = user->token_epoch};
    for (uint32_t i = 0; i < user->roles.count && i < IDENTITY_ROLES_MAX; i++)
        out->roles[out->role_count++] = M_AT(user->roles, core_user_role, i)->role;
}

m_status read_active_user(identity *id, m_call *call, m_id user_id, const core_user **out_user)
{
    m_fetch fetches[] = {
        {.type = &identity_tenant_type, .ids = &call->tenant, .key_count = 1},
        {.type = &core_user_type, .ids = &user_id, .key_count = 1},
    };
    M_TRY(m_store_fetch(id->config.store, call, fetches, 2));
    const core_tenant *tenant = fetches[0].records[0];
    const core_user *user = fetches[1].records[0];
    bool active = tenant && tenant->active && user && user->state == USER_ACTIVE;
    /* records may go with the transaction, and this one is used after it */
    *out_user = active ? m_record_copy(&core_user_type, user, call->arena) : NULL;
    return active && !*out_user ? m_fail(call, m_err_memory, NULL) : M_OK;
}

void identity_apply(const identity_principal *principal, m_call *call)
{
    call->tenant = principal->tenant;
    call->actor = principal->user;
    call->actor_name = principal->name;
    call->roles = principal->roles;
    call->role_count = principal->role_count;
    call->system = false;
}

m_status identity_audit(identity *id, m_call *call, const char *type, m_id document,
                        int64_t version, const char *action)
{
    return m_audit_note(id->config.store, call, type, document, version, action, M_STR("[]"));
}
