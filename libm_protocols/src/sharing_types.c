#include "m/sharing.h"

#define BODY_MAX     65000 /* characters */
#define DIGEST_BYTES 32

static const m_field row_fields[] = {
    M_F_ID(m_share_row, id, "Id"),
    M_F_INT(m_share_row, version, "Version"),
    M_F_TEXT(m_share_row, body, "Document", .max = BODY_MAX),
    M_F_BOOL(m_share_row, continued, "Goes on in the next row"),
};
const m_type m_share_row_type = {
    .name = "sharing.row", .size = sizeof(m_share_row), M_FIELDS(row_fields)};

static const m_field page_question_fields[] = {
    M_F_STR(m_share_page_question, type, "Type", .flags = M_REQUIRED),
    M_F_ID(m_share_page_question, after, "After"),
    M_F_INT(m_share_page_question, limit, "Documents", .flags = M_NON_NEGATIVE),
};
const m_type m_share_page_question_type = {.name = "sharing.page_question",
                                           .size = sizeof(m_share_page_question),
                                           M_FIELDS(page_question_fields)};

static const m_field page_fields[] = {
    M_F_INT(m_share_page, seq, "Event"),
    M_F_ID(m_share_page, last, "Id of the event"),
    M_F_LIST(m_share_page, rows, "Documents", &m_share_row_type),
    M_F_BOOL(m_share_page, more, "There are more"),
};
const m_type m_share_page_type = {
    .name = "sharing.page", .size = sizeof(m_share_page), M_FIELDS(page_fields)};

/* m_id has the layout of a struct with one id. */
typedef struct {
    m_id id;
} id_item;
static const m_field id_item_fields[] = {M_F_ID(id_item, id, "Id")};
static const m_type id_item_type = {
    .name = "sharing.id", .size = sizeof(id_item), M_FIELDS(id_item_fields)};
static const m_field ids_fields[] = {
    M_F_STR(m_share_ids, type, "Type", .flags = M_REQUIRED),
    M_F_LIST(m_share_ids, ids, "Ids", &id_item_type),
};
const m_type m_share_ids_type = {
    .name = "sharing.ids", .size = sizeof(m_share_ids), M_FIELDS(ids_fields)};

static const m_field document_fields[] = {
    M_F_STR(m_share_document, type, "Type", .flags = M_REQUIRED),
    M_F_ID(m_share_document, id, "Id", .flags = M_REQUIRED),
};
const m_type m_share_document_type = {
    .name = "sharing.document", .size = sizeof(m_share_document), M_FIELDS(document_fields)};

static const m_field reference_fields[] = {
    M_F_STR(m_share_reference, label, "What points to it"),
};
const m_type m_share_reference_type = {
    .name = "sharing.reference", .size = sizeof(m_share_reference), M_FIELDS(reference_fields)};

static const m_field digest_question_fields[] = {
    M_F_STR(m_share_digest_question, type, "Type", .flags = M_REQUIRED),
    M_F_ID(m_share_digest_question, after, "After"),
    M_F_INT(m_share_digest_question, limit, "Documents", .flags = M_NON_NEGATIVE),
};
const m_type m_share_digest_question_type = {.name = "sharing.digest_question",
                                             .size = sizeof(m_share_digest_question),
                                             M_FIELDS(digest_question_fields)};

static const m_field digest_fields[] = {
    M_F_INT(m_share_digest, seq, "Event"),
    M_F_INT(m_share_digest, count, "Documents"),
    M_F_BYTES(m_share_digest, digest, "Digest", .max = DIGEST_BYTES),
    M_F_ID(m_share_digest, last, "Up to"),
};
const m_type m_share_digest_type = {
    .name = "sharing.digest", .size = sizeof(m_share_digest), M_FIELDS(digest_fields)};

static const m_method methods[] = {
    M_METHOD(sharing, page, &m_share_page_question_type, &m_share_page_type, M_METHOD_IDEMPOTENT),
    M_METHOD(sharing, exist, &m_share_ids_type, &m_ids_type, M_METHOD_READ),
    M_METHOD(sharing, reference, &m_share_document_type, &m_share_reference_type, M_METHOD_READ),
    M_METHOD(sharing, digest, &m_share_digest_question_type, &m_share_digest_type,
             M_METHOD_IDEMPOTENT),
    M_METHOD(sharing, policy, &m_share_document_type, &m_share_reference_type, M_METHOD_READ),
    {.name = NULL},
};
const m_protocol m_sharing_protocol = {"sharing", 1, methods};
