/* NATS nkeys: Ed25519 key pairs as text (base 32 with a kind in front and a CRC behind). A broker
 * knows only the public part; the seed never leaves its file. Pure but for the random numbers;
 * any thread. */
#ifndef M_ADAPTERS_NKEY_H
#define M_ADAPTERS_NKEY_H

#include "m/value.h"

typedef enum { M_NKEY_USER, M_NKEY_ACCOUNT } m_nkey_kind;

#define M_NKEY_SEED   59 /* with the terminating zero */
#define M_NKEY_PUBLIC 57

/* A new pair. M_UNAVAILABLE: no random numbers. */
M_MUST_USE m_status m_nkey_make(m_nkey_kind kind, char out_seed[M_NKEY_SEED],
                                char out_public[M_NKEY_PUBLIC]);
/* The public part of a seed (blanks around it are taken off). M_INVALID: it is no seed. */
M_MUST_USE m_status m_nkey_public(m_str seed, char out_public[M_NKEY_PUBLIC]);

#endif
