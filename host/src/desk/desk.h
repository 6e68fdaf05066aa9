/* The Desk's files over HTTP: the shell at "/" and below "/desk/", what each domain brings below
 * "/remotes/<domain>/". Nothing is compressed or looked up on disk at run time. Any thread. */
#ifndef HOST_DESK_H
#define HOST_DESK_H

#include "http_server.h"
#include "pack.h"

#define DESK_REMOTES_MAX 16

typedef struct desk desk;

/* The packs in a directory: desk.pack, and <domain>.pack of every domain whose bundle is there,
 * also of those that other processes hold. NULL when there is no desk.pack or one is broken; the
 * reason is in error (n bytes) then, empty when there simply is none. Free with desk_close. */
desk *desk_open(const char *directory, char *error, size_t n);
/* Accepts NULL. */
void desk_close(desk *d);

/* Whether there is a pack of that domain. Accepts NULL. */
bool desk_has(const desk *d, const char *name);
/* Whether the path is for desk_answer. */
bool desk_owns(m_str path);

#define DESK_HEADERS 6

typedef struct {
    int status; /* 200, 304, 404 or 405; the last two have neither body nor headers */
    const char *type;
    m_str body; /* a view into a pack */
    http_header headers[DESK_HEADERS];
    uint32_t header_count;
    char etag[80];
} desk_reply;

/* What to answer a request whose path desk_owns. Views live as long as the packs and *out. Accepts
 * NULL: nothing is found then. */
void desk_answer(const desk *d, const http_request *request, desk_reply *out);

#endif
