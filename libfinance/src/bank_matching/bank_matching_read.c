#include <stdlib.h>

#include "account/account.h"
#include "bank_matching/bank_matching.h"
#include "journal_voucher/journal_voucher.h"
#include "ledger/ledger.h"
#include "payment/payment.h"
#include "receipt/receipt.h"

/* ---- policies ---- */

m_status fin_bank_read_scoring(fin_module *fin, m_call *call, m_date on, fin_bank_scoring *out)
{
    fin_bank_scoring s;
    const struct {
        const char *name;
        int64_t *value;
    } asked[] = {{"finance.bank_score_reference", &s.reference},
                 {"finance.bank_score_same_day", &s.same_day},
                 {"finance.bank_score_near", &s.near},
                 {"finance.bank_score_far", &s.far},
                 {"finance.bank_score_party", &s.party},
                 {"finance.bank_near_days", &s.near_days},
                 {"finance.bank_far_days", &s.far_days},
                 {"finance.bank_auto_score", &s.automatic},
                 {"finance.bank_suggest_score", &s.suggest}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        m_dec value;
        M_TRY(m_policy(fin->masters, call, asked[i].name, on, fin_bank_default(asked[i].name),
                       &value));
        *asked[i].value = value.u / M_DEC_ONE;
    }
    if (s.suggest < 1) s.suggest = 1; /* the amount alone is no sign */
    *out = s;
    return M_OK;
}

m_status fin_bank_window(fin_module *fin, m_call *call, m_date on, int64_t *out)
{
    m_dec days;
    const char *name = "finance.bank_window_days";
    M_TRY(m_policy(fin->masters, call, name, on, fin_bank_default(name), &days));
    *out = days.u / M_DEC_ONE;
    return M_OK;
}

/* ---- the currency of the account ---- */

m_status fin_bank_read_account(fin_module *fin, m_call *call, m_id account, fin_bank_account *out)
{
    const void *found;
    M_TRY(m_store_need(fin->store, call, &fin_account_type, account, &found));
    const fin_account *of = found;
    if (of->kind != FIN_KIND_BANK || of->is_group) {
        m_field_fail(call, FIN_ERR(BANK_ACCOUNT), M_STR("account"), "%.*s %.*s",
                     M_STR_ARG(of->code), M_STR_ARG(of->name));
        return m_failed_fields(call);
    }
    out->currency = of->currency;
    return M_OK;
}

m_dec fin_bank_moved(const fin_bank_account *account, const m_gl_entry *entry)
{
    bool base = m_id_is_null(account->currency);
    return base ? (m_dec){entry->debit.u - entry->credit.u} : entry->foreign_amount;
}

/* ---- ledger lines without a match ---- */

typedef struct {
    fin_module *fin;
    m_call *call;
    fin_bank_account account;
    fin_bank_candidate *all;
    m_id *reverses; /* of their vouchers */
    uint32_t count;
} reading;

static m_status read_lines(fin_module *fin, m_call *call, m_id account, m_date from, m_date to,
                           m_date by, m_fetch reads[2])
{
    m_filter days[] = {{"account", M_OP_EQ, &account},
                       {"posting_date", M_OP_GE, &from},
                       {"posting_date", M_OP_LE, &to},
                       {"cleared_on", M_OP_LE, &by}};
    m_query entries = {.filters = days, .filter_count = 3};
    m_query matched = {.filters = days, .filter_count = m_date_is_none(by) ? 3 : 4};
    reads[0] = (m_fetch){.type = &m_gl_entry_type, .query = &entries};
    reads[1] = (m_fetch){.type = &fin_bank_match_type, .query = &matched};
    M_TRY(m_store_fetch(fin->store, call, reads, 2));
    reads[0].query = reads[1].query = NULL;
    if (reads[0].count == M_QUERY_LIMIT_MAX || reads[1].count == M_QUERY_LIMIT_MAX)
        return m_fail(call, FIN_ERR(BANK_WINDOW), NULL);
    return M_OK;
}

/* Both reads are by (seq, line_no). */
static m_status keep_open(reading *r, const m_fetch reads[2], m_fetch *out_entries)
{
    const void **open = m_arena_array(r->call->arena, reads[0].count, sizeof *open);
    FIN_NEED(r->call, open);
    uint32_t n = 0;
    uint32_t k = 0;
    for (uint32_t i = 0; i < reads[0].count; i++) {
        const m_gl_entry *entry = reads[0].records[i];
        const fin_bank_match *match = NULL;
        for (; k < reads[1].count; k++) {
            match = reads[1].records[k];
            if (match->seq > entry->seq ||
                (match->seq == entry->seq && match->line_no >= entry->line_no))
                break;
        }
        bool matched =
            k < reads[1].count && match->seq == entry->seq && match->line_no == entry->line_no;
        bool moves = fin_bank_moved(&r->account, entry).u != 0; /* not so a change of rates */
        if (!matched && moves) open[n++] = entry;
    }
    *out_entries = (m_fetch){.type = &m_gl_entry_type, .records = open, .count = n};
    return M_OK;
}

