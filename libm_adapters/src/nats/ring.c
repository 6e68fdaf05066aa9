#include "ring.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define MAC_BYTES  32
#define KEY_BYTES  32
#define FILE_MAX   4096
#define ENCODING   sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define MAC_TEXT   43
#define KID_LETTER "abcdefghijklmnopqrstuvwxyz0123456789-"

typedef struct {
    char kid[RING_KID_MAX + 1];
    crypto_generichash_state begun; /* with the key taken in */
} ring_key;

struct m_rpc_ring {
    uint32_t count;
    ring_key keys[RING_KEYS_MAX];
};

/* ---- making ---- */

static bool is_kid(m_str kid)
{
    if (kid.n < 1 || kid.n > RING_KID_MAX) return false;
    for (size_t i = 0; i < kid.n; i++)
        if (!kid.p[i] || !strchr(KID_LETTER, kid.p[i])) return false;
    return true;
}

static const ring_key *find(const m_rpc_ring *ring, m_str kid)
{
    for (uint32_t i = 0; i < ring->count; i++)
        if (m_str_is(kid, ring->keys[i].kid)) return &ring->keys[i];
    return NULL;
}

/* NULL, or what is wrong with the line. */
static const char *add_line(m_rpc_ring *ring, m_str line)
{
    const char *colon = memchr(line.p, ':', line.n);
    if (!colon) return "A line of the key file is not \"kid:hex\".";
    m_str kid = {line.p, (size_t)(colon - line.p)};
    m_str hex = {colon + 1, line.n - kid.n - 1};
    if (!is_kid(kid)) return "A key id is not 1 to 16 of a-z, 0-9 and \"-\".";
    if (find(ring, kid)) return "A key id is there twice.";
    if (ring->count == RING_KEYS_MAX) return "There are more than 8 keys.";
    uint8_t key[KEY_BYTES];
    size_t n = 0;
    bool good = hex.n == 2 * KEY_BYTES &&
                sodium_hex2bin(key, sizeof key, hex.p, hex.n, NULL, &n, NULL) == 0 &&
                n == sizeof key;
    if (good) {
        ring_key *slot = &ring->keys[ring->count++];
        memcpy(slot->kid, kid.p, kid.n);
        slot->kid[kid.n] = 0;
        crypto_generichash_init(&slot->begun, key, sizeof key, MAC_BYTES);
    }
    sodium_memzero(key, sizeof key);
    return good ? NULL : "A key is not 64 hex digits.";
}

static const char *add_lines(m_rpc_ring *ring, m_str text)
{
    while (text.n) {
        const char *end = memchr(text.p, '\n', text.n);
        size_t n = end ? (size_t)(end - text.p) : text.n;
        m_str line = m_str_trim((m_str){text.p, n});
        n += end != NULL;
        text = (m_str){text.p + n, text.n - n};
        const char *why = line.n && line.p[0] != '#' ? add_line(ring, line) : NULL;
        if (why) return why;
    }
    return ring->count ? NULL : "There is no key in the key file.";
}

m_status m_rpc_ring_parse(m_str text, m_rpc_ring **out, const char **out_why)
{
    *out_why = "There is no memory for the keys.";
    if (sodium_init() < 0) return M_UNAVAILABLE;
    m_rpc_ring *ring = sodium_malloc(sizeof *ring); /* pages that are never swapped out */
    if (!ring) return M_NOMEM;
    sodium_memzero(ring, sizeof *ring);
    const char *why = add_lines(ring, text);
    if (why) {
        *out_why = why;
        sodium_free(ring);
        return M_INVALID;
    }
    sodium_mprotect_readonly(ring);
    *out = ring;
    return M_OK;
}

m_status m_rpc_ring_read(const char *path, m_rpc_ring **out, const char **out_why)
{
    char text[FILE_MAX];
    *out_why = "The key file cannot be read.";
    FILE *file = path ? fopen(path, "re") : NULL;
    if (!file) return M_INVALID;
    size_t n = fread(text, 1, sizeof text, file);
    bool whole = !ferror(file) && feof(file);
    fclose(file);
    m_status status = whole ? m_rpc_ring_parse((m_str){text, n}, out, out_why) : M_INVALID;
    sodium_memzero(text, sizeof text);
    return status;
}

void m_rpc_ring_free(m_rpc_ring *ring)
{
    sodium_free(ring);
}

m_status m_rpc_key_make(const char *kid, char out[M_RPC_KEY_TEXT])
{
    uint8_t key[KEY_BYTES];
    char hex[2 * KEY_BYTES + 1];
    if (!is_kid(m_str_of(kid)) || sodium_init() < 0) return M_INVALID;
    randombytes_buf(key, sizeof key);
    sodium_bin2hex(hex, sizeof hex, key, sizeof key);
    snprintf(out, M_RPC_KEY_TEXT, "%s:%s", kid, hex);
    sodium_memzero(key, sizeof key);
    sodium_memzero(hex, sizeof hex);
    return M_OK;
}

/* ---- signing: BLAKE2b with a key, which costs a third of an HMAC and is no weaker ---- */

static void update(crypto_generichash_state *state, m_str part, const char *end)
{
    crypto_generichash_update(state, (const uint8_t *)part.p, part.n);
    crypto_generichash_update(state, (const uint8_t *)end, strlen(end));
}

static void mac_of(const ring_key *key, const ring_signed *what, uint8_t out[MAC_BYTES])
{
    crypto_generichash_state state = key->begun;
    update(&state, what->subject, "\n");
    update(&state, what->call, "\n");
    update(&state, what->trace, "\n");
    update(&state, what->body, "");
    crypto_generichash_final(&state, out, MAC_BYTES);
}

void ring_sign(const m_rpc_ring *ring, const ring_signed *what, char out[RING_SIGN_TEXT])
{
    uint8_t mac[MAC_BYTES];
    mac_of(&ring->keys[0], what, mac);
    size_t n = strlen(ring->keys[0].kid);
    memcpy(out, ring->keys[0].kid, n);
    out[n] = ':';
    sodium_bin2base64(out + n + 1, RING_SIGN_TEXT - n - 1, mac, sizeof mac, ENCODING);
}

bool ring_verify(const m_rpc_ring *ring, const ring_signed *what, m_str sign)
{
    const char *colon = sign.n ? memchr(sign.p, ':', sign.n) : NULL;
    if (!colon) return false;
    m_str kid = {sign.p, (size_t)(colon - sign.p)};
    m_str text = {colon + 1, sign.n - kid.n - 1};
    const ring_key *key = find(ring, kid);
    uint8_t told[MAC_BYTES], mac[MAC_BYTES];
    size_t n = 0;
    if (!key || text.n != MAC_TEXT ||
        sodium_base642bin(told, sizeof told, text.p, text.n, NULL, &n, NULL, ENCODING) != 0 ||
        n != sizeof told)
        return false;
    mac_of(key, what, mac);
    return sodium_memcmp(told, mac, sizeof mac) == 0;
}
