#include "m/documents.h"

static const m_field pair_fields[] = {
    M_F_STR(m_pair, name, "Name", .max = 200),
    M_F_STR(m_pair, value, "Value", .max = 4000),
};
const m_type m_pair_type = {
    .name = "documents.pair", .size = sizeof(m_pair), M_FIELDS(pair_fields)};

static const m_field request_fields[] = {
    M_F_STR(m_document_request, module, "Module"),
    M_F_STR(m_document_request, collection, "Collection"),
    M_F_ID(m_document_request, id, "Id"),
    M_F_STR(m_document_request, action, "Action"),
    M_F_INT(m_document_request, if_version, "Expected version"),
    M_F_TEXT(m_document_request, body, "Body", .max = 16777216),
    M_F_LIST(m_document_request, query, "Query", &m_pair_type),
    M_F_ID(m_document_request, attachment, "Attachment"),
};
const m_type m_document_request_type = {
    .name = "documents.request", .size = sizeof(m_document_request), M_FIELDS(request_fields)};

static const m_field reply_fields[] = {
    M_F_TEXT(m_document_reply, body, "Body", .max = 16777216),
    M_F_ID(m_document_reply, id, "Id"),
    M_F_INT(m_document_reply, version, "Version"),
    M_F_INT(m_document_reply, mark, "Mark"),
};
const m_type m_document_reply_type = {
    .name = "documents.reply", .size = sizeof(m_document_reply), M_FIELDS(reply_fields)};

#define ROW(name, flags)                                                                           \
    M_METHOD(documents, name, &m_document_request_type, &m_document_reply_type, flags)
static const m_method methods[] = {
    ROW(get, M_METHOD_READ),
    ROW(list, M_METHOD_READ),
    ROW(create, 0),
    ROW(update, 0),
    ROW(remove, 0),
    ROW(act, 0),
    ROW(history, M_METHOD_READ),
    ROW(attachments, M_METHOD_READ),
    ROW(attachment, M_METHOD_READ),
    ROW(attach, 0),
    ROW(detach, 0),
    {.name = NULL},
};
const m_protocol m_documents_protocol = {"documents", 1, methods};
