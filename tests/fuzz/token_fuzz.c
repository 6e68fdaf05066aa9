/* The parser of access tokens: as text that anybody may send, and as a payload behind a signature
 * of ours, where only its own checks are left. */
#include "fuzz.h"
#include "identity_internal.h"

enum { HEAD_BYTES = 53, INPUT_MAX = 4 * TOKEN_PAYLOAD_MAX };

static const identity_keys *test_keys(void)
{
    static const uint32_t ids[] = {1};
    static const uint8_t bytes[][IDENTITY_KEY_BYTES] = {{1}};
    static identity_keys *keys;
    if (!keys) FUZZ_CHECK(identity_keys_make(ids, bytes, 1, &keys) == M_OK);
    return keys;
}

static void check_inside(const identity_principal *who, const uint8_t *bytes, size_t n)
{
    uint8_t again[TOKEN_PAYLOAD_MAX];
    FUZZ_CHECK(who->role_count <= IDENTITY_ROLES_MAX);
    size_t total = who->name.n;
    bool short_names = who->name.n <= TOKEN_NAME_MAX;
    for (uint32_t i = 0; i < who->role_count; i++) {
        total += who->roles[i].n;
        short_names = short_names && who->roles[i].n <= ROLE_NAME_MAX;
    }
    FUZZ_CHECK(total + HEAD_BYTES + 2 + who->role_count == n);
    if (short_names) {
        uint32_t key_id = (uint32_t)bytes[1] << 24 | (uint32_t)bytes[2] << 16 |
                          (uint32_t)bytes[3] << 8 | bytes[4];
        FUZZ_CHECK(principal_pack(who, key_id, again) == n && memcmp(again, bytes, n) == 0);
    }
}

/* data as all of a payload, and as what follows a good head. */
static void check_payload(const uint8_t *data, size_t size, bool with_head, m_arena *arena)
{
    uint8_t bytes[INPUT_MAX + HEAD_BYTES] = {1, 0, 0, 0, 1};
    identity_principal who;
    bool nomem;
    size_t n = with_head ? HEAD_BYTES : 0;
    if (size) memcpy(bytes + n, data, size);
    n += size;
    if (principal_unpack(bytes, n, arena, &who, &nomem)) check_inside(&who, bytes, n);
}

static void check_text(const uint8_t *data, size_t size, m_arena *arena)
{
    identity_principal who;
    char *text = malloc(size + 3);
    FUZZ_CHECK(text);
    memcpy(text, "m1.", 3);
    if (size) memcpy(text + 3, data, size);
    m_str plain = {(const char *)data, size}, prefixed = {text, size + 3};
    m_time now = {1};
    /* A good signature cannot be guessed. */
    FUZZ_CHECK(identity_verify_token(test_keys(), plain, now, arena, &who) == M_UNAUTHORIZED);
    FUZZ_CHECK(identity_verify_token(test_keys(), prefixed, now, arena, &who) == M_UNAUTHORIZED);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static m_arena *arena;
    if (!arena) FUZZ_CHECK((arena = m_arena_new(0)) != NULL);
    m_arena_reset(arena);
    if (size > INPUT_MAX) size = INPUT_MAX;
    check_text(data, size, arena);
    check_payload(data, size, false, arena);
    check_payload(data, size, true, arena);
    return 0;
}
