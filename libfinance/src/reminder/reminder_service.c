#include "reminder/reminder.h"

m_status fin_reminder_level_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    fin_module *fin = module;
    const fin_reminder_level *level = doc;
    m_filter same[] = {{"level", M_OP_EQ, &level->level}, {"id", M_OP_NE, &level->id}};
    m_query query = {.filters = same, .filter_count = 2};
    m_fetch others = {.type = &fin_reminder_level_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &others, 1));
    for (uint32_t i = 0; i < others.count; i++) {
        const fin_reminder_level *other = others.records[i];
        if (m_date_cmp(other->effective_from, level->effective_from)) continue;
        m_field_fail(call, FIN_ERR(REMINDER_LEVEL), M_STR("level"), "%lld",
                     (long long)level->level);
        break;
    }
    return M_OK;
}

/* ---- draft ---- */

static const fin_reminder_due *find_due(const m_list *due, const fin_reminder_line *line)
{
    for (M_EACH(const fin_reminder_due, one, *due))
        if (m_id_eq(one->line.invoice, line->invoice) && one->line.instalment == line->instalment)
            return one;
    return NULL;
}

static m_status take_all(m_call *call, fin_reminder *reminder, const m_list *due)
{
    fin_reminder_line *lines = m_arena_array(call->arena, due->count, sizeof *lines);
    FIN_NEED(call, lines);
    uint32_t n = 0;
    for (M_EACH(const fin_reminder_due, one, *due))
        if (one->line.level && n < FIN_REMINDED_MAX) lines[n++] = one->line;
    reminder->lines = (m_list){lines, n};
    if (n == 0) m_field_fail(call, FIN_ERR(REMINDER_NOTHING), M_STR("lines"), NULL);
    return M_OK;
}

static bool given_before(const fin_reminder *reminder, uint32_t at)
{
    const fin_reminder_line *line = M_AT(reminder->lines, fin_reminder_line, at);
    for (uint32_t k = 0; k < at; k++) {
        const fin_reminder_line *other = M_AT(reminder->lines, fin_reminder_line, k);
        if (m_id_eq(other->invoice, line->invoice) && other->instalment == line->instalment)
            return true;
    }
    return false;
}

/* What is due says everything of the lines that are asked for. */
static void fill_lines(m_call *call, fin_reminder *reminder, const m_list *due)
{
    for (uint32_t i = 0; i < reminder->lines.count; i++) {
        fin_reminder_line *line = M_AT(reminder->lines, fin_reminder_line, i);
        const fin_reminder_due *one = find_due(due, line);
        const m_error_def *fault = NULL;
        if (!one || one->line.level == 0) fault = FIN_ERR(REMINDER_NOT_DUE);
        if (given_before(reminder, i)) fault = FIN_ERR(REMINDER_TWICE);
        if (fault)
            m_field_fail(call, fault, m_line_path(call, "lines", i, "invoice"), NULL);
        else
            *line = one->line;
    }
}

static m_status total(m_call *call, fin_reminder *reminder, const m_list *due)
{
    m_dec_sum outstanding = 0, fees = 0, interest = 0;
    int64_t highest = 0;
    for (M_EACH(const fin_reminder_line, line, reminder->lines)) {
        outstanding += line->outstanding.u;
        fees += line->fee.u;
        interest += line->interest.u;
        const fin_reminder_due *one = find_due(due, line);
        if (!one || line->level <= highest) continue;
        highest = line->level;
        if (!reminder->own_text) reminder->text = one->text;
    }
    FIN_TRY(call, m_dec_of_sum(outstanding, &reminder->outstanding));
    FIN_TRY(call, m_dec_of_sum(fees, &reminder->fees));
    return m_told(call, m_dec_of_sum(interest, &reminder->interest));
}

/* What it would cost until then, and that it was sent, nobody knows today. */
static bool is_ahead(m_call *call, m_date date)
{
    char text[M_DATE_TEXT];
    if (m_date_cmp(date, m_today(call)) <= 0) return false;
    m_date_format(date, text);
    m_field_fail(call, FIN_ERR(REMINDER_AHEAD), M_STR("date"), "%s", text);
    return true;
}

m_status fin_reminder_check(void *module, m_call *call, void *doc, const void *before)
{
    fin_module *fin = module;
    fin_reminder *reminder = doc;
    m_party_info customer;
    m_list due;
    if (reminder->lines.count > FIN_REMINDED_MAX) return M_OK; /* the field table tells */
    M_TRY(fin_read_party(fin, call, &fin_customer_side, reminder->customer, false, &customer));
    if (!before) reminder->own_text = reminder->text.n != 0;
    reminder->bill = (m_id){{0}};
    if (m_date_is_none(reminder->date)) reminder->date = m_today(call);
    if (is_ahead(call, reminder->date) || m_id_is_null(customer.id)) return M_OK;
    M_TRY(fin_reminders_due(fin, call, reminder->customer, reminder->date, &due));
    if (reminder->lines.count == 0)
        M_TRY(take_all(call, reminder, &due));
    else
        fill_lines(call, reminder, &due);
    return total(call, reminder, &due);
}

/* ---- moves ---- */

static fin_reminded sent_of(const fin_reminder *reminder, const fin_reminder_line *line)
{
    return (fin_reminded){.invoice = line->invoice,
                          .instalment = line->instalment,
                          .level = line->level,
                          .customer = reminder->customer,
                          .date = reminder->date,
                          .reminder = reminder->id};
}

m_status fin_reminder_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    fin_module *fin = module;
    fin_reminder *reminder = doc;
    for (M_EACH(const fin_reminder_line, line, reminder->lines)) {
        fin_reminded sent = sent_of(reminder, line);
        M_TRY(m_store_insert(fin->store, call, &fin_reminded_type, &sent));
    }
    return fin_reminder_bill(fin, call, reminder);
}

/* A later level stands on this one. */
static m_status refuse_later(fin_module *fin, m_call *call, const fin_reminder_line *line)
{
    m_filter later[] = {{"invoice", M_OP_EQ, &line->invoice},
                        {"instalment", M_OP_EQ, &line->instalment},
                        {"level", M_OP_GT, &line->level}};
    m_query query = {.filters = later, .filter_count = 3};
    uint32_t n;
    M_TRY(m_store_count(fin->store, call, &fin_reminded_type, &query, 1, &n));
    return n ? m_fail(call, FIN_ERR(REMINDER_LATER), "%.*s", M_STR_ARG(line->number)) : M_OK;
}

m_status fin_reminder_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    fin_module *fin = module;
    fin_reminder *reminder = doc;
    for (M_EACH(const fin_reminder_line, line, reminder->lines))
        M_TRY(refuse_later(fin, call, line));
    M_TRY(fin_reminder_unbill(fin, call, reminder));
    for (M_EACH(const fin_reminder_line, line, reminder->lines)) {
        fin_reminded sent = sent_of(reminder, line);
        M_TRY(m_store_remove(fin->store, call, &fin_reminded_type, &sent));
    }
    return M_OK;
}
