#include "m_adapters/attachments.h"
#include "m_adapters/infra.h"
#include "m_adapters/replica.h"

#include "m/deciding.h"
#include "m_adapters/stream.h"

#define PAYLOAD_MAX 16777216 /* characters; the same as the largest reply */
#define HASH_BYTES  32

/* ---- numbers and streams ---- */

static const m_field series_fields[] = {
    M_F_STR(m_series_row, series, "Series", .flags = M_KEY, .max = 40),
    M_F_STR(m_series_row, period, "Period", .flags = M_KEY, .max = 10),
    M_F_INT(m_series_row, last, "Last number", .flags = M_NON_NEGATIVE),
};
const m_type m_series_type = {.name = "m.series",
                              .schema = "m",
                              .table = "series",
                              .size = sizeof(m_series_row),
                              M_FIELDS(series_fields)};

static const m_field head_fields[] = {
    M_F_STR(m_stream_head, stream, "Stream", .flags = M_KEY, .max = 40),
    M_F_INT(m_stream_head, seq, "Sequence", .flags = M_NON_NEGATIVE),
    M_F_BYTES(m_stream_head, hash, "Hash", .max = HASH_BYTES),
};
const m_type m_stream_head_type = {.name = "m.stream_head",
                                   .schema = "m",
                                   .table = "stream_head",
                                   .size = sizeof(m_stream_head),
                                   M_FIELDS(head_fields)};

/* ---- events ---- */

static const char *const outbox_states[] = {"ready", "done", "dead", NULL};
/* The relay looks only for rows that are not done, and those are few: small indexes. Ids grow, so
 * their order is that of the events, and old rows are found by id too. */
static const m_index outbox_indexes[] = {
    {"id", false, "status <> 'done'"},
    {"aggregate,id", false, "status <> 'done'"},
    {NULL, false, NULL},
};
static const m_field outbox_fields[] = {
    M_F_ID(m_outbox_row, id, "Event", .flags = M_REQUIRED),
    M_F_STR(m_outbox_row, type, "Type", .flags = M_REQUIRED),
    M_F_ID(m_outbox_row, aggregate, "Aggregate"),
    M_F_DATE(m_outbox_row, occurred_on, "Occurred on"),
    M_F_TIME(m_outbox_row, recorded_at, "Recorded at"),
    M_F_STR(m_outbox_row, actor_name, "Actor"),
    M_F_STR(m_outbox_row, request_id, "Request"),
    M_F_STR(m_outbox_row, idempotency_key, "Idempotency key", .max = 200),
    M_F_INT(m_outbox_row, schema_version, "Schema version"),
    M_F_TEXT(m_outbox_row, payload, "Payload", .max = PAYLOAD_MAX),
    M_F_INT(m_outbox_row, attempts, "Attempts", .flags = M_NON_NEGATIVE),
    M_F_TIME(m_outbox_row, next_try_at, "Next try at"),
    M_F_ENUM(m_outbox_row, status, "Status", outbox_states),
    M_F_TEXT(m_outbox_row, last_error, "Last error", .max = 2000),
};
const m_type m_outbox_type = {.name = "m.outbox",
                              .schema = "m",
                              .table = "outbox",
                              .size = sizeof(m_outbox_row),
                              M_FIELDS(outbox_fields),
                              .indexes = outbox_indexes};

static const m_index inbox_indexes[] = {{"handled_at", false, NULL}, {NULL, false, NULL}};
static const m_field inbox_fields[] = {
    M_F_STR(m_inbox_row, consumer, "Consumer", .flags = M_KEY, .max = 80),
    M_F_ID(m_inbox_row, event_id, "Event", .flags = M_KEY),
    M_F_TIME(m_inbox_row, handled_at, "Handled at"),
};
const m_type m_inbox_type = {.name = "m.inbox",
                             .schema = "m",
                             .table = "inbox",
                             .size = sizeof(m_inbox_row),
                             M_FIELDS(inbox_fields),
                             .indexes = inbox_indexes};

/* ---- repeated requests ---- */

static const m_index idempotency_indexes[] = {{.fields = "created_at", .summary = true}, {NULL}};
static const m_field idempotency_fields[] = {
    M_F_ID(m_idempotency_row, digest, "Digest", .flags = M_KEY),
    M_F_BYTES(m_idempotency_row, body_hash, "Hash of the body", .max = HASH_BYTES),
    M_F_INT(m_idempotency_row, http_status, "Status"),
    M_F_TEXT(m_idempotency_row, reply, "Reply", .max = PAYLOAD_MAX),
    M_F_ID(m_idempotency_row, reply_id, "Document"),
    M_F_INT(m_idempotency_row, reply_version, "Version"),
    M_F_TIME(m_idempotency_row, created_at, "Created at"),
};
const m_type m_idempotency_type = {.name = "m.idempotency",
                                   .schema = "m",
                                   .table = "idempotency",
                                   .size = sizeof(m_idempotency_row),
                                   M_FIELDS(idempotency_fields),
                                   .indexes = idempotency_indexes};

