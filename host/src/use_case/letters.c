#include "letters.h"

#include "m_adapters/codec.h"

#define SHOWN_MAX 200

enum { E_REASON, E_ACTION };
const m_error_def letters_errors[] = {
    [E_REASON] = {"core.letter.reason", M_INVALID, "Why this event is given up is not told.",
                  "Send {\"reason\":\"…\"}: what happened, and how it was put right."},
    [E_ACTION] = {"core.letter.action", M_INVALID, "A dead letter does not know this: %s.",
                  "It can be read, replayed and dropped."},
    {NULL, M_OK, NULL, NULL},
};

/* ---- finding them ---- */

/* What a process takes for itself, copies, belongs to its first domain. */
static const char *const own_sinks[] = {"replica", "host.welcome"};

static bool is_first_owned(const domain_set *d, m_str module)
{
    for (uint32_t i = 0; i < d->count; i++)
        if (!d->others || domains_own(d->modules[i]->name))
            return m_str_is(module, d->modules[i]->name);
    return false;
}

static m_status open_module(const domain_set *d, m_call *call, const m_document_request *in,
                            m_str *out_prefix)
{
    bool known = false;
    for (uint32_t i = 0; i < d->count; i++)
        known = known || m_str_is(in->module, d->modules[i]->name);
    if (!known) return m_fail(call, m_err_not_found, "%.*s", M_STR_ARG(in->module));
    if (!m_permitted(call, NULL, M_CAN_READ)) return m_fail(call, m_err_denied, NULL);
    *out_prefix = m_str_of(m_arena_printf(call->arena, "%.*s.", M_STR_ARG(in->module)));
    return out_prefix->n ? M_OK : m_fail(call, m_err_memory, NULL);
}

/* Consumers are named after their domain: "wms.billing". */
static bool is_of(const domain_set *d, m_str module, m_str prefix, m_str consumer)
{
    if (consumer.n >= prefix.n && memcmp(consumer.p, prefix.p, prefix.n) == 0) return true;
    for (size_t i = 0; i < sizeof own_sinks / sizeof own_sinks[0]; i++)
        if (m_str_is(consumer, own_sinks[i])) return is_first_owned(d, module);
    return false;
}

/* An event for listeners of this process, in the form of a letter. "wms.billing: why" is noted
 * with it. */
static m_dead_letter letter_of(const m_outbox_row *row)
{
    const char *colon =
        row->last_error.n ? memchr(row->last_error.p, ':', row->last_error.n) : NULL;
    const char *dot = row->type.n ? memchr(row->type.p, '.', row->type.n) : NULL;
    size_t consumer_n = colon ? (size_t)(colon - row->last_error.p) : 0;
    return (m_dead_letter){
        .id = row->id,
        .consumer = {row->last_error.p, consumer_n},
        .producer = {row->type.p, dot ? (size_t)(dot - row->type.p) : row->type.n},
        .event = row->id,
        .type = row->type,
        .aggregate = row->aggregate,
        .occurred_on = row->occurred_on,
        .recorded_at = row->recorded_at,
        .actor_name = row->actor_name,
        .request_id = row->request_id,
        .payload = row->payload,
        .state = row->status == M_OUTBOX_DEAD ? M_LETTER_DEAD : M_LETTER_WAITING,
        .attempts = row->attempts,
        .next_try_at = row->next_try_at,
        .cause = row->last_error,
        .since = row->recorded_at,
    };
}

/* *out_row: where it is an event of this process; else NULL. */
static m_status find(const domain_set *d, m_call *call, const m_document_request *in,
                     m_dead_letter *out, const m_outbox_row **out_row)
{
    m_str prefix;
    const void *found = NULL;
    M_TRY(open_module(d, call, in, &prefix));
    *out_row = NULL;
    M_TRY(m_store_get(d->store, call, &m_dead_letter_type, in->id, &found));
    if (found) {
        *out = *(const m_dead_letter *)found;
    } else {
        M_TRY(m_store_get(d->store, call, &m_outbox_type, in->id, &found));
        const m_outbox_row *row = found;
        if (!row || row->status == M_OUTBOX_DONE || !row->attempts)
            return m_fail(call, m_err_not_found, NULL);
        *out = letter_of(row);
        *out_row = row;
    }
    return is_of(d, in->module, prefix, out->consumer) ? M_OK : m_fail(call, m_err_not_found, NULL);
}

/* ---- reading ---- */

