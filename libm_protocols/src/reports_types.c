#include "m/reports.h"

#define ROW(name)                                                                                  \
    M_METHOD(reports, name, &m_document_request_type, &m_document_reply_type, M_METHOD_READ)
static const m_method methods[] = {
    ROW(run), ROW(list), ROW(type), ROW(report), ROW(openapi), {.name = NULL},
};
const m_protocol m_reports_protocol = {"reports", 1, methods};
