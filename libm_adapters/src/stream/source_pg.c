#include "../pg/text.h"
#include "m_adapters/codec.h"
#include "m_adapters/pg_stream.h"

typedef enum { OF_TENANT, OF_SEQ, OF_LAST } head_part;

/* "{…,…}" of one part of the marks. */
static const char *array_of(m_arena *arena, const m_head *marks, uint32_t n, head_part part)
{
    m_buf buf = {.arena = arena};
    for (uint32_t i = 0; i < n; i++) {
        const char *text = part == OF_SEQ ? pg_int_text(arena, marks[i].seq)
                                          : pg_uuid_text(arena, part == OF_TENANT ? marks[i].tenant
                                                                                  : marks[i].last);
        if (!text) return NULL;
        m_buf_text(&buf, i ? "," : "{");
        m_buf_text(&buf, text);
    }
    m_buf_text(&buf, "}");
    return buf.failed ? NULL : m_str_z(arena, m_buf_str(&buf));
}

/* ---- rows ---- */

enum {
    COL_TENANT,
    COL_SEQ,
    COL_ID,
    COL_PREVIOUS,
    COL_TYPE,
    COL_AGGREGATE,
    COL_ADDRESS,
    COL_OCCURRED_ON,
    COL_RECORDED_AT,
    COL_ACTOR_NAME,
    COL_REQUEST_ID,
    COL_TRACE_PARENT,
    COL_IDEMPOTENCY_KEY,
    COL_SCHEMA_VERSION,
    COL_PAYLOAD
};

#define COLUMNS                                                                                    \
    "o.tenant_id,o.seq,o.event_id,o.previous,o.type,o.aggregate,o.address,"                        \
    "to_char(o.occurred_on,'YYYY-MM-DD')," PG_MICROSECONDS(                                        \
        "o.recorded_at") ",o.actor_name,"                                                          \
                         "o.request_id,o.trace_parent,o.idempotency_key,o.schema_version,o."       \
                         "payload"

/* clang-format off */
/* Rows of a page as long as the payloads before them leave room. */
static const char *const since_sql =
    "SELECT " COLUMNS " FROM (SELECT p.*,sum(octet_length(p.payload)) OVER (ORDER BY p.seq)"
    "-octet_length(p.payload) AS before FROM (SELECT * FROM m.outgoing WHERE tenant_id=$1::uuid "
    "AND seq>$2::bigint ORDER BY seq LIMIT $3::bigint) p) o WHERE o.before<$4::bigint ORDER BY o.seq";

static const char *const ends_sql =
    "SELECT coalesce((SELECT min(seq) FROM m.outgoing WHERE tenant_id=$1::uuid),0),seq,last "
    "FROM m.outgoing_mark WHERE tenant_id=$1::uuid AND reader='head'";

static const char *const heads_sql =
    "SELECT tenant_id,seq,last FROM m.outgoing_mark WHERE reader='head' AND tenant_id>$1::uuid "
    "ORDER BY tenant_id LIMIT $2::bigint";

static const char *const unsent_sql =
    "SELECT " COLUMNS " FROM (SELECT h.tenant_id,coalesce(s.seq,0) AS seq FROM m.outgoing_mark h "
    "LEFT JOIN m.outgoing_mark s ON s.tenant_id=h.tenant_id AND s.reader='broker' "
    "WHERE h.reader='head' AND h.tenant_id>$1::uuid AND h.seq>coalesce(s.seq,0) "
    "ORDER BY h.tenant_id LIMIT $2::bigint) t CROSS JOIN LATERAL (SELECT * FROM m.outgoing r "
    "WHERE r.tenant_id=t.tenant_id AND r.seq>t.seq ORDER BY r.seq LIMIT $2::bigint) o "
    "ORDER BY t.tenant_id,o.seq LIMIT $2::bigint"; /* t: stops at the limit, o sorts it all */

static const char *const mark_sql =
    "INSERT INTO m.outgoing_mark AS k (tenant_id,reader,seq,last,at) SELECT d.tenant_id,$1,d.seq,"
    "nullif(d.last,'00000000-0000-0000-0000-000000000000'::uuid)," PG_INSTANT("5") " FROM "
    "unnest($2::uuid[],$3::bigint[],$4::uuid[]) AS d(tenant_id,seq,last) ORDER BY d.tenant_id "
    "ON CONFLICT (tenant_id,reader) DO UPDATE SET seq=excluded.seq,last=excluded.last,at=excluded.at";

/* Tenants of which one of the named readers ($2) has no mark keep everything. */
static const char *const sweep_sql =
    "DELETE FROM m.outgoing WHERE (tenant_id,seq) IN (SELECT o.tenant_id,o.seq FROM "
    "(SELECT tenant_id,min(seq) AS low FROM m.outgoing_mark GROUP BY tenant_id "
    "HAVING count(*) FILTER (WHERE reader=ANY($2::text[]))=cardinality($2::text[])) t "
    "JOIN m.outgoing o ON o.tenant_id=t.tenant_id AND o.seq<=t.low "
    "WHERE o.recorded_at<" PG_INSTANT("1") " LIMIT $3::bigint)";

