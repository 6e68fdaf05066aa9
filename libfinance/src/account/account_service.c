#include "account/account.h"
#include "currency/currency.h"
#include "posting_rule/posting_rule.h"
#include "tree/tree.h"

/* Walks up from the parent; more steps than accounts mean that the tree was bad before. */
static m_status find_facts(m_call *call, const fin_account *account, const m_fetch *all,
                           fin_account_facts *facts)
{
    fin_node *nodes = m_arena_array(call->arena, all->count, sizeof *nodes);
    FIN_NEED(call, nodes);
    for (uint32_t i = 0; i < all->count; i++) {
        const fin_account *other = all->records[i];
        bool self = m_id_eq(other->id, account->id);
        nodes[i] = (fin_node){other->id, self ? account->parent : other->parent};
        if (self) continue;
        if (m_id_eq(other->id, account->parent)) facts->parent = other;
        facts->has_children |= m_id_eq(other->parent, account->id);
    }
    facts->cycle = !m_id_is_null(account->id) && m_id_eq(account->parent, account->id);
    fin_tree tree;
    m_status status = fin_tree_make(call->arena, nodes, all->count, &tree);
    if (status != M_INVALID) return m_told(call, status);
    facts->cycle = true;
    return M_OK;
}

m_status fin_account_check(void *module, m_call *call, void *doc, const void *before)
{
    fin_module *fin = module;
    fin_account *account = doc;
    m_filter mine = {"account", M_OP_EQ, &account->id};
    m_query posted = {.filters = &mine, .filter_count = 1, .limit = 1};
    m_fetch reads[] = {{.type = &fin_account_type, .query = &fin_account_all},
                       {.type = &m_account_balance_type, .query = &posted}};
    M_TRY(m_store_fetch(fin->store, call, reads, before ? 2 : 1));
    fin_account_facts facts = {.before = before, .has_postings = before && reads[1].count};
    M_TRY(find_facts(call, account, &reads[0], &facts));
    m_dec rate = m_dec_of_int(1), per = rate;
    fin_currency currency;
    M_TRY(fin_currency_read(fin, call, &account->currency, &rate, &per, m_today(call), &currency));
    fin_account_judge(call, account, &facts);
    return M_OK;
}

m_status fin_account_on_delete(void *module, m_call *call, const void *doc)
{
    fin_module *fin = module;
    const fin_account *account = doc;
    m_filter child = {"parent", M_OP_EQ, &account->id};
    m_filter mine = {"account", M_OP_EQ, &account->id};
    m_query children = {.filters = &child, .filter_count = 1, .limit = 1};
    m_query mentions = {.filters = &mine, .filter_count = 1, .limit = 1};
    m_fetch reads[] = {{.type = &fin_account_type, .query = &children},
                       {.type = &m_account_balance_type, .query = &mentions},
                       {.type = &fin_posting_rule_type, .query = &mentions}};
    M_TRY(m_store_fetch(fin->store, call, reads, 3));
    if (reads[0].count) return m_fail(call, FIN_ERR(ACCOUNT_CHILDREN), NULL);
    if (reads[1].count) return m_fail(call, FIN_ERR(ACCOUNT_USED), "it has postings");
    if (reads[2].count) return m_fail(call, FIN_ERR(ACCOUNT_USED), "a posting rule names it");
    return M_OK;
}
