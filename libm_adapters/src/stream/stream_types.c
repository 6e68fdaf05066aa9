#include "m_adapters/stream.h"

#define PAYLOAD_MAX 16777216 /* as in the outbox */

/* ---- leaving ---- */

static const m_field event_fields[] = {
    M_F_INT(m_stream_event, seq, "Sequence", .flags = M_KEY | M_NON_NEGATIVE),
    M_F_ID(m_stream_event, event_id, "Event", .flags = M_REQUIRED),
    M_F_ID(m_stream_event, previous, "Event before"),
    M_F_STR(m_stream_event, type, "Type", .flags = M_REQUIRED),
    M_F_ID(m_stream_event, aggregate, "Aggregate"),
    M_F_STR(m_stream_event, address, "Address", .max = 40),
    M_F_DATE(m_stream_event, occurred_on, "Occurred on"),
    M_F_TIME(m_stream_event, recorded_at, "Recorded at"),
    M_F_STR(m_stream_event, actor_name, "Actor"),
    M_F_STR(m_stream_event, request_id, "Request"),
    M_F_STR(m_stream_event, trace_parent, "Trace"),
    M_F_STR(m_stream_event, idempotency_key, "Idempotency key", .max = 200),
    M_F_INT(m_stream_event, schema_version, "Schema version"),
    M_F_TEXT(m_stream_event, payload, "Payload", .max = PAYLOAD_MAX),
};
const m_type m_stream_event_type = {.name = "m.outgoing",
                                    .schema = "m",
                                    .table = "outgoing",
                                    .size = sizeof(m_stream_event),
                                    M_FIELDS(event_fields)};

static const m_field outgoing_mark_fields[] = {
    M_F_STR(m_outgoing_mark, reader, "Reader", .flags = M_KEY, .max = 40),
    M_F_INT(m_outgoing_mark, seq, "Sequence", .flags = M_NON_NEGATIVE),
    M_F_ID(m_outgoing_mark, last, "Event"),
    M_F_TIME(m_outgoing_mark, at, "At"),
};
const m_type m_outgoing_mark_type = {.name = "m.outgoing_mark",
                                     .schema = "m",
                                     .table = "outgoing_mark",
                                     .size = sizeof(m_outgoing_mark),
                                     M_FIELDS(outgoing_mark_fields)};

/* ---- arriving ---- */

static const char *const mark_states[] = {"flowing", "frozen", NULL};
static const m_field consumer_mark_fields[] = {
    M_F_STR(m_consumer_mark, producer, "Producer", .flags = M_KEY, .max = 40),
    M_F_INT(m_consumer_mark, seq, "Sequence", .flags = M_NON_NEGATIVE),
    M_F_ID(m_consumer_mark, last, "Event"),
    M_F_TIME(m_consumer_mark, at, "At"),
    M_F_ENUM(m_consumer_mark, state, "State", mark_states),
    M_F_STR(m_consumer_mark, why, "Why", .max = 500),
};
const m_type m_consumer_mark_type = {.name = "m.consumer_mark",
                                     .schema = "m",
                                     .table = "consumer_mark",
                                     .size = sizeof(m_consumer_mark),
                                     M_FIELDS(consumer_mark_fields)};

