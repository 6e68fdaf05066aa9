#include "seed/seed.h"
#include "cost_center/cost_center.h"
#include "fiscal_year/fiscal_year.h"
#include "posting_rule/posting_rule.h"

#define MAIN_CENTER "Main"
#define SUSPENSE    "2190" /* its account */

typedef struct {
    fin_module *fin;
    m_call *call;
    m_fetch accounts;
    m_fetch centers;
    m_fetch years;
    m_fetch rules;
    m_fetch vouchers;
} seed;

/* The same tenant gets the same ids everywhere. */
static m_status new_doc(const seed *s, const m_type *type, const char *code, m_doc *out)
{
    m_call *call = s->call;
    char tenant[M_ID_TEXT];
    m_id_format(call->tenant, tenant);
    char *name = m_arena_printf(call->arena, "%s/%s/%s", tenant, type->name, code);
    FIN_NEED(call, name);
    *out = (m_doc){.id = call->env->derive_id(call->env->self, name, strlen(name)),
                   .version = 1,
                   .number = m_str_of(code),
                   .created_by = call->actor,
                   .created_at = m_now(call),
                   .modified_by = call->actor,
                   .modified_at = m_now(call)};
    return M_OK;
}

/* Masters with a code: number is the code. NULL: none. */
static const m_doc *find_number(const m_fetch *all, const char *number)
{
    for (uint32_t i = 0; i < all->count; i++) {
        const m_doc *doc = all->records[i];
        if (m_str_is(doc->number, number)) return doc;
    }
    return NULL;
}

/* ---- accounts ---- */

/* Id of the account with this code: found, or the one that it gets now. */
static m_status account_id(const seed *s, const char *code, m_id *out)
{
    m_doc fresh;
    const m_doc *found = find_number(&s->accounts, code);
    if (!found) {
        M_TRY(new_doc(s, &fin_account_type, code, &fresh));
        found = &fresh;
    }
    *out = found->id;
    return M_OK;
}

/* A tenant that has a chart of its own keeps it. */
static m_status seed_accounts(seed *s)
{
    if (s->accounts.count) return M_OK;
    for (const fin_chart_row *row = fin_standard_chart; row->code; row++) {
        fin_account account = {.code = m_str_of(row->code),
                               .name = m_str_of(row->name),
                               .root_type = row->root,
                               .is_group = row->is_group,
                               .kind = row->kind,
                               .active = true};
        M_TRY(new_doc(s, &fin_account_type, row->code, &account.doc));
        if (row->parent) M_TRY(account_id(s, row->parent, &account.parent));
        M_TRY(m_store_insert(s->fin->store, s->call, &fin_account_type, &account));
    }
    return M_OK;
}

/* ---- cost center, voucher types ---- */

static m_status seed_center(seed *s, m_id *out_main)
{
    const m_doc *found = find_number(&s->centers, MAIN_CENTER);
    if (found) *out_main = found->id;
    if (s->centers.count) return M_OK;
    fin_cost_center center = {.code = M_STR(MAIN_CENTER), .name = M_STR("Main"), .active = true};
    M_TRY(new_doc(s, &fin_cost_center_type, MAIN_CENTER, &center.doc));
    *out_main = center.id;
    return m_store_insert(s->fin->store, s->call, &fin_cost_center_type, &center);
}

static m_status seed_vouchers(seed *s)
{
    if (s->vouchers.count) return M_OK;
    for (const fin_voucher_row *row = fin_standard_vouchers; row->code; row++) {
        fin_voucher_type type = {.code = m_str_of(row->code),
                                 .category = row->category,
                                 .description = m_str_of(row->description),
                                 .active = true};
        M_TRY(new_doc(s, &fin_voucher_type_type, row->code, &type.doc));
        M_TRY(m_store_insert(s->fin->store, s->call, &fin_voucher_type_type, &type));
    }
    return M_OK;
}

/* ---- posting matrix ---- */

static bool has_rule(const seed *s, const char *purpose)
{
    for (uint32_t i = 0; i < s->rules.count; i++)
        if (m_str_is(((const fin_posting_rule *)s->rules.records[i])->purpose, purpose))
            return true;
    return false;
}

