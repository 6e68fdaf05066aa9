/* Documents: create, read, list, change and move the documents of a domain; what the gateway calls.
 * Bodies are JSON text, so that the protocol is the same for every type and over any wire. */
#ifndef M_DOCUMENTS_H
#define M_DOCUMENTS_H

#include "m/iface.h"

/* One "name=value" of the request. */
typedef struct {
    m_str name;
    m_str value;
} m_pair;
extern const m_type m_pair_type;

typedef struct {
    m_str module;       /* "wms" */
    m_str collection;   /* "goods-receipts" */
    m_id id;            /* null id for create and list */
    m_str action;       /* "submit", …; create: also the move to make right after; else empty */
    int64_t if_version; /* 0: not given */
    m_str body;         /* JSON or empty */
    m_list query;       /* m_pair: filters, sort, limit, cursor, fields, q; attach: name */
    m_id attachment;    /* of attachment and detach */
} m_document_request;
extern const m_type m_document_request_type;

typedef struct {
    m_str body; /* JSON */
    m_id id;
    int64_t version; /* for the ETag; 0: none */
    int64_t mark;    /* of a write: number of the last event that left with it; 0: none did */
} m_document_reply;
extern const m_type m_document_reply_type;

typedef struct {
    m_ops_head head;
    m_status (*get)(void *self, m_call *call, const m_document_request *in, m_document_reply *out);
    m_status (*list)(void *self, m_call *call, const m_document_request *in, m_document_reply *out);
    m_status (*create)(void *self, m_call *call, const m_document_request *in,
                       m_document_reply *out);
    m_status (*update)(void *self, m_call *call, const m_document_request *in,
                       m_document_reply *out);
    m_status (*remove)(void *self, m_call *call, const m_document_request *in,
                       m_document_reply *out);
    m_status (*act)(void *self, m_call *call, const m_document_request *in, m_document_reply *out);
    /* Audit trail of one document, newest first. */
    m_status (*history)(void *self, m_call *call, const m_document_request *in,
                        m_document_reply *out);
    /* Files of one document: what there is, one of them with its content, add one, take one away.
     * Contents travel as base64url text: the body of attach is the file and nothing else. */
    m_status (*attachments)(void *self, m_call *call, const m_document_request *in,
                            m_document_reply *out);
    m_status (*attachment)(void *self, m_call *call, const m_document_request *in,
                           m_document_reply *out);
    m_status (*attach)(void *self, m_call *call, const m_document_request *in,
                       m_document_reply *out);
    m_status (*detach)(void *self, m_call *call, const m_document_request *in,
                       m_document_reply *out);
} m_documents_ops;

typedef struct {
    const m_documents_ops *ops;
    void *self;
} m_documents;

M_WRAPPER(documents, get, m_document_request, m_document_reply)
M_WRAPPER(documents, list, m_document_request, m_document_reply)
M_WRAPPER(documents, create, m_document_request, m_document_reply)
M_WRAPPER(documents, update, m_document_request, m_document_reply)
M_WRAPPER(documents, remove, m_document_request, m_document_reply)
M_WRAPPER(documents, act, m_document_request, m_document_reply)
M_WRAPPER(documents, history, m_document_request, m_document_reply)
M_WRAPPER(documents, attachments, m_document_request, m_document_reply)
M_WRAPPER(documents, attachment, m_document_request, m_document_reply)
M_WRAPPER(documents, attach, m_document_request, m_document_reply)
M_WRAPPER(documents, detach, m_document_request, m_document_reply)

extern const m_protocol m_documents_protocol;

#endif