static const char *const stats_sql =
    "SELECT coalesce(sum(h.seq-coalesce(s.seq,0)),0)::bigint,"
    "coalesce(min((SELECT " PG_MICROSECONDS("o.recorded_at") " FROM m.outgoing o WHERE "
    "o.tenant_id=h.tenant_id AND o.seq>coalesce(s.seq,0) ORDER BY o.seq LIMIT 1)),0),"
    "coalesce(sum(h.seq-(SELECT min(o.seq) FROM m.outgoing o WHERE o.tenant_id=h.tenant_id)+1),0)::bigint,"
    "coalesce(max((SELECT max(h.seq-k.seq) FROM m.outgoing_mark k WHERE k.tenant_id=h.tenant_id "
    "AND k.reader NOT IN ('head','broker'))),0) FROM m.outgoing_mark h LEFT JOIN m.outgoing_mark s "
    "ON s.tenant_id=h.tenant_id AND s.reader='broker' WHERE h.reader='head'";
/* clang-format on */

static m_status row_of(m_call *call, const m_pg_result *result, uint32_t i, m_stream_event *out)
{
    m_str day = m_pg_cell(result, i, COL_OCCURRED_ON);
    *out = (m_stream_event){
        .seq = pg_int_of(m_pg_cell(result, i, COL_SEQ)),
        .event_id = m_pg_id_of(m_pg_cell(result, i, COL_ID)),
        .previous = m_pg_id_of(m_pg_cell(result, i, COL_PREVIOUS)),
        .type = m_pg_cell(result, i, COL_TYPE),
        .aggregate = m_pg_id_of(m_pg_cell(result, i, COL_AGGREGATE)),
        .address = m_pg_cell(result, i, COL_ADDRESS),
        .recorded_at = {pg_int_of(m_pg_cell(result, i, COL_RECORDED_AT))},
        .actor_name = m_pg_cell(result, i, COL_ACTOR_NAME),
        .request_id = m_pg_cell(result, i, COL_REQUEST_ID),
        .trace_parent = m_pg_cell(result, i, COL_TRACE_PARENT),
        .idempotency_key = m_pg_cell(result, i, COL_IDEMPOTENCY_KEY),
        .schema_version = pg_int_of(m_pg_cell(result, i, COL_SCHEMA_VERSION)),
        .payload = m_pg_cell(result, i, COL_PAYLOAD),
    };
    if (day.n && m_date_parse(day, &out->occurred_on) != M_OK)
        return m_fail(call, m_err_internal, "the outbox holds a date that is none");
    return M_OK;
}

/* ---- asking ---- */

static m_status since(void *self, m_call *call, const m_outbox_ask *in, m_outbox_page *out)
{
    const m_pg_outgoing *o = self;
    const char *params[] = {
        pg_uuid_text(call->arena, call->tenant), pg_int_text(call->arena, in->after),
        pg_int_text(call->arena, in->limit), pg_int_text(call->arena, M_OUTBOX_PAGE_BYTES)};
    m_pg_result ends, rows;
    m_outbox_page page = {0};
    M_TRY(pg_text_run(o->conn, call, since_sql, params, 4, &rows));
    M_TRY(pg_text_run(o->conn, call, ends_sql, params, 1,
                      &ends)); /* later: the head is never behind */
    m_stream_event *events = m_arena_array(call->arena, rows.rows, sizeof *events);
    if (!events) return m_fail(call, m_err_memory, "outbox");
    for (uint32_t i = 0; i < rows.rows; i++)
        M_TRY(row_of(call, &rows, i, &events[i]));
    page.events = (m_list){events, rows.rows};
    if (ends.rows) {
        page.first = pg_int_of(m_pg_cell(&ends, 0, 0));
        page.head = pg_int_of(m_pg_cell(&ends, 0, 1));
        page.last = m_pg_id_of(m_pg_cell(&ends, 0, 2));
    }
    *out = page;
    return M_OK;
}

static m_status heads(void *self, m_call *call, const m_heads_ask *in, m_heads *out)
{
    const m_pg_outgoing *o = self;
    const char *params[] = {pg_uuid_text(call->arena, in->after),
                            pg_int_text(call->arena, in->limit)};
    m_pg_result result;
    M_TRY(pg_text_run(o->conn, call, heads_sql, params, 2, &result));
    m_head *items = m_arena_array(call->arena, result.rows, sizeof *items);
    if (!items) return m_fail(call, m_err_memory, "outbox");
    for (uint32_t i = 0; i < result.rows; i++)
        items[i] =
            (m_head){m_pg_id_of(m_pg_cell(&result, i, 0)), pg_int_of(m_pg_cell(&result, i, 1)),
                     m_pg_id_of(m_pg_cell(&result, i, 2))};
    out->heads = (m_list){items, result.rows};
    return M_OK;
}