static const char columns[] =
    "id,consumer,producer,seq,event,type,aggregate,occurred_on,recorded_at,"
    "actor_name,request_id,state,attempts,next_try_at,cause,since,"
    "settled_by,reason";

static m_status finish(m_call *call, const m_buf *text, m_id id, m_document_reply *out)
{
    if (text->failed) return m_fail(call, m_err_memory, NULL);
    *out = (m_document_reply){.body = m_buf_str(text), .id = id};
    return M_OK;
}

static m_status get(void *self, m_call *call, const m_document_request *in, m_document_reply *out)
{
    m_dead_letter letter;
    const m_outbox_row *row;
    M_TRY(find(self, call, in, &letter, &row));
    m_buf text = {.arena = call->arena};
    m_json_record(&text, &m_dead_letter_type, &letter, NULL);
    return finish(call, &text, letter.id, out);
}

typedef struct {
    const domain_set *domains;
    m_str module, prefix;
    m_buf text;
    uint32_t count;
} listing;

static void show(listing *l, const m_dead_letter *letter)
{
    if (l->count == SHOWN_MAX || !is_of(l->domains, l->module, l->prefix, letter->consumer)) return;
    if (l->count++) m_buf_text(&l->text, ",");
    m_json_record(&l->text, &m_dead_letter_type, letter, columns);
}

/* Letters of other processes' events; there are few that are not settled. */
static m_status list_letters(listing *l, m_call *call, bool settled)
{
    m_enum discarded = M_LETTER_DISCARDED;
    m_filter filter = {"state", settled ? M_OP_EQ : M_OP_NE, &discarded};
    m_order oldest = {"since", false};
    m_query query = {.filters = &filter,
                     .filter_count = 1,
                     .orders = &oldest,
                     .order_count = 1,
                     .limit = 10 * SHOWN_MAX};
    m_fetch found = {.type = &m_dead_letter_type, .query = &query};
    M_TRY(m_store_fetch(l->domains->store, call, &found, 1));
    for (uint32_t i = 0; i < found.count; i++)
        show(l, found.records[i]);
    return M_OK;
}

/* Events of this process that a listener here refused at least once. */
static m_status list_own(listing *l, m_call *call)
{
    m_enum done = M_OUTBOX_DONE;
    int64_t none = 0;
    m_filter filters[] = {{"status", M_OP_NE, &done}, {"attempts", M_OP_GT, &none}};
    m_query query = {.filters = filters, .filter_count = 2, .limit = 10 * SHOWN_MAX};
    m_fetch found = {.type = &m_outbox_type, .query = &query};
    M_TRY(m_store_fetch(l->domains->store, call, &found, 1));
    for (uint32_t i = 0; i < found.count; i++) {
        m_dead_letter letter = letter_of(found.records[i]);
        show(l, &letter);
    }
    return M_OK;
}

static m_status list(void *self, m_call *call, const m_document_request *in, m_document_reply *out)
{
    listing l = {.domains = self, .module = in->module, .text = {.arena = call->arena}};
    bool settled = false;
    M_TRY(open_module(self, call, in, &l.prefix));
    for (M_EACH(m_pair, pair, in->query))
        if (m_str_is(pair->name, "state") && m_str_is(pair->value, "discarded"))
            settled = true;
        else
            return m_fail(call, m_err_query, "%.*s", M_STR_ARG(pair->name));
    m_buf_text(&l.text, "{\"items\":[");
    M_TRY(list_letters(&l, call, settled));
    if (!settled) M_TRY(list_own(&l, call));
    m_buf_text(&l.text, "],\"next_cursor\":null}");
    return finish(call, &l.text, (m_id){{0}}, out);
}

/* ---- settling ---- */

typedef struct {
    m_str reason;
} drop_input;
static const m_field drop_fields[] = {
    M_F_STR(drop_input, reason, "Reason", .flags = M_REQUIRED, .max = 500)};
static const m_type drop_type = {
    .name = "core.letter.drop", .size = sizeof(drop_input), M_FIELDS(drop_fields)};

static m_status read_reason(m_call *call, m_str body, m_str *out)
{
    drop_input *in = m_record_new(&drop_type, call->arena);
    if (!in) return m_fail(call, m_err_memory, NULL);
    if (!body.n) return m_fail(call, &letters_errors[E_REASON], NULL);
    M_TRY(m_json_read(call, &drop_type, body, M_JSON_CREATE, in, NULL));
    m_record_validate(call, &drop_type, in, "");
    M_TRY(m_failed_fields(call));
    if (!m_str_trim(in->reason).n) return m_fail(call, &letters_errors[E_REASON], NULL);
    *out = m_str_trim(in->reason);
    return M_OK;
}

