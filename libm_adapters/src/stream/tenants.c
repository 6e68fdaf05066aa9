#include <stdlib.h>

#include "intake.h"
#include "m_adapters/pg_stream.h"

#define PAUSE_MS     500
#define PAUSE_MAX_MS 30000

/* ---- states ---- */

tenant_state *tenant_of(tenant_table *table, m_id tenant)
{
    uint32_t low = 0, high = table->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = m_id_cmp(table->items[middle].tenant, tenant);
        if (order == 0) return &table->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (table->count == table->room) {
        uint32_t room = table->room ? 2 * table->room : 64;
        tenant_state *items = reallocarray(table->items, room, sizeof *items);
        if (!items) return NULL;
        table->items = items;
        table->room = room;
    }
    memmove(table->items + low + 1, table->items + low,
            (table->count - low) * sizeof *table->items);
    table->count++;
    table->items[low] = (tenant_state){.tenant = tenant};
    return &table->items[low];
}

void tenant_ask(tenant_state *t, int64_t at_ms)
{
    if (!t->behind || at_ms < t->ask_at_ms) t->ask_at_ms = at_ms;
    t->behind = true;
}

void tenant_failed(tenant_state *t, int64_t now_ms)
{
    int64_t pause = PAUSE_MS;
    for (uint32_t i = 0; i < t->failures && pause < PAUSE_MAX_MS; i++)
        pause *= 2;
    t->failures++;
    t->behind = true;
    t->ask_at_ms = now_ms + (pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS);
}

void tenant_took(tenant_state *t, const m_take_result *result, int64_t now_ms)
{
    t->mark = result->mark;
    t->frozen = result->frozen;
    if (t->head < t->mark) t->head = t->mark;
    if (result->applied) t->failures = 0;
    if (result->held != M_OK) {
        tenant_failed(t, now_ms);
        return;
    }
    t->behind = false;
    if (result->need) tenant_ask(t, now_ms);
}

/* ---- all tenants of a database ---- */

static m_status connection(m_call *call, m_pg_conn *const *conn)
{
    return *conn ? M_OK : m_fail(call, m_err_unavailable, "the database");
}

static m_status marks(void *self, m_call *call, m_str producer, m_list *out)
{
    m_pg_conn **conn = self;
    m_list rows;
    M_TRY(connection(call, conn));
    M_TRY(m_pg_consumer_marks(*conn, call, producer, &rows));
    m_head *heads = m_arena_array(call->arena, rows.count, sizeof *heads);
    if (!heads) return m_fail(call, m_err_memory, "marks");
    for (uint32_t i = 0; i < rows.count; i++) {
        const m_pg_mark *row = M_AT(rows, m_pg_mark, i);
        heads[i] = (m_head){row->tenant, row->mark.seq, row->mark.last};
    }
    *out = (m_list){heads, rows.count};
    return M_OK;
}

static m_status letters_due(void *self, m_call *call, uint32_t limit, m_list *out)
{
    m_pg_conn **conn = self;
    M_TRY(connection(call, conn));
    return m_pg_letters_due(*conn, call, limit, out);
}

m_intake_view m_pg_intake_view(m_pg_conn **conn)
{
    static const m_intake_view_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "intake_view"},
        .marks = marks,
        .letters_due = letters_due,
    };
    return (m_intake_view){&ops, conn};
}
