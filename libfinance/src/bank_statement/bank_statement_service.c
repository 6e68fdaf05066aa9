#include "account/account.h"
#include "bank_statement/bank_statement.h"
#include "currency/currency.h"

/* ---- draft ---- */

/* *out_places: of its currency. */
static m_status check_account(fin_module *fin, m_call *call, const fin_bank_statement *statement,
                              int *out_places)
{
    const void *found = NULL;
    m_dec one = m_dec_of_int(1), per = one; /* no rate is asked for */
    m_id currency = {{0}};
    fin_currency of;
    if (!m_id_is_null(statement->account)) /* else the field table tells */
        M_TRY(m_store_get(fin->store, call, &fin_account_type, statement->account, &found));
    const fin_account *account = found;
    if (account && (account->kind != FIN_KIND_BANK || account->is_group))
        m_field_fail(call, FIN_ERR(BANK_ACCOUNT), M_STR("account"), "%.*s %.*s",
                     M_STR_ARG(account->code), M_STR_ARG(account->name));
    if (account) currency = account->currency;
    M_TRY(fin_currency_read(fin, call, &currency, &one, &per, statement->to_date, &of));
    *out_places = of.foreign ? of.places : of.base_places;
    if (account && statement->currency.n && !m_str_eq(statement->currency, of.code))
        m_field_fail(call, FIN_ERR(BANK_CURRENCY), M_STR("currency"), "%.*s instead of %.*s",
                     M_STR_ARG(statement->currency), M_STR_ARG(of.code));
    return M_OK;
}

/* Banks list the lines of some days in another order than that of the days. */
static void fill_dates(m_call *call, fin_bank_statement *statement)
{
    m_date first = M_DATE_NONE, last = M_DATE_NONE;
    for (M_EACH(const fin_bank_line, line, statement->lines)) {
        if (m_date_is_none(line->date)) continue;
        if (m_date_is_none(first) || m_date_cmp(line->date, first) < 0) first = line->date;
        if (m_date_is_none(last) || m_date_cmp(line->date, last) > 0) last = line->date;
    }
    if (m_date_is_none(statement->from_date))
        statement->from_date = m_date_is_none(first) ? m_today(call) : first;
    if (m_date_is_none(statement->to_date))
        statement->to_date = m_date_is_none(last) ? statement->from_date : last;
    if (m_date_cmp(statement->from_date, statement->to_date) > 0)
        m_field_fail(call, FIN_ERR(BANK_DATES), M_STR("to_date"), NULL);
}

/* What the bank says has happened: a day to come was misread. */
static bool is_ahead(m_call *call, m_date date, m_str path)
{
    char text[M_DATE_TEXT];
    if (m_date_is_none(date) || m_date_cmp(date, m_today(call)) <= 0) return false;
    m_date_format(date, text);
    m_field_fail(call, FIN_ERR(BANK_AHEAD), path, "%s", text);
    return true;
}

static void check_lines(m_call *call, const fin_bank_statement *statement, int64_t places)
{
    uint32_t i = 0;
    bool ahead = false;
    for (M_EACH(const fin_bank_line, line, statement->lines)) {
        bool early = is_ahead(call, line->date, m_line_path(call, "lines", i, "date"));
        bool inside = m_date_cmp(line->date, statement->from_date) >= 0 &&
                      m_date_cmp(line->date, statement->to_date) <= 0;
        ahead |= early;
        if (!m_date_is_none(line->date) && !inside && !early)
            m_field_fail(call, FIN_ERR(BANK_LINE_DATE), m_line_path(call, "lines", i, "date"),
                         NULL);
        if (line->amount.u == 0)
            m_field_fail(call, FIN_ERR(BANK_ZERO), m_line_path(call, "lines", i, "amount"), NULL);
        fin_check_places(call, line->amount, places, "lines", i, "amount");
        i++;
    }
    if (!ahead) is_ahead(call, statement->to_date, M_STR("to_date"));
}