static const char *const letter_states[] = {"waiting", "dead", "parked", "discarded", NULL};
/* Is there a letter of this aggregate? Which are due? Both small: letters are few. */
static const m_index letter_indexes[] = {
    {"consumer,aggregate,seq", false, "state <> 'discarded'"},
    {"next_try_at", false, "state = 'waiting'"},
    {NULL, false, NULL},
};
static const m_field letter_fields[] = {
    M_F_ID(m_dead_letter, id, "Letter", .flags = M_REQUIRED),
    M_F_STR(m_dead_letter, consumer, "Consumer", .max = 80),
    M_F_STR(m_dead_letter, producer, "Producer", .max = 40),
    M_F_INT(m_dead_letter, seq, "Sequence"),
    M_F_ID(m_dead_letter, event, "Event"),
    M_F_STR(m_dead_letter, type, "Type"),
    M_F_ID(m_dead_letter, aggregate, "Aggregate"),
    M_F_DATE(m_dead_letter, occurred_on, "Occurred on"),
    M_F_TIME(m_dead_letter, recorded_at, "Recorded at"),
    M_F_STR(m_dead_letter, actor_name, "Actor"),
    M_F_STR(m_dead_letter, request_id, "Request"),
    M_F_TEXT(m_dead_letter, payload, "Payload", .max = PAYLOAD_MAX),
    M_F_ENUM(m_dead_letter, state, "State", letter_states),
    M_F_INT(m_dead_letter, attempts, "Attempts", .flags = M_NON_NEGATIVE),
    M_F_TIME(m_dead_letter, next_try_at, "Next try at"),
    M_F_TEXT(m_dead_letter, cause, "Cause", .max = 2000),
    M_F_TIME(m_dead_letter, since, "Since"),
    M_F_STR(m_dead_letter, settled_by, "Settled by"),
    M_F_STR(m_dead_letter, reason, "Reason", .max = 500),
};
const m_type m_dead_letter_type = {.name = "m.dead_letter",
                                   .schema = "m",
                                   .table = "dead_letter",
                                   .size = sizeof(m_dead_letter),
                                   M_FIELDS(letter_fields),
                                   .indexes = letter_indexes};

/* ---- the protocol ---- */

static const m_field ask_fields[] = {
    M_F_INT(m_outbox_ask, after, "After", .flags = M_NON_NEGATIVE),
    M_F_INT(m_outbox_ask, limit, "Limit", .min = 1, .max = M_OUTBOX_PAGE),
};
const m_type m_outbox_ask_type = {
    .name = "outbox.ask", .size = sizeof(m_outbox_ask), M_FIELDS(ask_fields)};

static const m_type travelling_type = {
    .name = "outbox.event", .size = sizeof(m_stream_event), M_FIELDS(event_fields)};
static const m_field page_fields[] = {
    M_F_INT(m_outbox_page, first, "Oldest kept"),
    M_F_INT(m_outbox_page, head, "Head"),
    M_F_ID(m_outbox_page, last, "Last event"),
    M_F_LIST(m_outbox_page, events, "Events", &travelling_type),
};
const m_type m_outbox_page_type = {
    .name = "outbox.page", .size = sizeof(m_outbox_page), M_FIELDS(page_fields)};

static const m_field heads_ask_fields[] = {
    M_F_ID(m_heads_ask, after, "After"),
    M_F_INT(m_heads_ask, limit, "Limit", .min = 1, .max = 10000),
};
const m_type m_heads_ask_type = {
    .name = "outbox.heads_ask", .size = sizeof(m_heads_ask), M_FIELDS(heads_ask_fields)};

static const m_field head_fields[] = {
    M_F_ID(m_head, tenant, "Tenant", .flags = M_REQUIRED),
    M_F_INT(m_head, seq, "Sequence", .flags = M_NON_NEGATIVE),
    M_F_ID(m_head, last, "Event"),
};
const m_type m_head_type = {.name = "outbox.head", .size = sizeof(m_head), M_FIELDS(head_fields)};

static const m_field heads_fields[] = {M_F_LIST(m_heads, heads, "Heads", &m_head_type)};
const m_type m_heads_type = {
    .name = "outbox.heads", .size = sizeof(m_heads), M_FIELDS(heads_fields)};

static const m_field told_fields[] = {
    M_F_STR(m_marks_told, consumer, "Consumer", .flags = M_REQUIRED, .max = 40),
    M_F_LIST(m_marks_told, marks, "Marks", &m_head_type),
};
const m_type m_marks_told_type = {
    .name = "outbox.told", .size = sizeof(m_marks_told), M_FIELDS(told_fields)};

static const m_field kept_fields[] = {M_F_INT(m_marks_kept, count, "Count")};
const m_type m_marks_kept_type = {
    .name = "outbox.kept", .size = sizeof(m_marks_kept), M_FIELDS(kept_fields)};

static const m_method methods[] = {
    M_METHOD(outbox, since, &m_outbox_ask_type, &m_outbox_page_type, M_METHOD_READ),
    M_METHOD(outbox, heads, &m_heads_ask_type, &m_heads_type, M_METHOD_READ),
    M_METHOD(outbox, told, &m_marks_told_type, &m_marks_kept_type, M_METHOD_IDEMPOTENT),
    {.name = NULL},
};
const m_protocol m_outbox_protocol = {"outbox", 1, methods};
