#include <sodium.h>

#include "m_adapters/codec.h"

/* Needs no sodium_init(): the hash uses neither random numbers nor chosen implementations. */
void m_sha256(const void *bytes, size_t n, uint8_t out[32])
{
    crypto_hash_sha256(out, bytes, n);
}