static m_status fill(reading *r, const m_fetch *entries)
{
    m_fetch events;
    r->all = m_arena_array(r->call->arena, entries->count, sizeof *r->all);
    r->reverses = m_arena_array(r->call->arena, entries->count, sizeof *r->reverses);
    FIN_NEED(r->call, r->all && r->reverses);
    r->count = entries->count;
    if (!r->count) return M_OK;
    M_TRY(fin_entry_events(r->fin, r->call, entries, &events));
    for (uint32_t i = 0; i < r->count; i++) {
        const m_gl_entry *entry = entries->records[i];
        const m_book_event *event = events.records[i];
        r->reverses[i] = event->reverses;
        r->all[i] =
            (fin_bank_candidate){.seq = entry->seq,
                                 .line_no = entry->line_no,
                                 .date = entry->posting_date,
                                 .amount = fin_bank_moved(&r->account, entry),
                                 .references = {{NULL, 0}, entry->narration, event->voucher_no},
                                 .voucher_no = event->voucher_no,
                                 .voucher = event->voucher_id,
                                 .source_type = event->source_type,
                                 .source = event->source_id};
    }
    return M_OK;
}

/* ---- vouchers and their mirrors ---- */

typedef struct {
    m_id voucher;
    uint32_t at;
} voucher_place;

static int by_voucher(const void *a, const void *b)
{
    const voucher_place *x = a, *y = b;
    int order = m_id_cmp(x->voucher, y->voucher);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* The place of the first line of the voucher that is not gone and is the opposite of `amount`. */
static bool find_original(const reading *r, const voucher_place *places, const bool *gone,
                          m_id voucher, m_dec amount, uint32_t *out)
{
    uint32_t low = 0, high = r->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (m_id_cmp(places[middle].voucher, voucher) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < r->count && m_id_eq(places[low].voucher, voucher); low++) {
        uint32_t at = places[low].at;
        if (gone[at] || r->all[at].amount.u != -amount.u) continue;
        *out = at;
        return true;
    }
    return false;
}

static m_status drop_reversed(reading *r)
{
    voucher_place *places = m_arena_array(r->call->arena, r->count, sizeof *places);
    bool *gone = m_arena_array(r->call->arena, r->count, sizeof *gone);
    FIN_NEED(r->call, places && gone);
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->count; i++)
        places[i] = (voucher_place){r->all[i].voucher, i};
    qsort(places, r->count, sizeof *places, by_voucher);
    for (uint32_t i = 0; i < r->count; i++) {
        uint32_t original;
        if (m_id_is_null(r->reverses[i])) continue;
        if (find_original(r, places, gone, r->reverses[i], r->all[i].amount, &original))
            gone[i] = gone[original] = true;
    }
    for (uint32_t i = 0; i < r->count; i++)
        if (!gone[i]) r->all[n++] = r->all[i];
    r->count = n;
    return M_OK;
}

/* ---- references and parties, from the documents ---- */

typedef struct {
    m_fetch documents; /* by id */
    uint32_t *of;      /* document i is the source of candidate of[i] */
    m_id *parties;     /* of document i; null id: none */
} sources;

static m_status want(const reading *r, const m_type *type, sources *out)
{
    m_id *ids = m_arena_array(r->call->arena, r->count, sizeof *ids);
    out->of = m_arena_array(r->call->arena, r->count, sizeof *out->of);
    out->parties = m_arena_array(r->call->arena, r->count, sizeof *out->parties);
    FIN_NEED(r->call, ids && out->of && out->parties);
    out->documents = (m_fetch){.type = type, .ids = ids};
    for (uint32_t i = 0; i < r->count; i++) {
        if (!m_str_is(r->all[i].source_type, type->name)) continue;
        out->of[out->documents.key_count] = i;
        ids[out->documents.key_count++] = r->all[i].source;
    }
    return M_OK;
}

static void take_money(const reading *r, sources *from)
{
    for (uint32_t i = 0; i < from->documents.count; i++) {
        const fin_payment *payment = from->documents.records[i];
        if (!payment) continue;
        r->all[from->of[i]].references[0] = payment->reference;
        from->parties[i] = payment->party;
    }
}

