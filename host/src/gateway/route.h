/* From method and path to what is meant. Pure. */
#ifndef HOST_ROUTE_H
#define HOST_ROUTE_H

#include "m/value.h"

typedef enum {
    ROUTE_NONE,       /* no such path */
    ROUTE_BAD_METHOD, /* the path exists, the method does not fit */
    ROUTE_BAD_ID,     /* the id is not an id: answered like an unknown one */
    ROUTE_HEALTH,
    ROUTE_READY,
    ROUTE_METRICS,
    ROUTE_OPENAPI,
    ROUTE_REMOTES,
    ROUTE_DESK, /* a file of the web client */
    ROUTE_META_LIST,
    ROUTE_META_TYPE,
    ROUTE_META_REPORT,
    ROUTE_SIGN_IN,
    ROUTE_REFRESH,
    ROUTE_SIGN_OUT,
    ROUTE_ME,
    ROUTE_API_KEY,  /* create one; the answer shows the secret once */
    ROUTE_PASSWORD, /* set one's own password */
    ROUTE_PROVE,    /* do the books hold? work for the task board */
    ROUTE_PROOF,    /* what was found */
    ROUTE_IMPORT,
    ROUTE_IMPORTED,
    ROUTE_LIST,
    ROUTE_CREATE,
    ROUTE_GET,
    ROUTE_UPDATE,
    ROUTE_DELETE,
    ROUTE_ACT,
    ROUTE_HISTORY,
    ROUTE_ATTACHMENTS,
    ROUTE_ATTACHMENT, /* a file's content */
    ROUTE_ATTACH,     /* the body is a file */
    ROUTE_DETACH,
    ROUTE_REPORT,
    ROUTE_COUNT
} route_kind;

typedef struct {
    route_kind kind;
    m_str module;
    m_str collection; /* or the report's name */
    m_id id;
    m_str action;
    m_id attachment;
} route;

/* Views point into path. */
route route_parse(m_str method, m_str path);
/* Short constant name for metrics and logs: "documents.get". */
const char *route_name(route_kind kind);
/* What the request asks of the documents or reports of a domain; NULL for other routes. */
const char *route_documents_method(route_kind kind);
const char *route_reports_method(route_kind kind);
bool route_needs_sign_in(route_kind kind);
/* False: of this process itself, or the web client. */
bool route_is_api(route_kind kind);
bool route_writes(route_kind kind);
/* May its body be larger than others, as a file is? */
bool route_takes_file(m_str method, m_str path);

#endif