m_status fin_bank_statement_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    fin_bank_statement *statement = doc;
    int places;
    if (statement->lines.count > FIN_BANK_LINES_MAX) return M_OK; /* the field table tells */
    fill_dates(call, statement);
    M_TRY(check_account(module, call, statement, &places));
    check_lines(call, statement, places);
    fin_check_places(call, statement->opening_balance, places, NULL, 0, "opening_balance");
    fin_check_places(call, statement->closing_balance, places, NULL, 0, "closing_balance");
    FIN_TRY(call, fin_bank_chain(statement));
    return M_OK;
}

/* ---- submit ---- */

static m_status refuse_balance(m_call *call, const m_error_def *def, m_str path, m_dec is,
                               m_dec wanted)
{
    char a[M_DEC_TEXT], b[M_DEC_TEXT];
    m_dec_format(is, 2, a);
    m_dec_format(wanted, 2, b);
    m_field_fail(call, def, path, "%s instead of %s", a, b);
    return m_fail(call, def, "%s instead of %s", a, b);
}

/* Where the bank prints balances, the first line that does not follow is the one to look at. */
static m_status judge_sums(m_call *call, const fin_bank_statement *statement)
{
    uint32_t i = 0;
    for (M_EACH(const fin_bank_line, line, statement->lines)) {
        if (line->printed.u && line->printed.u != line->balance.u)
            return refuse_balance(call, FIN_ERR(BANK_CHAIN),
                                  m_line_path(call, "lines", i, "printed"), line->printed,
                                  line->balance);
        i++;
    }
    if (statement->gap.u == 0) return M_OK;
    char text[M_DEC_TEXT];
    m_dec_format(statement->gap, 2, text);
    m_field_fail(call, FIN_ERR(BANK_GAP), M_STR("closing_balance"), "%s", text);
    return m_fail(call, FIN_ERR(BANK_GAP), "%s", text);
}

/* The other statements of the account around this one. They overlap at most by the day on which one
 * ends and the next begins; those of one and the same day go on in the order they were submitted.
 */
typedef struct {
    const fin_bank_statement *before;
    const fin_bank_statement *after;
    const fin_bank_statement *over; /* has days of this one */
    const fin_bank_statement *same; /* has its number */
} neighbours;

/* Nobody submits more statements of one day. */
#define OF_A_DAY 100

static bool same_days(const fin_bank_statement *a, const fin_bank_statement *b)
{
    return m_date_cmp(a->from_date, b->from_date) == 0 && m_date_cmp(a->to_date, b->to_date) == 0;
}

/* The first that is really on that side: of the same day only those made before, or after. */
static const fin_bank_statement *nearest(const m_fetch *read, const fin_bank_statement *s,
                                         bool before)
{
    for (uint32_t i = 0; i < read->count; i++) {
        const fin_bank_statement *other = read->records[i];
        bool made_later = m_id_cmp(other->id, s->id) > 0;
        if (!same_days(other, s) || made_later != before) return other;
    }
    return NULL;
}

static const fin_bank_statement *first_of(const m_fetch *read)
{
    return read->count ? read->records[0] : NULL;
}

