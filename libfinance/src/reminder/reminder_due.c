#include "reminder/reminder.h"
#include "reports/open_items.h"

typedef struct {
    fin_module *fin;
    m_call *call;
    m_date today;
    int places;
    const fin_reminder_level *levels[FIN_REMINDER_LEVELS]; /* in force today, by level */
    uint32_t level_count;
    m_fetch sent; /* fin_reminded, by invoice and level */
} work;

static m_status read_levels(work *w)
{
    m_query query = {0};
    m_tenant_info tenant;
    M_TRY(fin_read_tenant(w->fin, w->call, &tenant));
    w->places = (int)tenant.currency_places;
    m_fetch all = {.type = &fin_reminder_level_type, .query = &query};
    M_TRY(m_store_fetch(w->fin->store, w->call, &all, 1));
    w->level_count = fin_reminder_in_force((const fin_reminder_level *const *)all.records,
                                           all.count, w->today, w->levels);
    return M_OK;
}

static m_status read_sent(work *w, const m_list *due)
{
    m_id *ids = m_arena_array(w->call->arena, due->count, sizeof *ids);
    FIN_NEED(w->call, ids);
    m_list documents = {ids, 0};
    for (M_EACH(const fin_reminder_due, one, *due))
        ids[documents.count++] = one->line.invoice;
    m_filter of_them = {"invoice", M_OP_IN, &documents};
    m_order by_level[] = {{"invoice", false}, {"level", false}};
    m_query query = {.filters = &of_them, .filter_count = 1, .orders = by_level, .order_count = 2};
    w->sent = (m_fetch){.type = &fin_reminded_type, .query = &query};
    return due->count ? m_store_fetch(w->fin->store, w->call, &w->sent, 1) : M_OK;
}

static void find_last(const work *w, fin_reminder_due *one)
{
    uint32_t low = 0, high = w->sent.count; /* the first of the invoice */
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        const fin_reminded *sent = w->sent.records[mid];
        if (m_id_cmp(sent->invoice, one->line.invoice) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < w->sent.count; low++) {
        const fin_reminded *sent = w->sent.records[low];
        if (!m_id_eq(sent->invoice, one->line.invoice)) return;
        if (sent->instalment != one->line.instalment || sent->level < one->last_level) continue;
        one->last_level = sent->level;
        one->last_date = sent->date;
    }
}

static m_status judge(const work *w, fin_reminder_due *one)
{
    fin_reminder_line *line = &one->line;
    find_last(w, one);
    const fin_reminder_level *level = fin_reminder_next(w->levels, w->level_count, line->days_late,
                                                        one->last_level, one->last_date, w->today);
    if (!level) return M_OK;
    line->level = level->level;
    line->terms = level->id;
    line->fee = level->fee;
    one->text = level->text;
    return m_told(w->call, fin_reminder_interest(line->outstanding, level->interest_percent,
                                                 line->days_late, w->places, &line->interest));
}

m_status fin_reminders_due(fin_module *fin, m_call *call, m_id customer, m_date today, m_list *out)
{
    work w = {.fin = fin, .call = call, .today = today};
    m_list open;
    M_TRY(fin_open_now(&fin_customer_side, fin, call, customer, &open));
    fin_reminder_due *all = m_arena_array(call->arena, open.count, sizeof *all);
    FIN_NEED(call, all);
    m_list due = {all, 0};
    for (M_EACH(const fin_open_item, item, open)) {
        int64_t days = (int64_t)today.d - item->due_date.d;
        if (item->kind != fin_customer_side.invoice || days <= 0) continue;
        all[due.count++] = (fin_reminder_due){.party = item->party,
                                              .number = item->number,
                                              .line = {.invoice = item->document,
                                                       .instalment = item->instalment,
                                                       .number = item->number,
                                                       .due_date = item->due_date,
                                                       .days_late = days,
                                                       .outstanding = fin_open_base(item)}};
    }
    M_TRY(read_levels(&w));
    M_TRY(read_sent(&w, &due));
    for (uint32_t i = 0; i < due.count; i++)
        M_TRY(judge(&w, &all[i]));
    *out = due;
    return M_OK;
}
