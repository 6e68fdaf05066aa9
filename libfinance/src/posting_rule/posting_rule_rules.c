#include "posting_rule/posting_rule.h"

const fin_posting_rule *fin_posting_rule_find(const m_fetch *rules, m_str purpose, m_id subject)
{
    const fin_posting_rule *general = NULL;
    for (uint32_t i = 0; i < rules->count; i++) {
        const fin_posting_rule *rule = rules->records[i];
        if (!m_str_eq(rule->purpose, purpose)) continue;
        if (m_id_is_null(rule->subject))
            general = rule;
        else if (m_id_eq(rule->subject, subject))
            return rule;
    }
    return general;
}