static m_status read_unsent(const m_pg_outgoing *o, m_call *call, uint32_t limit, m_list *out)
{
    const char *params[] = {pg_uuid_text(call->arena, o->after), pg_int_text(call->arena, limit)};
    m_pg_result result;
    M_TRY(pg_text_run(o->conn, call, unsent_sql, params, 2, &result));
    m_outgoing_due *due = m_arena_array(call->arena, result.rows, sizeof *due);
    if (!due) return m_fail(call, m_err_memory, "outbox");
    for (uint32_t i = 0; i < result.rows; i++) {
        due[i].tenant = m_pg_id_of(m_pg_cell(&result, i, COL_TENANT));
        M_TRY(row_of(call, &result, i, &due[i].event));
    }
    *out = (m_list){due, result.rows};
    return M_OK;
}

static m_status unsent(void *self, m_call *call, uint32_t limit, m_list *out)
{
    m_pg_outgoing *o = self;
    m_list due = {0};
    M_TRY(read_unsent(o, call, limit, &due));
    if (due.count == 0 && !m_id_is_null(o->after)) { /* all tenants had their turn */
        o->after = (m_id){{0}};
        M_TRY(read_unsent(o, call, limit, &due));
    }
    bool more = due.count == limit;
    o->after = more ? M_AT(due, m_outgoing_due, due.count - 1)->tenant : (m_id){{0}};
    *out = due;
    return M_OK;
}

/* ---- marks, sweep, figures ---- */

static m_status mark(void *self, m_call *call, m_str reader, const m_head *marks, uint32_t n)
{
    const m_pg_outgoing *o = self;
    const char *params[] = {
        m_str_z(call->arena, reader), array_of(call->arena, marks, n, OF_TENANT),
        array_of(call->arena, marks, n, OF_SEQ), array_of(call->arena, marks, n, OF_LAST),
        pg_int_text(call->arena, m_now(call).us)};
    m_pg_result result;
    return n ? pg_text_run(o->conn, call, mark_sql, params, 5, &result) : M_OK;
}

/* The broker's mark counts as one of the readers. */
static const char *reader_array(m_arena *arena, const char *const *readers)
{
    m_buf buf = {.arena = arena};
    m_buf_text(&buf, "{" M_READER_BROKER);
    for (; readers && *readers; readers++) {
        m_buf_text(&buf, ",");
        m_buf_text(&buf, *readers);
    }
    m_buf_text(&buf, "}");
    return buf.failed ? NULL : m_str_z(arena, m_buf_str(&buf));
}

static m_status sweep(void *self, m_call *call, m_time before, const char *const *readers,
                      uint32_t limit, uint32_t *out_removed)
{
    const m_pg_outgoing *o = self;
    const char *params[] = {pg_int_text(call->arena, before.us), reader_array(call->arena, readers),
                            pg_int_text(call->arena, limit)};
    m_pg_result result;
    M_TRY(pg_text_run(o->conn, call, sweep_sql, params, 3, &result));
    *out_removed = (uint32_t)result.affected;
    return M_OK;
}

static m_status stats(void *self, m_call *call, m_outgoing_stats *out)
{
    const m_pg_outgoing *o = self;
    m_pg_result r;
    M_TRY(pg_text_run(o->conn, call, stats_sql, NULL, 0, &r));
    *out = (m_outgoing_stats){.backlog = pg_int_of(m_pg_cell(&r, 0, 0)),
                              .oldest_unsent = {pg_int_of(m_pg_cell(&r, 0, 1))},
                              .rows = pg_int_of(m_pg_cell(&r, 0, 2)),
                              .slowest_reader = pg_int_of(m_pg_cell(&r, 0, 3))};
    return M_OK;
}

m_outgoing_source m_pg_outgoing_source(m_pg_outgoing *outgoing)
{
    static const m_outgoing_source_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "outgoing_source"},
        .since = since,
        .heads = heads,
        .unsent = unsent,
        .mark = mark,
        .sweep = sweep,
        .stats = stats,
    };
    return (m_outgoing_source){&ops, outgoing};
}

/* ---- all tenants at once ---- */

m_status m_pg_lock_try(m_pg_conn *conn, m_call *call, const char *name, bool *out)
{
    m_pg_result result;
    M_TRY(pg_text_run(conn, call, "SELECT pg_try_advisory_lock(hashtextextended($1,0))", &name, 1,
                      &result));
    *out = m_str_is(m_pg_cell(&result, 0, 0), "t");
    return M_OK;
}