static m_status audit(const domain_set *d, m_call *call, const m_dead_letter *letter,
                      const char *action, m_str reason)
{
    m_buf changes = {.arena = call->arena};
    m_buf_text(&changes, "[{\"path\":\"event\",\"before\":");
    m_json_string(&changes, letter->type);
    m_buf_text(&changes, ",\"after\":");
    m_json_string(&changes, m_str_of(action));
    m_buf_text(&changes, "}");
    if (reason.n) {
        m_buf_text(&changes, ",{\"path\":\"reason\",\"before\":null,\"after\":");
        m_json_string(&changes, reason);
        m_buf_text(&changes, "}");
    }
    m_buf_text(&changes, "]");
    if (changes.failed) return m_fail(call, m_err_memory, NULL);
    return m_audit_note(d->store, call, m_dead_letter_type.name, letter->id, 0, action,
                        m_buf_str(&changes));
}

static m_status replay(const domain_set *d, m_call *call, m_dead_letter *letter,
                       const m_outbox_row *row)
{
    letter->state = M_LETTER_WAITING;
    letter->attempts = 0;
    letter->next_try_at = m_now(call);
    return row ? m_outbox_revive(d->store, call, row->id)
               : m_letter_replay(d->store, call, letter->id);
}

static m_status drop(const domain_set *d, m_call *call, m_dead_letter *letter,
                     const m_outbox_row *row, m_str reason)
{
    letter->state = M_LETTER_DISCARDED;
    letter->settled_by = call->actor_name;
    letter->reason = reason;
    return row ? m_outbox_discard(d->store, call, row->id)
               : m_letter_discard(d->store, call, letter->id, reason);
}

static m_status act(void *self, m_call *call, const m_document_request *in, m_document_reply *out)
{
    m_dead_letter letter;
    const m_outbox_row *row;
    m_str reason = {NULL, 0};
    bool again = m_str_is(in->action, "replay");
    M_TRY(find(self, call, in, &letter, &row));
    if (!again && !m_str_is(in->action, "drop"))
        return m_fail(call, &letters_errors[E_ACTION], "%.*s", M_STR_ARG(in->action));
    if (!again) M_TRY(read_reason(call, in->body, &reason));
    M_TRY(again ? replay(self, call, &letter, row) : drop(self, call, &letter, row, reason));
    M_TRY(audit(self, call, &letter, again ? "replay" : "drop", reason));
    m_buf text = {.arena = call->arena};
    m_json_record(&text, &m_dead_letter_type, &letter, columns);
    return finish(call, &text, letter.id, out);
}

/* Also of letters that were taken after all and are gone. */
static m_status history(void *self, m_call *call, const m_document_request *in,
                        m_document_reply *out)
{
    const domain_set *d = self;
    m_str prefix, type = m_str_of(m_dead_letter_type.name);
    M_TRY(open_module(d, call, in, &prefix));
    m_filter filters[] = {{"document", M_OP_EQ, &in->id}, {"document_type", M_OP_EQ, &type}};
    m_order newest = {"id", true};
    m_query query = {.filters = filters,
                     .filter_count = 2,
                     .orders = &newest,
                     .order_count = 1,
                     .limit = SHOWN_MAX};
    m_fetch found = {.type = &m_audit_type, .query = &query};
    M_TRY(m_store_fetch(d->store, call, &found, 1));
    m_buf text = {.arena = call->arena};
    m_buf_text(&text, "{\"items\":[");
    for (uint32_t i = 0; i < found.count; i++) {
        const m_audit_row *row = found.records[i];
        if (i) m_buf_text(&text, ",");
        m_audit_entry(&text, row);
    }
    m_buf_text(&text, "],\"next_cursor\":null}");
    return finish(call, &text, in->id, out);
}

/* ---- what there is not ---- */

static m_status no_such(void *self, m_call *call, const m_document_request *in,
                        m_document_reply *out)
{
    m_str prefix;
    (void)out;
    M_TRY(open_module(self, call, in, &prefix));
    return m_fail(call, &letters_errors[E_ACTION], "it is made and changed by events only");
}

const m_documents_ops letters_ops = {
    .head = {sizeof(m_documents_ops), 1, "documents"},
    .get = get,
    .list = list,
    .create = no_such,
    .update = no_such,
    .remove = no_such,
    .act = act,
    .history = history,
};
