/* Goods by batch, by serial number and at standard cost, dated back more often than others; and
 * documents that come to light when their month is locked. */
#include "simulate.h"

static const char *day_text(const m_call *call, m_date day)
{
    char text[M_DATE_TEXT];
    m_date_format(day, text);
    return m_arena_copy(call->arena, text, strlen(text));
}

/* Today, or in four cases of ten up to four weeks before. */
static const char *some_day(sim *s, const m_call *call)
{
    m_date day = s->today;
    if (sim_chance(&s->dice, 40)) day.d -= 1 + (int32_t)sim_roll(&s->dice, 28);
    return day_text(call, day);
}

static m_status adjust(sim *s, m_call *call, const char *line)
{
    return sim_make(s, call, SIM_ADJUSTMENT, "wms/stock-adjustments",
                    sim_text(call,
                             "{'warehouse':'%s','posting_date':'%s','reason':'%s','lines':[%s]}",
                             sim_id(call, s->depot), some_day(s, call),
                             sim_chance(&s->dice, 10) ? "count" : "other", line));
}

static m_status send(sim *s, m_call *call, const char *line)
{
    return sim_make(s, call, SIM_TRANSFER, "wms/stock-transfers",
                    sim_text(call,
                             "{'from_warehouse':'%s','to_warehouse':'%s','transit_warehouse':'%s',"
                             "'posting_date':'%s','lines':[%s]}",
                             sim_id(call, s->depot), sim_id(call, s->outlet),
                             sim_id(call, s->transit), some_day(s, call), line));
}

static m_status take(sim *s, m_call *call, const char *line)
{
    m_id from = sim_chance(&s->dice, 70) ? s->depot : s->outlet;
    return sim_make(s, call, SIM_ISSUE, "wms/stock-issues",
                    sim_text(call, "{'warehouse':'%s','posting_date':'%s','lines':[%s]}",
                             sim_id(call, from), some_day(s, call), line));
}

/* Comes in, goes out, or on to the outlet. more: what names the goods. */
static m_status move_goods(sim *s, m_call *call, m_id item, uint32_t qty, const char *more)
{
    uint32_t way = sim_roll(&s->dice, 10);
    const char *line =
        m_arena_printf(call->arena, "{'item':'%s','qty':'%u'%s", sim_id(call, item), qty, more);
    if (way < 4)
        return adjust(s, call,
                      m_arena_printf(call->arena, "%s,'direction':'in','rate':'%s'}", line,
                                     sim_amount(call, 100 + sim_roll(&s->dice, 9000))));
    line = m_arena_printf(call->arena, "%s}", line);
    return way < 8 ? take(s, call, line) : send(s, call, line);
}

m_status sim_batches(sim *s, m_call *call)
{
    m_id batch = s->batches[sim_roll(&s->dice, SIM_BATCHES)];
    const char *named = m_arena_printf(call->arena, ",'batch':'%s'", sim_id(call, batch));
    bool in = sim_chance(&s->dice, 80); /* else what expires first */
    return move_goods(s, call, s->by_batch, 1 + sim_roll(&s->dice, 15), in ? named : "");
}

/* New pieces come in; any that have been made go out, wherever they are now. */
m_status sim_pieces(sim *s, m_call *call)
{
    bool in = s->pieces == 0 || sim_chance(&s->dice, 35);
    uint32_t piece =
        in && sim_chance(&s->dice, 90) ? ++s->pieces : 1 + sim_roll(&s->dice, s->pieces);
    const char *named = m_arena_printf(call->arena, ",'serials':'PC-%u'", piece);
    const char *line =
        m_arena_printf(call->arena, "{'item':'%s','qty':'1'%s", sim_id(call, s->by_piece), named);
    if (in)
        return adjust(s, call,
                      m_arena_printf(call->arena, "%s,'direction':'in','rate':'%s'}", line,
                                     sim_amount(call, 5000 + sim_roll(&s->dice, 9000))));
    line = m_arena_printf(call->arena, "%s}", line);
    return sim_chance(&s->dice, 60) ? take(s, call, line) : send(s, call, line);
}

/* Not on to the outlet: no standard begins while goods are on their way. */
m_status sim_at_standard(sim *s, m_call *call)
{
    const char *line = m_arena_printf(call->arena, "{'item':'%s','qty':'%u'",
                                      sim_id(call, s->items[6]), 1 + sim_roll(&s->dice, 20));
    if (sim_chance(&s->dice, 50))
        return adjust(s, call,
                      m_arena_printf(call->arena, "%s,'direction':'in','rate':'40'}", line));
    return take(s, call, m_arena_printf(call->arena, "%s}", line));
}

/* ---- documents that come late ---- */

static m_status late(sim *s, m_call *call, const char *reason)
{
    m_date day = s->today;
    day.d -= 20 + (int32_t)sim_roll(&s->dice, 60);
    m_id item = s->items[sim_roll(&s->dice, SIM_ITEMS)];
    const char *dates = m_arena_printf(
        call->arena, "'warehouse':'%s','posting_date':'%s','belongs_on':'%s'%s",
        sim_id(call, s->depot), day_text(call, s->today), day_text(call, day), reason);
    const char *line = m_arena_printf(call->arena, "'item':'%s','qty':'%u'", sim_id(call, item),
                                      1 + sim_roll(&s->dice, 9));
    if (sim_chance(&s->dice, 50))
        return sim_make(s, call, SIM_ISSUE, "wms/stock-issues",
                        sim_text(call, "{%s,'lines':[{%s}]}", dates, line));
    return sim_make(s, call, SIM_ADJUSTMENT, "wms/stock-adjustments",
                    sim_text(call,
                             "{%s,'reason':'other','lines':[{%s,'direction':'in','rate':'7.5'}]}",
                             dates, line));
}

m_status sim_late(sim *s, m_call *call)
{
    return late(s, call, ",'late_reason':'The slip was found in a drawer'");
}

m_status sim_late_silent(sim *s, m_call *call)
{
    return late(s, call, "");
}
