#include "wire.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "../nats/link.h"

m_status wire_subject(const char *producer, m_str type, char out[WIRE_SUBJECT])
{
    size_t n = strlen(producer);
    bool own = type.n > n && memcmp(type.p, producer, n) == 0 && type.p[n] == '.';
    int length = snprintf(out, WIRE_SUBJECT, "evt.%s%s%.*s", own ? "" : producer, own ? "" : ".",
                          M_STR_ARG(type));
    if (length < 0 || length >= WIRE_SUBJECT) return M_INVALID;
    for (const char *p = out; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("._-", *p)) return M_INVALID;
    return strstr(out, "..") || out[length - 1] == '.' ? M_INVALID : M_OK;
}

/* ---- headers ---- */

/* Blanks, control characters and % as %XX: a header is one line, and its ends are trimmed. */
static const char *escape(m_arena *arena, m_str text)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = m_arena_alloc(arena, 3 * text.n + 1), *p = out;
    if (!out) return NULL;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c > 0x20 && c != 0x7f && c != '%') {
            *p++ = (char)c;
            continue;
        }
        *p++ = '%';
        *p++ = hex[c >> 4];
        *p++ = hex[c & 15];
    }
    *p = 0;
    return out;
}

static m_str unescape(m_arena *arena, const char *text)
{
    char *out = m_arena_alloc(arena, strlen(text) + 1), *p = out;
    if (!out) return (m_str){NULL, 0};
    for (; *text; text++) {
        int high = *text == '%' ? m_hex_digit(text[1]) : -1;
        int low = high >= 0 ? m_hex_digit(text[2]) : -1;
        *p++ = low >= 0 ? (char)(high << 4 | low) : *text;
        if (low >= 0) text += 2;
    }
    return (m_str){out, (size_t)(p - out)};
}

static void set(natsMsg *m, const char *name, const char *value, natsStatus *s)
{
    if (*s == NATS_OK && value && *value) *s = natsMsgHeader_Set(m, name, value);
    if (!value) *s = NATS_NO_MEMORY;
}

static void set_id(natsMsg *m, const char *name, m_id id, natsStatus *s)
{
    char text[M_ID_TEXT];
    if (m_id_is_null(id)) return;
    m_id_format(id, text);
    set(m, name, text, s);
}

static void set_int(natsMsg *m, const char *name, int64_t value, natsStatus *s)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)value);
    set(m, name, text, s);
}

m_status wire_write(m_arena *arena, const char *producer, m_id tenant, const m_stream_event *event,
                    const char *reply, natsMsg **out)
{
    char subject[WIRE_SUBJECT], day[M_DATE_TEXT], at[M_TIME_TEXT];
    natsMsg *m = NULL;
    M_TRY(wire_subject(producer, event->type, subject));
    natsStatus s = natsMsg_Create(&m, subject, reply, event->payload.n ? event->payload.p : "",
                                  (int)event->payload.n);
    if (s != NATS_OK) return m_nats_status(s);
    m_date_format(event->occurred_on, day);
    m_time_format(event->recorded_at, at);
    set_id(m, "Nats-Msg-Id", event->event_id, &s);
    set_id(m, "M-Event", event->event_id, &s);
    set_id(m, "M-Tenant", tenant, &s);
    set_int(m, "M-Seq", event->seq, &s);
    set_id(m, "M-Previous", event->previous, &s);
    set(m, "M-Type", escape(arena, event->type), &s);
    set_id(m, "M-Aggregate", event->aggregate, &s);
    set(m, "M-Address", escape(arena, event->address), &s);
    set(m, "M-Occurred-On", day, &s);
    set(m, "M-Recorded-At", at, &s);
    set(m, "M-Actor-Name", escape(arena, event->actor_name), &s);
    set(m, "M-Request", escape(arena, event->request_id), &s);
    set(m, "traceparent", escape(arena, event->trace_parent), &s);
    set(m, "M-Key", escape(arena, event->idempotency_key), &s);
    set_int(m, "M-Schema", event->schema_version, &s);
    if (s == NATS_OK) {
        *out = m;
        return M_OK;
    }
    natsMsg_Destroy(m);
    return m_nats_status(s);
}

/* ---- back ---- */

static const char *get(natsMsg *m, const char *name)
{
    const char *value = NULL;
    return natsMsgHeader_Get(m, name, &value) == NATS_OK && value ? value : "";
}

static m_status get_id(natsMsg *m, const char *name, m_id *out)
{
    const char *text = get(m, name);
    *out = (m_id){{0}};
    return *text ? m_id_parse(m_str_of(text), out) : M_OK;
}

static int64_t get_int(natsMsg *m, const char *name)
{
    return strtoll(get(m, name), NULL, 10);
}

m_status wire_read(m_arena *arena, natsMsg *message, m_id *tenant, m_stream_event *out)
{
    const char *day = get(message, "M-Occurred-On"), *at = get(message, "M-Recorded-At");
    m_stream_event e = {
        .seq = get_int(message, "M-Seq"),
        .type = unescape(arena, get(message, "M-Type")),
        .address = unescape(arena, get(message, "M-Address")),
        .actor_name = unescape(arena, get(message, "M-Actor-Name")),
        .request_id = unescape(arena, get(message, "M-Request")),
        .trace_parent = unescape(arena, get(message, "traceparent")),
        .idempotency_key = unescape(arena, get(message, "M-Key")),
        .schema_version = get_int(message, "M-Schema"),
        .payload = m_str_dup(
            arena, (m_str){natsMsg_GetData(message), (size_t)natsMsg_GetDataLength(message)}),
    };
    M_TRY(get_id(message, "M-Tenant", tenant));
    M_TRY(get_id(message, "M-Event", &e.event_id));
    M_TRY(get_id(message, "M-Previous", &e.previous));
    M_TRY(get_id(message, "M-Aggregate", &e.aggregate));
    if (*day) M_TRY(m_date_parse(m_str_of(day), &e.occurred_on));
    M_TRY(m_time_parse(m_str_of(at), &e.recorded_at));
    if (e.seq < 1 || !e.type.n || m_id_is_null(*tenant) || m_id_is_null(e.event_id) ||
        e.payload.n != (size_t)natsMsg_GetDataLength(message))
        return M_INVALID;
    *out = e;
    return M_OK;
}
