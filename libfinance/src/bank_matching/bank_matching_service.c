#include "account/account.h"
#include "bank_matching/bank_matching.h"
#include "currency/currency.h"
#include "fiscal_year/fiscal_year.h"
#include "ledger/ledger.h"

typedef struct {
    fin_module *fin;
    m_call *call;
    fin_bank_statement *statement;
    m_fetch years;
    fin_bank_account account;
} work;

static m_status begin(work *w, void *module, m_call *call, void *doc)
{
    *w = (work){.fin = module, .call = call, .statement = doc};
    w->years = (m_fetch){.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    M_TRY(m_store_fetch(w->fin->store, call, &w->years, 1));
    return fin_bank_read_account(w->fin, call, w->statement->account, &w->account);
}

static fin_bank_line *line_at(const work *w, uint32_t i)
{
    return M_AT(w->statement->lines, fin_bank_line, i);
}

/* What was reconciled stays so once the period of the bank's line is locked. */
static m_status check_open(const work *w, const fin_bank_line *line, const char *path)
{
    return fin_period_check(w->call, &w->years, line->date, path);
}

/* ---- making a match ---- */

/* Lines and ledger lines that become one match. */
typedef struct {
    const uint32_t *lines;
    uint32_t line_count;
    const fin_bank_match *entries; /* seq, line_no, posting_date, amount */
    uint32_t entry_count;
    fin_bank_matched_by by;
    int64_t score;
} match;

static m_status make(const work *w, const match *m)
{
    fin_bank_statement *s = w->statement;
    m_date last = m->entries[0].posting_date;
    s->matches++;
    for (uint32_t i = 0; i < m->line_count; i++)
        if (m_date_cmp(line_at(w, m->lines[i])->date, last) > 0)
            last = line_at(w, m->lines[i])->date;
    for (uint32_t i = 0; i < m->entry_count; i++)
        if (m_date_cmp(m->entries[i].posting_date, last) > 0) last = m->entries[i].posting_date;
    for (uint32_t i = 0; i < m->line_count; i++) {
        fin_bank_line *line = line_at(w, m->lines[i]);
        line->match = s->matches;
        line->matched_by = (m_enum)m->by;
        line->score = m->score;
        line->cleared_on = last;
        s->open_lines--;
    }
    if (m_date_cmp(last, s->cleared_on) > 0) s->cleared_on = last;
    for (uint32_t i = 0; i < m->entry_count; i++) {
        fin_bank_match row = m->entries[i];
        row.account = s->account;
        row.statement = s->id;
        row.match = s->matches;
        row.cleared_on = last;
        M_TRY(m_store_insert(w->fin->store, w->call, &fin_bank_match_type, &row));
    }
    return M_OK;
}

/* ---- automatic ---- */

static m_status make_pair(const work *w, const fin_bank_pair *pair, const m_list *candidates)
{
    fin_bank_match *entries = m_arena_array(w->call->arena, pair->count, sizeof *entries);
    FIN_NEED(w->call, entries);
    for (uint32_t i = 0; i < pair->count; i++) {
        const fin_bank_candidate *c = M_AT(*candidates, fin_bank_candidate, pair->candidates[i]);
        entries[i] = (fin_bank_match){
            .seq = c->seq, .line_no = c->line_no, .posting_date = c->date, .amount = c->amount};
    }
    match m = {.lines = &pair->line,
               .line_count = 1,
               .entries = entries,
               .entry_count = pair->count,
               .by = FIN_BANK_BY_SCORE,
               .score = pair->score};
    return make(w, &m);
}

m_status fin_bank_auto_match(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    work w;
    m_list candidates, pairs;
    M_TRY(begin(&w, module, call, doc));
    M_TRY(fin_bank_statement_pairs(w.fin, call, w.statement, &candidates, &pairs));
    for (M_EACH(const fin_bank_pair, pair, pairs)) {
        if (!pair->certain) continue;
        if (check_open(&w, line_at(&w, pair->line), NULL) == M_OK)
            M_TRY(make_pair(&w, pair, &candidates));
        else
            m_error_clear(call); /* what is locked stays as it is, and holds up no other line */
    }
    return M_OK;
}

/* ---- by hand ---- */

static bool find_line(const work *w, m_id id, uint32_t *out)
{
    for (uint32_t i = 0; i < w->statement->lines.count; i++)
        if (m_id_eq(line_at(w, i)->id, id)) {
            *out = i;
            return true;
        }
    return false;
}

static m_status find_lines(const work *w, const m_list *asked, uint32_t *out, m_dec_sum *out_sum)
{
    uint32_t i = 0;
    m_dec_sum sum = 0;
    for (M_EACH(const fin_bank_line_ref, ref, *asked)) {
        m_str path = m_line_path(w->call, "lines", i, "line");
        bool found = find_line(w, ref->line, &out[i]);
        bool twice = false;
        for (uint32_t k = 0; found && k < i; k++)
            twice |= out[k] == out[i];
        if (!found)
            m_field_fail(w->call, FIN_ERR(BANK_NO_LINE), path, NULL);
        else if (twice || line_at(w, out[i])->match)
            m_field_fail(w->call, FIN_ERR(BANK_MATCHED), path, NULL);
        else
            sum += line_at(w, out[i])->amount.u;
        i++;
    }
    M_TRY(m_failed_fields(w->call));
    for (i = 0; i < asked->count; i++)
        M_TRY(check_open(w, line_at(w, out[i]), NULL));
    *out_sum = sum;
    return M_OK;
}

/* Ledger lines as they are, and those of them that are matched already. */
static m_status read_entries(const work *w, const m_list *asked, m_fetch reads[2])
{
    m_gl_entry *entries = m_arena_array(w->call->arena, asked->count, sizeof *entries);
    fin_bank_match *matches = m_arena_array(w->call->arena, asked->count, sizeof *matches);
    const void **keys = m_arena_array(w->call->arena, 2 * (size_t)asked->count, sizeof *keys);
    FIN_NEED(w->call, entries && matches && keys);
    uint32_t i = 0;
    for (M_EACH(const fin_bank_entry_ref, ref, *asked)) {
        entries[i] = (m_gl_entry){.seq = ref->seq, .line_no = ref->line_no};
        matches[i] = (fin_bank_match){.seq = ref->seq, .line_no = ref->line_no};
        keys[i] = &entries[i];
        keys[asked->count + i] = &matches[i];
        i++;
    }
    reads[0] = (m_fetch){.type = &m_gl_entry_type, .keys = keys, .key_count = i};
    reads[1] = (m_fetch){.type = &fin_bank_match_type, .keys = keys + i, .key_count = i};
    return m_store_fetch(w->fin->store, w->call, reads, 2);
}

static bool asked_before(const m_list *asked, uint32_t i)
{
    const fin_bank_entry_ref *ref = M_AT(*asked, fin_bank_entry_ref, i);
    for (uint32_t k = 0; k < i; k++) {
        const fin_bank_entry_ref *other = M_AT(*asked, fin_bank_entry_ref, k);
        if (other->seq == ref->seq && other->line_no == ref->line_no) return true;
    }
    return false;
}

static m_status find_entries(const work *w, const m_list *asked, fin_bank_match *out,
                             m_dec_sum *out_sum)
{
    m_fetch reads[2];
    m_dec_sum sum = 0;
    M_TRY(read_entries(w, asked, reads));
    for (uint32_t i = 0; i < asked->count; i++) {
        const m_gl_entry *entry = reads[0].records[i];
        m_str path = m_line_path(w->call, "entries", i, "seq");
        if (!entry || !m_id_eq(entry->account, w->statement->account)) {
            m_field_fail(w->call, FIN_ERR(BANK_NO_ENTRY), path, NULL);
            continue;
        }
        if (reads[1].records[i] || asked_before(asked, i))
            m_field_fail(w->call, FIN_ERR(BANK_MATCHED), path, NULL);
        out[i] = (fin_bank_match){.seq = entry->seq,
                                  .line_no = entry->line_no,
                                  .posting_date = entry->posting_date,
                                  .amount = fin_bank_moved(&w->account, entry)};
        sum += out[i].amount.u;
    }
    *out_sum = sum;
    return m_failed_fields(w->call);
}

m_status fin_bank_match_lines(void *module, m_call *call, void *doc, const void *input)
{
    const fin_bank_match_input *in = input;
    work w;
    m_dec_sum bank, book;
    M_TRY(begin(&w, module, call, doc));
    uint32_t *lines = m_arena_array(call->arena, in->lines.count, sizeof *lines);
    fin_bank_match *entries = m_arena_array(call->arena, in->entries.count, sizeof *entries);
    FIN_NEED(call, lines && entries);
    M_TRY(find_lines(&w, &in->lines, lines, &bank));
    M_TRY(find_entries(&w, &in->entries, entries, &book));
    if (bank != book) {
        char a[M_DEC_SUM_TEXT], b[M_DEC_SUM_TEXT];
        m_dec_sum_format(bank, 2, a);
        m_dec_sum_format(book, 2, b);
        m_field_fail(call, FIN_ERR(BANK_SUMS), M_STR("entries"), "%s and %s", a, b);
        return m_fail(call, FIN_ERR(BANK_SUMS), "%s and %s", a, b);
    }
    match m = {.lines = lines,
               .line_count = in->lines.count,
               .entries = entries,
               .entry_count = in->entries.count,
               .by = FIN_BANK_BY_HAND};
    return make(&w, &m);
}

/* ---- charges ---- */

static m_id charge_voucher(const work *w, int64_t number)
{
    const char *purpose = m_arena_printf(w->call->arena, "charge/%lld", (long long)number);
    return m_voucher_id(w->call, w->statement->id, purpose ? purpose : "charge");
}

static m_status post_charge(const work *w, const fin_bank_charge_input *in,
                            const fin_bank_line *line, m_id voucher_id)
{
    m_str narration = in->narration.n ? in->narration : line->narration;
    m_id currency = w->account.currency;
    m_dec rate = {0}, per = {0}, base;
    fin_currency of;
    M_TRY(fin_currency_read(w->fin, w->call, &currency, &rate, &per, line->date, &of));
    M_TRY(m_failed_fields(w->call));
    M_TRY(fin_currency_base(w->call, &of, line->amount, &base));
    fin_lines lines = {.call = w->call};
    m_ledger_line bank = {.account = w->statement->account,
                          .narration = line->reference,
                          .currency = currency,
                          .foreign_amount = {of.foreign ? line->amount.u : 0}};
    m_ledger_line other = {.account = in->account, .cost_center = in->cost_center};
    if (m_id_is_null(in->account))
        other.purpose = line->amount.u < 0 ? M_STR("bank_charge") : M_STR("bank_interest");
    M_TRY(fin_lines_debit(&lines, bank, base));
    M_TRY(fin_lines_credit(&lines, other, base));
    m_ledger_voucher voucher = fin_voucher_of(w->call, &fin_bank_statement_type, &w->statement->doc,
                                              FIN_BANK_VOUCHER, line->date, narration);
    voucher.voucher_id = voucher_id;
    voucher.lines = lines.lines;
    bool posted;
    return fin_ledger_post(w->fin, w->call, &voucher, FIN_LINES_MADE, &posted);
}

/* Parties and floats have documents of their own. */
static m_status check_other_side(const work *w, m_id account)
{
    const void *found = NULL;
    if (m_id_is_null(account)) return M_OK; /* by the posting matrix */
    if (m_id_eq(account, w->statement->account)) {
        m_field_fail(w->call, FIN_ERR(BANK_SELF), M_STR("account"), NULL);
        return m_fail(w->call, FIN_ERR(BANK_SELF), NULL);
    }
    M_TRY(m_store_get(w->fin->store, w->call, &fin_account_type, account, &found));
    const fin_account *other = found;
    if (other && fin_account_is_kept(other->kind))
        m_field_fail(w->call, FIN_ERR(ACCOUNT_KEPT), M_STR("account"), "%.*s %.*s",
                     M_STR_ARG(other->code), M_STR_ARG(other->name));
    return m_failed_fields(w->call);
}

m_status fin_bank_charge(void *module, m_call *call, void *doc, const void *input)
{
    const fin_bank_charge_input *in = input;
    work w;
    uint32_t at;
    fin_vouchers posted;
    M_TRY(begin(&w, module, call, doc));
    if (!find_line(&w, in->line, &at)) {
        m_field_fail(call, FIN_ERR(BANK_NO_LINE), M_STR("line"), NULL);
        return m_fail(call, FIN_ERR(BANK_NO_LINE), NULL);
    }
    const fin_bank_line *line = line_at(&w, at);
    if (line->match) {
        m_field_fail(call, FIN_ERR(BANK_MATCHED), M_STR("line"), NULL);
        return m_fail(call, FIN_ERR(BANK_MATCHED), NULL);
    }
    M_TRY(check_other_side(&w, in->account));
    M_TRY(check_open(&w, line, NULL));
    m_id voucher = charge_voucher(&w, w.statement->matches + 1);
    M_TRY(post_charge(&w, in, line, voucher));
    M_TRY(fin_vouchers_read(w.fin, call, &voucher, 1, &posted));
    for (uint32_t i = 0; i < posted.entries.count; i++) {
        const m_gl_entry *entry = posted.entries.records[i];
        if (!m_id_eq(entry->account, w.statement->account)) continue;
        fin_bank_match row = {.seq = entry->seq,
                              .line_no = entry->line_no,
                              .posting_date = entry->posting_date,
                              .amount = line->amount};
        match m = {.lines = &at,
                   .line_count = 1,
                   .entries = &row,
                   .entry_count = 1,
                   .by = FIN_BANK_BY_CHARGE};
        return make(&w, &m);
    }
    return m_fail(call, m_err_internal, "a charge without its line");
}

/* ---- undoing ---- */

static m_status free_entries(const work *w, int64_t number)
{
    m_filter filters[] = {{"statement", M_OP_EQ, &w->statement->id}, {"match", M_OP_EQ, &number}};
    m_query query = {.filters = filters, .filter_count = number ? 2 : 1};
    m_fetch rows = {.type = &fin_bank_match_type, .query = &query};
    M_TRY(m_store_fetch(w->fin->store, w->call, &rows, 1));
    for (uint32_t i = 0; i < rows.count; i++)
        M_TRY(m_store_remove(w->fin->store, w->call, &fin_bank_match_type, rows.records[i]));
    return M_OK;
}

/* The mirrors of what charges posted. */
static m_status reverse_charges(const work *w, const m_list *numbers)
{
    m_id *vouchers = m_arena_array(w->call->arena, numbers->count, sizeof *vouchers);
    m_id *mirrors = m_arena_array(w->call->arena, numbers->count, sizeof *mirrors);
    FIN_NEED(w->call, vouchers && mirrors);
    if (!numbers->count) return M_OK;
    for (uint32_t i = 0; i < numbers->count; i++) {
        int64_t number = *M_AT(*numbers, int64_t, i);
        const char *purpose = m_arena_printf(w->call->arena, "undo/%lld", (long long)number);
        FIN_NEED(w->call, purpose);
        vouchers[i] = charge_voucher(w, number);
        mirrors[i] = m_voucher_id(w->call, w->statement->id, purpose);
    }
    fin_reversal reversal = {.vouchers = vouchers,
                             .mirrors = mirrors,
                             .count = numbers->count,
                             .voucher_no = w->statement->number};
    uint32_t posted;
    return fin_ledger_reverse(w->fin, w->call, &reversal, &posted);
}

m_status fin_bank_unmatch(void *module, m_call *call, void *doc, const void *input)
{
    const fin_bank_unmatch_input *in = input;
    work w;
    m_list charges = {NULL, 0};
    uint32_t capacity = 0, freed = 0;
    M_TRY(begin(&w, module, call, doc));
    for (M_EACH(fin_bank_line, line, w.statement->lines)) {
        if (!line->match || (in->match && line->match != in->match)) continue;
        M_TRY(check_open(&w, line, NULL));
        if (line->matched_by == FIN_BANK_BY_CHARGE) {
            int64_t *number = m_list_add(call->arena, &charges, &capacity, sizeof *number);
            FIN_NEED(call, number);
            *number = line->match;
        }
        line->match = line->score = 0;
        line->matched_by = FIN_BANK_OPEN;
        line->cleared_on = M_DATE_NONE;
        w.statement->open_lines++;
        freed++;
    }
    if (!freed) {
        m_field_fail(call, FIN_ERR(BANK_NO_MATCH), M_STR("match"), NULL);
        return m_fail(call, FIN_ERR(BANK_NO_MATCH), NULL);
    }
    M_TRY(free_entries(&w, in->match));
    return reverse_charges(&w, &charges);
}
