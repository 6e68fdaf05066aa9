#include "account/account.h"
#include "posting_rule/posting_rule.h"

m_status fin_posting_rule_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    fin_module *fin = module;
    const fin_posting_rule *rule = doc;
    m_fetch reads[] = {{.type = &fin_posting_rule_type, .query = &fin_posting_rule_all},
                       {.type = &fin_account_type, .ids = &rule->account, .key_count = 1}};
    M_TRY(m_store_fetch(fin->store, call, reads, m_id_is_null(rule->account) ? 1 : 2));
    for (uint32_t i = 0; i < reads[0].count; i++) {
        const fin_posting_rule *other = reads[0].records[i];
        bool same = m_str_eq(other->purpose, rule->purpose) &&
                    m_id_eq(other->subject, rule->subject) && !m_id_eq(other->id, rule->id);
        if (same)
            m_field_fail(call, FIN_ERR(RULE_EXISTS), M_STR("purpose"), "%.*s",
                         M_STR_ARG(rule->purpose));
    }
    const fin_account *account = reads[1].count ? reads[1].records[0] : NULL;
    if (account && account->is_group)
        m_field_fail(call, FIN_ERR(ACCOUNT_GROUP), M_STR("account"), "%.*s",
                     M_STR_ARG(account->code));
    return M_OK;
}