m_status m_pg_consumer_marks(m_pg_conn *conn, m_call *call, m_str producer, m_list *out)
{
    static const char *const sql =
        "SELECT tenant_id,seq,last," PG_MICROSECONDS("at") ",state,why FROM m.consumer_mark "
                                                           "WHERE producer=$1 ORDER BY tenant_id";
    const char *name = m_str_z(call->arena, producer);
    m_pg_result r;
    M_TRY(pg_text_run(conn, call, sql, &name, 1, &r));
    m_pg_mark *marks = m_arena_array(call->arena, r.rows, sizeof *marks);
    if (!marks) return m_fail(call, m_err_memory, "marks");
    for (uint32_t i = 0; i < r.rows; i++)
        marks[i] =
            (m_pg_mark){.tenant = m_pg_id_of(m_pg_cell(&r, i, 0)),
                        .mark = {.producer = producer,
                                 .seq = pg_int_of(m_pg_cell(&r, i, 1)),
                                 .last = m_pg_id_of(m_pg_cell(&r, i, 2)),
                                 .at = {pg_int_of(m_pg_cell(&r, i, 3))},
                                 .state = m_str_is(m_pg_cell(&r, i, 4), "frozen") ? M_MARK_FROZEN
                                                                                  : M_MARK_FLOWING,
                                 .why = m_pg_cell(&r, i, 5)}};
    *out = (m_list){marks, r.rows};
    return M_OK;
}

m_status m_pg_letter_stats(m_pg_conn *conn, m_call *call, m_letter_stats *out)
{
    static const char *const sql =
        "SELECT count(*) FILTER (WHERE state='waiting'),count(*) FILTER (WHERE state='dead'),"
        "count(*) FILTER (WHERE state='parked'),count(*) FILTER (WHERE state='discarded'),"
        "(SELECT count(*) FROM m.consumer_mark WHERE state='frozen') FROM m.dead_letter";
    m_pg_result r;
    M_TRY(pg_text_run(conn, call, sql, NULL, 0, &r));
    *out = (m_letter_stats){.waiting = pg_int_of(m_pg_cell(&r, 0, 0)),
                            .dead = pg_int_of(m_pg_cell(&r, 0, 1)),
                            .parked = pg_int_of(m_pg_cell(&r, 0, 2)),
                            .discarded = pg_int_of(m_pg_cell(&r, 0, 3)),
                            .frozen = pg_int_of(m_pg_cell(&r, 0, 4))};
    return M_OK;
}

m_status m_pg_copy_stats(m_pg_conn *conn, m_call *call, m_copy_stats *out)
{
    static const char *const sql =
        "SELECT count(*) FILTER (WHERE status='filling'),count(*) FILTER (WHERE status='ready'),"
        "count(*) FILTER (WHERE status='asked'),"
        "coalesce(" PG_MICROSECONDS("min(at) FILTER (WHERE status='filling')") ",0) FROM m.replica";
    m_pg_result r;
    M_TRY(pg_text_run(conn, call, sql, NULL, 0, &r));
    *out = (m_copy_stats){.filling = pg_int_of(m_pg_cell(&r, 0, 0)),
                          .ready = pg_int_of(m_pg_cell(&r, 0, 1)),
                          .asked = pg_int_of(m_pg_cell(&r, 0, 2)),
                          .oldest_filling = {pg_int_of(m_pg_cell(&r, 0, 3))}};
    return M_OK;
}

/* The first column of all rows. */
static m_status ids_of(m_call *call, const m_pg_result *r, m_list *out)
{
    m_id *ids = m_arena_array(call->arena, r->rows, sizeof *ids);
    if (!ids) return m_fail(call, m_err_memory, "ids");
    for (uint32_t i = 0; i < r->rows; i++)
        ids[i] = m_pg_id_of(m_pg_cell(r, i, 0));
    *out = (m_list){ids, r->rows};
    return M_OK;
}

m_status m_pg_copy_tenants(m_pg_conn *conn, m_call *call, m_list *out)
{
    m_pg_result r;
    M_TRY(pg_text_run(conn, call, "SELECT DISTINCT tenant_id FROM m.replica ORDER BY 1", NULL, 0,
                      &r));
    return ids_of(call, &r, out);
}

m_status m_pg_letters_due(m_pg_conn *conn, m_call *call, uint32_t limit, m_list *out)
{
    static const char *const sql =
        "SELECT DISTINCT tenant_id FROM m.dead_letter WHERE state='waiting' AND "
        "next_try_at<=" PG_INSTANT("1") " LIMIT $2::bigint";
    const char *params[] = {pg_int_text(call->arena, m_now(call).us),
                            pg_int_text(call->arena, limit)};
    m_pg_result r;
    M_TRY(pg_text_run(conn, call, sql, params, 2, &r));
    return ids_of(call, &r, out);
}
