#include "m_adapters/pg_relay.h"

#include "../pg/text.h"
#include "m_adapters/codec.h"

/* "{uuid,uuid,…}" of the tenants or of the ids. */
static const char *uuid_array(m_arena *arena, const m_relay_due *due, uint32_t n, bool tenants)
{
    m_buf buf = {.arena = arena};
    for (uint32_t i = 0; i < n; i++) {
        const char *text = pg_uuid_text(arena, tenants ? due[i].tenant : due[i].row.id);
        if (!text) return NULL;
        m_buf_text(&buf, i ? "," : "{");
        m_buf_text(&buf, text);
    }
    m_buf_text(&buf, "}");
    return buf.failed ? NULL : m_str_z(arena, m_buf_str(&buf));
}

/* ---- list_due ---- */

enum {
    COL_TENANT,
    COL_ID,
    COL_TYPE,
    COL_AGGREGATE,
    COL_OCCURRED_ON,
    COL_RECORDED_AT,
    COL_ACTOR_NAME,
    COL_REQUEST_ID,
    COL_IDEMPOTENCY_KEY,
    COL_SCHEMA_VERSION,
    COL_PAYLOAD,
    COL_ATTEMPTS
};

/* clang-format off */
static const char *const due_sql =
    "SELECT o.tenant_id,o.id,o.type,o.aggregate,to_char(o.occurred_on,'YYYY-MM-DD'),"
    "(extract(epoch FROM o.recorded_at)*1000000)::bigint,o.actor_name,o.request_id,"
    "o.idempotency_key,o.schema_version,o.payload,o.attempts FROM m.outbox o "
    "WHERE o.status<>'done' AND o.status='ready' AND o.next_try_at<=" PG_INSTANT("1") " "
    "AND o.tenant_id>$2::uuid AND NOT EXISTS (SELECT FROM m.outbox p "
    "WHERE p.tenant_id=o.tenant_id AND p.aggregate=o.aggregate AND p.status<>'done' AND p.id<o.id) "
    "ORDER BY o.tenant_id,o.id LIMIT $3::bigint";

static const char *const done_sql =
    "UPDATE m.outbox o SET status='done' FROM unnest($1::uuid[],$2::uuid[]) AS d(tenant_id,id) "
    "WHERE o.tenant_id=d.tenant_id AND o.id=d.id";

static const char *const failed_sql =
    "UPDATE m.outbox SET attempts=$3::bigint,next_try_at=" PG_INSTANT("4") ",status=$5,last_error=$6 "
    "WHERE tenant_id=$1::uuid AND id=$2::uuid";

static const char *const sweep_outbox_sql =
    "DELETE FROM m.outbox WHERE (tenant_id,id) IN (SELECT tenant_id,id FROM m.outbox "
    "WHERE status='done' AND recorded_at<" PG_INSTANT("1") " LIMIT $2::bigint)";

/* An inbox row stays as long as its event: another consumer may still have to get it. */
static const char *const sweep_inbox_sql =
    "DELETE FROM m.inbox WHERE (tenant_id,consumer,event_id) IN (SELECT i.tenant_id,i.consumer,"
    "i.event_id FROM m.inbox i WHERE i.handled_at<" PG_INSTANT("1") " AND NOT EXISTS (SELECT "
    "FROM m.outbox o WHERE o.tenant_id=i.tenant_id AND o.id=i.event_id) LIMIT $2::bigint)";
/* clang-format on */

static m_status row_of(m_call *call, const m_pg_result *result, uint32_t i, m_relay_due *out)
{
    m_str day = m_pg_cell(result, i, COL_OCCURRED_ON);
    *out = (m_relay_due){
        .tenant = m_pg_id_of(m_pg_cell(result, i, COL_TENANT)),
        .row = {.id = m_pg_id_of(m_pg_cell(result, i, COL_ID)),
                .type = m_pg_cell(result, i, COL_TYPE),
                .aggregate = m_pg_id_of(m_pg_cell(result, i, COL_AGGREGATE)),
                .recorded_at = {pg_int_of(m_pg_cell(result, i, COL_RECORDED_AT))},
                .actor_name = m_pg_cell(result, i, COL_ACTOR_NAME),
                .request_id = m_pg_cell(result, i, COL_REQUEST_ID),
                .idempotency_key = m_pg_cell(result, i, COL_IDEMPOTENCY_KEY),
                .schema_version = pg_int_of(m_pg_cell(result, i, COL_SCHEMA_VERSION)),
                .payload = m_pg_cell(result, i, COL_PAYLOAD),
                .attempts = pg_int_of(m_pg_cell(result, i, COL_ATTEMPTS)),
                .status = M_OUTBOX_READY},
    };
    if (day.n && m_date_parse(day, &out->row.occurred_on) != M_OK)
        return m_fail(call, m_err_internal, "the outbox holds a date that is none");
    return M_OK;
}

