#include "m_adapters/nkey.h"

#include <sodium.h>

#define PREFIX_SEED    (18 << 3) /* S */
#define PREFIX_USER    (20 << 3) /* U */
#define PREFIX_ACCOUNT 0         /* A */

#define KEY_BYTES    32
#define SEED_RAW     (2 + KEY_BYTES + 2)
#define PUBLIC_RAW   (1 + KEY_BYTES + 2)
#define ALPHABET_MAX 32

static const char alphabet[ALPHABET_MAX + 1] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* CRC-16/XMODEM, as nkeys have it. */
static uint16_t crc16(const uint8_t *bytes, size_t n)
{
    uint32_t crc = 0;
    for (size_t i = 0; i < n; i++) {
        crc ^= (uint32_t)bytes[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
    }
    return (uint16_t)crc;
}

static void put_crc(uint8_t *raw, size_t n)
{
    uint16_t crc = crc16(raw, n);
    raw[n] = (uint8_t)crc;
    raw[n + 1] = (uint8_t)(crc >> 8);
}

/* Base 32 without padding, zero-terminated. */
static void encode(const uint8_t *bytes, size_t n, char *out)
{
    uint32_t held = 0;
    int bits = 0;
    for (size_t i = 0; i < n; i++) {
        held = (held << 8 | bytes[i]) & 0xfff;
        bits += 8;
        for (; bits >= 5; bits -= 5)
            *out++ = alphabet[held >> (bits - 5) & 31];
    }
    if (bits) *out++ = alphabet[held << (5 - bits) & 31];
    *out = 0;
}

static m_status decode(m_str text, uint8_t *out, size_t n)
{
    if (text.n != (n * 8 + 4) / 5) return M_INVALID;
    uint32_t held = 0;
    int bits = 0;
    size_t at = 0;
    for (size_t i = 0; i < text.n; i++) {
        const char *found = text.p[i] ? strchr(alphabet, text.p[i]) : NULL;
        if (!found) return M_INVALID;
        held = (held << 5 | (uint32_t)(found - alphabet)) & 0xfff;
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        out[at++] = (uint8_t)(held >> bits);
    }
    return at == n ? M_OK : M_INVALID;
}

static m_status public_of(uint8_t prefix, const uint8_t seed[KEY_BYTES],
                          char out_public[M_NKEY_PUBLIC])
{
    if (sodium_init() < 0) return M_UNAVAILABLE;
    uint8_t key[crypto_sign_SECRETKEYBYTES], raw[PUBLIC_RAW];
    raw[0] = prefix;
    crypto_sign_seed_keypair(raw + 1, key, seed);
    sodium_memzero(key, sizeof key);
    put_crc(raw, 1 + KEY_BYTES);
    encode(raw, sizeof raw, out_public);
    return M_OK;
}

m_status m_nkey_make(m_nkey_kind kind, char out_seed[M_NKEY_SEED], char out_public[M_NKEY_PUBLIC])
{
    if (sodium_init() < 0) return M_UNAVAILABLE;
    uint8_t prefix = kind == M_NKEY_USER ? PREFIX_USER : PREFIX_ACCOUNT;
    uint8_t raw[SEED_RAW];
    raw[0] = (uint8_t)(PREFIX_SEED | prefix >> 5);
    raw[1] = (uint8_t)((prefix & 31) << 3);
    randombytes_buf(raw + 2, KEY_BYTES);
    put_crc(raw, 2 + KEY_BYTES);
    m_status status = public_of(prefix, raw + 2, out_public);
    if (status == M_OK) encode(raw, sizeof raw, out_seed);
    sodium_memzero(raw, sizeof raw);
    return status;
}

m_status m_nkey_public(m_str seed, char out_public[M_NKEY_PUBLIC])
{
    uint8_t raw[SEED_RAW];
    M_TRY(decode(m_str_trim(seed), raw, sizeof raw));
    uint16_t crc = crc16(raw, SEED_RAW - 2);
    uint8_t prefix = (uint8_t)((raw[0] & 7) << 5 | raw[1] >> 3);
    m_status status = M_INVALID;
    if (raw[SEED_RAW - 2] == (uint8_t)crc && raw[SEED_RAW - 1] == (uint8_t)(crc >> 8) &&
        (raw[0] & 0xf8) == PREFIX_SEED)
        status = public_of(prefix, raw + 2, out_public);
    sodium_memzero(raw, sizeof raw);
    return status;
}
