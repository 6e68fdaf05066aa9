/* Reports: run the reports of a domain and describe what it offers; what the gateway calls. Bodies
 * are JSON text, as in documents.h; a request names the module and, as collection, the report or
 * document type. */
#ifndef M_REPORTS_H
#define M_REPORTS_H

#include "m/documents.h"

typedef struct {
    m_ops_head head;
    /* in->query: the parameters. Reply: {"report","params","rows","totals"}. */
    m_status (*run)(void *self, m_call *call, const m_document_request *in, m_document_reply *out);
    /* The document types and reports that the caller may read: one JSON object after the other,
     * with commas between. */
    m_status (*list)(void *self, m_call *call, const m_document_request *in, m_document_reply *out);
    /* Form and list metadata of one document type. */
    m_status (*type)(void *self, m_call *call, const m_document_request *in, m_document_reply *out);
    /* Parameters and columns of one report. */
    m_status (*report)(void *self, m_call *call, const m_document_request *in,
                       m_document_reply *out);
    /* What the modules that this process owns add to the OpenAPI document, for a gateway elsewhere:
     * m_openapi_part of the codec as JSON. Open to everybody, as the document is. */
    m_status (*openapi)(void *self, m_call *call, const m_document_request *in,
                        m_document_reply *out);
} m_reports_ops;

typedef struct {
    const m_reports_ops *ops;
    void *self;
} m_reports;

M_WRAPPER(reports, run, m_document_request, m_document_reply)
M_WRAPPER(reports, list, m_document_request, m_document_reply)
M_WRAPPER(reports, type, m_document_request, m_document_reply)
M_WRAPPER(reports, report, m_document_request, m_document_reply)
M_WRAPPER(reports, openapi, m_document_request, m_document_reply)

extern const m_protocol m_reports_protocol;

#endif
