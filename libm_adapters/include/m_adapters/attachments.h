/* Files attached to documents. They live in the database of the domain that owns the document:
 * m.attachment says which file hangs on which document, m.blob holds each content once per tenant,
 * however often it is attached; it goes with the last attachment that names it. */
#ifndef M_ADAPTERS_ATTACHMENTS_H
#define M_ADAPTERS_ATTACHMENTS_H

#include "m/field.h"

#define M_ATTACHMENT_BYTES_MAX 10485760 /* of one file */
#define M_ATTACHMENTS_MAX      50       /* of one document */

/* m.attachment, key id, ids in order of time. */
typedef struct {
    m_id id;
    m_id document;
    m_str document_type;
    m_str name;       /* without folders, control and direction characters */
    m_str media_type; /* by the name's ending, never what the sender said */
    int64_t size;     /* bytes */
    m_str hash;       /* SHA-256 of the content in hex */
    m_time at;
    m_id actor;
    m_str actor_name;
} m_attachment;
extern const m_type m_attachment_type;

/* m.blob, key hash. */
typedef struct {
    m_str hash;
    m_str content;
} m_blob;
extern const m_type m_blob_type;

/* The body of the reply of documents.attachment. */
typedef struct {
    m_str name;
    m_str media_type;
    m_str content; /* base64url without padding */
} m_attachment_sent;
extern const m_type m_attachment_sent_type;

#endif
