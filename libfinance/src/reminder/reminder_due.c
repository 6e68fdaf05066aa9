#include <stdlib.h>

#include "reminder/reminder.h"
#include "reports/open_items.h"
#include "sales_invoice/sales_invoice.h"

typedef struct {
    fin_module *fin;
    m_call *call;
    m_date today;
    int places;
    const fin_reminder_level *levels[FIN_REMINDER_LEVELS]; /* in force today, by level */
    uint32_t level_count;
    m_fetch sent;      /* fin_reminded, by invoice and level */
    m_fetch reminders; /* fin_reminder they are of, by id */
    m_fetch bills;     /* fin_sales_invoice of these, by id */
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

static m_status read_by_id(const work *w, const m_type *type, const m_list *ids, bool lists,
                           m_fetch *out)
{
    m_filter of_them = {"id", M_OP_IN, ids};
    m_query query = {.filters = &of_them, .filter_count = 1, .without_lists = !lists};
    m_fetch read = {.type = type, .query = &query};
    if (ids->count) M_TRY(m_store_fetch(w->fin->store, w->call, &read, 1));
    read.query = NULL;
    *out = read;
    return M_OK;
}

/* The reminders that were sent, and what bills them. */
static m_status read_bills(work *w)
{
    m_id *ids = m_arena_array(w->call->arena, w->sent.count, sizeof *ids);
    FIN_NEED(w->call, ids);
    m_list wanted = {ids, 0};
    for (uint32_t i = 0; i < w->sent.count; i++)
        ids[wanted.count++] = ((const fin_reminded *)w->sent.records[i])->reminder;
    M_TRY(read_by_id(w, &fin_reminder_type, &wanted, true, &w->reminders));
    wanted.count = 0;
    for (uint32_t i = 0; i < w->reminders.count; i++) {
        const fin_reminder *reminder = w->reminders.records[i];
        if (!m_id_is_null(reminder->bill)) ids[wanted.count++] = reminder->bill;
    }
    return read_by_id(w, &fin_sales_invoice_type, &wanted, false, &w->bills);
}

static int by_id(const void *id, const void *record)
{
    return m_id_cmp(*(const m_id *)id, (*(const m_doc *const *)record)->id);
}

static const void *find_by_id(const m_fetch *all, m_id id)
{
    const void *const *found =
        all->count ? bsearch(&id, all->records, all->count, sizeof *all->records, by_id) : NULL;
    return found ? *found : NULL;
}

/* Is there a bill, not cancelled, of the interest up to that reminder? */
static bool is_billed(const work *w, const fin_reminded *sent)
{
    const fin_reminder *reminder = find_by_id(&w->reminders, sent->reminder);
    if (!reminder || m_id_is_null(reminder->bill)) return false;
    const fin_sales_invoice *bill = find_by_id(&w->bills, reminder->bill);
    if (!bill || bill->state == M_CANCELLED) return false;
    for (M_EACH(const fin_reminder_line, line, reminder->lines))
        if (m_id_eq(line->invoice, sent->invoice) && line->instalment == sent->instalment)
            return line->interest.u > 0;
    return false;
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
        if (is_billed(w, sent)) one->billed_to = sent->date;
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
    int64_t days = line->days_late;
    if (!m_date_is_none(one->billed_to)) days = (int64_t)w->today.d - one->billed_to.d;
    if (days < 0) days = 0; /* asked for a day before that one */
    return m_told(w->call, fin_reminder_interest(line->outstanding, level->interest_percent, days,
                                                 w->places, &line->interest));
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
                                              .billed_to = M_DATE_NONE,
                                              .line = {.invoice = item->document,
                                                       .instalment = item->instalment,
                                                       .number = item->number,
                                                       .due_date = item->due_date,
                                                       .days_late = days,
                                                       .outstanding = fin_open_base(item)}};
    }
    M_TRY(read_levels(&w));
    M_TRY(read_sent(&w, &due));
    M_TRY(read_bills(&w));
    for (uint32_t i = 0; i < due.count; i++)
        M_TRY(judge(&w, &all[i]));
    *out = due;
    return M_OK;
}
