#include "account/account.h"
#include "cost_center/cost_center.h"
#include "fiscal_year/fiscal_year.h"
#include "ledger/ledger.h"
#include "posting_rule/posting_rule.h"

/* One voucher under judgement; all arrays have one place per line. */
typedef struct {
    fin_module *fin;
    m_call *call;
    const m_ledger_voucher *in;
    fin_lines_owner owner;
    uint32_t count;
    m_id *accounts;
    m_id *centers;
    const fin_posting_rule **rules; /* that gave the account; NULL: it was named */
    const m_error_def *fault;       /* the first one */
    m_str fault_detail;
    const m_id *suspense; /* where lines at fault go instead of being refused; or NULL */
    bool *astray;         /* with suspense: which these are */
    m_str why;            /* the first fault of them, in words */
} judge;

static const m_ledger_line *line_at(const judge *j, uint32_t i)
{
    return M_AT(j->in->lines, const m_ledger_line, i);
}

static bool is_zero(const m_ledger_line *line)
{
    return line->debit.u == 0 && line->credit.u == 0 && line->foreign_amount.u == 0;
}

/* Decided elsewhere: nothing is refused any more. */
static void lead_astray(judge *j, const m_error_def *def, uint32_t i, m_str detail)
{
    j->astray[i] = true;
    if (j->why.n) return;
    char *why = m_arena_printf(j->call->arena, "%s%s%.*s", def->code, detail.n ? " " : "",
                               M_STR_ARG(detail));
    j->why = why ? m_str_of(why) : m_str_of(def->code);
}

static void fault(judge *j, const m_error_def *def, uint32_t i, const char *member, m_str detail)
{
    if (j->suspense) {
        lead_astray(j, def, i, detail);
        return;
    }
    if (!j->fault) {
        j->fault = def;
        j->fault_detail = detail;
    }
    if (j->owner == FIN_LINES_OWN)
        m_field_fail(j->call, def, m_line_path(j->call, "lines", i, member),
                     detail.n ? "%.*s" : NULL, M_STR_ARG(detail));
}

static m_status end(const judge *j)
{
    if (!j->fault) return M_OK;
    return m_fail(j->call, j->fault, j->fault_detail.n ? "%.*s" : NULL, M_STR_ARG(j->fault_detail));
}

/* ---- arithmetic ---- */

static m_status check_sides(judge *j)
{
    m_dec_sum balance = 0;
    for (uint32_t i = 0; i < j->count; i++) {
        const m_ledger_line *line = line_at(j, i);
        bool one_side = line->debit.u == 0 || line->credit.u == 0;
        bool missing = j->owner == FIN_LINES_OWN && is_zero(line);
        if (!one_side || missing || line->debit.u < 0 || line->credit.u < 0)
            fault(j, FIN_ERR(LINE_SIDE), i, "debit", (m_str){NULL, 0});
        balance += (m_dec_sum)line->debit.u - line->credit.u;
    }
    M_TRY(end(j));
    if (balance == 0) return M_OK;
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(balance < 0 ? -balance : balance, 2, text);
    const char *side = balance > 0 ? "debit" : "credit";
    m_field_fail(j->call, m_err_unbalanced, M_STR("lines"), "%s is more by %s", side, text);
    return m_fail(j->call, m_err_unbalanced, "%s is more by %s", side, text);
}

/* ---- reading ---- */

/* Ids without the null ones, so that the store is not asked for nothing. */
static m_status compact(const judge *j, const m_id *ids, m_fetch *read)
{
    m_id *out = m_arena_array(j->call->arena, j->count, sizeof *out);
    FIN_NEED(j->call, out);
    read->ids = out;
    for (uint32_t i = 0; i < j->count; i++)
        if (!m_id_is_null(ids[i])) out[read->key_count++] = ids[i];
    return M_OK;
}

/* reads[0]: accounts, reads[1]: cost centers. Returns how many of them there are. */
static m_status want_records(const judge *j, m_fetch reads[2], uint32_t *out_count)
{
    reads[0] = (m_fetch){.type = &fin_account_type};
    reads[1] = (m_fetch){.type = &fin_cost_center_type};
    M_TRY(compact(j, j->accounts, &reads[0]));
    M_TRY(compact(j, j->centers, &reads[1]));
    *out_count = reads[1].key_count ? 2 : 1;
    return M_OK;
}

static bool by_purpose(const judge *j)
{
    for (uint32_t i = 0; i < j->count; i++)
        if (m_id_is_null(j->accounts[i]) && line_at(j, i)->purpose.n && !is_zero(line_at(j, i)))
            return true;
    return false;
}