/* ---- audit ---- */

static const m_index audit_indexes[] = {{.fields = "at", .summary = true}, {NULL}};
static const m_field audit_fields[] = {
    M_F_ID(m_audit_row, document, "Document", .flags = M_KEY | M_REQUIRED),
    M_F_ID(m_audit_row, id, "Id", .flags = M_KEY | M_REQUIRED),
    M_F_TIME(m_audit_row, at, "At"),
    M_F_ID(m_audit_row, actor, "Actor"),
    M_F_STR(m_audit_row, actor_name, "Actor name"),
    M_F_STR(m_audit_row, source_address, "Source address"),
    M_F_STR(m_audit_row, request_id, "Request"),
    M_F_STR(m_audit_row, document_type, "Document type", .flags = M_REQUIRED),
    M_F_INT(m_audit_row, version, "Version"),
    M_F_STR(m_audit_row, action, "Action", .flags = M_REQUIRED),
    M_F_TEXT(m_audit_row, changes, "Changes", .max = PAYLOAD_MAX),
};
const m_type m_audit_type = {.name = "m.audit",
                             .schema = "m",
                             .table = "audit",
                             .size = sizeof(m_audit_row),
                             M_FIELDS(audit_fields),
                             .flags = M_TYPE_APPEND,
                             .indexes = audit_indexes};

/* ---- import ---- */

static const char *const batch_states[] = {"committed", "undone", NULL};
static const m_index batch_indexes[] = {{"file_hash", false, NULL}, {NULL, false, NULL}};
static const m_field batch_fields[] = {
    M_F_ID(m_import_batch, id, "Batch", .flags = M_REQUIRED),
    M_F_STR(m_import_batch, document_type, "Document type", .flags = M_REQUIRED),
    M_F_STR(m_import_batch, file_name, "File", .max = 255),
    M_F_BYTES(m_import_batch, file_hash, "Hash of the file", .max = HASH_BYTES),
    M_F_INT(m_import_batch, rows, "Rows", .flags = M_NON_NEGATIVE),
    M_F_ENUM(m_import_batch, state, "State", batch_states),
    M_F_TIME(m_import_batch, created_at, "Created at"),
    M_F_ID(m_import_batch, created_by, "Created by"),
};
const m_type m_import_batch_type = {.name = "m.import_batch",
                                    .schema = "m",
                                    .table = "import_batch",
                                    .size = sizeof(m_import_batch),
                                    M_FIELDS(batch_fields),
                                    .indexes = batch_indexes};

static const m_index row_indexes[] = {
    {"document", false, NULL}, {"row_key", false, NULL}, {NULL, false, NULL}};
static const m_field row_fields[] = {
    M_F_ID(m_import_row, batch, "Batch", .flags = M_KEY),
    M_F_INT(m_import_row, line_no, "Line", .flags = M_KEY),
    M_F_ID(m_import_row, document, "Document"),
    M_F_STR(m_import_row, row_key, "Row key"),
};
const m_type m_import_row_type = {.name = "m.import_row",
                                  .schema = "m",
                                  .table = "import_row",
                                  .size = sizeof(m_import_row),
                                  M_FIELDS(row_fields),
                                  .indexes = row_indexes};

/* ---- decisions ---- */

static const m_index decision_indexes[] = {
    {.fields = "posting_date", .where = "verdict = 'committed'"},
    {.fields = "decided_at"}, /* what is swept */
    {NULL}};
static const m_field decision_fields[] = {
    M_F_ID(m_decision_row, hold, "Hold", .flags = M_KEY),
    M_F_ID(m_decision_row, attempt, "Attempt", .flags = M_KEY),
    M_F_ENUM(m_decision_row, verdict, "Verdict", m_verdicts),
    M_F_TIME(m_decision_row, decided_at, "Decided at"),
    M_F_STR(m_decision_row, event, "Event", .max = 40),
    M_F_DATE(m_decision_row, posting_date, "Posting date"),
    M_F_SUM(m_decision_row, amount, "Amount"),
    M_F_BOOL(m_decision_row, posts, "Posts"),
    M_F_TEXT(m_decision_row, payload, "Payload", .max = PAYLOAD_MAX),
};
const m_type m_decision_type = {.name = "m.decision",
                                .schema = "m",
                                .table = "decision",
                                .size = sizeof(m_decision_row),
                                M_FIELDS(decision_fields),
                                .indexes = decision_indexes};

const m_type *const m_infra_types[] = {
    &m_series_type,        &m_stream_head_type,  &m_outbox_type,         &m_inbox_type,
    &m_idempotency_type,   &m_audit_type,        &m_import_batch_type,   &m_import_row_type,
    &m_decision_type,      &m_stream_event_type, &m_outgoing_mark_type,  &m_consumer_mark_type,
    &m_dead_letter_type,   &m_replica_type,      &m_replica_record_type, &m_replica_touch_type,
    &m_tenant_module_type, &m_attachment_type,   &m_blob_type,           NULL,
};
