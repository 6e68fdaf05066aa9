#include "cost_center/cost_center.h"
#include "posting_rule/posting_rule.h"
#include "tree/tree.h"

static m_status judge_tree(m_call *call, const fin_cost_center *center, const m_fetch *all)
{
    fin_node *nodes = m_arena_array(call->arena, all->count, sizeof *nodes);
    FIN_NEED(call, nodes);
    bool has_children = false;
    for (uint32_t i = 0; i < all->count; i++) {
        const fin_cost_center *other = all->records[i];
        bool self = m_id_eq(other->id, center->id);
        nodes[i] = (fin_node){other->id, self ? center->parent : other->parent};
        has_children |= !self && m_id_eq(other->parent, center->id);
        if (m_id_eq(other->id, center->parent) && !other->is_group)
            m_field_fail(call, FIN_ERR(CENTER_PARENT), M_STR("parent"), "%.*s",
                         M_STR_ARG(other->name));
    }
    fin_tree tree;
    m_status status = fin_tree_make(call->arena, nodes, all->count, &tree);
    if (status == M_INVALID)
        m_field_fail(call, FIN_ERR(TREE_CYCLE), M_STR("parent"), NULL);
    else
        FIN_TRY(call, status);
    if (has_children && !center->is_group)
        m_field_fail(call, FIN_ERR(CENTER_CHILDREN), M_STR("is_group"), NULL);
    return M_OK;
}

m_status fin_cost_center_check(void *module, m_call *call, void *doc, const void *before)
{
    fin_module *fin = module;
    fin_cost_center *center = doc;
    m_filter mine = {"cost_center", M_OP_EQ, &center->id};
    m_query posted = {.filters = &mine, .filter_count = 1, .limit = 1};
    m_fetch reads[] = {{.type = &fin_cost_center_type, .query = &fin_cost_center_all},
                       {.type = &m_account_balance_type, .query = &posted}};
    M_TRY(m_store_fetch(fin->store, call, reads, before ? 2 : 1));
    M_TRY(judge_tree(call, center, &reads[0]));
    if (before && reads[1].count && center->is_group)
        m_field_fail(call, FIN_ERR(CENTER_USED), M_STR("is_group"), "it has postings");
    return M_OK;
}

m_status fin_cost_center_on_delete(void *module, m_call *call, const void *doc)
{
    fin_module *fin = module;
    const fin_cost_center *center = doc;
    m_filter child = {"parent", M_OP_EQ, &center->id};
    m_filter mine = {"cost_center", M_OP_EQ, &center->id};
    m_query children = {.filters = &child, .filter_count = 1, .limit = 1};
    m_query mentions = {.filters = &mine, .filter_count = 1, .limit = 1};
    m_fetch reads[] = {{.type = &fin_cost_center_type, .query = &children},
                       {.type = &m_account_balance_type, .query = &mentions},
                       {.type = &fin_posting_rule_type, .query = &mentions}};
    M_TRY(m_store_fetch(fin->store, call, reads, 3));
    if (reads[0].count) return m_fail(call, FIN_ERR(CENTER_CHILDREN), NULL);
    if (reads[1].count) return m_fail(call, FIN_ERR(CENTER_USED), "it has postings");
    if (reads[2].count) return m_fail(call, FIN_ERR(CENTER_USED), "a posting rule names it");
    return M_OK;
}