/* Purposes that a newer version knows are added, as far as the chart has their accounts. */
static m_status seed_rules(seed *s, m_id main_center)
{
    bool fresh_chart = s->accounts.count == 0; /* then the standard chart is on its way */
    for (const fin_matrix_row *row = fin_standard_matrix; row->purpose; row++) {
        bool known = fresh_chart || find_number(&s->accounts, row->account);
        if (!known || has_rule(s, row->purpose)) continue;
        fin_posting_rule rule = {.purpose = m_str_of(row->purpose),
                                 .cost_center = main_center,
                                 .description = m_str_of(row->description)};
        M_TRY(new_doc(s, &fin_posting_rule_type, row->purpose, &rule.doc));
        rule.number = (m_str){NULL, 0};
        M_TRY(account_id(s, row->account, &rule.account));
        bool result = row->account[0] >= '4';
        if (!result) rule.cost_center = (m_id){{0}};
        M_TRY(m_store_insert(s->fin->store, s->call, &fin_posting_rule_type, &rule));
    }
    return M_OK;
}

/* What other processes post must go somewhere, also where the chart is older than that. */
static m_status seed_suspense(seed *s)
{
    const m_doc *parent = find_number(&s->accounts, "2100");
    bool there = s->accounts.count == 0 || find_number(&s->accounts, SUSPENSE);
    if (there || !parent || has_rule(s, "suspense")) return M_OK;
    fin_account account = {.code = M_STR(SUSPENSE),
                           .name = M_STR("Suspense"),
                           .parent = parent->id,
                           .root_type = FIN_LIABILITY,
                           .active = true};
    fin_posting_rule rule = {.purpose = M_STR("suspense")};
    M_TRY(new_doc(s, &fin_account_type, SUSPENSE, &account.doc));
    M_TRY(new_doc(s, &fin_posting_rule_type, "suspense", &rule.doc));
    rule.number = (m_str){NULL, 0};
    rule.account = account.id;
    M_TRY(m_store_insert(s->fin->store, s->call, &fin_account_type, &account));
    return m_store_insert(s->fin->store, s->call, &fin_posting_rule_type, &rule);
}

/* ---- fiscal years ---- */

static m_status seed_year(seed *s, m_date start)
{
    fin_fiscal_year year = {.start = start};
    year.end.d = m_date_add_months(start, 12).d - 1;
    for (uint32_t i = 0; i < s->years.count; i++) {
        const fin_fiscal_year *other = s->years.records[i];
        bool overlaps =
            m_date_cmp(year.start, other->end) <= 0 && m_date_cmp(year.end, other->start) >= 0;
        if (overlaps) return M_OK;
    }
    year.label = fin_fiscal_year_label(s->call->arena, year.start, year.end);
    FIN_NEED(s->call, year.label.n);
    M_TRY(new_doc(s, &fin_fiscal_year_type, year.label.p, &year.doc));
    FIN_TRY(s->call, fin_periods_make(s->call->arena, year.start, year.end, &year.periods));
    return m_store_insert(s->fin->store, s->call, &fin_fiscal_year_type, &year);
}

/* The year of today, the one before and the one after. */
static m_status seed_years(seed *s)
{
    m_tenant_info tenant;
    int year, month, day;
    m_date start;
    M_TRY(fin_read_tenant(s->fin, s->call, &tenant));
    m_date_split(m_today(s->call), &year, &month, &day);
    int first = tenant.fiscal_start_month >= 1 && tenant.fiscal_start_month <= 12
                    ? (int)tenant.fiscal_start_month
                    : 1;
    FIN_TRY(s->call, m_date_make(month < first ? year - 1 : year, first, 1, &start));
    M_TRY(seed_year(s, m_date_add_months(start, -12)));
    M_TRY(seed_year(s, start));
    return seed_year(s, m_date_add_months(start, 12));
}

m_status fin_seed(void *module, m_call *call)
{
    seed s = {.fin = module, .call = call};
    m_query all = {0};
    m_fetch reads[] = {{.type = &fin_account_type, .query = &fin_account_all},
                       {.type = &fin_cost_center_type, .query = &fin_cost_center_all},
                       {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all},
                       {.type = &fin_posting_rule_type, .query = &fin_posting_rule_all},
                       {.type = &fin_voucher_type_type, .query = &all}};
    M_TRY(m_store_fetch(s.fin->store, call, reads, 5));
    s.accounts = reads[0];
    s.centers = reads[1];
    s.years = reads[2];
    s.rules = reads[3];
    s.vouchers = reads[4];
    m_id main_center = {{0}};
    M_TRY(seed_accounts(&s));
    M_TRY(seed_center(&s, &main_center));
    M_TRY(seed_vouchers(&s));
    M_TRY(seed_rules(&s, main_center));
    M_TRY(seed_suspense(&s));
    return seed_years(&s);
}
