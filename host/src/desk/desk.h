/* The Desk's files over HTTP: the shell at "/" and below "/desk/", what each domain brings below
 * "/remotes/<domain>/". Nothing is compressed or looked up on disk at run time. Any thread. */
#ifndef HOST_DESK_H
#define HOST_DESK_H

#include "http_server.h"
#include "pack.h"

#define DESK_REMOTES_MAX 16

typedef struct desk desk;

/* The packs in a directory that a process of these domains is to serve, as "finance,people":
 * desk.pack where core is among them, <domain>.pack of each. Empty: all there are. NULL when there
 * is none of them, or no desk.pack where it is wanted, or one is broken; the reason is in error (n
 * bytes) then, empty when there simply is none. Free with desk_close. */
desk *desk_open(const char *directory, m_str domains, char *error, size_t n);
/* Accepts NULL. */
void desk_close(desk *d);

/* Whether there is a pack of that domain. Accepts NULL. */
bool desk_has(const desk *d, const char *name);
/* Whether the path is for desk_answer. */
bool desk_owns(m_str path);
/* "/remotes/finance/a.js" → "finance"; empty for every other path. */
m_str desk_domain(m_str path);

/* The parts of a request that matter; empty where a header is not there. */
typedef struct {
    m_str method, path, accept_encoding, if_none_match;
} desk_question;
desk_question desk_question_of(const http_request *request);

/* What is found. Views live as long as the packs. */
typedef struct {
    int64_t status; /* 200, 304, 404 or 405; nothing else is filled for the last two */
    m_str type;     /* content type, zero-terminated */
    m_str tag;      /* of the body as it is */
    m_enum coding;  /* desk_coding */
    bool immutable; /* its name holds a hash of what is in it */
    m_str body;     /* empty for 304 */
    m_str policy;   /* of a page; of the shell's alone, so no other process is told */
} desk_found;

/* Accepts NULL: nothing is found then. */
void desk_find_file(const desk *d, const desk_question *question, desk_found *out);

#define DESK_HEADERS 6
#define DESK_ETAG    80

typedef struct {
    int status; /* as desk_found */
    const char *type;
    m_str body;
    http_header headers[DESK_HEADERS]; /* none for 404 and 405 */
    uint32_t header_count;
    char etag[DESK_ETAG];
} desk_reply;

/* As an answer over HTTP; views of *found, and of *out. */
void desk_reply_of(const desk_found *found, desk_reply *out);
/* What to answer a request whose path desk_owns. Accepts NULL as desk_find_file does. */
void desk_answer(const desk *d, const http_request *request, desk_reply *out);

#endif