/* A journal may name a supplier or a customer on any of its lines; the first counts. */
static void take_journals(const reading *r, sources *suppliers, sources *customers)
{
    for (uint32_t i = 0; i < suppliers->documents.count; i++) {
        const fin_journal_voucher *journal = suppliers->documents.records[i];
        if (!journal) continue;
        r->all[suppliers->of[i]].references[0] = journal->reference;
        for (M_EACH(const fin_journal_line, line, journal->lines)) {
            if (m_id_is_null(line->party) && m_id_is_null(line->customer)) continue;
            suppliers->parties[i] = line->party;
            customers->parties[i] = line->customer;
            break;
        }
    }
}

static m_status name_parties(const reading *r, const fin_side *side, const sources *from)
{
    uint32_t n = 0;
    m_id *ids = m_arena_array(r->call->arena, from->documents.count, sizeof *ids);
    FIN_NEED(r->call, ids);
    for (uint32_t i = 0; i < from->documents.count; i++)
        if (!m_id_is_null(from->parties[i])) ids[n++] = from->parties[i];
    m_ids asked = {{ids, n}};
    m_parties parties = {0};
    if (!n) return M_OK;
    M_TRY(side->parties(r->fin->masters, r->call, &asked, &parties));
    if (parties.parties.count != n) return m_fail(r->call, m_err_internal, NULL);
    n = 0;
    for (uint32_t i = 0; i < from->documents.count; i++)
        if (!m_id_is_null(from->parties[i]))
            r->all[from->of[i]].party = M_AT(parties.parties, m_party_info, n++)->name;
    return M_OK;
}

static m_status describe(reading *r)
{
    sources kinds[3];
    m_fetch reads[3];
    M_TRY(want(r, &fin_payment_record_type, &kinds[0]));
    M_TRY(want(r, &fin_receipt_record_type, &kinds[1]));
    M_TRY(want(r, &fin_journal_voucher_type, &kinds[2]));
    uint32_t n = 0;
    for (int i = 0; i < 3; i++)
        if (kinds[i].documents.key_count) reads[n++] = kinds[i].documents;
    if (!n) return M_OK;
    M_TRY(m_store_fetch(r->fin->store, r->call, reads, n));
    n = 0;
    for (int i = 0; i < 3; i++)
        if (kinds[i].documents.key_count) kinds[i].documents = reads[n++];
    sources customers = kinds[2];
    customers.parties = m_arena_array(r->call->arena, r->count, sizeof(m_id));
    FIN_NEED(r->call, customers.parties);
    take_money(r, &kinds[0]);
    take_money(r, &kinds[1]);
    take_journals(r, &kinds[2], &customers);
    M_TRY(name_parties(r, &fin_supplier_side, &kinds[0]));
    M_TRY(name_parties(r, &fin_customer_side, &kinds[1]));
    M_TRY(name_parties(r, &fin_supplier_side, &kinds[2]));
    return name_parties(r, &fin_customer_side, &customers);
}

m_status fin_bank_candidates(fin_module *fin, m_call *call, m_id account, m_date from, m_date to,
                             m_date by, m_list *out)
{
    reading r = {.fin = fin, .call = call};
    m_fetch reads[2], open;
    M_TRY(fin_bank_read_account(fin, call, account, &r.account));
    M_TRY(read_lines(fin, call, account, from, to, by, reads));
    M_TRY(keep_open(&r, reads, &open));
    M_TRY(fill(&r, &open));
    M_TRY(drop_reversed(&r));
    M_TRY(describe(&r));
    *out = (m_list){r.all, r.count};
    return M_OK;
}

m_status fin_bank_statement_pairs(fin_module *fin, m_call *call,
                                  const fin_bank_statement *statement, m_list *out_candidates,
                                  m_list *out_pairs)
{
    fin_bank_scoring scoring;
    int64_t window;
    m_list candidates, pairs;
    M_TRY(fin_bank_read_scoring(fin, call, statement->to_date, &scoring));
    M_TRY(fin_bank_window(fin, call, statement->to_date, &window));
    m_date from = {(int32_t)(statement->from_date.d - window)};
    m_date to = {(int32_t)(statement->to_date.d + scoring.far_days)};
    M_TRY(fin_bank_candidates(fin, call, statement->account, from, to, M_DATE_NONE, &candidates));
    FIN_TRY(call, fin_bank_pairs(call->arena, &scoring, &statement->lines, candidates.items,
                                 candidates.count, &pairs));
    *out_candidates = candidates;
    *out_pairs = pairs;
    return M_OK;
}
