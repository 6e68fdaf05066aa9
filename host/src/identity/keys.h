/* The server's signing keys: one signs, a second one may still verify after a rotation. Kept in
 * memory that is locked and never written to a core file.
 *
 * Thread rule: read-only after opening. */
#ifndef IDENTITY_KEYS_H
#define IDENTITY_KEYS_H

#include "m/status.h"

#include <stdint.h>

#define IDENTITY_KEY_BYTES 32

typedef struct identity_keys identity_keys;

/* The file's keys; makes the file (mode 0400, one random key) when there is none. The file must be
 * a plain file of the process's user without rights for others. *why (constant text) says what is
 * wrong. M_INTERNAL, M_NOMEM. */
m_status identity_keys_open(const char *path, identity_keys **out, const char **why) M_MUST_USE;
/* A new key signs from now on; the one that signed so far verifies only. Replaces the file; running
 * processes go on with their keys until they start again. */
m_status identity_keys_rotate(const char *path, const char **why) M_MUST_USE;
/* From given bytes, for tests and fuzzing; count 1 or 2, the first signs. */
m_status identity_keys_make(const uint32_t *ids, const uint8_t (*keys)[IDENTITY_KEY_BYTES],
                            uint32_t count, identity_keys **out) M_MUST_USE;
void identity_keys_free(identity_keys *keys);

#endif