static void resolve(judge *j, const m_fetch *rules)
{
    for (uint32_t i = 0; i < j->count; i++) {
        const m_ledger_line *line = line_at(j, i);
        if (!m_id_is_null(j->accounts[i]) || line->purpose.n == 0 || is_zero(line)) continue;
        const fin_posting_rule *rule = fin_posting_rule_find(rules, line->purpose, line->subject);
        if (!rule) {
            fault(j, FIN_ERR(POSTING_UNMAPPED), i, "account", line->purpose);
            continue;
        }
        j->rules[i] = rule;
        j->accounts[i] = rule->account;
        if (m_id_is_null(j->centers[i])) j->centers[i] = rule->cost_center;
    }
}

/* With accounts named outright one round of reads is enough. */
static m_status read_all(judge *j, m_fetch records[2])
{
    m_fetch reads[4] = {{.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all}};
    uint32_t n = 1;
    uint32_t extra = 0;
    bool matrix = by_purpose(j);
    if (matrix) {
        reads[n++] = (m_fetch){.type = &fin_posting_rule_type, .query = &fin_posting_rule_all};
    } else {
        M_TRY(want_records(j, &reads[n], &extra));
        n += extra;
    }
    M_TRY(m_store_fetch(j->fin->store, j->call, reads, n));
    if (!j->suspense)
        M_TRY(fin_period_check(j->call, &reads[0], j->in->posting_date, "posting_date"));
    if (!matrix) {
        memcpy(records, &reads[1], extra * sizeof *records);
        return M_OK;
    }
    resolve(j, &reads[1]);
    M_TRY(end(j));
    M_TRY(want_records(j, records, &extra));
    return m_store_fetch(j->fin->store, j->call, records, extra);
}

/* ---- judging ---- */

static m_str named(m_call *call, m_str code, m_str name)
{
    return m_str_of(m_arena_printf(call->arena, "%.*s %.*s", M_STR_ARG(code), M_STR_ARG(name)));
}

/* An account in another currency takes lines of it only, so that its balance is one in it. */
static void judge_currency(judge *j, uint32_t i, const fin_account *account, m_str name)
{
    m_id currency = line_at(j, i)->currency;
    if (!m_id_is_null(account->currency) && !m_id_eq(account->currency, currency))
        fault(j, FIN_ERR(ACCOUNT_CURRENCY), i, "currency", name);
}

/* An account that is the sum of something kept elsewhere is not posted to by name: other domains
 * reach it by purpose; Finance's own documents keep the others but not the stock of warehouses. */
static bool may_name(const judge *j, m_enum kind)
{
    return j->owner == FIN_LINES_DOMAIN ? !fin_account_is_kept(kind) : kind != FIN_KIND_STOCK;
}

static void judge_account(judge *j, uint32_t i, const fin_account *account)
{
    m_id center = j->centers[i];
    if (!account) {
        fault(j, m_err_link, i, "account", M_STR("finance.account"));
        return;
    }
    m_str name = named(j->call, account->code, account->name);
    if (account->is_group) fault(j, FIN_ERR(ACCOUNT_GROUP), i, "account", name);
    if (!account->active) fault(j, FIN_ERR(ACCOUNT_INACTIVE), i, "account", name);
    if (!m_id_is_null(line_at(j, i)->account) && !may_name(j, account->kind))
        fault(j, FIN_ERR(ACCOUNT_KEPT), i, "account", name);
    if (j->owner == FIN_LINES_OWN && account->kind == FIN_KIND_IMPREST)
        fault(j, FIN_ERR(ACCOUNT_KEPT), i, "account", name);
    if (fin_account_is_result(account) && m_id_is_null(center))
        fault(j, FIN_ERR(CENTER_REQUIRED), i, "cost_center", name);
    judge_currency(j, i, account, name);
}

static void judge_center(judge *j, uint32_t i, const fin_cost_center *center)
{
    if (!center) {
        fault(j, m_err_link, i, "cost_center", M_STR("finance.cost_center"));
        return;
    }
    m_str name = named(j->call, center->code, center->name);
    if (center->is_group) fault(j, FIN_ERR(CENTER_GROUP), i, "cost_center", name);
    if (!center->active) fault(j, FIN_ERR(CENTER_INACTIVE), i, "cost_center", name);
}

static m_status judge_records(judge *j, const m_fetch records[2])
{
    uint32_t account = 0;
    uint32_t center = 0;
    for (uint32_t i = 0; i < j->count; i++) {
        bool zero = is_zero(line_at(j, i));
        if (!m_id_is_null(j->accounts[i]))
            judge_account(j, i, records[0].records[account++]);
        else if (!zero)
            fault(j, m_err_required, i, "account", (m_str){NULL, 0});
        if (!m_id_is_null(j->centers[i])) judge_center(j, i, records[1].records[center++]);
    }
    return end(j);
}