static m_status read_neighbours(fin_module *fin, m_call *call, const fin_bank_statement *s,
                                neighbours *out)
{
    m_enum submitted = M_SUBMITTED;
    const m_filter account = {"account", M_OP_EQ, &s->account};
    const m_filter state = {"state", M_OP_EQ, &submitted};
    m_filter before[] = {account, state, {"to_date", M_OP_LE, &s->from_date}};
    m_filter after[] = {account, state, {"from_date", M_OP_GE, &s->to_date}};
    m_filter over[] = {
        account, state, {"to_date", M_OP_GT, &s->from_date}, {"from_date", M_OP_LT, &s->to_date}};
    m_filter same[] = {account, state, {"statement_no", M_OP_EQ, &s->statement_no}};
    m_order last[] = {{"to_date", true}, {"from_date", true}};
    m_order first[] = {{"from_date", false}, {"to_date", false}};
    m_query queries[] = {{.filters = before, .filter_count = 3, .orders = last, .limit = OF_A_DAY},
                         {.filters = after, .filter_count = 3, .orders = first, .limit = OF_A_DAY},
                         {.filters = over, .filter_count = 4, .orders = first, .limit = 1},
                         {.filters = same, .filter_count = 3, .orders = first, .limit = 1}};
    m_fetch reads[4];
    for (int i = 0; i < 4; i++) {
        queries[i].order_count = 2;
        queries[i].without_lists = true;
        reads[i] = (m_fetch){.type = &fin_bank_statement_type, .query = &queries[i]};
    }
    M_TRY(m_store_fetch(fin->store, call, reads, s->statement_no.n ? 4 : 3));
    *out = (neighbours){nearest(&reads[0], s, true), nearest(&reads[1], s, false),
                        first_of(&reads[2]), NULL};
    if (s->statement_no.n) out->same = first_of(&reads[3]);
    return M_OK;
}

static m_status refuse_other(m_call *call, const m_error_def *def, const char *path, m_str number)
{
    m_field_fail(call, def, m_str_of(path), "%.*s", M_STR_ARG(number));
    return m_fail(call, def, "%.*s", M_STR_ARG(number));
}

static m_status judge_neighbours(fin_module *fin, m_call *call, const fin_bank_statement *s)
{
    neighbours n;
    M_TRY(read_neighbours(fin, call, s, &n));
    if (n.same) return refuse_other(call, FIN_ERR(BANK_TWICE), "statement_no", n.same->number);
    if (n.over) return refuse_other(call, FIN_ERR(BANK_OVERLAP), "from_date", n.over->number);
    if (n.before && n.before->closing_balance.u != s->opening_balance.u)
        return refuse_balance(call, FIN_ERR(BANK_FOLLOW), M_STR("opening_balance"),
                              s->opening_balance, n.before->closing_balance);
    if (n.after && n.after->opening_balance.u != s->closing_balance.u)
        return refuse_balance(call, FIN_ERR(BANK_FOLLOW), M_STR("closing_balance"),
                              s->closing_balance, n.after->opening_balance);
    return M_OK;
}

m_status fin_bank_statement_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    fin_bank_statement *statement = doc;
    statement->matches = 0;
    statement->open_lines = statement->lines.count;
    statement->cleared_on = M_DATE_NONE;
    M_TRY(judge_sums(call, statement));
    return judge_neighbours(module, call, statement);
}

/* The last statement of the account, unless it is this one. */
static m_status find_later(fin_module *fin, m_call *call, const fin_bank_statement *s,
                           const fin_bank_statement **out)
{
    m_enum submitted = M_SUBMITTED;
    m_filter filters[] = {{"account", M_OP_EQ, &s->account}, {"state", M_OP_EQ, &submitted}};
    m_order last[] = {{"to_date", true}, {"from_date", true}};
    m_query query = {.filters = filters,
                     .filter_count = 2,
                     .orders = last,
                     .order_count = 2,
                     .limit = 1,
                     .without_lists = true};
    m_fetch read = {.type = &fin_bank_statement_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    const fin_bank_statement *found = first_of(&read);
    *out = found && !m_id_eq(found->id, s->id) ? found : NULL;
    return M_OK;
}

m_status fin_bank_statement_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    fin_bank_statement *statement = doc;
    const fin_bank_statement *later;
    if (statement->open_lines != statement->lines.count)
        return m_fail(call, FIN_ERR(BANK_HAS_MATCHES), NULL);
    M_TRY(find_later(module, call, statement, &later));
    if (later) return m_fail(call, FIN_ERR(BANK_LATER), "%.*s", M_STR_ARG(later->number));
    statement->file_mark = (m_str){NULL, 0}; /* the file may be read again */
    return M_OK;
}
