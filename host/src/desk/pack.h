/* One bundle of the Desk as a mapped file: an index sorted by path and every body up to three times
 * (as it is, gzip, brotli). Written by host/desk/build/pack.mjs; read-only, any thread. */
#ifndef HOST_DESK_PACK_H
#define HOST_DESK_PACK_H

#include "m/value.h"

typedef struct desk_pack desk_pack;

typedef enum { DESK_IDENTITY, DESK_GZIP, DESK_BROTLI, DESK_CODINGS } desk_coding;

/* Views into the pack. */
typedef struct {
    m_str path;                 /* "assets/index-3f2a.js" */
    const char *type;           /* content type, zero-terminated */
    m_str tag;                  /* of the body as it is; 8 to 64 characters of base64url */
    bool immutable;             /* its name holds a hash of what is in it */
    m_str bodies[DESK_CODINGS]; /* {NULL,0} when the bundle has none in this coding */
} desk_file;

/* Maps and checks the whole index, so that nothing that follows can leave the file. M_NOT_FOUND
 * when there is no such file, M_INVALID when it is not a pack; then the reason is in error (n
 * bytes). Free with desk_pack_close. */
m_status desk_pack_open(const char *path, desk_pack **out, char *error, size_t n) M_MUST_USE;
/* Accepts NULL. */
void desk_pack_close(desk_pack *pack);

bool desk_pack_find(const desk_pack *pack, m_str path, desk_file *out);
/* The Content-Security-Policy its pages need; {NULL,0} when it has no pages. */
m_str desk_pack_policy(const desk_pack *pack);

#endif
