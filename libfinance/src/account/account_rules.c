#include "account/account.h"

static void judge_parent(m_call *call, fin_account *account, const fin_account *parent)
{
    if (!parent->is_group)
        m_field_fail(call, FIN_ERR(ACCOUNT_PARENT), M_STR("parent"), "%.*s %.*s",
                     M_STR_ARG(parent->code), M_STR_ARG(parent->name));
    if (account->root_type == FIN_ROOT_NONE)
        account->root_type = parent->root_type;
    else if (account->root_type != parent->root_type)
        m_field_fail(call, FIN_ERR(ACCOUNT_ROOT_TYPE), M_STR("root_type"), "the parent is of %s",
                     fin_root_types[parent->root_type]);
}

bool fin_account_may_be_foreign(const fin_account *account)
{
    bool kind = account->kind == FIN_KIND_OTHER || account->kind == FIN_KIND_BANK ||
                account->kind == FIN_KIND_CASH;
    return kind && !account->is_group && !fin_account_is_result(account);
}

static void judge_currency(m_call *call, const fin_account *account, const fin_account_facts *facts)
{
    if (!m_id_is_null(account->currency) && !fin_account_may_be_foreign(account))
        m_field_fail(call, FIN_ERR(ACCOUNT_CURRENCY_KIND), M_STR("currency"), NULL);
    if (facts->has_postings && !m_id_eq(account->currency, facts->before->currency))
        m_field_fail(call, FIN_ERR(ACCOUNT_USED), M_STR("currency"), "it has postings");
}

void fin_account_judge(m_call *call, fin_account *account, const fin_account_facts *facts)
{
    bool known = account->root_type >= FIN_ROOT_NONE && account->root_type <= FIN_EXPENSE;
    if (!known) return; /* the field table tells */
    if (facts->parent) {
        judge_parent(call, account, facts->parent);
    } else if (m_id_is_null(account->parent)) {
        if (account->root_type == FIN_ROOT_NONE)
            m_field_fail(call, FIN_ERR(ACCOUNT_ROOT), M_STR("root_type"), NULL);
        if (!account->is_group) m_field_fail(call, FIN_ERR(ACCOUNT_ROOT), M_STR("parent"), NULL);
    }
    if (facts->cycle) m_field_fail(call, FIN_ERR(TREE_CYCLE), M_STR("parent"), NULL);
    if (facts->has_children && !account->is_group)
        m_field_fail(call, FIN_ERR(ACCOUNT_CHILDREN), M_STR("is_group"), NULL);
    if (facts->has_postings && account->is_group)
        m_field_fail(call, FIN_ERR(ACCOUNT_USED), M_STR("is_group"), "it has postings");
    judge_currency(call, account, facts);
    bool fixed = facts->has_children || facts->has_postings;
    if (facts->before && fixed && account->root_type != facts->before->root_type)
        m_field_fail(call, FIN_ERR(ACCOUNT_ROOT_TYPE), M_STR("root_type"), "it was %s",
                     fin_root_types[facts->before->root_type]);
}

bool fin_account_is_kept(m_enum kind)
{
    return kind == FIN_KIND_STOCK || kind == FIN_KIND_GRNI || kind == FIN_KIND_PAYABLE ||
           kind == FIN_KIND_RECEIVABLE || kind == FIN_KIND_ADVANCE || kind == FIN_KIND_DEFERRAL ||
           kind == FIN_KIND_EMPLOYEE_ADVANCE || kind == FIN_KIND_EMPLOYEE_PAYABLE ||
           kind == FIN_KIND_IMPREST;
}
