#include "ledger_text.h"

#include <ctype.h>

#define PAGE 500 /* vouchers read at once */

static const char *const roots[] = {"", "assets", "liabilities", "equity", "income", "expenses"};

typedef struct {
    m_id id;
    m_str code;
    m_str name;
    const char *root;
} named;

typedef struct {
    named *rows;
    uint32_t count;
} names;

/* Code and name of every document of a collection; the root of accounts. */
static m_status read_names(const ledger_text *text, m_call *call, const char *collection,
                           names *out)
{
    const m_type *type =
        m_registry_collection(text->domains->registry, M_STR("finance"), m_str_of(collection))
            ->doctype->type;
    m_query all = {.without_lists = true};
    m_fetch read = {.type = type, .query = &all};
    M_TRY(m_store_fetch(text->domains->store, call, &read, 1));
    out->count = read.count;
    out->rows = m_arena_array(call->arena, read.count, sizeof *out->rows);
    if (!out->rows) return m_fail(call, m_err_memory, NULL);
    for (uint32_t i = 0; i < read.count; i++) {
        const void *row = read.records[i];
        const m_enum *root = m_field_value(type, "root_type", row);
        out->rows[i] = (named){.id = ((const m_doc *)row)->id,
                               .code = *(const m_str *)m_field_value(type, "code", row),
                               .name = *(const m_str *)m_field_value(type, "name", row),
                               .root = root ? roots[*root] : ""};
    }
    return M_OK;
}

static const named *find(const names *all, m_id id)
{
    for (uint32_t i = 0; i < all->count; i++)
        if (m_id_eq(all->rows[i].id, id)) return &all->rows[i];
    return NULL;
}

/* Two blanks end an account's name in this format, and a semicolon begins a comment. */
static void put_name(FILE *out, m_str name)
{
    bool blank = false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c == ';' || c == ':' || c == '|' || iscntrl((unsigned char)c)) c = ' ';
        if (c != ' ' || !blank) fputc(c, out);
        blank = c == ' ';
    }
}

static void put_line(const ledger_text *text, const m_gl_entry *line, const names *accounts,
                     const names *centers)
{
    char amount[M_DEC_TEXT];
    m_currency currency = {{0}};
    snprintf(currency.code, sizeof currency.code, "%s", text->currency);
    m_dec signed_amount = {line->debit.u - line->credit.u};
    m_dec_format(signed_amount, m_currency_places(currency), amount);
    const named *account = find(accounts, line->account);
    const named *center = find(centers, line->cost_center);
    fprintf(text->out, "    %s:%.*s ", account ? account->root : "unknown",
            M_STR_ARG(account ? account->code : M_STR("?")));
    if (account) put_name(text->out, account->name);
    fprintf(text->out, "  %s %s", amount, text->currency);
    if (center) {
        fputs("  ; cost_center:", text->out);
        put_name(text->out, center->code);
    }
    fputc('\n', text->out);
}

static void put_head(const ledger_text *text, const m_book_event *event)
{
    char day[M_DATE_TEXT], source[M_ID_TEXT];
    m_date_format(event->posting_date, day);
    m_id_format(event->source_id, source);
    fprintf(text->out, "%s (", day);
    put_name(text->out, event->voucher_no);
    fprintf(text->out, ") ");
    put_name(text->out, event->voucher_type);
    fprintf(text->out, "\n    ; seq %lld, %.*s %s\n", (long long)event->seq,
            M_STR_ARG(event->source_type), source);
}

/* One page of vouchers with their lines, both in the order of seq. */
static m_status write_page(ledger_text *text, m_call *call, int64_t after, const names *accounts,
                           const names *centers, int64_t *out_last)
{
    m_filter later = {"seq", M_OP_GT, &after};
    m_order by_seq = {"seq", false};
    m_query page = {
        .filters = &later, .filter_count = 1, .orders = &by_seq, .order_count = 1, .limit = PAGE};
    m_fetch events = {.type = &m_book_event_type, .query = &page};
    M_TRY(m_store_fetch(text->domains->store, call, &events, 1));
    *out_last = after;
    if (!events.count) return M_OK;
    int64_t last = ((const m_book_event *)events.records[events.count - 1])->seq;
    m_filter between[] = {{"seq", M_OP_GT, &after}, {"seq", M_OP_LE, &last}};
    m_order by_line[] = {{"seq", false}, {"line_no", false}};
    m_query of_page = {.filters = between, .filter_count = 2, .orders = by_line, .order_count = 2};
    m_fetch lines = {.type = &m_gl_entry_type, .query = &of_page};
    M_TRY(m_store_fetch(text->domains->store, call, &lines, 1));
    uint32_t at = 0;
    for (uint32_t i = 0; i < events.count; i++) {
        const m_book_event *event = events.records[i];
        put_head(text, event);
        for (; at < lines.count; at++) {
            const m_gl_entry *line = lines.records[at];
            if (line->seq != event->seq) break;
            put_line(text, line, accounts, centers);
        }
        fputc('\n', text->out);
        text->vouchers++;
    }
    *out_last = last;
    return M_OK;
}

m_status ledger_text_write(ledger_text *text, m_call *call)
{
    names accounts, centers;
    int64_t last = 0, before;
    M_TRY(read_names(text, call, "accounts", &accounts));
    M_TRY(read_names(text, call, "cost-centers", &centers));
    do {
        before = last;
        m_arena_mark mark = m_arena_tell(call->arena);
        M_TRY(write_page(text, call, before, &accounts, &centers, &last));
        m_arena_back(call->arena, mark);
    } while (last != before);
    return M_OK;
}
