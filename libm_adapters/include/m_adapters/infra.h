/* Records that every database of ours has, in the schema "m": numbers, stream heads, outbox, inbox,
 * idempotency keys, audit log, import batches. Stored through m_store like any other type. */
#ifndef M_ADAPTERS_INFRA_H
#define M_ADAPTERS_INFRA_H

#include "m/field.h"

/* m.series, key (series, period): last number given. period: fiscal year label, or "" for masters.
 */
typedef struct {
    m_str series;
    m_str period;
    int64_t last;
} m_series_row;
extern const m_type m_series_type;

/* m.stream_head, key stream: "acc_event", "inv_event", "audit". */
typedef struct {
    m_str stream;
    int64_t seq;
    m_str hash; /* 32 bytes */
} m_stream_head;
extern const m_type m_stream_head_type;

typedef enum { M_OUTBOX_READY, M_OUTBOX_DONE, M_OUTBOX_DEAD } m_outbox_status;

/* m.outbox, key id. A row is done (and deleted later) when every consumer's inbox has it. */
typedef struct {
    m_id id;
    m_str type;
    m_id aggregate;
    m_date occurred_on;
    m_time recorded_at;
    m_str actor_name;
    m_str request_id;
    m_str idempotency_key;
    int64_t schema_version;
    m_str payload; /* JSON */
    int64_t attempts;
    m_time next_try_at;
    m_enum status; /* m_outbox_status */
    m_str last_error;
} m_outbox_row;
extern const m_type m_outbox_type;

/* m.inbox, key (consumer, event_id). */
typedef struct {
    m_str consumer;
    m_id event_id;
    m_time handled_at;
} m_inbox_row;
extern const m_type m_inbox_type;

/* m.idempotency, key digest. */
typedef struct {
    m_id digest;     /* first 16 bytes of SHA-256 over actor, route, NUL, key */
    m_str body_hash; /* 32 bytes, SHA-256 */
    int64_t http_status;
    m_str reply;
    m_id reply_id;
    int64_t reply_version;
    m_time created_at;
} m_idempotency_row;
extern const m_type m_idempotency_type;

/* m.audit, key (document, id), ids in order of time: one row per state change; append-only. */
typedef struct {
    m_id id;
    m_time at;
    m_id actor;
    m_str actor_name;
    m_str source_address;
    m_str request_id;
    m_str document_type;
    m_id document;
    int64_t version; /* of the document after the change */
    m_str action;    /* "create", "update", "delete", "submit", … */
    m_str changes;   /* JSON list of {"path","before","after"}; path "": the whole document */
} m_audit_row;
extern const m_type m_audit_type;

typedef enum { M_IMPORT_COMMITTED, M_IMPORT_UNDONE } m_import_state;

/* m.import_batch, key id. */
typedef struct {
    m_id id;
    m_str document_type;
    m_str file_name;
    m_str file_hash; /* 32 bytes: the same file is not loaded twice */
    int64_t rows;
    m_enum state; /* m_import_state */
    m_time created_at;
    m_id created_by;
} m_import_batch;
extern const m_type m_import_batch_type;

/* m.import_row, key (batch, line_no). row_key: hash of the mapped row, for idempotent re-runs. */
typedef struct {
    m_id batch;
    int64_t line_no;
    m_id document;
    m_str row_key;
} m_import_row;
extern const m_type m_import_row_type;

/* m.decision, key (hold, attempt): what this process decided about a posting that another one holds
 * (m/deciding.h). A hold is committed once, by whichever attempt. */
typedef struct {
    m_id hold;
    m_id attempt;   /* that was let go; the null id: committed */
    m_enum verdict; /* m_verdict */
    m_time decided_at;
    m_str event;         /* "ledger.confirmed"; empty when aborted, and so is the rest */
    m_date posting_date; /* as told */
    m_dec_sum amount;    /* of a voucher: sum of debits */
    bool posts;          /* the voucher has lines */
    m_str payload;       /* of the event, to be told again */
} m_decision_row;
extern const m_type m_decision_type;

/* All of the above and those of replica.h, NULL-terminated. */
extern const m_type *const m_infra_types[];

/* What the adapters say in other languages. */
extern const m_words *const m_adapters_words[];

#endif