static m_status make_lines(const judge *j, m_list *out)
{
    m_book_line *lines = m_arena_array(j->call->arena, j->count, sizeof *lines);
    FIN_NEED(j->call, lines);
    uint32_t n = 0;
    for (uint32_t i = 0; i < j->count; i++) {
        const m_ledger_line *line = line_at(j, i);
        if (is_zero(line)) continue;
        const fin_posting_rule *rule = j->rules[i];
        lines[n++] = (m_book_line){.account = j->accounts[i],
                                   .cost_center = j->centers[i],
                                   .party = line->party,
                                   .debit = line->debit,
                                   .credit = line->credit,
                                   .narration = line->narration,
                                   .currency = line->currency,
                                   .foreign_amount = line->foreign_amount,
                                   .purpose = rule ? rule->purpose : (m_str){NULL, 0},
                                   .rule = rule ? rule->id : (m_id){{0}},
                                   .rule_version = rule ? rule->version : 0};
    }
    *out = (m_list){lines, n};
    return M_OK;
}

static m_status begin(judge *j)
{
    j->count = j->in->lines.count;
    j->accounts = m_arena_array(j->call->arena, j->count, sizeof(m_id));
    j->centers = m_arena_array(j->call->arena, j->count, sizeof(m_id));
    j->rules = m_arena_array(j->call->arena, j->count, sizeof *j->rules);
    j->astray = m_arena_array(j->call->arena, j->count, sizeof *j->astray);
    FIN_NEED(j->call, j->accounts && j->centers && j->rules && j->astray);
    for (uint32_t i = 0; i < j->count; i++) {
        j->accounts[i] = line_at(j, i)->account;
        j->centers[i] = line_at(j, i)->cost_center;
    }
    return M_OK;
}

m_status fin_ledger_check(fin_module *fin, m_call *call, const m_ledger_voucher *in,
                          fin_lines_owner owner, m_list *out_lines)
{
    judge j = {.fin = fin, .call = call, .in = in, .owner = owner};
    M_TRY(begin(&j));
    M_TRY(check_sides(&j));
    m_fetch records[2] = {{0}};
    M_TRY(read_all(&j, records));
    M_TRY(judge_records(&j, records));
    return make_lines(&j, out_lines);
}

/* ---- posting what is decided ---- */

/* One side, above zero; false: nothing is left of it. */
static bool one_side(m_book_line *line, m_dec_sum net)
{
    line->debit.u = net > 0 ? (int64_t)net : 0;
    line->credit.u = net < 0 ? (int64_t)-net : 0;
    if (line->foreign_amount.u < 0 ? net > 0 : net < 0) line->foreign_amount.u = 0;
    if (line->foreign_amount.u == 0 && m_id_is_null(line->currency)) return net != 0;
    return net != 0 || line->foreign_amount.u != 0;
}

static void to_suspense(const judge *j, m_book_line *line, m_str purpose)
{
    *line = (m_book_line){.account = *j->suspense,
                          .party = line->party,
                          .debit = line->debit,
                          .credit = line->credit,
                          .narration = line->narration.n ? line->narration : purpose};
}

/* What is at fault stands in the suspense account, and so does what is missing to balance. */
static m_status force_lines(judge *j, fin_forced *out)
{
    m_list made;
    M_TRY(make_lines(j, &made));
    m_book_line *lines = m_arena_array(j->call->arena, made.count + 1, sizeof *lines);
    FIN_NEED(j->call, lines);
    m_dec_sum balance = 0;
    uint32_t n = 0, at = 0;
    for (uint32_t i = 0; i < j->count; i++) {
        const m_ledger_line *told = line_at(j, i);
        if (is_zero(told)) continue;
        m_book_line *line = &lines[n];
        *line = *M_AT(made, const m_book_line, at++);
        m_dec_sum net = (m_dec_sum)told->debit.u - told->credit.u;
        if (j->astray[i]) to_suspense(j, line, told->purpose);
        if (!one_side(line, net)) continue;
        if (j->astray[i]) out->in_suspense += net;
        balance += net;
        n++;
    }
    if (balance) {
        lines[n] = (m_book_line){.account = *j->suspense, .narration = M_STR("Missing side")};
        one_side(&lines[n++], -balance);
        out->in_suspense -= balance;
        if (!j->why.n) j->why = m_str_of(m_err_unbalanced->code);
    }
    out->lines = (m_list){lines, n};
    out->why = j->why;
    return M_OK;
}

m_status fin_ledger_force(fin_module *fin, m_call *call, const m_ledger_voucher *in, m_id suspense,
                          fin_forced *out)
{
    judge j = {
        .fin = fin, .call = call, .in = in, .owner = FIN_LINES_DOMAIN, .suspense = &suspense};
    m_fetch records[2] = {{0}};
    *out = (fin_forced){.in_suspense = 0};
    M_TRY(begin(&j));
    M_TRY(read_all(&j, records));
    M_TRY(judge_records(&j, records));
    return force_lines(&j, out);
}