static m_status read_due(const m_pg_relay *relay, m_call *call, uint32_t limit, m_list *out)
{
    const char *params[] = {pg_int_text(call->arena, m_now(call).us),
                            pg_uuid_text(call->arena, relay->after),
                            pg_int_text(call->arena, limit)};
    m_pg_result result;
    M_TRY(pg_text_run(relay->conn, call, due_sql, params, 3, &result));
    m_relay_due *due = m_arena_array(call->arena, result.rows, sizeof *due);
    if (!due) return m_fail(call, m_err_memory, "relay");
    for (uint32_t i = 0; i < result.rows; i++)
        M_TRY(row_of(call, &result, i, &due[i]));
    *out = (m_list){due, result.rows};
    return M_OK;
}

static m_status list_due(void *self, m_call *call, uint32_t limit, m_list *out)
{
    m_pg_relay *relay = self;
    m_list due = {0};
    M_TRY(read_due(relay, call, limit, &due));
    if (due.count == 0 && !m_id_is_null(relay->after)) { /* all tenants had their turn */
        relay->after = (m_id){{0}};
        M_TRY(read_due(relay, call, limit, &due));
    }
    bool more = due.count == limit;
    relay->after = more ? M_AT(due, m_relay_due, due.count - 1)->tenant : (m_id){{0}};
    *out = due;
    return M_OK;
}

/* ---- marking ---- */

static m_status mark_done(void *self, m_call *call, const m_relay_due *due, uint32_t n)
{
    const m_pg_relay *relay = self;
    const char *params[] = {uuid_array(call->arena, due, n, true),
                            uuid_array(call->arena, due, n, false)};
    m_pg_result result;
    return pg_text_run(relay->conn, call, done_sql, params, 2, &result);
}

static m_status mark_failed(void *self, m_call *call, const m_relay_due *due)
{
    const m_pg_relay *relay = self;
    const m_outbox_row *row = &due->row;
    const char *error = m_str_z(call->arena, row->last_error);
    const char *params[] = {
        pg_uuid_text(call->arena, due->tenant),
        pg_uuid_text(call->arena, row->id),
        pg_int_text(call->arena, row->attempts),
        pg_int_text(call->arena, row->next_try_at.us),
        row->status == M_OUTBOX_DEAD ? "dead" : "ready",
        error ? error : "",
    };
    m_pg_result result;
    return pg_text_run(relay->conn, call, failed_sql, params, 6, &result);
}

/* ---- sweep ---- */

static m_status sweep(void *self, m_call *call, m_time before, uint32_t limit,
                      uint32_t *out_removed)
{
    const m_pg_relay *relay = self;
    const char *params[] = {pg_int_text(call->arena, before.us), pg_int_text(call->arena, limit)};
    m_pg_result outbox;
    m_pg_result inbox;
    M_TRY(pg_text_run(relay->conn, call, sweep_outbox_sql, params, 2, &outbox));
    M_TRY(pg_text_run(relay->conn, call, sweep_inbox_sql, params, 2, &inbox));
    *out_removed = (uint32_t)(outbox.affected + inbox.affected);
    return M_OK;
}

m_relay_source m_pg_relay_source(m_pg_relay *relay)
{
    static const m_relay_source_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "relay_source"},
        .list_due = list_due,
        .mark_done = mark_done,
        .mark_failed = mark_failed,
        .sweep = sweep,
    };
    return (m_relay_source){&ops, relay};
}

/* ---- figures ---- */

m_status m_pg_outbox_stats(m_pg_conn *conn, m_call *call, m_outbox_stats *out)
{
    static const char *const sql =
        "SELECT count(*) FILTER (WHERE status='ready'),count(*) FILTER (WHERE status='dead'),"
        "coalesce(" PG_MICROSECONDS(
            "min(recorded_at) FILTER (WHERE status='ready')") ",0) FROM m.outbox WHERE "
                                                              "status<>'done'";
    m_pg_result r;
    M_TRY(m_pg_query(conn, call, NULL, sql, NULL, 0, &r));
    *out = (m_outbox_stats){.ready = pg_int_of(m_pg_cell(&r, 0, 0)),
                            .dead = pg_int_of(m_pg_cell(&r, 0, 1)),
                            .oldest = {pg_int_of(m_pg_cell(&r, 0, 2))}};
    return M_OK;
}
